"""Which questions are asked, about which layer, in which order: a reader's own layers, or drawn ones without end."""

from typing import NamedTuple

import keras
import numpy as np

from widgets.facts import KINDS as LAYERS
from widgets.facts import Facts, LayerTemplate, default_input, evaluate_layer, input_values
from widgets.language import either, say
from widgets.quiz import random_questions
from widgets.quiz.questions import KINDS, questions

ALL = tuple(KINDS)


class Subject(NamedTuple):
    """The layer that is asked about: how to make it, the live layer, and what Keras answered."""

    template: LayerTemplate
    layer: object
    facts: Facts
    level: int | None = None  # of a drawn layer


class Quiz:
    """The questions of one `predict`. Raises TypeError or ValueError for what we cannot ask about."""

    def __init__(self, layer_or_layers, x, ask, seed):
        several = layer_or_layers if isinstance(layer_or_layers, (list, tuple)) else [layer_or_layers]
        if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
            raise ValueError(say("predict.bad_seed", received=seed))
        self._seed, self._asked, self._classes = seed, _kinds(ask), several
        self.endless = _are_classes(several)
        if self.endless and x is not None:
            raise ValueError(say("predict.class_draws_x", received=x))
        self._own = [] if self.endless else [q for layer in several for q in self._about(layer, x, ask is ALL)]

    @property
    def count(self):
        """How many questions there are; None without end."""
        return None if self.endless else len(self._own)

    def level(self, number):
        """How hard a drawn question is: 1 to 5, one more each time all kinds have been asked. None for own layers."""
        return min(1 + number // len(self._asked), random_questions.LEVELS) if self.endless else None

    def question(self, number, again=0):
        """Question `number`, counted from 0, or None after the last; `again` draws other numbers for it."""
        rng = np.random.default_rng([self._seed, number, again])
        if self.endless:
            return self._drawn(number, rng)
        if number >= len(self._own):
            return None
        return self._own[number].fresh(rng) if again else self._own[number]

    def goes_on(self, number):
        """Whether a later question is about the same layer as this one."""
        return any(later.about is self._own[number].about for later in self._own[number + 1 :])

    def _drawn(self, number, rng):
        layer_class = self._classes[number % len(self._classes)]
        level = self.level(number)
        layer, _, facts = random_questions.draw_layer(layer_class, level, rng)
        about = Subject(LayerTemplate(layer), layer, facts, level)
        made = questions(about, self._asked[number % len(self._asked)], rng)
        return made[number // len(self._asked) % len(made)]

    def _about(self, layer, x, whatever_fits):
        """All questions about one layer of the reader's own; none can be asked where Keras refuses it."""
        template = LayerTemplate(layer)
        if x is None:
            x = default_input(len(template.kind.axes) + 2, template.channels, template.channel_axis)
        live, facts = evaluate_layer(template, template.settings, input_values(template, x), template.given)
        if facts.problem:
            raise ValueError(say("predict.refuses", code=facts.code, problem=facts.problem, advice=facts.advice))
        about, made = Subject(template, live, facts), []
        for kind in self._asked:
            try:
                made += questions(about, kind, np.random.default_rng(self._seed))
            except ValueError:  # no small numbers, or no other shape
                if not whatever_fits:
                    raise
        return made


def _kinds(ask):
    kinds = (ask,) if isinstance(ask, str) else ask if isinstance(ask, (tuple, list)) else ()
    if not kinds or not all(isinstance(kind, str) and kind in ALL for kind in kinds):
        raise ValueError(say("predict.not_a_question", known=either(map(repr, ALL)), received=ask))
    return kinds


def _are_classes(several):
    """Whether these are layer classes, and not layers. Raises TypeError where they are neither, or both."""
    classes = [one if isinstance(one, type) else type(one) for one in several]
    known = [one.__name__ in LAYERS and issubclass(one, keras.layers.Layer) for one in classes]
    are = {isinstance(one, type) for one in several}
    if not all(known) or len(are) != 1:
        odd = [one for one, good in zip(classes, known) if not good] or classes
        received = ", ".join(one.__name__ for one in odd) or "[]"
        raise TypeError(say("predict.not_askable", known=", ".join(LAYERS), received=received))
    return are == {True}
