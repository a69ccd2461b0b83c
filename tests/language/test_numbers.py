"""How numbers are written, against the table that JavaScript is held to as well."""

import json
from pathlib import Path

import pytest

from widgets.language import factor, number, numbers, short_all, thousands

TABLE = json.loads(Path(__file__).with_name("numbers.json").read_text(encoding="utf-8"))
HOW = {"number": number, "thousands": thousands, "factor": factor, "short": numbers.short, "short_all": short_all}
CASES = [(name, *given, text) for name, cases in TABLE.items() for *given, text in cases]


def as_number(value):
    """JSON has no nan and no infinity: the table says them in words."""
    return float(value) if isinstance(value, str) else value


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_number_is_written_as_the_table_says(case):
    name, first, *room, text = case
    given = [as_number(one) for one in first] if isinstance(first, list) else as_number(first)
    assert HOW[name](given, *room) == text
