"""What a reader hands over as x: values, or a shape, or nothing."""

import functools
import io
import math
import os
import warnings
from collections.abc import Mapping

import keras
import numpy as np

from widgets.language import say

# A boat with its sail to one side: known at a glance, and no flip or turn maps it onto itself. 1 is white.
BOAT = """
...#....
...##...
...###..
...####.
...#....
########
.######.
..####..
"""

FILES = str, os.PathLike, bytes, io.IOBase
AS_THEY_ARE = {"1", "L", "RGB", "RGBA", "I", "I;16", "F"}  # PIL's modes whose numbers are grey values or colours
LARGEST_INPUT = 256 * 2**20  # bytes


def boat():
    """Our 8x8 binary picture as a batch of one: (1, 8, 8, 1).

    >>> boat().shape, int(boat().sum())
    ((1, 8, 8, 1), 29)
    """
    rows = [[cell == "#" for cell in line] for line in BOAT.split()]
    return np.array(rows, "float32")[None, :, :, None]


def default_input(rank, channels=None, channel_axis=-1):
    """What is shown where x is left out: the boat, or a pattern where that does not fit.

    >>> default_input(4).shape, default_input(3).shape, default_input(5, channels=2).shape
    ((1, 8, 8, 1), (1, 12, 1), (1, 5, 6, 7, 2))
    >>> default_input(5, 2, channel_axis=1).shape
    (1, 2, 5, 6, 7)
    """
    if rank == 4 and channels in (None, 1):
        x = boat()
    else:
        x = pattern((1, *{3: (12,), 4: (8, 8), 5: (5, 6, 7)}.get(rank, (6,) * (rank - 2)), channels or 1))
    return np.moveaxis(x, -1, channel_axis)


def pattern(shape, channel_axis=-1):
    """Values for an input of which only the shape is known: shaded forms, seven cells wide, another in each channel.

    They stand side by side on a plane without end, from its first corner on. Each value, a quarter from 0 to 1, depends
    on its position alone, so a cell keeps its number when the input grows or shrinks. With two axes, one is the batch.

    >>> pattern((1, 5, 8, 1))[0, 3, :, 0].tolist()
    [0.25, 0.5, 0.5, 0.5, 0.75, 0.75, 1.0, 0.0]
    >>> bool((pattern((1, 3, 4, 2))[:, :2, :3] == pattern((1, 2, 3, 2))).all())
    True
    """
    if len(shape) < 3:
        return pattern((*shape, 1))[..., 0]
    last = np.moveaxis(np.empty(shape, bool), channel_axis, -1).shape
    sample, *places, channel = np.indices(last, sparse=True)
    tiles = _tiles(len(places))
    values = tiles[((sample + channel) % len(tiles), *(place % 8 for place in places))]
    return np.moveaxis(values, -1, channel_axis)


FORMS = (  # whether a cell is inside, by its distance along each axis from the middle of seven cells
    lambda off: sum(d * d for d in off) <= 10,  # a ball
    lambda off: _most(off) >= 2,  # a frame
    lambda off: off[0] >= (off[-1] if len(off) > 1 else 0),  # a wedge
    lambda off: sum(off) % 4 < 2,  # bands
    lambda off: sum(map(abs, off)) <= 3,  # a diamond
    lambda off: functools.reduce(np.multiply, off) == 0,  # a cross
    lambda off: (4 <= sum(d * d for d in off)) & (sum(d * d for d in off) <= 13),  # a ring
    lambda off: off[0] % 2 == 0,  # rows
)


@functools.cache
def _tiles(rank):
    """Eight forms, then the same from one cell further on, and so on: (64, 8, ..., 8), each with an empty cell behind.

    The shade grows along the axes, by another slope for each: no form is its own flip or turn.
    """
    tiles = []
    for turn in range(8):
        off = [(place + turn) % 8 - 3 for place in np.indices((8,) * rank)]
        slope, steepest = sum(axis * d for axis, d in enumerate(off, 1)), 3 * sum(range(1, rank + 1))
        shade = (1 + (slope + steepest) * 4 // (2 * steepest + 1)) / 4
        tiles += [np.where(form(off) & (_most(off) <= 3), shade, 0) for form in FORMS]
    return np.array(tiles, "float32")


def _most(off):
    return functools.reduce(np.maximum, map(abs, off))


def is_shape(x):
    """Whether x says how large an input is, rather than what is in it.

    >>> is_shape((1, 8, 8, 3)), is_shape([[1, 0], [0, 1]])
    (True, False)
    """
    if hasattr(x, "as_list"):  # a tf.TensorShape
        return x.rank is not None
    return isinstance(x, (tuple, list)) and len(x) > 0 and all(size is None or is_whole(size) for size in x)


def as_shape(x, rank, wanted=()):
    """The shape as a tuple of `rank` ints, batch first; None as batch is 1. `wanted` is as in `example_shape`.

    Raises ValueError for another rank, a size under 1, or more than 256 MiB of float32.
    """
    shape = tuple(x.as_list() if hasattr(x, "as_list") else x)
    if len(shape) == rank and shape[0] is None:
        shape = (1, *shape[1:])
    if len(shape) != rank or any(not is_whole(size) or size < 1 for size in shape):
        near = (1, *shape) if len(shape) == rank - 1 and shape[:1] != (1,) else shape  # a batch of one
        near = [n if size is None else size for n, size in zip(example_shape(rank), near)] if len(near) == rank else []
        example = example_shape(rank, wanted, near if all(is_whole(size) and size > 0 for size in near) else ())
        raise ValueError(say("facts.bad_shape", rank=rank, received=shape, example=example))
    shape = tuple(int(size) for size in shape)
    if (size := 4 * math.prod(shape)) > LARGEST_INPUT:
        raise ValueError(say("facts.large_input", size=f"{size:,}", limit=f"{LARGEST_INPUT:,}", received=shape))
    return shape


def example_shape(rank, wanted=(), near=()):
    """A shape for an input of so many axes, batch first; `wanted` has the sizes that it must have, else None.

    >>> example_shape(4), example_shape(3, (None, None, 2))
    ((1, 8, 8, 3), (1, 8, 2))
    """
    shape = near or (1, *[8] * ((rank or 4) - 2), 3)
    return tuple(must or size for size, must in zip(shape, wanted or shape))


def as_values(x, rank, channel_axis=-1, wanted=()):
    """The values as a float32 array with `rank` axes, batch first; with rank None, any number of them.

    What can only mean one thing is taken for it: a path is read, a photograph is a batch of one, and so is what lacks
    batch and channels; of a dataset the first batch is taken, and of (x, y) in it x. `channel_axis` is where the
    layer has its channels: there a photograph's go; `wanted` is as in `example_shape`.
    Raises TypeError where x does not hold real numbers in all of its cells, ValueError for another rank or no cells.

    >>> as_values(np.zeros((20, 30, 3)), 4).shape, as_values(np.zeros((20, 30)), 4).shape
    ((1, 20, 30, 3), (1, 20, 30, 1))
    """
    try:
        taken, code = _taken(x)
        real = _holds_numbers(taken)
    except Exception:  # no such file, an empty dataset
        real = False
    if not real and isinstance(x, FILES):
        received = repr(os.fspath(x)) if isinstance(x, (str, os.PathLike)) else type(x).__name__
        raise TypeError(say("facts.bad_path", received=received))
    example = example_shape(rank, wanted)
    if not real:
        received = type(x).__name__ + (f" of {x.dtype}" if hasattr(x, "dtype") and not isinstance(x, type) else "")
        fields = {"received": received, "example": example, "remedy": _remedy(x, example) or example}
        raise TypeError(say("facts.not_numbers", **fields))
    if np.ma.is_masked(x):
        raise TypeError(say("facts.masked"))
    values = np.asarray(taken)
    lacking = 0 if rank is None else rank - values.ndim
    if lacking == 2 and values.ndim > 0:
        values = np.expand_dims(values[None], channel_axis)
    elif lacking == 1 and rank == 4 and (isinstance(x, FILES) or _is_photograph(values.shape)):
        values = np.moveaxis(values[None], -1, channel_axis)
    elif lacking == 1 and rank == 4 and channel_axis == 1 and _is_photograph((*values.shape[1:], values.shape[0])):
        values = values[None]
    axes = rank or max(values.ndim, 1)
    if values.ndim != axes or values.size == 0:
        lacking = lacking if values.size else 0
        remedy = {1: "facts.try_a_batch", -1: "facts.try_a_part"}.get(lacking, "facts.try_a_shape")
        square = values.ndim == 3 and values.shape[-1] == values.shape[-2] > 4
        if lacking == 1 and (values.shape[:1] == (1,) or square):  # a batch of one, it seems, or of grey pictures
            remedy = "facts.try_a_channel"
        if not (isinstance(taken, np.ndarray) or hasattr(taken, "device")):  # what knows no index such as None
            code = f"numpy.asarray({code})"
        remedy = say(remedy, example=example, x=code)
        raise ValueError(say("facts.bad_rank", rank=axes, received=values.shape, remedy=remedy))
    if (size := 4 * values.size) > LARGEST_INPUT:
        raise ValueError(say("facts.large_input", size=f"{size:,}", limit=f"{LARGEST_INPUT:,}", received=values.shape))
    with np.errstate(over="ignore"):  # float64 beyond float32 becomes inf, as it does in Keras
        return values.astype("float32")  # always a copy: what was handed over stays the reader's


def _taken(x):
    """What holds the numbers in x, and the code that takes it from there."""
    if isinstance(x, FILES):
        import PIL.Image  # only for pictures in files

        return PIL.Image.open(io.BytesIO(x) if isinstance(x, bytes) else x).convert("RGB"), "x"
    if getattr(x, "mode", None) not in AS_THEY_ARE and hasattr(x, "getbands"):  # numbers of a palette, or of inks
        return x.convert("RGB"), 'x.convert("RGB")'
    if hasattr(x, "element_spec"):  # a dataset of TensorFlow's
        first = next(iter(x))
        return (first[0], "next(iter(x))[0]") if isinstance(first, tuple) else (first, "next(iter(x))")
    return (x.detach().cpu(), "x.detach().cpu()") if hasattr(x, "detach") else (x, "x")  # a tensor of torch's


def _is_photograph(shape):
    return shape[-1] in (3, 4) and min(shape[:-1]) > 4


def _remedy(x, example, code="x"):
    """What to hand over in place of x, which holds no real numbers, as code; "" where it leads to none."""
    if x is None:  # of an empty dataset
        return ""
    if code != "x" and _holds_numbers(x):
        return code
    if isinstance(x, Mapping) and x:  # a picture rather than its label
        name = max(x, key=lambda name: len(getattr(x[name], "shape", ())))
        return _remedy(x[name], example, f"{code}[{name!r}]")
    if isinstance(x, (tuple, list)) and x and (hasattr(x[0], "shape") or isinstance(x[0], (Mapping, tuple))):
        return _remedy(x[0], example, f"{code}[0]")
    if hasattr(x, "__next__"):
        return f"next({code}, {example})"  # it may be empty, which nobody sees from outside
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the imaginary part, which goes
            _array(x, "float32")
    except Exception:
        shape = getattr(x, "shape", None)
        if shape is not None:  # of a tensor without values
            fits = is_shape(shape) and len(shape) == len(example) and None not in tuple(shape)[1:]
            return f"{code}.shape" if fits else ""
        if not hasattr(x, "__iter__") or isinstance(x, (list, tuple, Mapping, set, bytes, str, type)):
            return ""
        try:
            return _remedy(next(iter(x), None), example, f"next(iter({code}))")
        except Exception:  # whatever the reader's own raises
            return ""
    return f'numpy.asarray({code}, "float32")'


def _holds_numbers(x):
    try:
        dtype = _array(x).dtype
    except Exception:  # no such file, a tensor without values, nested lists of unequal length
        return False
    return dtype.kind in "biuf" or np.can_cast(dtype, "float32")


def _array(x, *dtype):
    if isinstance(x, keras.utils.PyDataset):
        raise TypeError  # NumPy would read all of it, and those of pictures have no end
    return np.asarray(x, *dtype)


def is_whole(size):
    """Whether this is a whole number, True and False not among them."""
    return isinstance(size, (int, np.integer)) and not isinstance(size, bool)
