"""An explorer in an open notebook, read and worked as a reader would. The kernel calls it `e`.

Example:

    notebook.slider("filters").press("ArrowRight")
    settle(notebook)
    assert facts(notebook)["output"] == "(1, 6, 6, 2)"
    point(notebook, 1, 2, 3)
    assert lines(notebook, "returned") == ["Keras returned 21"]
"""

import json
import re

# The first cell of a notebook whose explorers all appear in one box; see `show_in_place`.
SETUP = """\
import ipywidgets
import keras
import numpy as np
from tensorflow.keras import layers
from widgets import explore
place = ipywidgets.VBox()
place"""

# Networks of a notebook that is run after this are trained for one epoch: what is tried is the page.
ONE_EPOCH = """
import keras
def _one_epoch(fit):
    return lambda *args, **kwargs: fit(*args, **kwargs | {"epochs": 1})
keras.Model.fit = _one_epoch(keras.Model.fit)
"""

# Whether all pixels of a canvas down from (x, y) bear the colour of what is highlighted, or its mixture with the halo.
# No value is drawn in such a colour; the dots of cells that no window reads are, with gaps between them.
IS_HIGHLIGHTED = """(context, x, y, height = 4) => {
  const { data } = context.getImageData(x, y, 1, height);
  const bright = (red, green, blue) => red > green + 50 && blue > green + 25;
  return [...Array(height).keys()].every(i => bright(...data.slice(4 * i, 4 * i + 3)));
}"""
OURS = ".cn-explorer, .cn-asked, .cn-comparison, .cn-question, .cn-feedback"
# On a full screen: what scrolls, what of the picture stands below the edge, and what is too small for a class.
ON_SCREEN = """() => {
  const boxes = [...document.querySelectorAll('.cn-explorer, .cn-stage, .cn-controls')];
  const seen = [...document.querySelectorAll('.cn-headline, .cn-cells, .cn-play, .cn-returned')];
  const tall = name => parseFloat(getComputedStyle(document.querySelector(name)).fontSize) / innerHeight;
  return {
    scrolling: boxes.filter(box => box.scrollHeight > box.clientHeight + 1).map(box => box.className),
    below: seen.filter(part => part.getBoundingClientRect().bottom > innerHeight).map(part => part.className),
    small: ['.cn-head-value', '.cn-returned'].filter(name => tall(name) < 1 / 30),
  };
}"""
# Words cut in two, words cut off, and what sticks out of its output or, on a full screen, of the window. No telephone
# is wide enough for code; what finds no room on a full screen is not shown.
CUT = r"""ours => {
  const found = [];
  const unseen = '.cn-spoken, .cn-skip:not(:focus), thead';
  const edge = element => element?.getBoundingClientRect().right ?? Infinity;
  const seen = element => element.checkVisibility({ visibilityProperty: true }) && !element.closest(unseen)
    && element.getBoundingClientRect().left < edge(element.closest('.cn-full .cn-rest'));
  for (const box of document.querySelectorAll(ours)) {
    const { right: end } = box.closest('.jp-OutputArea-output').getBoundingClientRect();
    for (const element of box.querySelectorAll('*')) {
      if (!seen(element)) continue;
      const { width, right } = element.getBoundingClientRect();
      const room = element.closest('.cn-explorer.cn-full') ? innerWidth : end;
      if (width && right > room + 1) found.push(`sticks out: ${element.outerHTML.slice(0, 99)}`);
      const { overflowX, display } = getComputedStyle(element);
      const named = display !== 'inline' && element.matches('label, button, th, td, legend');
      const scrolls = 'select, input, .cn-listing, .cn-full .cn-rest';
      const holds = (named || overflowX !== 'visible') && !element.matches(scrolls);
      if (holds && element.scrollWidth > element.clientWidth + 1)
        found.push(`cut off: ${element.outerHTML.slice(0, 99)}`);
    }
    for (let node, walk = document.createTreeWalker(box, NodeFilter.SHOW_TEXT); (node = walk.nextNode());) {
      if (!seen(node.parentElement) || node.parentElement.closest('select, style, .cn-narrow .cn-code')) continue;
      for (const { 0: word, index } of node.data.matchAll(/\p{L}{2,}/gu)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const lines = new Set([...range.getClientRects()].map(({ top }) => Math.round(top)));
        if (lines.size > 1) found.push(`in two: ${word}`);
      }
    }
  }
  return found;
}"""
NUMBER = r"-?\d+\.?\d*(?:e[-+]?\d+)?"


def show_in_place(page, *arguments, count=1):
    """Show another explorer, made of these arguments of `explore`, `count` times in the box of SETUP."""
    page.run("place.children = []")
    page.page.wait_for_function("document.querySelector('.cn-stage') === null")
    page.run(f"e = explore({', '.join(arguments)})\nplace.children = [e] * {count}")
    page.page.wait_for_function("n => document.querySelectorAll('.cn-stage[data-revision]').length === n", arg=count)


def python(page, expression):
    """The value of an expression in the kernel."""
    return json.loads(page.run(f"import json\nprint(json.dumps({expression}))"))


def wait_for(page, expression):
    """Wait until the kernel says that it is so."""
    for _ in range(80):
        if page.run(f"bool({expression})") == "True":
            return
        page.page.wait_for_timeout(100)
    raise AssertionError(f"never true: {expression}")


def settle(page):
    """Wait until all that the page has asked for is answered and drawn; returns the revision that is drawn."""
    unanswered = True
    while unanswered:
        page.wait_answered()
        revision = python(page, "e.children[1].snapshot['revision']")
        page.wait_revision(revision)
        unanswered = page.wait_answered()  # a further move may have waited for this drawing
    return revision


def change(page, act, *arguments):
    """Do something that the kernel answers with a new drawing, and wait for it."""
    before = page.revision
    act(*arguments)
    assert settle(page) > before


def facts(page):
    """The rows of facts as the reader sees them."""
    rows = page.stage.first.locator(".cn-fact")
    return dict(
        rows.evaluate_all("rows => rows.map(row => [...row.querySelectorAll(':scope > span')].map(s => s.innerText))")
    )


def canvas(page, grid):
    return page.stage.first.locator(f'[data-grid="{grid}"] .cn-cells')


def middle(page, grid, row, column, padding=(0, 0, 0, 0), size=None):
    """Where a cell's middle is on the page; `padding` is that before and after the rows and the columns."""
    top, bottom, left, right = padding
    shapes = {"kernel": "e.layer.kernel_size", 0: "e.x.shape[1:3]", 1: "e.y.shape[1:3]"}
    rows, columns = size or python(page, shapes[grid])
    canvas(page, grid).scroll_into_view_if_needed()
    box = canvas(page, grid).bounding_box()
    x = box["x"] + box["width"] * (column + left + 0.5) / (columns + left + right)
    return x, box["y"] + box["height"] * (row + top + 0.5) / (rows + top + bottom)


def point(page, grid, row, column, padding=(0, 0, 0, 0), size=None):
    """Move the pointer onto a cell, and wait until it is highlighted."""
    page.page.mouse.move(*middle(page, grid, row, column, padding, size))
    wait_highlighted(page, grid, row, column)


def wait_highlighted(page, grid, row, column):
    place = f"{grid}:0:{row}:{column}"
    highlighted = "place => document.querySelector('.cn-stage').dataset.highlighted === place"
    page.page.wait_for_function(highlighted, arg=place, timeout=5000)


def highlighted(page):
    return page.stage.first.get_attribute("data-highlighted")


def lines(page, kind):
    """The lines of one kind that are written under the picture; a minus may be held to its number."""
    return [
        text.replace("\u2060", "").replace("\u00a0", " ")
        for text in page.stage.first.locator(f".cn-sum .cn-{kind}").all_inner_texts()
    ]


def press(page, *keys):
    for key in keys:
        page.page.keyboard.press(key)


def button(page, name):
    return page.stage.first.get_by_role("button", name=name, exact=True)


def strip(page, grid):
    return page.stage.first.locator(f'[data-grid="{grid}"] .cn-channels .cn-strip')


def labels(page):
    return [page.stage.first.locator(f'[data-grid="{grid}"] .cn-label').inner_text() for grid in ("0", "kernel", "1")]


def numbers(text):
    """The numbers that stand in a text."""
    return [float(found) for found in re.findall(NUMBER, text)]


def look(nb, theme, width, height=900):
    """The page in another theme and size, and every stage drawn so."""
    nb.page.mouse.move(0, 0)
    nb.page.set_viewport_size({"width": width, "height": height})
    command = "name => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name })"
    nb.page.evaluate(command, f"JupyterLab {theme.capitalize()}")
    drawn = """theme => [...document.querySelectorAll('.cn-stage')].every(stage =>
        stage.dataset.theme === theme && stage.classList.contains('cn-narrow') === stage.clientWidth < 528)"""
    nb.page.wait_for_function(drawn, arg=theme, timeout=60_000)
