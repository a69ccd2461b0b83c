"""One move in the kernel, settings in and facts and picture out, beside building and calling the layer oneself."""

import time
from statistics import median

import numpy as np
from keras import layers

from widgets.facts.live_layer import LiveLayer
from widgets.picture import layer_picture

X = np.random.default_rng(0).random((1, 28, 28, 12), "float32")
FILTERS, GROUPS = 12, 3


def ours(**arguments):
    """A function of the kernel's size: what an explorer does at each move of that slider."""
    live = LiveLayer(layers.Conv2D(FILTERS, 3, **arguments))
    live.ask(X)

    def move(size):
        live.settings = live.settings | {"kernel_size": (size, size)}
        return layer_picture(live.ask(X))

    return move


def bare(size):
    """What one would type."""
    layer = layers.Conv2D(FILTERS, size, name="conv")
    return layer(X)


def measure(moves=300):
    """ms of each move: {"bare" | "plain" | "grouped": list of `moves` numbers}, taken in turn."""
    tools = {"bare": bare, "plain": ours(), "grouped": ours(groups=GROUPS)}
    times = {name: [] for name in tools}
    for move in range(-10, moves):
        for name, tool in tools.items():
            start = time.perf_counter()
            tool(2 + move % 4)
            if move >= 0:
                times[name].append(1000 * (time.perf_counter() - start))
    return times


def rows():
    """For the table in README.md."""
    times = measure()
    ms = {name: median(taken) for name, taken in times.items()}
    shape = "x".join(map(str, X.shape[1:]))
    for name, beside, told, aim in [
        ("plain", "bare", "`layer = ...; layer(x)`", "at most 1.3"),
        ("grouped", "plain", "the same without groups", "at most 1.5"),
    ]:
        groups = f", groups={GROUPS}" if name == "grouped" else ""
        yield (
            f"Rebuild in the kernel, settings in and facts and picture out, `Conv2D({FILTERS}, k{groups})` on {shape} "
            f"(median of {len(times[name])})",
            f"{ms[name]:.1f} ms",
            f"{told}, {ms[beside]:.1f} ms",
            f"{ms[name] / ms[beside]:.2f}",
            aim,
        )


if __name__ == "__main__":
    for name, taken in measure().items():
        print(f"{name}: median {median(taken):.2f} ms, fastest {min(taken):.2f} ms of {len(taken)}")
