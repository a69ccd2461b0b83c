"""What one operation reads and writes: index tables, channels, and the kernel as it is used."""

from dataclasses import dataclass, field

import numpy as np

from widgets.arithmetic import cells_behind_step

NO_CELL = np.iinfo("int32").min  # in an index table: this tap reads nothing here


@dataclass(frozen=True, eq=False)
class Tables:
    """Who reads whom, for one operation. One of `reads` and `writes` is None.

    `reads[axis]` is (later cells, taps): the earlier cell that each tap reads. `writes[axis]` is (earlier
    cells, taps): the later cell that each tap adds to. `channels` is (later channels, channels read).
    `kernel` is (spatial taps ..., channels read, later channels). `padding` is (before, after) an axis.
    `axes[axis]` is the earlier axis that a later one follows, () where each follows its own. `certainty` is "exact", or
    "at most" where a cell may read less than that.
    """

    reads: tuple | None = field(repr=False)
    writes: tuple | None = field(repr=False)
    channels: np.ndarray = field(repr=False)
    kernel: np.ndarray | None = field(repr=False)  # None where cells are only moved, or pooled
    padding: tuple
    axes: tuple = ()
    certainty: str = "exact"

    def sums_at(self, x, cells):
        """The products behind later cells (spatial indices ..., channel): the sum of each, and that of their sizes.

        `x` is one sample, channels last. Cells outside it count as 0.
        """
        *places, later = np.transpose(cells)
        x_index, kernel_index, inside = [], [], True
        rank, fan_in = len(places), self.channels.shape[1]
        for axis, place in enumerate(places):
            shape = [len(cells), *[1] * rank, 1]
            shape[axis + 1] = -1
            earlier, taps = cells_behind(self, axis, place)
            inside = inside & ((earlier >= 0) & (earlier < x.shape[axis])).reshape(shape)
            x_index.append(np.clip(earlier, 0, x.shape[axis] - 1).reshape(shape))
            kernel_index.append(taps.reshape(shape))
        ahead = (len(cells), *[1] * rank, -1)
        channel = self.channels[later].reshape(ahead)
        weights = self.kernel[(*kernel_index, np.arange(fan_in), later.reshape(ahead))]
        products = np.where(inside, x[(*x_index, channel)] * weights.astype(float), 0).reshape(len(cells), -1)
        return products.sum(1), np.abs(products).sum(1)

    def seen_before(self, seen, axis, sizes):
        """(cells, earlier cells) of what cells see along an axis, from (cells, later cells); and which axis that is.

        `sizes` are those of the earlier axes.
        """
        axis_before = self.axes[axis] if self.axes else axis
        earlier, _ = cells_behind(self, axis, np.arange(seen.shape[1]))
        reads = (earlier[:, :, None] == np.arange(sizes[axis_before])).any(1)
        return seen @ reads, axis_before


def step_tables(steps, sizes, sizes_after, channels):
    """The tables of a layer that moves or mixes the cells of each channel by known steps, see `cells_behind_step`.

    >>> step_tables([(1, 1, 1, 1)], [2], [4], 3).reads[0][1:3].tolist()  # a cell of padding on each side
    [[0], [1]]
    """
    reads = tuple(_reads(cells_behind_step(n, o, *step)) for n, o, step in zip(sizes, sizes_after, steps))
    return Tables(reads, None, np.arange(channels)[:, None], None, ((0, 0),) * len(reads))


def _reads(found):
    """An index table of (cells, whether they exist), as narrow as it can be."""
    cells, exist = found
    first = np.argsort(~exist, axis=1, kind="stable")[:, : max(exist.sum(1).max(initial=0), 1)]
    return np.take_along_axis(np.where(exist, cells, NO_CELL), first, 1)


def cells_behind(tables, axis, cells):
    """Along an axis, the earlier cells that reach these later ones, and the taps between: two (cells, n) arrays.

    `tables` has `reads` and `writes`. Where fewer than n reach one, there are NO_CELL and tap -1.
    """
    if tables.reads is not None:
        earlier = tables.reads[axis][cells]
        return earlier, np.broadcast_to(np.arange(earlier.shape[1]), earlier.shape)
    which, earlier, tap = np.nonzero(tables.writes[axis] == np.reshape(cells, (-1, 1, 1)))
    starts = np.searchsorted(which, np.arange(len(cells)))
    slot = np.arange(len(which)) - starts[which]
    found = np.full((2, len(cells), slot.max(initial=0) + 1), [[[NO_CELL]], [[-1]]])
    found[:, which, slot] = earlier, tap
    return found
