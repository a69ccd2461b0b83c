"""Saved pages of predict() and compare(): questions are answered, and layers chosen, without a kernel."""

import html
import re

import keras
import pytest
from keras import layers
from reading import ON_SCREEN

from widgets import compare, predict

X = (1, 6, 7, 2)
STACK = keras.Sequential([layers.Conv2D(1, 2), layers.Conv2D(1, 2)])


@pytest.fixture(scope="module")
def prediction():
    return predict([layers.Conv2D(4, 3), layers.Conv2DTranspose(2, 2)], X, ask=["output_shape", "value"])


@pytest.fixture(scope="module")
def comparison():
    return compare([layers.Conv2D(4, 3), layers.DepthwiseConv2D(2), layers.Conv2D(1, 9), STACK], X)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, prediction, comparison):
    """Pages by name."""
    folder = tmp_path_factory.mktemp("pages")
    prediction.save(folder / "questions.html")
    comparison.save(folder / "comparison.html")
    return folder


def say(page, typed):
    """What the page answers to this."""
    page.page.get_by_role("textbox").fill(typed)
    page.page.keyboard.press("Enter")
    return said(page)


def said(page):
    return page.page.locator(".cn-feedback").inner_text().split("\n\n")


def focused(page):
    return page.page.evaluate("document.activeElement.textContent")


def test_a_question_is_answered_wrong_and_right_by_keys_alone_and_then_the_picture_is_shown(open_page, prediction):
    page = open_page("questions")
    asked, heading = page.page.locator(".cn-question p").first, page.page.locator(".cn-question > div").first
    first = prediction._quiz.question(0)
    assert asked.inner_text() == first.text.replace("`", "")
    page.page.keyboard.press("Tab")
    assert page.page.get_by_label("output shape").evaluate("field => field === document.activeElement")
    assert say(page, "1, 6, 7, 4")[0] == f"\u2717 Not yet. {first.judge('1 6 7 4').text.splitlines()[0]}"
    assert page.page.locator("canvas").count() == 0
    assert said(page)[-1] == f"Hint: {first.hint}".replace("`", "")
    assert say(page, "1 x 4 x 5 x 4")[0] == "\u2713 Right."
    assert heading.inner_text() == "Question 1 of 4, right so far: 1 of 1"
    assert page.code == "layers.Conv2D(4, 3)"
    assert not page.page.locator(".cn-headline").is_visible()  # it would answer what comes
    page.page.locator("summary", has_text="How it is worked out").click()
    assert "height: floor((6 - 3) / 1) + 1 = 4" in page.page.locator(".cn-feedback").inner_text()
    page.page.get_by_role("button", name="Next").focus()
    page.page.keyboard.press("Enter")
    assert page.page.locator("canvas").count() == 0 and page.page.locator(".cn-feedback").count() == 0
    assert page.page.get_by_role("textbox").input_value() == ""
    value = prediction._quiz.question(1)
    assert page.page.locator(".cn-equations table").count() == sum(map(len, value.shown))
    assert say(page, f"{value.solution - 1},0 + 1")[0] == "\u2713 Right."  # a decimal comma
    cell = ":".join(map(str, ["1", 0, *value.asked[1:3]]))
    assert page.stage.get_attribute("data-highlighted") == cell
    returned = page.stage.locator(".cn-term").last.locator("b").inner_text()
    assert float(returned) == value.solution  # how it is made stands below the picture
    assert page.page.locator(".cn-headline").is_visible()
    assert focused(page) == "Next"


def test_after_the_last_question_the_score_is_said_and_all_can_be_asked_again(open_page):
    page = open_page("questions")
    press = lambda name: page.page.get_by_role("button", name=name).click()  # noqa: E731
    buttons = page.page.locator(".cn-question button:visible")
    assert buttons.all_inner_texts() == ["Check", "Hint", "Show the solution", "Skip"]
    say(page, "1 4 5 4")
    assert buttons.all_inner_texts() == ["Next"]
    press("Next")
    press("Skip")
    say(page, "5")
    assert say(page, "6 7 2")[1].startswith("The solution:")
    page.page.get_by_role("button", name="Gather").click()
    assert page.page.locator(".cn-panel-grid").count() == 3
    press("Next")
    press("Show the solution")
    press("Next")
    asked = page.page.locator(".cn-question p").first
    assert asked.inner_text() == "That was the last question. Right: 1 of 4."
    assert page.page.get_by_role("textbox").count() == 0 and focused(page) == "Again"
    assert [one.inner_text() for one in page.page.locator("button").all() if one.is_visible()] == ["Again"]
    press("Again")
    assert page.page.locator(".cn-question > div").first.inner_text() == "Question 1 of 4, right so far: 1 of 4"
    assert page.page.get_by_role("textbox").evaluate("field => field === document.activeElement")


def cells(live):
    """The words in each cell of a live table, row by row; the first cell has the picture."""
    rows = re.findall(r"<tr>(.*?)</tr>", live.children[1].value)[1:]
    of_row = [re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row)[1:] for row in rows]
    return [[html.unescape(re.sub(r"<[^>]*>", "", cell)) for cell in row] for row in of_row]


def test_a_comparison_is_the_notebooks_table_in_every_order(open_page, comparison):
    page = open_page("comparison")
    read = (
        "[...document.querySelectorAll('tbody tr')].map(row => [...row.cells].slice(1).map(cell => cell.textContent))"
    )
    assert page.page.evaluate(read) == cells(comparison)
    assert page.page.locator(".cn-compare caption").inner_text() == "x: (1, 6, 7, 2)"
    widths = "[...document.querySelectorAll('tbody div')].map(bar => bar.style.width)"
    assert page.page.evaluate(widths) == re.findall(r'style="width: (\d+%)', comparison.children[1].value)
    options = comparison.children[0].children[0].options
    menu = page.page.get_by_label("sort by")
    assert menu.locator("option").all_inner_texts() == [label for label, by in options if by != "ms"]
    for label, by in options[:-1]:
        for largest in (False, True):
            menu.select_option(label)
            page.page.get_by_label("largest first").set_checked(largest)
            comparison.sort(by, largest)
            assert page.page.evaluate(read) == cells(comparison), (by, largest)
    comparison.sort("given")


def test_choosing_a_row_shows_its_picture(open_page):
    page = open_page("comparison")
    assert page.code == "layers.Conv2D(4, 3)"
    radios = page.page.get_by_role("radio")
    assert [one.get_attribute("aria-label") for one in radios.all()][:2] == [
        "layers.Conv2D(4, 3)",
        "layers.DepthwiseConv2D(2)",
    ]
    assert radios.count() == page.page.locator(".cn-choice canvas").count() == 3  # one layer is refused
    radios.first.focus()
    page.page.keyboard.press("ArrowDown")
    assert page.code == "layers.DepthwiseConv2D(2)"
    page.stage.locator(".cn-go-back").first.click()
    assert page.code == radios.nth(0).get_attribute("aria-label") and radios.first.is_checked()
    page.page.locator("tbody tr").nth(3).click()
    assert page.code == "keras.Sequential([layers.Conv2D(1, 2), layers.Conv2D(1, 2)])"
    assert page.page.locator(".cn-panel-grid").count() == 3
    page.page.locator("tbody tr").nth(2).click()  # the refused one
    assert page.code.startswith("keras.Sequential")


def test_on_a_phone_the_picture_of_the_row_that_is_touched_comes_into_view(open_page):
    page = open_page("comparison", width=390, has_touch=True)
    assert page.stage.bounding_box()["y"] > 800
    page.page.locator("tbody tr").nth(1).tap()
    assert abs(page.stage.bounding_box()["y"]) < 100


@pytest.mark.parametrize("width, height", [(1366, 768), (1920, 1080)])
@pytest.mark.parametrize("name", ["questions", "comparison"])
def test_on_a_full_screen_the_picture_alone_is_all_in_sight(open_page, name, width, height):
    page = open_page(name)
    page.page.set_viewport_size({"width": width, "height": height})
    if name == "questions":
        page.page.locator(".cn-question-skip").click()
        page.page.locator(".cn-question-show").click()
    page.stage.get_by_role("button", name="Full screen").click()
    page.stage.get_by_role("button", name="Leave full screen").wait_for()
    seen = {"scrolling": [], "below": [], "small": []}
    assert page.page.evaluate(ON_SCREEN) == seen
    assert not page.page.locator(".cn-question, .cn-compared").is_visible()
    large = page.stage.locator(".cn-cells").first.bounding_box()["height"]
    page.page.keyboard.press("f")
    page.stage.get_by_role("button", name="Hide facts (F)").wait_for()
    assert page.stage.locator(".cn-facts").is_visible()
    assert page.page.evaluate(ON_SCREEN) == seen
    assert page.stage.locator(".cn-cells").first.bounding_box()["height"] > large / 2
    page.page.keyboard.press("f")
    assert not page.stage.locator(".cn-facts").is_visible()
    page.stage.get_by_role("button", name="Leave full screen").click()
    page.page.locator(".cn-question, .cn-compared").wait_for()


def test_a_picture_whose_facts_answer_the_next_question_offers_none_on_a_full_screen(open_page):
    page = open_page("questions")
    page.page.locator(".cn-question-show").click()
    page.stage.get_by_role("button", name="Full screen").click()
    page.stage.get_by_role("button", name="Leave full screen").wait_for()
    assert not page.stage.locator(".cn-beside").is_visible()


@pytest.mark.parametrize("theme, width", [("light", 1366), ("dark", 320)])
@pytest.mark.parametrize("name", ["questions", "comparison"])
def test_axe_finds_nothing_against_wcag_2_2_aa(open_page, name, theme, width):
    page = open_page(name, width=width, color_scheme=theme)
    if name == "questions":
        say(page, "1 6 7 4")
        say(page, "1 6 7 4")
        say(page, "1 4 5 4")
        page.page.locator("summary", has_text="How it is worked out").click()
    assert page.page.evaluate("document.documentElement.scrollWidth") == width
    assert page.stage.get_attribute("data-theme") == theme
    assert page.violations() == []


def test_the_picture_is_drawn_anew_when_the_page_takes_other_colours(open_page):
    page = open_page("comparison", color_scheme="light")
    cells = "document.querySelector('[data-grid=kernel] .cn-cells').toDataURL()"
    light = page.page.evaluate(cells)
    page.page.emulate_media(color_scheme="dark")
    page.page.wait_for_selector(".cn-stage[data-theme=dark]")
    assert page.page.evaluate(cells) != light


@pytest.mark.parametrize("name, words", [("questions", "What is the output's shape"), ("comparison", "MACs a sample")])
def test_without_javascript_there_are_the_words_and_a_sentence(browser, folder, name, words):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"file://{folder}/{name}.html")
    assert page.get_by_text(words).first.is_visible()
    assert page.get_by_text("Open this file in a current web browser").is_visible()
    context.close()
