"""Which layers of a model are drawn one behind another, and with which of them a tool opens."""

import keras
from keras import layers

from widgets.deformable import DeformableConv2D
from widgets.facts.model import ModelSteps


def lengths(runs):
    """How long each run is."""
    return [len(runs.following(start)) for start in runs.starts]


def test_a_run_goes_on_to_the_next_branch_and_is_at_most_six_layers_long():
    x = keras.Input((20, 20, 1))
    a = layers.Conv2D(2, 3, padding="same")(x)
    b = layers.ReLU()(a)
    end = layers.Conv2D(1, 3)(layers.Add()([b, layers.Conv2D(2, 1)(b)]))
    steps = ModelSteps(keras.Model(x, end), None)
    assert [row["layer"] for row in steps.rows] == ["Conv2D", "ReLU", "Conv2D", "Add", "Conv2D"]
    assert lengths(steps.runs) == [2, 1, 1, 1]
    deep = ModelSteps(keras.Sequential([layers.Conv2D(1, 2) for _ in range(8)]), (1, 12, 12, 1))
    assert lengths(deep.runs) == [6, 6, 6, 5, 4, 3, 2, 1]


def test_a_deformable_layer_is_drawn_by_itself():
    between = [layers.Conv2D(1, 3), DeformableConv2D(1, 3), layers.Conv2D(1, 3)]
    steps = ModelSteps(keras.Sequential(between), (1, 12, 12, 1))
    assert lengths(steps.runs) == [1, 1, 1]


def test_a_run_with_a_convolution_in_it_comes_first():
    x = keras.Input((20, 20, 1))
    pooled = layers.AveragePooling2D(2)(x)
    model = keras.Model(x, layers.Conv2D(1, 3)(layers.Concatenate()([pooled, pooled])))
    steps = ModelSteps(model, None)
    assert [name.split()[-1] for name, _ in steps.starts] == ["(AveragePooling2D)", "(Conv2D)"]
    assert steps.runs.start == 2
