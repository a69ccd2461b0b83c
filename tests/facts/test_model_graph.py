"""Models of both data formats: which axis has the channels is decided tensor by tensor."""

from unittest import mock

import keras
import numpy as np
import pytest
from changing import reach
from keras import layers

from widgets import compare, explore
from widgets.facts import model_graph
from widgets.facts.known_layers import keras_name
from widgets.facts.model import ModelSteps
from widgets.facts.model_graph import channel_axes

AWAY = {"kernel_initializer": keras.initializers.RandomUniform(0.4, 1.0, seed=1)}
FIRST = {"data_format": "channels_first"}


def conv(filters, size, **form):
    return layers.Conv2D(filters, size, **AWAY, **form)


# The layers, the input's shape, and where the channels are before and behind.
MODELS = {
    "last, then first": ([layers.Permute((3, 1, 2)), conv(2, (3, 2), **FIRST)], (12, 10, 2), -1, 1),
    "first, then last": ([conv(3, (3, 2), **FIRST), layers.Permute((2, 3, 1)), conv(2, 2)], (2, 12, 10), 1, -1),
    "first, then last, and nothing between": ([conv(3, (3, 2), **FIRST), conv(2, (3, 4))], (2, 12, 10), 1, -1),
    "last, then first, and nothing between": ([conv(7, (3, 2)), conv(2, (3, 4), **FIRST)], (12, 10, 2), -1, 1),
    "moved at the end": ([conv(3, (3, 2), **FIRST), layers.Permute((3, 2, 1))], (2, 12, 10), 1, -1),
    "cell by cell between": (
        [layers.LeakyReLU(), layers.Permute((3, 1, 2)), layers.LeakyReLU(), conv(2, (1, 4), **FIRST)],
        (12, 10, 2),
        -1,
        1,
    ),
    "at each step": ([layers.TimeDistributed(conv(3, (3, 2), **FIRST))], (3, 2, 9, 8), 2, 2),
    "pooled at each step": (
        [layers.TimeDistributed(conv(3, 2, **FIRST)), layers.TimeDistributed(layers.AveragePooling2D(2, **FIRST))],
        (3, 2, 9, 8),
        2,
        2,
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_what_is_seen_follows_the_channels_where_they_go(name, needs_channels_first):
    chain, shape, before, behind = MODELS[name]
    model = keras.Sequential([keras.Input(shape), *chain])
    row = ModelSteps(model, None).rows[-1]

    def call(x, **options):
        return np.moveaxis(np.asarray(model(np.moveaxis(x, -1, before), **options)), behind, -1)

    wanted = reach(call, np.moveaxis(np.zeros((1, *shape), bool), before, -1).shape)
    assert (row["receptive_field"], row["receptive_field_is"]) == (wanted, "exact")
    compared = compare([model]).rows[0]
    assert (compared["problem"], compared["receptive_field"]) == ("", wanted)


def test_a_model_of_both_formats_is_drawn_as_far_as_its_channels_stay_where_they_are(needs_channels_first):
    model = keras.Sequential([keras.Input((2, 12, 10)), *MODELS["first, then last"][0]])
    e = explore(model)
    assert e.facts.output_shape == (1, 3, 10, 9) and e.facts.channel_axis == 1
    e._first.value = 2
    assert e.facts.output_shape == (1, 9, 8, 2) and e.facts.channel_axis == 3


def test_a_photograph_lies_as_the_first_layer_takes_it(needs_channels_first):
    model = keras.Sequential([layers.Permute((3, 1, 2)), conv(2, 3, **FIRST)])
    assert explore(model, np.zeros((20, 30, 3), "uint8")).steps[0]["output_shape"] == (1, 3, 20, 30)


def test_models_within_models_take_no_longer_for_each_that_is_around_them():
    model = keras.Sequential([keras.Input((6, 1)), layers.Conv1D(1, 3)])
    for _ in range(12):
        model = keras.Sequential([keras.Input((6, 1)), model])
    calls = []
    with mock.patch.object(model_graph, "keras_name", lambda one: calls.append(one) or keras_name(one)):
        assert set(channel_axes(model).values()) == {-1}
    assert len(calls) < 1000


class CalledTwice(keras.Model):
    """A functional model with a call of its own: its graph says nothing of it."""

    def call(self, x):
        return super().call(super().call(x))


def called_twice():
    x = keras.Input((12, 10, 1))
    return CalledTwice(x, conv(1, 3, padding="same")(x))


def test_a_model_with_a_call_of_its_own_is_not_listed_as_its_graph_says():
    with pytest.raises(TypeError, match=r"explore\(model.layers\[1\], x\)"):
        explore(called_twice())


def test_within_a_model_a_call_of_its_own_is_measured_as_a_whole():
    x = keras.Input((12, 10, 1))
    row = ModelSteps(keras.Model(x, called_twice()(x)), None).rows[-1]
    assert (row["receptive_field"], row["receptive_field_is"], row["macs"]) == ((5, 5), "exact", None)
