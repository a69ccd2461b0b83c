"""The stage: the browser's view of a picture, as one anywidget."""

import itertools
import re
from pathlib import Path

import anywidget
import numpy as np
import traitlets

from widgets.facts import cells_behind
from widgets.language import words
from widgets.stage.snapshot import floats, make_snapshot, sent, sent_channels, three_axes

HERE = Path(__file__).parent
IMPORT = re.compile(r'^import [^;]*?"(\.[^"]+)";$', re.MULTILINE)


def joined(path):
    """A JavaScript module and all that it imports, as one: from text, as a widget is loaded, a relative import fails.

    A module stands behind those that it imports. All share one scope, so that no two of them may define the same name,
    and only the default is exported: anywidget takes any other `render` for an old way to write a widget.
    """
    modules = {}

    def join(path):
        if path not in modules:
            text = path.read_text(encoding="utf-8")
            for imported in IMPORT.findall(text):
                join((path.parent / imported).resolve())
            modules[path] = IMPORT.sub("", text)

    join(Path(path).resolve())
    return re.sub(r"^export (?!default)", "", "\n".join(modules.values()), flags=re.MULTILINE)


class Stage(anywidget.AnyWidget):
    """Draws a picture, and answers the pointer and the keys without asking Python."""

    _esm = joined(HERE / "live_source.js")
    _css = "".join((HERE / name).read_text(encoding="utf-8") for name in ("stage.css", "number_tables.css"))

    # All that is drawn, replaced whole: traits set one by one arrive in no promised order.
    snapshot = traitlets.Dict().tag(sync=True)
    # The first grid's values, which most moves leave as they are: {"key": number, "values": bytes}. The snapshot
    # says which key it belongs to, and both travel in one message.
    first_values = traitlets.Dict({"key": 0}).tag(sync=True)
    # Every sentence that the browser shows by its key, with {names} to be filled in; where it counts something, one for
    # each category of number.
    words = traitlets.Dict().tag(sync=True)
    # Whether the facts and the output are shown.
    reveal = traitlets.Bool(True).tag(sync=True)
    # What a lesson asks before the answer is shown; "" asks for shape and parameters.
    question = traitlets.Unicode("").tag(sync=True)
    # Set by the browser: the sample to show, and one channel of each grid that has to be among those sent.
    requested_channels = traitlets.Dict({"sample": 0, "channels": []}).tag(sync=True)
    # One of the snapshot's `views`, for layers that can be drawn in more than one way.
    view = traitlets.Unicode("").tag(sync=True)

    # The output cell that a view highlights first: {"cell": (plane, row, column), "channel": number}. Empty: the first.
    start = traitlets.Dict().tag(sync=True)
    # What a reader may change by hand: "picture", "kernel", or both.
    editable = traitlets.List(["picture", "kernel"]).tag(sync=True)
    # Whether a reader may hand over an image of his own.
    takes_image = traitlets.Bool(False).tag(sync=True)

    def __init__(self, **traits):
        self._facts = self._picture = self._first_sent = None
        super().__init__(words=browser_words(words()), **traits)
        self._revisions = itertools.count(1)
        # Who carries out what a reader asks for: "move" a sampling point (its place, its new offset), "edit" cells or
        # weights (the change, the sample), "back" to the settings before the last answer, "image" (a file's bytes;
        # ValueError says what is wrong), "export" ("png", "gif" or "state", and whom to tell of the progress).
        self.commands = {}
        self.may_go_back = False
        self._highlighted = []  # the output cell that the browser last said was highlighted
        self.observe(lambda _: self._redraw(), "requested_channels")
        self.on_msg(self._answer)

    def __repr__(self):
        return "<Stage>"

    def open(self):
        """Join the browser when there is a picture: what follows an opening may be lost, and the page stay empty."""
        if self._facts is not None:
            super().open()

    def show(self, facts, picture):
        """Draw these facts; `picture` is the last good one where Keras refused, or None where there was none."""
        first = self._facts is None
        self._facts, self._picture = facts, picture
        self._redraw()
        if first:
            self.open()

    def start_at(self, index, pinned):
        """Highlight this cell of the output first: its index in `y`; a pinned one shows how it is made."""
        cell = [int(at) for at in index[1:]]
        channel = cell.pop(self._facts.channel_axis - 1)
        self.start = {"cell": three_axes(cell, 0), "channel": channel, "pinned": pinned}

    def view_state(self):
        """What the browser shows of the picture: the sample, a channel of each grid, the highlighted output cell."""
        sample, channels = (self.requested_channels[name] for name in ("sample", "channels"))
        return int(sample), tuple(channels), self._highlighted or self.start.get("cell", [])

    def _redraw(self):
        if self._facts is None:
            return
        samples = len(self._picture.grids[0].values) if self._picture else 1
        sample = min(max(int(self.requested_channels.get("sample", 0)), 0), samples - 1)
        blocks = sent_channels(self._picture, self.requested_channels.get("channels", []))
        with self.hold_sync():
            self._send_first(sample, blocks)
            keys = {"revision": next(self._revisions), "first_key": self.first_values["key"], "back": self.may_go_back}
            self.snapshot = keys | make_snapshot(self._facts, self._picture, self.view, sample, blocks)

    def _send_first(self, sample, blocks):
        """The first grid's values, unless the browser has them."""
        if self._picture is None:
            return
        values, block = self._picture.grids[0].values, blocks[0]
        now = (values, sample, block)
        if self._first_sent is None or self._first_sent[0] is not values or self._first_sent[1:] != now[1:]:
            self._first_sent = now
            self.first_values = {"key": self.first_values["key"] + 1, "values": floats(values[sample, ..., block])}

    def _answer(self, _, question, buffers):
        """What the browser asks for: a sign, a change, a file, or the window of a cell that it has not all of."""
        match question:
            case "heard?":
                self.send("heard")
            case {"move": [place, [dy, dx]]}:
                self._carry_out("move", (self.snapshot["sample"], *place), (dy, dx))
            case {"edit": change}:
                self._carry_out("edit", change, self.snapshot["sample"])
            case {"back": _}:
                self._carry_out("back")
            case {"image": _}:
                self._take_image(bytes(buffers[0]))
            case {"export": _}:
                self._hand_over(question)
            case {"window": _, "revision": asked_of} if self._picture and asked_of == self.snapshot["revision"]:
                self._send_window(question)

    def _send_window(self, question):
        """Of the present picture: who asked of an older one has the next by now."""
        index = question["grid"] - 1
        link, grid = self._picture.links[index], self._picture.grids[index]
        *cell, filter_ = question["window"]
        cell = cell[3 - (grid.values.ndim - 2) :]
        places = [cells_behind(link, axis, [at])[0][0] for axis, at in enumerate(cell)]
        inside = [(at >= 0) & (at < size) for at, size in zip(places, grid.shape[1:-1])]
        window = np.zeros((*map(len, places), link.channels.shape[1]), "float32")
        values = grid.values[self.snapshot["sample"]]
        read = np.ix_(*(at[within] for at, within in zip(places, inside)), link.channels[filter_])
        window[np.ix_(*inside)] = values[read]
        answer = {name: question[name] for name in ("window", "grid", "revision")}
        self.send(answer, [window.tobytes()])

    def _carry_out(self, name, *arguments):
        """The browser waits for a new revision, even where the change was interrupted."""
        before = self.snapshot["revision"]
        try:
            self.commands[name](*arguments)
        finally:
            if self.snapshot["revision"] == before:
                self._redraw()

    def _take_image(self, data):
        try:
            self.commands["image"](data)
        except ValueError as error:
            self.send({"image_refused": sent(*error.args)})

    def _hand_over(self, question):
        """A file for the browser to save, or a text for it to copy."""
        self.requested_channels = self.requested_channels | {"channels": question["channels"]}
        self._highlighted = question["cell"]
        try:
            made = self.commands["export"](question["export"], lambda part: self.send({"progress": part}))
        except ValueError as error:  # what text cannot hold
            return self.send({"refused": sent(*error.args)})
        except BaseException:  # interrupted, say
            self.send({})  # the browser waits for an answer
            raise
        if isinstance(made, str):
            return self.send({"text": made})
        name, kind, data = made
        self.send({"file": name, "type": kind}, [data])


def browser_words(own):
    """All that a stage may say, by its key."""
    beside = own.room("axes", "facts", "picture", "editing", "sharing")
    return own.room("stage") | beside | {"language": own.language}
