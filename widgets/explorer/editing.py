"""What a reader changes by hand: cells of the input, weights, whole kernels and pictures; each can be taken back."""

import math

import ipywidgets
import numpy as np

from widgets.explorer import images, kernel_presets
from widgets.explorer.slider import IntSlider
from widgets.facts import LARGEST_INPUT, Memory, boat, kind_of, pattern
from widgets.language import say, words
from widgets.picture import TURNED

MOST_UNDOS = 100


class Input:
    """An explorer's x while it changes. Every change makes a new array: facts that were given out keep theirs."""

    def __init__(self, values, resizable, channel_axis=-1):
        self._start = self.values = values
        self._channel_axis = channel_axis
        self.resizable = resizable  # whether sliders may give it other sizes
        self._memory = Memory()
        self._too_large = False

    def resize(self, shape):
        """Another shape: what is known of each position stays. One that is too large holds zeros, in no memory."""
        if not self._too_large:
            self._memory.note(self.values)
        self._too_large = 4 * math.prod(shape) > LARGEST_INPUT
        if self._too_large:
            self.values = np.broadcast_to(np.float32(0), shape)
        else:
            self.values = self._memory.fill(pattern(shape, self._channel_axis))

    def put(self, index, value):
        """Write `value` at an index; returns what stood there."""
        if self._too_large:
            raise ValueError  # it is no change, see Undo
        before = self.values[index].copy()
        self.values = self.values.copy()
        self.values[index] = value
        return before

    def reset(self):
        """The values of the start again."""
        self.__init__(self._start, self.resizable, self._channel_axis)


class Undo:
    """Changes that can be taken back, the newest first."""

    def __init__(self):
        self._done = []

    def change(self, put, index, value):
        """`put(index, value)` returns what stood there, and is remembered. An index that is gone is no change."""
        try:
            before = put(index, value)
        except (IndexError, ValueError):  # the reader edits a size that has just changed
            return
        self._done = [*self._done, (put, index, before)][-MOST_UNDOS:]

    def back(self):
        """Take the newest change back."""
        if self._done:
            put, index, before = self._done.pop()
            try:
                put(index, before)
            except (IndexError, ValueError):  # its place is gone
                pass


def kernels(live):
    """(layer, weight's name) for each kernel that is drawn of a live layer, in the order of the drawing."""
    names = [name for name in live.template.kind.weights if name.endswith("kernel")]
    return [(live, name) for name in names if name != "offset_kernel"]


def weight_index(link, tap, slice_, filter_):
    """Where a drawn tap stands in the layer's own kernel, whose axes are in Keras' order.

    `tap` is (plane, row, column), or has an index for each axis of the layer alone. `slice_` counts the channels
    that the filter reads.
    """
    sizes = link.weights["kernel"].shape[:-2]
    tap = tuple(tap)[-len(sizes) :]
    if link.kernel_name == TURNED:
        return (*(size - 1 - at for at, size in zip(tap, sizes)), filter_, slice_)
    return kind_of(link.operation).kernel_index(tap, slice_, filter_, link.channels)


def edit(change, picture, source, found, sample, channel_axis, undo):
    """Carry out what the browser asked for.

    `change` is {"undo": True}, or has "cells" (a list of (plane, row, column), or "all") and "value", and either
    "channel" (of the input) or "link", "slice" and "filter" (of a kernel). `found` are the kernels drawn.
    """
    if "undo" in change:
        return undo.back()
    cells, value = change["cells"], np.float32(change["value"])
    if "link" in change:
        link = picture.links[change["link"]]
        drawn = [i for i, one in enumerate(picture.links) if "kernel" in one.weights]
        live, name = found[drawn.index(change["link"])]
        cells = np.ndindex(link.weights["kernel"].shape[:-2]) if cells == "all" else cells
        places = [weight_index(link, cell, change["slice"], change["filter"]) for cell in cells]
        return undo.change(lambda index, new: live.put(name, index, new), tuple(map(np.array, zip(*places))), value)
    rank = source.values.ndim - 2
    place = [slice(None)] * rank if cells == "all" else list(map(np.array, zip(*(cell[3 - rank :] for cell in cells))))
    place.insert(channel_axis - 1, change["channel"])
    undo.change(source.put, (sample, *place), value)


class KernelControls:
    """A menu of well-known kernels and a switch that turns the kernel; `changed` is called after each change.

    `present()` is the live layer of the moment, `settings(new)` moves the explorer's sliders.
    """

    def __init__(self, present, settings, undo, changed, own_moves):
        self._present, self._settings, self._undo, self._changed = present, settings, undo, changed
        self._own_moves, self.words = own_moves, words()
        self._random_kernels = 0  # how many random kernels were asked for
        presets = ["as_it_is", *kernel_presets.names(len(present().template.kind.axes))]
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
        with self._own_moves.moving():
            self.turn.value, self._note.value = False, self._remark(False)

    def take_over(self, before):
        """Go on where other controls of this layer were."""
        self._chosen, self._random_kernels = before._chosen, before._random_kernels
        with self._own_moves.moving():
            self.turn.value, self._note.value = before.turn.value, before._note.value
        self._show(before.menu.value)

    def follow(self, facts):
        """The menu says what the kernel is now: the preset that was chosen, or that it was changed since."""
        live, name = self._kernel()
        if self._chosen and name in facts.weights:
            values = facts.weights[name].values
            is_it = np.array_equal(self._made(values.shape), values)
            if is_it:  # also again, where a change was taken back
                live.made[name] = self._made
            self._show(self._chosen if is_it else "changed")

    def _show(self, name):
        if self.menu.value != name:
            with self._own_moves.moving():
                self.menu.options = [*self._options, *[(self.words("preset.changed"), name)] * (name == "changed")]
                self.menu.value = name

    def _made(self, shape):
        """The chosen preset, turned where it is to be, for a kernel of this shape; None for one that is too small."""
        if any(map(int.__lt__, shape, kernel_presets.least_size(self._chosen, len(shape) - 2))):
            return None
        operation = self._present().template.kind.operation
        values = kernel_presets.filled(self._chosen, tuple(shape), operation, self._random_kernels)
        return np.flip(values, tuple(range(values.ndim - 2))) if self.turn.value else values

    def _kernel(self):
        """The live layer, and the name of the kernel that moves over the input."""
        return kernels(self._present())[0]

    def _remark(self, turned):
        """What the layer does with the kernel as it stands, or turned."""
        form = "stamp" if self._present().template.kind.stamps else "kernel"
        return self.words(f"editing.{form}_turned" if turned else f"editing.{form}_unturned")

    def _fill(self, change):
        live, name = self._kernel()
        if self._own_moves or live.layer is None:
            return
        self._chosen = None
        live.made.pop(name, None)
        if change.new in ("as_it_is", "changed"):
            return
        now = live.settings["kernel_size"]
        size = tuple(map(max, now, kernel_presets.least_size(change.new, len(now))))
        if size != now:
            self._settings({"kernel_size": size})
        self._chosen = change.new
        self._random_kernels += change.new == "random"
        values = self._made(getattr(live.layer, name).shape)
        if values is None:  # Keras refuses the settings, and the layer is an older one
            live.made[name] = self._made
        else:
            self._put(values)

    def _flip(self, change):
        live, name = self._kernel()
        if self._own_moves or live.layer is None:
            return
        self._note.value = self._remark(change.new)
        values = getattr(live.layer, name).numpy()  # the chosen preset or not, it is turned as it stands
        self._put(np.flip(values, tuple(range(values.ndim - 2))))

    def _put(self, values):
        live, name = self._kernel()
        self._undo.change(lambda index, new: live.put(name, index, new), ..., values)
        if self._chosen:
            live.made[name] = self._made
        self._changed()


class ImageControls:
    """What the layer sees: the input given, the boat, a photograph, or the reader's own image.

    `replace(image)` hands a new input over, channels last; None stands for the input given.
    """

    PHOTOS = {"photo_grey": False, "photo_colour": True}  # whether it is in colour
    OWN = {"own_grey": False, "own_colour": True}

    def __init__(self, channels, replace, own_moves):
        self._replace, self._own_moves, self._own, self.words = replace, own_moves, None, words()
        self._sized = self.PHOTOS | self.OWN  # the others have a size of their own
        self._allowed = [name for name, colour in self._sized.items() if channels in (None, 3 if colour else 1)]
        offered = ["as_given", *["the_boat"] * (channels in (None, 1))]
        offered += [name for name in self._allowed if name in self.PHOTOS]
        self.menu = ipywidgets.Dropdown(options=self._options(offered), description=say("editing.image"))
        self.size = IntSlider(48, 8, 224, description=say("editing.image_size"), disabled=True)
        self.menu.observe(lambda _: self._own_moves or self._show(), "value")
        self.size.observe(lambda _: self.menu.value in self._sized and self._show(), "value")
        self.rows = [self.menu, self.size]

    def _options(self, names):
        return [(self.words(f"editing.{name}"), name) for name in names]

    def reset(self):
        """The menu as at the start; whether it was elsewhere."""
        elsewhere = self.menu.value != "as_given"
        with self._own_moves.moving():
            self.menu.value, self.size.disabled = "as_given", True
        return elsewhere

    def _show(self):
        name = self.menu.value
        self.size.disabled = name not in self._sized
        if name in self._sized:
            data = self._own if name in self.OWN else images.photograph()
            self._replace(images.as_input(data, self.size.value, self._sized[name]))
        else:
            self._replace(boat() if name == "the_boat" else None)

    def take(self, data):
        """Show the reader's own image, of the bytes of a file. Raises ValueError, in plain words, for what is none."""
        own = [name for name in self._allowed if name in self.OWN]
        images.as_input(data, 8, False)
        first, self._own = self._own is None, data
        with self._own_moves.moving():  # a menu with other options first falls back to its first one
            if first:
                self.menu.options = [*self.menu.options, *self._options(own)]
            self.menu.value = own[-1]
        self._show()
