// How the panels of a picture share the page.
import assert from "node:assert/strict";
import { test } from "node:test";
import { isNarrow, layOut } from "../../widgets/stage/layout.js";

const grid = (rows, columns = rows) => ({ kernel: false, rows, columns });
const kernel = (rows, columns = rows) => ({ kernel: true, rows, columns });
const page = (width, more = {}) => ({ width, height: 900, full: false, line: false, words: 1, ...more });
const WIDTHS = [200, 320, 519, 520, 700, 1000, 1400, 2500];

test("no panel is wider than the page, and no cell wider than its panel, at any width", () => {
  const pictures = [
    [grid(8), kernel(3), grid(6)],
    [grid(1, 64), kernel(1, 5), grid(1, 60)],
    [grid(224), kernel(7), grid(112)],
    [grid(16), kernel(3), grid(14), kernel(3), grid(12), kernel(3), grid(10)],
  ];
  for (const width of WIDTHS)
    for (const full of [false, true])
      for (const panels of pictures) {
        layOut(panels, page(width, { full })).forEach(({ room, cell }, i) => {
          assert.ok(room <= width, `${room} of ${width}`);
          assert.ok(
            cell > 0 && cell * panels[i].columns <= room + 1,
            `${panels[i].columns} cells of ${cell} in ${room}`,
          );
        });
      }
});

test("an input, its kernel and its output stand side by side where there is room", () => {
  for (const width of WIDTHS.filter((width) => !isNarrow(width))) {
    const rooms = layOut([grid(28), kernel(3), grid(26)], page(width)).map(({ room }) => room);
    assert.ok(rooms[0] + rooms[1] + rooms[2] <= width - 28, `${rooms} of ${width}`);
  }
});

test("on a narrow page the two grids stand side by side and the kernel gets a line of its own", () => {
  const [input, between, output] = layOut([grid(28), kernel(3), grid(26)], page(360)).map(({ room }) => room);
  assert.ok(input + output <= 360 - 14, `${input} and ${output}`);
  assert.ok(input + output > 360 - 32, "they share all of it");
  assert.ok(input + between + output > 360);
});

test("grids whose cells hold numbers have cells of one size", () => {
  const [input, , output] = layOut([grid(8), kernel(3), grid(20)], page(1200));
  assert.equal(input.cell, output.cell);
  assert.ok(input.cell >= 12);
});

test("where cells would be small for numbers, grids share the room by their columns, and all cells are of one size", () => {
  const panels = [grid(4), grid(11), kernel(3), grid(9)]; // a transposed layer that gathers
  const sizes = layOut(panels, page(762));
  const grids = sizes.filter((_, i) => !panels[i].kernel);
  assert.ok(grids.every(({ cell }) => cell === grids[0].cell) && grids[0].cell > 22, JSON.stringify(sizes));
  assert.ok(sizes.reduce((sum, { room }) => sum + room + 12, -12) <= 762, JSON.stringify(sizes));
  assert.ok(sizes[0].room >= 108, "its words have room");
  const [input, , output] = layOut([grid(8), kernel(3), grid(6)], page(312));
  assert.ok(input.cell === output.cell && input.cell > 20 && input.room + output.room <= 312 - 24);
});

test("on a phone four panels stand two by two, and their numbers have room", () => {
  for (const width of [338, 368]) {
    for (const panels of [
      [grid(3), grid(9), kernel(3), grid(7)], // a transposed layer that gathers
      [grid(12), kernel(3), grid(10), grid(5)], // a convolution, then a pooling
    ]) {
      const sizes = layOut(panels, page(width));
      assert.ok(sizes[0].room + sizes[1].room <= width - 24, JSON.stringify(sizes));
      assert.ok(sizes[2].room + sizes[3].room <= width - 24, JSON.stringify(sizes));
      const cells = sizes.filter((_, i) => !panels[i].kernel).map(({ cell }) => cell);
      assert.ok(
        cells.every((cell) => cell === cells[0] && cell > 16),
        JSON.stringify(sizes),
      );
    }
  }
});

test("where the input's cells are too small for numbers, a small output is still large enough to read", () => {
  const [input, , output] = layOut([grid(224), kernel(7), grid(4)], page(1200));
  assert.ok(input.cell < 2);
  assert.equal(output.cell, 12);
});

test("a line of cells has the whole width", () => {
  for (const { room } of layOut([grid(1, 12), kernel(1, 3), grid(1, 10)], page(800, { line: true })))
    assert.equal(room, 800);
});

test("a full screen has larger cells", () => {
  const cells = [false, true].map(
    (full) => layOut([grid(8), kernel(3), grid(6)], page(1900, { height: 1080, full }))[0].cell,
  );
  assert.ok(cells[1] > 1.3 * cells[0], String(cells));
});

test("a chain of five grids and three kernels stands in one line of a laptop, and so does one of four beside its controls", () => {
  const long = [grid(28), kernel(3), grid(26), grid(13), kernel(3), grid(11), kernel(1), grid(11)];
  const short = [grid(23), kernel(3), grid(23), kernel(3), grid(23), kernel(3), grid(23)];
  for (const [panels, width] of [
    [long, 1190],
    [short, 828],
  ]) {
    const rooms = layOut(panels, page(width)).map(({ room }) => room);
    assert.ok(rooms.reduce((sum, room) => sum + room + 12, -12) <= width, `${rooms} of ${width}`);
    assert.ok(Math.min(...rooms) >= 108, `${rooms}`);
  }
});
