"""Multiply-accumulates and bytes: what a layer costs, or that nobody knows."""

import math

import keras

from widgets.facts.kinds import KINDS, is_convolution
from widgets.facts.model_graph import is_listed, model_nodes, tensor_shapes


def costs(kind, input_shape, channel_axis, settings, axes):
    """(bytes, multiply-accumulates) for all samples: x, the weights, the output, and what lies between."""
    batch, channels = input_shape[0], input_shape[channel_axis]
    cells = math.prod(max(kind.output_size(**axis), 0) for axis in axes)
    kernels = kind.kernel_parameters(math.prod(axis["k"] for axis in axes), channels, settings)
    # With its padding, one channel of the input is drawn.
    padded = math.prod(axis["n"] + axis["d"] * (axis["k"] - 1) for axis in axes)
    between = padded + kind.numbers_between(batch, channels, cells, axes, settings)
    arrays = math.prod(input_shape) + kernels + batch * cells * kind.output_channels(channels, settings) + between
    (factors,) = products(kind, [axis["n"] for axis in axes], [cells], [(kernels,)])
    return 4 * arrays, batch * math.prod(factors)


def products(kind, cells, cells_after, kernels):
    """For each kernel of a convolution the factors of its MACs: the cells that it is multiplied at, then its shape."""
    return [(*(cells if kind.stamps else cells_after), *kernel) for kernel in kernels]


# Of these each number of the answer takes one product at most, which nobody counts.
LIGHT = ("Embedding", "PReLU", "LayerScale")
# Without weights, and yet they multiply and add up what they are given, by rules of their own.
MULTIPLYING = (
    "AdditiveAttention Conv ConvTranspose Correlate Cross DepthwiseConv Dot DotProductAttention Einsum Inner Kron "
    "Lambda Matmul MelSpectrogram Outer Resizing STFTSpectrogram SeparableConv Tensordot Vdot".split()
)


def layer_macs(layer, input_shapes, output_shape):
    """Multiply-accumulates of a layer or an operation for one sample; None where nobody knows them.

    Those of weights and of attention are counted, and nothing for what pools, scales or moves cells.

    >>> layer_macs(keras.layers.MaxPooling2D(2), [(1, 8, 8, 3)], (1, 4, 4, 3))
    0
    """
    name, shape = type(layer).__name__, input_shapes[0]
    if is_convolution(layer):
        first = layer.data_format == "channels_first"
        sizes = [sizes[2:] if first else sizes[1:-1] for sizes in (shape, output_shape)]
        weights = [getattr(layer, one, None) for one in KINDS[name].weights]  # not those of an activation layer
        kernels = [weight.shape for weight in weights if weight is not None and weight.ndim > 2]
        return sum(map(math.prod, products(KINDS[name], *sizes, kernels)))
    if is_listed(layer, input_shapes):
        known = tensor_shapes(layer, input_shapes)
        counts = [node_macs(node, known, shape[0]) for node in model_nodes(layer)]
        return None if None in counts else sum(counts)
    if not type(layer).__module__.startswith("keras."):
        return None
    if name in LIGHT or name.endswith("Normalization") and name != "SpectralNormalization":
        return 0
    if count := COUNTS.get(name):
        return count(layer, input_shapes, output_shape)
    holds = isinstance(layer, (keras.Model, keras.layers.Wrapper, keras.layers.RNN))
    return None if holds or name in MULTIPLYING or getattr(layer, "weights", ()) else 0


def node_macs(node, shapes, batch):
    """The same of a call in a model that is given so many samples: other axes may have become samples before it."""
    before = [shapes[id(tensor)] for tensor in node.input_tensors]
    count = layer_macs(node.operation, before, shapes[id(node.output_tensors[0])])
    return count and count * before[0][0] // batch


def _dense(layer, shapes, after):
    return None if layer.lora_enabled else math.prod(after[1:]) * shapes[0][-1]


def _einsum(layer, shapes, after):
    """One product for each value of all the letters of the equation."""
    if layer.lora_enabled:
        return None
    left, result = layer.equation.replace(" ", "").split("->")
    given, kernel = left.split(",")
    sizes = {}
    for letters, shape in ((result, after), (kernel, layer.kernel.shape), (given, shapes[0])):
        if "..." in letters:
            start, end = letters.split("...")
            middle = shape[len(start) : len(shape) - len(end)]
            sizes |= {"...": math.prod(middle[not start :])} | dict(zip(end, shape[len(shape) - len(end) :]))
            letters = start
        sizes |= dict(zip(letters, shape))
    if given[0].isalpha():
        del sizes[given[0]]  # the batch
    return math.prod(sizes.values())


def _recurrent(layer, shapes, after):
    """Each step multiplies its input, and the state, once."""
    cell, steps = layer.cell, shapes[0][1]
    if type(layer).__name__ == "RNN" and type(cell) not in RECURRENT_CELLS:
        return None
    return steps * (math.prod(cell.kernel.shape) + math.prod(cell.recurrent_kernel.shape))


def _convolving(layer, shapes, after):
    """Of a convolution over time, each step multiplies both kernels at each cell."""
    rank = layer.cell.rank
    first = layer.cell.data_format == "channels_first"
    cells = math.prod(after[len(after) - rank :] if first else after[-rank - 1 : -1])
    return shapes[0][1] * cells * sum(math.prod(k.shape) for k in (layer.cell.kernel, layer.cell.recurrent_kernel))


def _both_ways(layer, shapes, after):
    counts = [layer_macs(one, shapes, after) for one in (layer.forward_layer, layer.backward_layer)]
    return None if None in counts else sum(counts)


def _at_each_step(layer, shapes, after):
    once = layer_macs(layer.layer, [(shapes[0][0], *shapes[0][2:])], (after[0], *after[2:]))
    return once and shapes[0][1] * once


def _attention(layer, shapes, after):
    """Each query meets each key, and adds up the values."""
    query, value, *key = shapes
    return query[-2] * value[-2] * (query[-1] + value[-1]) * math.prod(query[1:-2])


def _heads(layer, shapes, after):
    query, value, key = (*shapes, *shapes[-1:] * 2)[:3]
    if len(query) != 3 or any(dense.lora_enabled for dense in _projections(layer)):
        return None
    counted = zip(_projections(layer), (query, key, value, query))
    scores = layer.num_heads * query[1] * value[1] * (layer.key_dim + layer.value_dim)
    return scores + sum(shape[1] * math.prod(dense.kernel.shape) for dense, shape in counted)


def _projections(layer):
    return [layer.query_dense, layer.key_dense, layer.value_dense, layer.output_dense]


RECURRENT_CELLS = (keras.layers.SimpleRNNCell, keras.layers.LSTMCell, keras.layers.GRUCell)
COUNTS = {
    "Attention": _attention,
    "Bidirectional": _both_ways,
    "Dense": _dense,
    "EinsumDense": _einsum,
    "MultiHeadAttention": _heads,
    "SpectralNormalization": lambda layer, shapes, after: layer_macs(layer.layer, shapes, after),
    "TimeDistributed": _at_each_step,
    **dict.fromkeys(("GRU", "LSTM", "RNN", "SimpleRNN"), _recurrent),
    **dict.fromkeys(("ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D"), _convolving),
}
