// When what was typed stands above the picture.
import assert from "node:assert/strict";
import { test } from "node:test";
import { typedAnswer } from "../../widgets/stage/lesson_question.js";

const SHOWN = { question: "How many rows?", reveal: true };

test("what was typed stands above the answer, without the spaces around it", () => {
  assert.equal(typedAnswer(SHOWN, " three "), "three");
});

test("nothing is said above a hidden answer, without a question or without an answer", () => {
  assert.equal(typedAnswer({ ...SHOWN, reveal: false }, "three"), "");
  assert.equal(typedAnswer({ ...SHOWN, question: "" }, "three"), "");
  assert.equal(typedAnswer(SHOWN, "  "), "");
});
