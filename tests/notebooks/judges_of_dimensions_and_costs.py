"""The judges of 07_other_dimensions and 08_compare."""

import itertools
from math import prod

import numpy as np
from judging import (
    all_changed_channels,
    changed_channels,
    computes,
    counts,
    draws,
    judges,
    made,
    whole,
    window,
    with_border,
)
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


ONES = dict(kernel_initializer="ones")


def products(layer, x):
    """How many products a layer adds up for one sample, those with padding zeros too.

    With 1 for all inputs, zeros and weights, the sum of its outputs counts them; nothing may be cropped.
    """
    bordered = x
    if "Transpose" not in type(layer).__name__:
        bordered = with_border(layer, x, layer.compute_output_shape(x.shape)[1:-1])
    twin = type(layer).from_config(layer.get_config() | {"padding": "valid"})
    return int(np.array(twin(np.ones_like(bordered)), dtype=float).sum())


@judges(
    "A kernel's weights do not depend on stride, dilation or the picture's size. MACs = kernel weights × places, for "
    "each kernel of a layer."
)
def weights_times_places():
    for rng in draws(10):
        height, width = map(int, rng.integers(9, 14, 2))
        x, (channels, filters) = np.ones((1, height, width, 4), "float32"), (4, 2 * int(rng.integers(1, 5)))
        arguments = window(rng)
        size = arguments["kernel_size"]
        depthwise = layers.DepthwiseConv2D(**arguments, depthwise_initializer="ones")
        kinds = [layers.Conv2D(filters, **arguments, groups=groups, **ONES) for groups in (1, 2)]
        for layer in (*kinds, layers.Conv2DTranspose(filters, **arguments, **ONES), depthwise):
            if not computes(layer, x):
                continue
            facts = layer_facts(layer, x)
            places = height * width if "Transpose" in type(layer).__name__ else prod(facts.output_shape[1:3])
            assert facts.macs == products(layer, x) == facts.weights["kernel"].values.size * places
            still = type(layer).from_config(layer.get_config() | {"strides": 1, "dilation_rate": 1})
            still.build((None, 40, 50, channels))
            assert still.get_weights()[0].shape == facts.weights["kernel"].shape
        for layer in (layers.SeparableConv2D(filters, **arguments), DeformableConv2D(filters, **arguments)):
            if not computes(layer, x):
                continue
            facts = layer_facts(layer, x)
            kernels = [weight.values.size for name, weight in facts.weights.items() if "kernel" in name]
            assert len(kernels) == 2 and facts.macs == sum(kernels) * prod(facts.output_shape[1:3])
        assert facts.weights["kernel"].shape == (*size, channels, filters)


@judges("A transposed layer's places are its input cells.")
def places_of_transposed_layers():
    kinds = {1: layers.Conv1DTranspose, 2: layers.Conv2DTranspose, 3: layers.Conv3DTranspose}
    for axes, rng in itertools.product(kinds, draws(5)):
        x = np.ones((1, *rng.integers(2, 5, axes), 3), "float32")
        arguments, filters = window(rng, axes) | {"dilation_rate": 1}, int(rng.integers(1, 6))
        layer = kinds[axes](filters, **arguments, **ONES)
        taps = prod(arguments["kernel_size"])
        assert layer_facts(layer, x).macs == products(layer, x) == prod(x.shape[1:-1]) * taps * filters * 3


@judges(
    "Each of our layers with fewer weights than `Conv2D` has given something up: neighbours, channels, or the choice "
    "of kernels."
)
def what_is_given_up():
    fewer = 0
    for rng in draws(10):
        groups, size = int(rng.integers(2, 4)), rng.integers(1, 4, 2).tolist()
        channels, filters, taps = groups * int(rng.integers(1, 5)), groups * int(rng.integers(1, 4)), prod(size)
        x = rng.normal(size=(1, 6, 6, channels)).astype("float32")
        plain, pointwise = layers.Conv2D(filters, size), layers.Conv2D(filters, 1, **ONES)
        grouped, depthwise, separable = (
            layers.Conv2D(filters, size, groups=groups),
            layers.DepthwiseConv2D(size),
            layers.SeparableConv2D(filters, size),
        )
        changed = {layer: all_changed_channels(layer, x, range(channels)) for layer in (plain, grouped, depthwise)}
        changed[separable] = all_changed_channels(separable, x, range(channels))
        everywhere = [list(range(filters))] * channels
        assert changed[plain] == changed[separable] == everywhere and pointwise(x) is not None
        mixed = np.array(separable.depthwise_kernel * separable.pointwise_kernel)
        ranks = [np.linalg.matrix_rank(kernel[:, :, 0].reshape(taps, -1)) for kernel in (mixed, plain.get_weights()[0])]
        given_up = {
            pointwise: (counts(pointwise, x, (2, 2)) > 0).sum() < taps,
            grouped: changed[grouped] != everywhere,
            depthwise: all(len(own) == 1 for own in changed[depthwise]),
            separable: ranks == [1, min(taps, filters)] and ranks[1] > 1,
        }
        for layer, given in given_up.items():
            if layer.count_params() < plain.count_params():
                fewer += 1
                assert given, (layer, size, channels, filters)
    assert fewer > 25


@judges(
    "Dilation enlarges the receptive field of a kernel larger than 1 by 1, without weights; strides save MACs and "
    "cost resolution."
)
def dilation_and_strides():
    for rng in draws(15):
        (k, more), padding = rng.integers(1, 4, (2, 2)), str(rng.choice(["valid", "same"]))
        x = np.zeros((1, 20, 20, 2), "float32")
        plain, dilated, strided = (
            layers.Conv2D(3, k.tolist(), padding=padding, **ONES, **moved)
            for moved in ({}, {"dilation_rate": more.tolist()}, {"strides": more.tolist()})
        )
        fields = [np.ptp(np.argwhere(counts(layer, x, (6, 6))), axis=0) for layer in (plain, dilated)]
        facts = [layer_facts(layer, x) for layer in (plain, dilated, strided)]
        assert ((fields[1] > fields[0]) == (k > 1) & (more > 1)).all()
        assert facts[0].params == facts[1].params == facts[2].params
        smaller = np.array(facts[2].output_shape[1:3]) < facts[0].output_shape[1:3]
        assert (smaller == (more > 1)).all()
        assert (facts[2].macs < facts[0].macs) == smaller.any()
