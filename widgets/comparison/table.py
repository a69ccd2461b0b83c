"""Facts -> a row of a comparison; rows -> text and HTML."""

import base64
import html
import io
from pathlib import Path

import numpy as np

from widgets.facts import channels_last, said_field
from widgets.language import Sentence, say, thousands, together, words

STYLE = Path(__file__).with_suffix(".css").with_stem("compare")
NUMBERS = ("params", "macs", "ms")
# Inline, since a notebook that is not trusted loses style sheets and keeps this.
UNBROKEN = '<span style="white-space: nowrap">{}</span>'
BAR = '<div style="width: {width}%; height: 6px; min-width: 1px; background-color: #3b82b5"></div>'


def row(facts, seen, certainty):
    """What is compared, as plain numbers and text; None where Keras refused. `ms` is None until it is measured.

    `receptive_field` is `seen`: how many input cells along each axis one output cell sees, padding cells counted; None
    for the whole picture; `certainty` says how sure that is. In a transposed layer it is the most that any output cell
    sees; in a deformable one, the grid before it is moved. A stack's weights bear the number of their layer.

    >>> import keras
    >>> from widgets.facts import layer_facts
    >>> found = row(layer_facts(keras.layers.Conv2D(6, 2, groups=3), (4, 28, 28, 12)), (2, 2), "exact")
    >>> found["weights"], found["params_formula"], found["receptive_field"]
    ({'kernel': (2, 2, 4, 6), 'bias': (6,)}, '2*2*4*6 + 6 = 102', (2, 2))
    """
    names = ("code", "output_shape", "params", "params_formula", "macs", "macs_formula", "problem", "advice", "warning")
    stack = facts.chain
    operations = [facts.operation, *(step.operation for step in stack)]
    weights = {f"{i} {name}": weight for i, step in enumerate(stack) for name, weight in step.weights.items()}
    return {name: getattr(facts, name) for name in names} | {
        "operation": next((name for name in words().room("field") if name in operations), facts.operation),
        "weights": {name: weight.shape for name, weight in (weights or facts.weights).items()},
        "receptive_field": seen,
        "receptive_field_is": certainty,
        "ms": None,
    }


def thumbnail(facts):
    """The output's first sample, channel and plane as a PNG in a data address; "" where there is none."""
    if facts.y is None or facts.y.ndim != facts.x.ndim or facts.y.ndim < 3:
        return ""
    from matplotlib.image import imsave  # slow to import, and only pictures need it

    from widgets.picture import figure

    values = np.atleast_2d(channels_last(facts.y, facts.channel_axis)[0, ..., 0])
    values = values.reshape(-1, *values.shape[-2:])[0]
    limit = np.abs(values[np.isfinite(values)]).max(initial=0) or 1
    out = io.BytesIO()
    imsave(out, values, cmap=figure.SIGNED, vmin=-limit, vmax=limit, format="png")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def as_text(x_shape, rows):
    """The rows as text: what the layers give and cost, then where their parameters are, then what Keras said."""
    timed = ["ms"] * _timed(rows)
    good = [found for found in rows if not found["problem"]]
    lines = [say("compare.compared_on", shape=x_shape), ""]
    lines += _aligned(["code", "output_shape", "params", "macs", "receptive_field", *timed], rows)
    if good:
        lines += ["", *_aligned(["code", "weights", "params_formula"], good)]
    said = [f"{found['code']}: {text}" for found in rows if (text := _said(found))]
    return "\n".join(lines + [""] * bool(said) + said)


def as_html(x_shape, rows, pictures=None):
    """The rows as an HTML table with its style; `pictures` are the rows' thumbnails."""
    style = STYLE.read_text(encoding="utf-8")
    return f'<div class="cn-compare"><style>{style}</style>{as_table(x_shape, rows, pictures)}</div>'


def as_table(x_shape, rows, pictures=None):
    """The rows as an HTML table alone. Without pictures it is alike on every machine."""
    shown = ["code", "output_shape", "weights", "params", "macs", "receptive_field", *["ms"] * _timed(rows)]
    heads = "".join(f'<th scope="col">{say("column." + name)}</th>' for name in shown)
    most = {name: max((found[name] or 0 for found in rows), default=0) for name in NUMBERS}
    body = []
    for i, found in enumerate(rows):
        thumb = f'<img src="{pictures[i]}" alt="{say("compare.thumbnail")}">' if pictures and pictures[i] else ""
        code = html.escape(found["code"]).replace(", layers.", ",<br>layers.")  # a stack: one layer a line
        cells = [f'<th scope="row"><code>{code}</code></th>']
        if found["problem"]:
            refusal = f"<strong>{html.escape(say('compare.refused'))}</strong> {html.escape(_said(found))}"
            cells.append(f'<td colspan="{len(shown) - 1}">{refusal}</td>')
        else:
            cells += [_cell(name, found, most) for name in shown[1:]]
        body.append("<tr>" + f"<td>{thumb}</td>" * bool(pictures) + "".join(cells) + "</tr>")
    return (
        f"<table><caption>{say('compare.compared_on', shape=x_shape)}</caption>"
        f"<thead><tr>{'<th></th>' * bool(pictures)}{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )


def _cell(name, found, most):
    text = html.escape(_written(name, found))
    if name == "weights" and found[name]:
        text = "<br>".join(f"{html.escape(weight)} {UNBROKEN.format(shape)}" for weight, shape in found[name].items())
    if name == "output_shape":
        text = UNBROKEN.format(text) + f"<br><strong>{html.escape(found['warning'])}</strong>" * bool(found["warning"])
    if name in most and found[name] is not None:
        formula = html.escape(found.get(name + "_formula", "").split(" = ")[0])
        formula = "" if formula == str(found[name]) else formula  # a layer that is no convolution has a count alone
        text = f"<strong>{text}</strong><br>{formula}{BAR.format(width=round(100 * found[name] / (most[name] or 1)))}"
    return f'<td data-label="{say("column." + name)}">{text}</td>'


def _aligned(names, rows):
    """A table as lines of text, with the columns of numbers set to the right."""
    table = [[say(f"column.{name}") for name in names]] + [[_written(name, found) for name in names] for found in rows]
    widths = [max(map(len, column)) for column in zip(*table)]
    sides = [">" if name in NUMBERS else "<" for name in names]
    return [
        "  ".join(f"{cell:{side}{width}}" for cell, side, width in zip(line, sides, widths)).rstrip() for line in table
    ]


def _written(name, found):
    """One value as a reader sees it."""
    value = found[name]
    if name == "receptive_field" and not found["problem"]:
        form = found["operation"] if value and found["operation"] in words().room("field") else "plain"
        return say(f"field.{form}", sizes=said_field(value, found["receptive_field_is"]))
    if value is None:
        return say("picture.refused") if name == "output_shape" else "-"
    if name == "weights":
        return ", ".join(map(str, value.values())) or "-"
    return thousands(value) if name in NUMBERS else str(value)


def _said(found):
    """Keras' refusal with our advice, or a warning. The advice to press Reset is no use where no Reset is."""
    own, advice = words(), found["advice"]
    useless = isinstance(advice, Sentence) and advice.key == "facts.advice_other"
    return own.again(together(found["problem"], "" if useless else advice, found["warning"]))


def _timed(rows):
    return any(found["ms"] is not None for found in rows)
