"""With its channels first a layer is drawn, told and compared as the same layer with its channels last."""

import numpy as np
import pytest
from keras import layers

from widgets import compare, explore
from widgets.facts import layer_facts
from widgets.picture import layer_picture

LAYERS = {
    "convolution": (
        layers.Conv2D,
        (4, (3, 2)),
        {"strides": (2, 1), "activation": "relu"},
        (2, 7, 6),
    ),
    "groups": (layers.Conv2D, (4, 2), {"groups": 2, "dilation_rate": 1}, (4, 6, 5)),
    "dilated": (layers.Conv1D, (3, 2), {"dilation_rate": 3}, (2, 9)),
    "volume": (layers.Conv3D, (2, 2), {}, (2, 4, 5, 3)),
    "depthwise": (layers.DepthwiseConv2D, ((2, 3),), {"depth_multiplier": 2}, (3, 6, 7)),
    "depthwise sequence": (layers.DepthwiseConv1D, (3,), {"padding": "same"}, (3, 7)),
    "separable": (layers.SeparableConv2D, (4, (2, 3)), {"padding": "same"}, (3, 6, 5)),
    "separable sequence": (layers.SeparableConv1D, (4, 2), {"strides": 2}, (3, 8)),
    "transposed": (layers.Conv2DTranspose, (3, (3, 2)), {"strides": (2, 3), "padding": "same"}, (2, 4, 5)),
    "transposed sequence": (layers.Conv1DTranspose, (3, 3), {"strides": 2}, (2, 5)),
    "transposed volume": (layers.Conv3DTranspose, (2, 2), {"strides": 2}, (2, 2, 3, 2)),
}


@pytest.fixture(params=LAYERS, scope="module")
def both(request):
    """(layer, input) with the channels last and with them first: the same weights, the same numbers."""
    request.getfixturevalue("needs_channels_first")
    make, arguments, options, (channels, *sizes) = LAYERS[request.param]
    x = np.random.default_rng(0).normal(size=(2, *sizes, channels)).astype("float32")
    pair = [make(*arguments, **options, data_format=form) for form in ("channels_last", "channels_first")]
    inputs = [x, np.moveaxis(x, -1, 1)]
    for layer, values in zip(pair, inputs):
        layer.build(values.shape)
        layer.set_weights(pair[0].get_weights())
    return list(zip(pair, inputs))


def assert_alike(one, other):
    """Two pictures hold the same cells, links and weights."""
    assert len(one.grids) == len(other.grids)
    for a, b in zip(one.grids, other.grids):
        assert (a.name, a.shape, a.padding, a.white) == (b.name, b.shape, b.padding, b.white)
        assert np.allclose(a.values, b.values, atol=1e-5)
    for a, b in zip(one.links, other.links, strict=True):
        assert (a.operation, a.activation, a.kernel_name, list(a.weights)) == (
            b.operation,
            b.activation,
            b.kernel_name,
            list(b.weights),
        )
        for some, others in ((a.reads, b.reads), (a.writes, b.writes)):
            assert (some is None) == (others is None)
            assert all(map(np.array_equal, some or (), others or ()))
        assert np.array_equal(a.channels, b.channels)
        assert all(np.array_equal(a.weights[name], b.weights[name]) for name in a.weights)
        assert np.allclose(a.before_activation, b.before_activation, atol=1e-5)


def test_facts_tell_the_same_but_for_the_order_of_the_axes(both):
    last, first = (layer_facts(layer, x) for layer, x in both)
    assert (first.input_shape[0], *first.input_shape[2:], first.input_shape[1]) == last.input_shape
    assert (first.output_shape[0], *first.output_shape[2:], first.output_shape[1]) == last.output_shape
    assert (first.params, first.macs, first.size_formulas) == (last.params, last.macs, last.size_formulas)
    assert first.code.replace(", data_format='channels_first'", "") == last.code
    assert first.warning == last.warning == ""
    assert {name: weight.axes for name, weight in first.weights.items()} == {
        name: weight.axes for name, weight in last.weights.items()
    }


def test_pictures_are_the_same_cell_by_cell(both):
    last, first = (layer_facts(layer, x) for layer, x in both)
    for view in ("scatter", "gather") if last.operation == "transposed" else (None,):
        assert_alike(layer_picture(last, view), layer_picture(first, view))


def test_explore_draws_and_answers_the_same(both):
    last, first = (explore(layer, x) for layer, x in both)
    assert_alike(layer_picture(last.facts), layer_picture(first.facts))
    assert np.allclose(np.moveaxis(np.asarray(first.y), 1, -1), last.y, atol=1e-5)
    assert first.settings == last.settings


def test_compare_says_the_same(both):
    rows, others = (compare([layer, layer], x).rows for layer, x in both)
    numbers = [name for name, value in rows[0].items() if isinstance(value, (int, float)) and name != "ms"]
    assert "macs" in numbers
    assert [[row[name] for name in numbers] for row in rows] == [[row[name] for name in numbers] for row in others]
