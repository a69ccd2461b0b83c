"""What ipywidgets keeps of tools that nobody has any more, and what must never be let go."""

import gc
import weakref

import ipywidgets
import pytest
from keras import layers

from widgets import compare, explore, predict
from widgets.stage import lifetime


def registered():
    return len(lifetime._registry())


@pytest.fixture(autouse=True)
def nothing_else():
    ipywidgets.Widget.close_all()
    gc.collect()
    yield
    ipywidgets.Widget.close_all()


@pytest.mark.parametrize(
    "make",
    [
        lambda: explore(layers.Conv2D(1, 3)),
        lambda: compare([layers.Conv2D(1, 3)]),
        lambda: predict(layers.Conv2D(1, 3), (1, 5, 5, 1)),
    ],
    ids=["explore", "compare", "predict"],
)
def test_a_tool_that_nobody_has_is_freed_with_all_its_widgets(make):
    tools = [make(), make()]
    refs = [weakref.ref(tool) for tool in tools]
    lifetime._let_go(tools)
    assert [ref() for ref in refs] == [None, None]
    assert registered() == 0


def test_a_tool_that_a_name_a_list_or_a_box_holds_stays_as_it_was():
    named, listed, boxed = (explore(layers.Conv2D(1, 3)) for _ in range(3))
    many, box = [listed], ipywidgets.VBox([boxed])
    before = registered()
    tools = [named, listed, boxed]
    del listed, boxed
    lifetime._let_go(tools)
    assert registered() == before
    for tool in (named, many[0], box.children[0]):
        assert lifetime._registry()[tool.model_id] is tool
        slider = next(w for w in lifetime.family(tool) if getattr(w, "description", "") == "filters")
        # What a kernel does with a message of the browser's.
        slider.comm._msg_callback({"content": {"data": {"method": "update", "state": {"value": 5}}}})
        assert tool.y.shape == (1, 6, 6, 5)


def test_one_widget_of_a_tool_keeps_all_of_it():
    tool = explore(layers.Conv2D(1, 3))
    stage, ref = tool.children[1], weakref.ref(tool)
    before, tools = registered(), [tool]
    del tool
    lifetime._let_go(tools)
    assert ref() is not None
    assert registered() == before
    assert stage.snapshot["revision"] == 1


def test_controls_that_are_made_anew_are_closed():
    explorer = explore(layers.Conv2D(1, 3))
    menu = next(w for w in lifetime.family(explorer) if getattr(w, "description", "") == "picture")
    before = registered()
    for _ in range(3):
        menu.value = "the_boat"
        menu.value = "as_given"
    assert registered() == before
    assert explorer.y.shape == (1, 6, 6, 1)


def test_the_explorer_of_a_question_goes_with_the_question():
    p = predict(layers.Conv2D, seed=1)
    p.next()
    before = registered()
    for _ in range(3):
        p.show()
        assert p.explorer is not None
        p.next()
    assert registered() == before


# Cells


class Shell:
    """As much of IPython as tells which cell runs."""

    def __init__(self):
        self.user_ns = {"Out": {}}
        self.all_ns_refs = [self.user_ns]
        self.parent = {}

    def get_parent(self):
        return self.parent

    def run(self, cell, number):
        self.parent = {"metadata": {"cellId": cell}, "header": {"msg_id": f"run {number}"}}


@pytest.fixture
def shell(monkeypatch):
    made = Shell()
    monkeypatch.setattr(lifetime, "get_ipython", lambda: made)
    monkeypatch.setattr(lifetime, "_of_cell", {})
    monkeypatch.setattr(lifetime, "_replaced", weakref.WeakSet())
    return made


def test_a_tool_is_replaced_when_its_cell_makes_another(shell):
    shell.run("a", 1)
    first, beside = explore(layers.Conv2D(1, 3)), explore(layers.Conv2D(2, 3))
    shell.run("b", 2)
    other = explore(layers.Conv2D(3, 3))
    assert len(lifetime._replaced) == 0
    shell.run("a", 3)
    explore(layers.Conv2D(4, 3))
    assert set(lifetime._replaced) == {first, beside}
    assert other not in lifetime._replaced


def test_a_replaced_tool_that_another_cell_shows_or_a_page_has_seen_is_not_looked_at(shell, monkeypatch):
    looked = []
    monkeypatch.setattr(lifetime, "_let_go", looked.extend)
    shell.run("a", 1)
    free, shown, seen = (explore(layers.Conv2D(1, 3)) for _ in range(3))
    shell.run("b", 2)
    shown._repr_mimebundle_()
    shell.run("a", 3)
    now = explore(layers.Conv2D(1, 3))
    seen.connection._handle_custom_msg("seen", [])  # the page's answer
    lifetime._look(lifetime.time.monotonic())
    assert looked == [free]
    assert now not in looked


def test_outputs_of_a_tool_that_is_let_go_are_forgotten_and_others_stay(shell):
    tool, other = explore(layers.Conv2D(1, 3)), explore(layers.Conv2D(1, 3))
    shell.user_ns["Out"].update({3: tool, 4: other, 5: 42})
    shell.user_ns.update(_3=tool, _4=other, _5=42)
    ref, tools = weakref.ref(tool), [tool]
    del tool
    lifetime._let_go(tools)
    assert ref() is None
    assert shell.user_ns == {"Out": {4: other, 5: 42}, "_4": other, "_5": 42}
