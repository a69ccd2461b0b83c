"""Random moves of every control: nothing raised, logged or printed, no dead control, facts of the settings shown.

Judged by what the controls themselves show, and by a layer that Keras builds here with those settings. `make test`
makes 20 moves from each start, `make soak` 20,000 in all.
"""

import ast
import logging
import math
import os
import random
import re

import ipywidgets
import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from test_controls import controls, revision

from widgets import DeformableConv2D, explore

SOAK = os.environ.get("SOAK", "") not in ("", "0")
AXES = {1: ("steps",), 2: ("height", "width"), 3: ("depth", "height", "width")}
DONE_BY = (ipywidgets.IntSlider, ipywidgets.Dropdown, ipywidgets.Checkbox, ipywidgets.ToggleButton, ipywidgets.Button)


def chain():
    return keras.Sequential([layers.Conv2D(4, 3), layers.MaxPooling2D(2), layers.Conv2D(4, 3, groups=2)])


def branches():
    x = keras.Input((9, 8, 4))
    left, right = layers.Conv2D(4, 3, padding="same")(x), layers.DepthwiseConv2D(3, padding="same")(x)
    return keras.Model(x, layers.Conv2D(6, 2)(layers.ReLU()(layers.Conv2D(2, 2)(layers.Add()([left, right])))))


STARTS = {
    "Conv1D": lambda: explore(layers.Conv1D(4, 3), (2, 9, 6)),
    "Conv2D": lambda: explore(layers.Conv2D(4, 3), (2, 8, 7, 6)),
    "Conv2D on values": lambda: explore(layers.Conv2D(6, 3), np.sin(np.arange(2 * 7 * 6 * 4)).reshape(2, 7, 6, 4)),
    "Conv2D, the boat": lambda: explore(layers.Conv2D(6, 3)),
    "grouped": lambda: explore(layers.Conv2D(12, 2, groups=3), (1, 8, 7, 12)),
    "channels first": lambda: explore(layers.Conv2D(4, 3, data_format="channels_first"), (1, 4, 8, 7)),
    "Conv3D": lambda: explore(layers.Conv3D(2, 2), (1, 5, 6, 7, 2)),
    "Conv1DTranspose": lambda: explore(layers.Conv1DTranspose(3, 3, strides=2), (2, 7, 4)),
    "Conv2DTranspose": lambda: explore(layers.Conv2DTranspose(3, 3, strides=2), (1, 6, 7, 4)),
    "Conv3DTranspose": lambda: explore(layers.Conv3DTranspose(2, 2), (1, 3, 4, 5, 2)),
    "DepthwiseConv1D": lambda: explore(layers.DepthwiseConv1D(3), (2, 9, 4)),
    "DepthwiseConv2D": lambda: explore(layers.DepthwiseConv2D(3, depth_multiplier=2), (1, 8, 7, 4)),
    "SeparableConv1D": lambda: explore(layers.SeparableConv1D(3, 3), (2, 9, 4)),
    "SeparableConv2D": lambda: explore(layers.SeparableConv2D(3, 3), (1, 8, 7, 4)),
    "DeformableConv2D": lambda: explore(DeformableConv2D(4, 3, offset_groups=2), (1, 8, 7, 4)),
    "a chain": lambda: explore(chain(), (1, 12, 11, 4)),
    "a model with branches": lambda: explore(branches()),
}
MOVES = math.ceil(20_000 / len(STARTS)) if SOAK else 20


# What a reader does


def alive(explorer):
    """The controls that a reader can move now."""
    found = [c for c in controls(explorer) if isinstance(c, DONE_BY) and not getattr(c, "disabled", False)]
    return [c for c in found if not isinstance(c, ipywidgets.Dropdown) or c.options]


def move(control, rng):
    """Move one control as a hand does; returns what was done, as text."""
    if isinstance(control, ipywidgets.Button):
        control.click()
        return f"{control.description} clicked"
    before = control.value
    if isinstance(control, ipywidgets.IntSlider):
        ends = [control.min, control.max]
        near = min(control.max, control.min + int(rng.expovariate(0.3)))
        # Mostly small numbers: twenty thousand layers of the largest would take days.
        value = rng.choice([*ends, *[near] * 8])
    elif isinstance(control, ipywidgets.Dropdown):
        options = [option[1] if isinstance(option, tuple) else option for option in control.options]
        value = rng.choice(options)
    else:
        value = not before
    control.value = value
    done = f"{control.description}: {before} -> {value}"
    if control.description not in ("groups", "offset_groups"):  # these go on to the next divisor
        assert control.value == value, done
    return done


# What the controls show


def names_a_setting(control):
    return control.description.split()[0] in ("input", "filters", "kernel_size", "padding", *DEFAULTS)


def shown(explorer):
    """The settings that a reader sees: of an explorer with several layers, those of the one with sliders."""
    values = {}
    for control in controls(explorer):
        if isinstance(control, (ipywidgets.IntSlider, ipywidgets.Dropdown, ipywidgets.Checkbox)):
            values.setdefault(control.description, control.value)
    found = {}
    for name, was in explorer.settings.items():
        axes = AXES[len(was) - 2] if name == "input_shape" else None
        if name == "input_shape":
            batch, sizes = was[0], [values[f"input {axis}"] for axis in axes]
            first = explorer.layer is not None and getattr(explorer.layer, "data_format", "") == "channels_first"
            channels = values["input channels"]
            found[name] = (batch, channels, *sizes) if first else (batch, *sizes, channels)
        elif name == "output_padding" and not values[name]:
            found[name] = None
        elif any(f"{name} {axis}" in values for axis in AXES[3] + AXES[1]):
            found[name] = tuple(values[f"{name} {axis}"] for axis in AXES[1] + AXES[3] if f"{name} {axis}" in values)
        else:
            found[name] = None if values[name] == "None" else values[name]
    return found


DEFAULTS = {
    "strides": 1,
    "padding": "valid",
    "output_padding": None,
    "depth_multiplier": 1,
    "dilation_rate": 1,
    "groups": 1,
    "use_bias": True,
    "activation": None,
    "offset_groups": 1,
    "modulated": False,
}


def written(code, names):
    """The settings of these names in a layer's line of code."""
    call = ast.parse(code.split("  #")[0], mode="eval").body
    required = ["kernel_size"] if "Depthwise" in code else ["filters", "kernel_size"]
    given = dict(zip(required, call.args)) | {word.arg: word.value for word in call.keywords}
    found = {name: ast.literal_eval(given[name]) if name in given else DEFAULTS[name] for name in names}
    rank = int(re.search(r"(\d)D", code)[1]) if "Conv" in code else 0
    each = ("kernel_size", "strides", "dilation_rate", "output_padding")
    return {name: (v,) * rank if name in each and isinstance(v, int) else v for name, v in found.items()}


def keras_shape(code, shape):
    """The shape that Keras gives for the layers of a line of code; None where it refuses, or returns nothing."""
    tf.config.run_functions_eagerly("3D(" not in code)  # TensorFlow's own grouped kernel: nothing to compile
    try:
        with tf.device("CPU:0"):
            made = eval(code, {"layers": layers, "keras": keras, "DeformableConv2D": DeformableConv2D})
            y = made(np.zeros(shape, "float32"))
        return None if 0 in y.shape else tuple(y.shape)
    except Exception:
        return None
    finally:
        tf.config.run_functions_eagerly(False)


def check(explorer, judged):
    """Settings, facts, code and picture are those that the controls show."""
    seen, facts = shown(explorer), explorer.facts
    snapshot = explorer.children[1].snapshot
    assert explorer.settings == seen
    assert snapshot["code"] == facts.code == explorer.code
    assert snapshot["problem"] == facts.problem
    assert bool(facts.problem) == (facts.y is None) == (facts.output_shape is None)
    settings = {name: value for name, value in seen.items() if name != "input_shape"}
    if settings and facts.operation != "chain":
        assert facts.settings == settings == written(facts.code, settings)
        assert facts.input_shape == seen.get("input_shape", facts.input_shape)
    elif settings and not facts.problem:  # of a refused chain, the code ends at the layer that was refused
        chosen = next(control.value for control in controls(explorer) if control.description == "sliders for layer")
        call = ast.parse(facts.code, mode="eval").body.args[0].elts[chosen]
        assert settings == written(ast.unparse(call), settings)
    if facts.problem.startswith("Keras was not asked"):
        assert " bytes, and at most 268,435,456" in facts.problem or " multiply-accumulates; " in facts.problem
        return
    if not facts.problem:
        assert facts.y.shape == facts.output_shape
        assert facts.x.shape == facts.input_shape
        assert snapshot["grids"][-1]["label"] == str(facts.output_shape)
        assert all(np.isfinite(facts.y).ravel())
    if judged and facts.x.size < 10**6:
        assert keras_shape(facts.code, facts.input_shape) == facts.output_shape, facts.problem


@pytest.fixture
def swallowed():
    """Whatever is logged: ipywidgets logs what a button's callback raises, and goes on."""
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    loggers = [logging.getLogger(), logging.getLogger("traitlets")]
    for logger in loggers:
        logger.addHandler(handler)
    yield records
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.mark.parametrize("start", STARTS)
def test_whatever_is_moved_the_facts_are_of_the_settings_shown_and_every_control_lives(
    start, swallowed, capfd, recwarn
):
    rng = random.Random(f"{start} {'soak' if SOAK else ''}")
    explorer, done = STARTS[start](), []
    for number in range(MOVES):
        control = rng.choice(alive(explorer))
        drawn = revision(explorer)
        before = getattr(control, "value", None)
        try:
            capfd.readouterr()  # what Keras writes to the judge
            done.append(move(control, rng))
            assert capfd.readouterr() == ("", "")
            assert [record.getMessage() + str(record.exc_info) for record in swallowed] == []
            if before != getattr(control, "value", None) and names_a_setting(control):
                assert revision(explorer) > drawn
            check(explorer, judged=number % 4 == 0 or not SOAK)
        except BaseException as error:
            error.args = (f"{error}\nafter the moves {done[-30:]} and {control.description}",)
            raise
        if explorer.x.size > 10**5:  # what follows would take long
            next(c for c in alive(explorer) if c.description == "Reset").click()
    assert [str(warning.message) for warning in recwarn if "widgets" in warning.filename] == []
