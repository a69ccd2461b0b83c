"""The judges of 05_separable to 08_compare."""

import itertools

import numpy as np
import tensorflow as tf
from judging import changed_channels, counts, draws, judges, made, milliseconds, whole
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


# 07_other_dimensions

CONV = {1: layers.Conv1D, 2: layers.Conv2D, 3: layers.Conv3D}


@judges(
    "The number in the name counts the axes along which the window moves. Channels are never among them: without "
    "groups, a filter spans them all."
)
def what_the_number_counts():
    for axes, rng in itertools.product((1, 2, 3), draws(3)):
        sizes, k = rng.integers(4, 7, axes), rng.integers(1, 4, axes)
        x, layer = rng.normal(size=(1, *sizes, 3)), CONV[axes](4, tuple(map(int, k)))
        assert layer(x).shape == (1, *(sizes - k + 1), 4)
        assert layer.kernel.shape == (*k, 3, 4)
        assert all(changed_channels(layer, x, channel) == [0, 1, 2, 3] for channel in range(3))


@judges("Each axis has its own kernel size, stride and dilation, and its own padding cells, by the same size rules.")
def each_axis_by_itself():
    for rng in draws(20):
        axes = int(rng.integers(2, 4))
        n, k = rng.integers(9, 14, axes), rng.integers(1, 4, axes)
        moved = {str(rng.choice(["strides", "dilation_rate"])): rng.integers(1, 4, axes)}
        padding = str(rng.choice(["valid", "same"]))
        layer = CONV[axes](
            2, tuple(k.tolist()), padding=padding, **{name: tuple(v.tolist()) for name, v in moved.items()}
        )
        alone = []
        for axis in range(axes):
            one = {name: int(v[axis]) for name, v in moved.items()}
            alone.append(
                layers.Conv1D(1, int(k[axis]), padding=padding, **one).compute_output_shape((1, n[axis], 1))[1]
            )
        assert layer.compute_output_shape((1, *n.tolist(), 1))[1:-1] == tuple(alone)
        ones = dict(kernel_initializer="ones", padding=padding)
        y = CONV[2](1, (int(k[0]), 1), **ones)(np.ones((1, 9, 9, 1)))[0, :, 4, 0]
        assert np.array_equal(y, layers.Conv1D(1, int(k[0]), **ones)(np.ones((1, 9, 1)))[0, :, 0])


@judges(
    "Causal padding puts all zeros before the input: no output knows of a later step. Of Keras' convolutions, only "
    "`Conv1D` has it."
)
def causal_padding():
    for rng in draws(10):
        k, d, n = int(rng.integers(1, 4)), int(rng.integers(1, 4)), 9
        layer = layers.Conv1D(1, k, dilation_rate=d, padding="causal", kernel_initializer="ones")
        for step in range(n):
            read = np.flatnonzero(counts(layer, np.zeros((1, n, 1), "float32"), (step,)))
            assert read.tolist() == [step - d * tap for tap in reversed(range(k)) if step >= d * tap]
    taking = set()
    for name in dir(layers):
        if "Conv" in name and "LSTM" not in name:
            try:
                made_layer = getattr(layers, name)(**{"kernel_size": 3, "padding": "causal"} | _filters(name))
                made_layer(np.zeros((1, *[8] * int(name[name.rindex("D") - 1]), 2)))
                taking.add(type(made_layer).__name__)
            except Exception:
                continue
    assert taking == {"Conv1D"}


def _filters(name):
    return {} if "Depthwise" in name else {"filters": 2}


@judges("A colour picture is no volume. Depth is an axis along which the same pattern may stand anywhere.")
def depth_is_no_channel():
    for rng in draws(6):
        clip = whole(rng, 1, 5, 4, 4, 1)
        layer = made(layers.Conv3D(2, (2, 3, 3)), clip.shape, rng)
        assert np.array_equal(layer(clip[:, 1:]), layer(clip)[:, 1:])
        picture = whole(rng, 1, 4, 4, 5)
        flat = made(layers.Conv2D(5, 3), picture.shape, rng)
        assert not np.array_equal(flat(np.roll(picture, 1, axis=-1)), np.roll(flat(picture), 1, axis=-1))


@judges("In Keras, depthwise and separable layers end at two dimensions; groups do not.")
def what_ends_at_two_dimensions():
    for kind in ("DepthwiseConv", "SeparableConv"):
        assert [hasattr(layers, f"{kind}{axes}D") for axes in (1, 2, 3)] == [True, True, False]
    for groups in (2, 3):
        x, layer = np.random.default_rng(0).normal(size=(1, 4, 4, 4, 6)), layers.Conv3D(6, 2, groups=groups)
        assert changed_channels(layer, x, 0) == list(range(6 // groups))


# 08_compare


def ones_sum(layer, x):
    """The sum of all outputs where inputs and weights are 1: it counts the products, without those with padding."""
    return int(np.array(layer(np.ones_like(x)), dtype=float).sum())


@judges(
    "A kernel's weights do not depend on stride, dilation or the picture's size. MACs = kernel weights × places, for "
    "each kernel of a layer."
)
def weights_times_places():
    ones = dict(kernel_initializer="ones")
    for rng in draws(8):
        height, width = map(int, rng.integers(9, 14, 2))
        x = np.ones((1, height, width, 4), "float32")
        plain, dilated, strided = (
            layers.Conv2D(6, 3, **ones),
            *(layers.Conv2D(6, 3, **ones, **{name: int(rng.integers(2, 4))}) for name in ("dilation_rate", "strides")),
        )
        kinds = [plain, dilated, strided, layers.Conv2D(6, 3, groups=2, **ones), layers.Conv2DTranspose(6, 3, **ones)]
        for layer in [*kinds, layers.DepthwiseConv2D(3, depthwise_initializer="ones")]:
            facts = layer_facts(layer, x)
            places = height * width if "Transpose" in type(layer).__name__ else np.prod(facts.output_shape[1:3])
            assert facts.macs == ones_sum(layer, x) == facts.weights["kernel"].values.size * places
        assert plain.kernel.shape == dilated.kernel.shape == strided.kernel.shape == (3, 3, 4, 6)
        for layer in (layers.SeparableConv2D(6, 3), DeformableConv2D(6, 3)):
            facts = layer_facts(layer, x)
            kernels = [weight.values.size for name, weight in facts.weights.items() if "kernel" in name]
            assert len(kernels) == 2 and facts.macs == sum(kernels) * np.prod(facts.output_shape[1:3])


@judges("A transposed layer's places are its input cells.")
def places_of_transposed_layers():
    for rng in draws(10):
        (height, width), (k, s) = map(int, rng.integers(2, 6, 2)), map(int, rng.integers(1, 4, 2))
        x = np.ones((1, height, width, 3), "float32")
        layer = layers.Conv2DTranspose(5, k, strides=s, kernel_initializer="ones")
        assert layer_facts(layer, x).macs == ones_sum(layer, x) == height * width * k * k * 5 * 3


@judges(
    "Each of our layers with fewer weights than `Conv2D` has given something up: neighbours, channels, or the choice "
    "of kernels."
)
def what_is_given_up():
    x = np.random.default_rng(8).normal(size=(1, 6, 6, 12)).astype("float32")
    plain, pointwise = layers.Conv2D(6, 3), layers.Conv2D(6, 1, kernel_initializer="ones")
    grouped, depthwise, separable = (
        layers.Conv2D(6, 3, groups=3),
        layers.DepthwiseConv2D(3),
        layers.SeparableConv2D(6, 3),
    )
    for layer in (plain, pointwise, grouped, depthwise, separable):
        layer(x)
        assert layer is plain or layer.count_params() < plain.count_params()
    assert (counts(pointwise, x, (2, 2)) > 0).sum() == 1
    assert len(changed_channels(grouped, x, 0)) == 2 and len(changed_channels(depthwise, x, 0)) == 1
    assert len(changed_channels(plain, x, 0)) == len(changed_channels(separable, x, 0)) == 6
    product = np.array(separable.depthwise_kernel * separable.pointwise_kernel)
    ranks = [np.linalg.matrix_rank(kernel[:, :, 0].reshape(9, 6)) for kernel in (product, plain.get_weights()[0])]
    assert ranks == [1, 6]


@judges("Dilation enlarges the receptive field without weights; strides save MACs and cost resolution.")
def dilation_and_strides():
    for rng in draws(8):
        k, more = int(rng.integers(2, 4)), int(rng.integers(2, 4))
        x = np.zeros((1, 20, 20, 2), "float32")
        plain, dilated, strided = (
            layers.Conv2D(3, k, kernel_initializer="ones", **moved)
            for moved in ({}, {"dilation_rate": more}, {"strides": more})
        )
        fields = [np.ptp(np.flatnonzero(counts(layer, x, (2, 2)).any(axis=1))) for layer in (plain, dilated)]
        facts = [layer_facts(layer, x) for layer in (plain, dilated, strided)]
        assert fields[1] > fields[0] and facts[0].params == facts[1].params == facts[2].params
        assert facts[2].macs < facts[0].macs and facts[2].output_shape[1] < facts[0].output_shape[1]
