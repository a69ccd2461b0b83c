"""Sizes, padding and reads of a convolution along one axis, in whole numbers.

Everything here explains what Keras does; nothing here decides it. Symbols, one meaning each:
n input cells, k kernel cells (taps), s stride, d dilation, p padding cells, o output cells.
"""

import functools
import math
from fractions import Fraction

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
    if padding in ("same", "causal"):
        return math.ceil(n / s)
    return (n - window_size(k, d)) // s + 1


def padding_cells(n, k, s=1, d=1, padding="valid"):
    """Padding cells (before, after) along one axis. "same" puts the odd one after, "causal" all before.

    >>> padding_cells(6, 3, s=2, padding="same")
    (0, 1)
    """
    if padding == "causal":
        return d * (k - 1), 0
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


def transposed_size(n, k, s=1, d=1, padding="valid", output_padding=None):
    """Output cells of a transposed convolution along one axis. `output_padding` None is not 0.

    Source: `compute_conv_transpose_output_shape` in Keras.

    >>> transposed_size(8, 2, s=3), transposed_size(28, 3, s=2), transposed_size(28, 3, d=2)
    (24, 57, 32)
    >>> [transposed_size(3, 3, s=2, padding="same", output_padding=p) for p in (None, 0, 1)]
    [6, 5, 6]
    """
    window = window_size(k, d)
    if padding == "same":
        return n * s if output_padding is None else (n - 1) * s + window % 2 + output_padding
    return (n - 1) * s + (max(window, s) if output_padding is None else window + output_padding)


def writes(n, k, s=1, d=1, padding="valid", output_padding=None):
    """Which output cell every tap of every input cell adds to, transposed: an int array (n, k).

    An index outside 0..o-1 is cropped away. It is the forward convolution's table, read from the other side.

    >>> writes(3, 3, s=2, padding="same").tolist()  # 6 is cropped
    [[0, 1, 2], [2, 3, 4], [4, 5, 6]]
    """
    o = transposed_size(n, k, s, d, padding, output_padding)
    cropped = max((n - 1) * s + window_size(k, d) - o, 0) if padding == "same" else 0
    return s * np.arange(n)[:, None] + d * np.arange(k)[None, :] - cropped // 2


def channel_reads(channels, filters, groups=1):
    """Which input channels every filter reads: an int array (filters, channels / groups).

    Filters are shared out in order: the first filters / groups of them read the first group.

    >>> channel_reads(4, 2, groups=2).tolist()
    [[0, 1], [2, 3]]
    """
    fan_in = channels // groups
    group = np.arange(filters)[:, None] * groups // filters
    return group * fan_in + np.arange(fan_in)


def cells_behind_step(n, o, k, s, d, before):
    """Which of n cells each of o cells behind a step reads: two arrays (o, k), the cells, and whether they exist.

    A stride of Fraction(1, m) puts the cells m apart, with m - 1 places after each where no cell is.

    >>> cells, exist = cells_behind_step(2, 4, 3, Fraction(1, 2), 1, 1)
    >>> [some[there].tolist() for some, there in zip(cells, exist)]
    [[0], [0, 1], [1], [1]]
    """
    s = Fraction(s)
    cells, gap = np.divmod(s.numerator * np.arange(o)[:, None] + d * np.arange(k) - before, s.denominator)
    return cells, (gap == 0) & (cells >= 0) & (cells < n)


NOTHING = 2**40  # the lowest cell seen by a cell that sees nothing; the highest one is its negative
ITSELF = (0,), (0,), 1  # what the cells of the input see


def seen_behind(seen, k, s, d, before):
    """What cells see behind one more step, along one axis.

    `seen` is (lowest, highest, span): the first and the last input cell seen by each cell of one period, and how
    many input cells further on the next period begins. All but transposed layers have a period of one cell. The step
    is that of `cells_behind_step`.

    >>> seen_behind(ITSELF, 3, 2, 1, 0)
    ((0,), (2,), 2)
    >>> seen_behind(ITSELF, 3, Fraction(1, 2), 1, 0)
    ((0, 1), (1, 1), 1)
    """
    s, length = Fraction(s), len(seen[0])
    period = length * s.denominator // math.gcd(length * s.denominator, s.numerator)
    cells, gap = np.divmod(s.numerator * np.arange(period)[:, None] + d * np.arange(k) - before, s.denominator)
    lowest, highest = _seen_by(seen, cells)
    lowest, highest = np.where(gap == 0, lowest, NOTHING).min(1), np.where(gap == 0, highest, -NOTHING).max(1)
    return tuple(lowest.tolist()), tuple(highest.tolist()), seen[2] * s.numerator * period // (s.denominator * length)


def _seen_by(seen, cells):
    """The first and the last input cell that each of these cells sees, in a period or not."""
    lowest, highest, further = np.array(seen[0]), np.array(seen[1]), cells // len(seen[0]) * seen[2]
    cells = cells % len(lowest)
    sees = lowest[cells] < NOTHING
    return np.where(sees, lowest[cells] + further, NOTHING), np.where(sees, highest[cells] + further, -NOTHING)


def seen_by_both(one, other):
    """What cells see that two branches meet in; None where their cells are not equally far apart.

    >>> seen_by_both(((0,), (2,), 1), ((-1,), (0,), 1))
    ((-1,), (2,), 1)
    """
    period = math.lcm(len(one[0]), len(other[0]))
    spans = [seen[2] * period // len(seen[0]) for seen in (one, other)]
    if spans[0] != spans[1]:
        return None
    (low, high), (low_too, high_too) = (_seen_by(seen, np.arange(period)) for seen in (one, other))
    return tuple(np.minimum(low, low_too).tolist()), tuple(np.maximum(high, high_too).tolist()), spans[0]


def receptive_field(steps):
    """What one cell sees of the first input, along one axis: (size, stride, start), in input cells.

    `steps` are (kernel, stride, dilation, padding before) for each layer, first to last, see `cells_behind_step`.
    `size` is that of the cell that sees most. `start` is the first input cell that output cell 0 sees, negative in
    the padding. Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural
    Networks", 2019.

    >>> [receptive_field([(3, 1, d, 0) for d in rates])[0] for rates in ((1,), (1, 2), (1, 2, 4))]
    [3, 7, 15]
    >>> receptive_field([(7, 2, 1, 3), (3, 2, 1, 1)])
    (11, 4, -5)
    """
    seen = functools.reduce(lambda seen, step: seen_behind(seen, *step), steps, ITSELF)
    stride = Fraction(seen[2], len(seen[0]))
    return seen_size(seen), stride.numerator if stride.denominator == 1 else stride, seen[0][0]


def seen_size(seen):
    """How many cells the one sees that sees most, from the first to the last.

    >>> seen_size(((0, 1), (1, 1), 1))
    2
    """
    return max(high - low + 1 for low, high in zip(*seen[:2]))


def cells_read(steps):
    """How many cells of its receptive field one cell reads, along one axis; `steps` as for `receptive_field`.

    Of a transposed layer, whose cells do not all read alike, the most that any of them does.

    >>> [cells_read([(3, 1, d, 0) for d in rates]) for rates in ((9,), (2, 2, 2), (1, 2, 4))]
    [3, 7, 15]
    """
    phases = math.prod(int(1 / s) for _, s, _, _ in steps if s < 1)
    return max(_reached(phase, steps) for phase in range(phases))


def _reached(place, steps):
    places = {place}
    for k, s, d, _ in reversed(steps):
        num, apart = Fraction(s).as_integer_ratio()
        behind = {num * place + tap * d for place in places for tap in range(k)}
        places = {place // apart for place in behind if place % apart == 0}  # between them no cell is
    return len(places)


def divisors(n):
    """The whole numbers that divide n.

    >>> divisors(12)
    [1, 2, 3, 4, 6, 12]
    """
    return [g for g in range(1, n + 1) if n % g == 0]
