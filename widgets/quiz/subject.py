"""The layer that questions are about, and what Keras answered."""

from typing import NamedTuple

from widgets.facts import Facts, LayerTemplate, evaluate_layer, input_values
from widgets.language import say


class Subject(NamedTuple):
    """The layer that is asked about: how to make it, the live layer, and what Keras answered."""

    template: LayerTemplate
    layer: object
    facts: Facts
    level: int | None = None  # of a drawn layer

    @property
    def axes(self):
        """The names of the axes of x and y."""
        names = [*self.template.kind.axes]
        names.insert(self.template.channel_axis - 1, "channels")
        return ("batch", *names)


def subject(layer, x):
    """The layer and its facts for x. Raises ValueError where Keras refuses them: then nothing can be asked."""
    template = LayerTemplate(layer)
    made, facts = evaluate_layer(template, template.settings, input_values(template, x), template.given)
    if facts.problem:
        raise ValueError(say("predict.refuses", code=facts.code, problem=facts.problem, advice=facts.advice))
    return Subject(template, made, facts)
