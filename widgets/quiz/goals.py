"""goal(): a task that any layer with the wanted properties solves; it is built to see whether it has them."""

import re

import keras

from widgets.facts import input_values, is_convolution, is_shape, rank_taken, said_field, shared_values, wrap_stack
from widgets.language import either, in_own_words, say, thousands, words
from widgets.quiz.rendering import Feedback, task_html

# What can be wanted, and when what is got will do.
CONDITIONS = {
    "output_shape": lambda got, wanted: got == wanted,
    "kind": lambda got, wanted: all(name in wanted for name in got),
    "params": lambda got, wanted: got == wanted,
    "most_params": lambda got, wanted: got <= wanted,
    "least_params": lambda got, wanted: got >= wanted,
    "most_macs": lambda got, wanted: got <= wanted,
    "sees": lambda got, wanted: got == ((wanted,) * len(got) if isinstance(wanted, int) else wanted),
}
EXAMPLES = {"output_shape": (6, 6, 2), "kind": "Conv2D", "sees": 3}


def goal(*, input_shape, **wanted):
    """A task to reach: call it with a layer, or a list of layers that follow one another, and it says how that went.

    Args:
        input_shape: what the layer will take, with its batch or without.
        output_shape: with its batch or without.
        kind: the name of a layer class, or a list of names one of which will do; every convolution must be of it.
        params, most_params, least_params, most_macs: numbers; MACs are for one sample.
        sees: how many input cells one output cell reads along each axis, as one number or one for each axis; a layer
            that leaves gaps between them will not do.

    Returns:
        A function of a layer that returns feedback: a sentence, and true where every condition is met.

    Raises:
        TypeError, ValueError: for a condition or a shape that we do not know.

    Example:

    >>> from keras import layers
    >>> task = goal(input_shape=(28, 28, 12), output_shape=(14, 14, 6), most_params=600)
    >>> task
    Make a layer with these properties: it takes an input of shape (28, 28, 12); its output has the shape (14, 14, 6); \
it has at most 600 parameters.
    >>> task(layers.Conv2D(6, 3, strides=2, padding="same"))
    Not yet.
    Wanted: it has at most 600 parameters. Received: 654.
    >>> task(layers.Conv2D(6, 2, strides=2))
    Right. layers.Conv2D(6, 2, strides=2): output (14, 14, 6), 294 parameters, 56,448 MACs a sample.
    """
    return Goal(input_shape, wanted)


class Goal:
    """A task that is called with a layer. Made by `goal`."""

    def __init__(self, input_shape, wanted):
        self.words = words()
        shapes = [input_shape, *([wanted["output_shape"]] if "output_shape" in wanted else [])]
        if not wanted or not wanted.keys() <= CONDITIONS.keys() or not all(map(is_shape, shapes)):
            received = ", ".join(f"{name}={value!r}" for name, value in {"input_shape": input_shape, **wanted}.items())
            raise ValueError(say("goal.unknown", known=", ".join(CONDITIONS), received=received))
        for name, value in wanted.items():
            if not _can_be_met(name, value):
                example = EXAMPLES.get(name, 90)
                raise ValueError(say("goal.no_condition", name=name, value=value, example=example))
        self.input_shape = tuple(input_shape)
        self._wanted = {name: tuple(v) if isinstance(v, list) else v for name, v in wanted.items()}
        if isinstance(wanted.get("kind"), str):
            self._wanted["kind"] = (wanted["kind"],)
        if None in self._wanted.get("output_shape", ()):  # a batch of any size, as Keras prints it
            self._wanted["output_shape"] = self._wanted["output_shape"][1:]

    @in_own_words
    def __repr__(self):
        conditions = [say("goal.input_shape", wanted=self.input_shape), *map(self._named, self._wanted)]
        return say("goal.task", conditions="; ".join(conditions))

    def _repr_html_(self):
        return task_html(repr(self))

    @in_own_words
    def __call__(self, layer_or_layers):
        """Feedback on this layer. Raises TypeError for what is no layer."""
        layers = layer_or_layers.layers if isinstance(layer_or_layers, keras.Sequential) else layer_or_layers
        layers = list(layers) if isinstance(layers, (list, tuple)) else [layers]
        if not layers or not all(isinstance(layer, keras.layers.Layer) for layer in layers):
            odd = next((layer for layer in layers if not isinstance(layer, keras.layers.Layer)), layer_or_layers)
            raise TypeError(say("goal.not_a_layer", received=odd.__name__ if isinstance(odd, type) else odd))
        try:
            chain, steps = self._ask(layers)
        except ValueError as misfit:  # a built layer that reads other channels, or a shape of another rank
            return Feedback(False, str(misfit))
        facts = steps[0] if len(steps) == 1 else chain.facts(steps)
        if facts.problem:
            fields = {"shape": self.input_shape, "problem": facts.problem, "advice": facts.advice}
            return Feedback(False, say("goal.refused", **fields).strip())
        without_batch = len(self._wanted.get("output_shape", ())) == len(facts.output_shape) - 1
        got = {
            "output_shape": facts.output_shape[1:] if without_batch else facts.output_shape,
            "kind": tuple(type(layer).__name__ for layer in _parts(layers) if is_convolution(layer)),
            "sees": _seen(chain, steps),
            "macs": facts.macs,
            "params": facts.params,
        }
        failed = []
        for name, wanted in self._wanted.items():
            value = got[name if name in got else name.split("_")[-1]]  # most_params is about params
            if value is None or not CONDITIONS[name](value, wanted):
                failed.append(say("goal.failed", condition=self._named(name), got=_written(value)))
        if failed:
            return Feedback(False, "\n".join([say("predict.wrong"), *failed]))
        shape = facts.output_shape if len(self.input_shape) == len(facts.input_shape) else facts.output_shape[1:]
        properties = say("goal.properties", shape=shape, count=facts.params, macs=_written(facts.macs))
        return Feedback(True, say("goal.reached", code=facts.code, properties=properties))

    def _ask(self, layers):
        """Facts of each layer, up to the first that Keras refuses."""
        chain = wrap_stack(layers)
        convolution = next(filter(is_convolution, _parts(layers)), None)
        if convolution is None:
            name = type(layers[0]).__name__
            rank = re.search(r"\dD$", name)
            raise TypeError(say("goal.no_convolution", received=name, name=f"Conv{rank[0] if rank else '2D'}"))
        shape, rank = self.input_shape, rank_taken(layers[0]) or convolution.rank + 2
        shape = (1, *shape) if len(shape) == rank - 1 else shape
        x = input_values(chain[0].template, shape) if chain[0].template else shared_values(layers[:1], shape)
        return chain, chain.ask(x)

    def _named(self, name):
        """A condition in words."""
        wanted = self._wanted[name]
        if name == "kind":
            wanted = either(wanted)
        if name == "sees" and isinstance(wanted, int):
            return say("goal.sees_each", count=wanted)
        if name == "sees":
            wanted = _times(wanted)
        return say(f"goal.{name}", wanted=wanted, count=wanted)


def _parts(layers):
    """All layers, those within models and wrappers too."""
    inside = ([] if is_convolution(one) else list(one._flatten_layers(include_self=False)) for one in layers)
    return [part for one, within in zip(layers, inside) for part in (one, *within)]


def _can_be_met(name, value):
    if name == "kind":
        names = [value] if isinstance(value, str) else value
        return isinstance(names, (list, tuple)) and all(isinstance(one, str) for one in names)
    if name == "output_shape":  # Keras prints a batch of any size as None, and a layer that is asked has one
        return None not in value[1:]
    numbers = value if name == "sees" and isinstance(value, (list, tuple)) else [value]
    return all(type(number) is int for number in numbers)


def _times(sizes):
    return " x ".join(map(str, sizes))


def _seen(chain, steps):
    """The cells along each axis that one output cell reads; in words, where gaps are left or nobody knows for sure."""
    sizes, certainty = chain.sees(steps)
    if sizes is None or certainty != "exact":
        return said_field(sizes, certainty)
    if (read := chain.cells_read(steps)) is None:
        return said_field(sizes, "at most")
    return sizes if read == sizes else say("goal.gaps", field=_times(sizes), read=_times(read))


def _written(value):
    """A value as a reader sees it: numbers of a shape in brackets, names in a row, a count with its thousands."""
    if value is None:  # MACs of a layer that nobody can count
        return say("certainty.unknown")
    if isinstance(value, tuple) and value and isinstance(value[0], str):
        return ", ".join(dict.fromkeys(value))
    return thousands(value) if isinstance(value, int) else value
