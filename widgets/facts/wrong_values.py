"""What to mind although a layer answered: what Keras warns of, and values that are not its own definition's."""

import warnings
from contextlib import contextmanager

import numpy as np

from widgets.facts.facts import channels_last
from widgets.language import number, say


@contextmanager
def keras_warnings():
    """A list that holds, behind the block, what Keras and TensorFlow warned of in it."""
    said = []
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", DeprecationWarning)  # said to programmers of Keras and TensorFlow
        yield said
    said += dict.fromkeys(str(one.message) for one in warned)


def disagreement(facts, checked=12):
    """ "" or a sentence: where the layer's answer is not what its own definition gives.

    Adds up the windows of a few output cells, spread over the first sample and all filters.
    """
    x, before = (channels_last(v, facts.channel_axis)[0] for v in (facts.x, facts.before_activation))
    if facts.steps:
        inside = next(filter(None, map(disagreement, facts.steps)), "")
        return inside or _difference(channels_last(facts.steps[-1].before_activation, facts.channel_axis)[0], before)
    for axis, got in zip(facts.size_formulas, before.shape):
        if not axis.endswith(f" = {got}"):
            return say("facts.warning_shape", got=got, formula=axis)
    if facts.points is not None:  # its sums are made of what lies between the cells
        return ""
    bias = facts.weights["bias"].values if "bias" in facts.weights else np.zeros(before.shape[-1])
    cells = np.unravel_index(np.linspace(0, before.size - 1, checked).astype(int), before.shape)
    sums, sizes = facts.tables.sums_at(x, np.transpose(cells))
    added = bias[cells[-1]]
    return _difference(sums + added, before[cells], sizes + np.abs(added))


def _difference(expected, got, sizes=None):
    difference = np.abs(expected - got)
    sizes = np.abs(expected).max() if sizes is None else sizes
    # TensorFlow takes the numbers below float32's normal ones for 0. A nan that it returns is never near enough.
    wrong = np.isfinite(expected) & ~(difference <= 1e-5 * sizes + 1e-36)
    return say("facts.warning_values", difference=number(difference[wrong].max())) if wrong.any() else ""
