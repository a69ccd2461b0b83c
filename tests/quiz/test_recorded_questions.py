"""A page that asks without a kernel says what the notebook says: to right, wrong and unreadable answers, in turn."""

import base64
import json
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from keras import layers

from widgets import predict
from widgets.quiz.parsing import Unreadable, read_number, read_shape

X = (2, 9, 8, 6)
SCRIPT = Path(__file__).with_name("judge.mjs")
LAYERS = [
    layers.Conv2D(6, (2, 3), strides=2, groups=3),
    layers.Conv2DTranspose(5, 3, strides=2, padding="same"),
    layers.DepthwiseConv2D(2, depth_multiplier=3, dilation_rate=2),
    layers.SeparableConv2D(4, 2, use_bias=False),
]
FIXED = [" ", "four", "1 2", "(None, 9, 8, 6)", "12.5", "0,5", "1e9", "3*3 = 8", "x" * 50, "9" * 201, "7 = 7 = 7"]


def listed(prediction):
    """All its questions."""
    return [*map(prediction._quiz.question, range(prediction._quiz.count))]


def typed_answers(question):
    """The right answer, every wrong one that a slip leads to, those of single axes, and what is no answer."""
    known = question.judging()
    values = [known["solution"], *(value for value, _ in known["slips"])]
    for place, axis in enumerate(known["axes"] or ()):
        for size, _ in axis["slips"]:
            values.append((*known["solution"][:place], size, *known["solution"][place + 1 :]))
    if known["reads"] == "shape":
        values += [(7,) * len(known["solution"]), (*known["solution"][:-1], 77), (*known["solution"], 1)]
    return [str(value) for value in values] + FIXED


ACTS = [
    ("answer", ""),
    ("answer", "2 2 2 2"),
    ("answer", "2 2 2 2"),
    ("hint", None),
    ("answer", "two"),
    ("answer", "2 2 2 6"),
    ("answer", "2 4 3 6"),
    ("answer", "2 4 2 6"),
    ("next", None),
    ("show", None),
    ("show", None),
    ("answer", "2 3 2 6"),
    ("skip", None),
    ("skip", None),
    ("answer", "3,5"),
]


@pytest.fixture(scope="module")
def prediction():
    return predict(LAYERS, X, ask=["output_shape", "kernel_shape", "params", "value"])


@pytest.fixture(scope="module")
def strings():
    """Texts of the letters that answers are made of, most of them nonsense."""
    rng = random.Random(0)
    return ["".join(rng.choices("0123456789.,+-*x()= e", k=rng.randint(1, 9))) for _ in range(3000)]


@pytest.fixture(scope="module")
def page(prediction, strings):
    """What the page says."""
    if not shutil.which("node"):
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("node is missing, which runs the page's code")
    made = prediction.recorded()
    single = [(number, typed) for number, q in enumerate(listed(prediction)) for typed in typed_answers(q)]
    ends = [("next", None)] * len(listed(prediction))
    acts = [*ACTS, *ends[3:], ("again", None), ("answer", str(prediction._quiz.question(0).solution))]
    told = {"record": made.record, **made.texts, "single": single, "acts": acts, "strings": strings}
    run = subprocess.run(["node", SCRIPT], input=json.dumps(told), capture_output=True, text=True, check=True)
    return told | json.loads(run.stdout)


def test_a_page_says_to_every_kind_of_answer_what_the_notebook_says(prediction, page):
    asked = listed(prediction)
    assert {question.kind for question in asked} == {"output_shape", "kernel_shape", "params", "value"}
    assert len(page["single"]) > 200
    for (number, typed), said in zip(page["single"], page["said"], strict=True):
        live = asked[number].judge(typed)
        assert said == {"right": live.right, "text": live.text, "counts": live.counts}, (asked[number].kind, typed)


def test_a_page_counts_tries_and_goes_on_as_the_notebook_does(prediction, page):
    p = prediction
    for (act, typed), step in zip(page["acts"], page["steps"], strict=True):
        said = p.answer(typed) if act == "answer" else getattr(p, act)()
        text = "" if said is None else str(said)
        assert (step["text"], step["right"], step["score"]) == (text, bool(said) and act == "answer", list(p.score))
    assert p.score[0] == 1 and p.score[1] > 10


def test_a_page_reads_what_the_notebook_reads(page, strings):
    def read(reader, typed):
        try:
            value = reader(typed, "7")
        except Unreadable:
            return None
        return (
            list(value) if isinstance(value, tuple) else value if abs(value) < float("inf") else None
        )  # as JSON has it

    readable = 0
    for typed, (shape, number) in zip(strings, page["read"], strict=True):
        assert (shape, number) == (read(read_shape, typed), read(read_number, typed)), typed
        readable += number is not None
    assert readable > 300


def test_the_answer_is_not_to_be_read_in_the_page(prediction, tmp_path):
    prediction.save(tmp_path / "page.html")
    text = (tmp_path / "page.html").read_text("utf-8")
    solution = str(prediction._quiz.question(0).solution)
    assert solution == "(2, 4, 3, 6)" and solution not in text
    assert prediction._quiz.question(0).hint not in text
    assert base64.b64encode(solution.encode()).decode()[:10] not in text
    assert "`layers.Conv2D(6, (2, 3), strides=2, groups=3)`" not in text
    assert text.count("What is the output&#x27;s shape") == len(LAYERS)  # without JavaScript the questions stand there


def test_what_a_page_cannot_ask_is_left_out_or_refused(tmp_path):
    asked = predict(layers.Conv2D(2, 3), (1, 6, 6, 1), ask=["params", "settings"]).recorded()
    assert asked.record["controls"][0]["values"] == ("0",)
    assert "questions about settings: Keras builds what you answer" in asked.notes[0]
    with pytest.raises(ValueError, match="whose questions never end"):
        predict(layers.Conv2D).save(tmp_path / "page.html")
    with pytest.raises(ValueError, match="Questions about settings need a kernel"):
        predict(layers.Conv2D(2, 3), (1, 6, 6, 1), ask="settings").save(tmp_path / "page.html")
    with pytest.raises(ValueError, match="`path` must end in .html. Received: .*page.png"):
        predict(layers.Conv2D(2, 3), (1, 6, 6, 1), ask="params").save(tmp_path / "page.png")
    assert list(tmp_path.iterdir()) == []
