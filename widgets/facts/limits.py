"""What no layer can have, and what would be too large to ask Keras for."""

from widgets.facts.costs import costs
from widgets.facts.inputs import LARGEST_INPUT
from widgets.facts.kinds import Choice, Count, Divisor, kind_of
from widgets.language import either, say

# For all of x: a few seconds for the slowest kinds, and a class waits for each move. TensorFlow has kernels for plain
# and transposed convolutions that are ten times as fast.
MOST_MACS = 4 * 10**9
MOST_FAST_MACS = 10 * MOST_MACS
MOST_COUNTED = 2**31 - 1  # TensorFlow counts with 32 bits: larger strides end its process


def broken_rule(rules, settings):
    """ "" or a sentence: a setting that no layer can have, so that nothing can be worked out from it.

    >>> from widgets.facts import KINDS
    >>> broken_rule(KINDS["Conv2D"].settings, {"filters": 3, "kernel_size": (0, 1)})
    '`kernel_size` must be a whole number of at least 1, or 2 of them.'
    """
    for name, value in settings.items():
        rule, numbers = rules[name], value if isinstance(value, tuple) else (value,)
        if isinstance(rule, (Count, Divisor)) and value is not None and min(numbers) < rule.low:
            return say("facts.broken_rule", name=name, rule=count_rule(rule.low, len(numbers)))
        if isinstance(rule, (Count, Divisor)) and value is not None and max(numbers) > MOST_COUNTED:
            return say("facts.broken_rule", name=name, rule=say("facts.count_most", most=f"{MOST_COUNTED:,}"))
        if name == "padding" and isinstance(rule, Choice) and value not in rule.options:
            return say("facts.broken_rule", name=name, rule=either(map(repr, rule.options)))
    return ""


def count_rule(low, axes=1):
    """The rule of a whole number that may be given for each axis."""
    return say("facts.count_rule" if axes == 1 else "facts.count_rule_axes", low=low, count=axes)


def too_large(known):
    """ "" or a sentence: the arrays, or the sums, that these settings ask for are too many. Asks for no memory.

    >>> axes = ({"n": 20000, "k": 3, "s": 1, "d": 1, "padding": "valid"},) * 2
    >>> known = {"input_shape": (1, 20000, 20000, 1), "channel_axis": 3, "settings": {"filters": 1}, "axes": axes}
    >>> too_large(known | {"operation": "convolution"})
    'Keras was not asked: this would take 4,800,000,068 bytes, and at most 268,435,456 are shown.'
    """
    kind = kind_of(known["operation"])
    size, macs = costs(kind, **{name: known[name] for name in ("input_shape", "channel_axis", "settings", "axes")})
    if size > LARGEST_INPUT:
        return say("facts.large_settings", size=f"{size:,}", limit=f"{LARGEST_INPUT:,}")
    grouped = known["settings"].get("groups", 1) > 1 and len(known["axes"]) > 2
    limit = MOST_FAST_MACS if kind.fast and not grouped else MOST_MACS
    return say("facts.slow_settings", macs=f"{macs:,}", limit=f"{limit:,}") if macs > limit else ""
