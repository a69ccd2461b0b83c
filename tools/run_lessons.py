"""Runs the lessons for the site: while a notebook runs here, what a tool displays bears its record.

A record is every state that a tool's controls can reach on the page.
"""

import ast
import hashlib
import json
import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import nbformat
import translations
from nbclient import NotebookClient
from save_notebooks import tidy

from widgets.page import SITE_TOOL

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # what most PCs have, on whichever processor a page is made

ROOT = Path(__file__).resolve().parents[1]
WIDGETS = ROOT / "widgets"
CACHE = ROOT / ".site-cache"
RUN_BY = (Path(__file__), Path(__file__).with_name("save_notebooks.py"))  # what decides how a notebook is run and kept

PAGE_BYTES = 4_000_000  # of a page with all that can be opened on it
EXPLORERS_SHARE = 0.8  # of these, what its explorers may take; the rest is text, pictures, code and questions
PACKAGES = ("tensorflow", "keras", "numpy", "matplotlib", "ipywidgets", "anywidget")


@dataclass(frozen=True)
class Edition:
    """The notebooks in one language."""

    language: str
    folder: str  # where they are, and where their pages go within the site: after "notebooks"
    readme: str

    @property
    def names(self):
        """The names of its notebooks, in the order of the lessons."""
        return [path.stem for path in sorted((ROOT / self.folder).glob("*.ipynb"))]

    @property
    def prefix(self):
        """The folder of its pages, with a slash at its end; "" for the one at the top."""
        return "".join(f"{part}/" for part in Path(self.folder).parts[1:])

    def path(self, name):
        """A notebook's file."""
        return ROOT / self.folder / f"{name}.ipynb"


EDITIONS = (Edition("en", "notebooks", "README.md"), Edition("ru", "notebooks/ru", "README.ru.md"))


def executed(path, asked, records):
    """The notebook with its outputs and records: run now, or kept since nothing that it depends on has changed.

    `asked` is what its records must be able to reach: see `settings_asked_for`. `records` are those that were made of
    it in another language: see `records_of`.
    """
    notebook = nbformat.read(path, as_version=4)
    size = int(PAGE_BYTES * EXPLORERS_SHARE / max(len(_explorers(notebook)), 1))
    kept = CACHE / f"{path.stem}-{_key(path, size, asked, records)}.json"
    if kept.exists():
        return nbformat.read(kept, as_version=4)
    lines = ["import widgets.page", f"widgets.page.record_what_is_displayed({size})"]
    client = NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        coalesce_streams=True,
        store_widget_state=False,
        extra_arguments=[f"--IPKernelApp.exec_lines={line}" for line in lines],
    )

    def ask(cell, **_):
        bounds = asked.get(cell.id, {}), records.get(cell.id, [])
        line = f"from widgets.page import ask_for as _ask_for; _ask_for(*{bounds})"
        client.kc.execute(line, silent=True, store_history=False)

    client.on_cell_execute = ask
    client.execute()
    tidy(notebook)
    CACHE.mkdir(exist_ok=True)
    kept.write_text(json.dumps(notebook), encoding="utf-8")  # nbformat would sort the keys of records
    return notebook


def executed_in_all(name, editions):
    """A lesson with its outputs and records: {edition: notebook}.

    A record holds no words. Where the code is the same, that of the first edition serves the others.
    """
    first = EDITIONS[0]
    source = nbformat.read(first.path(name), as_version=4)
    asked = settings_asked_for(source)
    ran = {first: executed(first.path(name), asked, {})}
    records = records_of(ran[first])
    for edition in editions:
        if edition != first:
            own = nbformat.read(edition.path(name), as_version=4)
            ran[edition] = executed(edition.path(name), asked, records if _same_code(source, own) else {})
    return ran


def _same_code(*notebooks):
    """Whether two notebooks differ at most in their texts, those that the code prints included."""
    codes = [
        [cell for cell in notebook.cells if cell.cell_type == "code" and cell.id != "setup"] for notebook in notebooks
    ]
    return translations.same_code(*([ast.parse(cell.source) for cell in cells] for cells in codes))


def records_of(notebook):
    """The records of a notebook that was run, by cell, in the order in which they were displayed.

    None stands for a tool that has none.
    """
    shown = {cell.id: [output.get("data", {}) for output in cell.get("outputs", ())] for cell in notebook.cells}
    tools = {name: [data[SITE_TOOL] for data in outputs if SITE_TOOL in data] for name, outputs in shown.items()}
    return {name: [tool and tool["record"] for tool in found] for name, found in tools.items() if found}


def _explorers(notebook):
    """The ids of the cells that display an explorer, as far as saved outputs tell. Other tools take little room."""

    def is_explorer(output):
        return "".join(output.get("data", {}).get("text/plain", "")).startswith("<Explorer")

    return [cell.id for cell in notebook.cells if any(map(is_explorer, cell.get("outputs", ())))]


def settings_asked_for(notebook):
    """What a lesson's texts tell the reader to set in an explorer: {id of its cell: {setting: [values]}}.

    The changed code stands in the texts' metadata, where the tests run it.
    """
    asked, explorers = {}, _explorers(notebook)
    for trial in [trial for cell in notebook.cells for trial in cell.metadata.get("widgets_try", ())]:
        shown = [name for name in trial["run"] if name in explorers] if trial["run"] != "all" else []
        for line in ast.parse("\n".join(trial.get("then", ()))).body if shown else ():
            if isinstance(line, ast.Assign) and getattr(line.targets[0], "attr", "") == "settings":
                for setting, value in ast.literal_eval(line.value).items():
                    values = asked.setdefault(shown[-1], {}).setdefault(setting, [])
                    values.append(list(value) if isinstance(value, tuple) else value)
    return asked


def _key(path, *bounds):
    """What a run depends on: the notebook, the package, who runs it, the versions, what a record may take and must
    reach."""
    found = hashlib.sha256(
        "\n".join([platform.python_version(), *map(version, PACKAGES), *map(json.dumps, bounds)]).encode()
    )
    for part in (path, *RUN_BY, *sorted(WIDGETS.rglob("*.py"))):
        found.update(part.read_bytes())
    return found.hexdigest()[:16]
