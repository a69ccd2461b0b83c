"""The still picture that a saved notebook keeps."""

import base64
import io

import numpy as np
import pytest
from keras import layers
from matplotlib.figure import Figure
from PIL import Image

from widgets import explore
from widgets.facts import layer_facts
from widgets.picture import layer_picture
from widgets.picture.figure import Panel, draw_panel, png

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # a reader would find a warning above the picture


def drawn(layer, x):
    facts = layer_facts(layer, x)
    return pixels(png(facts, layer_picture(facts)))


def pixels(data):
    """The PNG as an int array (height, width, 3)."""
    image = Image.open(io.BytesIO(data))
    assert image.format == "PNG"
    return np.asarray(image.convert("RGB")).astype(int)


def coloured(image):
    """How much of an image is neither white nor grey nor black."""
    return np.mean(image.max(axis=2) - image.min(axis=2) > 30)


def inked(image):
    """How much of an image is not white. Values that are all positive are grey, in the drawing and here."""
    return np.mean(image.min(axis=2) < 250)


def below_the_heading(image):
    return image[image.shape[0] // 4 :]


@pytest.mark.parametrize(
    "layer, shape",
    [
        (layers.Conv2D(1, 3), (1, 6, 6, 1)),
        (layers.Conv2D(1, 1), (1, 1, 1, 1)),
        (layers.Conv2D(2, 3, padding="same", strides=2), (2, 6, 7, 3)),
        (layers.Conv2D(10, 3), (1, 224, 224, 3)),
        (layers.Conv2D(64, 3, groups=64), (1, 12, 12, 64)),
        (layers.Conv2D(1, (1, 11)), (1, 2, 60, 1)),
        (layers.Conv2D(6, 3, data_format="channels_first"), (1, 3, 8, 9)),
    ],
)
def test_a_picture_fits_a_notebook_and_is_not_blank(layer, shape, request):
    if getattr(layer, "data_format", "") == "channels_first":
        request.getfixturevalue("needs_channels_first")
    image = drawn(layer, shape)
    height, width, _ = image.shape
    assert 200 <= height <= 700
    assert 500 <= width <= 1400
    assert inked(below_the_heading(image)) > 0.03


def test_it_is_small_enough_to_be_committed():
    facts = layer_facts(layers.Conv2D(10, 3), (1, 224, 224, 3))
    assert len(png(facts, layer_picture(facts))) < 400_000  # noise, which packs badly


def test_the_same_layer_gives_the_same_bytes():
    facts = layer_facts(layers.Conv2D(2, 3, kernel_initializer="ones"), (1, 6, 6, 1))
    assert png(facts, layer_picture(facts)) == png(facts, layer_picture(facts))


@pytest.mark.parametrize(
    "other",
    [
        layers.Conv2D(1, 3, kernel_initializer="zeros"),
        layers.Conv2D(1, 2, kernel_initializer="ones"),
        layers.Conv2D(1, 3, kernel_initializer="ones", strides=2),
        layers.Conv2D(1, 3, kernel_initializer="ones", padding="same"),
        layers.Conv2D(1, 3, kernel_initializer="ones", bias_initializer="ones"),
    ],
)
def test_another_layer_gives_another_picture(other):
    shape = (1, 6, 6, 1)
    here, there = drawn(layers.Conv2D(1, 3, kernel_initializer="ones"), shape), drawn(other, shape)
    assert not np.array_equal(below_the_heading(here), below_the_heading(there))


def test_another_input_gives_another_picture():
    layer = layers.Conv2D(1, 3, kernel_initializer="ones")
    assert not np.array_equal(drawn(layer, np.eye(6)[None, :, :, None]), drawn(layer, np.ones((1, 6, 6, 1))))


def test_negative_cells_are_blue_and_positive_ones_orange():
    def colours(value):
        image = drawn(layers.Conv2D(1, 1, kernel_initializer="ones"), np.full((1, 9, 9, 1), value))
        red, _, blue = image[image.max(axis=2) - image.min(axis=2) > 100].mean(axis=0)
        return red - blue

    assert colours(-5.0) < -50
    assert colours(5.0) > 50


def test_a_refusal_without_a_picture_is_drawn_as_words():
    facts = layer_facts(layers.Conv2D(1, 9), (1, 4, 4, 1))
    image = pixels(png(facts, None))
    assert image.shape[0] >= 200
    assert 0.001 < np.mean(image.max(axis=2) < 128) < 0.2  # ink on paper
    assert inked(below_the_heading(image)) == 0


@pytest.mark.parametrize(
    "room, texts", [(3.5, ["-0.199", "-0.295"]), (2.7, ["-0.20", "-0.30"]), (1, []), (0, [])], ids=str
)
def test_the_cells_of_a_panel_bear_numbers_of_as_many_digits_as_all_have_room_for(room, texts):
    values = np.ma.array([[-0.199007, -0.2951, 0.123456]], mask=[[False, False, True]])  # the last one is yet to come
    axes = Figure().subplots()
    draw_panel(axes, Panel("output", values, 1), room)
    assert [text.get_text() for text in axes.texts] == texts


def test_values_that_are_no_numbers_are_drawn_too(recwarn):
    x = np.ones((1, 4, 4, 1))
    x[0, 0] = [[np.nan], [np.inf], [-np.inf], [0]]
    assert coloured(drawn(layers.Conv2D(1, 1), x)) > 0.005
    assert [str(warning.message) for warning in recwarn] == []


def test_a_refusal_with_dollars_in_its_words_is_not_taken_for_a_formula():
    def angry(y):
        raise RuntimeError("$\\frac{ is no $ formula_{")

    facts = layer_facts(layers.Conv2D(1, 3, activation=angry), (1, 6, 6, 1))
    assert np.mean(pixels(png(facts, None)).max(axis=2) < 128) > 0.001


def test_what_keras_refuses_is_saved_with_the_last_picture_that_worked_greyed():
    def saved(explorer):
        return pixels(base64.b64decode(explorer._repr_mimebundle_()["image/png"]))

    e = explore(layers.Conv2D(1, 3), (1, 6, 6, 1))
    before = saved(e)
    e.settings = {"kernel_size": 7}
    now, old = below_the_heading(before), below_the_heading(saved(e))
    assert coloured(now) > 0.1
    assert coloured(old) == 0  # the outline of what is lit is pink, too
    assert 1 < np.std(old) < 0.7 * np.std(now)
    e.settings = {"kernel_size": 3}
    assert np.array_equal(saved(e), before)
