// @ts-check
/** A page's state in its address: #kernel_size=3,3&padding=same. A teacher sends a link to a setting. */

const PAUSE = 900; // ms without a move after which a state is worth going back to

/** @typedef {{name: string, axis: string, element: string, values: string[], start: number, axes: number}} Control
 * an argument, or one axis of it; `axes` is how many it moves at once */

/** What the address says of a tool: "" of one that has the page for itself, null where it does not speak of it. Of one
 * among several it says #its-id:kernel_size=3,3. @param {string} id @param {string} hash */
export function fragmentOf(id, hash = location.hash) {
  const text = hash.slice(1);
  if (!id) return text;
  return text.startsWith(`${id}:`) ? text.slice(id.length + 1) : null;
}

/** @param {Control[]} controls @param {number[]} chosen which value each shows */
export function toFragment(controls, chosen) {
  /** @type {Map<string, string[]>} */ const settings = new Map();
  controls.forEach(({ name, values, axes }, i) => {
    const ofAxes = Array(axes).fill(values[chosen[i]]);
    settings.set(name, [...(settings.get(name) ?? []), ...ofAxes]);
  });
  return [...settings].map(([name, values]) => `${name}=${values.map(encodeURIComponent).join(",")}`).join("&");
}

/** Which value each control shows; null where the text names what there is not. What it leaves out is as at the start.
 * @param {Control[]} controls @param {string} text @returns {number[] | null} */
export function fromFragment(controls, text) {
  const chosen = controls.map(({ start }) => start);
  for (const part of text.split("&")) {
    const [name, list = ""] = part.split("=");
    const places = controls.flatMap((control, i) => (control.name === name ? Array(control.axes).fill(i) : []));
    const values = list.split(",").map(decoded);
    if (!places.length || ![1, places.length].includes(values.length)) return null;
    const found = places.map((i, axis) => controls[i].values.indexOf(values[values.length === 1 ? 0 : axis]));
    // A control that moves several axes can give them but one value.
    const odd = places.some((i, axis) => found[axis] === -1 || found[axis] !== found[places.indexOf(i)]);
    if (odd) return null;
    places.forEach((i, axis) => (chosen[i] = found[axis]));
  }
  return chosen;
}

/** @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // which is no control's value
  }
}

/** The state in the address, written when the frame after a move is drawn: browsers take long for it. The first move
 * after a pause makes an entry in the history, which knows of all tools that were moved.
 * @param {string} id of the tool, "" where it has the page for itself @param {() => string} fragment */
export function memory(id, fragment) {
  let [moving, waiting, way, before] = [0, false, "pushState", ""];
  const addressNow = () => `${location.href.split("#")[0]}#${id && `${id}:`}${fragment()}`;
  const stateWith = (text) => ({ ...history.state, [id]: text });

  function writeAddress() {
    try {
      if (way === "pushState") history.replaceState(stateWith(before), "");
      history[way](stateWith(fragment()), "", addressNow());
    } catch {
      // A frame may forbid it: the link can still be copied.
    }
    [waiting, way] = [false, "replaceState"];
  }

  /** @param {string} last the state before the move */
  function remember(last) {
    clearTimeout(moving);
    moving = window.setTimeout(() => (way = "pushState"), PAUSE);
    if (!waiting) before = last;
    if (!waiting) requestAnimationFrame(() => setTimeout(writeAddress));
    waiting = true;
  }
  return { remember, addressNow };
}
