"""The judges of 00_start_here, 01_convolution and 02_grouped."""

import itertools
import math

import keras
import numpy as np
from judging import changed_channels, draws, judges, made, whole
from keras import layers

from widgets import explore
from widgets.facts import layer_facts


@judges("The numbers in the explorer are Keras' own: each move of a slider builds a real layer and calls it.")
def explorers_answer_with_a_layer_of_keras():
    for rng in draws(6):
        e = explore(layers.Conv2D(2, 3), (1, 9, 11, 3))
        wanted = {"filters": int(rng.integers(1, 5)), "kernel_size": tuple(map(int, rng.integers(1, 5, 2)))}
        before, e.settings = e.layer, wanted
        assert type(e.layer) is layers.Conv2D and e.layer is not before
        assert (e.layer.filters, e.layer.kernel_size) == (wanted["filters"], wanted["kernel_size"])
        assert np.allclose(e.y, e.layer(e.x), atol=1e-5)


@judges("Where Keras refuses, a red note holds its own words. That is an answer, too.")
def a_refusal_is_in_the_words_of_keras():
    refused = 0
    for arguments in ({"strides": 2, "dilation_rate": 2}, {"kernel_size": 9}, {"groups": 2}, {"padding": "same"}):
        e = explore(layers.Conv2D(3, 3), (1, 8, 8, 1))
        e.settings = {"filters": 3} | arguments
        try:
            layers.Conv2D(3, **{"kernel_size": 3} | arguments)(e.x)
        except Exception as refusal:
            assert e.facts.problem[:40] and e.facts.problem[:40] in str(refusal)
            refused += 1
    assert 2 <= refused <= 3  # older ones take a kernel that is too large, and give an empty output


@judges(
    "One output cell is one window, multiplied by the weights and added up; one more number, the **bias**, "
    "may come on top."
)
@judges("One output cell = one window × kernel, added up, plus a bias. The same weights serve at every place.")
def each_cell_is_a_window_times_the_kernel():
    for rng in draws(30):
        k, s, d = rng.integers(1, 4, 2), rng.integers(1, 4, 2), rng.integers(1, 4, 2)
        s = s if max(d) == 1 else (1, 1)
        x = whole(rng, 2, 10, 11, 3)
        layer = layers.Conv2D(4, tuple(k), strides=tuple(s), dilation_rate=tuple(d), use_bias=bool(rng.integers(2)))
        y, (kernel, *bias) = np.array(made(layer, x.shape, rng)(x)), layer.get_weights()
        for row, column in itertools.product(range(y.shape[1]), range(y.shape[2])):
            down = row * s[0] + d[0] * np.arange(k[0])
            right = column * s[1] + d[1] * np.arange(k[1])
            window = x[:, down][:, :, right]
            by_hand = (window[..., None] * kernel).sum(axis=(1, 2, 3)) + (bias[0] if bias else 0)
            assert np.array_equal(y[:, row, column], by_hand)


@judges("Without `groups`, a filter spans all input channels. The number of filters is the number of output channels.")
def filters_span_all_channels():
    for rng in draws(12):
        channels, filters = map(int, rng.integers(1, 7, 2))
        x, layer = rng.normal(size=(1, 5, 6, channels)), layers.Conv2D(filters, 2)
        assert layer(x).shape[-1] == filters
        for channel in range(channels):
            assert changed_channels(layer, x, channel) == list(range(filters))


@judges(
    "Kernel: (height, width, input channels / groups, filters). Pictures, unless `data_format` says otherwise: "
    "(batch, height, width, channels)."
)
def axes_of_kernel_and_picture():
    for height, width, groups in itertools.product((2, 3), (4, 5), (1, 2, 3)):
        layer = layers.Conv2D(18, (height, width), groups=groups)
        layer.build((7, 20, 31, 12))
        assert layer.kernel.shape == (height, width, 12 // groups, 18)
        assert layer.compute_output_shape((7, 20, 31, 12)) == (7, 21 - height, 32 - width, 18)
        first = layers.Conv2D(18, (height, width), groups=groups, data_format="channels_first")
        assert first.compute_output_shape((7, 12, 20, 31)) == (7, 18, 21 - height, 32 - width)


@judges(
    '"valid", without dilation: floor((n − k) / s) + 1. "same": n / s, rounded up; of an odd number of zeros, the one '
    'more goes after. With two cells or more along an axis, "same" keeps the size only at stride 1.'
)
def sizes_of_valid_and_same():
    for n, k, s in itertools.product(range(1, 12), range(1, 5), range(1, 4)):
        x = np.random.default_rng(n).normal(size=(1, n, 1)).astype("float32")
        valid = layers.Conv1D(1, k, strides=s)
        if n >= k:
            assert valid.compute_output_shape(x.shape)[1] == math.floor((n - k) / s) + 1
        same = layers.Conv1D(1, k, strides=s, padding="same")
        y = np.array(same(x))
        assert y.shape[1] == math.ceil(n / s)
        assert n < 2 or (y.shape[1] == n) == (s == 1)
        zeros = max((y.shape[1] - 1) * s + k - n, 0)
        padded = np.pad(x, ((0, 0), (zeros // 2, zeros - zeros // 2), (0, 0)))
        valid.build(padded.shape)
        valid.set_weights(same.get_weights())
        assert np.allclose(valid(padded)[:, : y.shape[1]], y, atol=1e-5)


@judges("The number of parameters does not depend on the size of the picture.")
def parameters_do_not_depend_on_the_picture():
    for rng in draws(8):
        arguments = {"filters": int(rng.integers(1, 9)), "kernel_size": tuple(map(int, rng.integers(1, 5, 2)))}
        found = set()
        for height, width in rng.integers(5, 90, size=(4, 2)):
            layer = layers.Conv2D(**arguments)
            layer.build((None, int(height), int(width), 6))
            found.add(layer.count_params())
        assert len(found) == 1


@judges("Keras does not turn the kernel round.")
def the_kernel_is_not_turned():
    for rng in draws(12):
        x, k = whole(rng, 1, 9, 1), int(rng.integers(2, 5))
        layer = made(layers.Conv1D(1, k, use_bias=False), x.shape, rng)
        y, weights = np.array(layer(x))[0, :, 0], layer.get_weights()[0][:, 0, 0]
        assert np.array_equal(y, np.correlate(x[0, :, 0], weights, "valid"))
        if not np.array_equal(weights, weights[::-1]):
            assert not np.array_equal(y, np.convolve(x[0, :, 0], weights, "valid"))


# 02_grouped


def grouped(rng):
    """(groups, channels, filters, a grouped layer, its input) with drawn numbers."""
    groups = int(rng.integers(2, 5))
    channels, filters = (groups * int(rng.integers(1, 4)) for _ in range(2))
    return groups, channels, filters, layers.Conv2D(filters, 2, groups=groups), rng.normal(size=(1, 4, 5, channels))


@judges(
    "With `groups=g`, a filter reads *input channels / g* channels: those of its own group. Channels and filters are "
    "dealt out in order."
)
def groups_are_dealt_out_in_order():
    for rng in draws(5):
        groups, channels, filters, layer, x = grouped(rng)
        for channel in range(channels):
            group = channel * groups // channels
            own = [filter for filter in range(filters) if filter * groups // filters == group]
            assert changed_channels(layer, x, channel) == own


@judges("Kernel: (height, width, input channels / groups, filters). Its weights and the MACs are divided by g.")
def groups_divide_weights_and_macs():
    for rng in draws(8):
        groups, channels, filters, layer, x = grouped(rng)
        with_groups, without = layer_facts(layer, x), layer_facts(layers.Conv2D(filters, 2), x)
        assert with_groups.weights["kernel"].shape == (2, 2, channels // groups, filters)
        assert with_groups.weights["kernel"].values.size * groups == without.weights["kernel"].values.size
        assert with_groups.macs * groups == without.macs == 3 * 4 * 2 * 2 * channels * filters


@judges("The output keeps its shape: as many places for the window, as many filters. The bias keeps its shape, too.")
def groups_leave_output_and_bias_alone():
    for rng in draws(8):
        _, _, filters, layer, x = grouped(rng)
        plain = layers.Conv2D(filters, 2)
        assert layer(x).shape == plain(x).shape
        assert layer.bias.shape == plain.bias.shape == (filters,)


@judges("`groups` must divide the input's channels and the filters.")
def groups_divide_channels_and_filters():
    for channels, filters, groups in itertools.product((4, 6), (4, 6, 9), (1, 2, 3, 4)):
        try:
            layers.Conv2D(filters, 1, groups=groups).build((None, 3, 3, channels))
            taken = True
        except ValueError:
            taken = False
        assert taken == (channels % groups == 0 and filters % groups == 0)


@judges(
    "Groups do not mix, nor do they in layers in a row with equally many groups. Another layer, or a shuffle, has to "
    "do that."
)
def groups_do_not_mix():
    for seed, groups in enumerate((2, 3)):
        n = 2 * groups * groups
        row = [layers.Conv2D(n, 2, groups=groups) for _ in range(2)]
        x = np.random.default_rng(seed).normal(size=(1, 4, 4, n))
        order = np.arange(n).reshape(groups, -1).T.ravel()
        shuffle = layers.Lambda(lambda y, order=order: keras.ops.take(y, order, axis=-1))
        own, everywhere = list(range(n // groups)), list(range(n))
        assert changed_channels(keras.Sequential(row), x, 0) == own
        assert changed_channels(keras.Sequential([row[0], layers.Conv2D(n, 1)]), x, 0) == everywhere
        assert changed_channels(keras.Sequential([row[0], shuffle, row[1]]), x, 0) == everywhere


@judges("With as many groups as channels, it is a depthwise convolution.")
@judges(
    "Depthwise: space only, `depth_multiplier` slices for each channel. Kernel: (height, width, channels, "
    "depth_multiplier). It is a grouped convolution with as many groups as channels."
)
def as_many_groups_as_channels_are_depthwise():
    for rng in draws(5):
        channels, multiplier = map(int, rng.integers(1, 5, 2))
        x = whole(rng, 1, 5, 6, channels)
        depthwise = made(layers.DepthwiseConv2D((2, 3), depth_multiplier=multiplier), x.shape, rng)
        layer = layers.Conv2D(channels * multiplier, (2, 3), groups=channels)
        layer.build(x.shape)
        kernel, bias = depthwise.get_weights()
        assert kernel.shape == (2, 3, channels, multiplier)
        layer.set_weights([kernel.reshape(layer.kernel.shape), bias])
        assert np.array_equal(layer(x), depthwise(x))
        for channel in range(channels):
            own = [channel * multiplier + m for m in range(multiplier)]
            assert set(changed_channels(depthwise, x, channel)) <= set(own)
