"""Facts -> Picture: what is to be drawn, and nothing about how.

A picture is a row of grids, one tensor each, and a link between each grid and the next. A link says which
cells are read, as a table of indices for each axis; whoever draws looks them up and needs no formula.
"""

from dataclasses import dataclass, field, replace

import numpy as np

from widgets.facts import NO_CELL, Facts, activation_name, channels_last
from widgets.language import either, say

# The ways in which an operation can be drawn, where there are several; the first is the usual one.
VIEWS = {"transposed": ("scatter", "gather")}
GATHERED = {"transposed": "convolution"}  # what such a layer is in its second view
TURNED = "turned_kernel"  # the name of its kernel there


@dataclass(frozen=True, eq=False)
class Grid:
    """One tensor, channels last: `values` is (batch, height, width, channels).

    `padding` is (cells before, cells after) for each spatial axis, drawn around the grid.
    `white[channel]` is the value that is drawn white where a channel's values are brightness, 0 black; it is 0 where
    they are signed, centred on 0, and reach from -limit to limit.
    """

    name: str
    shape: tuple
    values: np.ndarray = field(repr=False)
    padding: tuple
    white: tuple
    limit: float


@dataclass(frozen=True, eq=False)
class Link:
    """How each cell of the later grid is made from the earlier one.

    `reads[axis]` is an int array (later cells, taps): the earlier cell that each tap reads, along the earlier axis
    `axes[axis]`. An index outside 0..n-1 is a padding cell, NO_CELL nothing. A scatter has `writes[axis]` instead,
    (earlier cells, taps): the later cell that each tap adds to; an index outside the later grid is cropped away.
    `certainty` is "at most" where a cell may read less.
    `channels` is an int array (later channels, channels read), `weights["kernel"]` is (spatial taps ...,
    channels read, later channels); there are no weights where cells are only moved.
    `before_activation` is the later grid's values before `activation`, "" where there is none.
    `points` are a deformable layer's, of the first sample: (offset group, rows, columns, taps, 2). Its taps read
    there, between the cells; `reads` are the places that they were moved from. Where it is modulated,
    `weights["mask"]` holds the factor of each point.
    """

    operation: str
    reads: tuple | None = field(repr=False)
    writes: tuple | None = field(repr=False)
    channels: np.ndarray = field(repr=False)
    weights: dict = field(repr=False)
    activation: str
    before_activation: np.ndarray = field(repr=False)
    kernel_name: str = "kernel"
    points: np.ndarray | None = field(default=None, repr=False)
    axes: tuple = ()
    certainty: str = "exact"

    def __post_init__(self):
        object.__setattr__(self, "axes", self.axes or tuple(range(len(self.reads or self.writes))))

    def along_earlier(self, items):
        """Items along the later axes, put along the earlier ones that they follow."""
        return [items[self.axes.index(axis)] for axis in range(len(items))]


@dataclass(frozen=True, eq=False)
class Picture:
    """Grids in the order of the computation; `links[i]` joins `grids[i]` to `grids[i + 1]`. `facts` are those drawn."""

    grids: tuple
    links: tuple
    facts: Facts = field(repr=False)


def layer_picture(facts, view=None):
    """The picture of what a layer did.

    `view` is for transposed layers: "scatter" (each input cell stamps the kernel; the default) or "gather"
    (zeros between the cells, then a convolution with the turned kernel).
    Raises ValueError where Keras refused, since there is nothing to draw, and for another view.

    >>> import keras
    >>> from widgets.facts import layer_facts
    >>> picture = layer_picture(layer_facts(keras.layers.Conv2D(1, 3, padding="same", strides=2), (1, 6, 6, 1)))
    >>> [grid.shape for grid in picture.grids], picture.grids[0].padding
    ([(1, 6, 6, 1), (1, 3, 3, 1)], ((0, 1), (0, 1)))
    >>> picture.links[0].reads[0].tolist()
    [[0, 1, 2], [2, 3, 4], [4, 5, 6]]
    """
    if facts.y is None:
        raise ValueError(say("picture.nothing_to_draw", problem=facts.problem))
    if view and view not in (views := VIEWS.get(facts.operation, ())):
        raise ValueError(say("picture.unknown_view", options=either(map(repr, (*views, None))), received=repr(view)))
    if facts.steps:
        kernels = [name for name in facts.weights if name.endswith("kernel")]
        named = []
        for i, picture in enumerate(map(layer_picture, facts.steps)):
            names = (kernels[i] if kernels else f"{link.kernel_name}_{i}" for link in picture.links)
            named.append(replace(picture, links=tuple(map(_named, picture.links, names))))
        return _chain(named, facts)
    x, y = (channels_last(v, facts.channel_axis) for v in (facts.x, facts.y))
    first = _grid(say("picture.input"), x, facts.tables.padding, may_be_grey=True)
    last = _after(first, _grid(say("picture.output"), y))
    if facts.tables.kernel is None:
        tables = facts.tables
        more = {"axes": tables.axes, "certainty": tables.certainty}
        link = Link(facts.operation, tables.reads, None, tables.channels, {}, "", y, **more)
        return Picture((first, last), (link,), facts)
    if view == "gather":
        return _gather(facts, first, last)
    return Picture((first, last), (_link(facts.operation, facts, facts.tables, facts.tables.kernel),), facts)


def _named(link, name):
    return replace(link, kernel_name=name) if "kernel" in link.weights else link


def _link(operation, facts, tables, kernel):
    weights = {name: weight.values for name, weight in facts.weights.items()} | {"kernel": kernel}
    points = None if facts.points is None else np.moveaxis(facts.points[0], 2, 0)
    if facts.mask is not None:
        by_group = facts.mask[0].reshape(*facts.mask.shape[1:3], *points.shape[::3])  # groups and taps
        weights["mask"] = np.moveaxis(by_group, 2, 0)
    return Link(
        operation=operation,
        reads=tables.reads,
        writes=tables.writes,
        channels=tables.channels,
        weights=weights,
        activation=activation_name(facts.settings["activation"]),
        before_activation=channels_last(facts.before_activation, facts.channel_axis),
        points=points,
    )


def _chain(pictures, facts):
    """Several pictures as one: the last grid of each is the first of the next."""
    grids, y = [pictures[0].grids[0]], channels_last(facts.y, facts.channel_axis)
    for i, picture in enumerate(pictures):
        for grid in picture.grids[1:]:
            end = grid is picture.grids[-1]
            last = end and i == len(pictures) - 1
            # The next link's padding belongs around the grid that it reads.
            padding = pictures[i + 1].grids[0].padding if end and not last else grid.padding
            between = say("picture.after_layer", number=i) if end and facts.chain else say("picture.between")
            coloured = (0.0,) * grid.shape[-1]
            signed = replace(grid, name=between, padding=padding, white=coloured)
            signed = _grid(say("picture.output"), y) if last else signed
            grids.append(_after(grids[-1], signed))
    return Picture(tuple(grids), tuple(link for picture in pictures for link in picture.links), facts)


def _gather(facts, first, last):
    """A transposed layer as zeros between the cells, then a convolution whose kernel is turned by 180 degrees."""
    rank = len(facts.axes)
    sizes = [(axis["n"] - 1) * axis["s"] + 1 for axis in facts.axes]
    stretched = np.zeros((len(first.values), *sizes, first.shape[-1]), "float32")
    stretched[(slice(None), *(slice(None, None, axis["s"]) for axis in facts.axes))] = first.values
    places = [np.arange(size)[:, None] for size in sizes]
    spread = [np.where(at % axis["s"] == 0, at // axis["s"], NO_CELL) for at, axis in zip(places, facts.axes)]
    reads, padding = [], []
    for table, size, o in zip(facts.tables.writes, sizes, last.shape[1:]):
        # Output o takes s*i = o - (offset of tap a); the turned kernel counts its taps from the other end.
        table = np.arange(o)[:, None] - table[0][::-1][None, :]
        reads.append(table)
        padding.append((max(0, -int(table.min())), max(0, int(table.max()) - size + 1)))
    channels = np.arange(first.shape[-1])[:, None]
    middle = _grid(say("picture.stretched"), stretched, tuple(padding))
    middle = replace(middle, white=first.white, limit=first.limit)
    stretch = Link("stretch", tuple(spread), None, channels, {}, "", stretched)
    turned = np.flip(facts.tables.kernel, tuple(range(rank)))
    gathering = replace(facts.tables, reads=tuple(reads), writes=None)
    gather = replace(_link(GATHERED[facts.operation], facts, gathering, turned), kernel_name=TURNED)
    return Picture((first, middle, last), (stretch, gather), facts)


def _after(earlier, grid):
    """Brightness stays brightness: of a grid that is all grey, a channel with nothing negative in it is grey too."""
    if not all(earlier.white):
        return grid
    values = np.where(np.isfinite(grid.values), grid.values, 0).reshape(-1, grid.shape[-1])
    grey = values.min(axis=0, initial=0) >= 0
    white = max(*earlier.white, float(values[:, grey].max(initial=0)))
    return replace(grid, white=tuple(np.where(grey, white, 0.0).tolist()))


def _grid(name, values, padding=None, may_be_grey=False):
    low, high = _ends(values)
    limit = max(abs(low), abs(high)) or 1.0
    # Brightness: a binary picture or a photograph, 0 to 1 or 0 to 255.
    grey = may_be_grey and low >= 0 and (high <= 1 or 32 < high <= 255)
    white = (1.0 if high <= 1 else 255.0) if grey else 0.0
    none = tuple((0, 0) for _ in values.shape[1:-1])
    return Grid(name, values.shape, values, padding or none, (white,) * values.shape[-1], limit)


def _ends(values):
    """The lowest and the highest of the numbers that are finite; 0 where none is."""
    if values.size and np.isfinite(ends := (float(values.min()), float(values.max()))).all():
        return ends
    finite = values[np.isfinite(values)]  # a copy, that takes long of a large array
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
