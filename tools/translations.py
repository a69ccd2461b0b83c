"""Lists the translated cells whose English text has changed since, with that change beside the translation.

    python tools/translations.py                                     of all languages, as notebooks/ru/
    python tools/translations.py --renew ru/01_convolution:stride    the cell says it too: renew its hash

A translated text cell bears the hash of the English text that it was made from; git still has that text. `--renew all`
renews every hash.
"""

import ast
import difflib
import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
BEARS = "translation_of"  # the name of the hash in a cell's metadata
CYRILLIC = re.compile("[А-Яа-яЁё]")


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
    """(English path, translated path) of every translated notebook in a folder."""
    return [(folder / path.name, path) for path in sorted(folder.glob("[a-z][a-z]/*.ipynb"))]


def stale(english, translated):
    """(id, English text now, translated cell) of the text cells that bear the hash of another text."""
    now = cells(english.read_text(encoding="utf-8"))
    for name, cell in cells(translated.read_text(encoding="utf-8")).items():
        text = source(now[name]) if name in now else ""
        if cell["cell_type"] == "markdown" and cell["metadata"].get(BEARS) != hash_of(text):
            yield name, text, cell


def same_code(one, other):
    """Whether two syntax trees differ at most in strings that are Russian in the other one."""
    if isinstance(one, ast.JoinedStr) and isinstance(other, ast.JoinedStr):
        # In another order of words, text may come before a value or go.
        texts = [[p.value for p in tree.values if isinstance(p, ast.Constant)] for tree in (one, other)]
        values = [[p for p in tree.values if not isinstance(p, ast.Constant)] for tree in (one, other)]
        return same_code(*values) and all(CYRILLIC.search(text) or text in texts[0] for text in texts[1])
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same_code, one, other))
    if type(one) is not type(other):
        return False
    if isinstance(one, ast.AST):
        return all(same_code(value, getattr(other, name)) for name, value in ast.iter_fields(one))
    return one == other or isinstance(one, str) and bool(CYRILLIC.search(other))


def translated_text(path, name, bears):
    """The text with this hash that the cell had in an earlier commit; None where git knows none."""

    def git(*arguments):
        command = ["git", *arguments]
        return subprocess.run(command, cwd=path.parent, capture_output=True, text=True, encoding="utf-8").stdout

    for commit in git("log", "--format=%h", "--", path.name).split():
        before = cells(git("show", f"{commit}:./{path.name}") or '{"cells": []}').get(name)
        if before and hash_of(source(before)) == bears:
            return source(before)


def told(english, place, text, cell):
    """What a translator has to see of the stale cell at a place such as "ru/01_convolution:stride"."""
    before = translated_text(english, cell["id"], cell["metadata"].get(BEARS))
    change = text.splitlines()
    if before is not None:
        change = list(difflib.unified_diff(before.splitlines(), change, "translated", "now", lineterm="", n=1))
    return "\n".join([f"=== {place}", *change, "--- the translation", source(cell), ""])


def renew(translated, found):
    """Write the hash of the English text as it is, found[id], into these cells of a translated notebook."""
    notebook = json.loads(translated.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        if cell["id"] in found:
            cell["metadata"][BEARS] = hash_of(found[cell["id"]])
    translated.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def main(arguments, folder=ROOT / "notebooks"):
    """Lists, or renews; returns the exit code, 1 where a cell stays stale."""
    if arguments and arguments[0] != "--renew":
        print(__doc__)
        return 2
    wanted, stays = {*arguments[1:]}, False
    for english, translated in editions(folder):
        renewed = {}
        for name, text, cell in stale(english, translated):
            place = f"{translated.parent.name}/{translated.stem}:{name}"
            if wanted & {"all", place}:
                renewed[name] = text
            else:
                print(told(english, place, text, cell))
                stays = True
        if renewed:
            renew(translated, renewed)
    return int(stays)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
