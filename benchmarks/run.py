"""Run every benchmark, print the table, and write it into benchmarks/README.md, some of its rows into README.md."""

import os
import platform
import re
from datetime import date
from importlib.metadata import version
from pathlib import Path

import burst
import deformable
import hover
import imports
import latency
import memory
import pages
import rebuild
import sizes
import start
import traffic
from painted import open_lab

TABLE = Path(__file__).with_name("README.md")
README = Path(__file__).parents[1] / "README.md"
HEAD = ("What", "Here", "Beside it", "Ratio", "Aim")
INTRO = (
    "Each row says what it counts: a median, or for pointing the time that 95 of 100 moves do not exceed (p95). "
    "The last change is that of picture or words, spoken ones included; painted is the frame that shows the picture. "
    "Where a row gives both, its aim was set with the first of these clocks. "
    "The ratio is the figure here divided by that beside it. Lower is better."
)
PLOT = "![What a slider move costs against the size of the input](sizes.png)"
# What these rows begin with; README.md has them as a list.
FOR_READERS = (
    'From "Run all"',
    "Slider key to last change / picture painted, `Conv2D(10, 3)`",
    "Pointing at a cell to repainted picture, 224x224x3",
    "Memory kept by each of 10,000 random moves in the kernel, plain",
    "`import widgets`",
)
SCALE = tuple(f"One visitor of the site's {pages.LESSON}, {view}" for view in ("first", "all")) + (
    "One reader of a kernel",
)


def rows():
    """The table's rows, measured now; each is printed when it is there."""
    with open_lab() as lab:
        for script in (start, latency, burst, hover, sizes, traffic):  # a start, before other pages stand open
            yield from printed(script.rows(lab))
    for script in (rebuild, memory, imports, deformable, pages):
        yield from printed(script.rows())


def printed(rows):
    for row in rows:
        print(*row, sep=" | ", flush=True)
        yield row


def table(rows):
    """Markdown."""
    lines = [HEAD, ("---",) * len(HEAD), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def summary(rows, beginnings):
    """The first row of each of these beginnings, as a list in Markdown."""
    chosen = [next(row for row in rows if row[0].startswith(start)) for start in beginnings]
    return "\n".join(f"- {what}: **{here}**{beside and f'; beside it {beside}'}" for what, here, beside, *_ in chosen)


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


def write(text, path, name="bench"):
    """Replace what stands between the marks of this name in the file at `path`."""
    page = path.read_text(encoding="utf-8")
    start, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    if start not in page or end not in page:
        raise SystemExit(f"{path.name} needs the marks {start} and {end} around the table")
    before, after = page.split(start)[0], page.split(end)[-1]
    path.write_text(f"{before}{start}\n{text}\n{end}{after}", encoding="utf-8")


if __name__ == "__main__":
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a reader's Python keeps what it has compiled
    measured = list(rows())
    write(f"{INTRO}\n\n{table(measured)}\n\n{PLOT}\n\n{machine()}", TABLE)
    write(f"{summary(measured, FOR_READERS)}\n\n{machine()}", README)
    write(summary(measured, SCALE), README, "scale")
