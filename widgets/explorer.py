"""explore(): controls, facts and stage tied together."""

import base64

import ipywidgets
import keras
from IPython.display import display

from widgets import words
from widgets.controls import Controls
from widgets.facts import input_values
from widgets.inputs import default_input, is_shape, seeded_values
from widgets.live import LiveLayer, chain_facts, live
from widgets.models import ModelSteps
from widgets.picture import VIEWS, layer_picture
from widgets.recipe import NAME
from widgets.stage import Stage


def explore(layer, x=None, *, reveal=True):
    """Show what a Keras convolution layer does to `x`, with a slider for each of its settings.

    Args:
        layer: a Keras layer, built or not, or a Sequential or functional model. It is copied, never changed.
        x: an array or tensor (batch, height, width, channels), or a shape; left out: an 8x8 binary picture, or
            values of the right rank.
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
    return (StackExplorer if isinstance(layer, keras.Model) else Explorer)(layer, x, reveal)


class Explorer(ipywidgets.Box):
    """The controls and the stage of one layer. Made by `explore`."""

    def __init__(self, layer, x, reveal):
        self._live = LiveLayer(layer)
        recipe = self._live.recipe
        if x is None:
            x = default_input(len(recipe.kind.axes) + 2, recipe.channels)
            if recipe.channel_axis == 1:
                x = x.swapaxes(1, -1)
        self._x = input_values(recipe, x)
        self._controls = Controls(recipe, self._x.shape, is_shape(x), self._ask, self._live.forget)
        self._show(reveal, VIEWS.get(recipe.kind.operation, ()), self._controls.box)

    def _show(self, reveal, views, controls):
        self._picture = self._drawn = None
        self._stage = Stage(reveal=bool(reveal), view=views[0] if views else "")
        self._stage.observe(self._draw, "view")
        self._stage.on_move = self._move_point
        self._ask()
        super().__init__([controls, self._stage])
        self.add_class("cn-explorer")

    @property
    def layer(self):
        """The live Keras layer; while Keras refuses the settings, the last one that it accepted, or None."""
        return self._live.layer

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
        self._move()
        self.facts = self._live.ask(self._x)
        self._draw()

    def _move(self):
        """Take the settings over from the controls."""
        settings = self._controls.settings
        shape = settings.pop("input_shape", self._x.shape)
        if shape != self._x.shape:
            self._x = seeded_values(shape)
        if settings != self._live.settings:
            self._live.moved = {}  # the points of other settings are others
        self._live.settings = settings

    def _move_point(self, place, offset):
        """A reader dragged a sampling point: ask the layer what it gives there."""
        self._live.moved[place] = offset
        self._ask()

    def _draw(self, _=None):
        """Draw the last answer that was none of Keras' refusals, in the view that is chosen."""
        if not self.facts.problem:
            self._drawn = self.facts
        if self._drawn is not None:
            self._picture = layer_picture(self._drawn, self._stage.view or None)
        self._stage.show(self.facts, self._picture)

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


class StackExplorer(Explorer):
    """A run of a model's layers as a chain of grids; the sliders change one of them. Made by `explore`.

    `layer` is the live layer that the sliders change, `settings` are its settings; `steps` lists all of the model.
    """

    def __init__(self, model, x, reveal):
        self._model = ModelSteps(model, x)
        self.steps = self._model.rows
        self._shape_only = x is not None and is_shape(x)
        self._first = ipywidgets.Dropdown(
            options=self._model.starts, value=self._model.start, description=words.FIRST_DRAWN
        )
        longest = self._model.longest(self._model.start)
        drawn = longest if len(self.steps) <= self._model.MOST else min(longest, 3)
        self._count = ipywidgets.IntSlider(drawn, 1, longest, description=words.DRAWN)
        self._which = ipywidgets.Dropdown(description=words.SLIDERS_FOR)
        add = ipywidgets.Button(description=words.ADD_LAYER, icon="plus", layout=ipywidgets.Layout(width="auto"))
        remove = ipywidgets.Button(description=words.REMOVE_LAYER, icon="minus", layout=ipywidgets.Layout(width="auto"))
        self._panel = ipywidgets.VBox()
        self._silent = False
        controls = ipywidgets.VBox(
            [self._first, self._count, self._which, self._panel, ipywidgets.HBox([add, remove]), self._listing()]
        )
        controls.add_class("cn-controls")
        self._open()
        self._show(reveal, (), controls)
        self._first.observe(self._start_elsewhere, "value")
        self._count.observe(lambda _: self._silent or self._again(), "value")
        self._which.observe(lambda _: self._silent or self._choose(), "value")
        add.on_click(lambda _: self._add())
        remove.on_click(lambda _: self._remove())

    def _listing(self):
        """All layers of the model, folded away where the chain shows them anyway."""
        box = ipywidgets.HTML(self._model.html(folded=len(self.steps) <= self._count.max))
        box.add_class("cn-listing")
        return box

    def _start_elsewhere(self, _):
        if not self._silent:
            longest = self._model.longest(self._first.value)
            self._silent = True
            self._count.max = longest
            self._count.value = min(self._count.value, longest)
            self._silent = False
            self._again()

    def _again(self):
        self._open()
        self._ask()

    def _open(self):
        """Copy the chosen run of layers, and the activations that reach it."""
        layers, self._x = self._model.run(self._first.value, self._count.value)
        self._chain = [live(layer) for layer in layers]
        self._list_chain(next((i for i, one in enumerate(self._chain) if one.recipe), None))

    def _list_chain(self, chosen):
        """Offer the chain's convolutions to the sliders."""
        named = [
            (f"{i} {type(one.layer).__name__ if one.recipe is None else one.recipe.layer_class.__name__}", i)
            for i, one in enumerate(self._chain)
            if one.recipe
        ]
        self._silent = True
        self._which.options = named
        self._which.value = chosen
        self._silent = False
        self._chosen = chosen
        self._ask_chain()
        self._make_controls()

    def _choose(self):
        self._chosen = self._which.value
        self._make_controls()

    def _make_controls(self):
        """Sliders for the chosen layer, at its present settings."""
        if self._chosen is None:
            self._controls, self._panel.children = None, [ipywidgets.HTML(words.NO_CONVOLUTION)]
            return
        self._live = self._chain[self._chosen]
        shape = self._inputs[self._chosen]
        sizes = self._shape_only and self._chosen == 0 and self._first.value == 0
        self._controls = Controls(self._live.recipe, shape, sizes, self._ask, self._live.forget, self._live.settings)
        self._panel.children = [self._controls.box]

    @property
    def settings(self):
        """The settings of the layer that the sliders change, in Keras' names."""
        return self._controls.settings if self._controls else {}

    @settings.setter
    def settings(self, wanted):
        self._controls.settings = wanted

    @property
    def layer(self):
        """The live Keras layer that the sliders change."""
        return self._live.layer if self._controls else None

    def _add(self):
        """One more layer like the chosen one, behind it."""
        if len(self._chain) < self._model.MOST and self._chosen is not None and not self.facts.problem:
            self._chain.insert(
                self._chosen + 1,
                LiveLayer(self._live.layer.__class__.from_config(self._live.layer.get_config() | {"name": NAME})),
            )
            self._list_chain(self._chosen + 1)
            self._ask()

    def _remove(self):
        """The chosen layer goes; one always stays."""
        if len(self._chain) > 1 and self._chosen is not None:
            del self._chain[self._chosen]
            left = [i for i, one in enumerate(self._chain) if one.recipe]
            self._list_chain(min(left, key=lambda i: abs(i - self._chosen)) if left else None)
            self._ask()

    def _ask(self):
        if self._controls:
            self._move()
        self._ask_chain()
        self._draw()

    def _ask_chain(self):
        steps, x = [], self._x
        self._inputs = []
        for one in self._chain:
            self._inputs.append(x.shape)
            steps.append(one.ask(x))
            if steps[-1].problem:
                break
            x = steps[-1].y
        self._inputs += [x.shape] * (len(self._chain) - len(self._inputs))
        self.facts = chain_facts(steps)
