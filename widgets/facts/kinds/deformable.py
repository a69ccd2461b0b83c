"""The deformable convolution, whose taps leave the regular grid: `DeformableConv2D`."""

import math

from widgets.deformable import sampling_points
from widgets.facts.kinds.convolution import Convolution
from widgets.facts.kinds.kind import Divisor, Flag


class Deformable(Convolution):
    operation = "deformable"
    settings = Convolution.settings | {"offset_groups": Divisor(), "modulated": Flag()}
    weights = Convolution.weights | {"offset_kernel": ("in", "offsets"), "offset_bias": ("offsets",)}
    fast = False
    reads_between_cells = True
    notebook = "06_deformable"

    def kernel_parameters(self, taps, channels, settings):
        return super().kernel_parameters(taps, channels, settings) + taps * channels * _numbers(taps, settings)

    def numbers_between(self, batch, channels, cells, axes, settings):
        taps = math.prod(axis["k"] for axis in axes)
        return batch * cells * (_numbers(taps, settings) + 2 * taps * channels)  # every tap's sample, and a part of it

    def answer(self, layer, x, offset_overrides):
        """`offset_overrides`: (sample, row, column, offset group, tap) to the (dy, dx) that a reader chose there."""
        offset, mask = layer.offsets_and_mask(x)
        offset = offset.numpy()
        by_tap = offset.reshape(*offset.shape[:3], layer.offset_groups, math.prod(layer.kernel_size), 2)
        for place, chosen in dict(offset_overrides).items():
            if all(at < size for at, size in zip(place, by_tap.shape)):
                by_tap[place] = chosen
        geometry = (layer.kernel_size, layer.strides, layer.padding, layer.dilation_rate, layer.offset_groups)
        points = sampling_points(offset, x.shape[1:3], *geometry)
        known = {"points": points.numpy(), "mask": None if mask is None else mask.numpy()}
        return lambda values: layer.call_with(values, offset, mask), known


def _numbers(taps, settings):
    """How many numbers the offset convolution gives for each output cell: dy, dx, and the mask's."""
    return settings["offset_groups"] * taps * (3 if settings["modulated"] else 2)
