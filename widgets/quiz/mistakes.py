"""Which slip of thought leads to which wrong answer: (wrong value, sentence) pairs, likeliest first.

The right values come from Facts. What stands here are the wrong rules that learners use.
"""

import math

from widgets import arithmetic
from widgets.language import question_words, words

M = question_words.MISTAKES


def explain(mistakes, answer, right):
    """The first sentence that explains this answer; "" where none does.

    >>> explain([(6, "right by luck"), (5, "too few"), (5, "other")], 5, right=6)
    'too few'
    """
    return next((text for value, text in mistakes if value == answer and value != right), "")


def swapped(shape, first, last):
    """The shape with its spatial axes, those from `first` up to `last`, in other orders."""
    spatial = shape[first:last]
    turned = [spatial[::-1], spatial[1:] + spatial[:1], spatial[-1:] + spatial[:-1]]
    turned += [(spatial[1], spatial[0], *spatial[2:])] if len(spatial) > 1 else []
    return [(*shape[:first], *other, *shape[last:]) for other in turned if other != spatial]


def output_shapes(facts, names):
    """Slips that concern the whole output shape. `names` are its axes."""
    shape, channel = facts.output_shape, facts.channel_axis
    spatial = [axis for axis in range(1, len(shape)) if axis != channel]
    first, last = spatial[0], spatial[-1] + 1
    moved = list(shape)
    size = moved.pop(channel)
    moved.insert(1 if channel > 1 else len(moved), size)
    text = M["order_first"] if channel > 1 else M["order_last"]
    return [
        (shape[1:], M["no_batch"].format(batch=shape[0])),
        ((None, *shape[1:]), M["none_batch"].format(batch=shape[0])),
        (tuple(moved), text.format(axes=words.axes(names))),
        *((other, M["swapped"].format(axes=words.axes(names))) for other in swapped(shape, first, last)),
        (facts.input_shape, M["input_shape"]),
    ]


def sizes(n, k, s, d, padding, output_padding="absent"):
    """Slips along one spatial axis: the numbers are those that `arithmetic` takes."""
    window = arithmetic.window_size(k, d)
    if output_padding != "absent":
        return _stamped_sizes(n, k, s, d, padding, output_padding, window)
    if padding == "valid":
        places = [
            (math.ceil((n - window) / s) + 1, M["ceil"]),
            ((n - window) // s, M["no_plus_one"]),
            (arithmetic.output_size(n, k, s, 1), M["no_dilation"]),
            (arithmetic.output_size(n, k, 1, d), M["no_strides"]),
            (arithmetic.output_size(n, k, s, d, "same"), M["not_same"]),
            (n - k, M["no_plus_one"]),
        ]
        return places + [(n, M["not_same"])]
    before, after = arithmetic.padding_cells(n, k, s, d, padding)
    once = max(before, after) if padding == "same" else 0
    return [
        (n // s, M["floor"]),
        (arithmetic.output_size(n, k, s, d), M["no_padding"].format(padding=padding)),
        ((n + once - window) // s + 1, M["padding_once"]),
        (n, M["same_strides"].format(padding=padding)),
        (arithmetic.output_size(n, k), M["no_padding"].format(padding=padding)),
    ]


def _stamped_sizes(n, k, s, d, padding, output_padding, window):
    full = arithmetic.transposed_size(n, k, s, d, "valid", 0)
    o = arithmetic.transposed_size(n, k, s, d, padding, output_padding)
    return [
        (arithmetic.output_size(n, k, s, d, padding), M["not_transposed"]),
        (arithmetic.transposed_size(n, k, s, 1, padding, output_padding), M["no_dilation"]),
        (arithmetic.transposed_size(n, k, 1, d, padding, output_padding), M["no_strides"]),
        (full - max(full - o, 0) // 2, M["crop_once"] if padding == "same" else M["output_padding"]),
        (arithmetic.transposed_size(n, k, s, d, padding, 0), M["output_padding"]),
        (arithmetic.transposed_size(n, k, s, d, "valid", output_padding), M["not_cropped"]),
        (n * s, M["not_multiplied"]),
    ]


def output_channels(facts):
    """Slips in the number of output channels."""
    channels, settings = facts.input_shape[facts.channel_axis], facts.settings
    filters, groups = settings.get("filters"), settings.get("groups", 1)
    if filters is None:
        return [(settings["depth_multiplier"], M["only_multiplier"]), (channels, M["no_multiplier"])]
    text = M["channels_kept"]
    return [(filters // groups, M["filters_shared"]), (channels, text), (channels * filters, M["channels_summed"])]


def kernel_shapes(facts, name):
    """Slips in the shape of the weight called `name`."""
    shape, axes = facts.weights[name].shape, facts.weights[name].axes
    channels, groups = facts.input_shape[facts.channel_axis], facts.settings.get("groups", 1)
    taps = len(shape) - 2
    spatial, (a, b) = shape[:taps], shape[taps:]
    at = next(i for i, axis in enumerate(axes) if axis.startswith("in"))
    named = words.axes(axes)
    found = [
        ((*spatial, b, a), M["kernel_turned"].format(axes=named)),
        ((b, a, *spatial), M["kernel_order"].format(axes=named)),
        ((a, b, *spatial), M["kernel_order"].format(axes=named)),
        (shape[:at] + shape[at + 1 :], M["kernel_channels"]),
        (spatial, M["kernel_flat"].format(axes=named)),
        (shape[:at] + (1,) + shape[at + 1 :], M["kernel_channels"]),
        *((other, M["swapped"].format(axes=named)) for other in swapped(shape, 0, taps)),
    ]
    if groups > 1 and name == "kernel":
        found.append((shape[:at] + (channels,) + shape[at + 1 :], M["kernel_groups"]))
        found.append(((*spatial, channels, b // groups), M["kernel_groups_filters"]))
    if windows := _dilated(facts, shape):
        found.append(((*windows, a, b), M["kernel_window"]))
    if name == "pointwise_kernel":
        found.append(((*spatial, channels, b), M["pointwise_multiplier"]))
    if axes[-1] == "depth_multiplier":
        filters = facts.settings.get("filters")
        found.append(((*spatial, a, filters or a * b), M["depthwise_filters" if filters else "depthwise_product"]))
    if name == "offset_kernel":
        found.append(((*spatial, a, math.prod(spatial)), M["offset_pairs"]))
        found.append(((*spatial, a, facts.settings["filters"]), M["offset_filters"]))
        if facts.settings["modulated"]:
            found.append(((*spatial, a, b // 3 * 2), M["offset_masks"]))
        found.append(((*spatial, a, b // facts.settings["offset_groups"]), M["offset_groups"]))
    return found


def _dilated(facts, shape):
    """The sizes of the window where dilation makes it larger than the kernel, a weight of this shape; else ()."""
    rates = facts.settings.get("dilation_rate", (1,))
    windows = tuple(arithmetic.window_size(k, d) for k, d in zip(shape, rates))
    return windows if max(rates) > 1 and windows != shape[: len(windows)] else ()


def params(facts):
    """Slips in the number of parameters."""
    shapes = {name: weight.shape for name, weight in facts.weights.items()}
    axes = {name: weight.axes for name, weight in facts.weights.items()}
    cells = {name: math.prod(shape) for name, shape in shapes.items()}
    total, bias = facts.params, cells.get("bias", 0)
    groups, channels = facts.settings.get("groups", 1), facts.input_shape[facts.channel_axis]
    found = [(total - bias, M["no_bias"]), (total - bias + 1, M["bias_once"])] if bias else []
    if not bias and "filters" in facts.settings:
        found.append((total + facts.settings["filters"], M["bias_extra"]))
    at = next((i for i, axis in enumerate(axes.get("kernel", ())) if axis.startswith("in")), None)
    if at is not None:
        without = total - cells["kernel"] + cells["kernel"] // shapes["kernel"][at]
        one = total - cells["kernel"] + math.prod(shapes["kernel"][:-2]) * shapes["kernel"][at]
        found += [(value - less, M["params_channels"]) for value in [without] for less in (0, bias)]
        if windows := _dilated(facts, shapes["kernel"]):
            larger = total - cells["kernel"] + math.prod(windows) * math.prod(shapes["kernel"][-2:])
            found += [(larger - less, M["kernel_window"]) for less in (0, bias)]
        if "filters" in axes["kernel"]:
            found += [(value - less, M["params_one_filter"]) for value in [one] for less in (0, bias)]
        if groups > 1:
            found.append(((cells["kernel"] + bias) // groups, M["params_one_group"]))
            found += [(total + (groups - 1) * cells["kernel"] - less, M["params_groups"]) for less in (0, bias)]
    for name, text in (("pointwise_kernel", M["no_pointwise"]), ("depthwise_kernel", M["no_depthwise"])):
        if name in cells:
            found += [(total - cells[name] - less, text) for less in (0, bias)]
    if "depthwise_kernel" in shapes:
        *spatial, _, multiplier = shapes["depthwise_kernel"]
        if bias:
            found.append((total + channels * multiplier, M["bias_twice"]))
        found.append((math.prod(spatial) * channels * facts.settings["filters"] + bias, M["not_factored"]))
    if "offset_kernel" in cells:
        offsets = cells["offset_kernel"] + cells.get("offset_bias", 0)
        found += [(total - offsets, M["no_offsets"]), (total - cells.get("offset_bias", 0), M["no_offset_bias"])]
    return [*found, (facts.macs, M["macs"]), (math.prod(facts.output_shape[1:]), M["output_cells"])]
