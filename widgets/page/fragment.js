// @ts-check
/** The state of a page in its address: #kernel_size=3,3&strides=2. A teacher sends a link to a setting. */

/** @typedef {{name: string, axis: string, label: string, values: any[], start: number, axes: number}} Control */

/** A value as code would say it. @param {any} value */
export const written = (value) => (value === null ? "None" : value === true ? "True" : value === false ? "False" : String(value));

/** @param {Control[]} controls @param {number[]} chosen which value each shows */
export function toFragment(controls, chosen) {
  /** @type {Map<string, string[]>} */ const settings = new Map();
  controls.forEach(({ name, values, axes }, i) => {
    const values_ = Array(axes).fill(written(values[chosen[i]]));
    settings.set(name, [...(settings.get(name) ?? []), ...values_]);
  });
  return [...settings].map(([name, values]) => `${name}=${values.map(encodeURIComponent).join(",")}`).join("&");
}

/** What each control shows; null where the text is none of ours, or names what was not recorded.
 * @param {Control[]} controls @param {string} text @returns {number[] | null} */
export function fromFragment(controls, text) {
  const chosen = controls.map(({ start }) => start);
  for (const part of text.replace(/^#/, "").split("&")) {
    const [name, values] = part.split("=");
    const moved = controls.flatMap((control, i) => (control.name === name ? [i] : []));
    const wanted = (values ?? "").split(",").map(decoded);
    if (!moved.length) return null;
    const { axes } = controls[moved[0]];
    if (axes > 1 && (wanted.length !== axes || new Set(wanted).size > 1) && wanted.length !== 1) return null;
    if (axes === 1 && wanted.length !== moved.length && wanted.length !== 1) return null;
    for (const [place, i] of moved.entries()) {
      chosen[i] = controls[i].values.map(written).indexOf(wanted[axes > 1 ? 0 : Math.min(place, wanted.length - 1)]);
      if (chosen[i] === -1) return null;
    }
  }
  return chosen;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
