// What a page says to typed answers. Run by test_recorded_questions.py: in come the questions of a record, its words, answers to single
// questions, and what is done to all of them in turn; out goes what is said, as JSON.
import { readFileSync } from "node:fs";
import { openRecord } from "../../widgets/page/recorded_source.js";
import { answer, BEGUN, BUTTONS, judge } from "../../widgets/quiz/judge.js";
import { readNumber, readShape } from "../../widgets/quiz/typed_answers.js";

const { record, questions: packed, words, single, acts, strings } = JSON.parse(readFileSync(0, "utf8"));
const [control] = record.controls;
const opened = await openRecord({ controls: [control], packed });
const questions = control.values.map((_, number) => opened.at([number]));
const said = single.map(([number, typed]) => judge(questions[number], typed, words));
let quiz = BEGUN;
const steps = acts.map(([act, typed]) => {
  const question = questions[quiz.number];
  quiz = act === "answer" ? answer(quiz, question, typed, words) : BUTTONS[act](quiz, question, words);
  return { text: quiz.feedback?.text ?? "", right: quiz.feedback?.right ?? false, score: [quiz.right, quiz.answered] };
});
const read = strings.map((typed) => [readShape(typed, "7"), readNumber(typed, "7")].map(({ value }) => value ?? null));
process.stdout.write(JSON.stringify({ said, steps, read }));
