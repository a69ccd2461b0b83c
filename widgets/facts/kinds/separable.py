"""The separable convolution, depthwise and then pointwise: `SeparableConv1D`, `SeparableConv2D`."""

from widgets.facts.kinds.kind import ENDING, FILTERS, MULTIPLIER, PADDING, RATE, SIZES, Kind


class Separable(Kind):
    operation = "separable"
    settings = FILTERS | SIZES | PADDING | MULTIPLIER | RATE | ENDING
    weights = {
        "depthwise_kernel": ("in", "depth_multiplier"),
        "pointwise_kernel": ("in * depth_multiplier", "filters"),
        "bias": ("filters",),
    }
    mixes_channels = False
    notebook = "05_separable"
    initializers = {"depthwise_kernel": "depthwise_initializer", "pointwise_kernel": "pointwise_initializer"}

    def kernel_parameters(self, taps, channels, settings):
        between = channels * settings["depth_multiplier"]
        return taps * between + between * settings["filters"]

    def numbers_between(self, batch, channels, cells, axes, settings):
        return batch * cells * channels * settings["depth_multiplier"]

    def parts(self, settings, rank):
        names = ("kernel_size", "strides", "padding", "dilation_rate", "depth_multiplier")
        depthwise = {name: settings[name] for name in names} | {"use_bias": False}
        pointwise = {"filters": settings["filters"], "kernel_size": 1}
        pointwise |= {name: settings[name] for name in ("use_bias", "activation")}
        return (
            (f"DepthwiseConv{rank}D", depthwise, {"kernel": "depthwise_kernel"}),
            (f"Conv{rank}D", pointwise, {"kernel": "pointwise_kernel", "bias": "bias"}),
        )
