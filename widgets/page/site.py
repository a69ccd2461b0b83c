"""A site of many pages: while a notebook is run for it, each tool that is displayed bears its record."""

import time

from widgets.facts import measure
from widgets.page.page import RECORDED_EXPLORER, SHEETS
from widgets.page.recording import LIMITS
from widgets.stage import Tool

SITE_TOOL = "application/vnd.convolution-notebooks.tool+json"
PACKAGE = SHEETS[0].parents[1]
# How many values a control has, and whether sliders come before menus: where else not even two sliders would move.
ATTEMPTS = ((5, False), (3, False), (2, False), (2, True))
_known = []  # records of what is displayed next


def record_what_is_displayed(size):
    """From now on in this kernel; a record may take so many bytes, within what a site allows."""
    LIMITS.states, LIMITS.seconds, LIMITS.probes, LIMITS.probing = 300, 6, 10, 6
    LIMITS.clock = time.process_time  # so that a page has the same controls when the machine is busy
    measure.MOST_SECONDS = 10  # and says the same of what is measured
    LIMITS.size, LIMITS.small_size = min(size, 500_000), 150_000
    Tool._beside = _bundle


def ask_for(settings, records):
    """What is displayed next must have a control for each of these settings, with these values: {"groups": [2, 3]}.

    `records` are those of the same displays in another language, in order; None: it is recorded anew.
    """
    LIMITS.asked = settings
    _known[:] = records


def _bundle(tool):
    """What a page needs of this tool but for its figure, which the display bears anyway."""
    best = None
    known = _known.pop(0) if _known else None
    for LIMITS.values, LIMITS.sliders_first in ATTEMPTS if hasattr(tool, "recorded") else ():
        try:
            made = tool.recorded(known)
        except ValueError:  # too much for a page
            continue
        if best is None or _sliders(made) > _sliders(best):
            best = made
        if known or made.module != RECORDED_EXPLORER or _sliders(made) > 1:
            break
    if best is None:
        return {SITE_TOOL: None}
    names = ("record", "words", "title", "still", "own_texts", "notes")
    module = {"module": best.module.relative_to(PACKAGE).as_posix(), "name": best.module.stem}
    return {SITE_TOOL: module | {name: getattr(best, name) for name in names}}


def _sliders(made):
    return sum(control["element"] == "range" for control in made.record.get("controls", ()))
