"""Takes the pictures of README.md's table in a real browser: notebooks/images/NAME.png, one for each notebook.

    python tools/take_pictures.py                 all
    python tools/take_pictures.py 02_grouped      some

What a picture shows is the last line of its cell below: what the stage draws, with the pointer on the middle of the
last grid, or for a comparison its table.
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
WIDTH, HEIGHT = 420, 300  # in the file; what is higher is cut off below
COLOURS = 48


def take(lab, code):
    """The picture of one cell, as Pillow has it."""
    size = (1240 if code.startswith("compare") else 940, 1000)  # as wide as what is shown needs
    notebook = lab.notebook([SETUP, code], size=size)
    shown = notebook.page.locator(".cn-panels, .cn-compare table").first
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
            picture = take(lab, SHOWN[name])
            picture = picture.resize((WIDTH, round(picture.height * WIDTH / picture.width)), Image.LANCZOS)
            picture = picture.crop((0, 0, WIDTH, min(picture.height, HEIGHT))).quantize(COLOURS)
            picture.save(ROOT / "notebooks" / "images" / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main(sys.argv[1:])
