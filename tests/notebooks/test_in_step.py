"""The Russian notebooks and README say what the English ones say now: the same code, numbers, formulas and links."""

import ast
import copy
import json
import re
from collections import Counter
from pathlib import Path

import pytest
import stamp
import translations
from reading_notebooks import prose
from translations import BEARS, hash_of, same_code, source

ROOT = Path(__file__).resolve().parents[2]
EDITIONS = translations.editions(ROOT / "notebooks")

each_edition = pytest.mark.parametrize("english, russian", EDITIONS, ids=lambda path: path.stem)


def read(path):
    return json.loads(path.read_text(encoding="utf-8"))["cells"]


def code(text):
    """`code` in a text."""
    return re.findall(r"`+[^`]+`+", text)


def formulas(text):
    return re.findall(r"\$[^$]+\$", re.sub(r"`+[^`]+`+", " ", text))


def links(text, in_ru=False):
    """Where links and pictures lead, as seen from the folder of the English notebooks."""
    targets = re.findall(r"\]\(([^)\s]*)\)|\b(?:href|src)=\"([^\"]*)\"", text)
    targets = ["".join(pair) for pair in targets]
    if in_ru:
        targets = [re.sub(r"^\.\./|(?<=/notebooks/)ru/", "", target) for target in targets]
    return targets


def numbers(text):
    """Those in digits, however a language groups them by threes."""
    grouped = re.sub(r"(?<=\d)[,\u00a0\u202f](?=\d{3}\b)", "", prose(text))
    return re.findall(r"\d+(?:\.\d+)?", grouped)


def faults(english, russian):
    """In what the cells of two editions differ, but may not."""
    if [cell["id"] for cell in english] != [cell["id"] for cell in russian]:
        return ["other cells, or in another order"]
    found = []
    for one, other in zip(english, russian):
        plain = {name: value for name, value in other["metadata"].items() if name != BEARS}
        kinds = {"type": one["cell_type"] == other["cell_type"], "tags or metadata": one["metadata"] == plain}
        if one["cell_type"] == "markdown":
            before, text = source(one), source(other)
            kinds |= {
                "hash: see make translations": other["metadata"].get(BEARS) == hash_of(before),
                "code words": Counter(code(before)) == Counter(code(text)),
                "formulas": Counter(formulas(before)) == Counter(formulas(text)),
                "links": Counter(links(before)) == Counter(links(text, in_ru=True)),
                "numbers": Counter(numbers(before)) == Counter(numbers(text)),
            }
        elif one["id"] != stamp.NEW_CELL["id"]:  # tests/test_project.py holds the setup cell to tools/stamp.py
            kinds["code"] = same_code(ast.parse(source(one)), ast.parse(source(other)))
        found += [f"{one['id']}: {kind}" for kind, equal in kinds.items() if not equal]
    return found


@each_edition
def test_a_russian_notebook_is_in_step_with_the_english_one(english, russian):
    assert faults(read(english), read(russian)) == []


def sections(path):
    """The sections of a README but for that of speed, which is measured and written in English."""
    text = (
        path.read_text(encoding="utf-8")
        .replace("/notebooks/ru/", "/notebooks/")
        .replace("(notebooks/ru/", "(notebooks/")
        .replace("convolution-notebooks/ru/)", "convolution-notebooks/)")
    )
    text = text.replace("[In English](README.md)", "[По-русски](README.ru.md)")
    return [
        part for part in re.split(r"^(?=## )", text, flags=re.MULTILINE) if not re.match("## (Speed|Скорость)", part)
    ]


def blocks(text):
    """The lines of its blocks of code, and the kinds of its other lines."""
    kinds = re.findall(r"^(?:#+ |- |\||!|\d\. )", text, re.MULTILINE)
    return re.findall(r"^ {4}.+", text, re.MULTILINE) + kinds


@pytest.mark.parametrize("what", [blocks, code, links, numbers])
def test_the_russian_readme_has_the_sections_of_the_english_one_and_what_stands_in_them(what):
    english, russian = (sections(ROOT / name) for name in ("README.md", "README.ru.md"))
    assert len(english) == len(russian) > 5
    for one, other in zip(english, russian):
        assert Counter(what(one)) == Counter(what(other))


def text_cell(name, english, russian, **metadata):
    made = {"cell_type": "markdown", "id": name}
    bears = metadata | {BEARS: hash_of(english)}
    return made | {"metadata": metadata, "source": english}, made | {"metadata": bears, "source": russian}


def code_cell(name, *sources):
    return [{"cell_type": "code", "id": name, "metadata": {}, "source": text} for text in sources]


# A pair that is in step, though hardly a word is the same.
ENGLISH, RUSSIAN = zip(
    text_cell(
        "a",
        "A `stride` of 2 makes $o = 3$ of 1,000 [here](01.ipynb). ![A](images/a.png)",
        "Шаг `stride`, равный 2: из 1\u00a0000 получится $o = 3$, [см.](01.ipynb) ![А](../images/a.png)",
        tags=["x"],
    ),
    code_cell("b", 'print(f"{x} cells")  # so', 'print(f"клеток: {x}")  # так'),
)
# What is written in place of what in which Russian cell, and what the fault is called.
DRIFTS = [
    (0, "`stride`", "`strides`", "code words"),
    (0, "$o = 3$", "$o = 4$", "formulas"),
    (0, "равный 2", "равный 3", "numbers"),
    (0, "1\u00a0000", "1001", "numbers"),
    (0, "](01.ipynb)", "](02.ipynb)", "links"),
    (0, "../images", "images/a", "links"),
    (1, "{x}", "{y}", "code"),
    (1, "print(", "print(1, ", "code"),
    (1, "клеток: ", "boxes: ", "code"),
]


def test_a_pair_in_step_has_no_fault():
    assert faults(ENGLISH, RUSSIAN) == []


@pytest.mark.parametrize("cell, old, new, fault", DRIFTS, ids=lambda value: str(value))
def test_what_drifts_in_a_russian_cell_is_named(cell, old, new, fault):
    russian = copy.deepcopy(RUSSIAN)
    assert old in russian[cell]["source"]
    russian[cell]["source"] = russian[cell]["source"].replace(old, new)
    assert faults(ENGLISH, russian) == [f"{'ab'[cell]}: {fault}"]


def test_one_english_word_changed_makes_the_russian_cell_stale():
    english = copy.deepcopy(ENGLISH)
    english[0]["source"] = english[0]["source"].replace("makes", "gives")
    assert faults(english, RUSSIAN) == ["a: hash: see make translations"]


def test_cells_and_tags_of_another_edition_are_named():
    assert faults(ENGLISH, RUSSIAN[::-1]) == ["other cells, or in another order"]
    russian = copy.deepcopy(RUSSIAN)
    russian[0]["metadata"]["tags"] = []
    assert faults(ENGLISH, russian) == ["a: tags or metadata"]
