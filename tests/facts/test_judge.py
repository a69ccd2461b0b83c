"""The judge of every kind: random settings, Keras itself, and a slow loop along the picture's links.

Nothing here uses a formula of `widgets`: what is asked is whether whoever follows the links arrives at what Keras
returns, and whether the facts are Keras'. `make test` tries the same 60 settings of each kind every time,
`make soak` 2,000 others. How many were refused: `pytest --hypothesis-show-statistics tests/facts/test_judge.py`.
"""

import functools
import os
import re
import warnings
from collections import Counter
from itertools import product
from math import ceil, floor, prod

import keras
import numpy as np
import pytest
import tensorflow as tf
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from widgets.facts import KINDS
from widgets.facts.evaluate import evaluate_layer
from widgets.facts.layer_template import LayerTemplate
from widgets.picture import layer_picture

SOAK = os.environ.get("SOAK", "") not in ("", "0")
RANDOM = settings(
    max_examples=2000 if SOAK else 60,
    derandomize=not SOAK,
    deadline=None,
    phases=set(Phase) - {Phase.explain},  # it says little here and takes minutes
    # The counts of one test belong to one kind; a counter for each example would be of no use.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WEIGHTS = ("kernel", "depthwise_kernel", "pointwise_kernel", "bias", "offset_kernel", "offset_bias")


def layer_class(kind):
    return KINDS[kind].layer_class


# Settings


@st.composite
def cases(draw, kind):
    """Random arguments of one kind of layer, legal or not, and the shape of an input."""
    rank = int(re.search(r"(\d)D", kind)[1])
    most = 3 if rank == 3 else 4

    def each_axis(low, high):
        return draw(st.tuples(*[st.integers(low, high)] * rank))

    groups = offset_groups = 1
    arguments = {
        "kernel_size": each_axis(1, most),
        "strides": (1,) * rank,
        "padding": draw(st.sampled_from(["valid", "same"] + ["causal"] * (kind == "Conv1D"))),
        "dilation_rate": (1,) * rank,
        "use_bias": draw(st.booleans()),
        "activation": draw(st.sampled_from([None, "relu", "sigmoid", "tanh", "softmax", "gelu"])),
    }
    for moved in draw(st.sampled_from([["strides"], ["dilation_rate"], [], ["strides", "dilation_rate"]])):
        arguments[moved] = each_axis(1, 3)
    if "groups" in KINDS[kind].settings:
        groups = draw(st.sampled_from([1, 1, 1, 2, 3]))
        arguments["groups"] = groups
    if kind == "DeformableConv2D":
        offset_groups = draw(st.sampled_from([1, 1, 2, 3]))
        arguments |= {"offset_groups": offset_groups, "modulated": draw(st.booleans())}
    if "Transpose" in kind and draw(st.booleans()):
        arguments["output_padding"] = each_axis(0, 2)
    elif "Transpose" in kind:
        arguments["output_padding"] = None
    if kind.startswith(("Depthwise", "Separable")):
        arguments["depth_multiplier"] = draw(st.integers(1, 3))
    if not kind.startswith("Depthwise"):
        arguments["filters"] = draw(st.integers(1, 3)) * draw(st.sampled_from([groups, groups, 1]))
    channels = draw(st.integers(1, 3)) * draw(st.sampled_from([groups, groups, 1])) * offset_groups
    sizes = each_axis(1, 5 if rank == 3 else 8)
    return arguments, (draw(st.integers(1, 2)), *sizes, channels)


def numbers(name, shape, draw=None):
    """Weights that differ from one another, a bias and offsets among them, since Keras starts those at 0."""
    return np.random.default_rng(len(name)).normal(size=shape).astype("float32")


# Keras


def keras_answers(kind, arguments, x):
    """(layer, y, y before the activation, "", warning) of a new layer; where Keras refuses, its words come fourth."""
    # TensorFlow's own grouped kernel: otherwise each call of a grouped layer compiles for a long time.
    tf.config.run_functions_eagerly(arguments.get("groups", 1) > 1 and kind != "Conv3D")
    try:
        with tf.device("CPU:0"):
            layer = layer_class(kind)(**arguments, name="judge")
            layer.build(x.shape)
            for name in WEIGHTS:
                if (variable := getattr(layer, name, None)) is not None:
                    variable.assign(numbers(name, tuple(variable.shape)))
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                warnings.simplefilter("ignore", DeprecationWarning)  # said to programmers of Keras and TensorFlow
                y = layer(x).numpy()
            if has_no_cells(layer, x.shape):  # TensorFlow 2.20 may return some all the same
                y = y[:0]
            activation, layer.activation = layer.activation, None
            before = layer(x).numpy()
            layer.activation = activation
        return layer, y, before, "", " ".join(str(warning.message) for warning in said)
    except Exception as refusal:
        return None, None, None, re.sub(r"\x1b\[\d+m|\{\{function_node [^}]*\}\} ", "", str(refusal)), ""
    finally:
        tf.config.run_functions_eagerly(False)


def has_no_cells(layer, shape):
    """Whether the layer's answer is empty, by its own account of shapes."""
    try:
        return 0 in layer.compute_output_shape(shape)
    except ValueError:
        return True


def a_known_defect(kind, arguments, shape, output_shape):
    """oneDNN reads wrong cells of one channel in a single column; what it finds there differs from time to time, and
    from processor to processor: on some, those of a depthwise layer are wrong for one sample too.
    """
    if kind == "Conv3D" and starts_too_late(arguments, shape, output_shape):
        return True
    named = kind in ("Conv2D", "Conv3D", "DepthwiseConv2D", "SeparableConv2D")
    samples = shape[0] > 1 or kind in ("DepthwiseConv2D", "SeparableConv2D")
    single = samples and shape[-1] == 1 == output_shape[-2]
    return named and single and len(set(arguments["strides"])) > 1


def starts_too_late(arguments, shape, output_shape):
    """Without oneDNN, Conv3D skips cells where "same" leaves two or more unread: it pads by a number below 0."""
    if arguments["padding"] != "same" or not a_volume_starts_too_late():
        return False
    axes = zip(*(arguments[name] for name in ("kernel_size", "strides", "dilation_rate")), shape[1:], output_shape[1:])
    return any((o - 1) * s + d * (k - 1) + 1 - n <= -2 for k, s, d, n, o in axes)


@functools.cache
def a_volume_starts_too_late():
    """Whether Keras reads cell 1 here, not cell 0."""
    x = np.arange(3, dtype="float32").reshape(1, 3, 1, 1, 1)
    layer = keras.layers.Conv3D(1, 1, strides=(3, 1, 1), padding="same", kernel_initializer="ones")
    return layer(x).numpy().item() == 1


# Links


def follow(link, values, weights, later_shape):
    """Every later cell's sum, one tap after another along the link. Cells outside of the earlier grid count as 0."""
    if link.points is not None:
        return follow_points(link, values, weights, later_shape)
    sums = np.zeros(later_shape)
    tables, scatter = (link.reads, False) if link.writes is None else (link.writes, True)
    every = [np.arange(len(values))], [np.arange(values.shape[-1])], [np.arange(later_shape[-1])]
    for tap in product(*(range(table.shape[1]) for table in tables)):
        place, found = [], []  # along each axis: the cells whose table it is, and those that they name
        for table, t, limit in zip(tables, tap, later_shape[1:] if scatter else values.shape[1:]):
            inside = (table[:, t] >= 0) & (table[:, t] < limit)
            place.append(np.flatnonzero(inside))
            found.append(table[inside, t])
        earlier, later = (place, found) if scatter else (found, place)
        read = values[np.ix_(*every[0], *earlier, *every[1])].astype("float64")
        # One weight for each later channel and channel read; where cells are only moved, 1.
        factors = weights["kernel"][tap].T if "kernel" in weights else 1
        np.add.at(sums, np.ix_(*every[0], *later, *every[2]), (read[..., link.channels] * factors).sum(-1))
    return sums


def follow_points(link, values, weights, later_shape):
    """The same for taps that read between the cells: each of a point's four neighbours counts by its nearness."""
    sums = np.zeros((1, *later_shape[1:]))  # the points are those of the first sample
    offset_groups, *cells, taps, _ = link.points.shape
    kernel = weights["kernel"].reshape(taps, *weights["kernel"].shape[2:])
    mask = weights.get("mask", np.ones(link.points.shape[:-1]))
    size = values.shape[-1] // offset_groups
    for group, row, column, tap in np.ndindex(offset_groups, *cells, taps):
        y, x = map(float, link.points[group, row, column, tap])
        read = np.zeros(values.shape[-1])
        for i, j in product((int(np.floor(y)), int(np.floor(y)) + 1), (int(np.floor(x)), int(np.floor(x)) + 1)):
            if 0 <= i < values.shape[1] and 0 <= j < values.shape[2]:
                own = slice(group * size, (group + 1) * size)
                read[own] += (1 - abs(y - i)) * (1 - abs(x - j)) * values[0, i, j, own].astype("float64")
        read *= float(mask[group, row, column, tap])
        sums[0, row, column] += (read[link.channels] * kernel[tap].T).sum(-1)
    return sums


def sums_along(picture):
    """What the links make of the first grid, grid by grid, and of the sizes of all numbers: a measure of rounding."""
    values = picture.grids[0].values
    sizes = np.abs(values)
    for link, later in zip(picture.links, picture.grids[1:]):
        positive = {name: np.abs(weight) for name, weight in link.weights.items()}
        values = follow(link, values, link.weights, later.shape) + link.weights.get("bias", 0)
        sizes = follow(link, sizes, positive, later.shape) + positive.get("bias", 0)
        yield link, later, values, sizes


def products_along(picture):
    """How many products the links make for one sample, those with padding zeros too."""
    count = 0
    for link in picture.links:
        cells_and_taps = prod(table.size for table in (link.reads or link.writes))
        count += cells_and_taps * link.channels.size
        if link.points is not None:  # the offsets are a convolution of their own
            count += prod(len(table) for table in link.reads) * link.weights["offset_kernel"].size
    return count


def value_of(formula):
    """The left and the right side of a formula such as "floor((5 - 3) / 1) + 1 = 3"."""
    left, right = formula.split(": ")[-1].split(" = ")
    return eval(left, {"floor": floor, "ceil": ceil, "max": max}), int(right)


# The judge


@pytest.fixture
def seen(kind):
    """Counts what Keras did with the settings of one kind. Neither answer may be rare."""
    counts = Counter()
    yield counts
    if sum(counts.values()) >= RANDOM.max_examples:
        assert counts["answered"] >= 0.2 * RANDOM.max_examples
        assert counts["refused"] >= 0.05 * RANDOM.max_examples


@pytest.mark.parametrize("kind", KINDS)
@RANDOM
@given(data=st.data())
def test_for_random_settings_the_facts_and_the_sums_along_the_links_are_those_of_keras(kind, seen, data):
    arguments, shape = data.draw(cases(kind))
    x = np.random.default_rng(0).normal(size=shape).astype("float32")
    layer, y, before, refusal, warning = keras_answers(kind, arguments, x)
    start = layer_class(kind)(**{"kernel_size": 1} | ({} if kind.startswith("Depthwise") else {"filters": 1}))
    _, facts = evaluate_layer(LayerTemplate(start), arguments, x, numbers)
    what = "refused" if refusal else "answered" if y.size else "returned no cells"
    seen[what] += 1
    event(what)
    if what != "answered":
        assert facts.problem
        assert facts.advice
        assert facts.problem in refusal or what == "returned no cells"
        assert facts.output_shape is facts.y is facts.params is facts.macs is None
        return

    assert facts.problem == facts.whole_problem == facts.advice == ""
    assert facts.output_shape == facts.y.shape == y.shape
    assert facts.params == layer.count_params()
    assert [weight.shape for weight in facts.weights.values()] == [tuple(weight.shape) for weight in layer.weights]
    assert [value_of(formula) for formula in facts.size_formulas] == [(size, size) for size in y.shape[1:-1]]
    assert value_of(facts.params_formula) == (facts.params, facts.params)
    assert value_of(facts.macs_formula) == (facts.macs, facts.macs)
    assert facts.macs == products_along(layer_picture(facts))

    defect = a_known_defect(kind, arguments, shape, y.shape)
    for view in ("scatter", "gather") if "Transpose" in kind else (None,):
        picture = layer_picture(facts, view)
        assert np.array_equal(picture.grids[0].values, x)
        assert np.array_equal(picture.grids[-1].values, facts.y, equal_nan=True)  # the defect may read a nan
        wrong = False
        for link, later, values, sizes in sums_along(picture):
            assert later.values.shape == link.before_activation.shape
            difference = np.abs(values - link.before_activation[: len(values)])
            wrong = wrong or not (difference <= 1e-5 * sizes).all()
        assert defect or not wrong
        assert warning in facts.warning
        assert (facts.warning != warning) == wrong
    if not defect:
        assert np.allclose(facts.before_activation, before, rtol=0, atol=1e-5 * sizes.max())
        assert np.allclose(facts.y, y, rtol=0, atol=2e-5 * sizes.max())
