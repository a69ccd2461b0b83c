"""Picture -> matplotlib: the still that a saved notebook keeps, and the larger one that a reader takes away."""

import io
import itertools
import textwrap
from dataclasses import dataclass

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from widgets.facts import NO_CELL, cells_behind
from widgets.language import factor, number, say, short_all

NUMBER_ROOM, NUMBER_SIZE = 15, 5.5  # points: a side that a cell needs for a number, and the number's font
MOST_TERMS = 12  # of a sum that is written out
MOST_LINES = 64  # cells a side up to which they are parted by lines
SAVED, SHOWN = 90, 264  # dots an inch: for a notebook's file, and for a wall, where numbers have 20 pixels
TOLD = 0.12  # the part of its height that has the sum of the lit cell
LIT = "#c2006b"
SIGNED = LinearSegmentedColormap.from_list("signed", ["#2166ac", "#f7f7f7", "#d95f02"])  # the browser's colours
GREYED = LinearSegmentedColormap.from_list("greyed", ["#595959", "#f7f7f7", "#797979"])  # as dark as those


@dataclass
class Look:
    """What of a picture is looked at: a sample, a channel of each grid, and a cell of the last grid.

    The first of each, where they are left out. `cell` is (plane, row, column), or as many as there are axes.
    """

    sample: int = 0
    channels: tuple = ()
    cell: tuple = ()

    def channel(self, picture, g):
        """The channel of grid g; one that the picture does not have is the first."""
        wanted = self.channels[g] if g < len(self.channels) else 0
        return wanted if wanted < picture.grids[g].shape[-1] else 0

    def window(self, picture):
        """The cell that is lit, one index an axis."""
        sizes = picture.grids[-1].shape[1:-1]
        cell = tuple(self.cell)[-len(sizes) :] if self.cell else (0,) * len(sizes)
        return tuple(min(max(at, 0), size - 1) for at, size in zip(cell, sizes))


def png(facts, picture, revealed=True, look=None, dpi=SAVED):
    """The picture with one window lit, as the bytes of a PNG; `dpi` is SAVED, or SHOWN: that says how the cell is made.

    `look` is a `Look`. `revealed=False` shows the input and the code alone, so that a reader can predict the rest.
    Where Keras refuses the settings, `picture` is an older one: it is greyed, with nothing lit, and says so.

    >>> import keras
    >>> from widgets.facts import layer_facts
    >>> from widgets.picture import layer_picture
    >>> facts = layer_facts(keras.layers.Conv2D(1, 3), (1, 6, 6, 1))
    >>> png(facts, layer_picture(facts))[1:4]
    b'PNG'
    """
    look = look or Look()
    told = dpi > SAVED and picture is not None and revealed and not facts.problem
    figure = figure_of(facts, picture, revealed, look, dpi, TOLD * told)
    if picture is not None and revealed and not facts.problem:
        outline(figure, panels_of(picture, look))
    if told:
        write_sum(figure, sum_of(picture, look))
    out = io.BytesIO()
    figure.canvas.print_png(out)
    return out.getvalue()


def sum_of(picture, look):
    """How Keras' value of the lit cell is made, in a line; where the way is no sum of taps, the value alone."""
    link, earlier, later = picture.links[-1], picture.grids[-2], picture.grids[-1]
    cell, filter_ = look.window(picture), look.channel(picture, len(picture.grids) - 1)
    sample = min(look.sample, len(later.values) - 1)
    place = (sample, *cell, filter_)
    told = [f"y[{', '.join(map(str, place))}] = {number(later.values[place])}"]
    if "kernel" not in link.weights or link.points is not None:
        return told[0]
    channels, kernel = link.channels[filter_], link.weights["kernel"][..., filter_]
    ends = [_joined(link, axis, at, n) for axis, (at, n) in enumerate(zip(cell, earlier.shape[1:]))]
    read = np.ix_(*(at for at, _ in ends), channels)
    products = earlier.values[sample][read] * kernel[np.ix_(*(tap for _, tap in ends))]
    if len(channels) == 1 and products.size <= MOST_TERMS:
        pairs = zip(earlier.values[sample][read].flat, kernel[np.ix_(*(tap for _, tap in ends))].flat)
        terms = " + ".join(f"{factor(x)}×{factor(weight)}" for x, weight in pairs)
    else:
        sums = products.reshape(-1, len(channels)).sum(0)
        terms = " + ".join(map(factor, sums[:MOST_TERMS])) + " + …" * (len(sums) > MOST_TERMS)
    before = link.before_activation[place]
    fields = {"terms": terms or "0", "bias": "", "count": len(channels), "total": number(before)}
    key = "sum_all" if len(channels) > 1 else ""
    if "bias" in link.weights:
        fields["bias"] = factor(link.weights["bias"][filter_])
        key = "sum_all_and_bias" if len(channels) > 1 else "sum_bias"
    told.append(say(f"stage.{key}", **fields) if key else f"{fields['terms']} = {fields['total']}")
    if link.activation:
        named = {"activation": link.activation, "before": number(before), "value": number(later.values[place])}
        told.append(say("stage.sum_softmax" if link.activation == "softmax" else "stage.sum_activation", **named))
    return ":  ".join([told[0], "; ".join(told[1:])])


def _joined(link, axis, at, n):
    """Along one axis: the earlier cells behind the later one `at`, of n that there are, and the taps that join them."""
    cells, taps = cells_behind(link, axis, [at])
    inside = (cells >= 0) & (cells < n)
    return cells[inside], taps[inside]


def write_sum(figure, text):
    """Write it below the picture; returns what is written."""
    lines = textwrap.wrap(text, 124)
    shown = "\n".join(lines[:2] if len(lines) < 3 else [lines[0], lines[1] + " …"])
    return figure.text(0.5, TOLD / 2, shown, fontsize=8, family="monospace", ha="center", va="center", parse_math=False)


def figure_of(facts, picture, revealed, look, dpi=SAVED, below=0):
    """The picture with nothing lit; `below` is the part of its height that is left free there."""
    figure = Figure(figsize=(9, 3.6), dpi=dpi, layout="constrained")
    figure.get_layout_engine().set(rect=(0, below, 1, 1 - below))
    FigureCanvasAgg(figure)
    if not revealed:
        answer = [say("stage.predict")]
    elif facts.problem:
        answer = [facts.problem] + [say("stage.stale")] * (picture is not None)
    else:
        answer = [f"{facts.input_shape} -> {facts.output_shape},  {facts.params_formula}"]
        answer += [say("stage.at_most")] * any(link.certainty == "at most" for link in picture.links)
    # Matplotlib's own wrapping would take dollars in Keras' words for a formula.
    title = "\n".join(textwrap.fill(line, 98) for line in (facts.code, *answer))
    figure.suptitle(title, fontsize=10, family="monospace", parse_math=False)
    if picture is not None:
        panels = panels_of(picture, look) if revealed else [_grid_panel(picture, 0, look)]
        widths = [max(panel.values.shape[1], 3) for panel in panels]
        subplots = figure.subplots(1, len(panels), width_ratios=np.sqrt(widths), squeeze=False)[0]
        for axes, panel, room in zip(subplots, panels, rooms(panels)):
            draw_panel(axes, panel, room)
        figure.get_layout_engine().execute(figure)
        if facts.problem:  # the colours go, and a veil lies over all but the title
            for image in (axes.images[0] for axes in figure.axes):
                image.set_cmap(GREYED if image.cmap is SIGNED else image.cmap)
            figure.add_artist(Rectangle((0, 0), 1, 1, color="white", alpha=0.6, zorder=1))
    figure.set_layout_engine("none")  # or it would be laid out, and for that drawn, each time anew
    return figure


def outline(figure, panels):
    """Outline what is lit in each panel; returns the patches."""
    return [
        _rectangle(axes, row, column, 1, 1, fill=False, edgecolor=LIT, linewidth=1.5, zorder=3)
        for axes, panel in zip(figure.axes, panels)
        for row, column in itertools.product(*panel.lit)
    ]


@dataclass
class Panel:
    """One plane of one channel: what `draw_panel` draws."""

    title: str
    values: np.ndarray
    limit: float
    grey: bool = False
    padding: tuple = ((0, 0), (0, 0))
    lit: tuple = ((), ())  # rows and columns; a cell of both is outlined
    unread: tuple = ((), ())
    dots: tuple = ()  # of a deformable layer: (home, point), each a row and a column


def _grid_panel(picture, g, look, plane=0):
    grid = picture.grids[g]
    channel = look.channel(picture, g)
    values = grid.values[min(look.sample, len(grid.values) - 1), ..., channel]
    white = grid.white[channel]
    return Panel(f"{grid.name}\n{grid.shape}", _flat(values, plane), white or grid.limit, white > 0)


def panels_of(picture, look):
    """Every grid, and between them every kernel; lit is all that one cell of the last grid sees."""
    panels = []
    lit = [[at] for at in look.window(picture)]
    for g in reversed(range(len(picture.grids))):
        grid = picture.grids[g]
        # Padding of the later grid is made of nothing earlier.
        inside = [[at for at in cells if 0 <= at < n] for cells, n in zip(lit, grid.shape[1:])]
        panel = _grid_panel(picture, g, look, inside[0][0] if len(lit) == 3 and inside[0] else 0)
        panel.padding, panel.lit = two(grid.padding, (0, 0)), two(lit, [0])
        if g < len(picture.links) and picture.links[g].points is not None:
            panel.dots = _dots(picture, g, look) if look.sample == 0 else ()  # a picture holds the first sample's
            panel.lit = ((), ())
        elif g < len(picture.links) and picture.links[g].reads is not None:
            tables = picture.links[g].along_earlier(picture.links[g].reads)
            panel.unread = two([sorted(set(range(n)) - set(t.flat)) for n, t in zip(grid.shape[1:], tables)], [])
        panels.append(panel)
        if g:
            link = picture.links[g - 1]
            behind = [cells_behind(link, axis, later)[0] for axis, later in enumerate(inside)]
            lit = link.along_earlier([sorted({*cells.flat} - {NO_CELL}) for cells in behind])
            if "kernel" in link.weights:
                limit = np.abs(link.weights["kernel"]).max(initial=0) or 1
                later, earlier = look.channel(picture, g), look.channel(picture, g - 1)
                slices = list(link.channels[later])
                taps = link.weights["kernel"][..., slices.index(earlier) if earlier in slices else 0, later]
                panels.append(Panel(link.kernel_name, _flat(taps, 0), limit))
    return panels[::-1]


def _dots(picture, g, look):
    """Where the taps of one deformed window read, each with the cell that it left: (row, column) pairs."""
    link, (row, column) = picture.links[g], look.window(picture)
    group = look.channel(picture, g) * len(link.points) // picture.grids[g].shape[-1]
    homes = itertools.product(link.reads[0][row], link.reads[1][column])
    return tuple(zip(homes, map(tuple, link.points[group, row, column])))


def rooms(panels):
    """The room for a number in a cell of each panel, in em; 0 where it is too small for any."""
    widths = np.array([max(panel.values.shape[1], 3) for panel in panels])
    wide = 600 / np.sqrt(widths).sum() / np.sqrt(widths)  # points
    points = [min(side, 190 / len(panel.values)) for side, panel in zip(wide, panels)]
    return [0.95 * side / NUMBER_SIZE if side >= NUMBER_ROOM else 0 for side in points]


def _flat(values, plane):
    """Rows and columns: one plane of a volume, a line as one row."""
    return values.reshape(-1, *values.shape[-2:])[plane] if values.ndim > 1 else values[None]


def two(items, absent):
    return ([absent] + list(items))[-2:]


def draw_panel(axes, panel, room):
    """One panel: its title, and its cells, with their numbers where those have room."""
    axes.set_title(panel.title, fontsize=8)
    (top, bottom), (left, right) = panel.padding
    height, width = panel.values.shape
    _rectangle(axes, -top, -left, height + top + bottom, width + left + right, hatch="///", zorder=-1)
    _rectangle(axes, 0, 0, height, width, zorder=-0.5)
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
        rows, columns = np.arange(-top, height + bottom + 1) - 0.5, np.arange(-left, width + right + 1) - 0.5
        axes.hlines(rows, columns[0], columns[-1], "#c4c4c4", linewidth=0.6)
        axes.vlines(columns, rows[0], rows[-1], "#c4c4c4", linewidth=0.6)
    for (from_row, from_column), (row, column) in panel.dots:
        axes.plot([from_column, column], [from_row, row], color=LIT, linewidth=1, zorder=4)
        axes.plot([column], [row], "o", color=LIT, markersize=5, markeredgecolor="white", zorder=5)
    # What is masked is not written yet, and has its digits already: they would change while it fills.
    texts = short_all(np.ma.getdata(panel.values).ravel(), room) if room else None
    if texts is None:
        return
    texts = np.reshape(texts, panel.values.shape)
    for (row, column), value in np.ma.ndenumerate(panel.values):
        red, green, blue, _ = image.cmap(image.norm(value))
        dark = 0.299 * red + 0.587 * green + 0.114 * blue < 0.5
        number = axes.text(column, row, texts[row, column], ha="center", va="center", fontsize=NUMBER_SIZE)
        number.set(color="white" if dark else "black", in_layout=False)


def _rectangle(axes, row, column, height, width, **look):
    look = {"facecolor": "white", "edgecolor": "#999999", "linewidth": 0} | look
    return axes.add_patch(Rectangle((column - 0.5, row - 0.5), width, height, **look))
