"""Notebooks as a reader has them: opened in JupyterLab, run, and their sliders moved from end to end.

Three of them here, as all nine are shown on the hosted page (hosted/test_hosted_notebooks.py): all, with every slider
and with networks trained in full, in `make soak`.
"""

import os
from pathlib import Path

import pytest
from reading import ONE_EPOCH

SOAK = bool(os.environ.get("SOAK"))
NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb" if SOAK else "0[028]_*.ipynb"))
MOST = 10**6 if SOAK else 9  # sliders of a notebook
# Explorers whose facts are not those of the settings that their controls show.
ODD = """
import gc, widgets
[e.code for e in gc.get_objects() if isinstance(e, widgets.Explorer) and e._controls
 and {**e._live.settings, "input_shape": 0} != {**e._controls.settings, "input_shape": 0}]
"""
# Where a slider stands, and which picture its explorer shows.
STANDS = """handle => ({
  value: handle.getAttribute('aria-valuenow'),
  revision: handle.closest('.cn-explorer').querySelector('.cn-stage').dataset.revision,
})"""

# How far below the headline's top the lowest of what a class looks at together ends; null where a grid is larger than
# 28x28. A laptop of 1366x768 leaves a notebook 647 px.
REACH = """stage => {
  const shapes = [...stage.querySelectorAll('.cn-panel-grid .cn-shape')].map(one => one.textContent.match(/\\d+/g));
  if (shapes.some(shape => shape.slice(1, -1).some(size => size > 28))) return null;
  const seen = [...stage.querySelectorAll('.cn-cells, .cn-play, .cn-returned')].filter(one => one.offsetParent);
  const bottoms = seen.map(one => one.getBoundingClientRect().bottom);
  return Math.max(...bottoms) - stage.querySelector('.cn-headline').getBoundingClientRect().top;
}"""
SCREEN = 647


def assert_on_one_screen(page):
    """Headline, grids, Play and the last line of a pinned cell's sum, of every explorer."""
    for i in range(page.stage.count()):
        stage = page.stage.nth(i)
        if not stage.is_visible():
            continue
        stage.scroll_into_view_if_needed()
        if (reveal := stage.get_by_role("button", name="Reveal answer")).is_visible():
            reveal.click()
        stage.locator(".cn-panel-grid .cn-cells").last.click(position={"x": 3, "y": 3})
        stage.locator(".cn-returned").wait_for()
        reach = stage.evaluate(REACH)
        assert reach is None or 200 < reach <= SCREEN, (i, reach, stage.locator(".cn-code").text_content())


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_slider_of_a_notebook_moves_from_end_to_end(notebook, path):
    page = notebook.open(path, size=(1366, 768), whole=True, run=False)
    if not SOAK:
        page.run(ONE_EPOCH)
    page.run_all()
    page.stage.last.wait_for(state="attached")
    page.wait_answered()
    assert_on_one_screen(page)
    handles = page.page.locator(".cn-explorer .noUi-handle")
    moved = []
    for i in range(handles.count()):
        handle = handles.nth(i)
        if (
            len(moved) == MOST
            or not handle.is_visible()
            or handle.evaluate("handle => handle.closest('[disabled]') !== null")
        ):
            continue
        name = handle.get_attribute("aria-label") or ""
        for key, end in (("End", "aria-valuemax"), ("Home", "aria-valuemin")):
            before = handle.evaluate(STANDS)
            handle.press(key)
            page.wait_answered()
            after = handle.evaluate(STANDS)
            assert after["revision"] != before["revision"] or after["value"] == before["value"], (name, key)
            if name != "groups":  # it stops at the nearest divisor
                assert float(handle.get_attribute("aria-valuenow")) == float(handle.get_attribute(end)), (name, key)
        moved.append(name)
    assert len(moved) >= 3
    assert page.run(ODD) == "[]"
    # A refused setting greys the picture; no stage is empty, and none has lost its words.
    for i in range(page.stage.count()):
        assert page.stage.nth(i).locator(".cn-code").text_content()
    # The badge is on the network, which a test does not need.
    page.errors = [error for error in page.errors if "colab-badge.svg" not in error]
