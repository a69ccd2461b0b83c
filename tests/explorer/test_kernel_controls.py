"""Well-known kernels: their numbers, their place in larger kernels, their share of each channel."""

import keras
import numpy as np
import pytest
from keras import layers

from widgets import explore
from widgets.explorer.kernel_controls import filled, least_size, preset_names, window


@pytest.mark.parametrize(
    "name, numbers",
    [
        ("identity", [[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
        ("X", [[1, 0, 1], [0, 1, 0], [1, 0, 1]]),
        ("box", [[1 / 9] * 3] * 3),
        ("Gaussian", [[1 / 16, 2 / 16, 1 / 16], [2 / 16, 4 / 16, 2 / 16], [1 / 16, 2 / 16, 1 / 16]]),
        ("sharpen", [[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
        ("Sobel_left_to_right", [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
        ("Sobel_top_to_bottom", [[-1, -2, -1], [0, 0, 0], [1, 2, 1]]),
        ("Laplacian", [[0, 1, 0], [1, -4, 1], [0, 1, 0]]),
        ("emboss", [[-2, -1, 0], [-1, 1, 1], [0, 1, 2]]),
    ],
)
def test_a_preset_has_the_numbers_of_the_books(name, numbers):
    np.testing.assert_allclose(window(name, (3, 3)), numbers)
    np.testing.assert_allclose(filled(name, (3, 3, 1, 1), "convolution")[..., 0, 0], numbers)


def test_every_preset_is_offered_in_two_dimensions_and_the_round_ones_in_one_and_three():
    assert len(preset_names(2)) == 10
    assert preset_names(1) == preset_names(3) == ["identity", "box", "Gaussian", "random"]


def test_a_small_preset_stands_in_the_middle_of_a_larger_kernel():
    whole = window("X", (5, 4))
    assert whole[1:4, 0:3].tolist() == [[1, 0, 1], [0, 1, 0], [1, 0, 1]]
    assert whole.sum() == 5


@pytest.mark.parametrize("sizes", [(1,), (4,), (2, 5), (3, 3, 3)])
@pytest.mark.parametrize("name", ["box", "Gaussian", "identity"])
def test_a_blur_of_any_size_adds_up_to_one(name, sizes):
    assert window(name, sizes).sum() == pytest.approx(1)


@pytest.mark.parametrize(
    "layer, channels",
    [
        (layers.Conv2D(2, 3, padding="same", use_bias=False), 3),
        (layers.Conv2D(6, 3, padding="same", use_bias=False, groups=3), 3),
        (layers.Conv2DTranspose(2, 3, padding="same", use_bias=False), 3),
        (layers.DepthwiseConv2D(3, padding="same", use_bias=False), 3),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_blur_keeps_a_flat_picture_flat_whatever_the_channels_are(layer, channels):
    e = explore(layer, np.full((1, 7, 8, channels), 5.0))
    e._kernel.menu.value = "Gaussian"
    np.testing.assert_allclose(e.y[0, 2:-2, 2:-2], 5, rtol=1e-5)


def test_identity_copies_one_channel_to_each_filter():
    e = explore(layers.Conv2D(3, 3, padding="same", use_bias=False), (1, 4, 5, 2))
    e._kernel.menu.value = "identity"
    np.testing.assert_allclose(e.y, e.x[..., [0, 1, 0]], atol=1e-6)


def test_a_preset_larger_than_the_kernel_makes_the_kernel_larger():
    assert least_size("X", 2) == (3, 3) and least_size("box", 2) == (1, 1)
    e = explore(layers.Conv2D(1, (1, 4)))
    e._kernel.menu.value = "Laplacian"
    assert e.settings["kernel_size"] == (3, 4)
    assert e.layer.kernel.numpy()[:, :3, 0, 0].tolist() == [[0, 1, 0], [1, -4, 1], [0, 1, 0]]


def test_a_preset_that_keras_refuses_leaves_the_kernel_alone():
    e = explore(layers.Conv2D(1, 2), np.ones((1, 2, 2, 1)))
    e._kernel.menu.value = "X"
    assert "kernel" in e.facts.problem.lower() or e.facts.problem
    assert e.facts.y is None
    e.settings = {"kernel_size": 2}
    assert e.facts.problem == ""


def test_random_kernels_are_alike_for_the_same_seed_only():
    one, same, other = (filled("random", (3, 3, 2, 2), "convolution", seed) for seed in (1, 1, 2))
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_the_switch_turns_the_kernel_and_back_and_says_what_keras_does():
    x = np.arange(30.0).reshape(1, 5, 6, 1)
    e = explore(layers.Conv2D(1, (2, 3), use_bias=False), x)
    kernel = e.layer.kernel.numpy()[..., 0, 0]
    turn = e._kernel.turn
    assert "cross-correlation" in e._kernel.rows[2].value
    turn.value = True
    assert "convolution of mathematics" in e._kernel.rows[2].value
    assert np.array_equal(e.layer.kernel.numpy()[..., 0, 0], kernel[::-1, ::-1])
    picture = x[0, ..., 0]
    by_hand = [
        [sum(kernel[a, b] * picture[r + 1 - a, c + 2 - b] for a in (0, 1) for b in (0, 1, 2)) for c in range(4)]
        for r in range(4)
    ]
    np.testing.assert_allclose(e.y[0, ..., 0], by_hand, rtol=1e-4)
    turn.value = False
    assert np.array_equal(e.layer.kernel.numpy()[..., 0, 0], kernel)


def test_reset_turns_the_switch_and_the_menu_back():
    e = explore(layers.Conv2D(1, 3))
    before = e.layer.kernel.numpy()
    e._kernel.menu.value = "X"
    e._kernel.turn.value = True
    e._controls.reset()
    assert (e._kernel.menu.value, e._kernel.turn.value) == ("as_it_is", False)
    assert "cross-correlation" in e._kernel.rows[2].value
    assert np.array_equal(e.layer.kernel.numpy(), before)


def test_the_reader_s_layer_keeps_its_kernel():
    layer = layers.Conv2D(1, 3)
    layer.build((None, 8, 8, 1))
    before = keras.ops.convert_to_numpy(layer.kernel)
    explore(layer)._kernel.menu.value = "X"
    assert np.array_equal(layer.kernel.numpy(), before)


def test_of_a_transposed_layer_the_switch_says_what_is_stamped():
    e = explore(layers.Conv2DTranspose(1, 3), (1, 4, 4, 1))
    assert e._kernel.rows[2].value == "Each input cell stamps the kernel as it stands."
    e._kernel.turn.value = True
    assert "so is each stamp" in e._kernel.rows[2].value


# What the menu, the kernel and the code line say of each other

SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]])


def menu_of(explorer):
    return explorer._kernel.menu


def is_sobel(kernel, turned=False):
    """Whether each filter adds up its channels' Sobel kernels, in the middle of its taps."""
    rows, columns, read, _ = kernel.shape
    wanted = np.zeros(kernel.shape)
    top, left = (rows - 3) // 2, (columns - 3) // 2
    wanted[top : top + 3, left : left + 3] = (SOBEL / read)[..., None, None]
    return np.allclose(kernel, wanted[::-1, ::-1] if turned else wanted)


@pytest.mark.parametrize("turned", [False, True])
def test_a_chosen_preset_follows_to_every_shape_that_the_kernel_gets(turned):
    explorer = explore(layers.Conv2D(2, 3), (1, 12, 12, 4))
    menu_of(explorer).value = "Sobel_left_to_right"
    explorer._kernel.turn.value = turned
    random = np.random.default_rng(3)
    for _ in range(25):
        groups = int(random.choice([1, 2]))
        explorer.settings = {
            "kernel_size": tuple(map(int, random.choice([3, 5, 7], 2))),
            "filters": groups * int(random.integers(1, 4)),
            "groups": groups,
            "input_shape": (1, 12, 12, groups * int(random.integers(1, 4))),
            "use_bias": bool(random.integers(2)),
        }
        assert explorer.facts.problem == ""
        assert is_sobel(explorer.facts.weights["kernel"].values, turned)
        assert menu_of(explorer).value == "Sobel_left_to_right"


def test_an_image_of_other_channels_brings_the_preset_to_all_of_them():
    explorer = explore(layers.Conv2D(2, 3))
    menu_of(explorer).value = "Sobel_left_to_right"
    for image, channels in [("photo_colour", 3), ("photo_grey", 1), ("photo_colour", 3)]:
        explorer._image_menu.menu.value = image
        assert explorer.facts.weights["kernel"].shape == (3, 3, channels, 2)
        assert is_sobel(explorer.facts.weights["kernel"].values)
        assert menu_of(explorer).value == "Sobel_left_to_right"
    explorer._controls.reset()
    assert menu_of(explorer).value == "as_it_is" and not is_sobel(explorer.facts.weights["kernel"].values)


def test_the_menu_says_that_a_preset_was_changed_and_what_it_is_again_once_that_is_taken_back():
    explorer = explore(layers.Conv2D(1, 3), (1, 6, 6, 1))
    menu = menu_of(explorer)
    menu.value = "Sobel_left_to_right"
    explorer._edit({"cells": [(0, 0, 1)], "value": 7, "link": 0, "slice": 0, "filter": 0}, 0)
    assert (menu.value, menu.label) == ("changed", "changed")
    explorer.settings = {"use_bias": False}
    assert menu.value == "changed" and explorer.facts.weights["kernel"].values[0, 1, 0, 0] == 7
    explorer._edit({"undo": True}, 0)
    assert menu.value == "Sobel_left_to_right" and "changed" not in dict(menu.options).values()
    explorer.settings = {"kernel_size": 2}  # too small for it
    assert menu.value == "changed"
    explorer.settings = {"kernel_size": 5}
    assert menu.value == "Sobel_left_to_right" and is_sobel(explorer.facts.weights["kernel"].values)
    explorer.layer.kernel.assign(np.ones((5, 5, 1, 1)))  # a reader's own code
    explorer.settings = {"strides": 2}
    assert menu.value == "changed" and explorer.facts.weights["kernel"].values.min() == 1
    menu.value = "as_it_is"
    explorer.settings = {"strides": 1}
    assert menu.value == "as_it_is"


COMMENT = "  # weights of its own: "


def test_the_code_line_says_where_the_weights_are_not_those_that_it_gives():
    explorer = explore(layers.Conv2D(1, 2), (1, 6, 6, 1))
    assert explorer.code == "layers.Conv2D(1, 2)"
    menu_of(explorer).value = "box"
    told = "layers.Conv2D(1, 2)" + COMMENT + "kernel[:, :, 0, 0] = [[0.25, 0.25], [0.25, 0.25]]"
    assert explorer.code == told
    assert eval(explorer.code, {"layers": layers}).get_config()["filters"] == 1
    assert repr(explorer).startswith("<Explorer layers.Conv2D(1, 2): ")
    explorer.settings = {"filters": 4}
    assert explorer.code == "layers.Conv2D(4, 2)" + COMMENT + "kernel"
    explorer._edit({"undo": True}, 0)
    assert explorer.code.startswith("layers.Conv2D(4, 2)")


def test_weights_that_the_initializers_drew_are_no_weights_of_its_own_and_trained_ones_are():
    built = layers.Conv2D(2, 3)
    built.build((None, 6, 6, 3))
    assert explore(built).code == "layers.Conv2D(2, 3)"
    built.bias.assign([0.5, -1])
    assert explore(built).code == "layers.Conv2D(2, 3)" + COMMENT + "bias = [0.5, -1]"
    assert (
        explore(layers.Conv2D(2, 3, kernel_initializer="ones")).code == "layers.Conv2D(2, 3, kernel_initializer='ones')"
    )
    model = keras.Sequential([layers.Conv2D(2, 3), layers.Conv2D(1, 2)])
    model.build((None, 8, 8, 1))
    line = "keras.Sequential([layers.Conv2D(2, 3), layers.Conv2D(1, 2)])"
    assert explore(model).code == line
    model.layers[1].set_weights([weight + 1 for weight in model.layers[1].get_weights()])
    assert explore(model).code == line + COMMENT + "1 kernel, 1 bias"
