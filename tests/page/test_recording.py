"""What a page without a kernel holds: which settings, how many states, and in each of them what Keras said."""

import base64
import hashlib
import re

import keras
import numpy as np
import pytest
from keras import layers
from reading_records import OWN, as_sent, decoded_states, held_by

from widgets import DeformableConv2D, explore
from widgets.explorer import recorded_controls
from widgets.facts import KINDS
from widgets.page import Control, estimate, fitting, recording
from widgets.page.page import write_whole
from widgets.page.recording import combinations, count_states


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    """How much fits into 20 seconds depends on what else the machine does."""
    monkeypatch.setattr(recording.LIMITS, "seconds", 600)


def saved(e, folder, controls=None):
    """The record of an explorer's page."""
    e.save(folder / "page.html", controls)
    return held_by(folder / "page.html")["record"]


def controls_of(record):
    return {(c["name"] + " " + c["axis"]).strip(): c["values"] for c in record["controls"]}


# Which controls


def test_left_out_the_controls_are_as_many_as_a_page_holds_in_a_fixed_order(tmp_path):
    record = saved(explore(layers.Conv2D(1, 3)), tmp_path)
    assert controls_of(record) == {
        "kernel_size": ["1", "2", "3", "4", "5"],
        "strides": ["1", "2", "3"],
        "padding": ["valid", "same"],
        "dilation_rate": ["1", "2", "3"],
        "filters": ["1", "2", "3", "4"],
        "use_bias": ["False", "True"],
    }  # groups has one value, and activation would make 4,320 states
    assert [c["element"] for c in record["controls"]] == ["range", "range", "select", "range", "range", "checkbox"]
    assert len(decoded_states(record)) == 5 * 3 * 2 * 3 * 4 * 2
    assert held_by(tmp_path / "page.html")["texts"]["notes"][0] == "Fixed on this page: groups, activation."


def controls_named(layer, x, names, **more):
    return recorded_controls.RecordedControls(explore(layer, x, **more)).controls(names)


def test_where_a_page_has_no_room_for_all_axes_the_others_stay_as_they_are(monkeypatch):
    monkeypatch.setattr(recording.LIMITS, "states", 6)  # depth takes 5
    pages = recorded_controls.RecordedControls(explore(layers.Conv3D(1, (2, 3, 4)), (1, 5, 6, 7, 1)))
    assert [(control.name, control.axis) for control in pages.controls(None)] == [("kernel_size", "depth")]
    assert pages._at({("kernel_size", "depth"): 5})["kernel_size"] == (5, 3, 4)
    assert pages._at({("strides", ""): 2})["strides"] == (2, 2, 2)


def test_what_the_readers_line_names_comes_first(monkeypatch):
    monkeypatch.setattr(recording.LIMITS, "states", 20)
    chosen = controls_named(layers.Conv2D(2, 3, activation="relu"), (1, 8, 8, 1), None)
    assert [control.name for control in chosen] == ["activation", "strides"]  # kernel_size would make 30


def test_a_square_setting_has_one_control_and_any_other_one_for_each_axis():
    names = ["kernel_size", "strides"]
    chosen = controls_named(layers.Conv2D(1, (3, 2), strides=2), (1, 8, 8, 1), names)
    assert [(c.name, c.axis, c.axes, c.label) for c in chosen] == [
        ("kernel_size", "height", 1, "kernel_size height"),
        ("kernel_size", "width", 1, "kernel_size width"),
        ("strides", "", 2, "strides"),
    ]
    assert [c.values[c.start] for c in chosen] == [3, 2, 2]


@pytest.mark.parametrize(
    "layer, x, name, values, element",
    [
        (layers.Conv2D(6, 7), (1, 9, 9, 6), "kernel_size", (3, 4, 5, 6, 7), "range"),
        (layers.Conv2D(6, 7), (1, 9, 9, 6), "groups", (1, 2, 3, 6), "select"),
        (layers.Conv2D(6, 7), (1, 9, 9, 2), "groups", (1, 2), "range"),
        (layers.Conv2D(10, 3), (1, 9, 9, 6), "filters", (7, 8, 9, 10), "range"),
        (layers.Conv1D(1, 3), (1, 9, 2), "padding", ("valid", "same", "causal"), "select"),
        (layers.Conv2DTranspose(1, 3), (1, 4, 4, 1), "output_padding", (None, 0, 1, 2), "select"),
        (layers.Conv2D(1, 3, use_bias=False), (1, 4, 4, 1), "use_bias", (False, True), "checkbox"),
    ],
)
def test_a_control_offers_few_values_and_the_present_one_is_among_them(layer, x, name, values, element):
    control = controls_named(layer, x, [name])[0]
    assert (control.values, control.element) == (values, element)
    now = getattr(layer, name)
    assert control.values[control.start] == (now[0] if isinstance(now, tuple) else now)


def test_the_controls_of_the_explorer_are_those_of_its_page():
    names = ["padding", "strides", "kernel"]
    chosen = controls_named(layers.Conv2D(1, 3), (1, 6, 6, 1), None, controls=names)
    assert [control.name for control in chosen] == ["strides", "padding"]
    assert [c.name for c in controls_named(layers.Conv2D(1, 3), (1, 6, 6, 1), "filters", controls=names)] == ["filters"]


def test_a_control_that_there_is_not_is_refused():
    with pytest.raises(ValueError, match="`controls` takes some of these names: filters, .* Received: depth"):
        controls_named(layers.Conv2D(1, 3), (1, 6, 6, 1), ["depth"])


# Bounds


def test_named_controls_that_are_too_many_are_refused_with_their_counts_and_what_to_leave_out(tmp_path):
    e = explore(layers.Conv2D(1, 3))
    names = ["kernel_size", "strides", "padding", "dilation_rate", "filters", "use_bias", "activation"]
    with pytest.raises(ValueError) as refusal:
        e.save(tmp_path / "page.html", names)
    said = str(refusal.value)
    counts = "kernel_size 5 x strides 3 x padding 2 x dilation_rate 3 x filters 4 x use_bias 2 x activation 6"
    assert said.startswith("A page may take at most 1,500 states, 600 s and 1 MB. Received: " + counts)
    assert f"{counts} = 4,320 states, about " in said
    assert said.endswith(f"Try controls={names[:-1]}: it leaves out activation.")
    assert list(tmp_path.iterdir()) == []


def test_controls_that_take_too_many_bytes_or_seconds_are_left_out(monkeypatch):
    few, many = Control("filters", (1, 2)), Control("strides", tuple(range(40)))
    noise = np.random.default_rng(0)
    ask = {"large": lambda _: {"a": noise.bytes(20_000)}, "small": lambda _: {"a": b"abc"}}
    assert fitting([few, many], ask["large"], 10**6) == [few]  # 80 states would take 2 MB
    assert fitting([few, many], ask["small"], 10**6) == [few, many]
    monkeypatch.setattr(recording.LIMITS, "seconds", 0)
    assert fitting([few, many], ask["small"], 10**6) == []


def test_an_estimate_counts_once_what_all_states_share():
    noise = np.random.default_rng(0)
    shared = noise.bytes(30_000)
    controls = [Control("filters", tuple(range(100)))]
    *_, size = estimate(controls, lambda values: {"a": shared, "b": noise.bytes(1000)})
    assert size == pytest.approx((30_000 + 100 * 1000) * 4 / 3, rel=0.1)  # 4 letters for 3 bytes


def test_a_page_that_got_larger_than_estimated_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(recording.LIMITS, "size", 1000)
    monkeypatch.setattr(recorded_controls, "estimate", lambda controls, ask: (15, 0, 0))
    with pytest.raises(ValueError, match="kernel_size 5 x strides 3 = 15 states"):
        explore(layers.Conv2D(1, 3)).save(tmp_path / "page.html", ["kernel_size", "strides"])
    assert list(tmp_path.iterdir()) == []


def test_controls_that_nobody_named_become_fewer_on_a_page_that_got_larger_than_estimated(monkeypatch):
    monkeypatch.setattr(recorded_controls, "fitting", lambda controls, ask, size: controls[:3])  # an estimate far off
    noise = np.random.default_rng(0).normal(size=(1, 9, 9, 2))
    for size, names in ((10**6, ["kernel_size", "strides", "padding"]), (10**4, ["kernel_size", "strides"]), (1, [])):
        monkeypatch.setattr(recording.LIMITS, "small_size", size)
        record = recorded_controls.record_explorer(explore(layers.Conv2D(2, 3), noise)).record
        assert [control["name"] for control in record["controls"]] == names


# The file


def test_an_interrupted_recording_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    def interrupted(controls, ask, progress):
        raise KeyboardInterrupt

    path = tmp_path / "page.html"
    path.write_text("before")
    monkeypatch.setattr(recorded_controls, "record_states", interrupted)
    with pytest.raises(KeyboardInterrupt):
        explore(layers.Conv2D(1, 3)).save(path, ["strides"])
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("page.html", "before")]


def test_an_interrupted_writing_leaves_the_file_that_was_there(tmp_path, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    path = tmp_path / "page.html"
    path.write_text("before")
    monkeypatch.setattr("os.replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, "after")
    assert [(one.name, one.read_text()) for one in tmp_path.iterdir()] == [("page.html", "before")]


def test_the_policy_names_the_hashes_of_what_the_page_runs_and_nothing_else(tmp_path):
    saved(explore(layers.Conv2D(1, 3)), tmp_path, ["strides"])
    text = (tmp_path / "page.html").read_text("utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)[1]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
    for name, pattern in {
        "script-src": r'<script type="module">(.*?)</script>',
        "style-src": "<style>(.*?)</style>",
    }.items():
        (inline,) = re.findall(pattern, text, re.DOTALL)
        assert parts.pop(name) == f"'sha256-{base64.b64encode(hashlib.sha256(inline.encode()).digest()).decode()}'"
    assert parts == {"default-src": "'none'", "img-src": "data:", "base-uri": "'none'"}


def test_nothing_that_a_layer_says_ends_the_page_early(tmp_path):
    def odd(x):
        return x

    odd.__name__ = "</script><b>"
    layer = layers.Conv2D(1, 2, activation=odd)
    record = saved(explore(layer, (1, 4, 4, 1)), tmp_path, ["activation"])
    assert record["controls"][0]["values"][-1] == "</script><b>"
    assert (tmp_path / "page.html").read_text("utf-8").count("</script>") == 2


def test_a_page_without_javascript_shows_the_figure_the_facts_and_a_sentence(tmp_path):
    e = explore(layers.Conv2D(1, 3))
    saved(e, tmp_path, ["strides"])
    body = (tmp_path / "page.html").read_text("utf-8").split("<body>")[1].split("</main>")[0]
    assert '<img src="data:image/png;base64,' in body
    assert "<dt>output</dt><dd>(1, 6, 6, 1)</dd>" in body and "<dd>floor((8 - 3) / 1) + 1 = 6</dd>" in body
    assert "Open this file in a current web browser" in body


def test_a_page_whose_answer_is_hidden_does_not_say_it_beside_its_figure(tmp_path):
    record = saved(explore(layers.Conv2D(1, 3), reveal=False), tmp_path, ["strides"])
    assert record["reveal"] is False
    assert "(1, 6, 6, 1)" not in (tmp_path / "page.html").read_text("utf-8").split("</main>")[0]


# What is recorded

DRAWN = np.random.default_rng(3).integers(-4, 5, (1, 6, 5, 2)).astype("float32")
CASES = {
    "Conv1D": (layers.Conv1D(2, 3), DRAWN[:, :, 0], ["kernel_size", "padding"]),
    "Conv2D": (layers.Conv2D(2, (3, 2), activation="softmax"), DRAWN, ["kernel_size", "strides"]),
    "grouped": (layers.Conv2D(4, 2, groups=2), DRAWN, ["groups", "filters", "use_bias"]),
    "refused": (layers.Conv2D(1, 3), DRAWN, ["strides", "dilation_rate", "kernel_size"]),
    "Conv3D": (layers.Conv3D(1, 2), DRAWN[..., None], ["kernel_size", "padding"]),
    "Conv1DTranspose": (layers.Conv1DTranspose(2, 3, strides=2), DRAWN[:, :, 0], ["strides", "padding"]),
    "Conv2DTranspose": (layers.Conv2DTranspose(2, 3, strides=2), DRAWN, ["strides", "output_padding"]),
    "Conv3DTranspose": (layers.Conv3DTranspose(1, 2), DRAWN[:, :3, :, :, None], ["strides", "padding"]),
    "DepthwiseConv1D": (layers.DepthwiseConv1D(3), DRAWN[:, :, 0], ["kernel_size", "depth_multiplier"]),
    "DepthwiseConv2D": (layers.DepthwiseConv2D(2), DRAWN, ["kernel_size", "depth_multiplier"]),
    "SeparableConv1D": (layers.SeparableConv1D(2, 3), DRAWN[:, :, 0], ["depth_multiplier", "padding"]),
    "SeparableConv2D": (layers.SeparableConv2D(2, 2), DRAWN, ["depth_multiplier", "activation"]),
    "DeformableConv2D": (DeformableConv2D(2, 2), DRAWN, ["kernel_size", "modulated"]),
    "chain": (
        keras.Sequential([layers.Conv2D(2, 2), layers.MaxPooling2D(2), layers.Conv2D(1, 2)]),
        DRAWN,
        ["kernel_size", "dilation_rate"],
    ),
}


def test_every_kind_is_among_those_whose_recorded_states_are_compared():
    assert {type(layer).__name__ for layer, *_ in CASES.values()} == {*KINDS, "Sequential"}


@pytest.mark.long
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("case", CASES)
def test_a_recorded_state_is_what_a_live_explorer_shows(case, tmp_path):
    layer, x, names = CASES[case]
    recorded_from, live = explore(layer, x), explore(layer, x)
    controls = recorded_controls.RecordedControls(recorded_from).controls(names)
    states = decoded_states(saved(recorded_from, tmp_path, names))
    assert len(states) == count_states(controls) > 5
    refused = 0
    at = recorded_controls.RecordedControls(live)._at
    for state, values in zip(states, combinations(controls), strict=True):
        live.settings = {name: value for name, value in at(values).items() if name in names}
        if ("view", "") in values:
            live._stage.view = values["view", ""]
        expected = {name: value for name, value in live._stage.snapshot.items() if name not in OWN}
        if live.facts.problem:
            refused += 1
            assert state["snapshot"]["problem"] and state["first_values"] is None
            expected |= {"grids": [], "links": []}  # a live one keeps the picture before
        else:
            assert state["first_values"] == live._stage.first_values["values"]
        assert state["snapshot"] == as_sent(expected)
    assert refused < len(states)
    assert (refused > 0) == (case in {"grouped", "refused", "Conv3D", "Conv2DTranspose", "chain"}), refused


def test_the_states_stand_in_the_order_of_the_controls_values(tmp_path):
    e = explore(layers.Conv2D(1, (3, 2), strides=2), (1, 8, 8, 1))
    states = decoded_states(saved(e, tmp_path, ["kernel_size", "padding", "strides"]))
    lines = [state["snapshot"]["code"] for state in states]
    assert len(lines) == 5 * 5 * 2 * 3
    assert lines[:2] == ["layers.Conv2D(1, 1)", "layers.Conv2D(1, 1, strides=2)"]
    assert lines[3] == "layers.Conv2D(1, 1, padding='same')"
    assert lines[6] == "layers.Conv2D(1, (1, 2))"
    assert lines[30] == "layers.Conv2D(1, (2, 1))"
    assert lines[-1] == "layers.Conv2D(1, 5, strides=3, padding='same')"


def test_both_views_of_a_transposed_layer_are_recorded(tmp_path):
    record = saved(explore(layers.Conv2DTranspose(1, 2)), tmp_path, ["strides"])
    assert controls_of(record) == {"strides": ["1", "2", "3"], "view": ["scatter", "gather"]}
    assert [state["snapshot"]["view"] for state in decoded_states(record)] == ["scatter", "gather"] * 3


def test_what_keras_refuses_is_recorded_with_its_words_and_our_advice(tmp_path):
    e = explore(layers.Conv2D(1, 3))
    states = decoded_states(saved(e, tmp_path, ["strides", "dilation_rate"]))
    refused = [i for i, state in enumerate(states) if state["snapshot"]["problem"]]
    assert refused == [4, 5, 7, 8]  # both above 1
    e.settings = {"strides": 2, "dilation_rate": 2}
    assert states[4]["snapshot"]["problem"] == str(e.facts.problem) != ""
    assert states[4]["snapshot"]["advice"]["key"] == e.facts.advice.key


def test_weights_that_a_reader_changed_are_those_of_the_page(tmp_path):
    e = explore(layers.Conv2D(1, 2), (1, 4, 4, 1))
    e.layer.kernel.assign(np.full((2, 2, 1, 1), 7.0))
    e.settings = {"strides": 2}
    (_, second) = decoded_states(saved(e, tmp_path, ["strides"]))[:2]
    assert np.frombuffer(second["snapshot"]["links"][0]["kernel"], "float32").tolist() == [7, 7, 7, 7]


def test_a_point_that_a_reader_moved_stays_there_at_the_settings_of_the_move(tmp_path):
    e = explore(DeformableConv2D(1, 2), DRAWN)
    e._move_point((0, 0, 0, 0, 0), (0.25, 0.5))
    first, second, *_ = decoded_states(saved(e, tmp_path, ["strides"]))
    points = [np.frombuffer(state["snapshot"]["links"][0]["points"], "float32")[:2] for state in (first, second)]
    assert points[0].tolist() == np.frombuffer(e._stage.snapshot["links"][0]["points"], "float32")[:2].tolist()
    assert points[0].tolist() != points[1].tolist()


def test_the_sample_that_is_shown_is_the_one_on_the_page(tmp_path):
    e = explore(layers.Conv2D(1, 2), np.arange(27.0).reshape(3, 3, 3, 1))
    e._stage.requested_channels = {"sample": 2, "channels": []}
    (state, *_) = decoded_states(saved(e, tmp_path, ["strides"]))
    assert (state["snapshot"]["sample"], state["snapshot"]["samples"]) == (2, 1)
    assert np.frombuffer(state["first_values"], "float32").tolist() == list(range(18, 27))


def test_what_is_refused_when_the_page_is_made_has_a_page_too(tmp_path):
    record = saved(explore(layers.Conv2D(1, 5), (1, 4, 4, 1)), tmp_path, ["padding"])
    states = decoded_states(record)
    assert [bool(state["snapshot"]["problem"]) for state in states] == [True, False]


def test_a_chain_without_a_convolution_has_a_page_without_controls(tmp_path):
    record = saved(explore(keras.Sequential([layers.MaxPooling2D(2), layers.ReLU()]), (1, 4, 4, 1)), tmp_path)
    assert record["controls"] == []
    assert [len(state["snapshot"]["grids"]) for state in decoded_states(record)] == [3]


@pytest.mark.long
@pytest.mark.parametrize("case", ["Conv2D", "Conv2DTranspose", "DeformableConv2D", "chain"])
def test_the_explorer_is_afterwards_as_it_was(case, tmp_path):
    layer, x, names = CASES[case]
    e = explore(layer, x)
    e.settings = {"kernel_size": 1}
    e._live.offset_overrides = {(0, 0, 0, 0, 0): (0.5, 0.5)}
    e.layer.kernel.assign_add(e.layer.kernel * 0 + 1)
    before = e.layer, e.facts, e.settings, e._stage.snapshot, dict(e._live.offset_overrides)
    weights = [weight.copy() for weight in e.layer.get_weights()]
    memories = {name: memory._values.copy() for name, memory in e._live._memories.items() if memory._values is not None}
    saved(e, tmp_path, names)
    after = e.layer, e.facts, e.settings, e._stage.snapshot, dict(e._live.offset_overrides)
    assert all(a is b or a == b for a, b in zip(before, after))
    assert all(np.array_equal(a, b) for a, b in zip(weights, e.layer.get_weights()))
    for name, values in memories.items():
        assert np.array_equal(values, e._live._memories[name]._values)
