"""Random moves of every control: nothing raised, logged or printed, no dead control, facts of the settings shown.

Judged by what the controls themselves show, and by a layer that Keras builds here with those settings. `make test`
makes 20 moves from each start, `make soak` 20,000 in all.
"""

import ast
import logging
import math
import os
import random

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
BUTTONS_ONLY = ("square", "cube")  # boxes that tie sliders together: they need not move any


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
    """The controls that a reader can move now, each under its name and its place among those of that name."""
    found = [c for c in controls(explorer) if isinstance(c, DONE_BY) and not getattr(c, "disabled", False)]
    return [c for c in found if c.description != "Measure time"]


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
        value = rng.choice([*ends, near, near, near, near, near, near, near, near])
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


def written(code):
    """The layers that a code line makes, in order."""
    code = code.split("  #")[0]
    ast.parse(code, mode="eval")
    made = eval(code, {"layers": layers, "keras": keras, "DeformableConv2D": DeformableConv2D})
    return made.layers if isinstance(made, keras.Sequential) else [made]


def has(layer, settings):
    """Whether a layer has these settings."""
    names = {name: getattr(layer, name) for name in settings if name not in ("activation", "input_shape")}
    activation = None if layer.activation is keras.activations.linear else layer.activation.__name__
    return names | {"activation": activation} == {n: v for n, v in settings.items() if n != "input_shape"}


def keras_shape(made, x):
    """The shape that Keras gives for these layers one after the other; None where it refuses, or returns nothing."""
    tf.config.run_functions_eagerly(not any(getattr(layer, "rank", 2) == 3 for layer in made))
    try:
        with tf.device("CPU:0"):
            for layer in made:
                x = layer(x)
        return None if 0 in x.shape else tuple(x.shape)
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
    made = written(facts.code)
    if seen:
        if facts.operation != "chain":
            assert facts.settings == {name: value for name, value in seen.items() if name != "input_shape"}
            assert facts.input_shape == seen.get("input_shape", facts.input_shape)
            assert has(made[0], seen)
        elif not facts.problem:  # of a refused chain, the code may end at the layer that was refused
            assert has(made[explorer._chosen], seen)
    if facts.problem.startswith("Keras was not asked"):
        assert " bytes, and at most 268,435,456" in facts.problem or " multiply-accumulates; " in facts.problem
        return
    if not facts.problem:
        assert facts.y.shape == facts.output_shape
        assert facts.x.shape == facts.input_shape
        assert snapshot["grids"][-1]["label"] == str(facts.output_shape)
        assert all(np.isfinite(facts.y).ravel())
    if judged and facts.x.size < 10**6:
        assert keras_shape(made, np.zeros(facts.input_shape, "float32")) == facts.output_shape, facts.problem


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
    capfd.readouterr()
    for number in range(MOVES):
        control = rng.choice(alive(explorer))
        drawn = revision(explorer)
        before = getattr(control, "value", None)
        try:
            done.append(move(control, rng))
            assert [record.getMessage() + str(record.exc_info) for record in swallowed] == []
            if before != getattr(control, "value", None) and control.description not in BUTTONS_ONLY:
                assert revision(explorer) > drawn
            check(explorer, judged=number % 4 == 0 or not SOAK)
        except BaseException as error:
            error.args = (f"{error}\nafter the moves {done[-30:]} and {control.description}",)
            raise
        if explorer.x.size > 10**5 and rng.random() < 0.5:  # large inputs cost time
            next(c for c in alive(explorer) if c.description == "Reset").click() if explorer.settings else None
    assert capfd.readouterr() == ("", "")
    assert [str(warning.message) for warning in recwarn if "widgets" in warning.filename] == []
