"""What a lesson tells the reader to change is changed here, and does what the text promises."""

import os
import re

import pytest
from reading_notebooks import LESSONS, run_cell, run_changed, texts

TRIALS = [
    (lesson, name, number)
    for lesson, cells in LESSONS.items()
    for name, cell in cells.items()
    for number in range(len(cell.metadata.get("widgets_try", ())))
]
# It trains three networks anew.
LONG = [] if os.environ.get("SOAK") else [("06_deformable", "test-after", 0)]
# How the lessons speak when something is to be changed.
TOLD = re.compile(
    r"\*\*Try|Try that|To go on|Now give|Write `|, write `|put the sizes|[Cc]lear the box|tick \*|change the seed"
    r"|run the first two|[Ss]et (both |its )?`|[Ss]et it to|[Ss]et the stride to|give it rate|Choose layer|walk (the|`)"
    r"|[Mm]ove `|[Mm]ove both|(?<!can )[Mm]ove (it|the slider|the rate|the `\w+` slider)|move a slider (and|after)"
)
# A model of the reader's own; and points that are dragged, for which there is tests/browser/test_deformable.py.
OPEN = {("08_compare", "next"), ("06_deformable", "explore")}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_cell_that_tells_what_to_change_has_the_changed_code_beside_it(lesson):
    told = {name for name, text in texts(lesson) if TOLD.search(text) and (lesson, name) not in OPEN}
    assert told == {name for at, name, _ in TRIALS if at == lesson}
    assert told


@pytest.mark.parametrize("lesson, name, number", [trial for trial in TRIALS if trial not in LONG])
def test_the_change_does_what_the_text_promises(lesson, name, number):
    trial = LESSONS[lesson][name].metadata["widgets_try"][number]
    if trial.get("last_cell_raises"):
        run_changed(lesson, trial | {"run": trial["run"][:-1]})
        with pytest.raises(AssertionError):
            run_changed(lesson, trial)
    else:
        assert any(line.startswith("assert ") for line in trial["then"])
        run_cell("\n".join(trial["then"]), run_changed(lesson, trial))
