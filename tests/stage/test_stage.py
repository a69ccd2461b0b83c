"""What the stage sends to the browser, and what it answers."""

import json
import re
from dataclasses import replace
from pathlib import Path

import ipywidgets
import keras
import numpy as np
import pytest
import tensorflow
from ipykernel.kernelbase import Kernel
from ipywidgets.widgets.widget import _remove_buffers
from keras import layers

from widgets import explore
from widgets.explorer.slider import IntSlider
from widgets.facts import layer_facts
from widgets.language import say, words
from widgets.picture import layer_picture
from widgets.stage import stage
from widgets.stage.snapshot import sent
from widgets.stage.stage import Stage

STAGE = Path(stage.__file__).parent
SHEETS = [STAGE / name for name in ("stage.css", "number_tables.css", "../explorer/explorer.css", "full_screen.css")]


def staged(layer, x, **traits):
    """A stage that shows this layer, and the picture that it was given."""
    facts = layer_facts(layer, x)
    stage, picture = Stage(**traits), layer_picture(facts)
    stage.show(facts, picture)
    return stage, picture


def floats(data, *shape):
    return np.frombuffer(data, "<f4").reshape(shape)


def grid_values(stage, index):
    """The values of one grid, as the browser puts them together: those of the first travel by themselves."""
    if index == 0:
        assert stage.snapshot["first_key"] == stage.first_values["key"]
        return stage.first_values["values"]
    return stage.snapshot["grids"][index]["values"]


def ints(data, *shape):
    return np.frombuffer(data, "<i4").reshape(shape)


# One snapshot


def test_the_snapshot_holds_the_arrays_of_the_picture():
    x = np.sin(np.arange(2 * 6 * 7 * 4)).reshape(2, 6, 7, 4).astype("float32")
    layer = layers.Conv2D(6, (2, 3), strides=(2, 1), padding="same", groups=2, activation="relu")
    stage, picture = staged(layer, x, requested_channels={"sample": 1, "channels": []})
    (earlier, later), (link,) = stage.snapshot["grids"], stage.snapshot["links"]
    assert np.array_equal(floats(grid_values(stage, 0), 6, 7, 4), x[1])
    assert np.array_equal(floats(later["values"], 3, 7, 6), picture.grids[1].values[1])
    assert np.array_equal(floats(link["before"], 3, 7, 6), picture.links[0].before_activation[1])
    assert np.array_equal(floats(link["kernel"], 2, 3, 2, 6), picture.links[0].weights["kernel"])
    assert floats(link["bias"], 6).tolist() == [0] * 6
    assert ints(link["channels"], 6, 2).tolist() == [[0, 1]] * 3 + [[2, 3]] * 3
    # Three axes always: an axis that the layer does not have is one cell long.
    planes, rows, columns = link["tables"]
    assert ints(planes, 1, 1).tolist() == [[0]]
    assert ints(rows, 3, 2).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert ints(columns, 7, 3).tolist() == [[c - 1, c, c + 1] for c in range(7)]
    assert link["taps"] == [1, 2, 3]
    assert (earlier["sizes"], later["sizes"]) == ([1, 6, 7], [1, 3, 7])
    assert (earlier["padding"], later["padding"]) == ([[0, 0], [0, 0], [1, 1]], [[0, 0]] * 3)
    assert (earlier["label"], later["label"]) == ("(2, 6, 7, 4)", "(2, 3, 7, 6)")
    assert link["activation"] == "relu"
    assert (stage.snapshot["sample"], stage.snapshot["samples"]) == (1, 2)


def test_without_an_activation_and_a_bias_neither_is_sent():
    stage, _ = staged(layers.Conv2D(1, 3, use_bias=False), (1, 5, 5, 1))
    (link,) = stage.snapshot["links"]
    assert link["bias"] is None
    assert link["before"] is None


def test_shapes_and_cells_are_named_as_keras_has_them():
    stage, _ = staged(layers.Conv2D(4, 3), (1, 5, 6, 2))
    assert [grid["label"] for grid in stage.snapshot["grids"]] == ["(1, 5, 6, 2)", "(1, 3, 4, 4)"]
    assert stage.snapshot["cell"] == "{name}[{sample}, {row}, {column}, {channel}]"
    assert [grid["symbol"] for grid in stage.snapshot["grids"]] == ["x", "y"]


def test_with_the_channels_first_too(needs_channels_first):
    stage, _ = staged(layers.Conv2D(4, 3, data_format="channels_first"), (1, 2, 5, 6))
    assert [grid["label"] for grid in stage.snapshot["grids"]] == ["(1, 2, 5, 6)", "(1, 4, 3, 4)"]
    assert stage.snapshot["cell"] == "{name}[{sample}, {channel}, {row}, {column}]"


@pytest.mark.parametrize("groups, axis", [(1, "in"), (2, "in / groups")])
def test_who_has_no_groups_is_not_told_of_them(groups, axis):
    stage, _ = staged(layers.Conv2D(4, 3, groups=groups), (1, 5, 6, 2))
    assert next(row for row in stage.snapshot["facts"] if row["fact"] == "weight")["axes"][2] == axis


def test_the_rows_of_facts_are_in_reading_order():
    stage, _ = staged(layers.Conv2D(10, 3), (4, 28, 28, 12))
    *rows, versions = stage.snapshot["facts"]
    axes = ["height", "width", "in", "filters"]
    assert rows == [
        {"fact": "input_shape", "shape": "(4, 28, 28, 12)"},
        {"fact": "weight", "name": "kernel", "shape": "(3, 3, 12, 10)", "axes": axes},
        {"fact": "weight", "name": "bias", "shape": "(10,)", "axes": ["filters"]},
        {"fact": "output_shape", "shape": "(4, 26, 26, 10)", "axes": ["batch", "height", "width", "channels"]},
        {"fact": "params", "formula": "3*3*12*10 + 10 = 1090"},
        {"fact": "macs", "formula": "26*26*3*3*12*10 = 730080"},
        {"fact": "size", "axis": "height", "formula": "floor((28 - 3) / 1) + 1 = 26"},
        {"fact": "size", "axis": "width", "formula": "floor((28 - 3) / 1) + 1 = 26"},
    ]
    assert versions == {"fact": "versions", "keras": keras.__version__, "tensorflow": tensorflow.__version__}


def test_the_steps_of_a_chain_are_rows_with_the_field_that_each_one_sees():
    stage, _ = staged(layers.SeparableConv2D(4, (3, 2)), (1, 8, 9, 2))
    steps = [row for row in stage.snapshot["facts"] if row["fact"] == "step"]
    assert steps == []  # one layer, though it takes two operations
    e = explore(keras.Sequential([layers.Conv2D(2, (3, 2)), layers.Conv2D(4, 2)]), (1, 8, 9, 2))
    steps = [row for row in e.children[1].snapshot["facts"] if row["fact"] == "step"]
    assert steps == [
        {"fact": "step", "number": 0, "layer": "Conv2D", "shape": "(1, 6, 8, 2)", "field": ["3", "2"]},
        {"fact": "step", "number": 1, "layer": "Conv2D", "shape": "(1, 5, 7, 4)", "field": ["4", "3"]},
    ]


def test_of_a_chain_the_weights_of_the_layer_that_the_sliders_are_for_are_told():
    def told():
        return {row["name"]: row["shape"] for row in e.children[1].snapshot["facts"] if row["fact"] == "weight"}

    model = [layers.Conv2D(2, (3, 2)), layers.MaxPooling2D(2), layers.SeparableConv2D(4, 2, use_bias=False)]
    e = explore(keras.Sequential(model), (1, 8, 9, 3))
    assert told() == {"kernel_0": "(3, 2, 3, 2)", "bias_0": "(2,)"}
    e.settings = {"filters": 5}
    assert told() == {"kernel_0": "(3, 2, 3, 5)", "bias_0": "(5,)"}
    e._which.value = 2
    assert told() == {"depthwise_kernel_2": "(2, 2, 5, 1)", "pointwise_kernel_2": "(1, 1, 5, 4)"}
    e.settings = {"kernel_size": 9}
    assert e.facts.problem and told() == {}


def test_a_sentence_of_the_tables_travels_by_its_key_and_what_keras_says_as_it_is():
    advice = say("facts.advice_window", axis=say("axes.height"), window=3, n=2)
    facts = replace(layer_facts(layers.Conv2D(1, 3), (1, 5, 5, 1)), advice=advice, problem="Keras' own words.")
    stage = Stage()
    stage.show(facts, None)
    key = {
        "key": "facts.advice_window",
        "fields": {"axis": {"key": "axes.height", "fields": {}}, "window": 3, "n": 2},
    }
    assert (stage.snapshot["advice"], stage.snapshot["problem"]) == (key, "Keras' own words.")


def test_a_refusal_of_an_image_travels_by_its_key_too():
    stage, _ = staged(layers.Conv2D(1, 3), (1, 5, 5, 1))
    sent = []
    stage.send = lambda content, buffers=(): sent.append(content)

    def refuse(data):
        raise ValueError(say("editing.image_large", limit=9, received=10.5))

    stage.commands["image"] = refuse
    stage._answer(None, {"image": "mine.png"}, [b""])
    assert sent == [{"image_refused": {"key": "editing.image_large", "fields": {"limit": 9, "received": "10.5"}}}]


def test_a_refusal_comes_with_the_last_good_picture_and_the_facts_that_are_known():
    explorer = explore(layers.Conv2D(1, 3), (1, 5, 5, 1))
    stage = explorer.children[1]
    grids = stage.snapshot["grids"]
    explorer.settings = {"kernel_size": 6}
    assert stage.snapshot["grids"] == grids
    assert stage.snapshot["problem"] == sent(explorer.facts.problem)
    assert stage.snapshot["whole_problem"] == sent(explorer.facts.whole_problem)
    assert stage.snapshot["advice"]["key"] == "facts.advice_window"
    assert stage.snapshot["advice"]["fields"]["window"] == 6
    told = [row["fact"] for row in stage.snapshot["facts"]]
    assert told[0] == "input_shape"
    assert "output_shape" not in told


# How much is sent


def sent_while(stage, move):
    """(message, buffers) of all that the stage sends meanwhile."""
    sent = []
    if ipywidgets.__version__.startswith("7."):  # which sends nothing where there is no kernel
        stage.comm.kernel = Kernel()
    stage._send = lambda message, buffers=None: sent.append((message, buffers or []))
    try:
        move()
    finally:
        del stage._send
    return sent


def test_one_move_sends_one_message_with_little_more_than_the_arrays():
    explorer = explore(layers.Conv2D(10, 3), (1, 28, 28, 12))
    explorer.settings = {"filters": 9}
    ((message, buffers),) = sent_while(explorer.children[1], lambda: setattr(explorer, "settings", {"filters": 10}))
    assert list(message["state"]) == ["snapshot"]
    arrays = 4 * (26 * 26 * 10 + 3 * 3 * 12 * 10 + 10)  # the input is there already
    binary = sum(memoryview(buffer).nbytes for buffer in buffers)
    assert arrays <= binary
    assert binary + len(json.dumps(message)) <= 1.2 * arrays


def test_another_input_travels_together_with_its_picture():
    explorer = explore(layers.Conv2D(10, 3), (1, 28, 28, 12))
    stage = explorer.children[1]
    ((message, buffers),) = sent_while(stage, lambda: setattr(explorer, "settings", {"input_shape": (1, 27, 28, 12)}))
    assert sorted(message["state"]) == ["first_values", "snapshot"]
    arrays = 4 * (27 * 28 * 12 + 25 * 26 * 10 + 3 * 3 * 12 * 10 + 10)
    binary = sum(memoryview(buffer).nbytes for buffer in buffers)
    assert arrays <= binary
    assert binary + len(json.dumps(message)) <= 1.2 * arrays
    assert np.array_equal(floats(grid_values(stage, 0), 27, 28, 12), explorer.x[0])


def test_no_array_travels_as_text():
    stage, _ = staged(layers.Conv2D(4, 3, activation="relu"), (3, 12, 12, 4))
    state, _, buffers = _remove_buffers({"snapshot": stage.snapshot})
    assert len(buffers) == 9  # the later grid, three tables, channels, kernel, bias, before, thumbnails
    assert len(json.dumps(state)) < 4000


def test_up_to_2_mib_all_channels_are_sent_and_above_only_a_block():
    whole, _ = staged(layers.Conv2D(1, 1), (1, 128, 128, 32))  # 2 MiB to the byte
    part, _ = staged(layers.Conv2D(1, 1), (1, 128, 128, 33))
    assert [whole.snapshot["grids"][0][name] for name in ("channels", "first", "sent")] == [32, 0, 32]
    assert [part.snapshot["grids"][0][name] for name in ("channels", "first", "sent")] == [33, 0, 32]


def test_of_a_large_grid_the_wanted_channel_is_sent_with_its_neighbours():
    stage, picture = staged(layers.Conv2D(40, 1), (2, 224, 224, 64))
    drawn = stage.snapshot["revision"]

    def block(index, sample):
        grid = stage.snapshot["grids"][index]
        values = floats(grid_values(stage, index), 224, 224, grid["sent"])
        start, end = grid["first"], grid["first"] + grid["sent"]
        assert grid["sent"] * 224 * 224 * 4 <= 2 * 2**20
        assert np.array_equal(values, picture.grids[index].values[sample, ..., start:end])
        return range(start, end)

    assert 0 in block(0, 0)
    assert 0 in block(1, 0)
    stage.requested_channels = {"sample": 1, "channels": [35, 39]}
    assert stage.snapshot["revision"] == drawn + 1
    assert 35 in block(0, 1)
    assert 39 in block(1, 1)
    assert 0 not in block(0, 1)


@pytest.mark.parametrize(
    "layer, x, steps",
    [
        (layers.Conv2D(40, 1), (2, 224, 200, 64), [1, 10, 9]),
        (layers.Conv1D(2, 1), (1, 10000, 64), [1, 1, 417]),
        (layers.Conv3D(2, 1), (1, 20, 48, 49, 32), [4, 2, 3]),
    ],
)
def test_channels_that_are_not_sent_have_their_thumbnails(layer, x, steps):
    stage, picture = staged(layer, x, requested_channels={"sample": x[0] - 1, "channels": []})
    values = picture.grids[0].values[-1]
    small = values[tuple(slice(None, None, step) for step in steps[4 - values.ndim :])]
    thinned = stage.snapshot["grids"][0]["thinned"]
    assert thinned["steps"] == steps
    assert np.array_equal(floats(thinned["values"], *small.shape), small)
    assert stage.snapshot["grids"][0]["sent"] < x[-1]


def test_channels_that_are_all_sent_need_no_other_thumbnails():
    stage, _ = staged(layers.Conv2D(4, 3), (1, 64, 64, 16))
    assert [grid["thinned"] for grid in stage.snapshot["grids"]] == [None, None]


@pytest.mark.parametrize(
    "wanted, sample", [({"sample": 9}, 1), ({"sample": -1}, 0), ({}, 0), ({"sample": 1, "channels": [99, 99]}, 1)]
)
def test_a_request_out_of_range_is_brought_into_it(wanted, sample):
    stage, picture = staged(layers.Conv2D(2, 3), (2, 5, 5, 1))
    stage.requested_channels = wanted
    assert stage.snapshot["sample"] == sample
    assert np.array_equal(floats(grid_values(stage, 0), 5, 5, 1), picture.grids[0].values[sample])


def test_a_sample_that_is_gone_leaves_the_last_one():
    stage, _ = staged(layers.Conv2D(2, 3), (3, 5, 5, 1), requested_channels={"sample": 2})
    facts = layer_facts(layers.Conv2D(2, 3), (1, 5, 5, 1))
    stage.show(facts, layer_picture(facts))
    assert stage.snapshot["sample"] == 0


# Thumbnails


def test_each_sample_has_a_thumbnail_of_its_first_channel():
    stage, picture = staged(layers.Conv2D(1, 3), (3, 5, 6, 2))
    thumbnails = stage.snapshot["thumbnails"]
    assert thumbnails["shape"] == [3, 5, 6]
    assert np.array_equal(floats(thumbnails["values"], 3, 5, 6), picture.grids[0].values[..., 0])


def test_thumbnails_of_large_samples_are_thinned_out_and_of_many_samples_there_are_64():
    stage, picture = staged(layers.Conv2D(1, 3), (70, 49, 24, 1))
    thumbnails = stage.snapshot["thumbnails"]
    assert thumbnails["shape"] == [64, 17, 24]
    assert np.array_equal(floats(thumbnails["values"], 64, 17, 24), picture.grids[0].values[:64, ::3, :, 0])
    assert stage.snapshot["samples"] == 70


def test_one_sample_needs_no_thumbnail():
    stage, _ = staged(layers.Conv2D(1, 3), (1, 5, 5, 1))
    assert stage.snapshot["thumbnails"] is None


# Questions of the browser


def answers(stage, question):
    """What the stage sends when the browser asks this."""
    given = []
    stage.send = lambda content, buffers=None: given.append((content, buffers))
    try:
        stage._handle_custom_msg(question, [])
    finally:
        del stage.send
    return given


def test_the_window_of_a_cell_is_answered_with_padding_as_0():
    x = np.arange(1.0, 1 + 2 * 5 * 5 * 4).reshape(2, 5, 5, 4)
    layer = layers.Conv2D(2, 3, padding="same", groups=2)
    stage, _ = staged(layer, x, requested_channels={"sample": 1, "channels": []})
    question = {"window": [0, 0, 4, 1], "grid": 1, "revision": stage.snapshot["revision"]}
    ((content, (buffer,)),) = answers(stage, question)
    assert content == question
    window = floats(buffer, 3, 3, 2)  # rows -1, 0, 1; columns 3, 4, 5; channels 2, 3
    assert window[0].tolist() == [[0, 0]] * 3
    assert window[:, 2].tolist() == [[0, 0]] * 3
    assert np.array_equal(window[1:, :2], x[1, 0:2, 3:5, 2:])


def test_the_window_of_a_dilated_cell_holds_what_its_taps_read():
    x = np.arange(49.0).reshape(1, 7, 7, 1)
    stage, _ = staged(layers.Conv2D(1, (2, 3), dilation_rate=(4, 2)), x)
    ((_, (buffer,)),) = answers(stage, {"window": [0, 1, 2, 0], "grid": 1, "revision": 1})
    assert floats(buffer, 2, 3).tolist() == [[9, 11, 13], [37, 39, 41]]


def test_a_question_about_an_older_picture_is_not_answered():
    stage, _ = staged(layers.Conv2D(1, 3), (1, 5, 5, 1))
    question = {"window": [0, 0, 0, 0], "grid": 1, "revision": 1}
    assert len(answers(stage, question)) == 1
    stage.requested_channels = {"sample": 0, "channels": [0, 0]}
    assert answers(stage, question) == []
    assert len(answers(stage, question | {"revision": 2})) == 1


@pytest.mark.parametrize("question", ["window", None, {}, {"other": 1}])
def test_what_is_no_question_is_not_answered(question):
    stage, _ = staged(layers.Conv2D(1, 3), (1, 5, 5, 1))
    assert answers(stage, question) == []


def test_before_anything_is_shown_nothing_is_answered_and_a_request_is_no_trouble():
    stage = Stage()
    assert answers(stage, {"window": [0, 0, 0, 0], "grid": 1, "revision": 1}) == []
    stage.requested_channels = {"sample": 0, "channels": [1, 1]}
    assert stage.snapshot == {}


ECHOES = not ipywidgets.__version__.startswith("7.")  # which knows none


def listen(widgets):
    """The messages that these widgets, by name, send from now on: a list that grows."""
    sent = []
    for name, widget in widgets.items():
        if not ECHOES:
            widget.comm.kernel = Kernel()
        widget.comm.send = lambda data, buffers=None, name=name: sent.append((name, data["method"], data["state"]))
    return sent


def test_of_a_move_the_picture_is_sent_first_and_of_the_hidden_slider_nothing():
    explorer = explore(layers.Conv2D(2, 3), (1, 8, 8, 2))
    height, width = explorer._controls._controls["kernel_size"]
    sent = listen({"stage": explorer.children[1], "height": height, "width": width})
    height.set_state({"value": 4})  # as the browser does it
    assert sent[0][:2] == ("stage", "update")
    assert sent[1:] == ([("height", "echo_update", {"value": 4})] if ECHOES else [])
    sent.clear()
    explorer._controls._squares["kernel_size"].value = False
    assert [state["value"] for name, _, state in sent if name == "width"] == [4]  # it is shown


def test_a_slider_that_the_kernel_moves_on_stays_there():
    explorer = explore(layers.Conv2D(12, 3), (1, 8, 8, 12))
    groups = explorer._controls._controls["groups"]
    groups.value = 4
    sent = listen({"groups": groups})
    groups.set_state({"value": 5})
    assert [state for *_, state in sent] == [{"value": 6}] * (2 if ECHOES else 1)


def test_a_slider_echoes_each_of_its_moves_once_also_where_the_move_fails():
    slider = IntSlider(3, 1, 9)
    sent = listen({"slider": slider})
    slider.set_state({"value": 4})
    assert [state for *_, state in sent] == ([{"value": 4}] if ECHOES else [])
    slider.observe(lambda change: 1 / 0, "value")
    with pytest.raises(ZeroDivisionError):
        slider.set_state({"value": 5})
    assert [state for *_, state in sent[1:]] == ([{"value": 5}] if ECHOES else [])


def test_a_stage_is_opened_once_and_with_its_first_picture(monkeypatch):
    opened, really = [], ipywidgets.Widget.open

    def watched(widget):
        opened.extend([(widget.snapshot, widget.first_values)] if isinstance(widget, Stage) else [])
        really(widget)

    monkeypatch.setattr(ipywidgets.Widget, "open", watched)
    stage, picture = staged(layers.Conv2D(2, 3), (1, 5, 5, 1))
    stage.show(stage._facts, picture)
    assert stage.snapshot["revision"] == 2
    ((snapshot, first_values),) = opened
    assert snapshot["revision"] == 1
    assert first_values["values"] == picture.grids[0].values.tobytes()


def test_a_stage_answers_that_it_hears():
    stage, _ = staged(layers.Conv2D(1, 3), (1, 5, 5, 1))
    assert answers(stage, "heard?") == [("heard", None)]


# What the browser is given


def javascript():
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted(STAGE.glob("*.js")))


MADE = r"(?:\bwords\[|\bkey: )`(\w+_)\$"  # the first part of keys that are put together: words[`view_${name}`]


def test_every_word_that_the_browser_asks_for_exists():
    text = javascript()
    asked = {key for found in re.findall(r'\bwords\.(\w+)|\bkey: "(\w+)"', text) for key in found if key}
    assert len(asked) > 60
    assert asked - set(words().room("stage")) - set(words().room("connection")) == {"language"}
    assert [
        part for part in set(re.findall(MADE, text)) if not any(k.startswith(part) for k in words().room("stage"))
    ] == []


def test_every_word_that_the_browser_is_sent_is_asked_for():
    text = javascript()
    asked = {key for found in re.findall(r'\bwords\.(\w+)|"(\w+)"', text) for key in found}
    made = tuple(re.findall(MADE, text))
    assert [key for key in words().room("stage") if key not in asked and not key.startswith(made)] == []


def test_a_sentence_that_counts_has_a_form_for_each_number_of_english():
    forms = {key: text for key, text in words().room("stage").items() if not isinstance(text, str)}
    assert forms
    assert {key: sorted(text) for key, text in forms.items()} == dict.fromkeys(forms, ["one", "other"])
    assert [key for key, text in forms.items() if "{count}" not in text["other"]] == []


def test_no_word_of_the_page_stands_in_the_javascript():
    # A text of several words that is shown would be a string with a space between two letters.
    code = re.sub(r"/\*.*?\*/|//[^\n]*", "", javascript(), flags=re.DOTALL)
    strings = re.findall(r'"([^"\n]*)"', code)
    assert [text for text in strings if re.search(r"[A-Z][a-z]+ [a-z]+", text)] == []


def test_the_modules_are_joined_into_one_that_imports_nothing():
    text = re.sub(r"/\*.*?\*/", "", str(Stage._esm), flags=re.DOTALL)
    assert not re.search(r"^\s*import\b|\bimport\(|^export [^;{]* from ", text, re.MULTILINE)
    assert re.findall(r"^export \w+", text, re.MULTILINE) == ["export default"]
    # Joined, they share one scope: every top name may be declared once.
    declared = re.findall(r"^(?:export )?(?:const|let|function|class) (\w+)", text, re.MULTILINE)
    assert sorted(declared) == sorted(set(declared))
    for path in STAGE.glob("*.js"):  # each once, but for the connection, which is a widget of its own
        first = path.read_text(encoding="utf-8").split("*/")[0]
        assert str(Stage._esm).count(first) == (path.name != "python_connection.js"), path.name


def test_a_module_stands_behind_those_that_it_imports(tmp_path):
    modules = {
        "top.js": 'import { left } from "./left.js";\nimport {\n  right,\n} from "./right.js";\ntop\n',
        "left.js": 'import { ground } from "./ground.js";\nleft\n',
        "right.js": 'import { ground } from "./ground.js";\nimport { left } from "./left.js";\nright\n',
        "ground.js": "ground\n",
    }
    for name, text in modules.items():
        (tmp_path / name).write_text(text)
    assert stage.joined(tmp_path / "top.js").split() == ["ground", "left", "right", "top"]


def test_only_the_live_source_knows_of_a_model():
    code = {
        path.name: re.sub(r"/\*.*?\*/|//[^\n]*", "", path.read_text(), flags=re.DOTALL) for path in STAGE.glob("*.js")
    }
    assert {name for name, text in code.items() if re.search(r"\bmodel\b", text)} == {
        "python_connection.js",
        "live_source.js",
    }


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_style_sheet_reaches_nothing_but_the_explorer(sheet):
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    selectors = [part.strip() for part in re.findall(r"([^{}]+)\{", text)]
    assert len(selectors) > 10
    inner = re.compile(r"\([^()]*\)")
    for selector in selectors:
        if selector.startswith(("@media", "@container")):  # the rules in it are looked at like all others
            continue
        while inner.search(selector):  # what stands in :is(...) is narrowed by the rest
            selector = inner.sub("", selector)
        assert [part for part in selector.split(",") if ".cn-" not in part] == []


def test_an_explorer_brings_its_sheets():
    all_of_them = "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)
    assert explore(layers.Conv2D(1, 3)).children[1]._css == all_of_them


def test_nothing_is_loaded_from_another_site():
    code = javascript() + "".join(sheet.read_text(encoding="utf-8") for sheet in SHEETS)
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", code))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"\bfetch\(|XMLHttpRequest|@import|innerHTML|eval\(", code)


def test_the_repr_holds_no_address():
    assert repr(Stage()) == repr(Stage()) == "<Stage>"


def test_a_change_or_a_file_that_is_interrupted_is_answered_all_the_same():
    stage, sent = explore(layers.Conv2D(1, 3)).children[1], []

    def interrupted(*_):
        raise KeyboardInterrupt

    stage.commands = dict.fromkeys(["edit", "move", "export"], interrupted)
    stage.send = lambda content, buffers=(): sent.append(content)
    for question in ({"edit": {"undo": True}}, {"move": [[0, 0, 0, 0], [0, 0]]}):
        revision = stage.snapshot["revision"]
        with pytest.raises(KeyboardInterrupt):
            stage._answer(None, question, [])
        assert stage.snapshot["revision"] == revision + 1
    with pytest.raises(KeyboardInterrupt):
        stage._answer(None, {"export": "gif", "channels": [0], "cell": []}, [])
    assert sent == [{}]
