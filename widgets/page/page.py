"""A recorded tool as one HTML file that asks nothing of anybody: no kernel, no server, no other file."""

import base64
import hashlib
import html
import json
import os
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from typing import NamedTuple

from widgets.language import say
from widgets.stage import joined

HERE = Path(__file__).parent
RECORDED_EXPLORER = HERE / "recorded_explorer.js"  # the module of an explorer on a page
# Around its stage, a page is laid out as an explorer is.
_SHEETS = (
    "stage/stage.css",
    "stage/number_tables.css",
    "explorer/explorer.css",
    "stage/full_screen.css",
    "page/page.css",
)
SHEETS = tuple(HERE.parent / name for name in _SHEETS)


class RecordedTool(NamedTuple):
    """A tool as a page has it, whichever file it will stand in: plain data, and the paths of its code and styles."""

    # JavaScript that brings to life each place whose `data-tool` is this file's name without its suffix; None where
    # there is nothing to bring to life: then all of it is `still`
    module: Path | None
    record: dict  # for JSON, without words: `controls`, `packed`, and what else the module reads
    words: dict  # all that the module says, by key, and the language of it
    title: str  # of the page
    notebook: str  # the name of the one where a kernel does more
    still: str = ""  # HTML without styles: what stands there before and without JavaScript
    figure: bytes = b""  # a PNG above it
    own_texts: dict = {}  # what this tool alone says, for JSON: what it asks, say
    notes: tuple = ()  # sentences below it
    sheets: tuple = ()  # style sheets of its own

    @property
    def texts(self):
        """What a page needs in its language beside the record, for JSON."""
        return {"words": self.words, "notes": self.notes, **self.own_texts}


def single_file(tool):
    """The text of a page with this tool alone.

    Its policy names the hashes of its one script and its one style sheet: it runs and loads nothing else.
    """
    script = joined(tool.module) if tool.module else ""
    style = "".join(sheet.read_text(encoding="utf-8") for sheet in (*SHEETS, *tool.sheets))
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; base-uri 'none'"
    title = html.escape(tool.title)
    image = base64.b64encode(tool.figure).decode()
    image = f'<img src="data:image/png;base64,{image}" alt="{title}">' if image else ""
    data = {"record": tool.record, "texts": tool.texts}
    data = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    place, sentence, scripts = "", "", ""
    if tool.module:
        place = f' data-tool="{tool.module.stem}" data-record="record"'
        sentence = f"<p>{html.escape(say('page.open_in_browser'))}</p>"
        scripts = f'<script type="application/json" id="record">{data}</script>\n'
        scripts += f'<script type="module">{script}</script>'
    return f"""<!doctype html>
<html lang="{html.escape(tool.words["language"])}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main{place}>
<h1 class="cn-page-title">{title}</h1>
{image}
{tool.still}
{sentence}
</main>
{_way_to(tool.notebook, tool.words["language"])}
{scripts}
</body>
</html>
"""


def in_colab(repository, path):
    """The address at which Colab opens a notebook of a repository of GitHub's.

    >>> in_colab("https://github.com/OWNER/NAME", "notebooks/01.ipynb")
    'https://colab.research.google.com/github/OWNER/NAME/blob/main/notebooks/01.ipynb'
    """
    return repository.replace("https://github.com", "https://colab.research.google.com/github") + f"/blob/main/{path}"


def _way_to(notebook, language):
    """A link to a notebook, in the reader's language; "" where the package was not installed: no address is known."""
    try:
        repository = dict(url.split(", ") for url in metadata("convolution-notebooks").get_all("Project-URL"))
    except PackageNotFoundError:
        return ""
    folder = "notebooks" if language == "en" else f"notebooks/{language}"
    address = html.escape(in_colab(repository["Repository"], f"{folder}/{notebook}.ipynb"))
    sentence = html.escape(say("page.notebook", name=notebook))
    # A learning platform shows a page in a frame, and Colab opens in none.
    return f'<footer><a href="{address}" target="_blank" rel="noopener">{sentence}</a></footer>'


def _hash(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def write_page(path, recorded):
    """Write a tool, what `recorded()` gives, as a page. Raises ValueError where the path is not that of one."""
    if Path(str(path)).suffix.lower() != ".html":
        raise ValueError(say("page.bad_file", received=path))
    write_whole(path, single_file(recorded()))


def write_whole(path, text):
    """Write a file that is there whole or not at all."""
    path = Path(path)
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
