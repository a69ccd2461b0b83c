"""The judges of 03_dilated and 04_transposed."""

import itertools
import math
import re

import keras
import numpy as np
from judging import computes, counts, draws, judges, made, whole
from keras import layers

from widgets.facts import layer_facts

ONES = {"kernel_initializer": "ones"}
CONV = {1: layers.Conv1D, 2: layers.Conv2D, 3: layers.Conv3D}


def dilated(rng):
    """(n, k, d) with drawn numbers; a window fits into the n cells."""
    k, d = int(rng.integers(1, 5)), int(rng.integers(1, 6))
    return d * (k - 1) + 1 + int(rng.integers(0, 9)), k, d


@judges(
    "`dilation_rate=d` puts the taps d cells apart. The window covers d·(k − 1) + 1 cells; weights and "
    "multiplications a cell stay."
)
def taps_are_d_cells_apart():
    for axes, rng in itertools.product((1, 2, 3), draws(8)):
        k, d, spare = rng.integers(1, 4, axes), rng.integers(1, 5, axes), rng.integers(0, 3, axes)
        span, (channels, filters) = d * (k - 1) + 1, map(int, rng.integers(1, 4, 2))
        x = np.zeros((1, *(span + spare), channels), "float32")
        rates = (d // d).tolist(), d.tolist()
        plain, layer = (CONV[axes](filters, k.tolist(), dilation_rate=rate, **ONES) for rate in rates)
        read, without = (counts(one, x, (0,) * axes) for one in (layer, plain))
        wanted = np.zeros_like(read)
        wanted[tuple(slice(0, end, step) for end, step in zip(span, d))] = channels * filters
        assert np.array_equal(read, wanted)
        assert [np.ptp(cells) + 1 for cells in np.nonzero(read)] == span.tolist()
        assert read.sum() == without.sum()
        assert [weight.shape for weight in layer.weights] == [weight.shape for weight in plain.weights]
        for one in (layer, plain):
            assert layer_facts(one, x).macs == read.sum() * math.prod(one.compute_output_shape(x.shape)[1:-1])


@judges('At stride 1, "valid" gives n − d·(k − 1) cells. "same" keeps n, with a border that grows with d.')
def sizes_with_dilation():
    for rng in draws(25):
        n, k, d = dilated(rng)
        ones = np.ones((1, n, 1), "float32")
        assert layers.Conv1D(1, k, dilation_rate=d)(ones).shape[1] == n - d * (k - 1)
        y = np.array(layers.Conv1D(1, k, dilation_rate=d, padding="same", **ONES)(ones))[0, :, 0]
        assert len(y) == n
        missing = d * (k - 1)  # the zeros: half of them before, the odd one after
        padded = np.pad(ones[0, :, 0], (missing // 2, missing - missing // 2))
        assert y.tolist() == [padded[i : i + missing + 1 : d].sum() for i in range(n)]


@judges(
    "At stride 1, one dilated layer reads every cell if its output is at least d cells long. It is a larger kernel "
    "whose gaps are fixed at zero."
)
def one_layer_reads_every_cell():
    for n, k, d, padding in itertools.product(range(1, 14), (1, 2, 3, 4), (1, 2, 3, 5), ("valid", "same")):
        if padding == "valid" and n <= d * (k - 1):
            continue
        x, layer = np.zeros((1, n, 1), "float32"), layers.Conv1D(1, k, dilation_rate=d, padding=padding, **ONES)
        if layer.compute_output_shape(x.shape)[1] >= d:
            assert counts(layer, x, None).all(), (n, k, d, padding)
    assert not counts(layers.Conv1D(1, 3, dilation_rate=3, **ONES), np.zeros((1, 8, 1), "float32"), None).all()
    for rng in draws(10):
        k, d = int(rng.integers(1, 4)), int(rng.integers(1, 4))
        x = whole(rng, 1, 9, 10, 2)
        layer = made(layers.Conv2D(3, k, dilation_rate=d), x.shape, rng)
        kernel, bias = layer.get_weights()
        larger = np.zeros((d * (k - 1) + 1, d * (k - 1) + 1, 2, 3))
        larger[::d, ::d] = kernel
        plain = layers.Conv2D(3, d * (k - 1) + 1)
        plain.build(x.shape)
        plain.set_weights([larger, bias])
        assert np.array_equal(plain(x), layer(x))


@judges(
    "`Conv` layers and transposed ones take strides or dilation, not both; depthwise and separable ones in newer Keras "
    "take both."
)
def who_takes_strides_and_dilation():
    def takes(name, **both):
        arguments = (3,) if name.startswith("Depthwise") else (1, 3)
        axes = int(re.search(r"\d", name)[0])
        try:
            getattr(layers, name)(*arguments, padding="same", **both)(np.zeros((1, *[9] * axes, 1)))
        except Exception:
            return False
        return True

    version = tuple(map(int, keras.__version__.split(".")[:2]))
    for name in ("Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"):
        assert not takes(name, strides=2, dilation_rate=2)
        assert takes(name, strides=2)
    for name in ("Conv1D", "Conv2D", "Conv3D"):
        assert takes(name, dilation_rate=2)
    for name in ("DepthwiseConv1D", "DepthwiseConv2D", "SeparableConv1D", "SeparableConv2D"):
        if version >= (3, 15):
            assert takes(name, strides=2, dilation_rate=2)


def stack(rates, k=3, strides=None):
    strides = strides or [1] * len(rates)
    return keras.Sequential([layers.Conv1D(1, k, strides=s, dilation_rate=d, **ONES) for d, s in zip(rates, strides)])


@judges(
    "In a stack each layer adds (k − 1)·d to the receptive field, times all strides before it: kernels of 3 at rates "
    "1, 2, 4 have fields of 3, 7, 15."
)
def fields_of_stacks():
    for rates, field in (((1,), 3), ((1, 2), 7), ((1, 2, 4), 15)):
        assert np.ptp(np.flatnonzero(counts(stack(rates), np.zeros((1, 40, 1), "float32"), (2,)))) + 1 == field
    for rng in draws(15):
        k, depth = int(rng.integers(1, 4)), int(rng.integers(1, 4))
        dilate = rng.integers(0, 2, depth)
        rates = np.where(dilate, rng.integers(1, 5, depth), 1).tolist()
        strides = np.where(dilate, 1, rng.integers(1, 4, depth)).tolist()
        field, before = 1, 1
        for rate, stride in zip(rates, strides):
            field += (k - 1) * rate * before
            before *= stride
        read = np.flatnonzero(counts(stack(rates, k, strides), np.zeros((1, 99, 1), "float32"), (0,)))
        assert np.ptp(read) + 1 == field, (k, rates, strides)


@judges(
    "If all rates are equal and above 1, cells in the field are not read. At stride 1, to read them all, the sorted "
    "rates must start at 1, and none may be larger than the field of those before it."
)
def which_rates_leave_gaps():
    drawn = [sorted(map(int, rng.integers(1, 8, int(rng.integers(1, 5))))) for rng in draws(40)]
    for rates in [*drawn, [2, 2], [3, 3, 3], [1, 2, 7], [1, 2, 8], [1, 3, 9], [1, 2, 2]]:
        for k in (2, 3):
            field = 1 + (k - 1) * sum(rates)
            shuffled = np.random.default_rng(field).permutation(rates).tolist()
            gaps = not counts(stack(shuffled, k), np.zeros((1, field, 1), "float32"), (0,)).all()
            before = [1 + (k - 1) * sum(rates[:i]) for i in range(len(rates))]
            assert gaps == any(rate > one for rate, one in zip(rates, before)), (rates, k)
            if len(set(rates)) == 1 and rates[0] > 1:
                assert gaps


# 04_transposed


@judges("Each input cell stamps the kernel; stamps start `strides` cells apart and are added where they overlap.")
def stamps_are_added():
    for rng in draws(24):
        (n, m), k, s, d = rng.integers(1, 5, 2), rng.integers(1, 5, 2), rng.integers(1, 4, 2), rng.integers(1, 4, 2)
        s, d = (s, d // d) if rng.integers(2) else (s // s, d)
        x, padding = whole(rng, 1, n, m, 2), str(rng.choice(["valid", "same"]))
        moved = {"strides": s.tolist(), "dilation_rate": d.tolist(), "padding": padding}
        layer = made(layers.Conv2DTranspose(3, k.tolist(), **moved, use_bias=False), x.shape, rng)
        if not computes(layer, x):
            continue
        y, (kernel,) = np.array(layer(x)), layer.get_weights()
        span = d * (k - 1) + 1
        by_hand = np.zeros((1, *np.maximum((np.array((n, m)) - 1) * s + span, y.shape[1:3]), 3))
        for row, column in itertools.product(range(n), range(m)):
            stamp = np.einsum("c,hwfc->hwf", x[0, row, column], kernel)
            down, right = (slice(i * s[a], i * s[a] + span[a], d[a]) for a, i in enumerate((row, column)))
            by_hand[0, down, right] += stamp
        if padding == "same":  # what hangs over is cut off, the odd cell of it at the end
            over = np.maximum(by_hand.shape[1:3] - np.array(y.shape[1:3]), 0) // 2
            by_hand = by_hand[:, over[0] :, over[1] :]
        assert np.array_equal(y, by_hand[:, : y.shape[1], : y.shape[2]])


@judges(
    "The same result: zeros between and around the input cells, then a convolution with the kernel turned by half a "
    "turn, its last two axes swapped."
)
def zeros_then_a_turned_kernel():
    for rng in draws(20):
        (n, m), k, s = rng.integers(1, 5, 2), rng.integers(1, 5, 2), rng.integers(1, 4, 2)
        x, filters = whole(rng, 1, n, m, 2), int(rng.integers(1, 6))
        layer = made(layers.Conv2DTranspose(filters, k.tolist(), strides=s.tolist(), use_bias=False), x.shape, rng)
        y, (kernel,) = np.array(layer(x)), layer.get_weights()
        around = np.zeros((1, *(np.array(y.shape[1:3]) + k - 1), 2))
        down, right = (slice(k[a] - 1, k[a] + (size - 1) * s[a], s[a]) for a, size in enumerate((n, m)))
        around[:, down, right] = x
        plain = layers.Conv2D(filters, k.tolist(), use_bias=False)
        plain.build(around.shape)
        plain.set_weights([kernel[::-1, ::-1].swapaxes(2, 3)])
        assert np.array_equal(plain(around), y)


@judges(
    'Without dilation and `output_padding`, "valid" gives (n − 1)·s + max(k, s), "same" n·s. `output_padding` chooses '
    'among the sizes that a convolution takes to the same n; with "same" and a stride above 1, `None` is not 0.'
)
def sizes_of_transposed_layers():
    for n, k, s in itertools.product((1, 2, 5), range(1, 6), range(1, 4)):
        x = np.zeros((1, n, 1), "float32")
        assert layers.Conv1DTranspose(1, k, strides=s)(x).shape[1] == (n - 1) * s + max(k, s)
        assert layers.Conv1DTranspose(1, k, strides=s, padding="same")(x).shape[1] == n * s
        for padding, more in itertools.product(("valid", "same"), range(s)):
            try:
                larger = layers.Conv1DTranspose(1, k, strides=s, padding=padding, output_padding=more)(x)
            except Exception:  # a choice that Keras, or TensorFlow below it, refuses
                continue
            if larger.shape[1] == 0:  # nothing at all is no choice
                continue
            assert layers.Conv1D(1, k, strides=s, padding=padding)(larger).shape[1] == n, (n, k, s, padding, more)
    sizes = [
        layers.Conv1DTranspose(1, 3, strides=2, padding="same", output_padding=p)(np.zeros((1, 3, 1))).shape[1]
        for p in (None, 0, 1)
    ]
    assert sizes == [6, 5, 6]
    for k, s in itertools.product(range(1, 7), range(2, 5)):
        default, zero = (
            layers.Conv1DTranspose(1, k, strides=s, padding="same", output_padding=p).compute_output_shape((1, 3, 1))
            for p in (None, 0)
        )
        assert default != zero, (k, s)


@judges("Kernel: (height, width, filters, input channels). There is no `groups`.")
def kernel_of_transposed_layers():
    for rng in draws(6):
        height, width, filters, channels = map(int, rng.permutation(range(2, 6)))
        layer = layers.Conv2DTranspose(filters, (height, width))
        layer.build((None, 8, 8, channels))
        assert layer.kernel.shape == (height, width, filters, channels)
    try:
        layers.Conv2DTranspose(4, 3, groups=2)
    except (TypeError, ValueError) as refusal:
        assert "groups" in str(refusal)
    else:
        raise AssertionError("Keras takes groups")


@judges("It gives back a shape. It gives back the values only in rare cases: a transpose is seldom an inverse.")
def values_come_back_only_from_an_orthogonal_matrix():
    def there_and_back(kernel, s, places):
        """(whether the numbers come back, whether the matrix turns back) for one row of cells."""
        k, _, filters = kernel.shape
        n = (places - 1) * s + max(k, s)
        forth = layers.Conv1D(filters, k, strides=s, use_bias=False)
        back = layers.Conv1DTranspose(1, k, strides=s, use_bias=False)
        for layer, shape in ((forth, (1, n, 1)), (back, (1, places, filters))):
            layer.build(shape)
            layer.set_weights([kernel])
        rows = np.eye(n, dtype="float32")[..., None]
        matrix = np.array(forth(rows)).reshape(n, -1)
        x = np.random.default_rng(n).normal(size=(1, n, 1)).astype("float32")
        assert back(forth(x)).shape == x.shape
        return np.allclose(back(forth(x)), x, atol=1e-4), np.allclose(matrix @ matrix.T, np.eye(n), atol=1e-4)

    came_back = []
    for rng in draws(20):
        k, filters, s = map(int, rng.integers(1, 5, 3))
        drawn = rng.normal(size=(k, 1, filters))
        rotation = np.linalg.qr(rng.normal(size=(k, k)))[0][:, None]
        for kernel, stride in ((drawn, s), (rotation, k)):
            same, orthogonal = there_and_back(kernel, stride, int(rng.integers(2, 5)))
            assert same == orthogonal
            came_back.append(same)
        assert came_back[-2:] == [False, True]


@judges("Where the stride does not divide the kernel, overlaps are uneven: the checkerboard.")
def where_overlaps_are_uneven():
    for k, s in itertools.product(range(1, 8), range(1, 5)):
        y = np.array(layers.Conv1DTranspose(1, k, strides=s, **ONES)(np.ones((1, 12, 1))))[0, :, 0]
        inside = y[k : k + s * math.floor((len(y) - 2 * k) / s)]
        assert (len(set(inside.tolist())) == 1) == (k % s == 0), (k, s)
