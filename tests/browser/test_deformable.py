"""Sampling points as a reader meets them: drawn between the cells, read in the sum, dragged, and moved by keys.

The layer is small enough to work out by hand: on the cells 0 to 15, a kernel of 1, 2, 3 and 4 whose first tap is moved
by (0.25, 0.5) and whose last by (0.5, 0). All offsets are biases, so that each output cell has the same.
"""

from functools import partial

import pytest
from reading import (
    IS_HIGHLIGHTED,
    canvas,
    change,
    facts,
    highlighted,
    lines,
    middle,
    point,
    press,
    python,
    settle,
    strip,
    wait_highlighted,
)

SETUP = """\
import ipywidgets
import numpy as np
from widgets import DeformableConv2D, explore
place = ipywidgets.VBox()
place"""

LAYER = """\
x = np.arange(16).reshape(1, 4, 4, 1)
layer = DeformableConv2D(1, 2, activation='relu')
layer.build(x.shape)
layer.kernel.assign(np.array([1, 2, 3, 4]).reshape(2, 2, 1, 1))
layer.offset_bias.assign([0.25, 0.5, 0, 0, 0, 0, 0.5, 0])"""

TWO_GROUPS = """\
x = np.stack([np.arange(16), 10 * np.arange(16)], axis=-1).reshape(1, 4, 4, 2)
layer = DeformableConv2D(1, 1, offset_groups=2, kernel_initializer='ones')
layer.build(x.shape)
layer.offset_bias.assign([0, 0.5, 0.5, 0])"""


@pytest.fixture(scope="module")
def page(lab):
    notebook = lab.notebook([SETUP], size=(1400, 1000))
    yield notebook
    notebook.close()


@pytest.fixture
def show(page):
    """Shows an explorer of the layer and the x that `source` makes; the kernel calls it `e`."""

    def show(source=LAYER):
        page.run("place.children = []")
        page.page.wait_for_function("document.querySelector('.cn-stage') === null")
        page.run(f"{source}\ne = explore(layer, x)\nplace.children = [e]")
        page.wait_revision(1)
        return page

    yield show
    assert page.errors == []


def keep(page, row, column):
    """Click an output cell, so that it stays highlighted."""
    page.page.mouse.click(*middle(page, 1, row, column))
    wait_highlighted(page, 1, row, column)


def sampled(page):
    """What is written on where each tap reads."""
    fold = page.stage.locator(".cn-fold", has_text="where each tap reads")
    if not fold.locator("pre").is_visible():
        fold.locator("summary").click()
    return fold.locator("pre").inner_text().splitlines()


def total(page):
    return float(page.stage.locator(".cn-sum").get_attribute("data-total"))


def drag(page, start, end):
    """Drag the first point of the highlighted cell; rows and columns may lie between the cells."""
    page.page.mouse.move(*middle(page, 0, *start))
    page.page.mouse.down()
    page.page.mouse.move(*middle(page, 0, *end), steps=4)
    page.page.mouse.up()
    arrived(page, end)


def arrived(page, place):
    """The first point of the highlighted cell is there, once the layer has answered the newest move."""
    _, _, row, column = highlighted(page).split(":")
    settle(page)
    at = python(page, f"e.facts.points[0, {row}, {column}, 0, 0].tolist()")
    assert at == pytest.approx(place, abs=0.1)


def focus(page):
    page.stage.locator('[data-grid="1"] .cn-frame').focus()


def drawn_at(page, row, column):
    """Whether something highlighted is drawn on the input around this place."""
    return canvas(page, 0).evaluate(
        f"""(canvas, [x, y]) => {{
          const isHighlighted = {IS_HIGHLIGHTED};
          const context = canvas.getContext('2d');
          const around = [...Array(20).keys()].map(i => i - 10);
          const [column, row] = [canvas.width * x, canvas.height * y];
          return around.some(dx => around.some(dy => isHighlighted(context, column + dx, row + dy, 1)));
        }}""",
        [(column + 0.5) / 4, (row + 0.5) / 4],
    )


def layer_says(page):
    """What the layer gives at the points that are shown: e.y has to be that."""
    page.run("""
rows, columns = np.meshgrid(range(3), range(3), indexing="ij")
home = np.stack([np.stack([rows + i, columns + j], axis=-1) for i in (0, 1) for j in (0, 1)], axis=-2)
offset = (e.facts.points[:, :, :, 0] - home).reshape(1, 3, 3, 8).astype("float32")
said = np.asarray(e.layer.call_with(x.astype("float32"), offset))
""")
    assert python(page, "float(abs(said - e.y).max())") < 1e-4
    return python(page, "said[0, :, :, 0].round(3).tolist()")


def test_the_sum_is_made_of_what_lies_between_the_cells(show):
    page = show()
    point(page, 1, 1, 1)
    assert lines(page, "name") == ["y[0, 1, 1, 0] = 93.5"]
    assert lines(page, "products") == ["6.5×1 + 6×2 + 9×3 + 12×4 = 93.5"]
    assert lines(page, "activation") == ["relu(93.5) = 93.5"]
    assert sampled(page) == [
        "0: [0, 0] (1.25, 1.5): 0.375·5 + 0.375·6 + 0.125·9 + 0.125·10",
        "1: [0, 1] (1, 2): 1·6",
        "2: [1, 0] (2, 1): 1·9",
        "3: [1, 1] (2.5, 2): 0.5·10 + 0.5·14",
    ]
    assert total(page) == pytest.approx(layer_says(page)[1][1])


def test_a_tap_that_lies_partly_outside_reads_zero_there(show):
    page = show()
    point(page, 1, 2, 1)
    assert sampled(page)[3] == "3: [1, 1] (3.5, 2): 0.5·14 + 0.5·0"
    assert lines(page, "products") == ["10.5×1 + 10×2 + 13×3 + 7×4 = 97.5"]
    assert total(page) == pytest.approx(layer_says(page)[2][1])


def test_an_input_cell_names_the_output_cells_whose_points_are_near_it(show):
    page = show()
    point(page, 0, 3, 3)
    assert lines(page, "name") == ["x[0, 3, 3, 0] = 15"]
    # The last tap of y[1, 2] reads at (2.5, 3), the first of y[2, 2] at (2.25, 2.5) and its last at (3.5, 3).
    fed = ["y[0, 1, 2, 0]: 0.5·15×4", "y[0, 2, 2, 0]: 0.125·15×1", "y[0, 2, 2, 0]: 0.5·15×4"]
    assert lines(page, "fed")[0].splitlines() == fed


def test_a_point_is_dragged_and_the_layer_answers_for_that_cell_only(show):
    page = show()
    before = layer_says(page)
    keep(page, 1, 1)
    assert not drawn_at(page, 3, 0)
    drag(page, (1.25, 1.5), (3, 0))
    assert drawn_at(page, 3, 0)
    assert highlighted(page) == "1:0:1:1"
    after = layer_says(page)
    assert total(page) == pytest.approx(after[1][1])
    # 12 in place of 6.5; a pixel is less than a twentieth of a cell.
    assert after[1][1] == pytest.approx(99, abs=0.3)
    assert [after[r][c] for r in range(3) for c in range(3) if (r, c) != (1, 1)] == [
        before[r][c] for r in range(3) for c in range(3) if (r, c) != (1, 1)
    ]


def test_a_point_can_be_dragged_out_of_the_picture(show):
    page = show()
    keep(page, 1, 1)
    drag(page, (1.25, 1.5), (-2, 1))
    assert layer_says(page)[1][1] == 87
    assert lines(page, "products") == ["0×1 + 6×2 + 9×3 + 12×4 = 87"]
    drag(page, (-0.3, 1), (3, 0))  # it waits at the rim
    assert layer_says(page)[1][1] == pytest.approx(99, abs=0.3)


def test_a_finger_drags_a_point_and_does_not_scroll_the_page(lab):
    page = lab.notebook([SETUP, f"{LAYER}\ne = explore(layer, x)\ne"], size=(360, 740), touch=True)
    page.wait_revision(1)
    page.page.touchscreen.tap(*middle(page, 1, 1, 1))
    wait_highlighted(page, 1, 1, 1)
    (x, y), (to_x, to_y) = middle(page, 0, 1.25, 1.5), middle(page, 0, 3, 0)
    touch = page.page.context.new_cdp_session(page.page)
    send = partial(touch.send, "Input.dispatchTouchEvent")
    send({"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for part in (0.25, 0.5, 0.75, 1):
        send({"type": "touchMove", "touchPoints": [{"x": x + part * (to_x - x), "y": y + part * (to_y - y)}]})
    send({"type": "touchEnd", "touchPoints": []})
    arrived(page, (3, 0))
    assert highlighted(page) == "1:0:1:1"
    assert layer_says(page)[1][1] == pytest.approx(99, abs=1)
    assert page.errors == []
    page.close()


def test_pointing_at_a_tap_lights_and_counts_its_points(show):
    page = show()
    point(page, "kernel", 1, 1)
    assert lines(page, "reads") == ["this tap reads at 9 points, one for each output cell (0 of them outside)"]
    page.run("layer.offset_bias.assign([0.25, 0.5, 0, 0, 0, 0, 2, 0])\nplace.children = [e := explore(layer, x)]")
    page.page.wait_for_function("document.querySelectorAll('.cn-stage[data-revision]').length === 1")
    point(page, "kernel", 1, 1)
    # Rows 3, 4 and 5: the last two are below the input.
    assert lines(page, "reads") == ["this tap reads at 9 points, one for each output cell (6 of them outside)"]
    assert drawn_at(page, 3, 0.52)
    assert not drawn_at(page, 1, 0.52)


def test_no_input_cell_is_said_to_be_unread_as_points_may_go_anywhere(show):
    page = show("x, layer = np.ones((1, 5, 5, 1)), DeformableConv2D(1, 2, strides=2)")
    assert "read by no window" not in page.stage.locator(".cn-legend").inner_text()


def test_n_takes_the_next_point_and_shift_with_an_arrow_moves_it_by_a_quarter(show):
    page = show()
    keep(page, 1, 1)
    sampled(page)  # unfolded, it stays so while points move
    focus(page)
    change(page, press, page, "Shift+ArrowDown")
    assert sampled(page)[0].startswith("0: [0, 0] (1.5, 1.5): ")
    assert layer_says(page)[1][1] == 94.5
    change(page, press, page, "n", "Shift+ArrowRight")
    assert sampled(page)[1] == "1: [0, 1] (1, 2.25): 0.75·6 + 0.25·7"
    assert layer_says(page)[1][1] == 95
    press(page, "N", "N")
    for key in ("ArrowUp", "ArrowUp", "ArrowLeft"):
        change(page, press, page, f"Shift+{key}")
    assert sampled(page)[3] == "3: [1, 1] (2, 1.75): 0.25·9 + 0.75·10"
    assert layer_says(page)[1][1] == 95 - 8 - 1
    assert total(page) == 86
    assert highlighted(page) == "1:0:1:1"


def test_a_slider_makes_the_layer_anew_and_its_points_go_where_the_layer_puts_them(show):
    page = show()
    keep(page, 1, 1)
    drag(page, (1.25, 1.5), (3, 0))
    change(page, page.slider("filters").press, "ArrowRight")
    assert facts(page)["output"] == "(1, 3, 3, 2)"
    assert facts(page)["offset_kernel"].startswith("(2, 2, 1, 8)")
    assert python(page, "e.facts.points[0, 1, 1, 0].tolist()") == [[1.25, 1.5], [1, 2], [2, 1], [2.5, 2]]
    assert total(page) == 93.5
    change(page, page.slider("kernel_size").press, "ArrowRight")
    assert facts(page)["output"] == "(1, 2, 2, 2)"
    assert facts(page)["offset_kernel"].startswith("(3, 3, 1, 18)")


def test_reset_takes_the_points_back(show):
    page = show()
    keep(page, 1, 1)
    drag(page, (1.25, 1.5), (3, 0))
    change(page, page.page.get_by_role("button", name="Reset").click)
    assert total(page) == 93.5


def test_modulated_gives_each_tap_a_factor_which_is_written(show):
    page = show()
    change(page, page.page.get_by_label("modulated", exact=True).check)
    assert facts(page)["offset_kernel"].startswith("(2, 2, 1, 12)")
    point(page, 1, 1, 1)
    assert sampled(page)[1] == "1: [0, 1] (1, 2): 1·6, × 0.5"
    assert lines(page, "products") == ["3.25×1 + 3×2 + 4.5×3 + 6×4 = 46.75"]
    assert python(page, "float(e.y[0, 1, 1, 0])") == 46.75
    change(page, page.page.get_by_label("modulated", exact=True).uncheck)
    assert total(page) == 93.5


def test_each_offset_group_shows_its_own_points_and_moves_alone(show):
    page = show(TWO_GROUPS)
    keep(page, 1, 1)
    assert lines(page, "products") == ["channel 0: 5.5×1 = 5.5"]
    assert sampled(page) == ["0: [0, 0] (1, 1.5): 0.5·5 + 0.5·6"]
    strip(page, 0).press("End")
    assert lines(page, "products") == ["channel 1: 70×1 = 70"]
    assert sampled(page) == ["0: [0, 0] (1.5, 1): 0.5·50 + 0.5·90"]
    focus(page)
    change(page, press, page, "Shift+ArrowDown")
    assert python(page, "e.facts.points[0, 1, 1].tolist()") == [[[1, 1.5]], [[1.75, 1]]]
    assert python(page, "float(e.y[0, 1, 1, 0])") == 5.5 + 80


def test_the_offset_groups_slider_goes_from_divisor_to_divisor(show):
    page = show("x, layer = (1, 6, 6, 6), DeformableConv2D(4, 3)")
    seen = []
    for _ in range(3):
        change(page, page.slider("offset_groups").press, "ArrowRight")
        seen.append(facts(page)["offset_kernel"].split(" (")[0])
    assert seen == ["(3, 3, 6, 36)", "(3, 3, 6, 54)", "(3, 3, 6, 108)"]
