"""A notebook opened alone, as on Colab: its first code cell installs the package, or says in a sentence why not.

Nothing is downloaded: git reads the project's address from a local clone, and pip is told to ask no index.
The cells run in a real kernel, sent at once, as "Run all" does.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sysconfig
import threading
import venv
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import stamp
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[1]
NOTEBOOK = ROOT / "notebooks" / "00_start_here.ipynb"
ADDRESS = stamp.repository((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

CELLS = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
SETUP = next("".join(cell["source"]) for cell in CELLS if cell["cell_type"] == "code")

NO_REPOSITORY = "file:///nowhere"

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
    ignored = shutil.ignore_patterns(".git", ".venv*", ".*_cache", ".hypothesis", "__pycache__", "node_modules")
    shutil.copytree(ROOT, folder, ignore=ignored)
    git(folder, "init", "--quiet")
    git(folder, "add", ".")
    git(folder, "commit", "--quiet", "--message=the work tree")
    return folder


def answers(client, asked):
    """(status, outputs) of the cells with these message ids; an output is (type, content)."""
    statuses, outputs = {}, {name: [] for name in asked}
    while len(statuses) < len(asked):
        reply = client.get_shell_msg(timeout=120)
        if reply["parent_header"]["msg_id"] in asked:
            statuses[reply["parent_header"]["msg_id"]] = reply["content"]["status"]
    running = {name for name, status in statuses.items() if status != "aborted"}
    while running:
        message = client.get_iopub_msg(timeout=30)
        name, kind, content = message["parent_header"].get("msg_id"), message["msg_type"], message["content"]
        if kind == "status" and content["execution_state"] == "idle":
            running -= {name}
        elif name in asked and kind not in ("status", "execute_input"):
            outputs[name].append((kind, content))
    return [(statuses[name], outputs[name]) for name in asked]


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
        settings = ("PYTHON", "PIP_", "GIT_", "SSH_ASKPASS")
        outside = {name: os.environ[name] for name in os.environ if not name.startswith(settings)}
        self.variables = outside | {
            "GIT_CONFIG_GLOBAL": os.devnull,  # it may know a helper that answers for the reader
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_VALUE_0": ADDRESS,
            "PIP_NO_INDEX": "1",
            "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this the other way round; hatchling is here
        }
        self.fetch_from(clone.as_uri())

    def fetch_from(self, address):
        """Let git ask there whenever it is told the project's address."""
        self.variables["GIT_CONFIG_KEY_0"] = f"url.{address}.insteadOf"

    def python(self, *arguments, check=True):
        command = [self.environment / "bin" / "python", *arguments]
        answer = subprocess.run(command, cwd=self.folder, env=self.variables, capture_output=True, text=True)
        assert not check or answer.returncode == 0, answer.stderr
        return answer

    @contextlib.contextmanager
    def kernel(self):
        """A kernel of this environment, as a function: it runs cells and returns (status, outputs) of each."""
        folder = self.environment / "kernels" / "alone"
        folder.mkdir(parents=True, exist_ok=True)
        command = [str(self.environment / "bin" / "python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        spec = {"argv": command, "display_name": "alone", "language": "python"}
        (folder / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
        specs = KernelSpecManager(kernel_dirs=[str(folder.parent)])
        manager = KernelManager(kernel_name="alone", kernel_spec_manager=specs)
        manager.start_kernel(cwd=str(self.folder), env=self.variables)
        client = manager.client()
        client.start_channels()
        try:
            client.wait_for_ready(timeout=120)
            yield lambda *sources: answers(client, [client.execute(source, allow_stdin=False) for source in sources])
        finally:
            client.stop_channels()
            manager.shutdown_kernel(now=True)

    def installed(self):
        """Run the setup cell, which may show nothing, and ask; returns the answers."""
        with self.kernel() as run_all:
            setup, (_, printed) = run_all(SETUP, QUESTION)
        assert setup == ("ok", [])
        file, origin = "".join(content["text"] for _, content in printed).splitlines()
        return Path(file), json.loads(origin)

    def refusal(self):
        """Run the setup cell, which has to stop "Run all"; returns the one sentence and what pip said, if it ran."""
        with self.kernel() as run_all:
            (status, outputs), (after, _) = run_all(SETUP, "print('the next cell')")
            # For a moment after an error the kernel gives back whatever comes, unread.
            again = iter(lambda: run_all("print(pip.stderr if 'pip' in globals() else None)")[0], None)
            printed = next(outputs for status, outputs in again if status != "aborted")
        assert (status, after) == ("error", "aborted")
        assert [kind for kind, _ in outputs] == ["error"]
        ((_, error),) = outputs
        sentence = error["evalue"]
        assert error["traceback"] == [sentence]
        assert "pip install widgets" not in sentence  # that would be somebody else's
        return sentence, "".join(content["text"] for _, content in printed)

    def assert_is_ours(self, file, origin):
        assert file == self.packages / "widgets" / "__init__.py"
        # The scripts and style sheets too.
        ours = {path.relative_to(self.clone / "widgets") for path in self.clone.glob("widgets/**/*.*")}
        assert ours <= {path.relative_to(file.parent) for path in file.parent.glob("**/*.*")}
        assert origin["url"] == ADDRESS
        assert origin["vcs_info"]["commit_id"] == git(self.clone, "rev-parse", "HEAD").strip()


@pytest.fixture
def alone(tmp_path, clone):
    return Alone(tmp_path, clone)


def test_the_first_cell_installs_the_package_from_the_address_and_then_does_nothing(alone):
    assert "No module named 'widgets'" in alone.python("-c", "import widgets", check=False).stderr
    file, origin = alone.installed()
    alone.assert_is_ours(file, origin)

    files = [path for path in alone.packages.rglob("*") if "__pycache__" not in path.parts]
    installed = {path: path.stat().st_mtime_ns for path in files if path.is_file()}
    # Whoever asks for the address now fails.
    alone.fetch_from(NO_REPOSITORY)
    file, origin = alone.installed()
    alone.assert_is_ours(file, origin)
    assert {path: path.stat().st_mtime_ns for path in installed} == installed


def test_another_package_of_the_same_name_is_no_obstacle(alone):
    stranger = alone.dependencies / "widgets"
    stranger.mkdir()
    (stranger / "__init__.py").write_text("from widgets import compare\n")
    (stranger / "compare.py").write_text("'''Also the name of a module of ours.'''\n")
    file, origin = alone.installed()
    alone.assert_is_ours(file, origin)


NOT_INSTALLED = (
    f"The package at {ADDRESS} could not be installed. Check the network connection and the address; "
    "print(pip.stderr) tells more. Then restart the kernel, and run this cell again."
)


class AskForPassword(BaseHTTPRequestHandler):
    """What a host of repositories answers when there is none at an address, lest it tell which ones are private."""

    def do_GET(self):
        self.send_response(401)
        self.send_header("WWW-Authenticate", "Basic")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *arguments):
        pass


@pytest.fixture
def host_without_the_repository():
    server = HTTPServer(("127.0.0.1", 0), AskForPassword)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/nobody/nothing"
    server.shutdown()
    server.server_close()


def test_a_wrong_address_ends_in_one_sentence_that_names_it_and_stops_run_all(alone):
    alone.fetch_from(NO_REPOSITORY)
    sentence, pip_said = alone.refusal()
    assert sentence == NOT_INSTALLED
    assert "fatal: '/nowhere' does not appear to be a git repository" in pip_said


def test_a_host_that_asks_for_a_password_is_not_waited_for(alone, host_without_the_repository):
    alone.fetch_from(host_without_the_repository)
    sentence, pip_said = alone.refusal()
    assert sentence == NOT_INSTALLED
    assert "terminal prompts disabled" in pip_said


def test_without_git_the_sentence_is_the_same_and_what_pip_said_tells_why(alone):
    alone.variables["PATH"] = str(alone.folder)
    sentence, pip_said = alone.refusal()
    assert sentence == NOT_INSTALLED
    assert "Cannot find command 'git'" in pip_said


def test_another_package_that_stays_in_the_way_is_named(alone):
    (alone.folder / "widgets.py").touch()
    (alone.folder / "pip.py").touch()  # runs in place of pip, and is content
    assert alone.refusal()[0] == (
        f"The package at {ADDRESS} cannot be imported: cannot import name 'explore' from 'widgets' "
        f"({alone.folder / 'widgets.py'}). If another package called widgets is in the way, rename it. "
        "Then restart the kernel, and run this cell again."
    )


def test_a_package_that_is_there_and_refuses_says_so_itself(alone):
    (alone.folder / "pip.py").touch()
    (alone.folder / "tensorflow.py").touch()
    (alone.folder / "keras.py").write_text("__version__ = '2.15.0'\n")
    alone.variables["PYTHONPATH"] = str(ROOT)
    sentence, _ = alone.refusal()
    assert sentence.startswith(f"The package at {ADDRESS} cannot be imported: `widgets` needs Keras 3.")
