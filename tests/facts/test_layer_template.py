"""A layer can be made again with other settings, and the reader's own layer never notices."""

import random

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from widgets import explore
from widgets.facts import KINDS, code_line, layer_facts
from widgets.facts.layer_template import LayerTemplate, call

X = np.sin(np.arange(6 * 7 * 4)).reshape(1, 6, 7, 4).astype("float32")


def shown(layer):
    layer_facts(layer, X)


def explored_and_moved(layer):
    explorer = explore(layer, X)
    explorer.settings = {"filters": 8, "groups": 2}
    explorer.layer.kernel.assign(np.ones(explorer.layer.kernel.shape))
    explorer.settings = {"strides": 2, "dilation_rate": 2}  # refused
    explorer.settings = {"strides": 1, "activation": "tanh", "use_bias": False}


each_use = pytest.mark.parametrize("use", [shown, explored_and_moved], ids=["facts", "explore"])


@each_use
def test_a_built_layer_is_left_as_it_was(use):
    layer = layers.Conv2D(6, 3, groups=2, activation="relu", name="mine", kernel_regularizer="l2")
    layer.build(X.shape)
    layer.trainable = False
    weights, config, activation = layer.get_weights(), layer.get_config(), layer.activation
    use(layer)
    assert [np.array_equal(now, before) for now, before in zip(layer.get_weights(), weights)] == [True, True]
    assert layer.get_config() == config
    assert (layer.name, layer.trainable, layer.activation) == ("mine", False, activation)
    assert [variable.path for variable in layer.weights] == ["mine/kernel", "mine/bias"]


@each_use
def test_an_unbuilt_layer_stays_unbuilt(use):
    layer = layers.Conv2D(6, 3)
    use(layer)
    assert not layer.built
    assert layer.weights == []


@each_use
def test_a_layer_of_a_model_still_belongs_to_it(use):
    model = keras.Sequential([keras.Input((6, 7, 4)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)])
    before = model(X).numpy()
    use(model.layers[0])
    assert np.array_equal(model(X), before)
    assert model.count_params() == 3 * 3 * 4 * 2 + 2 + 40 + 1
    model.compile("sgd", "mse")
    model.fit(X, np.zeros((1, 1)), verbose=0)
    assert not np.array_equal(model(X), before)


@each_use
def test_an_activation_that_is_a_layer_is_left_as_it_was(use):
    activation = layers.LeakyReLU(negative_slope=0.5)
    layer = layers.Conv2D(6, 3, activation=activation)
    use(layer)
    assert layer.activation is activation
    assert layer(X).shape == (1, 4, 5, 6)


def drawn():
    """What the generators that a reader may use give next."""
    return [
        random.random(),
        np.random.random(),
        float(tf.random.uniform(())),
        float(keras.random.uniform(())),
        float(layers.Dense(1).kernel_initializer((1, 1))[0, 0]),
    ]


@each_use
def test_the_readers_random_numbers_go_on_as_if_nothing_had_happened(use):
    def numbers(between):
        code_line.defaults.cache_clear()  # as in a fresh kernel
        keras.utils.clear_session()  # Keras 3.12 goes on with the generator that it has, whatever the seed
        keras.utils.set_random_seed(1)
        layer = layers.Conv2D(6, 3)
        between(layer)
        return drawn()

    assert numbers(use) == numbers(lambda layer: None)


@each_use
def test_the_names_that_keras_gives_go_on_as_if_nothing_had_happened(use):
    layer = layers.Conv2D(6, 3, name="mine")
    before = int(layers.Conv2D(1, 1).name.removeprefix("conv2d").strip("_") or 0)
    use(layer)
    assert layers.Conv2D(1, 1).name == f"conv2d_{before + 1}"


@each_use
@pytest.mark.parametrize("eagerly", [False, True])
def test_whether_functions_run_eagerly_stays_as_the_reader_has_it(use, eagerly):
    layer = layers.Conv2D(6, 3, groups=2)
    tf.config.run_functions_eagerly(eagerly)
    try:
        use(layer)
        assert tf.config.functions_run_eagerly() == eagerly
    finally:
        tf.config.run_functions_eagerly(False)


def test_functions_do_not_run_eagerly_for_ever_when_a_call_fails():
    def angry(y):
        raise RuntimeError

    layer_facts(layers.Conv2D(4, 3, groups=2, activation=angry), X)
    assert not tf.config.functions_run_eagerly()


def test_an_unbuilt_layer_shows_the_weights_that_it_would_have_had():
    layer = layers.Conv2D(3, 3)
    facts = layer_facts(layer, X)
    assert np.array_equal(facts.y, layer(X))


@pytest.mark.parametrize("dtype", ["float64", "bfloat16", "mixed_float16"])
def test_an_unbuilt_layer_of_another_type_shows_the_weights_that_it_would_have_had(dtype):
    layer = layers.Conv2D(3, 3, dtype=dtype)
    kernel = explore(layer, X).layer.kernel.numpy()
    layer.build(X.shape)
    assert kernel.dtype == "float32"
    assert np.array_equal(kernel, keras.ops.convert_to_numpy(layer.kernel).astype("float32"))


def test_two_calls_show_the_same_weights_of_one_unbuilt_layer():
    layer = layers.Conv2D(3, 3)
    assert np.array_equal(layer_facts(layer, X).y, layer_facts(layer, X).y)


def test_two_layers_have_different_weights():
    assert not np.array_equal(layer_facts(layers.Conv2D(3, 3), X).y, layer_facts(layers.Conv2D(3, 3), X).y)


def test_x_is_not_changed_and_not_kept():
    x = np.ones((1, 5, 5, 1), "float32")
    explorer = explore(layers.Conv2D(1, 3, kernel_initializer="ones"), x)
    assert x.min() == x.max() == 1
    x[:] = 0
    explorer.settings = {"filters": 2}
    assert explorer.x.min() == 1
    assert explorer.y[0, 0, 0, 0] == 9


def test_what_is_made_again_has_the_arguments_weights_and_class_of_the_first():
    layer = layers.Conv2D(6, 3, groups=2, padding="same", activation="relu", bias_constraint="non_neg")
    layer.build(X.shape)
    template = LayerTemplate(layer)
    again = template.build({}, X.shape)
    assert type(again) is layers.Conv2D
    assert again is not layer
    ours, theirs = again.get_config(), layer.get_config()
    assert {name for name in theirs if ours[name] != theirs[name]} == {"name"}
    assert [w.tolist() for w in template.weights.values()] == [w.tolist() for w in layer.get_weights()]


def test_other_settings_change_the_copy_alone():
    layer = layers.Conv2D(6, 3)
    again = LayerTemplate(layer).build({"filters": 2, "strides": (2, 1)}, X.shape)
    assert (again.filters, again.strides) == (2, (2, 1))
    assert (layer.filters, layer.strides) == (6, (1, 1))


@pytest.mark.parametrize(
    "name", ["Conv2D", "Conv2DTranspose", "DepthwiseConv2D", "SeparableConv2D", "DeformableConv2D"]
)
def test_weights_can_be_given_from_the_start_and_the_initializers_stay_the_readers(name):
    layer_class = KINDS[name].layer_class
    layer = layer_class(**{"kernel_size": 2} | ({} if "Depthwise" in name else {"filters": 3}))
    asked = {}

    def start(weight, shape, draw):
        asked[weight] = draw()  # what Keras would have had
        return np.full(shape, float(len(asked)), "float64")

    template = LayerTemplate(layer)
    made = template.build({}, X.shape, start)
    assert list(asked) == [weight for weight in template.kind.weights if getattr(made, weight) is not None]
    for number, (weight, drawn) in enumerate(asked.items(), 1):
        values = getattr(made, weight).numpy()
        assert values.shape == drawn.shape
        assert values.dtype == np.float32
        assert (values == number).all()
    ours, theirs = made.get_config(), layer.get_config()
    assert {key for key in theirs if ours[key] != theirs[key]} <= {"name"}


def test_every_copy_has_the_same_name_so_that_keras_keeps_nothing_for_it():
    names = {
        LayerTemplate(layer).build({}, X.shape).name for layer in (layers.Conv2D(1, 1), layers.Conv2D(2, 1, name="a"))
    }
    assert len(names) == 1


def test_a_call_gives_the_values_before_and_after_the_activation_and_leaves_the_layer_whole():
    layer = layers.Conv2D(3, 3, activation="relu")
    before, after = call(layer, X)
    assert before.min() < 0
    assert np.array_equal(after, np.maximum(before, 0))
    assert layer.activation is keras.activations.relu
    assert np.array_equal(layer(X), after)


class Conv2D(layers.Layer):
    """A reader's own, which only has the name."""


@pytest.mark.parametrize("layer", [layers.Conv2D, layers.Dense(1), keras.Sequential(), "Conv2D", None, 3, Conv2D()])
def test_no_recipe_is_made_of_what_is_no_convolution(layer):
    with pytest.raises(TypeError, match=r"`layer` must be .*Received: \w+.*Try `explore\("):
        LayerTemplate(layer)
