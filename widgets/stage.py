"""The stage: the browser's view of a picture, as one anywidget."""

import itertools
import re
from pathlib import Path

import anywidget
import keras
import numpy as np
import tensorflow as tf
import traitlets

from widgets import words

HERE = Path(__file__).parent
SENT_WHOLE = 2 * 2**20  # bytes of one sample up to which all its channels are sent
THUMBNAIL = 24  # cells a side
MOST_THUMBNAILS = 64


def _joined(*names):
    """Several JavaScript modules as one: a front end loads a widget from text, where a relative import fails."""
    texts = ((HERE / name).read_text(encoding="utf-8") for name in names)
    return "\n".join(re.sub(r'^import [^;]*? from "\./[^"]*";$', "", text, flags=re.MULTILINE) for text in texts)


class Stage(anywidget.AnyWidget):
    """Draws a picture, and answers the pointer and the keys without asking Python."""

    _esm = _joined("lookups.js", "drawing.js", "parts.js", "stage.js")
    _css = HERE / "stage.css"

    # All that is drawn, replaced whole: traits set one by one arrive in no promised order.
    snapshot = traitlets.Dict().tag(sync=True)
    # Every word that the browser shows, with {names} to be filled in.
    words = traitlets.Dict(words.STAGE).tag(sync=True)
    # Whether the facts and the output are shown.
    reveal = traitlets.Bool(True).tag(sync=True)
    # Set by the browser: the sample to show, and one channel of each grid that has to be among those sent.
    wanted = traitlets.Dict({"sample": 0, "channels": [0, 0]}).tag(sync=True)

    def __init__(self, **traits):
        super().__init__(**traits)
        self._revisions = itertools.count(1)
        self._facts = self._picture = None
        self.observe(lambda _: self._redraw(), "wanted")
        self.on_msg(self._answer)

    def __repr__(self):
        return "<Stage>"

    def show(self, facts, picture):
        """Draw these facts; `picture` is the last good one where Keras refused, or None where there was none."""
        self._facts, self._picture = facts, picture
        self._redraw()

    def _redraw(self):
        if self._facts is None:
            return
        facts, picture = self._facts, self._picture
        samples = len(picture.grids[0].values) if picture else 1
        sample = min(max(int(self.wanted.get("sample", 0)), 0), samples - 1)
        self.snapshot = {
            "revision": next(self._revisions),
            "facts": fact_rows(facts),
            "code": facts.code,
            "cell": words.CELL_CHANNELS_FIRST if facts.channel_axis == 1 else words.CELL_CHANNELS_LAST,
            "problem": facts.problem,
            "whole_problem": facts.whole_problem,
            "advice": facts.advice,
            "warning": facts.warning,
            "sample": sample,
            "samples": samples,
            "thumbnails": _thumbnails(picture.grids[0].values) if samples > 1 else None,
            "grids": [self._grid(i, grid, sample) for i, grid in enumerate(picture.grids)] if picture else [],
            "links": [self._link(i, link, sample) for i, link in enumerate(picture.links)] if picture else [],
        }

    def _sent_channels(self, index, values):
        """The channels of one grid that are sent: all of them, or a block with the one that is wanted."""
        *_, channels = values.shape
        block = max(1, SENT_WHOLE // max(values[0, ..., 0].size * 4, 1))
        wanted = [*self.wanted.get("channels", []), 0, 0][index]
        first = min(max(int(wanted), 0), channels - 1) // block * block
        return slice(first, min(first + block, channels))

    def _grid(self, index, grid, sample):
        sent = self._sent_channels(index, grid.values)
        return {
            "name": grid.name,
            "shape": list(grid.shape),
            "padding": [list(cells) for cells in grid.padding],
            "grey": grid.grey,
            "limit": grid.limit,
            "first": sent.start,
            "sent": sent.stop - sent.start,
            "values": _floats(grid.values[sample, ..., sent]),
        }

    def _link(self, index, link, sample):
        kernel = link.weights["kernel"]
        bias = link.weights.get("bias")
        finite = np.abs(kernel[np.isfinite(kernel)])
        sent = self._sent_channels(index + 1, link.before_activation)
        return {
            "operation": link.operation,
            "reads": [table.astype("int32").tobytes() for table in link.reads],
            "channels": link.channels.astype("int32").tobytes(),
            "kernel_shape": list(kernel.shape),
            "kernel": _floats(kernel),
            "kernel_limit": float(finite.max(initial=0)) or 1.0,
            "bias": None if bias is None else _floats(bias),
            "activation": link.activation,
            "before": _floats(link.before_activation[sample, ..., sent]) if link.activation else None,
        }

    def _answer(self, _, question, buffers):
        """The window of one output cell, where the browser holds only some of the input's channels."""
        if not isinstance(question, dict) or "window" not in question or self._picture is None:
            return
        link, grid = self._picture.links[0], self._picture.grids[0]
        if question.get("revision") != self.snapshot["revision"]:
            return  # asked of an older picture
        row, column, filter_ = question["window"]
        rows, columns = link.reads[0][row], link.reads[1][column]
        padded = np.zeros((len(rows), len(columns), link.channels.shape[1]), "float32")
        height, width = grid.shape[1:3]
        inside = np.ix_((rows >= 0) & (rows < height), (columns >= 0) & (columns < width))
        values = grid.values[self.snapshot["sample"]]
        padded[inside] = values[
            np.ix_(
                rows[(rows >= 0) & (rows < height)],
                columns[(columns >= 0) & (columns < width)],
                link.channels[filter_],
            )
        ]
        self.send({"window": question["window"], "revision": question["revision"]}, [padded.tobytes()])


def fact_rows(facts):
    """The facts as (label, text) rows, in reading order."""
    rows = [(words.FACT_INPUT, str(facts.input_shape))]
    for name, weight in facts.weights.items():
        rows.append((name, f"{weight.shape}  {words.axes(weight.axes)}"))
    if facts.output_shape is not None:
        rows += [
            (words.FACT_OUTPUT, str(facts.output_shape)),
            (words.FACT_PARAMS, facts.params_formula),
            (words.FACT_MACS, facts.macs_formula),
        ]
    rows += [tuple(line.split(": ", 1)) for line in facts.size_formulas]
    rows.append((words.FACT_VERSIONS, f"Keras {keras.__version__}, TensorFlow {tf.__version__}"))
    return [list(row) for row in rows]


def _floats(values):
    return np.ascontiguousarray(values, "float32").tobytes()


def _thumbnails(values):
    """The first channel of each sample, thinned out: {"shape": [samples, height, width], "values": bytes}."""
    height, width = (-(-size // THUMBNAIL) for size in values.shape[1:3])
    small = values[:MOST_THUMBNAILS, ::height, ::width, 0]
    return {"shape": list(small.shape), "values": _floats(small)}
