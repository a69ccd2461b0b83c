// @ts-check
/** The questions of predict() on a page without a kernel: asked one after the other, and then the picture is shown. */
import { button, element, write } from "../stage/dom.js";
import { equation } from "../stage/number_tables.js";
import { say } from "../stage/text.js";
import { bringToLife, fillPlace, renderRecorded } from "../page/places.js";
import { openRecord, recordedSource } from "../page/recorded_source.js";
import { answer, BEGUN, BUTTONS } from "./judge.js";

/** A text whose parts between two backticks are code. @param {string} text @returns {(Node | string)[]} */
const withCode = (text) => text.split("`").map((part, i) => (i % 2 ? element("code", {}, part) : part));

/** @param {string[]} lines */
const paragraphs = (lines) => lines.map((line) => element("p", {}, ...withCode(line)));

/** What is said to an answer. @param {import("./judge.js").Quiz} quiz @param {any} words */
function buildFeedback({ feedback, folded }, words) {
  if (!feedback) return [];
  const kind = feedback.right ? "right" : feedback.counts ? "wrong" : "told";
  const mark = { right: "\u2713 ", wrong: "\u2717 ", told: "" }[kind];
  const said = paragraphs((mark + feedback.text).split("\n"));
  const summary = element("summary", {}, words["predict.folded"]);
  const more = folded && element("details", {}, summary, ...paragraphs(folded.split("\n").slice(1)));
  return [element("div", { class: `cn-feedback cn-${kind}`, role: "alert" }, ...said, more)];
}

/** @param {HTMLElement} place @param {any} record @param {import("../page/places.js").Texts} texts */
export default async function startQuestions(place, record, { words, notes, questions }) {
  const [control] = record.controls;
  const records = [record, { controls: [control], packed: questions }];
  const [opened, texts] = await Promise.all(records.map(openRecord));
  const count = control.values.length;
  const [heading, asked, feedback, stage, label] = ["div", "div", "div", "div", "span"].map((tag) => element(tag));
  const field = element("input", { type: "text", class: "cn-field cn-answer-field", autocomplete: "off" });
  const names = ["check", ...Object.keys(BUTTONS)];
  const buttons = Object.fromEntries(names.map((name) => [name, button(`question-${name}`, words[`predict.${name}`])]));
  const form = element("form", {}, element("label", {}, label, field), ...Object.values(buttons));
  const box = element("div", { class: "cn-question" }, heading, asked, form, feedback);
  let quiz = BEGUN;
  let end = () => {};

  const questionNow = () => (quiz.number < count ? texts.at([quiz.number]) : null);

  function ask() {
    end();
    end = () => {};
    const question = questionNow();
    const { right, answered } = quiz;
    const text = question?.text ?? say(words, { key: "question.done", fields: { right, count: answered } });
    const shown = (question?.shown ?? []).map((tables) =>
      equation(tables.map(([caption, planes]) => ({ caption, planes }))),
    );
    asked.replaceChildren(...paragraphs([text]), element("div", { class: "cn-equations" }, ...shown));
    write(label, question?.label ?? "");
    field.value = "";
    field.parentElement.hidden = !question;
  }

  /** The picture of the layer that was asked about, begun at the value asked for. */
  function reveal() {
    const { start, veiled } = opened.at([quiz.number, 0]);
    const source = recordedSource({ ...record, words, start, reveal: true }, opened, (at) => source.show(at));
    box.parentElement.classList.toggle("cn-veiled", veiled);
    source.show([quiz.number, 0]);
    end = renderRecorded(source, stage);
  }

  /** @param {import("./judge.js").Quiz} after */
  function show(after) {
    const before = quiz;
    quiz = after;
    const { right, answered, over } = quiz;
    const number = Math.min(quiz.number + 1, count);
    write(heading, say(words, { key: "predict.count", fields: { number, count, right, answered } }));
    if (before === quiz || before.number !== quiz.number) ask();
    if (over && !before.over) reveal();
    feedback.replaceChildren(...buildFeedback(quiz, words));
    const offered = quiz.number === count ? ["again"] : over ? ["next"] : ["check", "hint", "show", "skip"];
    for (const name of names) {
      buttons[name].hidden = !offered.includes(name);
      buttons[name].classList.toggle("cn-primary", name === offered[0]);
    }
    if (before === quiz) return; // the page was opened
    if (before.number !== quiz.number) (quiz.number < count ? field : buttons.again).focus();
    else if (over && !before.over) buttons.next.focus();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    show(answer(quiz, questionNow(), field.value, words));
  });
  buttons.check.addEventListener("click", () => form.requestSubmit());
  for (const [name, act] of Object.entries(BUTTONS))
    buttons[name].addEventListener("click", () => show(act(quiz, questionNow(), words)));
  fillPlace(place, box, stage, notes);
  show(quiz);
}

bringToLife("recorded_questions", startQuestions);
