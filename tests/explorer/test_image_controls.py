"""A reader's own picture: read, shrunk and turned into an input, or refused in plain words."""

import io
import random
import zlib

import numpy as np
import pytest
from keras import layers
from PIL import Image

from widgets import explore
from widgets.explorer.image_controls import as_input, photograph
from widgets.stage.stage import Stage


def data(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_picture_becomes_brightness_from_0_to_1(kind):
    image = Image.new("RGB", (40, 20), (255, 255, 255))
    image.paste((0, 0, 0), (0, 0, 20, 20))
    x = as_input(data(image, kind), 8, colour=False)
    assert x.shape == (1, 4, 8, 1) and x.dtype == np.float32
    np.testing.assert_allclose(x[0, :, 0, 0], 0, atol=0.05)
    np.testing.assert_allclose(x[0, :, -1, 0], 1, atol=0.05)


def test_colours_are_red_green_and_blue():
    x = as_input(data(Image.new("RGB", (4, 4), (255, 0, 51)), "PNG"), 4, colour=True)
    np.testing.assert_allclose(x[0, 0, 0], [1, 0, 0.2], atol=1e-6)


def test_a_small_picture_is_not_blown_up():
    assert as_input(data(Image.new("L", (5, 3)), "PNG"), 48, colour=False).shape == (1, 3, 5, 1)


def test_what_is_transparent_is_white():
    assert as_input(data(Image.new("RGBA", (2, 2), (0, 0, 0, 0)), "PNG"), 2, colour=False).min() == 1


def test_a_photograph_is_turned_as_the_camera_was_held():
    exif = Image.Exif()
    exif[0x0112] = 6  # a quarter turn
    assert as_input(data(Image.new("L", (8, 4)), "JPEG", exif=exif), 8, colour=False).shape == (1, 8, 4, 1)


def test_the_photograph_that_comes_with_matplotlib_is_there():
    assert as_input(photograph(), 60, colour=True).shape == (1, 60, 51, 3)


ENDS_EARLY = data(Image.new("L", (4, 4)), "PNG")  # where the length of its head is made smaller


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"no picture at all",
        photograph()[:5000],
        data(Image.new("L", (4, 4)), "GIF"),
        data(Image.effect_noise((40, 40), 50), "PNG")[:700],
        ENDS_EARLY[:11] + b"\x05" + ENDS_EARLY[12:],
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
    ],
    ids=["empty", "text", "half a photograph", "GIF", "half a PNG", "a PNG whose head is cut", "SVG"],
)
def test_anything_else_gets_a_clear_sentence(bad):
    with pytest.raises(ValueError, match="must be a picture in one of these formats: PNG, JPEG or WEBP"):
        as_input(bad, 8, colour=False)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_whatever_bytes_of_a_picture_are_damaged_it_is_read_or_refused_in_plain_words(kind):
    rng, good = random.Random(3), data(Image.effect_noise((40, 30), 50).convert("RGB"), kind)
    refused = 0
    for _ in range(300):
        bad = bytearray(good[: rng.choice([len(good), rng.randrange(len(good))])])
        for _ in range(rng.choice([1, 3])):
            bad[rng.randrange(min(len(bad), 60)) if bad else slice(0)] = rng.randrange(256) if bad else b""
        try:
            x = as_input(bytes(bad), 8, colour=True)
            assert x.shape[-1] == 3 and 0 <= x.min() <= x.max() <= 1
        except ValueError as error:
            assert "picture" in str(error) and "Try" in str(error)
            refused += 1
    assert 30 < refused < 300


def test_more_than_20_megapixels_are_refused_before_they_are_unpacked():
    with pytest.raises(ValueError, match="at most 20 megapixels. Received: 20.0 megapixels"):
        as_input(data(Image.new("1", (5001, 4000)), "PNG"), 8, colour=False)
    assert as_input(data(Image.new("1", (5000, 4000)), "PNG"), 8, colour=False).shape == (1, 6, 8, 1)


def test_far_more_pixels_than_pillow_opens_are_refused_too():
    header = data(Image.new("1", (1, 1)), "PNG")
    huge = header[:16] + (60000).to_bytes(4, "big") * 2 + header[24:]  # says that it is 60,000 by 60,000
    huge = huge[:29] + zlib.crc32(huge[12:29]).to_bytes(4, "big") + huge[33:]
    with pytest.raises(ValueError, match="at most 20 megapixels"):
        as_input(huge, 8, colour=False)


def explorer_with(upload, layer=None):
    e = explore(layer or layers.Conv2D(2, 3))
    e._stage._handle_custom_msg({"image": "mine.png"}, [memoryview(upload)])  # what the browser sends
    return e


def test_an_upload_is_shown_in_colour_and_can_be_made_grey_and_larger():
    image = Image.effect_noise((90, 60), 50).convert("RGB")
    e = explorer_with(data(image, "PNG"))
    assert e.x.shape == (1, 32, 48, 3) and e.facts.problem == ""
    e._image_menu.menu.value = "own_grey"
    assert e.x.shape == (1, 32, 48, 1)
    e._image_menu.size.value = 90
    assert e.x.shape == (1, 60, 90, 1) and e.facts.weights["kernel"].shape == (3, 3, 1, 2)
    e._image_menu.menu.value = "as_given"
    assert e.x.shape == (1, 8, 8, 1)


def test_a_damaged_upload_says_so_and_leaves_the_explorer_as_it_was():
    sent = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stage, "send", lambda stage, content, buffers=None: sent.append(content))
        e = explorer_with(b"junk")
    (told,) = sent
    assert told["image_refused"]["key"] == "editing.image_damaged"
    assert e.x.shape == (1, 8, 8, 1) and "own_colour" not in names(e)


def names(e):
    return [name for _, name in e._image_menu.menu.options]


def test_a_built_layer_is_offered_only_pictures_of_its_channels():
    grey, colour, twelve = layers.Conv2D(1, 3), layers.Conv2D(1, 3), layers.Conv2D(1, 3)
    for layer, channels in ((grey, 1), (colour, 3), (twelve, 12)):
        layer.build((None, 9, 9, channels))
    assert names(explore(grey)) == ["as_given", "the_boat", "photo_grey"]
    assert names(explore(colour)) == ["as_given", "photo_colour"]
    assert explore(twelve)._image_menu is None


def test_the_input_s_sliders_come_back_with_the_shape_that_was_given():
    e = explore(layers.Conv2D(2, 3), (1, 9, 7, 4))
    e._image_menu.menu.value = "photo_colour"
    assert e.x.shape == (1, 48, 41, 3) and "input_shape" not in e.settings
    e._image_menu.menu.value = "as_given"
    assert e.x.shape == (1, 9, 7, 4) and e.settings["input_shape"] == (1, 9, 7, 4)


def test_reset_brings_the_picture_of_the_start_back_in_one_update():
    e = explore(layers.Conv2D(2, 3), (1, 9, 7, 4))
    x, kernel, start = e.x, e.layer.kernel.numpy(), e.settings
    e._image_menu.menu.value = "photo_colour"
    e.settings = {"filters": 5, "strides": 2}
    drawn = e._stage.snapshot["revision"]
    e._controls.reset()
    assert e._image_menu.menu.value == "as_given" and e._image_menu.size.disabled
    assert np.array_equal(e.x, x) and np.array_equal(e.layer.kernel, kernel) and e.settings == start
    assert e._stage.snapshot["revision"] == drawn + 1


def test_pictures_fit_layers_that_have_their_channels_first(needs_channels_first):
    e = explore(layers.Conv2D(2, 3, data_format="channels_first"), (1, 1, 9, 7))
    e._image_menu.menu.value = "photo_colour"
    assert e.x.shape == (1, 3, 48, 41) and e.y.shape == (1, 2, 46, 39)
