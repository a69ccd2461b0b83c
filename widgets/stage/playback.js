// @ts-check
/** Goes through the cells of a grid, in reading order: the buttons and the slider, and the clock while it plays. Who wants
 * less motion sees no window glide: a whole row is written at once, and one a second. */
import { stepsOf } from "./state.js";
import { writtenSteps } from "./output_so_far.js";
import { CELLS_A_SECOND, ICONS, icon, relabel, write } from "./dom.js";
import { say, thousands } from "./text.js";

export function playback(stage) {
  const { ui, words, listen, dispatch } = stage;
  let timer = 0;
  const goTo = (step) => dispatch({ type: "goTo", step });
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const pause = { type: "set", playing: false };

  listen(ui.play, "click", () => dispatch(stage.state.playing ? pause : { type: "play", byRow: calm.matches }));
  listen(ui.first, "click", () => goTo(0));
  listen(ui.back, "click", () => goTo(stage.state.step - 1));
  listen(ui.forward, "click", () => goTo(stage.state.step + 1));
  listen(ui.last, "click", () => goTo(Infinity));
  listen(ui.whole, "click", () => {
    ui.play.focus(); // the button goes
    dispatch({ type: "set", playing: false, whole: true });
  });
  listen(ui.position, "input", () => goTo(Number(ui.position.value)));
  stage.ending.addEventListener("abort", stop);

  function stop() {
    clearTimeout(timer);
    timer = 0;
  }

  function next() {
    timer = 0;
    dispatch({ type: "tick", byRow: calm.matches });
  }

  stage.afterDraw.push(() => {
    const { picture, state } = stage;
    if (!picture.grids.length) return;
    const count = stepsOf(picture);
    ui.whole.hidden = !state.reveal || writtenSteps(picture, state) === null;
    const act = state.playing ? "pause" : "play"; // what a click does
    relabel(ui.play, words[act], icon(ICONS[act]));
    const pace = calm.matches ? 1 : CELLS_A_SECOND[Number(ui.speed.value)];
    if (state.playing) timer ||= window.setTimeout(next, 1000 / pace);
    else stop();
    if (!state.reveal) return write(ui.where, ""); // how many cells there are is part of the answer
    ui.position.max = count - 1;
    ui.position.value = String(state.step);
    const [position, all] = [state.step + 1, count].map(thousands);
    ui.position.setAttribute("aria-valuetext", say(words, { key: "position_of", fields: { position, count: all } }));
    write(ui.where, `${position} / ${all}`);
  });
}
