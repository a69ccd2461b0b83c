"""What a classroom does to an explorer: kernels restarted, cells run again and again, and moves of every kind.

Short in `make test`; whole in `make soak`.
"""

import json
import os
import random

import pytest
from playwright.sync_api import expect
from reading import facts, python, settle, wait_for, wait_highlighted

SOAK = bool(os.environ.get("SOAK"))
MOVES, RUNS, EXPLORERS = (50, 200, 30) if SOAK else (12, 13, 5)

START = "import keras, widgets\nfrom keras import layers\nfrom widgets import explore"
TOOLS = [
    START,
    "e = explore(layers.Conv2D(1, 3)); e",
    "p = widgets.predict(layers.Conv2D(2, 3), (1, 8, 8, 1)); p",
    "c = widgets.compare([layers.Conv2D(2, 3), layers.Conv2D(2, 2)]); c",
]
SESSION = "window.jupyterapp.shell.currentWidget.sessionContext"
GONE = "The kernel was restarted or stopped: run the cells up to this one again. No cells? Reload the page."
RUNNING = "Another cell is running. This tool answers when it is done."
DEAF = "The browser was too busy when this tool was opened. It shows no change: run this cell again."


def said(page):
    """What the tools say about their kernel, from the top of the page down."""
    return page.page.locator(".cn-connection").all_inner_texts()


def wait_said(page, *texts):
    page.page.wait_for_function(
        "texts => JSON.stringify([...document.querySelectorAll('.cn-connection')].map(e => e.textContent)) === texts",
        arg=json.dumps(texts, separators=(",", ":")),
        timeout=60_000,
    )


def test_a_stage_that_anywidget_took_too_long_to_load_is_drawn_and_says_that_it_shows_no_change(notebook):
    # anywidget gives up after 2 s, for good; here it does so at once.
    hurry = (
        "const { timeout } = AbortSignal; AbortSignal.timeout = ms => timeout.call(AbortSignal, ms === 2000 ? 0 : ms)"
    )
    page = notebook([START, "e = explore(layers.Conv2D(1, 3)); e"], script=hurry)
    page.wait_revision(1)
    assert facts(page)["output"] == "(1, 6, 6, 1)"
    wait_said(page, DEAF)
    page.slider("filters").press("ArrowRight")
    wait_for(page, "e.settings['filters'] == 2")
    page.page.wait_for_timeout(3000)  # a question of the connection takes away no word
    assert page.revision == 1
    assert said(page) == [DEAF]
    assert all("Failed to initialize model" in error for error in page.errors)
    page.errors.clear()


# Without a kernel


def test_tools_of_another_kernel_say_so_and_their_controls_rest_until_the_cells_are_run_again(notebook):
    page = notebook(TOOLS, size=(1400, 1400), fresh=True, whole=True)
    page.wait_revision(1)
    page.page.wait_for_function("document.querySelectorAll('.cn-connection').length === 3")
    assert said(page) == ["", "", ""]
    page.page.evaluate(f"{SESSION}.session.kernel.restart()")
    wait_said(page, GONE, GONE, GONE)
    page.screenshot("kernel_restarted")
    # Nothing that needs the kernel can be reached; what the browser does alone goes on.
    inert = "locator => locator.closest('[inert]') !== null"
    for needs in (page.slider("filters"), *page.page.get_by_role("button", name="Reset", include_hidden=True).all()):
        assert needs.evaluate(inert)
    for name in ("Check", "Next", "Hint", "Measure time", "Save GIF"):
        assert page.page.get_by_text(name, exact=True).first.evaluate(inert), name
    # JupyterLab and ipywidgets have questions of their own for a kernel that has just come up.
    page.page.wait_for_function(f"{SESSION}.session.kernel.status === 'idle'")
    before = -1
    while before != page.messages_sent:
        before = page.messages_sent
        page.page.wait_for_timeout(1000)
    page.stage.locator(".cn-forward").click()
    wait_highlighted(page, 1, 0, 1)
    assert page.messages_sent == before
    page.run_all()
    wait_said(page, "", "", "")
    page.wait_revision(1)
    page.slider("filters").press("ArrowRight")
    page.wait_revision(2)
    # Another kernel: Jupyter tells no widget of it, so the first move does.
    page.page.evaluate(f"{SESSION}.changeKernel({{ name: 'python3' }})")
    page.slider("filters").press("ArrowRight")
    wait_said(page, GONE, "", "")
    page.page.get_by_role("button", name="Hint").click()
    wait_said(page, GONE, GONE, "")
    assert all("Cannot send" in error for error in page.errors)  # ipywidgets' own, for the two moves
    page.errors.clear()


def test_a_kernel_that_runs_another_cell_is_waited_for_and_is_not_called_dead(notebook):
    page = notebook([START, "e = explore(layers.Conv2D(1, 3)); e"])
    page.wait_revision(1)
    page.page.evaluate(
        SESSION + ".session.kernel.requestExecute({ code: 'import time; time.sleep(6)', store_history: false }); 0"
    )
    page.slider("filters").press("ArrowRight")
    wait_said(page, RUNNING)
    wait_said(page, "")
    page.wait_revision(2)
    assert facts(page)["output"] == "(1, 6, 6, 2)"


def test_a_page_that_is_loaded_again_goes_on_with_its_kernel(notebook):
    page = notebook([START, "e = explore(layers.Conv2D(1, 3)); e"])
    page.wait_revision(1)
    page.slider("filters").press("ArrowRight")
    page.wait_revision(2)
    page.page.evaluate("window.jupyterapp.commands.execute('docmanager:save')")
    page.load(page.page.url)
    page.wait_revision(2)
    page.slider("filters").press("ArrowRight")
    page.wait_revision(3)
    assert facts(page)["output"] == "(1, 6, 6, 3)"
    assert said(page) == [""]


# Many, and again and again


class Memory:
    """Counts what is alive in the kernel and on the page, after both have thrown away what they can."""

    def __init__(self, page):
        self._page = page
        self._tools = page.page.context.new_cdp_session(page.page)
        page.run("import gc\nfrom ipywidgets.widgets import widget as registry")

    def explorers(self):
        return python(self._page, "sum(isinstance(o, widgets.Explorer) for o in [gc.collect(), *gc.get_objects()])")

    def widgets(self):
        return python(self._page, "len(registry._instances)")

    def megabytes(self):
        self._page.run("gc.collect()")
        return python(self._page, "int(open('/proc/self/statm').read().split()[1]) * 4 / 1024")

    def stages(self):
        """Of the stages that were ever watched: how many still have their parts."""
        for _ in range(2):
            self._tools.send("HeapProfiler.collectGarbage")
        return self._page.page.evaluate("(window.watched ?? []).filter(part => part.deref()).length")

    def watch(self):
        self._page.page.evaluate("""() => {
          window.watched ??= [];
          for (const part of document.querySelectorAll('.cn-stage .cn-facts')) window.watched.push(new WeakRef(part));
        }""")


def test_a_cell_that_is_run_again_and_again_keeps_no_memory(notebook):
    kept = "kept = globals().get('kept') or [explore(layers.Conv2D(7, 3))]; kept[0]"
    page = notebook([START, kept, "e = explore(layers.Conv2D(1, 3)); e"], fresh=True)
    memory = Memory(page)
    one = memory.widgets() // 2
    sizes = []
    for run in range(RUNS):
        page.wait_revision(1)
        memory.watch()
        page.run_all()
        if run % 40 == 39:  # the kernel looks for what is left when it has time
            wait_for(page, f"len(registry._instances) <= 12 * {one}")
            sizes.append(memory.megabytes())
    page.wait_revision(1)
    # The two shown, those in `_`, `__` and `___`, and fewer than the next look waits for.
    wait_for(page, f"len(registry._instances) <= 12 * {one}")
    assert memory.explorers() <= 12
    assert memory.stages() <= 4  # the two shown, and what the page is about to throw away
    assert not sizes or sizes[-1] - sizes[0] < 20  # 285 KB a run, 46 MB in all, where nothing is let go
    # What the reader still has is as it was.
    assert python(page, "registry._instances[kept[0].model_id] is kept[0]")
    page.slider("filters").first.press("ArrowRight")
    wait_for(page, "kept[0].y.shape == (1, 6, 6, 8)")


def test_many_explorers_in_one_notebook_and_one_shown_five_times(notebook):
    cells = [f"e{i} = explore(layers.Conv2D({i + 1}, 3)); e{i}" for i in range(EXPLORERS)]
    page = notebook([START, *cells, *["e0"] * 4], size=(1400, 1000), whole=True)
    count = EXPLORERS + 4
    page.page.wait_for_function(
        "n => document.querySelectorAll('.cn-stage[data-revision]').length === n", arg=count, timeout=240_000
    )
    codes = page.stage.locator(".cn-code").all_text_contents()
    assert codes == [f"layers.Conv2D({i + 1}, 3)" for i in range(EXPLORERS)] + ["layers.Conv2D(1, 3)"] * 4
    memory = Memory(page)
    before = memory.megabytes()
    handle = page.slider("filters").last
    handle.scroll_into_view_if_needed()
    for key in ("End", "Home") * (20 if SOAK else 3):
        handle.press(key)
        page.run("")
    handle.press("ArrowRight")
    expect(page.stage.locator(".cn-code", has_text="layers.Conv2D(2, 3)")).to_have_count(6, timeout=30_000)
    assert memory.megabytes() - before < 20
    assert memory.explorers() == EXPLORERS


# Moves of every kind


KERAS = """
import sys, numpy as np
raised, shell = [], get_ipython()
def showtraceback(*given, **options):
    raised.append(repr(sys.exc_info()[1]))
    type(shell).showtraceback(shell, *given, **options)
shell.showtraceback = showtraceback
def keras_says():
    given = dict(e.settings)
    x = np.zeros(given.pop("input_shape", e.x.shape), "float32")
    try:
        layer = type(e.layer)(**given)
        if min(layer.compute_output_shape(x.shape)) < 1:  # Keras 3.12 answers all the same, with any numbers
            return None
        return [str(tuple(layer(x).shape)), layer.count_params()]
    except Exception:
        return None
def shown_by_controls():
    sliders = {}
    def walk(w):
        if type(w).__name__ == "IntSlider" and w.layout.display != "none": sliders[w.description] = w.value
        for child in getattr(w, "children", ()): walk(child)
    walk(e)
    return sliders
"""


# Of the controls that can be seen, those that can be used; uploads are not moves.
USABLE = """all => all.map((one, i) => [one, i]).filter(([one]) =>
  one.checkVisibility() && !one.closest('[disabled], .widget-upload')
  && (!one.matches('.widget-readout') || one.isContentEditable)
).map(([one, i]) => [i, one.matches('.noUi-handle') ? 'handle' : one.matches('.widget-readout') ? 'readout' : one.type,
  (one.closest('.widget-inline-hbox')?.querySelector('label, .widget-label-basic') ?? one).textContent])"""


def move(page, rng):
    """One move of any control, as a hand would; says which."""
    controls = page.page.locator(
        ".cn-explorer .cn-controls :is(.noUi-handle, .widget-readout, input[type=checkbox], select, button)"
    )
    i, kind, name = rng.choice(controls.evaluate_all(USABLE))
    control = controls.nth(i)
    if kind == "handle":
        made = rng.choice(["Home", "End", "ArrowRight", "ArrowLeft", "ArrowUp", "PageDown"])
        control.press(made)
    elif kind == "readout":
        made = rng.choice(["0", "1", "2", "5", "999", "-3", "x", ""])
        control.click()
        control.press("Control+a")
        page.page.keyboard.type(made)
        page.page.keyboard.press("Enter")
    elif kind == "select-one":
        made = rng.randrange(control.locator("option").count())
        control.select_option(index=made)
    else:
        made = kind
        control.click()
    return name, made


@pytest.mark.parametrize(
    "layer, x",
    [
        ("Conv2D(4, 2)", (1, 8, 9, 4)),
        ("Conv2DTranspose(2, 3, strides=2)", (1, 5, 6, 2)),
        ("SeparableConv2D(3, 2)", (2, 7, 7, 3)),
        ("Conv1D(2, 3)", (1, 12, 2)),
    ][: None if SOAK else 2],
)
def test_no_random_move_breaks_a_control_or_shows_the_facts_of_other_settings(notebook, layer, x):
    page = notebook([START, f"e = explore(layers.{layer}, {x}); e"], size=(1500, 1300))
    page.wait_revision(1)
    page.run(KERAS)
    rng, moves = random.Random(layer), []
    for _ in range(MOVES):
        moves.append(move(page, rng))
        settle(page)
        told, answer, sliders = facts(page), *python(page, "[keras_says(), shown_by_controls()]")
        assert page.stage.locator(".cn-code").text_content() == python(page, "e.code"), moves
        assert told.get("output") == (answer and answer[0]), moves
        assert told["input"] == python(page, "str(e.settings.get('input_shape', e.x.shape))"), moves
        if answer:
            assert told["parameters"].split(" = ")[-1] == str(answer[1]), moves
        for name, value in sliders.items():
            assert page.slider(name).get_attribute("aria-valuenow") == f"{value}.0", (name, moves)
        assert python(page, "raised") == [], moves
        assert said(page) == [""]
    # None is dead: the ends of a slider can be reached whatever was done before.
    page.page.get_by_role("button", name="Reset").click()
    settle(page)
    for key, end in (("Home", "aria-valuemin"), ("End", "aria-valuemax")):
        handle = page.slider("filters")
        handle.press(key)
        settle(page)
        assert float(handle.get_attribute("aria-valuenow")) == float(handle.get_attribute(end))
    page.run("del shell.showtraceback")
