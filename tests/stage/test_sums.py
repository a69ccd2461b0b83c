"""The sums that the page writes out, for random settings of every kind: they are what Keras returned."""

import base64
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from keras import layers

from widgets import DeformableConv2D, explore
from widgets.facts import KINDS

SCRIPT = Path(__file__).with_name("sums.mjs")
SETTINGS, CELLS = 24, 20  # of each kind, and of each setting


def random_case(kind, rng):
    """A layer, legal or not, and an input's shape."""
    rank = len(KINDS[kind].axes)
    channels = rng.choice([1, 2, 4, 6])
    groups = rng.choice([1, 1, 2])
    arguments = {
        "kernel_size": [rng.randint(1, 4) for _ in range(rank)],
        "padding": rng.choice(["valid", "same"]),
        "use_bias": rng.random() < 0.8,
        "bias_initializer": "ones",
        "activation": rng.choice([None, "relu", "tanh", "softmax"]),
        rng.choice(["strides", "dilation_rate"]): rng.randint(1, 3),
    }
    if not kind.startswith("Depthwise"):
        arguments["filters"] = groups * rng.randint(1, 3)
    if kind.startswith(("Conv1D", "Conv2D", "Conv3D", "Deformable")) and "Transpose" not in kind:
        arguments["groups"] = groups
    if kind.startswith(("Depthwise", "Separable")):
        arguments["depth_multiplier"] = rng.randint(1, 2)
    if kind == "DeformableConv2D":
        arguments |= {"modulated": rng.random() < 0.5, "offset_bias_initializer": "random_normal"}
    return KINDS[kind].layer_class(**arguments), (1, *(rng.randint(2, 9) for _ in range(rank)), channels)


def sizes_of_sums(e):
    """What the sums' terms add up to without their signs, for every output cell: as far as float32 may be off."""
    layer, x = e.layer, e.facts.steps[-1].x if e.facts.steps else e.x
    weights = {name: abs(weight.values) for name, weight in (e.facts.steps or [e.facts])[-1].weights.items()}
    if isinstance(layer, DeformableConv2D):
        offset, mask = layer.offsets_and_mask(e.x)
        plain = type(layer).from_config(layer.get_config() | {"activation": None})
        plain.build(x.shape)
        plain.kernel.assign(weights["kernel"])
        if plain.use_bias:
            plain.bias.assign(weights["bias"])
        return plain.call_with(abs(x), offset, mask).numpy()
    if e.facts.steps:
        made = getattr(layers, f"Conv{x.ndim - 2}D")
        plain = made(layer.filters, 1, use_bias=layer.use_bias)
    else:
        plain = type(layer).from_config(layer.get_config() | {"activation": None})
    plain.build(x.shape)
    plain.set_weights(list(weights.values()))
    return plain(abs(x)).numpy()


def packed(value):
    """For JSON, with bytes in base64."""
    if isinstance(value, dict):
        return {name: packed(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [packed(one) for one in value]
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, (bytes, bytearray, memoryview)) else value


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_the_sum_that_is_written_out_is_what_keras_returned(kind):
    if shutil.which("node") is None:
        assert os.environ.get("CI") != "true"
        pytest.skip("node is missing; to install it: sudo apt-get install nodejs, or: brew install node")
    rng = random.Random(kind)
    shown, asked = [], []
    for _ in range(SETTINGS):
        e = explore(*random_case(kind, rng))
        if e.facts.problem:
            continue
        stage = e.children[1]
        cells = [[rng.randrange(size) for size in e.y.shape[1:]] for _ in range(CELLS)]
        flat = [[0] * (5 - e.y.ndim) + cell for cell in cells]
        shown.append((e, cells))
        asked.append({"snapshot": stage.snapshot, "first": stage.first_values["values"], "cells": flat})
    assert len(shown) > SETTINGS / 4
    run = subprocess.run(
        ["node", SCRIPT], input=json.dumps(packed(asked)), capture_output=True, text=True, check=True, timeout=60
    )
    for (e, cells), answers in zip(shown, json.loads(run.stdout), strict=True):
        sizes = sizes_of_sums(e)
        for cell, answer in zip(cells, answers, strict=True):
            at = (0, *cell)
            assert np.float32(answer["value"]) == e.y[at]
            assert abs(answer["total"] - e.facts.before_activation[at]) <= 1e-5 * sizes[at], (e.code, cell)
