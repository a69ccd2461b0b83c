// @ts-check
/** Tables of numbers side by side: what is read × the weights = their products. */
import { element } from "./dom.js";

const BETWEEN = ["×", "="];

/** @typedef {{caption?: string, planes: (string | number)[][][], paint?: (cell: HTMLElement, index: number) => void}} Table `planes` of
 * rows of cells; `paint` is told each cell and its place among all */

/** The tables with signs between them; two are asked about. @param {Table[]} tables @param {string} [name] what they show together */
export function equation(tables, name) {
  const sign = (text) => element("b", {}, text);
  const parts = tables.flatMap((table, i) => [i > 0 && sign(BETWEEN[i - 1]), tableOf(table)]);
  const named = name ? { role: "group", "aria-label": name } : {};
  return element("div", { class: "cn-equation", ...named }, ...parts, tables.length === 2 && sign("= ?"));
}

/** @param {Table} table */
function tableOf({ caption, planes, paint }) {
  const cell = (value) => element("td", {}, String(value));
  const row = (values) => element("tr", {}, ...values.map(cell));
  const bodies = planes.map((rows) => element("tbody", {}, ...rows.map(row)));
  const made = element("table", {}, caption && element("caption", {}, caption), ...bodies);
  if (paint) made.querySelectorAll("td").forEach(paint);
  return made;
}
