"""What the judges share: who judges which sentence, layers with drawn weights, and who depends on whom."""

import timeit

import numpy as np
import tensorflow as tf

JUDGES = {}


def judges(sentence):
    """Marks a function as the judge of a sentence under "What stays true"; it fails where the sentence is false."""

    def register(judge):
        assert sentence not in JUDGES, f"two judges of: {sentence}"
        JUDGES[sentence] = judge
        return judge

    return register


def draws(count):
    """That many sources of numbers, each with a seed of its own."""
    return map(np.random.default_rng, range(count))


def whole(rng, *shape):
    """Small whole numbers, with which float32 makes no mistake."""
    return rng.integers(-4, 5, size=shape).astype("float32")


def made(layer, shape, rng):
    """The layer, built for inputs of this shape, with whole numbers for weights."""
    layer.build((None, *shape[1:]))
    layer.set_weights([whole(rng, *weight.shape) for weight in layer.get_weights()])
    return layer


def window(rng, axes=2):
    """A window's arguments, drawn for each axis: its size, its padding, and a stride or a dilation."""

    def drawn(most):
        return tuple(map(int, rng.integers(1, most + 1, axes)))

    moved = str(rng.choice(["strides", "dilation_rate"]))
    return {"kernel_size": drawn(3), "padding": str(rng.choice(["valid", "same"])), moved: drawn(3)}


def computes(layer, x):
    """Whether TensorFlow computes it here: without oneDNN, transposed layers with a dilation and unequal strides of
    depthwise ones are refused, and a draw of these says nothing."""
    try:
        layer(x)
    except tf.errors.OpError:
        return False
    return True


def window_numbers(layer):
    """(kernel size, stride, dilation) along each axis of a layer."""
    return list(zip(layer.kernel_size, layer.strides, layer.dilation_rate))


def with_border(layer, x, sizes):
    """The input with the zeros of its border, where an output of these sizes is read from it; a spare cell is 0 too."""
    border = [(0, 0)]
    for n, o, (k, s, d) in zip(x.shape[1:-1], sizes, window_numbers(layer)):
        zeros = max((o - 1) * s + d * (k - 1) + 1 - n, 0)
        border.append((zeros // 2, zeros - zeros // 2))
    return np.pad(x, [*border, (0, 0)])


def windows(layer, x, sizes):
    """(output cell, its window) of a layer that reads, all channels together."""
    bordered = with_border(layer, x, sizes)
    for cell in np.ndindex(*sizes):
        taps = [o * s + d * np.arange(k) for o, (k, s, d) in zip(cell, window_numbers(layer))]
        yield cell, bordered[np.ix_(range(len(x)), *taps, range(x.shape[-1]))]


def counts(layer, x, cell):
    """How often each input cell is read by one output cell, all channels together, where all weights are 1."""
    x = tf.convert_to_tensor(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = layer(x)
        total = tf.reduce_sum(y if cell is None else y[(slice(None), *cell)])
    return tape.gradient(total, x).numpy().sum(axis=(0, -1)).round().astype(int)


def changed_channels(layer, x, channel):
    """Which output channels change with this input channel."""
    return all_changed_channels(layer, x, [channel])[0]


def all_changed_channels(layer, x, channels):
    """The same for each of these channels of one sample, with one call: a grouped layer is compiled at each."""
    batch = np.repeat(x, len(channels) + 1, axis=0)
    for sample, channel in enumerate(channels):
        # Each cell otherwise, and far: four weights whose sum is nearly 0 hide a step that all cells take.
        cells = batch[sample, ..., channel]
        batch[sample, ..., channel] = cells + np.random.default_rng(channel).normal(0, 100, cells.shape)
    y = np.array(layer(batch))
    moved = (np.abs(y[:-1] - y[-1]) > 1e-4).any(axis=tuple(range(1, y.ndim - 1)))
    return [np.flatnonzero(one).tolist() for one in moved]


def milliseconds(act):
    """The middle one of nine times, after one that prepares."""
    act()
    return 1000 * np.median(timeit.repeat(act, number=1, repeat=9))
