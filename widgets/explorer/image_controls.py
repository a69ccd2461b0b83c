"""The menu of images that a layer may see, and the slider of their size."""

import ipywidgets

from widgets.explorer import image_files
from widgets.explorer.slider import IntSlider
from widgets.facts import boat
from widgets.language import say, words


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
            data = self._own if name in self.OWN else image_files.photograph()
            self._replace(image_files.as_input(data, self.size.value, self._sized[name]))
        else:
            self._replace(boat() if name == "the_boat" else None)

    def take(self, data):
        """Show the reader's own image, of the bytes of a file. Raises ValueError, in plain words, for what is none."""
        own = [name for name in self._allowed if name in self.OWN]
        image_files.as_input(data, 8, False)
        first, self._own = self._own is None, data
        with self._own_moves.moving():  # a menu with other options first falls back to its first one
            if first:
                self.menu.options = [*self.menu.options, *self._options(own)]
            self.menu.value = own[-1]
        self._show()
