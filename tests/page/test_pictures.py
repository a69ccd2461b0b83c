"""The pictures of a page that asks or compares: those of the notebook, in each view."""

import numpy as np
import pytest
from keras import layers
from reading_records import OWN, as_sent, decoded_states

from widgets import DeformableConv2D, compare, explore, predict
from widgets.page import recording

APART = OWN | {"view"}
X = np.random.default_rng(3).integers(-4, 5, (1, 6, 5, 2)).astype("float32")


def live(explorer):
    """What its stage shows, as a record has it."""
    stage = explorer._stage
    shown = {name: value for name, value in stage.snapshot.items() if name not in APART}
    return as_sent(shown | {"samples": 1, "thumbnails": None}), stage.first_values["values"]


def kept(state):
    return {name: value for name, value in state["snapshot"].items() if name not in APART}, state["first_values"]


def test_after_a_question_a_page_shows_what_the_notebook_shows():
    p = predict([DeformableConv2D(2, 2), layers.Conv2DTranspose(2, 2)], X, ask=["params", "value"])
    states = decoded_states(p.recorded().record)
    assert len(states) == 2 * 4  # questions, in two views
    for number in range(4):
        p.show()
        assert kept(states[2 * number]) == live(p.explorer)
        assert states[2 * number]["start"] == as_sent(p.explorer._stage.start)
        assert states[2 * number]["veiled"] == ("cn-veiled" in p.explorer._dom_classes) == (number in (0, 2))
        p.next()
    assert [state["snapshot"]["view"] for state in states] == ["", ""] * 2 + ["scatter", "gather"] * 2


def test_a_comparison_has_the_pictures_of_its_layers_that_can_be_drawn():
    given = [layers.Conv2D(2, 3), layers.Conv2D(2, 30), layers.Flatten(), layers.MaxPooling2D(2)]
    made = compare([*given, layers.Conv2DTranspose(2, 2)], X).recorded()
    assert made.record["drawn"] == [0, 3, 4]
    states = decoded_states(made.record)
    assert [state["snapshot"]["code"] for state in states[::2]] == [
        "layers.Conv2D(2, 3)",
        "layers.MaxPooling2D()",
        "layers.Conv2DTranspose(2, 2)",
    ]
    assert [len(state["snapshot"]["grids"]) for state in states] == [2, 2, 2, 2, 2, 3]
    for state, layer in ((states[0], given[0]), (states[5], layers.Conv2DTranspose(2, 2))):
        e = explore(layer, X)
        e._stage.view = state["snapshot"]["view"]
        shapes = [grid["label"] for grid in live(e)[0]["grids"]]
        assert [grid["label"] for grid in state["snapshot"]["grids"]] == shapes


def test_pictures_that_are_too_large_for_a_page_are_refused(monkeypatch):
    monkeypatch.setattr(recording.LIMITS, "size", 1000)
    with pytest.raises(ValueError, match=r"A page may hold at most 0 MB. Received: 0.0 MB. Try a smaller input."):
        compare([layers.Conv2D(2, 3)], X).recorded()
