// @ts-check
/** The facts of a layer as they are written: a label, and a value with what stands around it. */
import { say, thousands } from "./text.js";

/** @typedef {{label: string, before: string, value: string, after: string}} FactLine
 * @typedef {{label: string, axes: string, value: string, old: string, marks: Record<string, string>}} HeadlineFact `axes` are the names
 * of a shape's axes; `old` is what it was before the last move, "" where it is the same; `marks` say on the page which fact it is */

const FIRST = ["output_shape", "kernel", "params", "macs"]; // what the headline tells, in this order

/** @param {any} words @param {{fact: string, [name: string]: any}} row @returns {FactLine} */
export function factLine(words, row) {
  const { fact, name } = row;
  const axisName = (axis) => words[`axes.${axis}`];
  const labels = { step: () => `${row.number} ${row.layer}`, weight: () => name, size: () => axisName(row.axis) };
  const steps = { shape: row.shape, field: row.field?.join(" x ") };
  const key = row.certainty === "at most" ? "step_field_at_most" : "step_field";
  const sentences = { step: { key, fields: steps }, versions: { key: "versions", fields: row } };
  const text = say(words, sentences[fact] ?? row.formula ?? row.shape);
  const at = text.lastIndexOf(" = ") + 1; // of a formula, the value is what comes out of it
  const [before, value] = at ? [text.slice(0, at + 2), text.slice(at + 2)] : ["", text];
  const after = fact === "weight" ? `  ${axesOf(words, row)}` : "";
  return { label: labels[fact]?.() ?? words[`fact_${fact}`], before, value, after };
}

/** The names of a shape's axes. @param {any} words @param {{axes?: string[]}} row */
const axesOf = (words, { axes }) => (axes ? `(${axes.map((axis) => words[`axes.${axis}`]).join(", ")})` : "");

/** What an answer comes to, with what of it was another value in the answer before. @param {any} words @param {any[]} rows
 * @param {any[]} rowsBefore @returns {HeadlineFact[]} */
export function headline(words, rows, rowsBefore) {
  const kind = ({ fact, name }) => (fact === "weight" && /kernel(_\d+)?$/.test(name) ? "kernel" : fact);
  const [now, before] = [rows, rowsBefore].map((all) => FIRST.flatMap((one) => all.filter((row) => kind(row) === one)));
  const valueOf = (row) => thousands(factLine(words, row).value);
  return now.map((row) => {
    const [{ label }, value] = [factLine(words, row), valueOf(row)];
    const same = before.find(({ fact, name }) => fact === row.fact && name === row.name);
    const old = same ? valueOf(same) : value;
    const marks = { "data-fact": kind(row), ...(row.name ? { "data-weight": row.name } : {}) };
    return { label, axes: axesOf(words, row), value, old: old === value ? "" : old, marks };
  });
}
