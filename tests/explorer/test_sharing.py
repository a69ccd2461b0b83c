"""An explorer as text: what comes back is the same, and damaged text is refused."""

import base64
import json
import os
import pickle
import re
import zlib

import keras
import numpy as np
import psutil
import pytest
from keras import layers

from widgets import DeformableConv2D, explore


def edit(explorer, value, cells, **target):
    explorer._stage._answer(None, {"edit": {"cells": cells, "value": value} | target}, [])


@pytest.mark.parametrize(
    "layer, x",
    [
        (layers.Conv2D(4, (2, 3), strides=(1, 2), padding="same", groups=2, activation="relu"), (1, 6, 7, 2)),
        (layers.Conv2D(2, 3, use_bias=False), None),
        (layers.Conv2D(1, 3, data_format="channels_first"), (1, 2, 5, 6)),
        (layers.Conv1D(2, 3, padding="causal"), (1, 9, 2)),
        (layers.Conv3D(2, 2), (1, 4, 4, 5, 1)),
        (layers.Conv2DTranspose(2, 3, strides=2, output_padding=(1, 0), padding="same"), (1, 3, 4, 2)),
        (layers.DepthwiseConv2D(3, depth_multiplier=2), (1, 5, 6, 2)),
        (layers.SeparableConv2D(3, 3), (1, 5, 6, 2)),
        (DeformableConv2D(2, 3, modulated=True), (1, 5, 6, 2)),
        (layers.Conv2D(1, 3), np.linspace(-2, 2, 36).reshape(1, 6, 6, 1)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, layers.Layer) else "",
)
def test_the_same_explorer_comes_back(layer, x, request):
    if getattr(layer, "data_format", "") == "channels_first":
        request.getfixturevalue("needs_channels_first")
    e = explore(layer, x)
    edit(e, 42, [[0, 0, 0]], link=0, slice=0, filter=0)
    again = explore(state=e.state)
    assert np.array_equal(again.x, e.x) and np.array_equal(again.y, e.y)
    assert (again.code, again.state) == (e.code, e.state)
    for name in e.facts.weights:
        assert np.array_equal(again.facts.weights[name].values, e.facts.weights[name].values)


def test_an_edited_picture_the_view_and_dragged_points_come_back():
    e = explore(layers.Conv2D(1, 3), (2, 5, 6, 1))
    e._stage.requested_channels = {"sample": 1, "channels": [0, 0]}
    edit(e, 9, [[0, 4, 5]], channel=0)
    again = explore(state=e.state)
    assert again.x[1, 4, 5, 0] == 9 and again._stage.snapshot["sample"] == 1
    e = explore(layers.Conv2DTranspose(1, 3), (1, 3, 3, 1))
    e._stage.view = "gather"
    assert len(explore(state=e.state)._picture.grids) == 3
    e = explore(DeformableConv2D(1, 3), (1, 6, 6, 1))
    e._stage._answer(None, {"move": [[1, 1, 0, 4], [0.5, -0.25]]}, [])
    assert np.array_equal(explore(state=e.state).y, e.y)


def test_a_stack_comes_back_layer_by_layer():
    e = explore(keras.Sequential([layers.Conv2D(2, 3, dilation_rate=rate) for rate in (1, 2)]), (1, 9, 9, 1))
    again = explore(state=e.state)
    assert np.array_equal(again.y, e.y) and again.code == e.code


def test_a_fresh_explorer_s_state_is_short():
    assert len(explore(layers.Conv2D(1, 3)).state) < 500


@pytest.mark.parametrize(
    "layer, key, fields",
    [
        (layers.Conv2D(1, 3, activation=lambda y: y), "state_lacks", {"reason": "activation=<lambda>"}),
        (
            keras.Sequential([layers.Conv2D(1, 3), layers.MaxPooling2D()]),
            "state_layer",
            {"name": "MaxPooling2D", "first": "first layer drawn", "drawn": "layers drawn"},
        ),
    ],
    ids=["lambda", "pooling"],
)
def test_what_text_cannot_hold_is_said(layer, key, fields):
    with pytest.raises(ValueError, match=re.escape(next(iter(fields.values())))):
        print(explore(layer).state)
    e, sent = explore(layer), []
    e._stage.send = lambda content, buffers=(): sent.append(content)
    e._stage._answer(None, {"export": "state", "channels": [0], "cell": []}, [])
    assert sent[0]["refused"] == {"key": f"sharing.{key}", "fields": fields}


GOOD = explore(layers.Conv2D(1, 3)).state


def changed(path, value):
    told = json.loads(GOOD)
    at = told
    for name in path[:-1]:
        at = at[name]
    at[path[-1]] = value
    return json.dumps(told)


BOMB = base64.b64encode(zlib.compress(bytes(10**8), 9)).decode()  # 100 KB that open to 100 MB


@pytest.mark.parametrize(
    "text",
    [
        "",
        base64.b64encode(pickle.dumps(os.system)).decode(),
        "{}",
        "[]",
        "null",
        "7",
        GOOD[:-1],
        GOOD[1:],
        GOOD[: len(GOOD) // 2],
        '{"explore":2}',
        '{"explore":1' + GOOD[12:],
        "[" * 100000,
        changed(["layers"], []),
        changed(["layers"], 3),
        changed(["layers", 0, "class"], "Lambda"),
        changed(["layers", 0, "class"], "__import__"),
        changed(["layers", 0, "settings"], {}),
        changed(["layers", 0, "settings", "filters"], -1),
        changed(["layers", 0, "settings", "filters"], 10**9),
        changed(["layers", 0, "settings", "filters"], {"a": 1}),
        changed(["layers", 0, "settings", "activation"], "os.system"),
        changed(["layers", 0, "settings", "activation"], "deserialize"),
        changed(["layers", 0, "settings", "kernel_initializer"], "ones"),
        changed(["layers", 0, "data_format"], "sideways"),
        changed(["layers", 0, "weights", "kernel"], "AAAA"),
        changed(["layers", 0, "weights", "kernel"], "not base64!"),
        changed(["layers", 0, "weights", "other"], "AAAA"),
        changed(["layers", 0, "weights", "bias"], json.loads(GOOD)["layers"][0]["weights"]["kernel"]),
        changed(["x", "shape"], [1, 8, 8]),
        changed(["x", "shape"], [1, 20000, 20000, 1]),
        changed(["x"], {"shape": [1, 8, 8, 1], "values": "AAAA"}),
        changed(["x"], {"shape": []}),
        changed(["view"], "sideways"),
        GOOD.replace('"filters":1', '"filters":1024').replace('"kernel_size":[3,3]', '"kernel_size":[1024,1024]'),
        changed(["layers", 0, "weights", "kernel"], BOMB),
        changed(["moved"], 3),
        changed(["moved"], [[[0, 0, 0, 0, -1], [1, 1]]]),
        changed(["moved"], [[[0, 0, 0, 0, 0], [1, float("nan")]]]),
        changed(["wanted"], {"sample": "x"}),
    ],
    ids=lambda text: "damaged",
)
def test_a_damaged_state_is_refused_in_plain_words(text):
    before = psutil.Process().memory_info().rss
    with pytest.raises(ValueError, match="`state` must be a text that an explorer's `state` gave"):
        explore(state=text)
    assert psutil.Process().memory_info().rss < before + 50 * 2**20


@pytest.mark.parametrize("state", [b"{}", 7, {"explore": 1}])
def test_a_state_that_is_no_text_is_refused(state):
    with pytest.raises(TypeError, match="`state` must be a text"):
        explore(state=state)


def test_a_state_stands_in_place_of_a_layer():
    with pytest.raises(TypeError, match="a layer or a state, not both"):
        explore(layers.Conv2D(1, 3), state=GOOD)
    with pytest.raises(TypeError, match="needs a layer or a state"):
        explore()
