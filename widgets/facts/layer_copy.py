"""A copy of a reader's layer as it is: its arguments, its initializers, its weights. The reader's stays untouched."""

import inspect

import keras

from widgets.facts.code_line import NAME, by_name, defaults, plain_numbers
from widgets.facts.isolation import variables_kept
from widgets.facts.kinds import KINDS, is_convolution
from widgets.language import say


def has_own_call(model):
    """Whether a model computes by a call of the reader's own, not what its layers or its graph say."""
    return not type(model).call.__module__.startswith("keras.")


def arguments_of(layer):
    """The arguments of a copy of a convolution. Its config lacks them where Keras cannot find a lambda's source."""
    names = [*defaults(type(layer)), *KINDS[type(layer).__name__].settings]
    arguments = {name: plain_numbers(getattr(layer, name)) for name in names if hasattr(layer, name)}
    arguments["use_bias"] = bool(layer.use_bias)  # for Keras anything is true or false
    return arguments | {"activation": by_name(layer.activation), "name": NAME, "dtype": "float32"}


def unchanged(layer, name):
    """A layer like the reader's, which stays as it is: unbuilt, with the initializers that draw the same weights.

    Raises TypeError for a layer that cannot be copied.
    """
    if is_convolution(layer):
        return type(layer)(**arguments_of(layer) | {"name": name})
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
