"""Pointing at an output cell to the lit window, painted, for an input of 64x64 cells and 16 channels.

A browser holds a pointer move back until the next frame begins, for every page and up to 16.7 ms at 60 frames a
second. What counts here is whether the page answers within that frame: "painted" of `time_input`.
"""

import random
from functools import partial
from statistics import quantiles

from painted import SCRIPT, open_lab, time_input

EXPLORER = """
from tensorflow.keras import layers
from widgets import explore

explore(layers.Conv2D(8, 3), (1, 64, 64, 16))
"""


def measure(lab, moves=300):
    """Hover at random over the output.

    Returns:
        (times, sent): ms from each pointer move that changed the picture, as `time_input` gives them; and how many
        messages the page sent meanwhile.
    """
    notebook = lab.notebook([EXPLORER], fresh=True, size=(1920, 1080), script=SCRIPT)
    notebook.wait_revision(1)
    cells = notebook.stage.locator('[data-grid="1"] .cn-cells')
    cells.scroll_into_view_if_needed()
    box = cells.bounding_box()
    place = random.Random(0)
    before = notebook.messages_sent
    times = []
    for _ in range(moves):
        x = box["x"] + box["width"] * place.uniform(0.02, 0.98)
        y = box["y"] + box["height"] * place.uniform(0.02, 0.98)
        time = time_input(notebook.page, partial(notebook.page.mouse.move, x, y), quiet=50, limit=200)
        if time:
            times.append(time)
    sent = notebook.messages_sent - before
    notebook.close()
    return times, sent


def p95(times, end="painted"):
    """The ms that 95 of 100 moves do not exceed."""
    return quantiles((time[end] for time in times), n=20)[-1]


if __name__ == "__main__":
    with open_lab() as lab:
        times, sent = measure(lab)
    for end in times[0]:
        print(f"{end}: p95 {p95(times, end):.1f} ms of {len(times)} moves")
    print(f"messages sent: {sent}")
