"""Values kept by position, so that a size that changes and comes back brings its old numbers with it."""

import math

import numpy as np

from widgets.facts.inputs import LARGEST_INPUT


class Memory:
    """The last value seen at every position of one array whose shape changes.

    >>> memory = Memory()
    >>> small = memory.fill(np.array([1.0, 2.0]))
    >>> memory.fill(np.array([7.0, 8.0, 9.0])).tolist()  # two positions known, one new
    [1.0, 2.0, 9.0]
    """

    def __init__(self):
        self._values = None
        self._known = None

    def note(self, values):
        """Remember these values at their positions."""
        self._make_room(values)
        place = tuple(slice(size) for size in values.shape)
        self._values[place] = values
        self._known[place] = True

    def recall(self, shape):
        """The values at all positions of an array of this shape; None where not all are known."""
        place = tuple(slice(size) for size in shape)
        if self._values is None or self._values[place].shape != shape or not self._known[place].all():
            return None
        return self._values[place].copy()

    def fill(self, fresh):
        """`fresh`, with every known position's value in place of its own; then all of it is known."""
        self._make_room(fresh)
        place = tuple(slice(size) for size in fresh.shape)
        values = np.where(self._known[place], self._values[place], fresh)
        self.note(values)
        return values

    def _make_room(self, values):
        # A row and a column, each long, ask for all that lies between them: rather forget than keep so much.
        if self._values is None or 4 * math.prod(map(max, values.shape, self._values.shape)) > LARGEST_INPUT:
            self._values, self._known = (np.zeros(values.shape, values.dtype), np.zeros(values.shape, bool))
        growth = [(0, max(new - old, 0)) for new, old in zip(values.shape, self._values.shape, strict=True)]
        if any(after for _, after in growth):
            self._values, self._known = (np.pad(self._values, growth), np.pad(self._known, growth))
