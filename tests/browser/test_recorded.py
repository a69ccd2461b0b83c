"""The stage where no kernel runs: its modules as they are, in a page of their own, on pictures of real layers."""

import base64
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from lab import driver
from reading import button, canvas, facts, highlighted, labels, lines, numbers, point, press, strip, wait_highlighted

from widgets import DeformableConv2D
from widgets.facts import layer_facts
from widgets.language import words
from widgets.picture import VIEWS, layer_picture
from widgets.stage import snapshot as snapshot_module
from widgets.stage.stage import Stage, browser_words

ROOT = Path(__file__).parents[2]
SITE = "http://recorded.test/"
WORDS = browser_words(words())
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css"}


class Page:
    """A page with one stage, as `reading` expects it."""

    def __init__(self, page):
        self.page, self.errors = page, []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.route(f"{SITE}**", self._serve)
        page.goto(f"{SITE}tests/browser/recorded.html")
        page.wait_for_function("window.show !== undefined")

    @property
    def stage(self):
        return self.page.locator("#stage")

    def show(self, *recordings, view="", **told):
        """Show the first of these recordings; `choose` goes on to another."""
        pictures = {name: picture for recording in recordings for name, picture in recording.items()}
        name = next(iter(pictures)).split()[0]
        plain = {"words": WORDS, "reveal": True, "start": {}, "editable": [], "windows": {}}
        record = plain | {"pictures": pictures, "name": name, "view": view} | told
        self.page.evaluate("text => window.show(text)", json.dumps(packed(record)))

    def choose(self, name):
        self.page.evaluate("name => window.choose(name)", name)

    @property
    def commands(self):
        """What the stage has asked for so far."""
        return self.page.evaluate("window.commands")

    @staticmethod
    def _serve(route):
        path = ROOT / route.request.url.removeprefix(SITE)
        if path.suffix in TYPES:
            return route.fulfill(body=path.read_bytes(), content_type=TYPES[path.suffix])
        route.fulfill(status=404)


def packed(value):
    """For JSON, with bytes in base64."""
    if isinstance(value, dict):
        return {name: packed(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [packed(one) for one in value]
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, bytes) else value


def record(name, layer, x, last=None):
    """A layer's facts, and its pictures in every view and of every sample; `last` are the facts behind a refusal."""
    answer = layer_facts(layer, x)
    views = VIEWS.get(answer.operation, [""])
    pictures = {}
    for number, view in enumerate(views):
        drawn = last if answer.problem else answer
        picture = drawn and layer_picture(drawn, view or None)
        for sample in range(len(answer.x)):
            stage = Stage(view=view, requested_channels={"sample": sample, "channels": []})
            for shown in (drawn, answer) if drawn else (answer,):
                stage.show(shown, picture)
            snapshot = stage.snapshot | {"revision": 10 * number + sample + (100 if answer.problem else 1)}
            key = 1000 * number + sample + 1 if not answer.problem else 1
            first = stage.first_values | {"key": key}
            pictures[f"{name} {view} {sample}"] = {"snapshot": snapshot | {"first_key": key}, "first_values": first}
    return answer, pictures


@pytest.fixture(scope="module")
def browser(chromium):
    browser = driver().chromium.launch(executable_path=chromium)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def shared(browser):
    return Page(browser.new_page(viewport={"width": 1200, "height": 900}))


@pytest.fixture
def page(shared):
    shared.page.mouse.move(0, 0)
    yield shared
    assert shared.errors == []


def value(page, name="value"):
    return float(page.stage.locator(".cn-sum").get_attribute(f"data-{name}"))


def test_pointing_tells_what_keras_returned_and_asks_for_nothing(page):
    answer, pictures = record("a", layers.Conv2D(2, 3, padding="same", activation="relu"), (1, 5, 6, 2))
    page.show(pictures)
    for row, column in [(0, 0), (2, 3), (4, 5)]:
        point(page, 1, row, column, size=(5, 6))
        assert value(page) == answer.y[0, row, column, 0]
        assert value(page, "total") == pytest.approx(answer.before_activation[0, row, column, 0], rel=1e-5, abs=1e-6)
    point(page, 0, 5, 6, (1, 1, 1, 1), size=(5, 6))
    assert lines(page, "name") == ["padding at 5, 6 = 0"]
    point(page, "kernel", 1, 2, size=(3, 3))
    assert value(page) == answer.weights["kernel"].values[1, 2, 0, 0]
    assert page.commands == []


def test_a_click_keeps_a_cell_and_escape_lets_go(page):
    _, pictures = record("a", layers.Conv2D(1, 3), (1, 6, 6, 1))
    page.show(pictures)
    point(page, 1, 1, 2, size=(4, 4))
    page.page.mouse.down()
    page.page.mouse.up()
    assert lines(page, "pin") == ["pinned: another click or Escape lets go"]
    canvas(page, 1).hover(position={"x": 2, "y": 2})
    assert highlighted(page) == "1:0:1:2"
    page.stage.locator('[data-grid="1"] .cn-frame').press("Escape")
    assert (highlighted(page), lines(page, "pin"), lines(page, "name")) == ("", [], [])


def test_both_views_of_a_transposed_layer_come_to_what_keras_returned(page):
    answer, pictures = record("a", layers.Conv2DTranspose(1, 3, strides=2), (1, 3, 4, 2))
    page.show(pictures, view="scatter")
    assert page.stage.locator(".cn-where").inner_text() == "1 / 12"  # through the cells that stamp
    point(page, 1, 4, 5, size=answer.y.shape[1:3])
    assert value(page, "total") == pytest.approx(answer.y[0, 4, 5, 0], abs=1e-5)
    button(page, "Gather").click()
    assert page.commands == [{"view": "gather"}]
    assert highlighted(page) == "2:0:4:5"  # the output still, behind the stretched input
    assert value(page, "total") == pytest.approx(answer.y[0, 4, 5, 0], abs=1e-5)
    assert page.stage.locator(".cn-where").inner_text() == "42 / 63"
    assert "zeros between the cells" in page.stage.locator(".cn-views").inner_text()
    assert button(page, "Gather").get_attribute("aria-pressed") == "true"


def test_a_channel_takes_the_filter_of_its_group_with_it(page):
    _, pictures = record("a", layers.Conv2D(4, 2, groups=2), (1, 4, 4, 4))
    page.show(pictures)
    strip(page, 0).press("End")
    assert labels(page) == ["x[0, :, :, 3]", "kernel[:, :, 1, 2]", "y[0, :, :, 2]"]
    assert "2 groups" in page.stage.locator(".cn-wiring").inner_text()


def test_another_sample_is_asked_for_and_shown(page):
    answer, pictures = record("a", layers.Conv2D(1, 2), (3, 4, 4, 1))
    page.show(pictures)
    samples = page.stage.locator(".cn-samples .cn-strip")
    samples.press("End")
    assert page.commands == [{"requested_channels": {"sample": 2, "channels": [0, 0]}}]
    assert samples.get_attribute("aria-valuetext") == "sample 2 (0 to 2)"
    assert value(page) == answer.y[2, 0, 0, 0]
    assert lines(page, "name")[0].startswith("y[2, 0, 0, 0] = ")


def test_the_planes_of_a_volume_follow_the_cell_and_can_be_leafed_through(page):
    _, pictures = record("a", layers.Conv3D(1, 2), (1, 4, 4, 4, 1))
    page.show(pictures)
    planes = [page.stage.locator(f'[data-grid="{grid}"] .cn-planes .cn-strip') for grid in (0, 1)]
    planes[1].press("End")
    assert highlighted(page) == "1:2:0:0"
    assert [one.get_attribute("aria-valuenow") for one in planes] == ["2", "2"]
    planes[0].press("Home")
    assert [one.get_attribute("aria-valuenow") for one in planes] == ["0", "2"]


def test_it_plays_to_the_last_cell(page):
    _, pictures = record("a", layers.Conv1D(1, 3), (1, 7, 1))
    page.show(pictures)
    page.stage.get_by_label("Speed").select_option("20 cells/s")
    button(page, "Play").click()
    button(page, "Pause").wait_for()
    page.page.wait_for_function("document.querySelector('.cn-where').innerText === '5 / 5'")
    button(page, "Play").wait_for()
    assert highlighted(page) == "1:0:0:4"


def test_a_refusal_greys_the_last_picture_and_tells_keras_own_words(page):
    good, pictures = record("good", layers.Conv2D(1, 3), (1, 5, 5, 1))
    bad, refused = record("bad", layers.Conv2D(1, 6), (1, 5, 5, 1), good)
    page.show(pictures, refused)
    before = int(page.stage.get_attribute("data-revision"))
    page.choose("bad")
    assert int(page.stage.get_attribute("data-revision")) > before
    problem = page.stage.locator(".cn-problem").inner_text()
    assert bad.problem in problem and bad.advice in problem and "last one that worked" in problem
    assert "grayscale" in canvas(page, 1).evaluate("cells => getComputedStyle(cells).filter")
    assert page.stage.locator('[data-fact="output_shape"]').count() == 0
    page.choose("good")
    assert page.stage.locator(".cn-problem").inner_text() == ""
    assert page.stage.locator('[data-fact="output_shape"]').inner_text() == "(1, 3, 3, 1)"


def test_without_any_picture_there_is_the_refusal_alone(page):
    _, refused = record("bad", layers.Conv2D(1, 6), (1, 5, 5, 1))
    page.show(refused)
    assert "No picture yet." in page.stage.locator(".cn-problem").inner_text()
    assert not page.stage.locator(".cn-panels").is_visible()
    press(page, "Escape", "Space", "ArrowRight")


def test_a_hidden_answer_is_shown_when_it_is_asked_for_and_the_window_moves_before(page):
    _, pictures = record("a", layers.Conv2D(1, 3), (1, 6, 6, 1))
    page.show(pictures, reveal=False)
    names = ["headline", "facts", "sum", "where", "position", "panel-kernel .cn-shape"]
    parts = [*(page.stage.locator(f".cn-{name}") for name in names), canvas(page, 1)]
    assert [part.is_visible() for part in parts] == [False] * 7
    button(page, "Play").click()
    page.page.wait_for_function("document.querySelector('#stage').dataset.highlighted === '1:0:0:1'")
    button(page, "Pause").click()
    assert canvas(page, 0).is_visible() and canvas(page, "kernel").is_visible()
    assert page.stage.locator(".cn-where").text_content() == ""
    button(page, "Reveal answer").click()
    assert page.commands == [{"reveal": True}]
    assert [part.is_visible() for part in parts] == [True] * 7
    button(page, "Hide answer").click()
    assert [part.is_visible() for part in parts] == [False] * 7


def written(page, rows, columns):
    """Which cells of the output have anything drawn in them, in reading order."""
    read = """(cells, [rows, columns]) => {
      const step = cells.width / columns;
      const { data } = cells.getContext("2d").getImageData(0, 0, cells.width, cells.height);
      const place = i => [Math.floor(i / columns), i % columns].map(at => Math.round((at + 0.5) * step) - 6);
      const filled = ([y, x]) => data[4 * (y * cells.width + x) + 3] > 0;
      return [...Array(rows * columns).keys()].map(place).map(filled);
    }"""
    return canvas(page, 1).evaluate(read, [rows, columns])


# Every place that playing comes to, as the stage says it.
NOTE_STEPS = """() => {
  window.steps = [];
  const where = document.querySelector('.cn-where');
  const note = () => where.innerText !== window.steps.at(-1) && window.steps.push(where.innerText);
  new MutationObserver(note).observe(where, { childList: true, characterData: true, subtree: true });
}"""


def test_playing_fills_an_empty_output_and_a_button_shows_it_whole(page):
    _, pictures = record("a", layers.Conv2D(1, 2), (1, 3, 3, 1))
    page.show(pictures)
    assert written(page, 2, 2) == [True] * 4
    for name, count in [("First cell", 1), ("One step forward", 2), ("One step back", 1), ("Last cell", 4)]:
        button(page, name).click()
        assert written(page, 2, 2) == [number < count for number in range(4)], name
    button(page, "First cell").click()
    button(page, "Whole output").click()
    assert written(page, 2, 2) == [True] * 4
    assert not button(page, "Whole output").is_visible()
    button(page, "First cell").click()
    point(page, 0, 0, 0, size=(3, 3))
    assert written(page, 2, 2) == [True] * 4
    button(page, "Play").click()
    button(page, "Pause").click()
    assert written(page, 2, 2) == [True, False, False, False]


def test_who_wants_less_motion_sees_a_row_at_a_time_and_can_step(page):
    _, pictures = record("a", layers.Conv2D(1, 2), (1, 4, 4, 1))
    page.page.emulate_media(reduced_motion="reduce")
    try:
        page.show(pictures)
        assert not page.stage.get_by_label("Speed").is_visible()
        button(page, "Play").click()
        assert written(page, 3, 3) == [row < 1 for row in range(3) for column in range(3)]
        page.page.evaluate(NOTE_STEPS)
        button(page, "Play").wait_for()
        assert page.page.evaluate("window.steps") == ["6 / 9", "9 / 9"]
        button(page, "First cell").click()
        button(page, "One step forward").click()
        assert written(page, 3, 3) == [number < 2 for number in range(9)]
        button(page, "Play").click()  # to the end of the row that is begun
        button(page, "Pause").click()
        assert written(page, 3, 3) == [number < 3 for number in range(9)]
    finally:
        page.page.emulate_media(reduced_motion="no-preference")


def test_the_stamps_of_a_scatter_pile_up(page):
    _, pictures = record("a", layers.Conv2DTranspose(1, 2, strides=2), (1, 2, 2, 1))
    page.show(pictures, view="scatter")
    button(page, "First cell").click()
    stamped = [row < 2 and column < 2 for row in range(4) for column in range(4)]
    assert written(page, 4, 4) == stamped
    button(page, "One step forward").click()
    assert written(page, 4, 4) == [row < 2 for row in range(4) for column in range(4)]


def test_the_headline_bears_the_keys_of_its_facts_and_they_are_those_of_keras(page):
    layer = layers.SeparableConv2D(5, (3, 2), depth_multiplier=2)
    answer, pictures = record("a", layer, (1, 7, 8, 3))
    page.show(pictures)
    same = layers.SeparableConv2D(5, (3, 2), depth_multiplier=2)
    output = same(np.zeros((1, 7, 8, 3)))
    assert headline(page) == {
        "output_shape": str(tuple(output.shape)),
        "depthwise_kernel": str(tuple(same.depthwise_kernel.shape)),
        "pointwise_kernel": str(tuple(same.pointwise_kernel.shape)),
        "params": str(same.count_params()),
        "macs": f"{answer.macs:,}",
    }
    assert page.stage.locator('[data-fact="kernel"]').count() == 2
    assert facts(page)["parameters"] == answer.params_formula
    assert facts(page)["versions"].startswith(f"Keras {keras.__version__}, ")


def headline(page):
    read = "parts => parts.map(({ dataset, innerText }) => [dataset.weight ?? dataset.fact, innerText])"
    return dict(page.stage.locator("[data-fact]").evaluate_all(read))


def test_what_a_move_changes_is_marked_with_its_old_value_until_the_next_move(page):
    _, few = record("few", layers.Conv2D(1, 3), (1, 6, 6, 1))
    _, many = record("many", layers.Conv2D(4, 3), (1, 6, 6, 1))
    _, wide = record("wide", layers.Conv2D(4, 3, activation="relu"), (1, 6, 6, 1))
    page.show(few, many, wide)
    changed = page.stage.locator(".cn-changed .cn-head-value")
    assert changed.all_inner_texts() == []
    page.stage.hover()
    page.choose("many")
    old_and_new = ["(1, 4, 4, 1) → (1, 4, 4, 4)", "(3, 3, 1, 1) → (3, 3, 1, 4)", "10 → 40", "144 → 576"]
    assert changed.all_inner_texts() == old_and_new
    assert headline(page)["params"] == "40"
    page.choose("wide")
    assert changed.all_inner_texts() == []
    assert headline(page)["params"] == "40"


def test_a_click_on_an_old_value_asks_for_it_back_where_there_is_a_way_back(page):
    _, few = record("few", layers.Conv2D(1, 3), (1, 6, 6, 1))
    _, many = record("many", layers.Conv2D(4, 3), (1, 6, 6, 1))
    page.show(few, many)
    page.choose("many")
    assert page.stage.locator(".cn-old").count() == 4
    assert page.stage.locator("button .cn-old").count() == 0
    for one in many.values():
        one["snapshot"]["back"] = True
    page.show(few, many)
    page.choose("many")
    button(page, "Go back to: 10").click()
    assert page.commands == [{"back": True}]


def test_who_hears_the_page_hears_only_what_changed(page):
    _, plain = record("plain", layers.Conv2D(1, 3), (1, 6, 6, 1))
    _, strided = record("strided", layers.Conv2D(1, 3, strides=3), (1, 6, 6, 1))
    page.show(plain, strided)
    spoken = page.stage.locator(".cn-spoken")
    point(page, 1, 1, 1, size=(4, 4))
    spoken.get_by_text("output (1, 4, 4, 1). y[0, 1, 1, 0] is").wait_for(state="attached")
    page.choose("strided")
    spoken.get_by_text("output (1, 2, 2, 1).").wait_for(state="attached")
    text = spoken.inner_text()
    assert "MACs a sample 36." in text and "kernel" not in text and "parameters" not in text


def test_the_headline_stays_in_sight(page):
    _, pictures = record("a", layers.Conv2D(1, 3), (1, 20, 20, 1))
    page.show(pictures)
    page.page.set_viewport_size({"width": 1200, "height": 300})
    page.page.mouse.wheel(0, 250)
    page.page.wait_for_function("scrollY > 200")
    assert page.stage.locator(".cn-headline").bounding_box()["y"] >= 0
    page.page.set_viewport_size({"width": 1200, "height": 900})


@pytest.mark.parametrize(
    "layer, shape, view",
    [
        (layers.Conv2D(10, 3), (1, 28, 28, 12), ""),
        (layers.Conv2D(24, 3, padding="same"), (1, 28, 28, 1), ""),
        (layers.SeparableConv2D(4, 3), (1, 7, 9, 5), ""),
        (layers.Conv2DTranspose(1, 3, strides=2), (1, 13, 13, 2), "gather"),
    ],
    ids=["12 channels", "24 filters", "separable", "transposed"],
)
def test_on_a_small_laptop_headline_grids_walk_and_the_sums_last_line_are_on_one_screen(page, layer, shape, view):
    answer, pictures = record("a", layer, shape)
    page.page.set_viewport_size({"width": 828 + 26, "height": 768})  # the stage beside its controls in JupyterLab
    page.show(pictures, view=view)
    last = page.stage.locator(".cn-panels > :last-child .cn-frame")
    last.focus()
    press(page, "Home", "ArrowRight")
    bottoms = [page.stage.locator(f".cn-{name}").last.bounding_box() for name in ("cells", "play", "returned")]
    top = page.stage.bounding_box()["y"]
    page.page.set_viewport_size({"width": 1200, "height": 900})
    assert max(box["y"] + box["height"] for box in bottoms) - top <= 647


def test_the_first_tab_stop_leads_past_the_controls_to_the_picture(page):
    _, pictures = record("a", layers.Conv2D(1, 3), (1, 6, 6, 1))
    page.show(pictures)
    skip = page.page.get_by_role("button", name="Skip to the picture")
    skip.focus()
    assert skip.bounding_box()["height"] >= 24
    press(page, "Enter")
    assert page.page.evaluate("document.activeElement.className") == "cn-frame"


def test_what_python_has_not_sent_is_asked_for_and_makes_the_sum_whole(page, monkeypatch):
    monkeypatch.setattr(snapshot_module, "SENT_WHOLE", 4 * 3 * 3)  # one channel
    answer, pictures = record("a", layers.Conv2D(1, 2), (1, 3, 3, 3))
    stage, window = Stage(), []
    stage.show(answer, layer_picture(answer))
    stage.send = lambda content, buffers: window.extend(buffers)
    stage._answer(None, {"window": [0, 1, 1, 0], "grid": 1, "revision": 1}, [])
    page.show(pictures, windows={"0,1,1,0": window[0]})
    point(page, 1, 1, 1, size=(2, 2))
    page.stage.locator(".cn-total").wait_for()
    assert page.commands[-1] == {"window": [0, 1, 1, 0], "grid": 1, "revision": 1}
    assert value(page, "total") == pytest.approx(answer.y[0, 1, 1, 0], rel=1e-5, abs=1e-6)
    (total,) = lines(page, "total")
    assert numbers(total)[-1] == pytest.approx(answer.y[0, 1, 1, 0], rel=1e-3)


def test_edits_are_asked_for_one_after_the_other(page):
    _, pictures = record("a", layers.Conv2D(1, 2), (1, 4, 4, 1))
    page.show(pictures, editable=["picture", "kernel"])
    button(page, "Edit cells").click()
    page.stage.locator('[data-grid="kernel"] .cn-frame').press("Home")
    press(page, "Delete", "ArrowRight", "Delete")
    edit = {"link": 0, "slice": 0, "filter": 0, "value": 0}
    assert page.commands == [{"edit": edit | {"cells": [[0, 0, 0]]}}]
    page.choose("a")  # the same revision is no answer
    assert len(page.commands) == 1
    assert page.stage.locator(".cn-editor").inner_text().startswith("kernel[0, 1, 0, 0] =")


def test_the_words_are_those_of_the_table_with_its_forms_for_numbers(page):
    _, pictures = record("a", layers.Conv2D(1, 2), (1, 3, 3, 1))
    forms = {"one": "{name}: {count} клетка", "few": "{name}: {count} клетки", "many": "{name}: {count} клеток"}
    page.show(pictures, words=WORDS | {"language": "ru", "said_input": forms, "fact_output_shape": "выход"})
    assert "выход" in facts(page)
    for row, text in [(0, "x[0, 0, 0, 0]: 1 клетка"), (1, "x[0, 1, 0, 0]: 2 клетки")]:
        point(page, 0, row, 0, size=(3, 3))
        page.stage.locator(".cn-spoken").get_by_text(text).wait_for(state="attached")


def test_on_a_dark_page_it_is_dark_and_on_a_light_one_light_again(page):
    signed = np.linspace(-1, 1, 9).reshape(1, 3, 3, 1)  # not in grey
    _, pictures = record("a", layers.Conv2D(1, 2, kernel_initializer="zeros"), signed)
    page.show(pictures)
    corner = (
        "cells => [...cells.getContext('2d').getImageData(cells.width - 6, cells.height - 6, 1, 1).data.slice(0, 3)]"
    )
    for dark, theme, zero in [(True, "dark", [48, 48, 48]), (False, "light", [247, 247, 247])]:
        page.page.evaluate("dark => document.body.classList.toggle('dark', dark)", dark)
        page.page.wait_for_function("theme => document.querySelector('#stage').dataset.theme === theme", arg=theme)
        assert canvas(page, 1).evaluate(corner) == zero


def test_a_view_that_is_ended_leaves_nothing_and_hears_nothing(page):
    _, pictures = record("a", layers.Conv2D(1, 2), (1, 3, 3, 1))
    page.show(pictures)
    button(page, "Play").click()
    page.page.evaluate("window.end(); window.end = undefined")
    assert page.commands == ["ended"]
    assert page.stage.inner_html() == ""
    before = highlighted(page)
    page.page.wait_for_timeout(500)  # a step would come after a third of a second
    assert highlighted(page) == before


def test_on_a_telephone_the_stage_is_no_wider_than_the_page(browser):
    small = Page(browser.new_page(viewport={"width": 390, "height": 844}))
    _, pictures = record("a", layers.Conv2D(3, 3, padding="same"), (1, 8, 8, 3))
    small.show(pictures)
    wait = "() => document.querySelector('#stage').classList.contains('cn-narrow')"
    small.page.wait_for_function(wait)
    assert small.page.evaluate("document.documentElement.scrollWidth") <= 390
    canvas(small, 1).click(position={"x": 5, "y": 5})
    wait_highlighted(small, 1, 0, 0)
    assert small.errors == []


def test_a_pinned_cell_shows_how_each_channel_and_then_the_cell_is_made(page):
    answer, pictures = record("a", layers.Conv2D(1, 2, activation="relu", bias_initializer="ones"), (1, 4, 4, 14))
    page.show(pictures)
    parts = page.stage.locator(".cn-parts")
    point(page, 1, 1, 2, size=(3, 3))
    assert not parts.is_visible()
    page.page.mouse.down()
    page.page.mouse.up()
    assert parts.locator(".cn-equation").count() == 12
    tables = [table.locator("td").all_inner_texts() for table in parts.locator("table").all()[:3]]
    shown = np.array(tables, dtype=float)
    patch, weights = (array.ravel() for array in (answer.x[0, 1:3, 2:4, 0], answer.weights["kernel"].values[..., 0, 0]))
    assert shown == pytest.approx(np.array([patch, weights, patch * weights]), abs=0.006)
    kernel, x = answer.weights["kernel"].values[..., 0], answer.x[0, 1:3, 2:4]
    sums = [float((kernel[..., channel] * x[..., channel]).sum()) for channel in range(14)]
    before = sum(sums) + 1
    terms = [float(text) for text in parts.locator(".cn-term b").all_inner_texts()]
    assert terms == pytest.approx([*sums[:12], sum(sums[12:]), 1, before, answer.y[0, 1, 2, 0]], rel=1e-3, abs=1e-3)
    assert "".join(parts.locator(".cn-signed-term").last.inner_text().split()).startswith("→relu→")
    page.stage.locator('[data-grid="1"] .cn-frame').press("Escape")
    assert not parts.is_visible()


def test_the_cells_of_a_window_show_what_they_are_multiplied_by_and_the_bias_is_drawn(page):
    layer = layers.Conv2D(2, 2, kernel_initializer="ones", bias_initializer=keras.initializers.Constant(0.25))
    _, pictures = record("a", layer, np.arange(16).reshape(1, 4, 4, 1))
    page.show(pictures)
    page.page.evaluate("""() => {
      window.drawn = [];
      const fill = CanvasRenderingContext2D.prototype.fillText;
      CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
        window.drawn.push(text);
        fill.call(this, text, ...place);
      };
    }""")
    point(page, 1, 1, 1, size=(3, 3))
    assert [text for text in page.page.evaluate("window.drawn") if "×" in text] == ["×1"] * 4
    assert page.stage.locator(".cn-bias").inner_text() == "+ bias[0] = 0.25"
    page.page.evaluate("window.drawn = []")
    point(page, 0, 1, 1, size=(4, 4))
    assert not any("×" in text for text in page.page.evaluate("window.drawn"))


def test_a_pinned_cell_of_a_separable_layer_shows_both_steps(page):
    answer, pictures = record("a", layers.SeparableConv2D(2, 2), (1, 4, 4, 3))
    page.show(pictures)
    point(page, 2, 1, 2, size=(3, 3))
    page.page.mouse.down()
    page.page.mouse.up()
    texts = page.stage.locator(".cn-part > :last-child").all_inner_texts()
    assert [text.split(" = ")[0] for text in texts[:3]] == [f"z1[0, 1, 2, {channel}]" for channel in range(3)]
    sums = [numbers(text)[-1] for text in texts]
    assert sums[:3] == pytest.approx(answer.steps[0].y[0, 1, 2], rel=1e-3)
    assert sum(sums[3:]) == pytest.approx(answer.y[0, 1, 2, 0], rel=2e-3)
    page.stage.locator('[data-grid="2"] .cn-frame').press("Escape")


def test_a_pinned_cell_of_a_deformable_layer_shows_the_four_neighbours_of_each_point(page):
    layer = DeformableConv2D(1, 2)
    layer.build((1, 4, 4, 1))
    layer.offset_bias.assign([0.5, 0.25, 0, 0, 0, 0, 0, 0])
    answer, pictures = record("a", layer, np.arange(16.0).reshape(1, 4, 4, 1))
    page.show(pictures)
    point(page, 1, 1, 1, size=(3, 3))
    page.page.mouse.down()
    page.page.mouse.up()
    texts = page.stage.locator(".cn-part > :last-child").all_inner_texts()
    assert texts[0] == "[0, 0] (1.5, 1.25) = 7.25"  # halfway between 5.25 and 9.25
    assert len(texts) == 4 + 1
    page.stage.locator('[data-grid="1"] .cn-frame').press("Escape")


def test_a_lessons_own_question_is_answered_before_the_answer_and_shown_beside_it(page):
    answer, pictures = record("a", layers.Conv2D(1, 3, strides=2), (1, 6, 6, 1))
    page.show(pictures, reveal=False, question="Which rows stay unread?")
    box = page.stage.locator(".cn-predict")
    assert box.inner_text() == "Which rows stay unread?"
    field = page.stage.get_by_role("textbox", name="Which rows stay unread?")
    field.press_sequentially("the last <b>one</b>")
    assert button(page, "Play").is_visible()  # a space in the answer plays nothing
    field.press("Enter")
    assert page.commands == [{"reveal": True}]
    yours, returned = box.locator(".cn-answers > div").all_inner_texts()
    assert yours == "You answered: the last <b>one</b>"
    assert returned == f"Keras returned: {answer.output_shape}, drawn below"
    assert not field.is_visible()
    button(page, "Hide answer").click()
    assert field.is_visible() and not box.locator(".cn-answers").is_visible()


def test_without_a_question_shape_and_parameters_are_asked_for_and_nothing_is_typed(page):
    _, pictures = record("a", layers.Conv2D(1, 3), (1, 6, 6, 1))
    page.show(pictures, reveal=False)
    box = page.stage.locator(".cn-predict")
    assert "how many parameters" in box.inner_text()
    assert not box.locator("input").is_visible()
    button(page, "Reveal answer").click()
    assert not box.is_visible()


@pytest.mark.parametrize(
    "layer, shape",
    [
        (layers.Conv2D(2, 3, padding="same"), (1, 6, 7, 2)),  # with numbers in the cells
        (layers.Conv2D(1, 5, strides=2), (1, 60, 50, 1)),
        (layers.Conv2DTranspose(1, 3, strides=2), (1, 4, 5, 1)),
        (DeformableConv2D(1, 3, padding="same"), (1, 7, 7, 1)),
    ],
    ids=["padded", "large", "transposed", "deformable"],
)
def test_what_was_highlighted_leaves_no_trace(browser, layer, shape):
    answer, pictures = record("a", layer, shape)
    page = Page(browser.new_page(viewport={"width": 1200, "height": 900}, device_scale_factor=1.5))
    panels = ["0", "kernel", "1"]
    place, all_cells = np.random.default_rng(0), "list => list.map((canvas) => canvas.toDataURL())"

    def hover(grid, across, down):
        box = canvas(page, grid).bounding_box()
        canvas(page, grid).hover(position={"x": across * box["width"], "y": down * box["height"]})
        return hash(tuple(page.stage.locator(".cn-cells").evaluate_all(all_cells)))

    for last in [("0", 0.4, 0.6), ("1", 0.7, 0.3)]:
        page.show(pictures, view="scatter" if answer.operation in VIEWS else "")
        fresh = hover(*last)
        seen = {hover(panels[place.integers(3)], *place.uniform(0.02, 0.98, 2)) for _ in range(10)}
        assert len(seen) > 4
        assert hover(*last) == fresh
    page.page.close()
    assert page.errors == []
