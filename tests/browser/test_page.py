"""A saved page, opened from the disk as a reader would: no kernel, no server."""

import keras
import numpy as np
import pytest
from keras import layers
from reading import button, facts, point
from saved_page import Page

from widgets import DeformableConv2D, explore
from widgets.facts import layer_facts

BOAT = ["kernel_size", "strides", "padding", "dilation_rate", "use_bias"]
STRIPES = np.arange(42.0).reshape(1, 6, 7, 1) % 5


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Pages by name."""
    folder = tmp_path_factory.mktemp("pages")
    explore(layers.Conv2D(1, 3)).save(folder / "boat.html", BOAT)
    explore(layers.Conv2DTranspose(1, (2, 3)), STRIPES).save(folder / "transposed.html", ["kernel_size"])
    chain = keras.Sequential([layers.Conv2D(1, 3), layers.MaxPooling2D(2), layers.Conv2D(1, 2)])
    explore(chain, STRIPES).save(folder / "chain.html", ["kernel_size", "padding"])
    explore(DeformableConv2D(1, 2)).save(folder / "deformable.html", ["strides", "padding"])
    explore(keras.Sequential([layers.Dense(7), layers.Dense(3)]), (1, 5)).save(folder / "table.html")
    return folder


def test_every_control_moves_from_end_to_end_and_shows_what_keras_says(open_page):
    page = open_page("boat")
    ends = {"kernel_size": (1, 5), "strides": (1, 3), "dilation_rate": (1, 3)}
    for name, (low, high) in ends.items():
        slider = page.control(name)
        assert [slider.get_attribute(end) for end in ("min", "max")] == [str(low), str(high)]
        assert slider.get_attribute("data-axis") is None
        start = slider.input_value()
        slider.press("Home")
        for value in range(low, high + 1):
            arguments = {"filters": 1, "kernel_size": 3} | {name: value}
            answer = layer_facts(layers.Conv2D(**arguments), (1, 8, 8, 1))
            assert page.code == answer.code
            assert facts(page)["output"] == str(answer.output_shape)
            assert slider.locator("xpath=following-sibling::output").inner_text() == str(value)
            slider.press("ArrowRight")
        slider.fill(start)
    page.control("padding").select_option("same")
    assert facts(page)["output"] == "(1, 8, 8, 1)"
    page.control("use_bias").uncheck()
    assert page.code == "layers.Conv2D(1, 3, padding='same', use_bias=False)"
    assert page.page.locator("fieldset legend").all_inner_texts() == BOAT
    for name in BOAT:
        assert page.page.get_by_label(name, exact=True).count() == 1
    assert page.page.locator(".cn-edit, .cn-editor, .cn-own, .cn-png, .cn-gif, .cn-state").count() == 0
    assert page.page.get_by_text("In a notebook you can also").is_visible()


def test_points_that_cannot_be_moved_are_not_offered_to_be_moved(open_page):
    page = open_page("deformable")
    point(page, 1, 3, 3, size=(7, 7))
    assert page.stage.locator(".cn-sum .cn-fold", has_text="where each tap reads").count() == 1
    assert page.stage.locator(".cn-sum .cn-hint").count() == 0


def test_a_cell_that_is_pointed_at_is_explained(open_page):
    page = open_page("boat", "#kernel_size=2,2")
    point(page, 1, 3, 4, size=(7, 7))
    assert page.stage.locator(".cn-sum").inner_text().startswith("y[0, 3, 4, 0] = ")
    assert page.stage.locator(".cn-sum .cn-returned").inner_text().startswith("Keras returned ")
    page = open_page("transposed", "#view=scatter")
    point(page, 0, 1, 2, size=(6, 7))
    assert STRIPES[0, 1, 2, 0] == 4
    assert page.stage.locator(".cn-sum").inner_text().startswith("x[0, 1, 2, 0] = 4")


def test_both_views_of_a_transposed_layer_can_be_chosen(open_page):
    page = open_page("transposed")
    assert page.control("view").count() == 0
    button(page, "Gather").click()
    page.wait_until("location.hash.includes('view=gather')")
    assert page.page.locator(".cn-panel-grid").count() == 3
    page.control("kernel_size", "width").fill("1")
    page.wait_fragment("#kernel_size=2,1&view=gather")
    assert page.code == "layers.Conv2DTranspose(1, (2, 1))"


def test_a_refusal_is_said_over_the_greyed_picture_before(open_page):
    page = open_page("boat", "#strides=2")
    page.control("dilation_rate").fill("2")
    problem = page.stage.locator(".cn-problem")
    with pytest.raises(ValueError) as refusal:
        layers.Conv2D(1, 3, strides=2, dilation_rate=2)
    assert str(refusal.value) in problem.inner_text()
    assert problem.locator(".cn-advice").inner_text() != ""
    assert "cn-stale" in page.stage.get_attribute("class")
    assert page.page.locator(".cn-panel-grid").count() == 2
    page.control("dilation_rate").fill("1")
    assert problem.inner_text() == ""
    assert "cn-stale" not in page.stage.get_attribute("class")


@pytest.mark.parametrize("width", [320, 390])
def test_on_a_phone_old_values_do_not_move_the_picture(open_page, width):
    page = open_page("boat", width=width)
    top = "document.querySelector('.cn-panels').offsetTop"
    before = page.page.evaluate(top)
    page.control("kernel_size").fill("2")
    assert page.stage.locator(".cn-changed").count() == 4
    assert page.page.evaluate(top) == before


def test_an_address_opens_its_state_and_back_goes_back(open_page):
    page = open_page("boat", "#kernel_size=2,2&padding=same")
    assert (page.code, page.control("kernel_size").input_value()) == ("layers.Conv2D(1, 2, padding='same')", "2")
    entries = page.page.evaluate("history.length")
    for _ in range(2):  # one after another: one entry
        page.control("strides").press("ArrowRight")
    page.wait_fragment("#kernel_size=2,2&strides=3,3&padding=same&dilation_rate=1,1&use_bias=True")
    assert page.page.evaluate("history.length") == entries + 1
    page.page.wait_for_timeout(1100)  # a pause
    page.control("strides").press("Home")
    page.wait_fragment("#kernel_size=2,2&strides=1,1&padding=same&dilation_rate=1,1&use_bias=True")
    assert page.page.evaluate("history.length") == entries + 2
    page.page.go_back()
    page.wait_until("document.querySelector('[name=strides]').value === '3'")
    assert page.code == "layers.Conv2D(1, 2, strides=3, padding='same')"
    page.page.go_back()
    page.wait_until("document.querySelector('[name=strides]').value === '1'")
    assert (page.code, page.note) == ("layers.Conv2D(1, 2, padding='same')", "")


def test_on_a_full_screen_its_controls_are_as_large_as_live_ones(open_page):
    page = open_page("boat", width=1920)
    size = "one => parseFloat(getComputedStyle(one).fontSize)"
    words = page.page.locator(".cn-recorded-controls :is(legend, label)")
    assert set(words.evaluate_all(f"all => all.map({size})")) == {13}
    button(page, "Full screen").click()
    button(page, "Leave full screen").wait_for()
    assert set(words.evaluate_all(f"all => all.map({size})")) == {19.2}


def test_reset_goes_back_to_the_start_and_what_was_left_is_one_step_back(open_page):
    page = open_page("boat", "#kernel_size=2,2&padding=same")
    page.page.get_by_role("button", name="Reset").click()
    page.wait_fragment("#kernel_size=3,3&strides=1,1&padding=valid&dilation_rate=1,1&use_bias=True")
    assert (page.code, page.control("padding").input_value()) == ("layers.Conv2D(1, 3)", "valid")
    page.page.go_back()
    page.wait_until("document.querySelector('[name=padding]').value === 'same'")
    assert page.code == "layers.Conv2D(1, 2, padding='same')"


@pytest.mark.parametrize("fragment", ["#kernel_size=99", "#lkjh%%%", "#kernel_size=1,2&padding=same"])
def test_a_damaged_address_opens_the_start_and_says_so(open_page, fragment):
    page = open_page("boat", fragment)
    assert page.code == "layers.Conv2D(1, 3)"
    assert page.note.startswith("The address names a setting that this page does not have.")
    page.control("strides").press("ArrowRight")
    assert (page.note, page.code) == ("", "layers.Conv2D(1, 3, strides=2)")


def test_the_link_is_copied_and_where_that_is_forbidden_it_is_selected(open_page):
    page = open_page("boat", permissions=["clipboard-read", "clipboard-write"])
    page.control("strides").press("ArrowRight")
    page.wait_fragment("#kernel_size=3,3&strides=2,2&padding=valid&dilation_rate=1,1&use_bias=True")
    page.page.get_by_role("button", name="Copy link").click()
    page.page.get_by_text("Copied").wait_for()
    link = page.page.evaluate("navigator.clipboard.readText()")
    assert link == page.page.url and "strides=2,2" in link
    page.page.evaluate("() => { navigator.clipboard.writeText = undefined; document.execCommand = () => false; }")
    page.page.locator(".cn-link").click()
    page.page.locator(".cn-side .cn-note").wait_for()
    assert page.page.evaluate("getSelection().toString() || document.activeElement.value") == link


def test_the_sliders_of_a_chain_move_its_chosen_layer(open_page):
    page = open_page("chain")
    before = facts(page)
    assert page.page.locator(".cn-side").inner_text().startswith("sliders for layer: 0 Conv2D")
    page.control("kernel_size").fill("2")
    page.control("padding").select_option("same")
    assert "layers.Conv2D(1, 2, padding='same'), layers.MaxPooling2D(), layers.Conv2D(1, 2)" in page.code
    assert facts(page)["output"] == "(1, 2, 2, 1)" != before["output"]
    assert page.page.locator(".cn-panel-grid").count() == 4


def test_a_model_of_which_nothing_is_drawn_has_its_table_as_a_page(open_page):
    page = open_page("table", width=390)
    assert page.page.locator("h1").inner_text() == "Model: (1, 5) -> (1, 3)"
    rows = page.page.locator("tbody tr").evaluate_all("rows => rows.map(row => [...row.cells].map(c => c.innerText))")
    assert [row[2:6] for row in rows] == [["Dense", "(1, 7)", "42", "35"], ["Dense", "(1, 3)", "24", "21"]]
    assert page.page.get_by_text("No layer of this model can be drawn by itself.").is_visible()
    assert page.page.get_by_text("Open this file in a current web browser").count() == 0
    assert page.page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("name", ["boat", "transposed", "chain"])
def test_a_page_fits_on_a_phone_and_is_worked_by_keys_alone(open_page, name):
    page = open_page(name, width=390, has_touch=True)
    assert page.page.evaluate("document.documentElement.scrollWidth") == 390
    for control in page.page.locator(".cn-recorded-controls :is(input, select)").all():
        assert control.bounding_box()["height"] >= 20
    page.page.keyboard.press("Tab")
    assert page.page.evaluate("document.activeElement.textContent") == "Skip to the picture"
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("ArrowRight")
    page.wait_until("location.hash.startsWith('#kernel_size=')")


# 320: a window of 640 at 200% zoom
@pytest.mark.parametrize("theme, width", [("light", 1366), ("dark", 1366), ("light", 320), ("dark", 390)])
@pytest.mark.parametrize("name", ["boat", "transposed", "deformable", "chain", "table"])
def test_axe_finds_nothing_against_wcag_2_2_aa_and_nothing_is_wider_than_the_page(open_page, name, theme, width):
    page = open_page(name, width=width, color_scheme=theme, device_scale_factor=2 if width == 320 else 1)
    if name == "boat":
        point(page, 1, 3, 4, size=(6, 6))
        page.control("kernel_size").fill("4")
        assert page.code == "layers.Conv2D(1, 4)"
    assert page.page.evaluate("document.documentElement.scrollWidth") == width
    if name != "table":
        assert page.stage.get_attribute("data-theme") == theme
    assert page.violations() == []


@pytest.mark.parametrize("name", ["boat", "transposed", "chain"])
def test_a_page_works_in_a_sandboxed_frame(browser, folder, name):
    outer = folder / f"framed-{name}.html"
    outer.write_text(f'<iframe sandbox="allow-scripts" src="{name}.html" width="1000" height="700"></iframe>')
    page = Page(browser.new_page(), outer)
    page.page.goto(f"file://{outer}")
    frame = page.page.frame_locator("iframe")
    code, slider = frame.locator(".cn-code"), frame.locator('[name="kernel_size"]').last
    before, start = code.inner_text(), slider.input_value()
    slider.press("ArrowRight")
    assert slider.input_value() == str(int(start) + 1)
    assert (
        code.inner_text()
        == {
            "boat": "layers.Conv2D(1, 4)",
            "transposed": "layers.Conv2DTranspose(1, (2, 4))",
            "chain": before.replace("(1, 3)", "(1, 4)"),
        }[name]
    )
    assert code.inner_text() != before
    frame.locator(".cn-cells").last.hover()
    assert frame.locator(".cn-sum .cn-returned").inner_text().startswith("Keras returned ")
    frame.locator(".cn-link").click()
    frame.get_by_text("Copied").wait_for()
    page.page.wait_for_timeout(100)  # the address is written behind the frame
    # Chromium itself says that a frame may not ask for the clipboard; the link is copied in the old way.
    assert [error for error in page.errors if "The Clipboard API has been blocked" not in error] == []
    assert [url for url in page.requests if not url.startswith(("file:", "data:image/png"))] == []
    page.page.close()


def test_without_javascript_there_is_the_figure_and_a_sentence(browser, folder):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{folder}/boat.html")
    assert page.locator("main > img").bounding_box()["width"] > 200
    assert page.get_by_text("Open this file in a current web browser").is_visible()
    context.close()


def test_without_decompression_the_figure_stays(browser, folder):
    page = browser.new_page()
    page.add_init_script("delete window.DecompressionStream")
    page.goto(f"file://{folder}/boat.html")
    assert page.locator("main > img").is_visible() and page.locator(".cn-stage").count() == 0
    page.close()
