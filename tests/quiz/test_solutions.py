"""Every task in the notebooks takes its right answers and refuses the wrong ones; no solution stands in a notebook.

The answers are in `notebooks/solutions/`: RIGHT and WRONG hold, for each task by name, either one answer for each
question of a `predict` in order, or any number of layers for a `goal`.
"""

import ast
import re
import runpy
from pathlib import Path

import nbformat
import pytest

from widgets import Prediction, goal

FOLDER = Path(__file__).resolve().parents[2] / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
SOLUTIONS = sorted((FOLDER / "solutions").glob("*.py"))
Goal = type(goal(input_shape=(8, 8, 1), params=10))

each_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
each_solution = pytest.mark.parametrize("solutions", SOLUTIONS, ids=lambda path: path.stem)


def cells_of(solutions):
    """The cells of the notebook that a solutions file belongs to."""
    return nbformat.read(FOLDER / f"{solutions.stem}.ipynb", as_version=4).cells


def tree(cell):
    """A code cell's syntax tree; lines for IPython alone are left out."""
    return ast.parse(re.sub(r"^(\s*)[%!].*$", r"\1pass", cell.source, flags=re.MULTILINE))


def prepared(cells):
    """A namespace with the notebook's imports, and nothing else."""
    names = {}
    for cell in cells:
        for node in ast.walk(tree(cell)) if cell.cell_type == "code" else ():
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                exec(ast.unparse(node), names)
    return names


def tasks(cells):
    """{name: (task, function that makes it anew)} of the cells tagged "task", which need no cell of the lesson."""
    names, found = prepared(cells), {}
    for cell in cells:
        if "task" in cell.metadata.get("tags", ()):
            made = run(cell, names)
            found |= {name: (task, lambda cell=cell, name=name: run(cell, names)[name]) for name, task in made.items()}
    return found


def run(cell, names):
    """The tasks that a cell makes, by name."""
    here = dict(names)
    exec(cell.source, here)
    return {name: value for name, value in here.items() if isinstance(value, (Prediction, Goal))}


def shown(cells):
    """Everything that a reader sees as text: sources and saved outputs, without spaces, and with one kind of quote."""
    parts = [cell.source for cell in cells]
    for cell in cells:
        for output in cell.get("outputs", []):
            parts += [output.get("text", ""), output.get("data", {}).get("text/plain", "")]
    return plain("\n".join(parts))


def plain(code):
    return re.sub(r"\s", "", code).replace("'", '"')


def right_layers(solutions):
    """The code of every right layer, as it is written in the solutions file."""
    for node in ast.parse(solutions.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "RIGHT":
            answers = [answer for listed in node.value.values for answer in listed.elts]
            return [ast.unparse(answer) for answer in answers if not isinstance(answer, ast.Constant)]
    raise AssertionError(f"{solutions.name} has no RIGHT")


@each_notebook
def test_a_notebook_has_its_solutions(notebook):
    assert (FOLDER / "solutions" / f"{notebook.stem}.py").is_file()


@each_solution
def test_solutions_belong_to_a_notebook_and_answer_every_task_of_it(solutions):
    answers, found = runpy.run_path(str(solutions)), tasks(cells_of(solutions))
    assert answers["RIGHT"].keys() == answers["WRONG"].keys() == found.keys()


@each_solution
def test_a_notebook_has_a_task_to_predict_one_to_reach_and_one_to_explain(solutions):
    cells = cells_of(solutions)
    kinds = {type(task) for task, _ in tasks(cells).values()}
    assert kinds == {Prediction, Goal}
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    folded = re.findall(r"<details>\s*<summary>(.+?)</summary>(.+?)</details>", text, re.DOTALL)
    assert folded, "the sample answer has to be folded"
    assert all(len(answer.split()) >= 10 for _, answer in folded)


@each_solution
def test_every_right_answer_passes(solutions):
    answers, found = runpy.run_path(str(solutions))["RIGHT"], tasks(cells_of(solutions))
    for name, right in answers.items():
        task, _ = found[name]
        assert right, name
        for answer in right:
            feedback = task.answer(answer) if isinstance(task, Prediction) else task(answer)
            assert feedback, f"{name}: {answer}: {feedback}"
            if isinstance(task, Prediction):
                task.next()
        if isinstance(task, Prediction):
            assert task.solution is None, f"{name} has more questions than RIGHT has answers: {task.question}"
            assert task.score == (len(right), len(right))


@each_solution
def test_every_wrong_answer_is_refused(solutions):
    answers, found = runpy.run_path(str(solutions))["WRONG"], tasks(cells_of(solutions))
    for name, wrong in answers.items():
        task, anew = found[name]
        assert wrong, name
        if isinstance(task, Goal):
            for layer in wrong:
                assert not task(layer), f"{name}: {layer}: {task(layer)}"
            continue
        for place, answer in enumerate(wrong):
            task = anew()
            for _ in range(place):
                task.next()
            feedback = task.answer(answer)
            assert not feedback, f"{name}: {answer}: {feedback}"
            assert feedback.counts, f"{name}: {answer} was not read as an answer: {feedback}"
        task.next()
        assert task.solution is None, f"{name} has more questions than WRONG has answers: {task.question}"


@each_solution
def test_the_first_try_in_the_notebook_is_refused(solutions):
    cells, tries = cells_of(solutions), 0
    names = prepared(cells) | {name: task for name, (task, _) in tasks(cells).items()}
    for cell in cells:
        body = tree(cell).body if cell.cell_type == "code" else []
        call = body[0].value if len(body) == 1 and isinstance(body[0], ast.Expr) else None
        if isinstance(call, ast.Call) and isinstance(names.get(getattr(call.func, "id", "")), Goal):
            tries += 1
            feedback = eval(ast.unparse(call), names)
            assert not feedback, f"{cell.source}: {feedback}"
            (saved,) = (output["data"]["text/plain"] for output in cell.outputs)
            assert saved == repr(feedback), "save the notebook again"
    assert tries, "no cell calls the goal with a layer"


@each_solution
def test_no_right_layer_stands_in_the_notebook(solutions):
    for path in (FOLDER / f"{solutions.stem}.ipynb", FOLDER / "ru" / f"{solutions.stem}.ipynb"):
        text = shown(nbformat.read(path, as_version=4).cells)
        for code in right_layers(solutions):
            assert plain(code) not in text, f"{code} is a right answer, and stands in {path}"


@each_solution
def test_the_russian_solutions_are_the_same_but_for_their_comments(solutions):
    first, *english = ast.parse(solutions.read_text(encoding="utf-8")).body
    told, *russian = ast.parse((FOLDER / "ru/solutions" / solutions.name).read_text(encoding="utf-8")).body
    assert [ast.dump(node) for node in russian] == [ast.dump(node) for node in english]
    assert re.search("[а-я]", told.value.value) and not re.search("[а-я]", first.value.value)
