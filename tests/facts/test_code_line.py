"""The code line makes an equal layer, and says what it cannot say."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

from widgets import DeformableConv2D
from widgets.facts import layer_facts
from widgets.facts.code_line import chain_code, code_line, layer_code
from widgets.facts.layer_template import LayerTemplate


def line(layer):
    return layer_facts(layer, (1, 9, 9, 12)).code


def evaluated(code):
    return eval(code, {"layers": layers, "keras": keras})


def config(layer):
    return without_names(layer.get_config())


def without_names(value):
    """A layer that is an activation has a name of its own too."""
    if not isinstance(value, dict):
        return value
    return {key: without_names(inner) for key, inner in value.items() if key != "name" or "trainable" not in value}


@pytest.mark.parametrize(
    "code",
    [
        "layers.Conv2D(1, 1)",
        "layers.Conv2D(10, 3)",
        "layers.Conv2D(1, (2, 3))",
        "layers.Conv2D(1, 2, strides=(2, 3))",
        "layers.Conv2D(1, 2, strides=2)",
        "layers.Conv2D(1, 2, padding='same')",
        "layers.Conv2D(6, 2, groups=3)",
        "layers.Conv2D(1, 3, dilation_rate=4)",
        "layers.Conv2D(1, 3, dilation_rate=(1, 4))",
        "layers.Conv2D(1, 3, use_bias=False)",
        "layers.Conv2D(2, 3, activation='softmax')",
        "layers.Conv2D(1, 3, activation='leaky_relu')",
        "layers.Conv2D(1, 3, trainable=False)",
        "layers.Conv2D(6, 2, padding='same', dilation_rate=2, groups=3, activation='relu', use_bias=False)",
        "layers.Conv2D(1, 3, kernel_initializer='he_normal')",
        "layers.Conv2D(1, 3, kernel_initializer=keras.initializers.GlorotUniform(seed=3))",
        "layers.Conv2D(1, 3, bias_initializer=keras.initializers.Constant(value=0.5))",
        "layers.Conv2D(1, 3, kernel_regularizer=keras.regularizers.L2(l2=0.02))",
        "layers.Conv2D(1, 3, kernel_constraint=keras.constraints.UnitNorm(axis=[0, 1, 2]))",
    ],
)
def test_a_line_that_a_reader_would_write_comes_back_to_the_letter(code):
    assert line(evaluated(code)) == code


@pytest.mark.parametrize("layer_class", [layers.MaxPooling2D, layers.AveragePooling2D])
@pytest.mark.parametrize("pool_size", [1, 2, 3, (2, 3), (1, 2)])
@pytest.mark.parametrize("strides", [None, 1, 2, 3, (2, 3), (1, 2)])
def test_a_pooling_layer_comes_back_with_its_own_strides(layer_class, pool_size, strides):
    layer = layer_class(pool_size, strides, padding="same")
    assert config(evaluated(code_line(layer_class, layer.get_config()))) == config(layer)


@pytest.mark.parametrize(
    "made, code",
    [
        (lambda: layers.Conv2D(1, (3, 3), strides=[1, 1], padding="VALID", groups=1), "layers.Conv2D(1, 3)"),
        (lambda: layers.Conv2D(1, 3, activation="linear", use_bias=True), "layers.Conv2D(1, 3)"),
        (lambda: layers.Conv2D(1, 3, kernel_initializer="glorot_uniform"), "layers.Conv2D(1, 3)"),
        (lambda: layers.Conv2D(1, 3, data_format="channels_last"), "layers.Conv2D(1, 3)"),
        (lambda: layers.Conv2D(1, 3, activation=keras.activations.relu), "layers.Conv2D(1, 3, activation='relu')"),
        (lambda: layers.Conv2D(1, 3, name="mine", dtype="float64"), "layers.Conv2D(1, 3)"),
        (lambda: layers.Conv2D(np.int64(1), np.array([3, 2])), "layers.Conv2D(1, (3, 2))"),
        (lambda: layers.Conv2D(np.uint8(1), 3, use_bias=np.False_), "layers.Conv2D(1, 3, use_bias=False)"),
        (
            lambda: layers.DepthwiseConv2D(np.array([3, 3]), strides=np.array([2, 1])),
            "layers.DepthwiseConv2D(3, strides=(2, 1))",
        ),
    ],
)
def test_defaults_are_left_out_however_they_were_written(made, code):
    assert line(made()) == code


def equal_layers():
    return [
        layers.Conv2D(1, 3, kernel_initializer="he_normal", bias_initializer="ones"),
        layers.Conv2D(1, 3, kernel_initializer=keras.initializers.VarianceScaling(2.0, mode="fan_out")),
        layers.Conv2D(1, 3, kernel_initializer=keras.initializers.RandomNormal(stddev=0.1, seed=1)),
        layers.Conv2D(2, 3, bias_initializer=keras.initializers.Constant([0.5, 2.0])),
        layers.Conv2D(1, 3, kernel_regularizer="l2", bias_regularizer=keras.regularizers.L1L2(0.5, 0.25)),
        layers.Conv2D(1, 3, kernel_regularizer=keras.regularizers.OrthogonalRegularizer()),
        layers.Conv2D(1, 3, activity_regularizer=keras.regularizers.L1(0.1)),
        layers.Conv2D(1, 3, kernel_constraint=keras.constraints.MaxNorm(3, axis=[0, 1, 2])),
        layers.Conv2D(1, 3, bias_constraint="non_neg"),
        layers.Conv2D(1, 3, activation=layers.ReLU(max_value=6)),
        layers.Conv2D(1, 3, activation=layers.LeakyReLU()),
    ]


@pytest.mark.parametrize("layer", equal_layers(), ids=range(len(equal_layers())))
def test_a_layer_with_initializers_regularizers_and_constraints_is_made_equal_and_can_be_built(layer):
    again = evaluated(line(layer))
    assert config(again) == config(layer)
    again.build((1, 9, 9, 12))


def settings_of_keras():
    numbers = st.one_of(st.integers(1, 4), st.tuples(st.integers(1, 4), st.integers(1, 4)))
    return st.fixed_dictionaries(
        {"filters": st.integers(1, 3).map(lambda f: 6 * f), "kernel_size": numbers},
        optional={
            "strides": numbers,
            "padding": st.sampled_from(["valid", "same"]),
            "data_format": st.sampled_from(["channels_last", "channels_first"]),
            "groups": st.sampled_from([1, 2, 3, 6]),
            "use_bias": st.booleans(),
            "activation": st.sampled_from([None, "linear", "relu", "sigmoid", "softmax", "gelu"]),
            "kernel_initializer": st.sampled_from(["ones", "he_normal", "glorot_uniform"]),
            "trainable": st.booleans(),
        },
    )


@settings(deadline=None, max_examples=60, derandomize=True)
@given(settings_of_keras())
def test_the_line_of_any_settings_makes_an_equal_layer(arguments):
    layer = layers.Conv2D(**arguments)
    assert config(evaluated(code_line(layers.Conv2D, LayerTemplate(layer).arguments))) == config(layer)


@pytest.mark.parametrize(
    "arguments, lacking",
    [
        ({"activation": lambda y: y / 2}, "activation"),
        ({"kernel_initializer": lambda shape, dtype=None: keras.ops.ones(shape)}, "kernel_initializer"),
        ({"kernel_initializer": keras.initializers.Constant(np.ones((3, 3, 12, 2)))}, "kernel_initializer"),
        ({"kernel_regularizer": lambda w: 0.0, "activation": lambda y: y}, "activation, kernel_regularizer"),
    ],
)
def test_what_code_cannot_say_is_named_after_a_hash(arguments, lacking, recwarn):
    code = line(layers.Conv2D(2, 3, padding="same", **arguments))
    assert code == f"layers.Conv2D(2, 3, padding='same')  # not written out: {lacking}"
    assert config(evaluated(code)) == config(layers.Conv2D(2, 3, padding="same"))
    assert list(recwarn) == []


class Steps(layers.Layer):
    """A cell of the reader's own."""

    state_size = 2

    def call(self, x, states):
        return x, states


@pytest.mark.parametrize(
    "layer",
    [
        layers.Lambda(abs),
        layers.Activation(lambda x: x),
        layers.TimeDistributed(keras.Sequential([keras.Input((4, 1)), layers.Conv1D(1, 2)])),
        layers.TimeDistributed(layers.Lambda(abs)),
        layers.RNN(Steps()),
        layers.SpectralNormalization(layers.Conv1D(1, 2, activation=lambda x: x)),
    ],
    ids=lambda layer: layer.name,
)
def test_a_layer_that_cannot_be_written_is_named_after_a_hash(layer):
    code = layer_code(layer)
    assert str(code) == f"keras.Model()  # not written out: {type(layer).__name__}"
    assert isinstance(evaluated(chain_code([code, "layers.ReLU()"])), keras.Sequential)


def learned():
    layer = layers.Discretization(num_bins=3)
    layer.adapt(np.array([0.0, 1.0, 2.0, 3.0]))
    return layer


@pytest.mark.parametrize(
    "layer, code",
    [
        (layers.ReLU(max_value=float("inf")), 'layers.ReLU(max_value=float("inf"))'),
        (layers.Rescaling(-float("inf")), 'layers.Rescaling(-float("inf"))'),
        (layers.Conv2D(1, 3, bias_initializer=keras.initializers.Constant(np.nan)), 'Constant(value=float("nan")))'),
        (layers.Rescaling(2.0, offset=np.array([0, np.inf])), 'offset=numpy.array([0.0, float("inf")]))'),
        (layers.Normalization(mean=np.nan, variance=1.0), 'mean=float("nan"), variance=1.0)'),
        (learned(), "layers.Discretization(bin_boundaries=[0.3333333432674408, 1.6666666269302368])"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_number_that_python_has_no_name_for_and_what_was_learned_are_written_so_that_keras_takes_them(layer, code):
    assert str(layer_code(layer)).endswith(code)
    again = eval(str(layer_code(layer)), {"layers": layers, "keras": keras, "numpy": np})
    assert str(layer_code(again)) == str(layer_code(layer))


def test_a_text_that_holds_such_a_word_stays_as_it_is():
    words = ["nan", "a nan b", 'it\'s "nan", not inf']
    again = eval(str(layer_code(layers.StringLookup(vocabulary=words))), {"layers": layers})
    assert again.get_vocabulary()[1:] == words


def test_an_object_of_the_readers_own_class_is_named_after_a_hash():
    class Checkers(keras.initializers.Initializer):
        def __call__(self, shape, dtype=None):
            return keras.ops.ones(shape, dtype)

        def get_config(self):
            return {}

    layer = layers.Conv2D(2, 3, kernel_initializer=Checkers())
    assert line(layer) == "layers.Conv2D(2, 3)  # not written out: kernel_initializer"


def test_a_function_that_only_has_the_name_of_one_of_keras_is_not_taken_for_it():
    def relu(y):
        return y / 2

    assert line(layers.Conv2D(2, 3, activation=relu)) == "layers.Conv2D(2, 3)  # not written out: activation"


def test_an_activation_that_keras_cannot_write_out_is_named_after_a_hash():
    class Scaled(layers.Layer):
        def __init__(self, by):
            super().__init__()
            self.by = by

        def call(self, y):
            return self.by(y)

    assert line(layers.Conv2D(2, 3, activation=Scaled(abs))) == "layers.Conv2D(2, 3)  # not written out: activation"


@pytest.fixture
def channels_first():
    keras.config.set_image_data_format("channels_first")
    yield
    keras.config.set_image_data_format("channels_last")


def test_the_line_says_the_data_format_where_the_reader_has_set_another_one(channels_first):
    assert line(layers.Conv2D(2, 3, data_format="channels_last")) == "layers.Conv2D(2, 3, data_format='channels_last')"
    assert line(layers.Conv2D(2, 3)) == "layers.Conv2D(2, 3)"
    assert "data_format='channels_last'" in line(DeformableConv2D(2, 3, data_format="channels_last"))
