// @ts-check
/** The facts of a layer as they are written: a label, and a value with what stands around it. */
import { say } from "./text.js";

/** @typedef {{label: string, before: string, value: string, after: string}} FactLine
 * @typedef {{label: string, value: string, old: string, marks: Record<string, string>}} HeadlineFact `old` is what it was before the
 * last move, "" where it is the same; `marks` say on the page which fact it is */

const FIRST = ["output_shape", "kernel", "params", "macs"]; // what the headline tells, in this order

/** @param {any} words @param {{fact: string, [name: string]: any}} row @returns {FactLine} */
export function factLine(words, row) {
  const { fact, name } = row;
  const axisName = (axis) => words[`axes.${axis}`];
  const labels = { step: () => `${row.number} ${row.layer}`, weight: () => name, size: () => axisName(row.axis) };
  const steps = { shape: row.shape, field: row.field?.join(" x ") };
  const sentences = { step: { key: "step_field", fields: steps }, versions: { key: "versions", fields: row } };
  const text = say(words, sentences[fact] ?? row.formula ?? row.shape);
  const at = text.lastIndexOf(" = ") + 1; // of a formula, the value is what comes out of it
  const [before, value] = at ? [text.slice(0, at + 2), text.slice(at + 2)] : ["", text];
  const after = fact === "weight" ? `  (${row.axes.map(axisName).join(", ")})` : "";
  return { label: labels[fact]?.() ?? words[`fact_${fact}`], before, value, after };
}

/** What an answer comes to, with what of it was another value in the answer before. @param {any} words @param {any[]} rows
 * @param {any[]} rowsBefore @returns {HeadlineFact[]} */
export function headline(words, rows, rowsBefore) {
  const kind = ({ fact, name }) => (fact === "weight" && name.endsWith("kernel") ? "kernel" : fact);
  const [now, before] = [rows, rowsBefore].map((all) => FIRST.flatMap((one) => all.filter((row) => kind(row) === one)));
  return now.map((row) => {
    const { label, value } = factLine(words, row);
    const same = before.find(({ fact, name }) => fact === row.fact && name === row.name);
    const old = same ? factLine(words, same).value : value;
    const marks = { "data-fact": kind(row), ...(row.name ? { "data-weight": row.name } : {}) };
    return { label, value, old: old === value ? "" : old, marks };
  });
}
