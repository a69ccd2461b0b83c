"""Pointing at an output cell to the highlighted window, painted, for inputs of 64x64x16 and 224x224x3.

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

explore(layers.Conv2D(8, 3), (1, {shape}))
"""
SHAPES = "64, 64, 16", "224, 224, 3"


def measure(lab, shape, moves=300):
    """Hover at random over the output of a layer on an input of `shape`.

    Returns:
        (times, sent): ms from each pointer move that changed the picture, as `time_input` gives them; and how many
        messages the page sent meanwhile.
    """
    notebook = lab.notebook([EXPLORER.format(shape=shape)], fresh=True, size=(1920, 1080), script=SCRIPT)
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


def rows(lab):
    """For the table in README.md."""
    messages = 0
    for shape in SHAPES:
        times, sent = measure(lab, shape)
        messages += sent
        slow = p95(times)
        yield (
            f"Pointing at a cell to repainted picture, {shape.replace(', ', 'x')} (p95 of {len(times)})",
            f"{slow:.1f} ms",
            "one frame, 16.7 ms",
            f"{slow / 16.7:.2f}",
            "at most 1",
        )
    yield "Messages sent to the kernel by pointing", str(messages), "", "", "0"


if __name__ == "__main__":
    with open_lab() as lab:
        for shape in SHAPES:
            times, sent = measure(lab, shape)
            for end in times[0]:
                print(f"{shape}: {end}: p95 {p95(times, end):.1f} ms of {len(times)} moves")
            print(f"{shape}: messages sent: {sent}")
