"""A saved page in one browser, and the explorer that it was made of in JupyterLab in another, side by side.

One state of every kind and of a chain, drawn by chance; with SOAK=1 ten of each.
"""

import os
import random

import pytest
from reading import SETUP, python, settle, show_in_place
from saved_page import Page

STATES = 10 if os.environ.get("SOAK") else 1
IN_KERNEL = """\
from widgets import DeformableConv2D
from widgets.explorer.recorded_controls import RecordedControls
from widgets.page.recording import LIMITS, combinations

LIMITS.probing = 0

def prepare(path, names):
    global states
    e.save(path, names)
    pages = RecordedControls(e)
    states = [pages._at(values) | {"view": values.get(("view", ""))} for values in combinations(pages.controls(names))]
    states = [{name: value for name, value in state.items() if name in [*names, "view"]} for state in states]

def walk_to(number):
    for state in states[: number + 1]:  # cells that come new get the numbers of this way
        e.settings = {name: value for name, value in state.items() if name != "view"}
    e._stage.view = states[number]["view"] or e._stage.view
    return states[number]
"""
# kind: (layer, shape of x, what can be moved)
KINDS = {
    "Conv1D": ("layers.Conv1D(2, 3)", (1, 9, 2), ["kernel_size", "padding"]),
    "Conv2D": ("layers.Conv2D(2, (3, 2))", (1, 6, 5, 2), ["filters", "padding"]),
    "grouped": ("layers.Conv2D(4, 2, groups=2)", (1, 6, 5, 4), ["groups", "use_bias"]),
    "Conv3D": ("layers.Conv3D(1, 2)", (1, 4, 3, 5, 1), ["strides", "padding"]),
    "Conv1DTranspose": ("layers.Conv1DTranspose(2, 3)", (1, 5, 2), ["strides", "padding"]),
    "Conv2DTranspose": ("layers.Conv2DTranspose(1, 3)", (1, 4, 3, 2), ["strides", "padding"]),
    "Conv3DTranspose": ("layers.Conv3DTranspose(1, 2)", (1, 2, 3, 3, 1), ["padding"]),
    "DepthwiseConv1D": ("layers.DepthwiseConv1D(3)", (1, 9, 2), ["kernel_size", "depth_multiplier"]),
    "DepthwiseConv2D": ("layers.DepthwiseConv2D(2)", (1, 6, 5, 3), ["strides", "depth_multiplier"]),
    "SeparableConv1D": ("layers.SeparableConv1D(2, 3)", (1, 9, 2), ["depth_multiplier", "padding"]),
    "SeparableConv2D": ("layers.SeparableConv2D(2, 2)", (1, 6, 5, 3), ["kernel_size", "depth_multiplier"]),
    "DeformableConv2D": ("DeformableConv2D(2, 2)", (1, 5, 6, 2), ["kernel_size", "padding"]),
    "chain": ("keras.Sequential([layers.Conv2D(2, 2), layers.Conv2D(1, 2)])", (1, 6, 5, 1), ["kernel_size", "padding"]),
}
WIDE = "stage => void Object.assign(stage.style, { flex: 'none', width: '640px' })"
DRAWN = "async () => { for (let i = 0; i < 4; i++) await new Promise(requestAnimationFrame); }"
# What a reader sees of a stage: facts, words, and all canvases pixel by pixel.
SEEN = """stage => {
  stage.querySelectorAll('.cn-hint').forEach((one) => one.remove()); // what a kernel adds
  const all = (name) => [...stage.querySelectorAll(name)];
  return {
    code: stage.querySelector('.cn-code').innerText,
    facts: all('[data-fact]').map((one) => [one.dataset.fact, one.textContent]),
    highlighted: stage.dataset.highlighted,
    words: all('.cn-label, .cn-problem, .cn-sum, .cn-parts').map((one) => one.textContent).join(' | '),
    drawn: all('canvas').filter((one) => one.clientWidth).map((one) => one.toDataURL()),
  };
}"""


@pytest.fixture(scope="module")
def live(lab):
    nb = lab.notebook([IN_KERNEL + SETUP], size=(1366, 900))
    yield nb
    nb.close()
    assert nb.errors == []


def seen(page):
    """What is seen while the pointer is on a cell of the last grid, of stages of one width."""
    page.stage.evaluate(WIDE)
    page.page.evaluate(DRAWN)
    cells = page.stage.locator(".cn-cells").last
    box = cells.bounding_box()
    cells.hover(position={"x": 0.37 * box["width"], "y": 0.37 * box["height"]})
    page.page.evaluate(DRAWN)
    return page.stage.evaluate(SEEN)


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_page_shows_what_the_live_explorer_shows(live, browser, tmp_path, kind):
    layer, shape, names = KINDS[kind]
    show_in_place(live, layer, str(shape))
    live.run(f"prepare({str(tmp_path / 'page.html')!r}, {names})")
    count = python(live, "len(states)")
    page = Page(browser.new_page(viewport={"width": 1366, "height": 900}), tmp_path / "page.html")
    for number in sorted(random.Random(kind).sample(range(count), STATES)):
        state = python(live, f"walk_to({number})")
        settle(live)
        page.go("#" + "&".join(f"{name}={said(value)}" for name, value in state.items() if value is not None))
        recorded, expected = seen(page), seen(live)
        assert recorded["facts"] and recorded["highlighted"] and len(recorded["drawn"]) > 2 and page.note == ""
        for what in recorded:
            assert recorded[what] == expected[what], (what, state)
    assert page.errors == []
    page.page.close()


def said(value):
    """A setting as an address says it."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
