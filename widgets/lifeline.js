// @ts-check
/**
 * Says in words when the kernel behind a tool is gone or does not answer, and takes the controls away that need it; and
 * when a stage says that it hears nothing.
 *
 * Three things tell of the kernel: Jupyter marks every widget whose kernel was restarted; a message to a kernel that was stopped or
 * changed throws; and a kernel that is busy or cut off leaves a question unanswered. It is asked only after a move
 * that no stage has answered, never while a pointer just moves.
 */
const QUIET = 2000; // ms after the last move until the kernel is asked whether it is there
const PATIENCE = 6000; // ms for its answer
const CONTROLS = ".widget-inline-hbox:not(.widget-html), .jupyter-button"; // ipywidgets' own; a stage says itself what it sends
const USELESS = `${CONTROLS}, .cn-tools, .cn-views, .cn-samples`; // without a kernel

/** @param {{model: any, el: HTMLElement}} view */
function render({ model, el }) {
  const words = model.get("words");
  const ending = new AbortController();
  let timer = 0;
  let revisions = ""; // what the stages showed at the last move
  const tool = () => /** @type {HTMLElement} */ (el.closest(".cn-tool") ?? el);
  const shown = () => [...tool().querySelectorAll(".cn-stage")].map((stage) => /** @type {HTMLElement} */ (stage).dataset.revision).join();

  /** @param {"" | "gone" | "waiting" | "deaf"} state */
  function say(state) {
    clearTimeout(timer);
    if (el.dataset.state === state || (el.dataset.state === "deaf" && state !== "gone")) return;
    el.dataset.state = state;
    el.textContent = state && words[state];
    tool().classList.toggle("cn-gone", state === "gone");
    for (const control of tool().querySelectorAll(USELESS)) control.toggleAttribute("inert", state === "gone");
  }

  /** Whether Jupyter itself has marked the tool as cut off. */
  const marked = () => el.closest(".jupyter-widgets-disconnected") !== null;
  const look = () => { if (marked()) say("gone"); else if (el.dataset.state === "gone") say(""); };

  /** @param {unknown} content */
  function send(content) {
    try { model.send(content); } catch { say("gone"); }
  }

  function ask() {
    if (el.dataset.state === "gone" || shown() !== revisions) return;
    timer = window.setTimeout(() => say("waiting"), PATIENCE);
    send("here?"); // which says so at once where the kernel is gone
  }

  /** The reader did something that the kernel has to answer. */
  function moved() {
    if (el.dataset.state === "gone" || tool().parentElement?.closest(".cn-tool")) return; // the outer tool sees to it
    clearTimeout(timer);
    revisions = shown();
    timer = window.setTimeout(ask, QUIET);
  }

  /** @param {any} event */
  const touched = (event) => { if (event.key !== "Tab" && event.target.closest(CONTROLS)) moved(); };

  /** @param {unknown} content */
  function heard(content) {
    if (content === "seen?") send("seen");
    else say("");
  }

  el.classList.add("cn-lifeline");
  el.setAttribute("role", "status");
  el.dataset.state = "";
  const later = () => setTimeout(look); // Jupyter marks one widget after the other
  model.on("comm_live_update", later);
  model.on("msg:custom", heard);
  // Only an element on the page knows what it is in.
  requestAnimationFrame(() => {
    if (ending.signal.aborted) return;
    look();
    const { signal } = ending;
    for (const kind of ["pointerup", "keydown", "change", "click"]) {
      tool().addEventListener(kind, touched, { signal, capture: true });
    }
    tool().addEventListener("cn-sent", moved, { signal });
    tool().addEventListener("cn-lost", () => say("gone"), { signal });
    tool().addEventListener("cn-deaf", () => say("deaf"), { signal });
  });

  return () => {
    ending.abort();
    clearTimeout(timer);
    model.off("comm_live_update", later);
    model.off("msg:custom", heard);
  };
}

export default { render };
