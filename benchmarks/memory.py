"""Memory that a kernel keeps after many moves of an explorer's sliders, beside building the same layers oneself."""

import json
import subprocess
import sys
from pathlib import Path

WARM_UP = 1000  # moves after which TensorFlow has made what it makes once
MOVES = {"explorer": 10_000, "bare": 1_000}
GROUPS = {"plain": 1, "grouped": 3}

# What one process of its own does: argv is the tool, the groups and the number of moves.
SCRIPT = """
import json, random, sys
import keras, numpy as np, psutil
from keras import layers
from widgets import explore

tool, groups, warm_up, moves = sys.argv[1], *map(int, sys.argv[2:])
place = random.Random(0)
keras.utils.set_random_seed(0)
mine = keras.Sequential([keras.Input((4,)), layers.Dense(3)])
x = np.random.default_rng(0).random((1, 28, 28, 12), "float32")
e = explore(layers.Conv2D(12, 3, groups=groups), x)

def move():
    settings = {
        "filters": groups * place.randint(1, 12 // groups),
        "kernel_size": (place.randint(1, 5), place.randint(1, 5)),
        "strides": (1, 1),
        "padding": place.choice(["valid", "same"]),
        "dilation_rate": (place.randint(1, 3),) * 2,
        "use_bias": place.random() < 0.5,
    }
    if place.random() < 0.5:
        settings["strides"], settings["dilation_rate"] = (place.randint(1, 3),) * 2, (1, 1)
    if tool == "explorer":
        e.settings = settings
    else:
        layers.Conv2D(groups=groups, **settings)(x)

def resident():
    return psutil.Process().memory_info().rss

for _ in range(warm_up):
    move()
before = resident()
for _ in range(moves):
    move()
kept = (resident() - before) / moves / 1024
# The session is the reader's: their model is there, and the next name is the one that they would get without us.
assert mine.count_params() == 15 and mine(np.ones((1, 4))).shape == (1, 3)
named = layers.Conv2D(1, 1).name
assert tool != "explorer" or named == "conv2d_1", named
print(json.dumps(kept))
"""


def measure():
    """KB kept by each move: {(tool, "plain" | "grouped"): number}."""
    kept = {}
    for tool, moves in MOVES.items():
        for name, groups in GROUPS.items():
            command = [sys.executable, "-c", SCRIPT, tool, *map(str, (groups, WARM_UP, moves))]
            done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=Path(__file__).parents[1])
            kept[tool, name] = json.loads(done.stdout.splitlines()[-1])
    return kept


def rows():
    """For the table in README.md."""
    kept = measure()
    for name in GROUPS:
        ours, bare = kept["explorer", name], kept["bare", name]
        yield (
            f"Memory kept by each of {MOVES['explorer']:,} random moves in the kernel, {name}",
            f"{ours:.1f} KB",
            f"the same layers built and called, {bare:.0f} KB",
            f"{ours / bare:.2f}",
            "at most 5 KB",
        )


if __name__ == "__main__":
    for (tool, name), kb in measure().items():
        print(f"{tool}, {name}: {kb:.2f} KB kept by each of {MOVES[tool]} moves")
