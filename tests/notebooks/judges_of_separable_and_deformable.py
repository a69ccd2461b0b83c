"""The judges of 05_separable and 06_deformable, and one of 08_compare."""

import itertools

import numpy as np
import tensorflow as tf
from judging import counts, draws, judges, made, milliseconds, whole
from keras import layers

from widgets import DeformableConv2D, deformable_conv2d
from widgets.facts import layer_facts


@judges("Two linear layers in a row are one linear layer: dense ones, and convolutions without padding too.")
def two_linear_layers_are_one():
    for rng in draws(12):
        a, b, c = map(int, rng.integers(1, 5, 3))
        x = whole(rng, 2, 14, a)
        first, second = made(layers.Dense(b), x.shape, rng), made(layers.Dense(c), (2, 14, b), rng)
        (one, bias), (two, last) = first.get_weights(), second.get_weights()
        assert np.array_equal(second(first(x)), x @ (one @ two) + bias @ two + last)
        k, s = rng.integers(1, 4, 2), rng.integers(1, 3, 2)
        first = made(layers.Conv1D(b, int(k[0]), strides=int(s[0])), x.shape, rng)
        second = made(layers.Conv1D(c, int(k[1]), strides=int(s[1])), (2, 9, b), rng)
        (one, bias), (two, last) = first.get_weights(), second.get_weights()
        kernel = np.zeros((k[0] + s[0] * (k[1] - 1), a, c))
        for i, j in itertools.product(range(k[0]), range(k[1])):
            kernel[i + s[0] * j] += one[i] @ two[j]
        both = layers.Conv1D(c, len(kernel), strides=int(s[0] * s[1]))
        both.build(x.shape)
        both.set_weights([kernel, (bias @ two).sum(axis=0) + last])
        assert np.array_equal(both(x), second(first(x)))


@judges("Pointwise: channels only, a kernel of 1 by 1. It is a dense layer at every place.")
def pointwise_is_dense():
    for rng in draws(8):
        channels, filters = map(int, rng.integers(1, 6, 2))
        x = whole(rng, 2, 4, 5, channels)
        pointwise, dense = made(layers.Conv2D(filters, 1), x.shape, rng), layers.Dense(filters)
        dense.build(x.shape)
        dense.set_weights([pointwise.kernel[0, 0], pointwise.bias])
        assert np.array_equal(dense(x), pointwise(x))
        assert (counts(layers.Conv2D(1, 1, kernel_initializer="ones"), x[:1], (2, 3)) > 0).sum() == 1


@judges(
    "`SeparableConv2D`: depthwise, then pointwise, one bias at the end. With a `depth_multiplier` of 1 it is a "
    "`Conv2D` whose kernel is a product, and with m a sum of m products; not every `Conv2D` is one."
)
def separable_is_a_sum_of_products():
    for rng in draws(10):
        channels, filters, m = (int(n) for n in (rng.integers(1, 5), rng.integers(4, 7), rng.integers(1, 4)))
        x = whole(rng, 1, 5, 6, channels)
        separable = made(layers.SeparableConv2D(filters, 2, depth_multiplier=m), x.shape, rng)
        depthwise, pointwise = layers.DepthwiseConv2D(2, depth_multiplier=m, use_bias=False), layers.Conv2D(filters, 1)
        deep, point, bias = separable.get_weights()
        for layer, shape, weights in (
            (depthwise, x.shape, [deep]),
            (pointwise, (1, 4, 5, channels * m), [point, bias]),
        ):
            layer.build(shape)
            layer.set_weights(weights)
        assert np.array_equal(pointwise(depthwise(x)), separable(x))
        products = [deep[..., i : i + 1] * point[:, :, i::m] for i in range(m)]
        plain = layers.Conv2D(filters, 2)
        plain.build(x.shape)
        fresh = plain.get_weights()[0].reshape(4, channels, filters)
        plain.set_weights([sum(products), bias])
        assert np.array_equal(plain(x), separable(x))
        assert np.linalg.matrix_rank(sum(products).reshape(4, channels, filters)[:, 0]) <= m
        assert np.linalg.matrix_rank(fresh[:, 0]) == 4 > m


@judges("Separable / plain, in MACs: 1 / filters + 1 / (kernel height · kernel width), with a `depth_multiplier` of 1.")
def ratio_of_macs():
    for rng in draws(10):
        filters, height, width, channels = (int(rng.integers(1, most)) for most in (9, 5, 5, 9))
        layer, plain = (kind(filters, (height, width)) for kind in (layers.SeparableConv2D, layers.Conv2D))
        ratio = layer_facts(layer, (1, 7, 8, channels)).macs / layer_facts(plain, (1, 7, 8, channels)).macs
        assert np.isclose(ratio, 1 / filters + 1 / (height * width))


@judges("Fewer weights do not always run or train faster. Measure it.")
@judges("MACs count work. Time has to be measured: a layer with fewer MACs can take longer.")
def fewer_weights_and_macs_can_take_longer():
    x = np.ones((4, 28, 28, 12), "float32")
    plain, grouped = layers.Conv2D(6, 3), layers.Conv2D(6, 3, groups=3)
    fewer, more = layer_facts(grouped, x), layer_facts(plain, x)
    assert fewer.params < more.params and fewer.macs < more.macs
    assert milliseconds(lambda: grouped(x)) > milliseconds(lambda: plain(x))


@judges("A spatially separable kernel, a column times a row, is something else.")
def two_meanings_of_separable():
    def spatial(kernel):
        return all(np.linalg.matrix_rank(one) == 1 for one in np.moveaxis(kernel, (2, 3), (0, 1)).reshape(-1, 3, 3))

    def depthwise(kernel):
        return all(np.linalg.matrix_rank(kernel[:, :, c].reshape(9, -1)) == 1 for c in range(kernel.shape[2]))

    for rng in draws(8):
        column, row = rng.normal(size=(3, 1, 2, 4)), rng.normal(size=(1, 3, 2, 4))
        deep, point = rng.normal(size=(3, 3, 2, 1)), rng.normal(size=(1, 1, 2, 4))
        assert spatial(column * row) and not depthwise(column * row)
        assert depthwise(deep * point) and not spatial(deep * point)


# 06_deformable


def read_between(x, row, column):
    """The value of one channel at a point, from its four neighbours; outside there are zeros."""
    top, left, value = int(np.floor(row)), int(np.floor(column)), 0.0
    for r, c in itertools.product((top, top + 1), (left, left + 1)):
        if 0 <= r < x.shape[0] and 0 <= c < x.shape[1]:
            value += x[r, c] * (1 - abs(row - r)) * (1 - abs(column - c))
    return value


@judges(
    "Each tap reads at its home plus an offset (dy, dx); between cells the value is bilinear, outside the picture it "
    "is 0."
)
def taps_read_at_home_plus_offset():
    for rng in draws(12):
        d, kernel = int(rng.integers(1, 3)), rng.normal(size=(2, 2, 1, 1)).astype("float32")
        x = rng.normal(size=(1, 4, 5, 1)).astype("float32")
        offset = rng.uniform(-4, 4, size=(1, 4 - d, 5 - d, 8)).astype("float32")
        y = np.array(deformable_conv2d(x, kernel, offset, dilation_rate=d))[0, :, :, 0]
        for row, column in np.ndindex(y.shape):
            pairs = offset[0, row, column].reshape(2, 2, 2)
            by_hand = sum(
                kernel[i, j, 0, 0]
                * read_between(x[0, :, :, 0], row + d * i + pairs[i, j, 0], column + d * j + pairs[i, j, 1])
                for i, j in itertools.product((0, 1), repeat=2)
            )
            assert np.isclose(y[row, column], by_hand, atol=1e-4)


@judges(
    "The offsets come from a second convolution over the same input, anew for every output cell: 2 · taps · "
    "offset_groups channels, or 3 with `modulated=True`."
)
def offsets_come_from_a_second_convolution():
    for rng in draws(8):
        height, width, groups = int(rng.integers(1, 4)), int(rng.integers(1, 4)), int(rng.choice([1, 2, 4]))
        x = rng.normal(size=(2, 6, 7, 4)).astype("float32")
        for modulated in (False, True):
            layer = DeformableConv2D(
                3,
                (height, width),
                offset_groups=groups,
                modulated=modulated,
                offset_kernel_initializer="random_normal",
            )
            y = layer(x)
            each = 3 if modulated else 2
            second = layers.Conv2D(each * height * width * groups, (height, width))
            second.build(x.shape)
            second.set_weights(layer.offset_conv.get_weights())
            assert second(x).shape[:3] == y.shape[:3]
            offset = layer.offsets_and_mask(x)[0]
            assert offset.shape[-1] == 2 * height * width * groups
            assert np.allclose(offset, second(x)[..., : offset.shape[-1]], atol=1e-4)


@judges("A fresh layer is a `Conv2D`. A fresh modulated one is half of it, bias apart.")
def fresh_layers_are_convolutions():
    for rng in draws(8):
        arguments = {
            "kernel_size": tuple(map(int, rng.integers(1, 4, 2))),
            "padding": str(rng.choice(["valid", "same"])),
        }
        x = rng.normal(size=(1, 6, 7, 4)).astype("float32")
        for modulated, share in ((False, 1), (True, 0.5)):
            layer = DeformableConv2D(3, modulated=modulated, bias_initializer="ones", **arguments)
            plain = layers.Conv2D(3, **arguments)
            y, _ = layer(x), plain(x)
            plain.set_weights(layer.get_weights()[:2])
            assert np.allclose(y, (plain(x) - 1) * share + 1, atol=1e-4)


@judges(
    "Bilinear sampling changes gradually with the offset, so that the points can be trained; on a flat area they learn "
    "nothing."
)
def sampling_changes_gradually():
    kernel = np.ones((1, 1, 1, 1), "float32")
    for rng in draws(8):
        x = rng.normal(size=(1, 4, 5, 1)).astype("float32")
        path = np.cumsum(rng.uniform(-0.02, 0.02, size=(60, 2)), axis=0).astype("float32")
        offsets = np.zeros((60, 4, 5, 2), "float32") + path[:, None, None]
        y = np.array(deformable_conv2d(np.repeat(x, 60, axis=0), kernel, offsets))
        assert np.abs(np.diff(y, axis=0)).max() <= 0.04 * 2 * np.abs(x).max() + 1e-5
        for picture, learns in ((x, True), (np.full_like(x, x[0, 0, 0, 0]), False)):
            offset = tf.constant(rng.uniform(0.1, 0.9, size=(1, 4, 5, 2)).astype("float32"))
            with tf.GradientTape() as tape:
                tape.watch(offset)
                inside = deformable_conv2d(picture, kernel, offset)[:, :3, :4]
            slope = tape.gradient(inside, offset)[:, :3, :4]
            assert bool((np.abs(slope) > 1e-6).all()) == learns


@judges(
    "Beside a `Conv2D` with as many taps it costs weights, multiplications, and above all the time to look cells up "
    "one by one."
)
def what_deformable_layers_cost():
    x = np.ones((8, 24, 24, 16), "float32")
    deformable, plain = DeformableConv2D(16, 3), layers.Conv2D(16, 3)
    ours, theirs = layer_facts(deformable, x[:1]), layer_facts(plain, x[:1])
    assert ours.params > theirs.params and ours.macs > theirs.macs
    at_home = np.zeros((8, 22, 22, 18), "float32")  # nothing is scattered, and no offset has to be made
    plain(x)
    looked_up = milliseconds(lambda: deformable_conv2d(x, plain.kernel, at_home))
    assert looked_up > 2 * milliseconds(lambda: plain(x))
