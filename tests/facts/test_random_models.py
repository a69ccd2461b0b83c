"""Random models: what is said of them is what changing their input's cells brings out."""

import os
import random

import keras
import numpy as np
from changing import reach
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from keras import layers, ops

from widgets.facts.model import ModelSteps

EXAMPLES = 3000 if os.environ.get("SOAK") else 40
AWAY = {"kernel_initializer": keras.initializers.RandomUniform(0.4, 1.0)}  # no weight is nearly 0, none cancels another
DEPTHWISE = {"depthwise_initializer": AWAY["kernel_initializer"]}
SEPARABLE = DEPTHWISE | {"pointwise_initializer": AWAY["kernel_initializer"]}


class Block(layers.Layer):
    """A reader's own layer, which holds a convolution and lets a part of its input pass."""

    def __init__(self, filters):
        super().__init__()
        self.convolution = layers.Conv2D(filters, (3, 1), padding="same", **AWAY)

    def call(self, x):
        return ops.leaky_relu(self.convolution(x))


def squeezed(x):
    return x * (1 + ops.mean(x, (1, 2), keepdims=True))


def nested(channels, draw):
    inner = keras.Input((None, None, channels))
    return keras.Model(inner, step(layers.Conv2D(channels, 3, padding="same", **AWAY)(inner), draw))


# Windows that every book knows. Their padding counts, so that a cell at the border sees less than is said.
KNOWN = {
    "conv": lambda c, d: layers.Conv2D(d([2, 4]), d([1, 2, 3, (3, 1), 4]), d([1, 1, 2]), d(["valid", "same"]), **AWAY),
    "dilated": lambda c, d: layers.Conv2D(2, d([2, 3]), dilation_rate=d([2, (1, 3)]), padding="same", **AWAY),
    "depthwise": lambda c, d: layers.DepthwiseConv2D(d([2, 3]), padding=d(["valid", "same"]), **DEPTHWISE),
    "separable": lambda c, d: layers.SeparableConv2D(3, d([2, 3]), padding="same", **SEPARABLE),
    "transposed": lambda c, d: layers.Conv2DTranspose(2, d([2, 3]), d([1, 2]), d(["valid", "same"]), **AWAY),
    "average": lambda c, d: layers.AveragePooling2D(d([2, 3, (1, 2)]), d([None, 1, 2]), d(["valid", "same"])),
    "maximum": lambda c, d: layers.MaxPooling2D(2, d([None, 1])),
    "up": lambda c, d: layers.UpSampling2D(d([2, (1, 2), 3]), interpolation=d(["nearest", "bilinear"])),
    "pad": lambda c, d: layers.ZeroPadding2D(d([1, ((0, 2), (1, 0))])),
    "crop": lambda c, d: layers.Cropping2D(d([1, ((0, 2), (1, 0))])),
    "batch": lambda c, d: layers.BatchNormalization(),
    "activation": lambda c, d: d([layers.LeakyReLU(), layers.PReLU(shared_axes=[1, 2]), layers.Activation("softplus")]),
    "dropout": lambda c, d: layers.Dropout(0.5),
    "scale": lambda c, d: layers.Rescaling(0.5),
}
OTHER = {
    "dense": lambda c, d: layers.Dense(3, **AWAY),
    "layer": lambda c, d: layers.LayerNormalization(axis=d([-1, [1, 2, 3], 1])),
    "group": lambda c, d: layers.GroupNormalization(1),
    "permute": lambda c, d: layers.Permute((2, 1, 3)),
    "resizing": lambda c, d: layers.Resizing(d([7, 12]), d([9, 12]), d(["nearest", "bilinear"])),
    "bicubic": lambda c, d: layers.UpSampling2D(2, interpolation="bicubic"),
    "adaptive": lambda c, d: layers.AdaptiveAveragePooling2D(d([3, 5])),
    "spectral": lambda c, d: layers.SpectralNormalization(layers.Conv2D(2, 3, **AWAY)),
    "block": lambda c, d: Block(3),
    "nested": nested,
    "mean": lambda c, d: squeezed,
    "transpose": lambda c, d: lambda x: ops.transpose(x, (0, 2, 1, 3)),
    "slice": lambda c, d: d([lambda x: x[:, 1:, ::2], lambda x: x[..., :1]]),
    "flip": lambda c, d: lambda x: ops.flip(x, 1),
    "roll": lambda c, d: lambda x: ops.roll(x, 2, axis=1),
    "depth to space": lambda c, d: lambda x: ops.depth_to_space(layers.Conv2D(4, 1, **AWAY)(x), 2),
    "conv op": lambda c, d: lambda x: ops.conv(x, np.ones((1, 3, c, 2), "float32"), padding="same"),
    "image": lambda c, d: lambda x: ops.image.resize(x, (10, 8)),
}
for name, known in (
    ("depth to space", hasattr(ops, "depth_to_space")),
    ("adaptive", hasattr(layers, "AdaptiveAveragePooling2D")),
):
    if not known:  # newer than the hosted versions
        del OTHER[name]


def step(x, draw, kinds=KNOWN):
    return kinds[draw(sorted(kinds))](x.shape[-1], draw)(x)


def drawn_model(draw, kinds):
    """A functional model of 2 to 8 layers, with a branch now and then."""
    x = start = keras.Input((draw([22, 25]), draw([21, 26]), draw([1, 2])))
    for _ in range(draw([2, 3, 4, 5])):
        kind = draw(["step"] * 6 + ["add", "concatenate"])
        if kind == "step":
            x = step(x, draw, kinds)
        else:
            size = draw([1, 3, 5])
            other = layers.Conv2D(x.shape[-1], size, padding="same", **AWAY)(x)
            x = ops.add(x, other) if kind == "add" else layers.Concatenate()([x, other])
    return keras.Model(start, x)


def judge(seed, kinds):
    """(what is said, how sure, what changing the input measures) of a random model; None where Keras refuses it."""
    draw = random.Random(seed).choice
    keras.utils.set_random_seed(seed)
    try:
        model = drawn_model(draw, kinds)
    except (ValueError, ZeroDivisionError):  # no window fits
        return None
    if min(model.output_shape[1:]) < 1 or np.prod(model.output_shape[1:]) > 20000:
        return None
    steps = ModelSteps(model, None)
    assert steps.params == model.count_params()
    row, measured = steps.rows[-1], reach(model, (1, *model.input_shape[1:]))
    if measured == ():  # a normalisation of one number, say, is the same whatever that is
        assert row["receptive_field_is"] != "exact"
        return None
    return row["receptive_field"], row["receptive_field_is"], measured, model


def agree(said, certainty, measured, sizes, padded):
    """Whether these go together; with `padded`, what is said counts padding cells that cannot be changed."""
    said, measured = said or sizes, measured or sizes
    pairs = list(zip(said, measured))
    if certainty == "exact" and padded:
        return all(a == b or (a > b and 2 * a > n) for (a, b), n in zip(pairs, sizes))
    if certainty == "exact":
        return said == measured
    return all(a >= b if certainty == "at most" else a <= b for a, b in pairs)


told = {"exact": 0, "other": 0}


@settings(deadline=None, max_examples=EXAMPLES, derandomize=True, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), other=st.booleans())
def test_what_is_said_of_a_random_model_is_what_changing_its_input_measures(seed, other):
    kinds = KNOWN | OTHER if other else KNOWN
    if (found := judge(seed, kinds)) is None:
        return
    said, certainty, measured, model = found
    told["exact" if certainty == "exact" else "other"] += 1
    names = [layer.name for layer in model.layers]
    if certainty != "unknown":
        sizes = model.input_shape[1:-1]
        assert agree(said, certainty, measured, sizes, said is not None), (said, certainty, measured, names)


def test_most_random_models_are_told_exactly():
    assert told["exact"] >= 4 * told["other"]
