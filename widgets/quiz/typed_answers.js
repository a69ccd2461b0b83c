// @ts-check
/** Reads what a learner typed, as `parsing.py` does: tests/quiz/typed_forms.json says what every form means. */
import { number, thousands } from "../stage/text.js";

/** @typedef {{value?: any, unreadable?: {key: string, fields: Record<string, any>}}} Read a value, or the sentence that says
 * why there is none */

const LONGEST = 200; // characters
const LONGEST_SHOWN = 40;
const SIGNS = { "\u00d7": "*", "\u00b7": "*", "\u2212": "-", "\u2217": "*" }; // as they come from a text processor

/** @param {string} text */
const plainSigns = (text) => text.replace(/[\u00d7\u00b7\u2212\u2217]/g, (sign) => SIGNS[sign]);

/** A shape; "None" is null. @param {string} typed @param {string} example @returns {Read} */
export function readShape(typed, example) {
  const bare = plainSigns(typed.slice(0, LONGEST)).replace(/[[\](){}]/g, " ");
  const parts = bare
    .trim()
    .replace(/,+$/, "")
    .split(/\s*[,;*]\s*|\s*(?<=[\d ])[xX](?=[\d ])\s*|\s+/);
  const readable = parts.every((part) => part === "None" || /^\d{1,9}$/.test(part));
  if (!readable) return { unreadable: { key: "reading.shape", fields: { example } } };
  return { value: parts.map((part) => (part === "None" ? null : Number(part))) };
}

/** A number; sums, differences and products are worked out, on both sides of a "=". @param {string} typed
 * @param {string} example @returns {Read} */
export function readNumber(typed, example) {
  const text = plainSigns(typed).replace(/(?<=[\d)])\s*[xX]\s*(?=[\d(-])/g, "*");
  const sides = text
    .slice(0, LONGEST + 1)
    .split("=")
    .map((side) => side.trim());
  const value = typed.length > LONGEST ? null : workedOut(sides[sides.length - 1]);
  const received = typed.length <= LONGEST_SHOWN ? typed : `${typed.slice(0, LONGEST_SHOWN - 3)}...`;
  if (value === null) return { unreadable: { key: "reading.number", fields: { received, example } } };
  for (const left of sides.slice(0, -1)) {
    const other = workedOut(left); // a name may stand there as well: parameters = 3*3*2 + 2
    const unequal = { key: "reading.unequal", fields: { left, value: thousands(number(other ?? 0)) } };
    if (other !== null && other !== value) return { unreadable: unequal };
  }
  return { value };
}

const NUMBER = /^(?:(?:\d+\.\d*|\.\d+|\d+(?=e))(?:e[+-]?\d+)?|(?:0+|[1-9]\d*)(?![\d.e]))/i; // no 007, as in Python

/** A sum as a number, null where it is none. A comma may group digits by threes, or else stand for the point.
 * @param {string} text @returns {number | null} */
function workedOut(text) {
  let rest = text
    .replace(/(?<![\w.,])([1-9]\d{0,2})((?:,\d{3})+)(?![\w.,])/g, (_, first, more) => first + more.replaceAll(",", ""))
    .replace(/(?<![\w.,])(\d+),(\d+)(?![\w.,])/g, "$1.$2");

  /** Takes what comes next, where that is one of these signs. @param {string} signs */
  function taken(signs) {
    rest = rest.replace(/^[ \t]+/, "");
    const sign = rest !== "" && signs.includes(rest[0]) ? rest[0] : "";
    rest = rest.slice(sign.length);
    return sign;
  }

  function factor() {
    const sign = taken("+-");
    if (sign) return sign === "-" ? -factor() : factor();
    if (taken("(")) {
      const value = sum();
      return taken(")") ? value : NaN;
    }
    const [number] = NUMBER.exec(rest) ?? [""];
    rest = rest.slice(number.length);
    return number ? Number(number) : NaN;
  }

  function product() {
    let value = factor();
    while (taken("*")) value *= factor();
    return value;
  }

  function sum() {
    let value = product();
    for (let sign = taken("+-"); sign; sign = taken("+-")) value += sign === "-" ? -product() : product();
    return value;
  }

  const value = sum();
  return rest.trim() || Number.isNaN(value) ? null : value;
}
