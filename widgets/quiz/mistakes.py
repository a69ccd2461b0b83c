"""Which slip of thought leads to which wrong answer: (wrong value, sentence) pairs, likeliest first.

The right values come from Facts. What stands here are the wrong rules that learners use.
"""

import math

from widgets import arithmetic
from widgets.language import axis_names, say


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
    order = "mistake.order_first" if channel > 1 else "mistake.order_last"
    return [
        (shape[1:], say("mistake.no_batch", batch=shape[0])),
        ((None, *shape[1:]), say("mistake.none_batch", batch=shape[0])),
        (tuple(moved), say(order, axes=axis_names(names))),
        *((other, say("mistake.swapped", axes=axis_names(names))) for other in swapped(shape, first, last)),
        (facts.input_shape, say("mistake.input_shape")),
    ]


def sizes(n, k, s, d, padding, output_padding="absent"):
    """Slips along one spatial axis: the numbers are those that `arithmetic` takes."""
    if output_padding != "absent":
        return _stamped_sizes(n, k, s, d, padding, output_padding)
    window = arithmetic.window_size(k, d)
    if padding == "valid":
        return [
            (math.ceil((n - window) / s) + 1, say("mistake.ceil")),
            (arithmetic.output_size(n, k * d, s), say("mistake.window_product")),
            ((n - window) // s, say("mistake.no_plus_one")),
            (arithmetic.output_size(n, k, s, 1), say("mistake.no_dilation")),
            (arithmetic.output_size(n, k, 1, d), say("mistake.no_strides")),
            (arithmetic.output_size(n, k, s, d, "same"), say("mistake.not_same")),
            (n - k, say("mistake.no_dilation" if d > 1 else "mistake.no_strides")),
            (n, say("mistake.not_same")),
        ]
    before, after = arithmetic.padding_cells(n, k, s, d, padding)
    once = max(before, after) if padding == "same" else 0
    return [
        (n // s, say("mistake.floor")),
        (arithmetic.output_size(n, k, s, d), say("mistake.no_padding", padding=padding)),
        ((n + once - window) // s + 1, say("mistake.padding_once")),
        (n, say("mistake.same_strides", padding=padding)),
        (arithmetic.output_size(n, k), say("mistake.no_padding", padding=padding)),
    ]


def _stamped_sizes(n, k, s, d, padding, output_padding):
    full = arithmetic.transposed_size(n, k, s, d, "valid", 0)
    o = arithmetic.transposed_size(n, k, s, d, padding, output_padding)
    return [
        (arithmetic.output_size(n, k, s, d, padding), say("mistake.not_transposed")),
        (arithmetic.transposed_size(n, k, s, 1, padding, output_padding), say("mistake.no_dilation")),
        (arithmetic.transposed_size(n, k, 1, d, padding, output_padding), say("mistake.no_strides")),
        (full - max(full - o, 0) // 2, say(f"mistake.{'crop_once' if padding == 'same' else 'output_padding'}")),
        (arithmetic.transposed_size(n, k, s, d, padding, 0), say("mistake.output_padding")),
        (arithmetic.transposed_size(n, k, s, d, "valid", output_padding), say("mistake.not_cropped")),
        (n * s, say("mistake.not_multiplied")),
        (arithmetic.transposed_size(n, k * d, s, 1, padding, output_padding), say("mistake.window_product")),
    ]


def output_channels(facts):
    """Slips in the number of output channels."""
    channels, settings = facts.input_shape[facts.channel_axis], facts.settings
    filters, groups = settings.get("filters"), settings.get("groups", 1)
    if filters is None:
        return [
            (settings["depth_multiplier"], say("mistake.only_multiplier")),
            (channels, say("mistake.no_multiplier")),
        ]
    return [
        (filters // groups, say("mistake.filters_shared")),
        (channels, say("mistake.channels_kept")),
        (channels * settings.get("depth_multiplier", 1), say("mistake.channels_between")),
        (channels * filters, say("mistake.channels_summed")),
    ]


def kernel_shapes(facts, name):
    """Slips in the shape of the weight called `name`."""
    shape, axes = facts.weights[name].shape, facts.weights[name].axes
    channels, groups = facts.input_shape[facts.channel_axis], facts.settings.get("groups", 1)
    taps = len(shape) - 2
    spatial, (a, b) = shape[:taps], shape[taps:]
    at = next(i for i, axis in enumerate(axes) if axis.startswith("in"))
    named = axis_names(facts.told_axes(name))
    found = [
        ((*spatial, b, a), say("mistake.kernel_turned", axes=named)),
        ((b, a, *spatial), say("mistake.kernel_order", axes=named)),
        ((a, b, *spatial), say("mistake.kernel_order", axes=named)),
        (shape[:at] + shape[at + 1 :], say("mistake.channels_missing")),
        (spatial, say("mistake.kernel_flat", axes=named)),
        (shape[:at] + (1,) + shape[at + 1 :], say("mistake.channels_missing")),
        *((other, say("mistake.swapped", axes=named)) for other in swapped(shape, 0, taps)),
    ]
    if groups > 1 and name == "kernel":
        found.append((shape[:at] + (channels,) + shape[at + 1 :], say("mistake.groups_forgotten")))
        found.append(((*spatial, channels, b // groups), say("mistake.kernel_groups_filters")))
        found.append(((*spatial, a, b // groups), say("mistake.kernel_one_group")))
    if windows := _dilated(facts, shape):
        found.append(((*windows, a, b), say("mistake.kernel_window")))
    if name == "pointwise_kernel":
        found.append(((*spatial, channels, b), say("mistake.pointwise_multiplier")))
    if axes[-1] == "depth_multiplier":
        filters = facts.settings.get("filters")
        slip = "depthwise_filters" if filters else "depthwise_product"
        found.append(((*spatial, a, filters or a * b), say(f"mistake.{slip}")))
    if name == "offset_kernel":
        found.append(((*spatial, a, math.prod(spatial)), say("mistake.offset_pairs")))
        found.append(((*spatial, a, facts.settings["filters"]), say("mistake.offset_filters")))
        if facts.settings["modulated"]:
            found.append(((*spatial, a, b // 3 * 2), say("mistake.offset_masks")))
        found.append(((*spatial, a, b // facts.settings["offset_groups"]), say("mistake.offset_groups")))
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
    found = [(total - bias, say("mistake.no_bias")), (total - bias + 1, say("mistake.bias_once"))] if bias else []

    def note(count, slip):
        """The slip alone, and with the bias forgotten as well."""
        found.extend((count - less, say(f"mistake.{slip}")) for less in (0, bias))

    if not bias and "filters" in facts.settings:
        found.append((total + facts.settings["filters"], say("mistake.bias_extra")))
    at = next((i for i, axis in enumerate(axes.get("kernel", ())) if axis.startswith("in")), None)
    if at is not None:
        note(total - cells["kernel"] + cells["kernel"] // shapes["kernel"][at], "channels_missing")
        if windows := _dilated(facts, shapes["kernel"]):
            note(total - cells["kernel"] + math.prod(windows) * math.prod(shapes["kernel"][-2:]), "kernel_window")
        if "filters" in axes["kernel"]:
            one = math.prod(shapes["kernel"][:-2]) * shapes["kernel"][at]
            note(total - cells["kernel"] + one, "params_one_filter")
        if groups > 1:
            found.append(((cells["kernel"] + bias) // groups, say("mistake.params_one_group")))
            note(total + (groups - 1) * cells["kernel"], "groups_forgotten")
        if "filters" in axes["kernel"]:
            dense = math.prod(facts.input_shape[1:]) * facts.settings["filters"]
            note(total - cells["kernel"] + dense, "params_input_cells")
    for name in ("pointwise_kernel", "depthwise_kernel"):
        if name in cells:
            note(total - cells[name], f"no_{name.removesuffix('_kernel')}")
    if "depthwise_kernel" in shapes:
        *spatial, _, multiplier = shapes["depthwise_kernel"]
        if bias:
            found.append((total + channels * multiplier, say("mistake.bias_twice")))
        found.append((math.prod(spatial) * channels * facts.settings["filters"] + bias, say("mistake.not_factored")))
        one, other = cells["depthwise_kernel"], cells["pointwise_kernel"]
        for part, slip in [(one, "params_depthwise"), (other, "params_pointwise"), (one + other, "params_multiplier")]:
            note(total - part + part // multiplier, slip)
    if "offset_kernel" in cells:
        offsets = cells["offset_kernel"] + cells.get("offset_bias", 0)
        found += [
            (total - offsets, say("mistake.no_offsets")),
            (total - cells.get("offset_bias", 0), say("mistake.no_offset_bias")),
            (total - cells["offset_kernel"], say("mistake.offsets_learned")),
            (total - offsets + offsets // facts.settings["offset_groups"], say("mistake.offset_groups")),
        ]
        if facts.settings["modulated"]:
            found.append((total - offsets // 3, say("mistake.offset_masks")))
            pairs = offsets * 2 // 3 // facts.settings["offset_groups"]
            both = f"{say('mistake.offset_masks')} {say('mistake.offset_groups')}"
            found.append((total - offsets + pairs, both))
    output_cells = math.prod(facts.output_shape[1:])
    found += [(facts.macs, say("mistake.macs")), (output_cells, say("mistake.output_cells"))]
    if bias:
        found.append((total - bias + output_cells, say("mistake.bias_each_cell")))
    return found
