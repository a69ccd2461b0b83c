// @ts-check
/** Highlighted cells: frames, the numbers that they bear meanwhile, and the taps between cells. All sizes in CSS pixels. */
import { clamp } from "./lookups.js";
import { shortAll, widthOf } from "./text.js";
import { colourOf, inkOn } from "./colours.js";
import { SMALLEST_FONT, centreText, drawLine, pixelRatio, sized } from "./canvas.js";
import { ROOM, fontFor, roomIn } from "./plain_cells.js";

const BOLD = 1.12; // how much wider bold figures are
const LEAST_NUMBERED = 6; // the radius of a tap that can bear its number
const REACH = 12; // how far what is drawn around a highlighted cell or a tap may go

/** The numbers of cells that are highlighted together, and the font that all of them fit in, if need be a smaller one than that of
 * plain cells; null where one of them does not fit. @param {number} cell @param {number[]} numbers @param {number} least of the font */
export function labelsIn(cell, numbers, least = 0) {
  const font = fontFor(cell, least);
  if (!roomIn(cell, least)) return null;
  const room = (ROOM * cell) / BOLD;
  const texts = shortAll(numbers, room / font) ?? shortAll(numbers, room / Math.max(SMALLEST_FONT, least));
  return texts && { texts, font: Math.min(font, ...texts.map((text) => room / widthOf(text))) };
}

/**
 * @typedef {{row: number, column: number, number?: number, weight?: number, part?: number}} Outlined a cell, the number that it bears
 *   meanwhile, the weight that its own is multiplied by, and what of it is new
 * @typedef {{point: number[], drawn: number[], home: number[], held: boolean, index: number}} Dot a point between the cells, with the cell it left; one outside is drawn at the rim, dashed
 */

/** Outline cells in a panel. Those with a number of their own bear it in place of their plain one, or none where `labels` is null.
 * @param {any} panel @param {Outlined[]} cells @param {{texts: string[], font: number} | null} labels of the cells with a number, in
 * their order @param {Dot[]} dots @param {import("./colours.js").Theme} theme */
export function drawHighlights(panel, cells, labels, dots, theme) {
  const { plain, marked, cell, view, touched } = panel;
  const [[top], [left]] = view.padding;
  const middle = ([row, column]) => [(column + left + 0.5) * cell, (row + top + 0.5) * cell];
  const size = Math.max(cell, 3);
  const places = [...cells.map(({ row, column }) => [row, column]), ...dots.flatMap((dot) => [dot.drawn, dot.home])];
  if (!touched) sized(panel.cells, parseFloat(plain.style.width), parseFloat(plain.style.height));
  const { at, extent } = touched ?? { at: [0, 0], extent: [panel.cells.width, panel.cells.height] };
  copyPart(plain, at, panel.cells, at, extent); // nothing is highlighted any longer
  panel.touched = boxAround(places.map(middle), size / 2 + REACH);
  if (!places.length) return;
  const context = besides(marked, plain, panel.touched);
  // Small cells would vanish behind their own outlines, and points between the cells behind those of their neighbours.
  const edge = dots.length ? 1 : Math.min(Math.max(2.5, size / 18), Math.max(0.8, size / 9));
  const halo = dots.length || size < 9 ? 0.6 : 2;
  context.beginPath();
  for (const { row, column } of cells)
    context.rect((column + left) * cell + edge / 2, (row + top) * cell + edge / 2, size - edge, size - edge);
  for (const outer of [true, false]) {
    context.strokeStyle = outer ? theme.halo : theme.highlight;
    context.lineWidth = edge + (outer ? halo : 0);
    context.stroke();
  }
  if (!drawProducts(context, panel, cells, middle, size - 2 * edge - halo, theme))
    fitNumbers(context, panel, cells, middle, size - 2 * edge - halo, theme);
  for (const dot of dots) drawDot(context, dot, middle, cell, theme);
  drawOwnNumbers(context, panel, cells, labels, middle, cell - 2 * edge, theme);
  copyPart(marked, [0, 0], panel.cells, panel.touched.at, panel.touched.extent);
}

/** Where all these points and what is drawn around them lie, in pixels of the screen: the first one, and how many.
 * @param {number[][]} points @param {number} reach */
function boxAround(points, reach) {
  const most = (pick, start) => [0, 1].map((axis) => points.reduce((found, point) => pick(found, point[axis]), start));
  const at = most(Math.min, Infinity).map((first) => Math.max(Math.floor((first - reach) * pixelRatio()), 0));
  const end = most(Math.max, 0).map((last) => Math.ceil((last + reach) * pixelRatio()));
  return points.length ? { at, extent: end.map((last, axis) => last - at[axis]) } : { at: [0, 0], extent: [0, 0] };
}

/** A canvas beside the page that bears a part of the plain cells, to draw on as if it bore all of them: the browser copies all of
 * a canvas that was shown before it draws on it again, so a small one is faster.
 * @param {HTMLCanvasElement} canvas @param {HTMLCanvasElement} plain @param {{at: number[], extent: number[]}} part */
function besides(canvas, plain, { at, extent: [width, height] }) {
  if (canvas.width < width) canvas.width = width;
  if (canvas.height < height) canvas.height = height;
  const { a, d } = plain.getContext("2d").getTransform();
  const context = copyPart(plain, at, canvas, [0, 0], [width, height]);
  context.setTransform(a, 0, 0, d, -at[0], -at[1]);
  return context;
}

/** Show a part of one canvas on another, pixel by pixel. @param {HTMLCanvasElement} from @param {number[]} start where it is there
 * @param {HTMLCanvasElement} to @param {number[]} at where it goes @param {number[]} extent how wide and high it is */
function copyPart(from, [left, top], to, [x, y], [width, height]) {
  const context = to.getContext("2d");
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.clearRect(x, y, width, height);
  if (width) context.drawImage(from, left, top, width, height, x, y, width, height);
  return context;
}

/** Value and weight in each cell of a window, or the sum so far and what the newest stamp has added, one below the other, if all of
 * them have room; whether they have.
 * @param {CanvasRenderingContext2D} context @param {any} panel @param {Outlined[]} cells @param {(place: number[]) => number[]} middle
 * @param {number} room @param {import("./colours.js").Theme} theme */
function drawProducts(context, { view, cell, numbers }, cells, middle, room, theme) {
  const below = ({ weight, part }) => weight ?? part;
  const read = cells.filter((one) => below(one) !== undefined);
  const font = Math.max(Math.min(cell * 0.24, 24), view.least ?? 0, SMALLEST_FONT);
  if (!read.length || !numbers.length || 2 * font > room) return false;
  const values = read.map(({ row, column }) => (row in numbers && column in numbers[row] ? view.at(row, column) : 0));
  if (values.includes(undefined)) return false;
  const texts = shortAll(values, room / font);
  const others = shortAll(read.map(below), room / font - widthOf("×"));
  const lost = (text, i) => Number(text) === 0 && below(read[i]) !== 0; // it must not pass for 0
  if (!texts || !others || others.some(lost)) return false;
  centreText(context, `${font}px`);
  read.forEach(({ row, column, part }, i) => {
    const [x, y] = middle([row, column]);
    const colour = colourOf(values[i], view.limit, view.grey, theme);
    context.fillStyle = `rgb(${colour})`;
    context.fillRect(x - room / 2, y - room / 2, room, room);
    context.fillStyle = inkOn(colour);
    context.fillText(texts[i], x, y - font * 0.55);
    if (part !== undefined) {
      context.fillStyle = theme.halo;
      context.fillRect(x - room / 2, y, room, room / 2);
      context.fillStyle = theme.highlight;
    }
    const sign = part === undefined ? "×" : part < 0 ? "" : "+";
    context.fillText(sign + others[i], x, y + font * 0.55);
  });
  return true;
}

/** An outline that crosses a number would take its sign away: numbers that are wider than the room in it are written smaller.
 * @param {CanvasRenderingContext2D} context @param {any} panel @param {Outlined[]} cells
 * @param {(place: number[]) => number[]} middle @param {number} room @param {import("./colours.js").Theme} theme */
function fitNumbers(context, { view, cell, numbers }, cells, middle, room, theme) {
  const plain = ({ row, column, number }) => number === undefined && numbers[row]?.[column];
  const bearing = cells.filter((one) => plain(one) && view.at(one.row, one.column) !== undefined);
  const widest = Math.max(0, ...bearing.map((one) => widthOf(plain(one))));
  const font = fontFor(cell, view.least);
  if (widest * font <= room) return;
  const smaller = Math.max(room / widest, SMALLEST_FONT, view.least ?? 0);
  centreText(context, `${smaller}px`);
  for (const one of bearing) {
    const [x, y] = middle([one.row, one.column]);
    const colour = colourOf(view.at(one.row, one.column), view.limit, view.grey, theme);
    const wide = Math.max(room, smaller * widthOf(plain(one)));
    context.fillStyle = `rgb(${colour})`;
    context.fillRect(x - wide / 2, y - font * 0.6, wide, font * 1.2);
    context.fillStyle = inkOn(colour);
    context.fillText(plain(one), x, y);
  }
}

/** A tap: a frame within its home, and where it reads a circle with its number. @param {CanvasRenderingContext2D} context @param {Dot} dot
 * @param {(place: number[]) => number[]} middle @param {number} cell @param {import("./colours.js").Theme} theme */
function drawDot(context, { point, drawn, home, held, index }, middle, cell, theme) {
  const [[x, y], [fromX, fromY]] = [middle(drawn), middle(home)];
  const radius = clamp(cell * 0.26, 3.5, 9);
  context.strokeStyle = theme.highlight;
  context.lineWidth = 1.5;
  context.strokeRect(fromX - cell * 0.36, fromY - cell * 0.36, cell * 0.72, cell * 0.72); // around a number, not across it
  context.setLineDash(drawn.join() === point.join() ? [] : [2, 2]);
  context.beginPath();
  drawLine(context, fromX, fromY, x, y);
  context.stroke();
  context.beginPath();
  context.arc(x, y, radius, 0, 2 * Math.PI);
  const [face, ink] = held ? [theme.highlight, theme.halo] : [theme.halo, theme.highlight];
  context.fillStyle = face;
  context.fill();
  context.stroke();
  context.setLineDash([]);
  if (radius < LEAST_NUMBERED) return;
  centreText(context, `bold ${SMALLEST_FONT + 1}px`);
  context.fillStyle = ink;
  context.fillText(String(index), x, y + 0.5);
}

/** @param {CanvasRenderingContext2D} context @param {any} panel @param {Outlined[]} cells @param {{texts: string[], font: number} | null} labels
 * @param {(place: number[]) => number[]} middle @param {number} width @param {import("./colours.js").Theme} theme */
function drawOwnNumbers(context, { cell, view, numbers }, cells, labels, middle, width, theme) {
  const numbered = cells.filter(({ number }) => number !== undefined);
  if (!numbered.length || (!labels && !numbers.length)) return;
  const font = fontFor(cell, view.least);
  if (labels) centreText(context, `bold ${labels.font}px`);
  numbered.forEach(({ row, column }, i) => {
    const [x, y] = middle([row, column]);
    const plain = () => `rgb(${colourOf(view.at(row, column) ?? 0, view.limit, view.grey, theme)})`;
    context.fillStyle = labels ? theme.halo : plain(); // else the plain number would pass for the missing one
    const high = labels ? width : font * 1.3; // a stripe in the cell's colour would look like a value
    context.fillRect(x - width / 2, y - high / 2, width, high);
    context.fillStyle = theme.highlight;
    if (labels) context.fillText(labels.texts[i], x, y, width);
  });
}
