"""The layers of an explorer while their settings move: each keeps its weights, and answers for an input."""

import copy
import math
from dataclasses import replace

import keras
import numpy as np
import tensorflow as tf

from widgets.arithmetic import cells_read
from widgets.facts.certainty import AT_MOST, EXACT
from widgets.facts.code_line import NAME, chain_code, code_line, layer_code
from widgets.facts.costs import layer_macs
from widgets.facts.evaluate import evaluate_layer
from widgets.facts.facts import Facts, spatial_sizes
from widgets.facts.index_tables import step_tables
from widgets.facts.inputs import LARGEST_INPUT
from widgets.facts.isolation import isolated_keras, variables_kept
from widgets.facts.keras_refusals import plain_text
from widgets.facts.kinds import CHAIN, is_convolution, kind_of
from widgets.facts.known_layers import acts_on_cells, known_windows, mixes_channels, spatial_axes, window_axes
from widgets.facts.layer_copy import give_weights, unchanged
from widgets.facts.layer_template import LayerTemplate
from widgets.facts.measure import Clock, answers_so_far
from widgets.facts.measured_tables import measured_tables
from widgets.facts.model_graph import call_layer, check_askable, model_inputs
from widgets.facts.position_memory import Memory
from widgets.facts.receptive_fields import chain_field, keeps_cells
from widgets.language import say, together


class LiveLayer:
    """A convolution that can be built again and again; its weights are kept by position."""

    def __init__(self, layer):
        self.template = LayerTemplate(layer)
        self.settings = dict(self.template.settings)
        self._drawn_before = ()
        self.forget()

    @property
    def layer(self):
        """The layer that Keras accepted last, or None. Who takes it may change its weights."""
        self._taken = True
        return self._layer

    def twin(self):
        """Another one with these settings and weights: what it is asked leaves this one as it is."""
        other = copy.copy(self)
        other._memories, other._draws = copy.deepcopy((self._memories, self._draws))
        other.made = dict(self.made)
        return other

    def forget(self):
        """The weights of the start again."""
        self._layer, self._taken = None, False
        self.offset_overrides = {}  # sampling points that the reader put elsewhere
        self.made = {}  # weight -> what makes its values for any shape; None for one that it does not fit
        self._own = {}  # weight -> whether its values are others than the code line gives
        self._memories, self._draws = ({name: Memory() for name in self.template.kind.weights} for _ in range(2))
        for name, values in self.template.weights.items():
            self._memories[name].note(values)
            if name in self._drawn_before:
                self._draws[name].note(values)

    def take_as_drawn(self, but=()):
        """The weights of the start were drawn as the code line draws them, but for those named in `but`."""
        self._drawn_before = set(self.template.weights).difference(but)
        self.forget()

    def put(self, name, index, values):
        """Set weights of the live layer at an index of the array `name`; returns what stood there."""
        variable = getattr(self.layer, name)
        whole = variable.numpy().copy()
        before = whole[index].copy()
        whole[index] = values
        variable.assign(whole)
        self.made.pop(name, None)
        return before

    def ask(self, x):
        """Facts of the layer, built anew with the present settings; `layer` is the last one that Keras accepted."""
        rank = len(self.template.kind.axes) + 2
        if x.ndim != rank:  # behind a layer that returns other axes
            known = {"operation": self.template.kind.operation, "channel_axis": x.ndim - 1, "x": x}
            problem, advice = say("facts.other_rank", rank=rank, shape=x.shape), say("facts.advice_rank")
            return Facts(input_shape=x.shape, code=self.code(), problem=problem, advice=advice, **known)
        if self._taken and self._layer is not None:  # what the reader did to the live layer's weights is kept
            for name, memory in self._memories.items():
                if (variable := getattr(self._layer, name)) is not None:
                    memory.note(variable.numpy())
                    if name in self.made and not np.array_equal(self.made[name](variable.shape), variable.numpy()):
                        del self.made[name]
        layer, facts = evaluate_layer(self.template, self.settings, x, self._start, self.offset_overrides)
        if layer is None:
            return facts
        self._layer, self._taken = layer, False
        return replace(facts, own_weights=tuple(name for name in facts.weights if self._own.get(name)))

    def code(self):
        """The line that makes an equal layer with the present settings."""
        return code_line(self.template.layer_class, self.template.arguments | self.settings)

    def _start(self, name, shape, draw):
        """A weight as it was before, as far as it was; Keras draws the rest."""
        drawn = self._draws[name].recall(shape)
        drawn = self._draws[name].fill(draw()) if drawn is None else drawn
        values = self.made[name](shape) if name in self.made else None
        values = self._memories[name].fill(drawn) if values is None else values
        self._own[name] = not np.array_equal(values.astype("float32"), drawn.astype("float32"), equal_nan=True)
        return values


class GenericLayer:
    """Any other layer, pooling or normalisation say: copied, called, and shown by its name.

    A built model is called itself, and left as it was: no copy shares layers among wrappers as it does.
    """

    template = None

    def __init__(self, layer, channel_axis=-1, drawn=False):
        self._asked = None, None  # x and the facts of it: nothing of the layer changes
        self._drawn, self._measured = drawn, {}  # what is not drawn need not be measured
        self._shapes = {}  # of what it returns, by that of what it is given
        self._known = answers_so_far(layer)
        self._channels_first = getattr(layer, "data_format", None) == "channels_first" or channel_axis == 1
        with isolated_keras():
            self.layer = layer if model_inputs(layer) else unchanged(layer, f"{NAME}_{layer.name}")
        self._weights = layer.get_weights() if layer.built and self.layer is not layer else []
        self.settings = {}

    def twin(self):
        """Itself: nothing of it changes."""
        return self

    def ask(self, x, clock=None):
        """Facts of the layer's answer; its axes say which cells it reads, measured in the time that `clock` leaves."""
        if self._asked[0] is not x:
            self._asked = x, self._answer(x, clock)
        return self._asked[1]

    def _answer(self, x, clock):
        channel_axis = 1 if self._channels_first and x.ndim > 2 else x.ndim - 1
        known = {"input_shape": x.shape, "code": self.code(), "x": x}
        known |= {"operation": type(self.layer).__name__, "channel_axis": channel_axis}
        try:
            told = self._told(x.shape)
            if (size := 4 * math.prod(told)) > LARGEST_INPUT:
                problem = say("facts.large_settings", size=f"{size:,}", limit=f"{LARGEST_INPUT:,}")
                return Facts(**known, problem=problem, advice=say("facts.advice_large"))
            kept = self.layer.variables if model_inputs(self.layer) else ()
            with isolated_keras(), variables_kept(kept), tf.device("CPU:0"):
                if self._weights:  # the reader's: the copy has its own from its first call on
                    call_layer(self.layer, x)
                    give_weights(self.layer, self._weights)
                    self._weights = []
                answers = keras.tree.flatten(call_layer(self.layer, x))
                y = keras.ops.convert_to_numpy(answers[0]).astype("float32", copy=False)
                macs = None if answers[1:] else layer_macs(self.layer, [x.shape], y.shape)  # a model may refuse x here
        except Exception as refusal:
            said = plain_text(refusal)
            problem, other = said.split("\n\n")[0], say("facts.advice_other")
            return Facts(**known, problem=problem, whole_problem=said, advice=other)
        if answers[1:]:
            one = f"keras.Model(start := keras.Input({x.shape[1:]}), keras.tree.flatten(layer(start))[0])"
            one = "keras.Model(model.inputs, model.outputs[0])" if model_inputs(self.layer) else one
            problem = say("facts.several_answers", count=len(answers), remedy=one)
            return Facts(**known, problem=problem, whole_problem=problem)
        known["code"] = self.code()  # once built, a layer has arrays that are too long for a line
        if 0 in (*told, y.size):  # what TensorFlow 2.20 returns then may be memory that nobody wrote
            problem = say("facts.empty_result", shape=told or y.shape)
            return Facts(**known, problem=problem, advice=say("facts.advice_other"))
        params = self.layer.count_params()
        axes = drawn_axes(self.layer, x.shape, y.shape, channel_axis, clock) or ()
        return Facts(
            **known,
            axes=axes,
            tables=self._tables(axes, x.shape, y.shape, channel_axis, clock),
            output_shape=y.shape,
            y=y,
            before_activation=y,
            params=params,
            params_formula=str(params),
            macs=macs,
            macs_formula="" if macs is None else str(macs),
        )

    def _told(self, shape):
        """The shape of what it returns, () where Keras cannot tell that. Raises Unaskable for one not to be asked."""
        if shape not in self._shapes:
            with isolated_keras(), tf.device("CPU:0"):
                check_askable(self.layer, [shape])
            self._shapes[shape] = _shape_after(self.layer, shape) or ()
        return self._shapes[shape]

    def _tables(self, axes, shape, shape_after, channel_axis, clock):
        """Who reads whom: known for windows and single cells, else measured."""
        channels = shape[channel_axis]
        tables = kind_of("").tables(axes, channels, {}, None)
        windows = acts_on_cells(self.layer) or window_axes(self.layer, shape) is not None
        if windows or not self._drawn or len(shape) != len(shape_after):
            return tables
        steps = known_windows(self.layer, shape)
        if steps is not None and channel_axis - 1 not in spatial_axes(self.layer, shape):
            sizes = (spatial_sizes(some, channel_axis) for some in (shape, shape_after))
            return step_tables(steps, *sizes, channels)
        if mixes_channels(self.layer, shape, channel_axis):
            every = np.tile(np.arange(channels), (shape_after[channel_axis], 1))
            return replace(kind_of("").tables(_own_cells(shape, channel_axis), channels, {}, None), channels=every)
        if shape not in self._measured:
            known = self._known.get((shape,), {})
            self._measured[shape] = measured_tables(self.layer, shape, shape_after, channel_axis, known, clock)
        if axes and self._measured[shape].certainty != EXACT:  # of each cell by itself: all its channels, at most
            return replace(tables, channels=np.tile(np.arange(channels), (channels, 1)), certainty=AT_MOST)
        return self._measured[shape]

    def code(self):
        """The line that makes an equal layer."""
        return layer_code(self.layer)


def wrap_layer(layer, channel_axis=-1, drawn=False):
    """The layer as an explorer holds it; `channel_axis` is that of its input where the layer does not say."""
    return LiveLayer(layer) if is_convolution(layer) else GenericLayer(layer, channel_axis, drawn)


def drawn_axes(layer, input_shape, output_shape, channel_axis=-1, clock=None):
    """Which cells a layer that is no convolution reads, as numbers for `arithmetic`; None where that has no windows.

    >>> drawn_axes(keras.layers.ReLU(), (1, 9, 8, 3), (1, 9, 8, 3))[0]
    {'n': 9, 'k': 1, 's': 1, 'd': 1, 'padding': 'valid'}
    """
    if not 3 <= len(input_shape) <= 5:
        return None
    if (axes := window_axes(layer, input_shape)) is not None:
        return axes
    if output_shape != input_shape or not keeps_cells(layer, input_shape, channel_axis, clock):
        return None
    return _own_cells(input_shape, channel_axis)


def _own_cells(shape, channel_axis):
    """Each cell by itself, as numbers for `arithmetic`."""
    spatial = shape[2:] if channel_axis == 1 else shape[1:-1]
    return tuple({"n": n, "k": 1, "s": 1, "d": 1, "padding": "valid"} for n in spatial)


def _shape_after(layer, input_shape):
    """The shape of what the layer returns, which is not asked for values; None where Keras cannot tell."""
    try:
        with isolated_keras():  # the spec knows layers without compute_output_shape too
            x, own = keras.KerasTensor(input_shape), not type(layer).__module__.startswith("keras.")
            # To tell it, one of the reader's that is not built would build what is inside, but not itself.
            shape = tuple((layer(x) if own and not layer.built else layer.compute_output_spec(x)).shape)
    except Exception:
        return None
    return None if None in shape else shape


class Chain(list):
    """Layers that follow one another, as `wrap_layer` gives them. `steps` are the facts of each."""

    def ask(self, x):
        """The facts of each layer on what the one before it returned; a refusal ends them."""
        steps, clock = [], Clock()  # which all of them share
        for one in self:
            steps.append(one.ask(x) if one.template else one.ask(x, clock))
            x = steps[-1].y
            if steps[-1].problem:
                break
        return steps

    def sees(self, steps):
        """What one cell behind these layers sees, from the facts of each, and how sure that is; see `Field.told`."""
        shapes = [steps[0].input_shape, *(step.output_shape for step in steps)]
        return chain_field([one.layer for one in self], shapes)

    def cells_read(self, steps):
        """How many cells of that field it reads along each axis, fewer where gaps are left; None where nobody knows.

        >>> chain = Chain([LiveLayer(keras.layers.Conv2D(1, 3, dilation_rate=(1, 2)))])
        >>> chain.cells_read(chain.ask(np.zeros((1, 16, 16, 1), "float32")))
        (3, 3)
        """
        windows = []
        for one, step in zip(self, steps):
            shape = step.input_shape
            kept = step.output_shape == shape and keeps_cells(one.layer, shape, step.channel_axis)
            if is_convolution(one.layer) or not kept:
                windows.append(known_windows(one.layer, shape))
        if None in windows:
            return None
        return tuple(map(cells_read, zip(*windows)))

    @staticmethod
    def facts(steps, chosen=None):
        """Facts of layers that follow one another, from those of each; the first refusal is the chain's.

        `chosen` is the layer that a reader changes, where there is one.
        """
        first, last, code = steps[0], steps[-1], chain_code([step.code for step in steps])
        known = {name: getattr(first, name) for name in ("input_shape", "x", "axes", "channel_axis")}
        known |= {"operation": CHAIN, "code": code}
        if last.problem:
            at = len(steps) - 1
            rule = last.advice if chosen in (None, at) else say("facts.advice_other")  # others have no controls now
            where = say("facts.step_refused", number=at, problem=last.problem)
            return Facts(**known, problem=where, whole_problem=last.whole_problem, advice=rule)
        counts = {}
        for name in ("params", "macs"):
            parts = [getattr(step, name) for step in steps]
            if None in parts:  # MACs of a layer that nobody can count
                continue
            written = " + ".join(map(str, parts)) + f" = {sum(parts)}"
            counts |= {name: sum(parts), f"{name}_formula": written if steps[1:] else getattr(first, f"{name}_formula")}
        return Facts(
            **known,
            **counts,
            output_shape=last.output_shape,
            y=last.y,
            before_activation=last.before_activation,
            warning=together(*(step.warning for step in steps)),
            steps=tuple(steps),
            chosen=chosen,
        )
