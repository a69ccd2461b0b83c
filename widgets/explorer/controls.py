"""A layer's settings as ipywidgets: sliders, menus and boxes with Keras' names on them."""

from collections.abc import Mapping

import ipywidgets
import numpy as np

from widgets import arithmetic
from widgets.explorer.slider import IntSlider
from widgets.facts import Choice, Count, Divisor, Flag, activation_name, count_rule, in_keras_form, spatial_sizes
from widgets.language import either, say

INPUT_SIZE, INPUT_CHANNELS = Count(1, 224), Count(1, 64)  # where only the input's shape was given
INPUT_SHAPE = Count(1, 224, per_axis=True)


class OwnMoves:
    """True while an explorer moves its own controls, so that their observers are to do nothing.

    >>> own_moves = OwnMoves()
    >>> with own_moves:
    ...     print(bool(own_moves))
    True
    >>> bool(own_moves)
    False
    """

    def __init__(self):
        self._depth = 0

    def __bool__(self):
        return self._depth > 0

    def __enter__(self):
        self._depth += 1

    def __exit__(self, *_):
        self._depth -= 1


class Controls:
    """The controls of one layer; `changed` is called once for every move, whatever it moved, and `restart` with the
    settings of the start when the reader wants everything back.

    `settings` holds Keras' arguments, and `input_shape` too where the reader gave only a shape. `shown` are the
    names of those that can be seen and moved; None for all.
    """

    OTHERS = ("input_shape", "kernel", "picture")  # what else can be named

    def __init__(self, template, input_shape, shape_only, changed, restart, own_moves, settings, shown):
        known = (*template.kind.settings, *self.OTHERS)
        if unknown := [name for name in shown or () if not (isinstance(name, str) and name in known)]:
            fields = {"known": ", ".join(known), "received": unknown[0], "example": "strides"}
            raise ValueError(say("controls.unknown_control", **fields))
        self._changed = changed
        self._restart = restart
        self._own_moves = own_moves
        self._kind = template.kind
        self._input_shape = tuple(input_shape)
        self._channel_axis = template.channel_axis
        self._start = dict(template.settings) | ({"input_shape": self._input_shape} if shape_only else {})
        self._controls = {}  # setting -> its control, or a list with one for each axis
        self._given = {}  # setting that may be None -> the box that says it is not
        self._options = {}  # setting -> the value that each name in its menu stands for
        self._squares = {}  # setting -> the box that ties its axes together
        rows = []
        if shape_only:
            made = self._input_rows()
            rows += made if shown is None or "input_shape" in shown else []
        for name, rule in self._kind.settings.items():
            made = self._setting_rows(name, rule, settings[name])
            rows += made if shown is None or name in shown else []
        reset = ipywidgets.Button(description=say("controls.reset"), icon="undo", layout={"width": "auto"})
        reset.on_click(lambda _: self.reset())
        self.box = ipywidgets.VBox([*rows, reset])
        self.box.add_class("cn-controls")

    @property
    def settings(self):
        """The settings as the controls show them, in Keras' form."""
        values = {}
        for name, control in self._controls.items():
            values[name] = tuple(c.value for c in control) if isinstance(control, list) else control.value
            if name in self._given and not self._given[name].value:
                values[name] = None
            if name in self._options:
                values[name] = self._options[name][control.value]
        if "input_shape" in values:
            *spatial, channels = values["input_shape"]
            shape = [self._input_shape[0], *spatial]
            shape.insert(self._channel_axis, channels)
            values["input_shape"] = tuple(shape)
        return values

    @settings.setter
    def settings(self, wanted):
        if not isinstance(wanted, Mapping):
            raise ValueError(say("controls.unknown_setting", known=", ".join(self._controls), received=repr(wanted)))
        checked = {name: self._checked(name, value) for name, value in wanted.items()}
        with self._own_moves:
            for name in sorted(checked, key=lambda name: name != "input_shape"):  # groups depend on its channels
                self._put(name, checked[name])
        self._moved()

    def reset(self):
        """Everything as it was at the start."""
        self._restart(self._start)

    def _checked(self, name, value):
        """The value in Keras' form; ValueError where it is not of the argument's type. Keras judges all others."""
        if name not in self._controls:
            raise ValueError(say("controls.unknown_setting", known=", ".join(self._controls), received=name))
        now, axes = self.settings[name], len(self._kind.axes)
        if now is None and name in self._given:
            now = (self._kind.settings[name].low,) * axes
        rule, listed = self._kind.settings.get(name, INPUT_SHAPE), isinstance(value, (tuple, list))
        good = rule.takes(value, len(now) if rule is INPUT_SHAPE else axes)
        if rule is INPUT_SHAPE:
            good = good and listed and min(value) >= 1 and value[0] == now[0]
            text = say("controls.rule_shape", rank=len(now), batch=now[0])
        elif isinstance(rule, Choice):
            value = in_keras_form(name, value)
            known = list(self._options[name].values())
            good = value in known or isinstance(value, str) or (name == "activation" and callable(value))
            text = either([repr(option) for option in known])
        else:
            text = say("rule.Flag") if isinstance(rule, Flag) else count_rule(rule.low, np.size(now))
        if not good:
            raise ValueError(say("controls.bad_setting", name=name, rule=text, received=value, example=now))
        if isinstance(now, tuple) and value is not None:
            return tuple(map(int, value if listed else (value,) * axes))
        return type(now)(value) if isinstance(now, (bool, int)) else value

    def _put(self, name, value):
        if name in self._options:
            option, value = value, option_name(value)
            if value not in self._options[name]:
                self._options[name][value] = option
                self._controls[name].options = list(self._options[name])
        if name in self._given:
            self._given[name].value = value is not None
            if value is None:
                return
        if name == "input_shape":
            value = self._sizes(value)
        controls = self._controls[name] if isinstance(self._controls[name], list) else [self._controls[name]]
        if name in self._squares:
            self._squares[name].value = len(set(value)) == 1
        for control, one in zip(controls, value if isinstance(value, (tuple, list)) else [value]):
            if isinstance(control, IntSlider):
                control.admit(one)
            control.value = one

    def _setting_rows(self, name, rule, value):
        if isinstance(rule, Count) and rule.optional:
            return self._optional_rows(name, rule, value)
        if isinstance(rule, Count) and rule.per_axis:
            sliders = [self._slider(self._along(name, axis), rule, v) for axis, v in zip(self._kind.axes, value)]
            self._controls[name] = sliders
            if len(sliders) == 1:
                self._watch(*sliders)
                return sliders
            shape = say("controls.square" if len(sliders) == 2 else "controls.cube")
            square = ipywidgets.Checkbox(value=len(set(value)) == 1, description=shape, indent=False)
            square.add_class("cn-square")
            self._squares[name] = square
            self._open(name)
            square.observe(lambda change, name=name: self._square_changed(name, change.new), "value")
            row = ipywidgets.HBox([ipywidgets.VBox(sliders), square])
            row.add_class("cn-axes")
            for slider in sliders:
                slider.observe(lambda change, name=name: self._axis_moved(name, change.new), "value")
            return [row]
        if isinstance(rule, Count):
            control = self._slider(name, rule, value)
        elif isinstance(rule, Divisor):
            control = self._slider(name, Count(1, self._input_shape[self._channel_axis]), value)
            control.observe(self._keep_divisor, "value")
        elif isinstance(rule, Choice):
            options = rule.options if value in rule.options else (*rule.options, value)
            # The names are the values: a menu takes None for "nothing chosen".
            self._options[name] = {option_name(option): option for option in options}
            control = ipywidgets.Dropdown(options=list(self._options[name]), value=option_name(value), description=name)
        else:
            control = ipywidgets.Checkbox(value=value, description=name, indent=False)
        self._controls[name] = control
        self._watch(control)
        return [control]

    def _optional_rows(self, name, rule, value):
        """Sliders that count only while their box is ticked; otherwise the argument is None."""
        known = value if isinstance(value, tuple) else (value or 0,) * len(self._kind.axes)
        sliders = [self._slider(self._along(name, axis), rule, v or 0) for axis, v in zip(self._kind.axes, known)]
        given = ipywidgets.Checkbox(value=value is not None, description=name, indent=False)
        self._controls[name] = sliders
        self._given[name] = given
        self._enable(name)
        given.observe(lambda _: self._enable(name), "value")
        self._watch(given, *sliders)
        return [given, *sliders]

    def _enable(self, name):
        for slider in self._controls[name]:
            slider.disabled = not self._given[name].value
            slider.layout.display = "none" if slider.disabled else None

    def _input_rows(self):
        rules = dict.fromkeys(self._kind.axes, INPUT_SIZE) | {"channels": INPUT_CHANNELS}
        sliders = [
            self._slider(self._along(say("controls.input"), axis), rule, n)
            for (axis, rule), n in zip(rules.items(), self._sizes(self._input_shape))
        ]
        self._controls["input_shape"] = sliders
        sliders[-1].observe(self._keep_groups, "value")
        self._watch(*sliders)
        return sliders

    def _sizes(self, shape):
        """What of a shape has sliders: the spatial sizes and, last, channels."""
        return (*spatial_sizes(shape, self._channel_axis), shape[self._channel_axis])

    def _slider(self, name, rule, value):
        return IntSlider(value, min(rule.low, value), max(rule.high, value), description=name)

    def _along(self, name, axis):
        return say("controls.along", name=name, axis=say(f"axes.{axis}"))

    def _watch(self, *controls):
        for control in controls:
            control.observe(self._moved, "value")

    def _moved(self, _=None):
        if not self._own_moves:
            self._changed()

    def _axis_moved(self, name, value):
        """One axis' slider was moved: the others follow where they are tied together."""
        if not self._own_moves:
            with self._own_moves:
                if self._squares[name].value:
                    self._put(name, (value,) * len(self._controls[name]))
            self._moved()

    def _open(self, name):
        """One slider for all axes while they are tied together, else one for each."""
        first, *others = self._controls[name]
        tied = self._squares[name].value
        first.description = name if tied else self._along(name, self._kind.axes[0])
        for slider in others:
            slider.layout.display = "none" if tied else None

    def _square_changed(self, name, tied):
        """The box was ticked: the first axis' value for all. Or no more: a slider for each."""
        self._open(name)
        if tied and not self._own_moves:
            with self._own_moves:
                self._put(name, (self._controls[name][0].value,) * len(self._controls[name]))
            self._moved()

    def _keep_divisor(self, change):
        """Only divisors of the input's channels can be chosen: go on to the next one in the direction of the move."""
        channels = self.settings.get("input_shape", self._input_shape)[self._channel_axis]
        options = arithmetic.divisors(channels)
        if change.new not in options and not self._own_moves:
            beyond = [g for g in options if (g > change.new) == (change.new > change.old)]
            with self._own_moves:
                change.owner.value = min(beyond or options, key=lambda g: abs(g - change.new))

    def _keep_groups(self, change):
        """Other channels have other divisors: keep the largest that is not above the groups shown."""
        for groups in filter(None, map(self._controls.get, ("groups", "offset_groups"))):
            with self._own_moves:
                fitting = [g for g in arithmetic.divisors(change.new) if g <= groups.value]
                groups.value = fitting[-1]
                groups.limit(1, change.new)


def option_name(option):
    """A menu's option as code would say it.

    >>> option_name(None), option_name("same")
    ('None', 'same')
    """
    return "None" if option is None else activation_name(option)
