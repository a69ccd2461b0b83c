"""Facts -> Picture: what is to be drawn, and nothing about how.

A picture is a row of grids, one tensor each, and a link between each grid and the next. A link says which
cells are read, as a table of indices for each axis; whoever draws looks them up and needs no formula.
"""

from dataclasses import dataclass, field

import numpy as np

from widgets import arithmetic, words
from widgets.facts import channels_last


@dataclass(frozen=True, eq=False)
class Grid:
    """One tensor, channels last: `values` is (batch, height, width, channels).

    `padding` is (cells before, cells after) for each spatial axis, drawn around the grid.
    `grey` says that the values are brightness, 0 black and `limit` white; otherwise they are signed,
    centred on 0, and reach from -limit to limit.
    """

    name: str
    shape: tuple
    values: np.ndarray = field(repr=False)
    padding: tuple
    grey: bool
    limit: float


@dataclass(frozen=True, eq=False)
class Link:
    """How each cell of the later grid is made from the earlier one.

    `reads[axis]` is an int array (later cells, taps): the earlier cell that each tap reads. An index outside
    0..n-1 is a padding cell. `channels` is an int array (later channels, channels read).
    `weights["kernel"]` is (height, width, channels read, later channels). `before_activation` is the later
    grid's values before `activation`, "" where there is none.
    """

    operation: str
    reads: tuple = field(repr=False)
    writes: None
    channels: np.ndarray = field(repr=False)
    weights: dict = field(repr=False)
    activation: str
    before_activation: np.ndarray = field(repr=False)


@dataclass(frozen=True, eq=False)
class Picture:
    """Grids in the order of the computation; `links[i]` joins `grids[i]` to `grids[i + 1]`."""

    grids: tuple
    links: tuple


def layer_picture(facts, view=None):
    """The picture of what a layer did. `view` is for layers that can be drawn in more than one way.

    Raises ValueError where Keras refused, since there is nothing to draw.

    >>> import keras
    >>> from widgets.facts import layer_facts
    >>> picture = layer_picture(layer_facts(keras.layers.Conv2D(1, 3, padding="same", strides=2), (1, 6, 6, 1)))
    >>> [grid.shape for grid in picture.grids], picture.grids[0].padding
    ([(1, 6, 6, 1), (1, 3, 3, 1)], ((0, 1), (0, 1)))
    >>> picture.links[0].reads[0].tolist()
    [[0, 1, 2], [2, 3, 4], [4, 5, 6]]
    """
    if facts.y is None:
        raise ValueError(words.NOTHING_TO_DRAW.format(problem=facts.problem))
    if view is not None:
        raise ValueError(words.UNKNOWN_VIEW.format(received=view))
    x, y, before = (channels_last(v, facts.channel_axis) for v in (facts.x, facts.y, facts.before_activation))
    padding = tuple(arithmetic.padding_cells(**axis) for axis in facts.axes)
    link = Link(
        operation="convolution",
        reads=tuple(arithmetic.reads(**axis) for axis in facts.axes),
        writes=None,
        channels=arithmetic.channel_reads(x.shape[-1], y.shape[-1], facts.settings["groups"]),
        weights={name: weight.values for name, weight in facts.weights.items()},
        activation=words.activation_name(facts.settings["activation"]),
        before_activation=before,
    )
    none = tuple((0, 0) for _ in padding)
    return Picture((_grid(words.INPUT, x, padding, may_be_grey=True), _grid(words.OUTPUT, y, none)), (link,))


def _grid(name, values, padding, may_be_grey=False):
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    limit = max(abs(low), abs(high)) or 1.0
    # Brightness: a binary picture or a photograph, 0 to 1 or 0 to 255.
    grey = may_be_grey and low >= 0 and (high <= 1 or 32 < high <= 255)
    if grey:
        limit = 1.0 if high <= 1 else 255.0
    return Grid(name, values.shape, values, padding, grey, limit)
