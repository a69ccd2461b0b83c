"""Layers, small whole numbers and wanted shapes that are made up for a question, each one built by Keras.

`rng` is a numpy Generator throughout, so that a seed gives the same questions on every machine.
"""

import itertools
import math
from typing import NamedTuple

import numpy as np

from widgets import arithmetic
from widgets.facts import KINDS, NAME, Facts, LayerTemplate, channels_last, evaluate_layer, isolated_keras, layer_facts
from widgets.language import say

LEVELS = 5
TRIES = 500
MOST_TAPS = {1: 4, 2: 3, 3: 2}  # an axis, by the number of spatial axes: what can be summed on paper
LARGEST_KERNEL = {1: 6, 2: 5, 3: 4}
INPUT_SIZES = {1: (14, 40), 2: (9, 24), 3: (5, 11)}


class Case(NamedTuple):
    """A layer with small whole numbers, and one of its output cells, (batch, ...) as in y."""

    facts: Facts
    layer: object
    cell: tuple
    parts: list  # one (title, numbers read, weights) for each channel read, or each input cell of a transposed layer
    pointwise: tuple = ()  # a separable layer's second kernel, one weight for each of the parts
    others: dict = {}  # slip -> the wrong value that it gives


def draw_layer(layer_class, level, rng):
    """A layer and an input's shape in which no two numbers can be taken for one another, and Keras' facts of them.

    Level 1 moves a window, 2 adds strides, 3 "same", 4 dilation, 5 groups, unequal strides and the rest.
    Nothing is drawn that only some processors' kernels know, so that a seed means the same on every machine.
    """
    kind = KINDS[layer_class.__name__]
    for _ in range(TRIES):
        settings, shape = _drawn_settings(kind, level, rng)
        if not _paper_sizes(kind, settings, shape):
            continue
        with isolated_keras():
            layer = layer_class(**settings, name=NAME)
        facts = layer_facts(layer, shape)
        if facts.problem or facts.warning:
            continue
        kernel, *_ = facts.weights.values()
        if _distinct(facts.output_shape) and _distinct(kernel.shape):
            return layer, shape, facts
    raise RuntimeError(f"no layer found in {TRIES} tries: {layer_class.__name__}, level {level}")


def _drawn_settings(kind, level, rng):
    rank, offered = len(kind.axes), kind.settings
    level = min(level, LEVELS)
    kernel = _different(rng, rank, 2, LARGEST_KERNEL[rank])
    low, high = INPUT_SIZES[rank]
    spatial = _different(rng, rank, low, 8 if kind.stamps and rank == 3 else high)
    settings = {"kernel_size": kernel}
    batch, channels, count = _different(rng, 3, 2, 12)
    batch, channels = min(batch, channels), max(batch, channels)  # a small batch is quick
    settings |= {"filters": count} if "filters" in offered else {"depth_multiplier": count}
    strides = 1 if level in (1, 4) else int(rng.integers(2, 4))
    settings["strides"] = (strides,) * rank
    settings["padding"] = "same" if level == 3 or (level > 3 and rng.random() < 0.5) else "valid"
    if level == 4 and kind.stamps:  # dilated, only some processors' kernels know it
        settings["strides"] = _different(rng, rank, 1, 3)
    elif level == 4:
        settings["dilation_rate"] = int(rng.integers(2, 4))
    if level == 5:
        settings |= _drawn_rest(kind, channels, strides, rng)
        if (groups := settings.get("groups", 1)) > 1:
            settings["filters"] = groups * int(rng.integers(1, 6))
    return settings, (batch, *spatial, channels)


def _drawn_rest(kind, channels, strides, rng):
    offered, rank, rest = kind.settings, len(kind.axes), {}
    if "groups" in offered and rank < 3 and rng.random() < 0.6:  # with three axes, TensorFlow compiles each anew
        rest["groups"] = int(rng.choice(arithmetic.divisors(channels)[1:]))
    if "output_padding" in offered and rng.random() < 0.6:
        rest["output_padding"] = int(rng.integers(0, strides))
    elif rank > 1 and kind.mixes_channels:
        rest["strides"] = _different(rng, rank, 1, 3)
    if "causal" in offered["padding"].options and rng.random() < 0.4:
        rest["padding"] = "causal"
    if "filters" in offered and "depth_multiplier" in offered:
        rest["depth_multiplier"] = int(rng.integers(2, 4))
    if "modulated" in offered and rng.random() < 0.5:
        rest["modulated"] = True
    if rng.random() < 0.3:
        rest["use_bias"] = False
    return rest


def _paper_sizes(kind, settings, shape):
    """Whether the numbers that can be mixed up will all differ: Keras is asked only where they should."""
    batch, *spatial, channels = shape
    count = settings.get("filters") or settings["depth_multiplier"]
    kernel, strides, dilation = settings["kernel_size"], settings["strides"], settings.get("dilation_rate", 1)
    axis = {"d": dilation, "padding": settings["padding"]}
    if "output_padding" in kind.settings:
        axis["output_padding"] = settings.get("output_padding")
    out = [kind.output_size(n=n, k=k, s=s, **axis) for n, k, s in zip(spatial, kernel, strides)]
    made = count if "filters" in settings else channels * count
    reads = channels // settings.get("groups", 1)
    told = [(*shape, *kernel, count), (batch, *out, made), (*kernel, reads, count)]
    return min(out) > 1 and all(map(_distinct, told))


def _distinct(numbers):
    return len(set(numbers)) == len(numbers)


def _different(rng, count, low, high):
    return tuple(int(number) for number in rng.choice(np.arange(low, high + 1), count, replace=False))


def wanted(template, facts, rng, level=None):
    """Changed settings that give another output shape than those of `facts`, and Keras' facts of them.

    With a level the sizes wanted all differ, as they do in a drawn layer, and some spatial size is another one.
    """
    level, drawn = level or LEVELS, level is not None
    rank, settings = len(template.kind.axes), facts.settings
    groups = settings.get("groups", 1)
    for _ in range(TRIES):
        changes = {"kernel_size": tuple(int(k) for k in rng.integers(1, LARGEST_KERNEL[rank] + 1, rank))}
        if level > 1 and template.kind.mixes_channels:
            changes["strides"] = tuple(int(s) for s in rng.integers(1, 4, rank))
        elif level > 1:  # some processors' kernels refuse unequal strides of depthwise layers
            changes["strides"] = (int(rng.integers(1, 4)),) * rank
        if level > 2 and rng.random() < 0.5:
            changes["padding"] = "valid" if settings["padding"] == "same" else "same"
        count = "filters" if "filters" in settings else "depth_multiplier"
        changes[count] = groups * int(rng.integers(1, 8))
        kept = rng.choice(list(changes), min(2, len(changes)), replace=False)
        changes = {name: changes[name] for name in changes if name in kept and changes[name] != settings[name]}
        answer = evaluate_layer(template, settings | changes, facts.x)[1]
        shape = answer.output_shape
        if answer.problem or shape == facts.output_shape:
            continue
        if drawn and (not _distinct(shape) or shape[1:-1] == facts.output_shape[1:-1]):
            continue
        for name in list(changes):  # a change that changes nothing is none
            fewer = {other: value for other, value in changes.items() if other != name}
            less = evaluate_layer(template, settings | fewer, facts.x)[1]
            if fewer and less.output_shape == shape:
                changes, answer = fewer, less
        return changes, answer
    raise ValueError(say("predict.no_other_shape", code=facts.code))


def small_case(template, rng):
    """The template's layer made small enough for paper, with whole numbers in it."""
    settings, shape = _small(template)
    small = LayerTemplate(template.layer_class(**template.arguments | settings))
    for _ in range(TRIES):
        case = _case(small, shape, rng)
        if case is not None:
            return case
    raise ValueError(say("predict.no_whole_numbers", code=template.layer_class.__name__))


def _small(template):
    """Settings and an input shape with few taps and channels."""
    rank, given, stamps = len(template.kind.axes), template.settings, template.kind.stamps
    in_two_steps = "filters" in given and "depth_multiplier" in given
    most = MOST_TAPS[rank] - (in_two_steps and rank > 1)
    odd = "output_padding" in given  # what fits an even kernel does not fit an odd one there
    settings = {"kernel_size": tuple(min(k, most - odd * ((most - k) % 2)) for k in given["kernel_size"])}
    settings["activation"] = "relu" if given["activation"] == "relu" else None
    groups = min(given.get("groups", 1), 2)
    channels = 1 if stamps or "offset_groups" in given or rank == 3 or template.channels == 1 else 2
    if "offset_groups" in given:
        settings |= {"groups": 1, "offset_groups": 1, "modulated": False}
    elif "groups" in given:
        settings["groups"] = groups
        channels *= groups
    if "filters" in given:
        settings["filters"] = settings.get("groups", 1)
    if "depth_multiplier" in given:
        settings["depth_multiplier"] = 1 if in_two_steps else min(given["depth_multiplier"], 2)
    spatial = []
    for k, s, d in zip(settings["kernel_size"], given["strides"], given["dilation_rate"]):
        spatial.append({1: 3, 2: 2, 3: 2}[rank] if stamps else arithmetic.window_size(k, d) + s)
    shape = [1, *spatial]
    shape.insert(template.channel_axis, channels)
    return settings, tuple(shape)


def _case(template, shape, rng):
    """One try: None where the numbers would be misleading, a sum of 0 say."""
    x = rng.integers(0, 4, shape).astype("float32")
    layer, facts = evaluate_layer(template, template.settings, x, lambda name, shape, _: _weight(name, shape, rng))
    if facts.problem or facts.warning:
        raise ValueError(say("predict.refuses", code=facts.code, problem=facts.problem or facts.warning, advice=""))
    y = channels_last(facts.y, facts.channel_axis)
    cell = (0, *(int(rng.integers(0, size)) for size in y.shape[1:-1]), y.shape[-1] - 1)
    parts, pointwise = _parts(facts, cell)
    sums = [float((read * weights).sum()) for _, read, weights in parts]
    value = float(y[cell])
    nonzero = sum(int(((read != 0) & (weights != 0)).sum()) for _, read, weights in parts)
    overlap = not facts.kind.stamps or any(axis["k"] > axis["s"] for axis in facts.axes)
    needed = min(1 + overlap, sum(weights.size for *_, weights in parts) or 1)
    if value != round(value) or value == 0 or nonzero < needed or abs(value) > 60:
        return None
    bias = float(facts.weights["bias"].values[cell[-1]]) if "bias" in facts.weights else 0.0
    others = {"value_no_bias": value - bias} if bias else {}
    if not facts.kind.stamps:
        others["value_first_channel"] = sums[0] * float((pointwise or (1,))[0]) + bias
        turned = [float((read * np.flip(weights)).sum()) for _, read, weights in parts]
        others["value_turned"] = sum(t * float(w) for t, w in zip(turned, pointwise or (1,) * len(turned))) + bias
        if pointwise:
            others["value_no_pointwise"] = sum(sums) + bias
    elif len(parts) > 1:
        others["value_one_stamp"] = max(sums, key=abs) + bias
    idle = {"value_first_channel"} if len(parts) == 1 else set()
    idle |= {"value_turned"} if parts[0][2].size == 1 else set()
    if any(v == value for slip, v in others.items() if slip not in idle):
        return None
    others = {slip: v for slip, v in others.items() if v != value}
    if not _distinct(list(others.values())):  # then nobody could tell which slip it was
        return None
    cell = list(cell)
    cell.insert(facts.channel_axis, cell.pop())
    return Case(facts, layer, tuple(cell), parts, pointwise, others)


def _weight(name, shape, rng):
    """Small whole weights, at most six of them in use a filter; offsets move every tap alike, by whole cells."""
    if name == "offset_kernel":
        return np.zeros(shape, "float32")
    if name == "offset_bias":
        return np.tile(rng.permutation([0, 1]), shape[0] // 2).astype("float32")
    values = rng.choice([-2, -1, 1, 2, 3], shape)
    if name.endswith("kernel") and len(shape) > 2:
        cells = math.prod(shape[:-1])
        used = rng.permuted(np.tile((np.arange(cells) < 6)[:, None], (1, shape[-1])), axis=0).reshape(shape)
        values = values * used
    return values.astype("float32")


def _parts(facts, cell):
    """What is multiplied for one output cell, channels last: the parts of a Case, and its pointwise weights."""
    if facts.steps:
        first, second = facts.steps
        channels = range(first.output_shape[first.channel_axis])
        parts = [_parts(first, (*cell[:-1], channel))[0][0] for channel in channels]
        return parts, tuple(second.weights["kernel"].values[..., cell[-1]].ravel())
    x, tables = channels_last(facts.x, facts.channel_axis)[0], facts.tables
    *spatial, later = cell[1:]
    kernel = tables.kernel[..., later]
    if tables.writes is not None:
        return _stamps(x[..., 0], tables.writes, kernel[..., 0], spatial), ()
    if facts.points is not None:
        points = facts.points[(0, *spatial, 0)].round().astype(int)
        reads = tuple(points.T.reshape(2, *kernel.shape[:-1]))
    else:
        reads = np.ix_(*(table[place] for table, place in zip(tables.reads, spatial)))
    inside = math.prod(((at >= 0) & (at < size)) for at, size in zip(reads, x.shape))
    held = tuple(np.clip(at, 0, size - 1) for at, size in zip(reads, x.shape))
    title = "predict.window" if x.shape[-1] == 1 else "predict.window_channel"
    named = ((i, channel) for i, channel in enumerate(tables.channels[later]))
    return [(say(title, channel=c), np.where(inside, x[(*held, c)], 0), kernel[..., i]) for i, c in named], ()


def _stamps(x, writes, kernel, cell):
    """One part for each input cell whose stamp reaches the output cell."""
    along = [list(zip(*np.nonzero(table == place))) for table, place in zip(writes, cell)]
    parts = []
    for pair in itertools.product(*along):
        source, tap = (tuple(int(hit[i]) for hit in pair) for i in (0, 1))
        title = say("predict.stamp", cell=list(source), tap=list(tap))
        parts.append((title, np.array([x[source]]), np.array([kernel[tap]])))
    return parts
