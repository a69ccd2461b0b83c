"""Which arguments each layer class offers, with their ranges: one table, no logic.

A kind of convolution that joins the explorer adds its rows here. The names are Keras'.
"""

from typing import NamedTuple


class Count(NamedTuple):
    """A whole number from `low` to `high`; with `per_axis`, one for each spatial axis.

    With `optional` it may be None as well: not given, and left to Keras.
    """

    low: int
    high: int
    per_axis: bool = False
    optional: bool = False


class Choice(NamedTuple):
    """One of a few values."""

    options: tuple


class Divisor(NamedTuple):
    """A whole number that divides the input's channels."""


class Flag(NamedTuple):
    """True or False."""


class Kind(NamedTuple):
    """What the explorer has to know about one layer class."""

    operation: str  # what its weights do: one of the keys of WEIGHTS
    axes: tuple  # the spatial axes, in Keras' order
    settings: dict  # argument -> Count, Choice, Divisor or Flag


SIZES = {
    "kernel_size": Count(1, 11, per_axis=True),
    "strides": Count(1, 6, per_axis=True),
}
PADDING = {"padding": Choice(("valid", "same"))}
RATE = {"dilation_rate": Count(1, 6, per_axis=True)}
ENDING = {
    "use_bias": Flag(),
    "activation": Choice((None, "relu", "sigmoid", "tanh", "softmax", "gelu")),
}
FILTERS = {"filters": Count(1, 64)}
MULTIPLIER = {"depth_multiplier": Count(1, 8)}

CONVOLUTION = FILTERS | SIZES | PADDING | RATE | {"groups": Divisor()} | ENDING
CAUSAL = {"padding": Choice(("valid", "same", "causal"))}
OUTPUT_PADDING = {"output_padding": Count(0, 5, per_axis=True, optional=True)}
TRANSPOSED = FILTERS | SIZES | PADDING | OUTPUT_PADDING | RATE | ENDING
DEPTHWISE = SIZES | PADDING | MULTIPLIER | RATE | ENDING
SEPARABLE = FILTERS | SIZES | PADDING | MULTIPLIER | RATE | ENDING

DEFORMABLE = CONVOLUTION | {"offset_groups": Divisor(), "modulated": Flag()}

ONE, TWO, THREE = ("steps",), ("height", "width"), ("depth", "height", "width")

KINDS = {
    "Conv1D": Kind("convolution", ONE, CONVOLUTION | CAUSAL),
    "Conv2D": Kind("convolution", TWO, CONVOLUTION),
    "Conv3D": Kind("convolution", THREE, CONVOLUTION),
    "Conv1DTranspose": Kind("transposed", ONE, TRANSPOSED),
    "Conv2DTranspose": Kind("transposed", TWO, TRANSPOSED),
    "Conv3DTranspose": Kind("transposed", THREE, TRANSPOSED),
    "DepthwiseConv1D": Kind("depthwise", ONE, DEPTHWISE),
    "DepthwiseConv2D": Kind("depthwise", TWO, DEPTHWISE),
    "SeparableConv1D": Kind("separable", ONE, SEPARABLE),
    "SeparableConv2D": Kind("separable", TWO, SEPARABLE),
    "DeformableConv2D": Kind("deformable", TWO, DEFORMABLE),
}

# The axes of each operation's weights. A kernel has the spatial axes in front of these.
WEIGHTS = {
    "convolution": {"kernel": ("in / groups", "filters"), "bias": ("filters",)},
    "transposed": {"kernel": ("filters", "in"), "bias": ("filters",)},
    "depthwise": {
        "kernel": ("in", "depth_multiplier"),
        "bias": ("in * depth_multiplier",),
    },
    "separable": {
        "depthwise_kernel": ("in", "depth_multiplier"),
        "pointwise_kernel": ("in * depth_multiplier", "filters"),
        "bias": ("filters",),
    },
    "deformable": {
        "kernel": ("in / groups", "filters"),
        "bias": ("filters",),
        "offset_kernel": ("in", "offsets"),
        "offset_bias": ("offsets",),
    },
}

# The argument that says how a weight starts, where that is not `<weight>_initializer`.
INITIALIZERS = {
    "depthwise": {"kernel": "depthwise_initializer"},
    "separable": {"depthwise_kernel": "depthwise_initializer", "pointwise_kernel": "pointwise_initializer"},
}

# The input's own sliders, where only its shape was given.
INPUT_SIZE = Count(1, 224)
INPUT_CHANNELS = Count(1, 64)
