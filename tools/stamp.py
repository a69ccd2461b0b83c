"""Writes the repository's address, which pyproject.toml states, into README.md, README.ru.md and the notebooks.

    python tools/stamp.py            writes
    python tools/stamp.py --check    changes nothing; exits with 1 and names the files that differ

Only what holds the address is written. In a README: the Colab, Binder, JupyterHub and site links, the commands. In a
notebook: the Colab badge (first Markdown cell) and the setup cell (first code cell), added where missing. The setup
cell installs the package from that address where it is missing, and says in one sentence what to do where it cannot.
In a folder named after a language, as notebooks/ru is, the cell also chooses that language.
"""

import copy
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Not %pip: it fills two screens where it fails, and waits for ever where git asks for a password. Not an ImportError:
# below that Colab advises to install what is missing, and the `widgets` of the package index is somebody else's.
SETUP = """\
import os
import subprocess
import sys

try:
    from widgets import explore
except ImportError:  # this notebook was opened alone, as on Colab
    address = "{address}"
    command = [sys.executable, "-m", "pip", "install", "--no-input", f"git+{address}"]
    pip = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"GIT_TERMINAL_PROMPT": "0"})
    for name in [name for name in sys.modules if name.split(".")[0] == "widgets"]:
        del sys.modules[name]  # another package of that name may be loaded
    try:
        from widgets import explore
    except ImportError as error:
        why = f"cannot be imported: {error}. If another package called widgets is in the way, rename it"
        if pip.returncode:
            why = "could not be installed. Check the network connection and the address; print(pip.stderr) tells more"
        stop = RuntimeError(f"The package at {address} {why}. Then restart the kernel, and run this cell again.")
        stop._render_traceback_ = lambda: [str(stop)]  # the sentence alone
        raise stop from None"""

CHOICE = """

import widgets

widgets.set_language("{language}")"""

# What the setup cell and the badge say in another language: the package, which has all other words, is not there yet.
SAID = {
    "ru": {
        "this notebook was opened alone, as on Colab": "ноутбук открыт сам по себе, как в Colab",
        "another package of that name may be loaded": "мог быть загружен другой пакет с этим именем",
        "cannot be imported: {error}. If another package called widgets is in the way, rename it": (
            "не импортируется: {error}. Если мешает другой пакет с именем widgets, его нужно переименовать"
        ),
        "could not be installed. Check the network connection and the address; print(pip.stderr) tells more": (
            "не установился. Проверим сеть и адрес; подробности покажет print(pip.stderr)"
        ),
        "The package at {address} {why}. Then restart the kernel, and run this cell again.": (
            "Пакет {address} {why}. Потом перезапустим ядро Jupyter и запустим эту ячейку ещё раз."
        ),
        "the sentence alone": "только эта фраза",
        "Open in Colab": "Открыть в Colab",
    },
}

NEW_CELL = {"id": "setup", "metadata": {}, "outputs": [], "execution_count": None}

# In HTML: a picture in Markdown stops Voila where it runs within a Jupyter server (its issue 1473).
BADGE = (
    '<a href="https://colab.research.google.com/github/{slug}/blob/main/notebooks/{name}">'
    '<img src="https://colab.research.google.com/assets/colab-badge.svg" alt="Open in Colab"></a>'
)


def repository(pyproject):
    """The address in the text of pyproject.toml: "https://github.com/OWNER/NAME".

    Raises:
        ValueError: the address is of another form; Colab opens notebooks from GitHub only.
    """
    # Python 3.10 has no tomllib, and one line needs none.
    found = re.search(r'^Repository = "(.*)"$', pyproject, re.MULTILINE)
    address = found[1] if found else None
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+(?<!\.git)", address or ""):
        raise ValueError(
            "`Repository` in pyproject.toml must be https://github.com/OWNER/NAME, as Colab opens notebooks "
            f"from GitHub only. Received: {address}. Correct that line, then run `make stamp`."
        )
    return address


def slug(address):
    """The address's last two parts, "OWNER/NAME"."""
    return "/".join(address.split("/")[-2:])


def stamp_readme(text, address):
    """A README's text with every earlier address replaced."""
    name = r"[\w.-]+/[\w.-]+"
    text = re.sub(rf"(colab\.research\.google\.com/github/){name}", rf"\g<1>{slug(address)}", text)
    text = re.sub(rf"(mybinder\.org/v2/gh/){name}", rf"\g<1>{slug(address)}", text)
    owner, project = slug(address).split("/")
    # In bold: the link to the site. Others that GitHub hosts are sources.
    text = re.sub(r"(?<=https://)[\w-]+\.github\.io/[\w.-]+/(?=(?:\w+/)?\)\*\*)", f"{owner}.github.io/{project}/", text)
    return re.sub(rf"(git clone |git\+|repo=)https://github\.com/{name}", rf"\g<1>{address}", text)


def stamp_notebook(notebook, name, address):
    """A copy of the notebook (as a dict) with its badge and its setup cell in place.

    The name is the file's as seen from notebooks/: "01.ipynb", or "ru/01.ipynb" in Russian.
    """
    language = name.rpartition("/")[0]
    notebook = copy.deepcopy(notebook)
    first = {cell["cell_type"]: cell for cell in reversed(notebook["cells"])}
    title, setup = first["markdown"], first["code"]
    if setup.get("id") != NEW_CELL["id"]:
        notebook["cells"].insert(notebook["cells"].index(setup), setup := setup | NEW_CELL)
    badge = _in_language(BADGE, language).format(slug=slug(address), name=name)
    _set_text(title, _with_badge(_text(title), badge))
    _set_text(setup, setup_source(address, language))
    return notebook


def setup_source(address, language=""):
    """The setup cell's text; that of the English notebooks needs no language."""
    source = _in_language(SETUP, language) + (CHOICE.replace("{language}", language) if language else "")
    return source.replace('"{address}"', f'"{address}"')  # not format(): the cell has braces of its own


def _in_language(text, language):
    """A text of this file with what it says in another language."""
    for english, own in SAID.get(language, {}).items():
        text = text.replace(english, own)
    return text


def _with_badge(text, badge):
    """The text of a title cell with its badge replaced, or put below the title."""
    lines = text.split("\n")
    if any("/colab-badge.svg" in line for line in lines):
        return "\n".join(badge if "/colab-badge.svg" in line else line for line in lines)
    return "\n".join([lines[0], "", badge, *lines[1:]])


def _text(cell):
    return "".join(cell["source"])


def _set_text(cell, text):
    # Left alone when equal: a source may be stored as one string or as lines.
    if _text(cell) != text:
        cell["source"] = text.splitlines(keepends=True)


def notebooks(root):
    """Every notebook under root: the English ones, then those of further languages."""
    folder = root / "notebooks"
    return sorted(folder.glob("*.ipynb")) + sorted(folder.glob("[a-z][a-z]/*.ipynb"))


def differing(root):
    """(path, new text) of every file under root whose address is not pyproject.toml's."""
    address = repository((root / "pyproject.toml").read_text(encoding="utf-8"))
    for readme in sorted(root.glob("README*.md")):
        old = readme.read_text(encoding="utf-8")
        new = stamp_readme(old, address)
        if new != old:
            yield readme, new
    for path in notebooks(root):
        old = json.loads(path.read_text(encoding="utf-8"))
        new = stamp_notebook(old, path.relative_to(root / "notebooks").as_posix(), address)
        if new != old:
            yield path, json.dumps(new, indent=1, ensure_ascii=False) + "\n"


def main(arguments):
    """Stamps, or with --check only looks; returns the exit code."""
    checking = arguments == ["--check"]
    if arguments and not checking:
        print(__doc__)
        return 2
    found = list(differing(ROOT))
    for path, text in found:
        name = path.relative_to(ROOT)
        if checking:
            print(f"{name} differs from the address in pyproject.toml. Run `make stamp`.")
        else:
            path.write_text(text, encoding="utf-8")
            print(f"stamped {name}")
    return int(checking and bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
