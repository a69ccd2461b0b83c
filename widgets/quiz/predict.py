"""predict(): the learner answers first, and then sees."""

import asyncio
from pathlib import Path

import ipywidgets

from widgets.facts import notebook_about
from widgets.language import in_own_words, say, together, words
from widgets.page import RecordedTool, Recording, record_pictures, write_page
from widgets.quiz.rendering import STYLE, Feedback, asked_html, feedback_html, question_html, question_text
from widgets.quiz.sequence import ALL, Quiz
from widgets.stage import Tool, browser_words, lifetime

LATER = 0.2  # seconds in which the text of a field follows the message that Enter was pressed there


def predict(layer_or_layers, x=None, *, ask=ALL, seed=0):
    """Ask about a Keras convolution layer before anything of it is shown.

    A wrong answer gets feedback and a hint; a second one the worked solution. Then the layer's explorer appears.

    Args:
        layer_or_layers: a Keras layer or a list of them, asked about one after the other. They are copied, never
            changed. Or a layer class, `layers.Conv2D` say, or a list of classes: then the questions never end, and
            become harder.
        x: an array or tensor (batch, height, width, channels), or a shape; left out, a small one. None for a class.
        ask: which kinds of question, in this order: "output_shape", "kernel_shape", "params", "value", "settings".
        seed: an int of at least 0; another one draws other numbers.

    Returns:
        A `Prediction`, to be the last line of a cell. In code, `question`, `solution` and `answer(...)` do what the
        widget does; `save("questions.html")` writes a page that asks without a kernel.

    Raises:
        TypeError, ValueError: for what we cannot ask about, such as a layer that Keras refuses for x.

    Example:

    >>> from keras import layers
    >>> p = predict(layers.Conv2D(10, 3), (4, 28, 28, 12), ask=["output_shape", "params"])
    >>> print(p.question)
    `layers.Conv2D(10, 3)` is called on an input of shape (4, 28, 28, 12). What is the output's shape (batch, height, \
width, channels)?
    >>> p.answer("4 26 26 10")
    Right.
    >>> p.next()
    >>> p.answer(3 * 3 * 10 + 10)
    Not yet. Channels are missing: a filter spans all the input channels that it reads.
    Hint: Count the cells of each kernel: multiply (height, width, in, filters). Then add the cells of `bias`.
    >>> p.answer("3*3*12*10 + 10")
    Right.
    >>> p.score
    (2, 2)
    """
    return Prediction(layer_or_layers, x, ask, seed)


class Prediction(Tool, ipywidgets.VBox):
    """Questions, one at a time. Made by `predict`.

    `results` is a list of dicts, one for each question begun: what was asked and answered, in how many tries.
    """

    def __init__(self, layer_or_layers, x, ask, seed):
        self._quiz = Quiz(layer_or_layers, x, ask, seed)
        self.words = words()
        self._records, self._number, self._again, self._round = [], 0, 0, 0
        self._seen = False  # an explorer takes time to make, and code alone does not need one
        self._make_widgets()
        self._begin()

    @property
    @in_own_words
    def question(self):
        """The question as text, with its tables of numbers; after the last one, how it went."""
        if self._question is None:
            right, answered = self.score
            return say("question.done", right=right, count=answered)
        return question_text(self._question)

    @property
    def solution(self):
        """The right answer as a plain value; for settings, one of the right ones. None after the last question."""
        return self._question and self._question.solution

    @property
    def results(self):
        """One plain dict for each question begun: question, answer (the last one given), right, tries and more."""
        return [dict(record, answers=list(record["answers"])) for record in self._records]

    @property
    def score(self):
        """(right, answered): questions answered right before their solution was shown, and all that are over."""
        return sum(r["right"] for r in self._records), sum(r["over"] for r in self._records)

    @in_own_words
    def answer(self, *answer, **settings):
        """Check an answer: typed text, a plain value, or settings by name. Returns feedback, true where it is right."""
        if self._question is None:
            return Feedback(False, self.question, counts=False)
        given = settings or (answer[0] if len(answer) == 1 else answer)
        if isinstance(given, str) and not given.strip():
            return self._say(Feedback(False, say("predict.empty"), counts=False))
        record, feedback = self._records[-1], self._question.judge(given)
        if not feedback.counts or self._over:
            after = "" if not self._over or not feedback.counts else "\n" + say("predict.settled")
            return self._say(feedback._replace(text=feedback.text + after))
        plain = given if isinstance(given, str) else str(given)
        if not feedback and plain in record["answers"]:
            return self._say(Feedback(False, together(say("predict.twice"), feedback.text), counts=False))
        record["answers"].append(plain)
        record.update(answer=plain, right=feedback.right, tries=record["tries"] + 1)
        if feedback:
            return self._settle(feedback)
        feedback = feedback._replace(text=together(say("predict.wrong"), feedback.text))
        if record["tries"] > 1:
            return self._settle(feedback, self._worked())
        record["hint"] = True
        return self._say(feedback._replace(text=f"{feedback.text}\n{self._hint()}"))

    @in_own_words
    def hint(self):
        """Show the hint, and return it."""
        if self._question is None:
            return self.question
        self._records[-1]["hint"] = True
        return self._say(Feedback(False, self._hint(), counts=False)).text

    @in_own_words
    def show(self):
        """Show the worked solution and the explorer, and return the solution's text. The question is over then."""
        if self._question is None:
            return self.question
        self._records[-1]["solution_shown"] = True
        return self._settle(Feedback(False, self._worked(), counts=False)).text

    @in_own_words
    def next(self):
        """Go on to the next question. One that is not over is skipped."""
        if self._question is not None:
            self._records[-1]["over"] = True
            self._number += 1
            self._again = self._round
            self._begin()

    skip = next

    @in_own_words
    def again(self):
        """This question once more, with other numbers where it has some. At the end: all questions once more."""
        if self._question is None:
            self._number, self._round = 0, self._round + 1
            self._again = self._round
        else:
            record = self._records[-1]
            record["over"] = True
            if not (record["tries"] or record["hint"] or record["solution_shown"]):
                self._records.pop()  # it was not touched
            self._again += 1
        self._begin()

    @in_own_words
    def save(self, path):
        """Write a page that asks these questions without a kernel, those about settings left out: path ends in .html.

        Raises ValueError for another path, and for questions without end.
        """
        write_page(path, self.recorded)

    @in_own_words
    def recorded(self, record=None):
        """All that a page needs that asks without a kernel: see `save`.

        `record` is that of the same questions in another language. Raises ValueError where there are none but those
        about settings, and where the pictures are too large for a page.
        """
        if self._quiz.endless:
            raise ValueError(say("page.no_end"))
        questions = map(self._quiz.question, range(self._quiz.count))
        asked = [question for question in questions if question.reads != "settings"]  # which Keras has to build
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
            words=browser_words(self.words) | self.words.room("predict", "question", "reading"),
            title=say("page.questions", names=", ".join(names)),
            notebook=notebook_about((one.about.template.kind, one.facts.settings) for one in asked),
            still="".join(asked_html(question.text, question.shown) for question in asked),
            own_texts={"questions": texts.for_page()},
            notes=(say("page.kernel_asks"),),
            sheets=(STYLE,),
        )

    def _begin(self):
        """Ask the question of the present number, or none after the last."""
        self._question = self._quiz.question(self._number, self._again)
        if self._question is not None:
            kind, facts = self._question.kind, self._question.facts
            record = {"number": self._number + 1, "kind": kind, "level": self._quiz.level(self._number)}
            record |= {"layer": facts.code, "x": facts.input_shape, "question": self.question}
            state = {"answer": None, "answers": [], "right": False, "tries": 0, "over": False}
            self._records.append(record | state | {"hint": False, "solution_shown": False})
        self._show_question()

    @property
    def _over(self):
        return self._question is None or self._records[-1]["over"]

    def _settle(self, feedback, worked=""):
        """The question is over: the explorer appears."""
        first = not self._over
        self._records[-1]["over"] = True
        self._records[-1]["solution_shown"] |= bool(worked)
        feedback = feedback._replace(text="\n".join(filter(None, [feedback.text, worked])))
        if first and self._seen:
            _ = self.explorer  # made when it is asked for
        return self._say(feedback, self._worked() if feedback else "")

    @property
    @in_own_words
    def explorer(self):
        """The explorer of the layer asked about, once the question is over; None before."""
        if self._over and self._question is not None and not self._stage.children:
            made = self._question.explorer()
            if not self._quiz.endless and self._quiz.goes_on(self._number):
                made.add_class("cn-veiled")  # its facts answer the next question
            self._stage.children = [made]
        return next(iter(self._stage.children), None)

    def _hint(self):
        return say("predict.hint_is", hint=self._question.hint)

    def _worked(self):
        return "\n".join([say("predict.solution"), *self._question.worked])

    def _make_widgets(self):
        self._text, self._feedback, self._stage = ipywidgets.HTML(), ipywidgets.HTML(), ipywidgets.VBox()
        self._field = ipywidgets.Text(continuous_update=False, style={"description_width": "initial"})
        self._field.add_class("cn-answer")
        self._waiting = None  # a timer: Enter was pressed, and the text may still be on its way
        self._field.on_msg(self._pressed)
        self._field.observe(lambda _: self._waiting and self._check_field(), "value")
        self._buttons = {}
        acts = {"check": self._check_field, "hint": self.hint, "show": self.show, "skip": self.skip}
        for name, act in (acts | {"again": self.again, "next": self.next}).items():
            self._buttons[name] = ipywidgets.Button(description=say(f"predict.{name}"), layout={"width": "auto"})
            self._buttons[name].on_click(lambda _, act=act: self._by_hand(act))
        row = ipywidgets.HBox(list(self._buttons.values()), layout={"flex_flow": "row wrap"})
        super().__init__([self._text, self._field, row, self._feedback, self._stage])
        self.add_class("cn-asked")

    def _pressed(self, _, content, buffers):
        """Enter was pressed in the field. Its text is sent right behind that message, if it has changed."""
        if content.get("event") == "submit":
            try:
                self._waiting = asyncio.get_running_loop().call_later(LATER, self._check_field)
            except RuntimeError:
                self._check_field()

    def _check_field(self):
        if self._waiting:
            self._waiting.cancel()
            self._waiting = None
        self._by_hand(lambda: self.answer(self._field.value))

    @in_own_words
    def _by_hand(self, act):
        """Do what a button does, and leave the focus where the next key is wanted."""
        self._seen, before, over = True, self._question, self._over
        act()
        if not hasattr(self._field, "focus"):  # ipywidgets 7
            return
        if self._question is None:
            self._buttons["again"].focus()
        elif self._question is not before:
            self._field.focus()
        elif self._over and not over:
            self._buttons["next"].focus()

    def _show_question(self):
        shown, self._stage.children, self._feedback.value = self._stage.children, [], ""
        lifetime.close(*shown)
        self._field.value = ""
        self._field.description = self._question.label if self._question else ""
        self._show_state()

    def _show_state(self):
        """The question, with its number and the score above it, and the buttons of use at the moment; the first of them
        is what most readers want."""
        number, count, level = self._number + 1, self._quiz.count, self._quiz.level(self._number)
        right, answered = self.score
        fields = {"number": min(number, count or number), "level": level, "right": right, "answered": answered}
        heading = say("predict.endless" if count is None else "predict.count", count=count, **fields)
        self._text.value = question_html(heading, self._question, self.question)
        self._field.layout.display = None if self._question else "none"
        offered = ("next", "again") if self._over else ("check", "hint", "show", "skip")
        if self._question is None:
            offered = ("again",)
        for name, button in self._buttons.items():
            button.layout.display = None if name in offered else "none"
            button.button_style = "primary" if name == offered[0] else ""

    def _say(self, feedback, folded=""):
        """Show feedback, and return it."""
        self._feedback.value = feedback_html(feedback, folded)
        self._show_state()
        return feedback

    def __repr__(self):
        if self._question is None:
            return f"<Prediction: {self.question}>"
        facts = self._question.facts
        return f"<Prediction {self._number + 1}: {self._question.kind} of {facts.code} on {facts.input_shape}>"

    @in_own_words
    def _saved(self):
        """The question as text: never the answer."""
        self._seen = True
        _ = self.explorer  # of a question that is over, it is shown as well
        return {"text/plain": self.question}


def _record(asked):
    """The picture after each question."""
    shown = [question.explorer() for question in asked]
    beside = [
        {"start": made._stage.start, "veiled": any(later.about is question.about for later in asked[number:])}
        for number, (question, made) in enumerate(zip(asked, shown), 1)
    ]
    lifetime.close(*shown)
    return record_pictures("question", [made.facts for made in shown], beside)
