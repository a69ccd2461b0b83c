"""What a reader changes by hand, cells of the input and weights; each change can be taken back."""

import contextlib
import math

import numpy as np

from widgets.facts import LARGEST_INPUT, Memory, kind_of, pattern
from widgets.picture import TURNED

MOST_UNDOS = 100


class Input:
    """An explorer's x while it changes. Every change makes a new array: facts that were given out keep theirs."""

    def __init__(self, values, resizable, channel_axis=-1):
        self._start = self.values = values
        self._channel_axis = channel_axis
        self.resizable = resizable  # whether sliders may give it other sizes
        self._memory = Memory()
        self._too_large = False

    def resize(self, shape):
        """Another shape: what is known of each position stays. One that is too large holds zeros, in no memory."""
        if not self._too_large:
            self._memory.note(self.values)
        self._too_large = 4 * math.prod(shape) > LARGEST_INPUT
        if self._too_large:
            self.values = np.broadcast_to(np.float32(0), shape)
        else:
            self.values = self._memory.fill(pattern(shape, self._channel_axis))

    def put(self, index, value):
        """Write `value` at an index; returns what stood there."""
        if self._too_large:
            raise ValueError  # it is no change, see Undo
        before = self.values[index].copy()
        self.values = self.values.copy()
        self.values[index] = value
        return before

    def reset(self):
        """The values of the start again."""
        self.__init__(self._start, self.resizable, self._channel_axis)


class Undo:
    """Changes that can be taken back, the newest first."""

    def __init__(self):
        self._done = []

    def change(self, put, index, value):
        """`put(index, value)` returns what stood there, and is remembered. An index that is gone is no change."""
        try:
            before = put(index, value)
        except (IndexError, ValueError):  # the reader edits a size that has just changed
            return
        self._done = [*self._done, (put, index, before)][-MOST_UNDOS:]

    def back(self):
        """Take the newest change back."""
        if self._done:
            put, index, before = self._done.pop()
            with contextlib.suppress(IndexError, ValueError):  # its place is gone
                put(index, before)


def kernels(live):
    """(layer, weight's name) for each kernel that is drawn of a live layer, in the order of the drawing."""
    names = [name for name in live.template.kind.weights if name.endswith("kernel")]
    return [(live, name) for name in names if name != "offset_kernel"]


def weight_index(link, tap, slice_, filter_):
    """Where a drawn tap stands in the layer's own kernel, whose axes are in Keras' order.

    `tap` is (plane, row, column), or has an index for each axis of the layer alone. `slice_` counts the channels
    that the filter reads.
    """
    sizes = link.weights["kernel"].shape[:-2]
    tap = tuple(tap)[-len(sizes) :]
    if link.kernel_name == TURNED:
        return (*(size - 1 - at for at, size in zip(tap, sizes)), filter_, slice_)
    return kind_of(link.operation).kernel_index(tap, slice_, filter_, link.channels)


def edit(change, picture, source, found, sample, channel_axis, undo):
    """Carry out what the browser asked for.

    `change` is {"undo": True}, or has "cells" (a list of (plane, row, column), or "all") and "value", and either
    "channel" (of the input) or "link", "slice" and "filter" (of a kernel). `found` are the kernels drawn.
    """
    if "undo" in change:
        return undo.back()
    cells, value = change["cells"], np.float32(change["value"])
    if "link" in change:
        link = picture.links[change["link"]]
        drawn = [i for i, one in enumerate(picture.links) if "kernel" in one.weights]
        live, name = found[drawn.index(change["link"])]
        cells = np.ndindex(link.weights["kernel"].shape[:-2]) if cells == "all" else cells
        places = [weight_index(link, cell, change["slice"], change["filter"]) for cell in cells]
        return undo.change(lambda index, new: live.put(name, index, new), tuple(map(np.array, zip(*places))), value)
    rank = source.values.ndim - 2
    place = [slice(None)] * rank if cells == "all" else list(map(np.array, zip(*(cell[3 - rank :] for cell in cells))))
    place.insert(channel_axis - 1, change["channel"])
    undo.change(source.put, (sample, *place), value)
