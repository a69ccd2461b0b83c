"""A notebook opened alone, as on Colab: its first code cell installs the package if it is missing.

Nothing is downloaded: git reads the project's address from a local clone, and pip is told to ask no index.
"""

import json
import os
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest
import stamp

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks" / "00_start_here.ipynb"
ADDRESS = stamp.repository((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

# Where the package came from: its file, and what pip wrote down about its origin.
QUESTION = """\
from widgets import explore
import importlib.metadata, widgets
print(widgets.__file__)
print(importlib.metadata.distribution("convolution-notebooks").read_text("direct_url.json"))
"""


def git(folder, *arguments):
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A repository whose one commit is the work tree as it is now."""
    folder = tmp_path_factory.mktemp("repository") / "clone"
    # Caches change while other tests run.
    ignored = shutil.ignore_patterns(".git", ".venv*", ".*_cache", ".hypothesis", "__pycache__")
    shutil.copytree(ROOT, folder, ignore=ignored)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=the work tree")
    return folder


class Alone:
    """A notebook alone in an empty folder, with an environment that has all but this project."""

    def __init__(self, folder, clone):
        self.clone = clone
        self.environment = folder / "environment"
        self.folder = folder / "notebook"
        self.dependencies = folder / "dependencies"
        self.folder.mkdir()
        self.dependencies.mkdir()
        venv.create(self.environment, symlinks=True)
        for installed in Path(sysconfig.get_path("purelib")).iterdir():
            if "convolution_notebooks" not in installed.name:
                (self.dependencies / installed.name).symlink_to(installed)
        self.packages = next(self.environment.glob("lib/*/site-packages"))
        (self.packages / "dependencies.pth").write_text(f"{self.dependencies}\n")
        outside = {name: os.environ[name] for name in os.environ if not name.startswith(("PYTHON", "PIP_"))}
        self.variables = outside | {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{clone.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": ADDRESS,
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this the other way round; hatchling is here
        }

    def python(self, *arguments, check=True):
        command = [self.environment / "bin" / "python", *arguments]
        answer = subprocess.run(command, cwd=self.folder, env=self.variables, capture_output=True, text=True)
        assert not check or answer.returncode == 0, answer.stderr
        return answer

    def run(self):
        """Run the notebook down to its first code cell, and ask; returns its outputs and the answers."""
        notebook = json.loads(NOTEBOOK.read_text(encoding="utf-8"))
        first = next(i for i, cell in enumerate(notebook["cells"]) if cell["cell_type"] == "code")
        setup = notebook["cells"][first]
        notebook["cells"] = [*notebook["cells"][: first + 1], setup | {"id": "question", "source": QUESTION}]
        path = self.folder / NOTEBOOK.name
        path.write_text(json.dumps(notebook), encoding="utf-8")
        self.python("-m", "nbconvert", "--to=notebook", "--execute", "--inplace", path.name)
        *_, setup, question = json.loads(path.read_text(encoding="utf-8"))["cells"]
        (printed,) = question["outputs"]
        file, origin = "".join(printed["text"]).splitlines()
        return setup["outputs"], Path(file), json.loads(origin)

    def assert_is_ours(self, file, origin):
        assert file == self.packages / "widgets" / "__init__.py"
        # The scripts and style sheets too.
        assert {path.name for path in self.clone.glob("widgets/*.*")} <= {path.name for path in file.parent.iterdir()}
        assert origin["url"] == ADDRESS
        assert origin["vcs_info"]["commit_id"] == git(self.clone, "rev-parse", "HEAD").strip()


@pytest.fixture
def alone(tmp_path, clone):
    return Alone(tmp_path, clone)


def test_the_first_cell_installs_the_package_from_the_address_and_then_does_nothing(alone):
    assert "No module named 'widgets'" in alone.python("-c", "import widgets", check=False).stderr
    _, file, origin = alone.run()
    alone.assert_is_ours(file, origin)

    files = [path for path in alone.packages.rglob("*") if "__pycache__" not in path.parts]
    installed = {path: path.stat().st_mtime_ns for path in files if path.is_file()}
    # Whoever asks for the address now fails.
    alone.variables["GIT_CONFIG_KEY_0"] = f"url.{alone.folder.as_uri()}.insteadOf"
    outputs, file, origin = alone.run()
    assert outputs == []
    alone.assert_is_ours(file, origin)
    assert {path: path.stat().st_mtime_ns for path in installed} == installed


def test_another_package_of_the_same_name_is_no_obstacle(alone):
    stranger = alone.dependencies / "widgets"
    stranger.mkdir()
    (stranger / "__init__.py").write_text("'''Somebody else's widgets.'''\n")
    _, file, origin = alone.run()
    alone.assert_is_ours(file, origin)
