"""A model, layer by layer: shapes, parameters, MACs, and what one cell sees of the model's input."""

import html
import math
import re
from collections import defaultdict
from functools import partial

import keras
import numpy as np

from widgets.facts.costs import layer_macs
from widgets.facts.fields import call_layer, fields_behind, input_field, keras_name
from widgets.facts.inputs import as_shape, as_values, default_input, is_shape, pattern
from widgets.facts.isolation import isolated_keras
from widgets.facts.kinds import KINDS
from widgets.facts.layer_template import NAME, can_copy, give_weights, is_convolution, seeds_kept, unchanged
from widgets.facts.limits import plain_text
from widgets.facts.live_layer import drawn_axes
from widgets.facts.measure import AT_LEAST, AT_MOST, EXACT, Clock, said_field
from widgets.language import say, words


class ModelSteps:
    """The layers of a Sequential or functional model in the order of the computation; the model stays as it is.

    `rows` is a list of dicts: name, layer (its class), output_shape, params, macs, receptive_field (cells along
    each axis, the largest over all branches; None for the whole picture).
    Raises ValueError for a model with several inputs, and TypeError for one that is neither.
    """

    MOST = 6  # layers drawn at once

    @isolated_keras()
    def __init__(self, model, x):
        self.x = _values(model, x)
        if not model.built or not getattr(model, "inputs", None):
            model = _built(model, self.x.shape)
        if len(model.inputs) != 1:
            raise ValueError(say("model.one_input", received=len(model.inputs)))
        self._input = model.inputs[0]
        self._nodes = model_nodes(model)
        self.channel_axis = channel_axis(model)
        try:
            shapes = tensor_shapes(model, self.x.shape)
        except Exception as refusal:  # whatever Keras raises
            message = say("model.model_refuses", shape=self.x.shape, problem=plain_text(refusal))
            raise ValueError(message) from refusal
        fields = _fields(model, {id(self._input): input_field(self.x.shape, self.channel_axis)}, shapes, Clock())
        self.rows = []
        for node in self._nodes:
            layer, out = node.operation, node.output_tensors[0]
            seen, certainty = fields[id(out)].told(self.channel_axis)
            self.rows.append(
                {
                    "name": layer.name,
                    "layer": type(layer).__name__,
                    "output_shape": shapes[id(out)],
                    "params": layer.count_params() if isinstance(layer, keras.Layer) else 0,
                    "macs": _macs(node, shapes),
                    "receptive_field": seen,
                    "receptive_field_is": certainty,
                }
            )
        self._users = defaultdict(list)  # a tensor -> the calls that it goes into
        for i, node in enumerate(self._nodes):
            for key in {id(tensor) for tensor in node.input_tensors}:
                self._users[key].append(i)
        self._drawable = [self._can_draw(node, shapes, fields) for node in self._nodes]
        first = [i for i, drawable in enumerate(self._drawable) if drawable]
        # A run with a convolution comes first, of a large model one that starts with it; None where nothing is drawn.
        wanted = self.MOST if len(self.rows) <= self.MOST else 1
        runs = ((i, self._following(i)[:wanted]) for i in first)
        convolving = (i for i, run in runs if any(is_convolution(self._nodes[j].operation) for j in run))
        self.start = next(convolving, first[0] if first else None)
        self.inside = next(filter(None, map(_part, range(len(model.layers)), model.layers)), None)
        self.starts = [(f"{i} {self.rows[i]['name']} ({self.rows[i]['layer']})", i) for i in first]

    @property
    def most_drawn(self):
        """How many layers are drawn when a tool opens."""
        return self.MOST if len(self.rows) <= self.MOST else 3

    def longest(self, start):
        """How many layers from this one on can be drawn as a chain."""
        return len(self._following(start))

    @isolated_keras()
    def run(self, start, count):
        """The layers of a run, and the activations that reach the first of them."""
        indices = self._following(start)[:count]
        reached = self._nodes[start].input_tensors[0]
        x = self.x
        if reached is not self._input:
            x = keras.ops.convert_to_numpy(keras.Model(self._input, reached, name=NAME)(self.x, training=False))
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

    @property
    def params(self):
        """Parameters of the model; one that is used twice counts once."""
        weights = {id(weight): weight for node in self._nodes for weight in getattr(node.operation, "weights", ())}
        return sum(math.prod(weight.shape) for weight in weights.values())

    @property
    def macs(self):
        """Multiply-accumulates of the model, as far as they are known, and whether that is all: (count, "exact")."""
        counts = [row["macs"] for row in self.rows]
        return sum(filter(None, counts)), AT_LEAST if None in counts else EXACT

    def _can_draw(self, node, shapes, fields):
        layer = node.operation
        if len(node.input_tensors) != 1 or not isinstance(layer, keras.Layer) or isinstance(layer, keras.Model):
            return False
        if is_convolution(layer):
            return True
        before, after = shapes[id(node.input_tensors[0])], shapes[id(node.output_tensors[0])]
        if drawn_axes(layer, before, after, self.channel_axis) is not None:
            return True
        known = fields[id(node.output_tensors[0])].certainty in (EXACT, AT_MOST)
        inside = is_convolution(getattr(layer, "layer", None))  # which is explored by itself
        return known and not inside and 3 <= len(before) == len(after) <= 5 and can_copy(layer)

    def _following(self, start):
        """Indices of the layers that follow one another from `start` on without a branch."""
        run = [start]
        while len(run) < self.MOST:
            out = self._nodes[run[-1]].output_tensors[0]
            users = self._users[id(out)]
            if len(users) != 1 or not self._drawable[users[0]]:
                break
            # What lies between the cells has no window that a chain could go on with.
            names = [self.rows[i]["layer"] for i in (run[-1], users[0])]
            if any(KINDS[name].reads_between_cells for name in names if name in KINDS):
                break
            run += users
        return run


def _part(number, layer):
    """The code of what is inside a layer and can be explored; None where nothing is."""
    if isinstance(layer, keras.Model) and _is_chain(layer):
        return f"model.layers[{number}]"
    if is_convolution(getattr(layer, "layer", None)):
        return f"model.layers[{number}].layer"
    return None


def channel_axis(model):
    """The axis of the channels in a model's tensors: 1 where its layers say so, else -1."""
    graph = getattr(model, "_functional", None) or model
    parts = [*model._flatten_layers(include_self=False), *getattr(graph, "operations", ())]  # ops.max_pool says it too
    return 1 if any(getattr(part, "data_format", None) == "channels_first" for part in parts) else -1


def model_nodes(model):
    """The calls of a model's layers in the order of the computation; branches side by side in Keras' order."""
    graph = getattr(model, "_functional", None) or model
    order = {id(layer): i for i, layer in enumerate(model.layers)}
    nodes = []
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        nodes += sorted(graph._nodes_by_depth[depth], key=lambda node: order.get(id(node.operation), len(order)))
    return [node for node in nodes if not isinstance(node.operation, keras.layers.InputLayer)]


def tensor_shapes(model, input_shape):
    """The shape of every tensor in a model, by its id, for an input of this shape."""
    tensors = [tensor for node in model_nodes(model) for tensor in node.output_tensors]
    known = {id(model.inputs[0]): tuple(input_shape)} | {id(t): (input_shape[0], *t.shape[1:]) for t in tensors}
    if any(None in shape for shape in known.values()) or tuple(model.inputs[0].shape[1:]) != tuple(input_shape[1:]):
        ask = keras.Function(model.inputs[0], tensors, name=NAME)  # a model for pictures of any size
        spec = keras.tree.flatten(ask.compute_output_spec(keras.KerasTensor(input_shape)))
        known |= {id(t): tuple(s.shape) for t, s in zip(tensors, spec)}
        if any(None in shape for shape in known.values()):  # Keras can tell it of an answer alone
            answers = keras.tree.flatten(ask(np.zeros(input_shape, "float32")))
            known |= {id(t): tuple(y.shape) for t, y in zip(tensors, answers)}
    return known


def _fields(model, fields, shapes, clock):
    """The fields of every tensor in a model, by its id, from those of its inputs."""
    fields = dict(fields)
    for node in model_nodes(model):
        tensors = list({id(tensor): tensor for tensor in node.input_tensors}.values())
        before, ids = [fields[id(tensor)] for tensor in tensors], [id(tensor) for tensor in node.output_tensors]
        operation = node.operation
        if isinstance(operation, keras.Model) and _is_chain(operation):
            inner = {id(operation.inputs[0]): before[0]}
            inner = _fields(operation, inner, tensor_shapes(operation, shapes[id(tensors[0])]), clock)
            behind = [inner[id(operation.outputs[0])]]
        else:
            some = [[shapes[key] for key in keys] for keys in (map(id, tensors), ids)]
            call, dtypes = partial(_call_again, node, tensors), [tensor.dtype for tensor in tensors]
            behind = fields_behind(operation, before, *some, call, dtypes, clock)
        fields |= dict(zip(ids, behind))
    return fields


def _call_again(node, tensors, values):
    """What a node of a model's graph makes of other values."""
    arguments, options = node.arguments.fill_in(dict(zip(map(id, tensors), values)))
    return call_layer(node.operation, *arguments, **options)


def _macs(node, shapes):
    """Multiply-accumulates of a call, or of all calls in a model in a model; None where one of them is unknown."""
    operation, before = node.operation, [shapes[id(tensor)] for tensor in node.input_tensors]
    if not (isinstance(operation, keras.Model) and _is_chain(operation)):
        return layer_macs(operation, before, shapes[id(node.output_tensors[0])])
    known = tensor_shapes(operation, before[0])
    counts = [_macs(inner, known) for inner in model_nodes(operation)]
    return None if None in counts else sum(counts)


def _is_chain(model):
    """Whether a model in a model has calls that can be listed, from one input to one output."""
    ends = (getattr(model, name, None) or () for name in ("inputs", "outputs"))
    return model.built and all(len(tensors) == 1 for tensors in ends)


FREE_SIZES = 16, 32, 64, 96, 128, 224  # tried one after another where a model takes any size and x is left out


def _values(model, x):
    """x as values of the rank that the model takes; left out: the boat, or values of a shape that the model bears."""
    wanted = model.inputs[0].shape if model.built and getattr(model, "inputs", None) else None
    rank = len(wanted) if wanted else _rank_taken(model) or (len(x) if is_shape(x) else None)
    if x is None and wanted and wanted[1:] != (8, 8, 1):
        x = _borne(model, wanted)
    ids = next((layer.input_dim for layer in model.layers if isinstance(layer, keras.layers.Embedding)), None)
    if x is None and rank != 2:
        kinds = [KINDS[type(layer).__name__] for layer in model.layers if is_convolution(layer)]
        return default_input(rank or (len(kinds[0].axes) if kinds else 2) + 2)
    shape = (1, 12) if x is None else x
    axis = channel_axis(model)
    values = pattern(as_shape(shape, rank), axis) if is_shape(shape) else as_values(x, rank, axis)
    if ids and rank == 2 and is_shape(shape):
        values = np.round(4 * values) % ids
    if any(size not in (None, got) for size, got in zip((wanted or ())[1:], values.shape[1:])):
        raise ValueError(say("model.other_input", wanted=tuple(wanted), received=values.shape))
    return values


def _borne(model, wanted):
    """A shape that a built model takes, with the first size at which Keras refuses none of its layers."""
    for size in FREE_SIZES if None in wanted[1:] else FREE_SIZES[:1]:
        shape = (1, *(size if n is None else n for n in wanted[1:]))
        try:
            if all(n > 0 for known in tensor_shapes(model, shape).values() for n in known if n is not None):
                return shape
        except Exception:  # whatever Keras raises
            continue
    return shape


def _rank_taken(layer):
    """How many axes the input of a layer, or of a model's first layer, has; None where any number will do."""
    if isinstance(layer, keras.Model):
        inputs, inner = getattr(layer, "inputs", None), [one for one in layer.layers[:1]]
        return len(inputs[0].shape) if inputs else _rank_taken(inner[0]) if inner else None
    if isinstance(layer, keras.layers.Wrapper) and not isinstance(layer, keras.layers.Bidirectional):
        inner = _rank_taken(layer.layer)
        return inner and inner + isinstance(layer, keras.layers.TimeDistributed)
    if isinstance(layer, keras.layers.Embedding):
        return 2
    name = keras_name(layer) or (type(layer).__name__ if is_convolution(layer) else "")
    if spatial := re.search(r"([123])D(Transpose)?$", name):
        return int(spatial[1]) + 2 + name.startswith("ConvLSTM")
    return 3 if isinstance(layer, (keras.layers.RNN, keras.layers.Bidirectional)) else None


def _built(model, input_shape):
    """A Sequential of copies that knows its input: the reader's own stays unbuilt."""
    if not isinstance(model, keras.Sequential):
        number = next((i for i, layer in enumerate(model.layers) if is_convolution(layer)), 0)
        raise TypeError(say("model.not_a_model", received=type(model).__name__, number=number))
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
        message = say("model.model_refuses", shape=input_shape, problem=plain_text(refusal))
        raise ValueError(message) from refusal
    if getattr(built, "inputs", None) is None:  # Keras says nothing, and goes on without knowing its shapes
        raise ValueError(say("model.no_shapes"))
    return built
