"""The kernel says when its cells run for long, and when a tool is closed on purpose."""

import time

import pytest
from IPython.core.events import EventManager
from IPython.core.interactiveshell import InteractiveShell

from widgets.stage import python_connection
from widgets.stage.python_connection import CellWatch, Connection


@pytest.fixture
def cells(monkeypatch):
    """A kernel's cells, `begin()` and `end()`, and what one connection sends of them, `sent`."""
    monkeypatch.setattr(python_connection, "LONG", 0.2)
    monkeypatch.setattr(python_connection, "PAUSE", 0.1)
    sent = []
    monkeypatch.setattr(Connection, "send", lambda line, content, buffers=None: sent.append(content))
    events = EventManager(InteractiveShell(), ["pre_run_cell", "post_run_cell"])
    watch = CellWatch(events)
    line = Connection()
    watch.connections.add(line)

    class Cells:
        def begin(self):
            events.trigger("pre_run_cell", None)

        def end(self):
            events.trigger("post_run_cell", None)

    Cells.sent, Cells.line = sent, line
    return Cells()


def wait_sent(cells, expected):
    end = time.monotonic() + 10
    while cells.sent != expected and time.monotonic() < end:
        time.sleep(0.01)
    assert cells.sent == expected


def test_a_short_cell_is_nobody_s_business(cells):
    for _ in range(3):
        cells.begin()
        cells.end()
        time.sleep(0.3)
    assert cells.sent == []


def test_a_long_cell_is_told_when_it_has_run_for_a_while_and_when_it_is_over(cells):
    cells.begin()
    wait_sent(cells, [{"running": True}])
    cells.end()
    wait_sent(cells, [{"running": True}, {"running": False}])


def test_short_cells_one_after_another_are_told_as_one_long_one(cells):
    for _ in range(20):
        cells.begin()
        time.sleep(0.03)
        cells.end()
    assert cells.sent == [{"running": True}]
    wait_sent(cells, [{"running": True}, {"running": False}])


def test_the_cell_that_makes_the_first_tool_ends_without_a_word(cells):
    cells.end()  # its beginning was before anybody listened
    time.sleep(0.3)
    cells.begin()
    cells.end()
    time.sleep(0.3)
    assert cells.sent == []


def test_a_tool_that_is_closed_says_so_to_its_pages_first(cells):
    cells.line.close()
    cells.line.close()  # once more changes nothing
    assert cells.sent[0] == "closing"
    assert cells.sent.count("closing") <= 1
