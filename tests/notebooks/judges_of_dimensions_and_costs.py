"""The judges of 07_other_dimensions and 08_compare."""

import itertools

import numpy as np
from judging import changed_channels, counts, draws, judges, made, whole
from keras import layers

from widgets import DeformableConv2D
from widgets.facts import layer_facts

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
