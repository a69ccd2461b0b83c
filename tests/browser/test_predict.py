"""predict() as a learner meets it: answered wrong, hinted at, answered right, by keyboard alone."""

import re

SETUP = "from widgets import predict\nfrom tensorflow.keras import layers"
SHOWN = "p = predict(layers.Conv2D(10, (3, 2), strides=2), (4, 29, 29, 12)); p"


def focused(page):
    """The name of what has the focus."""
    return page.evaluate(
        "() => { const e = document.activeElement;"
        " return e.labels?.[0]?.textContent || e.getAttribute('aria-label') || e.textContent; }"
    )


def settle(nb, state):
    """Wait for feedback of one kind, "right", "wrong" or "told", and for what follows it; returns its text."""
    place = nb.page.locator(f".cn-feedback.cn-{state}")
    place.wait_for()
    catch_up(nb)
    return place.inner_text()


def catch_up(nb):
    """Wait for all that the kernel sends: text, buttons and the focus come one after the other."""
    nb.wait_answered()
    nb.run("")  # behind what no message of the page began: Enter is worked off a moment later


def type_answer(nb, text):
    nb.page.keyboard.press("Control+a")
    nb.page.keyboard.type(text)  # at once, and Enter right behind it
    nb.page.keyboard.press("Enter")


def test_predict_wrong_read_the_hint_predict_right_and_go_on_by_keyboard_alone(notebook):
    nb = notebook([SETUP, SHOWN])
    page = nb.page
    field = page.get_by_label("output shape", exact=True)
    field.wait_for()
    assert "Question 1 of 5, right so far: 0 of 0" in page.locator(".cn-question").inner_text()
    field.focus()
    type_answer(nb, "4 14 15 10")
    said = settle(nb, "wrong")
    assert "Wrong: width 15. That is rounded up." in said
    assert "Hint: Without padding, only whole windows count." in said
    assert nb.run("p.results[0]['answers']") == "['4 14 15 10']"
    assert focused(page) == "output shape"
    assert nb.stage.count() == 0
    type_answer(nb, "(4, 14, 14, 10)")
    assert "Right." in settle(nb, "right")
    nb.wait_revision(1)
    assert not nb.stage.locator(".cn-facts").is_visible()  # they would answer the next question
    assert focused(page) == "Next"
    page.keyboard.press("Enter")
    page.get_by_label("shape of kernel", exact=True).wait_for()
    page.wait_for_function("document.querySelector('.cn-stage') === null")
    catch_up(nb)
    assert focused(page) == "shape of kernel"
    assert "Question 2 of 5, right so far: 1 of 1" in page.locator(".cn-question").inner_text()
    assert nb.run("p.results[0]['tries']") == "2"


def test_every_button_is_reached_by_tab_and_does_what_it_says(notebook):
    nb = notebook([SETUP, SHOWN])
    page = nb.page
    page.get_by_label("output shape", exact=True).focus()
    names = []
    for _ in range(6):
        page.keyboard.press("Tab")
        names.append(focused(page))
    assert names == ["Check", "Hint", "Show the solution", "Skip", "Again", "Next"]
    for _ in range(4):
        page.keyboard.press("Shift+Tab")
    assert focused(page) == "Hint"
    page.keyboard.press("Enter")
    assert settle(nb, "told").startswith("Hint:")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_text("height: floor((29 - 3) / 2) + 1 = 14").wait_for()
    nb.wait_revision(1)
    page.keyboard.press("Enter")
    page.get_by_label("shape of kernel", exact=True).wait_for()


def test_the_last_question_gives_the_score_and_offers_to_begin_again(notebook):
    nb = notebook([SETUP, "p = predict(layers.Conv2D(10, 3), (4, 28, 28, 12), ask='params'); p"])
    page = nb.page
    field = page.get_by_label("parameters", exact=True)
    field.focus()
    type_answer(nb, "3*3*12*10")
    assert "That forgets the bias" in settle(nb, "wrong")
    type_answer(nb, "3*3*12*10 + 10")
    settle(nb, "right")
    assert nb.stage.locator(".cn-facts").is_visible()
    page.keyboard.press("Enter")
    page.get_by_text("That was the last question. Right: 1 of 1.").wait_for()
    catch_up(nb)
    assert not field.is_visible()
    page.wait_for_function("document.activeElement.textContent.trim() === 'Again'")
    page.keyboard.press("Enter")
    field.wait_for()


def test_numbers_typed_quickly_and_ended_by_enter_arrive_whole(notebook):
    nb = notebook([SETUP, "p = predict(layers.Conv2D, ask='params', seed=1); p"])
    page = nb.page
    page.get_by_label("parameters", exact=True).focus()
    for number in range(4):
        solution = nb.run("p.solution")
        type_answer(nb, solution)
        settle(nb, "right")
        page.keyboard.press("Enter")
        page.get_by_text(re.compile(rf"Question {number + 2}, level")).wait_for()
        page.wait_for_function("document.activeElement.tagName === 'INPUT'")
    assert nb.run("[r['tries'] for r in p.results]") == "[1, 1, 1, 1, 0]"


def test_the_explorer_behind_a_value_shows_how_the_cell_that_was_asked_for_is_made(notebook):
    for layer in ("Conv2D(2, 3)", "Conv2DTranspose(2, 2, strides=2)"):
        nb = notebook([SETUP, f"p = predict(layers.{layer}, (1, 8, 8, 2), ask='value', seed=4); p"])
        nb.page.get_by_role("button", name="Show the solution").click()
        nb.wait_revision(1)
        asked = nb.run("p._question.asked[1:]")
        row, column, channel = map(int, re.findall(r"\d+", asked))
        assert nb.stage.get_attribute("data-highlighted") == f"1:0:{row}:{column}"
        assert (
            nb.stage.locator(".cn-line.cn-value, .cn-sum")
            .first.inner_text()
            .startswith(f"y[0, {row}, {column}, {channel}]")
        )
        channels = int(nb.run("p.explorer.x.shape[-1]"))
        assert nb.stage.locator(".cn-part table").count() == 3 * channels  # its patch, the weights and their products
        returned = nb.stage.locator(".cn-term", has_text="Keras").locator("b").inner_text()
        assert float(returned) == float(nb.run("p.solution"))


def test_it_fits_a_narrow_dark_window(notebook):
    nb = notebook(
        [SETUP, "p = predict(layers.Conv2D(10, 3), (4, 28, 28, 12), ask='value'); p"], theme="dark", size=(360, 740)
    )
    page = nb.page
    page.locator(".cn-equations table").first.wait_for()
    box = page.locator(".cn-asked").bounding_box()
    for part in page.locator(".cn-asked :is(button, input, .cn-question p, .cn-equations table)").all():
        inner = part.bounding_box()
        name = part.evaluate("e => e.outerHTML.slice(0, 80)")
        assert inner["x"] >= box["x"] - 1, name
        assert inner["x"] + inner["width"] <= box["x"] + box["width"] + 1, name
