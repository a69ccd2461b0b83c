"""What the browser is told in keys and values, and has the words for: the rows of facts, and sentences."""

import keras
import tensorflow as tf

from widgets.facts import chain_receptive_field
from widgets.language import Sentence


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
