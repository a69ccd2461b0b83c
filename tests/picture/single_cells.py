"""A judge that shares nothing with the package: change each cell by itself, and look which cells of the answer move.

And small chains to judge by it, drawn at random.
"""

import keras
import numpy as np
from keras import layers

ROUNDS, STEP, PART = 40, 4, 1e-5


class Flip(layers.Layer):
    """A layer of the reader's own: the columns the other way round."""

    def call(self, x):
        return keras.ops.flip(x, 2)


class SumSoFar(layers.Layer):
    """Another, with ragged windows: a row is the sum of the rows up to it."""

    def call(self, x):
        return keras.ops.cumsum(x, 1)


class Plus(layers.Layer):
    """Another: the mean of a cell and its four neighbours, which no product of rows and columns is."""

    def call(self, x):
        shifts = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
        return sum(keras.ops.roll(x, shift, (1, 2)) for shift in shifts) / 5


def random_chain(random):
    """(shape, layers): two or three layers, of which one at least has no known windows; shapes stay small."""
    shape = random.randint(4, 6), random.randint(4, 6), random.randint(1, 2)
    measured = [
        lambda: layers.Resizing(random.randint(2, 7), random.randint(2, 7), random.choice(["bilinear", "nearest"])),
        lambda: layers.Permute((2, 1, 3)),
        lambda: layers.UpSampling2D((1, 2), interpolation=random.choice(["bilinear", "nearest"])),
        lambda: layers.ZeroPadding2D(((1, 0), (0, 2))),
        lambda: layers.Cropping2D(((0, 1), (1, 0))),
        lambda: layers.LayerNormalization(axis=random.choice([1, 2])),
        lambda: layers.GlobalAveragePooling2D(keepdims=True),
        lambda: layers.Dense(2),
        Flip,
        SumSoFar,
    ]
    for name in ("AdaptiveAveragePooling2D", "AdaptiveMaxPooling2D"):
        if made := getattr(layers, name, None):  # Keras has had them since 3.14
            measured += [lambda made=made: made((random.randint(2, 3), random.randint(2, 3)))] * 2
    known = [lambda: layers.Conv2D(2, (2, 1)), lambda: layers.Conv2D(1, (1, 2), strides=(1, 2), padding="same")]
    known += [lambda: layers.MaxPooling2D(2, padding="same")]
    chain = [random.choice(measured)(), random.choice(measured + known)()]
    random.shuffle(chain)
    chain = [random.choice(known)(), *chain] if random.random() < 0.5 else chain
    try:
        keras.Sequential([keras.Input(shape), *chain])
    except ValueError:  # there is nothing left to crop
        return random_chain(random)
    return shape, chain


def moved_cells(call, shape, seed=0):
    """(input cells ..., channels, output cells ..., channels): which numbers of the answer move with each one."""
    random, count, moved = np.random.default_rng(seed), int(np.prod(shape)), False
    for turn in range(ROUNDS):
        base = random.normal(size=count) * (1 if turn % 2 else 3)
        steps = np.diag(STEP * random.normal(size=count))
        batch = np.concatenate([base[None], base + steps]).reshape(-1, *shape).astype("float32")
        y = np.asarray(call(batch)).astype("float64")
        moved = moved | (np.abs(y[1:] - y[:1]) > PART * np.abs(y[0]).max())
    return moved.reshape(*shape, *y.shape[1:])
