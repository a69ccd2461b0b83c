// @ts-check
/** The facts of a layer as they are written: a label, and a value with what stands around it. */
import { say } from "./text.js";

/** @typedef {{label: string, before: string, value: string, after: string, marks: Record<string, string>}} FactLine
 * `marks` say on the page which fact the value is */

/** @param {any} words @param {string} name of an axis in code */
const axisName = (words, name) => words[`axes.${name}`];

/** What stands for the fact in a row, but for its label: a text before the value, the value, a text after it. *
 * @type {Record<string, (row: any, words: any) => string[]>} */
const VALUES = {
  input_shape: ({ shape }) => ["", shape, ""],
  step: ({ shape, field }, words) => [
    "",
    say(words, { key: "step_sees", fields: { shape, field: field.join(" x ") } }),
    "",
  ],
  weight: ({ shape, axes }, words) => ["", shape, `  (${axes.map((axis) => axisName(words, axis)).join(", ")})`],
  output_shape: ({ shape }) => ["", shape, ""],
  params: ({ formula }) => result(formula),
  macs: ({ formula }) => result(formula),
  size: ({ formula }) => result(formula),
  versions: (row, words) => ["", say(words, { key: "versions", fields: row }), ""],
};

/** A formula, and what comes out of it: behind the last equals sign. @param {string} formula */
function result(formula) {
  const at = formula.lastIndexOf(" = ");
  return at < 0 ? ["", formula, ""] : [formula.slice(0, at + 3), formula.slice(at + 3), ""];
}

/** @param {any} words @param {{fact: string, [name: string]: any}} row @returns {FactLine} */
export function factLine(words, row) {
  const { fact, name } = row;
  const labels = {
    step: () => `${row.number} ${row.layer}`,
    weight: () => name,
    size: () => axisName(words, row.axis),
  };
  const [before, value, after] = VALUES[fact](row, words);
  const kind = fact === "weight" && name.endsWith("kernel") ? "kernel" : fact;
  const marks = { "data-fact": kind, ...(fact === "weight" ? { "data-weight": name } : {}) };
  return { label: labels[fact]?.() ?? words[`fact_${fact}`], before, value, after, marks };
}
