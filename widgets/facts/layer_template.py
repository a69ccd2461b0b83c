"""How to make a reader's layer again with other settings, without touching the reader's layer."""

from functools import partial

import keras
import tensorflow as tf

from widgets.facts.code_line import by_name
from widgets.facts.kinds import KINDS, is_convolution
from widgets.facts.layer_copy import arguments_of, give_weights, seeds_kept, unchanged
from widgets.language import say


class LayerTemplate:
    """A layer's class, arguments and weights, copied.

    The initializers are shared with the reader's layer: an unbuilt layer gets the weights that it would have had.
    Raises TypeError where `layer` is not an instance of a Keras layer class in `KINDS`.
    """

    def __init__(self, layer):
        self.layer_class = type(layer)
        if not is_convolution(layer):
            raise TypeError(_not_known(layer))
        self.kind = KINDS[self.layer_class.__name__]
        self.arguments = arguments_of(layer)
        self.dtype = layer.variable_dtype
        self.settings = {name: self.arguments[name] for name in self.kind.settings}
        self.channel_axis = len(self.kind.axes) + 1 if layer.data_format == "channels_last" else 1
        kept = {name: getattr(layer, name) for name in self.kind.weights} if layer.built else {}
        self.weights = {name: keras.ops.convert_to_numpy(w) for name, w in kept.items() if w is not None}
        # What a built layer insists on; None before it is built.
        self.channels = next(iter(layer.input_spec.axes.values()), None) if layer.built else None

    def reseeded_copy(self, settings):
        """A new layer with these settings, not built yet, whose initializers without a seed draw other weights."""
        fresh = {
            name: type(value).from_config(value.get_config())
            for name, value in self.arguments.items()
            if isinstance(value, keras.initializers.Initializer) and type(value).__module__.startswith("keras.")
        }
        return self.layer_class(**self.arguments | fresh | settings)

    def given(self, name, shape, draw):
        """The weight of the reader's layer; of one that is not built, what its initializer draws."""
        return self.weights[name] if name in self.weights else draw()

    def build(self, settings, input_shape, start=None):
        """A new layer of the same class with these settings, built for an input of this shape.

        `start(name, shape, draw)` gives each weight's first values; its initializer's are `draw()`.
        """
        arguments = self.arguments | settings
        arguments["activation"] = _own(arguments["activation"])
        with tf.device("CPU:0"), seeds_kept(arguments.values()):
            layer = self.layer_class(**arguments)
            initializers = self._put_starts(layer, start) if start else {}
            layer.build(input_shape)
        vars(layer).update(initializers)
        return layer

    def _put_starts(self, layer, start):
        """Let `start` make the weights, which costs less than to draw them and to replace them; the initializers."""
        names = {name: f"{name}_initializer" for name in self.kind.weights} | self.kind.initializers
        kept = {attribute: getattr(layer, attribute) for attribute in names.values()}
        for name, attribute in names.items():
            vars(layer)[attribute] = partial(_first_values, partial(start, name), kept[attribute], self.dtype)
        return kept


def _not_known(layer):
    """What to say of something that is no convolution of Keras."""
    known, name = ", ".join(KINDS), type(layer).__name__
    if name.startswith("ConvLSTM"):
        return say("facts.recurrent", name=name)
    if type(layer).__module__.startswith("tf_keras.") and hasattr(keras.layers, name):
        return say("facts.old_layer", name=name)
    if isinstance(layer, keras.layers.Layer) and not isinstance(layer, keras.layers.InputLayer):
        cell = hasattr(layer, "state_size") and not isinstance(layer, keras.layers.RNN)
        one = "keras.layers.RNN(layer)" if cell else "layer"
        return say("facts.other_layer", known=known, received=name, layer=one)
    received = layer.__name__ + " (a class)" if isinstance(layer, type) else name
    return say("facts.not_a_layer", known=known, received=received)


def _first_values(start, initializer, drawn, shape, dtype=None):
    """What Keras takes for an initializer. In another type than `drawn` it would draw other weights."""

    def draw():
        return keras.ops.convert_to_numpy(initializer(shape, dtype=drawn)).astype(dtype)

    return start(tuple(shape), draw).astype(dtype)


def _own(activation):
    """A copy of an activation that is a layer, which may have weights; anything else as it is."""
    if not isinstance(activation, keras.layers.Layer):
        return activation
    made = unchanged(activation, activation.name)
    if activation.built and activation.weights and not made.built:
        made.build_from_config(activation.get_build_config())
        give_weights(made, activation.get_weights())
    return made


def call(layer, x, answer=None):
    """What `layer` returns for x, before its activation and after: two float32 arrays, often the same one.

    `answer(x)` is a method of the layer to call in its place.
    """
    seen = []

    def record(outputs):
        seen.append(outputs)
        return outputs if activation is None else activation(outputs)

    activation = layer.activation
    # Past Keras' attribute tracking, which would list an activation that is a layer twice.
    layer.__dict__["activation"] = record
    eager = tf.config.functions_run_eagerly()
    try:
        if getattr(layer, "groups", 1) > 1 and layer.rank < 3:
            # Otherwise every call of a grouped layer compiles a new XLA function and keeps 215 KB for it.
            # TensorFlow's own grouped kernel knows one and two spatial axes only.
            tf.config.run_functions_eagerly(True)
        with tf.device("CPU:0"):
            y = (answer or layer)(x)
    finally:
        tf.config.run_functions_eagerly(eager)
        layer.__dict__["activation"] = activation
    after = y.numpy()
    return (after if y is seen[0] else seen[0].numpy()), after


def in_keras_form(name, value):
    """What a layer makes of an argument that is given as a word; one that Keras does not know stays as it is.

    >>> in_keras_form("padding", "SAME"), in_keras_form("activation", "linear"), in_keras_form("activation", "softmin")
    ('same', None, 'softmin')
    """
    if name == "padding" and isinstance(value, str):
        return value.lower()
    if name == "activation":
        try:
            return by_name(keras.activations.get(value))
        except (ValueError, TypeError):
            return value
    return value
