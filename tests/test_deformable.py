"""DeformableConv2D against Conv2D, a shifted picture, a slow loop and finite differences."""

import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from keras.layers import Conv2D, Input

from widgets import explore
from widgets.deformable import DeformableConv2D, deformable_conv2d, sampling_points
from widgets.facts import layer_facts
from widgets.picture import figure, layer_picture


def random(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape).astype("float32")


def moving(filters, kernel_size, **options):
    """A layer whose offsets (and mask) are not all the same."""
    kernel, bias = (keras.initializers.RandomNormal(stddev=0.3, seed=seed) for seed in (1, 2))
    return DeformableConv2D(
        filters, kernel_size, offset_kernel_initializer=kernel, offset_bias_initializer=bias, **options
    )


# A fresh layer, whose offsets are zero.


@pytest.mark.parametrize(
    "size, filters, kernel_size, options",
    [
        ((6, 7), 5, 3, {}),
        ((6, 7), 5, (2, 3), {}),
        ((6, 7), 5, 1, {}),
        ((6, 7), 5, 3, {"padding": "same"}),
        ((6, 7), 5, (2, 4), {"padding": "SAME"}),
        ((7, 9), 5, 3, {"strides": (2, 3)}),
        ((6, 6), 5, 3, {"strides": 2, "padding": "same"}),  # the odd padding cell comes after
        ((6, 7), 5, 2, {"strides": 3, "padding": "same"}),  # strides that skip cells
        ((9, 9), 5, 3, {"dilation_rate": (2, 3)}),
        ((5, 4), 5, 3, {"dilation_rate": 3, "padding": "same"}),
        ((6, 7), 6, 3, {"groups": 2}),
        ((6, 7), 4, (3, 2), {"groups": 4, "padding": "same", "activation": "tanh"}),
        ((6, 7), 5, 3, {"use_bias": False}),
    ],
)
def test_zero_offsets_give_the_convolution_whatever_the_settings(size, filters, kernel_size, options):
    x = random(2, *size, 4)
    layer, judge = (
        made(filters, kernel_size, bias_initializer="ones", **options) for made in (DeformableConv2D, Conv2D)
    )
    y = layer(x)
    judge.build(x.shape)
    judge.set_weights(layer.get_weights()[: len(judge.weights)])
    assert layer.compute_output_shape(x.shape) == judge.compute_output_shape(x.shape) == y.shape
    np.testing.assert_allclose(y, judge(x), atol=1e-5)


@pytest.mark.parametrize("floats", ["float16", "float64"])
def test_it_works_where_the_reader_has_set_other_floats(floats):
    x, layer = random(2, 6, 7, 4), moving(2, 3)
    y = layer(x)
    keras.config.set_floatx(floats)
    try:
        assert np.array_equal(layer(x), y)
    finally:
        keras.config.set_floatx("float32")


def test_a_fresh_modulated_layer_gives_half_the_convolution_and_the_whole_bias():
    x = random(2, 6, 7, 4)
    layer = DeformableConv2D(5, 3, offset_groups=2, modulated=True, bias_initializer="ones")
    layer.build(x.shape)
    convolution = tf.nn.conv2d(x, layer.kernel, 1, "VALID")
    np.testing.assert_allclose(layer(x), convolution / 2 + 1, atol=1e-5)


def test_the_weights_have_the_shapes_of_a_convolution_and_the_names_of_keras():
    layer = DeformableConv2D(6, (2, 3), groups=2, offset_groups=4, modulated=True)
    layer.build((None, None, None, 4))
    assert layer.kernel.shape == (2, 3, 2, 6)
    assert layer.bias.shape == (6,)
    assert layer.offset_conv.kernel.shape == (2, 3, 4, 4 * 6 * 3)
    assert [w.path.split("/", 1)[1] for w in layer.weights] == [
        "kernel",
        "bias",
        "offset_conv/kernel",
        "offset_conv/bias",
    ]
    assert not np.any(layer.offset_conv.get_weights()[0]) and not np.any(layer.offset_conv.get_weights()[1])


# Where the taps read.


def test_an_offset_is_rows_then_columns_and_the_taps_come_row_by_row():
    x = np.arange(49.0).reshape(1, 7, 7, 1)
    digits = np.array([[1.0, 10], [100, 1000]]).reshape(2, 2, 1, 1)
    offset = np.zeros((1, 6, 6, 8))
    assert deformable_conv2d(x, digits, offset)[0, 2, 3, 0] == 17 + 180 + 2400 + 25000
    offset[0, 2, 3] = [1, 0, 0, 2, 0, 0, -1, 0.5]
    assert deformable_conv2d(x, digits, offset)[0, 2, 3, 0] == 24 + 200 + 2400 + 18500
    assert deformable_conv2d(x, digits, offset)[0, 2, 2, 0] == 16 + 170 + 2300 + 24000


def test_each_offset_group_moves_its_own_channels():
    x = np.stack([np.arange(5.0), 100 * np.arange(5.0)], axis=-1).reshape(1, 1, 5, 2)
    offset = np.tile([0, 1, 0, -1], (1, 1, 5, 1))
    y = deformable_conv2d(x, np.ones((1, 1, 2, 1)), offset, offset_groups=2)
    assert np.ravel(y).tolist() == [1, 2 + 0, 3 + 100, 4 + 200, 300]


def test_the_sampling_points_are_the_regular_grid_plus_the_offsets():
    offset = np.zeros((1, 3, 2, 2 * 2))
    offset[0, 1, 1] = [0.5, -3, 0, 0]
    points = sampling_points(offset, (6, 3), (1, 2), strides=2, padding="same", dilation_rate=(1, 2)).numpy()
    assert points.shape == (1, 3, 2, 1, 2, 2)
    # A row of three cells, one padding cell on either side: the windows are [-1, 1] and [1, 3].
    assert points[0, 0, :, 0].tolist() == [[[0, -1], [0, 1]], [[0, 1], [0, 3]]]
    assert points[0, 1, 1, 0].tolist() == [[2.5, -2], [2, 3]]


@pytest.mark.parametrize("shift", [(0, 1), (2, 0), (-1, -2), (3, -3), (9, 0)])
def test_equal_integer_offsets_give_the_convolution_of_the_shifted_picture(shift):
    down, right = shift
    x, kernel = random(2, 6, 7, 3), random(3, 3, 3, 4, seed=1)
    around = np.pad(x, ((0, 0), (10, 10), (10, 10), (0, 0)))
    shifted = around[:, 10 + down : 16 + down, 10 + right : 17 + right]
    y = deformable_conv2d(x, kernel, np.tile(np.float32(shift), (2, 4, 5, 9)))
    np.testing.assert_allclose(y, tf.nn.conv2d(shifted, kernel, 1, "VALID"), atol=1e-5)


def test_random_integer_offsets_gather_the_cells_they_point_at():
    rng = np.random.default_rng(0)
    x, kernel = random(2, 6, 7, 3), random(2, 2, 3, 4, seed=1)
    offset = rng.integers(-9, 10, size=(2, 5, 6, 2, 2, 2))
    around = np.pad(x, ((0, 0), (10, 10), (10, 10), (0, 0)))
    rows = 10 + np.arange(5)[:, None, None, None] + np.arange(2)[:, None] + offset[..., 0]
    columns = 10 + np.arange(6)[:, None, None] + np.arange(2) + offset[..., 1]
    gathered = around[np.arange(2)[:, None, None, None, None], rows, columns]  # (2, 5, 6, 2, 2, 3)
    y = deformable_conv2d(x, kernel, offset.reshape(2, 5, 6, 8).astype("float32"))
    np.testing.assert_allclose(y, np.tensordot(gathered, kernel, 3), atol=1e-5)


def slow_loop(x, kernel, offset, mask, bias, strides, padding, dilation_rate, groups, offset_groups):
    """Dai et al., equations 2 to 4, to the letter: every tap weighs every cell of the picture by two tents."""
    batch, height, width, channels = x.shape
    kernel_height, kernel_width, fan_in, filters = kernel.shape
    out_h, out_w = offset.shape[1:3]
    offset = offset.reshape(batch, out_h, out_w, offset_groups, kernel_height, kernel_width, 2)
    mask = mask.reshape(offset.shape[:-1])
    up, left = 0, 0
    if padding == "same":
        up = max((out_h - 1) * strides[0] + dilation_rate[0] * (kernel_height - 1) + 1 - height, 0) // 2
        left = max((out_w - 1) * strides[1] + dilation_rate[1] * (kernel_width - 1) + 1 - width, 0) // 2
    y = np.zeros((batch, out_h, out_w, filters)) + bias
    taps = itertools.product(range(kernel_height), range(kernel_width), range(channels))
    cells = list(itertools.product(range(batch), range(out_h), range(out_w)))
    for i, j, channel in taps:
        offset_group = channel // (channels // offset_groups)
        group = channel // fan_in
        own = slice(group * filters // groups, (group + 1) * filters // groups)
        for sample, row, column in cells:
            down, right = offset[sample, row, column, offset_group, i, j]
            down_tent = np.maximum(0, 1 - abs(row * strides[0] + i * dilation_rate[0] - up + down - np.arange(height)))
            right_tent = np.maximum(
                0, 1 - abs(column * strides[1] + j * dilation_rate[1] - left + right - np.arange(width))
            )
            value = down_tent @ x[sample, :, :, channel] @ right_tent
            factor = mask[sample, row, column, offset_group, i, j]
            y[sample, row, column, own] += kernel[i, j, channel % fan_in, own] * value * factor
    return y


@settings(deadline=None, max_examples=150, derandomize=True)
@given(st.data())
def test_fractional_offsets_give_what_a_slow_loop_gives_whatever_the_settings(data):
    def pair(low, high):
        return data.draw(st.tuples(st.integers(low, high), st.integers(low, high)))

    groups, offset_groups = (data.draw(st.sampled_from([1, 2, 4])) for _ in range(2))
    height, width = pair(5, 7)
    kernel_size, strides, dilation_rate = pair(1, 3), pair(1, 3), pair(1, 2)
    padding = data.draw(st.sampled_from(["valid", "same"]))
    window = {"strides": strides, "padding": padding, "dilation_rate": dilation_rate}
    # The output's size is what a search for the places of the window finds.
    out_h, out_w = (
        len([start for start in range(0, n, s) if padding == "same" or start + d * (k - 1) < n])
        for n, k, s, d in zip((height, width), kernel_size, strides, dilation_rate)
    )
    rng = np.random.default_rng(data.draw(st.integers(0, 999)))
    taps = offset_groups * kernel_size[0] * kernel_size[1]
    arrays = [
        rng.normal(size=(2, height, width, 4)),
        rng.normal(size=(*kernel_size, 4 // groups, 4)),
        rng.normal(scale=3, size=(2, out_h, out_w, taps * 2)),  # many of them outside the picture
        rng.uniform(size=(2, out_h, out_w, taps)),
        rng.normal(size=4),
    ]
    expected = slow_loop(*arrays, **window, groups=groups, offset_groups=offset_groups)
    y = deformable_conv2d(*arrays, **window, groups=groups, offset_groups=offset_groups)
    assert y.dtype == "float64"
    np.testing.assert_allclose(y, expected, atol=1e-10)


@pytest.mark.parametrize("value", [7, -7, 1e9, -1e9, 1e30, np.inf])
def test_a_tap_far_outside_reads_zero(value):
    x = np.ones((1, 5, 5, 1), "float32")
    offset = np.zeros((1, 5, 5, 2), "float32")
    offset[0, 2, 2, 0] = value
    y = deformable_conv2d(x, np.ones((1, 1, 1, 1), "float32"), offset).numpy()
    finite = np.isfinite(value)
    assert y[0, 2, 2, 0] == 0 if finite else np.isnan(y[0, 2, 2, 0])
    assert y.size - 1 == np.count_nonzero(y == 1)


# Gradients.


def test_gradients_are_those_of_finite_differences_in_float64():
    rng = np.random.default_rng(0)
    # Half a cell away from a whole number, give or take 0.3: no step of the differences crosses a cell's edge.
    offset = rng.integers(-3, 3, size=(1, 2, 3, 2 * 4 * 2)) + rng.uniform(0.2, 0.8, size=(1, 2, 3, 16))
    arrays = [
        rng.normal(size=(1, 3, 4, 4)),
        rng.normal(size=(2, 2, 2, 2)),
        offset,
        rng.uniform(size=(1, 2, 3, 8)),
        rng.normal(size=2),
    ]
    weights = rng.normal(size=(1, 2, 3, 2))

    @tf.function
    def loss(*values):
        return tf.reduce_sum(deformable_conv2d(*values, groups=2, offset_groups=2) ** 2 * weights)

    tensors = [tf.constant(array) for array in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        answer = loss(*tensors)
    for at, gradient in enumerate(tape.gradient(answer, tensors)):
        differences = np.zeros(arrays[at].shape)
        for place in np.ndindex(differences.shape):
            sides = []
            for step in (1e-5, -1e-5):
                moved = arrays[at].copy()
                moved[place] += step
                sides.append(loss(*tensors[:at], tf.constant(moved), *tensors[at + 1 :]))
            differences[place] = (sides[0] - sides[1]) / 2e-5
        assert np.any(differences)
        np.testing.assert_allclose(gradient, differences, atol=1e-6)


@pytest.mark.parametrize("modulated", [False, True])
def test_every_weight_of_a_fresh_layer_gets_a_gradient(modulated):
    x = random(2, 6, 7, 4)
    layer = DeformableConv2D(5, 3, modulated=modulated)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(layer(x) ** 2)
    for gradient in tape.gradient(loss, layer.trainable_variables):
        assert np.any(gradient)


# A layer like any other.


def test_fit_lowers_the_loss_and_moves_the_taps():
    keras.utils.set_random_seed(0)
    x = random(32, 6, 6, 2)
    target = 3 * np.pad(x, ((0, 0), (0, 0), (0, 1), (0, 0)))[:, :, 1:, :1]  # the right neighbour
    model = keras.Sequential([Input((None, None, 2)), DeformableConv2D(1, 1, modulated=True)])
    model.compile(keras.optimizers.Adam(0.05), "mse")
    losses = model.fit(x, target, batch_size=16, epochs=40, verbose=0).history["loss"]
    offset, mask = model.layers[0].offsets_and_mask(x)
    assert losses[-1] < 0.3 * losses[0]
    assert np.mean(offset[..., 1]) > 0.5
    assert np.std(mask) > 0


@pytest.mark.parametrize("modulated", [False, True])
def test_a_saved_model_loads_and_gives_equal_outputs(modulated, tmp_path):
    x = random(2, 6, 7, 4)
    layer = moving(4, (3, 2), padding="same", groups=2, offset_groups=2, modulated=modulated, activation="relu")
    model = keras.Sequential([Input((None, None, 4)), layer, Conv2D(1, 1)])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded.layers[0]) is DeformableConv2D
    assert np.any(layer.offsets_and_mask(x)[0])
    assert np.array_equal(model(x), loaded(x))


@pytest.mark.parametrize(
    "policy, modulated", [("float32", False), ("float32", True), ("mixed_float16", True), ("mixed_bfloat16", True)]
)
def test_fit_changes_every_weight_of_both_versions_in_each_precision(policy, modulated):
    keras.utils.set_random_seed(0)
    x = random(8, 7, 6, 4)
    settings = {"padding": "same", "strides": 2, "groups": 2, "offset_groups": 2}
    layer = DeformableConv2D(6, 3, modulated=modulated, dtype=policy, **settings)
    model = keras.Sequential([Input((7, 6, 4)), layer])
    model.compile(keras.optimizers.Adam(0.05), "mse", jit_compile=True)
    before = layer.get_weights()
    history = model.fit(x, random(8, 4, 3, 6, seed=1), epochs=3, verbose=0).history
    assert history["loss"][-1] < history["loss"][0]
    for old, new in zip(before, layer.get_weights()):
        assert new.dtype == "float32"
        assert np.all(np.isfinite(new)) and np.any(new != old)


def test_a_frozen_layer_keeps_its_offset_weights_too():
    layer = DeformableConv2D(6, 3, modulated=True)
    layer.build((None, None, None, 4))
    assert len(layer.trainable_weights) == 4
    layer.trainable = False
    assert layer.trainable_weights == []


@pytest.mark.parametrize("modulated", [False, True])
def test_a_layer_comes_back_from_its_config(modulated):
    layer = DeformableConv2D(
        6,
        (3, 2),
        strides=(2, 1),
        padding="same",
        groups=2,
        offset_groups=4,
        modulated=modulated,
        activation="relu",
        use_bias=False,
        kernel_initializer=keras.initializers.HeNormal(seed=1),
        kernel_regularizer=keras.regularizers.L2(0.1),
        offset_kernel_initializer=keras.initializers.RandomNormal(stddev=0.3, seed=1),
        offset_bias_initializer="ones",
        name="bent",
    )
    config = layer.get_config()
    again = DeformableConv2D.from_config(config)
    assert again.get_config() == config
    assert (again.strides, again.offset_groups, again.modulated) == ((2, 1), 4, modulated)
    assert again.offset_kernel_initializer.stddev == 0.3
    x = random(1, 5, 5, 4)
    assert np.array_equal(layer(x), again(x))


@pytest.mark.parametrize("modulated", [False, True])
def test_graph_and_xla_give_what_the_eager_layer_gives_for_sizes_not_known_before(modulated):
    layer = moving(4, 3, strides=2, padding="same", groups=2, offset_groups=2, modulated=modulated)
    layer.build((None, None, None, 4))
    unknown = [tf.TensorSpec((None, None, None, 4))]
    graph = tf.function(lambda x: layer(x), input_signature=unknown)
    xla = tf.function(lambda x: layer(x), input_signature=unknown, jit_compile=True)
    for shape in [(2, 6, 7, 4), (1, 9, 5, 4)]:
        x = random(*shape)
        np.testing.assert_allclose(graph(x), layer(x), atol=1e-5)
        np.testing.assert_allclose(xla(x), layer(x), atol=1e-5)


def test_gradients_under_xla_are_those_of_the_eager_layer():
    layer = moving(3, 2, modulated=True)
    x = tf.constant(random(2, 5, 6, 2))

    def gradients(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            loss = tf.reduce_sum(layer(x) ** 2)
        return tape.gradient(loss, [x, *layer.trainable_variables])

    layer(x)
    for eager, xla in zip(gradients(x), tf.function(gradients, jit_compile=True)(x)):
        np.testing.assert_allclose(xla, eager, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("policy, dtype", [("mixed_float16", "float16"), ("mixed_bfloat16", "bfloat16")])
def test_mixed_precision_computes_in_half_and_keeps_float32_weights(policy, dtype):
    x = random(2, 6, 7, 4)
    full, half = (moving(3, 3, modulated=True, bias_initializer="ones", dtype=name) for name in ("float32", policy))
    expected = full(x)
    half.build(x.shape)
    half.set_weights(full.get_weights())
    y = half(x)
    assert y.dtype == dtype
    offset, mask = half.offsets_and_mask(x)
    assert offset.dtype == mask.dtype == dtype
    assert half.call_with(x, offset, mask).dtype == dtype
    assert {w.dtype for w in half.weights} == {"float32"}
    np.testing.assert_allclose(tf.cast(y, "float32"), expected, atol=0.2)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(tf.cast(half(x), "float32"))
    assert {g.dtype for g in tape.gradient(loss, half.trainable_variables)} == {tf.float32}


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
def test_positions_are_exact_far_from_the_corner_whatever_the_precision(dtype):
    # In bfloat16 a position of 259.25 would become 260, in float16 a position of 2049.25 would become 2048.
    x = tf.cast(np.arange(2100) % 8, dtype)[None, None, :, None]
    offset = tf.cast(np.tile([0, 0.25], (1, 1, 2100, 1)), dtype)
    y = deformable_conv2d(x, tf.ones((1, 1, 1, 1), dtype), offset)
    assert y.dtype == dtype
    assert np.ravel(tf.cast(y, "float32"))[[259, 2049]].tolist() == [3.25, 1.25]


def test_shapes_that_are_not_known_stay_none():
    inputs = Input((None, None, 3))
    outputs = DeformableConv2D(5, 3, padding="same", modulated=True)(inputs)
    assert outputs.shape == (None, None, None, 5)
    assert DeformableConv2D(5, 3)(Input((8, None, 3))).shape == (None, 6, None, 5)
    model = keras.Model(inputs, outputs)
    assert model(random(2, 6, 7, 3)).shape == (2, 6, 7, 5)
    assert model(random(1, 4, 9, 3)).shape == (1, 4, 9, 5)


# The layer's own prediction, and another in its place.


@pytest.mark.parametrize("modulated", [False, True])
def test_calling_with_the_predicted_offsets_is_calling(modulated):
    x = random(2, 6, 7, 4)
    layer = moving(3, (3, 2), offset_groups=2, modulated=modulated, activation="relu", bias_initializer="ones")
    offset, mask = layer.offsets_and_mask(x)
    assert offset.shape == (2, 4, 6, 2 * 6 * 2)
    if modulated:
        assert mask.shape == (2, 4, 6, 2 * 6)
        assert np.all((0 < mask.numpy()) & (mask.numpy() < 1))
    else:
        assert mask is None
    assert np.array_equal(layer.call_with(x, offset, mask), layer(x))
    assert not np.array_equal(layer.call_with(x, offset + 0.5, mask), layer(x))


def test_calling_with_offsets_builds_a_layer_that_was_never_called():
    layer = DeformableConv2D(3, 3)
    x = random(1, 6, 7, 4)
    y = layer.call_with(x, np.zeros((1, 4, 5, 18), "float32"))
    assert np.array_equal(y, layer(x))


# Refusals.


@pytest.mark.parametrize(
    "options, sentence",
    [
        ({"padding": "causal"}, "`padding` must be .* Received: padding='causal'"),
        ({"padding": 1}, "`padding` must be .* Received: padding=1"),
        ({"data_format": "channels_first"}, "`data_format` must be .* Received: data_format='channels_first'"),
        ({"offset_groups": 0}, "`offset_groups` must be an integer above 0. Received: offset_groups=0"),
        ({"offset_groups": 1.5}, "`offset_groups` must be an integer above 0. Received: offset_groups=1.5"),
        ({"groups": 3}, "number of filters must be evenly divisible"),
        ({"groups": 0}, "groups must be a positive integer"),
        ({"kernel_size": 0}, "`kernel_size`"),
        ({"strides": (1, 2, 3)}, "`strides`"),
        ({"filters": 0}, "`filters`"),
        (
            {"strides": 2, "dilation_rate": (1, 2)},
            "`strides > 1` not supported .* `dilation_rate > 1`",
        ),
    ],
)
def test_arguments_that_cannot_be_are_refused_when_the_layer_is_made(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        DeformableConv2D(**{"filters": 8, "kernel_size": 3} | options)


@pytest.mark.parametrize(
    "options, shape, sentence",
    [
        (
            {"offset_groups": 3},
            (1, 6, 6, 4),
            "must divide the input's channels, 4. Received: offset_groups=3. Try one of 1",
        ),
        ({"groups": 4}, (1, 6, 6, 6), "input channels must be evenly divisible"),
        ({}, (1, 2, 6, 4), "zero or negative|window must fit into the input. Received: kernel_size=.3, 3."),
        ({}, (None, None, None, None), "channels, its last axis, must be known"),
    ],
)
def test_inputs_that_do_not_fit_are_refused_when_the_layer_is_built(options, shape, sentence):
    with pytest.raises(ValueError, match=sentence):
        DeformableConv2D(8, 3, **options).build(shape)


@pytest.mark.parametrize(
    "changed, sentence",
    [
        ({"kernel": (2, 2, 3, 4)}, "Axis 2 of `kernel` must be channels / groups, here 4. Received: .* shape"),
        ({"offset": (1, 5, 5, 9)}, "Axis -1 of `offset` must be offset_groups . taps . 2, here 8. Received: .* shape"),
        ({"offset": (1, 4, 5, 8)}, "Axis 1 of `offset` must be the output's size, here 5. Received: .* shape"),
        ({"offset": (1, 5, 6, 8)}, "Axis 2 of `offset` must be the output's size, here 5. Received: .* shape"),
        ({"offset": (2, 5, 5, 8)}, "Axis 0 of `offset` must be the input's batch, here 1. Received: .* shape"),
        ({"mask": (1, 5, 1, 4)}, "Axis 2 of `mask` must be that of `offset`, here 5. Received: .* shape"),
        ({"mask": (1, 5, 5, 8)}, "Axis -1 of `mask` must be offset_groups . taps, here 4. Received: .* shape"),
        ({"groups": 3}, "`groups` must divide filters, 4. Received: groups=3. Try one of 1, 2, 4"),
        (
            {"groups": 4, "x": (1, 6, 6, 6)},
            "`groups` must divide the input's channels, 6. Received: groups=4. Try",
        ),
        (
            {"offset_groups": 3},
            "`offset_groups` must divide the input's channels, 4. Received: offset_groups=3. Try one of 1",
        ),
        ({"strides": 0}, "`strides` must be one or two integers above 0. Received: strides=0. Try strides=1"),
        ({"dilation_rate": (1, 2, 3)}, "`dilation_rate` must be one or two integers above 0. Received: .*1, 2, 3"),
        ({"padding": "full"}, "`padding` must be .* Received: padding='full'. Try"),
    ],
)
def test_the_function_refuses_what_does_not_fit(changed, sentence):
    fitting = {"x": (1, 6, 6, 4), "kernel": (2, 2, 4, 4), "offset": (1, 5, 5, 8), "mask": (1, 5, 5, 4)}
    shapes = {name: changed.get(name, shape) for name, shape in fitting.items()}
    options = {name: value for name, value in changed.items() if name not in fitting}
    with pytest.raises(ValueError, match=sentence):
        deformable_conv2d(**{name: np.zeros(shape) for name, shape in shapes.items()}, **options)


# In the explorer.


def test_a_moved_point_is_answered_by_the_layer_and_forgotten_when_a_setting_moves():
    x = np.arange(16.0).reshape(1, 4, 4, 1)
    layer = DeformableConv2D(1, 2, kernel_initializer="ones")
    e = explore(layer, x)
    assert e.y[0, 1, 1, 0] == 5 + 6 + 9 + 10
    e.children[1]._handle_custom_msg({"move": [[1, 1, 0, 3], [1, -0.5]]}, [])  # the browser's message
    assert e.facts.points[0, 1, 1, 0].tolist() == [[1, 1], [1, 2], [2, 1], [3, 1.5]]
    assert e.y[0, 1, 1, 0] == 5 + 6 + 9 + 13.5
    assert e.y[0, 1, 2, 0] == 6 + 7 + 10 + 11
    e.settings = {"use_bias": False}
    assert e.y[0, 1, 1, 0] == 5 + 6 + 9 + 10


def test_other_channels_have_other_offset_groups():
    e = explore(DeformableConv2D(4, 3, offset_groups=4), (1, 6, 6, 4))
    e.settings = {"input_shape": (1, 6, 6, 6)}
    assert (e.settings["offset_groups"], e.facts.problem) == (3, "")
    assert e.facts.weights["offset_kernel"].shape == (3, 3, 6, 3 * 9 * 2)


def test_the_still_shows_the_points_and_not_the_window_that_they_left():
    x = np.zeros((1, 4, 4, 2))
    layer = DeformableConv2D(1, (1, 2), offset_groups=2)
    layer.build(x.shape)
    layer.offset_bias.assign([0.25, 0.5, 0, 0, 0, 0, 1, -1])
    picture = layer_picture(layer_facts(layer, x))
    first, *_ = figure.panels_of(picture, figure.Look(cell=(0, 2, 1)))
    assert first.dots == (((2, 1), (2.25, 1.5)), ((2, 2), (2, 2)))
    second, *_ = figure.panels_of(picture, figure.Look(channels=(1, 0), cell=(0, 2, 1)))
    assert second.dots == (((2, 1), (2, 1)), ((2, 2), (3, 1)))
    assert second.lit == second.unread == ((), ())


def test_a_refusal_keeps_the_points_of_the_last_picture():
    e = explore(DeformableConv2D(2, 3), (2, 6, 6, 4))
    before = e.children[1].snapshot["links"][0]["points"]
    e.settings = {"strides": 2, "dilation_rate": 2}
    assert "not supported" in e.facts.problem
    assert e.children[1].snapshot["links"][0]["points"] == before
    e.settings = {"strides": 1, "dilation_rate": 1}
    assert e.facts.problem == ""
