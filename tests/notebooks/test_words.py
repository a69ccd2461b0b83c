"""A word of the trade is explained in the cell that uses it first, in whichever order the lessons may be read."""

import re

import pytest
from reading_notebooks import LESSONS, texts

# Each word as a pattern, and the cells that explain it: there it stands in bold or italics.
GLOSSARY = {
    r"\bwindows?\b": {"00 counts", "01 chosen"},
    r"\bkernels?\b": {"00 layer", "01 chosen"},
    r"\btaps?\b": {"00 counts", "01 arg-dilation"},
    r"\bMACs?\b": {"00 counts", "01 arg-filters-print"},
    r"\bbias(es)?\b": {"00 close", "01 shared"},
    r"\bparameters?\b": {"01 shared"},
    r"\bfeature maps?\b": {"01 slide-after"},
    r"\bfilters?\b": {"00 layer", "01 filters"},
    r"\bslices?\b": {"01 channels"},
    r"\bcross-correlation\b": {"01 flip-why"},
    r"\bpadding\b": {"00 counts", "01 padding"},
    r"\bstrides?\b": {"01 stride"},
    r"\bloss\b": {"01 arg-rest"},
    r"\bepochs?\b": {"01 fit"},
    r"\bpool(ing)?\b": {"03 pooling", "08 other"},
    r"\breceptive fields?\b": {"03 stack-field", "08 same-after"},
    r"\bgradients?\b": {"03 skipped", "04 slope"},
    r"\bgridding\b": {"03 gridding-after"},
    r"\bstamps?\b": {"04 stamp", "07 solid-explore"},
    r"\bcheckerboard\b": {"04 checkerboard"},
    r"\bdepthwise\b": {"02 depthwise-same", "03 stride-depthwise", "04 groups", "05 space", "07 relatives", "08 fewer"},
    r"\bpointwise\b": {"05 point", "08 fewer"},
    r"\brank\b": {"05 factor-rank"},
    r"\boffsets?\b": {"06 offset", "08 sort-after"},
    r"\bbilinear\b": {"06 bilinear"},
    r"\bmasks?\b": {"06 mask"},
    r"\bcausal\b": {"07 future-after"},
}
FIRST = {"00_start_here", "01_convolution"}
# A lesson needs 01, which does not need 00.
ORDERS = [[first, lesson] for first in (["01_convolution"], sorted(FIRST)) for lesson in LESSONS if lesson not in FIRST]
# Not the lists of lessons, the promise on top, and the sources.
ANNOUNCING = {"title", "what", "next", "sources", "run-first", "imports-why"}


def first_use(pattern, order):
    """The cell in which a word first stands, headings, code and links apart; None where it does not occur."""
    for lesson in [*order[0], order[1]]:
        for name, text in texts(lesson):
            plain = re.sub(r"`[^`]*`|\]\([^)]*\)|^#.*$", "", text, flags=re.MULTILINE)
            if name not in ANNOUNCING and re.search(pattern, plain, re.IGNORECASE):
                return f"{lesson[:2]} {name}"


@pytest.mark.parametrize("pattern", GLOSSARY)
def test_a_word_is_explained_where_it_is_first_used(pattern):
    for order in ORDERS:
        used = first_use(pattern, order)
        assert used is None or used in GLOSSARY[pattern], (used, order)


@pytest.mark.parametrize("pattern", GLOSSARY)
def test_an_explained_word_stands_out(pattern):
    cells = {f"{lesson[:2]} {name}": text for lesson in LESSONS for name, text in texts(lesson)}
    for name in GLOSSARY[pattern]:
        marked = re.findall(r"\*+([^*\n]+)\*+", cells[name])
        assert any(re.search(pattern, words, re.IGNORECASE) for words in marked), name


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_cell_reads_cells_and_does_not_see_them(lesson):
    found = [
        (name, seen)
        for name, text in texts(lesson)
        for seen in re.findall(r"[^.\n]*(?<!you )\bsees?\b \d[^.\n]*", text)
    ]
    assert found == []


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_section_that_a_sentence_refers_to_is_there(lesson):
    text = "\n".join(text for _, text in texts(lesson))
    headings = re.findall(r"^#+ (\d+(?:\.\d+)?)\b", text, re.MULTILINE)
    referred = re.findall(r"\bsections? (\d+)(?: and (\d+))?|\b(?:in|of|from|until) ([12]\.\d+)\b", text)
    assert {number for numbers in referred for number in numbers if number} <= set(headings)
