"""Random moves of every control, and what of a reader's stays untouched meanwhile.

Moves: nothing raised, logged or printed, no dead control, facts of the settings shown. Judged by
what the controls themselves show, and by a layer that Keras builds here with those settings. `make test` makes 20
from each start, `make soak` 20,000 in all.
"""

import ast
import logging
import math
import os
import random
import re
import warnings
from pathlib import Path

import ipywidgets
import keras
import matplotlib
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from reading_controls import controls, revision

from widgets import DeformableConv2D, compare, explore, predict
from widgets.stage.snapshot import sent

OURS = Path(explore.__code__.co_filename).parent
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
            first = explorer.facts.channel_axis == 1
            channels = values["input channels"]
            found[name] = (batch, channels, *sizes) if first else (batch, *sizes, channels)
        elif name == "output_padding" and not values[name]:
            found[name] = None
        elif axes := [axis for axis in AXES[1] + AXES[3] if f"{name} {axis}" in values]:
            if type(values.get(name)) is int:  # one slider for all axes: those of the others, hidden, go with it
                assert {values[f"{name} {axis}"] for axis in axes} == {values[name]}
                axes.append(name)
            found[name] = tuple(values[f"{name} {axis}" if axis != name else name] for axis in axes)
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
    assert snapshot["code"] == sent(explorer.code)
    assert explorer.code.split("  # weights of its own: ")[0] == facts.code
    assert snapshot["problem"] == sent(facts.problem)
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
    if facts.problem.startswith("No window fits into the input"):  # though TensorFlow returned cells
        sizes = np.delete(facts.input_shape, [0, facts.channel_axis])
        windows = zip(settings["kernel_size"], settings["dilation_rate"])
        assert any(d * (k - 1) + 1 > n for n, (k, d) in zip(sizes, windows))
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
            capfd.readouterr()  # what Keras writes and logs to the judge
            swallowed.clear()
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
    assert [str(warning.message) for warning in recwarn if Path(warning.filename).parent == OURS] == []


# What is the reader's


def with_a_generator_as_seed():
    return layers.Conv2D(4, 3, kernel_initializer=keras.initializers.HeNormal(seed=keras.random.SeedGenerator(3)))


def with_an_activation_that_learns():
    layer = layers.Conv2D(4, 3, activation=layers.PReLU(shared_axes=[1, 2]))
    layer(np.ones((1, 8, 7, 4)))
    layer.activation.set_weights([np.full((1, 1, 4), 0.5)])
    return layer


def built():
    layer = layers.Conv2D(4, 3, groups=2, kernel_regularizer="l2", activity_regularizer="l2", bias_constraint="non_neg")
    layer(np.ones((1, 8, 7, 4)))
    layer.trainable = False
    return layer


def compiled():
    dropped = layers.BatchNormalization()(layers.Dropout(0.5)(layers.Conv2D(4, 3)(x := keras.Input((8, 8, 4)))))
    model = keras.Model(x, layers.Dense(1)(layers.Flatten()(layers.Conv2D(2, 3, activation="relu")(dropped))))
    model.compile("sgd", "mse")
    model.fit(np.ones((2, 8, 8, 4)), np.ones(2), verbose=0)
    return model


THEIRS = {
    "Conv2D": lambda: layers.Conv2D(4, 3),
    "Conv2D, float16": lambda: layers.Conv2D(4, 3, dtype="mixed_float16"),
    "built": built,
    "seed generator": with_a_generator_as_seed,
    "unbuilt PReLU": lambda: layers.Conv2D(4, 3, activation=layers.PReLU()),
    "built PReLU": with_an_activation_that_learns,
    "Conv1D": lambda: layers.Conv1D(4, 3),
    "Conv3D": lambda: layers.Conv3D(4, 2),
    "Conv2DTranspose": lambda: layers.Conv2DTranspose(4, 3),
    "DepthwiseConv2D": lambda: layers.DepthwiseConv2D(3),
    "SeparableConv2D": lambda: layers.SeparableConv2D(4, 3),
    "DeformableConv2D": lambda: DeformableConv2D(4, 3),
    "unbuilt model": lambda: keras.Sequential([layers.Conv2D(4, 3, activation=layers.PReLU()), layers.Dropout(0.5)]),
    "model in a model": lambda: keras.Sequential(
        [
            keras.Input((8, 8, 4)),
            keras.Sequential([keras.Input((8, 8, 4)), layers.Conv2D(4, 3), layers.MaxPooling2D(2)]),
            layers.Conv2D(4, 2),
        ]
    ),
    "trained model": compiled,
}


def parts(theirs):
    """All that can be told of a layer or of a model."""
    every = [theirs, *getattr(theirs, "layers", []), getattr(theirs, "activation", None)]
    told = []
    for one in filter(lambda one: isinstance(one, keras.Layer), every):
        states = [value.numpy().tolist() for value in one.variables]
        policy = (one.dtype_policy.name, one.trainable, one.name, one.built, len(one.losses))
        told.append((states, policy, [v.path for v in one.variables], repr(one.get_config()), sorted(vars(one))))
    seed = getattr(getattr(theirs, "kernel_initializer", None), "seed", None)
    return told, seed.state.numpy().tolist() if hasattr(seed, "state") else seed


def world():
    """What is there once in a process."""
    return {
        "python": random.getstate(),
        "numpy": str(np.random.get_state()),
        "tensorflow": tf.random.get_global_generator().state.numpy().tolist(),
        "keras": (keras.config.floatx(), keras.config.image_data_format(), keras.config.epsilon()),
        "policy": keras.config.dtype_policy().name,
        "own classes": dict(keras.saving.get_custom_objects()),
        "eager": (tf.config.functions_run_eagerly(), tf.executing_eagerly(), tf.config.optimizer.get_jit()),
        "device": tf.zeros(()).device,
        "warnings": list(warnings.filters),
        "levels": {name: getattr(one, "level", None) for name, one in logging.root.manager.loggerDict.items()},
        "handlers": list(logging.root.handlers),
        "matplotlib": {name: dict.__getitem__(matplotlib.rcParams, name) for name in matplotlib.rcParams},
        "environment": dict(os.environ),
        "numpy's settings": (np.geterr(), np.get_printoptions()),
    }


def names():
    """The numbers in the names that Keras gives next."""
    x = keras.Input((4, 4, 1))
    model = keras.Model(x, keras.ops.pad(layers.Conv2D(1, 1)(x), ((0, 0), (1, 1), (1, 1), (0, 0))))
    last = model.operations[-1]
    told = [x.name, model.name, last.name, layers.Conv2D(1, 1).name, layers.Dropout(0.5).seed_generator.name]
    return np.array([int(re.search(r"(\d*)$", name)[1] or 0) for name in told])


def use(theirs, x):
    """All three functions, with moves in between, and a refusal."""
    explorer = explore(theirs, x)
    for move in {"kernel_size": 2}, {"strides": 2, "dilation_rate": 2}, {"strides": 1, "activation": "relu"}:
        explorer.settings = move
    if not isinstance(theirs, keras.Model):
        explorer.settings = {"dilation_rate": 1}
        assert explore(state=explorer.state).y.shape == explorer.y.shape
        asked = predict(theirs, x, ask=["output_shape", "value"])
        asked.show()
        asked.explorer.settings = {"use_bias": False}
    else:
        explorer._add()
        explorer._remove()
        explorer._repr_mimebundle_()
    if isinstance(theirs, keras.Sequential):
        compare([theirs, layers.MaxPooling2D(2)], x).measure(1)
    elif not isinstance(theirs, keras.Model):
        compare([theirs], x)


@pytest.mark.parametrize("name", THEIRS)
def test_what_the_reader_has_stays_as_it_was(name, monkeypatch):
    theirs = THEIRS[name]()
    x = np.sin(np.arange(256)).reshape({"1D": (1, 64, 4), "3D": (1, 4, 4, 4, 4)}.get(name[4:6], (1, 8, 8, 4)))
    x.flags.writeable = False
    use(layers.Conv2D(1, 1), np.ones((1, 4, 4, 1)))  # TensorFlow and Matplotlib are there
    monkeypatch.setattr(logging.getLogger("tensorflow"), "level", logging.INFO)
    twice = np.stack([names(), names()])
    mine, all_of_it, cells = parts(theirs), world(), x.copy()
    use(theirs, x)
    now = world()
    assert parts(theirs) == mine
    assert {key for key in now if now[key] != all_of_it[key]} == set()
    assert (names() - twice[1]).tolist() == (twice[1] - twice[0]).tolist()
    assert np.array_equal(x, cells)
