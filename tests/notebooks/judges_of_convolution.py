"""The judges of 00_start_here, 01_convolution and 02_grouped."""

import itertools
import math

import keras
import numpy as np
from judging import all_changed_channels, changed_channels, computes, draws, judges, made, whole, window, windows
from keras import layers

from widgets import DeformableConv2D, explore
from widgets.facts import layer_facts


def explorers(rng):
    """An explorer of each kind of layer."""
    x = rng.normal(size=(1, 9, 11, 4)).astype("float32")
    yield from (explore(kind(4, 3), x[:, 0]) for kind in (layers.Conv1D, layers.Conv1DTranspose))
    yield from (explore(kind(4, 3), x) for kind in (layers.Conv2D, layers.Conv2DTranspose, layers.SeparableConv2D))
    yield from (explore(layers.DepthwiseConv2D(3), x), explore(DeformableConv2D(4, 3), x))
    yield explore(layers.Conv3D(2, 2), x[..., None])


def drawn_setting(rng, now, rule):
    """Another value for a setting, by what it may be."""
    if isinstance(now, bool):
        return not now
    if options := getattr(rule, "options", None):
        return str(rng.choice([option for option in options if option not in (None, now)]))
    drawn = rng.integers(1, min(getattr(rule, "high", 3), 5) + 1, len(now) if isinstance(now, tuple) else 1)
    return tuple(map(int, drawn)) if isinstance(now, tuple) else int(drawn[0])


@judges("The numbers in the explorer are Keras' own: each move of a slider builds a real layer and calls it.")
@judges("Where Keras refuses, a red note holds its own words. That is an answer, too.")
def explorers_answer_with_a_layer_of_keras():
    moves = {True: 0, False: 0}
    for rng in draws(1):
        for e in explorers(rng):
            made_by = type(e.layer)
            for name, rule in e._live.template.kind.settings.items():
                before, start, now = e.layer, e.settings, e.settings[name]
                if now is None or (wanted := drawn_setting(rng, now, rule)) == now:
                    continue
                e.settings = {name: wanted}
                moves[not e.facts.problem] += 1
                try:
                    own = made_by(**e.settings)
                    own.build(e.x.shape)
                    own.set_weights(e.layer.get_weights())
                    y = np.array(own(e.x))
                except Exception as refusal:
                    assert e.facts.problem[:40] and e.facts.problem[:40] in str(refusal), (made_by, name, wanted)
                    e.settings = start
                    continue
                if not y.size:  # older ones take a kernel that is too large, and give an empty output
                    e.settings = start
                    continue
                assert not e.facts.problem and e.layer is not before and type(e.layer) is made_by
                assert np.allclose(e.y, y, atol=1e-5), (made_by, name, wanted)
    assert moves[True] > 20 and moves[False] > 2, moves


@judges(
    "One output cell is one window, multiplied by the weights and added up; one more number, the **bias**, "
    "may come on top."
)
@judges("One output cell = one window × kernel, added up, plus a bias. The same weights serve at every place.")
def each_cell_is_a_window_times_the_kernel():
    for rng in draws(30):
        x = whole(rng, 2, 9, 10, 3)
        layer = made(layers.Conv2D(4, **window(rng), use_bias=bool(rng.integers(2))), x.shape, rng)
        y, (kernel, *bias) = np.array(layer(x)), layer.get_weights()
        for cell, values in windows(layer, x, y.shape[1:3]):
            by_hand = (values[..., None] * kernel).sum(axis=(1, 2, 3)) + (bias[0] if bias else 0)
            assert np.array_equal(y[:, cell[0], cell[1]], by_hand)


@judges("Without `groups`, a filter spans all input channels. The number of filters is the number of output channels.")
def filters_span_all_channels():
    for rng in draws(12):
        channels, filters = map(int, rng.integers(1, 7, 2))
        x, layer = rng.normal(size=(1, 7, 8, channels)), layers.Conv2D(filters, **window(rng))
        assert layer(x).shape[-1] == filters
        assert all_changed_channels(layer, x, range(channels)) == [list(range(filters))] * channels


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
    for rng in draws(12):
        groups = int(rng.choice([1, 2, 3]))
        arguments = {"filters": 6 * int(rng.integers(1, 4)), "groups": groups, "use_bias": bool(rng.integers(2))}
        arguments |= window(rng)
        found = set()
        for height, width in rng.integers(9, 90, size=(4, 2)):
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
    for axes, kind in ((2, layers.Conv2D), (3, layers.Conv3D)):
        impulse = np.zeros((1, *[5] * axes, 1), "float32")
        impulse[(0, *[2] * axes, 0)] = 1
        layer = made(kind(1, 3, use_bias=False), impulse.shape, np.random.default_rng(axes))
        met = np.array(layer(impulse))[0, ..., 0]  # a single 1 meets the last weight first
        assert np.array_equal(np.flip(met), layer.get_weights()[0][..., 0, 0])


# 02_grouped


def grouped(rng):
    """(groups, channels, filters, the arguments of a grouped layer, its input) with drawn numbers."""
    groups = int(rng.integers(2, 5))
    channels, filters = (groups * int(rng.integers(1, 4)) for _ in range(2))
    arguments = {"filters": filters, **window(rng)}
    return groups, channels, filters, arguments, rng.normal(size=(1, 7, 8, channels)).astype("float32")


@judges(
    "With `groups=g`, a filter reads *input channels / g* channels: those of its own group. Channels and filters are "
    "dealt out in order."
)
def groups_are_dealt_out_in_order():
    for rng in draws(8):
        groups, channels, filters, arguments, x = grouped(rng)
        layer = layers.Conv2D(**arguments, groups=groups)
        for channel, changed in enumerate(all_changed_channels(layer, x, range(channels))):
            group = channel * groups // channels
            assert changed == [filter for filter in range(filters) if filter * groups // filters == group]


@judges("Kernel: (height, width, input channels / groups, filters). Its weights and the MACs are divided by g.")
def groups_divide_weights_and_macs():
    for rng in draws(12):
        groups, channels, filters, arguments, x = grouped(rng)
        with_groups, without = layer_facts(layers.Conv2D(**arguments, groups=groups), x), layers.Conv2D(**arguments)
        plain, taps = layer_facts(without, x), arguments["kernel_size"]
        assert with_groups.weights["kernel"].shape == (*taps, channels // groups, filters)
        assert with_groups.weights["kernel"].values.size * groups == plain.weights["kernel"].values.size
        places = math.prod(without.compute_output_shape(x.shape)[1:3])
        assert with_groups.macs * groups == plain.macs == places * math.prod(taps) * channels * filters


@judges("The output keeps its shape: as many places for the window, as many filters. The bias keeps its shape, too.")
def groups_leave_output_and_bias_alone():
    for rng in draws(12):
        groups, _, filters, arguments, x = grouped(rng)
        layer, plain = layers.Conv2D(**arguments, groups=groups), layers.Conv2D(**arguments)
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
    for rng in draws(6):
        groups, depth = int(rng.integers(2, 4)), int(rng.integers(2, 5))
        n = groups * groups * int(rng.integers(1, 3))
        row = [layers.Conv2D(n, int(rng.integers(1, 3)), groups=groups, padding="same") for _ in range(depth)]
        x, channel = rng.normal(size=(1, 4, 4, n)), int(rng.integers(n))
        order = np.arange(n).reshape(groups, -1).T.ravel()
        shuffle = layers.Lambda(lambda y, order=order: keras.ops.take(y, order, axis=-1))
        group, everywhere = channel * groups // n, list(range(n))
        own = [one for one in everywhere if one * groups // n == group]
        assert changed_channels(keras.Sequential(row), x, channel) == own
        assert changed_channels(keras.Sequential([row[0], layers.Conv2D(n, 1)]), x, channel) == everywhere
        assert changed_channels(keras.Sequential([row[0], shuffle, row[1]]), x, channel) == everywhere


@judges("With as many groups as channels, it is a depthwise convolution.")
@judges(
    "Depthwise: space only, `depth_multiplier` slices for each channel. Kernel: (height, width, channels, "
    "depth_multiplier). It is a grouped convolution with as many groups as channels."
)
def as_many_groups_as_channels_are_depthwise():
    for rng in draws(8):
        channels, multiplier = map(int, rng.integers(1, 5, 2))
        x, arguments = whole(rng, 1, 7, 8, channels), window(rng)
        depthwise = made(layers.DepthwiseConv2D(**arguments, depth_multiplier=multiplier), x.shape, rng)
        if not computes(depthwise, x):
            continue
        layer = layers.Conv2D(channels * multiplier, **arguments, groups=channels)
        layer.build(x.shape)
        kernel, bias = depthwise.get_weights()
        assert kernel.shape == (*arguments["kernel_size"], channels, multiplier)
        layer.set_weights([kernel.reshape(layer.kernel.shape), bias])
        assert np.array_equal(layer(x), depthwise(x))
        for channel, changed in enumerate(all_changed_channels(depthwise, x, range(channels))):
            assert set(changed) <= {channel * multiplier + m for m in range(multiplier)}
