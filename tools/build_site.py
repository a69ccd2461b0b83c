"""Builds site/: every notebook as a page that answers without a kernel, and an index of them. `make site`.

    python tools/build_site.py                                     all notebooks, in all languages that there are
    python tools/build_site.py 00_start_here ru/00_start_here ...  these alone

Nothing stands inline in a page, and nothing comes from another site: `default-src 'self'` is its policy.
"""

import base64
import hashlib
import html
import json
import os
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jinja2
import stamp
from nbconvert import HTMLExporter
from nbconvert.preprocessors import Preprocessor
from pygments.formatters import HtmlFormatter
from run_lessons import EDITIONS, ROOT, WIDGETS, executed_in_all

from widgets.language.sentences import Words
from widgets.page import SHEETS, SITE_TOOL, in_colab

TEMPLATES = Path(__file__).parent / "site"
SITE = ROOT / "site"

COLOURS = {"light": "default", "dark": "github-dark"}  # of code
OWN_SHEETS = ("quiz/predict.css", "comparison/compare.css")


class Files:
    """What pages share: written once, under names that follow from what is in them."""

    def __init__(self, root):
        self.root = root

    def put(self, folder, content, ending):
        """The file's address within the site."""
        data = content.encode() if isinstance(content, str) else content
        address = f"{folder}/{hashlib.sha256(data).hexdigest()[:16]}.{ending}"
        self.write(address, data)
        return address

    def put_json(self, folder, value):
        """The same for plain data."""
        return self.put(folder, json.dumps(value, ensure_ascii=False, separators=(",", ":")), "json")

    def write(self, address, content):
        """Write a file at this address."""
        path = self.root / address
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


class PageParts(Preprocessor):
    """Makes of a notebook's cells what stands on its page: recorded tools, pictures as files, links to pages."""

    def __init__(self, files, edition, **named):
        super().__init__(**named)
        self.files, self.edition, self.words = files, edition, Words(edition.language)
        self.up = "../" * edition.prefix.count("/")
        self.styles = {}  # what a style attribute says -> its number in the page's own style sheet

    def preprocess(self, notebook, resources):
        asked = False
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                asked = self.words("site.predict").lower() in cell.source.lower()
                cell.source = _page_text(cell.source)
            elif cell.cell_type == "code":
                cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
                worked_in = [self._shown(output, cell) for output in cell.outputs]
                cell.metadata["fold"] = asked and not any(worked_in) and bool(cell.outputs)
                asked = False
        return notebook, resources

    def _shown(self, output, cell):
        """Put what a page shows into one output; returns whether a reader finds the answer by working in it."""
        data = output.get("data", {})
        tool = data.pop(SITE_TOOL, None)
        image = self._image(data, self.words("site.figure"))
        if tool:
            image = self._image(data, tool["title"])
            data["text/html"] = self._place(tool, image, cell.id)
        elif image:
            data["text/html"] = image
        elif "text/html" in data:
            text = re.sub(r"<style>.*?</style>", "", data["text/html"], flags=re.DOTALL)  # it stands in the style sheet
            data["text/html"] = re.sub(r'\bstyle="([^"]*)"', self._numbered, text)
        data.pop("image/png", None)
        return bool(tool) and tool["name"] != "recorded_comparison"

    def _numbered(self, style):
        """The page's policy lets no element bear a style."""
        return f'data-style="{self.styles.setdefault(style[1], len(self.styles))}"'

    @property
    def sheet(self):
        """The address of the page's own style sheet; None where it needs none."""
        rules = [f'[data-style="{number}"] {{ {html.unescape(style)} }}' for style, number in self.styles.items()]
        return self.files.put("assets", "\n".join(rules), "css") if rules else None

    def _image(self, data, alternative):
        if "image/png" not in data:
            return ""
        png = base64.b64decode(data["image/png"])
        width, height = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
        address = self.up + self.files.put("images", png, "png")
        text = html.escape(alternative)
        return f'<img src="{address}" alt="{text}" width="{width}" height="{height}" loading="lazy">'

    def _place(self, tool, image, name):
        """Where a tool comes to life; until then its figure and its words stand there."""
        record = self.up + self.files.put_json("records", tool["record"])
        words = self.up + self.files.put_json("words", tool["words"])
        own = [note for note in tool["notes"] if note != self.words("page.kernel_adds")]  # the page says it once
        texts = html.escape(json.dumps(tool["own_texts"] | {"notes": own}, ensure_ascii=False))
        where = f'data-module="{tool["module"]}" data-at="{record}" data-words="{words}" data-texts="{texts}"'
        return f'<div class="cn-place" id="{name}" data-tool="{tool["name"]}" {where}>{image}{tool["still"]}</div>'


def _page_text(source):
    """A Markdown cell with links to pages in place of notebooks, and without the badge, which is from elsewhere."""
    if re.search(r"\$[^$\n]+\$", source):
        raise ValueError(f"A page loads no MathJax: write the formula as text, n − k + 1. Received: {source}")
    lines = [line for line in source.split("\n") if "/colab-badge.svg" not in line]
    return re.sub(r"\]\((\w+)\.ipynb", r"](\1.html", "\n".join(lines))


class Site:
    """A site in the making: its editions, what its pages share, and where it is written."""

    def __init__(self, root, names=()):
        self.files = Files(root)
        self.editions = [edition for edition in EDITIONS if edition.names]
        self.names = names
        self.address = stamp.repository((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        loader = jinja2.FileSystemLoader(TEMPLATES)
        self.pages = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
        self.cells = HTMLExporter(
            template_name="lesson", extra_template_basedirs=[str(TEMPLATES)], exclude_input_prompt=True
        )
        self.cells.exclude_output_prompt = True
        self.shared = {}

    def share(self):
        """Write what all pages load: the tools' modules as they are, one style sheet, an icon."""
        modules = {path: path.read_bytes() for path in sorted(WIDGETS.rglob("*.js"))}
        folder = f"assets/{hashlib.sha256(b''.join(modules.values())).hexdigest()[:16]}"
        for path, text in modules.items():
            self.files.write(f"{folder}/{path.relative_to(WIDGETS)}", text)
        sheets = [*SHEETS, *(WIDGETS / sheet for sheet in OWN_SHEETS)]
        texts = [path.read_text(encoding="utf-8") for path in [*sheets, TEMPLATES / "site.css"]]
        code = [HtmlFormatter(style=style).get_style_defs(".highlight") for style in COLOURS.values()]
        texts += [code[0], f"@media (prefers-color-scheme: dark) {{\n{code[1]}\n}}"]
        icon = (TEMPLATES / "icon.svg").read_text(encoding="utf-8")
        self.shared = {
            "script": f"{folder}/page/site.js",
            "style": self.files.put("assets", "\n".join(texts), "css"),
            "icon": self.files.put("assets", icon, "svg"),
        }

    def write_lesson(self, edition, name, notebook):
        """Write the page of a notebook that was run."""
        parts = PageParts(self.files, edition)
        notebook, _ = parts.preprocess(notebook, {})
        words = parts.words
        resources = {"say": {key: words(f"site.{key}") for key in ("answer", "setup")}}
        body, _ = self.cells.from_notebook_node(notebook, resources)
        source = edition.path(name)
        self.files.write(f"{edition.prefix}{source.name}", source.read_bytes())
        names = edition.names
        at = names.index(name)
        self._write(
            edition,
            name,
            "lesson.html",
            body=body,
            sheet=parts.sheet,
            title=re.search(r"^# (.*)", notebook.cells[0].source, re.MULTILINE)[1],
            before=names[at - 1] if at else None,
            after=names[at + 1] if at + 1 < len(names) else None,
            colab=in_colab(self.address, f"{edition.folder}/{source.name}"),
        )

    def write_index(self, edition):
        """Write the page that lists the lessons: what the README's table says of them."""
        text = (ROOT / edition.readme).read_text(encoding="utf-8")
        rows = [row | {"picture": self._copied(row["picture"])} for row in table_rows(text)]
        lead = text.split("\n![")[0].strip().split("\n\n")[-1]
        title = re.search(r"^# (.*)", text, re.MULTILINE)[1]
        self._write(edition, "index", "index.html", title=title, lead=lead, rows=rows, repository=self.address)

    def _copied(self, path):
        return self.files.put("images", (ROOT / path).read_bytes(), "png")

    def _write(self, edition, name, template, **fields):
        others = [other for other in self.editions if other != edition and (name == "index" or name in other.names)]
        text = self.pages.get_template(template).render(
            name=name,
            edition=edition,
            others=[
                (other.language, f"{other.prefix}{name}.html", Words(other.language)("site.language"))
                for other in others
            ],
            say=lambda key: Words(edition.language)(f"site.{key}"),
            up="../" * edition.prefix.count("/"),
            shared=self.shared,
            **fields,
        )
        self.files.write(f"{edition.prefix}{name}.html", text)


def table_rows(readme):
    """The rows of the table of notebooks: name, picture, what it shows, what the notebook is about, minutes."""
    pattern = r"^\| \[(\w+)\]\([^)]*\) \| !\[([^\]]*)\]\(([^)]*)\) \| (.*?) \| (.*?) \|"
    keys = ("name", "alternative", "picture", "about", "minutes")
    rows = [dict(zip(keys, row)) for row in re.findall(pattern, readme, re.MULTILINE)]
    for row in rows:
        row["about"] = re.sub(r"`([^`]*)`", r"<code>\1</code>", html.escape(row["about"], quote=False))
    return rows


def build(root=SITE, names=()):
    """Build the site at `root`, of all notebooks or those named."""
    shutil.rmtree(root, ignore_errors=True)
    site = Site(root, names)
    site.share()
    lessons = {}
    for edition in site.editions:
        for name in edition.names:
            if not names or edition.prefix + name in names:
                lessons.setdefault(name, []).append(edition)
    with ThreadPoolExecutor(min(2, os.cpu_count())) as pool:
        for (name, editions), notebooks in zip(lessons.items(), pool.map(executed_in_all, *zip(*lessons.items()))):
            for edition in editions:
                site.write_lesson(edition, name, notebooks[edition])
                print(f"built {edition.prefix}{name}.html", flush=True)
    for edition in site.editions:
        site.write_index(edition)


if __name__ == "__main__":
    build(names=sys.argv[1:])
