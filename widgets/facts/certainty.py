"""How sure a fact is: exact, at most, at least, or unknown; and how that is said."""

from widgets.language import say

EXACT, AT_MOST, AT_LEAST, UNKNOWN = "exact", "at most", "at least", "unknown"


def surest(certainties):
    """How sure is what these make up together.

    >>> surest(["exact", "at most"]), surest(["at least", "at most"])
    ('at most', 'unknown')
    """
    found = set(certainties) - {EXACT}
    return EXACT if not found else found.pop() if len(found) == 1 else UNKNOWN


def said_field(sizes, certainty):
    """What a cell sees, as a reader sees it; sizes None is all of the input.

    >>> said_field((3, 5), "at most"), said_field(None, "exact"), said_field(None, "unknown")
    ('at most 3 x 5', 'whole picture', 'unknown')
    """
    number = say("model.whole_picture") if sizes is None else " x ".join(map(str, sizes))
    return say(f"certainty.{certainty.replace(' ', '_')}", number=number)
