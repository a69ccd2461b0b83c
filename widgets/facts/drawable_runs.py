"""The runs of a model's layers that can be drawn as a chain, and the one with which a tool opens."""

from collections import defaultdict

import keras

from widgets.facts.certainty import AT_MOST, EXACT
from widgets.facts.kinds import KINDS, is_convolution
from widgets.facts.known_layers import acts_on_cells, known_windows
from widgets.facts.layer_copy import can_copy
from widgets.facts.live_layer import drawn_axes


class DrawableRuns:
    """Layers that follow one another without a branch, each of which can be drawn.

    `starts` are the layers that a run can start with, `start` is the one to open with: None where nothing can be
    drawn. `most_drawn` is how many of them are drawn then; `convolve` says whether any run has a convolution.
    """

    MOST = 6  # layers drawn at once

    def __init__(self, nodes, axes, shapes, fields, clock):
        self._nodes = nodes
        self._users = defaultdict(list)  # a tensor -> the calls that it goes into
        for i, node in enumerate(nodes):
            for key in {id(tensor) for tensor in node.input_tensors}:
                self._users[key].append(i)
        self._drawable = [_can_draw(node, axes, shapes, fields, clock) for node in nodes]
        self.starts = [i for i, drawable in enumerate(self._drawable) if drawable]
        small = len(nodes) <= self.MOST
        self.most_drawn = self.MOST if small else 3
        # A run with a convolution comes first, of a large model one that starts with it.
        wanted = self.MOST if small else 1
        runs = ((i, self.following(i)[:wanted]) for i in self.starts)
        convolving = (i for i, run in runs if any(is_convolution(nodes[j].operation) for j in run))
        convolution = next(convolving, None)
        self.convolve = convolution is not None
        self.start = convolution if self.convolve else next(iter(self.starts), None)

    def following(self, start):
        """The run that starts with this layer, as indices: at most `MOST` of them."""
        run = [start]
        while len(run) < self.MOST:
            out = self._nodes[run[-1]].output_tensors[0]
            users = self._users[id(out)]
            if len(users) != 1 or not self._drawable[users[0]]:
                break
            # What lies between the cells has no window that a chain could go on with.
            names = [type(self._nodes[i].operation).__name__ for i in (run[-1], users[0])]
            if any(KINDS[name].reads_between_cells for name in names if name in KINDS):
                break
            run += users
        return run


def _can_draw(node, axes, shapes, fields, clock):
    layer, one = node.operation, len(node.input_tensors) == len(node.output_tensors) == 1
    if not one or not isinstance(layer, keras.Layer) or isinstance(layer, keras.Model):
        return False
    if is_convolution(layer):
        return True
    taken, given = id(node.input_tensors[0]), id(node.output_tensors[0])
    before, after, axis = shapes[taken], shapes[given], axes[taken]
    if axis > 1 or axis != axes[given]:
        return False
    if acts_on_cells(layer) or known_windows(layer, before) is not None:
        return 3 <= len(before) <= 5
    if drawn_axes(layer, before, after, axis, clock) is not None:
        return can_copy(layer)
    known = all(some[given].certainty in (EXACT, AT_MOST) for some in fields)
    inside = is_convolution(getattr(layer, "layer", None))  # which is explored by itself
    return known and not inside and 3 <= len(before) == len(after) <= 5 and can_copy(layer)
