"""What a reader does on the hosted page, each thing once: see `hosted.py` for what of that page is real."""

import json
from pathlib import Path

import pytest
from PIL import Image

SETUP = "import ipywidgets, keras\nimport numpy as np\nfrom keras import layers\nfrom widgets import *"
VIEWS_GO = "Cannot convert undefined or null to object"  # the manager's own error, of views that go with their model
SANDBOX = "allow-forms allow-same-origin allow-scripts"


@pytest.fixture
def open_page(server):
    """Opens the page, with the options of `Hosted.page`; none of them may have met an error."""
    opened = []

    def open_page(**options):
        opened.append(server.page(**options))
        opened[-1].run(SETUP)
        return opened[-1]

    yield open_page
    for page in opened:
        page.close()
    assert [error for page in opened for error in page.errors] == []


@pytest.fixture
def page(open_page):
    return open_page()


def value(page, expression):
    return json.loads(page.execute(f"import json\nprint(json.dumps({expression}))"))


def slider(frame, name):
    return frame.get_by_role("slider", name=name, exact=True)


def wait_for(page, expression):
    for _ in range(100):
        if value(page, f"bool({expression})"):
            return
        page.page.wait_for_timeout(50)
    raise AssertionError(f"never true: {expression}")


def said(frame):
    return [text for text in frame.locator(".cn-connection").all_inner_texts() if text]


def wait_said(frame, start):
    frame.locator(".cn-connection:not(:empty)", has_text=start).first.wait_for(timeout=20_000)


def wait_silent(frame):
    frame.wait_for_function(
        "[...document.querySelectorAll('.cn-connection')].every(e => e.textContent === '')", timeout=20_000
    )


def cell(frame, grid, row, column, rows, columns):
    """Where the middle of a cell is, in its canvas."""
    box = frame.locator(f'[data-grid="{grid}"] .cn-cells').bounding_box()
    return {"x": box["width"] * (column + 0.5) / columns, "y": box["height"] * (row + 0.5) / rows}


# Sliders


def test_a_layer_stays_as_it_was_written_whatever_its_numbers(page):
    frame = page.show("e = explore(layers.Conv2D(10, 3), (4, 28, 28, 12))\ne")
    assert page.execute("print(e.code, e.x.shape)") == "layers.Conv2D(10, 3) (4, 28, 28, 12)"
    slider(frame, "filters").press("ArrowRight")
    page.settle()
    assert page.execute("print(e.code)") == "layers.Conv2D(11, 3)"


def test_every_number_of_every_range_is_kept_when_it_is_shown(page):
    page.run(
        "from widgets.explorer.slider import IntSlider\n"
        "ranges = [(1, 64), (1, 11), (1, 6), (0, 5), (1, 8), (1, 10), (1, 32), (1, 7), (1, 2), (1, 1)]\n"
        "s = [IntSlider(v, low, high) for low, high in ranges for v in range(low, high + 1)]\n"
        "written = [one.value for one in s]\nipywidgets.VBox(s)"
    )
    frame = page.frame(f"cell{page.cells}")
    count = value(page, "len(s)")
    frame.wait_for_function("n => document.querySelectorAll('.noUi-handle').length === n", arg=count)
    page.settle()
    assert value(page, "[one.value for one in s] == written")
    assert frame.locator(".widget-readout").all_inner_texts() == [str(v) for v in value(page, "written")]
    # And where ipywidgets' own slider is asked, it is another number: the page is the one that loses them.
    page.run("t = ipywidgets.IntSlider(10, 1, 64)\nt")
    page.frame(f"cell{page.cells}").locator(".noUi-handle").wait_for()
    page.settle()
    assert value(page, "t.value") == 9


def test_a_slider_with_nothing_to_choose_rests_until_there_is_something(page):
    for layer, name in (("layers.Conv2D(4, 3)", "groups"), ("DeformableConv2D(4, 3)", "offset_groups")):
        frame = page.show(f"e = explore({layer}, (1, 8, 8, 1))\ne")
        groups = slider(frame, name)
        assert groups.get_attribute("aria-disabled") == "true"
        slider(frame, "input channels").press("ArrowRight")
        page.settle()
        assert groups.get_attribute("aria-disabled") == "false"
        groups.press("ArrowRight")
        page.settle()
        assert value(page, f"e.settings['{name}']") == 2
    frame = page.show("m = explore(keras.Sequential([layers.Conv2D(2, 3)]), (1, 8, 8, 1))\nm")
    assert slider(frame, "layers drawn").get_attribute("aria-disabled") == "true"


# What hands do


def test_cells_keep_their_size_whatever_height_the_frame_has(page):
    frame = page.show("e = explore(layers.Conv2D(1, 3), (1, 7, 7, 1))\ne")
    cells = frame.locator('[data-grid="0"] .cn-cells')
    sizes = []
    for height in (1500, 400):
        frame.frame_element().evaluate("(frame, height) => (frame.style.height = `${height}px`)", height)
        slider(frame, "kernel_size").press("ArrowRight" if height == 1500 else "ArrowLeft")
        page.settle()
        sizes.append(cells.bounding_box()["width"])
    assert sizes[0] == sizes[1]


def test_a_sampling_point_is_dragged(page):
    frame = page.show("e = explore(DeformableConv2D(1, 3), (1, 7, 7, 1))\ne")
    frame.locator('[data-grid="0"] .cn-cells').scroll_into_view_if_needed()
    box = frame.locator('[data-grid="0"] .cn-cells').bounding_box()
    unit = box["width"] / 7
    x, y = box["x"] + 2.5 * unit, box["y"] + 2.5 * unit  # the middle output cell's window starts at row 2, column 2
    page.page.mouse.move(x, y)
    frame.locator('[data-grid="1"] .cn-cells').click(position=cell(frame, 1, 2, 2, 5, 5))
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x - unit, y - 1.5 * unit, steps=5)
    page.page.mouse.up()
    page.settle()
    # Each move that is answered lets the next one go.
    offsets = "np.array([[*k, *v] for k, v in e._live.offset_overrides.items()])"
    wait_for(page, f"np.allclose({offsets}, [[0, 2, 2, 0, 0, -1.5, -1]], atol=0.1)")


def test_cells_are_edited_and_the_change_is_taken_back(page):
    frame = page.show("e = explore(layers.Conv2D(1, 2), np.zeros((1, 4, 4, 1)) + 0.5)\ne")
    frame.get_by_role("button", name="Edit cells").click()
    frame.locator('[data-grid="0"] .cn-cells').click(position=cell(frame, 0, 1, 2, 4, 4))
    page.page.keyboard.type("7.5")
    page.page.keyboard.press("Enter")
    wait_for(page, "e.x[0, 1, 2, 0] == 7.5")
    frame.get_by_role("button", name="Undo").click()
    wait_for(page, "e.x[0, 1, 2, 0] == 0.5")


def test_the_walk_plays(page):
    frame = page.show("e = explore(layers.Conv2D(1, 3), (1, 8, 8, 1))\ne")
    frame.locator(".cn-speed").select_option("20 cells/s")
    frame.get_by_role("button", name="Play").click()
    frame.wait_for_function("document.querySelector('.cn-where').textContent === '36 / 36'", timeout=10_000)
    assert frame.locator(".cn-stage").get_attribute("data-highlighted") == "1:0:5:5"


def test_pictures_are_saved_and_where_they_may_not_be_they_are_shown(open_page):
    for sandbox in (None, SANDBOX):
        page = open_page(**({"sandbox": sandbox} if sandbox else {}))
        frame = page.show("e = explore(layers.Conv2D(1, 3), (1, 6, 6, 1))\ne")
        for kind in ("PNG", "GIF"):
            button = frame.get_by_role("button", name=f"Save {kind}")
            if sandbox:
                button.click()
            else:
                with page.page.expect_download(timeout=60_000) as download:
                    button.click()
                assert Image.open(download.value.path()).format == kind
            note = frame.locator(".cn-note")
            note.wait_for()
            assert note.inner_text().startswith(f"Handed to the browser as Conv2D.{kind.lower()}. If no file comes,")
            frame.wait_for_function("document.querySelector('.cn-saved-picture').naturalWidth > 100")
        page.errors = [error for error in page.errors if "download" not in error.lower()]


def test_a_state_is_copied_and_brought_back(page):
    frame = page.show("e = explore(layers.Conv2D(3, 3, strides=2), (1, 6, 6, 1))\ne")
    frame.get_by_role("button", name="Copy state").click()
    text = frame.get_by_role("textbox", name="The state, for explore(state=...)")
    text.wait_for()
    page.run(f"again = explore(state={text.input_value()!r})")
    frame = page.show("again")
    assert value(page, "[again.code, again.y.tolist() == e.y.tolist()]") == ["layers.Conv2D(3, 3, strides=2)", True]
    assert frame.locator(".cn-code").inner_text() == "layers.Conv2D(3, 3, strides=2)"


def test_a_reader_s_own_picture_is_taken_and_what_is_none_is_refused(page, tmp_path):
    good, bad, large = tmp_path / "mine.png", tmp_path / "bad.png", tmp_path / "large.png"
    Image.effect_noise((60, 30), 60).convert("RGB").save(good)
    bad.write_bytes(b"no picture")
    large.write_bytes(bytes(8_100_000))
    frame = page.show("e = explore(layers.Conv2D(1, 3))\ne")

    def hand_over(path):
        with page.page.expect_file_chooser() as chooser:
            frame.get_by_role("button", name="My own picture").click()
        chooser.value.set_files(path)

    note = frame.locator(".cn-own + .cn-note")
    hand_over(bad)
    note.wait_for()
    assert note.inner_text().startswith("The file must be a picture in one of these formats: PNG, JPEG or WEBP.")
    hand_over(large)
    frame.get_by_text("A file may have at most 8 MB. This one has 8.1 MB.").wait_for()
    hand_over(good)
    wait_for(page, "e.x.shape == (1, 24, 48, 3)")
    page.settle()
    assert note.count() == 0
    assert frame.locator('[data-grid="0"] .cn-shape').inner_text() == "(1, 24, 48, 3)"
    assert frame.get_by_label("picture", exact=True).input_value() == "my own, colour"


# Several tools


def test_two_tools_in_two_cells_and_a_cell_run_again(page):
    first = page.show("a = explore(layers.Conv2D(3, 3), (1, 6, 6, 1))\na")
    second = page.show("b = explore(layers.Conv2D(5, 3), (1, 6, 6, 1))\nb")
    slider(first, "filters").press("ArrowRight")
    page.settle()
    slider(second, "filters").press("ArrowLeft")
    page.settle()
    assert value(page, "[a.code, b.code]") == ["layers.Conv2D(4, 3)", "layers.Conv2D(4, 3)"]
    again = page.show("a = explore(layers.Conv2D(7, 3), (1, 6, 6, 1))\na", cell="cell2")
    assert again.locator(".cn-code").inner_text() == "layers.Conv2D(7, 3)"
    slider(again, "filters").press("ArrowRight")
    page.settle()
    assert value(page, "[a.code, b.code]") == ["layers.Conv2D(8, 3)", "layers.Conv2D(4, 3)"]
    assert [said(frame) for frame in (second, again)] == [[], []]


def test_a_model_is_explored(page):
    frame = page.show(
        "m = keras.Sequential([layers.Conv2D(4, 3), layers.MaxPooling2D(), layers.Conv2D(10, 3, padding='same')])\n"
        "e = explore(m, (1, 12, 12, 1))\ne"
    )
    assert page.execute("print(e.facts.code)").count("layers.Conv2D(10, 3") == 1
    drawn = slider(frame, "layers drawn")
    drawn.press("ArrowLeft")
    page.settle()
    assert len(value(page, "[list(g.shape) for g in e._picture.grids]")) == 3
    frame.get_by_label("sliders for layer", exact=True).wait_for()


def test_a_question_and_a_comparison_work(page):
    frame = page.frame(page.run("p = predict(layers.Conv2D(10, 3), (1, 8, 8, 3), ask=['output_shape'])\np"))
    frame.locator(".cn-answer input").fill("1 6 6 10")
    frame.locator(".cn-answer input").press("Enter")
    frame.locator(".cn-feedback.cn-right").wait_for()
    assert value(page, "[list(p.score), p.explorer.code]") == [[1, 1], "layers.Conv2D(10, 3)"]
    frame = page.frame(page.run("c = compare([layers.Conv2D(6, 3), layers.SeparableConv2D(6, 3)], (1, 9, 9, 4))\nc"))
    frame.get_by_label("sort by").select_option("parameters")
    first = "text => document.querySelector('.cn-compare tbody th')?.textContent === text"
    frame.wait_for_function(first, arg="layers.SeparableConv2D(6, 3)")


# What the tool says of the kernel


def test_nothing_is_said_while_another_cell_runs_but_that_it_does(page):
    frame = page.show("e = explore(layers.Conv2D(3, 3))\ne")
    page.page.evaluate("hosted.run('import time\\ntime.sleep(4)', 'busy'); 0")
    page.frame("cell2")
    slider(frame, "filters").press("ArrowRight")
    wait_said(frame, "Another cell is running.")
    assert said(frame) == ["Another cell is running. This tool answers when it is done."]
    wait_silent(frame)
    page.settle()
    assert value(page, "e.code") == "layers.Conv2D(4, 3)"


def test_a_tool_that_is_shown_while_all_cells_run_is_not_called_deaf(page):
    page.page.evaluate("""() => {
      hosted.run("e = explore(layers.Conv2D(3, 3))\\ne", "shown");
      hosted.run("import time\\ntime.sleep(3)", "busy");
      hosted.run("time.sleep(3)", "busier");
    }""")
    page.page.locator("#shown iframe").wait_for()
    frame = page.frame("shown")
    frame.locator(".cn-stage[data-revision]").wait_for()
    seen = set()
    for _ in range(14):
        seen.update(said(frame))
        page.page.wait_for_timeout(500)
    assert seen == set()
    slider(frame, "filters").press("ArrowRight")
    wait_for(page, "e.code == 'layers.Conv2D(4, 3)'")


def test_a_tool_whose_messages_nobody_answers_says_so_in_words_that_fit_a_restart(page):
    frame = page.show("e = explore(layers.Conv2D(3, 3))\ne")
    page.page.evaluate("hosted.restarted(false)")
    slider(frame, "filters").press("ArrowRight")
    wait_said(
        frame, "Still waiting for the kernel. If it was restarted or stopped, run the cells up to this one again."
    )
    assert value(page, "e.code") == "layers.Conv2D(3, 3)"


def test_a_tool_whose_widgets_were_closed_by_a_restart_says_so_and_works_when_its_cells_are_run_again(page):
    frame = page.show("e = explore(layers.Conv2D(3, 3))\ne")
    page.restart()
    wait_said(frame, "The kernel was restarted or stopped: run the cells up to this one again.")
    assert frame.locator(".cn-stage").count() == 0  # the manager takes away what is closed
    page.run(SETUP, cell="cell1")
    again = page.show("e = explore(layers.Conv2D(3, 3))\ne", cell="cell2")
    slider(again, "filters").press("ArrowRight")
    page.settle()
    assert value(page, "e.code") == "layers.Conv2D(4, 3)"
    assert said(again) == []
    page.errors = [error for error in page.errors if VIEWS_GO not in error]


def test_a_tool_that_python_closes_goes_without_a_word(page):
    frame = page.show("e = explore(layers.Conv2D(3, 3))\ne")
    page.execute("ipywidgets.Widget.close_all()")
    frame.wait_for_function("document.querySelector('.cn-stage') === null")
    page.page.wait_for_timeout(300)
    assert said(frame) == []
    page.errors = [error for error in page.errors if VIEWS_GO not in error]


# What the frame forbids


def test_where_full_screen_and_the_clipboard_are_refused_words_say_so_and_nothing_collapses(open_page):
    page = open_page(allow="", sandbox=SANDBOX)
    frame = page.show("e = explore(layers.Conv2D(3, 3))\ne")
    before = frame.locator(".cn-explorer").bounding_box()
    frame.get_by_role("button", name="Full screen").click()
    frame.get_by_text("This page does not allow full screen.").wait_for()
    page.settle()
    after = frame.locator(".cn-explorer").bounding_box()
    assert after["height"] >= before["height"] > 300
    assert frame.get_by_role("button", name="Full screen").count() == 1
    frame.evaluate("document.execCommand = () => false")
    frame.get_by_role("button", name="Copy", exact=True).click()
    frame.get_by_text("The browser does not let this page copy.").wait_for()
    assert frame.evaluate("getSelection().toString()") == "layers.Conv2D(3, 3)"
    assert frame.get_by_text("Copied").count() == 0
    page.errors = [error for error in page.errors if "fullscreen" not in error.lower() and "Clipboard" not in error]


def test_full_screen_fills_the_screen_where_the_frame_may(page):
    frame = page.show("e = explore(layers.Conv2D(3, 3))\ne")
    frame.get_by_role("button", name="Full screen").click()
    frame.wait_for_function("document.fullscreenElement !== null")
    assert frame.locator(".cn-explorer").bounding_box()["height"] == pytest.approx(900, abs=2)
    frame.get_by_role("button", name="Leave full screen").click()
    frame.wait_for_function("document.fullscreenElement === null")


def test_copied_is_said_when_it_was(page):
    frame = page.show("e = explore(layers.Conv2D(3, 3))\ne")
    frame.get_by_role("button", name="Copy", exact=True).click()
    frame.get_by_text("Copied").wait_for()


# Looks


def test_no_tooltip_says_null_and_nothing_scrolls_within_what_scrolls(open_page):
    page = open_page(size=(390, 844))
    frame = page.show("e = explore(layers.Conv2D(3, 3), (1, 8, 8, 2))\ne")
    tools = [frame]
    tools.append(page.show("m = explore(keras.Sequential([layers.Conv2D(2, 3) for _ in range(9)]), (1, 40, 40, 1))\nm"))
    tools.append(page.frame(page.run("p = predict(layers.Conv2D(10, 3), (1, 8, 8, 3))\np")))
    tools[-1].locator(".cn-answer input").wait_for()
    tools.append(page.frame(page.run("c = compare([layers.Conv2D(6, k) for k in range(1, 9)])\nc")))
    tools[-1].locator(".cn-compare th").first.wait_for()
    page.settle()
    slider(frame, "filters").press("ArrowRight")
    page.settle()
    for frame in tools:
        assert frame.locator('[title="null"]').count() == 0
        scrolls = """() => [document.scrollingElement, ...document.querySelectorAll('*')].filter(part =>
          part.scrollHeight > part.clientHeight + 1 && part.clientHeight > 0 &&
          (part === document.scrollingElement || ['auto', 'scroll'].includes(getComputedStyle(part).overflowY))
        ).map(part => part.className || part.tagName)"""
        assert frame.evaluate(scrolls) == []


AXE = Path(__file__).parents[1] / "node_modules/axe-core/axe.min.js"
CONTRAST = """async () => (await axe.run(document, { runOnly: ['color-contrast'] }))
  .violations.flatMap(rule => rule.nodes.map(node => `${node.html.slice(0, 120)} ${node.any[0]?.message}`))"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_all_that_a_tool_says_can_be_read(open_page, theme):
    page = open_page(theme=theme, scheme="light")  # the page's theme is asked, not the system's
    page.run("task = goal(input_shape=(8, 8, 3), output_shape=(6, 6, 2), kind='Conv2D')")
    frames = [
        page.show("e = explore(layers.Conv2D(3, 3, padding='same'), (1, 8, 8, 2))\ne"),
        page.show("e = explore(layers.Conv2D(3, 3), (1, 8, 8, 2))\ne.settings = {'kernel_size': 9}\ne"),  # refused
        page.show("m = explore(keras.Sequential([layers.Conv2D(2, 3) for _ in range(9)]), (1, 40, 40, 1))\nm"),
    ]
    for code in (
        "p = predict(layers.Conv2D(10, 3), (1, 8, 8, 3), ask=['value', 'params'])\np",
        "c = compare([layers.Conv2D(6, 3), layers.Conv2D(6, 5)])\nc",
        "task",
        "task(layers.Conv2D(2, 5))",
    ):
        frames.append(page.frame(page.run(code)))
    field = frames[3].locator(".cn-answer input")
    field.fill("1")
    field.press("Enter")
    frames[3].locator(".cn-feedback.cn-wrong").wait_for()
    frames[4].locator(".cn-compare th").first.wait_for()
    assert frames[0].locator(".cn-stage").get_attribute("data-theme") == theme
    for frame in frames:
        frame.evaluate(AXE.read_text(encoding="utf-8"))
        assert frame.evaluate(CONTRAST) == []


def test_a_frame_without_a_colour_of_its_own_takes_the_theme_that_its_page_names(open_page):
    for theme, scheme in (("dark", "light"), ("light", "light")):
        page = open_page(theme=theme, scheme=scheme, bare=1)
        frame = page.show("e = explore(layers.Conv2D(3, 3))\ne")
        assert frame.locator(".cn-stage").get_attribute("data-theme") == theme
