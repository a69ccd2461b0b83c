"""Models of several inputs and outputs: the judge changes cells of one input at a time, and Keras counts the rest."""

import keras
import numpy as np
import pytest
from changing import reach
from keras import layers, ops

from widgets import explore
from widgets.facts.model import ModelSteps

AWAY = {"kernel_initializer": keras.initializers.RandomUniform(0.4, 1.0, seed=1)}


def conv(*arguments, **options):
    return layers.Conv2D(*arguments, **AWAY | options)


def pictures(shape=(14, 15, 1), count=2):
    return [keras.Input(shape, name=f"in_{i}") for i in range(count)]


def added():
    a, b = pictures()
    return keras.Model([a, b], conv(1, 2)(layers.Add()([conv(2, 3, padding="same")(a), b])))


def cropped_apart():
    a, b = pictures()
    together = layers.Subtract()([a[:, :10], b[:, 4:]])
    return keras.Model((a, b), conv(1, (3, 2))(together))


def joined():
    a, b = pictures((12, 11, 2))
    small = layers.AveragePooling2D(2)(conv(2, (1, 3), padding="same")(b))
    wide = layers.Concatenate()([a, ops.image.resize(small, (12, 11), "nearest")])
    return keras.Model({"in_0": a, "in_1": b}, conv(1, 1)(wide))


def nested():
    a, b = pictures()
    inner = keras.Model(
        [c := keras.Input((14, 15, 1)), d := keras.Input((14, 15, 1))], layers.Add()([conv(1, 3)(c), conv(1, 3)(d)])
    )
    return keras.Model([a, b], conv(1, 2)(inner([b, conv(1, (4, 1), padding="same")(a)])))


def seen_in(model, i):
    """What a cell of the answer sees of input i alone."""
    shapes = [(1, *tensor.shape[1:]) for tensor in model.inputs]
    others = [np.random.default_rng(j).normal(size=shape).astype("float32") for j, shape in enumerate(shapes)]

    def call(x, training):
        parts = [x if j == i else np.repeat(one, len(x), 0) for j, one in enumerate(others)]
        names = [tensor.name for tensor in model.inputs]
        return model(dict(zip(names, parts)) if isinstance(model.input, dict) else parts, training=training)

    return reach(call, shapes[i])


@pytest.mark.parametrize("build", [added, cropped_apart, joined, nested])
def test_of_several_pictures_the_most_that_a_cell_sees_of_each_is_told(build):
    model = build()
    row = ModelSteps(model, None).rows[-1]
    sizes = [n for n in model.inputs[0].shape[1:3]]
    seen = [found or sizes for found in (seen_in(model, 0), seen_in(model, 1))]
    assert (row["receptive_field"], row["receptive_field_is"]) == (tuple(map(max, *seen)), "exact")


def picture_and_numbers():
    picture, numbers = keras.Input((9, 8, 1), name="picture"), keras.Input((5,), name="numbers")
    seen = conv(2, 3)(picture)
    both = layers.Concatenate()([layers.GlobalMaxPooling2D()(seen), layers.Dense(3)(numbers)])
    return keras.Model({"picture": picture, "numbers": numbers}, layers.Dense(1)(both))


def test_what_lies_in_different_spaces_is_unknown_where_both_are_seen_and_known_before():
    model = picture_and_numbers()
    steps = ModelSteps(model, None)
    told = {(row["layer"], row["receptive_field"], row["receptive_field_is"]) for row in steps.rows}
    assert told == {
        ("Conv2D", (3, 3), "exact"),
        ("GlobalMaxPooling2D", None, "exact"),
        ("Dense", None, "exact"),  # the whole vector, and behind it all of both
        ("Concatenate", None, "exact"),
    }
    gated = keras.Model(
        [a := keras.Input((9, 8, 2)), b := keras.Input((5,))],
        layers.Multiply()([conv(2, 3)(a), layers.Reshape((1, 1, 2))(layers.Dense(2)(b))]),
    )
    rows = ModelSteps(gated, None).rows
    assert [(row["receptive_field"], row["receptive_field_is"]) for row in rows if row["layer"] == "Multiply"] == [
        (None, "unknown")
    ]
    assert (rows[-1]["output_shape"], rows[-1]["macs"]) == ((1, 7, 6, 2), 0)


def text_and_picture():
    words, picture = keras.Input((7,), dtype="int32"), keras.Input((6, 6, 1))
    told = layers.Conv1D(2, 3)(layers.Embedding(9, 4)(words))
    both = [layers.GlobalAveragePooling1D()(told), layers.Flatten()(conv(2, 3)(picture))]
    return keras.Model((words, picture), layers.Dense(3)(layers.Concatenate()(both)))


def of_any_size():
    a, b = pictures((None, None, 1))
    return keras.Model([a, b], layers.Add()([conv(2, 20)(a), conv(2, 20)(b)]))


def two_answers():
    x = keras.Input((9, 9, 1))
    seen = conv(2, 3)(x)
    return keras.Model(x, {"map": conv(1, 2)(seen), "class": layers.Dense(4)(layers.Flatten()(seen))})


@pytest.mark.parametrize("build", [added, nested, picture_and_numbers, text_and_picture, of_any_size, two_answers])
def test_every_layer_is_listed_with_what_keras_counts_and_a_convolution_is_drawn(build):
    model = build()
    e = explore(model)
    assert len(e.steps) == len([one for one in model.operations if not isinstance(one, layers.InputLayer)])
    steps = ModelSteps(model, None)
    assert steps.params == sum(row["params"] for row in steps.rows) == model.count_params()
    assert e.layer.kernel_size
    values = steps.x if isinstance(steps.x, list) else [steps.x]
    answers = keras.Function(model.inputs, keras.tree.flatten(model.output))(list(map(ops.convert_to_tensor, values)))
    ends = [id(tensor) for tensor in keras.tree.flatten(model.output)]
    rows = {id(node.output_tensors[0]): row for node, row in zip(steps._nodes, steps.rows)}
    assert [rows[key]["output_shape"] for key in ends] == [tuple(answer.shape) for answer in answers]


def test_macs_are_counted_through_all_inputs():
    assert ModelSteps(picture_and_numbers(), None).macs == (7 * 6 * 9 * 2 + 5 * 3 + (2 + 3), "exact")
    assert ModelSteps(added(), None).macs == (14 * 15 * 9 * 2 + 13 * 14 * 4 * 2, "exact")
    inside = 12 * 13 * 9 * 2
    assert ModelSteps(nested(), None).macs == (14 * 15 * 4 + inside + 11 * 12 * 4, "exact")


def test_what_reaches_a_layer_is_what_the_model_makes_of_all_its_inputs():
    model, random = added(), np.random.default_rng(3)
    values = [random.normal(size=(2, 14, 15, 1)).astype("float32") for _ in range(2)]
    steps = ModelSteps(model, values)
    last = len(steps.rows) - 1
    _, reached = steps.run(last, 1)
    first = next(layer for layer in model.layers if isinstance(layer, layers.Conv2D))
    assert np.allclose(reached, first(values[0]) + values[1], atol=1e-5)
    assert np.array_equal(steps.run(0, 1)[1], values[0])


@pytest.mark.parametrize(
    "x",
    [
        [(1, 9, 8, 1), (1, 5)],
        {"picture": np.ones((2, 9, 8, 1)), "numbers": np.zeros((2, 5))},
        {"numbers": (2, 5), "picture": np.ones((2, 9, 8, 1)), "more": 3},
    ],
)
def test_x_is_handed_over_as_the_model_takes_it_arrays_or_shapes(x):
    listed = isinstance(x, list)
    steps = ModelSteps(picture_and_numbers(), x[::-1] if listed else x)  # Keras puts the names in order
    assert [value.shape[1:] for value in steps.x] == [(5,), (9, 8, 1)]
    assert len(steps.x[0]) == (1 if listed else 2)


@pytest.mark.parametrize("x", [(1, 9, 8, 1), np.ones((1, 9, 8, 1)), [np.ones((1, 9, 8, 1))], {"picture": (1, 9, 8, 1)}])
def test_an_x_for_some_of_the_inputs_is_refused_in_a_sentence(x):
    with pytest.raises(
        ValueError, match=r"each of the model's 2 inputs: numbers \(None, 5\), picture \(None, 9, 8, 1\)"
    ):
        explore(picture_and_numbers(), x)


@pytest.mark.parametrize(
    "x", [{"numbers": np.zeros((1, 5)), "picture": np.ones((2, 1, 9, 8, 1))}, ({"picture": np.ones((9, 8))}, [1])]
)
def test_what_is_said_of_one_of_several_inputs_names_no_way_that_all_of_x_cannot_go(x):
    with pytest.raises(ValueError, match=r"each of the model's 2 inputs.* Try `explore\(model\)` without x"):
        explore(picture_and_numbers(), x)


def test_a_part_that_is_named_can_be_explored_and_no_other_is_named():
    inner = keras.Sequential([keras.Input((9, 9, 1)), conv(2, 3), layers.Flatten()])
    twice = [keras.Input((9, 9, 1)), keras.Input((9, 9, 1))]
    model = keras.Model(twice, layers.Dense(2)(layers.Concatenate()([inner(one) for one in twice])))
    deep = keras.Sequential([keras.Sequential([keras.Input((9, 9, 1)), inner])])
    video = keras.Sequential([keras.Input((4, 9, 9, 1)), layers.TimeDistributed(inner), layers.LSTM(3)])
    for whole in (model, deep, video):
        said = explore(whole).children[0].value
        part = said.split("<code>explore(")[1].split(")</code>")[0]
        assert explore(eval(part, {"model": whole})).layer.kernel_size == (3, 3)
    plain = keras.Sequential([keras.Sequential([keras.Input((8,)), layers.Dense(3)]), layers.Dense(2)])
    assert "explore(" not in explore(plain).children[0].value
