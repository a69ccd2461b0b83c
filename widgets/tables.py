"""What the weights of one operation read and write: index tables, channels, and the kernel as it is used."""

from dataclasses import dataclass, field

import numpy as np

from widgets import arithmetic


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

    def sum_at(self, x, cell):
        """The products behind one later cell (spatial indices ..., channel): their sum, and that of their sizes.

        `x` is one sample, channels last. Cells outside it count as 0.
        """
        *spatial, later = cell
        earlier, taps = [], []
        for axis, place in enumerate(spatial):
            if self.reads is not None:
                index, tap = self.reads[axis][place], np.arange(self.kernel.shape[axis])
            else:
                index, tap = np.nonzero(self.writes[axis] == place)
            inside = (index >= 0) & (index < x.shape[axis])
            earlier.append(index[inside])
            taps.append(tap[inside])
        fan_in = np.arange(self.channels.shape[1])
        products = x[np.ix_(*earlier, self.channels[later])] * self.kernel[..., later][np.ix_(*taps, fan_in)].astype(
            float
        )
        return products.sum(), np.abs(products).sum()


def tables(operation, axes, channels, settings, kernel):
    """The tables of a convolution, a depthwise or a transposed one, or of a layer without a kernel.

    `axes` are the numbers that `arithmetic` takes, one dict an axis.
    """
    none = tuple((0, 0) for _ in axes)
    if operation == "transposed":
        every = np.tile(np.arange(channels), (settings["filters"], 1))
        return Tables(
            None,
            tuple(arithmetic.writes(**axis) for axis in axes),
            every,
            np.swapaxes(kernel, -1, -2),
            none,
        )
    reads = tuple(arithmetic.reads(**axis) for axis in axes)
    padding = tuple(arithmetic.padding_cells(**axis) for axis in axes)
    if operation == "depthwise":
        multiplier = settings["depth_multiplier"]
        each = np.arange(channels * multiplier)[:, None] // multiplier
        return Tables(
            reads,
            None,
            each,
            kernel.reshape(*kernel.shape[:-2], 1, channels * multiplier),
            padding,
        )
    if kernel is None:
        return Tables(reads, None, np.arange(channels)[:, None], None, padding)
    shared = arithmetic.channel_reads(channels, settings["filters"], settings["groups"])
    return Tables(reads, None, shared, kernel, padding)
