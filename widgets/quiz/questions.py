"""Questions about a layer, to be answered before its facts are shown: text, check, feedback, hint, worked solution.

Nothing here draws; `predict.py` does. Every right answer comes from the layer that Keras built.
"""

import math

import numpy as np

from widgets.explorer import explore
from widgets.facts import evaluate_layer, is_whole
from widgets.language import axis_names, factor, number, say, thousands, together
from widgets.quiz import mistakes, random_questions
from widgets.quiz.parsing import Unreadable, read_number, read_settings, read_shape
from widgets.quiz.rendering import Feedback, size_lines

READERS = {"number": read_number, "shape": read_shape}
MOST_CELLS = 5 * 10**7  # of an output or a kernel that an answer may make


class Question:
    """One question. `text` asks it, `solution` is the right answer, `worked` the way there, in lines.

    `shown` are (title, table of numbers) pairs that belong to the text, `label` names the field for the answer.
    """

    kind = ""
    reads = "number"  # how a typed answer is read: a "number", a "shape" or "settings"
    example = ""  # of an answer
    shown = ()
    asked = ()  # the index in y of the one value that is asked for

    def __init__(self, about):
        self.about, self.facts = about, about.facts
        self.names = {"code": self.facts.code, "input": self.facts.input_shape}

    def judge(self, answer):
        """Feedback on an answer, which may be typed text or a plain value. Never raises for what cannot be read."""
        try:
            value = self.read(answer)
        except Unreadable as sentence:
            return Feedback(False, str(sentence), counts=False)
        text = self.compare(value)
        return Feedback(not text, text or say("predict.right"))

    def read(self, answer):
        """The answer as a plain value. Raises Unreadable where it is none."""
        return READERS[self.reads](answer, self.example)

    def compare(self, given):
        """ "" for the right answer, else what is said to this one."""
        if given == self.solution:
            return ""
        return mistakes.explain(self.slips, given, self.solution) or self.otherwise(given)

    def otherwise(self, given):
        """What is said to an answer that no known slip leads to."""
        return say("question.not_it", given=thousands(given))

    def judging(self):
        """All that it takes to judge typed answers elsewhere, as plain data: see `judge.js`. Not for settings."""
        known = {"reads": self.reads, "example": self.example, "solution": self.solution, "slips": self.slips}
        return known | {"axes": None, "length": None}

    def fresh(self, rng):
        """The same question again, with other numbers where they were made up."""
        return type(self)(self.about, rng) if self.kind in ("value", "settings") else self

    def stage(self):
        """The layer and the input that are shown after the question."""
        return self.about.layer, self.facts.x

    def explorer(self):
        """What is shown after the question: of the value asked for, how it is made."""
        made = explore(*self.stage())
        if self.asked:
            made.start_at(self.asked, pinned=True)
        return made


class OutputShape(Question):
    """The output's shape, axis by axis."""

    kind = "output_shape"
    reads = "shape"

    def __init__(self, about):
        super().__init__(about)
        self.solution, self.example = self.facts.output_shape, say("question.shape_example")
        self.label = say("question.output_label")
        self.text = say("question.output_shape", axes=axis_names(self.facts.output_axes), **self.names)
        first = self.facts.axes[0]
        padding = first["padding"] if first["padding"] == "valid" else "same"
        name = ("stamps_" if self.facts.kind.stamps else "") + padding
        made_by = "filters" if "filters" in self.facts.settings else "multiplier"
        dilated = say("hint.dilated") if name == "valid" and any(axis["d"] > 1 for axis in self.facts.axes) else ""
        self.hint = together(say(f"hint.{name}"), dilated, say(f"hint.{made_by}"))
        channels, out = (shape[self.facts.channel_axis] for shape in (self.facts.input_shape, self.solution))
        self.worked = [
            say("worked.batch", batch=self.solution[0]),
            *size_lines(self.facts),
            say(f"worked.{made_by}", channels=channels, out=out, **self.facts.settings),
            f"{axis_names(self.facts.output_axes)} = {self.solution}",
        ]

    @property
    def slips(self):
        return mistakes.output_shapes(self.facts, self.facts.output_axes)

    def _axes(self):
        """Of each axis its name, its slips, and what is said to any other wrong size."""
        spatial = iter(self.facts.axes)
        for i, name in enumerate(self.facts.output_axes):
            if name in self.about.template.kind.axes:
                slips = mistakes.sizes(**next(spatial))
            else:
                slips = mistakes.output_channels(self.facts) if i == self.facts.channel_axis else []
            yield say(f"axes.{name}"), slips, say("mistake.batch") if i == 0 else ""

    def _length(self):
        return {"count": len(self.solution), "axes": axis_names(self.facts.output_axes)}

    def otherwise(self, given):
        """Which of the axes are wrong, and why where that can be told."""
        if len(given) != len(self.solution):
            return say("question.axes", **self._length(), received=len(given))
        wrong, good = {}, []
        for (name, slips, other), got, right in zip(self._axes(), given, self.solution):
            if got == right:
                good.append(name)
            else:
                wrong.setdefault(mistakes.explain(slips, got, right) or other, []).append(f"{name} {got}")
        lines = [say("question.wrong_axes", axes=", ".join(named), why=why).strip() for why, named in wrong.items()]
        return "\n".join(lines + [say("question.right_axes", axes=", ".join(good))] * bool(good))

    def judging(self):
        axes = [{"name": name, "slips": slips, "other": other} for name, slips, other in self._axes()]
        return super().judging() | {"axes": axes, "length": {"key": "question.axes", "fields": self._length()}}


class KernelShape(Question):
    """The shape of one of the layer's kernels."""

    kind = "kernel_shape"
    reads = "shape"

    def __init__(self, about, name="kernel"):
        super().__init__(about)
        self.example = say("question.kernel_example")
        self.name, weight = name, self.facts.weights[name]
        self.solution, self.label = weight.shape, say("question.kernel_label", name=name)
        self.text = say("question.kernel_shape", name=name, count=len(weight.shape), **self.names)
        axes = axis_names(self.facts.told_axes(name))
        self.hint = say("hint.kernel", name=name, axes=axes)
        self.worked = [f"{name}: {axes} = {weight.shape}"]

    @property
    def slips(self):
        return mistakes.kernel_shapes(self.facts, self.name)

    def otherwise(self, given):
        """Which of the axes are right."""
        if len(given) != len(self.solution):
            return say("question.kernel_axes", count=len(self.solution), received=len(given))
        good = [str(place) for place, (got, right) in enumerate(zip(given, self.solution)) if got == right]
        return say("question.kernel_right", axes=", ".join(good) or say("predict.none"))

    def judging(self):
        return super().judging() | {"length": {"key": "question.kernel_axes", "fields": {"count": len(self.solution)}}}


class Params(Question):
    """The number of parameters."""

    kind = "params"
    example = "3*3*2*5 + 5"

    def __init__(self, about):
        super().__init__(about)
        self.solution, self.label = self.facts.params, say("question.params_label")
        self.text = say("question.params", **self.names)
        axes = {name: axis_names(self.facts.told_axes(name)) for name in self.facts.weights}
        kernels = [named for name, named in axes.items() if not name.endswith("bias")]
        biases = [f"`{name}`" for name in self.facts.weights if name.endswith("bias")]
        ending = say("hint.bias" if biases else "hint.no_bias", names=", ".join(biases))
        self.hint = together(say("hint.params", kernels=", ".join(kernels)), ending)
        self.worked = [f"{name}: {axes[name]} = {w.shape}" for name, w in self.facts.weights.items()]
        self.worked.append(self.facts.params_formula)

    @property
    def slips(self):
        return mistakes.params(self.facts)


class Value(Question):
    """One output cell of a small layer with whole numbers, to be worked out on paper."""

    kind = "value"
    example = "2*3 - 1*2 + 1"

    def __init__(self, about, rng):
        super().__init__(about)
        self.case = random_questions.small_case(about.template, rng)
        self.facts = facts = self.case.facts
        self.asked = self.case.cell
        self.solution = round(float(facts.y[self.asked]))
        self.cell = f"y[{', '.join(map(str, self.asked))}]"
        self.label = say("question.value_label", cell=self.cell)
        form = "stamps" if facts.kind.stamps else "window"
        self.text = say(f"question.value_{form}", cell=self.cell, code=facts.code, input=facts.input_shape)
        if facts.points is not None:
            dy, dx = facts.weights["offset_bias"].values[:2]
            self.text = together(self.text, say("question.value_offset", offset=(int(dy), int(dx))))
        self.shown = tuple(self._tables(facts))
        ending = say("hint.value_bias" if self._bias() else "hint.value_plain")
        self.hint = together(say(f"hint.value_{form}"), ending)
        self.worked = list(self._sums())

    def _bias(self):
        bias = self.facts.weights.get("bias")
        return 0 if bias is None else int(bias.values[-1])  # the cell is always in the last channel

    def _tables(self, facts):
        """Lists of tables: the two of a list are multiplied."""
        if facts.kind.stamps:
            yield [_table(say("predict.whole_input"), facts.x.reshape([n for n in facts.x.shape if n > 1] or [1]))]
            yield [_table("kernel", facts.weights["kernel"].values[..., 0, 0])]
        for title, read, weights in self.case.parts if not facts.kind.stamps else ():
            yield [_table(title, read), _table(say(title.key.replace("window", "weights"), **title.fields), weights)]
        if self.case.pointwise:
            yield [_table("pointwise_kernel", np.array(self.case.pointwise))]
        if "bias" in facts.weights:
            yield [_table("bias", np.array([self._bias()]))]

    def _sums(self):
        sums = []
        for i, (title, read, weights) in enumerate(self.case.parts):
            products = [f"{factor(x)}*{factor(w)}" for x, w in zip(read.ravel(), weights.ravel()) if w]
            sums.append(float((read * weights).sum()))
            line = f"{title}: {' + '.join(products) or 0} = {number(sums[-1])}"
            if self.case.pointwise:
                weight = float(self.case.pointwise[i])
                line += f", {factor(sums[-1])}*{factor(weight)} = {number(sums[-1] * weight)}"
                sums[-1] *= weight
            yield line
        total = sum(sums) + self._bias()
        bias = [say("worked.bias", bias=factor(self._bias()))] if self._bias() else []
        yield " + ".join([*map(factor, sums), *bias]) + f" = {number(total)}"
        if self.facts.settings["activation"]:
            yield f"relu({number(total)}) = {self.solution}"

    @property
    def slips(self):
        return [(float(value), say(f"mistake.{slip}")) for slip, value in self.case.others.items()]

    def stage(self):
        return self.case.layer, self.facts.x


class Settings(Question):
    """Which settings give a wanted shape: any right answer passes."""

    kind = "settings"
    reads = "settings"

    def __init__(self, about, rng):
        super().__init__(about)
        self.solution, facts = random_questions.wanted(about.template, self.facts, rng, about.level)
        self.wanted, self.label = facts.output_shape, say("question.settings_label")
        self.example = say("question.settings_example")
        names = self.names | {"example": self.example}
        self.text = say("question.settings", output=self.facts.output_shape, wanted=self.wanted, **names)
        self.hint = say("hint.settings", names=", ".join(f"`{name}`" for name in self.solution))
        self.worked = [say("worked.one_way", code=facts.code), *size_lines(facts)]
        self.worked.append(say("worked.gives", output=self.wanted))
        self._given = self.solution

    def read(self, answer):
        template = self.about.template
        given = read_settings(answer, template.layer_class, template.kind, self.example)
        self._given = given
        if self._cells() > MOST_CELLS:
            raise Unreadable(say("reading.large"))
        return given

    def compare(self, given):
        facts = evaluate_layer(self.about.template, self._all(), self.facts.x)[1]
        if facts.problem:
            return say("question.settings_refused", problem=facts.problem, advice=facts.advice)
        if facts.output_shape == self.wanted:
            return ""
        wrong = [
            say("question.settings_axis", axis=say(f"axes.{name}"), got=got, wanted=right)
            for name, got, right in zip(self.facts.output_axes, facts.output_shape, self.wanted)
            if got != right
        ]
        return "\n".join([say("question.settings_gives", code=facts.code, output=facts.output_shape), *wrong])

    def _cells(self):
        """About how many cells the output and the kernel of the answered settings have, at most."""
        settings, shape = self._all(), self.facts.input_shape
        count = settings.get("filters", 1) * settings.get("depth_multiplier", 1)
        window = [settings[name] for name in ("kernel_size", "dilation_rate", "strides")]
        grown = math.prod(max(sizes) for sizes in zip(*window)) if self.facts.kind.stamps else 1
        return count * max(math.prod(shape) * grown, shape[self.facts.channel_axis] * math.prod(window[0]))

    def _all(self):
        """The settings answered last, in Keras' form, on top of the layer's own."""
        rank, rules = len(self.about.template.kind.axes), self.about.template.kind.settings
        for_all = {
            name: (value,) * rank if getattr(rules[name], "per_axis", False) and is_whole(value) else value
            for name, value in self._given.items()
        }
        return self.facts.settings | {n: tuple(v) if isinstance(v, list) else v for n, v in for_all.items()}

    def stage(self):
        layer, facts = evaluate_layer(self.about.template, self._all(), self.facts.x)
        if facts.output_shape != self.wanted:
            self._given = self.solution
            layer = evaluate_layer(self.about.template, self._all(), self.facts.x)[0]
        return layer, self.facts.x


KINDS = {question.kind: question for question in (OutputShape, KernelShape, Params, Value, Settings)}


def questions(about, kind, rng):
    """The questions of one kind about a layer: one, or one for each of its kernels."""
    if kind == "kernel_shape":
        return [KernelShape(about, name) for name in about.facts.weights if name.endswith("kernel")]
    return [KINDS[kind](about, rng)] if kind in ("value", "settings") else [KINDS[kind](about)]


def _table(title, values):
    """A title, and its numbers as planes of rows."""
    planes = np.atleast_2d(values).astype(int)
    return title, (planes if planes.ndim == 3 else planes[None]).tolist()
