"""A model's calls in their order, the shapes of its tensors, and which of their axes has the channels."""

import inspect
import re

import keras
import tensorflow as tf

from widgets.facts.code_line import NAME
from widgets.facts.isolation import isolated_keras, variables_kept
from widgets.facts.keras_refusals import plain_text
from widgets.facts.kinds import is_convolution
from widgets.facts.known_layers import CELLWISE, MERGES, keras_name, unaskable
from widgets.facts.layer_copy import has_own_call
from widgets.language import say

KEEPING = CELLWISE | MERGES | {"Activation"}  # their answer lies as what they are given does


def model_inputs(model):
    """The tensors that a built model takes, in Keras' order; none where it does not know them yet."""
    return (getattr(model, "inputs", None) or []) if isinstance(model, keras.Model) and model.built else []


def is_listed(operation, given):
    """Whether this is a model of so many inputs whose calls can be listed."""
    listed = isinstance(operation, keras.Model) and not has_own_call(operation)
    return listed and len(model_inputs(operation)) == len(given)


def check_listed(model):
    """Raises TypeError for a model whose layers do not say what it computes."""
    if has_own_call(model) or not (isinstance(model, keras.Sequential) or model_inputs(model)):
        number = next((i for i, layer in enumerate(model.layers) if is_convolution(layer)), 0)
        raise TypeError(say("model.not_a_model", received=type(model).__name__, number=number))


def model_nodes(model):
    """The calls of a model's layers in the order of the computation; branches side by side in Keras' order."""
    graph = getattr(model, "_functional", None) or model
    order = {id(layer): i for i, layer in enumerate(model.layers)}
    nodes = []
    for depth in sorted(graph._nodes_by_depth, reverse=True):
        nodes += sorted(graph._nodes_by_depth[depth], key=lambda node: order.get(id(node.operation), len(order)))
    return [node for node in nodes if not isinstance(node.operation, keras.layers.InputLayer)]


def call_layer(layer, *inputs, **options):
    """What a layer returns when it is used and not trained."""
    if "training" in inspect.signature(layer.call).parameters:
        options = options | {"training": False}
    return layer(*inputs, **options)


class Unaskable(ValueError):
    """Says why nobody can ask a layer."""


def check_askable(operation, shapes):
    """Raises Unaskable for a layer that nobody can ask for inputs of these shapes, or that holds such a layer."""
    if is_listed(operation, shapes):
        tensor_shapes(operation, shapes)
    elif keras_name(operation) == "TimeDistributed":
        check_askable(operation.layer, [(shape[0], *shape[2:]) for shape in shapes])
    elif problem := unaskable(operation, shapes[0]) or _unaskable_inside(operation, shapes):
        raise Unaskable(problem)


def _unaskable_inside(operation, shapes):
    """The same for what only the reader's code says: TensorFlow goes through it with shapes alone."""
    if is_convolution(operation) or keras_name(operation) not in ("", "Lambda"):
        return ""
    call = tf.function(lambda *values: call_layer(operation, *values), autograph=False)
    try:
        call.get_concrete_function(*(tf.TensorSpec(shape) for shape in shapes))
    except Exception as refusal:  # whatever else there is comes when it is asked
        if refused := re.search(r"Negative dimension size caused by subtracting (\d+) from (\d+)", plain_text(refusal)):
            said = dict(zip(("window", "size"), refused.groups()))
            return say("facts.no_window_inside", name=type(operation).__name__, shape=shapes[0], **said)
    return ""


@isolated_keras()
def tensor_shapes(model, input_shapes):
    """The shape of every tensor in a model, by its id, for inputs of these shapes.

    Raises Unaskable for a model with a layer that nobody can ask for them, or that returns no cells.
    """
    nodes = model_nodes(model)
    given = [keras.KerasTensor(shape, one.dtype) for shape, one in zip(input_shapes, model.inputs)]
    keras.Function(model.inputs, model.inputs, name=NAME).compute_output_spec(given)  # refuses what no layer may
    specs = dict(zip(map(id, model.inputs), given))
    for node in nodes:
        before = [tuple(specs[id(t)].shape) for t in node.input_tensors]
        check_askable(node.operation, before)
        arguments, options = node.arguments.fill_in(specs)
        answers = keras.tree.flatten(node.operation.compute_output_spec(*arguments, **options))
        specs |= {id(t): answer for t, answer in zip(node.output_tensors, answers)}
        after = tuple(answers[0].shape)
        if 0 in after and not any(0 in shape for shape in before):  # Keras 3.13 tells such shapes, of windows say
            raise Unaskable(say("model.no_cells", name=node.operation.name, shape=before[0], after=after))
    known = {key: tuple(spec.shape) for key, spec in specs.items()}
    untold = any(None in shape for shape in known.values())
    if untold or any(_is_claimed(node.operation) for node in nodes):
        tensors = [*model.inputs, *(tensor for node in nodes for tensor in node.output_tensors)]
        try:
            with variables_kept(model.variables):
                ask = keras.Function(model.inputs, tensors, name=NAME)
                answers = keras.tree.flatten(ask([keras.ops.zeros(one.shape, one.dtype) for one in given]))
            known = {id(t): tuple(y.shape) for t, y in zip(tensors, answers)}
        except Exception:  # it may take such a shape, and other values
            if untold:
                raise
    return known


def _is_claimed(operation):
    """Whether the shape of an answer is the reader's word for it; of an EinsumDense with "..." Keras errs."""
    told = getattr(operation, "_output_shape", None) or "..." in getattr(operation, "equation", "")
    own = getattr(type(operation), "compute_output_shape", _is_claimed).__module__
    return told or not own.startswith(("keras.", "widgets."))


def channel_axis(model):
    """The axis of the channels in what a layer or a model takes: 1 where its layers say so, else -1."""
    if not isinstance(model, keras.Model):
        return _own_axes(model)[0] or -1
    return channel_axes(model)[id(inputs[0])] if (inputs := model_inputs(model)) else chain_axes(model.layers)[0]


def channel_axes(model):
    """The axis of the channels for each tensor of a built model, by its id.

    >>> import keras
    >>> x = keras.Input((2, 8, 9))
    >>> y = keras.layers.Permute((2, 3, 1))(keras.layers.Conv2D(3, 3, data_format="channels_first")(x))
    >>> list(channel_axes(keras.Model(x, y)).values())
    [1, 1, -1]
    """
    calls, ranks = [], {id(tensor): len(tensor.shape) for tensor in model.inputs}
    for node in model_nodes(model):
        calls.append((node.operation, *(list(map(id, some)) for some in (node.input_tensors, node.output_tensors))))
        ranks |= {id(tensor): len(tensor.shape) for tensor in node.output_tensors}
    return _axes(calls, ranks)


def chain_axes(layers, ranks=None):
    """The same for what goes into each of layers that follow one another, and for what comes out of the last.

    `ranks` are those of these tensors, where they are known.
    """
    calls = [(layer, [i], [i + 1]) for i, layer in enumerate(layers)]
    axes = _axes(calls, dict(enumerate(ranks or [4] * (len(layers) + 1))))
    return [axes[i] for i in range(len(layers) + 1)]


def _axes(calls, ranks):
    wanted = {}  # of a tensor, what is said by a layer that takes it
    own = {id(operation): _own_axes(operation) for operation, *_ in calls}  # asked once: models may be nested deeply
    for operation, before, after in reversed(calls):
        says = wanted.get(after[0]) if keras_name(operation) in KEEPING else own[id(operation)][0]
        wanted |= dict.fromkeys(before, says) if says else {}
    axes = {key: wanted.get(key, -1) for key in ranks}  # the inputs'; all others follow
    for operation, before, after in calls:
        here, says = axes[before[0]], own[id(operation)][1]
        if keras_name(operation) in KEEPING:
            axes |= dict.fromkeys(after, here)
            continue
        for key in after:
            follows = ranks[key] == ranks[before[0]]  # the last axis is taken for theirs wherever nobody says
            axes[key] = says or wanted.get(key) or (_moved(operation, here, ranks[key]) if follows else -1)
    return axes


def _own_axes(operation):
    """The axes of the channels before and behind a layer, as it says itself; None where it does not."""
    name = keras_name(operation)
    if name == "TimeDistributed":
        return tuple(axis and axis + (axis > 0) for axis in _own_axes(operation.layer))
    if isinstance(operation, keras.layers.Wrapper) and name:
        return _own_axes(operation.layer)
    if isinstance(operation, keras.Model) and model_inputs(operation):
        axes = channel_axes(operation)
        return axes[id(operation.inputs[0])], axes[id(operation.outputs[0])]
    form = getattr(getattr(operation, "cell", operation), "data_format", None)
    if form is None or name == "Flatten":  # which says in which order it writes them
        return None, None
    if form == "channels_last":
        return -1, -1
    recurrent = isinstance(operation, keras.layers.RNN)  # with an axis of time in front
    return 1 + recurrent, 1 + (recurrent and operation.return_sequences)


def _moved(operation, axis, rank):
    """Where an axis is behind an operation that moves axes."""
    name = keras_name(operation)
    if axis < 0 or name not in ("Permute", "Transpose"):
        return axis
    order = (0, *operation.dims) if name == "Permute" else operation.axes or range(rank)[::-1]
    found = [place % rank for place in order].index(axis)
    return -1 if found == rank - 1 else found
