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
    other = np.array(x)
    # Each cell otherwise, and far: four weights whose sum is nearly 0 hide a step that all cells take.
    other[..., channel] += np.random.default_rng(channel).normal(0, 100, other[..., channel].shape)
    moved = np.abs(np.array(layer(other)) - np.array(layer(x))) > 1e-4
    return np.flatnonzero(moved.any(axis=tuple(range(moved.ndim - 1)))).tolist()


def milliseconds(act):
    """The middle one of nine times, after one that prepares."""
    act()
    return 1000 * np.median(timeit.repeat(act, number=1, repeat=9))
