// @ts-check
/** The page around a stage: its colours, its frame, and the explorer there. */

const MOST_BESIDE = 4; // grids that find room beside the controls

/** Whether the page is a frame in another one, whose height may follow from what is in it, and which may forbid much. */
export const isFramed = () => window !== window.top;

/** The height that a reader sees at once, in CSS pixels. A frame's own follows from the picture: cells sized by it would
 * change under the pointer. */
export const heightInSight = () => (isFramed() ? window.screen.availHeight : window.innerHeight);

/** "dark" or "light": from the colour that the page really has behind the stage; where it has none, from the theme that
 * Colab's page names, before that of the system. @param {Element} el */
export function themeBehind(el) {
  for (let node = /** @type {Element | null} */ (el); node; node = node.parentElement) {
    const [r, g, b, a = 1] = (getComputedStyle(node).backgroundColor.match(/[\d.]+/g) ?? [0, 0, 0, 0]).map(Number);
    if (a > 0.5) return 0.299 * r + 0.587 * g + 0.114 * b < 128 ? "dark" : "light";
  }
  const named = document.documentElement.getAttribute("theme");
  const dark = named === "dark" || (named !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  return dark ? "dark" : "light";
}

/** The whole explorer that a stage is part of. @param {Element} el */
export const explorerAround = (el) => el.closest(".cn-explorer") ?? el;

/** What stands around a stage looks as the stage does, told by classes: a rule with :has() would have the browser work out all
 * styles around it at each word that changes. @param {HTMLElement} el @param {any} picture @param {any} state */
export function tellAround(el, { grids }, { reveal }) {
  const around = explorerAround(el);
  for (const { classList } of [el, around]) {
    classList.toggle("cn-hidden", !reveal);
    classList.toggle("cn-long", grids.length > MOST_BESIDE);
  }
  if (el.parentElement !== around) el.parentElement?.classList.add("cn-stage-frame"); // some pages have one between
}

/** Tell of another width of the stage, and of other colours behind it. @param {HTMLElement} el @param {AbortSignal} signal
 * @param {() => void} changed */
export function watchPage(el, signal, changed) {
  let width = el.clientWidth;
  const resized = () => {
    width = el.clientWidth;
    changed();
    requestAnimationFrame(check); // a page that changes its colours may have had another width for a moment only
  };
  const check = () => el.clientWidth !== width && resized();
  const retheme = () => themeBehind(el) !== el.dataset.theme && resized();
  const sizes = new ResizeObserver(check);
  const themes = new MutationObserver(retheme);
  sizes.observe(el);
  for (const node of [document.documentElement, document.body]) themes.observe(node, { attributes: true });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", retheme, { signal });
  el.addEventListener("cn-resized", resized, { signal });
  signal.addEventListener("abort", () => [sizes, themes].forEach((observer) => observer.disconnect()));
}
