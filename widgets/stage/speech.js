// @ts-check
/** The highlighted cell in words: written below the picture, and said to who hears the page. */
import { say } from "./text.js";
import { element, fold, refill } from "./dom.js";
import { explain } from "./cell_sentences.js";
import { factsToCompare, panelOf } from "./state.js";
import { headline } from "./facts.js";
import { explorerAround } from "./host_page.js";

const QUIET = 250; // ms after which what is highlighted is said once it is painted; of quicker moves the first and the last are said
const WAIT = 120; // ms that a cell is highlighted before Python is asked for what is missing

/** Words for the stage's highlighted cell: returns what writes them. @param {any} stage */
export function speech(stage) {
  const { ui, words, source } = stage;
  let [saying, asking, lastMove] = [0, 0, 0]; // two timers, and when something was last highlighted
  /** @type {any[]} */ let told = []; // the lines that are written
  /** @type {{facts: string[], text: string}} */ let spoken = { facts: [], text: "" }; // when they were last said

  /** The headline's facts, those that are other ones (at first the output's shape), then what is highlighted. Silent while
   * nobody is at this explorer, and while the answer is hidden. @param {string} text */
  function speak(text) {
    if (!explorerAround(stage.el).matches(":focus-within, :hover")) return;
    const { picture, state } = stage;
    const seen = ui.headline.offsetParent !== null; // predict() veils it: it would answer what comes next
    const rows = seen ? headline(words, picture.facts, factsToCompare(state, picture)) : [];
    const facts = rows.map((fields) => say(words, { key: "said_fact", fields }));
    const others = spoken.facts.length ? facts.filter((fact) => !spoken.facts.includes(fact)) : facts.slice(0, 1);
    const now = { facts, text: state.reveal ? text : "" };
    if (others.length || now.text !== spoken.text)
      ui.spoken.textContent = [...others, now.text].filter(Boolean).join(" ");
    spoken = now;
  }

  /** @param {import("./cell_sentences.js").Line} line @param {number} i its place @param {string[]} open the lists that are */
  function written(line, i, open) {
    if (!("summary" in line)) return element("div", { class: `cn-line cn-${line.kind}` }, say(words, line.text));
    const summary = say(words, line.summary);
    const now = () => told[i].more().map((text) => say(words, text)); // its summary may be that of another cell's list
    return fold(summary, now, open.includes(summary));
  }

  /** Ask Python for the window of a cell whose channels the page has not all. @param {number} grid @param {number[]} cell */
  function ask(grid, cell) {
    clearTimeout(asking);
    const { revision } = stage.picture;
    const command = { window: [...cell, stage.state.channels[grid]], grid, revision };
    asking = window.setTimeout(() => source.send(command), WAIT);
  }

  stage.ending.addEventListener("abort", () => [saying, asking].forEach(clearTimeout));

  return () => {
    const { picture, state } = stage;
    const { highlighted, channels, fetched, pinned } = state;
    const panel = highlighted && panelOf(picture, highlighted.id);
    const key = panel && [picture.revision, panel.grid, ...highlighted.cell, channels[panel.grid]].join();
    const values = fetched?.key === key ? fetched.values : null;
    const explanation = panel && explain(picture, panel, highlighted.cell, channels, values);
    // Lists stay open while a point is dragged.
    const open = [...ui.sum.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent);
    const pin = pinned ? [element("div", { class: "cn-pin" }, words.pinned)] : [];
    const holds = ({ kind }) => kind !== "hint" || stage.hands.moves; // how to move sampling points
    told = (explanation?.lines ?? []).filter(holds);
    refill(ui.sum, [...told.map((line, i) => written(line, i, open)), ...pin]);
    for (const name of ["value", "before", "total"]) ui.sum.dataset[name] = String(explanation?.[name] ?? "");
    if (explanation?.missing) ask(panel.grid, highlighted.cell);
    const text = say(words, explanation?.spoken ?? "");
    clearTimeout(saying);
    const sayIt = () => speak(text); // asked before the paint what is seen, the page would be laid out twice
    if (performance.now() - lastMove > QUIET) requestAnimationFrame(() => setTimeout(sayIt));
    else saying = window.setTimeout(sayIt, QUIET);
    lastMove = performance.now();
  };
}
