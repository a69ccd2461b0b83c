"""Pictures to convolve: the reader's own, or the photograph that comes with Matplotlib."""

import io
import warnings
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageOps

from widgets.language import either, say

FORMATS = ("PNG", "JPEG", "WEBP")
MOST_PIXELS = 20_000_000


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
