"""compare(): several layers on one input, side by side in a table that can be sorted."""

import functools
import itertools
import math
import statistics
import time
from dataclasses import replace
from pathlib import Path

import ipywidgets
import keras
import tensorflow as tf

from widgets.comparison.table import STYLE, as_html, as_table, as_text, row, thumbnail
from widgets.facts import Weight, count_rule, input_values, isolated_keras, shared_values, variables_kept, wrap_stack
from widgets.language import either, in_own_words, say, words
from widgets.page import RecordedTool, record_pictures, write_page
from widgets.stage import Tool, browser_words

MOST_LAYERS = 12
WARM_UP = 3  # calls of each layer that are not counted
LONGEST = 10  # seconds after which no further round of calls is begun

# What the rows can be sorted by, and what of it is compared. "given" is the order of the list.
SORTS = {
    "given": None,
    "code": str,
    "output_shape": math.prod,
    "weights": lambda weights: sum(map(math.prod, weights.values())),
    "params": int,
    "macs": int,
    "receptive_field": lambda sizes: math.inf if sizes is None else math.prod(sizes),  # None is the whole picture
    "ms": float,
}


def compare(layers, x=None):
    """Show what several Keras layers make of the same `x`, and what each of them costs.

    Args:
        layers: a list of 1 to 12 Keras layers, Sequential models, or functional ones of one input; a model is one row.
            They are copied, never changed.
        x: an array or tensor (batch, height, width, channels), or a shape; left out: a small input of one channel.

    Returns:
        A `Comparison`, to be the last line of a cell. `print` writes it as text, its `rows` are plain dicts, and
        `save("comparison.html")` writes a page that works without a kernel.

    Raises:
        TypeError, ValueError: for layers or an input that we do not know. What Keras refuses never raises: the
        layer's row says why.

    Example:

    >>> from keras import layers
    >>> c = compare([layers.Conv2D(6, 2), layers.SeparableConv2D(6, 2)], (4, 28, 28, 12))
    >>> c
    <Comparison of 2 layers on (4, 28, 28, 12)>
    >>> c.sort("params")
    >>> print(c)
    x: (4, 28, 28, 12)
    <BLANKLINE>
    layer                         output          parameters  MACs a sample  receptive field
    layers.SeparableConv2D(6, 2)  (4, 27, 27, 6)         126         87,480  2 x 2
    layers.Conv2D(6, 2)           (4, 27, 27, 6)         294        209,952  2 x 2
    <BLANKLINE>
    layer                         weights                             parameters
    layers.SeparableConv2D(6, 2)  (2, 2, 12, 1), (1, 1, 12, 6), (6,)  2*2*12*1 + 1*1*12*6 + 6 = 126
    layers.Conv2D(6, 2)           (2, 2, 12, 6), (6,)                 2*2*12*6 + 6 = 294
    """
    return Comparison(layers, x)


class Comparison(Tool, ipywidgets.VBox):
    """Layers side by side. Made by `compare`.

    `x` is the input as a float32 array; `facts` are the layers' Facts, in the order in which they were given.
    """

    def __init__(self, layers, x):
        self.words = words()
        stacks, self._chains = _chains(layers)
        self.x = shared_values(layers, x)
        for chain in self._chains:
            if chain[0].template:
                input_values(chain[0].template, self.x)  # raises where a built layer reads other channels
        answers = [list(map(_weighed, chain, chain.ask(self.x))) for chain in self._chains]
        self.facts = tuple(map(_together, stacks, self._chains, answers))
        seen = [
            (None, "unknown") if steps[-1].problem else chain.sees(steps) for chain, steps in zip(self._chains, answers)
        ]
        self._rows = [row(facts, *sizes) for facts, sizes in zip(self.facts, seen)]
        self._thumbnails = [thumbnail(facts) for facts in self.facts]
        self._calls = {}  # a layer's number -> its call, as TensorFlow prepares it for fit and predict
        fitting = {"width": "auto"}
        columns = [(say(f"column.{name}"), name) for name in SORTS]
        self._by = ipywidgets.Dropdown(options=columns, description=say("compare.sort_by"))
        self._largest = ipywidgets.ToggleButton(description=say("compare.largest_first"), layout=fitting)
        self._button = ipywidgets.Button(description=say("compare.measure"), icon="clock-o", layout=fitting)
        self._bar = ipywidgets.IntProgress(layout={"width": "140px", "visibility": "hidden"})
        self._table = ipywidgets.HTML()
        self._by.observe(self._show, "value")
        self._largest.observe(self._show, "value")
        self._button.on_click(lambda _: self.measure())
        self._show()
        controls = [self._by, self._largest, self._button, self._bar]
        super().__init__([ipywidgets.HBox(controls, layout={"flex_flow": "row wrap"}), self._table])
        self.add_class("cn-comparison")

    @property
    def rows(self):
        """One dict a layer, in the order shown. What Keras refused, or nobody has measured, is None."""
        return [dict(self._rows[number]) for number in self._order(self._by.value, self._largest.value)]

    @in_own_words
    def sort(self, by, largest_first=False):
        """Sort by one of the rows' values, or by "given". A row that does not have the value stays at the end.

        Raises ValueError for another name.
        """
        if by not in SORTS:
            raise ValueError(say("compare.not_a_column", options=either(map(repr, SORTS)), received=by))
        self._by.value, self._largest.value = by, bool(largest_first)

    @in_own_words
    def measure(self, rounds=30):
        """Time the layers here: `ms` in each row becomes the middle of up to `rounds` calls, each on all of `x`.

        TensorFlow first prepares every call, as it does for `fit` and `predict`. Then the layers take turns, so
        that whatever else the machine is doing meets all of them. From then on the table and the text have times.
        """
        if not isinstance(rounds, int) or rounds < 1:
            rule = count_rule(1)
            raise ValueError(say("controls.bad_setting", name="rounds", rule=rule, received=rounds, example=30))
        self._bar.value, self._bar.max = 0, rounds
        self._bar.layout.visibility, self._button.disabled = "visible", True
        times = {number: [] for number, facts in enumerate(self.facts) if facts.y is not None}
        try:
            models = [one.layer for chain in self._chains for one in chain if isinstance(one.layer, keras.Model)]
            with tf.device("CPU:0"), variables_kept([variable for model in models for variable in model.variables]):
                x = tf.constant(self.x)
                for number in times:
                    self._prepare(number, x)
                latest = time.perf_counter() + LONGEST
                while self._bar.value == 0 or (self._bar.value < rounds and time.perf_counter() < latest):
                    for number, seconds in times.items():
                        before = time.perf_counter()
                        self._calls[number](x)
                        seconds.append(time.perf_counter() - before)
                    self._bar.value += 1
        finally:
            self._bar.layout.visibility, self._button.disabled = "hidden", False
        for number, seconds in times.items():
            self._rows[number]["ms"] = 1000 * statistics.median(seconds)
        self._show()

    @in_own_words
    def save(self, path):
        """Write a page with this table and each layer's picture, without a kernel: path ends in .html.

        Raises ValueError for another path, and where the pictures are too large for a page.
        """
        write_page(path, self.recorded)

    @in_own_words
    def recorded(self, record=None):
        """All that a page needs that compares without a kernel: see `save`.

        `record` is that of the same comparison in another language.
        """
        names = dict.fromkeys(found["code"].split("(")[0].split(".")[-1] for found in self._rows)
        untimed = [found | {"ms": None} for found in self._rows]
        # A page's policy forbids styles in attributes; its script may set them.
        table = as_table(self.x.shape, untimed).replace(" style=", " data-style=")
        return RecordedTool(
            module=Path(__file__).parent / "recorded_comparison.js",
            record=record or self._record(),
            words=browser_words(self.words) | self.words.room("compare", "column"),
            title=say("page.comparison", names=", ".join(names)),
            notebook="08_compare",
            still=f'<div class="cn-compare">{table}</div>',
            notes=(say("page.kernel_measures"),),
            sheets=(STYLE,),
        )

    def _record(self):
        """A picture of each layer that gives an answer and reads cells that are known, and the table's orders."""
        orders = {by: [list(self._order(by, falling)) for falling in (False, True)] for by in SORTS if by != "ms"}
        known = [all(step.axes for step in facts.chain or (facts,)) for facts in self.facts]
        drawn = [number for number, facts in enumerate(self.facts) if known[number] and not facts.problem]
        pictures = record_pictures("layer", [self.facts[number] for number in drawn], [{}] * len(drawn))
        return pictures | {"drawn": drawn, "orders": orders}

    def _prepare(self, number, x):
        layers = [one.layer for one in self._chains[number]]
        through = tf.function(lambda x: functools.reduce(lambda y, layer: layer(y), layers, x))
        call = self._calls.setdefault(number, through)
        with isolated_keras():
            for _ in range(WARM_UP):
                call(x)

    def _order(self, by, falling):
        """The layers' numbers, sorted."""
        numbers = range(len(self._rows))
        if by == "given":
            return list(reversed(numbers) if falling else numbers)
        known = [
            number
            for number, found in enumerate(self._rows)
            if not found["problem"] and (found[by] is not None or by == "receptive_field")
        ]
        known.sort(key=lambda number: SORTS[by](self._rows[number][by]), reverse=falling)
        return known + [number for number in numbers if number not in known]

    @in_own_words
    def _show(self, _=None):
        pictures = [self._thumbnails[number] for number in self._order(self._by.value, self._largest.value)]
        self._table.value = as_html(self.x.shape, self.rows, pictures)

    def __repr__(self):
        return f"<Comparison of {len(self._rows)} layers on {self.x.shape}>"

    @in_own_words
    def __str__(self):
        return as_text(self.x.shape, self.rows)

    @in_own_words
    def _saved(self):
        """The table alone, without pictures: alike on every machine."""
        return {"text/plain": str(self), "text/html": as_html(self.x.shape, self.rows)}


def _chains(layers):
    """Each layer's copy as a list of one, and the copies of a Sequential model's layers."""
    if not isinstance(layers, (list, tuple)):
        raise TypeError(say("compare.not_a_list", most=MOST_LAYERS, received=type(layers).__name__))
    if not 1 <= len(layers) <= MOST_LAYERS:
        raise ValueError(say("compare.not_a_list", most=MOST_LAYERS, received=say("compare.layers", count=len(layers))))
    stacks = [layer.layers if isinstance(layer, keras.Sequential) else [layer] for layer in layers]
    for layer in itertools.chain(*stacks):
        if not isinstance(layer, keras.layers.Layer):
            received = say("compare.a_class", name=layer.__name__) if isinstance(layer, type) else type(layer).__name__
            raise TypeError(say("compare.not_compared", received=received))
    chains = list(map(wrap_stack, stacks))
    if not all(chains):
        raise ValueError(say("compare.empty_stack"))
    templates = [next((one.template for one in chain if one.template), None) for chain in chains]
    axes = [len(template.kind.axes) for template in templates if template]
    if len(set(axes)) > 1:
        raise ValueError(say("compare.mixed_ranks", received=", ".join(map(str, axes))))
    return stacks, chains


def _weighed(one, facts):
    """The facts with the weights of a layer that is no convolution."""
    if one.template is not None or facts.problem:
        return facts
    weights = [] if isinstance(one.layer, keras.Model) else one.layer.weights  # of which a model has too many
    names = [variable.path.removeprefix(f"{one.layer.name}/") for variable in weights]
    return replace(facts, weights={name: Weight(tuple(v.shape), (), v.numpy()) for name, v in zip(names, weights)})


def _together(layers, chain, steps):
    """The facts of a chain; weights that come again, in a layer or its wrapper, are those of their first time."""
    counted, once = set(), []
    for number, (layer, step) in enumerate(zip(layers, steps)):
        again = sum(math.prod(weight.shape) for weight in layer.weights if id(weight) in counted)
        counted |= set(map(id, layer.weights))
        if layer in layers[:number] and not step.problem:
            step = replace(step, params=0, params_formula="0", weights={})
        elif again and not step.problem:
            step = replace(step, params=step.params - again, params_formula=str(step.params - again))
        once.append(step)
    return once[0] if len(once) == 1 else chain.facts(once)
