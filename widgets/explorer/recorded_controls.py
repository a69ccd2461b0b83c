"""An explorer as a page without a kernel: which settings it can move there, and what Keras says to all of them."""

import html
import math

import keras

from widgets import arithmetic
from widgets.facts import Choice, Count, Divisor, notebook_about, spatial_sizes
from widgets.language import say
from widgets.page import LIMITS, RECORDED_EXPLORER, Control, RecordedTool, estimate, fits, fitting, record_states
from widgets.picture import VIEWS
from widgets.stage import browser_words, whole_state

# In this order, as many as a page can hold.
ORDER = ("kernel_size", "strides", "padding", "dilation_rate", "groups", "filters", "depth_multiplier")
ORDER += ("output_padding", "use_bias", "activation")
MOST_VALUES = {"kernel_size": 5, "strides": 3, "dilation_rate": 3, "output_padding": 3}  # of one control
OTHERS_MOST = 4
CONTROLS_SAY = ("page.controls", "page.copy_link", "page.address", "page.damaged_address")
CONTROLS_SAY += ("controls.along", "controls.reset")


def record_explorer(explorer, names=None, announced=False, record=None):
    """An explorer as a page has it, with its record, or that of the same explorer in another language."""
    pages = RecordedControls(explorer)
    record = record or _record(explorer, pages, names, announced)
    stage, words, facts = explorer._stage, explorer.words, explorer.facts
    rooms = words.room("page", "controls")
    named = {control["name"] for control in record["controls"]}
    fixed = ", ".join(name for name in pages.settings if name not in named)
    return RecordedTool(
        module=RECORDED_EXPLORER,
        record=record,
        words=browser_words(words) | {key: rooms[key] for key in CONTROLS_SAY},
        title=facts.code,
        notebook=notebook_about((one.template.kind, one.settings) for one in explorer._layers()),
        still=_fact_list(facts, words.room("stage")) if stage.reveal else "",
        figure=explorer._still(),
        own_texts={"heading": explorer._controls_title, "question": stage.question},
        notes=(*[say("page.fixed", names=fixed)] * bool(fixed), say("page.kernel_adds")),
    )


def _record(explorer, pages, names, announced):
    """All states of the controls, asked for."""
    controls = pages.controls(names)
    count, seconds, _ = estimate(controls, pages.asker())
    progress = [keras.utils.Progbar(count, unit_name="state").update] if announced else []
    if announced:
        print(say("page.estimate", count=count, seconds=f"{seconds:.0f}"))
    recording = record_states(controls, pages.asker(), *progress)
    while controls and recording.size > pages.most_bytes:  # more than estimated
        if names is not None or explorer._wanted_controls is not None:
            raise pages.too_much(controls, (count, seconds, recording.size))
        controls = [control for control in controls if control.name != controls[-1].name]  # chosen to fit: fewer do
        recording = record_states(controls, pages.asker())
    shown = {"reveal": explorer._stage.reveal, "start": explorer._stage.start}
    return {"controls": [control.as_json() for control in controls], "packed": recording.packed(), **shown}


def _fact_list(facts, words):
    """What a page says without JavaScript."""
    answer = {"input_shape": facts.input_shape, "output_shape": facts.output_shape, "params": facts.params_formula}
    answer |= {"macs": facts.macs_formula}
    rows = [(words[f"fact_{name}"], str(value)) for name, value in answer.items() if value]
    rows += [line.split(": ", 1) for line in facts.size_formulas]
    return f"<dl>{''.join(f'<dt>{html.escape(label)}</dt><dd>{html.escape(value)}</dd>' for label, value in rows)}</dl>"


class RecordedControls:
    """The settings of an explorer's layer as controls of a page."""

    def __init__(self, explorer):
        self._explorer, facts = explorer, explorer.facts
        self._rules = explorer._live.template.kind.settings if explorer.settings else {}
        self._axes = explorer._live.template.kind.axes if explorer.settings else ()
        self.settings = dict(explorer._live.settings) if explorer.settings else {}
        small = math.prod(spatial_sizes(facts.input_shape, facts.channel_axis)) <= LIMITS.SMALL
        self.most_bytes = min(LIMITS.size, LIMITS.small_size) if small else LIMITS.size

    def controls(self, names=None):
        """The controls of these settings, and one for the view where there are several.

        Raises ValueError where they are too many for a page. Left out: those that the explorer was told, or else as
        many as fit, those first that the reader's line names.
        """
        if isinstance(names, str):
            names = [names]
        if unknown := [name for name in names or () if name not in self._rules]:
            fields = {"known": ", ".join(self._rules), "received": unknown[0], "example": next(iter(self._rules), "")}
            raise ValueError(say("controls.unknown_control", **fields))
        wanted = self._explorer._wanted_controls
        if names is None and wanted is not None:
            names = [name for name in self._rules if name in wanted]
        if names is None:
            chosen = fitting([*self._view(), *self._all(self._by_wish())], self.asker(), self.most_bytes)
            return sorted(chosen, key=lambda control: control.name == "view")
        chosen = [*self._all(dict.fromkeys(names)), *self._view()]
        estimated = estimate(chosen, self.asker())
        if not fits(estimated, self.most_bytes):
            raise self.too_much(chosen, estimated)
        return chosen

    def too_much(self, controls, estimated):
        """The refusal of these controls, for so many states, seconds and bytes."""
        by_wish = sorted(controls, key=lambda control: control.name != "view")
        kept = fitting(by_wish, self.asker(), self.most_bytes)
        left_out = [control.name for control in controls if control not in kept] or [controls[-1].name]
        example = dict.fromkeys(control.name for control in controls if control.name not in [*left_out, "view"])
        count, seconds, size = estimated
        return ValueError(
            say(
                "page.too_much",
                most_states=f"{LIMITS.states:,}",
                most_seconds=LIMITS.seconds,
                most_size=LIMITS.size // 10**6,
                product=" x ".join(f"{control.label} {len(control.values)}" for control in controls),
                states=f"{count:,}",
                seconds=f"{seconds:.0f}",
                size=f"{size / 1e6:.1f}",
                example=list(example),
                left_out=", ".join(dict.fromkeys(left_out)),
            )
        )

    def asker(self):
        """A way to ask for what a page keeps of one state: values by (name, axis) go in, dicts with bytes come out."""
        ask, stage = self._explorer._asker(), self._explorer._stage
        sample = stage.snapshot["sample"]
        last = [None, None]  # the settings asked for last, and their facts: the view alone changes often

        def state(values):
            settings = self._at(values)
            if last[0] != settings:
                last[:] = settings, ask(settings)
            facts, view = last[1], values.get(("view", ""), "")
            return whole_state(facts, view, sample)

        return state

    def _at(self, values):
        """The layer's settings at these values: one value for all axes, or one for some of them."""
        settings = dict(self.settings)
        for (name, axis), value in values.items():
            if axis:
                at = self._axes.index(axis)
                settings[name] = (*settings[name][:at], value, *settings[name][at + 1 :])
            elif name != "view":
                for_all = self._per_axis(name) and value is not None
                settings[name] = (value,) * len(self._axes) if for_all else value
        return settings

    def _per_axis(self, name):
        return isinstance(self._rules[name], Count) and self._rules[name].per_axis

    def _by_wish(self):
        """All names, the most wanted ones first: those that a text asks for, those that the reader's line names, and
        those in ORDER."""
        code = self._explorer._live.code() if self._rules else ""
        names = [name for name in dict.fromkeys([*ORDER, *self._rules]) if name in self._rules]

        def wish(name):
            late = LIMITS.sliders_first and not isinstance(self._rules[name], Count)
            return name not in LIMITS.asked, late, f" {name}=" not in code

        return sorted(names, key=wish)

    def _view(self):
        views = VIEWS.get(self._explorer.facts.operation, ())
        return [Control("view", views, views.index(self._explorer._stage.view))] if views else []

    def _all(self, names):
        """Their controls, but for those that have one value to choose from."""
        return [control for name in names for control in self._of(name) if control.values[1:]]

    def _of(self, name):
        """The controls of one setting: one that moves all axes, as a square one is moved, or one for each."""
        value = self.settings[name]
        parts = {"": value[0] if isinstance(value, tuple) else value}
        if isinstance(value, tuple) and any(len(set(one)) > 1 for one in (value, *self._asked(name))):
            parts = dict(zip(self._axes, value))
        for axis, start in parts.items():
            values = self._values(name, start, axis)
            moved = len(self._axes) if self._per_axis(name) and not axis else 1
            yield Control(name, values, values.index(start), axis, moved)

    def _asked(self, name):
        """The values of a setting that a text asks for, each with one number for each axis."""
        values = LIMITS.asked.get(name, ())
        return [value if isinstance(value, list) else [value] * len(self._axes) for value in values]

    def _values(self, name, value, axis):
        rule = self._rules[name]
        if isinstance(rule, Count):
            most = min(MOST_VALUES.get(name, OTHERS_MOST), LIMITS.values)
            low = max(rule.low, (value or 0) - most + 1)
            asked = {one[self._axes.index(axis) if axis else 0] for one in self._asked(name)} - {None}
            numbers = tuple(range(min({low, *asked}), max({low + most - 1, *asked}) + 1))
            return (None, *numbers) if rule.optional and not axis else numbers
        if isinstance(rule, Divisor):
            channels = self._explorer._input_shape()[self._explorer._live.template.channel_axis]
            return tuple(sorted({*arithmetic.divisors(channels), value}))
        options = rule.options if isinstance(rule, Choice) else (False, True)
        return options if value in options else (*options, value)
