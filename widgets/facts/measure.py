"""Which cells of its inputs a layer's answer is made of, measured: noise goes in, and what moves comes out.

It takes no gradients: TensorFlow 2.21 with oneDNN ends the process in those of a 1x1 kernel with strides.
"""

import math
import time
import weakref

import keras
import numpy as np
import tensorflow as tf

from widgets.facts.certainty import AT_LEAST, AT_MOST, EXACT, UNKNOWN, surest
from widgets.facts.isolation import isolated_keras, variables_kept
from widgets.facts.known_layers import loops_over_time

LARGEST = 64 * 2**20  # bytes of changed copies for one table
LARGEST_SAMPLE = LARGEST // 2  # which takes a second to fill with noise
CHUNK, SMALL = 8 * 2**20, 2**21  # bytes of them at a time; and so few that they may take what is held back
MOST_SECONDS, HELD_BACK = 0.5, 0.1  # for all that is measured when a tool opens; of it, for small tables
QUIET, MOST_ROUNDS = 4, 64  # of noise: that add nothing, and in all
MOST_NUMBERED, STEP = 2**24, 5.0  # numbers that float32 keeps apart
FAINT = 3e-7  # of an answer: more than the last bit of a number, less than sums in another order differ


class Clock:
    """How many seconds of this process are left for measuring; what else a busy machine does takes none of them."""

    def __init__(self):
        self.left = MOST_SECONDS

    def __enter__(self):
        self._start = time.process_time()

    def __exit__(self, *_):
        self.left -= time.process_time() - self._start

    def allows(self, size):
        """Whether so many bytes of changed copies may be measured now."""
        return self.left > (0 if size <= SMALL else HELD_BACK)


_kept = weakref.WeakKeyDictionary()  # layer or operation -> {shapes and weights: Measurement}


def measurement(operation, shapes, dtypes):
    """What has been measured of a layer, and will be; kept while its weights stay."""
    variables = getattr(operation, "variables", ())
    weights = b"".join(keras.ops.convert_to_numpy(variable).tobytes() for variable in variables)
    key = tuple(map(tuple, shapes)), tuple(dtypes), hash(weights)
    kept = _kept.setdefault(operation, {})
    if key not in kept:
        kept.clear()
    return kept.setdefault(key, Measurement(operation, shapes, dtypes))


def answers_so_far(operation):
    """What has been measured of a layer, by the shapes of its inputs: true of a copy too, as `Measurement.answers`."""
    return {shapes: kept.answers for (shapes, *_), kept in _kept.get(operation, {}).items()}


class Measurement:
    """What one layer reads, for inputs of these shapes. Axes are those of a tensor without its batch."""

    def __init__(self, operation, shapes, dtypes):
        self._variables, self._dtypes = list(getattr(operation, "variables", ())), dtypes
        self._shapes = [tuple(shape[1:]) for shape in shapes]
        self._call, self.answers, self._pace = None, {}, 1e-9  # seconds a sample
        self._loops, self._one_by_one = loops_over_time(operation), type(operation).__name__ == "Matmul"

    def parts_behind(self, call, parts, shapes_after, clock):
        """The parts of the fields of each output and how sure they are, from those of each input; see `Field.parts`.

        `call` takes a list of inputs. It is not kept: the reader's layer would never be forgotten.
        """
        self._call, self._shapes_after = self._compiled(call), [tuple(shape[1:]) for shape in shapes_after]
        try:
            return self._parts_behind(parts, shapes_after, clock)
        finally:
            self._call = None

    def _parts_behind(self, parts, shapes_after, clock):
        varying = [np.max([part.shape[1:] for part in some], 0) > 1 for some in parts]
        if 4 * sum(map(math.prod, self._shapes)) > LARGEST_SAMPLE:
            return [((), UNKNOWN)] * len(shapes_after)
        axes = [(j, a) for j, vary in enumerate(varying) for a in np.nonzero(vary)[0].tolist()]
        ranks, unknown = [len(shape) - 1 for shape in shapes_after], [((), UNKNOWN)] * len(shapes_after)
        with clock, tf.device("CPU:0"), isolated_keras():
            try:
                if ("steady" not in self.answers and clock.left < 0) or not self._once("steady", self._is_steady):
                    return unknown
                sources = self._once("sources", self._sources) if axes else None
            except Exception:  # whatever such a layer raises for noise
                return unknown
        if not axes:  # every cell sees the same, so that it makes no difference which of them are read
            seen = [np.max([part.reshape(2, -1)[:, 0] for part in several], 0) for several in zip(*parts)]
            return [(tuple(one.reshape(2, *[1] * rank) for one in seen), EXACT) for rank in ranks]
        if sources is not None:
            return [(_moved(parts, self._shapes, source), EXACT) for source in sources]
        try:
            tables = [(j, a, *self._table(j, a, clock)) for j, a in axes]
        except Exception:
            return unknown
        return [_behind_tables(parts, tables, i, rank) for i, rank in enumerate(ranks)]

    def _compiled(self, call):
        """A loop over time takes a hundred times as long where Python goes through it."""
        if not self._loops:
            return call
        taken = [tf.TensorSpec((None, *shape), dtype) for shape, dtype in zip(self._shapes, self._dtypes)]
        return tf.function(call, input_signature=[taken], autograph=False)

    def _once(self, name, measure):
        if name not in self.answers:
            self.answers[name] = measure()
        return self.answers[name]

    def _outputs(self, inputs):
        """What comes out, an array each; its shape is the one that Keras says it has, or nothing can be told of it."""
        tensors = [tf.constant(values, dtype) for values, dtype in zip(inputs, self._dtypes)]
        start = time.process_time()
        with variables_kept(self._variables):
            outputs = self._answers(tensors)
            self._pace = max((time.process_time() - start) / len(inputs[0]), 1e-9)
        outputs = [np.asarray(keras.ops.convert_to_numpy(y), "float32") for y in outputs]
        if [y.shape[1:] for y in outputs] != self._shapes_after:  # of an EinsumDense with "..." it says another
            raise ValueError("another shape than Keras says")
        return outputs

    def _answers(self, tensors):
        """TensorFlow 2.20 with oneDNN ends the process in some products of matrices of several samples."""
        samples = zip(*map(tf.unstack, tensors)) if self._one_by_one else ()
        each = [keras.tree.flatten(self._call([x[None] for x in one])) for one in samples]
        return list(map(keras.ops.concatenate, zip(*each))) or keras.tree.flatten(self._call(tensors))

    def _noise(self, random, j, count=1, turn=0):
        """Values for an input: mixed, positive or negative in turn."""
        kind = tf.as_dtype(self._dtypes[j]).as_numpy_dtype
        size = (count, *self._shapes[j])
        if kind is np.bool_:  # where one of many numbers decides, few of them are as it is
            few = 1 / (size[-1] + 1)
            return random.random(size) < (0.5, few, 1 - few)[turn % 3]
        if np.issubdtype(kind, np.integer):
            return random.integers(0, 8, size).astype(kind)
        values = random.normal(size=size).astype("float32")
        return (values, np.abs(values), -np.abs(values))[turn % 3]

    def _is_steady(self):
        """Whether the same sample gives the same answer again, alone and among others, and another one another."""
        random = np.random.default_rng(0)
        one = [self._noise(random, j) for j in range(len(self._shapes))]
        more = [np.concatenate([x, self._noise(random, j, turn=1)]) for j, x in enumerate(one)]
        alone, among = self._outputs(one), self._outputs(more)
        same = all(
            len(b) == 2 and np.allclose(a[0], b[0], rtol=1e-3, atol=_rounding(a), equal_nan=True)
            for a, b in zip(alone, among)
        )
        return same and any(differs(b[1:], b[:1]).any() for b in among)

    def _sources(self):
        """Which number of the inputs each number of an answer is, counted from 1, and 0 for a 0; None if it is none.

        A layer that only moves numbers does so whatever they are: it is given their places, and these shuffled.
        """
        sizes = [int(np.prod(shape)) for shape in self._shapes]
        count = sum(sizes)
        if count >= MOST_NUMBERED or any(dtype != "float32" for dtype in self._dtypes):
            return None
        random = np.random.default_rng(0)
        values = [np.concatenate([[0], random.permutation(count) + 1]) for _ in range(2)]
        values = np.array(values) * random.choice([-1, 1], (2, count + 1))  # signs, or a relu would only move them
        split = np.split(values[:, 1:].astype("float32"), np.cumsum(sizes)[:-1], axis=1)
        answers = self._outputs([part.reshape(2, *shape) for part, shape in zip(split, self._shapes)])
        place = np.zeros(2 * count + 1, "int64")
        place[values[0].astype(int) + count] = np.arange(count + 1)
        sources = []
        for first, second in answers:
            if not (np.isfinite(first).all() and (np.abs(first) <= count).all()):
                return None
            source = place[np.round(first).astype(int) + count]
            if not (np.array_equal(values[0][source], first) and np.array_equal(values[1][source], second)):
                return None
            sources.append(source)
        return sources

    def _table(self, j, axis, clock):
        """For each output a bool array (cells along an axis of input j, *axes of the output): which of them it reads.

        And how sure that is.
        """
        if (j, axis) in self.answers:
            return self.answers[j, axis]
        n, bytes_each = self._shapes[j][axis], 4 * int(np.prod(self._shapes[j]))
        found = None
        if n > 8:
            # Cells apart in any digit: a layer that keeps its cells apart moves those that were changed, and no others.
            digits = np.arange(n) >> np.arange((n - 1).bit_length())[:, None] & 1
            found = self._noised(j, axis, np.concatenate([digits, 1 - digits]) > 0, clock, bytes_each, apart=True)
        if found is None and n * bytes_each <= LARGEST:
            found = self._noised(j, axis, np.eye(n, dtype=bool), clock, bytes_each)
        if found is None:
            found = self._ends(j, axis, clock, bytes_each)
        if found[1] == EXACT:
            self.answers[j, axis] = found
        return found

    def _noised(self, j, axis, subsets, clock, bytes_each, apart=False):
        """Tables as in `_table` of what moves with each subset of the cells, in as many rounds as find something."""
        random, tables, faint, quiet = np.random.default_rng(1), None, None, 0
        for turn in range(MOST_ROUNDS):
            try:
                moved, traces = self._moves(random, turn, j, axis, subsets, bytes_each, clock)
            except TimeoutError:
                return None if tables is None or apart else (tables, AT_LEAST)
            if apart and not all(_stays_apart(table, subsets, axis) for table in moved):
                return None
            before = 0 if tables is None else sum(int(table.sum()) for table in tables)
            tables = moved if tables is None else [old | new for old, new in zip(tables, moved)]
            faint = traces if faint is None else [old | new for old, new in zip(faint, traces)]
            quiet = quiet + 1 if sum(int(table.sum()) for table in tables) == before else 0
            if quiet == QUIET:
                break
        # What a cell far away adds may be lost in rounding: a recurrent layer's memory fades.
        lost = any((one & ~table).any() for one, table in zip(map(_of_cells, faint), map(_of_cells, tables)))
        if apart:
            if any(not (table == along(subsets, axis, table.ndim)).all() for table in map(_of_cells, tables)):
                return None
            n = subsets.shape[1]
            tables = [along(np.eye(n, dtype=bool), axis, table.ndim) for table in tables]
        if not all(_of_cells(table).any(0).all() for table in tables):
            return tables, UNKNOWN
        return [shrunk(table) for table in tables], AT_LEAST if lost else EXACT

    def _moves(self, random, turn, j, axis, subsets, bytes_each, clock):
        """For each output (subsets, *axes): what moves when the cells of a subset are changed; and what does at all."""
        base = [self._noise(random, i, turn=turn) for i in range(len(self._shapes))]
        moved, traces, left = [], [], subsets
        while len(left):
            if not clock.allows(len(subsets) * bytes_each):
                raise TimeoutError
            size = max(int(min(CHUNK // bytes_each, clock.left / self._pace)), 1)
            some, left = left[:size], left[size:]
            inputs = [np.repeat(x, len(some) + 1, 0) for x in base]
            noise = self._noise(random, j, len(some))
            changed = noise if noise.dtype.kind in "iub" else inputs[j][1:] + np.float32(STEP) * noise
            inputs[j][1:] = np.where(along(some, axis, changed.ndim), changed, inputs[j][1:])
            with clock, tf.device("CPU:0"), isolated_keras():
                answers = self._outputs(inputs)
            moved.append([differs(y[1:], y[:1]) for y in answers])
            traces.append([differs(y[1:], y[:1], FAINT) for y in answers])
        return tuple([np.concatenate(parts) for parts in zip(*some)] for some in (moved, traces))

    def _ends(self, j, axis, clock, bytes_each):
        """Where a table would take too long: the first and the last cell along an axis that a middle cell reads."""
        n, tables = self._shapes[j][axis], None
        for late in (False, True):
            low, high = 0, n - 1  # the first cells before it change nothing, those up to it do
            while low < high:
                middle = (low + high) // 2
                subset = np.arange(n) <= middle if not late else np.arange(n) >= n - 1 - middle
                moves = None
                for turn in range(3):
                    new, _ = self._moves(np.random.default_rng(turn), turn, j, axis, subset[None], LARGEST, clock)
                    moves = new if moves is None else [a | b for a, b in zip(moves, new)]
                if moves[0][(0, *_middle(moves[0]))].any():
                    high = middle
                else:
                    low = middle + 1
            tables = tables or [np.zeros((n, *table.shape[1:]), bool) for table in moves]
            for table in tables:
                table[(n - 1 - low if late else low, *_middle(table))] = True
        return tables, AT_LEAST


def _middle(table):
    """The index of a middle cell, with all its channels."""
    return (*(size // 2 for size in table.shape[1:-1]), slice(None))


def along(subsets, axis, ndim):
    """(subsets, cells) with the cells along one axis of a tensor."""
    return np.moveaxis(subsets.reshape(*subsets.shape, *[1] * (ndim - 2)), 1, axis + 1)


def _of_cells(table):
    """The channels of a cell together; the last axis is taken for theirs."""
    return table.any(-1, keepdims=True) if table.ndim > 2 else table


def _stays_apart(table, subsets, axis):
    """Whether nothing moved but in the cells that were changed."""
    if table.ndim <= axis + 1 or table.shape[axis + 1] != subsets.shape[1]:
        return False
    return not (table & ~along(subsets, axis, table.ndim)).any()


def _rounding(values, part=1e-5):
    # A sum made in another order differs so much; of half as many bits, more.
    return part * float(np.abs(values[np.isfinite(values)]).max(initial=1e-30))


def differs(values, base, part=1e-5):
    gone = np.isfinite(values) != np.isfinite(base)
    with np.errstate(invalid="ignore"):
        return (np.abs(values - base) > _rounding(base, part)) | gone


def shrunk(array):
    """An array of size 1 along each axis but the first that makes no difference."""
    for axis in range(1, array.ndim):
        first = array.take([0], axis)
        if (array == first).all():
            array = first
    return array


def _moved(parts, shapes, source):
    """The parts of a field behind a layer that only moves numbers."""
    behind = []
    for several in zip(*parts):
        flat = [np.broadcast_to(part, (2, *shape)).reshape(2, -1) for part, shape in zip(several, shapes)]
        behind.append(shrunk(np.concatenate([np.zeros((2, 1), "float32"), *flat], 1)[:, source]))
    return tuple(behind)


def _behind_tables(parts, tables, output, rank):
    """The parts of an output's field, and how sure they are, from the tables of the axes that make a difference."""
    certainty = surest(sure for *_, sure in tables)
    behind = []
    for several in zip(*parts):
        seen = np.zeros((2, *[1] * rank), "float32")
        for j, part in enumerate(several):
            mine = [(axis, made[output]) for of, axis, made, _ in tables if of == j and part.shape[axis + 1] > 1]
            if not mine:
                seen = np.maximum(seen, part.reshape(2, -1)[:, 0].reshape(2, *[1] * rank))
                continue
            if len(mine) > 1 and certainty != UNKNOWN:  # it may read a part of what the tables allow together
                certainty = surest([certainty, AT_MOST])
            rest = np.moveaxis(part, [axis + 1 for axis, _ in mine], range(1, len(mine) + 1))
            rest = rest.reshape(2, *rest.shape[1 : len(mine) + 1], *[1] * rank)
            for _, table in mine:  # one axis after another gives way to the output's
                reads = table.reshape(1, len(table), *[1] * (rest.ndim - 2 - rank), *table.shape[1:])
                rest = np.where(reads, rest, 0).max(1)
            seen = np.maximum(seen, rest)
        behind.append(seen)
    return tuple(behind), certainty
