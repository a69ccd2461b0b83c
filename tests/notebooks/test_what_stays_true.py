"""Each sentence under "What stays true" is tried by a judge over all that it claims; Keras decides."""

import re

import judges_of_convolution  # noqa: F401  # importing them fills JUDGES
import judges_of_dilated_and_transposed  # noqa: F401
import judges_of_dimensions_and_costs  # noqa: F401
import judges_of_separable_and_deformable  # noqa: F401
import pytest
from judging import JUDGES
from reading_notebooks import LESSONS, texts


def sentences(lesson):
    """The lines of a lesson's list."""
    (text,) = [text for _, text in texts(lesson) if "# What stays true" in text]
    return re.findall(r"^- (.+)$", re.split(r"^#+ What stays true$", text, flags=re.MULTILINE)[1], re.MULTILINE)


SENTENCES = [(lesson, sentence) for lesson in LESSONS for sentence in sentences(lesson)]


@pytest.mark.parametrize("lesson, sentence", SENTENCES)
def test_a_sentence_that_is_to_stay_true_is_true(lesson, sentence):
    assert sentence in JUDGES, "this sentence has no judge: write one in judges_of_*.py"
    JUDGES[sentence]()


def test_no_judge_waits_for_a_sentence_that_is_gone():
    assert [sentence for sentence in JUDGES if sentence not in {one for _, one in SENTENCES}] == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_every_lesson_has_such_a_list(lesson):
    assert 3 <= len(sentences(lesson)) <= 8
