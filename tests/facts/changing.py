"""A judge that shares nothing with the package: change cells of an input, and look which cells of the answer move."""

import numpy as np


def reach(model, shape, rounds=4, seed=0, tolerance=1e-4, scales=(1,), shifts=(0,)):
    """How far one cell of a model's answer sees along each spatial axis of its input: the most of all cells.

    None is all of the input, and () is nothing. `shape` is that of the input, channels last. A change counts from
    `tolerance` on, as a part of the answer; the rounds take noise of these scales, around these numbers, in turn.
    """
    random = np.random.default_rng(seed)
    spatial = shape[1:-1] or shape[1:]
    moved = [0] * len(spatial)
    for turn in range(rounds):
        base = scales[turn % len(scales)] * random.normal(size=shape) + shifts[turn % len(shifts)]
        for axis, n in enumerate(spatial):
            # Keras takes the y of add(x, y), (batch, 1, 1, 1), for a bias along another axis of that length.
            batch = np.repeat(base.astype("float32"), max(n, *shape) + 2, 0)
            for k in range(n):
                at = (k + 1, *[slice(None)] * axis, k)
                batch[at] += 4 * random.normal(size=batch[at].shape)
            y = np.asarray(model(batch, training=False)).astype("float64")[: n + 1]
            y = y.reshape(*y.shape[:-1], -1) if y.ndim > 2 else y.reshape(len(y), 1, -1)
            moved[axis] |= (np.abs(y[1:] - y[:1]).max(-1) > tolerance * np.abs(y[0]).max()).reshape(n, -1)
    if not all(found.any() for found in moved):
        return ()
    sizes = []
    for found in moved:
        first, last = found.argmax(0), len(found) - 1 - found[::-1].argmax(0)
        sizes.append(int((last - first + 1)[found.any(0)].max()))
    return None if tuple(sizes) == tuple(spatial) else tuple(sizes)
