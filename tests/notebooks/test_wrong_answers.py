"""Wrong answers are drawn near the right ones of each lesson's tasks, and Keras judges them and what is said to them.

Nothing of `widgets.quiz` is used but what a reader calls. A sentence that names a slip is true if a layer with this
slip in its settings, built here, has the numbers that were answered.
"""

import ast
import itertools
import os
import re
import runpy
from math import prod

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from reading_notebooks import FOLDER, LESSONS

from widgets import DeformableConv2D, goal, predict

WRONG, LAYERS = (100, 100) if os.environ.get("SOAK") else (10, 7)  # wrong answers a question, wrong layers a goal
SEED = int(os.environ.get("SEED", 0))
PLAIN = ("filters", "kernel_size", "strides", "padding", "dilation_rate")
SETTINGS = (*PLAIN, "groups", "depth_multiplier", "offset_groups", "modulated", "use_bias")


def calls(lesson):
    """What the lesson hands to `predict` and to `goal`: their cells are run with two functions that only note it."""
    noted = {}
    names = {"keras": keras, "layers": layers, "np": np, "DeformableConv2D": DeformableConv2D}
    names["predict"] = lambda layer, x, ask: noted.update(predict=(layer, x, ask))
    names["goal"] = lambda **wanted: noted.update(goal=wanted)
    for cell in LESSONS[lesson].values():
        if cell.cell_type == "code" and re.search(r"(?<![.\w])(predict|goal)\(", cell.source):
            body = [line for line in ast.parse(cell.source).body if not isinstance(line, ast.ImportFrom)]
            exec(compile(ast.Module(body, []), lesson, "exec"), names)
    return noted


class Asked:
    """A question: a layer on an input's shape as Keras builds it, with changed settings or as a `Conv2D` as well."""

    def __init__(self, layer, x, kind="params", name="kernel", text=""):
        self.layer, self.x, self.kind, self.name = layer, x, kind, name
        self.n, self.s, self.c = np.array(x[1:-1]), np.array(layer.strides), x[-1]
        self.k, self.d = np.array(layer.kernel_size), np.array(layer.dilation_rate)
        self.out, self.weights, self.params = self.build()
        self.f, self.g, self.o = getattr(layer, "filters", 0), getattr(layer, "groups", 1), np.array(self.out[1:-1])
        self.kernel = self.weights.get(name)
        self.sums = [list(shape) for shape in self.weights.values()]  # products, to be added up
        self.right = {"output_shape": self.out, "kernel_shape": self.kernel, "params": self.params}.get(kind)
        if kind == "value":  # the tables that are shown: windows, weights, and the bias
            tables = re.findall(r"^(\w.*):\n((?:  .*\n?)+)", text, re.MULTILINE)
            *tables, bias = [np.array([row.split() for row in rows.splitlines()], int) for _, rows in tables]
            self.pairs, self.bias = list(zip(tables[::2], tables[1::2])), int(bias.item())
            self.sums = [[int(v), int(w)] for x, k in self.pairs for v, w in zip(x.flat, k.flat) if w] + [[self.bias]]
            self.right = sum(map(prod, self.sums))
        self.whole, self.axes = slips(WHOLE[kind], self), slips(AXES if kind == "output_shape" else {}, self)
        self.slips = [answer for found in (self.whole, self.axes) for answers in found.values() for answer in answers]

    def build(self, more=0, c=None, plain=False, **changes):
        """(output shape, shapes of the weights by name, parameters); the input has so many more cells each axis."""
        settings = {name: getattr(self.layer, name) for name in PLAIN} if plain else self.layer.get_config()
        made = (layers.Conv2D if plain else type(self.layer)).from_config(settings | changes)
        x = (self.x[0], *map(int, self.n + more), c or self.c)
        made.build(x)
        out = made.compute_output_shape(x) if changes or plain else made(np.zeros(x)).shape
        names = [("offset_" if "offset_conv" in w.path else "") + w.path.split("/")[-1] for w in made.weights]
        return tuple(out), dict(zip(names, (tuple(w.shape) for w in made.weights))), made.count_params()

    def shape(self, *more, **changes):
        out, weights, _ = self.build(*more, **changes)
        return weights[self.name] if self.kind == "kernel_shape" else out

    def sizes(self, sizes):
        return (self.x[0], *map(int, sizes), self.out[-1])

    def with_and_without_one(self, **changes):
        shape = self.shape(**changes)
        return [shape, self.sizes(np.array(shape[1:-1]) - 1)] if shape != self.out else []

    def without(self, *names):
        return self.params - sum(prod(self.weights.get(name, (0,))) for name in names)

    def with_kernel(self, *shape):
        return [self.without("kernel") + prod(shape), self.without("kernel", "bias") + prod(shape)]

    def counts(self, **changes):
        return [self.build(**changes, use_bias=bias)[2] for bias in (True, False)]

    def in_two_steps(self):
        depthwise = layers.DepthwiseConv2D(self.layer.kernel_size, depth_multiplier=self.layer.depth_multiplier)
        net = keras.Sequential([depthwise, layers.Conv2D(self.f, 1)])
        net.build(self.x)
        return [net.count_params()]


def turned(shape, first, last):
    return [(*shape[:first], *axes, *shape[last:]) for axes in itertools.permutations(shape[first:last])]


# What a sentence says was done -> the answers that this gives. A lambda that the layer has no settings for gives none.
AXES = {
    "That leaves out dilation_rate": lambda a: a.with_and_without_one(dilation_rate=1),
    "That leaves out strides": lambda a: a.with_and_without_one(strides=1),
    "That leaves out the padding": lambda a: [a.shape(padding="valid"), a.shape(padding="valid", strides=1)],
    'That is the size with padding="same"': lambda a: [a.shape(padding="same")],
    'That is the size with padding="valid"': lambda a: [a.shape(padding="valid")],
    'padding="same" keeps the size only': lambda a: [a.shape(strides=1)],
    "That is rounded up": lambda a: [a.shape(a.s - 1)],
    "That is rounded down": lambda a: [a.shape(1 - a.s)],
    "That counts the steps": lambda a: [a.sizes(a.o - 1)],
    "That takes kernel_size times dilation_rate": lambda a: [a.shape(kernel_size=a.k * a.d, dilation_rate=1)],
    "That counts the padding on one side": lambda a: [
        a.shape(((a.o - 1) * a.s + a.d * (a.k - 1) + 2 - a.n) // 2, padding="valid")
    ],
    "That is the size that a convolution gives": lambda a: [a.shape(plain=True)],
    "That counts the cropped cells on one side": lambda a: [
        a.sizes((a.o + a.shape(padding="valid")[1:-1] + up) // 2) for up in (0, 1)
    ],
    "That reckons with another output_padding": lambda a: [a.shape(output_padding=0)],
    "That is input size times strides": lambda a: [a.sizes(a.n * a.s)],
    "Those are the input's channels": lambda a: [(*a.out[:-1], a.c)],
    "Those are the channels between the two steps": lambda a: [
        (*a.out[:-1], a.build(depth_multiplier=a.layer.depth_multiplier)[1]["pointwise_kernel"][-2])
    ],
    "A filter spans its input channels and adds": lambda a: [(*a.out[:-1], a.c * a.f)],
    "The groups share the filters out": lambda a: [(*a.out[:-1], a.f // a.g)],
    "A convolution leaves the batch": lambda a: [(a.x[0] + 1, *a.out[1:])],
}
WHOLE = {
    "output_shape": {
        "The batch axis is missing. Keras keeps it in front, and as large as it was: 1.": lambda a: [a.out[1:]],
        "Keras prints None while it does not know the batch. Here it is known: 1.": lambda a: [(None, *a.out[1:])],
        "That is PyTorch's axis order": lambda a: [(a.out[0], a.out[-1], *a.out[1:-1])],
        "The sizes are right, but spatial axes": lambda a: turned(a.out, 1, len(a.out) - 1),
        "That is the shape of the input": lambda a: [a.x],
    },
    "kernel_shape": {
        "The last two axes are swapped": lambda a: [(*a.kernel[:-2], *a.kernel[:-3:-1])],
        "That is PyTorch's axis order": lambda a: [(*last, *a.kernel[:-2]) for last in turned(a.kernel[-2:], 0, 2)],
        "The sizes are right, but spatial axes": lambda a: turned(a.kernel, 0, len(a.kernel) - 2),
        "That is the window only": lambda a: [a.kernel[:-2]],
        "Channels are missing": lambda a: [  # the axis that grows with the input's channels is left out, or 1
            (*a.kernel[:i], *one, *a.kernel[i + 1 :])
            for i, (size, larger) in enumerate(zip(a.kernel, a.shape(c=2 * a.c)))
            for one in ((), (1,))
            if size != larger
        ],
        "That forgets the groups": lambda a: [a.shape(groups=1)],
        "The groups share out the input's channels on": lambda a: [(*a.kernel[:-2], a.c, a.f // a.g)],
        "That is the kernel of one group": lambda a: [a.shape(c=a.c // a.g, filters=a.f // a.g, groups=1)],
        "That is the size of the window": lambda a: [(*map(int, a.d * (a.k - 1) + 1), *a.kernel[-2:])],
        "That leaves out depth_multiplier": lambda a: [a.shape(depth_multiplier=1)],
        "The filters belong to pointwise_kernel": lambda a: [(*a.kernel[:-1], a.f)],
        "An offset is a pair": lambda a: [(*a.kernel[:-1], prod(a.layer.kernel_size))],
        "That leaves out the masks": lambda a: [a.shape(modulated=False)],
        "That counts one offset group": lambda a: [a.shape(offset_groups=1)],
        "This kernel does not make the output": lambda a: [(*a.kernel[:-1], a.f)],
    },
    "params": {
        "That forgets the bias": lambda a: a.counts()[1:],
        "That counts one bias": lambda a: [a.counts()[1] + 1],
        "That counts a bias for each output cell": lambda a: [a.counts()[1] + prod(a.out[1:])],
        "Channels are missing": lambda a: a.with_kernel(*a.kernel[:-2], a.f),
        "That is one filter": lambda a: a.with_kernel(prod(a.kernel) // a.f),
        "That counts a weight for each input cell": lambda a: a.with_kernel(*a.x[1:], a.f),
        "Those are the filters of one group": lambda a: [a.params // a.g],
        "That forgets the groups": lambda a: a.counts(groups=1),
        "That is the size of the window": lambda a: a.with_kernel(*map(int, a.d * (a.k - 1) + 1), *a.kernel[-2:]),
        "That leaves out the second kernel": lambda a: [
            a.without("pointwise_kernel", *bias) for bias in ((), ("bias",))
        ],
        "That leaves out the first kernel": lambda a: [
            a.without("depthwise_kernel", *bias) for bias in ((), ("bias",))
        ],
        "That counts a bias after each of": lambda a: a.in_two_steps(),
        "That leaves out depth_multiplier in the pointwise kernel": lambda a: [
            a.without("pointwise_kernel", *bias) + prod(a.build(depth_multiplier=1)[1]["pointwise_kernel"])
            for bias in ((), ("bias",))
        ],
        "That leaves out depth_multiplier in the depthwise kernel": lambda a: [
            a.without("depthwise_kernel", *bias) + prod(a.build(depth_multiplier=1)[1]["depthwise_kernel"])
            for bias in ((), ("bias",))
        ],
        "That leaves out depth_multiplier: each": lambda a: a.counts(depth_multiplier=1),
        "That is a plain convolution": lambda a: a.counts(plain=True),
        "That leaves out the convolution that": lambda a: a.counts(plain=True)[:1],
        "That leaves out the bias of the convolution that": lambda a: [a.without("offset_bias")],
        "That counts the offsets as learned": lambda a: [a.without("offset_kernel")],
        "That leaves out the masks": lambda a: [a.build(modulated=False)[2]],
        "That counts one offset group": lambda a: [a.build(offset_groups=1)[2]],
        "That counts multiplications": lambda a: [macs(a.layer, a.x, a.out, a.weights)],
        "That counts the output's cells": lambda a: [prod(a.out[1:])],
    },
    "value": {
        "That forgets the bias": lambda a: [a.right - a.bias],
        "That takes the first channel only": lambda a: [(a.pairs[0][0] * a.pairs[0][1]).sum() + a.bias],
        "That turns the kernel round": lambda a: [sum((x * np.flip(k)).sum() for x, k in a.pairs) + a.bias],
    },
}


def macs(layer, x, out, weights):
    """Each cell of a kernel is used once at each place: those of the input, where the layer stamps."""
    places = prod((x if "Transpose" in type(layer).__name__ else out)[1:-1])
    return places * sum(prod(shape) for name, shape in weights.items() if name.endswith("kernel"))


def slips(kind, a):
    """{sentence: the answers that it fits}, for this layer."""
    found = {}
    for sentence, answers in kind.items():
        try:
            found[sentence] = list(answers(a))
        except (AttributeError, TypeError, ValueError):  # the layer has no such setting, or Keras refuses it
            found[sentence] = []
    return found


def drawn_answer(a, rng, number):
    """(what is typed, what it means): what each slip gives, by turns; then the right answer, or something near it."""
    slip = a.slips[number] if number < len(a.slips) else None
    way = 5 if slip is not None else rng.integers(5)
    if isinstance(a.right, tuple):
        shape = list(slip or a.right)
        at = int(rng.integers(len(shape)))
        if way in (1, 4):
            shape[at] = abs(shape[at] + int(rng.integers(-3, 4)))
        if way in (2, 4):
            shape = list(rng.permutation(shape))
        if way == 3:
            shape = shape[:at] + shape[at + 1 :] if rng.integers(2) else [*shape, 1]
        shape = tuple(size if size is None else int(size) for size in shape)
        text = ", ".join(map(str, shape))
        return [shape, list(shape), str(shape), text.replace(",", ""), text, f"[{text}]"][rng.integers(6)], shape
    terms = [list(rng.permutation(term)) for term in a.sums]
    at = int(rng.integers(len(terms)))
    if way == 1:
        terms[at][0] += int(rng.choice([-1, 1, 2]))
    if way == 2:
        terms[at] = terms[at][1:] or [1]
    if way == 3:
        terms = terms[:at] + terms[at + 1 :] if rng.integers(2) else [*terms, terms[-1]]
    if way > 3:
        terms = [[slip if way == 5 else a.right + rng.integers(-3, 4)]]
    text = " + ".join("*".join(f"({v})" if v < 0 else f"{v}" for v in term) for term in terms) or "0"
    value = eval(text)
    typed = [text, text.replace("*", " x "), text.replace("*", "\u00b7"), f"{text} = {value}", value, float(value)]
    return typed[rng.integers(6)], value


def check_words(a, value, said):
    """Asserts that what is said to this wrong answer is true, line by line."""
    first, *more = lines = said.split("\nHint: ")[0].removeprefix("Not yet. ").split("\n")
    named = [start for start in a.whole if first.startswith(start)]
    if named:
        assert value in a.whole[named[0]] and not more
    elif not isinstance(value, tuple):
        written = f"{value:,.0f}" if value == int(value) else f"{value:.4g}"
        assert first == f"{written} is not right."
    elif len(value) != len(a.right):
        assert re.findall(r"\d+", first) == [str(len(a.right)), str(len(value))]
    elif a.kind == "kernel_shape":
        good = [str(i) for i, (got, right) in enumerate(zip(value, a.right)) if got == right]
        assert first == f"Not all of these are right. Axes that are, counted from 0: {', '.join(good) or 'none'}."
    else:
        axes = ["batch", *("depth", "height", "width")[2 - len(value) :], "channels"]
        wrong = [f"{axis} {got}" for axis, got, right in zip(axes, value, a.right) if got != right]
        good = [axis for axis, got, right in zip(axes, value, a.right) if got == right]
        if good:
            assert lines.pop() == f"Right already: {', '.join(good)}."
        told = [re.fullmatch(r"Wrong: ([^.]+)\. ?(.*)", line).groups() for line in lines]
        assert sorted(wrong) == sorted(", ".join(names for names, _ in told).split(", "))
        for names, why in told:
            for axis in [axes.index(name.split()[0]) for name in names.split(", ")] if why else ():
                fits = {shape[axis] for start in a.axes if why.startswith(start) for shape in a.axes[start]}
                assert value[axis] in fits or why == "A convolution leaves the batch as it is." and axis == 0, why


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_drawn_answer_is_praised_if_keras_says_the_same_and_told_what_is_true_of_it_if_not(lesson):
    several, x, ask = calls(lesson)["predict"]
    prediction, rng = predict(several, x, ask=ask), np.random.default_rng(SEED)
    for layer, kind in itertools.product(several if isinstance(several, list) else [several], ask):
        names = [name for name in Asked(layer, x).weights if name.endswith("kernel")]
        for name in names if kind == "kernel_shape" else ["kernel"]:
            a, wrong, number = Asked(layer, x, kind, name, prediction.question), 0, 0
            while wrong < WRONG or number < len(a.slips) + WRONG:
                typed, value = drawn_answer(a, rng, number)
                number += 1
                feedback = prediction.answer(typed)
                case = f"SEED={SEED}, {kind}: {typed!r}; {a.right} is right. Said: {feedback}"
                assert feedback.counts and feedback.right == (value == a.right), case
                if not feedback:
                    wrong += 1
                    try:
                        check_words(a, value, feedback.text)
                    except AssertionError as untrue:
                        raise AssertionError(f"{case}\n{untrue}") from None
                prediction.again()
                if kind == "value":  # it has other numbers now
                    a = Asked(layer, x, kind, name, prediction.question)
            prediction.next()
    assert prediction.solution is None, "a question is left"


def judged(chain, x, wanted):
    """{condition missed: what there is instead, in words}, or None where Keras refuses; and (out, params, MACs)."""
    made, y, work = [type(layer).from_config(layer.get_config()) for layer in chain], np.zeros((1, *x), "float32"), 0
    try:
        for layer in made:
            before, y = y.shape, layer(y)
            work += macs(layer, before, y.shape, {w.path: w.shape for w in layer.weights})
    except (ValueError, TypeError, tf.errors.OpError):  # the last without oneDNN: unequal strides, say
        return None, ()
    out, params = tuple(y.shape[1:]), sum(layer.count_params() for layer in made)
    names = list(dict.fromkeys(type(layer).__name__ for layer in made))
    failed = {
        "output_shape": out != wanted.get("output_shape", out) and out,
        "kind": any(name != wanted.get("kind", name) for name in names) and ", ".join(names),
        "most_params": params > wanted.get("most_params", params) and params,
        "least_params": params < wanted.get("least_params", params) and params,
        "most_macs": work > wanted.get("most_macs", work) and work,
        "sees": "sees" in wanted and cells_read(made, x, wanted["sees"]),
    }
    missed = {name: str(failed[name]) for name in wanted if failed.get(name, False) is not False}
    return missed, (out, params, work)


def cells_read(made, x, wanted):
    """What the middle output cell reads, in words; False if just what is wanted. Rows of cells are changed by turns."""
    for layer in made:
        for w in layer.weights:
            w.assign(np.ones(w.shape) if w.path.endswith("kernel") else np.zeros(w.shape))
    places = []
    for axis, size in enumerate(x[:-1]):
        y = np.eye(size, dtype="float32").reshape(size, *(size if i == axis else 1 for i in range(len(x))))
        y = np.broadcast_to(y, (size, *x))
        for layer in made:
            y = layer(y)
        middle = (slice(None), *(size // 2 for size in y.shape[1:-1]), 0)
        places.append(np.flatnonzero(np.array(y)[middle]))
    field, read = [tuple(int(count(at)) for at in places) for count in (lambda at: np.ptp(at) + 1, len)]
    if read == field:
        return field != (wanted,) * len(field) and field
    told = [" x ".join(map(str, sizes)) for sizes in (field, read)]
    return f"a receptive field of {told[0]} cells with gaps: {told[1]} of them are read"


def neighbour(chain, rng):
    """Layers that differ from these in a setting or two, in one layer more or less, or in their order."""
    chain = [(type(layer), layer.get_config()) for layer in chain]
    way = rng.integers(8)
    if way == 0:
        rank = len(chain[0][1]["kernel_size"])
        more = getattr(layers, f"Conv{rank}D")(int(rng.integers(1, 9)), int(rng.integers(1, 3)))
        chain.insert(int(rng.integers(len(chain) + 1)), (type(more), more.get_config()))
    if way == 1 and len(chain) > 1:
        chain = chain[::-1] if rng.integers(2) else chain[1:]
    for _ in range(rng.integers(1, 3) if way > 1 else 0):
        kind, settings = chain[rng.integers(len(chain))]
        name = rng.choice([name for name in SETTINGS if settings.get(name, None) is not None])
        value = settings[name]
        if isinstance(value, tuple):
            at = int(rng.integers(len(value)))
            value = [max(v + int(rng.choice([-1, 1, 2])), 1) if i == at or way == 2 else v for i, v in enumerate(value)]
        elif isinstance(value, bool):
            value = not value
        elif isinstance(value, str):
            value = "valid" if value == "same" else "same"
        else:
            value = max(value + int(rng.choice([-2, -1, 1, 2, 3])), 1)
        settings[name] = value
    return [kind.from_config(settings) for kind, settings in chain]


@pytest.mark.parametrize("lesson", LESSONS)
def test_drawn_layers_reach_a_goal_if_keras_says_the_same_and_are_told_what_they_miss_if_not(lesson):
    wanted = calls(lesson)["goal"]
    task, x, rng, wrong = goal(**wanted), wanted["input_shape"], np.random.default_rng(SEED), 0
    solutions = runpy.run_path(str(FOLDER / "solutions" / f"{lesson}.py"))["RIGHT"]["task2"]
    while wrong < LAYERS:
        solution = solutions[rng.integers(len(solutions))]
        try:
            chain = neighbour(solution if isinstance(solution, list) else [solution], rng)
        except (TypeError, ValueError):  # Keras makes no such layer
            continue
        (failed, numbers), feedback = judged(chain, x, wanted), task(chain)
        wrong += not feedback
        settings = [{name: layer.get_config().get(name) for name in ("name", *SETTINGS)} for layer in chain]
        case = f"SEED={SEED}: {settings}. Missed: {failed} {numbers}. Said: {feedback}"
        assert feedback.right == (failed == {}), case
        if failed == {}:
            out, params, work = numbers
            assert feedback.text.endswith(f": output {out}, {params:,} parameters, {work:,} MACs a sample."), case
        elif failed is None:
            assert "gives no output" in feedback.text and len(feedback.text.split()) > 12, case
        else:
            first, *lines = feedback.text.split("\n")
            assert first == "Not yet." and len(lines) == len(failed), case
            for got, line in zip(failed.values(), lines):
                written = f"{int(got):,}" if got.isdigit() else got
                assert line.startswith("Wanted: ") and line.endswith(f". Received: {written}."), case


# The mistake that each lesson is there to prevent: an answer that it leads to, and what is said to that.
CENTRAL = {
    "00_start_here": ("1 11 6 1", "The places are one more: the first window stands before any step."),
    "01_convolution": ("3*2*5 + 5", "a filter spans all the input channels that it reads."),
    "02_grouped": ("1 6 10 3", "The groups share the filters out, but all of them give an output channel."),
    "03_dilated": ("5 5 4 5", "That is the size of the window. Dilation moves the taps apart and adds none."),
    "04_transposed": ("1 3 3 3", "That is the size that a convolution gives. A transposed one goes the other way."),
    "05_separable": (
        "3*4*5*14 + 14",
        "That is a plain convolution with one large kernel. This layer has two small ones.",
    ),
    "06_deformable": (
        "2*3*4*6 + 6 + 2*3*3*2",
        "That counts the offsets as learned numbers. A second convolution computes",
    ),
    "07_other_dimensions": ("2 3 5 4", "Channels are missing: a filter spans all the input channels"),
    "08_compare": ("11*15 * 3*3*8*10", "That counts multiplications. The weights are shared"),
}


@pytest.mark.parametrize("lesson", LESSONS)
def test_the_mistake_that_a_lesson_is_about_has_an_answer_of_its_own(lesson):
    typed, said = CENTRAL[lesson]
    several, x, ask = calls(lesson)["predict"]
    prediction, texts = predict(several, x, ask=ask), []
    while prediction.solution is not None:
        texts.append(prediction.answer(typed).text)
        prediction.next()
    assert sum(said in text for text in texts) == 1, texts
