"""Index tables of a layer whose windows nobody knows: measured an axis at a time, and tried out on single cells."""

import itertools
from dataclasses import replace
from functools import reduce

import numpy as np
import tensorflow as tf

from widgets.facts.certainty import AT_MOST, EXACT
from widgets.facts.index_tables import NO_CELL, Tables
from widgets.facts.isolation import isolated_keras
from widgets.facts.known_layers import keras_name
from widgets.facts.measure import MOST_ROUNDS, STEP, Clock, Measurement, along, differs
from widgets.facts.model_graph import call_layer

SINGLE_CELLS = 12  # changed by themselves, to see whether the axes' tables say all


def measured_tables(layer, shape, shape_after, channels, answers=None, clock=None):
    """Who reads whom in a layer of one input, whose answer has as many axes; `channels` is the channels' axis.

    They allow all that a cell of the answer reads, and are exact where it reads all that they allow. What cannot be
    measured may read everything. `answers` are what is known already, see `measure.answers_so_far`; `clock` has
    the time that is left, half a second where it is left out.

    >>> import keras
    >>> measured_tables(keras.layers.Permute((2, 1, 3)), (1, 4, 3, 2), (1, 3, 4, 2), 3).axes
    (1, 0)
    """
    if keras_name(layer) == "TimeDistributed" and channels > 1 and shape_after[1] == shape[1]:
        inner = (shape[0], *shape[2:]), (shape_after[0], *shape_after[2:])
        step = measured_tables(layer.layer, *inner, channels - 1, None, clock)
        each = np.arange(shape[1])[:, None]
        axes = (0, *(axis + 1 for axis in step.axes))
        return replace(step, reads=(each, *step.reads), padding=((0, 0), *step.padding), axes=axes)
    before, after = shape[1:], shape_after[1:]
    orders = [order for order in itertools.permutations(range(len(after))) if order[channels - 1] == channels - 1]
    try:
        pairs, certainty, order = _Product(layer, shape, shape_after, answers, clock or Clock()).measured(orders)
    except Exception:  # whatever such a layer raises for noise
        order, certainty = orders[0], AT_MOST
        pairs = [np.ones(sizes, bool) for sizes in zip(before, after)]
    *reads, read = [
        _indices(pairs[axis].T) for axis in sorted(range(len(after)), key=lambda axis: axis == channels - 1)
    ]
    if (read == NO_CELL).any():  # a table of channels is not ragged
        certainty, read = AT_MOST, np.tile(np.arange(before[channels - 1]), (len(read), 1))
    axes = tuple(axis - (axis >= channels) for axis in order if axis != channels - 1)
    return Tables(tuple(reads), None, read, None, ((0, 0),) * len(reads), axes, certainty)


def _indices(reads):
    """(later cells, taps) indices of what each later cell reads of (later cells, earlier cells).

    >>> _indices(np.array([[True, False], [True, True]])).tolist() == [[0, NO_CELL], [0, 1]]
    True
    """
    counts = reads.sum(1)
    indices = np.full((len(reads), max(counts.max(initial=0), 1)), NO_CELL)
    indices[np.arange(indices.shape[1]) < counts[:, None]] = np.nonzero(reads)[1]
    return indices


class _Product(Measurement):
    """A layer's windows as the product of its axes: a bool array (earlier cells, later cells) for each later axis."""

    def __init__(self, layer, shape, shape_after, answers, clock):
        super().__init__(layer, [shape], ["float32"])
        self.answers |= answers or {}
        self._call = self._compiled(lambda inputs: call_layer(layer, *inputs))
        self._shapes_after, self._clock = [tuple(shape_after[1:])], clock

    def measured(self, orders):
        """The arrays, how sure they are, and the earlier axis that each later one follows, out of these orders."""
        with self._clock, tf.device("CPU:0"), isolated_keras():
            if not self._once("steady", self._is_steady):
                raise ValueError("another answer each time")
            sources = self._once("sources", self._sources)
        found = [self._pairs(axis, sources) for axis in range(len(orders[0]))]
        order = min(orders, key=lambda order: sum(found[a][b].mean() for b, a in enumerate(order)))
        pairs = [found[a][b] for b, a in enumerate(order)]
        if sources is None:
            return pairs, self._tried_out(pairs, order), order
        counts = reduce(np.multiply.outer, [pair.sum(0) for pair in pairs])
        return pairs, EXACT if (counts == (sources[0] > 0)).all() else AT_MOST, order

    def _pairs(self, axis, sources):
        """For each later axis: which cells along this earlier one its cells read."""
        n, after = self._shapes[0][axis], self._shapes_after[0]
        pairs = [np.zeros((n, m), bool) for m in after]
        if sources is not None:
            moved = np.nonzero(sources[0])
            read = np.unravel_index(sources[0][moved] - 1, self._shapes[0])[axis]
            for pair, at in zip(pairs, moved):
                pair[read, at] = True
            return pairs
        (table,), certainty = self._table(0, axis, self._clock)
        for b, pair in enumerate(pairs):
            others = tuple(a + 1 for a in range(len(after)) if a != b)
            pair[:] = table.any(others) if certainty == EXACT else True
        return pairs

    def _tried_out(self, pairs, order):
        """Whether single cells, changed by themselves, move all that the arrays allow."""
        random, count = np.random.default_rng(2), SINGLE_CELLS
        cells = [random.integers(n, size=count) for n in self._shapes[0]]
        allowed, moved = np.ones((count, *self._shapes_after[0]), bool), False
        for b, a in enumerate(order):
            allowed &= along(pairs[b][cells[a]], b, len(order) + 1)
        size = 4 * count * np.prod(self._shapes[0])
        for turn in range(MOST_ROUNDS):
            if turn and not self._clock.allows(size):
                break
            with self._clock, tf.device("CPU:0"), isolated_keras():
                x = np.repeat(self._noise(random, 0, turn=turn), count + 1, 0)
                x[(np.arange(count) + 1, *cells)] += STEP * random.normal(size=count)
                (y,) = self._outputs([x])
            moved = moved | differs(y[1:], y[:1])
            if (moved & ~allowed).any():
                raise ValueError("the axes' tables do not say all")
            if (moved == allowed).all():
                return EXACT
        return AT_MOST
