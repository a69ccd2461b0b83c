"""`make translations` shows what has changed in English since a Russian cell was made from it."""

import json
import subprocess

import pytest
import translations

ENGLISH, RUSSIAN = ["One window.\nIt moves.", "Two windows."], ["Одно окно.\nОно движется.", "Два окна."]


def write(path, texts, origins=None):
    """A notebook of these text cells, with ids a, b; each bears the hash of its origin."""
    cells = [{"cell_type": "markdown", "id": name, "metadata": {}, "source": text} for name, text in zip("ab", texts)]
    for cell, origin in zip(cells, origins or ()):
        cell["metadata"][translations.BEARS] = translations.hash_of(origin)
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"cells": cells}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


@pytest.fixture
def folder(tmp_path):
    """A pair of notebooks in step, in a repository; then an English word changes."""
    write(tmp_path / "01.ipynb", ENGLISH)
    write(tmp_path / "ru" / "01.ipynb", RUSSIAN, ENGLISH)
    identity = ["-c", "user.name=test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    for command in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message=in step"]):
        subprocess.run(["git", *identity, *command], cwd=tmp_path, check=True)
    assert translations.main([], tmp_path) == 0
    write(tmp_path / "01.ipynb", [ENGLISH[0].replace("moves", "jumps"), ENGLISH[1]])
    return tmp_path


def test_the_english_change_is_shown_beside_the_russian_cell(folder, capsys):
    assert translations.main([], folder) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "=== 01:a"
    assert {"-It moves.", "+It jumps."} < set(lines)
    assert lines[-4:] == ["--- in Russian", "Одно окно.", "Оно движется.", ""]


def test_where_git_does_not_know_the_translated_text_the_english_of_now_is_shown(folder, capsys):
    write(folder / "ru" / "01.ipynb", RUSSIAN, ["Never written.", ENGLISH[1]])
    assert translations.main([], folder) == 1
    assert capsys.readouterr().out.startswith("=== 01:a\nOne window.\nIt jumps.\n--- in Russian\n")


@pytest.mark.parametrize("which", ["01:a", "all"])
def test_a_renewed_cell_is_in_step_again_and_nothing_else_changes(folder, capsys, which):
    assert translations.main(["--renew", "01:b"], folder) == 1
    assert translations.main(["--renew", which], folder) == 0
    wanted = folder / "wanted.ipynb"
    write(wanted, RUSSIAN, [ENGLISH[0].replace("moves", "jumps"), ENGLISH[1]])
    assert (folder / "ru" / "01.ipynb").read_bytes() == wanted.read_bytes()
    assert translations.main([], folder) == 0
