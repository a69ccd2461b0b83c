"""A question and what is said to an answer, as text and as HTML."""

import html
from pathlib import Path
from typing import NamedTuple

from widgets.language import say

STYLE = Path(__file__).parent / "predict.css"
CELLS = Path(__file__).parents[1] / "stage" / "number_tables.css"


class Feedback(NamedTuple):
    """What is said to an answer: whether it is right, a text, and whether it counts as a try."""

    right: bool
    text: str
    counts: bool = True

    def __bool__(self):
        return self.right

    def __repr__(self):
        return self.text

    def _repr_html_(self):
        return feedback_html(self)


def question_text(question):
    """The question as plain text, with its tables of numbers below it."""
    return "\n".join([question.text, *(_text_table(*table) for tables in question.shown for table in tables)])


def question_html(heading, question, text):
    """The question as HTML. `heading` says which one it is; `text` stands alone where there is no question."""
    asked = asked_html(question.text, question.shown) if question else asked_html(text)
    style = "".join(sheet.read_text(encoding="utf-8") for sheet in (CELLS, STYLE))
    return (
        f"<style>{style}</style><div class='cn-question'>"
        f"<div class='cn-count'>{html.escape(heading)}</div>{asked}</div>"
    )


def asked_html(text, shown=()):
    """A text with its tables of numbers below it."""
    equations = "".join(map(_html_equation, shown))
    return f"<p>{_code(text)}</p><div class='cn-equations'>{equations}</div>"


def feedback_html(feedback, folded=""):
    """Feedback as HTML, announced by a screen reader; `folded` is more text, to be opened."""
    state = "right" if feedback.right else "wrong" if feedback.counts else "told"
    mark = {"right": "\u2713 ", "wrong": "\u2717 ", "told": ""}[state]
    lines = "".join(f"<p>{_code(line)}</p>" for line in (mark + feedback.text).split("\n"))
    if folded:
        more = "".join(f"<p>{_code(line)}</p>" for line in folded.split("\n")[1:])
        lines += f"<details><summary>{html.escape(say('predict.folded'))}</summary>{more}</details>"
    return f"<div class='cn-feedback cn-{state}' role='alert'>{lines}</div>"


def task_html(text):
    """A task as HTML: a page breaks the lines of plain text within words where it is narrow."""
    return f"<div class='cn-question'><p>{_code(text)}</p></div>"


def size_lines(facts):
    """The size rule of each axis with its numbers put in."""
    rules = (formula.split(": ", 1) for formula in facts.size_formulas)
    return [f"{say(f'axes.{axis}')}: {rule}" for axis, rule in rules]


def _code(text):
    """Escaped text, with what stands between two backticks as code."""
    parts = html.escape(text).split("`")
    return "".join(f"<code>{part}</code>" if i % 2 else part for i, part in enumerate(parts))


def _text_table(title, planes):
    width = max(len(str(value)) for rows in planes for row in rows for value in row)
    texts = ("\n".join("  " + " ".join(f"{value:{width}}" for value in row) for row in rows) for rows in planes)
    return f"{title}:\n" + "\n\n".join(texts)


def _html_equation(tables):
    """Tables side by side, as `stage/number_tables.js` builds them: two are multiplied, and the result is asked for."""
    asked = "<b>= ?</b>" if len(tables) == 2 else ""
    return f"<div class='cn-equation'>{'<b>×</b>'.join(_html_table(*table) for table in tables)}{asked}</div>"


def _html_table(title, planes):
    bodies = "".join(f"<tbody>{''.join(map(_html_row, rows))}</tbody>" for rows in planes)
    return f"<table><caption>{html.escape(title)}</caption>{bodies}</table>"


def _html_row(row):
    return "<tr>" + "".join(f"<td>{value}</td>" for value in row) + "</tr>"
