"""The files around the code agree with one another, and the notebooks are saved as they should be."""

import ast
import graphlib
import json
import os
import re
import shutil
import subprocess
import sys
import warnings
from importlib import metadata
from pathlib import Path

import nbformat
import pytest
import stamp
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

try:
    import tomllib
except ImportError:  # Python 3.10
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
# By the folder of the notebooks that each lists, in its language.
READMES = {
    ROOT / folder: (ROOT / name).read_text(encoding="utf-8")
    for folder, name in {"notebooks": "README.md", "notebooks/ru": "README.ru.md"}.items()
}
README = READMES[ROOT / "notebooks"]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))

EDITIONS = stamp.notebooks(ROOT)  # those in every language

each_notebook = pytest.mark.parametrize(
    "path", EDITIONS, ids=lambda path: path.relative_to(ROOT / "notebooks").with_suffix("").as_posix()
)


each_readme = pytest.mark.parametrize("folder", READMES, ids=lambda path: path.name)


@pytest.fixture(scope="module")
def files():
    """Text of every file that is, or would be, committed: {path: text}. Pictures are left out."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    answer = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    if answer.returncode:
        pytest.skip("this copy of the project is no git repository")
    paths = [Path(name) for name in answer.stdout.split("\0") if name]
    return {
        path: (ROOT / path).read_text(encoding="utf-8")
        for path in paths
        if (ROOT / path).is_file() and path.suffix not in {".png", ".gif"}
    }


def code_cells(path):
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


# Dependencies


def test_environment_yml_installs_this_project_with_all_its_extras_and_nothing_else():
    python, pip, project = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    extras = ",".join(PYPROJECT["project"]["optional-dependencies"])
    assert pip == "pip"
    # Binder's repo2docker takes this spelling, without quotes, for a local project.
    assert project == {"pip": [f"-e .[{extras}]"]}
    name, version = python.split("=")
    assert name == "python"
    assert version in SpecifierSet(PYPROJECT["project"]["requires-python"])


def test_every_dependency_has_its_reason_beside_it():
    lines = (ROOT / "pyproject.toml").read_text(encoding="utf-8").splitlines()
    extras = PYPROJECT["project"]["optional-dependencies"].values()
    for wanted in [*PYPROJECT["project"]["dependencies"], *(one for extra in extras for one in extra)]:
        (line,) = [line for line in lines if line.strip().startswith(f'"{wanted}"')]
        assert len(line.partition("#")[2].split()) >= 3, line


def hosted():
    """The versions of the hosted notebook service: {name: version}."""
    lines = (ROOT / "tests" / "hosted.txt").read_text(encoding="utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_installing_on_the_hosted_service_replaces_nothing_there():
    wanted = {r.name: r.specifier for r in map(Requirement, PYPROJECT["project"]["dependencies"])}
    assert wanted.keys() <= hosted().keys()
    assert [name for name in wanted if hosted()[name] not in wanted[name]] == []


def test_the_hosted_versions_are_dated_and_their_python_is_one_that_we_allow():
    title = (ROOT / "tests" / "hosted.txt").read_text(encoding="utf-8").split("tensorflow==")[0]
    assert re.search(r"\b20\d\d-[01]\d\b", title)
    (python,) = re.findall(r"Python (3\.\d+)", title)
    assert python in SpecifierSet(PYPROJECT["project"]["requires-python"])
    assert f"PYTHON_HOSTED ?= python{python}" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_continuous_integration_runs_both_sets_of_versions():
    lines = (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines()
    assert {"make hosted", "make test"} <= set(lines)


@pytest.mark.skipif("hosted" not in Path(sys.prefix).name, reason="these are the newest versions; see `make hosted`")
def test_the_second_environment_holds_the_hosted_versions():
    assert {name: metadata.version(name) for name in hosted()} == hosted()


# The address


def test_every_place_that_holds_the_address_is_stamped():
    assert [str(path) for path, _ in stamp.differing(ROOT)] == []


def test_the_address_is_written_by_hand_only_in_pyproject_toml(files):
    address = stamp.repository(files.pop(Path("pyproject.toml")))
    holders = {path for path, text in files.items() if stamp.slug(address) in text}
    assert holders <= {*(path.relative_to(ROOT) for path in [*ROOT.glob("README*.md"), *EDITIONS])}


def test_stamping_another_address_leaves_none_of_the_old_one():
    old, new = stamp.repository((ROOT / "pyproject.toml").read_text()), "https://github.com/someone/a-fork"
    texts = [stamp.stamp_readme(path.read_text(encoding="utf-8"), new) for path in ROOT.glob("README*.md")]
    assert all(re.search(r"\]\(https://someone\.github\.io/a-fork/(ru/)?\)\*\*", text) for text in texts)
    for path in EDITIONS:
        name = path.relative_to(ROOT / "notebooks").as_posix()
        texts.append(json.dumps(stamp.stamp_notebook(json.loads(path.read_text(encoding="utf-8")), name, new)))
    assert all("someone/a-fork" in text and stamp.slug(old) not in text for text in texts)


def test_stamping_adds_a_badge_and_a_setup_cell_once():
    title = {"cell_type": "markdown", "id": "a", "metadata": {}, "source": ["# Title\n", "\n", "Promise."]}
    code = {"cell_type": "code", "id": "b", "metadata": {}, "source": ["1 + 1"], "outputs": []}
    once = stamp.stamp_notebook({"cells": [title, code]}, "x.ipynb", "https://github.com/a/b")
    assert [cell["id"] for cell in once["cells"]] == ["a", "setup", "b"]
    assert "".join(once["cells"][0]["source"]) == (
        '# Title\n\n<a href="https://colab.research.google.com/github/a/b/blob/main/notebooks/x.ipynb">'
        '<img src="https://colab.research.google.com/assets/colab-badge.svg" alt="Open in Colab"></a>\n\nPromise.'
    )
    assert '    address = "https://github.com/a/b"\n' in once["cells"][1]["source"]
    assert stamp.stamp_notebook(once, "x.ipynb", "https://github.com/a/b") == once


def test_stamping_a_russian_notebook_chooses_russian_and_says_all_in_russian():
    english, russian = (stamp.setup_source("https://github.com/a/b", language) for language in ("", "ru"))
    assert russian.endswith('\n\nimport widgets\n\nwidgets.set_language("ru")')
    assert [said for said in stamp.SAID["ru"] if said not in english + stamp.BADGE or said in russian] == []
    trees = [ast.parse(text) for text in (english, russian.rpartition("\n\nimport")[0])]
    for text in (node for tree in trees for node in ast.walk(tree) if isinstance(getattr(node, "value", 0), str)):
        text.value = ""
    assert ast.dump(trees[0]) == ast.dump(trees[1])
    cells = [{"cell_type": kind, "id": kind, "metadata": {}, "source": "# A"} for kind in ("markdown", "code")]
    badge = stamp.stamp_notebook({"cells": cells}, "ru/x.ipynb", "https://github.com/a/b")["cells"][0]["source"][2]
    assert "/a/b/blob/main/notebooks/ru/x.ipynb" in badge and 'alt="Открыть в Colab"' in badge


@pytest.mark.parametrize("address", ["https://a.org/b/c", "https://github.com/a/b/c", "https://github.com/a/b.git"])
def test_an_address_that_colab_cannot_open_is_refused(address):
    assert stamp.repository('Repository = "https://github.com/a/b"') == "https://github.com/a/b"
    with pytest.raises(ValueError, match=f"must be https://github.com/OWNER/NAME.*Received: {address}"):
        stamp.repository(f'Repository = "{address}"')


# The README


@each_readme
def test_the_table_in_the_readme_lists_every_notebook(folder):
    at = folder.relative_to(ROOT).as_posix()
    row = rf"^\| \[(\w+)\]\({at}/(\w+)\.ipynb\) \|.*/{at}/(\w+)\.ipynb\)"
    rows = re.findall(row, READMES[folder], re.MULTILINE)
    assert rows == [(path.stem,) * 3 for path in sorted(folder.glob("*.ipynb"))]


@each_readme
def test_the_first_notebook_lists_the_notebooks_in_the_words_and_minutes_of_the_readme(folder):
    def rows(text, cells):
        lines = [line.split(" | ") for line in text.splitlines() if re.match(r"\| \[?\d\d_", line)]
        return [[line[cell].strip("| ") for cell in cells] for line in lines]

    first = json.loads((folder / NOTEBOOKS[0].name).read_text(encoding="utf-8"))["cells"]
    told = rows("\n".join("".join(cell["source"]) for cell in first), (1, 2))
    in_readme = rows(READMES[folder], (2, 3))
    assert told[1:] == in_readme[1:]
    assert told[0][1] == in_readme[0][1]  # of itself it speaks in other words
    assert [minutes for _, minutes in told if not 5 <= int(re.match(r"\d+", minutes)[0]) <= 60] == []


@each_notebook
def test_every_notebook_has_a_small_picture_with_words_in_the_readme(path):
    (row,) = [line for line in READMES[path.parent].splitlines() if line.startswith(f"| [{path.stem}]")]
    words, name = re.search(r"!\[([^]]+)\]\((notebooks/images/\w+\.png)\)", row).groups()
    assert len(words.split()) >= 5
    assert name == f"notebooks/images/{path.stem}.png"
    assert (ROOT / name).stat().st_size <= 40_000


def test_the_notebooks_lead_from_one_to_the_next_and_the_first_lists_them_all():
    def links(cells):
        return re.findall(r"\]\((\w+)\.ipynb\)", "\n".join("".join(cell["source"]) for cell in cells))

    names = [path.stem for path in NOTEBOOKS]
    cells = [json.loads(path.read_text(encoding="utf-8"))["cells"] for path in NOTEBOOKS]
    assert set(names[1:]) <= set(links(cells[0]))
    for i, name in enumerate(names):
        text = "\n".join("".join(cell["source"]) for cell in cells[i])
        after = re.split(r"^(?:# Next|Next:)", text, flags=re.MULTILINE)[1]
        assert re.search(r"\]\((\w+)\.ipynb\)", after)[1] == names[(i + 1) % len(names)], name


@each_readme
def test_every_file_that_the_readme_links_to_exists(folder):
    links = [link.split("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", READMES[folder]) if "://" not in link]
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_continuous_integration_ends_with_the_test_command_of_the_readme():
    assert "`make test`" in README
    assert (ROOT / ".ci/run").read_text().splitlines()[-1] == "make test"


MAKE = shutil.which("make")


@pytest.mark.skipif(MAKE is None, reason="there is no make here")
def test_make_lab_sets_up_and_opens_the_first_notebook():
    command = [MAKE, "-n", "--no-print-directory", "-W", "pyproject.toml", "lab", "ARGS="]
    plain = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    answer = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True)
    *before, last = answer.stdout.strip().splitlines()
    assert any("pip install" in line for line in before)
    notebook, folder = re.search(r"jupyter lab --LabApp.default_url=/lab/tree/(\S+) +(\S+)$", last).groups()
    assert ROOT / folder / notebook == NOTEBOOKS[0]


SKIPPABLE = {
    "node": ([MAKE, "js"], "SKIPPED the JavaScript tests: node is missing."),
    "Chromium": ([sys.executable, "-m", "pytest", "-rs", "tests/browser/test_predict.py"], "no Chromium found"),
    "Python 3.13": ([MAKE, "hosted", "FOUND_HOSTED="], "SKIPPED the hosted versions: Python 3.13 with venv"),
}


@pytest.mark.long
@pytest.mark.skipif(MAKE is None, reason="there is no make here")
@pytest.mark.parametrize("program", SKIPPABLE)
def test_a_part_whose_outside_program_is_missing_is_skipped_aloud_and_fails_in_ci(program, tmp_path):
    command, said = SKIPPABLE[program]
    nowhere = {name: value for name, value in os.environ.items() if name not in {"CI", "CHROMIUM", "MAKEFLAGS"}}
    nowhere["PATH"] = str(tmp_path)

    def run(**more):
        return subprocess.run(command, cwd=ROOT, env=nowhere | more, capture_output=True, text=True)

    alone, in_ci = run(), run(CI="true")
    assert said in alone.stdout
    assert "install" in alone.stdout.split(said)[1]
    assert alone.returncode == 0
    assert said in in_ci.stdout
    assert in_ci.returncode != 0


# The notebooks


@each_notebook
def test_a_notebook_is_valid_and_its_cells_have_ids_of_their_own(path):
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # nbformat only warns of an id that is missing or used twice
        nbformat.validate(json.loads(path.read_text(encoding="utf-8")))


@each_notebook
def test_a_notebook_holds_no_widget_state(path):
    assert "widgets" not in json.loads(path.read_text(encoding="utf-8"))["metadata"]


@each_notebook
def test_a_notebook_wrote_nothing_to_stderr(path):
    outputs = [output for cell in code_cells(path) for output in cell["outputs"]]
    assert [output for output in outputs if output.get("name") == "stderr"] == []


@each_notebook
def test_an_output_is_compared_unless_it_is_a_time_a_version_or_a_widget(path):
    reasons = r"timeit|\bms\b|\[\"ms\"\]|keras\.(__version__|version\(\))|= predict\(|display\(bar\)"
    exempt = [cell for cell in code_cells(path) if "nbval-ignore-output" in cell["metadata"].get("tags", [])]
    assert [cell["id"] for cell in exempt if not re.search(reasons, "".join(cell["source"]))] == []
    switched = {"nbval-skip", "nbval-raises-exception"}
    tags = [set(cell["metadata"].get("tags", [])) for cell in code_cells(path)]
    assert [found for found in tags if found & switched] == []
    comments = re.findall("# *NBVAL_\\w+", "\n".join("".join(cell["source"]) for cell in code_cells(path)))
    assert comments == []


@each_notebook
def test_every_code_cell_is_saved_as_it_ran_from_top_to_bottom(path):
    # nbval does not compare a cell without a number.
    numbers = [cell["execution_count"] for cell in code_cells(path)]
    assert numbers == list(range(1, len(numbers) + 1))


# What these lessons print for an input of shape (4, 28, 28, 12), in this order.
PRINTED = {
    "01_convolution": "(4, 28, 28, 12) (4, 26, 26, 10) (4, 27, 26, 1) (4, 14, 9, 1) (4, 28, 28, 1) "
    "(2, 2, 12, 6) (6,) (4, 27, 27, 6) (2, 2, 4, 6) (6,) (4, 27, 27, 6)",
    "03_dilated": "(4, 26, 26, 1) (4, 20, 20, 1)",
    "04_transposed": "(4, 13, 13, 1) (4, 57, 57, 1) (4, 32, 32, 1)",
    "05_separable": "(2, 2, 12, 6) (6,) (4, 27, 27, 6) (2, 2, 12, 1) (1, 1, 12, 6) (6,) (4, 27, 27, 6)",
}


@pytest.mark.parametrize("name", PRINTED)
def test_the_shapes_that_a_lesson_is_about_are_printed_in_their_order(name):
    outputs = [output for cell in code_cells(ROOT / "notebooks" / f"{name}.ipynb") for output in cell["outputs"]]
    found = iter(re.findall(r"\([\d, ]+\)", "".join("".join(output.get("text", "")) for output in outputs)))
    wanted = re.findall(r"\([\d, ]+\)", PRINTED[name])
    assert [shape for shape in wanted if shape not in found] == []  # `in` reads on, so that the order counts


@each_notebook
def test_every_explorer_is_saved_with_its_picture(path):
    shown = [output["data"] for cell in code_cells(path) for output in cell["outputs"] if "data" in output]
    explorers = [data for data in shown if "".join(data["text/plain"]).startswith("<Explorer")]
    assert explorers
    assert [data["text/plain"] for data in explorers if not data.get("image/png", "").startswith("iVBOR")] == []


@each_notebook
def test_no_picture_in_markdown_stops_voila_within_a_jupyter_server(path):
    # Voila 0.5 never finishes such a page there (its issue 1473): on a JupyterHub, on Binder. In HTML it does.
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    assert [cell["id"] for cell in cells if cell["cell_type"] == "markdown" and "![" in "".join(cell["source"])] == []


@each_notebook
def test_a_code_cell_has_at_most_8_lines(path):
    # But for the setup cell: where it fails there is no package yet that could say in its place what to do.
    cells = ["".join(cell["source"]) for cell in code_cells(path) if cell["id"] != "setup"]
    assert [cell for cell in cells if len(cell.splitlines()) > 8] == []


@each_notebook
def test_a_notebook_begins_with_the_setup_cell_which_printed_nothing(path):
    first = code_cells(path)[0]
    address = stamp.repository((ROOT / "pyproject.toml").read_text())
    assert first["id"] == "setup"
    language = path.parent.name if path.parent.name != "notebooks" else ""
    assert "".join(first["source"]) == stamp.setup_source(address, language)
    assert first["outputs"] == []


# Everything that is committed


def test_no_file_names_the_host_of_a_package_registry_or_a_path_of_one_machine(files):
    # In two parts, so that this file does not name them either.
    hosts = ["py" + "pi.org", "python" + "hosted.org", "npm" + "js.", "deb.debian" + ".org"]
    # A letter before the slash makes it part of a web address or of a relative path.
    path = r"(?<![\w.])/(?:root|home|work|tmp|Users)/\w+"
    pattern = re.compile("|".join([*map(re.escape, hosts), path]))
    found = {str(name): pattern.search(text)[0] for name, text in files.items() if pattern.search(text)}
    assert found == {}


# From the ground up. `deformable.py` and `arithmetic.py` are the ground floor.
WINGS = ("language", "facts", "picture", "stage", "page", "explorer", "comparison", "quiz")
MODULES = [path.relative_to(ROOT) for path in sorted((ROOT / "widgets").glob("**/*.py"))]


def imports(path):
    """(module, name) of everything of ours that a file imports, within functions too; a plain import has no name."""
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.split(".")[0] == "widgets")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: write it from `widgets` on"
            if node.module.split(".")[0] == "widgets":
                yield from ((node.module, alias.name) for alias in node.names)


@pytest.mark.parametrize("path", MODULES[1:], ids=str)
def test_a_wing_imports_only_from_wings_below_it_and_through_their_front_doors(path):
    wing = path.parts[1] if len(path.parts) > 2 else ""
    below = WINGS[: WINGS.index(wing)] if wing else ()
    for module, name in imports(path):
        _, first, *room = f"{module}.{name}".split(".") if module == "widgets" else [*module.split("."), name]
        if first not in {"arithmetic", "deformable", wing}:
            assert first in below, f"{module} is above {path}"
            assert len(room) == 1, f"{module} is a room of another wing"


@pytest.mark.parametrize("wing", WINGS)
def test_the_rooms_of_a_wing_import_one_another_in_no_circle(wing):
    rooms = {".".join(path.with_suffix("").parts): path for path in MODULES if path.parts[1] == wing}
    behind = {room: set() for room in rooms if not room.endswith("__init__")}
    for room in behind:
        for module, name in imports(rooms[room]):
            behind[room] |= {module, f"{module}.{name}"} & behind.keys()
    assert list(graphlib.TopologicalSorter(behind).static_order())


# Where a picture and a language say what they have for an operation.
TABLES = {"widgets/picture/picture.py": {"VIEWS", "GATHERED"}, "widgets/quiz/goals.py": {"EXAMPLES"}}


@pytest.mark.parametrize(
    "path", [p for p in MODULES if p.parts[1] != "language" and p.parts[2:3] != ("kinds",)], ids=str
)
def test_no_room_tells_kinds_apart_by_name(path):
    from widgets.facts.kinds import CHAIN, KINDS

    names = {kind.operation for kind in KINDS.values()} | {CHAIN} | KINDS.keys()
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    tables = TABLES.get(path.as_posix(), set()) | {"__all__"}
    body = [
        node
        for node in tree.body
        if not (isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") in tables)
    ]
    written = [node for part in body for node in ast.walk(part) if isinstance(node, ast.Constant)]
    assert [f"line {node.lineno}: {node.value}" for node in written if node.value in names] == []


def test_contributing_lists_every_file_of_the_package():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    listed = re.findall(r"`(\S+)`", " ".join(rows))
    files = [path for path in (ROOT / "widgets").glob("**/*.*") if path.suffix in {".py", ".js", ".css"}]
    rooms = [str(path.relative_to(ROOT / "widgets")) for path in files if path.name != "__init__.py"]
    assert sorted(listed) == sorted(rooms)


@pytest.mark.parametrize("pattern, most", [("*.py", 350), ("*.js", 400)])
def test_a_module_is_short_enough_to_read_in_one_sitting(pattern, most):
    lengths = {path.name: len(path.read_text().splitlines()) for path in (ROOT / "widgets").glob(f"**/{pattern}")}
    assert lengths
    assert {name: length for name, length in lengths.items() if length > most} == {}
