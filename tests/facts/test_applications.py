"""Published networks with random weights: each opens, is listed whole, and sees what its windows say.

Four of them in `make test`; all of keras.applications under 100 million parameters in `make soak`.
"""

import inspect
import os
import random
from math import ceil, inf

import keras
import numpy as np
import pytest
from keras import layers

from widgets import explore
from widgets.facts.model import ModelSteps

SOAK = bool(os.environ.get("SOAK"))
ALL = [name for name, made in inspect.getmembers(keras.applications, inspect.isfunction)]
LARGE = {"ConvNeXtLarge", "ConvNeXtXLarge", "EfficientNetV2L", "VGG16", "VGG19"}  # over 100 million parameters
SOME = ["DenseNet121", "InceptionV3", "MobileNetV3Small", "ResNet50V2"]
WHOLE = (layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D, layers.Flatten)
# From the table in Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", 2019.
PUBLISHED = {"ResNet101": 1027, "ResNet152": 1507, "InceptionV3": 1311, "InceptionResNetV2": 3039}


def cells_read(layer, axis, low, high, n):
    """The cells of an axis n cells long that a layer's cells low to high read, by its definition."""
    if isinstance(layer, WHOLE):
        return 0, n - 1
    if isinstance(layer, layers.ZeroPadding2D):
        return low - layer.padding[axis][0], high - layer.padding[axis][0]
    if isinstance(layer, layers.Cropping2D):
        return low + layer.cropping[axis][0], high + layer.cropping[axis][0]
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if window is None:
        return low, high
    stride, rate = layer.strides[axis], getattr(layer, "dilation_rate", (1, 1))[axis]
    reach = (window[axis] - 1) * rate
    before = max((ceil(n / stride) - 1) * stride + reach + 1 - n, 0) // 2 if layer.padding == "same" else 0
    return low * stride - before, high * stride - before + reach


def field_of(model, sizes, name, axis):
    """How many cells of the input one cell of a layer sees along an axis, with padding unless it sees a whole grid."""
    reads, whole = {name: (0, 0)}, False
    for layer in reversed(model.operations[1:]):
        for tensor in layer._inbound_nodes[0].input_tensors if layer.name in reads else ():
            before = tensor._keras_history.operation.name
            n = (*sizes[before], 1, 1)[1 + axis]
            low, high = reads[layer.name]
            for one in reversed(layer.layers) if isinstance(layer, keras.Sequential) else [layer]:
                low, high = cells_read(one, axis, low, high, n)
            whole |= isinstance(layer, WHOLE)
            if whole:
                low, high = max(low, 0), min(high, n - 1)
            lowest, highest = reads.get(before, (inf, -inf))
            reads[before] = min(low, lowest), max(high, highest)
    low, high = reads[model.operations[0].name]
    return None if whole and high - low + 1 == n else high - low + 1


@pytest.fixture
def network(request):
    yield getattr(keras.applications, request.param)(weights=None)
    keras.backend.clear_session()


@pytest.mark.parametrize("network", [name for name in ALL if name not in LARGE] if SOAK else SOME, indirect=True)
def test_a_network_is_listed_whole_and_its_fields_are_those_of_its_windows(network):
    steps = ModelSteps(network, None)
    assert [row["name"] for row in steps.rows] == [layer.name for layer in network.operations[1:]]
    assert steps.params == network.count_params() < 100e6
    assert {row["receptive_field_is"] for row in steps.rows} == {"exact"}
    rng = random.Random(network.name)
    sizes = {row["name"]: row["output_shape"] for row in steps.rows} | {network.operations[0].name: steps.x.shape}
    for row in [*rng.sample(steps.rows, 12), steps.rows[-1]]:
        field = tuple(field_of(network, sizes, row["name"], axis) for axis in (0, 1))
        assert row["receptive_field"] == (None if None in field else field), row["name"]


@pytest.mark.parametrize("name", PUBLISHED if SOAK else ["InceptionV3"])
def test_a_networks_field_is_the_published_one(name):
    network = getattr(keras.applications, name)(weights=None)
    last = next(at for at, layer in enumerate(network.layers) if isinstance(layer, WHOLE)) - 1
    assert ModelSteps(network, None).rows[last - 1]["receptive_field"] == (PUBLISHED[name],) * 2


@pytest.mark.parametrize("network", ["DenseNet121", "MobileNetV2", "Xception"] if SOAK else SOME[:1], indirect=True)
def test_a_network_is_explored_from_any_of_its_layers(network):
    e = explore(network)
    starts = e._first.options
    assert len(starts) > 80
    for name, at in random.Random(1).sample(starts, 12 if SOAK else 3):
        e._first.value = at
        layer = network.get_layer(name.split()[1])
        given = keras.Function(network.input, layer.input)(e._model.x)
        np.testing.assert_allclose(e.facts.x, given, atol=1e-4, err_msg=name)
        assert not e.facts.problem, name
