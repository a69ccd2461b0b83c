"""Sizes, padding and reads of a convolution along one axis, in whole numbers.

Everything here explains what Keras does; nothing here decides it. Symbols, one meaning each:
n input cells, k kernel cells (taps), s stride, d dilation, p padding cells, o output cells.
"""

import math

import numpy as np


def window_size(k, d=1):
    """Input cells from the first tap to the last, gaps included.

    >>> window_size(3), window_size(3, d=4)
    (3, 9)
    """
    return d * (k - 1) + 1


def output_size(n, k, s=1, d=1, padding="valid"):
    """Output cells along one axis; 0 or less when no window fits.

    Source: `keras.ops.conv`, which follows TensorFlow's two padding rules.

    >>> output_size(28, 3), output_size(28, 2, s=3), output_size(28, 3, s=2, padding="same")
    (26, 9, 14)
    """
    if padding == "same":
        return math.ceil(n / s)
    return (n - window_size(k, d)) // s + 1


def padding_cells(n, k, s=1, d=1, padding="valid"):
    """Padding cells (before, after) along one axis. "same" puts the odd one after.

    >>> padding_cells(6, 3, s=2, padding="same")
    (0, 1)
    """
    if padding != "same":
        return 0, 0
    total = max((output_size(n, k, s, d, padding) - 1) * s + window_size(k, d) - n, 0)
    return total // 2, total - total // 2


def reads(n, k, s=1, d=1, padding="valid"):
    """Which input cell every tap of every output cell reads: an int array (o, k).

    An index outside 0..n-1 is a padding cell: -1 is the nearest before, n the nearest after.

    >>> reads(6, 3, s=2, padding="same").tolist()
    [[0, 1, 2], [2, 3, 4], [4, 5, 6]]
    """
    o = max(output_size(n, k, s, d, padding), 0)
    before, _ = padding_cells(n, k, s, d, padding)
    return s * np.arange(o)[:, None] + d * np.arange(k)[None, :] - before


def channel_reads(channels, filters, groups=1):
    """Which input channels every filter reads: an int array (filters, channels / groups).

    Filters are shared out in order: the first filters / groups of them read the first group.

    >>> channel_reads(4, 2, groups=2).tolist()
    [[0, 1], [2, 3]]
    """
    fan_in = channels // groups
    group = np.arange(filters) * groups // filters
    return group[:, None] * fan_in + np.arange(fan_in)[None, :]


def convolution_macs(output_cells, kernel_size, fan_in, filters):
    """Multiply-accumulates for one sample: every output cell, every tap, every channel read.

    Products with padding zeros count, the bias does not.

    >>> convolution_macs(26 * 26, (3, 3), 12, 10)
    730080
    """
    return output_cells * math.prod(kernel_size) * fan_in * filters


def divisors(n):
    """The whole numbers that divide n.

    >>> divisors(12)
    [1, 2, 3, 4, 6, 12]
    """
    return [g for g in range(1, n + 1) if n % g == 0]
