"""A model, layer by layer: shapes, parameters, MACs, and what one cell sees of the model's input."""

import html
import math
from fractions import Fraction

import keras
import numpy as np

from widgets.arithmetic import padding_cells, writes
from widgets.facts.inputs import as_shape, as_values, default_input, is_shape, seeded_values
from widgets.facts.isolation import isolated_keras
from widgets.facts.kinds import KINDS
from widgets.facts.layer_template import NAME, give_weights, is_convolution, seeds_kept, unchanged
from widgets.facts.limits import plain_text
from widgets.facts.live_layer import window_axes
from widgets.language import say, words

# Behind these a cell may have seen everything.
WHOLE = ("Flatten", "Reshape", "Bidirectional", "LSTM", "GRU", "SimpleRNN")


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
        shapes = tensor_shapes(model, self.x.shape)
        fields = {id(self._input): [(Fraction(1), Fraction(1), Fraction(0))] * (self.x.ndim - 2)}
        self.rows = []
        for node in self._nodes:
            layer, out = node.operation, node.output_tensors[0]
            field = _behind_node(node, fields, shapes)
            self.rows.append(
                {
                    "name": layer.name,
                    "layer": type(layer).__name__,
                    "output_shape": shapes[id(out)],
                    "params": layer.count_params() if isinstance(layer, keras.Layer) else 0,
                    "macs": layer_macs(layer, shapes[id(node.input_tensors[0])], shapes[id(out)]),
                    "receptive_field": field and tuple(math.floor(size) for size, _, _ in field),
                }
            )
        self._drawable = [self._can_draw(node, shapes) for node in self._nodes]
        first = [i for i, node in enumerate(self._nodes) if self._drawable[i]]
        if not first:
            raise ValueError(say("model.nothing_drawable", known=", ".join(KINDS)))
        # A run with a convolution in it comes first.
        self.start = next(
            (i for i in first if any(self.rows[j]["layer"] in KINDS for j in self._following(i))), first[0]
        )
        self.starts = [(f"{i} {self.rows[i]['name']} ({self.rows[i]['layer']})", i) for i in first]

    def longest(self, start):
        """How many layers from this one on can be drawn as a chain."""
        return len(self._following(start))

    @isolated_keras()
    def run(self, start, count):
        """The layers of a run, and the activations that reach the first of them."""
        indices = self._following(start)[:count]
        reached = self._nodes[start].input_tensors[0]
        x = self.x if reached is self._input else np.asarray(keras.Function(self._input, reached, name=NAME)(self.x))
        return [self._nodes[i].operation for i in indices], x

    def html(self, folded):
        """The rows as an HTML table."""
        heads = "".join(f"<th>{head}</th>" for head in ("", *words().room("model_column").values()))
        lines = []
        for i, row in enumerate(self.rows):
            seen = row["receptive_field"]
            seen = say("model.whole_picture") if seen is None else " x ".join(map(str, seen))
            cells = [i, row["name"], row["layer"], row["output_shape"], f"{row['params']:,}", f"{row['macs']:,}", seen]
            lines.append("<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells) + "</tr>")
        total = say(
            "model.model_total", count=len(self.rows), params=self.params, macs=sum(r["macs"] for r in self.rows)
        )
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{''.join(lines)}</tbody></table>"
        return f"<details{'' if folded else ' open'}><summary>{total}</summary><div>{table}</div></details>"

    @property
    def params(self):
        """Parameters of the model; a layer used twice counts once."""
        layers = {id(node.operation): row["params"] for node, row in zip(self._nodes, self.rows)}
        return sum(layers.values())

    def _can_draw(self, node, shapes):
        layer = node.operation
        if len(node.input_tensors) != 1 or not isinstance(layer, keras.Layer) or isinstance(layer, keras.Model):
            return False
        if is_convolution(layer):
            return True
        return (
            len(shapes[id(node.input_tensors[0])]) > 2
            and window_axes(layer, shapes[id(node.input_tensors[0])]) is not None
        )

    def _following(self, start):
        """Indices of the layers that follow one another from `start` on without a branch."""
        run = [start]
        while len(run) < self.MOST:
            out = self._nodes[run[-1]].output_tensors[0]
            users = [i for i, node in enumerate(self._nodes) if any(t is out for t in node.input_tensors)]
            if len(users) != 1 or not self._drawable[users[0]]:
                break
            # What lies between the cells has no window that a chain could go on with.
            names = [self.rows[i]["layer"] for i in (run[-1], users[0])]
            if any(KINDS[name].reads_between_cells for name in names if name in KINDS):
                break
            run += users
        return run


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
    return known


def _behind_node(node, fields, shapes):
    """What one cell behind a call sees; noted in `fields` for each of its outputs."""
    before = [fields.get(id(tensor)) for tensor in node.input_tensors]
    field = field_behind(node.operation, before, [shapes[id(tensor)] for tensor in node.input_tensors])
    fields |= {id(tensor): field for tensor in node.output_tensors}
    return field


def field_behind(layer, before, shapes):
    """What one cell behind `layer` sees, along each axis (size, stride, start); None for the whole picture.

    `before` are the same for each input, `shapes` their shapes. Of several branches the region holds all. Behind
    strides, a layer that makes more cells may see up to a stride less than this.
    """
    name = type(layer).__name__
    if not before or any(field is None for field in before):
        return None
    if name.startswith("Global") or name.endswith("Attention") or name in WHOLE:
        return None
    if isinstance(layer, keras.Model):
        if not _is_chain(layer):
            return None
        inner, known = {id(layer.inputs[0]): before[0]}, tensor_shapes(layer, shapes[0])
        for node in model_nodes(layer):
            _behind_node(node, inner, known)
        return inner[id(layer.outputs[0])]
    if len(before) > 1:
        return [_union(axis) for axis in zip(*before)]
    (field,), shape = before, _spatial(layer, shapes[0])
    behind = []
    for axis, (size, stride, start) in enumerate(field):
        k, s, d, pad = _rule(layer, axis, shape[axis])
        if name.endswith("Transpose") or name.startswith("UpSampling"):  # a convolution over cells s times as close
            stride /= s
            behind.append((size + d * (k - 1) * stride, stride, start - (d * (k - 1) - pad) * stride))
        else:
            behind.append((size + d * (k - 1) * stride, stride * s, start - pad * stride))
    return behind


def layer_macs(layer, input_shape, output_shape):
    """Multiply-accumulates of a layer, or of a model in a model, for one sample; 0 where there are no weights."""
    name = type(layer).__name__
    if isinstance(layer, keras.Model):
        if not _is_chain(layer):
            return 0
        known = tensor_shapes(layer, input_shape)
        ends = [(node.operation, node.input_tensors[0], node.output_tensors[0]) for node in model_nodes(layer)]
        return sum(layer_macs(inner, known[id(x)], known[id(y)]) for inner, x, y in ends)
    kernels = [getattr(layer, attribute, None) for attribute in ("depthwise_kernel", "pointwise_kernel")]
    if kernels[0] is None:
        kernels = [getattr(layer, "kernel", None)]
    if kernels[0] is None or not (name in KINDS or name == "Dense"):
        return 0
    cells = _spatial(layer, input_shape if name.endswith("Transpose") else output_shape)
    return math.prod(cells) * sum(math.prod(kernel.shape) for kernel in kernels)


def _is_chain(model):
    """Whether a model in a model has calls that can be listed, from one input to one output."""
    return model.built and len(getattr(model, "inputs", None) or ()) == len(model.outputs) == 1


def _spatial(layer, shape):
    """The spatial sizes in a tensor's shape."""
    return shape[2:] if getattr(layer, "data_format", None) == "channels_first" else shape[1:-1]


def _rule(layer, axis, n):
    """(kernel, stride, dilation, padding before) of a layer along one axis; 1, 1, 1, 0 where it has none.

    Of a layer that makes more cells, the stride says how many, and the last number the cells that are cropped.
    """
    name = type(layer).__name__
    window = getattr(layer, "kernel_size", None) or getattr(layer, "pool_size", None)
    if window is not None:
        k, s = window[axis], layer.strides[axis]
        d = getattr(layer, "dilation_rate", (1, 1, 1))[axis]
        if name.endswith("Transpose"):
            more = layer.output_padding[axis] if isinstance(layer.output_padding, tuple) else layer.output_padding
            return k, s, d, -int(writes(n, k, s, d, layer.padding, more)[0, 0])
        return k, s, d, padding_cells(n, k, s, d, layer.padding)[0]
    if name.startswith(("ZeroPadding", "Cropping")):
        pads = getattr(layer, "padding", None) or layer.cropping
        before = (pads if isinstance(pads[0], tuple) else (pads,))[axis][0]
        return 1, 1, 1, before if name.startswith("Zero") else -before
    if name.startswith("UpSampling"):
        s = layer.size[axis] if isinstance(layer.size, tuple) else layer.size
        k = s if getattr(layer, "interpolation", "nearest") == "nearest" else 2 * s - s % 2
        return k, s, 1, (k - s) // 2
    return 1, 1, 1, 0


def _union(branches):
    start = min(start for _, _, start in branches)
    return max(start + size for size, _, start in branches) - start, branches[0][1], start


def _values(model, x):
    """x as values of the rank that the model takes; left out: the boat, or values of the model's own shape."""
    wanted = model.inputs[0].shape if model.built and getattr(model, "inputs", None) else None
    kinds = [KINDS[type(layer).__name__] for layer in model.layers if is_convolution(layer)]
    rank = len(wanted) if wanted else (len(kinds[0].axes) if kinds else 2) + 2
    if x is None and wanted and wanted[1:] != (8, 8, 1):
        x = tuple(1 if i == 0 else size or 16 for i, size in enumerate(wanted))
    if x is None:
        return default_input(rank)
    values = seeded_values(as_shape(x, rank)) if is_shape(x) else as_values(x, rank)
    if any(size not in (None, got) for size, got in zip((wanted or ())[1:], values.shape[1:])):
        raise ValueError(say("model.other_input", wanted=tuple(wanted), received=values.shape))
    return values


def _built(model, input_shape):
    """A Sequential of copies that knows its input: the reader's own stays unbuilt."""
    if not isinstance(model, keras.Sequential):
        raise TypeError(say("model.not_a_model", received=type(model).__name__))
    if not model.layers:
        raise ValueError(say("model.nothing_drawable", known=", ".join(KINDS)))
    copies = [unchanged(layer, layer.name) for layer in model.layers]
    try:
        with seeds_kept(part for layer in copies for part in vars(layer).values()):
            built = keras.Sequential([keras.Input(input_shape[1:], name=f"{NAME}_input"), *copies], name=NAME)
    except Exception as refusal:  # whatever Keras raises
        message = say("model.model_refuses", shape=input_shape, problem=plain_text(refusal))
        raise ValueError(message) from refusal
    if getattr(built, "inputs", None) is None:  # Keras says nothing, and goes on without knowing its shapes
        raise ValueError(say("model.no_shapes"))
    for layer, copy in zip(model.layers, copies):
        if layer.built:
            give_weights(copy, layer.get_weights())
    return built
