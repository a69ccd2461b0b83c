"""What a layer costs, what would be too large to ask for, and what to change where Keras refuses."""

import math
import re

import keras

from widgets import arithmetic
from widgets.facts.inputs import LARGEST_INPUT
from widgets.facts.kinds import KINDS, Choice, Count, Divisor, kind_of
from widgets.facts.layer_template import is_convolution
from widgets.language import words

# For all of x: a few seconds for the slowest kinds, and a class waits for each move. TensorFlow has kernels for plain
# and transposed convolutions that are ten times as fast.
MOST_MACS = 4 * 10**9
MOST_FAST_MACS = 10 * MOST_MACS


def broken_rule(rules, settings):
    """ "" or a sentence: a setting that no layer can have, so that nothing can be worked out from it.

    >>> from widgets.facts import KINDS
    >>> broken_rule(KINDS["Conv2D"].settings, {"filters": 3, "kernel_size": (0, 1)})
    '`kernel_size` must be a whole number of at least 1, or 2 of them.'
    """
    for name, value in settings.items():
        rule, several = rules[name], isinstance(value, tuple)
        low = getattr(rule, "low", 1)
        if isinstance(rule, (Count, Divisor)) and value is not None and min(value if several else (value,)) < low:
            return words.BROKEN_RULE.format(name=name, rule=words.count_rule(low, len(value) if several else 1))
        if name == "padding" and isinstance(rule, Choice) and value not in rule.options:
            return words.BROKEN_RULE.format(name=name, rule=words.either(map(repr, rule.options)))
    return ""


def too_large(known):
    """ "" or a sentence: the arrays, or the sums, that these settings ask for are too many. Asks for no memory.

    >>> axes = ({"n": 20000, "k": 3, "s": 1, "d": 1, "padding": "valid"},) * 2
    >>> known = {"input_shape": (1, 20000, 20000, 1), "channel_axis": 3, "settings": {"filters": 1}, "axes": axes}
    >>> too_large(known | {"operation": "convolution"})
    'Keras was not asked: this would take 4,800,000,068 bytes, and at most 268,435,456 are shown.'
    """
    kind = kind_of(known["operation"])
    size, macs = costs(kind, **{name: known[name] for name in ("input_shape", "channel_axis", "settings", "axes")})
    if size > LARGEST_INPUT:
        return words.LARGE_SETTINGS.format(size=size, limit=LARGEST_INPUT)
    grouped = known["settings"].get("groups", 1) > 1 and len(known["axes"]) > 2
    limit = MOST_FAST_MACS if kind.fast and not grouped else MOST_MACS
    return words.SLOW_SETTINGS.format(macs=macs, limit=limit) if macs > limit else ""


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
        kernels = [weight.shape for weight in _weights(layer) if weight.ndim > 2]
        return sum(map(math.prod, products(KINDS[name], *sizes, kernels)))
    if not type(layer).__module__.startswith("keras."):
        return None
    if name in LIGHT or name.endswith("Normalization") and name != "SpectralNormalization":
        return 0
    if count := COUNTS.get(name):
        return count(layer, input_shapes, output_shape)
    holds = isinstance(layer, (keras.Model, keras.layers.Wrapper, keras.layers.RNN))
    return None if holds or name in MULTIPLYING or getattr(layer, "weights", ()) else 0


def _weights(layer):
    """A convolution's weights, those of an activation that is a layer not among them."""
    names = KINDS[type(layer).__name__].weights
    return [weight for name in names if (weight := getattr(layer, name, None)) is not None]


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


def advice(known, problem):
    """One plain line on what to change, when Keras refused these settings."""
    settings, axes = known["settings"], known["axes"]
    channels = known["input_shape"][known["channel_axis"]]
    filters, groups = settings.get("filters"), settings.get("groups", 1)
    if any(axis["s"] > 1 for axis in axes) and any(axis["d"] > 1 for axis in axes):
        return words.ADVICE_STRIDES_DILATION
    if channels % groups:
        return words.ADVICE_CHANNELS.format(
            groups=groups,
            channels=channels,
            options=words.either(g for g in arithmetic.divisors(channels) if (filters or 0) % g == 0),
        )
    if filters and filters % groups:
        options = [f for f in (filters // groups * groups, (filters // groups + 1) * groups) if f]
        return words.ADVICE_FILTERS.format(groups=groups, filters=filters, options=words.either(options))
    for name, axis in zip(known["size_formulas"], axes):
        name, given = name.split(":")[0], axis.get("output_padding")
        if given is not None and given >= axis["s"]:
            fields = {"axis": name, "given": given, "strides": axis["s"], "options": words.either(range(axis["s"]))}
            return words.ADVICE_OUTPUT_PADDING.format(**fields)
        if given is not None and axis["padding"] == "same":
            o = arithmetic.transposed_size(**axis)
            if math.ceil(o / axis["s"]) != axis["n"]:
                return words.ADVICE_NO_FORWARD.format(axis=name, strides=axis["s"], n=axis["n"], o=o)
        window = arithmetic.window_size(axis["k"], axis["d"])
        if axis["padding"] == "valid" and kind_of(known["operation"]).output_size(**axis) < 1:
            return words.ADVICE_WINDOW.format(axis=name, window=window, n=axis["n"])
    # What TensorFlow says where only its oneDNN kernels could answer; whether they are on depends on the processor.
    if re.search(r"[Cc]urrent (CPU )?implementations? (do|does|only)|NHWC tensor format on the CPU", problem):
        return words.ADVICE_ONEDNN
    return words.ADVICE_OTHER


def plain_text(refusal):
    """An exception's words without colour codes and without the frames that Keras and TensorFlow put around them."""
    text = re.sub(r"\x1b\[[0-9;]*m|\{\{function_node [^}]*\}\} ", "", str(refusal)).strip()
    text = re.sub(r"^Exception encountered when calling .*\n+", "", text)
    return text or type(refusal).__name__
