"""What stands on the canvases: numbers, hatching, dots, colours and thumbnails, read from their pixels and texts."""

import numpy as np
import pytest
from reading import IS_HIGHLIGHTED, SETUP, canvas, point, press, python, settle, show_in_place, strip

# Notes every text that a panel shows anew, and where; `written` works out in which cell. Panels are drawn on canvases
# beside the page, and those are shown whole.
LISTEN = """
window.texts = [];
const beside = new Map();
const { fillText, drawImage, clearRect } = CanvasRenderingContext2D.prototype;
Object.assign(CanvasRenderingContext2D.prototype, {
  clearRect(...place) {
    beside.delete(this.canvas);
    return clearRect.call(this, ...place);
  },
  fillText(text, x, y, ...most) {
    beside.set(this.canvas, [...(beside.get(this.canvas) ?? []), [text, x, y]]);
    return fillText.call(this, text, x, y, ...most);
  },
  drawImage(from, ...place) {
    const texts = beside.get(from) ?? [];
    beside.delete(from);
    if (this.canvas.classList.contains('cn-cells')) window.texts.push(...texts.map((text) => [this.canvas, ...text]));
    else beside.set(this.canvas, [...(beside.get(this.canvas) ?? []), ...texts]);
    return drawImage.call(this, from, ...place);
  },
});
"""

# What an input cell feeds, asked of the layer itself: its answer to a 1 in that cell and 0 elsewhere. Weights of 1 tell
# which cells are fed where a weight is 0.
FED = """
def fed(*cell):
    one = np.zeros(e.x.shape, "float32")
    one[(0, *cell, 0)] = 1
    kernel = e.layer.kernel.numpy()
    weights = np.array(e.layer(one)[0, ..., 0], "float64")
    e.layer.kernel.assign(np.ones_like(kernel))
    reached = np.array(e.layer(one)[0, ..., 0])
    e.layer.kernel.assign(kernel)
    if "Transpose" in type(e.layer).__name__:
        weights *= float(e.x[(0, *cell, 0)])
    plane = [np.array(grid, ndmin=3)[0] for grid in (weights, reached)]
    return [(int(row), int(column), plane[0][row, column]) for row, column in np.argwhere(plane[1])]
"""


@pytest.fixture(scope="module")
def page(lab):
    notebook = lab.notebook([SETUP, FED], size=(1400, 1000), script=LISTEN)
    yield notebook
    notebook.close()
    assert notebook.errors == []


@pytest.fixture
def show(page):
    """Shows an explorer that the kernel calls `e`; nothing is highlighted on it."""

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
    return {(row, column): text for row, column, text in texts if not text.startswith("×")}  # weights of a window


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


def rgb(colour):
    return [colour >> shift & 255 for shift in (0, 8, 16)]


def brightness(colour):
    return sum(rgb(colour)) / 3


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


def test_lines_between_small_cells_leave_a_dark_picture_dark(show):
    page = show("layers.Conv2D(1, 3)", "np.eye(40).reshape(1, 40, 40, 1)")
    whole = colours(canvas(page, 0), [20.5 / 40, 0.5 / 40, 39.5 / 40, 19.5 / 40])
    assert 5 <= canvas(page, 0).bounding_box()["width"] / 40 < 8 and len(whole) > 1
    assert max(map(brightness, whole)) < 160  # where lines cross; a line alone is paler


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
        step = 30 if count == 3 else 24  # many are made smaller, so that they stand in fewer rows
        across = tiles.evaluate("(canvas, step) => Math.floor(canvas.clientWidth / step)", step)
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
    signed = "np.linspace(-1, 1, 64).reshape(1, 8, 8, 1)"  # not in grey
    explorer = f"import numpy as np\nexplore(layers.Conv2D(1, 3, kernel_initializer='zeros'), {signed})"
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


# For each cell: the colours in its middle, `tall` times as high as it, where a number would be, and whether its outline
# is whole on both sides.
LOOK = f"""(canvas, [cells, rows, columns, tall]) => {{
  const isHighlighted = {IS_HIGHLIGHTED};
  const context = canvas.getContext('2d');
  const [wide, high] = [canvas.width / columns, canvas.height / rows];
  const edge = Math.min(2.5, wide / 9);
  return cells.map(([row, column]) => {{
    const [left, middle] = [column * wide, (row + 0.5) * high];
    const box = [left + 0.3 * wide, middle - tall * high / 2, 0.4 * wide, tall * high].map(Math.round);
    const pixels = new Uint32Array(context.getImageData(...box).data.buffer);
    const sides = [left + edge / 2, left + wide - edge / 2];
    return [[...new Set(pixels)], sides.every(x => isHighlighted(context, Math.floor(x), Math.round(middle) - 2))];
  }});
}}"""


TEXTS_OF_CELLS = """(canvas, [rows, columns]) => {
  const cells = {};
  for (const [on, text, x, y] of window.texts) {
    const at = [Math.floor(y / canvas.clientHeight * rows), Math.floor(x / canvas.clientWidth * columns)];
    if (on === canvas) (cells[at.join()] ??= []).push(text);
  }
  return cells;
}"""


def point_afresh(page, row, column, **where):
    """Point at an input cell where nothing was highlighted; what is written from then on belongs to it."""
    press(page, "Escape")
    page.page.evaluate("window.texts = []")
    point(page, 0, row, column, **where)


def is_written_form(text, value):
    """Whether a text is this number, rounded to the digits that it has or to six."""
    if not np.isfinite(value):
        return text == str(value)
    mantissa, _, exponent = text.partition("e")
    unit = 10.0 ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    return abs(float(text) - value) <= max(0.5001 * unit, 5.001e-6 * abs(value))


def is_ink_on_halo(colours):
    """Whether all are mixtures of the light theme's colour of what is highlighted, #c2006b, with its white halo."""
    for red, green, blue in map(rgb, colours):
        ink = 1 - green / 255
        if abs(red - 255 + ink * (255 - 0xC2)) > 4 or abs(blue - 255 + ink * (255 - 0x6B)) > 4:
            return False
    return True


def assert_all_or_none(page, expected, rows, columns):
    """Of the output's cells, those that are fed bear what they were fed, or none of them bears anything."""
    found = written(page, 1, rows, columns)
    assert set(found) in (set(expected), set())
    for at, text in found.items():
        assert is_written_form(text, expected[at]), (at, text, expected[at])
    looks = canvas(page, 1).evaluate(LOOK, [list(expected), rows, columns, 0.56 if found else 0.36])
    for at, (seen, whole) in zip(expected, looks):
        assert whole, at
        assert is_ink_on_halo(seen) if found else len(seen) == 1, (at, seen)
    return found


STAMPS_AND_WINDOWS = {
    "Conv2DTranspose(1, 3, strides=2)": (2, 2),
    "Conv2DTranspose(1, 3)": (3, 4),
    "Conv2DTranspose(1, 3, strides=2, padding='same')": (4, 3),  # cells are cropped away
    "Conv2DTranspose(1, (2, 3), strides=3)": (4, 4),
    "Conv2DTranspose(1, 2, strides=2)": (8, 8),
    "Conv2DTranspose(1, 4, strides=2)": (9, 9),
    "Conv2DTranspose(1, 2, strides=3)": (10, 10),
    "Conv1DTranspose(1, 3, strides=2)": (6,),
    "Conv3DTranspose(1, 2, strides=(1, 2, 2))": (2, 2, 3),
    "Conv2D(1, 3)": (5, 5),
    "Conv2D(1, 3, strides=2, padding='same')": (7, 6),
    "Conv2D(1, (2, 3), dilation_rate=2)": (12, 12),
    "Conv2D(1, 3, padding='same')": (19, 19),
    "Conv1D(1, 3, padding='causal')": (9,),
    "Conv3D(1, 2)": (2, 4, 4),
}


@pytest.mark.parametrize("layer", STAMPS_AND_WINDOWS)
def test_all_fed_cells_bear_what_they_were_fed_or_none_bears_a_number(show, layer):
    shape = STAMPS_AND_WINDOWS[layer]
    seed = list(STAMPS_AND_WINDOWS).index(layer)
    size = (1, *shape, 1)
    values = f"random.normal(size={size}).round(2) * 10.0 ** random.integers(-1, 4, {size})"
    page = show(f"layers.{layer}", f"(random := np.random.default_rng({seed})) and {values}")
    *sizes, (_, *padding) = python(page, "[e.x.shape, e.y.shape, e.children[1].snapshot['grids'][0]['padding']]")
    rows, columns, height, width = sum(([1, *size[1:-1]][-2:] for size in sizes), [])
    random = np.random.default_rng(seed)
    for scale, decimals in ((1, 2), (10.0 ** random.integers(2, 6), 0)):
        page.run(
            f"kernel = np.random.default_rng({seed}).normal(size=e.layer.kernel.shape)\n"
            f"e.layer.kernel.assign((kernel * {scale}).round({decimals}))\ne.settings = {{}}"
        )
        settle(page)
        cells = [divmod(int(at), columns) for at in random.choice(rows * columns, 3, replace=False)]
        fed = python(page, f"[fed(*cell) for cell in {[[0, *cell][-len(shape) :] for cell in cells]}]")
        for cell, expected in zip(cells, fed):
            point_afresh(page, *cell, padding=sum(padding, []), size=(rows, columns))
            assert_all_or_none(page, {(row, column): value for row, column, value in expected}, height, width)


def test_the_fourth_stamp_of_notebook_04_bears_its_own_nine_numbers(show):
    page = show("layers.Conv2DTranspose(1, 3, strides=2)", "np.reshape([1, 10, 100, 1000], (1, 2, 2, 1))")
    page.run("e.layer.kernel.assign(np.reshape([1, 2, 3, 0, 4, 0, 5, 0, 6], (3, 3, 1, 1)))\ne.settings = {}")
    settle(page)
    point_afresh(page, 1, 1)
    stamp = {(2, 2): "1000", (2, 3): "2000", (2, 4): "3000", (3, 2): "0", (3, 3): "4000", (3, 4): "0"}
    stamp |= {(4, 2): "5000", (4, 3): "0", (4, 4): "6000"}
    assert written(page, 1, 5, 5) == stamp
    assert_all_or_none(page, {at: float(text) for at, text in stamp.items()}, 5, 5)


def test_while_stamps_pile_up_the_newest_one_bears_the_sums_so_far_and_what_it_has_added(show):
    page = show("layers.Conv2DTranspose(1, 3, strides=2)", "np.reshape([1, -10, 100, 1000], (1, 2, 2, 1))")
    page.run("e.layer.kernel.assign(np.reshape([1, 2, 3, 0, 4, 0, 5, 0, 6], (3, 3, 1, 1)))\ne.settings = {}")
    settle(page)
    page.stage.get_by_role("button", name="First cell").click()
    page.page.evaluate("window.texts = []")
    page.stage.get_by_role("button", name="One step forward").click()
    texts = canvas(page, 1).evaluate(TEXTS_OF_CELLS, [5, 5])
    sums = [["-7", "-20", "-30"], ["0", "-40", "0"], ["-44", "0", "-60"]]  # 3 and 6 are the first stamp's
    added = [["-10", "-20", "-30"], ["+0", "-40", "+0"], ["-50", "+0", "-60"]]
    for row in range(3):
        for column in range(3):
            assert texts[f"{row},{column + 2}"][-2:] == [sums[row][column], added[row][column]]
    assert texts["0,0"] == ["1"]


def test_where_one_number_does_not_fit_no_fed_cell_bears_one_nor_its_own(show):
    page = show("layers.Conv2D(1, 2)", "np.zeros((1, 16, 16, 1))")
    page.run("e.layer.kernel.assign(np.reshape([1, 2, 3, 1000], (2, 2, 1, 1)))\ne.settings = {}")
    settle(page)
    assert written(page, 1, 15, 15)[4, 4] == "0"
    point_afresh(page, 5, 5)
    assert assert_all_or_none(page, {(4, 4): 1000, (4, 5): 3, (5, 4): 2, (5, 5): 1}, 15, 15) == {}
    page.run("e.layer.kernel.assign(np.reshape([1, 2, 3, 100], (2, 2, 1, 1)))\ne.settings = {}")
    settle(page)
    point_afresh(page, 4, 4)
    expected = {(3, 3): "100", (3, 4): "3", (4, 3): "2", (4, 4): "1"}
    assert assert_all_or_none(page, {at: float(text) for at, text in expected.items()}, 15, 15) == expected


def test_a_stamp_of_nan_or_of_infinity_says_so(show):
    page = show("layers.Conv2DTranspose(1, 2, strides=2)", "np.reshape([np.nan, -np.inf, 2], (1, 1, 3, 1))")
    page.run("e.layer.kernel.assign(np.reshape([1, 2, 0, -1], (2, 2, 1, 1)))\ne.settings = {}")
    settle(page)
    for column, stamp in enumerate([["nan"] * 4, ["-inf", "-inf", "nan", "inf"], ["2", "4", "0", "-2"]]):
        point_afresh(page, 0, column)
        cells = [(row, 2 * column + right) for row in (0, 1) for right in (0, 1)]
        assert written(page, 1, 2, 6) == dict(zip(cells, stamp))


def test_padding_feeds_weights_too(show):
    page = show("layers.Conv2D(1, 3, padding='same')", "np.full((1, 4, 4, 1), 1000)")
    page.run("e.layer.kernel.assign(np.reshape(np.arange(1001, 1010), (3, 3, 1, 1)))\ne.settings = {}")
    settle(page)
    point_afresh(page, -1, 1, padding=(1, 1, 1, 1))
    assert written(page, 1, 4, 4) == {(0, 0): "1003", (0, 1): "1002", (0, 2): "1001"}


def test_a_number_that_fills_its_cell_leaves_the_frame_whole(show):
    page = show("layers.Conv2D(1, 3, kernel_initializer=keras.initializers.Constant(1 / 9))", "(1, 8, 8, 1)")
    point(page, 1, 2, 2)
    assert written(page, "kernel", 3, 3)[1, 0] == "0.111"
    left, middle = 1 / 132, 0.5  # of a pixel each, beside the number
    frame = [colours(canvas(page, "kernel"), [0, at, left, at + left]) for at in (0.4, middle)]
    assert frame[0] == frame[1] and rgb(frame[0][0]) == [194, 0, 107]


def test_a_cell_that_an_input_is_only_moved_to_keeps_its_number(show):
    page = show("layers.Conv2DTranspose(1, 2, strides=2)", "np.reshape([7, 8, 9, 10], (1, 2, 2, 1))")
    page.stage.locator('[data-view="gather"]').click()
    settle(page)
    before = written(page, 1, 5, 5)
    assert before[1, 3] == "8"  # padding counted
    point_afresh(page, 0, 1)
    assert written(page, 1, 5, 5) == {}
