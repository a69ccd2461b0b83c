"""Whatever is handed over, what is raised are our words, or Keras' own, named as such."""

import os
import random

import keras
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras import layers

from widgets import compare, explore, goal, predict
from widgets.facts import layer_facts
from widgets.language import Sentence

EXAMPLES = 5000 if os.environ.get("SOAK") else 40

NUMBERS = [None, True, 2.0, "3", 10**6, 2**40, float("nan"), 1 + 2j, *range(-2, 12), *range(1, 9)]
DTYPES = ["float64", "uint8", "bool", "complex64", "object", "U3", "datetime64[s]", "int64"]
ODD = [None, 3, "", "no such file", "../.", b"x", {}, {"a": 1}, [], (), [[1], [2, 3]], object(), len, keras, Ellipsis]
ODD += [np.float32(1), np.ma.masked_all((1, 8, 8, 1)), keras.KerasTensor((None, 8, 8, 1)), np.array([])]
NEAR = [(1, 8, 8, 1), (1, 8, 8, 2), (2, 9, 3), (1, 4, 5, 6, 1), (1, 1, 1, 2), (1, 6), (1, 2, 8, 8), None, None]
WORDS = ["strides", "params", "value", "speed", ["kernel_size"], ["params", 3], "settings"]
CONDITIONS = ["output_shape", "kind", "params", "most_macs", "sees", "least_params", "speed"]


class Fails(layers.Layer):
    def call(self, x):
        raise RuntimeError("a layer of the reader's own")


class Own(keras.Model):
    def call(self, x):
        return x


class Shapeless(layers.Layer):
    def call(self, x):
        return keras.ops.convert_to_tensor(np.asarray(x)[..., :1])


def functional():
    x = keras.Input((None, None, 2))
    return keras.Model(x, [layers.Conv2D(1, 9)(x), layers.Flatten()(layers.Conv2D(1, 1)(x))])


def built(layer, *shape):
    layer.build(shape)
    return layer


MAKERS = [
    lambda: layers.Conv1D(1, 3, padding="causal"),
    lambda: layers.Conv2D(2, 3, groups=2),
    lambda: layers.Conv2D(2, (2, 9), strides=3, data_format="channels_first"),
    lambda: layers.Conv3D(1, 2),
    lambda: layers.SeparableConv2D(2, 3, depth_multiplier=2),
    lambda: layers.Conv2DTranspose(1, 3, strides=2, output_padding=1),
    lambda: layers.DepthwiseConv1D(3, dilation_rate=2),
    lambda: built(layers.Conv2D(2, 3), 1, 8, 8, 3),
    lambda: layers.Conv2D(1, 3, activation=lambda x: x[:, :1]),
    lambda: layers.Conv2D(1, 3, activation=lambda x: 1 / 0),
    lambda: layers.MaxPooling2D(2),
    lambda: layers.Dense(3),
    lambda: layers.Embedding(9, 2),
    lambda: layers.LSTM(2),
    lambda: layers.ConvLSTM2D(1, 3),
    lambda: layers.MultiHeadAttention(1, 2),
    lambda: layers.Concatenate(),
    lambda: layers.Bidirectional(layers.LSTM(2)),
    lambda: layers.TimeDistributed(layers.Conv2D(1, 3)),
    lambda: layers.Lambda(lambda x: x[0]),
    lambda: layers.Reshape((2, 2)),
    lambda: layers.AdaptiveMaxPooling2D(4) if hasattr(layers, "AdaptiveMaxPooling2D") else layers.Flatten(),
    Fails,
    Shapeless,
    Own,
    functional,
    keras.Sequential,
    lambda: keras.Input((8, 8, 1)),
    lambda: layers.Conv2D,
    lambda: layers.Layer,
    lambda: keras.Model(keras.Input(()), keras.Input(())),
]


def make_or_none(make):
    try:
        return make()
    except Exception:  # Keras refuses it itself
        return None


def sequential(some):
    try:
        return keras.Sequential(some)
    except Exception:
        return some


def wish(explorer, wanted):
    explorer.settings = {"strides": wanted, "padding": "same"}


def some(draw, make, most):
    return [make(draw) for _ in range(draw(range(most + 1)))]


def number(draw):
    return draw(NUMBERS)


def array(draw):
    return np.zeros(some(draw, lambda draw: draw(range(7)), 6), draw(DTYPES))


def plain(draw):
    """A number, something odd, or several of them."""
    return draw([number, number, lambda draw: draw(ODD), lambda draw: tuple(some(draw, plain, 3))])(draw)


def handed_over(draw):
    """Now and then an x that a layer may take."""
    kinds = [lambda draw: draw(NEAR)] * 6 + [lambda draw: np.ones(draw(NEAR[:-2]))] * 3 + [plain, array, array]
    return draw([*kinds, lambda draw: tuple(some(draw, number, 6)), lambda draw: iter([array(draw)])])(draw)


def layer(draw):
    try:
        return draw(MAKERS[:7] * 2 + MAKERS)()
    except Exception:  # Keras refuses it itself
        return None


def stack(draw):
    chain = some(draw, layer, 4)
    try:
        return keras.Sequential(chain)
    except Exception:
        return chain


def thing(draw):
    return draw([layer] * 3 + [stack] * 3 + [lambda draw: draw(ODD)])(draw)


def things(draw):
    return draw(
        [lambda draw: some(draw, lambda draw: draw([layer, stack])(draw), 3), lambda draw: some(draw, thing, 3), thing]
    )(draw)


def call(draw):
    """Calls one of our functions."""
    x = handed_over(draw)
    words = draw(WORDS * 4 + ODD)
    return draw(
        [
            lambda: layer_facts(thing(draw), x),
            lambda: explore(thing(draw), x),
            lambda: compare(things(draw), x),
            lambda: explore(layer(draw), x, controls=words),
            lambda: explore(state=draw([words, explore(layers.Conv2D(1, 3)).state[: draw(range(300))]])),
            lambda: wish(explore(draw(MAKERS[:7])(), controls=[]), plain(draw)),
            lambda: predict(things(draw), x, ask=words, seed=draw([0, 0, number(draw)])),
            lambda: goal(input_shape=x, **{draw(CONDITIONS): draw([plain(draw), 3, 60])})(things(draw)),
        ]
    )()


def is_told_properly(error):
    said = error.args[0] if error.args else ""
    return isinstance(error, (TypeError, ValueError)) and (isinstance(said, Sentence) or "Keras says" in str(said))


@pytest.mark.long
@settings(deadline=None, max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**7))
def test_what_is_raised_are_our_own_words_or_those_of_keras_named_as_such(seed):
    try:
        call(random.Random(seed).choice)
    except Exception as error:
        if not is_told_properly(error):
            raise
