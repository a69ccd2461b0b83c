"""A reader's hands in a real browser: painting, typing, files, the state; by mouse, by keys, by touch."""

import io

import pytest
from PIL import Image
from reading import middle, press, settle, wait_for

SOURCE = ["import keras, widgets", "e = widgets.explore(keras.layers.Conv2D(2, 3)); e"]


@pytest.fixture
def page(notebook):
    nb = notebook(SOURCE)
    nb.wait_revision(1)
    return nb


def edit_button(nb):
    return nb.stage.get_by_role("button", name="Edit cells")


def frame(nb, grid):
    found = nb.page.locator(f".cn-panel[data-grid='{grid}'] .cn-frame")
    found.scroll_into_view_if_needed()
    return found


def test_black_and_white_cells_are_painted_with_the_mouse_and_the_answer_is_that_of_the_layer(page):
    edit_button(page).click()
    frame(page, 0)
    mouse, corner = page.page.mouse, middle(page, 0, 0, 0)
    mouse.move(*corner)
    assert middle(page, 0, 0, 0) == pytest.approx(corner, abs=1)  # nothing moves away under the pointer
    mouse.down()
    for column in range(1, 8):
        mouse.move(*middle(page, 0, 0, column))
    mouse.up()
    wait_for(page, "e.x[0, 0, :, 0].tolist() == [1] * 8 and e.x.sum() == 29 + 7")
    assert page.run("bool(abs(e.layer(e.x) - e.y).numpy().max() < 1e-5)") == "True"
    mouse.move(*middle(page, 0, 0, 3))
    mouse.down()
    mouse.up()
    wait_for(page, "e.x[0, 0, 3, 0] == 0")
    settle(page)
    assert page.page.locator(".cn-pin").count() == 0


def test_a_weight_is_typed_taken_back_and_a_wrong_number_is_marked(page):
    edit_button(page).click()
    before = page.run("float(e.layer.kernel[0, 1, 0, 0])")
    frame(page, "kernel")
    page.page.mouse.click(*middle(page, "kernel", 0, 1))
    field = page.page.get_by_role("textbox", name="New value of kernel[0, 1, 0, 0]")
    page.page.wait_for_function("document.activeElement.className === 'cn-field'")
    field.fill("two")
    field.press("Enter")
    assert field.get_attribute("aria-invalid") == "true"
    field.fill("2,5")
    field.press("Enter")
    wait_for(page, "e.layer.kernel[0, 1, 0, 0] == 2.5")
    assert page.page.evaluate("document.activeElement.className") == "cn-frame"
    page.page.keyboard.press("Control+z")
    wait_for(page, f"abs(e.layer.kernel[0, 1, 0, 0] - {before}) < 1e-6")


def test_cells_are_changed_by_keys_alone(page):
    edit_button(page).focus()
    page.page.keyboard.press("Enter")
    frame(page, 0).focus()
    press(page, "Home", "ArrowDown", "ArrowRight", "Enter")
    wait_for(page, "e.x[0, 1, 1, 0] == 1")
    press(page, "Delete")
    wait_for(page, "e.x[0, 1, 1, 0] == 0")
    page.page.keyboard.type("7")
    page.page.keyboard.press("Enter")
    wait_for(page, "e.x[0, 1, 1, 0] == 7")
    frame(page, "kernel").focus()
    press(page, "Home")
    page.page.keyboard.type("-1.5")
    page.page.keyboard.press("Enter")
    wait_for(page, "e.layer.kernel[0, 0, 0, 0] == -1.5")
    press(page, "ArrowRight")
    page.page.keyboard.type("9")
    page.page.keyboard.press("Escape")
    page.page.wait_for_timeout(300)
    assert page.run("bool(e.layer.kernel[0, 1, 0, 0] != 9)") == "True"


def test_cells_are_painted_by_touch(notebook):
    nb = notebook(SOURCE, touch=True, size=(360, 740))
    nb.wait_revision(1)
    edit_button(nb).tap()
    frame(nb, 0)
    nb.page.touchscreen.tap(*middle(nb, 0, 2, 1))
    wait_for(nb, "e.x[0, 2, 1, 0] == 1")


def test_a_channel_is_filled_cleared_and_brought_back(page):
    edit_button(page).click()
    frame(page, "kernel")
    page.page.mouse.click(*middle(page, "kernel", 1, 1))
    page.page.locator(".cn-field").fill("0.5")
    page.stage.get_by_role("button", name="Fill").click()
    wait_for(page, "(e.layer.kernel[:, :, 0, 0].numpy() == 0.5).all()")
    page.stage.get_by_role("button", name="Clear").click()
    wait_for(page, "(e.layer.kernel[:, :, 0, 0].numpy() == 0).all()")
    page.stage.get_by_role("button", name="Undo").click()
    wait_for(page, "(e.layer.kernel[:, :, 0, 0].numpy() == 0.5).all()")


def test_png_gif_and_state_are_kept(page):
    for name, kind in (("Save PNG", "PNG"), ("Save GIF", "GIF")):
        with page.page.expect_download(timeout=60_000) as download:
            page.stage.get_by_role("button", name=name).click()
        data = open(download.value.path(), "rb").read()
        assert Image.open(io.BytesIO(data)).format == kind
        assert download.value.suggested_filename == f"Conv2D.{kind.lower()}"
    page.stage.get_by_role("button", name="Copy state").click()
    text = page.page.get_by_role("textbox", name="The state, for explore(state=...)")
    text.wait_for()
    state = text.input_value()
    assert page.page.evaluate("navigator.clipboard.readText()") == state
    assert page.run(f"bool((widgets.explore(state={state!r}).y == e.y).all())") == "True"


def test_a_well_known_kernel_is_chosen_and_turned_by_keys(page):
    menu = page.page.locator(".cn-side select").filter(has_text="Sobel, left to right")
    menu.focus()
    menu.select_option("Sobel, left to right")
    wait_for(page, "e.layer.kernel[:, :, 0, 0].numpy().tolist() == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]")
    page.page.get_by_role("button", name="turn the kernel").focus()
    page.page.keyboard.press("Enter")
    wait_for(page, "e.layer.kernel[:, :, 0, 1].numpy().tolist() == [[1, 0, -1], [2, 0, -2], [1, 0, -1]]")
    page.page.locator(".cn-side").get_by_text("convolution of mathematics").wait_for()


def test_a_reader_s_own_picture_is_uploaded_and_a_damaged_one_is_refused(page, tmp_path):
    good, bad = tmp_path / "mine.png", tmp_path / "bad.png"
    Image.effect_noise((60, 30), 60).convert("RGB").save(good)
    bad.write_bytes(b"no picture")

    def upload(path):
        with page.page.expect_file_chooser() as chooser:
            page.page.get_by_role("button", name="My own picture").click()
        chooser.value.set_files(path)

    upload(bad)
    page.page.get_by_text("must be a picture in one of these formats").wait_for()
    upload(good)
    wait_for(page, "e.x.shape == (1, 24, 48, 3)")
    settle(page)
    shape = page.page.locator(".cn-panel[data-grid='0'] .cn-shape")
    assert shape.inner_text() == "(1, 24, 48, 3)"
    page.slider("filters").wait_for()  # those of the new picture have their names before a key or the pointer comes
