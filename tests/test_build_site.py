"""What the builder of the site makes of a notebook, and what tools tell it."""

import copy
import json
import math
import re
from pathlib import Path

import build_site
import keras
import nbformat
import numpy as np
import pytest
import run_lessons
from keras import layers

from widgets import compare, explore, predict, set_language
from widgets.explorer import recorded_controls as explorer_pages
from widgets.language import say
from widgets.language.sentences import Words
from widgets.page import LIMITS, SITE_TOOL, ask_for, record_what_is_displayed
from widgets.page import recording as picture_pages
from widgets.stage import Tool

pytestmark = pytest.mark.long

NOISE = np.random.default_rng(5).normal(size=(1, 9, 11, 3))


@pytest.fixture
def recording(monkeypatch):
    """As in the kernel of a notebook that is run for the site."""
    before = copy.copy(vars(LIMITS))
    monkeypatch.setattr(Tool, "_beside", Tool._beside)
    yield record_what_is_displayed
    vars(LIMITS).update(before)
    set_language("en")


def displayed(tool):
    return tool._repr_mimebundle_()


def test_a_display_bears_a_record_only_while_a_site_is_built(recording):
    e = explore(layers.Conv2D(1, 3))
    assert SITE_TOOL not in displayed(e)
    recording(10**6)
    told = displayed(e)[SITE_TOOL]
    assert (told["module"], told["name"]) == ("page/recorded_explorer.js", "recorded_explorer")
    counts = {control["name"]: len(control["values"]) for control in told["record"]["controls"]}
    assert list(counts.items())[:3] == [("kernel_size", 5), ("strides", 3), ("padding", 2)]
    assert math.prod(counts.values()) <= 300


LAYER = layers.Conv2D(4, (2, 3), strides=2, groups=1)
STACK = keras.Sequential([layers.Conv2D(2, 3), layers.Conv2DTranspose(1, 4, strides=3)])
# What a tool says in a language, and how it is made.
TOOLS = {
    "a question of a lesson": lambda: explore(
        LAYER, NOISE, controls=["strides"], question=say("question.params_label")
    ),
    "a refusal": lambda: explore(LAYER, NOISE, controls=["groups"]),
    "a chain": lambda: explore(STACK, NOISE, controls=["padding"]),
    "questions": lambda: predict([LAYER, STACK.layers[1]], (1, 9, 8, 6), ask=["output_shape", "params", "value"]),
    "a comparison": lambda: compare([LAYER, layers.Conv2D(4, 10), layers.MaxPooling2D()], NOISE),
}


@pytest.fixture
def brief(recording):
    """A few states, whatever the time they take: how fast a machine is decides which controls a page has."""
    recording(10**6)
    LIMITS.states, LIMITS.probing, LIMITS.clock = 8, 0, lambda: 0


@pytest.mark.parametrize("made", TOOLS.values(), ids=TOOLS)
def test_a_record_holds_no_words_and_is_not_made_anew_for_another_language(brief, made, monkeypatch):
    english = displayed(made())[SITE_TOOL]
    set_language("ru")
    russian = displayed(made())[SITE_TOOL]
    assert json.dumps(russian["record"]) == json.dumps(english["record"])
    assert english["words"] != russian["words"] and english["notes"] != russian["notes"]
    assert english["own_texts"] != russian["own_texts"] or not any(english["own_texts"].values())
    refuse = lambda *_: pytest.fail("a state was asked for")  # noqa: E731
    for module in (explorer_pages, picture_pages):
        monkeypatch.setattr(module, "record_states", refuse)
    ask_for({}, [english["record"]])
    assert displayed(made())[SITE_TOOL] == russian
    with pytest.raises(pytest.fail.Exception):
        displayed(made())


def test_a_tool_that_has_no_record_keeps_its_place_among_those_that_have(brief):
    cell = nbformat.v4.new_code_cell("1", id="a")
    tools = predict(layers.Conv2D), explore(LAYER, NOISE, controls=["groups"])
    cell.outputs = [output(text_plain="1")]
    cell.outputs += [nbformat.v4.new_output("display_data", data=displayed(tool)) for tool in tools]
    records = run_lessons.records_of(nbformat.v4.new_notebook(cells=[cell]))
    assert records == {"a": [None, cell.outputs[2].data[SITE_TOOL]["record"]]}


@pytest.mark.parametrize("russian, shared", [("f('Окно', 3)", True), ("f('Окно', 2)", False)])
def test_another_edition_takes_the_records_of_the_first_where_its_code_is_the_same(
    tmp_path, monkeypatch, russian, shared
):
    monkeypatch.setattr(run_lessons, "ROOT", tmp_path)
    editions, given = run_lessons.EDITIONS, {}
    for edition, text in zip(editions, ("f('A window', 3)", russian)):
        cells = [nbformat.v4.new_code_cell(edition.language, id="setup"), nbformat.v4.new_code_cell(text, id="a")]
        edition.path("x").parent.mkdir(exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(cells=cells), edition.path("x"))

    def executed(path, asked, records):
        given[path] = records
        made = nbformat.read(path, as_version=4)
        made.cells[1].outputs = [nbformat.v4.new_output("display_data", data={SITE_TOOL: {"record": {"n": 1}}})]
        return made

    monkeypatch.setattr(run_lessons, "executed", executed)
    assert list(run_lessons.executed_in_all("x", editions)) == list(editions)
    assert list(given.values()) == [{}, {"a": [{"n": 1}]} if shared else {}]


def test_two_sliders_move_even_where_a_state_is_large(recording):
    recording(12_000)
    e = explore(layers.Conv2D(6, 3), NOISE, controls=["kernel_size", "strides"])
    record = displayed(e)[SITE_TOOL]["record"]
    assert sum(map(len, record["packed"])) <= 12_000
    assert [control["values"] for control in record["controls"]] == [("2", "3"), ("1", "2")]


def test_two_sliders_move_even_where_menus_are_named_in_the_line(recording):
    recording(10**6)
    LIMITS.states = 4
    made = explore(layers.Conv2D(6, 3, activation="relu", use_bias=False), NOISE)
    controls = displayed(made)[SITE_TOOL]["record"]["controls"]
    sliders = [control["name"] for control in controls if control["element"] == "range"]
    assert sliders[:2] == ["kernel_size", "strides"]


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """The file of a small notebook, and a count of how often it is run."""
    monkeypatch.setattr(run_lessons, "CACHE", tmp_path / "cache")
    runs = []

    class Client:
        def __init__(self, notebook, **_):
            self.notebook = notebook

        def execute(self):
            runs.append(1)
            record = nbformat.from_dict({"record": {"z": 1, "a": 2}})
            shown = nbformat.v4.new_output("display_data", data={SITE_TOOL: record})
            self.notebook.cells[0].outputs = [nbformat.v4.new_output("stream", text="2\n"), shown]

    monkeypatch.setattr(run_lessons, "NotebookClient", Client)
    path = tmp_path / "lesson.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(1 + 1)")]), path)
    return path, runs


def test_a_notebook_is_run_again_only_when_it_changes_or_a_version_does(lesson, monkeypatch):
    path, runs = lesson
    assert run_lessons.executed(path, {}, {}).cells[0].outputs[0].text == "2\n"
    assert run_lessons.executed(path, {}, {}).cells[0].outputs[0].text == "2\n"
    assert len(runs) == 1
    monkeypatch.setattr(run_lessons, "version", lambda name: "0.0")
    run_lessons.executed(path, {}, {})
    assert len(runs) == 2
    path.write_text(path.read_text().replace("1 + 1", "3 - 1"))
    run_lessons.executed(path, {}, {})
    assert len(runs) == 3
    run_lessons.executed(path, {"a": {"groups": [2]}}, {})
    assert len(runs) == 4
    run_lessons.executed(path, {}, {"a": [{"packed": ["x"]}]})
    assert len(runs) == 5


def test_what_is_kept_of_a_run_is_what_the_run_gave_so_that_a_record_of_it_changes_nothing(lesson):
    path, runs = lesson
    first, kept = (run_lessons.executed(path, {}, {}) for _ in range(2))
    assert json.dumps(first) == json.dumps(kept) and len(runs) == 1
    for run in (first, kept):
        run_lessons.executed(path, {}, run_lessons.records_of(run))
    assert len(runs) == 2


def test_a_notebook_is_run_again_when_what_runs_it_changes(lesson, monkeypatch, tmp_path):
    path, runs = lesson
    assert Path(run_lessons.__file__) in run_lessons.RUN_BY
    runner = tmp_path / "runner.py"
    monkeypatch.setattr(run_lessons, "RUN_BY", (runner,))
    for text, count in {"timeout=1": 1, "timeout=2": 2}.items():
        runner.write_text(text)
        run_lessons.executed(path, {}, {})
        run_lessons.executed(path, {}, {})
        assert len(runs) == count


def parts_of(cells, tmp_path, language=0):
    parts = build_site.PageParts(build_site.Files(tmp_path), build_site.EDITIONS[language])
    notebook, _ = parts.preprocess(nbformat.v4.new_notebook(cells=cells), {})
    return parts, notebook.cells


def output(**data):
    return nbformat.v4.new_output("display_data", data={kind.replace("_", "/"): text for kind, text in data.items()})


def test_links_lead_to_pages_and_the_badge_from_elsewhere_is_gone(tmp_path):
    badge = build_site.stamp.BADGE.format(slug="a/b", name="x.ipynb")
    cell = nbformat.v4.new_markdown_cell(
        f"# T\n\n{badge}\n\nSee [next](02_grouped.ipynb), [Keras](https://keras.io/a.ipynb)."
    )
    _, (cell,) = parts_of([cell], tmp_path)
    assert cell.source == "# T\n\n\nSee [next](02_grouped.html), [Keras](https://keras.io/a.ipynb)."


def test_a_formula_that_would_need_a_script_from_elsewhere_is_refused(tmp_path):
    with pytest.raises(ValueError, match="loads no MathJax.*Received: so .n - k. cells"):
        parts_of([nbformat.v4.new_markdown_cell("so $n - k$ cells")], tmp_path)
    parts_of([nbformat.v4.new_markdown_cell("5$ are no formula")], tmp_path)


@pytest.mark.parametrize("language, word", [(0, "**Predict**"), (0, "Then **predict**"), (1, "**Предскажем**")])
def test_what_was_to_be_predicted_is_folded(tmp_path, language, word):
    asked, plain = nbformat.v4.new_markdown_cell(f"{word} it."), nbformat.v4.new_markdown_cell("Look.")
    codes = [nbformat.v4.new_code_cell("1", outputs=[output(text_plain="1")]) for _ in range(3)]
    _, cells = parts_of([asked, codes[0], codes[1], plain, codes[2]], tmp_path, language)
    assert [cell.metadata.fold for cell in cells if cell.cell_type == "code"] == [True, False, False]


@pytest.mark.parametrize(
    "name, fold", [("recorded_explorer", False), ("recorded_questions", False), ("recorded_comparison", True)]
)
def test_what_a_reader_works_in_is_not_folded(tmp_path, name, fold):
    asked = nbformat.v4.new_markdown_cell("**Predict** it.")
    tool = dict(module="a.js", name=name, record={}, words={}, title="t", still="", own_texts={}, notes=[])
    code = nbformat.v4.new_code_cell("1", id="x", outputs=[output(text_plain="1")])
    code.outputs[0].data[SITE_TOOL] = tool
    _, (_, code) = parts_of([asked, code], tmp_path)
    assert code.metadata.fold is fold
    assert f'<div class="cn-place" id="x" data-tool="{name}" data-module="a.js"' in code.outputs[0].data["text/html"]


# What only a notebook has: boxes, menus and buttons, whose names the texts emphasise, and what is done by hand.
NOTEBOOKS_OWN = """controls.square controls.cube editing.turn chain.first_drawn chain.drawn chain.sliders_for
    chain.add_layer chain.remove_layer stage.edit stage.png stage.gif stage.state compare.measure"""
BY_HAND = r"\bShift\b|\*Edit\*|[Dd]rag\b|тащи|[Rr]un the (?:cell|next)|[Зз]апусти(?:м|ть) (?:ячейку|\w+ следующ)"
LESSONS = [(number, name) for number, edition in enumerate(build_site.EDITIONS) for name in edition.names]


@pytest.mark.parametrize("language, name", LESSONS)
def test_the_text_of_a_page_asks_for_nothing_that_only_a_notebook_has(tmp_path, language, name):
    edition = build_site.EDITIONS[language]
    _, cells = parts_of(nbformat.read(edition.path(name), as_version=4).cells, tmp_path, language)
    own = {Words(edition.language)(key) for key in NOTEBOOKS_OWN.split()}
    for cell in [cell for cell in cells if cell.cell_type == "markdown"]:
        # A paragraph may go on to say what there is in a notebook.
        text = re.sub(r"(In a notebook|В\sноутбуке).*", "", cell.source)
        assert re.findall(BY_HAND, text) + sorted(own.intersection(re.findall(r"\*([^*\n]+)\*", text))) == [], cell.id


def test_no_element_bears_a_style_which_the_policy_would_block(tmp_path):
    html = '<style>.a { color: red }</style><p style="width: 5%"></p><p style="width: 7%"></p><p style="width: 5%"></p>'
    parts, (cell,) = parts_of([nbformat.v4.new_code_cell("1", outputs=[output(text_html=html)])], tmp_path)
    text = cell.outputs[0].data["text/html"]
    assert text == '<p data-style="0"></p><p data-style="1"></p><p data-style="0"></p>'
    assert (tmp_path / parts.sheet).read_text() == '[data-style="0"] { width: 5% }\n[data-style="1"] { width: 7% }'


def test_a_page_loads_modules_without_their_comments():
    text = "// @ts-check\n/** One\n * two. */\nexport const a = 1; // why\n  /** @type {any} */ let b;\n  // c\n}\n"
    assert build_site.COMMENTS.sub("", text) == "export const a = 1; // why\n  /** @type {any} */ let b;\n}\n"


def test_the_index_lists_what_the_readme_says_of_each_notebook():
    rows = build_site.table_rows((build_site.ROOT / "README.md").read_text(encoding="utf-8"))
    assert [row["name"] for row in rows] == build_site.EDITIONS[0].names
    assert rows[1]["about"] == "<code>Conv2D</code>, from one window by hand to a kernel that is learned"
    assert (rows[1]["picture"], rows[2]["minutes"]) == ("notebooks/images/01_convolution.png", "25")
