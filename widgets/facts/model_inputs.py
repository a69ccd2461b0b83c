"""What a model is given: values for each of its inputs, of shapes that it bears."""

import re

import keras
import numpy as np

from widgets.facts.inputs import as_shape, as_values, default_input, is_shape, pattern
from widgets.facts.kinds import is_convolution
from widgets.facts.known_layers import keras_name
from widgets.facts.layer_template import LayerTemplate
from widgets.facts.model_graph import channel_axes, channel_axis, model_inputs, tensor_shapes
from widgets.language import say

OTHER_AXES = "CategoryEncoding Flatten Lambda RepeatVector Reshape TimeDistributed".split()  # than they are given
FREE_SIZES = 16, 32, 64, 96, 128, 224  # tried one after another where a model takes any size and x is left out


def model_values(model, x):
    """Values for each input of a model, of the rank that it takes.

    Where x is left out they are the boat, or values of a shape that the model bears.
    """
    taker = model
    while not (inputs := model_inputs(taker)) and isinstance(next(iter(taker.layers), None), keras.Model):
        taker = taker.layers[0]
    wanted = [tensor.shape for tensor in inputs] or [None]
    if x is None and inputs and (inputs[1:] or wanted[0] != (None, 8, 8, 1)):
        parts = _borne(taker)
    else:
        parts = _parts(model, x) if inputs[1:] else [x]
    known = channel_axes(taker) if inputs else {}
    axes = [known[id(tensor)] for tensor in inputs] or [channel_axis(taker)]
    try:
        return [_of_one(model, *one) for one in zip(wanted, parts, axes, strict=True)]
    except (TypeError, ValueError):
        if not inputs[1:]:
            raise
        shapes = ", ".join(f"{tensor.name} {tuple(tensor.shape)}" for tensor in inputs)
        sizes = ", ".join(str(getattr(part, "shape", type(part).__name__)) for part in parts)
        received = sizes or (tuple(x) if is_shape(x) else type(x).__name__)
        message = say("model.several_inputs", count=len(inputs), inputs=shapes, received=received)
        raise ValueError(message) from None  # what is said of one of them is no remedy for x


def shared_values(layers, x):
    """Values that several layers and models of one input are given: of x, or as the first that is built takes them."""
    of = max(layers, key=lambda one: (bool(model_inputs(one)), one.built, bool(rank_taken(one))))
    return model_values(of, None)[0] if x is None and model_inputs(of) else _of_one(of, None, x, channel_axis(of))


def _parts(model, x):
    """What x holds for each of a model's inputs."""
    if isinstance(x, dict):
        names = sorted(model.input) if isinstance(model.input, dict) else [tensor.name for tensor in model.inputs]
        return [x[name] for name in names if name in x]
    return x if isinstance(x, (list, tuple)) and not is_shape(x) else []


def _of_one(model, wanted, x, axis):
    """x as values for an input of this shape, None where the model does not know it yet; its channels' axis."""
    rank = len(wanted) if wanted else rank_taken(model) or (max(len(x), 2) if is_shape(x) else None)
    parts = list(model._flatten_layers())
    first = next((part for part in parts if not isinstance(part, keras.Model)), None)
    if x is None and rank is None and keras_name(first) == "Dense":
        rank = 2  # and then it is given a shape
    if x is None and rank != 2:
        return default_input(rank or 4, LayerTemplate(first).channels if is_convolution(first) else None, axis)
    shape = (1, 12) if x is None else x
    ids = [part.input_dim for part in parts if isinstance(part, keras.layers.Embedding)]
    values = pattern(as_shape(shape, rank, wanted), axis) if is_shape(shape) else as_values(x, rank, axis, wanted)
    if ids and rank == 2 and is_shape(shape):
        values = np.round(4 * values) % min(ids)
    if any(size not in (None, got) for size, got in zip(wanted or (), values.shape)):
        raise ValueError(say("model.other_input", wanted=tuple(wanted), received=values.shape))
    return values


def _borne(model):
    """Shapes that a built model takes, with the first size at which Keras refuses none of its layers."""
    wanted = [(tensor.shape[0] or 1, *tensor.shape[1:]) for tensor in model.inputs]
    if not any(None in shape for shape in wanted):
        return wanted
    for size in FREE_SIZES:
        shapes = [tuple(size if n is None else n for n in shape) for shape in wanted]
        try:
            tensor_shapes(model, shapes)
            return shapes
        except Exception:  # whatever Keras raises
            continue
    return shapes


def rank_taken(layer):
    """How many axes the input of a layer, or of a model's first layer, has; None where any number will do."""
    if isinstance(layer, keras.Model):
        if inputs := getattr(layer, "inputs", None):
            return len(inputs[0].shape)
        # A layer that takes any number of axes, and keeps it, leaves it to the next.
        ranks = ((one, rank_taken(one)) for one in layer.layers)
        return next((rank for one, rank in ranks if rank or keras_name(one) in ("", *OTHER_AXES)), None)
    if isinstance(layer, keras.layers.Wrapper) and not isinstance(layer, keras.layers.Bidirectional):
        inner = rank_taken(layer.layer)
        return inner and inner + isinstance(layer, keras.layers.TimeDistributed)
    if isinstance(layer, keras.layers.Embedding):
        return 2
    name = keras_name(layer) or (type(layer).__name__ if is_convolution(layer) else "")
    if spatial := re.search(r"([123])D(Transpose)?$", name):
        return int(spatial[1]) + 2 + name.startswith("ConvLSTM")
    return 3 if isinstance(layer, (keras.layers.RNN, keras.layers.Bidirectional)) else None
