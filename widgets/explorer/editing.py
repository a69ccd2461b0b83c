"""What a reader changes by hand: cells of the input, weights, whole kernels and pictures; each can be taken back."""

import math

import ipywidgets
import numpy as np

from widgets.explorer import images, kernel_presets
from widgets.explorer.slider import IntSlider
from widgets.facts import LARGEST_INPUT, Memory, boat, kind_of, seeded_values
from widgets.language import words

MOST_UNDOS = 100


class Input:
    """An explorer's x while it changes. Every change makes a new array: facts that were given out keep theirs."""

    def __init__(self, values):
        self._start = self.values = values
        self._memory = Memory()
        self._too_large = False

    def resize(self, shape):
        """Another shape: what is known of each position stays. One that is too large holds zeros, in no memory."""
        if not self._too_large:
            self._memory.note(self.values)
        self._too_large = 4 * math.prod(shape) > LARGEST_INPUT
        self.values = (
            np.broadcast_to(np.float32(0), shape) if self._too_large else self._memory.fill(seeded_values(shape))
        )

    def put(self, index, value):
        """Write `value` at an index; returns what stood there."""
        if self._too_large:
            raise ValueError(
                words.LARGE_INPUT.format(size=4 * self.values.size, limit=LARGEST_INPUT, received=self.values.shape)
            )
        before = self.values[index].copy()
        self.values = self.values.copy()
        self.values[index] = value
        return before

    def reset(self):
        """The values of the start again."""
        self.__init__(self._start)


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
    if link.kernel_name == words.TURNED:
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

    def __init__(self, present, settings, undo, changed):
        self._present, self._settings, self._undo, self._changed = present, settings, undo, changed
        self._silent = False
        self._random_kernels = 0  # how many random kernels were asked for
        rank = len(present().template.kind.axes)
        self.menu = ipywidgets.Dropdown(options=[words.AS_IT_IS, *kernel_presets.names(rank)], description=words.KERNEL)
        self.turn = ipywidgets.ToggleButton(
            description=words.TURN, icon="refresh", layout=ipywidgets.Layout(width="auto")
        )
        self._note = ipywidgets.HTML(self._said(False))
        self.menu.observe(self._fill, "value")
        self.turn.observe(self._flip, "value")
        self.rows = [self.menu, self.turn, self._note]

    def reset(self):
        """As at the start; the weights themselves are reset by whoever holds them."""
        self._silent = True
        self.menu.value, self.turn.value, self._note.value = words.AS_IT_IS, False, self._said(False)
        self._silent = False

    def _kernel(self):
        """The live layer, and the name of the kernel that moves over the input."""
        return kernels(self._present())[0]

    def _said(self, turned):
        operation = self._present().template.kind.operation
        return words.TURNED_TOLD.get(operation, words.TURNED_TOLD[""])[turned]

    def _fill(self, change):
        live, name = self._kernel()
        if self._silent or change.new == words.AS_IT_IS or live.layer is None:
            return
        now = live.settings["kernel_size"]
        least = kernel_presets.least_size(change.new, len(now))
        size = tuple(map(max, now, least))
        if size != now:
            self._settings({"kernel_size": size})
        built = getattr(live.layer, name)
        if any(map(int.__lt__, built.shape, least)):  # Keras refuses the settings, and the layer is an older one
            return
        self._random_kernels += change.new == "random"
        values = kernel_presets.filled(
            change.new, tuple(built.shape), live.template.kind.operation, self._random_kernels
        )
        self._undo.change(lambda index, new: live.put(name, index, new), ..., values)
        self._changed()

    def _flip(self, change):
        live, name = self._kernel()
        if self._silent or live.layer is None:
            return
        self._note.value = self._said(change.new)
        values = getattr(live.layer, name).numpy()
        turned = np.flip(values, tuple(range(values.ndim - 2)))
        self._undo.change(lambda index, new: live.put(name, index, new), ..., turned)
        self._changed()


class ImageControls:
    """Whose picture the layer sees: the one given, our own, a photograph, or the reader's.

    `replace(x, given)` hands a new input over; `given` says that it is the one of the start.
    """

    PHOTOS = {words.PHOTO_GREY: False, words.PHOTO_COLOUR: True, words.OWN_GREY: False, words.OWN_COLOUR: True}

    def __init__(self, given, channels, replace):
        self._given, self._replace, self._own, self._silent = given, replace, None, False
        allowed = [name for name, colour in self.PHOTOS.items() if channels in (None, 3 if colour else 1)]
        self._allowed = allowed
        options = [words.AS_GIVEN, *[words.THE_BOAT] * (channels in (None, 1))]
        options += [name for name in allowed if name in (words.PHOTO_GREY, words.PHOTO_COLOUR)]
        self.menu = ipywidgets.Dropdown(options=options, description=words.PICTURE)
        self.size = IntSlider(48, 8, 224, description=words.PICTURE_SIZE, disabled=True)
        self.menu.observe(lambda _: self._show(), "value")
        self.size.observe(lambda _: self.menu.value in self.PHOTOS and self._show(), "value")
        self.rows = [self.menu, self.size]

    def reset(self):
        """The menu as at the start; returns the picture of the start, or None where it is there already."""
        if self.menu.value == words.AS_GIVEN:
            return None
        self._silent = True
        self.menu.value, self.size.disabled = words.AS_GIVEN, True
        self._silent = False
        return self._given

    def _show(self):
        name = self.menu.value
        if self._silent:
            return None
        self.size.disabled = name not in self.PHOTOS  # the others have a size of their own
        if name == words.AS_GIVEN:
            return self._replace(self._given, True)
        if name == words.THE_BOAT:
            return self._replace(boat(), False)
        data = self._own if name in (words.OWN_GREY, words.OWN_COLOUR) else images.photograph()
        self._replace(images.as_input(data, self.size.value, self.PHOTOS[name]), False)

    def take(self, data):
        """Show the reader's own image, of the bytes of a file. Raises ValueError, in plain words, for what is none."""
        own = [name for name in self._allowed if name in (words.OWN_GREY, words.OWN_COLOUR)]
        images.as_input(data, 8, False)
        self._own = data
        self._silent = True  # a menu with other options first falls back to its first one
        if own[0] not in self.menu.options:
            self.menu.options = [*self.menu.options, *own]
        self.menu.value = own[-1]
        self._silent = False
        self._show()
