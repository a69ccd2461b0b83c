"""Deformable convolution, whose taps leave the regular grid: a function, and a Keras layer that learns where to."""

from operator import index

import keras
import tensorflow as tf
from keras import ops

from widgets.arithmetic import divisors

# Zero cells put around the input. A tap further out reads only zeros, so it may read these instead.
RING = 2


def deformable_conv2d(
    x, kernel, offset, mask=None, bias=None, *, strides=1, padding="valid", dilation_rate=1, groups=1, offset_groups=1
):
    """Convolve, with every tap moved by its offset and weighted by its mask.

    y(p) = sum over the taps k of kernel_k * x(p + p_k + offset_k) * mask_k. Between the cells x is bilinear, outside it
    is 0. Differentiable in every tensor. Whatever the precision of x, positions are float32 (float64 if offset is).

    Args:
        x: `(batch, height, width, channels)`.
        kernel: `(kernel_height, kernel_width, channels / groups, filters)`.
        offset: `(batch, out_h, out_w, offset_groups * taps * 2)`, in cells: dy and dx for each tap, taps row by row,
            offset groups outermost. The order is that of `torchvision.ops.deform_conv2d`.
        mask: `(batch, out_h, out_w, offset_groups * taps)` in the same order, or None: 1 everywhere.
        bias: `(filters,)` or None.
        strides: int or two; likewise dilation_rate. Both may be above 1.
        padding: "valid" or "same" (TensorFlow's: the odd padding cell comes after).
        groups: int, how many groups of channels the kernel keeps apart.
        offset_groups: int, how many groups of channels have offsets of their own.

    Returns:
        A tensor `(batch, out_h, out_w, filters)`; out_h and out_w are those of a convolution.

    Raises:
        ValueError: where shapes or arguments do not fit together.

    References:
        - [Dai et al., 2017](https://arxiv.org/abs/1703.06211): Deformable Convolutional Networks, section 2.1
        - [Zhu et al., 2019](https://arxiv.org/abs/1811.11168): Deformable ConvNets v2, section 3.2

    Example:

    >>> import numpy as np
    >>> x = np.array([0.0, 10, 20, 30]).reshape(1, 1, 4, 1)
    >>> offset = np.full((1, 1, 4, 2), [0, 0.25])  # one tap, a quarter of a cell to the right
    >>> y = deformable_conv2d(x, np.ones((1, 1, 1, 1)), offset)
    >>> print(y.shape, np.ravel(y))
    (1, 1, 4, 1) [ 2.5 12.5 22.5 22.5]
    """
    x, kernel, offset = map(ops.convert_to_tensor, (x, kernel, offset))
    dtype = keras.backend.result_type(x.dtype, kernel.dtype)
    x, kernel = ops.cast(x, dtype), ops.cast(kernel, dtype)
    *kernel_size, fan_in, filters = kernel.shape
    taps = kernel_size[0] * kernel_size[1]
    _check_divides("groups", groups, "filters", filters)
    _check_divides("offset_groups", offset_groups, "the input's channels", x.shape[-1])
    _check_divides("groups", groups, "the input's channels", x.shape[-1])
    _check_axis("kernel", kernel, 2, x.shape[-1] // groups, "channels / groups")
    _check_axis("offset", offset, 0, x.shape[0], "the input's batch")
    points = sampling_points(offset, ops.shape(x)[1:3], kernel_size, strides, padding, dilation_rate, offset_groups)

    # Taps first: one matrix product each, and the channels stay innermost, which XLA compiles to the quickest code.
    samples = _sample(x, ops.transpose(points, (4, 0, 1, 2, 3, 5)))
    if mask is not None:
        mask = ops.convert_to_tensor(mask)
        for axis in range(3):
            _check_axis("mask", mask, axis, offset.shape[axis], "that of `offset`")
        _check_axis("mask", mask, -1, offset_groups * taps, "offset_groups * taps")
        mask = ops.reshape(ops.cast(mask, dtype), (*ops.shape(mask)[:3], offset_groups, taps, 1))
        samples *= ops.transpose(mask, (4, 0, 1, 2, 3, 5))
    # (taps, batch, out_h, out_w, offset_groups, channels / offset_groups) -> (taps, groups, cells, channels / groups)
    samples = ops.transpose(ops.reshape(samples, (taps, -1, groups, fan_in)), (0, 2, 1, 3))
    kernel = ops.transpose(ops.reshape(kernel, (taps, fan_in, groups, filters // groups)), (0, 2, 1, 3))
    y = ops.sum(ops.matmul(samples, kernel), axis=0)
    # (groups, cells, filters / groups) -> (batch, out_h, out_w, filters)
    y = ops.reshape(ops.transpose(y, (1, 0, 2)), (*ops.shape(offset)[:3], filters))
    return y if bias is None else y + ops.cast(bias, dtype)


def sampling_points(offset, input_size, kernel_size, strides=1, padding="valid", dilation_rate=1, offset_groups=1):
    """Where every tap reads: its place on the regular grid plus its offset.

    Args:
        offset and the others: see `deformable_conv2d`.
        input_size: (height, width) of the input.

    Returns:
        A tensor `(batch, out_h, out_w, offset_groups, taps, 2)` of rows and columns. Cell 0 is the input's first.

    >>> import numpy as np
    >>> print(sampling_points(np.zeros((1, 4, 4, 2 * 3 * 3)), (6, 6), (3, 3))[0, 1, 2, 0, :4])
    tf.Tensor(
    [[1. 2.]
     [1. 3.]
     [1. 4.]
     [2. 2.]], shape=(4, 2), dtype=float64)
    """
    offset = ops.convert_to_tensor(offset)
    dtype = keras.backend.result_type(offset.dtype, "float32")
    taps = kernel_size[0] * kernel_size[1]
    _check_axis("offset", offset, -1, offset_groups * taps * 2, "offset_groups * taps * 2")
    axes = zip(input_size, kernel_size, _pair("strides", strides), _pair("dilation_rate", dilation_rate))
    regular = []  # for each axis (output cells, taps)
    for axis, (n, k, s, d) in enumerate(axes, start=1):
        window = d * (k - 1) + 1
        same = _padding(padding) == "same"
        _check_axis("offset", offset, axis, -(-n // s) if same else (n - window) // s + 1, "the output's size")
        o = ops.shape(offset)[axis]
        before = ops.maximum((o - 1) * s + window - n, 0) // 2 if same else 0
        regular.append(ops.cast(s * _count(o)[:, None] + d * _count(k) - before, dtype))
    offset = ops.reshape(ops.cast(offset, dtype), (*ops.shape(offset)[:3], offset_groups, *kernel_size, 2))
    rows = offset[..., 0] + regular[0][:, None, None, :, None]
    columns = offset[..., 1] + regular[1][:, None, None, :]
    return ops.reshape(ops.stack((rows, columns), axis=-1), (*ops.shape(offset)[:4], taps, 2))


def _count(end):
    """Whole numbers; Keras' own `arange` follows the floats that a reader has set for the layers."""
    return ops.arange(end, dtype="int32")


def _sample(x, points):
    """Bilinear: x at points (taps, batch, out_h, out_w, offset_groups, 2). The last axis becomes channels / groups."""
    batch, height, width, channels = ops.shape(x)
    offset_groups = points.shape[-2]
    ring = (RING, RING)
    table = ops.reshape(ops.pad(x, ((0, 0), ring, ring, (0, 0))), (-1, channels // offset_groups))
    corner = ops.floor(points)  # the neighbour above and to the left
    down, right = ops.split(ops.cast(points - corner, x.dtype), 2, axis=-1)
    corner = ops.cast(corner, "int32")
    row = ops.clip(corner[..., 0], -RING, height) + RING
    column = ops.clip(corner[..., 1], -RING, width) + RING
    sample = ops.reshape(_count(batch), (-1, 1, 1, 1))
    stride = width + 2 * RING
    cell = ((sample * (height + 2 * RING) + row) * stride + column) * offset_groups + _count(offset_groups)
    total = 0
    for step_down, weight_down in ((0, 1 - down), (1, down)):
        for step_right, weight_right in ((0, 1 - right), (1, right)):
            # tf.gather, as ops.take would look for negative indices first.
            corners = tf.gather(table, cell + (step_down * stride + step_right) * offset_groups)
            total += corners * (weight_down * weight_right)
    return total


@keras.saving.register_keras_serializable(package="widgets")
class DeformableConv2D(keras.layers.Conv2D):
    """2D deformable convolution layer: a `Conv2D` whose taps go where a second convolution tells them.

    That one, `offset_conv`, is over the same windows and predicts an offset (dy, dx) in cells for every tap of every
    output cell; with `modulated=True` a factor between 0 and 1 for every tap as well. It starts at zero: a fresh layer
    equals `Conv2D` with the same kernel, and a fresh modulated one half of it (sigmoid(0) = 1/2), bias apart.

    Args:
        filters: int, the number of filters (output channels).
        kernel_size: int or tuple/list of 2 integers.
        strides: int or tuple/list of 2 integers. `strides > 1` is incompatible with `dilation_rate > 1`, as in
            `Conv2D`: both convolutions here are one. The function `deformable_conv2d` takes both.
        padding: string, either `"valid"` or `"same"` (case-insensitive).
        data_format: `"channels_last"` or `None`.
        dilation_rate: int or tuple/list of 2 integers.
        groups: int, how many groups of channels the kernel keeps apart; divides `filters` and the input's channels.
        offset_groups: int, how many groups of channels have offsets of their own; divides the input's channels.
        modulated: bool. `False`: offsets only, Dai et al.; `True`: offsets and a mask, Zhu et al.
        offset_kernel_initializer: Initializer for the kernel of `offset_conv`.
        offset_bias_initializer: Initializer for the bias of `offset_conv`, which has one always.
        **kwargs: what else `Conv2D` takes: `activation`, `use_bias`, `kernel_initializer`, `bias_initializer`,
            `kernel_regularizer`, ..., `name`, `dtype`.

    Input shape:
        `(batch_size, height, width, channels)`

    Output shape:
        `(batch_size, new_height, new_width, filters)`, as for `Conv2D`.

    Returns:
        A 4D tensor, `activation(deformable_conv2d(inputs, kernel, offset, mask) + bias)`.

    Raises:
        ValueError: where `Conv2D` does, for `data_format="channels_first"`, and for `offset_groups` that do not divide
            the input's channels.

    References: those of `deformable_conv2d`.

    Example:

    >>> import numpy as np
    >>> x = np.random.rand(4, 10, 10, 6)
    >>> layer = DeformableConv2D(32, 3, activation="relu")
    >>> print(layer(x).shape, layer.offset_conv.kernel.shape)
    (4, 8, 8, 32) (3, 3, 6, 18)
    """

    def __init__(
        self,
        filters,
        kernel_size,
        strides=(1, 1),
        padding="valid",
        data_format=None,
        dilation_rate=(1, 1),
        groups=1,
        offset_groups=1,
        modulated=False,
        offset_kernel_initializer="zeros",
        offset_bias_initializer="zeros",
        **kwargs,
    ):
        window = {"strides": strides, "padding": _padding(padding), "dilation_rate": dilation_rate}
        super().__init__(filters, kernel_size, data_format=data_format, groups=groups, **window, **kwargs)
        if self.data_format != "channels_last":
            raise ValueError(
                '`data_format` must be "channels_last". '
                f'Received: data_format={self.data_format!r}. Try data_format="channels_last".'
            )
        _check_divides("offset_groups", offset_groups)
        self.offset_groups = offset_groups
        self.modulated = modulated
        self.offset_kernel_initializer = keras.initializers.get(offset_kernel_initializer)
        self.offset_bias_initializer = keras.initializers.get(offset_bias_initializer)
        taps = self.kernel_size[0] * self.kernel_size[1]
        self.offset_conv = keras.layers.Conv2D(
            offset_groups * taps * (3 if modulated else 2),  # dy and dx, and the mask's logit where there is a mask
            kernel_size,
            **window,
            data_format="channels_last",
            kernel_initializer="zeros",  # and then, in build(), that of this layer
            dtype=self.dtype_policy,
            name="offset_conv",
        )

    def build(self, input_shape):
        if input_shape[-1] is None:
            raise ValueError(
                "The input's channels, its last axis, must be known to build the layer. "
                f"Received: input shape {tuple(input_shape)}. Try Input(shape=(None, None, 3))."
            )
        super().build(input_shape)
        if 0 in self.compute_output_shape(input_shape):  # older versions of Keras let it pass
            raise ValueError(
                f"The window must fit into the input. Received: kernel_size={self.kernel_size}, "
                f'dilation_rate={self.dilation_rate}, input shape {tuple(input_shape)}. Try padding="same".'
            )
        _check_divides("offset_groups", self.offset_groups, "the input's channels", input_shape[-1])
        self.offset_conv.kernel_initializer = self.offset_kernel_initializer
        self.offset_conv.bias_initializer = self.offset_bias_initializer
        self.offset_conv.build(input_shape)

    @property
    def offset_kernel(self):
        """The kernel of `offset_conv`: (kernel_height, kernel_width, channels, offsets and mask logits)."""
        return self.offset_conv.kernel

    @property
    def offset_bias(self):
        """The bias of `offset_conv`."""
        return self.offset_conv.bias

    def call(self, inputs):
        return self.call_with(inputs, *self.offsets_and_mask(inputs))

    def offsets_and_mask(self, inputs):
        """What the layer predicts for these inputs: (offset, mask), shaped as `deformable_conv2d` takes them.

        The mask is None unless the layer is modulated.
        """
        if not self.built:
            self.build(tuple(inputs.shape))
        predicted = self.offset_conv(inputs)
        if not self.modulated:
            return predicted, None
        count = self.offset_conv.filters * 2 // 3
        return predicted[..., :count], ops.sigmoid(predicted[..., count:])

    def call_with(self, inputs, offset, mask=None):
        """What the layer would return, had it predicted this offset and this mask (None: 1 everywhere)."""
        if not self.built:
            self.build(tuple(inputs.shape))
        names = ("strides", "padding", "dilation_rate", "groups", "offset_groups")
        settings = {name: getattr(self, name) for name in names}
        inputs, kernel = (ops.cast(values, self.compute_dtype) for values in (inputs, self.kernel))
        y = deformable_conv2d(inputs, kernel, offset, mask, self.bias, **settings)
        return y if self.activation is None else self.activation(y)

    def get_config(self):
        return super().get_config() | {
            "offset_groups": self.offset_groups,
            "modulated": self.modulated,
            "offset_kernel_initializer": keras.initializers.serialize(self.offset_kernel_initializer),
            "offset_bias_initializer": keras.initializers.serialize(self.offset_bias_initializer),
        }


def _pair(name, value):
    try:
        one, other = map(index, (value, value) if isinstance(value, int) else value)
    except (TypeError, ValueError):
        one = other = 0
    if min(one, other) < 1:
        raise ValueError(f"`{name}` must be one or two integers above 0. Received: {name}={value!r}. Try {name}=1.")
    return one, other


def _padding(value):
    padding = value.lower() if isinstance(value, str) else value
    if padding not in ("valid", "same"):
        raise ValueError(f'`padding` must be "valid" or "same". Received: padding={value!r}. Try padding="same".')
    return padding


def _check_divides(name, parts, what="", count=0):
    if not hasattr(parts, "__index__") or parts < 1:
        raise ValueError(f"`{name}` must be an integer above 0. Received: {name}={parts!r}. Try {name}=1.")
    if count % parts:
        options = ", ".join(map(str, divisors(count)))
        raise ValueError(f"`{name}` must divide {what}, {count}. Received: {name}={parts}. Try one of {options}.")


def _check_axis(name, tensor, axis, size, rule):
    # A size that is known only when the graph runs is a tensor, or None in the shape.
    if isinstance(size, int) and tensor.shape[axis] not in (None, max(size, 0)):
        raise ValueError(
            f"Axis {axis} of `{name}` must be {rule}, here {max(size, 0)}. "
            f"Received: {name} of shape {tuple(tensor.shape)}."
        )
