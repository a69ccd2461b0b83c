"""compare() as a page without a kernel: its table in every order, and a picture of each layer that can be drawn."""

from pathlib import Path

from widgets.comparison.table import STYLE, as_table
from widgets.language import say
from widgets.page import RecordedTool, record_pictures
from widgets.stage import browser_words


def record_comparison(x_shape, rows, all_facts, orders, own, record=None):
    """These rows and facts, in the order given. `orders` has for each column the rows' numbers, rising and falling;
    `record` is that of the same comparison in another language.

    Raises ValueError where the pictures are too large for a page.
    """
    names = dict.fromkeys(found["code"].split("(")[0].split(".")[-1] for found in rows)
    # A page's policy forbids styles in attributes; its script may set them.
    table = as_table(x_shape, [found | {"ms": None} for found in rows]).replace(" style=", " data-style=")
    return RecordedTool(
        module=Path(__file__).parent / "recorded_comparison.js",
        record=record or _record(all_facts, orders),
        words=browser_words(own) | own.room("compare", "column"),
        title=say("page.comparison", names=", ".join(names)),
        language=own.language,
        notebook="08_compare",
        still=f'<div class="cn-compare">{table}</div>',
        notes=(say("page.kernel_measures"),),
        sheets=(STYLE,),
    )


def _record(all_facts, orders):
    drawn = [number for number, facts in enumerate(all_facts) if _can_be_drawn(facts)]
    pictures = record_pictures("layer", [all_facts[number] for number in drawn], [{}] * len(drawn))
    return pictures | {"drawn": drawn, "orders": orders}


def _can_be_drawn(facts):
    """Whether it gives an answer, and all its layers read cells that are known."""
    return not facts.problem and all(step.axes for step in facts.chain or (facts,))
