"""The line of code that makes a layer, with Keras' defaults left out; and what code calls its cells and weights."""

import functools
import inspect
import re

import keras

from widgets.facts.isolation import isolated_keras
from widgets.language import Sentence, say

# Not what a reader would write: our fixed name, and the float32 in which everything is shown.
NOT_WRITTEN = ("name", "dtype")

MOST_NUMBERS = 8  # of an array that a line holds

_CELL = {1: "{column}", 2: "{row}, {column}", 3: "{plane}, {row}, {column}"}


def code_line(layer_class, arguments):
    """The call that makes an equal layer; what code cannot say (a lambda) is named after a "#".

    >>> code_line(keras.layers.Conv2D, {"filters": 10, "kernel_size": (3, 3), "strides": (2, 1), "groups": 1})
    'layers.Conv2D(10, 3, strides=(2, 1))'
    """
    required = _required(layer_class)
    standard = defaults(layer_class)
    if "data_format" in standard:
        standard = standard | {"data_format": keras.config.image_data_format()}  # which a reader may change at any time
    if "pool_size" in arguments:  # a pooling window moves on by its own size, unless it is told otherwise
        standard = standard | {"strides": arguments["pool_size"]}
    parts, lacking = [], []
    for name in required:
        parts.append(_written(arguments[name]))
    for name, value in arguments.items():
        if name in required or name in NOT_WRITTEN or _same(value, standard[name]):
            continue
        text = _written(value)
        if text is None:
            lacking.append(name)
        else:
            parts.append(f"{name}={text}")
    room = "layers." if layer_class.__module__.startswith("keras.") else ""
    line = f"{room}{layer_class.__name__}({', '.join(parts)})"
    return say("facts.code_lacks", code=line, names=", ".join(lacking)) if lacking else line


def chain_code(codes):
    """The call that makes a Sequential of layers whose lines these are."""
    lines = [code.fields["code"] if isinstance(code, Sentence) else code for code in codes]
    lacking = dict.fromkeys(code.fields["names"] for code in codes if isinstance(code, Sentence))
    line = f"keras.Sequential([{', '.join(lines)}])"
    return say("facts.code_lacks", code=line, names=", ".join(lacking)) if lacking else line


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
    with isolated_keras():
        first = {"data_format": "channels_last"} if "data_format" in inspect.signature(layer_class).parameters else {}
        layer = layer_class(**dict.fromkeys(_required(layer_class), 1), **first, name="defaults")
    names = [*layer.get_config(), *inspect.signature(layer_class.__init__).parameters]
    values = {name: getattr(layer, name, None) for name in names}
    return values | {"activation": None}


def _same(value, default):
    if hasattr(value, "__array__"):
        return False
    return value == default or (_is_object(value) and _config(value) == _config(default))


def _written(value):
    """Code for one argument, or None where there is none."""
    if isinstance(value, tuple) and len(set(value)) == 1:
        return repr(value[0])
    if hasattr(value, "__array__"):  # an array or tensor
        value = keras.ops.convert_to_numpy(value).squeeze()  # a normalisation keeps its mean with axes of 1 around it
        return f"numpy.array({value.tolist()})" if value.size <= MOST_NUMBERS else None
    if not _is_object(value):
        return None if callable(value) or not _is_literal(value) else repr(value)
    module = type(value).__module__
    if not module.startswith("keras."):
        return None
    room = module.removeprefix("keras.src.").split(".")[0]
    if not hasattr(getattr(keras, room, None), type(value).__name__):
        return None
    standard = {
        p.name: p.default
        for p in inspect.signature(type(value).__init__).parameters.values()
        if p.default is not p.empty
    }
    standard |= {"trainable": True}
    config = {
        name: v
        for name, v in value.get_config().items()
        if name not in NOT_WRITTEN and (name not in standard or v != standard[name])
    }
    if not all(_is_literal(v) for v in config.values()):  # an array, say, that would fill the line
        return None
    if not config and room == "initializers":  # Keras takes its own names for these: "he_normal"
        return repr(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", type(value).__name__).lower())
    return f"keras.{room}.{type(value).__name__}({', '.join(f'{name}={v!r}' for name, v in config.items())})"


def _is_literal(value):
    if isinstance(value, (tuple, list)):
        return all(map(_is_literal, value))
    return value is None or isinstance(value, (bool, int, float, str))


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
