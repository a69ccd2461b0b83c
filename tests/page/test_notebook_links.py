"""What a saved page says of the notebooks: a link to the one about what it shows."""

import json
import re
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import keras
import pytest
from keras import layers

from widgets import DeformableConv2D, compare, explore, predict, set_language
from widgets.page import page

pytestmark = pytest.mark.long

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PLAIN, LARGER = layers.Conv2D(1, 2), layers.Conv2DTranspose(1, 2)
IMAGE = (1, 5, 6, 4)
VECTORS = [keras.Input((4,)), keras.Input((3,))]
TOOLS = {
    "Conv2D": (explore, PLAIN, IMAGE, "01_convolution"),
    "grouped": (explore, layers.Conv2D(4, 2, groups=2, dilation_rate=2), IMAGE, "02_grouped"),
    "dilated": (explore, layers.Conv2D(1, 2, dilation_rate=(1, 2)), IMAGE, "03_dilated"),
    "Conv2DTranspose": (explore, LARGER, IMAGE, "04_transposed"),
    "DepthwiseConv2D": (explore, layers.DepthwiseConv2D(2, dilation_rate=2), IMAGE, "05_separable"),
    "SeparableConv2D": (explore, layers.SeparableConv2D(2, 2), IMAGE, "05_separable"),
    "DeformableConv2D": (explore, DeformableConv2D(2, 2, groups=2), IMAGE, "06_deformable"),
    "Conv1D": (explore, layers.Conv1D(1, 2), (1, 6, 2), "07_other_dimensions"),
    "Conv3DTranspose": (explore, layers.Conv3DTranspose(1, 2), (1, 3, 3, 3, 1), "07_other_dimensions"),
    "chain of one kind": (explore, keras.Sequential([PLAIN, layers.Conv2D(3, 2)]), IMAGE, "01_convolution"),
    "chain of two kinds": (explore, keras.Sequential([PLAIN, LARGER]), IMAGE, "00_start_here"),
    "table": (explore, keras.Sequential([layers.Dense(2)]), (1, 4), "00_start_here"),
    "table of two inputs": (explore, keras.Model(VECTORS, layers.Concatenate()(VECTORS)), None, "00_start_here"),
    "questions": (predict, [LARGER, layers.Conv2DTranspose(2, 3)], IMAGE, "04_transposed"),
    "comparison": (compare, [PLAIN, layers.Conv2D(3, 2)], IMAGE, "08_compare"),
}


def link_of(tool, folder):
    tool.save(folder / "page.html")
    return re.findall('<footer><a href="([^"]*)"', (folder / "page.html").read_text(encoding="utf-8"))


def badge_of(path):
    """The address under which a notebook itself says that Colab opens it."""
    return re.search(r'<a href=\\"(\S*)\\"><img', json.dumps(json.loads(path.read_text("utf-8"))))[1]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("name", TOOLS)
def test_a_page_links_to_the_notebook_about_what_it_shows(tmp_path, monkeypatch, name):
    monkeypatch.setattr("widgets.page.recording.LIMITS.states", 4)
    make, layer, x, notebook = TOOLS[name]
    assert link_of(make(layer, x), tmp_path) == [badge_of(NOTEBOOKS / f"{notebook}.ipynb")]


def test_a_page_in_russian_links_to_the_russian_notebook(tmp_path):
    set_language("ru")
    try:
        table = explore(keras.Sequential([layers.Dense(2)]), (1, 4))
    finally:
        set_language("en")
    assert link_of(table, tmp_path) == [badge_of(NOTEBOOKS / "ru" / "00_start_here.ipynb")]


def test_where_the_package_was_not_installed_no_address_is_made_up(tmp_path, monkeypatch):
    def missing(name):
        raise PackageNotFoundError(name)

    monkeypatch.setattr(page, "metadata", missing)
    assert link_of(explore(keras.Sequential([layers.Dense(2)]), (1, 4)), tmp_path) == []
