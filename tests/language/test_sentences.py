"""Every word comes from the table of the language chosen, by its key."""

import ast
import base64
import copy
import html
import json
import os
import pickle
import re
import shutil
import subprocess
import zlib
from pathlib import Path
from string import Formatter
from types import SimpleNamespace

import babel
import ipywidgets
import keras
import pytest
from keras import layers

import widgets
from widgets import DeformableConv2D, compare, explore, goal, predict
from widgets.facts import layer_facts
from widgets.language import either, in_own_words, say, set_language, together, words
from widgets.language.english import ENGLISH
from widgets.language.sentences import LANGUAGES, Words

ROOT = Path(widgets.__file__).parent
NAMES = {"Prediction", "Comparison of"}  # of our classes, in what Python prints of a tool


@pytest.fixture
def made_up(monkeypatch):
    """A language whose every text is "xx" and its key."""
    table = {room: {name: f"xx_{room}_{name}" for name in texts} for room, texts in ENGLISH.items()}
    monkeypatch.setitem(LANGUAGES, "xx", table)
    set_language("xx")
    yield
    set_language("en")


def english(text):
    """The runs of two words or more in a text, but for code and tags."""
    text = html.unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " \n ", str(text), flags=re.DOTALL))
    text = re.sub(r"`[^`]*`|(layers|keras)\.[\w.]+\(.*?\)(?=[\s,:\n]|$)", " \n ", text)
    text = re.sub(r"xx_\w+", " | ", text)
    return [run for run in re.findall(r"[A-Za-z]{2,}(?: [A-Za-z']{2,})+", text) if run not in NAMES]


def shown(widget):
    """All texts of a widget and of those in it."""
    texts = [getattr(widget, name, "") for name in ("description", "value", "options") if not isinstance(widget, list)]
    if isinstance(widget, ipywidgets.Dropdown):
        texts = [widget.description, *(option[0] if isinstance(option, tuple) else option for option in widget.options)]
    if snapshot := getattr(widget, "snapshot", None):
        texts += [value for value in strings(snapshot)] + [*widget.words.values()]
    for child in getattr(widget, "children", ()):
        texts += shown(child)
    return [text for text in texts if isinstance(text, str) and text]


def strings(value):
    """Every string in a snapshot but code."""
    if isinstance(value, dict):
        return [text for name, one in value.items() if name not in ("code", "cell") for text in strings(one)]
    if isinstance(value, (list, tuple)):
        return [text for one in value for text in strings(one)]
    return [value] if isinstance(value, str) else []


def test_a_sentence_is_looked_up_by_its_key_and_filled_in():
    assert say("facts.broken_rule", name="groups", rule="odd") == "`groups` must be odd."
    assert (say("controls.square").key, say("controls.square").fields) == ("controls.square", {})


def test_a_sentence_can_be_said_again_in_other_words_with_those_inside_it(monkeypatch):
    monkeypatch.setitem(LANGUAGES, "xx", {"facts": {"broken_rule": "{rule}!", "either": "{first}/{last}"}})
    sentence = say("facts.broken_rule", name="padding", rule=either(["a", "b", "c"]))
    assert sentence == "`padding` must be a, b or c."
    assert Words("xx").again(sentence) == "a, b/c!"
    assert Words("xx").again("Keras' own words") == "Keras' own words"


def test_a_sentence_survives_copying():
    sentence = say("facts.broken_rule", name="a", rule="b")
    for twin in (copy.deepcopy(sentence), pickle.loads(pickle.dumps(sentence))):
        assert (twin, twin.key, twin.fields) == (sentence, sentence.key, sentence.fields)


def test_sentences_follow_one_another():
    assert together("", say("controls.square"), "", "x") == "square x"
    assert together("", "") == ""


def test_the_form_follows_the_number():
    assert [say("compare.layers", count=count) for count in (0, 1, 2, 21)] == [
        "0 layers",
        "1 layer",
        "2 layers",
        "21 layers",
    ]


def test_the_form_follows_the_number_as_the_language_counts(monkeypatch):
    forms = {"one": "{count} one", "few": "{count} few", "many": "{count} many", "other": "{count} other"}
    monkeypatch.setitem(LANGUAGES, "ru", {"compare": {"layers": forms}})
    told = [
        Words("ru")("compare.layers", count=n).split()[1] for n in (0, 1, 2, 5, 11, 12, 13, 14, 21, 22, 101, 111, 1.5)
    ]
    assert told == "many one few many many many many many one few one many other".split()


def test_python_and_the_browser_choose_the_same_form_for_a_number():
    if shutil.which("node") is None:
        assert os.environ.get("CI") != "true"
        pytest.skip("node is missing; to install it: sudo apt-get install nodejs, or: brew install node")
    numbers = [0, 1, 2, 5, 11, 12, 13, 14, 21, 22, 101, 111, 1.5]
    script = f"""console.log(JSON.stringify({json.dumps([*LANGUAGES])}.map(language =>
        {numbers}.map(number => new Intl.PluralRules(language).select(number)))))"""
    answer = subprocess.run(["node", "-e", script], capture_output=True, text=True, check=True, timeout=60)
    forms = [[babel.Locale.parse(language).plural_form(number) for number in numbers] for language in LANGUAGES]
    assert json.loads(answer.stdout) == forms


def test_a_language_without_a_table_is_refused_with_the_known_ones():
    with pytest.raises(
        ValueError, match="`language` must be one of 'en' or 'ru'. Received: 'xy'. Try set_language\\('en'\\)."
    ):
        set_language("xy")


def test_every_text_has_the_plural_forms_of_english_or_none():
    for room, texts in ENGLISH.items():
        for name, text in texts.items():
            if isinstance(text, dict):
                assert set(text) == {"one", "other"}, f"{room}.{name}"
                assert "count" in {field for _, field, _, _ in Formatter().parse(text["other"]) if field}


def test_a_text_that_the_browser_fills_in_has_plain_fields():
    for room in ("axes", "facts", "picture", "stage", "connection"):
        for name, text in ENGLISH[room].items():
            for one in text.values() if isinstance(text, dict) else text if isinstance(text, list) else [text]:
                plain = [not spec and not form for _, field, spec, form in Formatter().parse(one) if field]
                assert all(plain), f"{room}.{name}"


def test_every_key_that_is_said_has_a_text_and_every_text_is_said():
    texts = {f"{room}.{name}" for room, named in ENGLISH.items() for name in named}
    said, strings, begun = set(), set(), set()
    for path in (path for path in ROOT.glob("**/*.py") if "english" not in path.parts):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                if getattr(node.func, "id", getattr(node.func, "attr", "")) in ("say", "words"):
                    said.add(node.args[0].value)
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                strings.add(node.value)
            if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                begun.add(node.values[0].value)  # say(f"axes.{name}")
    assert len(said) > 150 and said <= texts
    # Asked for as rooms, by a fact's name, or by the builder of the site.
    whole = ("stage.", "connection.", "column.", "model_column.", "field.", "site.")
    begun = (*whole, *(start for start in begun if re.fullmatch(r"[a-z]+\.\w*", start)))
    assert [text for text in sorted(texts - strings) if not text.startswith(begun)] == []


def fields(text):
    return {field for _, field, _, _ in Formatter().parse(text) if field}


@pytest.mark.parametrize("language", sorted(set(LANGUAGES) - {"en"}))
def test_a_language_has_the_keys_the_fields_and_its_own_plural_forms(language):
    table, categories = LANGUAGES[language], babel.Locale.parse(language).plural_form.tags | {"other"}
    keys, known = ({(room, name) for room, texts in one.items() for name in texts} for one in (table, ENGLISH))
    assert keys <= known
    if list((ROOT.parent / "notebooks" / language).glob("*.ipynb")):  # what is only begun says the rest in English
        assert keys == known
    for room, texts in table.items():
        for name, own in texts.items():
            english = ENGLISH[room][name]
            wanted = fields(english["other"] if isinstance(english, dict) else english)
            for text in own.values() if isinstance(own, dict) else [own]:
                assert fields(text) == wanted, f"{room}.{name}"
                assert isinstance(own, str) or set(own) == categories, f"{room}.{name}"


def test_a_language_that_is_only_begun_says_the_rest_in_english(monkeypatch):
    monkeypatch.setitem(LANGUAGES, "de", {"controls": {"square": "Quadrat"}})
    assert [Words("de")("controls.square"), Words("de")("controls.cube")] == ["Quadrat", "cube"]
    assert Words("de")("compare.layers", count=1) == "1 layer"


@pytest.mark.filterwarnings("ignore")
def test_tools_in_russian_hold_no_english_sentence():
    set_language("ru")
    try:
        p = predict(layers.Conv2D(2, 3), seed=1)
        texts = [text for e in explorers() for text in shown(e) if text not in (e.facts.whole_problem or "")]
        texts += [p.question, p.answer("1 1"), p.hint(), p.show(), *shown(p)]
        texts += [str(compare([layers.Conv2D(6, 2), layers.Conv2DTranspose(2, 2)]))]
        task = goal(input_shape=(8, 8, 1), output_shape=(6, 6, 2), most_params=20)
        texts += [repr(task), task(layers.Conv2D(3, 5))]
    finally:
        set_language("en")
    assert [run for text in texts for run in english(text) if len(run.split()) > 3] == []
    assert sum(bool(re.search("[а-яё]", str(text))) for text in texts) > 300


def test_nothing_is_said_while_the_package_is_imported():
    """A sentence that is bound at import would stay English."""
    for path in ROOT.glob("**/*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {id(n) for f in ast.walk(tree) if isinstance(f, (ast.FunctionDef, ast.Lambda)) for n in ast.walk(f)}
        calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and id(n) not in inside]
        names = {call.func.id for call in calls if isinstance(call.func, ast.Name)}
        assert not names & {"say", "words", "either", "together", "axis_names"}, path


def explorers():
    model = keras.Sequential([layers.Conv2D(2, 3), layers.MaxPooling2D(2), layers.Conv2D(1, 2)])
    yield explore(layers.Conv2D(6, (3, 2), groups=3), (1, 7, 6, 3))
    yield explore(layers.Conv2DTranspose(2, 3, strides=2))
    yield explore(layers.SeparableConv2D(2, 3))
    yield explore(DeformableConv2D(1, 3))
    yield explore(layers.Conv3D(1, 2))
    yield explore(model, (1, 12, 12, 1))
    yield explore(layers.Conv2D(2, 9, groups=2))  # refused


@pytest.mark.filterwarnings("ignore")
def test_explorers_and_chains_hold_no_english_in_another_language(made_up):
    for e in explorers():
        texts = shown(e)
        assert len(texts) > 100 and any(text.startswith("xx_") for text in texts)
        own = [t for t in texts if not (e.facts.whole_problem and t in e.facts.whole_problem)]
        assert [run for text in own for run in english(text)] == [], repr(e)
        assert english(repr(e)) == []


def test_questions_hold_no_english_in_another_language(made_up):
    for layer in (
        layers.Conv2D(2, 3),
        layers.Conv2DTranspose(1, 2),
        layers.SeparableConv2D(2, 2),
        DeformableConv2D(1, 2),
    ):
        p = predict(layer, seed=1)
        while p.solution is not None:
            for answer in ("1", "1 1", "junk", 7, {"filters": 5}, "1 2 3 4"):
                assert english(p.answer(answer)) == []
            texts = [p.question, p.hint(), p.show(), *shown(p)]
            assert [run for text in texts for run in english(text)] == []
            p.next()
        assert english(p.question) == []


def test_tables_and_tasks_hold_no_english_in_another_language(made_up):
    c = compare([layers.Conv2D(6, 2), layers.Conv2DTranspose(2, 2), layers.Conv2D(2, 30), layers.MaxPooling2D(2)])
    said = str(c).replace(layer_facts(layers.Conv2D(2, 30), (1, 8, 8, 1)).problem, "")
    assert english(said) == [] and "xx_column_macs" in said
    assert [run for text in shown(c)[:4] for run in english(text)] == []
    task = goal(input_shape=(8, 8, 1), output_shape=(6, 6, 2), most_params=20, sees=3, kind=["Conv2D"])
    for layer in (layers.Conv2D(2, 3), layers.Conv2D(3, 5), layers.Conv2D(3, 2, groups=3)):
        said = task(layer).text
        problem = layer_facts(layer, (1, 8, 8, 1)).problem
        assert english(said.replace(problem or "?", "")) == []
    assert english(repr(task)) == []


@pytest.mark.parametrize(
    "misuse",
    [
        lambda: explore(3),
        lambda: explore(),
        lambda: explore(layers.Conv2D(1, 3), (1, 2)),
        lambda: explore(layers.Conv2D(1, 3), "abc"),
        lambda: explore(layers.Conv2D(1, 3), controls=["speed"]),
        lambda: explore(state="{}"),
        lambda: explore(keras.Sequential()),
        lambda: setattr(explore(layers.Conv2D(1, 3)), "settings", {"kernel_size": "x"}),
        lambda: explore(layers.Conv2D(1, 3)).start_at((9, 9)),
        lambda: explore(layers.Conv2D(1, 3)).save("a.txt"),
        lambda: compare(3),
        lambda: compare([]),
        lambda: compare([layers.Conv2D]),
        lambda: compare([layers.Conv2D(1, 3), layers.Conv1D(1, 3)]),
        lambda: compare([layers.Conv2D(1, 3)]).sort("speed"),
        lambda: predict(3),
        lambda: predict(layers.Conv2D(1, 3), ask="size"),
        lambda: predict(layers.Conv2D(1, 30)),
        lambda: goal(input_shape=(8, 8, 1)),
        lambda: goal(input_shape=(8, 8, 1), sees="all"),
        lambda: goal(input_shape=(8, 8, 1), sees=3)(3),
        lambda: set_language("xy"),
    ],
)
def test_errors_hold_no_english_in_another_language(made_up, misuse):
    with pytest.raises((TypeError, ValueError)) as error:
        misuse()
    assert str(error.value).startswith("xx_")


def test_a_tool_keeps_its_language(made_up):
    e, p = explore(layers.Conv2D(1, 3)), predict(layers.Conv2D, seed=1)
    c, task = compare([layers.Conv2D(1, 3)]), goal(input_shape=(8, 8, 1), sees=3)
    set_language("en")
    e._kernel.turn.value = True
    assert e._kernel._note.value == "xx_editing_kernel_turned"
    p.next()
    assert p.question.startswith("xx_") and p.hint().startswith("xx_")
    assert str(c).startswith("xx_") and repr(task).startswith("xx_")
    assert task(layers.Conv2D(1, 2)).text.startswith("xx_predict_wrong")
    assert repr(explore(layers.Conv2D(1, 30))).endswith("refused>")


@pytest.mark.filterwarnings("ignore")
def test_an_explorer_keeps_its_language_where_other_controls_and_answers_come(made_up):
    model = keras.Sequential([layers.Conv2D(2, 3), layers.Conv2D(3, (2, 3))])
    images, chain = explore(layers.Conv2D(2, 3)), explore(model, (1, 12, 12, 1))
    set_language("en")
    images._image_menu.menu.value = "photo_grey"
    chain._which.value = 1
    for e in (images, chain):
        assert [run for text in shown(e) for run in english(text)] == []
        e.settings = {"kernel_size": 200}
        assert repr(e).endswith("xx_picture_refused>") and e.facts.advice.startswith("xx_")


def test_words_for_a_while_are_those_of_the_tool_at_work(made_up):
    tool = SimpleNamespace(words=words())
    set_language("en")
    assert in_own_words(lambda self: say("controls.square"))(tool) == "xx_controls_square"
    assert say("controls.square") == "square"


@pytest.mark.filterwarnings("ignore")
def test_a_page_holds_no_english_in_another_language(made_up, tmp_path):
    explore(layers.Conv2D(1, (2, 3)), (1, 5, 5, 1)).save(tmp_path / "page.html", ["kernel_size"])
    text = (tmp_path / "page.html").read_text(encoding="utf-8")
    held = json.loads(re.search(r'id="record">(.*?)</script>', text, re.DOTALL)[1])
    shown = [*held["texts"]["words"].values(), *held["texts"]["notes"]]
    shown.append(text.split("</main>")[0].split("<body>")[1])
    assert "xx_page_kernel_adds" in held["texts"]["notes"] and "xx_page_open_in_browser" in shown[-1]
    assert [run for one in shown for run in english(one)] == []
    assert '<html lang="xx">' in text


def test_a_page_that_asks_or_compares_holds_no_english_in_another_language(made_up):
    asks = predict(layers.Conv2D(1, (2, 3)), (1, 5, 5, 1), ask=["output_shape", "params"]).recorded()
    compares = compare([layers.Conv2D(1, 2)], (1, 5, 5, 1)).recorded()
    for made in (asks, compares):
        shown = [
            *made.words.values(),
            *made.notes,
            made.title,
            re.sub(r"Computed output size.*?`valid`", "", made.still),
        ]
        assert made.notes[0].startswith("xx_page_kernel_") and made.words["language"] == "xx"
        assert [run for one in shown for run in english(one)] == []
    states = zlib.decompress(base64.b64decode(asks.own_texts["questions"][0])).decode()
    question = json.loads(states.split("\n")[0])
    texts = [question["text"], question["hint"], *question["worked"], *(text for _, text in question["slips"])]
    assert len(texts) > 8 and [run for one in texts for run in english(one)] == []
