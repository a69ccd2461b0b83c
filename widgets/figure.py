"""Picture -> matplotlib: the still that a saved notebook keeps."""

import io
import textwrap
from dataclasses import dataclass

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from widgets import words

MOST_NUMBERS = 12  # cells a side up to which numbers are written
MOST_LINES = 64  # cells a side up to which they are parted by lines
LIT = "#c2006b"
SIGNED = LinearSegmentedColormap.from_list("signed", ["#2166ac", "#f7f7f7", "#d95f02"])  # the browser's colours


def png(facts, picture, revealed=True):
    """The picture of the first sample, channel and filter, with the first window lit, as the bytes of a PNG.

    `revealed=False` shows the input and the code alone, so that a reader can predict the rest.

    >>> import keras
    >>> from widgets.facts import layer_facts
    >>> from widgets.picture import layer_picture
    >>> facts = layer_facts(keras.layers.Conv2D(1, 3), (1, 6, 6, 1))
    >>> png(facts, layer_picture(facts))[1:4]
    b'PNG'
    """
    figure = Figure(figsize=(9, 3.6), dpi=90, layout="constrained")
    FigureCanvasAgg(figure)
    answer = facts.problem or f"{facts.input_shape} -> {facts.output_shape},  {facts.params_formula}"
    # Matplotlib's own wrapping would take dollars in Keras' words for a formula.
    title = "\n".join(textwrap.fill(line, 108) for line in (facts.code, answer if revealed else words.PREDICT))
    figure.suptitle(title, fontsize=10, family="monospace", parse_math=False)
    if picture is not None:
        panels = _panels(picture) if revealed else [_grid_panel(picture.grids[0])]
        _draw(figure, panels)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


@dataclass
class Panel:
    """One plane of one channel: what `_cells` draws."""

    title: str
    values: np.ndarray
    limit: float
    grey: bool = False
    padding: tuple = ((0, 0), (0, 0))
    lit: tuple = ((), ())  # rows and columns; a cell of both is outlined
    unread: tuple = ((), ())


def _grid_panel(grid):
    return Panel(f"{grid.name}\n{grid.shape}", _flat(grid.values[0, ..., 0]), grid.limit, grid.grey)


def _panels(picture):
    """Every grid, and between them every kernel; lit is all that the first cell of the last grid sees."""
    panels = []
    lit = [[0] for _ in picture.grids[-1].shape[1:-1]]
    for index in reversed(range(len(picture.grids))):
        grid = picture.grids[index]
        panel = _grid_panel(grid)
        panel.padding, panel.lit = _two(grid.padding, (0, 0)), _two(lit, [0])
        if index < len(picture.links) and picture.links[index].reads is not None:
            tables = picture.links[index].reads
            panel.unread = _two([sorted(set(range(n)) - set(t.flat)) for n, t in zip(grid.shape[1:], tables)], [])
        panels.append(panel)
        if index:
            link = picture.links[index - 1]
            lit = [_read(link, axis, later) for axis, later in enumerate(lit)]
            if "kernel" in link.weights:
                limit = np.abs(link.weights["kernel"]).max(initial=0) or 1
                panels.append(Panel(link.kernel_name, _flat(link.weights["kernel"][..., 0, 0]), limit))
    return panels[::-1]


def _draw(figure, panels):
    widths = [max(panel.values.shape[1], 3) for panel in panels]
    subplots = figure.subplots(1, len(panels), width_ratios=np.sqrt(widths), squeeze=False)[0]
    for axes, panel in zip(subplots, panels):
        _cells(axes, panel)
        axes.set_title(panel.title, fontsize=8)


def _read(link, axis, later):
    """Along one axis: the earlier cells that these later ones read."""
    if link.reads is not None:
        return sorted({int(at) for index in later for at in link.reads[axis][index]})
    return sorted({int(at) for index in later for at in np.nonzero(link.writes[axis] == index)[0]})


def _flat(values):
    """Rows and columns: the first plane of a volume, a line as one row."""
    return values.reshape(-1, *values.shape[-2:])[0] if values.ndim > 1 else values[None]


def _two(items, absent):
    return ([absent] + list(items))[-2:]


def _cells(axes, panel):
    (top, bottom), (left, right) = panel.padding
    height, width = panel.values.shape
    _rectangle(axes, -top, -left, height + top + bottom, width + left + right, hatch="///", zorder=-1)
    low = 0 if panel.grey else -panel.limit
    cmap = "gray" if panel.grey else SIGNED
    image = axes.imshow(panel.values, interpolation="nearest", cmap=cmap, vmin=low, vmax=panel.limit)
    axes.set_xlim(-left - 0.6, width + right - 0.4)
    axes.set_ylim(height + bottom - 0.4, -top - 0.6)
    axes.set(xticks=[], yticks=[], frame_on=False)
    for row in panel.unread[0]:
        _rectangle(axes, row, 0, 1, width, hatch="...", edgecolor=LIT, fill=False)
    for column in panel.unread[1]:
        _rectangle(axes, 0, column, height, 1, hatch="...", edgecolor=LIT, fill=False)
    if max(height, width) <= MOST_LINES:
        axes.hlines(
            np.arange(-top, height + bottom + 1) - 0.5, -left - 0.5, width + right - 0.5, "#c4c4c4", linewidth=0.6
        )
        axes.vlines(
            np.arange(-left, width + right + 1) - 0.5, -top - 0.5, height + bottom - 0.5, "#c4c4c4", linewidth=0.6
        )
    for row in panel.lit[0]:
        for column in panel.lit[1]:
            _rectangle(axes, row, column, 1, 1, fill=False, edgecolor=LIT, linewidth=1.5, zorder=3)
    if max(height, width) > MOST_NUMBERS:
        return
    for (row, column), value in np.ndenumerate(panel.values):
        red, green, blue, _ = image.cmap(image.norm(value))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        axes.text(
            column, row, _short(value), ha="center", va="center", fontsize=5.5, color="white" if dark else "black"
        )


def _rectangle(axes, row, column, height, width, **look):
    look = {"facecolor": "white", "edgecolor": "#999999", "linewidth": 0} | look
    axes.add_patch(Rectangle((column - 0.5, row - 0.5), width, height, **look))


def _short(value):
    if float(value).is_integer() and abs(value) < 1e6:
        return str(int(value))
    text = f"{value:.2f}".rstrip("0").rstrip(".") if abs(value) < 1000 else f"{value:.3g}"
    return "0" if text == "-0" else text
