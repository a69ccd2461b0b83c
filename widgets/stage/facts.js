// @ts-check
/** The facts of a layer as they are written: a label, and a value with what stands around it. */
import { say } from "./text.js";

/** @typedef {{label: string, before: string, value: string, after: string, marks: Record<string, string>}} FactLine
 * `marks` say on the page which fact the value is */

/** @param {any} words @param {{fact: string, [name: string]: any}} row @returns {FactLine} */
export function factLine(words, row) {
  const { fact, name } = row;
  const axisName = (axis) => words[`axes.${axis}`];
  const labels = { step: () => `${row.number} ${row.layer}`, weight: () => name, size: () => axisName(row.axis) };
  const steps = { shape: row.shape, field: row.field?.join(" x ") };
  const sentences = { step: { key: "step_sees", fields: steps }, versions: { key: "versions", fields: row } };
  const text = say(words, sentences[fact] ?? row.formula ?? row.shape);
  const at = text.lastIndexOf(" = ") + 1; // of a formula, the value is what comes out of it
  const [before, value] = at ? [text.slice(0, at + 2), text.slice(at + 2)] : ["", text];
  const after = fact === "weight" ? `  (${row.axes.map(axisName).join(", ")})` : "";
  const kind = fact === "weight" && name.endsWith("kernel") ? "kernel" : fact;
  const marks = { "data-fact": kind, ...(fact === "weight" ? { "data-weight": name } : {}) };
  return { label: labels[fact]?.() ?? words[`fact_${fact}`], before, value, after, marks };
}
