"""The cells of the lessons, and a run of some of them without a browser."""

import ast
import re
from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import nbformat

from widgets import explore

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
LESSONS = {path.stem: {cell.id: cell for cell in nbformat.read(path, as_version=4).cells} for path in NOTEBOOKS}


def texts(lesson):
    """(cell id, text) of every cell that is read, not run."""
    return [(name, cell.source) for name, cell in LESSONS[lesson].items() if cell.cell_type == "markdown"]


def prose(text):
    """A text without its code, formulas, tags and targets of links."""
    return re.sub(r"`+[^`]+`+|\$[^$]+\$|<[^>]*>|\]\([^)]*\)", " ", text)


def run_changed(lesson, trial):
    """The names after a run of the cells that a `widgets_try` names, with its changes: see CONTRIBUTING.md."""
    cells = LESSONS[lesson]
    code = [name for name, cell in cells.items() if cell.cell_type == "code" and name != "setup"]
    names = {"explore": explore, "display": lambda *_: None, "__name__": lesson}
    matplotlib.use("Agg")
    for name in code if trial["run"] == "all" else trial["run"]:
        source = cells[name].source
        if name in trial.get("replace", {}):
            old, new = trial["replace"][name]
            assert old in source, f"{lesson}, cell {name}: {old} does not stand there"
            source = source.replace(old, new)
        run_cell(source, names)
    plt.close("all")
    return names


def run_cell(source, names):
    """Runs a cell as IPython does: the value of a last line that is an expression becomes `_`."""
    body = ast.parse(source).body
    last = body.pop() if body and isinstance(body[-1], ast.Expr) else None
    exec(compile(ast.Module(body, []), "cell", "exec"), names)
    if last:
        names["_"] = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
