"""Takes the pictures of README.md in a real browser: notebooks/images/NAME.png, one of the explorer, one a notebook.

    python tools/take_pictures.py                 all
    python tools/take_pictures.py 02_grouped      some

What a picture shows is the last line of its cell below: what the stage draws, with the pointer on the middle of the
last grid, for a comparison its table, and of `explorer` all that there is.
"""

import io
import sys
import tempfile
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "browser"))
from lab import Lab, find_chromium  # noqa: E402

SETUP = """%%capture
from widgets import DeformableConv2D, compare, explore
import keras
from keras import layers
from keras.initializers import RandomNormal
keras.utils.set_random_seed(3)"""
SHOWN = {
    "explorer": "explore(layers.Conv2D(4, 3, strides=2, padding='same', activation='tanh'), (2, 9, 11, 3))",
    "00_start_here": "explore(layers.Conv2D(1, 3, kernel_initializer='ones'))",
    "01_convolution": "explore(layers.Conv2D(1, 3, strides=2, padding='same'))",
    "02_grouped": "explore(layers.Conv2D(6, 2, groups=3), (1, 7, 7, 6))",
    "03_dilated": "explore(layers.Conv2D(1, 3, dilation_rate=2), (1, 9, 9, 1))",
    "04_transposed": "explore(layers.Conv2DTranspose(1, 3, strides=2), (1, 4, 4, 1))",
    "05_separable": "explore(layers.SeparableConv2D(4, 3), (1, 7, 7, 4))",
    "06_deformable": "explore(DeformableConv2D(1, 3, offset_bias_initializer=RandomNormal(0, 0.7, 1)))",
    "07_other_dimensions": "explore(layers.Conv3D(1, 3), (1, 4, 8, 8, 1))",
    "08_compare": "compare([layers.Conv2D(6, 3), layers.SeparableConv2D(6, 3), layers.Conv2D(6, 1)], (4, 28, 28, 12))",
}
WIDTH, HEIGHT = 420, 300  # in a notebook's file; what is higher is cut off below
COLOURS = 128


def take(lab, name):
    """The picture of one cell, as Pillow has it."""
    width = 1240 if name in ("explorer", "08_compare") else 940  # as wide as what is shown needs
    notebook = lab.notebook([SETUP, SHOWN[name]], size=(width, 1350))
    shown = notebook.page.locator(".cn-explorer" if name == "explorer" else ".cn-panels, .cn-compare table").first
    shown.wait_for()
    cells = notebook.page.locator(".cn-stage .cn-cells")
    if cells.count():
        notebook.wait_revision(1)
        cells.last.hover()
    notebook.page.wait_for_timeout(300)  # the lines between the grids are drawn a frame later
    picture = Image.open(io.BytesIO(shown.screenshot())).convert("RGB")
    notebook.close()
    return picture


def main(names):
    with tempfile.TemporaryDirectory() as folder, Lab(find_chromium(), folder) as lab:
        for name in names or SHOWN:
            picture = take(lab, name)
            if name != "explorer":
                picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.LANCZOS)
                picture = picture.crop((0, 0, WIDTH, min(picture.height, HEIGHT)))
            picture = picture.quantize(COLOURS)
            picture.save(ROOT / "notebooks" / "images" / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
