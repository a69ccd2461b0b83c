"""What a page without a kernel shows: every state that its controls can reach, asked for once and kept."""

import base64
import itertools
import json
import math
import random
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from widgets.facts import activation_name
from widgets.language import say
from widgets.picture import VIEWS
from widgets.stage import whole_state


@dataclass
class Limits:
    """What a page may hold. A site, whose pages hold many tools, allows each of them less."""

    states: int = 1500
    seconds: float = 20
    size: int = 10**6  # bytes
    small_size: int = 10**6  # bytes of a tool whose input has at most SMALL cells
    values: int = 5  # of a control
    sliders_first: bool = False  # before menus and boxes
    asked: dict = field(default_factory=dict)  # values that a control must have, by name: a lesson's text asks for them
    probes: int = 24  # states that an estimate is made from, and as many again
    probing: float = 0.3  # seconds after which it has enough of them
    clock: Callable[[], float] = time.perf_counter

    SMALL = 12 * 12


LIMITS = Limits()


@dataclass(frozen=True)
class Control:
    """One control of a page: an argument, or one axis of it, and the values that it can have, in order.

    >>> Control("padding", ("valid", None)).options
    ('valid', 'None')
    """

    name: str
    values: tuple
    start: int = 0  # which of the values it shows first
    axis: str = ""  # "" where one control moves all axes
    axes: int = 1  # how many axes it moves: an address names each of them

    @property
    def label(self):
        """What it is called: an argument, or one axis of it."""
        return say("controls.along", name=self.name, axis=say(f"axes.{self.axis}")) if self.axis else self.name

    @property
    def options(self):
        """The values as code and addresses say them."""
        return tuple(activation_name(value) if callable(value) else str(value) for value in self.values)

    @property
    def element(self):
        """What it is on a page: "checkbox", "range" for whole numbers without a gap, or else "select"."""
        if all(isinstance(value, bool) for value in self.values):
            return "checkbox"
        numbers = all(isinstance(value, int) for value in self.values)
        return "range" if numbers and self.values == tuple(range(self.values[0], self.values[-1] + 1)) else "select"

    def as_json(self):
        """What a page is told of it."""
        plain = {name: getattr(self, name) for name in ("name", "start", "axis", "axes", "element")}
        return plain | {"values": self.options}


class Recording:
    """States as text, their buffers by their places in one block of bytes: each distinct buffer is kept once.

    >>> recording = Recording()
    >>> recording.add({"a": b"xyz", "b": [b"xyz", 1]})
    >>> recording.states, bytes(recording.data)
    (['{"a":{"at":0,"size":3},"b":[{"at":0,"size":3},1]}'], b'xyz')
    """

    def __init__(self):
        self.states, self.data, self._places = [], bytearray(), {}

    def add(self, state):
        """Keep one state, of dicts and lists with bytes in them."""
        self.states.append(json.dumps(self._with_places(state), separators=(",", ":")))

    def _with_places(self, value):
        if isinstance(value, dict):
            return {name: self._with_places(one) for name, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._with_places(one) for one in value]
        if not isinstance(value, bytes):
            return value
        if value not in self._places:
            self._places[value] = len(self.data)
            self.data += value
        return {"at": self._places[value], "size": len(value)}

    def packed(self):
        """States and buffers as two texts for a page: compressed, and in letters."""
        parts = ("\n".join(self.states).encode(), bytes(self.data))
        return [base64.b64encode(zlib.compress(part, 9)).decode() for part in parts]

    @property
    def size(self):
        """Bytes that it takes on a page."""
        return sum(map(len, self.packed()))

    def for_page(self):
        """`packed()`. Raises ValueError where it is too large for a page."""
        if self.size > LIMITS.size:
            raise ValueError(say("page.too_large", most_size=LIMITS.size // 10**6, size=f"{self.size / 1e6:.1f}"))
        return self.packed()


def count_states(controls):
    """How many states these controls can reach.

    >>> count_states([Control("filters", (1, 2)), Control("strides", (1, 2, 3))])
    6
    """
    return math.prod(len(control.values) for control in controls)


def combinations(controls):
    """Every combination of the controls' values, as dicts by (name, axis); those of the last control change fastest."""
    keys = [(control.name, control.axis) for control in controls]
    return (dict(zip(keys, values)) for values in itertools.product(*(control.values for control in controls)))


def estimate(controls, ask, rng=None):
    """How many states there are, and about how many seconds and bytes they take, from a few drawn by `rng`.

    As many again say how the bytes grow: what all states share is in the first.
    """
    trial, count, draw = Recording(), count_states(controls), (rng or random.Random(0)).choice
    drawn = ({(one.name, one.axis): draw(one.values) for one in controls} for _ in itertools.count())
    begin = LIMITS.clock()
    while len(trial.states) < 4 or (len(trial.states) < LIMITS.probes and LIMITS.clock() - begin < LIMITS.probing):
        trial.add(ask(next(drawn)))
    seconds, probed, shared = LIMITS.clock() - begin, len(trial.states), trial.size
    for _ in range(probed):
        trial.add(ask(next(drawn)))
    growth = (trial.size - shared) / probed
    return count, seconds / probed * count, shared + growth * max(count - probed, 0)


def fitting(controls, ask, size):
    """As many of the controls, the first ones first, as a page can hold in so many bytes."""
    chosen, rng = [], random.Random(0)
    for control in controls:
        more = [*chosen, control]
        if count_states(more) <= LIMITS.states and fits(estimate(more, ask, rng), size):
            chosen = more
    return chosen


def fits(estimated, most):
    """Whether a page can take so many states and seconds, and bytes of so many at most."""
    count, seconds, size = estimated
    return count <= LIMITS.states and seconds <= LIMITS.seconds and size <= most


def record_states(controls, ask, progress=lambda done: None):
    """A recording of every state that the controls can reach; `ask` gives what is kept of one."""
    recording = Recording()
    for done, values in enumerate(combinations(controls), 1):
        recording.add(ask(values))
        progress(done)
    return recording


def record_pictures(name, facts, beside):
    """A record of several pictures, one of which is shown.

    Its control `name` chooses one of these facts, and where some have several views another one chooses the view.
    `beside` has a dict for each of the facts, kept with its picture. Raises ValueError where it is too much for a page.
    """
    views = tuple(dict.fromkeys(view for one in facts for view in VIEWS.get(one.operation, ())))
    controls = [Control(name, tuple(range(len(facts)))), *[Control("view", views)] * bool(views)]

    def ask(values):
        number, view = values[name, ""], values.get(("view", ""), "")
        known = VIEWS.get(facts[number].operation, ())
        return whole_state(facts[number], view if view in known else "") | beside[number]

    return {"controls": [control.as_json() for control in controls], "packed": record_states(controls, ask).for_page()}
