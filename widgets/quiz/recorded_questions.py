"""The questions of predict() as a page asks them without a kernel: each with all that may be said to an answer."""

from pathlib import Path

from widgets.facts import notebook_about
from widgets.language import say
from widgets.page import RecordedTool, Recording, pack, record_pictures
from widgets.quiz.rendering import STYLE, asked_html
from widgets.stage import browser_words, lifetime


def record_questions(questions, own, record=None):
    """These questions, but those about settings: whatever is answered there, Keras has to build. `own` are the words,
    `record` is that of the same questions in another language.

    Raises ValueError where there are no others, or where their pictures are too large for a page.
    """
    asked = [question for question in questions if question.reads != "settings"]
    if not asked:
        raise ValueError(say("page.no_questions"))
    texts = Recording()
    for question in asked:
        plain = {name: getattr(question, name) for name in ("label", "text", "shown", "hint", "worked")}
        texts.add(plain | question.judging())
    names = dict.fromkeys(question.about.template.layer_class.__name__ for question in asked)
    return RecordedTool(
        module=Path(__file__).parent / "recorded_questions.js",
        record=record or _record(asked),
        words=browser_words(own) | own.room("predict", "question", "reading"),
        title=say("page.questions", names=", ".join(names)),
        language=own.language,
        notebook=notebook_about((one.about.template.kind, one.facts.settings) for one in asked),
        still="".join(asked_html(question.text, question.shown) for question in asked),
        own_texts={"questions": pack(texts)},
        notes=(say("page.kernel_asks"),),
        sheets=(STYLE,),
    )


def _record(asked):
    """The picture after each question."""
    shown = [question.explorer() for question in asked]
    beside = [
        {"start": made._stage.start, "veiled": any(later.about is question.about for later in asked[number:])}
        for number, (question, made) in enumerate(zip(asked, shown), 1)
    ]
    lifetime.close(*shown)
    return record_pictures("question", [made.facts for made in shown], beside)
