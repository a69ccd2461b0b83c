"""What a page without a kernel shows: every state that its controls can reach, asked for once and kept."""

import base64
import itertools
import json
import math
import time
import zlib
from dataclasses import dataclass, field, replace

MOST_STATES = 1500
MOST_SECONDS = 20
MOST_BYTES = 10**6
PROBES = 4  # states that an estimate is made from


@dataclass(frozen=True)
class Control:
    """One control of a page: a setting in Keras' name, or one axis of it, and the values that it can have, in order."""

    name: str
    values: tuple
    start: int  # which of the values it shows first
    axis: str = ""  # "" where one control moves all axes
    label: str = ""
    axes: int = 1  # how many axes it moves: a fragment names each of them

    def as_json(self):
        return {name: getattr(self, name) for name in ("name", "axis", "label", "values", "start", "axes")}


@dataclass
class Recording:
    """The states of a tool: `states[i]` is what a stage is sent, as text, with its buffers told by their place in `data`.

    The index counts the controls' values as the digits of a number, those of the last control fastest.
    """

    controls: list
    states: list = field(default_factory=list)
    data: bytearray = field(default_factory=bytearray)
    _places: dict = field(default_factory=dict)  # a buffer's bytes -> where they stand: each distinct one is kept once

    def add(self, state):
        """Keep one state, a dict with bytes in it."""
        self.states.append(json.dumps(self._without_buffers(state), separators=(",", ":")))

    def _without_buffers(self, value):
        if isinstance(value, dict):
            return {name: self._without_buffers(one) for name, one in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._without_buffers(one) for one in value]
        if not isinstance(value, bytes):
            return value
        if value not in self._places:
            self._places[value] = len(self.data)
            self.data += value
        return {"at": self._places[value], "size": len(value)}

    def packed(self):
        """States and buffers as two texts for a page: compressed, and in letters."""
        texts = ("\n".join(self.states).encode(), bytes(self.data))
        return [base64.b64encode(zlib.compress(text, 9)).decode() for text in texts]

    @property
    def size(self):
        """Bytes that it takes on a page."""
        return sum(map(len, self.packed()))


def count_states(controls):
    """How many states these controls can reach."""
    return math.prod(len(control.values) for control in controls)


def combinations(controls):
    """Every combination of the controls' values, as dicts by (name, axis), in the order of a recording's states."""
    names = [(control.name, control.axis) for control in controls]
    for values in itertools.product(*(control.values for control in controls)):
        yield dict(zip(names, values))


def estimate(controls, ask, rng):
    """About how many seconds and bytes the states of these controls take, from a few of them."""
    count, trial = count_states(controls), Recording(controls)
    begin, probes = time.perf_counter(), min(count, PROBES)
    for _ in range(probes):
        trial.add(ask({(c.name, c.axis): rng.choice(c.values) for c in controls}))
    seconds = (time.perf_counter() - begin) / probes
    return seconds * count, trial.size / probes * count


def fitting(controls, ask, rng, most_states=MOST_STATES, most_seconds=MOST_SECONDS, most_bytes=MOST_BYTES):
    """As many of the controls, from the first on, as a page can hold."""
    chosen = []
    for control in controls:
        more = [*chosen, control]
        if count_states(more) > most_states:
            continue
        seconds, size = estimate(more, ask, rng)
        # Buffers repeat themselves more, the more states there are: noise does not, so that an estimate is the most.
        if seconds <= most_seconds and size <= 4 * most_bytes:
            chosen = more
    return chosen


def record(controls, ask, progress=lambda done, count: None):
    """Ask for every state that the controls can reach."""
    made, count = Recording(controls), count_states(controls)
    for number, values in enumerate(combinations(controls), 1):
        made.add(ask(values))
        progress(number, count)
    return made


def started_at(controls, values):
    """The controls with other starting values, where they have them."""
    return [
        replace(c, start=c.values.index(values[c.name, c.axis])) if (c.name, c.axis) in values else c for c in controls
    ]
