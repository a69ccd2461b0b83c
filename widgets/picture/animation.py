"""The picture while its output fills, as a GIF."""

import io
import itertools
import math

import numpy as np
from PIL import Image

from widgets.picture import figure as stills

MOST_FRAMES = 100
FRAME_MS = 350
WIDE = 108  # dots an inch: 972 pixels


def gif(facts, picture, revealed=True, look=None, progress=lambda part: None):
    """The output filling as the window reaches its cells, as the bytes of a GIF; in a scatter, the stamps pile up.

    At most 100 frames, spread over all cells; the last shows all. While there is no picture, or it is hidden or an
    older one, one frame. `progress(part)` is called after each with 0 to 1.
    """
    look = look or stills.Look()
    if picture is None or not revealed or facts.problem:
        return _bytes([Image.open(io.BytesIO(stills.png(facts, picture, revealed, look, WIDE))).convert("RGB")])
    link = picture.links[0]
    stamping = len(picture.links) == 1 and link.reads is None and "kernel" in link.weights
    sizes = picture.grids[0 if stamping else -1].shape[1:-1]
    count = math.prod(sizes)
    steps = np.unique(np.linspace(0, count - 1, min(count, MOST_FRAMES)).round().astype(int)).tolist()
    frames, plane = [], None
    for here, panels, told in (_stamps if stamping else _filling)(picture, look, sizes, steps):
        if plane != here.cell[:-2]:  # all that stays the same is drawn once
            plane = here.cell[:-2]
            figure = stills.figure_of(facts, picture, True, here, WIDE, stills.TOLD)
            output = figure.axes[-1]
            room = stills.rooms(panels)[-1]
            output.set_visible(False)
            figure.canvas.draw()
            still = figure.canvas.copy_from_bbox(figure.bbox)
            output.set_visible(True)
        figure.canvas.restore_region(still)
        output.clear()
        stills.draw_panel(output, panels[-1], room)
        figure.draw_artist(output)
        for made in [*stills.outline(figure, panels), stills.write_sum(figure, told)]:
            (made.axes or figure).draw_artist(made)
            made.remove()
        frames.append(Image.fromarray(np.asarray(figure.canvas.buffer_rgba())).convert("RGB"))
        progress(len(frames) / len(steps))
    return _bytes(frames)


def _filling(picture, look, sizes, steps):
    """For each step, an output cell: the look at it, the panels with the output up to it, and how it is made."""
    for step in steps:
        here = stills.Look(look.sample, look.channels, tuple(map(int, np.unravel_index(step, sizes))))
        panels = stills.panels_of(picture, here)
        values = panels[-1].values
        done = values.size if step == steps[-1] else step % values.size + 1
        panels[-1].values = np.ma.array(values, mask=np.arange(values.size).reshape(values.shape) >= done)
        yield here, panels, stills.sum_of(picture, here)


def _stamps(picture, look, sizes, steps):
    """For each step, an input cell: a look, the panels with the output as the stamps have made it so far, no words."""
    earlier, later, link = picture.grids[0], picture.grids[1], picture.links[0]
    sample, filter_ = min(look.sample, len(earlier.values) - 1), look.channel(picture, 1)
    kernel, channels = link.weights["kernel"][..., filter_], link.channels[filter_]
    sums = np.ma.array(np.zeros(later.shape[1:-1]), mask=True)
    for step, cell in enumerate(itertools.product(*map(range, sizes))):
        to = [table[at] for table, at in zip(link.writes, cell)]
        taps = [np.flatnonzero((cells >= 0) & (cells < n)) for cells, n in zip(to, sums.shape)]
        reached = [cells[inside] for cells, inside in zip(to, taps)]
        stamp = (kernel[np.ix_(*taps)] * earlier.values[(sample, *cell)][channels]).sum(-1)
        sums[np.ix_(*reached)] = sums[np.ix_(*reached)].filled(0) + stamp
        if step not in steps:
            continue
        plane = tuple(int(cells[0]) if len(cells) else 0 for cells in reached[:-2])
        here = stills.Look(look.sample, look.channels, (*plane, 0, 0)[-len(sizes) :])
        panels = stills.panels_of(picture, here)
        panels[0].values = np.atleast_2d(earlier.values[sample, ..., look.channel(picture, 0)][cell[:-2]])
        panels[0].lit, panels[-1].lit = stills.two([[at] for at in cell], [0]), stills.two(reached, [0])
        if step < steps[-1]:
            panels[-1].values = np.ma.atleast_2d(sums[plane].copy())
        yield here, panels, ""


def _bytes(frames):
    frames = [frame.quantize(64) for frame in frames]
    out = io.BytesIO()
    frames[0].save(out, format="GIF", save_all=True, append_images=frames[1:], duration=FRAME_MS, loop=0)
    return out.getvalue()
