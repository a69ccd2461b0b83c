"""The menu of images that a layer may see: the reader's own, or the photograph that comes with Matplotlib."""

import io
import warnings
from pathlib import Path

import ipywidgets
import matplotlib
import numpy as np
from PIL import Image, ImageOps

from widgets.explorer.slider import IntSlider
from widgets.facts import boat
from widgets.language import either, say, words

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 20_000_000


class ImageControls:
    """What the layer sees: the input given, the boat, a photograph, or the reader's own image.

    `replace(image)` hands a new input over, channels last; None stands for the input given.
    """

    # Whether it is in colour; the others have a size of their own.
    SIZED = {"photo_grey": False, "photo_colour": True, "own_grey": False, "own_colour": True}

    def __init__(self, channels, replace, own_moves):
        self._replace, self._own_moves, self._own, self.words = replace, own_moves, None, words()
        self._allowed = [name for name, colour in self.SIZED.items() if channels in (None, 3 if colour else 1)]
        photos = [name for name in self._allowed if name.startswith("photo")]
        offered = ["as_given", *["the_boat"] * (channels in (None, 1)), *photos]
        self.menu = ipywidgets.Dropdown(options=self._options(offered), description=say("editing.image"))
        self.size = IntSlider(48, 8, 224, description=say("editing.image_size"), disabled=True)
        self.menu.observe(lambda _: self._own_moves or self._show(), "value")
        self.size.observe(lambda _: self.menu.value in self.SIZED and self._show(), "value")
        self.rows = [self.menu, self.size]

    def _options(self, names):
        return [(self.words(f"editing.{name}"), name) for name in names]

    def reset(self):
        """The menu as at the start; whether it was elsewhere."""
        elsewhere = self.menu.value != "as_given"
        with self._own_moves:
            self.menu.value, self.size.disabled = "as_given", True
        return elsewhere

    def _show(self):
        name = self.menu.value
        self.size.disabled = name not in self.SIZED
        if name in self.SIZED:
            data = self._own if name.startswith("own") else photograph()
            self._replace(as_input(data, self.size.value, self.SIZED[name]))
        else:
            self._replace(boat() if name == "the_boat" else None)

    def take(self, data):
        """Show the reader's own image, of the bytes of a file. Raises ValueError, in plain words, for what is none."""
        own = [name for name in self._allowed if name.startswith("own")]
        as_input(data, 8, False)
        first, self._own = self._own is None, data
        with self._own_moves:  # a menu with other options first falls back to its first one
            if first:
                self.menu.options = [*self.menu.options, *self._options(own)]
            self.menu.value = own[-1]
        self._show()


def photograph():
    """The bytes of a photograph of Grace Hopper (1978, public domain), 512 by 600 pixels in colour."""
    return Path(matplotlib.get_data_path(), "sample_data", "grace_hopper.jpg").read_bytes()


def as_input(data, size, colour):
    """The bytes of an image file as an input: (1, height, width, 1 or 3), float32, 0 black and 1 white.

    `size` is the longer side in cells; smaller pictures stay as they are. Transparent parts become white.
    Raises ValueError, in plain words, for what is no picture or has more than 20 megapixels.

    >>> as_input(photograph(), 64, colour=False).shape
    (1, 64, 55, 1)
    """
    pixels = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of many pixels; we count them ourselves
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        if (pixels := image.width * image.height) > MOST_PIXELS:  # known before anything is unpacked
            raise Image.DecompressionBombError(f"{pixels / 1e6:.1f}")
        image = ImageOps.exif_transpose(image)  # as the camera was held
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        paper.alpha_composite(clear)
    except Image.DecompressionBombError as error:
        received = str(error) if pixels else say("editing.many")  # Pillow counts no pixels for us
        raise ValueError(say("editing.image_large", limit=f"{MOST_PIXELS / 1e6:.0f}", received=received)) from error
    except Exception as error:  # whatever Pillow raises of damaged bytes
        raise ValueError(say("editing.image_damaged", formats=either(FORMATS))) from error
    image = paper.convert("RGB" if colour else "L")
    image.thumbnail((size, size), Image.Resampling.LANCZOS)
    values = np.asarray(image, "float32") / 255
    return values.reshape(1, *values.shape[:2], 3 if colour else 1)
