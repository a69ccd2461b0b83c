"""The judges of 05_separable and 06_deformable, and one of 08_compare."""

import itertools

import keras
import numpy as np
import tensorflow as tf
from judging import computes, counts, draws, judges, made, milliseconds, whole, window
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
    for rng in draws(12):
        a, b, c = map(int, rng.integers(1, 4, 3))
        x, k, s = whole(rng, 2, 14, 15, a), rng.integers(1, 4, (2, 2)), rng.integers(1, 3, (2, 2))
        first = made(layers.Conv2D(b, k[0].tolist(), strides=s[0].tolist()), x.shape, rng)
        second = made(layers.Conv2D(c, k[1].tolist(), strides=s[1].tolist()), first(x).shape, rng)
        (one, bias), (two, last) = first.get_weights(), second.get_weights()
        kernel = np.zeros((*(k[0] + s[0] * (k[1] - 1)), a, c))
        for row, column in np.ndindex(*k[1]):
            down, right = (slice(s[0][axis] * i, s[0][axis] * i + k[0][axis]) for axis, i in enumerate((row, column)))
            kernel[down, right] += one @ two[row, column]
        both = layers.Conv2D(c, kernel.shape[:2], strides=(s[0] * s[1]).tolist())
        both.build(x.shape)
        both.set_weights([kernel, (bias @ two).sum(axis=(0, 1)) + last])
        assert np.array_equal(both(x), second(first(x)))


@judges("Pointwise: channels only, a kernel of 1 by 1. It is a dense layer at every place.")
def pointwise_is_dense():
    for rng in draws(8):
        channels, filters = map(int, rng.integers(1, 6, 2))
        x = whole(rng, 2, *map(int, rng.integers(1, 7, 2)), channels)
        pointwise, dense = made(layers.Conv2D(filters, 1), x.shape, rng), layers.Dense(filters)
        dense.build(x.shape)
        dense.set_weights([pointwise.kernel[0, 0], pointwise.bias])
        assert np.array_equal(dense(x), pointwise(x))
        cell = [int(rng.integers(size)) for size in x.shape[1:3]]
        assert np.argwhere(counts(layers.Conv2D(1, 1, kernel_initializer="ones"), x[:1], cell)).tolist() == [cell]


@judges(
    "`SeparableConv2D`: depthwise, then pointwise, one bias at the end. With a `depth_multiplier` of 1 it is a "
    "`Conv2D` whose kernel is a product, and with m a sum of m products; not every `Conv2D` is one."
)
def separable_is_a_sum_of_products():
    for rng in draws(14):
        arguments, (channels, filters, m) = window(rng), map(int, rng.integers(1, 5, 3))
        x, taps = whole(rng, 1, 8, 9, channels), int(np.prod(arguments["kernel_size"]))
        separable = made(layers.SeparableConv2D(filters, **arguments, depth_multiplier=m), x.shape, rng)
        if not computes(separable, x):
            continue
        depthwise = layers.DepthwiseConv2D(**arguments, depth_multiplier=m, use_bias=False)
        pointwise, plain = layers.Conv2D(filters, 1), layers.Conv2D(filters, **arguments)
        deep, point, bias = separable.get_weights()
        products = [deep[..., i : i + 1] * point[:, :, i::m] for i in range(m)]
        for layer, shape, weights in (
            (depthwise, x.shape, [deep]),
            (pointwise, (1, 4, 5, channels * m), [point, bias]),
            (plain, x.shape, [sum(products), bias]),
        ):
            layer.build(shape)
            fresh = layer.get_weights()[0]
            layer.set_weights(weights)
        assert np.array_equal(pointwise(depthwise(x)), separable(x))
        assert np.array_equal(plain(x), separable(x))
        ranks = [np.linalg.matrix_rank(one.reshape(taps, channels, filters)[:, 0]) for one in (sum(products), fresh)]
        assert ranks[0] <= m and ranks[1] == min(taps, filters)


@judges("Separable / plain, in MACs: 1 / filters + 1 / (kernel height · kernel width), with a `depth_multiplier` of 1.")
def ratio_of_macs():
    for rng in draws(12):
        filters, channels, arguments = int(rng.integers(1, 9)), int(rng.integers(1, 9)), window(rng)
        layer, plain = (kind(filters, **arguments) for kind in (layers.SeparableConv2D, layers.Conv2D))
        if not computes(layer, np.ones((1, 7, 8, channels))):
            continue
        ratio = layer_facts(layer, (1, 7, 8, channels)).macs / layer_facts(plain, (1, 7, 8, channels)).macs
        assert np.isclose(ratio, 1 / filters + 1 / np.prod(arguments["kernel_size"]))


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
        return all(np.linalg.matrix_rank(one) == 1 for one in np.moveaxis(kernel, (2, 3), (0, 1)).reshape(-1, *size))

    def depthwise(kernel):
        return all(np.linalg.matrix_rank(kernel[:, :, c].reshape(taps, -1)) == 1 for c in range(kernel.shape[2]))

    for rng in draws(10):
        size, channels, filters = (
            tuple(rng.integers(2, 5, 2).tolist()),
            int(rng.integers(1, 4)),
            int(rng.integers(2, 5)),
        )
        taps = size[0] * size[1]
        column, row = (rng.normal(size=(*one, channels, filters)) for one in ((size[0], 1), (1, size[1])))
        deep, point = rng.normal(size=(*size, channels, 1)), rng.normal(size=(1, 1, channels, filters))
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
    for rng in draws(16):
        n, groups, same = np.array((7, 8)), int(rng.integers(1, 3)), bool(rng.integers(2))
        size, s, d = (rng.integers(1, 4, 2) for _ in range(3))
        places = -(-n // s) if same else (n - d * (size - 1) - 1) // s + 1
        before = same * np.maximum((places - 1) * s + d * (size - 1) + 1 - n, 0) // 2
        x, taps = rng.normal(size=(1, *n, 2)).astype("float32"), int(np.prod(size))
        kernel = rng.normal(size=(*size, 2, 3)).astype("float32")
        offset = rng.uniform(-4, 4, size=(1, *places, groups * taps * 2)).astype("float32")
        moved = {"strides": s.tolist(), "dilation_rate": d.tolist(), "padding": "same" if same else "valid"}
        y = np.array(deformable_conv2d(x, kernel, offset, offset_groups=groups, **moved))[0]
        assert y.shape == (*places, 3)
        for cell in np.ndindex(*places):
            pairs, by_hand = offset[0][cell].reshape(groups, *size, 2), np.zeros(3)
            for tap, channel in itertools.product(np.ndindex(*size), range(2)):
                point = cell * s - before + d * tap + pairs[channel * groups // 2][tap]
                by_hand += kernel[tap][channel] * read_between(x[0, ..., channel], *point)
            assert np.allclose(y[cell], by_hand, atol=1e-4)


@judges(
    "The offsets come from a second convolution over the same input, anew for every output cell: 2 · taps · "
    "offset_groups channels, or 3 · taps · offset_groups with `modulated=True`, as each offset group has masks of its "
    "own."
)
def offsets_come_from_a_second_convolution():
    for rng in draws(12):
        arguments, groups, modulated = window(rng), int(rng.choice([1, 2, 4])), bool(rng.integers(2))
        x, taps = rng.normal(size=(2, 8, 9, 4)).astype("float32"), int(np.prod(arguments["kernel_size"]))
        kinds = {"groups": int(rng.integers(1, 3)), "offset_groups": groups, "modulated": modulated}
        layer = DeformableConv2D(4, **arguments, **kinds, offset_kernel_initializer="random_normal")
        y = layer(x)
        second = layers.Conv2D((3 if modulated else 2) * taps * groups, **arguments)
        second.build(x.shape)
        second.set_weights(layer.offset_conv.get_weights())
        assert second(x).shape[:3] == y.shape[:3]
        offset, mask = layer.offsets_and_mask(x)
        assert offset.shape[-1] == 2 * taps * groups and (mask is not None) == modulated
        assert np.allclose(offset, second(x)[..., : 2 * taps * groups], atol=1e-4)
        if modulated:
            assert np.allclose(mask, 1 / (1 + np.exp(-second(x)[..., 2 * taps * groups :])), atol=1e-4)
            for group in range(groups):  # without its masks, a group's channels count for nothing, and no others
                own, rest = np.array(mask).reshape(*mask.shape[:3], groups, taps), np.array(x)
                own[..., group, :] = 0
                rest[..., group * 4 // groups : (group + 1) * 4 // groups] = 0
                masked = layer.call_with(x, offset, own.reshape(mask.shape))
                assert np.allclose(masked, layer.call_with(rest, offset, mask), atol=1e-4)


@judges("A fresh layer is a `Conv2D`. A fresh modulated one is half of it, bias and activation apart.")
def fresh_layers_are_convolutions():
    for rng in draws(12):
        arguments = window(rng) | {"groups": int(rng.integers(1, 3)), "use_bias": bool(rng.integers(2))}
        x, offset_groups = rng.normal(size=(1, 8, 9, 4)).astype("float32"), int(rng.choice([1, 2, 4]))
        for modulated, share in ((False, 1), (True, 0.5)):
            kinds = {"modulated": modulated, "offset_groups": offset_groups, "bias_initializer": "ones"}
            activation = keras.activations.get(str(rng.choice(["linear", "relu", "tanh"])))
            layer, plain = (
                DeformableConv2D(4, **arguments, **kinds, activation=activation),
                layers.Conv2D(4, **arguments),
            )
            y, _, bias = layer(x), plain(x), float(arguments["use_bias"])
            plain.set_weights(layer.get_weights()[: 1 + arguments["use_bias"]])
            assert np.allclose(y, activation((plain(x) - bias) * share + bias), atol=1e-4)


@judges(
    "Bilinear sampling changes gradually with the offset, so that the points can be trained; on a flat area they learn "
    "nothing."
)
def sampling_changes_gradually():
    for rng in draws(10):
        size, channels = rng.integers(1, 4, 2).tolist(), int(rng.integers(1, 4))
        kernel = rng.normal(size=(*size, channels, 1)).astype("float32")
        x = rng.normal(size=(1, 6, 7, channels)).astype("float32")
        shape, pairs = (7 - size[0], 8 - size[1]), size[0] * size[1] * 2
        path = np.cumsum(rng.uniform(-0.02, 0.02, size=(60, 1, 1, pairs)), axis=0).astype("float32")
        offsets = np.broadcast_to(path, (60, *shape, pairs))
        y = np.array(deformable_conv2d(np.repeat(x, 60, axis=0), kernel, offsets))
        steepest = 2 * np.abs(x).max() * np.abs(kernel).sum()  # along each of two axes
        assert np.abs(np.diff(y, axis=0)).max() <= 2 * 0.02 * steepest + 1e-5
        flat = np.broadcast_to(x[:, :1, :1], x.shape)
        for picture, learns in ((x, True), (flat, False)):
            offset = tf.constant(rng.uniform(0.1, 0.9, size=(1, *shape, pairs)).astype("float32"))
            with tf.GradientTape() as tape:
                tape.watch(offset)
                inside = deformable_conv2d(picture, kernel, offset)[:, :-1, :-1]
            slope = np.array(tape.gradient(inside, offset))[:, :-1, :-1]
            assert bool((np.abs(slope) > 1e-5).mean() > 0.99) == learns
            assert learns or np.abs(slope).max() < 1e-4


@judges(
    "Beside a `Conv2D` with as many taps it costs weights, multiplications, and above all the time to look cells up "
    "one by one."
)
def what_deformable_layers_cost():
    for rng in draws(10):
        arguments, groups = window(rng), int(rng.choice([1, 2]))
        kinds = {"offset_groups": int(rng.choice([1, 2, 4])), "modulated": bool(rng.integers(2))}
        deformable = DeformableConv2D(4, **arguments, groups=groups, **kinds)
        facts = [layer_facts(one, (1, 8, 9, 4)) for one in (deformable, layers.Conv2D(4, **arguments, groups=groups))]
        assert facts[0].params > facts[1].params and facts[0].macs > facts[1].macs
    x, plain = np.ones((8, 24, 24, 16), "float32"), layers.Conv2D(16, 3)
    at_home = np.zeros((8, 22, 22, 18), "float32")  # nothing is scattered, and no offset has to be made
    plain(x)
    looked_up = milliseconds(lambda: deformable_conv2d(x, plain.kernel, at_home))
    assert looked_up > 2 * milliseconds(lambda: plain(x))
