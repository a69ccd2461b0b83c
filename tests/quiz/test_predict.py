"""predict(): answered from code and by the buttons, scored, and silent about the answer until it is over."""

import ipywidgets
import numpy as np
import pytest
from keras import layers

from widgets import Prediction, goal, predict
from widgets.facts import KINDS

X = (4, 28, 28, 12)


@pytest.fixture
def p():
    return predict(layers.Conv2D(10, 3), X)


def all_widgets(box):
    yield box
    for child in getattr(box, "children", ()):
        yield from all_widgets(child)


def button(prediction, name):
    return next(w for w in all_widgets(prediction) if isinstance(w, ipywidgets.Button) and w.description == name)


def field(prediction):
    return next(w for w in all_widgets(prediction) if isinstance(w, ipywidgets.Text))


def shown(prediction):
    """All that the reader sees as words, apart from the explorer."""
    return " ".join(w.value for w in prediction.children if isinstance(w, ipywidgets.HTML))


def press_enter(prediction, text):
    field(prediction).value = text
    field(prediction)._handle_custom_msg({"event": "submit"}, [])


# In code


def test_all_kinds_are_asked_in_a_sensible_order(p):
    kinds = []
    while p.solution is not None:
        assert p.answer(p.solution)
        kinds.append(p.results[-1]["kind"])
        p.next()
    assert kinds == ["output_shape", "kernel_shape", "params", "value", "settings"]
    assert p.score == (5, 5)
    assert p.question == "That was the last question. Right: 5 of 5."
    assert not p.answer("4 26 26 10")


def test_the_kinds_of_question_are_chosen_by_argument():
    p = predict(layers.Conv2D(10, 3), X, ask=["params", "output_shape"])
    assert p.solution == 1090
    p.next()
    assert p.solution == (4, 26, 26, 10)
    assert predict(layers.Conv2D(10, 3), X, ask="params").solution == 1090


def test_several_layers_are_asked_about_one_after_the_other():
    p = predict([layers.Conv2D(6, 2), layers.SeparableConv2D(6, 2)], X, ask="params")
    assert p.answer(294)
    p.next()
    assert p.answer("2*2*12 + 12*6 + 6")


@pytest.mark.parametrize("layer_class", [kind.layer_class for kind in KINDS.values()])
def test_a_class_of_each_kind_can_be_asked_about(layer_class):
    p = predict(layer_class, seed=2)
    for _ in range(6):
        assert p.answer(p.solution), p.question
        p.next()
    assert p.score == (6, 6)


def test_x_left_out_has_the_rank_that_the_layer_reads():
    assert predict(layers.Conv1D(2, 3), ask="output_shape").solution == (1, 10, 2)
    assert predict(layers.Conv2D(2, 3), ask="output_shape").solution == (1, 6, 6, 2)
    built = layers.Conv2D(2, 3)
    built.build((None, 9, 9, 5))
    assert predict(built, ask="kernel_shape").solution == (3, 3, 5, 2)


def test_a_wrong_answer_gets_a_hint_and_the_second_the_worked_solution(p):
    first = p.answer((4, 28, 28, 10))
    assert 'That is the size with padding="same"' in first.text
    assert "Hint: Without padding, only whole windows count." in first.text
    assert "floor((28 - 3) / 1) + 1 = 26" not in first.text
    second = p.answer((4, 25, 26, 10))
    assert "height: floor((28 - 3) / 1) + 1 = 26" in second.text
    assert p.results[0]["tries"] == 2 and p.results[0]["solution_shown"]


def test_what_was_answered_is_kept_for_a_teacher(p):
    p.answer("4 28 28 10")
    p.answer("(4, 26, 26, 10)")
    p.next()
    p.skip()
    p.hint()
    one, two, three = p.results
    told = {name: one[name] for name in ("number", "kind", "answer", "answers", "right", "tries", "hint", "over")}
    assert told == {
        "number": 1,
        "kind": "output_shape",
        "answer": "(4, 26, 26, 10)",
        "answers": ["4 28 28 10", "(4, 26, 26, 10)"],
        "right": True,
        "tries": 2,
        "hint": True,
        "over": True,
    }
    assert one["question"].startswith("`layers.Conv2D(10, 3)` is called on an input of shape (4, 28, 28, 12).")
    assert (two["tries"], two["right"], two["over"]) == (0, False, True)
    assert (three["tries"], three["hint"], three["over"]) == (0, True, False)
    one["answers"].append("changed by the teacher")
    assert len(p.results[0]["answers"]) == 2
    assert p.score == (1, 2)


def test_an_answer_after_the_solution_was_shown_does_not_count(p):
    assert "(batch, height, width, channels) = (4, 26, 26, 10)" in p.show()
    assert p.answer("4 26 26 10")
    assert p.score == (0, 1)
    assert p.results[0]["tries"] == 0


def test_the_same_wrong_answer_twice_and_an_empty_one_are_no_tries(p):
    p.answer("4 28 28 10")
    assert p.answer("4 28 28 10").text.startswith("You gave this answer before.")
    assert p.answer(" ").text == "Write an answer first."
    assert "A shape is whole numbers" in p.answer("four").text
    assert p.results[0]["tries"] == 1


def test_an_answer_may_be_several_values_or_settings_by_name():
    p = predict(layers.Conv2D(10, 3), X, ask=["output_shape", "settings"])
    assert p.answer(4, 26, 26, 10)
    p.next()
    assert p.answer(**p.solution)


def test_again_asks_the_same_question_about_a_layer_with_other_numbers_where_it_has_some():
    p = predict(layers.Conv2D(10, 3), X, ask=["params", "value"])
    p.show()
    p.again()
    assert p.solution == 1090 and p.explorer is None
    assert p.answer("1090")
    p.next()
    before = p.question
    p.again()
    assert p.question != before
    assert p.answer(p.solution)


def test_again_at_the_end_asks_all_of_it_once_more():
    p = predict(layers.Conv2D(10, 3), X, ask="params")
    p.next()
    assert p.solution is None
    p.again()
    assert p.solution == 1090


def test_again_draws_a_question_like_the_one_before():
    p = predict(layers.Conv2D, ask="output_shape")
    p.next()
    before, number = p.question, p.results[-1]["number"]
    p.again()
    assert p.question != before
    assert (p.results[-1]["number"], p.results[-1]["level"]) == (number, 2)


def test_the_layer_that_was_handed_over_is_left_alone():
    layer, state = layers.Conv2D(10, 3), np.random.get_state()[1].tolist()
    p = predict(layer, X)
    p.answer(p.solution)
    assert not layer.built
    assert np.random.get_state()[1].tolist() == state


# Silence about the answer


def test_the_repr_and_a_saved_notebook_do_not_give_the_answer_away():
    for layer in (layers.Conv2D(7, 3, strides=2), layers.Conv2D):
        p = predict(layer, None if isinstance(layer, type) else (4, 29, 22, 12))
        for _ in range(5):
            bundle = p._repr_mimebundle_()
            assert bundle.keys() == {"text/plain", "application/vnd.jupyter.widget-view+json"}
            assert bundle["text/plain"] == p.question
            assert len(repr(p)) < 120 and p.results[-1]["kind"] in repr(p)
            solution, kind = str(p.solution), p.results[-1]["kind"]
            seen = [repr(p), shown(p)] + [bundle["text/plain"]]
            if kind in ("output_shape", "kernel_shape", "params"):
                assert not any(solution in text for text in seen), kind
            assert "solution:" not in shown(p) and p.explorer is None
            p.next()


def test_older_ipywidgets_displays_the_same_bundle(p, monkeypatch):
    displayed = []
    monkeypatch.setattr("widgets.stage.tool.display", lambda bundle, raw: displayed.append((bundle, raw)))
    p._ipython_display_()
    assert displayed == [(p._repr_mimebundle_(), True)]


# The widget


def test_a_right_answer_by_hand_shows_the_explorer_and_the_next_question_hides_it(p):
    press_enter(p, "4 26 26 10")
    assert "Right." in shown(p)
    assert p.explorer.y.shape == (4, 26, 26, 10)
    assert p.children[-2].children == (p.explorer,)
    button(p, "Next").click()
    assert p.children[-2].children == () and p.explorer is None
    assert field(p).value == "" and field(p).description == "shape of kernel"


def test_the_explorer_hides_its_facts_while_a_question_about_the_layer_is_to_come():
    p = predict(layers.Conv2D(10, 3), X, ask=["output_shape", "params"])
    p.show()
    assert "cn-veiled" in p.explorer._dom_classes
    p.next()
    p.show()
    assert "cn-veiled" not in p.explorer._dom_classes


def test_every_button_does_what_its_name_says(p):
    field(p).value = "4 28 28 10"
    button(p, "Check").click()
    assert "Not yet." in shown(p) and "Hint:" in shown(p)
    button(p, "Hint").click()
    assert "Hint:" in shown(p) and "Not yet." not in shown(p)
    button(p, "Show the solution").click()
    assert "= 26" in shown(p)
    button(p, "Again").click()
    assert "= 26" not in shown(p)
    button(p, "Next").click()
    button(p, "Skip").click()
    assert "Question 3 of 5, right so far: 0 of 3" in shown(p)


def test_no_button_stands_there_that_is_of_no_use_at_the_moment():
    p = predict(layers.Conv2D(10, 3), X, ask="params")

    def offered():
        return [one.description for one in p.children[2].children if one.layout.display != "none"]

    before = ["Check", "Hint", "Show the solution", "Skip"]
    assert offered() == before
    assert not p.answer("5") and offered() == before
    assert p.answer(p.solution) and offered() == ["Again", "Next"]
    p.next()
    assert offered() == ["Again"]


def test_the_score_and_the_level_are_shown():
    p = predict(layers.Conv2D, ask="params")
    assert "Question 1, level 1, right so far: 0 of 0" in shown(p)
    p.answer(p.solution)
    p.next()
    assert "Question 2, level 2, right so far: 1 of 1" in shown(p)


def test_the_score_counts_a_right_answer_at_once(p):
    assert "right so far: 0 of 0" in shown(p)
    p.answer(p.solution)
    assert "right so far: 1 of 1" in shown(p)


def test_the_field_has_a_name_and_the_feedback_is_announced(p):
    assert field(p).description == "output shape"
    p.answer("4 28 28 10")
    assert "role='alert'" in shown(p)


def test_numbers_are_shown_as_tables():
    p = predict(layers.Conv2D(10, (2, 3)), X, ask="value")
    assert shown(p).count("<table>") == 5  # two channels of window and weights, and the bias
    assert shown(p).count("<tr>") == 2 * 4 + 1
    assert "window, channel 0:\n  " in p.question


def test_what_comes_from_the_learner_is_escaped(p):
    p = predict(layers.Conv2D(10, 3), X, ask="params")
    p.answer("<script>alert(1)</script>")
    assert "<script>" not in shown(p)
    assert "&lt;script&gt;" in shown(p)


def test_only_widgets_are_used_that_hosted_notebooks_draw(p):
    drawn = {"Prediction", "VBox", "HBox", "HTML", "Text", "Button", "Connection"}
    assert {type(widget).__name__ for widget in all_widgets(p)} == drawn


def test_an_endless_row_of_questions_leaves_no_widgets_behind():
    p = predict(layers.Conv2D, ask="output_shape")
    button(p, "Show the solution").click()
    first = p.explorer
    assert first.comm is not None
    p.next()
    assert first.comm is None


# Misuse


@pytest.mark.parametrize(
    "layer", [3, "Conv2D", [], [layers.Conv2D, layers.Conv2D(1, 2)], layers.Dense, layers.Dense(3)]
)
def test_what_is_no_convolution_is_refused(layer):
    with pytest.raises(TypeError, match="`predict` takes a Keras layer, a list of them, or a layer class"):
        predict(layer)


@pytest.mark.parametrize("ask", ["parameters", [], ["params", 3], None, 5])
def test_a_kind_that_nobody_knows_is_refused(ask):
    with pytest.raises(ValueError, match="`ask` takes 'output_shape', 'kernel_shape', 'params', 'value' or 'settings'"):
        predict(layers.Conv2D(10, 3), X, ask=ask)


@pytest.mark.parametrize("seed", [None, "1", -1, 1.5, True])
def test_a_seed_that_is_no_whole_number_is_refused(seed):
    with pytest.raises(ValueError, match="`seed` must be a whole number of at least 0. Received: .*Try seed=1"):
        predict(layers.Conv2D, seed=seed)


def test_a_class_takes_no_x():
    with pytest.raises(ValueError, match="With a layer class, `predict` draws the input as well"):
        predict(layers.Conv2D, X)


def test_a_layer_that_keras_refuses_is_not_asked_about():
    with pytest.raises(ValueError, match="asks about layers that work.*try a smaller kernel_size"):
        predict(layers.Conv2D(1, 9), (1, 5, 5, 1))


def test_it_is_a_box_of_widgets(p):
    assert isinstance(p, Prediction) and isinstance(p, ipywidgets.VBox)


def test_a_task_and_its_feedback_are_html_too_for_pages_that_cut_plain_text_within_words():
    task = goal(input_shape=(9, 7, 1), output_shape=(7, 5, 2))
    assert task._repr_html_() == (
        "<div class='cn-question'><p>Make a layer with these properties: it takes an input of shape (9, 7, 1); "
        "its output has the shape (7, 5, 2).</p></div>"
    )
    assert task(layers.Conv2D(1, 3))._repr_html_() == (
        "<div class='cn-feedback cn-wrong' role='alert'><p>\u2717 Not yet.</p>"
        "<p>Wanted: its output has the shape (7, 5, 2). Received: (7, 5, 1).</p></div>"
    )
