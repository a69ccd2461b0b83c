"""Well-known kernels: the menu of them, the switch that turns one, and how it fills the kernel of a layer."""

import functools
import math

import ipywidgets
import keras
import numpy as np

from widgets.explorer.undoable_edits import kernels
from widgets.facts import kind_of
from widgets.language import say, words

# 3 by 3, as they are written in books. Keras multiplies them as they stand.
SMALL = {
    "X": [[1, 0, 1], [0, 1, 0], [1, 0, 1]],
    "sharpen": [[0, -1, 0], [-1, 5, -1], [0, -1, 0]],
    "Sobel_left_to_right": [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
    "Sobel_top_to_bottom": [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
    "Laplacian": [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
    "emboss": [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]],
}


class KernelControls:
    """A menu of well-known kernels and a switch that turns the kernel; `changed` is called after each change.

    `live` is the layer that they change, `sliders()` are its `Controls` of the moment.
    """

    def __init__(self, live, sliders, undo, changed, own_moves):
        self._live, self._sliders, self._undo, self._changed = live, sliders, undo, changed
        self._name = kernels(live)[0][1]  # of the kernel that moves over the input
        self._own_moves, self.words = own_moves, words()
        self._random_kernels = 0  # how many random kernels were asked for
        presets = ["as_it_is", *preset_names(len(live.template.kind.axes))]
        self._options = [(say(f"preset.{name}"), name) for name in presets]
        self._chosen = None  # the preset that the kernel is to be
        self.menu = ipywidgets.Dropdown(options=self._options, description=say("editing.kernel"))
        fitting = ipywidgets.Layout(width="auto")
        self.turn = ipywidgets.ToggleButton(description=say("editing.turn"), icon="refresh", layout=fitting)
        self._note = ipywidgets.HTML(self._remark(False))
        self.menu.observe(self._fill, "value")
        self.turn.observe(self._flip, "value")
        self.rows = [self.menu, self.turn, self._note]

    def reset(self):
        """As at the start; the weights themselves are reset by whoever holds them."""
        self._chosen = None
        self._show("as_it_is")
        with self._own_moves:
            self.turn.value, self._note.value = False, self._remark(False)

    def follow(self, facts):
        """The menu says what the kernel is now: the preset that was chosen, or that it was changed since."""
        live, name = self._live, self._name
        if self._chosen and name in facts.weights:
            values = facts.weights[name].values
            is_it = np.array_equal(self._made(values.shape), values)
            if is_it:  # also again, where a change was taken back
                live.made[name] = self._made
            self._show(self._chosen if is_it else "changed")

    def _show(self, name):
        if self.menu.value != name:
            with self._own_moves:
                self.menu.options = [*self._options, *[(self.words("preset.changed"), name)] * (name == "changed")]
                self.menu.value = name

    def _made(self, shape):
        """The chosen preset, turned where it is to be, for a kernel of this shape; None for one that is too small."""
        if any(map(int.__lt__, shape, least_size(self._chosen, len(shape) - 2))):
            return None
        operation = self._live.template.kind.operation
        values = filled(self._chosen, tuple(shape), operation, self._random_kernels)
        return np.flip(values, tuple(range(values.ndim - 2))) if self.turn.value else values

    def _remark(self, turned):
        """What the layer does with the kernel as it stands, or turned."""
        form = "stamp" if self._live.template.kind.stamps else "kernel"
        return self.words(f"editing.{form}_turned" if turned else f"editing.{form}_unturned")

    def _fill(self, change):
        live, name = self._live, self._name
        if self._own_moves or live.layer is None:
            return
        self._chosen = None
        live.made.pop(name, None)
        if change.new in ("as_it_is", "changed"):
            return
        now = live.settings["kernel_size"]
        size = tuple(map(max, now, least_size(change.new, len(now))))
        if size != now:
            self._sliders().settings = {"kernel_size": size}
        self._chosen = change.new
        self._random_kernels += change.new == "random"
        self._put(self._made(getattr(live.layer, name).shape))

    def _flip(self, change):
        live, name = self._live, self._name
        if self._own_moves or live.layer is None:
            return
        self._note.value = self._remark(change.new)
        values = getattr(live.layer, name).numpy()  # the chosen preset or not, it is turned as it stands
        self._put(np.flip(values, tuple(range(values.ndim - 2))))

    def _put(self, values):
        live, name = self._live, self._name
        if values is not None:  # else Keras refuses the settings, and the layer is an older one
            self._undo.change(lambda index, new: live.put(name, index, new), ..., values)
        if self._chosen:
            live.made[name] = self._made
        self._changed()


def preset_names(rank):
    """The presets for a layer with `rank` spatial axes.

    >>> preset_names(1)
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
        whole = functools.reduce(np.multiply.outer, [[math.comb(n - 1, i) for i in range(n)] for n in sizes])
        return (np.array(whole) / np.sum(whole)).astype("float32")
    small = np.array(SMALL.get(name, np.ones((1,) * len(sizes))), "float32")  # identity: a single 1
    free = [size - part for size, part in zip(sizes, small.shape)]
    return np.pad(small, [(size // 2, size - size // 2) for size in free])


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
