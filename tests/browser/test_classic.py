"""The tools in the classic Notebook with ipywidgets 7, which the versions of tests/hosted.txt have."""

import pytest
from classic import Classic, is_here
from reading import facts, lines, point, python, settle

pytestmark = pytest.mark.skipif(not is_here(), reason="no classic Notebook here; `make hosted` runs these tests")

SETUP = """\
import ipywidgets
import numpy as np
from widgets import compare, explore, predict
from tensorflow.keras import layers
place = ipywidgets.VBox()
place"""


@pytest.fixture(scope="module")
def page(start):
    """One notebook for all tests; each puts what it wants into the box that is shown."""
    notebook = start(Classic).notebook([SETUP], size=(1400, 1000))
    yield notebook
    notebook.close()


@pytest.fixture
def show(page):
    """Shows a widget, `show("explore(layers.Conv2D(1, 3))")`, which the kernel calls `e`; gives the notebook."""

    def show(expression):
        page.run("place.children = []")
        page.page.wait_for_function("document.querySelector('.cn-stage, .cn-compare, .cn-asked') === null")
        page.run(f"e = {expression}\nplace.children = [e]")
        return page

    yield show
    assert page.errors == []


def test_an_explorer_draws_and_follows_the_arrow_keys_on_its_sliders(show):
    page = show("explore(layers.Conv2D(4, 3), (1, 8, 9, 4))")
    page.wait_revision(1)
    slider = page.slider("filters")
    for key, filters in [("ArrowRight", 5), ("ArrowUp", 6), ("ArrowLeft", 5), ("End", 64), ("Home", 1)]:
        slider.press(key)
        settle(page)
        assert python(page, "e.settings['filters']") == filters
        assert slider.get_attribute("aria-valuenow") == str(filters)
        told = facts(page)
        assert told["output"] == f"(1, 6, 7, {filters})"
        assert told["parameters"] == f"3*3*4*{filters} + {filters} = {37 * filters}"
    page.slider("strides").press("ArrowRight")
    settle(page)
    assert facts(page)["output"] == "(1, 3, 4, 1)"
    assert page.slider("strides").get_attribute("aria-valuenow") == "2"
    colours = page.stage.locator('[data-grid="1"] .cn-cells').evaluate(
        """canvas => {
          const pixels = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
          return new Set(new Uint32Array(pixels.buffer)).size;
        }"""
    )
    assert colours > 10


def test_no_slider_moves_by_itself_when_it_is_shown(show):
    page = show("explore(layers.Conv2D(10, 3), (4, 28, 28, 12))")
    page.wait_revision(1)
    settle(page)
    assert page.revision == 1
    assert python(page, "[e.code, list(e.x.shape)]") == ["layers.Conv2D(10, 3)", [4, 28, 28, 12]]


def test_a_slider_that_does_not_count_says_so(show):
    page = show("explore(layers.Conv2DTranspose(1, 3, strides=2), (1, 4, 5, 1))")
    page.wait_revision(1)
    slider = page.slider("output_padding height")
    assert not slider.is_visible()
    page.page.get_by_label("output_padding", exact=True).check()
    settle(page)
    slider.press("ArrowRight")
    settle(page)
    assert slider.get_attribute("aria-disabled") == "false"
    assert facts(page)["output"] == "(1, 10, 11, 1)"


def test_the_sum_behind_an_output_cell_is_written(show):
    ones = "kernel_initializer='ones', bias_initializer='ones'"
    page = show(f"explore(layers.Conv2D(1, 2, {ones}), np.arange(9).reshape(1, 3, 3, 1))")
    page.wait_revision(1)
    point(page, 1, 1, 0)
    assert lines(page, "name") == ["y[0, 1, 0, 0] = 21"]
    assert lines(page, "products") == ["3×1 + 4×1 + 6×1 + 7×1 = 20"]
    assert lines(page, "returned") == ["Keras returned 21"]


def test_a_refusal_is_shown_and_every_control_stays_alive(show):
    page = show("explore(layers.Conv2D(2, 3, groups=2), (1, 8, 8, 4))")
    page.wait_revision(1)
    problem = page.stage.locator(".cn-problem")
    page.slider("filters").press("ArrowRight")
    settle(page)
    assert python(page, "e.facts.problem") in problem.inner_text()
    assert "groups=2 must divide filters=3: try groups=1, or filters=2 or 4." in problem.inner_text()
    assert "output" not in facts(page)
    page.slider("kernel_size").press("ArrowLeft")
    settle(page)
    assert python(page, "e.settings['kernel_size']") == [2, 2]
    page.slider("filters").press("ArrowRight")
    settle(page)
    assert problem.inner_text() == ""
    assert facts(page)["output"] == "(1, 7, 7, 4)"


def test_a_comparison_draws_and_sorts(show):
    page = show("compare([layers.Conv2D(6, 3), layers.SeparableConv2D(6, 3)], (4, 28, 28, 12))")
    names = page.page.locator(".cn-compare tbody th")
    names.first.wait_for()
    pictures = page.page.locator(".cn-compare tbody img")
    assert pictures.evaluate_all(
        "images => Promise.all(images.map(image => image.decode().then(() => image.naturalWidth)))"
    ) == [26, 26]
    assert names.all_inner_texts() == ["layers.Conv2D(6, 3)", "layers.SeparableConv2D(6, 3)"]
    page.page.get_by_label("sort by").select_option("parameters")
    first = "text => document.querySelector('.cn-compare tbody th')?.textContent === text"
    page.page.wait_for_function(first, arg="layers.SeparableConv2D(6, 3)")
    page.page.get_by_role("button", name="largest first").click()
    page.page.wait_for_function(first, arg="layers.Conv2D(6, 3)")


def test_a_question_is_answered_wrong_then_right_and_then_the_next_is_asked(show):
    page = show("predict(layers.Conv2D(10, (3, 2), strides=2), (4, 29, 29, 12))")
    field = page.page.get_by_label("output shape", exact=True)
    for typed, state, said in [("4 14 15 10", "wrong", "Wrong: width 15."), ("4 14 14 10", "right", "Right.")]:
        field.focus()
        page.page.keyboard.press("Control+a")
        page.page.keyboard.type(typed)
        page.page.keyboard.press("Enter")
        feedback = page.page.locator(f".cn-feedback.cn-{state}")
        feedback.wait_for()
        assert said in feedback.inner_text()
    page.wait_revision(1)
    page.page.get_by_role("button", name="Next").click()
    page.page.get_by_label("shape of kernel", exact=True).wait_for()
    assert page.run("e.score") == "(1, 1)"
