// @ts-check
/** Colours of values, of groups, and of what is drawn around them; in a light and a dark theme. @typedef {typeof THEMES.light} Theme */

/** Blue and orange differ for every common kind of colour blindness; the highlight is neither. */
export const THEMES = {
  light: {
    zero: [247, 247, 247],
    negative: [33, 102, 172],
    positive: [217, 95, 2],
    line: "#c4c4c4",
    hatch: "#8a8a8a",
    paper: "#ffffff",
    highlight: "#c2006b",
    halo: "#ffffff",
  },
  dark: {
    zero: [48, 48, 48],
    negative: [92, 170, 240],
    positive: [245, 150, 60],
    line: "#5a5a5a",
    hatch: "#9a9a9a",
    paper: "#1e1e1e",
    highlight: "#ff6db6",
    halo: "#000000",
  },
};

/** Red, green and blue of a value: brightness where `grey`, else from -limit through 0 to limit.
 * @param {number} value @param {number} limit @param {boolean} grey @param {typeof THEMES.light} theme */
export function colourOf(value, limit, grey, theme) {
  if (Number.isNaN(value)) return [128, 128, 128];
  const t = Math.max(-1, Math.min(1, value / limit));
  if (grey) return [255 * t, 255 * t, 255 * t].map(Math.round);
  const end = t < 0 ? theme.negative : theme.positive;
  return theme.zero.map((zero, i) => Math.round(zero + Math.abs(t) * (end[i] - zero)));
}

/** How bright a colour is, from 0 to 1, as WCAG 2.2 defines "relative luminance". @param {number[]} rgb */
export function luminance(rgb) {
  const [r, g, b] = rgb.map((c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Black or white, whichever reads better on a colour. @param {number[]} rgb */
export const inkOn = (rgb) => (luminance(rgb) > 0.179 ? "#000000" : "#ffffff");

export const STEPS = 254; // from the lowest colour to the highest; one more entry stands for nan
/** @type {Map<string, Uint32Array>} */
const tables = new Map();

/** The colours from -1 (or 0, where grey) to 1 as whole pixels, nan last. @param {boolean} grey @param {typeof THEMES.light} theme */
export function pixelTable(grey, theme) {
  const key = `${grey} ${theme.paper}`;
  if (!tables.has(key)) {
    const bytes = new Uint8Array(4 * (STEPS + 2)).fill(255);
    for (let i = 0; i <= STEPS + 1; i++) {
      const value = i > STEPS ? NaN : grey ? i / STEPS : (2 * i) / STEPS - 1;
      bytes.set(colourOf(value, 1, grey, theme), 4 * i);
    }
    tables.set(key, new Uint32Array(bytes.buffer));
  }
  return tables.get(key);
}

/** Red, green and blue of "#e69f00". @param {string} colour */
const partsOf = (colour) => [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));

/** One colour for each group, told apart by every common kind of colour vision; each bears its number as well.
 * Source: Okabe and Ito, "Color Universal Design", 2008. */
export const GROUPS = ["#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"].map(partsOf);

/** A group's colour for a line on the page, as far towards black or white as it takes to be seen there.
 * @param {number} group @param {typeof THEMES.light} theme */
export function traceOf(group, theme) {
  const paper = partsOf(theme.paper);
  const ink = inkOn(paper) === "#ffffff" ? 255 : 0;
  const mixed = (part) => GROUPS[group % GROUPS.length].map((c) => Math.round(c + part * (ink - c)));
  const stands = (rgb) => {
    const [low, high] = [luminance(rgb), luminance(paper)].sort((a, b) => a - b);
    return high + 0.05 >= 3 * (low + 0.05); // the least that WCAG 2.2 asks of graphics
  };
  let part = 0;
  while (!stands(mixed(part))) part += 0.05;
  return mixed(part);
}
