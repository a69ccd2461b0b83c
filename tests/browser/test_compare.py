"""A comparison as a reader meets it: its table read, sorted by the menu, measured by the button."""

import re

import pytest

SETUP = """\
import ipywidgets
import keras
from keras import layers
from widgets import DeformableConv2D, compare
place = ipywidgets.VBox()
place"""

LAYERS = """[
    layers.Conv2D(6, 3),
    layers.Conv2DTranspose(6, 3, strides=2),
    layers.SeparableConv2D(6, 3),
    layers.Conv2D(5, 3, groups=5),
    DeformableConv2D(6, 3),
    keras.Sequential([layers.Conv2D(6, 3, dilation_rate=2), layers.MaxPooling2D(2)]),
]"""


@pytest.fixture(scope="module")
def page(lab):
    """One notebook for all tests that do not need a window of their own."""
    notebook = lab.notebook([SETUP])
    yield notebook
    notebook.close()


@pytest.fixture
def table(page):
    """A new comparison of six layers, which the kernel calls `c`; gives the notebook."""
    page.run("place.children = []")
    page.page.wait_for_function("document.querySelector('.cn-compare') === null")
    page.run(f"c = compare({LAYERS}, (4, 28, 28, 12))\nplace.children = [c]")
    page.page.locator(".cn-compare table").wait_for()
    yield page
    assert page.errors == []


def cells(page, column):
    """The cells of one column, from top to bottom; refused layers have none but their name."""
    where = "tbody th" if column == "layer" else f"tbody td[data-label='{column}']"
    return page.page.locator(f".cn-compare {where}").all_inner_texts()


def wait_first(page, name):
    """Wait until the first layer of the table is of this class."""
    page.page.wait_for_function(
        "name => document.querySelector('.cn-compare tbody th').textContent.includes(name)", arg=name, timeout=10_000
    )


def sort_by(page, column):
    page.page.get_by_label("sort by").select_option(column)


def test_the_table_shows_shapes_costs_and_what_a_cell_sees(table):
    assert cells(table, "output") == [
        "(4, 26, 26, 6)",
        "(4, 57, 57, 6)",
        "(4, 26, 26, 6)",
        "(4, 26, 26, 6)",
        "(4, 12, 12, 6)",
    ]
    assert [text.split()[0] for text in cells(table, "parameters")] == ["654", "654", "186", "2,616", "654"]
    assert [text.split()[0] for text in cells(table, "MACs a sample")] == [
        "438,048",
        "508,032",
        "121,680",
        "1,752,192",
        "373,248",
    ]
    assert cells(table, "receptive field") == ["3 x 3", "up to 2 x 2", "3 x 3", "3 x 3, moved", "6 x 6"]
    assert cells(table, "weights")[2].split("\n") == [
        "depthwise_kernel (3, 3, 12, 1)",
        "pointwise_kernel (1, 1, 12, 6)",
        "bias (6,)",
    ]


def test_a_refused_layer_says_why_across_the_row(table):
    row = table.page.locator(".cn-compare tbody tr").nth(3)
    assert row.locator("th").inner_text() == "layers.Conv2D(5, 3, groups=5)"
    said = row.locator("td").last.inner_text()
    assert said.startswith("refused: The number of input channels must be evenly divisible")
    assert said.endswith("try groups=1.")


def test_every_accepted_layer_has_a_picture_that_the_browser_can_draw(table):
    pictures = table.page.locator(".cn-compare tbody img")
    widths = pictures.evaluate_all(
        "images => Promise.all(images.map(image => image.decode().then(() => image.naturalWidth)))"
    )
    assert widths == [26, 57, 26, 26, 12]


def test_the_menu_and_the_button_beside_it_sort_the_rows(table):
    sort_by(table, "parameters")
    wait_first(table, "SeparableConv2D")
    assert [text.split()[0] for text in cells(table, "parameters")] == ["186", "654", "654", "654", "2,616"]
    assert cells(table, "layer")[-1] == "layers.Conv2D(5, 3, groups=5)"
    table.page.get_by_role("button", name="largest first").click()
    wait_first(table, "DeformableConv2D")
    assert [text.split()[0] for text in cells(table, "parameters")] == ["2,616", "654", "654", "654", "186"]
    assert cells(table, "layer")[-1] == "layers.Conv2D(5, 3, groups=5)"
    assert table.run("c.rows[0]['params']") == "2616"


def test_sorting_from_code_moves_the_menu_and_the_rows(table):
    table.run("c.sort('receptive_field', largest_first=True)")
    wait_first(table, "Sequential")
    menu = table.page.get_by_label("sort by")
    chosen = menu.evaluate("select => select.selectedOptions[0].textContent")
    assert chosen.replace("\u00a0", " ") == "receptive field"


def test_the_button_measures_every_accepted_layer(table):
    assert cells(table, "ms, measured here") == []
    table.page.get_by_role("button", name="Measure time").click()
    table.page.locator(".cn-compare td[data-label='ms, measured here']").first.wait_for(timeout=120_000)
    times = [float(text) for text in cells(table, "ms, measured here")]
    assert len(times) == 5 and min(times) > 0
    sort_by(table, "ms, measured here")
    table.wait_answered()
    table.page.wait_for_function(
        """() => {
          const cells = [...document.querySelectorAll(".cn-compare td[data-label^='ms']")];
          const times = cells.map(cell => Number(cell.innerText));
          return times.length === 5 && times.every((time, i) => i === 0 || times[i - 1] <= time);
        }""",
        timeout=10_000,
    )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_narrow_screen_every_layer_is_a_block_and_nothing_is_cut_off(notebook, theme):
    nb = notebook([SETUP, f"compare({LAYERS}, (4, 28, 28, 12))"], theme=theme, size=(360, 740))
    box = nb.page.locator(".cn-compare").first
    box.wait_for()
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    cell = nb.page.locator(".cn-compare td[data-label='parameters']").first
    assert cell.evaluate("cell => getComputedStyle(cell).display") == "block"
    assert "parameters" in cell.evaluate("cell => getComputedStyle(cell, '::before').content")
    text = cell.evaluate("cell => getComputedStyle(cell).color")
    behind = nb.page.locator(".jp-Notebook").evaluate("page => getComputedStyle(page).backgroundColor")
    light = [sum(map(int, re.findall(r"\d+", colour)[:3])) for colour in (text, behind)]
    assert abs(light[0] - light[1]) > 450  # of 765
