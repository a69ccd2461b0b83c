"""Lists the Russian cells whose English text has changed since, with that change beside the Russian text.

    python tools/translations.py                                  all of notebooks/ru/
    python tools/translations.py --renew 01_convolution:stride    the Russian cell says it too: renew its hash

A Russian text cell bears the hash of the English text that it was made from; git still has that text. `--renew all`
renews every hash.
"""

import difflib
import hashlib
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BEARS = "translation_of"  # the name of the hash in a cell's metadata


def source(cell):
    """A cell's text; files keep it as one string or as lines."""
    return "".join(cell["source"])


def hash_of(text):
    """The hash that a cell translated from this text bears."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def cells(text):
    """The cells of a notebook's file by their ids."""
    return {cell["id"]: cell for cell in json.loads(text)["cells"]}


def editions(folder):
    """(English path, Russian path) of every notebook in a folder that has both."""
    pairs = [(path, folder / "ru" / path.name) for path in sorted(folder.glob("*.ipynb"))]
    return [(english, russian) for english, russian in pairs if russian.is_file()]


def stale(english, russian):
    """(id, English text now, Russian cell) of the text cells that bear the hash of another text."""
    now = cells(english.read_text(encoding="utf-8"))
    for name, cell in cells(russian.read_text(encoding="utf-8")).items():
        text = source(now[name]) if name in now else ""
        if cell["cell_type"] == "markdown" and cell["metadata"].get(BEARS) != hash_of(text):
            yield name, text, cell


def translated_text(path, name, bears):
    """The text with this hash that the cell had in an earlier commit; None where git knows none."""

    def git(*arguments):
        command = ["git", *arguments]
        return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, encoding="utf-8").stdout

    for commit in git("log", "--format=%h", "--", path.name).split():
        before = cells(git("show", f"{commit}:./{path.name}") or '{"cells": []}').get(name)
        if before and hash_of(source(before)) == bears:
            return source(before)


def told(english, name, text, cell):
    """What a translator has to see of a stale cell."""
    before = translated_text(english, name, cell["metadata"].get(BEARS))
    change = text.splitlines()
    if before is not None:
        change = list(difflib.unified_diff(before.splitlines(), change, "translated", "now", lineterm="", n=1))
    return "\n".join([f"=== {english.stem}:{name}", *change, "--- in Russian", source(cell), ""])


def renew(russian, found):
    """Write the hash of the English text as it is into these cells of a Russian notebook."""
    notebook = json.loads(russian.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["id"] in found:
            cell["metadata"][BEARS] = hash_of(found[cell["id"]])
    russian.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments, folder=ROOT / "notebooks"):
    """Lists, or renews; returns the exit code, 1 where a cell stays stale."""
    if arguments and arguments[0] != "--renew":
        print(__doc__)
        return 2
    wanted, stays = arguments[1:], False
    for english, russian in editions(folder):
        found = {name: (text, cell) for name, text, cell in stale(english, russian)}
        renewed = {name: text for name, (text, _) in found.items() if {"all", f"{english.stem}:{name}"} & {*wanted}}
        if renewed:
            renew(russian, renewed)
        for name in [name for name in found if name not in renewed]:
            print(told(english, name, *found[name]))
            stays = True
    return int(stays)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
