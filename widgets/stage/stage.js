// @ts-check
/**
 * The stage: shows the newest picture of a source, and answers pointer and keys by look-ups in it. Where pictures come
 * from it does not know. One `render` is one view: what is highlighted, kept, chosen or playing belongs to it alone.
 */
import { decode, floats } from "./lookups.js";
import { reduce, START } from "./state.js";
import { writtenSteps } from "./output_so_far.js";
import { createView, drawHighlighted, drawPicture, measure, namePicture } from "./view.js";
import { drawWords } from "./answer_in_words.js";
import { speech } from "./speech.js";
import { playback } from "./playback.js";
import { pointing } from "./pointing.js";
import { showParts } from "./pinned_drawing.js";
import { lessonQuestion } from "./lesson_question.js";
import { copy } from "./dom.js";
import { fullScreen, isFull, shareRoom } from "./full_screen.js";
import { mendControls } from "./slider_mending.js";
import { tellAround, watchPage } from "./host_page.js";

/**
 * @typedef {{
 *   words: Record<string, any>,
 *   newest: () => Record<string, any>,
 *   send: (command: Record<string, any>, buffers?: ArrayBuffer[]) => void,
 *   follow: (changed: () => void, answered: (answer: any, buffers: any[]) => void) => () => void
 * }} Source its words, the newest picture and how it is to be shown, a way to ask for something, and to hear of the next
 * picture and of answers until what `follow` gives is called. The newest are `snapshot` and `first_values`, whether to
 * `reveal` the answer or first ask the `question`, and which cell to `start` at; where there is a kernel, what is
 * `editable`, and whether it `takes_image`s
 */

/** What a reader's hand can do to a picture without a kernel: nothing. See `editing.js`. */
const NO_HANDS = { moves: false, target: () => null, edited: () => null, key: () => false };

/** @param {Source} source @param {HTMLElement} el @param {((stage: any) => void)[]} [withKernel] the parts that need one
 * @returns {() => void} what ends the view */
export function render(source, el, withKernel = []) {
  const ending = new AbortController();
  const { signal } = ending;
  const view = createView(el, source.words);
  const stage = {
    source,
    el,
    view,
    ui: view.ui,
    words: source.words,
    picture: null,
    state: START,
    first: { key: -1, values: null }, // the first grid's values, which most moves leave
    hands: NO_HANDS,
    take: () => {}, // answers about files
    afterDraw: [], // what else shows the state
    ending: signal,
    listen: (target, kind, act, options = {}) => target.addEventListener(kind, act, { signal, ...options }),
    dispatch: (event) => dispatch(stage, event),
  };
  stage.explain = speech(stage);
  const parts = [playback, pointing, buttons, lessonQuestion, showParts, fullScreen, mendControls];
  for (const part of [...parts, ...withKernel]) part(stage);
  el.classList.add("cn-stage");
  el.setAttribute("role", "group");
  el.setAttribute("aria-label", source.words.stage);
  el.append(...view.ui.all);
  measure(view);
  showNewest(stage);
  watchPage(el, signal, () => (measure(view), draw(stage, true)));
  const answered = (answer, buffers) =>
    answer.window ? takeWindow(stage, answer, buffers) : stage.take(answer, buffers);
  const unfollow = source.follow(() => showNewest(stage), answered);
  return () => {
    ending.abort();
    unfollow();
    el.replaceChildren(); // JupyterLab keeps the element of every view that there ever was
  };
}

/** The source has another picture, or shows or hides the answer. @param {any} stage */
function showNewest(stage) {
  const { snapshot, first_values, reveal, question, start } = stage.source.newest();
  const { key, values } = first_values;
  if (key !== stage.first.key) stage.first = { key, values: floats(values) };
  stage.picture = decode(snapshot, stage.first.values);
  stage.state = reduce(stage.state, { type: "picture", picture: stage.picture, reveal, question, start });
  draw(stage, true);
  drawWords(stage.view, stage.picture, stage.state);
  if (isFull(stage.el)) shareRoom(stage.el);
  stage.el.dataset.revision = stage.picture.revision;
}

/** Something happened in this view. @param {any} stage @param {any} event */
function dispatch(stage, event) {
  const before = stage.state;
  stage.state = reduce(before, { ...event, picture: stage.picture });
  const others = ["channels", "planes", "tapPlanes"].some((name) => stage.state[name] !== before[name]);
  const [written, writtenBefore] = [stage.state, before].map((state) => writtenSteps(stage.picture, state));
  draw(stage, others || written !== writtenBefore);
}

/** @param {any} stage @param {boolean} whole or only what is highlighted */
function draw(stage, whole) {
  const { view, picture, state, el } = stage;
  if (stage.ending.aborted) return; // its width becomes 0 as it leaves the page, which is told a frame later
  tellAround(el, picture, state);
  if (picture.grids.length) {
    (whole ? drawPicture : drawHighlighted)(view, picture, state);
    stage.explain();
    if (whole) namePicture(view, picture, state);
    // What stands around the cells may have grown, and on a full screen nothing scrolls.
    if (whole && isFull(el) && el.scrollHeight > el.clientHeight) drawPicture(view, picture, state);
  }
  for (const show of stage.afterDraw) show();
  const { highlighted } = state;
  el.dataset.highlighted = highlighted ? [highlighted.id, ...highlighted.cell].join(":") : "";
}

/** The values that Python was asked for. @param {any} stage @param {any} answer @param {any[]} buffers */
function takeWindow(stage, { window: cell, grid, revision }, [values]) {
  if (revision !== stage.picture.revision) return;
  const fetched = { key: [revision, grid, ...cell].join(), values: floats(values) };
  dispatch(stage, { type: "set", fetched });
}

function buttons({ ui, words, listen, dispatch, source }) {
  listen(ui.views, "click", (event) => {
    const view = event.target.closest("[data-view]")?.dataset.view;
    if (!view) return;
    dispatch({ type: "set", playing: false });
    source.send({ view });
  });
  listen(ui.headline, "click", (event) => event.target.closest(".cn-go-back") && source.send({ back: true }));
  listen(ui.revealing, "click", () => source.send({ reveal: !source.newest().reveal }));
  const select = () => getSelection()?.selectAllChildren(ui.code);
  listen(ui.copy, "click", () => copy(ui.copy, ui.code.textContent, select, words));
}
