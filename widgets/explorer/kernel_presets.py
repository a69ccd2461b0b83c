"""Well-known kernels, and how one of them fills the kernel of a layer."""

import math

import keras
import numpy as np

from widgets.facts import kind_of

# 3 by 3, as they are written in books. Keras multiplies them as they stand.
SMALL = {
    "X": [[1, 0, 1], [0, 1, 0], [1, 0, 1]],
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "Sobel_left_to_right": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "Sobel_top_to_bottom": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "Laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
}


def names(rank):
    """The presets for a layer with `rank` spatial axes.

    >>> names(1)
    ['identity', 'box', 'Gaussian', 'random']
    """
    return ["identity", "box", "Gaussian", *(SMALL if rank == 2 else ()), "random"]


def least_size(name, rank):
    """The smallest kernel, along each axis, that holds the preset."""
    return (3,) * rank if name in SMALL else (1,) * rank


def window(name, sizes):
    """The preset for one channel, of these sizes; a smaller one stands in the middle of a larger kernel.

    >>> window("Gaussian", (3,)).tolist()
    [0.25, 0.5, 0.25]
    """
    if name == "box":
        return np.full(sizes, 1 / math.prod(sizes), "float32")
    if name == "Gaussian":  # Pascal's triangle, whose rows come near the bell curve
        whole = np.ones(())
        for size in sizes:
            row = np.array([math.comb(size - 1, i) for i in range(size)])
            whole = np.multiply.outer(whole, row / row.sum())
        return whole.astype("float32")
    small = np.array(SMALL.get(name, np.ones((1,) * len(sizes))), "float32")  # identity: a single 1
    whole = np.zeros(sizes, "float32")
    starts = [(size - part) // 2 for size, part in zip(sizes, small.shape)]
    whole[tuple(slice(start, start + part) for start, part in zip(starts, small.shape))] = small
    return whole


def filled(name, shape, operation, seed=1):
    """A whole kernel of this shape: (spatial taps ..., two axes of channels, as the kind names them).

    In a depthwise kernel every channel gets the preset. Elsewhere a filter adds its channels up, so each channel
    gets its share: the result is the preset of their mean. With identity, filter f copies channel f.

    >>> filled("identity", (1, 1, 2, 3), "convolution")[0, 0].tolist()
    [[1.0, 0.0, 1.0], [0.0, 1.0, 0.0]]
    >>> filled("box", (1, 1, 2, 1), "convolution")[0, 0].tolist()
    [[0.5], [0.5]]
    """
    if name == "random":
        return np.asarray(keras.initializers.GlorotUniform(seed=seed)(shape))
    one = window(name, shape[:-2])[..., None, None]
    kind = kind_of(operation)
    if not kind.mixes_channels:
        return np.broadcast_to(one, shape).copy()
    read, made = shape[:-3:-1] if kind.filters_first else shape[-2:]
    share = np.full((read, made), 1 / read, "float32")
    if name == "identity":
        share = (np.arange(read)[:, None] == np.arange(made)[None, :] % read).astype("float32")
    return one * (share.T if kind.filters_first else share)
