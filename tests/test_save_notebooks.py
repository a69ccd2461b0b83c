"""`make notebooks` saves what is worth committing, and refuses what is not."""

import nbformat
import pytest
import save_notebooks
from nbclient.exceptions import CellExecutionError


@pytest.fixture
def write(tmp_path):
    """Writes a notebook of these code cells, with ids a, b ..., and gives its path."""

    def write(*sources):
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        for cell, name in zip(cells, "abcdefgh", strict=False):
            cell.id = name
        path = tmp_path / "notebook.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
        return path

    return write


def test_outputs_are_saved_and_ids_kept_and_times_are_not(write, tmp_path):
    path = write("import os", "print(os.getcwd())")
    save_notebooks.run(path)
    notebook = nbformat.read(path, as_version=4)
    assert [cell.id for cell in notebook.cells] == ["a", "b"]
    assert [cell.metadata for cell in notebook.cells] == [{}, {}]
    assert notebook.cells[1].outputs[0].text == f"{tmp_path}\n"


def test_running_again_changes_nothing_in_the_file(write):
    path = write("1 + 1")
    save_notebooks.run(path)
    first = path.read_bytes()
    save_notebooks.run(path)
    assert path.read_bytes() == first


def test_of_a_widget_the_picture_stays_and_the_state_and_the_view_go():
    view = {save_notebooks.WIDGET_VIEW: {"model_id": "1"}, "image/png": "iVBO", "text/plain": "explorer"}
    cell = nbformat.v4.new_code_cell("explore()", outputs=[nbformat.v4.new_output("display_data", view)])
    notebook = nbformat.v4.new_notebook(cells=[cell], metadata={"widgets": {"state": {}}})
    save_notebooks.tidy(notebook)
    assert notebook.cells[0].outputs[0].data == {"image/png": "iVBO", "text/plain": "explorer"}
    assert sorted(notebook.metadata) == ["kernelspec", "language_info"]


def test_of_a_widget_that_says_nothing_but_how_it_was_made_nothing_stays():
    view, bar = {save_notebooks.WIDGET_VIEW: {"model_id": "1"}}, "IntProgress(value=0, description='training')"
    outputs = [nbformat.v4.new_output("display_data", view | {"text/plain": text}) for text in (bar, "How many?")]
    outputs.append(nbformat.v4.new_output("execute_result", {"text/plain": "Point(x=0)"}))
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("display(bar)", outputs=outputs)])
    save_notebooks.tidy(notebook)
    assert [output.data["text/plain"] for output in notebook.cells[0].outputs] == ["How many?", "Point(x=0)"]


@pytest.mark.parametrize(
    "source, error, words",
    [
        ("import sys; print('oh', file=sys.stderr)", ValueError, "Cell b wrote: oh"),
        ("1 / 0", CellExecutionError, "ZeroDivisionError"),
    ],
)
def test_a_notebook_that_raises_or_writes_to_stderr_is_left_as_it_was(write, source, error, words):
    path = write("1 + 1", source)
    before = path.read_bytes()
    with pytest.raises(error, match=words):
        save_notebooks.run(path)
    assert path.read_bytes() == before


def test_a_notebook_that_uses_an_id_twice_is_refused(write):
    path = write("1 + 1", "2 + 2")
    path.write_text(path.read_text().replace('"id": "b"', '"id": "a"'))
    with pytest.raises((nbformat.ValidationError, Warning), match="[Dd]uplicate|[Nn]on-unique"):
        save_notebooks.run(path)
