"""The transposed convolution, which writes a stamp for every input cell: `Conv2DTranspose` and its like."""

import math
from fractions import Fraction

import numpy as np

from widgets import arithmetic
from widgets.facts.index_tables import Tables
from widgets.facts.kinds.kind import ENDING, FILTERS, PADDING, RATE, SIZES, Count, Kind, window_formula


class Transposed(Kind):
    operation = "transposed"
    settings = FILTERS | SIZES | PADDING | {"output_padding": Count(0, 5, per_axis=True, optional=True)} | RATE | ENDING
    weights = {"kernel": ("filters", "in"), "bias": ("filters",)}
    last_axes = "{filter}, {slice}"
    fast = True
    filters_first = True
    stamps = True
    notebook = "04_transposed"

    def output_size(self, **axis):
        return arithmetic.transposed_size(**axis)

    def size_formula(self, n, k, s, d, padding, output_padding=None):
        """The size rule of one axis with its numbers put in.

        >>> Transposed().size_formula(28, 3, 2, 1, "valid")
        '(28 - 1)*2 + max(3, 2) = 57'
        """
        o = self.output_size(n=n, k=k, s=s, d=d, padding=padding, output_padding=output_padding)
        window, given = window_formula(k, d), output_padding is not None
        if padding == "same":
            return f"({n} - 1)*{s} + {window} % 2 + {output_padding} = {o}" if given else f"{n}*{s} = {o}"
        return f"({n} - 1)*{s} + " + (f"{window} + {output_padding} = {o}" if given else f"max({window}, {s}) = {o}")

    def tables(self, axes, channels, settings, kernel):
        every = np.tile(np.arange(channels), (settings["filters"], 1))
        writes = tuple(arithmetic.writes(**axis) for axis in axes)
        return Tables(None, writes, every, self.used_kernel(kernel), tuple((0, 0) for _ in axes))

    def numbers_between(self, batch, channels, cells, axes, settings):
        # The input's cells, with zeros between them.
        return batch * channels * math.prod((axis["n"] - 1) * axis["s"] + 1 for axis in axes)

    def field_step(self, n, k, s, d, padding, output_padding=None):
        # A convolution over cells that zeros have put s apart.
        cropped = -int(arithmetic.writes(n, k, s, d, padding, output_padding)[0, 0])
        return k, Fraction(1, s), d, d * (k - 1) - cropped
