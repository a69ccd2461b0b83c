// @ts-check
/** What is said to an answer, as `questions.py` and `predict.py` say it; and what becomes of the questions. No DOM here. */
import { number, say, thousands } from "../stage/text.js";
import { readNumber, readShape } from "./typed_answers.js";

/**
 * @typedef {{right: boolean, text: string, counts: boolean}} Feedback `counts`: whether it was a try
 * @typedef {typeof BEGUN} Quiz
 */

export const BEGUN = {
  number: 0, // of the question, from 0
  right: 0, // questions answered right before their solution was shown
  answered: 0, // and all that are over
  over: false, // whether this one is
  /** @type {string[]} */ wrong: [], // the wrong answers to this one
  /** @type {Feedback | null} */ feedback: null,
  folded: "", // how a right answer is worked out
};

/** The sentence of a known slip; "" where this answer is none. @param {[any, string][]} slips @param {any} given */
const explained = (slips, given) => slips.find(([value]) => String(value) === String(given))?.[1] ?? "";

/** What is said to a wrong answer that no known slip leads to. @param {any} question @param {any} given @param {any} words */
function otherwise({ reads, solution, axes, length }, given, words) {
  if (reads === "number") return say(words, { key: "question.not_it", fields: { given: thousands(number(given)) } });
  if (given.length !== solution.length)
    return say(words, { key: length.key, fields: { ...length.fields, received: given.length } });
  const places = given.map((_, place) => place);
  const good = places.filter((place) => given[place] === solution[place]);
  if (!axes) {
    const fields = { axes: good.join(", ") || words["predict.none"] };
    return say(words, { key: "question.kernel_right", fields });
  }
  /** @type {Map<string, string[]>} */ const wrong = new Map();
  for (const place of places.filter((one) => !good.includes(one))) {
    const why = explained(axes[place].slips, given[place]) || axes[place].other;
    wrong.set(why, [...(wrong.get(why) ?? []), `${axes[place].name} ${given[place] ?? "None"}`]);
  }
  const lines = [...wrong].map(([why, names]) =>
    say(words, { key: "question.wrong_axes", fields: { axes: names.join(", "), why } }).trim(),
  );
  const names = good.map((place) => axes[place].name).join(", ");
  if (names) lines.push(say(words, { key: "question.right_axes", fields: { axes: names } }));
  return lines.join("\n");
}

/** @param {any} question @param {string} typed @param {any} words @returns {Feedback} */
export function judge(question, typed, words) {
  const read = (question.reads === "shape" ? readShape : readNumber)(typed, question.example);
  if (read.unreadable) return { right: false, text: say(words, read.unreadable), counts: false };
  const right = String(read.value) === String(question.solution);
  if (right) return { right, text: words["predict.right"], counts: true };
  return { right, text: explained(question.slips, read.value) || otherwise(question, read.value, words), counts: true };
}

/** @param {any} words @param {string} first @param {string} second */
const together = (words, first, second) => say(words, { key: "facts.together", fields: { first, second } });

/** @param {string} text */
const told = (text) => ({ right: false, text, counts: false });

/** @param {any} question @param {any} words */
const worked = ({ worked: lines }, words) => [words["predict.solution"], ...lines].join("\n");

/** @param {any} question @param {any} words */
const hinted = ({ hint }, words) => say(words, { key: "predict.hint_is", fields: { hint } });

/** The question is over. @param {Quiz} quiz @param {Feedback} feedback @param {string} folded */
const finished = (quiz, feedback, folded = "") => ({
  ...quiz,
  feedback,
  folded,
  over: true,
  answered: quiz.answered + Number(!quiz.over),
  right: quiz.right + Number(!quiz.over && feedback.right),
});

/** @param {Quiz} quiz @param {any} question @param {string} typed @param {any} words @returns {Quiz} */
export function answer(quiz, question, typed, words) {
  const said = (feedback) => ({ ...quiz, feedback, folded: "" });
  if (!typed.trim()) return said(told(words["predict.empty"]));
  const feedback = judge(question, typed, words);
  if (!feedback.counts) return said(feedback);
  if (quiz.over) return said({ ...feedback, text: `${feedback.text}\n${words["predict.settled"]}` });
  if (feedback.right) return finished(quiz, feedback, worked(question, words));
  if (quiz.wrong.includes(typed)) return said(told(together(words, words["predict.twice"], feedback.text)));
  const after = { ...quiz, wrong: [...quiz.wrong, typed] };
  const text = together(words, words["predict.wrong"], feedback.text);
  if (quiz.wrong.length) return finished(after, { ...feedback, text: `${text}\n${worked(question, words)}` });
  return { ...after, folded: "", feedback: { ...feedback, text: `${text}\n${hinted(question, words)}` } };
}

/** What each button does to the questions. @type {Record<string, (quiz: Quiz, question: any, words: any) => Quiz>} */
export const BUTTONS = {
  hint: (quiz, question, words) => ({ ...quiz, feedback: told(hinted(question, words)), folded: "" }),
  show: (quiz, question, words) => finished(quiz, told(worked(question, words))),
  skip: (quiz) => next(quiz),
  again: ({ right, answered }) => ({ ...BEGUN, right, answered }),
  next: (quiz) => next(quiz),
};

/** A question that is not over is skipped. @param {Quiz} quiz @returns {Quiz} */
const next = ({ number, right, answered, over }) => ({
  ...BEGUN,
  number: number + 1,
  right,
  answered: answered + Number(!over),
});
