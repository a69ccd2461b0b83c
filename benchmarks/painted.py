"""A JupyterLab for benchmarks, and the time from an input to the painted picture in one of its pages."""

import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests" / "browser"))
from lab import Lab, driver, find_chromium  # noqa: E402, F401  (the browser tests' own JupyterLab)

SCRIPT = Path(__file__).with_name("painted.js").read_text()


@contextmanager
def open_lab():
    """One JupyterLab with one browser, as `lab.Lab`, with all that a reader's has."""
    chromium = find_chromium()
    if chromium is None:
        raise SystemExit("no Chromium found; to run this benchmark: sudo apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, Lab(chromium, folder, without=()) as lab:
        yield lab


def time_input(page, act, quiet=200, limit=5000):
    """Call `act()`, which gives the page one key or pointer move, and wait for the picture to settle.

    Args:
        quiet: ms without a change after which the picture has settled.
        limit: ms to wait for a first change.

    Returns:
        None if no picture changed, else ms from the page's first handler of the event: {"changed": to the last change
        of the page, picture or words, "painted": to the end of the frame that shows the picture,
        "paintedSinceEvent": to the same, from the time that the event itself bears}.
        The page must have been opened with `script=SCRIPT`.
    """
    page.evaluate("painted.arm()")
    act()
    return page.evaluate("([quiet, limit]) => painted.settled(quiet, limit)", [quiet, limit])
