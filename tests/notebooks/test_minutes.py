"""A lesson takes the minutes that README, the first cell and its Russian twin say, at the speed that README states."""

import re
from pathlib import Path

import nbformat
import pytest
from reading_notebooks import LESSONS, texts

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SPEED = r"(\d+) words a minute, and (\d+) seconds for each code cell and each \*\*Predict\*\*"
WORDS, SECONDS = map(int, re.search(SPEED, README).groups())
NEAR = 3.5  # minutes: beyond the nearest multiple of 5, so that a sentence more does not move a number back and forth

each_lesson = pytest.mark.parametrize("lesson", LESSONS)


def minutes(lesson):
    """How long the lesson takes: its words, cells and questions counted; no addresses, and no commands for Colab."""
    text = "\n".join(source for _, source in texts(lesson))
    words = re.sub(r"<[^>]+>|\]\([^)]*\)", " ", text).split()
    cells = sum(cell.cell_type == "code" and name != "setup" for name, cell in LESSONS[lesson].items())
    waits = cells + text.count("**Predict")
    return sum(any(map(str.isalnum, word)) for word in words) / WORDS + waits * SECONDS / 60


def said_in(folder, lesson):
    """The minutes that a first cell speaks of."""
    first = nbformat.read(ROOT / folder / f"{lesson}.ipynb", as_version=4).cells[0].source
    return [int(number) for number in re.findall(r"(\d+)\s(?:minutes|минут)", first)]


@each_lesson
def test_the_minutes_in_the_readme_follow_from_the_reading_speed(lesson):
    (said,) = re.findall(rf"^\| \[{lesson}\].*?\| (\d+)[^|]*\| \[!", README, re.MULTILINE)
    assert int(said) % 5 == 0
    assert abs(int(said) - minutes(lesson)) <= NEAR, f"{lesson} takes {minutes(lesson):.1f} minutes, not {said}"


@each_lesson
def test_the_first_cells_say_the_minutes_of_the_readme_in_both_languages(lesson):
    (said, sittings) = re.findall(rf"^\| \[{lesson}\].*?\| (\d+)(, in two sittings)? \| \[!", README, re.MULTILINE)[0]
    wanted = [] if lesson == "00_start_here" else [int(said) // (2 if sittings else 1)]  # 00 says it in words
    assert said_in("notebooks", lesson) == said_in("notebooks/ru", lesson) == wanted
