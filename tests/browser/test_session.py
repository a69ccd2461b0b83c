"""A whole session: predict wrong, read the hint, predict right, edit a kernel, keep the picture and the state.

Played by keyboard alone, and by touch alone.
"""

import io

import pytest
from PIL import Image
from reading import wait_for

SOURCE = [
    "import keras, widgets",
    "p = widgets.predict(keras.layers.Conv2D(2, 3), (1, 8, 9, 3), ask=['params']); p",
]
FOCUS = "document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim()"


class Keyboard:
    """Goes from control to control with Tab, and presses what has the focus."""

    options = {}

    def __init__(self, page):
        self.page = page

    def reach(self, locator):
        handle = locator.element_handle()
        for _ in range(90):
            if handle.evaluate("element => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {locator}; it led to {self.page.evaluate(FOCUS)}")

    def write(self, locator, text):
        self.reach(locator)
        self.page.keyboard.press("Control+a")
        self.page.keyboard.type(text)
        self.page.keyboard.press("Enter")

    def press(self, locator):
        self.reach(locator)
        self.page.keyboard.press("Enter")

    def choose_tap(self, frame):
        self.reach(frame)
        for key in ("Home", "ArrowRight"):
            self.page.keyboard.press(key)
        self.page.keyboard.type("1.5")
        self.page.keyboard.press("Enter")


class Touch:
    """Taps on what it wants; numbers come from the keyboard on the screen."""

    options = {"touch": True, "size": (400, 800)}

    def __init__(self, page):
        self.page = page

    def write(self, locator, text):
        locator.tap()
        locator.fill(text)
        locator.press("Enter")

    def press(self, locator):
        locator.tap()

    def choose_tap(self, frame):
        frame.scroll_into_view_if_needed()
        box = frame.bounding_box()
        self.page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 6)
        self.page.wait_for_function("document.activeElement.className === 'cn-field'")
        self.page.keyboard.type("1.5")
        self.page.keyboard.press("Enter")


@pytest.mark.parametrize("by", [Keyboard, Touch])
def test_a_whole_session_can_be_played(notebook, by):
    nb = notebook(SOURCE, **by.options)
    page = nb.page
    field = page.locator(".cn-answer input")
    field.wait_for()
    field.scroll_into_view_if_needed()
    hand = by(page)
    if by is Keyboard:
        page.locator(".jp-OutputArea-output").last.focus()  # out of the code cell, as Escape and Tab do for a reader
        field.focus()
    hand.write(field, "3*3*3*2")
    page.get_by_text("Hint:").wait_for()
    nb.screenshot(f"session_{by.__name__}_hint")
    hand.write(field, "3*3*3*2 + 2")
    wait_for(nb, "p.score == (1, 1)")
    nb.wait_revision(1)
    stage = nb.stage
    hand.press(stage.get_by_role("button", name="Edit cells"))
    stage.locator(".cn-field").wait_for(state="visible")
    if by is Keyboard:
        page.keyboard.press("Shift+Tab")  # the picture stands before the tools
        for _ in range(60):
            if page.evaluate("document.activeElement.closest('[data-grid=\"kernel\"] .cn-frame') !== null"):
                break
            page.keyboard.press("Shift+Tab")
    hand.choose_tap(page.locator(".cn-panel[data-grid='kernel'] .cn-frame"))
    wait_for(nb, "p.explorer.layer.kernel[0, 1, 0, 0] == 1.5")
    with page.expect_download(timeout=60_000) as download:
        hand.press(stage.get_by_role("button", name="Save PNG"))
    assert Image.open(io.BytesIO(open(download.value.path(), "rb").read())).format == "PNG"
    hand.press(stage.get_by_role("button", name="Copy state"))
    text = page.get_by_role("textbox", name="The state, for explore(state=...)")
    text.wait_for()
    nb.run(f"again = widgets.explore(state={text.input_value()!r})")
    assert nb.run("bool((again.y == p.explorer.y).all() and again.layer.kernel[0, 1, 0, 0] == 1.5)") == "True"
    nb.screenshot(f"session_{by.__name__}_end")
