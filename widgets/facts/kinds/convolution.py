"""The convolution, with strides, dilation and groups: `Conv1D`, `Conv2D`, `Conv3D`."""

from widgets import arithmetic
from widgets.facts.kinds.kind import ENDING, FILTERS, PADDING, RATE, SIZES, Divisor, Kind


class Convolution(Kind):
    operation = "convolution"
    settings = FILTERS | SIZES | PADDING | RATE | {"groups": Divisor()} | ENDING
    weights = {"kernel": ("in / groups", "filters"), "bias": ("filters",)}
    fast = True

    def channels_read(self, channels, settings):
        return arithmetic.channel_reads(channels, settings["filters"], settings["groups"])
