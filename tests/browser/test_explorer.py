"""An explorer as a reader meets it: moved, pointed at, played, and looked at in JupyterLab.

Most tests share one page, and put an explorer of their own into the box that it shows.
"""

import random
import re

import nbformat
import pytest
from reading import (
    IS_HIGHLIGHTED,
    ON_SCREEN,
    SETUP,
    button,
    canvas,
    facts,
    highlighted,
    labels,
    lines,
    middle,
    numbers,
    point,
    press,
    python,
    settle,
    show_in_place,
    strip,
    wait_highlighted,
)


@pytest.fixture(scope="module")
def page(lab):
    """One notebook for all tests that do not need one of their own."""
    notebook = lab.notebook([SETUP], size=(1400, 1000))
    yield notebook
    notebook.close()


@pytest.fixture
def show(page):
    """Shows an explorer, `show("layers.Conv2D(1, 3)")`, which the kernel calls `e`; gives the notebook."""

    def show(*arguments, count=1):
        show_in_place(page, *arguments, count=count)
        return page

    yield show
    assert page.errors == []


# Sliders, menus, boxes


SLIDERS = {
    "input height": ("input_shape", 1, (1, 224)),
    "input width": ("input_shape", 2, (1, 224)),
    "input channels": ("input_shape", 3, (1, 64)),
    "filters": ("filters", None, (1, 64)),
    "kernel_size": ("kernel_size", 0, (1, 11)),
    "strides": ("strides", 1, (1, 6)),
    "dilation_rate": ("dilation_rate", 0, (1, 6)),
    "groups": ("groups", None, (1, 4)),
}


# What Keras itself says to the settings that are shown: None where it refuses.
KERAS = """
def keras_says():
    given = {name: value for name, value in e.settings.items() if name != "input_shape"}
    try:
        layer = layers.Conv2D(**given)
        return str(tuple(layer(np.zeros(e.settings["input_shape"], "float32")).shape)), layer.count_params()
    except Exception:
        return None
"""


def test_every_slider_obeys_the_keys_and_the_facts_are_those_of_keras_for_the_settings_shown(show):
    page = show("layers.Conv2D(4, 2, padding='same')", "(1, 8, 9, 4)")
    page.run(KERAS)
    for label, (name, axis, ends) in SLIDERS.items():
        for key, end in zip(("End", "Home"), reversed(ends)):
            page.slider(label).press(key)
            settle(page)
            told = facts(page)
            value, shape, answer = python(page, f"[e.settings['{name}'], str(e.settings['input_shape']), keras_says()]")
            assert (value if axis is None else value[axis]) == end, (label, key)
            assert told["input"] == shape
            if answer is None:
                assert "output" not in told
            else:
                assert told["output"] == answer[0]
                assert told["parameters"].endswith(f" = {answer[1]}")
        page.run("e._controls.reset()")
    assert python(page, "e.settings['input_shape']") == [1, 8, 9, 4]


def test_one_step_of_a_slider_is_one_step_of_the_setting(show):
    page = show("layers.Conv2D(4, 3)")
    for key, filters in [("ArrowRight", 5), ("ArrowRight", 6), ("ArrowLeft", 5), ("ArrowUp", 6), ("ArrowDown", 5)]:
        page.slider("filters").press(key)
        settle(page)
        assert python(page, "e.settings['filters']") == filters
    assert facts(page)["parameters"] == "3*3*1*5 + 5 = 50"
    assert page.stage.locator(".cn-code").inner_text() == "layers.Conv2D(5, 3)"


def test_the_groups_slider_goes_from_divisor_to_divisor(show):
    page = show("layers.Conv2D(12, 3)", "(1, 8, 8, 12)")
    seen = []
    for key in ["ArrowRight"] * 5 + ["ArrowLeft"] * 5:
        page.slider("groups").press(key)
        settle(page)
        seen.append(python(page, "e.settings['groups']"))
    assert seen == [2, 3, 4, 6, 12, 6, 4, 3, 2, 1]


def test_a_number_can_be_typed(show):
    page = show("layers.Conv2D(4, 3)")
    number = page.page.locator(".widget-slider", has_text="filters").locator(".widget-readout")
    number.click()
    press(page, "Control+a")
    page.page.keyboard.type("17")
    press(page, "Enter")
    settle(page)
    assert python(page, "e.settings['filters']") == 17
    assert facts(page)["parameters"] == "3*3*1*17 + 17 = 170"


def test_menus_boxes_and_reset_can_be_worked_too(show):
    page = show("layers.Conv2D(4, (3, 2))")
    page.page.get_by_label("padding", exact=True).select_option("same")
    page.page.get_by_label("activation", exact=True).select_option("relu")
    page.page.get_by_label("use_bias", exact=True).uncheck()
    settle(page)
    code = "layers.Conv2D(4, (3, 2), padding='same', activation='relu', use_bias=False)"
    assert page.stage.locator(".cn-code").inner_text() == code
    assert facts(page)["output"] == "(1, 8, 8, 4)"
    assert "bias" not in facts(page)
    page.page.get_by_label("square", exact=True).first.check()
    settle(page)
    assert python(page, "e.settings['kernel_size']") == [3, 3]
    page.slider("kernel_size").press("ArrowRight")
    settle(page)
    assert python(page, "e.settings['kernel_size']") == [4, 4]
    page.page.get_by_role("button", name="Reset").click()
    settle(page)
    assert page.stage.locator(".cn-code").inner_text() == "layers.Conv2D(4, (3, 2))"


def test_every_slider_has_a_name_and_keeps_its_keys_from_the_notebook(show):
    page = show("layers.Conv2D(4, 3)", "(1, 8, 8, 4)")
    handles = page.page.locator(".cn-controls .noUi-handle:visible").all()
    assert [handle.get_attribute("aria-label") for handle in handles] == [*SLIDERS, "picture size"]
    assert {handle.get_attribute("data-lm-suppress-shortcuts") for handle in handles} == {"true"}


def test_a_refusal_is_shown_with_the_greyed_picture_and_every_control_alive(show):
    page = show("layers.Conv2D(2, 3)", "(1, 8, 8, 4)")
    problem = page.stage.locator(".cn-problem")
    assert problem.inner_text() == ""
    page.run("e.settings = {'strides': 2, 'dilation_rate': 2}")
    settle(page)
    assert python(page, "e.facts.problem") in problem.inner_text()
    assert problem.inner_text().startswith("Keras refuses these settings:")
    assert "takes strides or dilation_rate, not both" in problem.inner_text()
    assert "grayscale" in page.stage.locator(".cn-cells").first.evaluate("cells => getComputedStyle(cells).filter")
    assert canvas(page, 1).is_visible()
    assert "output" not in facts(page)
    page.slider("filters").press("ArrowRight")
    settle(page)
    assert python(page, "e.facts.problem") in problem.inner_text()
    page.slider("strides").press("Home")
    settle(page)
    assert problem.inner_text() == ""
    assert page.stage.locator(".cn-panels").evaluate("panels => getComputedStyle(panels).filter") == "none"
    assert facts(page)["output"] == "(1, 4, 4, 3)"


def test_settings_that_keras_was_not_asked_for_are_not_called_refused_by_keras(show):
    page = show("layers.Conv2D(1, 3)", "(1, 8, 8, 1)")
    page.run("e.settings = {'filters': 2 * 10**6}")
    settle(page)
    problem = page.stage.locator(".cn-problem")
    assert problem.inner_text().startswith("These settings give no output:\nKeras was not asked: this would take")
    assert problem.locator("details").count() == 0


def test_settings_refused_from_the_start_have_an_empty_frame_and_can_be_mended(show):
    page = show("layers.Conv2D(2, 9)", "(1, 8, 8, 1)")
    problem = page.stage.locator(".cn-problem").inner_text()
    assert python(page, "e.facts.problem") in problem
    assert "the window covers 9 cells and the input has 8" in problem
    assert not page.stage.locator(".cn-panels").is_visible()
    press(page, "Escape", "Space")  # nothing to let go of or to play
    page.slider("kernel_size").press("ArrowLeft")
    settle(page)
    assert page.stage.locator(".cn-panels").is_visible()
    assert facts(page)["output"] == "(1, 1, 1, 2)"


# Pointing


def value_of(sum_):
    """The value of a sum as it is written, and what it is said to be."""
    left, right = sum_.rsplit(" = ", 1)
    left = re.sub(r"^(channel \d+|all \d+ channels): ?", "", left).replace("×", "*").replace("bias ", "")
    return eval(left), float(right)


@pytest.mark.parametrize(
    "layer, shape",
    [
        ("layers.Conv2D(1, 1)", (1, 1, 1, 1)),
        ("layers.Conv2D(2, 3, activation='relu')", (1, 6, 7, 1)),
        ("layers.Conv2D(3, (2, 4), strides=(2, 1), padding='same', use_bias=False)", (2, 5, 6, 2)),
        ("layers.Conv2D(4, 2, groups=2, activation='tanh', padding='same')", (1, 5, 5, 4)),
        ("layers.Conv2D(6, 3, dilation_rate=2, padding='same', activation='softmax')", (1, 6, 6, 3)),
        ("layers.Conv2D(3, 5, strides=3, padding='same', groups=3, activation='gelu')", (1, 8, 8, 9)),
        ("layers.Conv2D(2, 3, padding='same', data_format='channels_first')", (1, 3, 6, 7)),
    ],
    ids=["1x1", "relu", "same", "groups", "dilated", "strides", "channels_first"],
)
def test_the_sum_behind_an_output_cell_is_what_keras_returned(show, layer, shape):
    page = show(layer, str(shape))
    page.run("""
if e.layer.use_bias:
    e.layer.bias.assign(np.linspace(-1, 1, e.layer.bias.shape[0]))
    e.settings = e.settings
last = lambda values: np.moveaxis(values, e.facts.channel_axis, 3)
def answers(row, column, filter):
    cell = (0, row, column, filter)
    products = float(np.abs(e.layer.kernel).sum() * np.abs(e.x).max())
    return float(last(e.y)[cell]), float(last(e.facts.before_activation)[cell]), products
""")
    settle(page)
    _, rows, columns, filters = python(page, "last(e.y).shape")
    place = random.Random(str(shape))
    cells = {(place.randrange(rows), place.randrange(columns), place.randrange(filters)) for _ in range(4)}
    for row, column, filter_ in cells | {(0, 0, 0), (rows - 1, columns - 1, filters - 1)}:
        if filters > 1:
            strip(page, 1).press("Home")
            for _ in range(filter_):
                strip(page, 1).press("ArrowRight")
        point(page, 1, row, column, size=(rows, columns))
        value, before, size = python(page, f"answers({row}, {column}, {filter_})")
        data = page.stage.locator(".cn-sum").evaluate("sum => ({...sum.dataset})")
        assert float(data["value"]) == pytest.approx(value, rel=1e-6)
        assert float(data["before"]) == pytest.approx(before, rel=1e-6)
        assert abs(float(data["total"]) - before) <= 1e-5 * size
        # What is written adds up to it as well, but for rounding.
        for text in lines(page, "products") + lines(page, "total"):
            if "…" not in text:
                written, said = value_of(text)
                assert written == pytest.approx(said, abs=1e-3 * sum(map(abs, numbers(text))))
        for text in lines(page, "total"):
            assert numbers(text)[-1] == pytest.approx(before, rel=1e-3, abs=1e-6)
        for text in lines(page, "activation"):
            assert sorted(numbers(text)) == pytest.approx(sorted([before, value]), rel=1e-3, abs=1e-6)
        for text in lines(page, "returned"):
            assert numbers(text) == pytest.approx([value], rel=5e-4)


def test_a_short_sum_is_written_out_to_the_letter(show):
    page = show(
        "layers.Conv2D(1, 2, kernel_initializer='ones', bias_initializer='ones')", "np.arange(9).reshape(1, 3, 3, 1)"
    )
    point(page, 1, 1, 0)
    assert lines(page, "name") == ["y[0, 1, 0, 0] = 21"]
    assert lines(page, "products") == ["3×1 + 4×1 + 6×1 + 7×1 = 20"]
    assert lines(page, "total") == ["20 + bias 1 = 21"]
    assert lines(page, "returned") == ["Keras returned 21"]


def test_a_long_sum_folds_and_unfolds(show):
    page = show("layers.Conv2D(1, 6, kernel_initializer='ones', use_bias=False)", "np.ones((1, 7, 7, 8))")
    point(page, 1, 1, 1)
    assert lines(page, "products") == ["channel 0: " + " + ".join(["1×1"] * 25) + " + …"]
    assert lines(page, "total") == ["all 8 channels: 36 + 36 + 36 + 36 + 36 + 36 + … = 288"]
    products, channels = page.stage.locator(".cn-fold").all()
    products.locator("summary").click()
    channels.locator("summary").click()
    assert products.locator("pre").inner_text() == " + ".join(["1×1"] * 11) + " = 36"
    assert channels.locator("pre").inner_text().splitlines() == [f"channel {c}: 36" for c in range(8)]


def test_what_is_below_stays_in_its_place_while_cells_are_pointed_at_and_a_slider_moves(show):
    page = show("layers.Conv2D(1, 3, kernel_initializer='ones')", "(1, 8, 8, 1)")
    settle(page)
    tops = """() => {
      const top = one => document.querySelector(one).getBoundingClientRect().top;
      return ['.cn-play', '.cn-legend'].map(one => Math.round(top(one) - top('.cn-stage')));
    }"""
    before = page.page.evaluate(tops)
    for grid, row, column in [(1, 2, 2), (0, 3, 3), ("kernel", 1, 1)]:
        point(page, grid, row, column)
        assert page.page.evaluate(tops) == before, grid
    page.slider("dilation_rate").press("ArrowRight")  # a headline with old values, and code in two lines
    settle(page)
    assert page.page.evaluate(tops) == before


def test_the_first_picture_is_drawn_at_the_width_that_stays(show):
    page = show("layers.Conv2D(1, 3)", "(1, 8, 8, 1)")
    page.page.evaluate("""() => {
      window.widths = new Set();
      const look = () => {
        const stage = document.querySelector('.cn-stage');
        if (stage?.clientWidth) window.widths.add(stage.clientWidth);
        window.looking = setTimeout(look);
      };
      look();
    }""")
    for filters in range(1, 6):
        show(f"layers.Conv2D({filters}, 3)", "(1, 8, 8, 1)")
        settle(page)
    widths = page.page.evaluate("() => { clearTimeout(window.looking); return [...window.widths]; }")
    assert len(widths) == 1


def test_pointing_at_an_input_cell_names_every_output_cell_that_it_feeds(show):
    kernel = "lambda shape, dtype: np.arange(9.0).reshape(shape)"
    page = show(f"layers.Conv2D(1, 3, strides=2, padding='same', kernel_initializer={kernel})", "np.ones((1, 6, 6, 1))")
    padding = (0, 1, 0, 1)
    point(page, 0, 2, 1, padding)
    assert lines(page, "name") == ["x[0, 2, 1, 0] = 1"]
    # Row 2 is the last of window 0 and the first of window 1, column 1 the middle of window 0.
    assert lines(page, "fed") == ["y[0, 0, 0, 0]: 1×7\ny[0, 1, 0, 0]: 1×1"]
    point(page, 0, 6, 0, padding)
    assert lines(page, "name") == ["padding at 6, 0 = 0"]
    assert lines(page, "fed") == ["y[0, 2, 0, 0]: 0×6"]


def test_an_input_cell_that_no_window_reads_says_so(show):
    page = show("layers.Conv2D(1, 2, strides=2)", "np.ones((1, 5, 5, 1))")
    assert "read by no window" in page.stage.locator(".cn-legend").inner_text()
    point(page, 0, 4, 1)
    assert lines(page, "feeds") == ["no window reads this cell"]
    assert lines(page, "fed") == []
    page.run("e.settings = {'strides': 1}")
    settle(page)
    assert "read by no window" not in page.stage.locator(".cn-legend").inner_text()


def test_pointing_at_a_tap_counts_all_that_it_reads(show):
    kernel = "lambda shape, dtype: np.arange(9.0).reshape(shape)"
    page = show(f"layers.Conv2D(1, 3, padding='same', kernel_initializer={kernel})", "np.ones((1, 5, 4, 1))")
    point(page, "kernel", 0, 1)
    assert lines(page, "name") == ["kernel[0, 1, 0, 0] = 1"]
    # 5 * 4 output cells; the upper tap of the first row lies in the padding.
    assert lines(page, "reads") == ["this tap reads 20 cells, one for each output cell (4 of them padding)"]


def outlined(page, grid, rows, columns, at=0.5, within=1):
    """Cells of a panel without padding that have a left edge in that colour, `at` this height and so far in."""
    found = canvas(page, grid).evaluate(
        f"""(canvas, [rows, columns, at, within]) => {{
          const isHighlighted = {IS_HIGHLIGHTED};
          const context = canvas.getContext('2d');
          const found = [];
          for (let row = 0; row < rows; row++) for (let column = 0; column < columns; column++) {{
            const [x, y] = [canvas.width * column / columns + within, canvas.height * (row + at) / rows];
            if (isHighlighted(context, x, y - 2)) found.push([row, column]);
          }}
          return found;
        }}""",
        [rows, columns, at, within],
    )
    return [tuple(cell) for cell in found]


def test_the_window_its_taps_and_the_cells_that_are_fed_are_lit_and_no_others(show):
    page = show("layers.Conv2D(1, 2, strides=3, kernel_initializer='ones')", "np.ones((1, 8, 8, 1))")
    point(page, 1, 1, 2)
    assert outlined(page, 0, 8, 8) == [(3, 6), (3, 7), (4, 6), (4, 7)]
    assert outlined(page, 1, 3, 3) == [(1, 2)]
    point(page, 0, 4, 6)
    assert outlined(page, 0, 8, 8) == [(4, 6)]
    assert outlined(page, 1, 3, 3) == [(1, 2)]
    assert outlined(page, "kernel", 2, 2) == [(1, 0)]
    point(page, "kernel", 0, 1)
    assert outlined(page, 0, 8, 8) == [(row, column) for row in (0, 3, 6) for column in (1, 4, 7)]
    assert outlined(page, "kernel", 2, 2) == [(0, 1)]


# The colours between the outline of a cell and the middle, at half its height: those of a number's first half.
INSIDE = """(canvas, [row, column, count]) => {
  const cell = canvas.width / count;
  const [x, y] = [column * cell + 5, (row + 0.5) * cell].map(Math.round);
  const { data } = canvas.getContext('2d').getImageData(x, y, Math.round(cell / 2) - 5, 1);
  return new Set(new Uint32Array(data.buffer)).size;
}"""


def test_an_outline_stays_whole_and_leaves_a_wide_number_its_sign(show):
    page = show("layers.Conv2D(1, 2, kernel_initializer='ones')", "np.full((1, 8, 8, 1), -0.13)")
    point(page, 1, 3, 4)  # -0.52, as wide as its cell
    assert outlined(page, 1, 7, 7, within=2) == outlined(page, 1, 7, 7, at=0.1, within=2) == [(3, 4)]
    assert canvas(page, 1).evaluate(INSIDE, [3, 4, 7]) > 2


def test_pointing_sends_no_message_to_the_kernel(show):
    page = show("layers.Conv2D(4, 3, padding='same')", "(2, 8, 9, 4)")
    places = [middle(page, grid, 1, 2) for grid in (1, "kernel")] + [middle(page, 0, 3, 4, (1, 1, 1, 1))]
    before = page.messages_sent
    for place in places * 4:
        page.page.mouse.move(*place)
    canvas(page, 1).click()
    press(page, "ArrowDown", "ArrowRight", "Escape", "Space", "Space")
    page.stage.locator('[data-grid="0"] .cn-channels .cn-strip').press("ArrowRight")
    button(page, "Last cell").click()
    assert page.messages_sent == before


def test_what_is_lit_is_said_in_words_too(show):
    page = show("layers.Conv2D(1, 2, kernel_initializer='ones')", "np.arange(9).reshape(1, 3, 3, 1)")
    said = page.stage.locator("[aria-live=polite]")
    point(page, 1, 1, 0)
    said.get_by_text("y[0, 1, 0, 0] is 20. It reads cells 1 2 × 0 1.").wait_for(state="attached")
    point(page, 0, 1, 1)
    said.get_by_text("x[0, 1, 1, 0] is 4. It feeds 4 output cells.").wait_for(state="attached")
    point(page, "kernel", 1, 0)
    said.get_by_text("kernel[1, 0, 0, 0] = 1. this tap reads 4 cells").wait_for(state="attached")


QUICK_MOVES = """said => {
  window.heard = [];
  new MutationObserver(() => window.heard.push(said.textContent)).observe(said, { childList: true });
  const frame = said.closest('.cn-stage').querySelector('[data-grid="1"] .cn-frame');
  for (let i = 0; i < 4; i++) frame.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
}"""


def test_of_quick_moves_the_first_and_the_last_are_said(show):
    page = show("layers.Conv2D(1, 3, kernel_initializer='ones')")
    said = page.stage.locator("[aria-live=polite]")
    point(page, 1, 1, 0)
    said.get_by_text("y[0, 1, 0, 0] is").wait_for(state="attached")
    page.page.wait_for_timeout(600)
    said.evaluate(QUICK_MOVES)
    said.get_by_text("y[0, 1, 4, 0] is").wait_for(state="attached")
    page.page.wait_for_timeout(600)
    assert [told.split(" is ")[0] for told in page.page.evaluate("heard")] == ["y[0, 1, 1, 0]", "y[0, 1, 4, 0]"]


# Pinning


def test_a_click_pins_and_escape_lets_go(show):
    page = show("layers.Conv2D(1, 3)")
    page.page.mouse.click(*middle(page, 1, 2, 3))
    wait_highlighted(page, 1, 2, 3)
    assert lines(page, "pin") == ["pinned: another click or Escape lets go"]
    page.page.mouse.move(*middle(page, 1, 4, 4))
    page.page.mouse.move(*middle(page, 0, 1, 1))
    assert highlighted(page) == "1:0:2:3"
    press(page, "Escape")
    assert highlighted(page) == ""
    assert lines(page, "pin") == lines(page, "name") == []
    point(page, 1, 4, 4)


def test_a_click_on_the_pinned_cell_lets_go_and_on_another_pins_that(show):
    page = show("layers.Conv2D(1, 3)")
    page.page.mouse.click(*middle(page, 1, 2, 3))
    page.page.mouse.click(*middle(page, 0, 5, 5))
    wait_highlighted(page, 0, 5, 5)
    assert lines(page, "pin") == ["pinned: another click or Escape lets go"]
    page.page.mouse.click(*middle(page, 0, 5, 5))
    assert lines(page, "pin") == []
    point(page, 1, 0, 1)


def test_what_is_pinned_stays_when_a_slider_moves(show):
    page = show("layers.Conv2D(1, 3)")
    page.page.mouse.click(*middle(page, 1, 2, 3))
    page.slider("filters").press("ArrowRight")
    settle(page)
    assert highlighted(page) == "1:0:2:3"
    page.run("e.settings = {'kernel_size': 7}")  # only 2x2 cells are left
    settle(page)
    assert highlighted(page) == "1:0:1:1"


# Playing


def where(page):
    return page.stage.first.locator(".cn-where").inner_text()


def wait_where(page, text):
    page.page.wait_for_function(
        "text => document.querySelector('.cn-where').innerText === text", arg=text, timeout=5000
    )


def test_the_steps_go_through_the_output_row_by_row(show):
    page = show("layers.Conv2D(1, 3)")
    assert where(page) == "1 / 36"
    for name, cell, text in [
        ("One step forward", (0, 1), "2 / 36"),
        ("Last cell", (5, 5), "36 / 36"),
        ("One step forward", (5, 5), "36 / 36"),
        ("One step back", (5, 4), "35 / 36"),
        ("First cell", (0, 0), "1 / 36"),
        ("One step back", (0, 0), "1 / 36"),
    ]:
        button(page, name).click()
        assert (highlighted(page), where(page)) == (f"1:0:{cell[0]}:{cell[1]}", text)


def test_a_pinned_cell_of_a_larger_grid_is_another_step_of_the_walk(show):
    page = show("layers.Conv2D(1, 3)", "(1, 8, 8, 1)")
    page.slider("Position").fill("15")
    assert (highlighted(page), where(page)) == ("1:0:2:3", "16 / 36")
    page.run("e.settings = {'input_shape': (1, 12, 30, 1)}")
    settle(page)
    assert (highlighted(page), where(page)) == ("1:0:2:3", "60 / 280")


def test_the_position_slider_goes_where_it_is_put(show):
    page = show("layers.Conv2D(1, 3)")
    position = page.slider("Position")
    position.fill("20")
    assert (highlighted(page), where(page)) == ("1:0:3:2", "21 / 36")
    position.press("ArrowRight")
    assert (highlighted(page), where(page)) == ("1:0:3:3", "22 / 36")
    assert position.get_attribute("aria-valuetext") == "cell 22 of 36"
    point(page, 1, 1, 0)
    assert where(page) == "7 / 36"
    assert position.input_value() == "6"


def test_play_goes_on_by_itself_until_pause_and_stops_at_the_end(show):
    page = show("layers.Conv2D(1, 3)")
    page.stage.get_by_label("Speed").select_option("20 cells/s")
    button(page, "Play").click()
    wait_where(page, "6 / 36")
    button(page, "Pause").click()
    stopped = where(page)
    page.page.wait_for_timeout(200)
    assert where(page) == stopped
    page.slider("Position").fill("32")
    button(page, "Play").click()
    wait_where(page, "36 / 36")
    button(page, "Play").wait_for()
    button(page, "Play").click()  # from the end it starts again
    wait_where(page, "3 / 36")
    button(page, "Pause").click()


def test_a_lower_speed_is_slower(show):
    page = show("layers.Conv2D(1, 3)")

    def cells_in_half_a_second(speed):
        button(page, "First cell").click()
        page.stage.get_by_label("Speed").select_option(speed)
        button(page, "Play").click()
        page.page.wait_for_timeout(500)
        button(page, "Pause").click()
        return int(where(page).split()[0])

    assert cells_in_half_a_second("1 cell/s") <= 3 < cells_in_half_a_second("20 cells/s")


def test_pointing_does_not_disturb_playing_and_a_click_stops_it(show):
    page = show("layers.Conv2D(1, 3)")
    page.stage.get_by_label("Speed").select_option("20 cells/s")
    elsewhere, clicked = middle(page, 0, 0, 0), middle(page, 1, 5, 0)
    button(page, "Play").click()
    page.page.mouse.move(*elsewhere)
    wait_where(page, "8 / 36")
    page.page.mouse.click(*clicked)
    wait_highlighted(page, 1, 5, 0)
    button(page, "Play").wait_for()


# Keys


def test_arrow_keys_move_enter_pins_space_plays(show):
    page = show("layers.Conv2D(1, 3, padding='same')", "(1, 5, 5, 1)")
    page.stage.locator('[data-grid="1"] .cn-frame').focus()
    press(page, "ArrowRight", "ArrowDown", "ArrowDown", "ArrowLeft", "ArrowUp")
    assert highlighted(page) == "1:0:1:0"
    press(page, "ArrowLeft")  # the output has no padding
    assert highlighted(page) == "1:0:1:0"
    press(page, "End")
    assert highlighted(page) == "1:0:4:4"
    press(page, "Home", "Enter")
    assert highlighted(page) == "1:0:0:0"
    assert lines(page, "pin") == ["pinned: another click or Escape lets go"]
    press(page, "Enter")
    assert lines(page, "pin") == []
    press(page, "Space")
    button(page, "Pause").wait_for()
    press(page, "Space")
    button(page, "Play").wait_for()


def test_arrow_keys_reach_the_padding_of_the_input_and_the_taps(show):
    page = show("layers.Conv2D(1, 3, padding='same')", "(1, 5, 5, 1)")
    page.stage.locator('[data-grid="0"] .cn-frame').focus()
    press(page, "ArrowRight")  # the first key comes in at the corner
    assert highlighted(page) == "0:0:0:0"
    press(page, "ArrowUp", "ArrowUp", "ArrowLeft")
    assert highlighted(page) == "0:0:-1:-1"
    page.stage.locator('[data-grid="kernel"] .cn-frame').focus()
    press(page, "ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown", "ArrowDown")
    assert highlighted(page) == "kernel:0:2:1"


def test_keys_on_the_stage_do_not_reach_the_notebook(show):
    page = show("layers.Conv2D(1, 3)")
    before = page.page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex")
    cells = page.page.locator(".jp-Cell").count()
    page.stage.locator('[data-grid="1"] .cn-frame').focus()
    press(page, "ArrowDown", "ArrowUp", "Enter", "Escape", "a", "b", "x", "d", "d")
    assert page.page.evaluate("window.jupyterapp.shell.currentWidget.content.activeCellIndex") == before
    assert page.page.locator(".jp-Cell").count() == cells
    assert page.page.locator(".cn-stage").count() == 1


# Choosing


def test_channels_and_filters_are_chosen_by_click_and_by_keys(show):
    page = show("layers.Conv2D(4, 3)", "(1, 8, 8, 3)")
    assert labels(page) == ["x[0, :, :, 0]", "kernel[:, :, 0, 0]", "y[0, :, :, 0]"]
    box = strip(page, 0).bounding_box()
    page.page.mouse.click(box["x"] + box["width"] * 5 / 6, box["y"] + 15)  # the last of three
    assert labels(page) == ["x[0, :, :, 2]", "kernel[:, :, 2, 0]", "y[0, :, :, 0]"]
    strip(page, 1).press("End")
    assert labels(page) == ["x[0, :, :, 2]", "kernel[:, :, 2, 3]", "y[0, :, :, 3]"]
    strip(page, "kernel").press("ArrowLeft")
    assert labels(page) == ["x[0, :, :, 1]", "kernel[:, :, 1, 3]", "y[0, :, :, 3]"]
    assert strip(page, "kernel").get_attribute("aria-valuetext") == "kernel slice 1 (0 to 2)"
    strip(page, 1).press("ArrowRight")  # there is no more
    assert labels(page)[2] == "y[0, :, :, 3]"


def test_in_a_grouped_layer_channel_and_filter_go_together(show):
    page = show("layers.Conv2D(4, 3, groups=2)", "(1, 8, 8, 4)")
    strip(page, 0).press("End")
    assert labels(page) == ["x[0, :, :, 3]", "kernel[:, :, 1, 2]", "y[0, :, :, 2]"]
    strip(page, 1).press("Home")
    assert labels(page) == ["x[0, :, :, 0]", "kernel[:, :, 0, 0]", "y[0, :, :, 0]"]


def test_of_one_channel_one_filter_and_one_sample_there_is_nothing_to_choose(show):
    page = show("layers.Conv2D(1, 3)")
    assert [chooser.is_visible() for chooser in page.stage.locator(".cn-chooser").all() if chooser.is_visible()] == []


def test_another_sample_is_fetched_by_click_and_by_keys(show):
    page = show("layers.Conv2D(1, 3, kernel_initializer='ones')", "np.arange(3).repeat(16).reshape(3, 4, 4, 1)")
    samples = page.stage.locator(".cn-samples .cn-strip")
    point(page, 1, 0, 0)
    assert lines(page, "name") == ["y[0, 0, 0, 0] = 0"]
    samples.press("End")
    settle(page)
    assert lines(page, "name") == ["y[2, 0, 0, 0] = 18"]
    box = samples.bounding_box()
    page.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + 15)
    settle(page)
    assert labels(page)[0] == "x[1, :, :, 0]"
    assert samples.get_attribute("aria-valuetext") == "sample 1 (0 to 2)"


# Buttons


def test_copy_puts_the_code_on_the_clipboard(show):
    page = show("layers.Conv2D(7, (2, 3), padding='same')")
    button(page, "Copy").click()
    page.stage.get_by_text("Copied").wait_for()
    assert page.page.evaluate("navigator.clipboard.readText()") == "layers.Conv2D(7, (2, 3), padding='same')"
    button(page, "Copy").wait_for()


def test_full_screen_and_back(show):
    page = show("layers.Conv2D(1, 3)")
    before = canvas(page, 1).bounding_box()
    button(page, "Full screen").click()
    button(page, "Leave full screen").wait_for()
    assert page.page.locator(".cn-explorer").bounding_box()["width"] >= 1400
    assert canvas(page, 1).bounding_box()["width"] > before["width"]
    page.slider("filters").press("ArrowRight")
    settle(page)
    button(page, "Leave full screen").click()
    button(page, "Full screen").wait_for()
    page.page.wait_for_function(
        "width => document.querySelector('[data-grid=\"1\"] .cn-cells').getBoundingClientRect().width === width",
        arg=before["width"],
    )


LONG_CHAIN = "keras.Sequential([layers.Conv2D(16, 3), layers.MaxPooling2D(2), layers.SeparableConv2D(24, 3)])"


@pytest.mark.parametrize(
    "layer",
    [
        "layers.Conv2D(10, 3), (1, 28, 28, 12)",
        "layers.SeparableConv2D(4, 3), (1, 7, 9, 5)",
        "layers.Conv1D(4, 5), (1, 12, 2)",
        f"{LONG_CHAIN}, (4, 28, 28, 12)",
    ],
)
def test_on_a_full_screen_all_is_in_sight_beside_either_controls_or_facts(show, layer):
    page = show(layer)
    button(page, "Full screen").click()
    for width, height in [(1366, 768), (1920, 1080)]:
        page.page.set_viewport_size({"width": width, "height": height})
        page.slider("filters").press("ArrowRight")  # old values take room too
        settle(page)
        assert page.page.evaluate(ON_SCREEN) == {"scrolling": [], "below": [], "small": []}
    controls, beside = page.page.locator(".cn-controls").first, page.stage.locator(".cn-facts")
    assert (controls.is_visible(), beside.is_visible()) == (True, False)
    press(page, "f")
    assert (controls.is_visible(), beside.is_visible()) == (False, True)
    button(page, "Show controls (F)").click()
    assert (controls.is_visible(), beside.is_visible()) == (True, False)
    button(page, "Leave full screen").click()
    page.page.set_viewport_size({"width": 1400, "height": 1000})
    assert not button(page, "Show facts (F)").is_visible() and beside.is_visible()


@pytest.mark.parametrize(
    "layer", ["layers.Conv2D(6, 2, groups=3), (4, 28, 28, 12)", "layers.Conv2D(3, 3), (1, 75, 64, 1)"]
)
def test_a_full_screen_that_grows_or_is_revealed_on_has_nothing_below_its_edge(show, layer):
    page = show(layer, "reveal=False")
    page.page.set_viewport_size({"width": 1366, "height": 768})
    button(page, "Full screen").click()
    button(page, "Reveal answer").click()
    for width, height in [(1366, 768), (1920, 1080)]:
        page.page.set_viewport_size({"width": width, "height": height})
        settle(page)
        assert page.page.evaluate(ON_SCREEN) == {"scrolling": [], "below": [], "small": []}


def test_a_full_screen_that_shrinks_gives_cells_the_room_that_they_have_on_a_small_one(show):
    page = show("layers.Conv2DTranspose(1, 3, strides=2)", "(1, 2, 2, 1)")
    heights = []
    button(page, "Full screen").click()
    for size in [(1366, 768), (1366, 600), (1920, 1080), (1366, 768)]:
        page.page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
        settle(page)
        heights.append(canvas(page, 1).bounding_box()["height"])
    assert heights[3] == pytest.approx(heights[0], abs=1)
    assert heights[1] < heights[0] < heights[2]


# Where the grids, Play and the sum stand.
PLACES = """() => [...document.querySelectorAll('.cn-cells, .cn-play, .cn-sum')].flatMap(part => {
  const { left, top, right, bottom } = part.getBoundingClientRect();
  return [left, top, right, bottom];
})"""


def test_on_a_full_screen_nothing_moves_while_it_plays_and_nothing_scrolls_where_a_cell_is_pinned(show):
    page = show("layers.Conv2DTranspose(1, 3, strides=2)", "(1, 2, 2, 1)")
    button(page, "Full screen").click()
    for width, height in [(1366, 768), (1920, 1080)]:
        page.page.set_viewport_size({"width": width, "height": height})
        settle(page)
        page.page.wait_for_timeout(1000)  # the screen, its bars and the room for cells come one after the other
        before = page.page.evaluate(PLACES)
        button(page, "Play").click()
        button(page, "Whole output").wait_for()
        assert page.page.evaluate(PLACES) == pytest.approx(before, abs=0.1)
        button(page, "Whole output").click()
        canvas(page, 1).click(position={"x": 8, "y": 8})
        page.stage.locator(".cn-pin").wait_for()
        assert page.page.evaluate(PLACES) == pytest.approx(before, abs=0.1)
        assert page.page.evaluate(ON_SCREEN) == {"scrolling": [], "below": [], "small": []}
        press(page, "Escape")
        page.stage.locator(".cn-pin").wait_for(state="detached")


def test_on_a_full_screen_numbers_stay_in_cells_beside_a_typed_answer(show):
    page = show("layers.Conv2D(6, 2)", "(1, 5, 7, 12)", "question='How many lines?'")
    page.page.set_viewport_size({"width": 1366, "height": 768})
    button(page, "Full screen").click()
    page.stage.locator(".cn-typed").fill("72")
    button(page, "Reveal answer").click()
    page.stage.locator(".cn-answers").wait_for()
    settle(page)
    box = canvas(page, 1).bounding_box()
    assert box["width"] / 6 >= 1.8 * 768 / 55  # a number of 1/55 of the height, with a sign and a point


def test_on_a_full_screen_the_wiring_of_one_layer_is_in_sight_below_its_controls(show):
    page = show("layers.Conv2D(24, 3)", "(1, 9, 13, 12)")
    wiring, controls = page.stage.locator(".cn-wiring"), page.page.locator(".cn-controls").first
    button(page, "Full screen").click()
    for width, height in [(1366, 768), (1920, 1080)]:
        page.page.set_viewport_size({"width": width, "height": height})
        settle(page)
        box, above, stage = (part.bounding_box() for part in (wiring, controls, page.stage.first))
        assert above["y"] + above["height"] <= box["y"] and box["y"] + box["height"] <= height
        assert box["x"] + box["width"] <= stage["x"]
        drawn = wiring.locator("canvas").bounding_box()
        assert box["x"] <= drawn["x"] and drawn["x"] + drawn["width"] <= box["x"] + box["width"]
    page.page.set_viewport_size({"width": 1400, "height": 1000})
    button(page, "Leave full screen").click()
    button(page, "Full screen").wait_for()
    settle(page)
    stage, box = page.stage.first.bounding_box(), wiring.bounding_box()
    assert stage["x"] <= box["x"] and box["y"] > stage["y"]
    assert wiring.locator("canvas").bounding_box()["width"] > 600


@pytest.mark.parametrize("layer", ["layers.Conv2D(3, 3)", "layers.Conv2DTranspose(2, 3, strides=2)"])
def test_on_a_full_screen_what_makes_the_pinned_cell_is_in_sight(show, layer):
    page = show(layer)
    parts, controls = page.stage.locator(".cn-parts"), page.page.locator(".cn-controls").first
    button(page, "Full screen").click()
    for width, height in [(1366, 768), (1920, 1080)]:
        page.page.set_viewport_size({"width": width, "height": height})
        settle(page)
        page.stage.locator(".cn-panel-grid .cn-cells").last.click(position={"x": 30, "y": 30})
        sums = parts.locator(".cn-addition")
        sums.wait_for()
        settle(page)
        box, last, above = (part.bounding_box() for part in (parts, sums, controls))
        assert box["x"] >= above["x"] + above["width"] or box["y"] >= above["y"] + above["height"]
        assert box["x"] >= 0 and box["x"] + box["width"] <= width and last["y"] + last["height"] <= height
        if (wiring := page.stage.locator(".cn-wiring")).is_visible():
            below = wiring.bounding_box()
            assert box["x"] > below["x"] + 10 or box["y"] + box["height"] <= below["y"]
        assert page.page.evaluate(ON_SCREEN) == {"scrolling": [], "below": [], "small": []}
        press(page, "f")
        assert not parts.is_visible() or parts.bounding_box()["x"] > page.stage.first.bounding_box()["x"] - 1
        press(page, "f")
        press(page, "Escape")
        parts.wait_for(state="hidden")
    button(page, "Leave full screen").click()
    page.stage.locator(".cn-panel-grid .cn-cells").last.click(position={"x": 30, "y": 30})
    parts.wait_for()
    assert parts.bounding_box()["y"] > page.stage.locator(".cn-sum").bounding_box()["y"]


def test_the_grids_and_kernels_of_a_chain_begin_at_one_height(show):
    page = show(LONG_CHAIN, "(4, 28, 28, 12)")
    tops = "cells => cells.map(one => one.getBoundingClientRect().top - cells[0].getBoundingClientRect().top)"
    assert page.stage.locator(".cn-cells").evaluate_all(tops) == pytest.approx([0] * 8, abs=2)


@pytest.mark.parametrize("layer", ["layers.Conv1D(1, 2), (1, 8, 1)", "layers.Conv1D(4, 5), (1, 12, 2)"])
def test_an_answer_shown_on_a_full_screen_is_all_in_sight(show, layer):
    page = show(layer, "reveal=False")
    page.page.set_viewport_size({"width": 1366, "height": 768})
    button(page, "Full screen").click()
    button(page, "Reveal answer").click()
    settle(page)
    canvas(page, 1).wait_for()
    assert page.page.evaluate(ON_SCREEN) == {"scrolling": [], "below": [], "small": []}


def test_reveal_false_hides_facts_and_output_until_the_button(show):
    page = show("layers.Conv2D(1, 3, kernel_initializer='ones')", "reveal=False")
    stage = page.stage
    answers = [stage.locator(f".cn-{name}") for name in ("facts", "sum", "where")] + [canvas(page, 1)]
    assert [answer.is_visible() for answer in answers] == [False] * 4
    legend = page.stage.locator(".cn-legend")
    assert canvas(page, 0).is_visible() and "0 to 1" in legend.inner_text() and "0 to 9" not in legend.inner_text()
    assert stage.get_by_text("Predict first").is_visible()
    page.slider("filters").press("ArrowRight")
    settle(page)
    assert [answer.is_visible() for answer in answers] == [False] * 4
    button(page, "Reveal answer").click()
    assert [answer.is_visible() for answer in answers] == [True] * 4
    assert "0 to 9" in legend.inner_text()
    assert not stage.get_by_text("Predict first").is_visible()
    button(page, "Hide answer").click()
    assert [answer.is_visible() for answer in answers] == [False] * 4


# Several explorers and views


def test_two_views_of_one_explorer_show_the_same_layer_and_light_on_their_own(show):
    page = show("layers.Conv2D(1, 3)", count=2)
    one, other = page.stage.all()
    point(page, 1, 2, 2)
    assert other.get_attribute("data-highlighted") == "1:0:0:0"
    page.slider("filters").last.press("ArrowRight")
    settle(page)
    page.page.wait_for_function("document.querySelectorAll('.cn-stage[data-revision=\"2\"]').length === 2")
    assert [stage.locator(".cn-code").inner_text() for stage in (one, other)] == ["layers.Conv2D(2, 3)"] * 2
    assert one.get_attribute("data-highlighted") == "1:0:2:2"


RESIZED_ON_AND_ON = """(function resized() {
  gone.dispatchEvent(new Event("cn-resized"));
  if (gone.isConnected) requestAnimationFrame(resized);
})()"""


def test_a_view_that_is_gone_hears_nothing_any_more(show):
    page = show("layers.Conv2D(1, 3)", count=2)
    page.page.evaluate("window.gone = document.querySelectorAll('.cn-stage')[1]")
    page.stage.nth(1).locator(".cn-play").click()  # even while it plays
    page.page.evaluate(RESIZED_ON_AND_ON)  # and while its page changes size
    page.run("place.children = [e]")
    page.page.wait_for_function("!gone.isConnected && !gone.childElementCount")  # its end has emptied it
    before = page.page.evaluate("({...window.gone.dataset})")
    page.run("e.settings = {'filters': 3}")
    page.wait_revision(2)
    page.page.evaluate("document.dispatchEvent(new Event('fullscreenchange'))")
    page.page.evaluate("document.body.style.backgroundColor = 'black'")
    page.page.wait_for_timeout(400)
    page.page.evaluate("document.body.style.backgroundColor = ''")
    assert page.page.evaluate("({...window.gone.dataset})") == before


def test_text_with_markup_in_it_is_shown_as_text(show):
    page = show("layers.Conv2D(1, 3)")
    page.run("""
def bold(y):
    return y
bold.__name__ = "<b>x</b>"
def angry(y):
    raise RuntimeError("<b>first</b>\\n\\n<img src=x onerror=alert(1)>")
""")
    page = show("layers.Conv2D(2, 3, activation=bold)", "(1, 5, 5, 2)")
    point(page, 1, 0, 0)
    assert lines(page, "activation")[0].startswith("<b>x</b>(")
    assert page.page.get_by_label("activation", exact=True).input_value() == "<b>x</b>"
    page = show("layers.Conv2D(2, 3, activation=angry)", "(1, 5, 5, 2)")
    assert "<b>first</b>" in page.stage.locator(".cn-problem").inner_text()
    page.stage.get_by_text("All that Keras said").click()
    page.stage.locator(".cn-problem").get_by_text("<img src=x").wait_for()
    assert page.stage.locator("b, img").count() == 0


# Sizes


def colours(page, grid):
    """How many different colours a canvas shows."""
    return canvas(page, grid).evaluate("""canvas => {
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return new Set(new Uint32Array(data.buffer)).size;
    }""")


@pytest.mark.parametrize(
    "layer, shape, last",
    [
        ("layers.Conv2D(1, 1)", (1, 1, 1, 1), (0, 0)),
        ("layers.Conv2D(10, 3)", (1, 224, 224, 3), (221, 221)),
        ("layers.Conv2D(64, 3, padding='same')", (1, 12, 12, 64), (11, 11)),
        ("layers.Conv2D(2, (1, 3))", (1, 1, 200, 1), (0, 197)),
    ],
)
def test_small_and_large_inputs_are_drawn_and_can_be_pointed_at(show, layer, shape, last):
    page = show(layer, str(shape))
    point(page, 1, *last)
    assert float(page.stage.locator(".cn-sum").get_attribute("data-value")) == pytest.approx(
        python(page, f"float(e.y[0, {last[0]}, {last[1]}, 0])"), rel=1e-6
    )
    if shape[1] * shape[2] > 1:
        assert colours(page, 0) > 5  # quarters from 0 to 1, and the frames
        assert colours(page, 1) > 5
    box = page.stage.bounding_box()
    for panel in page.stage.locator(".cn-cells").all():
        inner = panel.bounding_box()
        assert inner["x"] >= box["x"] - 1
        assert inner["x"] + inner["width"] <= box["x"] + box["width"] + 1


def test_of_an_input_above_2_mb_the_sum_arrives_after_asking(show):
    page = show("layers.Conv2D(2, 3)", "(1, 128, 128, 40)")
    for row, column in [(0, 0), (77, 5)]:
        point(page, 1, row, column)
        page.stage.locator(".cn-sum .cn-total").wait_for()
        assert lines(page, "waiting") == []
        total = float(page.stage.locator(".cn-sum").get_attribute("data-total"))
        assert total == pytest.approx(python(page, f"float(e.y[0, {row}, {column}, 0])"), abs=1e-4)
    strip(page, 0).press("End")
    settle(page)
    assert labels(page)[0] == "x[0, :, :, 39]"
    point(page, 0, 60, 61)
    assert lines(page, "name") == [f"x[0, 60, 61, 39] = {python(page, 'float(e.x[0, 60, 61, 39])'):.4g}"]


# Themes and screens


def test_the_stage_follows_the_theme_of_the_page(show):
    page = show("layers.Conv2D(1, 3)", "(1, 8, 8, 1)")

    def theme(name):
        command = "name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })"
        page.page.evaluate(command, f"JupyterLab {name}")
        page.page.wait_for_function(
            "name => document.querySelector('.cn-stage').dataset.theme === name", arg=name.lower(), timeout=10_000
        )
        # JupyterLab is confused by a change while another goes on, or while the screen of one still fades
        page.page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=f"JupyterLab {name}")
        page.page.wait_for_function("document.getElementById('jupyterlab-splash') === null")
        return colours(page, 1), page.stage.evaluate("stage => getComputedStyle(stage).color")

    (_, light), (_, dark), (_, again) = theme("Light"), theme("Dark"), theme("Light")
    assert light == again
    assert sum(map(int, re.findall(r"\d+", light)[:3])) < 150
    assert sum(map(int, re.findall(r"\d+", dark)[:3])) > 600


def test_two_explorers_in_one_notebook_and_a_cell_run_again(notebook):
    first = "from tensorflow.keras import layers\nfrom widgets import explore\ne = explore(layers.Conv2D(1, 3))\ne"
    page = notebook([first, "other = explore(layers.Conv2D(5, 2))\nother"], size=(1400, 1400))
    page.page.wait_for_function("document.querySelectorAll('.cn-stage[data-revision]').length === 2")
    page.slider("filters").first.press("ArrowRight")
    page.wait_revision(2)
    codes = [stage.locator(".cn-code").inner_text() for stage in page.stage.all()]
    assert codes == ["layers.Conv2D(2, 3)", "layers.Conv2D(5, 2)"]
    assert page.stage.nth(1).get_attribute("data-revision") == "1"
    assert python(page, "other.settings['filters']") == 5

    page.page.evaluate("window.gone = [...document.querySelectorAll('.cn-stage')]")
    page.run_all()
    page.page.wait_for_function(
        "document.querySelectorAll('.cn-stage[data-revision]').length === 2 && window.gone.every(s => !s.isConnected)"
    )
    page.slider("filters").first.press("ArrowRight")
    page.wait_revision(2)
    assert page.page.evaluate("window.gone.map(stage => stage.dataset.revision)") == ["2", "1"]


def test_the_saved_output_shows_a_picture_where_nothing_is_run(notebook, tmp_path):
    page = notebook(["import keras, widgets", "widgets.explore(keras.layers.Conv2D(1, 3))"])
    page.wait_revision(1)
    model = page.page.evaluate("window.jupyterapp.shell.currentWidget.content.model.toJSON()")
    saved = nbformat.from_dict(model)
    (output,) = saved.cells[1].outputs
    assert {"text/plain", "image/png"} <= set(output.data)
    nbformat.write(saved, tmp_path / "saved.ipynb")
    reopened = notebook.open(tmp_path / "saved.ipynb", run=False)
    image = reopened.page.locator(".jp-OutputArea img")
    image.wait_for()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 500
    assert reopened.stage.count() == 0


def test_a_telephone_in_the_dark(notebook):
    cell = "from tensorflow.keras import layers\nfrom widgets import explore\ne = explore(layers.Conv2D(2, 3))\ne"
    page = notebook([cell], size=(360, 740), touch=True, theme="dark")
    page.wait_revision(1)
    assert page.stage.get_attribute("data-theme") == "dark"
    page.page.touchscreen.tap(*middle(page, 1, 2, 3))
    wait_highlighted(page, 1, 2, 3)
    assert lines(page, "pin") == ["pinned: another click or Escape lets go"]
    page.page.touchscreen.tap(*middle(page, 0, 1, 1))
    wait_highlighted(page, 0, 1, 1)
    box = page.stage.bounding_box()
    assert box["x"] + box["width"] <= 360
    for panel in page.stage.locator(".cn-cells").all():
        inner = panel.bounding_box()
        assert inner["x"] + inner["width"] <= 360
        assert inner["width"] >= 60


def test_planes_can_be_leafed_through_while_a_cell_is_pinned(show):
    page = show("layers.Conv3D(1, 2)", "(1, 6, 5, 5, 1)")
    page.page.mouse.click(*middle(page, 1, 1, 1, size=(4, 4)))  # reads the planes 0 and 1
    of_input, of_output = (page.stage.locator(f'[data-grid="{grid}"] .cn-planes .cn-strip') for grid in (0, 1))
    plane = lambda: int(of_input.get_attribute("aria-valuenow"))  # noqa: E731
    assert plane() == 0
    of_input.focus()
    press(page, "End")
    assert plane() == 5
    page.slider("filters").press("ArrowRight")
    settle(page)
    assert plane() == 5, "a slider does not take the reader's plane away"
    of_output.focus()
    press(page, "ArrowRight")
    assert highlighted(page) == "1:1:1:1"
    assert plane() == 1, "the highlighted cell went on, and its window, the planes 1 and 2, with it"


def test_a_slider_is_dragged_with_the_mouse_and_every_stop_is_answered(show):
    page = show("layers.Conv2D(1, 3)", "(1, 12, 12, 2)")
    handle, mouse = page.slider("filters"), page.page.mouse
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    mouse.move(x, y)
    mouse.down()
    seen = set()
    for step in range(1, 9):
        mouse.move(x + 12 * step, y)
        settle(page)
        seen.add(facts(page)["output"])
    mouse.up()
    filters = round(float(handle.get_attribute("aria-valuenow")))
    assert filters > 8
    assert len(seen) > 4
    assert python(page, "list(e.layer.kernel.shape)") == [3, 3, 2, filters]
    assert facts(page)["output"] == f"(1, 10, 10, {filters})"
    mouse.move(x + 200, y + 30)  # the handle was let go
    settle(page)
    assert round(float(handle.get_attribute("aria-valuenow"))) == filters
