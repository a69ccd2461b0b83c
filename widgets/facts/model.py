"""A model, layer by layer: shapes, parameters, MACs, and what one cell sees of the model's input."""

import html

import keras
import tensorflow as tf

from widgets.facts.certainty import AT_LEAST, EXACT, said_field
from widgets.facts.code_line import NAME
from widgets.facts.costs import node_macs
from widgets.facts.drawable_runs import DrawableRuns
from widgets.facts.isolation import isolated_keras
from widgets.facts.keras_refusals import plain_text
from widgets.facts.kinds import is_convolution
from widgets.facts.layer_copy import give_weights, seeds_kept, unchanged
from widgets.facts.live_layer import Chain, wrap_layer
from widgets.facts.measure import Clock
from widgets.facts.model_graph import (
    Unaskable,
    chain_axes,
    channel_axes,
    check_listed,
    model_inputs,
    model_nodes,
    tensor_shapes,
)
from widgets.facts.model_inputs import model_values
from widgets.facts.receptive_fields import input_field, model_fields, told_of_all
from widgets.language import say, words


class ModelSteps:
    """The layers of a Sequential or functional model in the order of the computation; the model stays as it is.

    `rows` is a list of dicts: name, layer (its class), output_shape, params, macs, receptive_field (cells along
    each axis, the largest over all branches and all inputs; None for the whole picture). `x` is an array, or a list
    of them where the model has several inputs; in `params` what is used twice counts once. Raises TypeError for a
    model that is neither.
    """

    @isolated_keras()
    def __init__(self, model, x, clock=None):
        check_listed(model)
        values = model_values(model, x)
        if not model_inputs(model):
            model = _built(model, values[0].shape)
        self.x = values if values[1:] else values[0]
        self._inputs, self._nodes, self.params = model.inputs, model_nodes(model), model.count_params()
        if not self._nodes:
            raise ValueError(say("model.no_layers"))
        self._axes, clock = channel_axes(model), clock or Clock()
        taken = [one.shape for one in values]
        try:
            shapes = tensor_shapes(model, taken)
        except Unaskable:
            raise
        except Exception as refusal:  # whatever Keras raises
            raise _refused(taken, refusal) from refusal
        ids = list(map(id, self._inputs))
        starts = [input_field(shape, self._axes[key]) for shape, key in zip(taken, ids)]
        fields = []  # of each input by itself
        for i, one in enumerate(starts):
            alone = [one if i == j else one.unseen(len(shape) - 1) for j, shape in enumerate(taken)]
            fields.append(model_fields(model, dict(zip(ids, alone)), shapes, clock))
        self.rows = []
        for node in self._nodes:
            layer, out = node.operation, node.output_tensors[0]
            seen, certainty = told_of_all([some[id(out)] for some in fields], self._axes[id(out)])
            self.rows.append(
                {
                    "name": layer.name,
                    "layer": type(layer).__name__,
                    "output_shape": shapes[id(out)],
                    "params": layer.count_params() if isinstance(layer, keras.Layer) else 0,
                    "macs": node_macs(node, shapes, taken[0][0]),
                    "receptive_field": seen,
                    "receptive_field_is": certainty,
                }
            )
        counts = [row["macs"] for row in self.rows]
        self.macs = sum(filter(None, counts)), AT_LEAST if None in counts else EXACT  # as far as they are known
        self.runs = DrawableRuns(self._nodes, self._axes, shapes, fields, clock)
        parts = (_part(layer, f"model.layers[{i}]", clock) for i, layer in enumerate(model.layers))
        self.inside = None if self.runs.convolve else next(filter(None, parts), None)
        self.starts = [(f"{i} {self.rows[i]['name']} ({self.rows[i]['layer']})", i) for i in self.runs.starts]

    def channel_axis(self, start):
        """The axis of the channels in what reaches this layer."""
        return self._axes[id(self._nodes[start].input_tensors[0])]

    @isolated_keras()
    def run(self, start, count):
        """The layers of a run, and the activations that reach the first of them."""
        indices = self.runs.following(start)[:count]
        reached = self._nodes[start].input_tensors[0]
        values = self.x if self._inputs[1:] else [self.x]
        place = next((i for i, one in enumerate(self._inputs) if one is reached), None)
        if place is None:
            texts = [one.dtype == "string" for one in self._inputs]  # any will do
            values = [tf.strings.as_string(one) if text else one for one, text in zip(values, texts)]
            before = keras.Model(self._inputs, reached, name=NAME)
            try:
                x = keras.ops.convert_to_numpy(before(values, training=False))
            except Exception as refusal:  # it may take such a shape, and other values
                raise _refused([one.shape for one in values], refusal) from refusal
        else:
            x = values[place]
        return [self._nodes[i].operation for i in indices], x

    def html(self, folded):
        """The rows as an HTML table."""
        heads = "".join(f"<th>{head}</th>" for head in ("", *words().room("model_column").values()))
        lines = []
        for i, row in enumerate(self.rows):
            seen = said_field(row["receptive_field"], row["receptive_field_is"])
            macs = say("certainty.unknown") if row["macs"] is None else f"{row['macs']:,}"
            cells = [i, row["name"], row["layer"], row["output_shape"], f"{row['params']:,}", macs, seen]
            lines.append("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells) + "</tr>")
        macs, certainty = self.macs
        macs = say(f"certainty.{certainty.replace(' ', '_')}", number=f"{macs:,}")
        total = say("model.model_total", count=len(self.rows), params=self.params, macs=macs)
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
        return f"<details{'' if folded else ' open'}><summary>{total}</summary><div>{table}</div></details>"


def _part(layer, code, clock):
    """The code of what is inside a layer and can be explored; None where nothing is."""
    inside = ((part, f"{code}.{name}") for name, part in vars(layer).items() if not name.startswith("_"))
    for part, name in ((layer, code), *inside):
        if is_convolution(part):
            return name
        if isinstance(part, keras.Model):
            try:
                steps = ModelSteps(part, None, clock)
            except (TypeError, ValueError):  # it is listed neither
                continue
            if steps.runs.start is not None:
                return name
            if steps.inside:
                return steps.inside.replace("model", name, 1)
    return None


def wrap_stack(layers):
    """The Chain of layers that follow one another; one that comes again is the same one.

    Raises TypeError for a model that cannot be listed, or takes several inputs.
    """
    for layer in layers:
        if isinstance(layer, keras.Model) and len(inputs := model_inputs(layer)) != 1:
            if inputs:
                raise TypeError(say("compare.not_a_stack", received=type(layer).__name__, count=len(inputs)))
            check_listed(layer)
    wrapped = {id(layer): wrap_layer(layer, axis) for layer, axis in zip(layers, chain_axes(layers))}
    return Chain(wrapped[id(layer)] for layer in layers)


def _refused(shapes, refusal):
    problem = plain_text(refusal).split("\n\n")[0]
    return ValueError(say("model.model_refuses", shape=", ".join(map(str, shapes)), problem=problem))


def _built(model, input_shape):
    """A Sequential of copies that knows its input: the reader's own stays unbuilt."""
    if not model.layers:
        raise ValueError(say("model.no_layers"))
    copies = [unchanged(layer, layer.name) for layer in model.layers]
    try:
        with seeds_kept(part for layer in copies for part in vars(layer).values()):
            built = keras.Sequential([keras.Input(input_shape[1:], name=f"{NAME}_input"), *copies], name=NAME)
        for layer, copy in zip(model.layers, copies):
            if layer.built and getattr(built, "inputs", None) is not None:
                give_weights(copy, layer.get_weights())  # which Keras refuses for an input of other channels
    except Exception as refusal:  # whatever Keras raises
        raise _refused([input_shape], refusal) from refusal
    if getattr(built, "inputs", None) is None:  # Keras says nothing, and goes on without knowing its shapes
        raise ValueError(say("model.no_shapes"))
    return built
