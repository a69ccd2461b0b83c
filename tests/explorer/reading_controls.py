"""Reads an explorer as a reader does: its controls, and how often it has drawn."""


def walk(widget):
    """The widget and all that it holds."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from walk(child)


def controls(explorer):
    """All controls of an explorer, in order."""
    return [widget for widget in walk(explorer) if getattr(widget, "description", "")]


def control(explorer, description):
    """The control that is called `description`."""
    (found,) = [widget for widget in controls(explorer) if widget.description == description]
    return found


def square(explorer, name):
    """The box that ties the two axes of a setting together: the one after its sliders."""
    every = controls(explorer)
    return every[every.index(control(explorer, f"{name} width")) + 1]


def revision(explorer):
    """How many times the explorer has told its stage to draw."""
    return explorer.children[1].snapshot["revision"]
