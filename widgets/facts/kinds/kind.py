"""What is true of every kind of convolution until it says otherwise, and what a setting may be."""

from typing import NamedTuple

import numpy as np

from widgets import arithmetic
from widgets.facts.index_tables import Tables
from widgets.facts.inputs import is_whole


class Count(NamedTuple):
    """A whole number from `low` to `high`; with `per_axis`, one for each spatial axis.

    With `optional` it may be None as well: not given, and left to Keras.
    """

    low: int
    high: int
    per_axis: bool = False
    optional: bool = False

    def takes(self, value, axes):
        """Whether a value is of this type, for so many axes. Like the other rules' it does not ask what Keras bears."""
        if self.per_axis and isinstance(value, (tuple, list)):
            return len(value) == axes and all(map(is_whole, value))
        return is_whole(value) or (self.optional and value is None)


class Choice(NamedTuple):
    """One of a few values."""

    options: tuple

    def takes(self, value, axes):
        return value is None or isinstance(value, str)


class Divisor(NamedTuple):
    """A whole number that divides the input's channels."""

    low = 1

    def takes(self, value, axes):
        return is_whole(value)


class Flag(NamedTuple):
    """True or False."""

    def takes(self, value, axes):
        return isinstance(value, (bool, np.bool_))


SIZES = {"kernel_size": Count(1, 11, per_axis=True), "strides": Count(1, 6, per_axis=True)}
PADDING = {"padding": Choice(("valid", "same"))}
RATE = {"dilation_rate": Count(1, 6, per_axis=True)}
FILTERS = {"filters": Count(1, 64)}
MULTIPLIER = {"depth_multiplier": Count(1, 8)}
ENDING = {"use_bias": Flag(), "activation": Choice((None, "relu", "sigmoid", "tanh", "softmax", "gelu"))}


class Kind:
    """One kind of layer over the spatial axes `axes`, in Keras' order, with the arguments of one Keras class.

    Everything here explains what Keras does and draws it; nothing here decides it. `axis` numbers are those that
    `arithmetic` takes. As it is, this is a layer that only moves or pools cells.
    """

    operation = ""  # what its weights do; other rooms look up their words and pictures by it
    settings = {}  # argument -> Count, Choice, Divisor or Flag
    weights = {}  # name -> the axes behind the spatial ones; a kernel has the spatial axes in front of these
    last_axes = "{slice}, {filter}"  # the kernel's axes behind the spatial ones, as a page fills them in
    initializers = {}  # weight -> the argument that says how it starts, where that is not `<weight>_initializer`
    fast = False  # whether TensorFlow's kernels for it are ten times as fast as for the others
    mixes_channels = True  # whether an output channel adds several input channels up
    filters_first = False  # whether the kernel's last two axes are those of the filters and then of what they read
    reads_between_cells = False  # whether its taps may leave the grid, so that it has no window of cells
    stamps = False  # whether each input cell writes a stamp, and not each output cell reads a window
    notebook = "00_start_here"  # the name of the one about it, along two axes

    def __init__(self, layer_class=None, axes=(), **settings):
        self.layer_class, self.axes = layer_class, axes
        self.settings = self.settings | settings

    def notebook_about(self, settings):
        """The name of the notebook about such a layer."""
        return self.notebook if len(self.axes) == 2 else "07_other_dimensions"

    def output_size(self, **axis):
        """Output cells along one axis; 0 or less when no window fits."""
        return arithmetic.output_size(**axis)

    def size_formula(self, n, k, s, d, padding):
        """The size rule of one axis with its numbers put in.

        >>> Kind().size_formula(28, 3, 2, 1, "same"), Kind().size_formula(28, 3, 1, 4, "valid")
        ('ceil(28 / 2) = 14', 'floor((28 - (4*(3 - 1) + 1)) / 1) + 1 = 20')
        """
        o = self.output_size(n=n, k=k, s=s, d=d, padding=padding)
        if padding in ("same", "causal"):
            return f"ceil({n} / {s}) = {o}"
        return f"floor(({n} - {window_formula(k, d)}) / {s}) + 1 = {o}"

    def tables(self, axes, channels, settings, kernel):
        """Which cells and channels are read, and the kernel as it is used."""
        reads = tuple(arithmetic.reads(**axis) for axis in axes)
        padding = tuple(arithmetic.padding_cells(**axis) for axis in axes)
        return Tables(reads, None, self.channels_read(channels, settings), self.used_kernel(kernel), padding)

    def channels_read(self, channels, settings):
        """(output channels, channels read) ints: which input channels each output channel reads."""
        return np.arange(channels)[:, None]

    def used_kernel(self, kernel):
        """The kernel as (spatial taps ..., channels read, output channels)."""
        return np.swapaxes(kernel, -1, -2) if self.filters_first else kernel

    def kernel_index(self, tap, read, output, channels):
        """Where one number of the used kernel stands in the layer's own; `channels` are those of `tables`."""
        return (*tap, output, read) if self.filters_first else (*tap, read, output)

    def output_channels(self, channels, settings):
        return settings.get("filters", 1)

    def kernel_parameters(self, taps, channels, settings):
        """How many numbers its kernels hold; all of them are multiplied at each cell."""
        return taps * channels * settings.get("filters", 1) // settings.get("groups", 1)

    def numbers_between(self, batch, channels, cells, axes, settings):
        """How many numbers lie between its input and its output while it works, or while it is drawn."""
        return 0

    def field_step(self, n, k, s, d, padding):
        """Its step for `arithmetic.receptive_field`, along one axis."""
        return k, s, d, arithmetic.padding_cells(n, k, s, d, padding)[0]

    def parts(self, settings, rank):
        """The layers that it is made of, one after another: (class name, arguments, {weight: ours}) each."""
        return ()

    def answer(self, layer, x, offset_overrides):
        """(None, or what to call in place of the layer; the facts that only this kind has)."""
        return None, {}


def axis_numbers(sizes, kernel_size, strides, dilation_rate, padding, **output_padding):
    """The numbers of each axis, as `arithmetic` takes them; `output_padding` for layers that have it.

    >>> axis_numbers((9,), (3,), (2,), (1,), "same", output_padding=None)
    ({'n': 9, 'k': 3, 's': 2, 'd': 1, 'padding': 'same', 'output_padding': None},)
    """
    axes = tuple(dict(zip("nksd", numbers)) for numbers in zip(sizes, kernel_size, strides, dilation_rate))
    for name, given in {"padding": padding, **output_padding}.items():
        for i, axis in enumerate(axes):
            axis[name] = given[i] if isinstance(given, tuple) else given
    return axes


def window_formula(k, d):
    """The window's size with its numbers put in.

    >>> window_formula(3, 1), window_formula(3, 4)
    (3, '(4*(3 - 1) + 1)')
    """
    return k if d == 1 else f"({d}*({k} - 1) + 1)"
