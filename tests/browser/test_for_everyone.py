"""For everyone: WCAG 2.2 AA, keys alone, narrow screens, 200% zoom, projectors, less motion, words to be heard.

One page for all of these tests; its size and its theme change.
"""

import os
import re
from pathlib import Path

import pytest
from reading import CUT, OURS, look

LOOKS = 4 if os.environ.get("SOAK") else 2

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
INSTALL = "npm install --prefix tests/browser --no-package-lock"
SETUP = """\
import keras
from keras import layers
from widgets import DeformableConv2D, compare, explore, goal, predict
task = goal(input_shape=(28, 28, 12), output_shape=(14, 14, 6), kind="DepthwiseConv2D", most_params=600)
p = predict(layers.Conv2D(2, 3), (1, 8, 9, 3))
"""
# One of each: every kind, groups, samples, planes, both views, refused, hidden, every tool.
SHOWN = [
    "e = explore(layers.Conv2DTranspose(2, (3, 2), strides=2, padding='same'), (2, 4, 3, 4)); e",
    "line = explore(layers.Conv1D(2, 3, padding='causal'), (1, 12, 3)); line",
    "explore(layers.Conv3D(2, (2, 3, 2), groups=2), (1, 3, 5, 6, 2))",
    "explore(layers.SeparableConv2D(2, (3, 2)), (1, 6, 7, 3))",
    "explore(DeformableConv2D(2, 3, offset_kernel_initializer=keras.initializers.RandomNormal(seed=1)), (1, 5, 6, 4))",
    "explore(keras.Sequential([layers.Conv2D(1, 3, dilation_rate=d) for d in (1, 2, 4)]), (1, 17, 18, 1))",
    "refused = explore(layers.DepthwiseConv2D((3, 2)), (1, 8, 7, 3)); refused",
    "explore(layers.Conv2D(2, 3), (1, 6, 7, 2), reveal=False)",
    "compare([layers.Conv2D(6, 2), layers.SeparableConv2D(6, 2), layers.Conv2D(6, 31)], (4, 28, 28, 12))",
    "p",
    "predict(layers.Conv2D(2, 3), (1, 8, 9, 3), ask=['value'])",
    "task",
    "task(layers.DepthwiseConv2D(3, strides=2, padding='same'))",
]
# axe takes words for hidden in JupyterLab's body, which has no height, and below the end of the window.
UNFOLD = """() => {
  document.body.style.height = '100vh';
  return document.querySelector('.jp-WindowedPanel-outer').scrollHeight;
}"""
RUN_AXE = """async ours => {
  const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
  const found = await axe.run({ include: ours.split(', ').map(one => [one]) }, { runOnly: tags });
  const told = list => list.flatMap(({ id, nodes }) => nodes.map(({ html, any, all, none }) =>
    `${id}: ${[...any, ...all, ...none].map(({ message }) => message).join('; ')} ${html.slice(0, 200)}`));
  return { bad: told(found.violations), unsure: told(found.incomplete), good: told(found.passes) };
}"""


@pytest.fixture(scope="module")
def page(lab):
    nb = lab.notebook([SETUP, *SHOWN], size=(1200, 900), whole=True)
    nb.run("refused.settings = {'kernel_size': (9, 2)}; p.answer('4 9'); p.show()")
    nb.page.wait_for_function("document.querySelectorAll('.cn-stage[data-revision]').length === 9", timeout=120_000)
    nb.page.locator(".cn-stale").wait_for(timeout=60_000)
    yield nb
    nb.close()
    assert nb.errors == []


@pytest.mark.parametrize("theme, width", [("light", 360), ("dark", 1200), ("light", 1200), ("dark", 360)][:LOOKS])
def test_axe_finds_nothing_against_wcag_2_2_aa(page, theme, width):
    if not AXE.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(f"axe-core is missing; to get it: {INSTALL}")
    look(page, theme, width)
    for _ in range(2):  # in a higher window the controls are higher too
        look(page, theme, width, height=page.page.evaluate(UNFOLD) + 200)
    page.screenshot(f"{theme}-{width}")
    page.page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.page.evaluate(RUN_AXE, OURS)
    assert found["bad"] == []
    # axe does not judge words beside a swatch or on a menu's arrow; tests/stage/cells.test.mjs judges all colours.
    assert [told for told in found["unsure"] if not told.startswith("color-contrast")] == []
    for seen in ("cn-label", "cn-advice", "cn-returned", "data-label", "cn-count", "summary", "widget-label"):
        assert any(told.startswith("color-contrast") and seen in told for told in found["good"]), seen
    assert any(told.startswith("target-size") and "cn-strip" in told for told in found["good"])


@pytest.mark.parametrize("size", [(360, 740), (640, 480), (1200, 900)], ids=["telephone", "200% zoom", "laptop"])
def test_no_word_is_cut_and_nothing_sticks_out(page, size):
    look(page, "light", *size)
    points = page.page.locator(".cn-fold summary", has_text="where each tap reads")
    points.click()
    try:
        assert page.page.evaluate(CUT, OURS) == []
    finally:
        points.click()


# For each explorer: the pixels from its first slider, brought as near to the answer as it goes, to 30 pixels into the
# first grid or the refusal; and the pixels that the window has.
APART = """() => [...document.querySelectorAll('.cn-explorer:has(.noUi-handle)')].map(box => {
  const handle = box.querySelector('.noUi-handle');
  handle.scrollIntoView({ block: 'end' });
  const answer = box.querySelector('.cn-problem:not(:empty)') ?? box.querySelector('.cn-cells');
  const [from, to] = [handle, answer].map(part => part.getBoundingClientRect().top);
  return [to + 30 - from, box.closest('.jp-WindowedPanel-outer').clientHeight];
})"""


@pytest.mark.parametrize("size", [(360, 740), (640, 480), (1200, 900)], ids=["telephone", "200% zoom", "laptop"])
def test_the_first_slider_and_the_picture_are_seen_together(page, size):
    look(page, "light", *size)
    apart = page.page.evaluate(APART)
    assert len(apart) > 7
    assert [pixels for pixels, window in apart if pixels > window] == []


# Cells have the size that the picture has; keys and the buttons below it lead to each of them.
SMALL = """ours => [...document.querySelectorAll(ours)].flatMap(box =>
  [...box.querySelectorAll('button, select, summary, input:not([type=checkbox], [type=file]), .cn-strip')])
  .filter(element => element.checkVisibility())
  .filter(element => Object.entries(element.getBoundingClientRect().toJSON()).some(([side, length]) =>
    ['width', 'height'].includes(side) && length < 24))
  .map(element => element.outerHTML.slice(0, 120))"""


@pytest.mark.parametrize("width", [1200, 360])
def test_everything_to_press_is_at_least_24_pixels_high_and_wide(page, width):
    look(page, "light", width)
    assert page.page.evaluate(SMALL, OURS) == []


FOCUS = """() => {
  const focused = document.activeElement;
  const kinds = { BUTTON: 'button', SELECT: 'menu', SUMMARY: 'fold' };
  const kind = kinds[focused.tagName] ?? focused.getAttribute('role') ?? focused.type;
  const label = focused.getAttribute('aria-label') ?? focused.labels?.[0]?.innerText ?? focused.innerText;
  const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(focused);
  let around = (focused.closest('.noUi-target') ?? focused).parentElement; // a slider's track is but a line
  while (getComputedStyle(around).backgroundColor === 'rgba(0, 0, 0, 0)') around = around.parentElement;
  const name = `${kind} ${label.trim().split(/[.,:]/)[0]}`;
  return [name, outlineStyle, parseFloat(outlineWidth), outlineColor, getComputedStyle(around).backgroundColor];
}"""
SQUARE = ["slider {0}", "textbox {0}", "checkbox square"]
# In the order of the page: sliders, code, views, samples, grids with their channels, steps, tools.
WALK = [
    *[f"{kind} input {name}" for name in ("height", "width", "channels") for kind in ("slider", "textbox")],
    *["slider filters", "textbox filters"],
    *[f"{kind} kernel_size {axis}" for axis in ("height", "width") for kind in ("slider", "textbox")],
    *["checkbox square", *[line.format("strides") for line in SQUARE]],
    *["menu padding", "checkbox output_padding"],
    *[line.format("dilation_rate") for line in SQUARE],
    *["checkbox use_bias", "menu activation", "button Reset", "menu kernel", "button turn the kernel"],
    *["menu picture", "slider picture size"],
    *["button Copy", "button Edit cells", "button Hide answer", "button Full screen"],
    *["button Scatter", "button Gather", "slider sample"],
    *["application Input", "slider input channel", "application kernel", "slider kernel slice"],
    *["application Output", "slider filter"],
    *["button First cell", "button One step back", "button Play", "button One step forward", "button Last cell"],
    *["range Position", "menu Speed", "button My own picture"],
    *["button Save PNG", "button Save GIF", "button Copy state"],
]
QUIZ = ["text y[0", *[f"button {name}" for name in ("Check", "Hint", "Show the solution", "Skip")]]  # of the moment


def contrast(one, other):
    """Of two colours that the browser names, by WCAG 2.2's definition."""

    def luminance(colour):
        parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
        parts = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    low, high = sorted(map(luminance, (one, other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("tool", ["explorer", "quiz"])
def test_tab_goes_through_every_control_in_order_and_back_and_the_focus_is_seen(page, theme, tool):
    look(page, theme, 1200)
    stops, box = (WALK, ".cn-explorer") if tool == "explorer" else (QUIZ, ".cn-asked:not(:has(.cn-explorer))")
    first = page.page.locator(box).first.locator(".noUi-handle, input").first
    first.focus()
    page.page.keyboard.press("Tab")  # a key, for the browser to show the focus
    page.page.keyboard.press("Shift+Tab")
    seen = [page.page.evaluate(FOCUS)]
    for key in ["Tab"] * len(stops[1:]) + ["Shift+Tab"] * len(stops[1:]):
        page.page.keyboard.press(key)
        seen.append(page.page.evaluate(FOCUS))
    assert [name for name, *_ in seen] == stops + stops[-2::-1]
    for name, style, width, colour, around in seen:
        assert style == "solid" and width >= 2, name
        assert contrast(colour, around) >= 3, (name, colour, around)


MOVES = """ours => [...document.querySelectorAll(ours)].flatMap(box => [...box.querySelectorAll('*')])
  .filter(element => {
    const { animationName, transitionDuration } = getComputedStyle(element);
    return animationName !== 'none' || transitionDuration.split(', ').some(parseFloat);
  }).map(element => element.className)"""
TAPPED = "sliders => sliders.forEach(slider => slider.classList.toggle('noUi-state-tap'))"


def test_nothing_glides_for_who_wants_less_motion(page):
    look(page, "light", 1200)
    sliders = page.page.locator(".noUi-target")
    sliders.evaluate_all(TAPPED)  # ipywidgets' sliders glide to where they are clicked
    assert page.page.evaluate(MOVES, OURS) != []
    page.page.emulate_media(reduced_motion="reduce")
    try:
        assert page.page.evaluate(MOVES, OURS) == []
    finally:
        page.page.emulate_media(reduced_motion="no-preference")
        sliders.evaluate_all(TAPPED)


def test_another_output_shape_is_said_and_a_hidden_answer_is_not(page):
    look(page, "light", 1200)
    line, hidden = page.page.locator(".cn-explorer").nth(1), page.page.locator(".cn-explorer:has(.cn-hidden)")
    line.get_by_role("slider", name="strides steps").press("ArrowRight")
    line.locator(".cn-spoken").get_by_text("Output (1, 6, 2). y[0, 0, 0] is").wait_for(state="attached", timeout=30_000)
    hidden.locator(".cn-frame").first.press("ArrowRight")
    line.get_by_role("slider", name="filters").press("ArrowRight")
    line.locator(".cn-spoken").get_by_text("Output (1, 6, 3).").wait_for(state="attached", timeout=30_000)
    assert hidden.locator(".cn-spoken").inner_text() == ""
    assert page.page.locator(".cn-explorer").nth(3).locator(".cn-spoken").inner_text() == ""  # nobody was there


FONTS = """box => {
  const walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT), found = {};
  for (let node; (node = walk.nextNode());) {
    const parent = node.parentElement;
    if (!node.data.trim() || !parent.checkVisibility() || parent.closest('.cn-spoken')) continue;
    const size = parseFloat(getComputedStyle(parent).fontSize);
    if (size < 18) found[node.data.trim()] = size;
  }
  return found;
}"""


def test_on_a_projector_words_and_thumbnails_are_large(page):
    look(page, "light", 1920, 1080)
    explorer = page.page.locator(".cn-explorer").first
    strip = explorer.locator('[data-grid="0"] .cn-channels .cn-strip')
    assert (strip.bounding_box()["width"], strip.bounding_box()["height"]) == (120, 30)
    explorer.get_by_role("button", name="Full screen").press("Enter")
    explorer.get_by_role("button", name="Leave full screen").wait_for()
    try:
        assert explorer.evaluate(FONTS) == {}
        assert (strip.bounding_box()["width"], strip.bounding_box()["height"]) == (180, 45)
        page.screenshot("projector")
    finally:
        explorer.get_by_role("button", name="Leave full screen").press("Enter")
        explorer.get_by_role("button", name="Full screen", exact=True).wait_for()
