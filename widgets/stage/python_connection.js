// @ts-check
/**
 * Says in words when the kernel behind a tool is gone or does not answer, and takes the controls away that need it; and
 * when a stage says that it hears nothing. Mends, for every tool, what its front end does to it.
 *
 * Four things tell of the kernel: Jupyter marks every widget whose kernel was restarted, or closes them all; a message to
 * a kernel that was stopped or changed throws; and a kernel that is busy or cut off leaves a question unanswered. It is
 * asked only after a move that no stage has answered, never while a pointer just moves. The kernel itself says when a
 * cell runs for long: then it cannot answer, and nothing is wrong.
 */
const QUIET = 2000; // ms after the last move until the kernel is asked whether it is there
const PATIENCE = 6000; // ms for its answer
const HIGHEST = 5000; // px of an output in Colab
const NEED_KERNEL = ".widget-inline-hbox:not(.widget-html), .jupyter-button"; // ipywidgets' own; a stage says itself what it sends
const USELESS = `${NEED_KERNEL}, .cn-tools, .cn-views, .cn-samples`; // without a kernel
const UNTOLD = '[title="null"]'; // the 8.0 alphas of ipywidgets write so where there is no tooltip

/** The widget of one model, which may be shown in several places. */
function connection() {
  /** @type {Set<HTMLElement>} */ const places = new Set(); // what holds the tool on the page
  let closing = false; // Python closes the tool: then nothing of it is to stay
  let running = false; // cells have been running for a while

  function ended(words) {
    for (const place of closing ? [] : places) {
      const message = document.createElement("div");
      message.className = "cn-connection";
      message.setAttribute("role", "status");
      message.textContent = words.gone;
      place.append(message);
    }
    places.clear();
  }

  /** @param {{model: any}} widget */
  function initialize({ model }) {
    const words = model.get("words");
    model.on("comm:close", () => ended(words)); // before the views go
    model.on("msg:custom", (content) => {
      if (content === "closing") closing = true;
      if (content?.running !== undefined) running = content.running;
    });
  }

  /** @param {{model: any, el: HTMLElement}} view */
  function render({ model, el }) {
    const words = model.get("words");
    const ending = new AbortController();
    let timer = 0;
    let unanswered = false; // whether the last move is
    const tool = () => /** @type {HTMLElement} */ (el.closest(".cn-tool") ?? el);

    /** @param {"" | "gone" | "waiting" | "running" | "deaf"} state */
    function say(state) {
      clearTimeout(timer);
      if (el.dataset.state === state) return;
      el.dataset.state = state;
      el.textContent = state && words[state];
      tool().classList.toggle("cn-gone", state === "gone");
      for (const control of tool().querySelectorAll(USELESS)) control.toggleAttribute("inert", state === "gone");
    }

    /** Whether Jupyter itself has marked the tool as cut off. */
    const marked = () => el.closest(".jupyter-widgets-disconnected") !== null;
    const look = () => {
      if (marked() || el.dataset.state === "gone") say(marked() ? "gone" : "");
    };
    const sayUnlessGone = (state) => el.dataset.state === "gone" || say(state);

    /** @param {unknown} content */
    function send(content) {
      try {
        model.send(content);
      } catch {
        say("gone");
      }
    }

    function ask() {
      if (!unanswered || el.dataset.state === "deaf") return;
      if (running) return say("running");
      timer = window.setTimeout(() => say(running ? "running" : "waiting"), PATIENCE);
      send("here?"); // which says so at once where the kernel is gone
    }

    /** The reader did something that the kernel has to answer. */
    function moved() {
      if (el.dataset.state === "gone" || tool().parentElement?.closest(".cn-tool")) return; // the outer tool sees to it
      clearTimeout(timer);
      unanswered = true;
      timer = window.setTimeout(ask, QUIET);
    }

    /** The kernel has answered. */
    function answered() {
      unanswered = false;
      sayUnlessGone("");
    }

    const touched = ({ key, target }) => key !== "Tab" && target.closest(NEED_KERNEL) && moved();

    function heard(content) {
      if (content === "seen?") send("seen");
      else if (content === "here") {
        // a stage that has not heard it by now is deaf, as it asked before
        answered();
        if (tool().querySelector('.cn-stage[data-hears="no"]')) say("deaf");
      } else if (content?.running !== undefined && unanswered) {
        if (el.dataset.state === "waiting") say("running");
        else if (!running) {
          say(""); // now it can answer
          timer = window.setTimeout(ask, QUIET);
        }
      }
    }

    el.classList.add("cn-connection");
    el.setAttribute("role", "status");
    el.dataset.state = "";
    const later = () => setTimeout(look); // Jupyter marks one widget after the other
    model.on("comm_live_update", later);
    model.on("msg:custom", heard);
    const untitle = () => {
      for (const part of tool().querySelectorAll(UNTOLD)) part.removeAttribute("title");
    };
    const titled = new MutationObserver(untitle);
    // In Colab an output scrolls within its page from some height on, unless it asks not to.
    /** @type {any} */ (window).google?.colab?.output?.setIframeHeight?.(0, true, { maxHeight: HIGHEST });
    // Only an element on the page knows what it is in.
    requestAnimationFrame(() => {
      if (ending.signal.aborted) return;
      look();
      const listen = (kind, act, capture = false) =>
        tool().addEventListener(kind, act, { signal: ending.signal, capture });
      const place = tool().parentElement;
      if (place && !place.closest(".cn-tool")) places.add(place);
      for (const kind of ["pointerup", "keydown", "change", "click"]) listen(kind, touched, true);
      listen("cn-sent", moved);
      listen("cn-heard", answered);
      listen("cn-lost", () => say("gone"));
      listen("cn-deaf", () => sayUnlessGone("deaf"));
      untitle();
      titled.observe(tool(), { subtree: true, childList: true, attributeFilter: ["title"] });
    });

    return () => {
      ending.abort();
      titled.disconnect();
      clearTimeout(timer);
      model.off("comm_live_update", later);
      model.off("msg:custom", heard);
    };
  }

  return { initialize, render };
}

export default connection;
