"""The line of code that makes a layer, with Keras' defaults left out; and what code calls its cells and weights."""

import functools
import inspect
import re

import keras
import numpy as np

from widgets.facts.isolation import isolated_keras
from widgets.language import Sentence, number, say

# Keras keeps 71 KB for every layer made under an automatic name, and nothing for a name that it has seen before.
NAME = "explored"

# Not what a reader would write: our fixed name, and the float32 in which everything is shown.
NOT_WRITTEN = ("name", "dtype")

MOST_NUMBERS = 8  # of an array that a line holds
MOST_WEIGHTS = 12  # of those that a comment behind it holds

# Here Keras makes a tuple of one number; elsewhere (a factor, a shape) the two say different things.
ONE_FOR_ALL_AXES = (
    *("kernel_size", "strides", "dilation_rate", "output_padding", "pool_size", "size", "output_size"),
    *("padding", "cropping"),
)

_CELL = {1: "{column}", 2: "{row}, {column}", 3: "{plane}, {row}, {column}"}


def code_line(layer_class, arguments, standard=None):
    """The call that makes an equal layer; what code cannot say (a lambda) is named after a "#".

    `standard` are the values that need not be written, by default those of `defaults`.

    >>> code_line(keras.layers.Conv2D, {"filters": 10, "kernel_size": (3, 3), "strides": (2, 1), "groups": 1})
    'layers.Conv2D(10, 3, strides=(2, 1))'
    """
    required = _required(layer_class)
    standard = standard or defaults(layer_class)
    if "data_format" in standard:
        standard = standard | {"data_format": keras.config.image_data_format()}  # which a reader may change at any time
    if "pool_size" in arguments:  # a pooling window moves on by its own size, unless it is told otherwise
        standard = standard | {"strides": arguments["pool_size"]}
    parts, lacking = [_written(_plainest(name, arguments[name])) for name in required], []
    for name, value in arguments.items():
        if name in required or name in NOT_WRITTEN or _same(value, standard.get(name)):
            continue
        text = _written(_plainest(name, value))
        if text is None:
            lacking.append(name)
        else:
            parts.append(f"{name}={text}")
    line = f"{_public_name(layer_class)}({', '.join(parts)})"
    return say("facts.code_lacks", code=line, names=", ".join(lacking)) if lacking else line


def layer_code(layer):
    """The call that makes a layer equal to this one, or stands in its place where it needs what code cannot say.

    >>> layer_code(keras.layers.TimeDistributed(keras.layers.LSTM(3, activation=None)))
    'layers.TimeDistributed(layers.LSTM(3, activation=None))'
    """
    if isinstance(layer, keras.Model):  # its layers would fill the line
        return say("facts.code_lacks", code="keras.Model()", names=layer.name.removeprefix(f"{NAME}_"))
    try:
        arguments = {name: _argument(layer, name, value) for name, value in layer.get_config().items()}
        if arguments.get("bin_boundaries") is not None:  # learned, say: Keras takes one of the two
            arguments.pop("num_bins", None)
        given = {name: arguments[name] for name in _required(type(layer))}
        return code_line(type(layer), arguments, _made_of(type(layer), given))
    except Exception:  # a layer with arguments of its own kind
        name, known = type(layer).__name__, type(layer).__module__.startswith("keras.")
        return say("facts.code_lacks", code="keras.Model()", names=name) if known else f"{name}(...)"


def chain_code(codes):
    """The call that makes a Sequential of layers whose lines these are."""
    lines = [code.fields["code"] if isinstance(code, Sentence) else code for code in codes]
    lacking = dict.fromkeys(code.fields["names"] for code in codes if isinstance(code, Sentence))
    line = f"keras.Sequential([{', '.join(lines)}])"
    return say("facts.code_lacks", code=line, names=", ".join(lacking)) if lacking else line


def shown_code(facts):
    """The line as a reader sees and copies it: with a comment where the weights are not what it gives.

    >>> import keras
    >>> from widgets.facts import LiveLayer
    >>> live = LiveLayer(keras.layers.Conv1D(1, 2))
    >>> first = live.ask(np.zeros((1, 4, 1), "float32"))
    >>> _ = live.put("kernel", ..., [[[1]], [[-1]]])
    >>> print(shown_code(live.ask(first.x)))
    layers.Conv1D(1, 2)  # weights of its own: kernel[:, 0, 0] = [1, -1]
    """
    steps = {f"{number} ": step for number, step in enumerate(facts.chain)} or {"": facts}
    own = {f"{of}{name}": step.weights[name].values for of, step in steps.items() for name in step.own_weights}
    few = not facts.chain and sum(values.size for values in own.values()) <= MOST_WEIGHTS
    told = ", ".join(_few(name, values) if few else name for name, values in own.items())
    return say("facts.code_weights", code=facts.code, weights=told) if own else facts.code


def _few(name, values):
    """A weight with its numbers, without the axes of length 1 at its end."""
    rank = max((axis + 1 for axis, size in enumerate(values.shape) if size > 1), default=0)
    index = f"[{', '.join(':' * rank + '0' * (values.ndim - rank))}]" if rank < values.ndim else ""
    numbers = np.vectorize(number, otypes=[object])(values.reshape(values.shape[:rank]))
    return f"{name}{index} = {numbers.tolist()}".replace("'", "")


def activation_name(activation):
    """An activation as a reader knows it; "" where there is none."""
    if activation is None:
        return ""
    return activation if isinstance(activation, str) else getattr(activation, "__name__", type(activation).__name__)


def _required(made):
    """The arguments without a default."""
    signature = inspect.signature(made.__init__).parameters.values()
    named = (p for p in signature if p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self")
    return [p.name for p in named if p.default is p.empty]


@functools.cache
def defaults(layer_class):
    """Every argument of a layer of this class that was given only what it requires."""
    return _made_of(layer_class, dict.fromkeys(_required(layer_class), 1))


def _made_of(layer_class, required):
    """Every argument of a layer that was given only this; where that is too little, the signature's."""
    parameters = inspect.signature(layer_class.__init__).parameters
    first = {"data_format": "channels_last"} if "data_format" in parameters else {}
    try:
        with isolated_keras():
            layer = layer_class(**required, **first, name="defaults")
    except ValueError:  # one of two must be given, and none is required
        return {name: parameter.default for name, parameter in parameters.items()} | {"trainable": True}
    config = layer.get_config()
    values = {name: _argument(layer, name, config.get(name)) for name in [*config, *parameters]}
    return values | ({"seed": None} if "seed" in values else {})  # Keras draws one that no other layer has


def _argument(layer, name, configured):
    """The value of a layer's argument: an attribute, or what its config says, `configured`."""
    value = getattr(layer, name, None)
    value = configured if value is None else value
    if isinstance(value, dict) and "class_name" in value:
        value = keras.saving.deserialize_keras_object(value)
    return by_name(value) if name.endswith("activation") else plain_numbers(value)


def plain_numbers(value):
    """Single numbers of NumPy or a tensor as those of Python, which a line of code can hold; anything else as it is.

    >>> plain_numbers((np.int64(3), np.float64(0.5), "same"))
    (3, 0.5, 'same')
    """
    if type(value) in (tuple, list):
        return type(value)(map(plain_numbers, value))
    return np.asarray(value).item() if getattr(value, "shape", None) == () else value


def by_name(activation):
    """Keras' name for one of its own activations; None for linear; anything else as it is."""
    if activation is None or activation is keras.activations.linear:
        return None
    name = getattr(activation, "__name__", "")
    return name if getattr(keras.activations, name, None) is activation else activation


def _public_name(layer_class):
    """What code calls the class: by the name that `keras.layers` has for it, which may be another than its own."""
    names = [name for name, value in vars(keras.layers).items() if value is layer_class]
    name = layer_class.__name__ if layer_class.__name__ in names or not names else names[0]
    return f"layers.{name}" if layer_class.__module__.startswith("keras.") else name


def _same(value, default):
    if hasattr(value, "__array__"):
        return False
    return value == default or (_is_object(value) and _config(value) == _config(default))


def _plainest(name, value):
    """The one number that stands in all places of a tuple of sizes; anything else as it is."""
    if name not in ONE_FOR_ALL_AXES or not isinstance(value, (tuple, list)):
        return value
    numbers = [_plainest(name, one) for one in value]
    return numbers[0] if all(isinstance(one, int) and one == numbers[0] for one in numbers) else value


def _written(value):
    """Code for one argument, or None where there is none."""
    if isinstance(value, keras.layers.Layer) and type(value).__module__.startswith("keras."):
        line = layer_code(value)
        return None if isinstance(line, Sentence) else line
    if isinstance(value, list) and any(map(_is_object, value)):
        lines = [_written(one) for one in value]
        return None if None in lines else f"[{', '.join(lines)}]"
    if hasattr(value, "__array__"):  # an array or tensor
        value = keras.ops.convert_to_numpy(value).squeeze()  # a normalisation keeps its mean with axes of 1 around it
        few = value.size <= MOST_NUMBERS and _is_literal(value.tolist())
        return f"numpy.array({_literal(value.tolist())})" if few else None
    if not _is_object(value):
        return None if callable(value) or not _is_literal(value) else _literal(value)
    module = type(value).__module__
    if not module.startswith("keras."):
        return None
    room = module.removeprefix("keras.src.").split(".")[0]
    if not hasattr(getattr(keras, room, None), type(value).__name__):
        return None
    parameters = inspect.signature(type(value).__init__).parameters.values()
    standard = {p.name: p.default for p in parameters if p.default is not p.empty} | {"trainable": True}
    given = {name: v for name, v in value.get_config().items() if name not in NOT_WRITTEN}
    config = {name: plain_numbers(v) for name, v in given.items() if name not in standard or v != standard[name]}
    if not all(_is_literal(v) for v in config.values()):  # an array, say, that would fill the line
        return None
    if not config and room == "initializers":  # Keras takes its own names for these: "he_normal"
        return repr(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(value).__name__).lower())
    return f"keras.{room}.{type(value).__name__}({', '.join(f'{name}={_literal(v)}' for name, v in config.items())})"


def _is_literal(value):
    if isinstance(value, dict):
        return "class_name" not in value and all(map(_is_literal, value.values()))  # with it: an object, as config
    if isinstance(value, (tuple, list)):
        return all(map(_is_literal, value))
    return value is None or isinstance(value, (bool, int, float, str))


def _literal(value):
    """Code for plain values; Python has no word for a float that is not finite."""
    text = r"""('(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""  # is left as it is
    return re.sub(text + r"|\b(inf|nan)\b", lambda found: found[1] or f'float("{found[2]}")', repr(value))


def _is_object(value):
    """Whether this is an initializer, a regularizer, a constraint or an activation layer."""
    return hasattr(value, "get_config") and not isinstance(value, type)


def _config(value):
    try:
        return (type(value), value.get_config()) if _is_object(value) else value
    except NotImplementedError:  # an activation of the reader's own that Keras cannot write out
        return value


def symbol(number, last):
    """What the grid of that number is called in code; `last`: whether none follows.

    >>> symbol(0, False), symbol(1, False), symbol(2, True)
    ('x', 'z1', 'y')
    """
    return "x" if number == 0 else "y" if last else f"z{number}"


def cell_template(rank, channels_first):
    """A cell's name in code, to be filled in.

    >>> cell_template(2, channels_first=False)
    '{name}[{sample}, {row}, {column}, {channel}]'
    """
    if channels_first:
        return "{name}[{sample}, {channel}, " + _CELL[rank] + "]"
    return "{name}[{sample}, " + _CELL[rank] + ", {channel}]"


def tap_template(rank, last_axes):
    """A weight's name in code, to be filled in; `last_axes` are those behind the spatial ones, `Kind.last_axes`.

    >>> tap_template(1, "{filter}, {slice}")
    '{name}[{column}, {filter}, {slice}]'
    """
    return "{name}[" + _CELL[rank] + ", " + last_axes + "]"
