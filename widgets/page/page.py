"""A recorded tool as one HTML file that asks nothing of anybody: no kernel, no server, no other file."""

import base64
import hashlib
import html
import json
import os
from pathlib import Path

from widgets.stage import joined

HERE = Path(__file__).parent
STAGE = HERE.parent / "stage"


def single_file(title, record, figure, facts, sentence, language):
    """The page's text. `figure` (a PNG), `facts` (label and value) and `sentence` are what it shows without JavaScript.

    Its policy names the hashes of its one script and its one style sheet: it runs and loads nothing else.
    """
    script = joined(HERE / "recorded_tool.js")
    style = "".join((folder / name).read_text(encoding="utf-8") for folder, name in SHEETS)
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; img-src data:; base-uri 'none'"
    escaped = html.escape
    rows = "".join(f"<dt>{escaped(label)}</dt><dd>{escaped(value)}</dd>" for label, value in facts)
    image = base64.b64encode(figure).decode()
    data = json.dumps(record, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return f"""<!doctype html>
<html lang="{escaped(language)}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escaped(title)}</title>
<style>{style}</style>
</head>
<body>
<main data-record="record">
<h1 class="cn-page-title">{escaped(title)}</h1>
<img src="data:image/png;base64,{image}" alt="{escaped(title)}">
<dl>{rows}</dl>
<p>{escaped(sentence)}</p>
</main>
<script type="application/json" id="record">{data}</script>
<script type="module">{script}</script>
</body>
</html>
"""


SHEETS = ((STAGE, "stage.css"), (HERE, "page.css"))


def _hash(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def write_whole(path, text):
    """Write a file that is there whole or not at all."""
    part = path.with_name(path.name + ".part")
    try:
        part.write_text(text, encoding="utf-8", newline="\n")
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
