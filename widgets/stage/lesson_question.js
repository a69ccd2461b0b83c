// @ts-check
/** A lesson's own question: asked before the answer is shown, with a field to type into; then what was typed stands above
 * the picture. */
import { element, OWN_KEYS, write } from "./dom.js";
import { say } from "./text.js";

/** What was typed, to be compared with what is shown; "" where nothing was, or nothing is shown yet.
 * @param {{question: string, reveal: boolean}} state @param {string} text in the field */
export const typedAnswer = ({ question, reveal }, text) => (question && reveal ? text.trim() : "");

export function lessonQuestion(stage) {
  const { ui, words, listen, source } = stage;
  const div = (name, ...children) => element("div", { class: `cn-${name}` }, ...children);
  const [asked, yours] = ["asked-text", "yours"].map((name) => div(name));
  const placeholder = words.question_type;
  const field = element("input", { type: "text", class: "cn-typed", ...OWN_KEYS, placeholder });
  const answers = div("answers", yours, element("div", {}, words.question_compare));
  ui.predict.append(asked, field, answers);

  listen(field, "keydown", (event) => {
    if (event.key === "Enter") source.send({ reveal: true });
    event.stopPropagation(); // what is typed plays nothing
  });

  stage.afterDraw.push(() => {
    const { state } = stage;
    write(asked, state.question || words.predict); // its own, or shape and parameters
    field.setAttribute("aria-label", asked.textContent);
    field.hidden = state.question === "" || state.reveal;
    const typed = typedAnswer(state, field.value);
    ui.predict.classList.toggle("cn-answered", typed !== "");
    answers.hidden = typed === "";
    write(yours, say(words, { key: "question_yours", fields: { typed } }));
  });
}
