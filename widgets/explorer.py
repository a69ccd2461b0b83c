"""explore(): controls, facts and stage tied together."""

import base64

import ipywidgets
from IPython.display import display

from widgets import words
from widgets.controls import Controls
from widgets.facts import ask, input_values
from widgets.inputs import boat, is_shape, seeded_values
from widgets.memory import Memory
from widgets.picture import VIEWS, layer_picture
from widgets.recipe import Recipe
from widgets.settings import WEIGHTS
from widgets.stage import Stage


def explore(layer, x=None, *, reveal=True):
    """Show what a Keras convolution layer does to `x`, with a slider for each of its settings.

    Args:
        layer: a Keras layer, built or not. It is copied, never changed.
        x: an array or tensor (batch, height, width, channels), or a shape; left out: an 8x8 binary picture.
        reveal: False hides the facts and the output until a button is pressed, so that a class can predict first.

    Returns:
        An `Explorer`, to be the last line of a cell. Its `layer`, `x`, `y`, `facts`, `settings` and `code` are
        those of the moment.

    Raises:
        TypeError, ValueError: for a layer or an input that we do not know. Settings that Keras refuses never
        raise: they are shown.

    Example:

    >>> from keras import layers
    >>> e = explore(layers.Conv2D(10, 3), (4, 28, 28, 12))
    >>> e
    <Explorer layers.Conv2D(10, 3): (4, 28, 28, 12) -> (4, 26, 26, 10)>
    >>> e.settings = {"strides": 2}
    >>> e.y.shape
    (4, 13, 13, 10)
    """
    return Explorer(layer, x, reveal)


class Explorer(ipywidgets.Box):
    """The controls and the stage of one layer. Made by `explore`."""

    def __init__(self, layer, x, reveal):
        self._recipe = Recipe(layer)
        self._shape_only = x is not None and is_shape(x)
        self._x = input_values(self._recipe, boat() if x is None else x)
        self._layer = self._picture = self._drawn = None
        self._controls = Controls(self._recipe, self._x.shape, self._shape_only, self._ask, self._forget)
        self._forget()
        views = [view for view in VIEWS.get(self._recipe.kind.operation, ()) if view]
        self._stage = Stage(reveal=bool(reveal), view=views[0] if views else "")
        self._stage.observe(self._draw, "view")
        self._ask()
        super().__init__([self._controls.box, self._stage])
        self.add_class("cn-explorer")

    @property
    def layer(self):
        """The live Keras layer; while Keras refuses the settings, the last one that it accepted, or None."""
        return self._layer

    @property
    def x(self):
        """The input as a float32 array (batch, height, width, channels)."""
        return self.facts.x

    @property
    def y(self):
        """What the layer returned for `x`, as a float32 array; None while Keras refuses the settings."""
        return self.facts.y

    @property
    def code(self):
        """The line of code that makes this layer."""
        return self.facts.code

    @property
    def settings(self):
        """The settings as a dict in Keras' names. Setting some or all of them moves the sliders in one update."""
        return self._controls.settings

    @settings.setter
    def settings(self, wanted):
        self._controls.settings = wanted

    def _ask(self):
        """Ask Keras again, and show its answer."""
        settings = self._controls.settings
        shape = settings.pop("input_shape", self._x.shape)
        if shape != self._x.shape:
            self._x = seeded_values(shape)
        if self._layer is not None:  # what the reader did to the live layer's weights is kept
            for name in self._memories:
                if (variable := getattr(self._layer, name)) is not None:
                    self._memories[name].note(variable.numpy())
        layer, self.facts = ask(
            self._recipe,
            settings,
            self._x,
            lambda name, fresh: self._memories[name].fill(fresh),
        )
        if layer is not None:
            self._layer, self._drawn = layer, self.facts
        self._draw()

    def _draw(self, _=None):
        """Draw the last answer that was none of Keras' refusals, in the view that is chosen."""
        if self._drawn is not None:
            self._picture = layer_picture(self._drawn, self._stage.view or None)
        self._stage.show(self.facts, self._picture)

    def _forget(self):
        """The weights of the start again."""
        self._layer = None
        self._memories = {name: Memory() for name in WEIGHTS[self._recipe.kind.operation]}
        for name, values in self._recipe.weights.items():
            self._memories[name].note(values)

    def __repr__(self):
        answer = words.REFUSED if self.facts.problem else self.facts.output_shape
        if not self._stage.reveal:
            answer = words.HIDDEN
        return f"<Explorer {self.code}: {self.facts.input_shape} -> {answer}>"

    def _repr_mimebundle_(self, **kwargs):
        """The widget, and one picture of it for where no kernel runs."""
        from widgets.figure import (
            png,
        )  # Matplotlib is slow to import, and only this needs it

        return {
            "text/plain": repr(self),
            "image/png": base64.b64encode(png(self.facts, self._picture, self._stage.reveal)).decode(),
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2,
                "version_minor": 0,
                "model_id": self.model_id,
            },
        }

    def _ipython_display_(self, **kwargs):
        """ipywidgets 7 knows no `_repr_mimebundle_`."""
        display(self._repr_mimebundle_(), raw=True)
