// @ts-check
/** A lesson's own question: asked before the answer is shown, with a field to type into; then what was typed stands beside
 * what Keras returned. */
import { element, OWN_KEYS, write } from "./dom.js";
import { say } from "./text.js";

/** What was typed and the output's fact, to stand side by side; null where nothing was typed or nothing is shown yet.
 * @param {any} picture @param {{question: string, reveal: boolean}} state @param {string} text in the field */
export function bothAnswers({ facts }, { question, reveal }, text) {
  const [typed, output] = [text.trim(), facts?.find(({ fact }) => fact === "output_shape")];
  return question && reveal && typed && output ? { typed, output } : null;
}

export function lessonQuestion(stage) {
  const { ui, words, listen, source } = stage;
  const div = (name, ...children) => element("div", { class: `cn-${name}` }, ...children);
  const [asked, yours, returned] = ["asked-text", "yours", "keras"].map((name) => div(name));
  const placeholder = words.question_type;
  const field = element("input", { type: "text", class: "cn-typed", ...OWN_KEYS, placeholder });
  const answers = div("answers", yours, returned);
  ui.predict.append(asked, field, answers);

  listen(field, "keydown", (event) => {
    if (event.key === "Enter") source.send({ reveal: true });
    event.stopPropagation(); // what is typed plays nothing
  });

  stage.afterDraw.push(() => {
    const { picture, state } = stage;
    write(asked, state.question || words.predict); // its own, or shape and parameters
    field.setAttribute("aria-label", asked.textContent);
    field.hidden = state.question === "" || state.reveal;
    const both = bothAnswers(picture, state, field.value);
    ui.predict.classList.toggle("cn-answered", both !== null);
    answers.hidden = both === null;
    if (!both) return;
    write(yours, say(words, { key: "question_yours", fields: { typed: both.typed } }));
    write(returned, say(words, { key: "question_keras", fields: both.output }));
  });
}
