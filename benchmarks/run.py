"""Run every benchmark, print the table, and write it into README.md between its two marks."""

import os
import platform
import re
from datetime import date
from importlib.metadata import version
from pathlib import Path
from statistics import median

import deformable
import hover
import imports
import latency
from painted import open_lab

README = Path(__file__).parents[1] / "README.md"
MARKS = "<!-- bench -->", "<!-- /bench -->"
HEAD = ("What", "Here", "Beside it", "Ratio", "Aim")
INTRO = (
    "Each row says what it counts: a median, or for pointing the time that 95 of 100 moves do not exceed (p95). "
    "The ratio is the time here divided by that beside it. Lower is better."
)


def rows():
    """The table's rows, measured now."""
    with open_lab() as lab:
        keys = latency.medians(latency.measure(lab), "painted")
        hovers, sent = hover.measure(lab)
    starts = {module: median(times) for module, times in imports.measure().items()}
    ours = f"{keys['explorer']:.0f} ms"
    what = "Slider key to repainted picture, `Conv2D(10, 3)` on 28x28x12 (median of 40)"
    bare, interactive = keys["bare anywidget"], keys["interactive"]
    yield what, ours, f"bare anywidget, {bare:.0f} ms", f"{keys['explorer'] / bare:.2f}", "at most 1.3"
    yield (
        what,
        ours,
        f"`interactive` and matplotlib, {interactive:.0f} ms",
        f"{keys['explorer'] / interactive:.2f}",
        "at most 0.33",
    )
    slow = hover.p95(hovers)
    yield (
        f"Pointing at a cell to repainted picture, 64x64x16 (p95 of {len(hovers)})",
        f"{slow:.1f} ms",
        "one frame, 16.7 ms",
        f"{slow / 16.7:.2f}",
        "at most 1",
    )
    yield "Messages sent to the kernel by pointing", str(sent), "", "", "0"
    yield (
        "`import widgets` (median of 9)",
        f"{starts['widgets']:.2f} s",
        f"`import tensorflow`, {starts['tensorflow']:.2f} s",
        f"{starts['widgets'] / starts['tensorflow']:.2f}",
        "at most 1.1",
    )
    yield from deformable_rows(deformable.measure())


def deformable_rows(times):
    """The rows of `deformable.measure()`: each deformable layer beside the Conv2D with as many taps."""
    shape = "x".join(map(str, deformable.SHAPE))
    steps = {"forward": ("forward", "at most 8"), "training": ("one training step", "none, reported")}
    for step, (what, aim) in steps.items():
        beside = median(times[step]["Conv2D"])
        for name, runs in times[step].items():
            if name != "Conv2D":
                yield (
                    f"`{name}`, {what} under XLA, {shape} (median of {len(runs)})",
                    f"{median(runs):.1f} ms",
                    f"`Conv2D` with as many taps, {beside:.1f} ms",
                    f"{median(runs) / beside:.1f}",
                    aim,
                )


def table(rows):
    """Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def machine():
    """One sentence on what this was measured with, and when."""
    packages = ("tensorflow", "keras", "ipywidgets", "anywidget", "jupyterlab", "matplotlib")
    versions = ", ".join(f"{name} {version(name)}" for name in packages)
    where = f"{os.cpu_count()} cores of {cpu()}, Python {platform.python_version()}"
    return f"Measured on {date.today()}: {where}, {versions}."


def cpu():
    """The processor's name, as far as the system tells it."""
    try:
        return re.search("model name\\s*: (.*)", Path("/proc/cpuinfo").read_text())[1]
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def write(text, path=README):
    """Replace what stands between the marks in the file at `path`."""
    page = path.read_text(encoding="utf-8")
    start, end = MARKS
    if start not in page or end not in page:
        raise SystemExit(f"{path.name} needs the marks {start} and {end} around the table")
    before, after = page.split(start)[0], page.split(end)[-1]
    path.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    text = f"{INTRO}\n\n{table(rows())}\n\n{machine()}"
    print(text)
    write(text)
