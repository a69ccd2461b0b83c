"""Layers of Keras and operations of keras.ops by name, each with arguments drawn for the tensor that it is to take."""

import keras
import numpy as np
from keras import layers, ops

AWAY = {"kernel_initializer": keras.initializers.RandomUniform(0.4, 1.0)}  # no weight is nearly 0, none cancels another
DEPTHWISE = {"depthwise_initializer": AWAY["kernel_initializer"]}
SEPARABLE = DEPTHWISE | {"pointwise_initializer": AWAY["kernel_initializer"]}
RECURRENT = AWAY | {"recurrent_initializer": AWAY["kernel_initializer"], "return_sequences": True}


class Tensor:
    """What a layer is drawn for: how many axes count cells, how many channels there are and where, and the dice."""

    def __init__(self, x, first, draw):
        self.x, self.d, self.first = x, draw, first
        self.n, self.axis = len(x.shape) - 2, 1 if first else -1
        self.c = x.shape[self.axis]
        self.form = {"data_format": "channels_first"} if first else {}
        self.spatial = tuple(range(1 + first, self.n + 1 + first))

    def named(self, name):
        """The class of this name for so many axes."""
        return getattr(layers, name.format(self.n))

    def swap(self, a, b):
        """The order of the axes with two of them swapped."""
        order = list(range(self.n + 2))
        order[a], order[b] = order[b], order[a]
        return order


def kernel(*shape):
    """Weights that neither are nearly 0 nor add up to it with others."""
    return np.linspace(0.4, 1, int(np.prod(shape)), dtype=keras.config.dtype_policy().compute_dtype).reshape(shape)


def window(name, *arguments, **options):
    return lambda t: t.named(name)(*[t.d(some) for some in arguments], **options, **t.form)


# Windows that every book knows. Their padding counts, so that a cell at the border sees less than is said.
KNOWN = {
    "Conv{}D": lambda t: t.named("Conv{}D")(
        t.d([2, 4]), t.d([1, 2, 3, 4]), t.d([1, 1, 2]), t.d(["valid", "same"]), **t.form, **AWAY
    ),
    "dilated": window("Conv{}D", [2], [2, 3], [1], ["same"], dilation_rate=2, **AWAY),
    "DepthwiseConv{}D": window("DepthwiseConv{}D", [2, 3], [1], ["valid", "same"], **DEPTHWISE),
    "SeparableConv{}D": window("SeparableConv{}D", [3], [2, 3], [1], ["same"], **SEPARABLE),
    "Conv{}DTranspose": window("Conv{}DTranspose", [2], [2, 3], [1, 2], ["valid", "same"], **AWAY),
    "AveragePooling{}D": window("AveragePooling{}D", [2, 3], [None, 1, 2], ["valid", "same"]),
    "MaxPooling{}D": window("MaxPooling{}D", [2], [None, 1]),
    "UpSampling{}D": lambda t: t.named("UpSampling{}D")(t.d([2, 3]), **(t.form if t.n > 1 else {})),
    "bilinear": lambda t: layers.UpSampling2D(2, interpolation="bilinear", **t.form),
    "ZeroPadding{}D": window("ZeroPadding{}D", [1, 2]),
    "Cropping{}D": window("Cropping{}D", [1]),
    "BatchNormalization": lambda t: layers.BatchNormalization(axis=t.axis),
    "Activation": lambda t: layers.Activation(t.d(["softplus", "sigmoid"])),
    "PReLU": lambda t: layers.PReLU(shared_axes=list(t.spatial)),
    "LeakyReLU": lambda t: layers.LeakyReLU(),
    "ReLU": lambda t: layers.ReLU(negative_slope=0.2),
    "ELU": lambda t: layers.ELU(),
    "Dropout": lambda t: layers.Dropout(0.5),
    "AlphaDropout": lambda t: layers.AlphaDropout(0.5),
    "GaussianDropout": lambda t: layers.GaussianDropout(0.5),
    "GaussianNoise": lambda t: layers.GaussianNoise(0.5),
    "SpatialDropout{}D": lambda t: t.named("SpatialDropout{}D")(0.5),
    "Identity": lambda t: layers.Identity(),
    "ActivityRegularization": lambda t: layers.ActivityRegularization(0.1),
    "Rescaling": lambda t: layers.Rescaling(0.5),
    "Normalization": lambda t: layers.Normalization(axis=None, mean=0.1, variance=2.0),
}
OTHER = {
    "Dense": lambda t: layers.Dense(3, **AWAY),
    "EinsumDense": lambda t: layers.EinsumDense(
        "{0}c,cd->{0}d".format("baxyz"[: t.n + 1]), output_shape=(*t.x.shape[1:-1], 3), **AWAY
    ),
    "LayerNormalization": lambda t: layers.LayerNormalization(axis=t.d([-1, 1])),
    "RMSNormalization": lambda t: layers.RMSNormalization(axis=-1),
    "UnitNormalization": lambda t: layers.UnitNormalization(axis=t.d([-1, 1])),
    "GroupNormalization": lambda t: layers.GroupNormalization(1, axis=t.axis),
    "Softmax": lambda t: layers.Softmax(axis=t.d([-1, 1])),
    "Permute": lambda t: layers.Permute(t.swap(*t.spatial[:2])[1:]),
    "Reshape": lambda t: reshaped(t),
    "Flatten": lambda t: lambda x: layers.Reshape(x.shape[1:])(layers.Flatten()(x)),
    "Resizing": lambda t: layers.Resizing(t.d([7, 12]), t.d([9, 12]), t.d(["nearest", "bilinear"]), **t.form),
    "bicubic": lambda t: layers.UpSampling2D(2, interpolation="bicubic", **t.form),
    "CenterCrop": lambda t: layers.CenterCrop(5, 6, **t.form),
    "AdaptiveAveragePooling{}D": window("AdaptiveAveragePooling{}D", [3, 4]),
    "AdaptiveMaxPooling{}D": window("AdaptiveMaxPooling{}D", [3, 4]),
    "GlobalAveragePooling{}D": lambda t: globally(t, "GlobalAveragePooling{}D"),
    "GlobalMaxPooling{}D": lambda t: globally(t, "GlobalMaxPooling{}D"),
    "SpectralNormalization": lambda t: layers.SpectralNormalization(KNOWN["Conv{}D"](t)),
    "TimeDistributed": lambda t: layers.TimeDistributed(
        getattr(layers, f"Conv{t.n - 1}D")(2, t.d([2, 3]), padding="same", **AWAY)
    ),
    "SimpleRNN": lambda t: layers.SimpleRNN(2, **RECURRENT),
    "GRU": lambda t: layers.GRU(2, **RECURRENT),
    "LSTM": lambda t: layers.LSTM(2, **RECURRENT),
    "RNN": lambda t: layers.RNN(layers.SimpleRNNCell(2), return_sequences=True),
    "Bidirectional": lambda t: layers.Bidirectional(layers.SimpleRNN(2, **RECURRENT)),
    "ConvLSTM1D": lambda t: layers.ConvLSTM1D(2, 2, padding="same", **RECURRENT),
    "ConvLSTM2D": lambda t: layers.ConvLSTM2D(2, 2, padding="same", **RECURRENT),
    "Attention": lambda t: lambda x: layers.Attention()([x, x]),
    "AdditiveAttention": lambda t: lambda x: layers.AdditiveAttention()([x, x]),
    "MultiHeadAttention": lambda t: lambda x: layers.MultiHeadAttention(2, 3)(x, x),
    "GroupQueryAttention": lambda t: lambda x: layers.GroupQueryAttention(2, 2, 1)(x, x),
    "Masking": lambda t: layers.Masking(),
    "Lambda": lambda t: layers.Lambda(lambda x: x * 2.0),
    "Wrapper": lambda t: Block(),
    "Model": lambda t: nested(t),
}
MERGES = ["Add", "Average", "Maximum", "Minimum", "Multiply", "Subtract", "Concatenate"]
OPS = {
    "mean": lambda t: lambda x: x * (1 + ops.mean(x, t.spatial, keepdims=True)),
    "max": lambda t: lambda x: x + ops.max(x, t.spatial[0], keepdims=True),
    "transpose": lambda t: lambda x: ops.transpose(x, t.swap(*t.spatial[:2])),
    "swapaxes": lambda t: lambda x: ops.swapaxes(x, *t.spatial[:2]),
    "moveaxis": lambda t: lambda x: ops.moveaxis(x, *t.spatial[:2]),
    "get_item": lambda t: t.d([lambda x: x[:, 1:], lambda x: x[:, ::2], lambda x: x[..., :1]]),
    "slice": lambda t: lambda x: ops.slice(x, [0] * (t.n + 2), [ops.shape(x)[0], *x.shape[1:-1], 1]),
    "flip": lambda t: lambda x: ops.flip(x, t.spatial[0]),
    "roll": lambda t: lambda x: ops.roll(x, 2, axis=t.spatial[0]),
    "pad": lambda t: lambda x: ops.pad(x, [(0, 0), (1, 2), *[(0, 0)] * t.n], t.d(["constant", "reflect"])),
    "repeat": lambda t: lambda x: ops.repeat(x, 2, axis=t.spatial[0]),
    "tile": lambda t: lambda x: ops.tile(x, [1, 2, *[1] * t.n]),
    "concatenate": lambda t: lambda x: ops.concatenate([x[:, 3:], x[:, :3]], 1),
    "cumsum": lambda t: lambda x: ops.cumsum(x, axis=t.spatial[0]),
    "diff": lambda t: lambda x: ops.diff(x, axis=t.spatial[0]),
    "sort": lambda t: lambda x: ops.sort(x, axis=t.spatial[0]),
    "take": lambda t: lambda x: ops.take(x, [2, 0, 1], axis=t.spatial[0]),
    "reshape": lambda t: reshaped(t),
    "softmax": lambda t: lambda x: ops.softmax(x, axis=t.spatial[0]),
    "average_pool": lambda t: lambda x: ops.average_pool(x, 2, 1, **t.form),
    "max_pool": lambda t: lambda x: ops.max_pool(x, 2, 1, **t.form),
    "adaptive_average_pool": lambda t: lambda x: ops.adaptive_average_pool(x, 3, **t.form),
    "adaptive_max_pool": lambda t: lambda x: ops.adaptive_max_pool(x, 3, **t.form),
    "conv": lambda t: lambda x: ops.conv(x, kernel(*[2] * t.n, t.c, 2), padding="same", **t.form),
    "conv_transpose": lambda t: lambda x: ops.conv_transpose(x, kernel(*[2] * t.n, 2, t.c), 2, **t.form),
    "depthwise_conv": lambda t: lambda x: ops.depthwise_conv(x, kernel(*[2] * t.n, t.c, 1), **t.form),
    "separable_conv": lambda t: (
        lambda x: ops.separable_conv(x, kernel(*[2] * t.n, t.c, 1), kernel(*[1] * t.n, t.c, 2), **t.form)
    ),
    "depth_to_space": lambda t: lambda x: ops.depth_to_space(ops.repeat(x, 4, t.axis), 2, **t.form),
    "space_to_depth": lambda t: lambda x: ops.space_to_depth(x[:, :6, :6], 2),
    # Several samples of one matrix end the process on the hosted versions, see tests/facts/test_measure.py.
    "matmul": lambda t: lambda x: ops.matmul(x, kernel(x.shape[-1], 3)) if x.shape[1] > 1 else x,
    "einsum": lambda t: lambda x: ops.einsum("b...c,cd->b...d", x, kernel(x.shape[-1], 3)),
    "image.resize": lambda t: lambda x: ops.image.resize(x, (10, 8), **t.form),
    "image.crop_images": lambda t: lambda x: ops.image.crop_images(x, 1, 1, target_height=4, target_width=5, **t.form),
    "image.pad_images": lambda t: (
        lambda x: ops.image.pad_images(
            x, 1, 1, target_height=x.shape[t.spatial[0]] + 2, target_width=x.shape[t.spatial[1]] + 3, **t.form
        )
    ),
    "image.gaussian_blur": lambda t: lambda x: ops.image.gaussian_blur(x, (3, 3), (1.0, 1.0), **t.form),
    "image.extract_patches": lambda t: lambda x: ops.image.extract_patches(x, (2, 2), **t.form),
}
# What takes a certain number of spatial axes only, or has its channels last.
ONLY = dict.fromkeys(("DepthwiseConv{}D", "SeparableConv{}D", "depthwise_conv", "separable_conv"), (1, 2))
ONLY |= dict.fromkeys(("bilinear", "Resizing", "bicubic", "CenterCrop", "depth_to_space", "space_to_depth"), (2,))
ONLY |= dict.fromkeys((name for name in OPS if name.startswith("image.")), (2,))
ONLY |= dict.fromkeys(("Permute", "transpose", "swapaxes", "moveaxis", "ConvLSTM1D", "TimeDistributed"), (2, 3))
ONLY |= dict.fromkeys(("SimpleRNN", "GRU", "LSTM", "RNN", "Bidirectional", "Masking"), (1,))
ONLY |= dict.fromkeys(("Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention"), (1,))
ONLY |= {"ConvLSTM1D": (2,), "ConvLSTM2D": (3,)}
LAST = {"Dense", "EinsumDense", "LayerNormalization", "RMSNormalization", "UnitNormalization", "Softmax", "slice"}
LAST |= {"TimeDistributed", "ConvLSTM1D", "ConvLSTM2D", "get_item", "space_to_depth", "matmul", "einsum", "pad"}
LAST |= {"tile", "concatenate", "Wrapper", "Model", "Reshape", "Flatten", "reshape", "RNN", "SimpleRNN", "GRU", "LSTM"}
LAST |= {"Bidirectional", "Attention", "AdditiveAttention", "MultiHeadAttention", "GroupQueryAttention", "Masking"}


class Block(layers.Layer):
    """A reader's own layer, which holds a convolution and lets a part of its input pass."""

    def build(self, shape):
        name, size = f"Conv{len(shape) - 2}D", (3, *[1] * (len(shape) - 3))
        self.convolution = getattr(layers, name)(2, size, padding="same", **AWAY)
        self.convolution.build(shape)

    def call(self, x):
        return ops.leaky_relu(self.convolution(x))


def reshaped(t):
    """The first cells of an axis two by two as channels: an axis split, and put back together."""
    sizes = t.x.shape[1:-1]

    def call(x):
        half = sizes[0] // 2
        return ops.reshape(x[:, : 2 * half], (-1, half, *sizes[1:], 2 * t.c)) if t.n == 1 else layers.Flatten()(x)

    return call if t.n == 1 else lambda x: ops.reshape(x, (-1, sizes[0], *sizes[1:], t.c))


def globally(t, name):
    pooling = t.named(name)(keepdims=True, **t.form)
    return lambda x: ops.add(x, pooling(x))


def nested(t):
    inner = keras.Input((*[None] * t.n, t.c))
    y = t.named("Conv{}D")(t.c, 3, padding="same", **AWAY)(inner)
    return keras.Model(inner, KNOWN[t.d(["MaxPooling{}D", "Conv{}D", "LeakyReLU"])](Tensor(y, False, t.d))(y))


# Along an axis of one cell they give the same answer, or its sign, whatever it is: nothing moves behind them.
SILENT = {"LayerNormalization", "RMSNormalization", "UnitNormalization", "Softmax", "softmax"}
# With oneDNN they end the process where the last axis has one cell, see tests/facts/test_model.py.
FATAL = {"AdaptiveMaxPooling{}D", "adaptive_max_pool"}


def can_be_drawn(name, t):
    """Whether this one takes such a tensor, in the version of Keras that there is."""
    if t.n not in ONLY.get(name, (1, 2, 3)) or (t.first and name in LAST):
        return False
    function = name.split(".")[-1]
    if name in SILENT and 1 in t.x.shape[1:]:
        return False
    if name in FATAL and t.x.shape[t.spatial[-1]] == 1:
        return False
    if name in OPS:
        return hasattr(ops.image if "." in name else ops, function)
    return name.islower() or hasattr(layers, name.format(t.n)) or name == "Model"
