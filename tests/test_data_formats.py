"""With its channels first a layer is drawn, told and compared as the same layer with its channels last."""

import keras
import numpy as np
import pytest
from keras import layers

from widgets import compare, explore, goal, predict
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


def channels_last(shape):
    return (shape[0], *shape[2:], shape[1])


def test_thumbnails_are_the_same_pictures(both):
    last, first = (compare([layer], x)._thumbnails for layer, x in both)
    assert last == first
    assert last[0].startswith("data:image/png")


@pytest.mark.parametrize("kind", ["output_shape", "kernel_shape", "params", "settings"])
def test_predict_asks_the_same(both, kind):
    last, first = (predict(layer, x, ask=kind) for layer, x in both)
    solution = channels_last(first.solution) if kind == "output_shape" else first.solution
    assert solution == last.solution
    if kind != "settings":  # behind these, weights are drawn anew
        last.show(), first.show()
        assert_alike(layer_picture(last.explorer.facts), layer_picture(first.explorer.facts))


FORMS = ("channels_last", "channels_first")


def pooled(form, axis):
    return [layers.Conv2D(4, 3, data_format=form), layers.MaxPooling2D(2, data_format=form), layers.ReLU()]


def normalised(form, axis):
    return [
        layers.BatchNormalization(axis=axis),
        layers.Conv2D(3, 2, data_format=form),
        layers.LayerNormalization(axis=axis),
        layers.Softmax(axis=axis),
    ]


def grown(form, axis):
    return [
        layers.Conv2DTranspose(3, 3, strides=2, data_format=form),
        layers.UpSampling2D(2, data_format=form),
        layers.Cropping2D(((1, 2), (0, 1)), data_format=form),
        layers.ZeroPadding2D((2, 1), data_format=form),
        layers.AveragePooling2D((2, 3), data_format=form),
    ]


MODELS = {"pooled": pooled, "normalised": normalised, "grown": grown}


@pytest.fixture(params=MODELS, scope="module")
def two_models(request):
    """(model, input) with the channels last and with them first: the same weights, the same numbers."""
    request.getfixturevalue("needs_channels_first")
    x = np.random.default_rng(0).normal(size=(2, 9, 8, 2)).astype("float32")
    inputs = [x, np.moveaxis(x, -1, 1)]
    models = []
    for form, values in zip(FORMS, inputs):
        made = MODELS[request.param](form, 1 if form == "channels_first" else -1)
        models.append(keras.Sequential([keras.Input(values.shape[1:]), *made]))
    models[1].set_weights(models[0].get_weights())
    return list(zip(models, inputs))


def test_a_models_rows_tell_the_same(two_models):
    last, first = (explore(model, x).steps for model, x in two_models)
    for one, other in zip(last, first, strict=True):
        assert channels_last(other["output_shape"]) == one["output_shape"]
        same = ("params", "macs", "receptive_field", "receptive_field_is")
        assert [one[name] for name in same] == [other[name] for name in same]


def test_a_models_layers_are_drawn_the_same(two_models):
    last, first = (explore(model, x) for model, x in two_models)
    assert_alike(layer_picture(last.facts), layer_picture(first.facts))
    assert len(last.facts.chain) == len(two_models[0][0].layers)


def test_a_model_is_compared_and_judged_the_same(two_models):
    last, first = (compare([model], x) for model, x in two_models)
    assert last._thumbnails == first._thumbnails
    names = ("params", "macs", "receptive_field", "receptive_field_is")
    assert [last.rows[0][name] for name in names] == [first.rows[0][name] for name in names]
    sees = last.rows[0]["receptive_field"] or 99
    said = [goal(input_shape=x.shape, sees=sees)(model) for model, x in two_models]
    assert [bool(one) for one in said] == [bool(said[0])] * 2
    assert said[0] or "Received" in said[0].text
