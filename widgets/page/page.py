"""A recorded tool as one HTML file that asks nothing of anybody: no kernel, no server, no other file."""

import base64
import hashlib
import html
import json
import os
from pathlib import Path
from typing import NamedTuple

from widgets.language import say
from widgets.stage import joined

HERE = Path(__file__).parent
PICTURES = HERE / "recorded_picture.js"  # the module of a tool that is a picture with controls
# Around its stage, a page is laid out as an explorer is.
SHEETS = (HERE.parent / "stage" / "stage.css", HERE.parent / "explorer" / "explorer.css", HERE / "page.css")


class RecordedTool(NamedTuple):
    """A tool as a page has it, whichever file it will stand in: plain data, and the paths of its code and styles."""

    module: Path  # JavaScript that brings to life each place whose `data-tool` is this file's name without its suffix
    record: dict  # for JSON: `controls`, `packed`, and what else the module reads
    words: dict  # all that the module says, by key
    title: str  # of the page
    language: str
    still: str = ""  # HTML without styles: what stands there before and without JavaScript
    figure: bytes = b""  # a PNG above it
    heading: str = ""  # what the tool says above its controls
    notes: tuple = ()  # sentences below it
    sheets: tuple = ()  # style sheets of its own

    @property
    def texts(self):
        """What a page needs in its language beside the record, for JSON."""
        return {"words": self.words, "heading": self.heading, "notes": self.notes}


def single_file(tool):
    """The text of a page with this tool alone.

    Its policy names the hashes of its one script and its one style sheet: it runs and loads nothing else.
    """
    script = joined(tool.module)
    style = "".join(sheet.read_text(encoding="utf-8") for sheet in (*SHEETS, *tool.sheets))
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; base-uri 'none'"
    title, sentence = html.escape(tool.title), html.escape(say("page.open_in_browser"))
    image = base64.b64encode(tool.figure).decode()
    image = f'<img src="data:image/png;base64,{image}" alt="{title}">' if image else ""
    data = {"record": tool.record, "texts": tool.texts}
    data = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f"""<!doctype html>
<html lang="{html.escape(tool.language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main data-tool="{tool.module.stem}" data-record="record">
<h1 class="cn-page-title">{title}</h1>
{image}
{tool.still}
<p>{sentence}</p>
</main>
<script type="application/json" id="record">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""


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
