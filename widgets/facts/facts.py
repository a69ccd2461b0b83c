"""What a layer answered for an input, frozen: all that is shown of it."""

from dataclasses import dataclass, field

import numpy as np

from widgets import arithmetic
from widgets.facts.index_tables import Tables
from widgets.facts.kinds import CHAIN, SPATIAL, kind_of


@dataclass(frozen=True, eq=False)
class Weight:
    """One of a layer's weights: its shape, the name of each axis, and a float32 array."""

    shape: tuple
    axes: tuple
    values: np.ndarray = field(repr=False)


@dataclass(frozen=True, eq=False, kw_only=True)
class Facts:
    """What a layer answered for an input. Shapes are tuples, batch first; MACs are for one sample.

    Where Keras refused, or returned no cells, `problem` says why and what could not be known is None.
    """

    input_shape: tuple
    code: str
    size_formulas: tuple = ()  # one an axis: "height: floor((28 - 3) / 1) + 1 = 26"
    operation: str  # what its weights do: "convolution", "depthwise", "transposed" or "separable"
    settings: dict = field(default_factory=dict, repr=False)
    axes: tuple = ()  # one an axis: the numbers (n, k, s, d, padding ...) that `arithmetic` takes, by name
    channel_axis: int  # of x and y: the last, or 1 with data_format="channels_first"
    x: np.ndarray = field(repr=False)
    weights: dict = field(default_factory=dict)
    output_shape: tuple | None = None
    y: np.ndarray | None = field(default=None, repr=False)
    before_activation: np.ndarray | None = field(default=None, repr=False)
    params: int | None = None
    params_formula: str = ""  # "3*3*12*10 + 10 = 1090"
    macs: int | None = None
    macs_formula: str = ""
    problem: str = ""
    whole_problem: str = ""  # where the problem is told in Keras' own words: all of them
    advice: str = ""
    own_weights: tuple = ()  # the names of those that have other values than the code line gives
    warning: str = ""  # Keras' own, and ours where its values are not those of the layer's definition
    steps: tuple = ()
    chosen: int | None = None  # the layer of a chain that a reader changes
    tables: Tables | None = field(default=None, repr=False)  # who reads whom, where it is one operation
    # A deformable layer's: (batch, rows, columns, offset groups, taps, 2) and (batch, rows, columns, groups * taps).
    points: np.ndarray | None = field(default=None, repr=False)
    mask: np.ndarray | None = field(default=None, repr=False)

    @property
    def kind(self):
        """What is true of all layers of its kind."""
        return kind_of(self.operation)

    def told_axes(self, name):
        """The axes of a weight as a reader is told them: who has no groups need not know of them."""
        groups = self.settings.get("groups", 1)
        return tuple("in" if axis == "in / groups" and groups == 1 else axis for axis in self.weights[name].axes)

    @property
    def output_axes(self):
        """What the axes of the output are called; those between batch and channels have no name where they are many."""
        rank = len(self.output_shape) - 2
        axes = ["batch", *(SPATIAL[rank - 1] if 1 <= rank <= len(SPATIAL) else ())]
        axes.insert(self.channel_axis, "channels")
        return axes

    @property
    def chain(self):
        """The Facts of each layer of a chain; () for one layer, of however many steps."""
        return self.steps if self.operation == CHAIN else ()


def spatial_sizes(shape, channel_axis):
    """The sizes between batch and channels, which stand last or, with `channel_axis` 1, in front of them."""
    return tuple(size for axis, size in enumerate(shape) if axis not in (0, channel_axis))


def channels_last(values, channel_axis):
    """The same values with the channels on the last axis."""
    return values if channel_axis == values.ndim - 1 else np.moveaxis(values, channel_axis, -1)


def chain_receptive_field(steps):
    """How many cells along each axis one cell behind these steps sees, at most.

    Padding cells are counted, unless a layer among them has been measured.

    >>> import keras
    >>> from widgets.facts import layer_facts
    >>> layers = [keras.layers.Conv2D(1, 3, dilation_rate=d) for d in (1, 2)]
    >>> chain_receptive_field([layer_facts(layer, (1, 16, 16, 1)) for layer in layers])
    (7, 7)
    """
    if all(step.axes for step in steps):
        along = zip(*([step.kind.field_step(**axis) for axis in step.axes] for step in _flat(steps)))
        return tuple(arithmetic.receptive_field(links)[0] for links in along)
    sizes = {}
    for axis, n in enumerate(_spatial(steps[-1].y, steps[-1])):
        seen = np.eye(n, dtype=bool)  # (cells behind the steps, cells that each sees)
        for step in reversed(_flat(steps)):
            seen, axis = step.tables.seen_before(seen, axis, _spatial(step.x, step))
        last = seen.shape[1] - seen[:, ::-1].argmax(1)
        sizes[axis] = int(((last - seen.argmax(1)) * seen.any(1)).max())
    return tuple(sizes[axis] for axis in sorted(sizes))


def _flat(steps):
    return [part for step in steps for part in (step.steps or (step,))]


def _spatial(values, step):
    return channels_last(values, step.channel_axis).shape[1:-1]
