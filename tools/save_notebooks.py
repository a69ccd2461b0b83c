"""Runs notebooks and saves them with their outputs, in the form in which they are committed.

    python tools/save_notebooks.py                      all of notebooks/, in every language
    python tools/save_notebooks.py notebooks/01_convolution.ipynb

A saved notebook has outputs and cell ids, but no widget state and no times. A notebook that raises, or that
writes to stderr, is not saved; the exit code is then 1.
"""

import re
import sys
import warnings
from pathlib import Path

import nbformat
import stamp
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

ROOT = Path(__file__).resolve().parents[1]
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def tidy(notebook):
    """Takes out, in place, what differs from run to run or from machine to machine."""
    # Widget state breaks GitHub's renderer and hides the saved picture from nbconvert.
    notebook.metadata.pop("widgets", None)
    # Without a kernelspec JupyterLab asks which kernel to start.
    notebook.metadata["kernelspec"] = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if "outputs" in cell:
            cell.outputs = [output for output in cell.outputs if not _is_dead(output.get("data", {}))]
        for output in cell.get("outputs", []):
            # A view names a model that no longer exists; the picture beside it stays.
            output.get("data", {}).pop(WIDGET_VIEW, None)


def _is_dead(data):
    """Whether of a widget nothing would stay but how it was made: IntProgress(value=0)."""
    return set(data) == {WIDGET_VIEW, "text/plain"} and re.match(r"[A-Z]\w*\(", data["text/plain"])


def written_to_stderr(notebook):
    """(cell id, text) of everything that the notebook's cells wrote to stderr."""
    return [
        (cell.id, output.text)
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    ]


def run(path):
    """Runs one notebook in its own folder and saves it.

    Raises:
        ValueError: a cell wrote to stderr.
        nbclient.exceptions.CellExecutionError: a cell raised.
        nbformat.ValidationError, Warning: the notebook is not valid, or an id is missing or used twice.
    """
    with warnings.catch_warnings():
        # nbformat mends bad ids and only warns of them.
        warnings.simplefilter("error")
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    folder = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=600, kernel_name="python3", resources=folder, coalesce_streams=True).execute()
    noise = written_to_stderr(notebook)
    if noise:
        raise ValueError(
            "\n".join(f"Nothing may be written to stderr. Cell {name} wrote: {text}" for name, text in noise)
        )
    tidy(notebook)
    nbformat.write(notebook, path)


def main(arguments):
    """Runs the notebooks named, or all; returns the exit code."""
    failed = False
    for path in [Path(name) for name in arguments] or stamp.notebooks(ROOT):
        try:
            run(path)
            print(f"saved {path}")
        except (CellExecutionError, ValueError, nbformat.ValidationError, Warning) as error:
            failed = True
            print(f"NOT saved {path}\n{error}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
