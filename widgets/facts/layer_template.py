"""How to make a reader's layer again with other settings, without touching the reader's layer."""

import inspect
from functools import partial

import keras
import tensorflow as tf

from widgets.facts.code_line import NAME, by_name, defaults, plain_numbers
from widgets.facts.isolation import variables_kept
from widgets.facts.kinds import KINDS
from widgets.language import say


def is_convolution(layer):
    """Whether this is a layer of a class in `KINDS`, and not one of the reader's own with such a name."""
    kind = KINDS.get(type(layer).__name__)
    return kind is not None and type(layer) is kind.layer_class


def has_own_call(model):
    """Whether a model computes by a call of the reader's own, not what its layers or its graph say."""
    return not type(model).call.__module__.startswith("keras.")


def unchanged(layer, name):
    """A layer like the reader's, which stays as it is: unbuilt, with the initializers that draw the same weights.

    Raises TypeError for a layer that cannot be copied.
    """
    if is_convolution(layer):
        template = LayerTemplate(layer)
        return template.layer_class(**template.arguments | {"name": name})
    if type(layer) is keras.layers.Lambda:  # Keras makes no config of a function that it can be made of again
        shape = getattr(layer, "_output_shape", None)
        return keras.layers.Lambda(layer.function, shape, arguments=layer.arguments, name=name)
    if isinstance(layer, keras.Model) and not layer.layers:
        raise ValueError(say("model.no_layers"))
    functional = hasattr(layer, "_nodes_by_depth")
    if (isinstance(layer, keras.Sequential) or functional) and not has_own_call(layer):
        return keras.models.clone_model(layer, clone_function=lambda part: unchanged(part, part.name))
    try:
        config = layer.get_config() | {"name": name}
        if "dtype" in config and layer.compute_dtype in ("float16", "bfloat16", "float64"):
            config["dtype"] = "float32"  # as all is shown
        takes = inspect.signature(type(layer).__init__).parameters
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in takes.values()):
            config = {key: value for key, value in config.items() if key in takes}
        if type(layer) in (keras.layers.TimeDistributed, keras.layers.SpectralNormalization):
            # Keras makes no config of the reader's functions inside.
            made = type(layer)(**config | {"layer": unchanged(layer.layer, layer.layer.name)})
        else:
            made = type(layer).from_config(config)
    except Exception as error:  # a layer of the reader's own
        raise TypeError(say("facts.not_copied", name=type(layer).__name__)) from error
    vars(made).update((k, v) for k, v in vars(layer).items() if isinstance(v, keras.initializers.Initializer))
    return made


def can_copy(layer):
    """Whether `unchanged` makes another of a layer."""
    try:
        return bool(unchanged(layer, NAME))
    except TypeError:
        return False


def seeds_kept(initializers):
    """The reader's seed generators go on where they were; whatever else is among `initializers` is passed over."""
    return variables_kept([one.seed.state for one in initializers if hasattr(getattr(one, "seed", None), "state")])


def give_weights(layer, weights):
    """Set all weights of a built layer; what it has worked out of them, as a normalisation has, follows."""
    layer.set_weights(weights)
    if hasattr(layer, "finalize_state"):
        layer.finalize_state()


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
        # Not those of the layer's own config: Keras makes none of a lambda whose source it cannot find.
        names = [*defaults(self.layer_class), *self.kind.settings]
        self.arguments = {name: plain_numbers(getattr(layer, name)) for name in names if hasattr(layer, name)}
        self.arguments |= {"name": NAME, "dtype": "float32", "activation": by_name(layer.activation)}
        self.arguments["use_bias"] = bool(layer.use_bias)  # for Keras anything is true or false
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
