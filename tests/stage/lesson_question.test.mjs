// When what was typed stands beside what Keras returned.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bothAnswers } from "../../widgets/stage/lesson_question.js";

const OUTPUT = { fact: "output_shape", shape: "(1, 3, 3, 1)" };
const PICTURE = { facts: [{ fact: "input_shape", shape: "(1, 5, 5, 1)" }, OUTPUT] };
const SHOWN = { question: "How many rows?", reveal: true };

test("what was typed stands beside the output's shape, without the spaces around it", () => {
  assert.deepEqual(bothAnswers(PICTURE, SHOWN, " three "), { typed: "three", output: OUTPUT });
});

test("there is nothing beside a hidden answer, without a question, an answer or an output", () => {
  assert.equal(bothAnswers(PICTURE, { ...SHOWN, reveal: false }, "three"), null);
  assert.equal(bothAnswers(PICTURE, { ...SHOWN, question: "" }, "three"), null);
  assert.equal(bothAnswers(PICTURE, SHOWN, "  "), null);
  assert.equal(bothAnswers({ facts: PICTURE.facts.slice(0, 1) }, SHOWN, "three"), null);
  assert.equal(bothAnswers({}, SHOWN, "three"), null); // a refusal may have no facts
});
