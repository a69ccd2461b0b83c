"""Layers in a row, and a reader's own model, as a reader meets them in JupyterLab."""

from contextlib import contextmanager

import pytest
from playwright.sync_api import expect
from reading import IS_HIGHLIGHTED, canvas, change, facts, lines, numbers, point, python, settle

SETUP = """\
import ipywidgets
import keras
import numpy as np
from keras import layers
from widgets import explore
place = ipywidgets.VBox()

def stack(*rates, **more):
    return keras.Sequential([layers.Conv2D(1, 3, dilation_rate=d, kernel_initializer="ones", **more) for d in rates])

def branched():
    x = keras.Input((12, 14, 1))
    left = layers.Conv2D(2, 3, padding="same", name="left")(x)
    right = layers.Conv2D(2, 5, padding="same", name="right")(x)
    y = layers.MaxPooling2D(2, name="pool")(layers.Add(name="both")([left, right]))
    y = layers.GlobalAveragePooling2D(name="all")(layers.Conv2D(3, 3, name="end")(y))
    return keras.Model(x, y)

place"""


@pytest.fixture(scope="module")
def page(lab):
    """One notebook for all tests that do not need one of their own."""
    notebook = lab.notebook([SETUP], size=(1400, 1200))
    yield notebook
    notebook.close()


@pytest.fixture
def show(page):
    """Shows an explorer, `show("stack(1, 2), (1, 9, 10, 1)")`, which the kernel calls `e`; gives the notebook."""

    def show(arguments):
        page.run("place.children = []")
        page.page.wait_for_function("document.querySelector('.cn-stage') === null")
        page.run(f"e = explore({arguments})\nplace.children = [e]")
        page.wait_revision(1)
        return page

    yield show
    assert page.errors == []


def highlighted_cells(page, grid, rows, columns, padding=0):
    """The rows and the columns of the cells that are outlined in a grid; `padding` cells are around it on all sides."""
    found = canvas(page, grid).evaluate(
        f"""(canvas, [rows, columns, padding]) => {{
          const isHighlighted = {IS_HIGHLIGHTED};
          const context = canvas.getContext('2d');
          const size = [canvas.width / (columns + 2 * padding), canvas.height / (rows + 2 * padding)];
          const found = [];
          for (let row = -padding; row < rows + padding; row++)
            for (let column = -padding; column < columns + padding; column++) {{
            const [x, y] = [size[0] * (column + padding) + 1, size[1] * (row + padding + 0.2)]; // above a number
            if (isHighlighted(context, x, y - 2)) found.push([row, column]);
          }}
          return found;
        }}""",
        [rows, columns, padding],
    )
    rows, columns = sorted({row for row, _ in found}), sorted({column for _, column in found})
    assert len(found) == len(rows) * len(columns)  # a window is the product of its axes
    return rows, columns


@contextmanager
def new_sliders(page):
    """What is done here replaces the sliders: wait until the old ones are gone, so that no key reaches them."""
    page.stage.evaluate("for (const old of document.querySelectorAll('.cn-side .noUi-handle')) old.dataset.old = ''")
    yield
    page.page.wait_for_function("document.querySelector('.noUi-handle[data-old]') === null")
    settle(page)


def choose(page, menu, option):
    with new_sliders(page):
        page.page.get_by_label(menu, exact=True).select_option(option)


def press(page, name):
    page.page.get_by_role("button", name=name).click()
    settle(page)


def move(page, slider, key):
    change(page, page.slider(slider).press, key)


def expect_chosen(page, menu, option):
    expect(page.page.get_by_label(menu, exact=True)).to_have_value(option)


def code(page):
    return page.stage.locator(".cn-code").inner_text()


# Layers in a row


def test_a_cell_of_the_last_grid_lights_what_it_sees_in_every_earlier_one(show):
    page = show("stack(1, 2), (1, 9, 10, 1)")
    point(page, 2, 1, 2, size=(3, 4))
    assert highlighted_cells(page, 1, 7, 8) == ([1, 3, 5], [2, 4, 6])
    assert highlighted_cells(page, 0, 9, 10) == (list(range(1, 8)), list(range(2, 9)))
    told = facts(page)
    assert told["0 Conv2D"] == "(1, 7, 8, 1), field 3 x 3"
    assert told["1 Conv2D"] == "(1, 3, 4, 1), field 7 x 7"
    value = python(page, "float(e.y[0, 1, 2, 0])")
    assert numbers(lines(page, "returned")[0]) == pytest.approx([value], rel=1e-3)
    assert value == pytest.approx(
        python(page, "float(sum(e.x[0, r:r+3, c:c+3].sum() for r in (1, 3, 5) for c in (2, 4, 6)))")
    )


def test_a_cell_between_lights_only_what_is_before_it(show):
    page = show("stack(1, 2), (1, 9, 10, 1)")
    point(page, 1, 2, 5, size=(7, 8))
    assert highlighted_cells(page, 0, 9, 10) == ([2, 3, 4], [5, 6, 7])
    assert highlighted_cells(page, 2, 3, 4) == ([], [])


def test_an_input_cell_lights_what_it_feeds_in_every_later_grid(show):
    page = show("stack(1, 2), (1, 9, 10, 1)")
    point(page, 0, 0, 1)
    assert highlighted_cells(page, 1, 7, 8) == ([0], [0, 1])
    assert highlighted_cells(page, 2, 3, 4) == ([0], [0, 1])


def test_equal_rates_leave_gaps_in_the_input(show):
    page = show("stack(2, 2), (1, 10, 11, 1)")
    point(page, 2, 1, 2, size=(2, 3))
    assert highlighted_cells(page, 0, 10, 11) == ([1, 3, 5, 7, 9], [2, 4, 6, 8, 10])


def test_in_a_corner_what_is_seen_ends_at_the_padding(show):
    page = show("stack(1, 2, padding='same'), np.ones((1, 7, 8, 1))")  # whole numbers, which cross no outline
    point(page, 2, 0, 0, size=(7, 8))
    assert highlighted_cells(page, 1, 7, 8, padding=2) == ([0, 2], [0, 2])
    assert highlighted_cells(page, 0, 7, 8, padding=1) == ([-1, 0, 1, 2, 3], [-1, 0, 1, 2, 3])


def test_the_sliders_change_the_layer_that_is_chosen_and_no_other(show):
    page = show("stack(1, 2), (1, 12, 13, 1)")
    expect_chosen(page, "sliders for layer", "0 Conv2D")
    choose(page, "sliders for layer", "1 Conv2D")
    move(page, "dilation_rate", "ArrowRight")
    assert code(page) == (
        "keras.Sequential([layers.Conv2D(1, 3, kernel_initializer='ones'), "
        "layers.Conv2D(1, 3, dilation_rate=3, kernel_initializer='ones')])"
    )
    assert facts(page)["1 Conv2D"] == "(1, 4, 5, 1), field 9 x 9"
    choose(page, "sliders for layer", "0 Conv2D")
    assert page.slider("dilation_rate").get_attribute("aria-valuenow") == "1.0"
    move(page, "filters", "ArrowRight")
    told = facts(page)
    assert told["0 Conv2D"] == "(1, 10, 11, 2), field 3 x 3"
    assert told["parameters"] == "20 + 19 = 39"  # the next layer has a second channel to read


def test_layers_are_added_up_to_six_and_removed_down_to_one(show):
    page = show("stack(1, 2), (1, 40, 41, 1)")
    choose(page, "sliders for layer", "1 Conv2D")
    with new_sliders(page):
        press(page, "Add a layer")
    expect_chosen(page, "sliders for layer", "2 Conv2D")
    told = facts(page)
    assert told["2 Conv2D"] == "(1, 30, 31, 1), field 11 x 11"
    assert told["parameters"] == "10 + 10 + 10 = 30"
    assert canvas(page, 3).is_visible()
    move(page, "dilation_rate", "ArrowRight")
    assert facts(page)["2 Conv2D"] == "(1, 28, 29, 1), field 13 x 13"
    told = page.page.get_by_text("These are no longer the layers of the model")
    told.wait_for()
    for _ in range(4):
        press(page, "Add a layer")
    assert python(page, "len(e.facts.steps)") == 6
    for left in (5, 4, 3, 2, 1, 1):
        press(page, "Remove it")
        assert python(page, "len(e.facts.steps)") == left
    assert len([name for name in facts(page) if name.endswith("Conv2D")]) == 1
    move(page, "layers drawn", "ArrowLeft")
    assert told.count() == 0
    assert python(page, "e.code") == "keras.Sequential([layers.Conv2D(1, 3, kernel_initializer='ones')])"


def test_removing_takes_the_chosen_layer_away(show):
    page = show("stack(1, 2, 3), (1, 16, 17, 1)")
    choose(page, "sliders for layer", "1 Conv2D")
    press(page, "Remove it")
    assert [
        step["sees"] for step in python(page, "[dict(sees=s.settings['dilation_rate'][0]) for s in e.facts.steps]")
    ] == [1, 3]


def test_a_refusal_in_the_middle_names_its_layer_and_can_be_mended(show):
    page = show("stack(1, 2), (1, 9, 10, 1)")
    problem = page.stage.locator(".cn-problem")
    choose(page, "sliders for layer", "1 Conv2D")
    move(page, "dilation_rate", "End")
    assert "Layer 1: " in problem.inner_text()
    assert problem.locator("details").count() == 0  # all that Keras said is read already
    assert "window covers 13 cells and the input has 7" in problem.inner_text()
    assert "grayscale" in page.stage.locator(".cn-cells").first.evaluate("cells => getComputedStyle(cells).filter")
    move(page, "dilation_rate", "Home")
    assert problem.inner_text() == ""
    assert facts(page)["1 Conv2D"] == "(1, 5, 6, 1), field 5 x 5"


def test_the_end_key_goes_to_the_last_value_that_a_slider_has_now(show):
    page = show("stack(1, 2), (1, 40, 41, 1)")
    page.run("e.settings = {'filters': 90}")  # more than the slider was made for
    settle(page)
    for key, filters in (("Home", 1), ("End", 90)):
        move(page, "filters", key)
        assert python(page, "e.settings['filters']") == filters


# A reader's own model


def test_every_layer_of_a_model_with_a_branch_is_listed(show):
    page = show("branched()")
    listing = page.page.locator(".cn-listing")
    assert (
        listing.locator("summary").inner_text() == "The model as given, 6 layers: 129 parameters, 12,504 MACs a sample"
    )
    rows = [row.locator("td").all_inner_texts() for row in listing.locator("tbody tr").all()]
    assert rows == [
        ["0", "left", "Conv2D", "(1, 12, 14, 2)", "20", "3,024", "3 x 3"],
        ["1", "right", "Conv2D", "(1, 12, 14, 2)", "52", "8,400", "5 x 5"],
        ["2", "both", "Add", "(1, 12, 14, 2)", "0", "0", "5 x 5"],
        ["3", "pool", "MaxPooling2D", "(1, 6, 7, 2)", "0", "0", "6 x 6"],
        ["4", "end", "Conv2D", "(1, 4, 5, 3)", "57", "1,080", "10 x 10"],
        ["5", "all", "GlobalAveragePooling2D", "(1, 3)", "0", "0", "whole picture"],
    ]


def test_a_run_of_a_model_is_chosen_and_drawn_on_the_activations_that_reach_it(show):
    page = show("branched()")
    expect_chosen(page, "first layer drawn", "0 left (Conv2D)")
    choose(page, "first layer drawn", "3 pool (MaxPooling2D)")
    assert facts(page)["input"] == "(1, 12, 14, 2)"
    move(page, "layers drawn", "End")
    told = facts(page)
    assert told["0 MaxPooling2D"] == "(1, 6, 7, 2), field 2 x 2"
    assert told["1 Conv2D"] == "(1, 4, 5, 3), field 6 x 6"
    expect_chosen(page, "sliders for layer", "1 Conv2D")
    point(page, 2, 1, 2, size=(4, 5))
    assert highlighted_cells(page, 1, 6, 7) == ([1, 2, 3], [2, 3, 4])
    assert highlighted_cells(page, 0, 12, 14) == (list(range(2, 8)), list(range(4, 10)))
    point(page, 1, 2, 3, size=(6, 7))
    window = python(page, "float(e.x[0, 4:6, 6:8, 0].max())")
    assert numbers(lines(page, "name")[0].split(" = ")[1]) == pytest.approx([window], rel=1e-3)
    assert lines(page, "moved") == ["MaxPooling2D: the layer's own value"]


def test_a_slider_changes_the_drawn_copy_and_never_the_model(show):
    page = show("(m := branched())")
    choose(page, "first layer drawn", "1 right (Conv2D)")
    move(page, "filters", "ArrowRight")
    assert facts(page)["output"] == "(1, 12, 14, 3)"
    assert python(page, "[m.get_layer('right').filters, m.output.shape[1]]") == [2, 3]


# Looked at


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_telephone_a_stack_stays_within_its_width_and_can_be_pointed_at(notebook, theme):
    page = notebook([SETUP, "e = explore(stack(1, 2, 4), (1, 17, 18, 1))\ne"], theme=theme, size=(360, 740), touch=True)
    page.wait_revision(1)
    point(page, 3, 1, 1, size=(3, 4))
    assert facts(page)["2 Conv2D"] == "(1, 3, 4, 1), field 15 x 15"
    stage = page.stage.first
    assert stage.evaluate("stage => stage.scrollWidth <= stage.clientWidth")
    page.screenshot(f"stack-{theme}-360")


def test_while_the_answer_is_hidden_so_is_the_list_of_layers(notebook):
    page = notebook(
        [
            "import keras, widgets",
            "model = keras.Sequential([keras.layers.Conv2D(1, 3), keras.layers.Conv2D(1, 2)])",
            "widgets.explore(model, reveal=False)",
        ]
    )
    page.wait_revision(1)
    listing = page.page.locator(".cn-listing")
    listing.wait_for(state="attached")
    assert not listing.is_visible()
    page.page.get_by_role("button", name="Reveal answer").click()
    listing.wait_for(state="visible")
