"""A run of a model's layers, tied together as one layer is, and the table of all of them."""

import itertools
import random

import ipywidgets

from widgets.explorer import sharing
from widgets.explorer.explorer import Explorer
from widgets.explorer.slider import IntSlider
from widgets.explorer.undoable_edits import Input
from widgets.facts import Chain, LiveLayer, is_shape, isolated_keras, notebook_about, wrap_layer
from widgets.language import in_own_words, say, together
from widgets.page import RecordedTool, write_page
from widgets.stage import Tool, browser_words, lifetime


class StackExplorer(Explorer):
    """A run of a model's layers as a chain of grids; the sliders change one of them. Made by `explore`.

    `layer` is the live layer that the sliders change, `settings` are its settings; `steps` lists all of the model.
    """

    def __init__(self, model, x, reveal, controls):
        self._model = model
        self.steps, self.macs_is = model.rows, model.macs[1]
        self._shape_only = x is not None and is_shape(x)
        self._image_menu = None
        self._prepare(None, controls)  # what reaches the first layer is known when the run is opened
        self._first = ipywidgets.Dropdown(
            options=model.starts, value=model.runs.start, description=say("chain.first_drawn")
        )
        longest = len(model.runs.following(model.runs.start))
        self._count = IntSlider(min(longest, model.runs.most_drawn), 1, longest, description=say("chain.drawn"))
        self._which = ipywidgets.Dropdown(description=say("chain.sliders_for"))
        fitting = ipywidgets.Layout(width="auto")
        add = ipywidgets.Button(description=say("chain.add_layer"), icon="plus", layout=fitting)
        remove = ipywidgets.Button(description=say("chain.remove_layer"), icon="minus", layout=fitting)
        self._added = itertools.count()
        self._note = ipywidgets.HTML()
        buttons = ipywidgets.HBox([add, remove], layout={"flex_flow": "row wrap"})
        controls = ipywidgets.VBox([self._first, self._count, self._which, self._side, buttons, self._note])
        controls.add_class("cn-controls")
        self._open()
        shown_anyway = len(self.steps) <= longest
        self._show(reveal, (), controls, listing(model, folded=shown_anyway))
        self._first.observe(self._start_elsewhere, "value")
        self._count.observe(lambda _: self._own_moves or self._again(), "value")
        self._which.observe(lambda _: self._own_moves or self._choose_other(), "value")
        add.on_click(lambda _: self._add())
        remove.on_click(lambda _: self._remove())

    def _start_elsewhere(self, _):
        longest = len(self._model.runs.following(self._first.value))
        with self._own_moves:
            self._count.value = min(self._count.value, longest)
            self._count.limit(1, longest)
        self._again()

    def _again(self):
        self._open()
        self._answer()

    def _open(self):
        """Copy the chosen run of layers, and the activations that reach it."""
        layers, x = self._model.run(self._first.value, self._count.value)
        axis = self._model.channel_axis(self._first.value)
        self._source = Input(x, self._shape_only and self._first.value == 0, axis)
        self._chain = Chain(wrap_layer(layer, axis, drawn=True) for layer in layers)
        self._note.value = ""
        self._list_chain(next((i for i, one in enumerate(self._chain) if one.template), None))

    def _list_chain(self, chosen):
        """Offer the chain's convolutions to the sliders."""
        chain = enumerate(self._chain)
        named = [(f"{i} {one.template.layer_class.__name__}", i) for i, one in chain if one.template]
        with self._own_moves:
            self._which.options = named
            self._which.value = chosen
        self._chosen = chosen
        self._ask_layers()
        self._choose(chosen)

    def _choose_other(self):
        self._choose(self._which.value)
        self.facts = self._together(self._steps)
        self._draw()

    @in_own_words
    def _choose(self, chosen):
        """Sliders for one layer of the chain, at its present settings."""
        self._chosen = chosen
        if chosen is None:
            inside = say("model.explore_part", part=self._model.inside) if self._model.inside else ""
            remark = together(say("chain.no_convolution"), inside)
            before, self._side.children = self._side.children, [ipywidgets.HTML(remark)]
            lifetime.close(*before)
            self._controls = None
            return
        self._live = self._chain[chosen]
        self._make_kernel_controls()
        self._make_controls(self._live.settings)

    @property
    def state(self):
        """The layers drawn, and what reaches them, as one short text for `explore(state=text)`."""
        self._check_state()
        if named := [one for one in self._chain if one.template is None]:
            labels = {"first": str(self._first.description), "drawn": str(self._count.description)}
            raise ValueError(say("sharing.state_layer", name=type(named[0].layer).__name__, **labels))
        own = [step.own_weights for step in self._steps]
        return sharing.dumps([(one.settings, one.layer) for one in self._chain], self._source.values, own=own)

    def _add(self):
        """One more layer like the chosen one, behind it."""
        if len(self._chain) < self._model.runs.MOST and self._chosen is not None and not self.facts.problem:
            with isolated_keras():
                random.seed(f"added layer {next(self._added)}")  # no reader's seed: weights that no other layer has
                another = self._live.template.reseeded_copy(self._live.settings)
            self._chain.insert(self._chosen + 1, LiveLayer(another))
            self._other_layers(self._chosen + 1)

    def _remove(self):
        """The chosen layer goes; one always stays."""
        if len(self._chain) > 1 and self._chosen is not None:
            del self._chain[self._chosen]
            left = [i for i, one in enumerate(self._chain) if one.template]
            self._other_layers(min(left, key=lambda i: abs(i - self._chosen)) if left else None)

    def _other_layers(self, chosen):
        """Layers came or went: sliders for one of those there are now, and a word on the way back."""
        first, drawn = self.words("chain.first_drawn"), self.words("chain.drawn")
        self._note.value = self.words("chain.other_layers", first=first, drawn=drawn)
        self._list_chain(chosen)
        self._answer()

    @property
    def _controls_title(self):
        return f"{self._which.description}: {self._which.label}" if self._controls else ""

    def _together(self, steps):
        return Chain.facts(steps, self._chosen)


def listing(model, folded):
    """The table itself, as a widget; folded: behind a click."""
    box = ipywidgets.HTML(model.html(folded))
    box.add_class("cn-listing")
    return box


class ModelTable(Tool, ipywidgets.VBox):
    """The layers of a model of which none can be drawn by itself. Made by `explore`."""

    def __init__(self, model):
        self.steps, self.macs_is, self.x = model.rows, model.macs[1], model.x
        self._model = model
        inside = say("model.explore_part", part=model.inside) if model.inside else ""
        self._remark = together(say("model.nothing_drawn"), inside)
        super().__init__([ipywidgets.HTML(self._remark), listing(model, folded=False)])
        self.add_class("cn-explorer")

    def __repr__(self):
        return f"<Table of {len(self.steps)} layers: {self._input()} -> {self.steps[-1]['output_shape']}>"

    def _input(self):
        """The shape of x, or those of a model's several inputs."""
        return ", ".join(str(one.shape) for one in (self.x if isinstance(self.x, list) else [self.x]))

    def _saved(self):
        return {"text/plain": repr(self), "text/html": self._model.html(folded=False)}

    @in_own_words
    def save(self, path):
        """Write a page with this table: path ends in .html. Raises ValueError for another path."""
        still = f'<p>{self._remark}</p><div class="cn-listing">{self._model.html(folded=False)}</div>'
        title = say("page.model", input=self._input(), output=self.steps[-1]["output_shape"])
        write_page(path, lambda: RecordedTool(None, {}, browser_words(self.words), title, notebook_about(()), still))
