"""An explorer as one short text, and back again. Nothing in the text is ever run."""

import base64
import json
import math
import zlib

import numpy as np
from traitlets import TraitError

from widgets.facts import KINDS, LARGEST_INPUT, activation_name, as_shape, boat, isolated_keras, pattern
from widgets.language import Sentence, say

VERSION = 2  # 1 left another input to a shape without values
LARGEST_NUMBER = 1024  # in a layer's settings: no text may ask for gigabytes of weights
# What damaged text leads to, in Python and in Keras.
DAMAGE = (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError, zlib.error, TraitError)


def dumps(layers, x, **look):
    """JSON for built layers (settings, layer), their input, and how they are looked at.

    Raises ValueError where a layer has an argument that text cannot hold, such as a lambda.

    >>> from keras import layers
    >>> layer = layers.Conv2D(1, 2)
    >>> y = layer(boat())
    >>> text = dumps([({"filters": 1, "kernel_size": (2, 2), "activation": None}, layer)], boat(), view="")
    >>> text[:75]
    '{"explore":2,"layers":[{"class":"Conv2D","settings":{"filters":1,"kernel_si'
    >>> (copy,), x, look = loads(text)
    >>> bool((copy.kernel.numpy() == layer.kernel.numpy()).all()), look
    (True, {'view': ''})
    """
    record = {"explore": VERSION, "layers": [_layer_text(*one) for one in layers], "x": _input_text(x)} | look
    return json.dumps(record, separators=(",", ":"))


@isolated_keras()
def loads(text):
    """(layers, x, look) from what `dumps` made: the layers built with their weights, x as values.

    Raises ValueError where the text is damaged, and TypeError where it is no text.
    """
    if not isinstance(text, str):
        raise TypeError(say("sharing.bad_state", reason=say("sharing.received", received=type(text).__name__)))
    try:
        record = json.loads(text)
        if not isinstance(record, dict) or record.pop("explore", None) != VERSION:
            raise ValueError(say("sharing.beginning", version=VERSION))
        x = _input(record.pop("x"))
        shape, layers = x.shape, []
        for one in record.pop("layers"):
            layers.append(_layer(one, shape))
            shape = tuple(layers[-1].compute_output_shape(shape))
        if not layers:
            raise ValueError(say("sharing.no_layer"))
        return layers, x, record
    except DAMAGE as error:
        raise refusal(error) from error


def refusal(error):
    """What to tell a reader whose text gave this error."""
    own = isinstance(error.args[0] if error.args else None, Sentence)
    reason = error.args[0] if own else str(error).strip().split("\n")[0].rstrip(".") or type(error).__name__
    return ValueError(say("sharing.bad_state", reason=say("sharing.state_damage", reason=reason)))


def _layer_text(settings, layer):
    for name, value in settings.items():
        if not _plain(value):
            raise ValueError(say("sharing.state_lacks", reason=f"{name}={activation_name(value)}"))
    names = KINDS[type(layer).__name__].weights
    weights = {name: _packed(variable.numpy()) for name in names if (variable := getattr(layer, name)) is not None}
    return {"class": type(layer).__name__, "settings": settings, "data_format": layer.data_format, "weights": weights}


def _layer(record, input_shape):
    name = record["class"]
    if name not in KINDS:
        raise ValueError(say("sharing.unknown_layer", received=f"{name!r:.40}"))
    kind = KINDS[name]
    settings = {key: tuple(value) if isinstance(value, list) else value for key, value in record["settings"].items()}
    if unknown := [key for key in settings if key not in kind.settings]:
        raise ValueError(say("sharing.unknown_setting", layer=name, received=f"{unknown[0]!r:.40}"))
    for key, value in settings.items():
        if not _plain(value):
            raise ValueError(say("sharing.odd_setting", name=key))
    layer = kind.layer_class(**settings, data_format=record["data_format"])
    taps, channels = math.prod(layer.kernel_size), input_shape[1 if layer.data_format == "channels_first" else -1]
    own = {key: getattr(layer, key) for key in kind.settings}
    _check_size(4 * kind.kernel_parameters(taps, channels, own))  # before Keras asks for the memory
    layer.build(input_shape)
    for weight, text in record["weights"].items():
        if weight not in kind.weights:
            raise ValueError(say("sharing.unknown_weight", received=f"{weight!r:.40}"))
        variable = getattr(layer, weight)
        variable.assign(_unpacked(text, tuple(variable.shape)))
    return layer


def _plain(value):
    if isinstance(value, (tuple, list)):
        return len(value) <= 3 and all(_plain(one) and not isinstance(one, (tuple, list)) for one in value)
    if isinstance(value, int):
        return abs(value) <= LARGEST_NUMBER
    return value is None or isinstance(value, str)


def _input_text(x):
    if x.shape == boat().shape and np.array_equal(x, boat()):
        return {"shape": list(x.shape), "boat": True}
    if np.array_equal(x, pattern(x.shape)):
        return {"shape": list(x.shape)}
    return {"shape": list(x.shape), "values": _packed(x)}


def _input(record):
    shape = as_shape(tuple(record["shape"]), min(max(len(record["shape"]), 3), 5))
    if record.get("boat") and shape == boat().shape:
        return boat()
    return _unpacked(record["values"], shape) if "values" in record else pattern(shape)


def _check_size(size):
    if size > LARGEST_INPUT:
        raise ValueError(say("sharing.too_large", size=f"{size:,}"))


def _packed(values):
    return base64.b64encode(zlib.compress(np.ascontiguousarray(values, "<f4").tobytes(), 9)).decode()


def _unpacked(text, shape):
    size = 4 * math.prod(shape)
    _check_size(size)
    opened = zlib.decompressobj()
    values = opened.decompress(base64.b64decode(text, validate=True), size + 1)  # no more than is needed
    if len(values) != size:
        raise ValueError(say("sharing.other_size", received=len(values) // 4, size=size // 4))
    return np.frombuffer(values, "<f4").reshape(shape).copy()
