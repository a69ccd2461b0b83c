// @ts-check
/** Words and numbers as they are written; numbers as `language/numbers.py` writes them. */

/** @typedef {string | {key: string, fields?: Record<string, any>}} Text code and what Keras says as it is; else a sentence by its key */

/** A text with its {names} filled in. @param {string} template @param {Record<string, any>} values */
export const fill = (template, values) =>
  template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));

/** A text in the reader's language. A sentence that counts something has one form for each category of number that the
 * language has. @param {Record<string, any>} words sentences by key @param {Text} text @returns {string} */
export function say(words, text) {
  if (typeof text === "string") return text;
  const said = Object.entries(text.fields ?? {}).map(([name, value]) => [name, value?.key ? say(words, value) : value]);
  const fields = Object.fromEntries(said);
  const sentence = words[text.key] ?? text.key;
  if (typeof sentence === "string") return fill(sentence, fields);
  return fill(sentence[new Intl.PluralRules(words.language).select(fields.count)] ?? sentence.other, fields);
}

const DIGITS = 4; // wherever a number is written, unless a cell has no room for them

/** A number as it is written everywhere: so many significant digits, a large one whole, no zeros at the end. @param {number} value */
export function number(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  const size = Math.abs(value);
  const whole = size >= 10 ** (DIGITS - 1) && size < 1e21;
  return String(whole ? Math.sign(value) * Math.round(size) : Number(value.toPrecision(DIGITS)));
}

/** A whole number as it is read: 438,048. What is no number alone stays. @param {string | number} text */
export const thousands = (text) =>
  /^\d+$/.test(String(text)) ? String(text).replace(/\B(?=(\d{3})+$)/g, ",") : String(text);

/** A factor in a sum, in brackets where it is negative. @param {number} value */
export const factor = (value) => (value < 0 ? `(${number(value)})` : number(value));

/** Products as they are written by hand. @param {{x: number, weight: number}[]} list */
export const writtenProducts = (list) => list.map(({ x, weight }) => `${factor(x)}×${factor(weight)}`).join(" + ");

/** Terms as they are added by hand: 0.5 + 2 - 0.25. @param {number[]} terms */
export function writtenTerms(terms) {
  const signed = (term) => (term < 0 ? ` -\u2060\u00a0${number(-term)}` : ` + ${number(term)}`);
  return terms.map((term, i) => (i === 0 ? number(term) : signed(term))).join("");
}

/** About how wide a number is, in em: digits are wider than points and signs. @param {string} text */
export const widthOf = (text) => [...text].reduce((width, letter) => width + (".-".includes(letter) ? 0.35 : 0.62), 0);

/** How many digits stand behind the point. @param {string} text */
const decimalsOf = (text) => text.split(".")[1]?.length ?? 0;

/** A number for a cell with so much room, in em. "" where it would have to be rounded beyond recognition.
 * @param {number} value @param {number} room @param {number} most decimals */
export function short(value, room, most = 6) {
  const exact = number(value);
  const size = Math.abs(value);
  const tries = decimalsOf(exact) <= most ? [exact] : [];
  for (let digits = Math.min(most, 3); size < 1e6 && digits >= (size < 100 ? 1 : 0); digits--)
    tries.push(value.toFixed(digits).replace(/^-(?=0\.?0*$)/, "")); // no "-0.00"
  if (size >= 1e6 && size < Infinity) tries.push(value.toExponential(1), value.toExponential(0));
  return tries.find((text) => widthOf(text) <= room) ?? "";
}

/** Numbers for cells of one size: where some must be rounded, none has more decimals than these. null where one has no room.
 * @param {number[]} values @param {number} room */
export function shortAll(values, room) {
  let most = 6;
  for (const value of values) {
    const text = short(value, room, most);
    if (text === "") return null;
    if (text !== number(value) && Math.abs(value) < 100) most = decimalsOf(text);
  }
  return values.map((value) => short(value, room, most));
}
