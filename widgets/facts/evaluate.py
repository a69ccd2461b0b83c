"""Asks Keras: a layer's template, settings and an input -> Facts."""

import math
from dataclasses import replace

import keras
import numpy as np

from widgets.facts.code_line import NAME, code_line
from widgets.facts.costs import products
from widgets.facts.facts import Facts, Weight, spatial_sizes
from widgets.facts.inputs import as_shape, as_values, is_shape, pattern
from widgets.facts.isolation import isolated_keras
from widgets.facts.keras_refusals import advice, plain_text
from widgets.facts.kinds import kind_of
from widgets.facts.kinds.kind import axis_numbers
from widgets.facts.layer_template import LayerTemplate, call
from widgets.facts.limits import broken_rule, too_large
from widgets.facts.wrong_values import disagreement, keras_warnings
from widgets.language import say, together


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
    template = LayerTemplate(layer)
    return evaluate_layer(template, template.settings, input_values(template, x), template.given)[1]


def input_values(template, x):
    """x as float32 values of the rank, and for a built layer the channels, that the template's layer reads."""
    rank = len(template.kind.axes) + 2
    axis, wanted = template.channel_axis, [None] * rank
    wanted[axis] = template.channels
    values = pattern(as_shape(x, rank, wanted), axis) if is_shape(x) else as_values(x, rank, axis, wanted)
    if template.channels not in (None, values.shape[template.channel_axis]):
        raise ValueError(say("facts.other_channels", wanted=template.channels, received=values.shape))
    return values


@isolated_keras()
def evaluate_layer(template, settings, x, start=None, offset_overrides=()):
    """Build the template's layer with these settings and call it on x: (layer or None, Facts).

    `start(name, shape, draw)` gives each weight's values; its initializer's, which are the default, are `draw()`.
    `offset_overrides` are sampling points of a deformable layer that a reader put elsewhere, see `Deformable.answer`.
    """
    if rule := broken_rule(template.kind.settings, settings):
        return None, _impossible(template, settings, x, rule)
    known = _known(template, settings, x) | _windows(template, settings, x)
    if problem := too_large(known):
        return None, Facts(**known, problem=problem, advice=say("facts.advice_large"))
    weights = known["weights"] = {}
    try:
        layer = template.build(settings, x.shape, start)
        for name, axes in template.kind.weights.items():
            if (variable := getattr(layer, name)) is not None:
                spatial = template.kind.axes if name.endswith("kernel") else ()
                weights[name] = Weight(tuple(variable.shape), spatial + axes, variable.numpy())
        with keras_warnings() as said:
            answer, own_facts = template.kind.answer(layer, x, offset_overrides)
            before, y = call(layer, x, answer)
    except Exception as refusal:  # whatever Keras or its backend raises is shown, in its own words
        words = plain_text(refusal)
        return None, _without_output(known, words.split("\n\n")[0], words)
    if y.size == 0 or y.shape != before.shape:
        key = "facts.empty_result" if before.size == 0 else "facts.odd_result"
        return None, _without_output(known, say(key, before=before.shape, shape=y.shape))
    if any(template.kind.output_size(**axis) < 1 for axis in known["axes"]):
        # TensorFlow 2.20 with oneDNN hands out memory as it finds it, in the input's shape.
        return None, _without_output(known, say("facts.unwritten_result", shape=y.shape))
    steps = _steps(template, settings, x, weights)
    return layer, _answered(known | own_facts | {"steps": steps, "warning": " ".join(said)}, before, y)


def _known(template, settings, x):
    """The facts that need no answer from the layer, and no reckoning."""
    return {
        "input_shape": x.shape,
        "code": code_line(template.layer_class, template.arguments | settings),
        "operation": template.kind.operation,
        "settings": dict(settings),
        "channel_axis": template.channel_axis,
        "x": x,
    }


def _windows(template, settings, x):
    """The numbers of each axis, and its size rule with them put in."""
    names = ("kernel_size", "strides", "dilation_rate", "padding", "output_padding")
    window = {name: settings[name] for name in names if name in settings}
    axes = axis_numbers(spatial_sizes(x.shape, template.channel_axis), **window)
    formulas = tuple(f"{name}: {template.kind.size_formula(**axis)}" for name, axis in zip(template.kind.axes, axes))
    return {"axes": axes, "size_formulas": formulas}


def _impossible(template, settings, x, rule):
    """Facts of settings that no layer can have, with what Keras says of them."""
    problem = said = rule
    try:
        template.build(settings, x.shape)
    except Exception as refusal:
        said = plain_text(refusal)
        problem = said.split("\n\n")[0]
    return Facts(**_known(template, settings, x), problem=problem, whole_problem=said, advice=rule)


def _without_output(known, problem, whole_problem=""):
    return Facts(**known, problem=problem, whole_problem=whole_problem, advice=advice(known, whole_problem))


def _answered(known, before, y):
    """All facts. The counts are made from what the layer returned, not from what was asked for."""
    shapes = [weight.shape for weight in known["weights"].values()]
    params = sum(math.prod(shape) for shape in shapes)
    sizes = [spatial_sizes(values.shape, known["channel_axis"]) for values in (known["x"], y)]
    kernels = [weight.shape for name, weight in known["weights"].items() if name.endswith("kernel")]
    factors = products(kind_of(known["operation"]), *sizes, kernels)
    macs = sum(map(math.prod, factors))
    facts = Facts(
        **known,
        output_shape=y.shape,
        y=y,
        before_activation=before,
        params=params,
        params_formula=" + ".join(map(_product, shapes)) + f" = {params}",
        macs=macs,
        macs_formula=" + ".join(map(_product, factors)) + f" = {macs}",
    )
    if not facts.steps:
        kernel = facts.weights["kernel"].values if "kernel" in facts.weights else None
        channels = facts.x.shape[facts.channel_axis]
        facts = replace(facts, tables=facts.kind.tables(facts.axes, channels, facts.settings, kernel))
    with np.errstate(all="ignore"):  # nan and inf in the input are no reason to print
        return replace(facts, warning=together(facts.warning, disagreement(facts)))


def _steps(template, settings, x, weights):
    """Facts of the layers that this one is made of, one after another."""
    both = {"data_format": template.arguments["data_format"], "name": NAME}
    steps = []
    for name, arguments, ours in template.kind.parts(settings, len(template.kind.axes)):
        part = LayerTemplate(getattr(keras.layers, name)(**arguments, **both))
        values = {weight: weights[own].values for weight, own in ours.items() if own in weights}
        steps.append(evaluate_layer(part, part.settings, x, lambda name, *_, values=values: values[name])[1])
        x = steps[-1].y
    return tuple(steps)


def _product(sizes):
    return "*".join(map(str, sizes))
