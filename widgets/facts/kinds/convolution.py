"""The convolution, with strides, dilation and groups: `Conv1D`, `Conv2D`, `Conv3D`."""

from widgets import arithmetic
from widgets.facts.kinds.kind import ENDING, FILTERS, PADDING, RATE, SIZES, Divisor, Kind


class Convolution(Kind):
    operation = "convolution"
    settings = FILTERS | SIZES | PADDING | RATE | {"groups": Divisor()} | ENDING
    weights = {"kernel": ("in / groups", "filters"), "bias": ("filters",)}
    fast = True
    notebook = "01_convolution"

    def notebook_about(self, settings):
        plain = super().notebook_about(settings)
        if plain != Convolution.notebook:
            return plain
        return "02_grouped" if settings["groups"] > 1 else "03_dilated" if max(settings["dilation_rate"]) > 1 else plain

    def channels_read(self, channels, settings):
        return arithmetic.channel_reads(channels, settings["filters"], settings["groups"])
