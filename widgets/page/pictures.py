"""A record of several pictures, one of which is shown."""

from widgets.page.recording import Control, pack, record_states
from widgets.picture import VIEWS
from widgets.stage import whole_state


def record_pictures(name, facts, beside):
    """A record whose control `name` chooses one of these facts, and one for the view where some have several.

    `beside` has a dict for each of the facts, kept with its picture. Raises ValueError where it is too much for a page.
    """
    views = tuple(dict.fromkeys(view for one in facts for view in VIEWS.get(one.operation, ()) if view))
    controls = [Control(name, tuple(range(len(facts)))), *[Control("view", views)] * bool(views)]

    def ask(values):
        number, view = values[name, ""], values.get(("view", ""), "")
        known = VIEWS.get(facts[number].operation, ())
        return whole_state(facts[number], view if view in known else "") | beside[number]

    return {"controls": [control.as_json() for control in controls], "packed": pack(record_states(controls, ask))}
