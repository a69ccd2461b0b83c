"""One layer's controls, facts and stage tied together."""

import base64
from pathlib import Path

import ipywidgets
import numpy as np

from widgets.explorer import sharing
from widgets.explorer.controls import Controls, OwnMoves
from widgets.explorer.image_controls import ImageControls
from widgets.explorer.kernel_controls import KernelControls
from widgets.explorer.recorded_controls import record_explorer
from widgets.explorer.undoable_edits import Input, Undo, edit, kernels
from widgets.facts import LARGEST_INPUT, Chain, LiveLayer, default_input, input_values, is_shape, shown_code
from widgets.language import in_own_words, say, words
from widgets.page import write_page
from widgets.picture import VIEWS, layer_picture
from widgets.stage import Stage, Tool, lifetime

SHEETS = [Path(__file__).parents[1] / name for name in ("explorer/explorer.css", "stage/full_screen.css")]


class ExplorerStage(Stage):
    """A stage that brings the explorer's own style sheets along: a box has none."""

    _css = Stage._css + "".join(path.read_text(encoding="utf-8") for path in SHEETS)


class Explorer(Tool, ipywidgets.Box):
    """The controls and the stage of one layer. Made by `explore`."""

    _controls_title = ""  # what a page says above the settings

    def __init__(self, layer, x, reveal, controls):
        self._live = LiveLayer(layer)
        self._chain, self._chosen = Chain([self._live]), 0  # the layers asked, and which of them the sliders change
        template = self._live.template
        if x is None:
            x = default_input(len(template.kind.axes) + 2, template.channels, template.channel_axis)
        self._start = input_values(template, x), is_shape(x)
        self._prepare(Input(*self._start, template.channel_axis), controls)
        images = len(template.kind.axes) == 2 and template.channels in (None, 1, 3) and self._wanted("picture")
        self._image_menu = ImageControls(template.channels, self._replace, self._own_moves) if images else None
        self._make_kernel_controls()
        self._make_controls(template.settings)
        self._ask_layers()
        self._show(reveal, VIEWS.get(template.kind.operation, ()), self._side)

    def _prepare(self, source, controls):
        """What is there before the controls are."""
        self.words = words()
        self._own_moves = OwnMoves()
        several = isinstance(controls, (list, tuple, set))
        self._wanted_controls = list(controls) if several else None if controls is None else [controls]
        self._source = source
        self._undo = Undo()
        self._answered = [None, None]  # what stood at the last two answers that were others: see _note_answer
        self._side = ipywidgets.VBox()
        self._side.add_class("cn-side")

    def _wanted(self, name):
        wanted = self._wanted_controls
        return wanted is None or any(isinstance(one, str) and one == name for one in wanted)

    def _make_kernel_controls(self):
        """What changes the kernel of the present layer by hand."""
        self._kernel = KernelControls(self._live, lambda: self._controls, self._undo, self._ask, self._own_moves)

    @in_own_words
    def _make_controls(self, settings):
        """Sliders for the input that there is now, beside what changes kernel and picture by hand."""
        size = self._input_shape(), self._resizable()
        moves = self._ask, self._restart, self._own_moves
        self._controls = Controls(self._live.template, *size, *moves, settings, self._wanted_controls)
        rows = [*self._kernel.rows] if self._wanted("kernel") else []
        rows += self._image_menu.rows if self._image_menu else []
        others = ipywidgets.VBox(rows)
        others.add_class("cn-controls")
        before, self._side.children = self._side.children, [self._controls.box, *[others] * bool(rows)]
        lifetime.close(*before, but=self._side.children)

    def _input_shape(self):
        """What reaches the layer that the sliders change; behind a refusal, nothing is known."""
        if self._chosen:
            return self._steps[min(self._chosen, len(self._steps) - 1)].input_shape
        return self._source.values.shape

    def _resizable(self):
        """Whether the input of the layer that the sliders change has sliders too."""
        return self._chosen == 0 and self._source.resizable

    def _show(self, reveal, views, controls, *below):
        self._picture = None
        view = views[0] if views else ""
        takes_image = self._image_menu is not None
        editable = [name for name in ("picture", "kernel") if self._wanted(name)]
        self._stage = ExplorerStage(reveal=bool(reveal), view=view, editable=editable, takes_image=takes_image)
        self._stage.observe(self._draw, "view")
        commands = {"move": self._move_point, "edit": self._edit, "back": self._go_back, "export": self._export}
        self._stage.commands = commands | ({"image": self._image_menu.take} if takes_image else {})
        self._answer()
        if self.facts.points is not None and self.facts.y is not None:  # in a corner most of them are at home
            _, rows, columns, _ = self.facts.output_shape
            self.start_at((0, rows // 2, columns // 2, 0))
        super().__init__([controls, self._stage, *below])
        self.add_class("cn-explorer")

    @property
    def layer(self):
        """The live Keras layer that the sliders change; while Keras refuses, the last one that it accepted, or None."""
        return self._live.layer if self._controls else None

    @property
    def x(self):
        """The input as a float32 array (batch, height, width, channels): a copy, so change it as you like."""
        return _copied(self.facts.x)

    @property
    def y(self):
        """What the layer returned for `x`, as a float32 array, a copy too; None while Keras refuses the settings."""
        return None if self.facts.y is None else _copied(self.facts.y)

    @property
    def code(self):
        """The line of code that makes a layer with these settings; where its weights are others, a comment says so."""
        return shown_code(self.facts)

    @property
    def settings(self):
        """The settings as a dict in Keras' names. Setting some or all of them moves the sliders in one update."""
        return self._controls.settings if self._controls else {}

    @settings.setter
    def settings(self, wanted):
        if self._controls is None:
            raise ValueError(say("chain.nothing_to_set", received=wanted))
        self._controls.settings = wanted

    @property
    def question(self):
        """What is asked before the answer is shown; "" asks for shape and parameters."""
        return self._stage.question

    @property
    def state(self):
        """All of it as one short text: `explore(state=text)` gives the same explorer back."""
        self._check_state()
        look = {
            "view": self._stage.view,
            "wanted": self._stage.requested_channels,
            "moved": list(self._live.offset_overrides.items()),
            "own": [self.facts.own_weights],
        }
        return sharing.dumps([(self._live.settings, self.layer)], self._source.values, **look)

    def _check_state(self):
        if self.facts.problem:
            raise ValueError(say("sharing.state_refused", advice=self.facts.advice))

    def start_at(self, index, pinned=False):
        """Light one cell of the output first, given by its index in `y`; a pinned one shows how it is made.

        Raises ValueError where there is none.
        """
        try:
            np.ravel_multi_index(index, self.facts.output_shape)
        except (TypeError, ValueError):
            fields = {"shape": self.facts.output_shape, "received": index, "example": (0,) * self.facts.x.ndim}
            raise ValueError(say("controls.bad_cell", **fields)) from None
        self._stage.start_at(index, pinned)

    @in_own_words
    def save(self, path, controls=None):
        """Write a file: .png is the picture as it is now, .gif has the window sliding over it, and .html is a page
        that answers without a kernel.

        On the page the settings named in `controls` can be moved; left out: those named to `explore`, or as many as a
        page can hold. Raises ValueError where those named are too many.
        """
        kind = Path(str(path)).suffix.lower()
        if kind not in (".png", ".gif", ".html"):
            raise ValueError(say("controls.bad_file", received=path))
        if kind == ".html":
            return write_page(path, lambda: record_explorer(self, controls, announced=True))
        Path(path).write_bytes(self._export(kind[1:], lambda part: None)[2])

    @in_own_words
    def recorded(self, record=None):
        """All that a page needs that answers without a kernel: see `save`, and `record_explorer`."""
        return record_explorer(self, record=record)

    def _ask(self):
        """Ask Keras again, and show its answer."""
        if self._controls:
            self._move()
        self._ask_layers()
        self._answer()

    @in_own_words
    def _ask_layers(self):
        self._steps = self._chain.ask(self._source.values)
        self.facts = self._together(self._steps)

    def _together(self, steps):
        """What the facts of all layers come to."""
        return steps[0]

    def _answer(self):
        """Show what was answered."""
        if self._controls and self._chosen < len(self._steps):
            self._kernel.follow(self._steps[self._chosen])
        self._note_answer()
        self._draw()

    def _note_answer(self):
        """Keep what stood at an answer that differs from the one before: the headline's old values go back to that."""
        layers, shape = self._layers(), self._source.values.shape
        now = (self._source, layers, [one.settings for one in layers], shape, self.facts.code)
        before, last = self._answered
        if not self.facts.problem and (last is None or now[3:] != last[3:]):
            before, last = self._answered = [last, now]
        others = [i for i, one in enumerate(layers) if one is not self._live]
        same = bool(layers) and before is not None and last[:2] == before[:2] and not self.facts.problem
        self._stage.may_go_back = same and all(before[2][i] == last[2][i] for i in others)

    def _layers(self):
        """Those that sliders can change."""
        return [one for one in self._chain if one.template]

    def _go_back(self):
        if self._stage.may_go_back:
            _, layers, settings, shape, _ = self._answered[0]
            sizes = {"input_shape": shape} if self._resizable() else {}
            self.settings = settings[layers.index(self._live)] | sizes

    def _move(self):
        """Take the settings over from the controls."""
        settings = self._controls.settings
        shape = settings.pop("input_shape", self._source.values.shape)
        if shape != self._source.values.shape:
            self._source.resize(shape)
        if settings != self._live.settings:
            self._live.offset_overrides = {}  # the points of other settings are others
        self._live.settings = settings

    def _asker(self):
        """A way to ask Keras for other settings that leaves the explorer as it is: settings go in, facts come out."""
        chain = Chain(one.twin() for one in self._chain)
        live = None if self._chosen is None else chain[self._chosen]
        start, moved = (live.settings, live.offset_overrides) if live else ({}, {})

        def ask(settings):
            if live:
                live.settings, live.offset_overrides = settings, moved if settings == start else {}
            return self._together(chain.ask(self._source.values))

        return ask

    def _restart(self, settings):
        """The weights, the input, the switches and the settings of the start again."""
        self._live.forget()
        self._kernel.reset()
        if self._image_menu and self._image_menu.reset():
            return self._replace(None, self._live.template.settings)
        self._source.reset()
        self._controls.settings = settings

    def _replace(self, image, settings=None):
        """Another image as the input, None for that of the start; the settings as they are."""
        axis = self._live.template.channel_axis
        self._source = Input(*self._start, axis) if image is None else Input(np.moveaxis(image, -1, axis), False)
        self._make_controls(settings or {k: v for k, v in self._controls.settings.items() if k != "input_shape"})
        self._ask()

    def _move_point(self, place, offset):
        """A reader dragged a sampling point: ask the layer what it gives there."""
        self._live.offset_overrides[place] = offset
        self._ask()

    def _edit(self, change, sample):
        """A reader changed cells or weights."""
        stale = self.facts.problem and "link" in change  # the kernels drawn may not be those of the present layers
        if self._picture is not None and self.layer is not None and not stale:
            axis, drawn = self.facts.channel_axis, [kernel for one in self._layers() for kernel in kernels(one)]
            edit(change, self._picture, self._source, drawn, sample, axis, self._undo)
        self._ask()  # the browser waits for an answer

    @in_own_words
    def _export(self, kind, progress):
        """What the browser asked to keep: (name, type, bytes), or text."""
        if kind == "state":
            return self.state
        name = self.facts.code.split("(")[0].split(".")[-1]
        from widgets.picture import animation, figure  # Matplotlib is slow to import, and only this needs it

        shown = self.facts, self._picture, self._stage.reveal, figure.Look(*self._stage.view_state())
        made = figure.png(*shown, figure.SHOWN) if kind == "png" else animation.gif(*shown, progress)
        return f"{name}.{kind}", f"image/{kind}", made

    @in_own_words
    def _still(self):
        from widgets.picture import figure

        return figure.png(self.facts, self._picture, self._stage.reveal, figure.Look(*self._stage.view_state()))

    def _restore_view_state(self, look):
        """Go on with what `state` kept besides layer and input."""
        moved = {tuple(map(int, place)): tuple(map(float, offset)) for place, offset in look.get("moved", ())}
        if not all(len(place) == 5 and min(place) >= 0 and np.isfinite(dy + dx) for place, (dy, dx) in moved.items()):
            raise ValueError(say("sharing.odd_point"))
        for live, own in zip(self._layers(), look.get("own", ())):
            live.take_as_drawn(own)
        self._live.offset_overrides = moved
        self._stage.requested_channels = look.get("wanted", self._stage.requested_channels)
        self._stage.view = look.get("view", self._stage.view)
        self._ask()

    @in_own_words
    def _draw(self, _=None):
        """Draw the last answer that was none of Keras' refusals, in the view that is chosen."""
        drawn = self._picture.facts if self._picture and self.facts.problem else self.facts
        if not drawn.problem:
            self._picture = layer_picture(drawn, self._stage.view)
        self._stage.show(self.facts, self._picture)

    @in_own_words
    def __repr__(self):
        answer = say("picture.refused") if self.facts.problem else self.facts.output_shape
        if not self._stage.reveal:
            answer = say("picture.hidden")
        return f"<Explorer {self.facts.code}: {self.facts.input_shape} -> {answer}>"

    def _saved(self):
        return {"text/plain": repr(self), "image/png": base64.b64encode(self._still()).decode()}


def _copied(values):
    """The reader's own array. One too large to be shown is too large to be copied: zeros that cannot be changed."""
    return values if values.nbytes > LARGEST_INPUT else values.copy()
