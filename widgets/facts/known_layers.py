"""What is known of layers of Keras without asking them: their windows, and along which axes they mix cells."""

import math

import keras

from widgets.facts.kinds import KINDS, is_convolution
from widgets.facts.kinds.kind import Kind, axis_numbers
from widgets.facts.kinds.transposed import Transposed
from widgets.language import say

# Layers and operations of Keras by which each number of the answer is made of the one in its place; training is off.
CELLWISE = set(
    "ActivityRegularization AlphaDropout BatchNormalization Dropout ELU GaussianDropout GaussianNoise Identity "
    "LayerScale LeakyReLU Normalization PReLU ReLU Rescaling SpatialDropout1D SpatialDropout2D SpatialDropout3D "
    "StochasticDepth Abs Absolute Cast Clip Exp Gelu HardSigmoid HardSilu Log Log1p Negative NotEqual Relu Relu6 Rsqrt "
    "Sigmoid Silu Softplus Sqrt Square Tanh".split()
)
# These make it of the numbers in that place of several inputs.
MERGES = set(
    "Add Average Concatenate CustomScaleLayer Divide LogicalAnd LogicalOr Maximum Minimum Multiply Power Subtract "
    "TrueDivide".split()
)
CONSTANT = {"OnesLike", "ZerosLike"}  # these make it of nothing
MIXING_ACTIVATIONS = {"softmax", "log_softmax", "sparsemax", "glu"}  # they add up the numbers of the last axis


def keras_name(operation):
    """The name of a class of Keras' own; "" for one of the reader's."""
    return type(operation).__name__ if type(operation).__module__.startswith("keras.") else ""


def unaskable(operation, shape):
    """ "" or a sentence: why nobody can ask this layer. No window fits, or it would end the whole process.

    TensorFlow with oneDNN may end it in both cases. `shape` is that of the layer's input; of what is inside it,
    those count that it was built for.
    """
    layers = operation._flatten_layers() if isinstance(operation, keras.Layer) else [operation]
    for part in (part for layer in layers for part in (layer, *getattr(layer, "operations", ()))):
        calls = (node.input_tensors for node in part._inbound_nodes)
        taken = [shape] if part is operation else [given[0].shape for given in calls if given]
        for some in (some for some in taken if None not in some[1:]):
            axes = window_axes(part, some) if "Pooling" in keras_name(part) else ()
            if any(Kind().output_size(**axis) < 1 for axis in axes or ()):
                return say("facts.no_window", name=keras_name(part), shape=some, window=part.pool_size)
        if (name := keras_name(part)).startswith("AdaptiveMaxPool") and _onednn_is_on():
            if part.output_size[-1] == 1 or any(some[spatial_axes(part, some)[-1] + 1] == 1 for some in taken):
                return say("facts.ends_process", name=name)
    return ""


def _onednn_is_on():
    try:
        from tensorflow.python.util._pywrap_util_port import IsMklEnabled
    except ImportError:  # it is private
        return True
    return IsMklEnabled()


def acts_on_cells(layer):
    """Whether a layer is known to make each number of its answer of the one in its place."""
    name = keras_name(layer)
    return name in CELLWISE or (name == "Activation" and _plain_activation(layer))


def spatial_axes(layer, shape):
    """The axes of a tensor, the batch not counted, along which a layer counts cells."""
    first = getattr(layer, "data_format", None) == "channels_first"
    return tuple(range(first, len(shape) - 2 + first))


def window_axes(layer, shape):
    """Which cells a layer reads as numbers for `arithmetic`, an axis each; None for one that has no such windows.

    >>> window_axes(keras.layers.MaxPooling2D(2), (1, 9, 8, 3))[0]
    {'n': 9, 'k': 2, 's': 2, 'd': 1, 'padding': 'valid'}
    """
    name, sizes = keras_name(layer), [shape[axis + 1] for axis in spatial_axes(layer, shape)]
    window = layer.kernel_size if is_convolution(layer) else getattr(layer, "pool_size", None)
    if window is None or not (is_convolution(layer) or "Pooling" in name):
        return None
    if len(window) != len(sizes) or (is_convolution(layer) and not _plain_activation(layer)):
        return None
    rates = getattr(layer, "dilation_rate", (1,) * len(sizes))
    given = {"output_padding": layer.output_padding} if hasattr(layer, "output_padding") else {}
    return axis_numbers(sizes, window, layer.strides, rates, layer.padding, **given)


def known_windows(layer, shape):
    """The step of a layer for `arithmetic.receptive_field` along each spatial axis; None for one without windows."""
    if (axes := window_axes(layer, shape)) is not None:
        kind = KINDS[type(layer).__name__] if is_convolution(layer) else Kind()
        return [kind.field_step(**axis) for axis in axes]
    name, many = keras_name(layer), len(shape) - 2
    if name.startswith(("ZeroPadding", "Cropping")):
        pads = layer.padding if name.startswith("Zero") else layer.cropping
        pads = pads if isinstance(pads[0], tuple) else (pads,)
        return [(1, 1, 1, before if name.startswith("Zero") else -before) for before, _ in pads]
    interpolation = getattr(layer, "interpolation", "nearest")
    if name.startswith("UpSampling") and interpolation in ("nearest", "bilinear"):
        sizes = layer.size if isinstance(layer.size, tuple) else (layer.size,) * many
        windows = [(s, s if interpolation == "nearest" else 2 * s - s % 2) for s in sizes]
        # What a transposed convolution does with a kernel of ones, or with one that falls off to both sides.
        return [Transposed().field_step(8, k, s, 1, "same") for s, k in windows]
    return None


def _plain_activation(layer):
    """Whether an activation leaves the cells apart."""
    activation = layer.activation
    if isinstance(activation, keras.layers.Layer):
        return acts_on_cells(activation)
    known = getattr(activation, "__module__", "").startswith("keras.")
    mixes = getattr(activation, "__name__", "") in MIXING_ACTIVATIONS
    over_cells = keras_name(layer) == "Activation" or channels_are_first(layer)
    return activation is None or (known and not (mixes and over_cells))


def channels_are_first(layer):
    return getattr(layer, "data_format", None) == "channels_first"


def mixed_axes(name, layer, shape):
    """The axes of a tensor, the batch not counted, along which each number of the answer is made of all; or None."""
    rank = len(shape) - 1
    if name == "Dense" and _plain_activation(layer):
        return (rank - 1,)
    axes = None
    if name == "Activation" and getattr(layer.activation, "__name__", "") in MIXING_ACTIVATIONS - {"glu"}:
        axes = (rank - 1,)
    if name in ("LayerNormalization", "RMSNormalization", "Softmax", "UnitNormalization"):
        given = layer.axis if isinstance(layer.axis, (list, tuple)) else [layer.axis]
        axes = tuple(sorted({without_batch(axis, rank) for axis in given}))
    if name == "GroupNormalization":
        axes = tuple(range(rank))
    # Of one number alone these make the same whatever it is.
    return axes if axes and math.prod(shape[axis + 1] for axis in axes) > 1 else None


def loops_over_time(operation):
    """Whether a layer goes through time step by step, and is all Keras' own: a reader's might keep what it is given."""
    parts = list(operation._flatten_layers()) if isinstance(operation, keras.Layer) else []
    looping = any(isinstance(part, keras.layers.RNN) for part in parts)
    return looping and all(type(part).__module__.startswith("keras.") for part in parts)


def mixes_each_step(layer):
    """Whether a layer that goes through time makes each number of a step's answer of all numbers of that step."""
    return keras_name(getattr(layer, "forward_layer", layer)) in ("GRU", "LSTM", "SimpleRNN")


def ignores_masks(layer):
    """Whether a mask that Keras hands to a layer changes nothing when it is used and not trained."""
    name = keras_name(layer)
    return name == "BatchNormalization" or (name == "TimeDistributed" and not layer.layer._call_has_mask_arg)


def mixes_channels(layer, shape, channel_axis):
    """Whether a layer is known to make each number of its answer of all channels of the cell in its place."""
    return mixed_axes(keras_name(layer), layer, shape) == (channel_axis - 1,)


def without_batch(axis, rank):
    """An axis as Keras counts it, of a tensor of this rank without its batch, with the batch not counted."""
    return axis - 1 if axis > 0 else rank + axis
