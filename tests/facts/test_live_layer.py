"""The layers of an explorer while their settings move: weights stay, other layers are called, chains add up."""

import random

import keras
import numpy as np
import pytest
from keras import layers

from widgets.deformable import DeformableConv2D
from widgets.facts.live_layer import Chain, GenericLayer, LiveLayer, drawn_axes, wrap_layer

X = np.arange(1 * 6 * 7 * 2, dtype="float32").reshape(1, 6, 7, 2)


def moved(one, **settings):
    """Facts of a live layer after its settings have moved."""
    one.settings = one.settings | settings
    return one.ask(X)


# Convolutions


def test_weights_stay_where_they_are_when_a_setting_moves_there_and_back():
    one = LiveLayer(layers.Conv2D(2, 3))
    before = one.ask(X).weights["kernel"].values.copy()
    larger = moved(one, kernel_size=(4, 3), filters=3).weights["kernel"].values
    assert larger.shape == (4, 3, 2, 3)
    assert np.array_equal(larger[:3, :3, :, :2], before)
    assert np.array_equal(moved(one, kernel_size=(3, 3), filters=2).weights["kernel"].values, before)


def test_what_a_function_of_the_readers_own_draws_is_kept_as_float32():
    one = LiveLayer(layers.Conv2D(3, 2, kernel_initializer=lambda shape, dtype: np.arange(24.0).reshape(shape)))
    for facts in (one.ask(X), moved(one, strides=(2, 2))):
        assert facts.problem == ""
        assert facts.weights["kernel"].values.dtype == np.float32
        assert facts.weights["kernel"].values.ravel().tolist() == list(range(24))


def test_what_a_reader_assigns_to_the_live_layer_is_kept():
    one = LiveLayer(layers.Conv2D(2, 3))
    one.ask(X)
    one.layer.bias.assign([5, 7])
    facts = moved(one, strides=(2, 2))
    assert facts.weights["bias"].values.tolist() == [5, 7]
    assert one.layer.bias.numpy().tolist() == [5, 7]


def test_forget_brings_the_weights_of_the_start_back():
    given = layers.Conv2D(1, 1, kernel_initializer="ones")
    given.build(X.shape)
    one = LiveLayer(given)
    one.ask(X)
    one.layer.kernel.assign(one.layer.kernel * 4)
    assert one.ask(X).y[0, 1, 0, 0] == 4 * (14 + 15)
    one.forget()
    assert one.ask(X).y[0, 1, 0, 0] == 14 + 15


def test_the_layer_that_was_handed_over_is_never_touched():
    given = layers.Conv2D(1, 1, kernel_initializer="ones")
    given.build(X.shape)
    one = LiveLayer(given)
    one.ask(X)
    one.layer.kernel.assign(one.layer.kernel * 4)
    moved(one, filters=3)
    assert given.filters == 1
    assert given.kernel.numpy().ravel().tolist() == [1, 1]


def test_after_a_refusal_the_layer_is_the_last_one_that_keras_accepted():
    one = LiveLayer(layers.Conv2D(2, 3))
    one.ask(X)
    accepted = one.layer
    facts = moved(one, strides=(2, 2), dilation_rate=(2, 2))
    assert "not supported" in facts.problem
    assert one.layer is accepted
    assert moved(one, dilation_rate=(1, 1)).output_shape == (1, 2, 3, 2)
    assert one.layer is not accepted


def test_a_layer_that_was_refused_from_the_start_has_no_live_layer():
    one = LiveLayer(layers.Conv2D(2, 9))
    assert one.ask(X).problem
    assert one.layer is None


# Other layers


@pytest.mark.parametrize(
    "layer, wanted",
    [
        (layers.MaxPooling2D(2), [[16, 20, 24], [44, 48, 52], [72, 76, 80]]),
        (layers.AveragePooling2D((2, 3)), [[9, 15], [37, 43], [65, 71]]),
        (layers.Rescaling(2.0, offset=1.0), np.arange(1, 169, 4).reshape(6, 7).tolist()),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_a_named_layer_returns_what_the_layer_returns(layer, wanted):
    facts = GenericLayer(layer).ask(X)
    assert facts.y[0, :, :, 0].tolist() == wanted
    assert facts.output_shape == facts.y.shape
    assert np.array_equal(facts.y, layer(X))
    assert (facts.params, facts.macs, facts.problem) == (0, 0, "")


def test_a_named_layer_is_called_as_in_use_and_not_as_in_training():
    assert np.array_equal(GenericLayer(layers.Dropout(0.5)).ask(X).y, X)


def test_a_normalisation_keeps_what_it_has_learned_and_is_left_alone():
    given = layers.BatchNormalization()
    given.build(X.shape)
    given.set_weights(list(np.array([[2, 3], [0, 1], [10, 20], [1, 4]], "float32")))
    one = GenericLayer(given)
    facts = one.ask(X)
    np.testing.assert_allclose(facts.y, given(X), rtol=1e-6)
    assert facts.y[0, 0, 0, 0] == pytest.approx(-20, rel=1e-3)
    assert facts.params == 8
    assert one.layer is not given
    one.layer.set_weights([np.zeros(2)] * 4)
    assert given.gamma.numpy().tolist() == [2, 3]


def test_a_normalisation_that_was_adapted_keeps_what_it_works_out_of_its_weights():
    given = layers.Normalization()
    given.adapt(X)
    np.testing.assert_allclose(GenericLayer(given).ask(X).y, given(X), rtol=1e-6)


def test_a_layer_that_is_not_built_has_the_weights_that_it_would_have_had():
    given = layers.Dense(3)
    facts = GenericLayer(given).ask(X)
    assert not given.built
    assert np.array_equal(facts.y, given(X))


def test_values_of_another_type_are_shown_as_float32():
    assert GenericLayer(layers.ReLU(dtype="float64")).ask(X).y.dtype == "float32"
    assert GenericLayer(layers.Dense(2, dtype="mixed_bfloat16")).ask(X).y.dtype == "float32"


def test_to_copy_a_layer_draws_nothing_from_the_random_numbers_of_the_reader():
    given = layers.Dense(2)
    before = random.getstate()
    GenericLayer(given).ask(X)
    assert random.getstate() == before


class Shift(keras.layers.Layer):
    """Takes no name, and has no `compute_output_shape`."""

    def __init__(self, by):
        super().__init__()
        self.by = by

    def call(self, x):
        return x + self.by


def test_a_layer_that_takes_only_arguments_of_its_own_is_copied():
    given = Shift(5)
    facts = GenericLayer(given).ask(X)
    assert not given.built
    assert np.array_equal(facts.y, X + 5)
    assert [axis["k"] for axis in facts.axes] == [1, 1]
    assert given.get_weights() == []


class Sort(keras.layers.Layer):
    """Works on values alone: Keras cannot tell the shape that it returns."""

    def call(self, x):
        return np.sort(np.asarray(x), axis=1)


def test_a_layer_that_works_on_values_alone_is_asked_all_the_same():
    facts = GenericLayer(Sort()).ask(X)
    assert np.array_equal(facts.y, np.sort(X, axis=1))
    assert facts.axes == ()


@pytest.mark.parametrize("layer", [layers.UpSampling2D(5000), layers.ZeroPadding2D(20_000), layers.Dense(10**8)])
def test_a_layer_that_would_return_too_much_is_not_called(layer):
    one = GenericLayer(layer)
    facts = one.ask(X)
    assert facts.problem.startswith("Keras was not asked: this would take ")
    size = 4 * np.prod([int(n) for n in layer.compute_output_shape(X.shape)])
    assert f"{size:,} bytes" in facts.problem and not one.layer.weights
    assert (facts.y, facts.output_shape) == (None, None)


@pytest.mark.parametrize(
    "layer, code",
    [
        (layers.MaxPooling2D(2), "layers.MaxPooling2D()"),
        (layers.AveragePooling2D((2, 3), padding="same"), "layers.AveragePooling2D((2, 3), padding='same')"),
        (layers.ReLU(), "layers.ReLU()"),
        (layers.Dropout(0.25), "layers.Dropout(0.25)"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_code_of_a_named_layer_makes_it_again(layer, code):
    facts = GenericLayer(layer).ask(X)
    assert facts.code == code
    again = eval(code, {"layers": layers})
    assert np.array_equal(again(X), facts.y)


def angry(_):
    raise RuntimeError("not today")


def test_what_a_named_layer_refuses_is_a_problem_in_its_own_words():
    facts = GenericLayer(layers.Lambda(angry)).ask(X)
    assert "not today" in facts.problem
    assert facts.advice
    assert facts.y is None


def test_an_empty_answer_is_a_problem_too():
    facts = GenericLayer(layers.Lambda(lambda x: x[:, :0])).ask(X)
    assert facts.problem == "Keras accepted this, and returned no cells: the output's shape is (1, 0, 7, 2)."
    assert facts.y is None


@pytest.mark.parametrize(
    "layer, kind",
    [
        (layers.Conv2D(1, 3), LiveLayer),
        (layers.SeparableConv1D(1, 3), LiveLayer),
        (DeformableConv2D(1, 3), LiveLayer),
        (layers.MaxPooling2D(2), GenericLayer),
        (layers.BatchNormalization(), GenericLayer),
    ],
    ids=lambda value: getattr(value, "name", getattr(value, "__name__", "")),
)
def test_convolutions_have_settings_that_move_and_other_layers_have_a_name(layer, kind):
    assert type(wrap_layer(layer)) is kind


# Windows of other layers


@pytest.mark.parametrize(
    "layer, shape, wanted",
    [
        (layers.MaxPooling2D((2, 3)), (1, 9, 8, 3), [(9, 2, 2, "valid"), (8, 3, 3, "valid")]),
        (layers.AveragePooling2D(3, strides=2, padding="same"), (1, 9, 8, 3), [(9, 3, 2, "same"), (8, 3, 2, "same")]),
        (layers.MaxPooling1D(2), (1, 9, 3), [(9, 2, 2, "valid")]),
        (layers.MaxPooling3D(2), (1, 4, 5, 6, 3), [(4, 2, 2, "valid"), (5, 2, 2, "valid"), (6, 2, 2, "valid")]),
        (layers.ReLU(), (1, 9, 8, 3), [(9, 1, 1, "valid"), (8, 1, 1, "valid")]),
        (layers.BatchNormalization(), (1, 9, 3), [(9, 1, 1, "valid")]),
        (Shift(1), (1, 9, 3), [(9, 1, 1, "valid")]),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_pooling_reads_windows_and_a_layer_that_keeps_the_shape_reads_single_cells(layer, shape, wanted):
    axes = drawn_axes(layer, shape, tuple(layer(np.zeros(shape, "float32")).shape))
    assert [(axis["n"], axis["k"], axis["s"], axis["padding"]) for axis in axes] == wanted


@pytest.mark.parametrize(
    "layer",
    [
        layers.GlobalAveragePooling2D(),
        layers.Flatten(),
        layers.UpSampling2D(2),
        layers.ZeroPadding2D(1),
        layers.Dense(2),
        layers.Permute((2, 1, 3)),
        layers.GroupNormalization(1),
        layers.Lambda(lambda x: x[:, ::-1]),
    ],
    ids=lambda value: value.name,
)
def test_a_layer_without_windows_has_none(layer):
    assert drawn_axes(layer, (1, 9, 9, 3), tuple(layer(np.zeros((1, 9, 9, 3), "float32")).shape)) is None


# Chains


def chain(*of, chosen=None):
    steps, x = [], X
    for layer in of:
        steps.append(wrap_layer(layer).ask(x))
        x = steps[-1].y
        if x is None:
            break
    return Chain.facts(steps, chosen)


def test_the_facts_of_a_chain_are_those_of_its_layers_added_up():
    facts = chain(layers.Conv2D(3, 2), layers.MaxPooling2D(2), layers.Conv2D(1, (1, 2)))
    assert (facts.input_shape, facts.output_shape) == ((1, 6, 7, 2), (1, 2, 2, 1))
    assert facts.params_formula == "27 + 0 + 7 = 34"
    assert facts.macs_formula == "720 + 0 + 24 = 744"
    assert (facts.params, facts.macs) == (34, 744)
    assert [step.output_shape for step in facts.steps] == [(1, 5, 6, 3), (1, 2, 3, 3), (1, 2, 2, 1)]
    assert facts.y is facts.steps[-1].y
    assert facts.code == ("keras.Sequential([layers.Conv2D(3, 2), layers.MaxPooling2D(), layers.Conv2D(1, (1, 2))])")
    assert facts.problem == facts.warning == ""


def test_in_a_chain_of_one_layer_the_counts_are_written_out_as_for_that_layer():
    facts = chain(layers.Conv2D(3, 2))
    assert facts.params_formula == "2*2*2*3 + 3 = 27"
    assert facts.macs_formula == "5*6*2*2*2*3 = 720"


def test_the_code_of_a_chain_makes_a_model_with_the_same_shapes():
    facts = chain(layers.Conv2D(3, 2, activation="relu"), layers.AveragePooling2D(2), layers.Conv2D(1, (1, 2)))
    model = eval(facts.code, {"keras": keras, "layers": layers})
    assert model(X).shape == facts.output_shape
    assert model.count_params() == facts.params


@pytest.mark.parametrize("bad, at", [(0, 0), (1, 1), (2, 2)])
def test_the_first_refusal_is_the_chains_and_says_which_layer_it_is(bad, at):
    of = [layers.Conv2D(3, 2), layers.Conv2D(3, 2), layers.Conv2D(3, 2)]
    of[bad] = layers.Conv2D(3, 2, strides=1, dilation_rate=9)
    facts = chain(*of)
    assert facts.problem.startswith(f"Layer {at}: ")
    assert "window covers 10 cells" in facts.advice
    assert facts.y is None
    assert facts.output_shape is None


@pytest.mark.parametrize("chosen, advice", [(0, "Move the setting that was changed last back"), (1, "try a smaller")])
def test_the_advice_to_a_refusal_is_about_the_layer_that_a_reader_changes(chosen, advice):
    facts = chain(layers.Conv2D(3, 4), layers.Conv2D(3, 5), chosen=chosen)
    assert facts.problem.startswith("Layer 1: ")
    assert advice in facts.advice
