// @ts-check
/** An explorer on a full screen. */
import { noteBeside, relabel } from "./dom.js";
import { explorerAround, isFramed } from "./host_page.js";

/** Whether the explorer around a stage fills the window. @param {Element} el */
export const isFull = (el) =>
  document.fullscreenElement === explorerAround(el) || explorerAround(el).classList.contains("cn-full");

/** Draw again: on a full screen the room for cells is what the rest leaves, and that is known once it is drawn. @param {Element} el */
export function shareRoom(el) {
  for (const event of ["cn-resized", "cn-resized"]) el.dispatchEvent(new Event(event));
}

/** The buttons and keys that fill the screen, and turn between controls and facts there. @param {any} stage */
export function fullScreen({ el, ui, words, listen, ending }) {
  const fill = (full) => {
    const around = explorerAround(el);
    around.classList.toggle("cn-full", full);
    around.classList.toggle("cn-alone", !around.querySelector(":scope > :is(.cn-side, .cn-controls)"));
    ui.beside.hidden = !full;
    showBeside(false);
  };
  const showBeside = (facts) => {
    explorerAround(el).classList.toggle("cn-facts-beside", facts);
    const alone = explorerAround(el).classList.contains("cn-alone");
    relabel(ui.beside, !facts ? words.beside_facts : alone ? words.beside_nothing : words.beside_controls);
    shareRoom(el);
  };
  const turn = () => showBeside(!explorerAround(el).classList.contains("cn-facts-beside"));
  ui.beside.hidden = true;
  listen(ui.beside, "click", turn);
  const turnByKey = (event) => {
    const typing = event.target.closest?.("input:not([type=range]), textarea, select, [contenteditable]");
    if (event.key.toLowerCase() !== "f" || !isFull(el) || typing || event.ctrlKey || event.metaKey) return;
    event.stopPropagation(); // it may be a shortcut of the page
    turn();
  };
  listen(document, "keydown", turnByKey, { capture: true });
  listen(ui.full, "click", async () => {
    const leaving = document.fullscreenElement || isFull(el);
    noteBeside(ui.full, "");
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else if (!leaving) await explorerAround(el).requestFullscreen();
    } catch {
      // a window is filled instead; what a frame would be filled with, it takes its height from
      if (isFramed()) return noteBeside(ui.full, words.full_refused);
    }
    fill(!leaving);
  });
  const again = () => isFull(el) && [1, 2].forEach(() => shareRoom(el)); // sizes that are far off take more than one round
  const sizes = new ResizeObserver(again);
  sizes.observe(el);
  ending.addEventListener("abort", () => sizes.disconnect());
  listen(document, "fullscreenchange", () => fill(isFull(el) && document.fullscreenElement !== null));
}
