"""Which arguments each layer class offers, with their ranges: one table, no logic.

A kind of convolution that joins the explorer adds its rows here. The names are Keras'.
"""

from typing import NamedTuple


class Count(NamedTuple):
    """A whole number from `low` to `high`; with `per_axis`, one for each spatial axis."""

    low: int
    high: int
    per_axis: bool = False


class Choice(NamedTuple):
    """One of a few values."""

    options: tuple


class Divisor(NamedTuple):
    """A whole number that divides the input's channels."""


class Flag(NamedTuple):
    """True or False."""


class Kind(NamedTuple):
    """What the explorer has to know about one layer class."""

    axes: tuple  # the spatial axes, in Keras' order
    settings: dict  # argument -> Count, Choice, Divisor or Flag
    weights: dict  # the layer's attribute -> the names of its axes


KINDS = {
    "Conv2D": Kind(
        axes=("height", "width"),
        settings={
            "filters": Count(1, 64),
            "kernel_size": Count(1, 11, per_axis=True),
            "strides": Count(1, 6, per_axis=True),
            "padding": Choice(("valid", "same")),
            "dilation_rate": Count(1, 6, per_axis=True),
            "groups": Divisor(),
            "use_bias": Flag(),
            "activation": Choice((None, "relu", "sigmoid", "tanh", "softmax", "gelu")),
        },
        weights={"kernel": ("height", "width", "in / groups", "filters"), "bias": ("filters",)},
    ),
}

# The input's own sliders, where only its shape was given.
INPUT_SIZE = Count(1, 224)
INPUT_CHANNELS = Count(1, 64)
