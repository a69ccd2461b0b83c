"""A picture as the browser is told of it: keys and numbers, no sentence, and arrays as bytes."""

import keras
import numpy as np
import tensorflow as tf

from widgets.facts import cell_template, chain_receptive_field, kind_of, shown_code, symbol, tap_template
from widgets.language import Sentence
from widgets.picture import VIEWS, layer_picture

SENT_WHOLE = 2 * 2**20  # bytes of one sample up to which all its channels are sent
THUMBNAIL = (6, 24, 24)  # planes, rows and columns at most
MOST_THUMBNAILS = 64


def make_snapshot(facts, picture, view, sample, blocks, samples=None):
    """All that is drawn of one sample of `picture`, and what is said of `facts`.

    The picture is that of other facts where Keras refused, or None. `blocks` are the channels that are sent, see
    `sent_channels`; `samples` how many can be chosen, left out: all.
    """
    samples = samples or (len(picture.grids[0].values) if picture else 1)
    return {
        "facts": fact_rows(facts),
        "code": sent(shown_code(facts)),
        "views": list(VIEWS.get(facts.operation, ())),
        "view": view,
        "rank": facts.x.ndim - 2,
        "cell": cell_template(facts.x.ndim - 2, facts.channel_axis == 1),
        "problem": sent(facts.problem),
        "whole_problem": sent(facts.whole_problem),
        "advice": sent(facts.advice),
        "warning": sent(facts.warning),
        "sample": sample,
        "samples": samples,
        "thumbnails": _thumbnails(picture.grids[0].values) if samples > 1 else None,
        "grids": [_grid(picture, i, facts.channel_axis, sample, block) for i, block in enumerate(blocks)],
        "links": [_link(picture, i, sample, block) for i, block in enumerate(blocks[1:])],
    }


def fact_rows(facts):
    """The facts in reading order: what each is about, by its key, and its values. The browser has the words.

    Of a chain, the weights are those of the layer that a reader changes.
    """
    rows = [{"fact": "input_shape", "shape": str(facts.input_shape)}]
    for number, step in enumerate(facts.chain):
        layer = step.code.split("(")[0].removeprefix("layers.")
        steps = facts.steps[: number + 1]
        field = list(map(str, chain_receptive_field(steps)))
        known = {"number": number, "layer": layer, "shape": str(step.output_shape), "field": field}
        if any(one.tables and one.tables.certainty == "at most" for one in steps):
            known["certainty"] = "at most"
        rows.append({"fact": "step", **known})
    told, number = (facts, "") if facts.chosen is None else (facts.chain[facts.chosen], f"_{facts.chosen}")
    for name, weight in told.weights.items():
        axes = list(told.told_axes(name))
        rows.append({"fact": "weight", "name": name + number, "shape": str(weight.shape), "axes": axes})
    if facts.output_shape is not None:
        rows += [
            {"fact": "output_shape", "shape": str(facts.output_shape), "axes": facts.output_axes},
            {"fact": "params", "formula": facts.params_formula},
            {"fact": "macs", "formula": facts.macs_formula},
        ]
    for line in facts.size_formulas:
        axis, formula = line.split(": ", 1)
        rows.append({"fact": "size", "axis": axis, "formula": formula})
    return [*rows, {"fact": "versions", "keras": keras.__version__, "tensorflow": tf.__version__}]


def sent(text):
    """A text for the browser: a sentence of the language's table by its key, anything else as it is."""
    if isinstance(text, Sentence):
        return {"key": text.key, "fields": {name: sent(field) for name, field in text.fields.items()}}
    return text if isinstance(text, int) else str(text)


def whole_state(facts, view="", sample=0):
    """One sample with all its channels, as a record keeps it: a snapshot, and the first grid's values."""
    picture = None if facts.problem else layer_picture(facts, view)
    blocks = [slice(0, grid.shape[-1]) for grid in picture.grids] if picture else []
    first = floats(picture.grids[0].values[sample]) if picture else None
    return {"snapshot": make_snapshot(facts, picture, view, sample, blocks, 1), "first_values": first}


def sent_channels(picture, wanted):
    """The channels of each grid that are sent: all of them, or a block with the one that is wanted."""
    grids = picture.grids if picture else ()
    return [_block(grid.values, wanted[i] if i < len(wanted) else 0) for i, grid in enumerate(grids)]


def _block(values, wanted):
    *_, channels = values.shape
    block = max(1, SENT_WHOLE // max(values[0, ..., 0].size * 4, 1))
    first = min(max(int(wanted), 0), channels - 1) // block * block
    return slice(first, min(first + block, channels))


def _grid(picture, index, channel_axis, sample, block):
    grid = picture.grids[index]
    last = index == len(picture.grids) - 1
    shape = list(grid.shape)
    shape.insert(channel_axis, shape.pop())  # as Keras has it
    return {
        "name": sent(grid.name),
        "symbol": symbol(index, last),
        "label": str(tuple(shape)),
        "sizes": three_axes(grid.shape[1:-1], 1),
        "channels": grid.shape[-1],
        "padding": three_axes([list(cells) for cells in grid.padding], [0, 0]),
        "white": list(grid.white),
        "limit": grid.limit,
        "first": block.start,
        "sent": block.stop - block.start,
        "values": None if index == 0 else floats(grid.values[sample, ..., block]),
        # Of all channels, where some are not sent: {"steps": cells from one to the next, "values": bytes}.
        "thinned": None if block.stop - block.start == grid.shape[-1] else _thinned(grid.values[sample]),
    }


def _link(picture, index, sample, block):
    link, facts = picture.links[index], picture.facts
    kernel = link.weights.get("kernel")
    finite = np.zeros(0) if kernel is None else kernel[np.isfinite(kernel)]
    bias = link.weights.get("bias")
    tables = link.writes if link.reads is None else link.reads
    named = facts.weights.get(link.kernel_name)
    before = sum(other.points is not None for other in picture.links[:index])
    # In the links' order.
    sampled = [step for step in (facts, *facts.steps) if step.points is not None]
    sampled = None if link.points is None else sampled[before]
    return {
        "operation": link.operation,
        "scatter": link.reads is None,
        "tables": three_axes([table.astype("int32").tobytes() for table in tables], b"\0\0\0\0"),
        "follows": [*range(3 - len(tables)), *(3 - len(tables) + axis for axis in link.axes)],
        "certainty": link.certainty,
        "taps": three_axes([table.shape[1] for table in tables], 1),
        "channels": link.channels.astype("int32").tobytes(),
        "fan": link.channels.shape[1],
        "filters": link.channels.shape[0],
        "copies": max(1, link.channels.shape[0] // picture.grids[index].shape[-1]),
        "kernel": None if kernel is None else floats(kernel),
        "kernel_name": link.kernel_name,
        "kernel_label": "" if kernel is None else str(named.shape if named else kernel.shape),
        "kernel_cell": tap_template(len(tables), kind_of(link.operation).last_axes),
        "kernel_limit": float(np.abs(finite).max(initial=0)) or 1.0,
        "bias": None if bias is None else floats(bias),
        "activation": link.activation,
        "before": floats(link.before_activation[sample, ..., block]) if link.activation else None,
        "offset_groups": 0 if link.points is None else len(link.points),
        # (rows, columns, offset groups, taps, 2) of the sample shown
        "points": None if sampled is None else floats(sampled.points[sample]),
        "mask": None if sampled is None or sampled.mask is None else floats(sampled.mask[sample]),
    }


def three_axes(items, absent):
    """One item for each spatial axis, and `absent` for those that the layer does not have: planes, rows, columns."""
    return [absent] * (3 - len(items)) + list(items)


def floats(values):
    return np.ascontiguousarray(values, "float32").tobytes()


def _thumbnails(values):
    """Each sample's first channel and plane, thinned out: {"shape": [samples, rows, columns], "values": bytes}."""
    sizes = three_axes(values.shape[1:-1], 1)
    images = values[:MOST_THUMBNAILS, ..., 0].reshape(-1, *sizes)[:, 0]
    _, height, width = _steps(sizes)
    small = images[:, ::height, ::width]
    return {"shape": list(small.shape), "values": floats(small)}


def _thinned(values):
    """One sample, of all its channels, thinned out for thumbnails."""
    sizes = three_axes(values.shape[:-1], 1)
    steps = _steps(sizes)
    planes, rows, columns = (slice(None, None, step) for step in steps)
    return {"steps": steps, "values": floats(values.reshape(*sizes, -1)[planes, rows, columns])}


def _steps(sizes):
    """How far the cells of a thumbnail lie apart along each axis."""
    return [-(-size // most) for size, most in zip(sizes, THUMBNAIL)]
