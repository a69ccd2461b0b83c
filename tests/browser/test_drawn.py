"""What stands on the canvases: numbers, hatching, dots, colours and thumbnails, read from their pixels and texts."""

import pytest
from reading import SETUP, canvas, point, press, python, settle, show_in_place, strip

# Notes every text that is written on a panel, and where; `written` works out in which cell.
LISTEN = """
window.texts = [];
const { fillText } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.fillText = function (text, x, y) {
  if (this.canvas.classList.contains('cn-cells')) window.texts.push([this.canvas, text, x, y]);
  return fillText.call(this, text, x, y);
};
"""


@pytest.fixture(scope="module")
def page(lab):
    notebook = lab.notebook([SETUP], size=(1400, 1000), script=LISTEN)
    yield notebook
    notebook.close()
    assert notebook.errors == []


@pytest.fixture
def show(page):
    """Shows an explorer that the kernel calls `e`; nothing is lit on it."""

    def show(*arguments):
        page.page.evaluate("window.texts = []")
        show_in_place(page, *arguments)
        page.stage.locator(".cn-frame").first.focus()
        press(page, "Escape")
        return page

    return show


def written(page, grid, rows, columns):
    """{(row, column): text} of a panel of so many cells, padding counted: what was written there last."""
    texts = canvas(page, grid).evaluate(
        """(canvas, [rows, columns]) => window.texts.filter(([on]) => on === canvas).map(([, text, x, y]) =>
             [Math.floor(y / canvas.clientHeight * rows), Math.floor(x / canvas.clientWidth * columns), text])""",
        [rows, columns],
    )
    return {(row, column): text for row, column, text in texts}


def colours(canvas, box):
    """The colours, as 0xAABBGGRR, within a part of a canvas: left, top, right and bottom, each from 0 to 1."""
    script = """(canvas, [left, top, right, bottom]) => {
      const [x, y] = [Math.round(left * canvas.width), Math.round(top * canvas.height)];
      const [width, height] = [Math.round(right * canvas.width) - x, Math.round(bottom * canvas.height) - y];
      return [...new Set(new Uint32Array(canvas.getContext('2d').getImageData(x, y, width, height).data.buffer))];
    }"""
    return canvas.evaluate(script, box)


def corner(row, column, rows, columns):
    """The upper left corner of a cell, without its frame and without the number in its middle."""
    return [(column + 0.1) / columns, (row + 0.1) / rows, (column + 0.3) / columns, (row + 0.3) / rows]


def brightness(colour):
    return sum(colour >> shift & 255 for shift in (0, 8, 16)) / 3


def test_every_cell_with_room_bears_the_number_that_keras_has(show):
    page = show("layers.Conv2D(1, 2, kernel_initializer='ones')", "np.arange(9).reshape(1, 3, 3, 1)")
    values = python(
        page, "[e.x[0, ..., 0].tolist(), e.layer.kernel[..., 0, 0].numpy().tolist(), e.y[0, ..., 0].tolist()]"
    )
    for grid, expected in zip((0, "kernel", 1), values):
        found = written(page, grid, len(expected), len(expected[0]))
        assert {at: float(text) for at, text in found.items()} == {
            (row, column): value for row, line in enumerate(expected) for column, value in enumerate(line)
        }


def test_cells_without_room_for_a_number_bear_none(show):
    page = show("layers.Conv2D(1, 3)", "(1, 100, 100, 1)")
    assert written(page, 0, 100, 100) == {}


def test_fed_cells_bear_the_weight_that_they_were_fed_with(show):
    page = show("layers.Conv2D(1, 2)", "np.full((1, 3, 3, 1), 7)")
    page.run("e.layer.kernel.assign(np.arange(1, 5).reshape(2, 2, 1, 1))\ne.settings = {}")
    settle(page)
    point(page, 0, 1, 1)
    assert written(page, 1, 2, 2) == {(0, 0): "4", (0, 1): "3", (1, 0): "2", (1, 1): "1"}
    point(page, 0, 0, 0)
    assert written(page, 1, 2, 2)[0, 0] == "1"


def test_padding_is_hatched_and_named_in_the_legend(show):
    page = show("layers.Conv2D(1, 3, padding='same')", "np.ones((1, 5, 5, 1))")
    for row, column in [(0, 0), (0, 3), (6, 6)]:
        assert len(colours(canvas(page, 0), corner(row, column, 7, 7))) > 1
    for row, column in [(1, 1), (5, 5)]:
        assert len(colours(canvas(page, 0), corner(row, column, 7, 7))) == 1
    assert "padding (0)" in page.stage.locator(".cn-legend").inner_text()
    page = show("layers.Conv2D(1, 3)", "np.ones((1, 5, 5, 1))")
    assert len(colours(canvas(page, 0), corner(0, 0, 5, 5))) == 1
    assert "padding" not in page.stage.locator(".cn-legend").inner_text()


def test_cells_that_no_window_reads_are_dotted_and_named_in_the_legend(show):
    page = show("layers.Conv2D(1, 2, strides=2)", "np.ones((1, 5, 5, 1))")
    dotted = {
        (row, column)
        for row in range(5)
        for column in range(5)
        if len(colours(canvas(page, 0), corner(row, column, 5, 5))) > 1
    }
    assert dotted == {(row, column) for row in range(5) for column in range(5) if 4 in (row, column)}
    assert "read by no window" in page.stage.locator(".cn-legend").inner_text()


def test_thumbnails_show_their_channels_and_large_ones_those_that_were_not_sent_too(show):
    for size, count in [(8, 3), (224, 64)]:
        page = show("layers.Conv2D(1, 1)", f"np.ones((1, {size}, {size}, 1)) * np.linspace(-1, 1, {count})")
        tiles = strip(page, 0)
        across = tiles.evaluate("canvas => Math.floor(canvas.clientWidth / 30)")
        down = -(-count // across)
        seen = []
        for n in range(count):
            row, column = divmod(n, across)
            (colour,) = colours(
                tiles, [(column + 0.4) / across, (row + 0.4) / down, (column + 0.6) / across, (row + 0.6) / down]
            )
            seen.append(colour)
        assert len(set(seen)) == count
        if count == 64:  # 10 of them were sent; the next is fetched when it is chosen
            tiles.press("End")
            settle(page)
            point(page, 0, 100, 100)
            assert page.stage.locator(".cn-name").inner_text() == "x[0, 100, 100, 63] = 1"


def test_in_the_dark_a_zero_is_dark(notebook):
    imports = "from tensorflow.keras import layers\nfrom widgets import explore"
    explorer = "explore(layers.Conv2D(1, 3, kernel_initializer='zeros'))"
    seen = {}
    for theme in ("light", "dark"):
        page = notebook([imports, explorer], theme=theme)
        page.wait_revision(1)
        page.stage.locator(".cn-frame").first.focus()
        press(page, "Escape")
        (zero,) = colours(canvas(page, 1), corner(3, 3, 6, 6))
        seen[theme] = brightness(zero)
    assert seen["light"] > 200
    assert seen["dark"] < 80
