"""Every kind of convolution as a reader meets it: a slider moved by key, the facts read, the sum behind a cell read."""

import pytest
from reading import facts, lines, numbers, point, python, settle

SETUP = """\
import keras
import numpy as np
from keras import layers
from widgets import DeformableConv2D, explore
e = explore({layer}, {shape})
e"""

# What Keras itself says to the settings that are shown.
KERAS = """
def keras_says():
    given = {name: value for name, value in e.settings.items() if name != "input_shape"}
    layer = type(e.layer)(**given)
    return str(tuple(layer(np.zeros(e.settings["input_shape"], "float32")).shape)), layer.count_params()
"""

# Weights that differ from one another, offsets and a bias among them.
WEIGHTS = """
for weight in e.layer.weights:
    weight.assign(np.random.default_rng(weight.shape.rank).normal(size=weight.shape))
e.settings = e.settings
"""

# kind: (layer, input shape, the sliders that are moved one step and the settings that they then show)
KINDS = {
    "Conv1D": ("layers.Conv1D(2, 3, padding='causal')", (1, 9, 3), {"kernel_size steps": 4, "filters": 3}),
    "Conv2D": ("layers.Conv2D(4, (3, 2), groups=2)", (1, 7, 8, 4), {"kernel_size width": 3, "strides": 2}),
    "Conv3D": ("layers.Conv3D(2, (2, 3, 2))", (1, 4, 5, 6, 2), {"kernel_size depth": 3, "filters": 3}),
    "Conv1DTranspose": ("layers.Conv1DTranspose(2, 3, strides=2)", (1, 5, 3), {"strides steps": 3, "filters": 3}),
    "Conv2DTranspose": (
        "layers.Conv2DTranspose(2, (3, 2), strides=2, padding='same')",
        (1, 4, 3, 3),
        {"strides": 3, "filters": 3},
    ),
    "Conv3DTranspose": ("layers.Conv3DTranspose(2, 2, strides=(1, 2, 2))", (1, 3, 2, 3, 2), {"strides width": 3}),
    "DepthwiseConv1D": ("layers.DepthwiseConv1D(3)", (1, 9, 3), {"kernel_size steps": 4, "depth_multiplier": 2}),
    "DepthwiseConv2D": (
        "layers.DepthwiseConv2D((3, 2), dilation_rate=2)",
        (1, 8, 7, 3),
        {"dilation_rate": 3, "depth_multiplier": 2},
    ),
    "SeparableConv1D": ("layers.SeparableConv1D(2, 3)", (1, 9, 3), {"kernel_size steps": 4, "filters": 3}),
    "SeparableConv2D": (
        "layers.SeparableConv2D(2, (3, 2), padding='same')",
        (1, 6, 7, 3),
        {"strides": 2, "depth_multiplier": 2},
    ),
    "DeformableConv2D": (
        "DeformableConv2D(2, 3, padding='same', modulated=True)",
        (1, 5, 6, 4),
        {"kernel_size": 4, "offset_groups": 2},
    ),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_slider_moves_the_facts_and_the_sum_behind_a_cell_is_what_keras_returned(notebook, kind):
    layer, shape, moves = KINDS[kind]
    page = notebook([SETUP.format(layer=layer, shape=shape)], size=(1400, 1000))
    page.wait_revision(1)
    page.run(KERAS)
    assert python(page, "type(e.layer).__name__") == kind
    before = facts(page)
    for slider, value in moves.items():
        name, _, axis = slider.partition(" ")
        page.slider(slider).press("ArrowRight")
        settle(page)
        axes = {1: ["steps"], 2: ["height", "width"], 3: ["depth", "height", "width"]}[len(shape) - 2]
        setting = python(page, f"e.settings['{name}']")
        along = setting if isinstance(setting, list) else [setting]
        assert along[axes.index(axis) if axis else -1] == value
        told, (output, params) = facts(page), python(page, "keras_says()")
        assert told["output"] == output
        assert told["parameters"].endswith(f" = {params}")
        assert told != before
        before = told

    page.run(WEIGHTS)
    settle(page)
    # One plane of one filter is shown, and of a line one row.
    *_, rows, columns = [1, *python(page, "e.y.shape[1:-1]")]
    shown = python(page, "e.y[0, ..., 0].ravel().tolist()")  # the first plane comes first
    for view in ("scatter", "gather") if "Transpose" in kind else (None,):
        if view:
            page.stage.locator(f'[data-view="{view}"]').click()
            settle(page)
        grid = page.stage.locator("[data-grid]:not([data-grid^=kernel])").count() - 1
        for row, column in ((0, 0), (rows // 2, columns - 1)):
            point(page, grid, row, column, size=(rows, columns))
            value = shown[row * columns + column]
            data = page.stage.locator(".cn-sum").evaluate("sum => ({...sum.dataset})")
            assert float(data["value"]) == pytest.approx(value, rel=1e-6)
            assert float(data["total"]) == pytest.approx(value, rel=1e-5, abs=1e-5)
            (returned,) = lines(page, "returned")
            assert numbers(returned) == pytest.approx([value], rel=5e-4)
            (total,) = lines(page, "total") or lines(page, "products")  # four digits are written here
            assert numbers(total)[-1] == pytest.approx(value, rel=1e-3)
    assert page.errors == []


def test_no_kind_is_left_out(notebook):
    page = notebook(["from widgets.facts import KINDS"])
    assert python(page, "list(KINDS)") == list(KINDS)
