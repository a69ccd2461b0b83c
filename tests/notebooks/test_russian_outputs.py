"""Every Russian notebook runs, and prints the words that are saved with it.

All of them share a kernel, networks are trained for one step, and pictures are not drawn: numbers are not compared
here. A saved number is that of the English notebook, which test_in_step.py looks at, and `make nbval` compares that one
in full.
"""

import re

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from reading_notebooks import RUSSIAN

# What a further notebook must not find; then what makes it short.
START = """
%reset -f
import ipywidgets, keras, matplotlib.pyplot
ipywidgets.Widget.close_all()
matplotlib.pyplot.close("all")
def _one_step(fit):
    return lambda *args, **kwargs: fit(*args, **kwargs | {"epochs": 1, "steps_per_epoch": 1})
if keras.Model.fit.__name__ == "fit":
    keras.Model.fit = _one_step(keras.Model.fit)
get_ipython().display_formatter.active_types = ["text/plain"]
del _one_step, ipywidgets, keras, matplotlib
"""


@pytest.fixture(scope="module")
def kernel():
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(RUSSIAN[0].parent) if RUSSIAN else None)
    yield manager
    manager.shutdown_kernel(now=True)


def words(outputs):
    """What outputs say, with a 0 for what training may change and one blank for every gap."""
    texts = [output.get("text") or output.get("data", {}).get("text/plain", "") for output in outputs]
    text = re.sub(r"[-+]?\d+\.?\d*(?:e[-+]?\d+)?%?|True|False", "0", " ".join(texts))
    return re.sub(r"\[\s+", "[", " ".join(text.split()))


@pytest.mark.parametrize("path", RUSSIAN, ids=lambda path: path.stem)
def test_a_russian_notebook_runs_and_prints_the_words_that_are_saved(kernel, path):
    saved = nbformat.read(path, as_version=4)
    ran = nbformat.from_dict(saved)
    ran.cells.insert(0, nbformat.v4.new_code_cell(START))
    NotebookClient(ran, km=kernel, timeout=300, coalesce_streams=True).execute()
    code = [pair for pair in zip(saved.cells, ran.cells[1:]) if pair[0].cell_type == "code"]
    compared = [pair for pair in code if "nbval-ignore-output" not in pair[0].metadata.get("tags", ())]
    assert len(compared) > 3
    told = [(now.id, words(before.outputs), words(now.outputs)) for before, now in compared]
    assert [one for one in told if one[1] != one[2]] == []
