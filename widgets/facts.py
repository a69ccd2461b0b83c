"""A layer and its input -> Facts: what the built layer answered, or Keras' own refusal."""

import math
import re
from dataclasses import dataclass, field, replace

import numpy as np

from widgets import arithmetic, words
from widgets.code_line import code_line
from widgets.inputs import as_shape, as_values, is_shape, seeded_values
from widgets.recipe import Recipe, call


@dataclass(frozen=True, eq=False)
class Weight:
    """One of a layer's weights: its shape, the name of each axis, and a float32 array."""

    shape: tuple
    axes: tuple
    values: np.ndarray = field(repr=False)


@dataclass(frozen=True, eq=False)
class Facts:
    """What a layer answered for an input. Shapes are tuples, batch first; MACs are for one sample.

    Where Keras refused, or returned no cells, `problem` says why and what could not be known is None.
    """

    input_shape: tuple
    code: str
    size_formulas: tuple  # one an axis: "height: floor((28 - 3) / 1) + 1 = 26"
    settings: dict = field(repr=False)
    axes: tuple  # one an axis: the numbers (n, k, s, d, padding) that `arithmetic` takes, by name
    channel_axis: int  # of x and y: the last, or 1 with data_format="channels_first"
    x: np.ndarray = field(repr=False)
    weights: dict = field(default_factory=dict)
    output_shape: tuple | None = None
    y: np.ndarray | None = field(default=None, repr=False)
    before_activation: np.ndarray | None = field(default=None, repr=False)
    params: int | None = None
    params_formula: str = ""  # "3*3*12*10 + 10 = 1090"
    macs: int | None = None
    macs_formula: str = ""
    problem: str = ""
    whole_problem: str = ""
    advice: str = ""
    warning: str = ""
    steps: tuple = ()


def layer_facts(layer, x):
    """What `layer` answers for `x`, an array, tensor or shape; changes neither.

    Raises TypeError or ValueError where `layer` or `x` is nothing that we know.

    >>> import keras
    >>> facts = layer_facts(keras.layers.Conv2D(10, 3), (4, 28, 28, 12))
    >>> facts.output_shape, facts.params_formula
    ((4, 26, 26, 10), '3*3*12*10 + 10 = 1090')
    >>> facts.size_formulas[0]
    'height: floor((28 - 3) / 1) + 1 = 26'
    """
    recipe = Recipe(layer)
    return ask(recipe, recipe.settings, input_values(recipe, x), recipe.weights.get)[1]


def input_values(recipe, x):
    """x as float32 values of the rank, and for a built layer the channels, that the recipe's layer reads."""
    rank = len(recipe.kind.axes) + 2
    values = seeded_values(as_shape(x, rank)) if is_shape(x) else as_values(x, rank)
    if recipe.weights:
        wanted = recipe.weights["kernel"].shape[-2] * recipe.settings["groups"]
        if values.shape[recipe.channel_axis] != wanted:
            raise ValueError(words.OTHER_CHANNELS.format(wanted=wanted, received=values.shape))
    return values


def ask(recipe, settings, x, weight_values):
    """Build the recipe's layer with these settings and call it on x: (layer or None, Facts).

    `weight_values(name, fresh)` gives each weight's values, where `fresh` are the initializer's.
    """
    known = _known(recipe, settings, x)
    weights = {}
    try:
        layer = recipe.build(settings, x.shape)
        for name, axes in recipe.kind.weights.items():
            if (variable := getattr(layer, name)) is not None:
                fresh = variable.numpy()
                values = weight_values(name, fresh)
                if values is not fresh:
                    variable.assign(values)
                weights[name] = Weight(fresh.shape, axes, values)
        before, y = call(layer, x)
    except Exception as refusal:  # whatever Keras or its backend raises is shown, in its own words
        return None, _refused(known | {"weights": weights}, plain_text(refusal))
    if y.size == 0:
        return None, _refused(known | {"weights": weights}, words.EMPTY_RESULT.format(shape=y.shape))
    return layer, _answered(known | {"weights": weights}, before, y)


def _known(recipe, settings, x):
    """The facts that need no answer from the layer."""
    spatial = [axis for axis in range(1, x.ndim) if axis != recipe.channel_axis]
    names = ("kernel_size", "strides", "dilation_rate")
    axes = tuple(
        dict(zip("nksd", (x.shape[axis], *(settings[name][i] for name in names)), strict=True))
        | {"padding": settings["padding"]}
        for i, axis in enumerate(spatial)
    )
    return {
        "input_shape": x.shape,
        "code": code_line(recipe.layer_class, recipe.arguments | settings),
        "size_formulas": tuple(f"{name}: {size_formula(**axis)}" for name, axis in zip(recipe.kind.axes, axes)),
        "settings": dict(settings),
        "axes": axes,
        "channel_axis": recipe.channel_axis,
        "x": x,
    }


def _refused(known, problem):
    paragraphs = problem.split("\n\n")
    return Facts(**known, problem=paragraphs[0], whole_problem=problem, advice=advice(known))


def _answered(known, before, y):
    """All facts. The counts are made from what the layer returned, not from what was asked for."""
    shapes = [weight.shape for weight in known["weights"].values()]
    params = sum(math.prod(shape) for shape in shapes)
    out = [size for axis, size in enumerate(y.shape) if axis not in (0, known["channel_axis"])]
    *kernel_size, fan_in, filters = shapes[0]
    macs = arithmetic.convolution_macs(math.prod(out), kernel_size, fan_in, filters)
    facts = Facts(
        **known,
        output_shape=y.shape,
        y=y,
        before_activation=before,
        params=params,
        params_formula=" + ".join("*".join(map(str, shape)) for shape in shapes) + f" = {params}",
        macs=macs,
        macs_formula="*".join(map(str, [*out, *shapes[0]])) + f" = {macs}",
    )
    return replace(facts, warning=disagreement(facts))


def size_formula(n, k, s, d, padding):
    """The size rule of one axis with its numbers put in.

    >>> size_formula(28, 3, 2, 1, "same"), size_formula(28, 3, 1, 4, "valid")
    ('ceil(28 / 2) = 14', 'floor((28 - (4*(3 - 1) + 1)) / 1) + 1 = 20')
    """
    o = arithmetic.output_size(n, k, s, d, padding)
    if padding == "same":
        return f"ceil({n} / {s}) = {o}"
    window = k if d == 1 else f"({d}*({k} - 1) + 1)"
    return f"floor(({n} - {window}) / {s}) + 1 = {o}"


def channels_last(values, channel_axis):
    """The same values with the channels on the last axis."""
    return np.moveaxis(values, channel_axis, -1)


def disagreement(facts, checked=24):
    """ "" or a sentence: where the layer's answer is not what its own definition gives.

    Adds up the windows of a few output cells, spread over the first sample and all filters.
    """
    x, before = (channels_last(v, facts.channel_axis)[0] for v in (facts.x, facts.before_activation))
    for axis, got in zip(facts.size_formulas, before.shape):
        if not axis.endswith(f" = {got}"):
            return words.WARNING_SHAPE.format(got=got, formula=axis)
    kernel = facts.weights["kernel"].values
    bias = facts.weights["bias"].values if "bias" in facts.weights else np.zeros(before.shape[-1])
    cells = np.unravel_index(np.linspace(0, before.size - 1, checked).astype(int), before.shape)
    rows, columns = (arithmetic.reads(**axis)[cell] for axis, cell in zip(facts.axes, cells))
    channels = arithmetic.channel_reads(x.shape[-1], before.shape[-1], facts.settings["groups"])[cells[-1]]
    # (cells, kh, kw, fan-in): padding cells count as 0
    inside = ((rows >= 0) & (rows < x.shape[0]))[:, :, None] & ((columns >= 0) & (columns < x.shape[1]))[:, None, :]
    windows = x[
        rows.clip(0, x.shape[0] - 1)[:, :, None, None],
        columns.clip(0, x.shape[1] - 1)[:, None, :, None],
        channels[:, None, None, :],
    ].astype(float)
    products = np.where(inside[..., None], windows, 0) * np.moveaxis(kernel, -1, 0)[cells[-1]]
    expected = products.sum((1, 2, 3)) + bias[cells[-1]]
    difference = np.abs(expected - before[cells])
    allowed = 1e-5 * (np.abs(products).sum((1, 2, 3)) + np.abs(bias[cells[-1]]))
    worst = np.nanmax(np.where(np.isfinite(expected), difference - allowed, 0))
    return words.WARNING_VALUES.format(difference=np.nanmax(difference)) if worst > 0 else ""


def advice(known):
    """One plain line on what to change, when Keras refused these settings."""
    settings, axes = known["settings"], known["axes"]
    channels = known["input_shape"][known["channel_axis"]]
    filters, groups = settings["filters"], settings["groups"]
    if any(axis["s"] > 1 for axis in axes) and any(axis["d"] > 1 for axis in axes):
        return words.ADVICE_STRIDES_DILATION
    if channels % groups:
        return words.ADVICE_CHANNELS.format(
            groups=groups, channels=channels, options=words.either(arithmetic.divisors(channels))
        )
    if filters % groups:
        options = [f for f in (filters // groups * groups, (filters // groups + 1) * groups) if f]
        return words.ADVICE_FILTERS.format(groups=groups, filters=filters, options=words.either(options))
    for name, axis in zip(known["size_formulas"], axes):
        window = arithmetic.window_size(axis["k"], axis["d"])
        if axis["padding"] == "valid" and window > axis["n"]:
            return words.ADVICE_WINDOW.format(axis=name.split(":")[0], window=window, n=axis["n"])
    return words.ADVICE_OTHER


def plain_text(refusal):
    """An exception's words without colour codes and without the frame that Keras puts around a failed call."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", str(refusal)).strip()
    text = re.sub(r"^Exception encountered when calling .*\n+", "", text)
    return text or type(refusal).__name__
