"""`import widgets` beside `import tensorflow`, each in a new process."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

MODULES = ("widgets", "tensorflow")


def measure(runs=9):
    """Seconds from starting Python to its end: {module: list of `runs` numbers}, the modules in turn."""
    times = {module: [] for module in MODULES}
    for run in range(-1, runs):
        for module in MODULES:
            start = time.perf_counter()
            command = [sys.executable, "-c", f"import {module}"]
            subprocess.run(command, check=True, cwd=Path(__file__).parents[1], stderr=subprocess.DEVNULL)
            if run >= 0:  # the first of each reads its files from the disk
                times[module].append(time.perf_counter() - start)
    return times


def rows():
    """For the table in README.md."""
    taken = measure()
    ours, bare = (median(taken[module]) for module in MODULES)
    what = f"`import widgets` (median of {len(taken['widgets'])})"
    yield what, f"{ours:.2f} s", f"`import tensorflow`, {bare:.2f} s", f"{ours / bare:.2f}", "at most 1.1"


if __name__ == "__main__":
    for module, times in measure().items():
        print(f"import {module}: median {median(times):.2f} s, worst {max(times):.2f} s of {len(times)} runs")
