"""What the weights of one operation read and write: index tables, channels, and the kernel as it is used."""

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True, eq=False)
class Tables:
    """Who reads whom, for one operation. One of `reads` and `writes` is None.

    `reads[axis]` is (later cells, taps): the earlier cell that each tap reads. `writes[axis]` is (earlier
    cells, taps): the later cell that each tap adds to. `channels` is (later channels, channels read).
    `kernel` is (spatial taps ..., channels read, later channels). `padding` is (before, after) an axis.
    """

    reads: tuple | None = field(repr=False)
    writes: tuple | None = field(repr=False)
    channels: np.ndarray = field(repr=False)
    kernel: np.ndarray | None = field(repr=False)  # None where cells are only moved, or pooled
    padding: tuple

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
            earlier, taps = self._reading(axis, place)
            inside = inside & ((earlier >= 0) & (earlier < x.shape[axis])).reshape(shape)
            x_index.append(np.clip(earlier, 0, x.shape[axis] - 1).reshape(shape))
            kernel_index.append(taps.reshape(shape))
        ahead = (len(cells), *[1] * rank, -1)
        channel = self.channels[later].reshape(ahead)
        weights = self.kernel[(*kernel_index, np.arange(fan_in), later.reshape(ahead))]
        products = np.where(inside, x[(*x_index, channel)] * weights.astype(float), 0).reshape(len(cells), -1)
        return products.sum(1), np.abs(products).sum(1)

    def _reading(self, axis, place):
        """Along an axis, the earlier cells that reach later ones, and the taps: two (cells, n) arrays, -1 for none."""
        if self.reads is not None:
            earlier = self.reads[axis][place]
            return earlier, np.broadcast_to(np.arange(earlier.shape[1]), earlier.shape)
        which, earlier, tap = np.nonzero(self.writes[axis] == place[:, None, None])
        starts = np.searchsorted(which, np.arange(len(place)))
        slot = np.arange(len(which)) - starts[which]
        found = np.full((2, len(place), max(slot.max(initial=0) + 1, 1)), -1)
        found[:, which, slot] = earlier, tap
        return found
