"""The menu of well-known kernels, and the switch that turns a kernel."""

import ipywidgets
import numpy as np

from widgets.explorer import kernel_presets
from widgets.explorer.editing import kernels
from widgets.language import say, words


class KernelControls:
    """A menu of well-known kernels and a switch that turns the kernel; `changed` is called after each change.

    `present()` is the live layer of the moment, `sliders` are the explorer's `Controls`.
    """

    def __init__(self, present, sliders, undo, changed, own_moves):
        self._present, self._sliders, self._undo, self._changed = present, sliders, undo, changed
        self._own_moves, self.words = own_moves, words()
        self._random_kernels = 0  # how many random kernels were asked for
        presets = ["as_it_is", *kernel_presets.names(len(present().template.kind.axes))]
        self._options = [(say(f"preset.{name}"), name) for name in presets]
        self._chosen = None  # the preset that the kernel is to be
        self.menu = ipywidgets.Dropdown(options=self._options, description=say("editing.kernel"))
        fitting = ipywidgets.Layout(width="auto")
        self.turn = ipywidgets.ToggleButton(description=say("editing.turn"), icon="refresh", layout=fitting)
        self._note = ipywidgets.HTML(self._remark(False))
        self.menu.observe(self._fill, "value")
        self.turn.observe(self._flip, "value")
        self.rows = [self.menu, self.turn, self._note]

    def reset(self):
        """As at the start; the weights themselves are reset by whoever holds them."""
        self._chosen = None
        self._show("as_it_is")
        with self._own_moves.moving():
            self.turn.value, self._note.value = False, self._remark(False)

    def take_over(self, before):
        """Go on where other controls of this layer were."""
        self._chosen, self._random_kernels = before._chosen, before._random_kernels
        with self._own_moves.moving():
            self.turn.value, self._note.value = before.turn.value, before._note.value
        self._show(before.menu.value)

    def follow(self, facts):
        """The menu says what the kernel is now: the preset that was chosen, or that it was changed since."""
        live, name = self._kernel()
        if self._chosen and name in facts.weights:
            values = facts.weights[name].values
            is_it = np.array_equal(self._made(values.shape), values)
            if is_it:  # also again, where a change was taken back
                live.made[name] = self._made
            self._show(self._chosen if is_it else "changed")

    def _show(self, name):
        if self.menu.value != name:
            with self._own_moves.moving():
                self.menu.options = [*self._options, *[(self.words("preset.changed"), name)] * (name == "changed")]
                self.menu.value = name

    def _made(self, shape):
        """The chosen preset, turned where it is to be, for a kernel of this shape; None for one that is too small."""
        if any(map(int.__lt__, shape, kernel_presets.least_size(self._chosen, len(shape) - 2))):
            return None
        operation = self._present().template.kind.operation
        values = kernel_presets.filled(self._chosen, tuple(shape), operation, self._random_kernels)
        return np.flip(values, tuple(range(values.ndim - 2))) if self.turn.value else values

    def _kernel(self):
        """The live layer, and the name of the kernel that moves over the input."""
        return kernels(self._present())[0]

    def _remark(self, turned):
        """What the layer does with the kernel as it stands, or turned."""
        form = "stamp" if self._present().template.kind.stamps else "kernel"
        return self.words(f"editing.{form}_turned" if turned else f"editing.{form}_unturned")

    def _fill(self, change):
        live, name = self._kernel()
        if self._own_moves or live.layer is None:
            return
        self._chosen = None
        live.made.pop(name, None)
        if change.new in ("as_it_is", "changed"):
            return
        now = live.settings["kernel_size"]
        size = tuple(map(max, now, kernel_presets.least_size(change.new, len(now))))
        if size != now:
            self._sliders.settings = {"kernel_size": size}
        self._chosen = change.new
        self._random_kernels += change.new == "random"
        values = self._made(getattr(live.layer, name).shape)
        if values is None:  # Keras refuses the settings, and the layer is an older one
            live.made[name] = self._made
        else:
            self._put(values)

    def _flip(self, change):
        live, name = self._kernel()
        if self._own_moves or live.layer is None:
            return
        self._note.value = self._remark(change.new)
        values = getattr(live.layer, name).numpy()  # the chosen preset or not, it is turned as it stands
        self._put(np.flip(values, tuple(range(values.ndim - 2))))

    def _put(self, values):
        live, name = self._kernel()
        self._undo.change(lambda index, new: live.put(name, index, new), ..., values)
        if self._chosen:
            live.made[name] = self._made
        self._changed()
