"""Picture -> matplotlib: the still that a saved notebook keeps."""

import io

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

MOST_NUMBERS = 12  # cells a side up to which numbers are written
LIT = "#c2006b"
SIGNED = LinearSegmentedColormap.from_list(
    "signed", ["#2166ac", "#f7f7f7", "#d95f02"]
)  # the browser's colours


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
    answer = (
        facts.problem
        or f"{facts.input_shape} -> {facts.output_shape},  {facts.params_formula}"
    )
    figure.suptitle(
        f"{facts.code}\n{answer}", fontsize=10, family="monospace", wrap=True
    )
    if picture is not None:
        _draw(figure, picture)
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


def _draw(figure, picture):
    (earlier, later), (link,) = picture.grids, picture.links
    kernel = link.weights["kernel"]
    panels = [
        (
            f"{earlier.name} {earlier.shape}",
            earlier.values[0, ..., 0],
            earlier.padding,
            earlier,
        ),
        (f"kernel {kernel.shape}", kernel[..., 0, 0], ((0, 0), (0, 0)), None),
        (f"{later.name} {later.shape}", later.values[0, ..., 0], later.padding, later),
    ]
    widths = [max(values.shape[1], 3) for _, values, _, _ in panels]
    for axes, (title, values, padding, grid) in zip(
        figure.subplots(1, 3, width_ratios=np.sqrt(widths)), panels
    ):
        limit = grid.limit if grid else np.abs(kernel).max(initial=0) or 1
        grey = grid is not None and grid.grey
        _cells(axes, values, padding, grey, limit)
        axes.set_title(title, fontsize=8)
    first = [table[0] for table in link.reads]
    input_axes, _, output_axes = figure.axes
    for row in first[0]:
        for column in first[1]:
            _outline(input_axes, row, column)
    _outline(output_axes, 0, 0)


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
    colours = (
        {"cmap": "gray", "vmin": 0, "vmax": limit}
        if grey
        else {"cmap": SIGNED, "vmin": -limit, "vmax": limit}
    )
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


def _outline(axes, row, column):
    axes.add_patch(
        Rectangle(
            (column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=LIT, linewidth=1.5
        )
    )
