"""The line between a tool on a page and its kernel: says in words when nobody answers at the other end."""

import functools
import threading
import weakref
from pathlib import Path

import anywidget
import traitlets
from IPython import get_ipython

from widgets.language import words

HERE = Path(__file__).parent
LONG = 1.5  # seconds for which cells run, one after another, until pages hear of it
PAUSE = 0.5  # seconds between two cells that still belong together


class Connection(anywidget.AnyWidget):
    """Empty, until the kernel of the tool that it is in is gone or does not answer."""

    # As text: anywidget keeps every widget for ever that is made of files.
    _esm = (HERE / "python_connection.js").read_text(encoding="utf-8")
    _css = "".join((HERE / name).read_text(encoding="utf-8") for name in ("python_connection.css", "tool.css"))

    words = traitlets.Dict().tag(sync=True)

    def __init__(self):
        super().__init__(words=words().room("connection"))
        self.seen = False  # whether a page has said that it shows the tool, since it was asked last
        self.on_msg(self._answer)
        if (shell := get_ipython()) is not None:
            _watch(shell).connections.add(self)

    def ask(self):
        """Ask all pages whether they show the tool."""
        self.seen = False
        self.send("seen?")

    def close(self):
        """Close it for good; a page that loses it without this word says that the kernel is gone."""
        if self.comm is not None:
            self.send("closing")
        super().close()

    def _answer(self, _, content, buffers):
        if content == "here?":
            self.send("here")
        elif content == "seen":
            self.seen = True

    def __repr__(self):
        return "<Connection>"


class CellWatch:
    """Tells all pages when cells have been running for a while, and when they are done: in between, no tool answers.

    A kernel at work hears nothing, so that no page could ask it.
    """

    def __init__(self, events):
        self.connections = weakref.WeakSet()
        self._start = self._end = None  # timers
        self._reported = False
        events.register("pre_run_cell", self._begin)
        events.register("post_run_cell", self._finish)

    def _begin(self, _):
        if self._end is not None:
            self._end.cancel()
            self._end = None
        if self._start is None:
            self._start = _later(LONG, self._tell, True)

    def _finish(self, _):
        self._end = _later(PAUSE, self._tell, False)

    def _tell(self, running):
        if not running:
            if self._start is not None:  # else the first tool was made in the cell that is over
                self._start.cancel()
            self._start = self._end = None
        if running != self._reported:
            self._reported = running
            for connection in list(self.connections):
                connection.send({"running": running})


@functools.cache
def _watch(shell):
    return CellWatch(shell.events)


def _later(seconds, act, *arguments):
    timer = threading.Timer(seconds, act, arguments)
    timer.daemon = True
    timer.start()
    return timer
