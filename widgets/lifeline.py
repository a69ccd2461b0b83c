"""The line between a tool on a page and its kernel: says in words when nobody answers at the other end."""

from pathlib import Path

import anywidget
import traitlets

from widgets import words

HERE = Path(__file__).parent


class Lifeline(anywidget.AnyWidget):
    """Empty, until the kernel of the tool that it is in is gone or does not answer."""

    # As text: anywidget keeps every widget for ever that is made of files.
    _esm = (HERE / "lifeline.js").read_text(encoding="utf-8")
    _css = (HERE / "lifeline.css").read_text(encoding="utf-8")

    words = traitlets.Dict(words.LIFELINE).tag(sync=True)

    def __init__(self):
        super().__init__()
        self.seen = False  # whether a page has said that it shows the tool, since it was asked last
        self.on_msg(self._answer)

    def ask(self):
        """Ask all pages whether they show the tool."""
        self.seen = False
        self.send("seen?")

    def _answer(self, _, content, buffers):
        if content == "here?":
            self.send("here")
        elif content == "seen":
            self.seen = True

    def __repr__(self):
        return "<Lifeline>"
