"""Well-known kernels: their numbers, their place in larger kernels, their share of each channel."""

import keras
import numpy as np
import pytest
from keras import layers

from widgets import explore
from widgets.explorer.kernel_presets import filled, least_size, names, window


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
    assert len(names(2)) == 10
    assert names(1) == names(3) == ["identity", "box", "Gaussian", "random"]


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
