"""Picture -> matplotlib: the still that a saved notebook keeps."""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

MOST_NUMBERS = 12  # cells a side up to which numbers are written
LIT = "#c2006b"
SIGNED = LinearSegmentedColormap.from_list("signed", ["#2166ac", "#f7f7f7", "#d95f02"])  # the browser's colours


def png(facts, picture):
    """The picture of the first sample, channel and filter, with the first window lit, as the bytes of a PNG.

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
    figure.suptitle(f"{facts.code}\n{answer}", fontsize=10, family="monospace", wrap=True)
    if picture is not None:
        _draw(figure, picture)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _draw(figure, picture):
    panels = []  # (title, values, padding, grey, limit, lit cells)
    lit = [[0] for _ in picture.grids[-1].shape[1:-1]]
    for index in reversed(range(len(picture.grids))):
        grid = picture.grids[index]
        values = _flat(grid.values[0, ..., 0])
        panels.append(
            (f"{grid.name}\n{grid.shape}", values, _two(grid.padding, (0, 0)), grid.grey, grid.limit, _two(lit, [0]))
        )
        if index:
            link = picture.links[index - 1]
            lit = [_read(link, axis, later) for axis, later in enumerate(lit)]
            if "kernel" in link.weights:
                kernel = _flat(link.weights["kernel"][..., 0, 0])
                limit = np.abs(link.weights["kernel"]).max(initial=0) or 1
                panels.append((link.kernel_name, kernel, ((0, 0), (0, 0)), False, limit, ([], [])))
    panels.reverse()
    widths = [max(values.shape[1], 3) for _, values, *_ in panels]
    subplots = figure.subplots(1, len(panels), width_ratios=np.sqrt(widths), squeeze=False)[0]
    for axes, (title, values, padding, grey, limit, (rows, columns)) in zip(subplots, panels):
        _cells(axes, values, padding, grey, limit)
        axes.set_title(title, fontsize=8)
        for row in rows:
            for column in columns:
                axes.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=LIT, linewidth=1.5))


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


def _cells(axes, values, padding, grey, limit):
    (top, bottom), (left, right) = padding
    height, width = values.shape
    outside = (-left - 0.5, -top - 0.5)
    size = (width + left + right, height + top + bottom)
    axes.add_patch(
        Rectangle(
            outside,
            *size,
            facecolor="white",
            edgecolor="#999999",
            hatch="///",
            linewidth=0,
            zorder=-1,
        )
    )
    colours = {"cmap": "gray", "vmin": 0, "vmax": limit} if grey else {"cmap": SIGNED, "vmin": -limit, "vmax": limit}
    image = axes.imshow(values, interpolation="nearest", **colours)
    axes.set_xlim(-left - 0.6, width + right - 0.4)
    axes.set_ylim(height + bottom - 0.4, -top - 0.6)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.set_frame_on(False)
    if max(values.shape) > MOST_NUMBERS:
        return
    for (row, column), value in np.ndenumerate(values):
        red, green, blue, _ = image.cmap(image.norm(value))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        text = f"{value:.3g}" if np.isfinite(value) else str(value)
        axes.text(
            column,
            row,
            text,
            ha="center",
            va="center",
            fontsize=6,
            color="white" if dark else "black",
        )
