// @ts-check
/** Writes what the layer answered: headline, code, facts, a refusal, and the views that there are. */
import { breakable, button, element, fold, refill, relabel, write } from "./dom.js";
import { factLine, headline } from "./facts.js";
import { factsToCompare } from "./state.js";
import { say } from "./text.js";

/** @param {any} view @param {any} picture @param {import("./state.js").State} state */
export function drawWords({ el, ui, words }, picture, state) {
  el.classList.toggle("cn-no-picture", !picture.grids.length);
  el.classList.toggle("cn-stale", picture.grids.length > 0 && picture.problem !== "");
  relabel(ui.revealing, state.reveal ? words.hide : words.reveal);
  breakable(ui.code, say(words, picture.code), /(\(\[|=keras\.)/);
  showHeadline(ui, headline(words, picture.facts, factsToCompare(state, picture)), picture.back && words.go_back);
  showFacts(ui, picture.facts, words);
  showProblem(ui, picture, words);
  write(ui.warning, say(words, picture.warning));
  showViews(ui, picture, words);
}

/** What the answer comes to; what changed is marked, with its old value before it. @param {any} ui @param {import("./facts.js").HeadlineFact[]} list
 * @param {string} goBack what a click on an old value does, "" where it does nothing */
function showHeadline({ headline: place }, list, goBack) {
  const was = (text) => element("del", { class: "cn-old" }, text);
  const old = (text) => [goBack ? button("go-back", `${goBack}: ${text}`, was(text)) : was(text), " → "];
  const item = ({ label, axes, value, old: text, marks }) =>
    element(
      "div",
      { class: text ? "cn-head cn-changed" : "cn-head", role: "listitem" },
      element("span", { class: "cn-head-label" }, label, " ", element("span", { class: "cn-head-axes" }, axes)),
      element("span", { class: "cn-head-value" }, ...(text ? old(text) : []), element("data", marks, value)),
    );
  refill(place, list.map(item));
  place.hidden = list.length === 0; // a refusal may leave nothing to tell, and a list without items is none
}

/** The facts as rows. @param {any} ui @param {any[]} rows @param {any} words */
function showFacts(ui, rows, words) {
  const row = (fact) => {
    const { label, before, value, after } = factLine(words, fact);
    const texts = [label, before + value + after].map((text) => element("span", {}, text));
    return element("div", { class: "cn-fact", role: "listitem" }, ...texts);
  };
  refill(ui.facts, rows.map(row));
}

/** Why there is no output, in Keras' words or in ours, and what to change. @param {any} ui @param {any} picture @param {any} words */
function showProblem(ui, { problem, whole_problem: whole, advice, grids }, words) {
  ui.problem.replaceChildren();
  const text = say(words, problem);
  if (!text) return;
  const heading = element("strong", {}, whole ? words.refused : words.no_output);
  const [reason, way] = [element("div", { class: "cn-words" }, text), element("div", { class: "cn-advice" })];
  way.append(say(words, advice));
  ui.problem.append(heading, reason, way);
  const all = say(words, whole);
  if (!text.endsWith(all)) ui.problem.append(fold(words.whole_problem, () => all.split("\n")));
  ui.problem.append(element("div", {}, grids.length ? words.stale : words.empty));
}

/** The ways to draw a picture that there are, and what the chosen one shows. @param {any} ui @param {any} picture @param {any} words */
function showViews(ui, { views, view }, words) {
  const made = (name) => button("view", words[`view_${name}`], undefined, { "data-view": name });
  const buttons = views.length !== ui.views.querySelectorAll("button").length ? views.map(made) : null;
  if (buttons) ui.views.replaceChildren(...buttons, element("span"));
  views.forEach((name, i) => ui.views.children[i].setAttribute("aria-pressed", String(name === view)));
  if (views.includes(view)) write(ui.views.lastElementChild, words[`view_${view}_hint`]);
}
