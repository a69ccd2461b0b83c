"""Every notebook as most readers have it: on the hosted page, cell after cell, each layer the one that was written.

Networks are trained for one epoch here; in full where the notebooks' outputs are compared, and in `make soak`.
"""

import os
from pathlib import Path

import nbformat
import pytest
from reading import ONE_EPOCH

NOTEBOOKS = sorted((Path(__file__).parents[3] / "notebooks").glob("*.ipynb"))
SOAK = bool(os.environ.get("SOAK"))
# Their sliders are moved here; those of all in `make soak`.
MOVED = {path.stem for path in NOTEBOOKS} if SOAK else {"00_start_here", "02_grouped"}
VIEW = "application/vnd.jupyter.widget-view+json"
# Notes what every widget holds when a cell ends, which is before the kernel hears of any page; `_changed()` tells which
# of them hold something else since.
WATCH = """
def _watch():
    import ipywidgets, widgets
    from IPython import get_ipython

    held = {}
    def holds(widget):
        return widget.code if isinstance(widget, widgets.Explorer) else getattr(widget, "value", None)
    def note(result):
        if result.info.store_history:
            held.clear()
            held.update((widget, holds(widget)) for widget in ipywidgets.Widget.widgets.values())
    def changed():
        return [f"{widget}: {was!r} -> {holds(widget)!r}" for widget, was in held.items() if holds(widget) != was]
    get_ipython().events.register("post_run_cell", note)
    return changed
_changed = _watch()
"""
DRAWN = """() => document.querySelector('.jupyter-widgets') !== null &&
  [...document.querySelectorAll('.cn-tool')].every(tool => tool.querySelector('.cn-connection')) &&
  [...document.querySelectorAll('.cn-explorer')].every(tool => tool.querySelector('.cn-stage[data-revision]'))"""
STANDS = """handle => ({
  value: handle.closest('.widget-slider').querySelector('.widget-readout').textContent,
  revision: handle.closest('.cn-explorer').querySelector('.cn-stage').dataset.revision,
})"""


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_the_layers_that_it_wrote(server, path):
    page = server.page()
    page.execute(WATCH if SOAK else WATCH + ONE_EPOCH)
    shown = []
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        fails = "raises-exception" in cell.metadata.get("tags", [])
        name = page.run(cell.source, fails=fails)
        logged = [output["text"] for output in page.outputs if output.get("name") == "stderr"]
        assert not logged, (cell.source, logged)
        if any(VIEW in output.get("data", {}) for output in page.outputs):
            frame = page.frame(name)
            frame.wait_for_function(DRAWN, timeout=30_000)
            page.settle()
            assert page.execute("_changed()") == "[]", cell.source
            shown.append(name)
    assert shown
    if path.stem in MOVED:
        move_every_slider(page, shown)
    assert page.errors == []
    page.close()


def move_every_slider(page, shown):
    """Move each slider of these cells to both of its ends: it gets there, and its picture follows."""
    moved = 0
    for name in shown:
        frame = page.frame(name)
        for handle in frame.locator(".cn-explorer .noUi-handle").all():
            if not handle.is_visible() or handle.evaluate("handle => handle.closest('[disabled]') !== null"):
                continue
            label = handle.get_attribute("aria-label")
            for key, end in (("End", "aria-valuemax"), ("Home", "aria-valuemin")):
                before = handle.evaluate(STANDS)
                handle.press(key)
                page.settle()
                after = handle.evaluate(STANDS)
                assert after["revision"] != before["revision"] or after["value"] == before["value"], (label, key)
                if not label.endswith("groups"):  # these stop at the nearest divisor
                    assert float(after["value"]) == float(handle.get_attribute(end)), (label, key)
            moved += 1
    assert moved >= 3
