// How a page reads what a learner typed; test_questions.py holds the notebook's own reading to the same table.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { readNumber, readShape } from "../../widgets/quiz/typed_answers.js";

const FORMS = JSON.parse(readFileSync(new URL("typed_forms.json", import.meta.url), "utf8"));
const READERS = { shape: readShape, number: readNumber };

for (const [kind, forms] of Object.entries(FORMS))
  for (const [typed, value] of forms)
    test(`"${typed}" is ${value === null ? "no" : "the"} ${kind} ${value ?? ""}`, () => {
      const read = READERS[kind](typed, "7");
      assert.deepEqual(read.value ?? null, value);
      if (value === null) assert.match(read.unreadable.key, /^reading\./);
    });

test("more than 200 characters are no number, and a shape is read from the first 200", () => {
  assert.equal(readNumber("1+".repeat(100) + "1", "7").value, undefined);
  assert.equal(readNumber("1+".repeat(99) + "1", "7").value, 100);
  assert.equal(readShape("1 ".repeat(150), "7").value.length, 100);
});
