"""compare(): layers side by side, their costs in plain numbers, sorted and measured."""

import importlib
import re
import time
from html.parser import HTMLParser

import ipywidgets
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from widgets.comparison.compare import Comparison, compare
from widgets.deformable import DeformableConv2D

X = (4, 28, 28, 12)
module = importlib.import_module("widgets.comparison.compare")  # the name in the package is the function


def codes(comparison):
    return [row["code"].removeprefix("layers.") for row in comparison.rows]


def shown(comparison):
    """The layers' names in the order of the table on the screen."""
    table = comparison.children[1].value
    return re.findall(r"<code>(?:layers\.)?(\w+)", table)


@pytest.fixture
def three():
    return compare([layers.Conv2D(6, 2), layers.DepthwiseConv2D(2), layers.SeparableConv2D(6, 2)], X)


# What is compared


@pytest.mark.parametrize(
    "layer, output_shape, weights, params, macs, receptive_field",
    [
        (layers.Conv2D(6, 2), (4, 27, 27, 6), [(2, 2, 12, 6), (6,)], 294, 209952, (2, 2)),
        (layers.Conv2D(6, 2, groups=3), (4, 27, 27, 6), [(2, 2, 4, 6), (6,)], 102, 69984, (2, 2)),
        (layers.Conv2D(6, 2, dilation_rate=3), (4, 25, 25, 6), [(2, 2, 12, 6), (6,)], 294, 180000, (4, 4)),
        (layers.Conv2D(6, (2, 3), strides=2), (4, 14, 13, 6), [(2, 3, 12, 6), (6,)], 438, 78624, (2, 3)),
        (layers.DepthwiseConv2D(2), (4, 27, 27, 12), [(2, 2, 12, 1), (12,)], 60, 34992, (2, 2)),
        (layers.SeparableConv2D(6, 2), (4, 27, 27, 6), [(2, 2, 12, 1), (1, 1, 12, 6), (6,)], 126, 87480, (2, 2)),
        (layers.Conv2DTranspose(6, 2), (4, 29, 29, 6), [(2, 2, 6, 12), (6,)], 294, 225792, (2, 2)),
        (layers.Conv2DTranspose(1, 3, strides=2), (4, 57, 57, 1), [(3, 3, 1, 12), (1,)], 109, 84672, (2, 2)),
        (layers.Conv2DTranspose(1, 2, strides=3), (4, 84, 84, 1), [(2, 2, 1, 12), (1,)], 49, 37632, (1, 1)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, layers.Layer) else "",
)
def test_a_row_holds_the_shapes_the_costs_and_the_receptive_field(
    layer, output_shape, weights, params, macs, receptive_field
):
    (row,) = compare([layer], X).rows
    assert row["output_shape"] == output_shape
    assert list(row["weights"].values()) == weights
    assert (row["params"], row["macs"], row["receptive_field"]) == (params, macs, receptive_field)
    assert row["ms"] is None
    assert row["problem"] == row["advice"] == row["warning"] == ""


@pytest.mark.parametrize(
    "layer, x",
    [
        (layers.Conv1D(5, 3, padding="causal"), (2, 9, 4)),
        (layers.Conv3D(5, 2), (1, 4, 5, 6, 3)),
        (layers.Conv1DTranspose(5, 3, strides=2), (2, 9, 4)),
        (layers.SeparableConv1D(5, 3, depth_multiplier=2), (2, 9, 4)),
        (DeformableConv2D(5, 3), (1, 6, 7, 4)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, layers.Layer) else "",
)
def test_shapes_and_parameters_are_those_of_keras_for_every_kind(layer, x):
    (row,) = compare([layer], x).rows
    y = layer(np.zeros(x, "float32"))
    assert row["output_shape"] == y.shape
    assert row["params"] == layer.count_params()
    assert sorted(row["weights"].values()) == sorted(tuple(weight.shape) for weight in layer.weights)


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv1D(1, 3, dilation_rate=2),
        layers.Conv1D(1, 4, strides=2),
        layers.DepthwiseConv1D(3, dilation_rate=3),
        layers.SeparableConv1D(1, 4),
        *(layers.Conv1DTranspose(1, k, strides=s) for k in (1, 2, 3, 4, 5) for s in (1, 2, 3)),
        layers.Conv1DTranspose(1, 3, dilation_rate=3),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_the_receptive_field_is_as_far_as_the_largest_gradient_reaches(layer, refused_without_onednn):
    (row,) = compare([layer], (1, 15, 1)).rows
    if refused_without_onednn(layer, (1, 15, 1), row["problem"], row["advice"]):
        assert row["receptive_field"] is None
        return
    x = tf.ones((1, 15, 1))
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = tf.reshape(layer(x), -1)
    reached = [np.flatnonzero(row) for row in tape.jacobian(y, x).numpy().reshape(-1, 15)]
    widest = max(cells[-1] - cells[0] + 1 for cells in reached if len(cells))
    assert row["receptive_field"] == (widest,)


def test_x_left_out_has_the_rank_that_the_layers_read():
    assert compare([layers.Conv1D(1, 3)]).x.shape == (1, 12, 1)
    assert compare([layers.Conv2D(1, 3)]).x.shape == (1, 8, 8, 1)
    assert compare([layers.Conv3D(1, 3)]).x.shape == (1, 5, 6, 7, 1)


def test_the_facts_keep_the_given_order_and_hold_what_the_layers_returned():
    layer = layers.Conv2D(3, 2)
    x = np.random.default_rng(3).normal(size=(2, 6, 7, 4)).astype("float32")
    y = layer(x)
    c = compare([layers.Conv2D(9, 1), layer], x)
    c.sort("params")
    assert codes(c) == ["Conv2D(9, 1)", "Conv2D(3, 2)"]
    np.testing.assert_allclose(c.facts[1].y, y, atol=1e-5)
    assert np.array_equal(c.x, x)


def test_the_layers_that_were_handed_over_stay_as_they_were():
    built, unbuilt = layers.Conv2D(3, 2, name="mine"), layers.Conv2D(2, 3, groups=2, name="yours")
    built.build((None, 6, 7, 4))
    before = [weight.copy() for weight in built.get_weights()]
    compare([built, unbuilt], (1, 6, 7, 4)).measure(1)
    assert (built.name, unbuilt.name, unbuilt.built) == ("mine", "yours", False)
    assert all(np.array_equal(a, b) for a, b in zip(before, built.get_weights(), strict=True))


def test_changing_a_row_changes_nothing_in_the_comparison(three):
    three.rows[0]["params"] = 7
    assert three.rows[0]["params"] == 294


# Stacks, and layers that are no convolutions


def test_a_sequential_model_is_one_row_with_what_its_layers_have_together():
    stack = keras.Sequential([layers.Conv2D(2, 3, dilation_rate=d, use_bias=False) for d in (1, 2, 4)])
    wide = layers.Conv2D(2, 15, use_bias=False)
    first, second = compare([stack, wide], (1, 20, 19, 5)).rows
    assert first["code"].startswith("keras.Sequential([layers.Conv2D(2, 3, use_bias=False), layers.Conv2D(2, 3, dil")
    assert first["output_shape"] == second["output_shape"] == (1, 6, 5, 2)
    assert first["receptive_field"] == second["receptive_field"] == (15, 15)
    # 3*3*5*2, and twice 3*3*2*2; at 18x17, 14x13 and 6x5 places
    assert (first["params"], first["params_formula"]) == (162, "90 + 36 + 36 = 162")
    assert first["macs"] == 90 * 306 + 36 * 182 + 36 * 30
    assert first["weights"] == {"0 kernel": (3, 3, 5, 2), "1 kernel": (3, 3, 2, 2), "2 kernel": (3, 3, 2, 2)}
    assert (second["params"], second["macs"]) == (2250, 2250 * 30)


def test_a_stack_gives_what_the_model_gives_and_the_model_stays_as_it_was():
    model = keras.Sequential([layers.Conv2D(3, 2), layers.BatchNormalization(), layers.MaxPooling2D(2)])
    x = np.random.default_rng(3).normal(size=(2, 7, 9, 4)).astype("float32")
    y = model(x)
    before = [weight.copy() for weight in model.get_weights()]
    c = compare([model, layers.Conv2D(3, 2)], x)
    c.measure(1)
    np.testing.assert_allclose(c.facts[0].y, y, atol=1e-5)
    np.testing.assert_allclose(c._calls[0](x), y, atol=1e-5)  # what was timed
    assert c.rows[0]["params"] == model.count_params() == 63  # 2*2*4*3 + 3 and 4*3
    assert c.rows[0]["receptive_field"] == (3, 3)
    assert c.rows[0]["ms"] > 0
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))


@pytest.mark.parametrize(
    "layer, output_shape, params, macs, receptive_field, weights",
    [
        (layers.MaxPooling2D((2, 3)), (2, 3, 3, 5), 0, 0, (2, 3), []),
        (layers.Dense(7), (2, 6, 9, 7), 42, 1890, (1, 1), [(5, 7), (7,)]),
        (layers.UpSampling2D(2), (2, 12, 18, 5), 0, 0, (1, 1), []),
        (layers.BatchNormalization(), (2, 6, 9, 5), 20, 0, (1, 1), [(5,)] * 4),
        (layers.GlobalAveragePooling2D(), (2, 5), 0, 0, None, []),
        (layers.Flatten(), (2, 270), 0, 0, None, []),
        (layers.TimeDistributed(layers.Dense(7)), (2, 6, 9, 7), 42, 1890, (1, 1), [(5, 7), (7,)]),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, layers.Layer) else "",
)
def test_a_layer_that_is_no_convolution_has_a_row_too(layer, output_shape, params, macs, receptive_field, weights):
    (row,) = compare([layer], (2, 6, 9, 5)).rows
    assert row["problem"] == ""
    assert row["output_shape"] == output_shape
    assert (row["params"], row["macs"], row["receptive_field"]) == (params, macs, receptive_field)
    assert list(row["weights"].values()) == weights


def test_the_whole_picture_is_the_largest_receptive_field_and_is_called_so():
    c = compare([layers.GlobalMaxPooling2D(), layers.Conv2D(1, 5), layers.Conv2D(1, 1)], (1, 6, 6, 2))
    c.sort("receptive_field")
    assert shown(c) == ["Conv2D", "Conv2D", "GlobalMaxPooling2D"]
    c.sort("receptive_field", largest_first=True)
    assert shown(c) == ["GlobalMaxPooling2D", "Conv2D", "Conv2D"]
    assert "whole picture" in str(c) and "whole picture" in c.children[1].value


def test_a_stack_says_if_a_transposed_or_a_deformable_layer_is_in_it():
    up = keras.Sequential([layers.Conv2D(2, 3), layers.Conv2DTranspose(1, 3, strides=2)])
    moved = keras.Sequential([DeformableConv2D(2, 3), layers.Conv2D(1, 3)])
    text = str(compare([up, moved], (1, 8, 8, 1)))
    assert "up to 4 x 4" in text and "5 x 5, moved" in text


def test_a_refusal_within_a_stack_says_which_layer_it_was():
    stack = keras.Sequential([layers.Conv2D(1, 5), layers.Conv2D(1, 9), layers.Conv2D(1, 2)])
    (row,) = compare([stack], (1, 8, 8, 1)).rows
    assert row["problem"].startswith("Layer 1: ")
    assert row["output_shape"] is row["params"] is row["receptive_field"] is None


def test_layers_without_a_convolution_take_x_of_any_rank():
    row = compare([layers.Dense(4), layers.Dense(5)], (3, 7)).rows[1]
    assert (row["output_shape"], row["macs"], row["receptive_field"]) == ((3, 5), 35, None)
    assert compare([layers.MaxPooling1D(2)], np.ones((1, 8, 3))).rows[0]["output_shape"] == (1, 4, 3)
    assert compare([layers.ReLU()]).x.shape == (1, 8, 8, 1)


def residual():
    x = keras.Input((12, 14, 2))
    y = layers.Conv2D(2, 3, padding="same", use_bias=False)(x)
    inner = keras.Sequential([keras.Input((12, 14, 2)), layers.Conv2D(2, (5, 3)), layers.MaxPooling2D(2)])
    return keras.Model(x, layers.Conv2D(3, 1)(inner(layers.Add()([x, y]))), name="residual")


def test_a_functional_model_and_a_model_in_a_model_are_a_row_each():
    inside = keras.Sequential([keras.Input((12, 14, 2)), residual(), layers.Conv2D(1, 2)])
    rows = compare([residual(), inside, layers.Conv2D(1, 4)]).rows
    assert [row["output_shape"] for row in rows] == [(1, 4, 6, 3), (1, 3, 5, 1), (1, 9, 11, 1)]
    params = 3 * 3 * 2 * 2 + (5 * 3 * 2 * 2 + 2) + (2 * 3 + 3)
    assert [row["params"] for row in rows] == [params, params + 4 * 3 + 1, 33]
    macs = 12 * 14 * 36 + 8 * 12 * 60 + 4 * 6 * 6
    assert [row["macs"] for row in rows] == [macs, macs + 3 * 5 * 12, 9 * 11 * 32]
    # By hand: 3x3, then 5x3, then pooling by 2; behind it 2x2, two cells apart.
    assert [row["receptive_field"] for row in rows] == [(8, 6), (10, 8), (4, 4)]
    assert "residual" in rows[0]["code"] and "residual" in rows[1]["code"]


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.second = layers.Flatten(), layers.Conv2D(1, 3)

    def call(self, x):
        return self.second(x)


def test_a_model_of_several_inputs_and_a_subclassed_one_are_refused_in_a_sentence():
    a, b = keras.Input((6, 7, 1)), keras.Input((6, 7, 1))
    with pytest.raises(TypeError, match="Received: Functional, with 2 inputs. Try `explore"):
        compare([keras.Model([a, b], layers.Add()([a, b]))])
    with pytest.raises(TypeError, match=r"Received: Subclassed. Try .*model.layers\[1\]"):
        compare([Subclassed()])


def test_x_left_out_is_what_the_first_built_layer_takes():
    built = layers.Conv2D(2, 3)
    built.build((None, 8, 8, 5))
    text = keras.Sequential([layers.Embedding(9, 3), layers.Conv1D(2, 4)])
    for given, shape in (
        ([layers.Conv2D(1, 2), built], (1, 8, 8, 5)),
        ([layers.Dense(3), layers.LSTM(2)], (1, 12, 1)),
        ([text], (1, 12)),
        ([keras.Sequential([layers.Rescaling(2.0), layers.Conv1D(2, 3)])], (1, 12, 1)),
    ):
        made = compare(given)
        assert made.x.shape == shape
        assert [row["problem"] for row in made.rows] == [""] * len(given)
    assert compare([text], np.arange(8)[None]).rows[0]["output_shape"] == (1, 5, 2)


def test_weights_of_one_name_in_one_layer_are_all_listed():
    (row,) = compare([layers.Bidirectional(layers.LSTM(2))], (1, 5, 3)).rows
    assert sum(map(np.prod, row["weights"].values())) == row["params"] == 2 * 4 * (3 + 2 + 1) * 2


class Doubled(layers.Layer):
    def __init__(self, secret, **kwargs):
        super().__init__(**kwargs)

    def call(self, inputs):
        return 2 * inputs


def test_a_layer_of_a_readers_own_that_keras_cannot_copy_is_not_called():
    given = Doubled(object())
    with pytest.raises(TypeError, match="Keras cannot copy this Doubled: give its class a method get_config"):
        compare([given, layers.Conv2D(1, 2)], (1, 4, 3, 2))
    assert not given.built


def test_where_a_layer_changes_the_axes_the_next_one_has_a_refused_row():
    flat, short = keras.Sequential([layers.Flatten(), layers.Conv2D(2, 3)]), layers.Conv2D(2, 3)
    c = compare([flat, short], (1, 6, 6, 4))
    assert c.rows[0]["problem"] == (
        "Layer 1: The layer reads inputs of 4 axes, with batch and channels. It was given the shape (1, 144)."
    )
    assert c.rows[1]["output_shape"] == (1, 4, 4, 2)


def test_a_layer_whose_shape_keras_knows_in_part_has_a_row():
    c = compare([layers.EinsumDense("bhwc,cd->bhwd", output_shape=(None, None, 5))], (1, 6, 6, 4))
    assert c.rows[0]["output_shape"] == (1, 6, 6, 5)


def test_a_layer_with_an_activation_is_written_as_a_reader_would_write_it():
    rows = compare([layers.Dense(4), layers.Dense(4, activation="relu")], (1, 5, 5, 2)).rows
    assert [row["code"] for row in rows] == ["layers.Dense(4)", "layers.Dense(4, activation='relu')"]


def test_a_stack_is_written_with_one_layer_a_line_on_the_screen():
    stack = keras.Sequential([layers.Conv2D(1, 2), layers.ReLU(), layers.Conv2D(3, 1)])
    text = compare([stack], (1, 5, 5, 2)).children[1].value
    code = "keras.Sequential([layers.Conv2D(1, 2),<br>layers.ReLU(),<br>layers.Conv2D(3, 1)])"
    assert f"<code>{code}</code>" in text


# Refusals and misuse


def test_a_refused_layer_has_a_row_with_the_words_of_keras():
    c = compare([layers.Conv2D(5, 2, groups=5), layers.Conv2D(6, 2)], X)
    refused, accepted = c.rows
    assert refused["problem"].startswith(
        "The number of input channels must be evenly divisible by the number of groups"
    )
    names = ("output_shape", "params", "macs", "receptive_field", "ms")
    assert [refused[name] for name in names] == [None] * 5
    assert accepted["params"] == 294
    assert refused["problem"] in str(c) and "try groups=1." in str(c)
    assert "refused:</strong> The number of input channels" in c.children[1].value


def test_a_comparison_may_be_of_refused_layers_only():
    c = compare([layers.Conv2D(1, 9)], (1, 5, 5, 1))
    c.measure(1)
    assert c.rows[0]["ms"] is None
    assert "refused" in str(c)


@pytest.mark.parametrize("count", [1, 12])
def test_one_to_twelve_layers_are_compared(count):
    assert len(compare([layers.Conv2D(1, 2)] * count).rows) == count
    assert len(compare((layers.Conv2D(1, 2),) * count).rows) == count


@pytest.mark.parametrize(
    "given, x, error, message",
    [
        (layers.Conv2D(1, 3), X, TypeError, "`layers` must be a list of 1 to 12 .* Received: Conv2D. Try `compare"),
        (keras.Sequential([layers.Conv2D(1, 3)]), X, TypeError, "Received: Sequential"),
        ([], X, ValueError, "Received: 0 layers"),
        ([layers.Conv2D(1, 3)] * 13, X, ValueError, "Received: 13 layers"),
        ([layers.Conv2D(1, 3), layers.Conv2D], X, TypeError, r"Received: Conv2D \(a class\)"),
        ([layers.Conv2D(1, 3), "Conv2D"], X, TypeError, "must hold Keras layers and Sequential models. Received: str"),
        ([keras.Sequential([])], X, ValueError, "must have a layer. Received one without"),
        (
            [layers.Conv2D(1, 3), layers.Conv1D(1, 3)],
            X,
            ValueError,
            "same number of spatial axes.* Received: 2, 1 axes",
        ),
        ([layers.Conv2D(1, 3)], (28, 28, 12), ValueError, "A shape needs 4 whole numbers"),
        ([layers.Conv2D(1, 3)], "a picture", TypeError, "`x` may be the path of a picture"),
        ([layers.ReLU()], [[1], [2, 3]], TypeError, "`x` must be an array"),
        ([layers.ReLU()], np.zeros((1, 0)), ValueError, "at least one cell"),
    ],
)
def test_misuse_raises_at_once_and_says_what_came(given, x, error, message):
    with pytest.raises(error, match=message):
        compare(given, x)


def test_a_built_layer_among_others_insists_on_its_channels():
    built = layers.Conv2D(3, 2)
    built.build((None, 6, 7, 4))
    assert len(compare([layers.Conv2D(1, 1), built], (1, 6, 7, 4)).rows) == 2
    with pytest.raises(ValueError, match=r"as the built layer reads, 4. Received shape: \(1, 6, 7, 5\)"):
        compare([layers.Conv2D(1, 1), built], (1, 6, 7, 5))


# Sorting


@pytest.mark.parametrize(
    "by, order",
    [
        ("given", ["Conv2D", "DepthwiseConv2D", "SeparableConv2D"]),
        ("code", ["Conv2D", "DepthwiseConv2D", "SeparableConv2D"]),
        ("output_shape", ["Conv2D", "SeparableConv2D", "DepthwiseConv2D"]),
        ("weights", ["DepthwiseConv2D", "SeparableConv2D", "Conv2D"]),
        ("params", ["DepthwiseConv2D", "SeparableConv2D", "Conv2D"]),
        ("macs", ["DepthwiseConv2D", "SeparableConv2D", "Conv2D"]),
        ("receptive_field", ["Conv2D", "DepthwiseConv2D", "SeparableConv2D"]),
        ("ms", ["Conv2D", "DepthwiseConv2D", "SeparableConv2D"]),  # not measured yet
    ],
)
def test_rows_are_sorted_by_any_column(three, by, order):
    three.sort(by)
    assert shown(three) == order
    assert [code.split("(")[0] for code in codes(three)] == order


def test_rows_of_one_value_keep_the_given_order_in_both_directions(three):
    three.sort("output_shape", largest_first=True)
    assert shown(three) == ["DepthwiseConv2D", "Conv2D", "SeparableConv2D"]
    three.sort("given", largest_first=True)
    assert shown(three) == ["SeparableConv2D", "DepthwiseConv2D", "Conv2D"]


def test_the_menu_and_the_toggle_sort_too(three):
    by, largest_first, *_ = three.children[0].children
    by.value = dict(by.options)["parameters"]
    assert shown(three) == ["DepthwiseConv2D", "SeparableConv2D", "Conv2D"]
    largest_first.value = True
    assert shown(three) == ["Conv2D", "SeparableConv2D", "DepthwiseConv2D"]
    assert codes(three)[0] == "Conv2D(6, 2)"


@pytest.mark.parametrize("largest_first", [False, True])
@pytest.mark.parametrize("by", ["params", "weights", "ms"])
def test_a_refused_layer_stays_at_the_end(by, largest_first):
    c = compare([layers.Conv2D(5, 2, groups=5), layers.Conv2D(6, 2)], X)
    c.measure(1)
    c.sort(by, largest_first)
    assert codes(c) == ["Conv2D(6, 2)", "Conv2D(5, 2, groups=5)"]


def test_another_name_to_sort_by_is_refused(three):
    three.sort("macs")
    with pytest.raises(ValueError, match="`by` must be 'given', 'code'.* or 'ms'. Received: 'parameters'"):
        three.sort("parameters")


# Text and HTML


def test_text_is_two_tables_without_times(three):
    assert str(three).splitlines() == [
        "x: (4, 28, 28, 12)",
        "",
        "layer                         output           parameters  MACs a sample  receptive field",
        "layers.Conv2D(6, 2)           (4, 27, 27, 6)          294        209,952  2 x 2",
        "layers.DepthwiseConv2D(2)     (4, 27, 27, 12)          60         34,992  2 x 2",
        "layers.SeparableConv2D(6, 2)  (4, 27, 27, 6)          126         87,480  2 x 2",
        "",
        "layer                         weights                             parameters",
        "layers.Conv2D(6, 2)           (2, 2, 12, 6), (6,)                 2*2*12*6 + 6 = 294",
        "layers.DepthwiseConv2D(2)     (2, 2, 12, 1), (12,)                2*2*12*1 + 12 = 60",
        "layers.SeparableConv2D(6, 2)  (2, 2, 12, 1), (1, 1, 12, 6), (6,)  2*2*12*1 + 1*1*12*6 + 6 = 126",
    ]
    assert repr(three) == "<Comparison of 3 layers on (4, 28, 28, 12)>"


def test_a_transposed_and_a_deformable_layer_say_what_their_receptive_field_means():
    c = compare([layers.Conv2DTranspose(1, 3, strides=2), DeformableConv2D(1, 3)], (1, 6, 7, 4))
    assert "up to 2 x 2" in str(c) and "3 x 3, moved" in str(c)


def test_what_is_saved_is_alike_whatever_the_weights_are_until_times_are_measured():
    def bundle(seed):
        keras.utils.set_random_seed(seed)
        made = compare([layers.Conv2D(6, 2), layers.SeparableConv2D(6, 2)], X)
        return made, made._repr_mimebundle_()

    (c, first), (_, second) = bundle(1), bundle(2)
    view = "application/vnd.jupyter.widget-view+json"
    assert set(first) == {"text/plain", "text/html", view}
    assert first["text/plain"] == second["text/plain"] == str(c)
    assert first["text/html"] == second["text/html"]
    assert first[view]["model_id"] == c.model_id
    c.measure(1)
    assert "measured here" in c._repr_mimebundle_()["text/html"] and "measured here" in str(c)


def test_ipywidgets_7_displays_the_same_bundle(three, monkeypatch):
    seen = []
    monkeypatch.setattr("widgets.stage.tool.display", lambda bundle, raw: seen.append((bundle, raw)))
    three._ipython_display_()
    assert seen == [(three._repr_mimebundle_(), True)]


class Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.names, self.widths, self.pictures = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.names.append(tag)
        attributes = dict(attributes)
        self.widths += re.findall(r"width: (\d+)%", attributes.get("style") or "")
        self.pictures += [attributes["src"]] if tag == "img" else []


def test_bars_are_as_long_as_the_numbers_are_large(three):
    parameters_and_macs = Tags(three.children[1].value).widths
    assert parameters_and_macs == ["100", "100", "20", "17", "43", "42"]


def test_every_accepted_layer_has_a_picture_of_its_output_on_the_screen():
    ones, zeros = layers.Conv1D(1, 3, kernel_initializer="ones"), layers.Conv1D(1, 3, kernel_initializer="zeros")
    c = compare([ones, zeros, layers.Conv1D(1, 9)], np.ones((1, 6, 1)))
    pictures = Tags(c.children[1].value).pictures
    assert len(pictures) == 2 and pictures[0] != pictures[1]
    assert all(picture.startswith("data:image/png;base64,") for picture in pictures)


@pytest.mark.parametrize(
    "layer, x",
    [
        (layers.Conv3D(1, 2), (1, 4, 5, 6, 1)),
        (layers.Conv2D(2, 2, data_format="channels_first"), (1, 3, 5, 6)),
        (layers.Conv2D(1, 2), np.full((1, 4, 4, 1), np.nan)),
    ],
    ids=["volume", "channels first", "nan"],
)
def test_pictures_are_drawn_of_volumes_channels_first_and_nan(layer, x, refused_without_onednn):
    c = compare([layer], x)
    refused = refused_without_onednn(layer, c.x.shape, c.rows[0]["problem"], c.rows[0]["advice"])
    assert len(Tags(c.children[1].value).pictures) == (0 if refused else 1)


class Marked(keras.initializers.Initializer):
    def __call__(self, shape, dtype=None):
        raise ValueError("<script>alert(1)</script> & more")


def test_what_comes_from_data_is_escaped():
    c = compare([layers.Conv2D(1, 2, kernel_initializer=Marked())])
    assert "<script>alert(1)</script> & more" in str(c)
    for text in (c.children[1].value, c._repr_mimebundle_()["text/html"]):
        assert "script" not in Tags(text).names
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in text


def test_no_widget_is_used_that_hosted_notebooks_do_not_draw(three):
    kinds = {type(child) for box in (three, three.children[0]) for child in box.children}
    drawn = {"HBox", "HTML", "Dropdown", "ToggleButton", "Button", "IntProgress", "Connection"}
    assert {kind.__name__ for kind in kinds} == drawn
    assert isinstance(three, Comparison) and isinstance(three, ipywidgets.VBox)


# Time


def test_measuring_gives_each_accepted_layer_a_time_and_shows_it(three):
    *_, button, bar = three.children[0].children
    assert "measured here" not in three.children[1].value
    three.measure(rounds=2)
    assert all(row["ms"] > 0 for row in three.rows)
    assert "measured here" in three.children[1].value
    assert (bar.value, bar.max, bar.layout.visibility, button.disabled) == (2, 2, "hidden", False)


def test_the_button_measures_too(three):
    three.children[0].children[2].click()
    assert all(row["ms"] > 0 for row in three.rows)


def test_layers_take_turns_after_a_warm_up_and_the_middle_time_counts():
    c = compare([layers.Conv2D(1, 2), layers.Conv2D(1, 3)])
    turns = []

    def call(number, pauses):
        def answer(_):
            turns.append(number)
            time.sleep(next(pauses))

        return answer

    c._calls = {
        0: call(0, iter([0.3, 0, 0, 0.001, 0.02, 0.5])),
        1: call(1, iter([0, 0, 0, 0.2, 0.2, 0.2])),
    }
    c.measure(3)
    assert turns == [0, 0, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1]
    first, second = (row["ms"] for row in c.rows)
    assert 20 <= first < 150 and 200 <= second < 450
    c.sort("ms", largest_first=True)
    assert codes(c) == ["Conv2D(1, 3)", "Conv2D(1, 2)"]


def test_slow_layers_are_measured_for_a_limited_time(monkeypatch):
    monkeypatch.setattr(module, "LONGEST", 0)
    c = compare([layers.Conv2D(1, 2)])
    c.measure(1000)
    assert c.children[0].children[3].value == 1
    assert c.rows[0]["ms"] > 0


def test_many_grouped_layers_are_measured_without_a_remark(caplog):
    c = compare([layers.Conv2D(6, 2, groups=3)] * 8, (1, 5, 5, 3))
    c.measure(1)
    assert all(row["ms"] > 0 for row in c.rows)
    assert caplog.records == []


@pytest.mark.parametrize("rounds", [0, -1, 2.5])
def test_rounds_are_a_whole_number_of_at_least_1(three, rounds):
    with pytest.raises(ValueError, match=f"`rounds` must be a whole number of at least 1. Received: {rounds}"):
        three.measure(rounds)
