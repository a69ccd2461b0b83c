"""What one cell sees of a model's input: known for windows, merges and the like, measured for all other layers."""

from dataclasses import dataclass, field, replace
from functools import partial, reduce

import numpy as np

from widgets.arithmetic import ITSELF, cells_behind_step, seen_behind, seen_by_both, seen_size
from widgets.facts import known_layers
from widgets.facts.certainty import AT_LEAST, EXACT, UNKNOWN, surest
from widgets.facts.kinds import KINDS, is_convolution
from widgets.facts.kinds.kind import Kind
from widgets.facts.measure import Clock, measurement, shrunk
from widgets.facts.model_graph import call_layer, chain_axes, is_listed, model_nodes, tensor_shapes


@dataclass(frozen=True, eq=False)
class Field:
    """What the cells of one tensor see of the model's input, along each of its axes that count cells.

    `parts` holds an array for each of these, (2, *axes of the tensor but for the batch), of size 1 along an axis that
    makes no difference: how many cells there are from the first one seen to the end, and from the start to the last
    one seen; both are 0 where nothing is seen. What is seen together is the larger of either.
    `counted` is the same with padding cells counted, as `arithmetic` has it, as long as all windows are known; then
    `along` are the tensor's axes of these windows.
    """

    sizes: tuple
    parts: tuple = field(repr=False)
    counted: tuple | None
    along: tuple
    certainty: str = EXACT

    def unseen(self, rank):
        """A field of a tensor of this rank that sees nothing of the same input."""
        return replace(self, parts=tuple(np.zeros((2, *[1] * rank), "float32") for _ in self.sizes), counted=None)

    @property
    def is_blind(self):
        """Whether it is known to see nothing."""
        return self.certainty != UNKNOWN and not any(part.any() for part in self.parts)

    def told(self, channel_axis=-1):
        """The most that a cell sees, from the first cell to the last along each axis, and how sure that is.

        None in place of the sizes is all of the input.
        """
        if self.certainty == UNKNOWN:
            return None, UNKNOWN
        if self.counted:
            return tuple(map(seen_size, self.counted)), self.certainty
        found = []
        for part, size in zip(self.parts, self.sizes):
            # The channels of a cell together; of numbers that lie in no space, all of them.
            part = part.max(channel_axis) if part.ndim > 2 else part.reshape(2, -1).max(1)
            seen = part[:, part.min(0) > 0] if part.ndim > 1 else part[:, None] * (part.min() > 0)
            if not seen.size or not seen.any():
                return None, UNKNOWN
            found.append(int((seen.sum(0) - size).max()))
        return None if tuple(found) == self.sizes else tuple(found), self.certainty


def told_of_all(fields, channel_axis):
    """What a cell sees of several inputs, the most of each, and how sure that is, from its field in each of them."""
    seen = [one for one in fields if not one.is_blind] or fields[:1]
    told = [one.told(channel_axis) for one in seen]
    if not told[1:]:
        return told[0]
    sizes, certainty = [size for size, _ in told], surest(sure for _, sure in told)
    if certainty == UNKNOWN or not any(sizes):
        return None, certainty
    if len({one.sizes for one in seen}) > 1:  # cells that lie in different spaces
        return None, UNKNOWN
    most = tuple(map(max, zip(*(size or one.sizes for size, one in zip(sizes, seen)))))
    return None if None in sizes and most == seen[0].sizes else most, certainty


def input_field(shape, channel_axis=-1):
    """The field of a model's input of this shape; cells are counted along all axes but the channels'."""
    rank = len(shape) - 1
    axes = [axis for axis in range(rank) if rank == 1 or axis != (channel_axis - 1 if channel_axis > 0 else rank - 1)]
    parts = []
    for axis in axes:
        n = shape[axis + 1]
        part = np.stack([np.arange(n, 0, -1), np.arange(1, n + 1)]).astype("float32")
        parts.append(part.reshape(2, *(n if a == axis else 1 for a in range(rank))))
    return Field(tuple(shape[axis + 1] for axis in axes), tuple(parts), (ITSELF,) * len(axes), tuple(axes))


def chain_field(layers, shapes):
    """What one cell behind layers that follow one another sees, and how sure that is; see `Field.told`.

    `shapes` are those of the input and of what each layer returns.

    >>> import keras
    >>> chain_field([keras.layers.Conv1D(1, 3), keras.layers.MaxPooling1D(2)], [(1, 8, 1), (1, 6, 1), (1, 3, 1)])
    ((4,), 'exact')
    """
    channel_axes = chain_axes(layers, list(map(len, shapes)))
    seen, clock = input_field(shapes[0], channel_axes[0]), Clock()
    for layer, before, after in zip(layers, shapes, shapes[1:]):
        (seen,) = fields_behind(layer, [seen], [before], [after], clock=clock)
    return seen.told(channel_axes[-1])


def keeps_cells(layer, shape, channel_axis=-1, clock=None):
    """Whether each cell of a layer's answer, of the same shape, is made of the cell in its place and of no other."""
    before = input_field(shape, channel_axis)
    (after,) = fields_behind(layer, [before], [shape], [shape], clock=clock)
    return after.certainty == EXACT and all(map(np.array_equal, before.parts, after.parts))


def fields_behind(operation, fields, shapes, shapes_after, call=None, dtypes=None, clock=None):
    """The fields of what a layer or an operation returns, from those of its inputs.

    `call` takes its inputs and returns what it returns; `dtypes` are those of the inputs, float32 where left out.
    """
    certainty, clock = surest(one.certainty for one in fields), clock or Clock()
    name = known_layers.keras_name(operation)
    if known_layers.ignores_masks(operation):
        fields, shapes = fields[:1], shapes[:1]
    if certainty == UNKNOWN or shapes[0][:1] != shapes_after[0][:1]:  # what was cells is other samples now, say
        return [replace(fields[0], parts=(), certainty=UNKNOWN)] * len(shapes_after)
    if name in known_layers.CONSTANT or all(one.is_blind for one in fields):
        return [fields[0].unseen(len(shape) - 1) for shape in shapes_after]
    if is_listed(operation, shapes):
        inner = dict(zip(map(id, operation.inputs), fields))
        inner = model_fields(operation, inner, tensor_shapes(operation, shapes), clock)
        return [inner[id(tensor)] for tensor in operation.outputs]
    if name == "SpectralNormalization":  # which changes its layer's weights, and no more than that
        return fields_behind(operation.layer, fields, shapes, shapes_after, clock=clock)
    ranks, rank_after = {len(shape) - 1 for shape in shapes}, len(shapes_after[0]) - 1
    if len(ranks) == 1 and name in known_layers.MERGES and len(fields) > 1:
        merged = _merged(name, operation, fields, shapes)
        return [replace(merged, certainty=certainty)]
    one, shape = fields[0], shapes[0]
    if name == "TimeDistributed" and len(fields) == 1 and len(shape) > 2:
        return [_at_each_step(operation.layer, one, shape, shapes_after[0], clock)]
    if len(fields) == 1:
        if (windows := known_layers.known_windows(operation, shape)) is not None:
            return [_behind_windows(one, operation, windows, shape, shapes_after[0])]
        if name == "Embedding":
            return [replace(one, parts=tuple(part[..., None] for part in one.parts))]
        if known_layers.acts_on_cells(operation):
            return [one]
        if name == "Reshape" or name == "Flatten" and not known_layers.channels_are_first(operation):
            whole = (np.broadcast_to(part, (2, *shape[1:])) for part in one.parts)
            parts = tuple(shrunk(part.reshape(2, *shapes_after[0][1:])) for part in whole)
            return [replace(one, parts=parts, counted=None)]
        mixed = known_layers.mixed_axes(name, operation, shape)
        if mixed is not None and len(shape) - 1 == rank_after:
            counted = None if set(mixed) & set(one.along) else one.counted
            parts = tuple(part.max(mixed_of(mixed), keepdims=True) for part in one.parts)
            return [replace(one, parts=parts, counted=counted)]
        if name.startswith("Global"):
            spatial = mixed_of(known_layers.spatial_axes(operation, shape))
            parts = tuple(part.max(spatial, keepdims=bool(operation.keepdims)) for part in one.parts)
            return [replace(one, parts=parts, counted=None)]
    if known_layers.mixes_each_step(operation):
        one = replace(one, parts=tuple(part.max(-1, keepdims=True) for part in one.parts))
        fields = [one, *fields[1:]]
    call = call or (lambda inputs: call_layer(operation, *inputs))
    dtypes = dtypes or ["float32"] * len(shapes)
    measured, before = measurement(operation, shapes, dtypes), [seen.parts for seen in fields]
    found = measured.parts_behind(call, before, shapes_after, clock)
    behind = [replace(one, parts=parts, counted=None, certainty=surest([certainty, sure])) for parts, sure in found]
    alike = len(behind) == len(fields) == 1 and behind[0].certainty == EXACT == one.certainty
    # Where each cell of what it returns sees what that cell saw, the field stays the same.
    return fields if alike and all(map(np.array_equal, one.parts, behind[0].parts)) else behind


def _at_each_step(layer, one, shape, shape_after, clock):
    """The field behind a layer that is laid on each step of time by itself."""
    steps = []
    for t in range(shape[1] if any(part.shape[1] > 1 for part in one.parts) else 1):
        parts = tuple(part[:, min(t, part.shape[1] - 1)] for part in one.parts)
        before = replace(one, parts=parts, counted=None)
        shapes = [(shape[0], *shape[2:])], [(shape_after[0], *shape_after[2:])]
        steps += fields_behind(layer, [before], *shapes, clock=clock)
        if steps[-1].certainty == UNKNOWN:
            return steps[-1]
    several = zip(*(step.parts for step in steps))
    parts = tuple(shrunk(np.stack(np.broadcast_arrays(*some), 1)) for some in several)
    return replace(one, parts=parts, counted=None, certainty=surest(step.certainty for step in steps))


def model_fields(model, fields, shapes, clock):
    """The fields of every tensor in a model, by its id, from those of its inputs."""
    fields = dict(fields)
    for node in model_nodes(model):
        tensors = node.input_tensors
        if not is_listed(node.operation, tensors):
            tensors = list({id(tensor): tensor for tensor in tensors}.values())
        before, after = ([id(tensor) for tensor in some] for some in (tensors, node.output_tensors))
        some = [[shapes[key] for key in keys] for keys in (before, after)]
        call, dtypes = partial(_call_again, node, tensors), [tensor.dtype for tensor in tensors]
        seen = [fields[key] for key in before]
        fields |= dict(zip(after, fields_behind(node.operation, seen, *some, call, dtypes, clock)))
    return fields


def _call_again(node, tensors, values):
    """What a node of a model's graph makes of other values."""
    arguments, options = node.arguments.fill_in(dict(zip(map(id, tensors), values)))
    return call_layer(node.operation, *arguments, **options)


def mixed_of(axes):
    """Axes of a tensor without its batch as those of a field's part."""
    return tuple(axis + 1 for axis in axes)


def _merged(name, operation, fields, shapes):
    """The field behind several inputs of one rank."""
    sighted = [seen for seen in fields if not seen.is_blind]
    one, along, counted = sighted[0], sighted[0].along, None
    joined = known_layers.without_batch(operation.axis, len(shapes[0]) - 1) if name == "Concatenate" else None
    # It may join its inputs along a spatial axis, or repeat one of them along it.
    counting = all(seen.counted and seen.along == along for seen in sighted)
    if counting and joined not in along and all(len({shape[axis + 1] for shape in shapes}) == 1 for axis in along):
        counted = tuple(
            reduce(lambda a, b: a and b and seen_by_both(a, b), axis) for axis in zip(*(f.counted for f in sighted))
        )
        counted = None if None in counted else counted
    if name != "Concatenate":
        parts = tuple(reduce(np.maximum, parts) for parts in zip(*(seen.parts for seen in fields)))
        return replace(one, parts=parts, counted=counted)
    axis, parts = joined + 1, []
    for several in zip(*(seen.parts for seen in fields)):
        if several[0].shape[axis] == 1 and all(np.array_equal(part, several[0]) for part in several):
            parts.append(several[0])
            continue
        sizes = [max(part.shape[a] for part in several) for a in range(several[0].ndim)]
        ends = [(*sizes[:axis], shape[axis], *sizes[axis + 1 :]) for shape in shapes]
        parts.append(np.concatenate(list(map(np.broadcast_to, several, ends)), axis))
    return replace(one, parts=tuple(parts), counted=counted)


def _behind_windows(one, layer, windows, shape, shape_after):
    """The field behind a layer whose windows are known."""
    axes, counted, parts = known_layers.spatial_axes(layer, shape), None, one.parts
    channels = 0 if known_layers.channels_are_first(layer) else len(shape) - 2
    if one.counted and one.along == axes:
        counted = tuple(seen_behind(seen, *step) for step, seen in zip(windows, one.counted))
    if is_convolution(layer):
        parts = tuple(_behind_channels(part, layer, channels + 1, shape[channels + 1]) for part in parts)
    for axis, step in zip(axes, windows):
        sizes = shape[axis + 1], shape_after[axis + 1]
        parts = tuple(_behind_step(part, axis + 1, step, sizes) for part in parts)
    certainty = one.certainty
    if is_convolution(layer) and KINDS[type(layer).__name__].reads_between_cells and layer.built:
        # Its points may leave the window, which the layer that moves them reads whatever they do.
        if any(np.any(weight) for weight in (layer.offset_kernel, layer.offset_bias) if weight is not None):
            certainty = AT_LEAST if certainty in (EXACT, AT_LEAST) else UNKNOWN
    return replace(one, parts=parts, counted=counted, certainty=certainty)


def _behind_channels(part, layer, axis, channels):
    if part.shape[axis] == 1:
        return part
    kind = KINDS[type(layer).__name__]
    says_none = type(kind).channels_read is Kind.channels_read
    if says_none or getattr(layer, "groups", None) == 1:  # it reads all of them
        return part.max(axis, keepdims=True)
    read = kind.channels_read(channels, {name: getattr(layer, name) for name in kind.settings})
    if (read == read[0]).all():
        return np.take(part, read[0], axis).max(axis, keepdims=True)
    return np.take(part, read, axis).max(axis + 1)


def _behind_step(part, axis, step, sizes):
    """A part of a field behind windows along an axis of these sizes before and behind; padding sees nothing."""
    if part.shape[axis] < sizes[0]:  # all of them see the same
        return part
    cells, exist = cells_behind_step(*sizes, *step)
    read = np.take(part, np.clip(cells, 0, sizes[0] - 1), axis)
    return (read * exist.reshape(*[1] * axis, *exist.shape, *[1] * (part.ndim - axis - 1))).max(axis + 1)
