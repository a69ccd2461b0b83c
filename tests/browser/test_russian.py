"""Two Russian notebooks in the browser: questions answered, no English left, and no word without room."""

import re
from pathlib import Path

import nbformat
import pytest
from reading import CUT, OURS, look

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks" / "ru"
MORE = [
    "line = explore(layers.Conv2DTranspose(2, (3, 2), strides=2, output_padding=(1, 0)), (2, 4, 3, 4)); line",
    "import keras\nexplore(keras.Sequential([layers.Conv2D(1, 3), layers.MaxPooling2D(2)]), (1, 9, 9, 1))",
    "explore(layers.Conv2D(2, 3), (1, 6, 7, 2), reveal=False)",
    "from widgets import compare\ncompare([layers.Conv2D(6, 2), layers.SeparableConv2D(6, 2)], (4, 28, 28, 12))",
    "predict(layers.Conv2D(1, (2, 4)), (1, 13, 10, 1), ask=['params'])",
    "predict(layers.Conv2D(2, 3), (1, 8, 9, 3), ask=['value'])",
]


@pytest.fixture(scope="module")
def page(lab, tmp_path_factory):
    """The first notebook, with further tools behind its cells; its layer is one that Keras refuses."""
    content = nbformat.read(NOTEBOOKS / "00_start_here.ipynb", as_version=4)
    content.cells += map(nbformat.v4.new_code_cell, MORE)
    path = tmp_path_factory.mktemp("russian") / "notebook.ipynb"
    nbformat.write(content, path)
    nb = lab.open(path, size=(1366, 900), whole=True)
    nb.page.wait_for_function("document.querySelectorAll('.cn-stage[data-revision]').length === 4", timeout=120_000)
    nb.run("e.settings = {'strides': 2, 'dilation_rate': 2}")
    nb.page.locator(".cn-advice").wait_for(timeout=60_000)
    yield nb
    nb.run("import widgets; widgets.set_language('en')")  # the kernel goes on to other tests
    nb.close()
    assert [error for error in nb.errors if "colab-badge.svg" not in error] == []


@pytest.mark.parametrize(
    "place, label, wrong, said, right",
    [
        (0, "форма выхода", "1, 11, 6, 1", "Неверно: высота 11, ширина 6.", "1, 12, 7, 1"),
        (1, "параметры", "0,5", "0.5 — неверно.", "9,0"),
    ],
)
def test_a_question_is_answered_wrong_and_right_with_commas(page, place, label, wrong, said, right):
    answer(page.page.locator(".cn-asked").nth(place), label, wrong, said, right)


def answer(box, label, wrong, said, right):
    field = box.get_by_label(label, exact=True)
    field.fill(wrong)
    field.press("Enter")
    told = box.locator(".cn-feedback.cn-wrong")
    told.wait_for()
    assert said in told.inner_text().replace("\u00a0", " ")
    field.fill(right)
    field.press("Enter")
    box.locator(".cn-feedback.cn-right", has_text="Верно.").wait_for()


# What is read, heard or shown at a pointer, but for code and what Keras says.
TEXTS = """ours => [...document.querySelectorAll(ours)].flatMap(box => [box, ...box.querySelectorAll('*')])
  .filter(element => !element.closest('code, pre, style, .cn-code, .cn-words'))
  .flatMap(element => [
    ...[...element.childNodes].filter(({ nodeType }) => nodeType === Node.TEXT_NODE).map(({ data }) => data),
    ...['aria-label', 'aria-valuetext', 'title', 'placeholder', 'alt'].map(name => element.getAttribute(name) ?? ''),
  ])"""


def test_no_english_is_left_in_the_tools_and_in_what_is_spoken(page):
    box = page.page.locator(".cn-explorer").nth(1)
    box.locator('[data-grid="1"] .cn-frame').focus()
    page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Enter")
    box.locator(".cn-spoken").get_by_text("Читает клетки").wait_for(state="attached")
    assert english_of(page, 200) == []


def english_of(page, most):
    """The texts of the tools with four Latin words in a row; of more than `most` Russian ones."""
    texts = page.page.evaluate(TEXTS, OURS)
    assert len([text for text in texts if re.search("[а-я]{3}", text)]) > most
    return [text for text in texts if re.search(r"[A-Za-z]{2,}(?: [A-Za-z]{2,}){3,}", text)]


def test_a_second_notebook_is_worked_through_to_its_first_task(notebook):
    page = notebook.open(NOTEBOOKS / "02_grouped.ipynb", size=(1366, 768), whole=True)
    page.page.wait_for_function(
        "document.querySelectorAll('.cn-asked').length >= 1 && "
        "[...document.querySelectorAll('.cn-explorer')].every(one => one.querySelector('.cn-stage[data-revision]'))",
        timeout=120_000,
    )
    page.wait_answered()
    box = page.page.locator(".cn-asked").first
    answer(box, "форма выхода", "1, 6, 9, 15", "Неверно: ширина 9.", "1, 6, 10, 15")
    box.get_by_role("button", name="Дальше").click()
    answer(box, "форма kernel", "3, 2, 20, 15", "Здесь забыты группы", "3, 2, 4, 15")
    box.get_by_role("button", name="Дальше").click()
    answer(box, "параметры", "374,5", "374.5 — неверно.", "375,0")
    assert english_of(page, 100) == []
    assert page.page.evaluate(CUT, OURS) == []
    page.run("import widgets; widgets.set_language('en')")
    page.errors = [error for error in page.errors if "colab-badge.svg" not in error]


@pytest.mark.parametrize("theme, size", [("light", (360, 740)), ("dark", (1366, 768))], ids=["telephone", "laptop"])
def test_russian_words_have_their_room(page, theme, size):
    look(page, theme, *size)
    page.screenshot(f"russian-{size[0]}")
    assert page.page.evaluate(CUT, OURS) == []


def test_russian_words_have_their_room_on_the_whole_screen(page):
    look(page, "light", 1920, 1080)
    box = page.page.locator(".cn-explorer").nth(1)
    box.get_by_role("button", name="На весь экран").press("Enter")
    box.get_by_role("button", name="Выйти из полного экрана").wait_for()
    try:
        page.screenshot("russian-full")
        assert page.page.evaluate(CUT, OURS) == []
    finally:
        box.get_by_role("button", name="Выйти из полного экрана").press("Enter")
        box.get_by_role("button", name="На весь экран", exact=True).wait_for()
