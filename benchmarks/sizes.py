"""What a slider move costs, key to repainted picture, against the input's size: a plot, and how it grows."""

from functools import partial
from pathlib import Path
from statistics import median

import numpy as np
from painted import SCRIPT, open_lab, time_input

PLOT = Path(__file__).with_name("sizes.png")
SIDES = (8, 16, 32, 64, 112, 160, 224)  # cells, with CHANNELS[0] channels
CHANNELS = (3, 8, 16, 32, 64)  # of SIDE by SIDE cells
SIDE = 64

EXPLORER = """
from tensorflow.keras import layers
from widgets import explore

e = explore(layers.Conv2D(8, 3), (1, 8, 8, 3))
e
"""


def measure(lab, moves=30):
    """Median ms of a move: {(side, channels): number}."""
    notebook = lab.notebook([EXPLORER], fresh=True, size=(1400, 1000), script=SCRIPT)
    notebook.wait_revision(1)
    slider = notebook.slider("kernel_size")
    cost = {}
    for side, channels in [*((side, CHANNELS[0]) for side in SIDES), *((SIDE, count) for count in CHANNELS[1:])]:
        notebook.run(f"e.settings = {{'input_shape': (1, {side}, {side}, {channels})}}")
        notebook.page.wait_for_timeout(500)
        times = []
        for move in range(-2, moves):
            slider.focus()
            press = partial(notebook.page.keyboard.press, "ArrowRight" if move % 2 else "ArrowLeft")
            time = time_input(notebook.page, press)
            if time is None:
                raise RuntimeError(f"{side}x{side}x{channels}: a key changed no picture")
            if move >= 0:
                times.append(time["painted"])
        cost[side, channels] = median(times)
    notebook.close()
    return cost


def line(cost):
    """ms of a move without cells, and ms for each million numbers of the input, by least squares."""
    numbers = np.array([side * side * channels for side, channels in cost]) / 1e6
    slope, start = np.polyfit(numbers, list(cost.values()), 1)
    return start, slope


def plot(cost, path=PLOT):
    """Save the plot."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for chosen, marker, told in [
        (
            [(side, CHANNELS[0]) for side in SIDES],
            "o",
            f"{SIDES[0]} to {SIDES[-1]} cells a side, {CHANNELS[0]} channels",
        ),
        ([(SIDE, count) for count in CHANNELS], "s", f"{SIDE} cells a side, {CHANNELS[0]} to {CHANNELS[-1]} channels"),
    ]:
        numbers = [side * side * channels for side, channels in chosen]
        axes.plot(numbers, [cost[key] for key in chosen], marker=marker, label=told)
    start, slope = line(cost)
    most = max(side * side * channels for side, channels in cost)
    label = f"{start:.0f} ms + {slope:.0f} ms for each million"
    axes.plot([0, most], [start, start + slope * most / 1e6], "--", color="grey", label=label)
    axes.set(xlabel="numbers in the input", ylabel="slider key to repainted picture (ms)", ylim=(0, None))
    axes.legend()
    figure.savefig(path, dpi=100, metadata={"Software": None})
    plt.close(figure)


def rows(lab):
    """For the table in README.md; saves the plot."""
    cost = measure(lab)
    plot(cost)
    start, slope = line(cost)
    small, large = cost[SIDES[0], CHANNELS[0]], cost[SIDES[-1], CHANNELS[0]]
    yield (
        f"Slider key to repainted picture, {SIDES[-1]}x{SIDES[-1]}x{CHANNELS[0]} (median of 30; see the plot)",
        f"{large:.0f} ms",
        f"{SIDES[0]}x{SIDES[0]}x{CHANNELS[0]}, {small:.0f} ms",
        f"{large / small:.2f}",
        "linear in the cells",
    )


if __name__ == "__main__":
    with open_lab() as lab:
        cost = measure(lab)
    for (side, channels), ms in cost.items():
        print(f"{side}x{side}x{channels}: {ms:.0f} ms")
    print("{:.0f} ms and {:.0f} ms for each million numbers".format(*line(cost)))
    plot(cost)
