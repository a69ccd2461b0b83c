"""Every way out that a message names is one: it is done to the letter, and leads to an answer.

A row below provokes a message, and follows it. What is meant for the eye alone, or can only be followed in a browser or
in another process, is listed with its reason.
"""

import ast
import os
import re
from contextlib import contextmanager
from pathlib import Path
from string import Formatter
from unittest import mock

import keras
import numpy as np
import PIL.Image
import pytest
from keras import layers

from widgets import compare, explore, goal, predict
from widgets.explorer import image_controls
from widgets.facts import layer_facts, tensorflow_import
from widgets.language import set_language
from widgets.language.english import ENGLISH
from widgets.page import recording
from widgets.picture import layer_picture
from widgets.quiz import random_questions

TESTS = Path(__file__).parents[1]

# What a message that names a way out is told by: a rule that was broken, or a word that says what to do.
WAY_OUT = re.compile(
    r"\b(Received|[Tt]ry|Leave|Hand over|[Ss]et|[Rr]emove|[Mm]ove|[Gg]ive|[Pp]ress|[Rr]un|[Rr]eload|Open|Change only)\b"
    r"|please write|\bmust (be|divide)\b|\bforbids\b|\bdoes not (allow|let)\b"
)
TEACHING = ("hint", "mistake", "worked", "question")  # what a learner is to find out, and no message has refused
FOR_THE_EYE = {
    "certainty.at_least": "a number",
    "chain.remove_layer": "a button",
    "goal.failed": "says what the learner's own layer is still to become",
    "stage.edit": "a button",
    "stage.edit_hint": "says how cells are edited; done in tests/browser/test_hands.py",
    "stage.full_leave": "a button",
    "stage.no_output": "a headline",
    "stage.grid_label": "says which keys there are; done in tests/browser/test_for_everyone.py",
    "stage.own_large": "editing.image_large, which is followed below, in the browser's words",
    "stage.points_hint": "says how points are moved; done in tests/browser/test_deformable.py",
    "page.kernel_adds": "says what a notebook can do besides",
    "site.lead": "says what a notebook can do besides",
    "site.setup": "a heading",
    "site.colab": "a link",
    "sharing.received": "stands inside sharing.bad_state",
}
# A file, and what of it is followed there.
ELSEWHERE = {
    "connection.deaf": ("browser/test_hard_use.py", "run this cell again"),
    "connection.gone": ("browser/hosted/test_hosted_page.py", "run the cells up to this one again"),
    "connection.waiting": ("browser/hosted/test_hosted_page.py", "Still waiting for the kernel"),
    "facts.advice_onednn": ("facts/test_facts.py", '"TF_ENABLE_ONEDNN_OPTS": "0"'),
    "facts.ends_process": ("facts/test_model.py", 'run("0")'),
    "page.open_in_browser": ("browser/test_page.py", "Open this file in a current web browser"),
    "stage.copy_refused": ("browser/hosted/test_hosted_page.py", "does not let this page copy"),
    "stage.file_framed": ("browser/hosted/test_hosted_page.py", "If no file comes"),
    "stage.full_refused": ("browser/hosted/test_hosted_page.py", "does not allow full screen"),
}


def texts_of(text):
    return list(text.values()) if isinstance(text, dict) else text if isinstance(text, list) else [text]


def naming_a_way_out():
    for room, texts in ENGLISH.items():
        if room not in TEACHING:
            yield from (f"{room}.{name}" for name, text in texts.items() if any(map(WAY_OUT.search, texts_of(text))))


def says(text, key):
    """Whether a text holds the sentence of this key, whatever its fields are filled with."""
    room, name = key.split(".")
    for template in texts_of(ENGLISH[room][name]):
        parts = [re.escape(part) for part, *_ in Formatter().parse(template)]
        if re.search(".*".join(parts), text, re.DOTALL):
            return True
    return False


def text_of(call):
    """What is said: the words of a refusal, or what the call returns; "" for a tool."""
    try:
        said = call()
    except (TypeError, ValueError, ImportError) as refusal:
        return str(refusal)
    said = getattr(said, "text", said)
    return said if isinstance(said, str) else ""


def answers(tool):
    """Whether a reader sees what he wanted to see."""
    if isinstance(tool, (list, tuple)):
        return all(map(answers, tool))
    if hasattr(tool, "rows"):
        return not any(row["problem"] for row in tool.rows)
    facts = getattr(tool, "facts", tool)
    return not facts.problem if hasattr(facts, "problem") else tool is not None


def code(text):
    """The last piece of code in a text."""
    return re.findall(r"`([^`]+)`|<code>(.*?)</code>", text)[-1]


def do(text, **names):
    """The value of the code that a text names last."""
    words = {"keras": keras, "layers": layers, "numpy": np, "np": np, "explore": explore, "compare": compare}
    return eval("".join(code(text)), words | {"predict": predict, "goal": goal} | names)


def numbers(text):
    """The numbers to try, at the end of a text such as "try groups=2 or 4."."""
    return [int(n) for n in re.findall(r"-?\d+", text[text.rindex("try ") :])]


def problem_of(layer):
    return compare([layer], (1, 5, 2)).rows[0]["problem"]


STATES = layers.LSTM(3, return_state=True)
TWO_ANSWERS = keras.Model(start := keras.Input((5, 2)), [layers.Conv1D(1, n)(start) for n in (2, 3)])
CONV, PICTURE = layers.Conv2D(1, 3), np.random.default_rng(0).random((1, 9, 8, 1)).astype("float32")


def with_x(x, layer=CONV, **names):
    """A row for an x that is refused: what the message says becomes the new x."""

    def follow(text):
        found = x
        for _ in range(2):  # what a generator gives may be a pair
            found = do(text, x=found)
            try:
                return explore(layer, found)
            except (TypeError, ValueError) as refusal:
                text = str(refusal)
        raise AssertionError(text)

    return lambda: explore(layer, x), follow


def shape_named(layer, x):
    """A row for an x that is refused: the message names a shape."""
    return lambda: explore(layer, x), lambda text: explore(
        layer, ast.literal_eval(re.search(r"Try .*?(\(\d.*?\))", text)[1])
    )


def with_numbers(layer, x, settings, name):
    """A row for advice that counts up what may be tried."""

    def follow(text):
        assert numbers(text)
        return [moved(layer, x, **settings | {name: n}) for n in numbers(text)]

    return lambda: moved(layer, x, **settings).facts.advice, follow


def moved(layer, x, **settings):
    explorer = explore(layer, x)
    explorer.settings = settings
    return explorer


def refused_settings(**settings):
    return moved(layers.Conv2D(2, 3), (1, 9, 9, 2), **settings)


def moved_back(**settings):
    """A row for advice to take the last move back, or to press Reset."""
    made = []

    def provoke():
        made.append(refused_settings(**settings))
        return made[-1].facts.advice

    def follow(_):
        made[-1].settings = {name: layer_facts(layers.Conv2D(2, 3), (1, 9, 9, 2)).settings[name] for name in settings}
        once = not made[-1].facts.problem
        made[-1].settings = settings
        made[-1]._controls.reset()
        return made[-1] if once else None

    return provoke, follow


class NoConfig(layers.Layer):
    def __init__(self, size, name=None):
        super().__init__(name=name)
        self.size = size

    def call(self, x):
        return x * self.size


class WithConfig(NoConfig):
    def get_config(self):
        return {"name": self.name, "size": self.size}


class Unseen(layers.Layer):
    """Keras cannot tell what it returns."""

    def call(self, x):
        return keras.ops.convert_to_tensor(2 * np.asarray(x))


class Told(Unseen):
    def compute_output_shape(self, input_shape):
        return input_shape


class Own(keras.Model):
    def __init__(self):
        super().__init__()
        self.first, self.second = layers.Dense(2), layers.Conv2D(1, 3)

    def call(self, x):
        return self.second(self.first(x))


PAIR = [keras.Input((8, 8, 1)) for _ in range(2)]
TWO_INPUTS = keras.Model(PAIR, layers.Conv2D(1, 3)(layers.Add()(PAIR)))
BACKBONE = keras.Sequential(
    [keras.Input((9, 9, 1)), keras.Sequential([keras.Input((9, 9, 1)), layers.Conv2D(1, 3)]), layers.Flatten()]
)

LATER = keras.Sequential([layers.Lambda(lambda x: x[:, 9:]), layers.Conv2D(1, 3, padding="same")])


def pooled(shape, pool=layers.MaxPooling2D, **settings):
    """A convolution and a pooling layer, after the convolution's kernel has been made larger."""
    tool = explore(keras.Sequential([layers.Conv2D(1, 1), pool(3, strides=1, **settings)]), shape)
    tool.settings = {"kernel_size": (3, 3)}
    return tool


def own_pooling(window, strides):
    return layers.Lambda(lambda x: keras.ops.max_pool(x, window, strides))


def old_layer():
    """A stand-in for a layer of `tf_keras`, which is not installed for this: it has its module and its config."""
    config = {"name": "conv2d", "trainable": True, "dtype": "float32", "filters": 2, "kernel_size": (3, 3)}
    config |= {"strides": (2, 2), "padding": "same", "data_format": "channels_last", "groups": 1, "use_bias": True}
    config["kernel_initializer"] = {
        "module": "keras.initializers",
        "class_name": "HeNormal",
        "config": {"seed": None},
        "registered_name": None,
    }
    config |= {"dilation_rate": (1, 1), "activation": "relu"}
    made = type("Conv2D", (), {"get_config": lambda self: config})
    made.__module__ = "tf_keras.src.layers.convolutional.conv2d"
    return made()


@contextmanager
def environment(**changes):
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


def with_old_keras():
    with environment(TF_USE_LEGACY_KERAS="1"):
        tensorflow_import.import_tensorflow()


def with_other_backend():
    kept, keras.backend.backend = keras.backend.backend, lambda: "torch"
    try:
        tensorflow_import.import_tensorflow()
    finally:
        keras.backend.backend = kept


def imported_again(text):
    """What the text says of the environment is so here, and the import goes through."""
    assert "TF_USE_LEGACY_KERAS" not in os.environ and os.environ.get("KERAS_BACKEND", "tensorflow") == "tensorflow"
    tensorflow_import.import_tensorflow()
    return explore(CONV)


def in_no_try(ask):
    """A question for which no numbers are found, as none are tried."""
    before, random_questions.TRIES = random_questions.TRIES, 0
    try:
        return predict(layers.Conv2D(1, 3), (1, 8, 8, 1), ask=ask)
    finally:
        random_questions.TRIES = before


def started(text):
    explorer = explore(CONV)
    do(text, e=explorer)
    return explorer


def saved_as_told(text):
    do(text, e=explore(CONV))
    return Path("picture.png").read_bytes()


def page_of(controls):
    """A page that may have four states."""
    with mock.patch.object(recording.LIMITS, "states", 4):
        explore(layers.Conv2D(1, 2), (1, 4, 4, 1)).save("page.html", controls)


def small_page_of(x):
    """A page that may have 50,000 bytes: a comparison's, whose picture alone may be more."""
    with mock.patch.object(recording.LIMITS, "size", 50_000):
        compare([layers.Conv2D(4, 3)], x).save("page.html")


def page_as_told(text):
    page_of(ast.literal_eval(re.search(r"Try controls=(.*): it", text)[1]))
    return page()


def page():
    return Path("page.html").read_bytes()


def page_by_code(text):
    do(text)
    return Path("questions.html").read_bytes()


def file_of(width, height):
    PIL.Image.new("L", (width, height)).save("made.png")
    return Path("made.png").read_bytes()


def asked(answer, kind="output_shape"):
    question = predict(layers.Conv2D(4, 3), (1, 9, 9, 2), ask=kind)
    feedback = question.answer(answer)
    return question, feedback


def written_again(kind, wrong, right=None):
    """A row for an answer that could not be read: what the text holds between backquotes can be."""

    def follow(text):
        again = right if right is not None else "".join(code(text))
        question, feedback = asked(again, kind)
        assert question.results[0]["tries"] == 1, feedback.text
        return feedback

    return lambda: asked(wrong, kind)[1], follow


def followed_state(text):
    """Copied once more, from the first brace to the last."""
    whole = "the state:\n" + explore(CONV).state + "\n"
    return explore(state=whole[whole.index("{") : whole.rindex("}") + 1])


def with_a_layer_more():
    explorer = explore(keras.Sequential([keras.Input((12, 12, 1)), layers.Conv2D(1, 3), layers.MaxPooling2D(2)]))
    explorer._add()
    return explorer


def moved_elsewhere(explorer):
    """`first layer drawn` moved to another layer, and back."""
    for place in (1, 0):
        explorer._first.value = place
    assert len(explorer._chain) <= 2
    return explorer


def first_drawn_elsewhere():
    explorer = explore(keras.Sequential([keras.Input((12, 12, 1)), layers.MaxPooling2D(2), layers.Conv2D(1, 3)]))
    explorer._count.value = 1  # the pooling alone is drawn
    with pytest.raises(ValueError, match="No convolution is drawn"):
        explorer.settings = {"strides": 2}
    explorer._first.value = 1
    explorer.settings = {"strides": 2}
    return explorer


STRETCHING = layers.Conv2DTranspose(2, 2, strides=3, padding="same")
SINGLE = keras.Sequential([keras.Input((9, 9, 1)), layers.MaxPooling2D(2)])
BUILT = keras.Sequential([keras.Input((9, 9, 3)), layers.Conv2D(2, 3)]).layers[0]

CELLS = layers.LSTMCell(3), layers.StackedRNNCells([layers.GRUCell(2)])
UNCOPIED = NoConfig(np.ones(1)), layers.RandomShear(0.1, 0.2)

REMEDIES = {
    "facts.not_a_layer": (lambda: explore(layers.InputLayer((8, 8, 1))), do),
    "facts.old_layer": (lambda: explore(old_layer()), lambda text: explore(do(text, layer=old_layer()))),
    "facts.other_layer": (
        lambda: explore(layers.MaxPooling2D(2)),
        lambda text: [
            do(text, layer=layers.MaxPooling2D(2), x=(1, 8, 8, 1)),
            *(do(text_of(lambda cell=cell: explore(cell)), layer=cell, x=(1, 8, 2)) for cell in CELLS),
        ],
    ),
    "facts.not_copied": (
        lambda: compare([NoConfig(np.ones(1))]),
        lambda text: [
            compare([WithConfig(np.ones(1))]),
            *((compare([model]), explore(model)) for one in UNCOPIED for model in [do(text, layer=one)]),
        ],
    ),
    "facts.several_answers": (
        lambda: problem_of(TWO_ANSWERS),
        lambda text: compare([do(text, model=TWO_ANSWERS), do(problem_of(STATES), layer=STATES)], (1, 5, 2)),
    ),
    "facts.recurrent": (lambda: explore(layers.ConvLSTM2D(2, 3)), do),
    "facts.bad_shape": shape_named(layers.Conv1D(2, 3), (1, 9)),
    "facts.bad_rank": with_x(np.zeros((8, 9, 2))),
    "facts.try_a_batch": with_x(np.zeros((8, 9, 2))),
    "facts.try_a_part": with_x(np.zeros((1, 1, 8, 8, 1))),
    "facts.try_a_channel": with_x(np.zeros((1, 8, 8))),
    "facts.try_a_shape": shape_named(layers.Conv3D(2, 3), np.zeros((2,))),
    "facts.large_input": (
        lambda: explore(CONV, np.broadcast_to(np.float32(0), (1, 2**14, 2**13, 1))),
        lambda text: explore(CONV, np.broadcast_to(np.float32(0), (1, 2**14, 2**13, 1))[:, :50, :50]),
    ),
    "facts.not_numbers": with_x({"image": PICTURE, "label": np.zeros(1)}),
    "facts.bad_path": (
        lambda: explore(CONV, "no such picture.png"),
        lambda text: explore(CONV, TESTS.parent / "notebooks/images/explorer.png"),
    ),
    "facts.masked": with_x(np.ma.masked_greater(PICTURE, 0.5)),
    "facts.other_channels": (
        lambda: explore(BUILT, (1, 9, 9, 2)),
        lambda text: (explore(BUILT, (1, 9, 9, 3)), explore(layers.Conv2D(2, 3), (1, 9, 9, 2))),
    ),
    "facts.keras_2": (with_old_keras, imported_again),
    "facts.other_backend": (with_other_backend, imported_again),
    "facts.broken_rule": (
        lambda: refused_settings(strides=0).facts.advice,
        lambda text: refused_settings(strides=int(re.search(r"at least (\d)", text)[1])),
    ),
    "facts.advice_strides_dilation": (
        lambda: refused_settings(strides=2, dilation_rate=2).facts.advice,
        lambda text: [refused_settings(strides=1, dilation_rate=2), refused_settings(strides=2, dilation_rate=1)],
    ),
    "facts.advice_window": (
        lambda: refused_settings(kernel_size=5, dilation_rate=3).facts.advice,
        lambda text: [
            refused_settings(kernel_size=3, dilation_rate=3),
            refused_settings(kernel_size=5, dilation_rate=2),
            refused_settings(kernel_size=5, dilation_rate=3, padding="same"),
            explore(layers.Conv2D(2, 5, dilation_rate=3), (1, 13, 13, 2)),
        ],
    ),
    "facts.advice_filters": (
        lambda: moved(layers.Conv2D(6, 2), (1, 8, 8, 8), groups=4).facts.advice,
        lambda text: [
            moved(layers.Conv2D(6, 2), (1, 8, 8, 8), **{"groups": 4, name: n})
            for name, n in zip(("groups", "groups", "filters", "filters"), numbers(text), strict=True)
        ],
    ),
    "facts.advice_channels": (
        lambda: layer_facts(layers.Conv2D(6, 2, groups=3), (1, 8, 8, 4)).advice,
        lambda text: [explore(layers.Conv2D(6, 2, groups=n), (1, 8, 8, 4)) for n in numbers(text)],
    ),
    "facts.advice_output_padding": with_numbers(
        layers.Conv2DTranspose(2, 3, strides=2), (1, 5, 5, 1), {"output_padding": 3}, "output_padding"
    ),
    "facts.advice_no_forward": (
        lambda: moved(STRETCHING, (1, 5, 5, 1), output_padding=0).facts.advice,
        lambda text: [moved(STRETCHING, (1, 5, 5, 1), output_padding=n) for n in (2, None)],
    ),
    "facts.advice_rank": (
        lambda: compare([keras.Sequential([layers.Flatten(), layers.Conv2D(1, 3)])]).facts[0].advice,
        lambda text: compare([keras.Sequential([layers.Conv2D(1, 3)])]),
    ),
    "facts.advice_large": (
        lambda: explore(layers.Conv2D(4000, 3), (1, 300, 300, 1)).facts.advice,
        lambda text: [explore(layers.Conv2D(4000, 3), (1, 30, 30, 1)), explore(layers.Conv2D(4, 3), (1, 300, 300, 1))],
    ),
    "facts.advice_other": moved_back(activation="no such"),
    "facts.odd_result": (
        lambda: layer_facts(layers.Conv2D(2, 3, activation=keras.ops.sum), (1, 8, 8, 1)).problem,
        lambda text: explore(layers.Conv2D(2, 3, activation="tanh")),
    ),
    "facts.no_window": (
        lambda: pooled((1, 4, 4, 1)).facts.problem,
        lambda text: [pooled((1, 5, 5, 1)), pooled((1, 4, 4, 1), padding="same")],
    ),
    "facts.no_window_inside": (
        lambda: pooled((1, 4, 4, 1), own_pooling).facts.problem,
        lambda text: pooled((1, 5, 5, 1), own_pooling),
    ),
    "model.no_cells": (lambda: explore(LATER, (1, 8, 8, 1)), lambda text: explore(LATER, (1, 12, 8, 1))),
    "model.not_a_model": (lambda: explore(Own()), lambda text: do(text, model=Own(), x=(1, 8, 8, 1))),
    "model.model_refuses": (
        lambda: explore(keras.Sequential([layers.Conv2D(1, 9)]), (1, 5, 5, 1)),
        lambda text: explore(keras.Sequential([layers.Conv2D(1, 9)]), (1, 12, 12, 1)),
    ),
    "model.no_shapes": (
        lambda: explore(keras.Sequential([Unseen(), layers.Conv2D(1, 3)]), (1, 8, 8, 1)),
        lambda text: explore(keras.Sequential([Told(), layers.Conv2D(1, 3)]), (1, 8, 8, 1)),
    ),
    "model.several_inputs": (lambda: explore(TWO_INPUTS, PICTURE), lambda text: do(text, model=TWO_INPUTS)),
    "model.other_input": (lambda: explore(SINGLE, (1, 8, 9, 1)), lambda text: do(text, model=SINGLE)),
    "model.no_layers": (lambda: explore(keras.Sequential()), lambda text: explore(do(text))),
    "model.explore_part": (lambda: explore(BACKBONE).children[0].value, lambda text: do(text, model=BACKBONE)),
    "picture.nothing_to_draw": (
        lambda: layer_picture(layer_facts(layers.Conv2D(1, 30), PICTURE)),
        lambda text: layer_picture(layer_facts(layers.Conv2D(1, 3), PICTURE)),
    ),
    "picture.unknown_view": (
        lambda: layer_picture(layer_facts(layers.Conv2DTranspose(1, 3), PICTURE), "sideways"),
        lambda text: [
            layer_picture(layer_facts(layers.Conv2DTranspose(1, 3), PICTURE), ast.literal_eval(view))
            for view in re.findall(r"'\w+'|None", text.split("Received")[0])
        ],
    ),
    "controls.unknown_setting": (
        lambda: refused_settings(speed=3),
        lambda text: [refused_settings(**{name: 1}) for name in ("filters", "strides") if name in text],
    ),
    "controls.bad_setting": (
        lambda: refused_settings(strides="two"),
        lambda text: refused_settings(strides=ast.literal_eval(re.search(r"Try strides=(.*)\.$", text)[1])),
    ),
    "controls.unknown_control": (
        lambda: explore(CONV, controls=["speed"]),
        lambda text: explore(CONV, controls=ast.literal_eval(re.search(r"Try controls=(.*)\.$", text)[1])),
    ),
    "controls.bad_question": (lambda: explore(CONV, question=3), lambda text: explore(CONV)),
    "controls.no_layer": (lambda: explore(), do),
    "controls.state_and_layer": (
        lambda: explore(CONV, state=explore(CONV).state),
        lambda text: do(text, state=explore(CONV).state),
    ),
    "controls.bad_cell": (lambda: explore(CONV).start_at((9, 9)), started),
    "controls.unknown_language": (
        lambda: set_language("xy"),
        lambda text: set_language(ast.literal_eval(re.search(r"Try set_language\((.*)\)", text)[1])) or explore(CONV),
    ),
    "editing.image_large": (
        lambda: image_controls.as_input(file_of(5000, 5000), 48, False),
        lambda text: image_controls.as_input(file_of(500, 500), 48, False),
    ),
    "editing.image_damaged": (
        lambda: image_controls.as_input(b"not a picture", 48, False),
        lambda text: image_controls.as_input(file_of(50, 40), 48, False),
    ),
    "chain.nothing_to_set": (
        lambda: setattr(explore(SINGLE), "settings", {"strides": 2}),
        lambda text: first_drawn_elsewhere(),
    ),
    "chain.other_layers": (lambda: with_a_layer_more()._note.value, lambda text: moved_elsewhere(with_a_layer_more())),
    "sharing.bad_state": (lambda: explore(state=explore(CONV).state[:-5]), followed_state),
    "sharing.state_lacks": (
        lambda: explore(layers.Conv2D(1, 3, activation=lambda x: x)).state,
        lambda text: explore(state=explore(layers.Conv2D(1, 3, activation="relu")).state),
    ),
    "sharing.state_layer": (lambda: explore(SINGLE).state, lambda text: explore(state=first_drawn_elsewhere().state)),
    "sharing.state_refused": (
        lambda: refused_settings(kernel_size=20).state,
        lambda text: explore(state=refused_settings(kernel_size=20, padding="same").state),
    ),
    "compare.not_a_list": (lambda: compare(3), lambda text: do(text, x=PICTURE)),
    "compare.not_compared": (lambda: compare([layers.Conv2D]), lambda text: do(text, x=PICTURE)),
    "compare.not_a_stack": (lambda: compare([TWO_INPUTS]), lambda text: do(text, model=TWO_INPUTS)),
    "compare.empty_stack": (lambda: compare([keras.Sequential()]), lambda text: compare([do(text)])),
    "compare.mixed_ranks": (
        lambda: compare([CONV, layers.Conv1D(1, 3)]),
        lambda text: [compare([CONV]), compare([layers.Conv1D(1, 3)])],
    ),
    "compare.not_a_column": (
        lambda: compare([CONV]).sort("speed"),
        lambda text: do(text, sort=(made := compare([CONV])).sort) or made,
    ),
    "predict.not_askable": (lambda: predict(3), do),
    "predict.not_a_question": (
        lambda: predict(CONV, ask="size"),
        lambda text: predict(CONV, ask=ast.literal_eval(re.search(r"Try ask=('.*')", text)[1])),
    ),
    "predict.bad_seed": (
        lambda: predict(CONV, seed=-1),
        lambda text: predict(CONV, seed=int(re.search(r"Try seed=(\d+)", text)[1])),
    ),
    "predict.class_draws_x": (lambda: predict(layers.Conv2D, PICTURE), lambda text: predict(layers.Conv2D)),
    "predict.no_other_shape": (
        lambda: in_no_try(ask="settings"),
        lambda text: [in_no_try(ask=["params"]), predict(CONV, (1, 12, 12, 1), ask="settings")],
    ),
    "predict.no_whole_numbers": (
        lambda: in_no_try(ask="value"),
        lambda text: in_no_try(ask=["params", "output_shape"]),
    ),
    "reading.shape": written_again("output_shape", "a shape"),
    "reading.number": written_again("params", "many"),
    "reading.settings": written_again("settings", "strides two"),
    "reading.unequal": written_again("params", "3*3 = 8", "3*3 = 9"),
    "reading.setting": written_again("settings", "speed=2", {"strides": 2}),
    "reading.value": written_again("settings", "strides='two'", {"strides": 2}),
    "reading.class": written_again("settings", "layers.Conv1D(4, 3)", "layers.Conv2D(4, 2)"),
    "reading.large": written_again("settings", "filters=1000, kernel_size=1000", "filters=3, kernel_size=2"),
    "goal.not_a_layer": (
        lambda: goal(input_shape=(8, 8, 1), params=60)(3),
        lambda text: do(text, task=goal(input_shape=(8, 8, 1), params=60)),
    ),
    "goal.no_convolution": (
        lambda: goal(input_shape=(9, 1), least_params=6)(layers.AveragePooling1D(2)),
        lambda text: do(text, task=goal(input_shape=(9, 1), least_params=6), layer=layers.AveragePooling1D(2)) or None,
    ),
    "goal.no_condition": (lambda: goal(input_shape=(8, 8, 1), sees="all"), do),
    "goal.unknown": (lambda: goal(input_shape=(8, 8, 1)), lambda text: goal(input_shape=(8, 8, 1), params=60)),
    "controls.bad_file": (lambda: explore(CONV).save("picture.txt"), saved_as_told),
    "page.no_end": (lambda: predict(layers.Conv2D).save("questions.html"), page_by_code),
    "page.no_questions": (
        lambda: predict(layers.Conv2D(1, 3), PICTURE, ask=["settings"]).save("page.html"),
        lambda text: predict(layers.Conv2D(1, 3), PICTURE, ask=["settings", ast.literal_eval(text.split()[-1][:-1])]),
    ),
    "page.bad_file": (
        lambda: compare([CONV], PICTURE).save("page.txt"),
        lambda text: do("`compare([CONV], PICTURE)." + code(text)[0] + "`", CONV=CONV, PICTURE=PICTURE) or page(),
    ),
    "page.too_large": (
        lambda: small_page_of(np.random.default_rng(0).random((1, 60, 60, 3))),
        lambda text: small_page_of((1, 5, 5, 3)) or page(),
    ),
    "page.too_much": (lambda: page_of(["strides", "padding"]), page_as_told),
}


def test_every_message_that_names_a_way_out_is_followed():
    naming = set(naming_a_way_out())
    assert naming - REMEDIES.keys() - ELSEWHERE.keys() - FOR_THE_EYE.keys() == set()
    known = {f"{room}.{name}" for room, texts in ENGLISH.items() for name in texts}
    assert (REMEDIES.keys() | ELSEWHERE.keys() | FOR_THE_EYE.keys()) - known == set()
    for file, part in ELSEWHERE.values():
        assert part in (TESTS / file).read_text(encoding="utf-8")


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("key", REMEDIES)
def test_what_a_message_tells_to_do_works(key, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    provoke, follow = REMEDIES[key]
    text = text_of(provoke)
    assert says(text, key), text or "nothing was said"
    assert answers(follow(text)), text
