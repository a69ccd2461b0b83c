"""The depthwise convolution, which keeps the channels apart: `DepthwiseConv1D`, `DepthwiseConv2D`."""

import numpy as np

from widgets.facts.kinds.kind import ENDING, MULTIPLIER, PADDING, RATE, SIZES, Kind


class Depthwise(Kind):
    operation = "depthwise"
    settings = SIZES | PADDING | MULTIPLIER | RATE | ENDING
    weights = {"kernel": ("in", "depth_multiplier"), "bias": ("in * depth_multiplier",)}
    last_axes = "{channel}, {copy}"
    mixes_channels = False
    notebook = "05_separable"
    initializers = {"kernel": "depthwise_initializer"}

    def channels_read(self, channels, settings):
        multiplier = settings["depth_multiplier"]
        return np.arange(channels * multiplier)[:, None] // multiplier

    def used_kernel(self, kernel):
        return kernel.reshape(*kernel.shape[:-2], 1, -1)

    def kernel_index(self, tap, read, output, channels):
        channel = channels[output, 0]
        return (*tap, int(channel), output - int(np.argmax(channels[:, 0] == channel)))

    def output_channels(self, channels, settings):
        return channels * settings["depth_multiplier"]

    def kernel_parameters(self, taps, channels, settings):
        return taps * channels * settings["depth_multiplier"]
