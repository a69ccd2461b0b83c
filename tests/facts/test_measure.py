"""What is measured of a layer is what changing its input brings out; what the lists of known layers say is measured."""

import gc
import time
import weakref

import keras
import numpy as np
import pytest
import tensorflow as tf
from changing import reach
from keras import layers, ops

from widgets import explore
from widgets.facts import measure, receptive_fields
from widgets.facts.known_layers import CELLWISE
from widgets.facts.measure import MOST_SECONDS, Clock
from widgets.facts.measured_tables import measured_tables
from widgets.facts.model import ModelSteps
from widgets.facts.receptive_fields import chain_field, fields_behind, input_field, keeps_cells


def measured(layer, shape):
    """The field of a layer as measured, whatever a list says of it."""
    before = input_field(shape)
    call = lambda inputs: receptive_fields.call_layer(layer, *inputs)  # noqa: E731
    after = [(shape[0], *layer(np.zeros(shape, "float32")).shape[1:])]
    ((parts, certainty),) = measure.Measurement(layer, [shape], ["float32"]).parts_behind(
        call, [before.parts], after, Clock()
    )
    return before, parts, certainty


def known_layers():
    """A layer of each listed class that the package lists as acting on each cell by itself."""
    arguments = {"Dropout": 0.5, "AlphaDropout": 0.5, "GaussianDropout": 0.5, "GaussianNoise": 1.0, "Rescaling": 2.0}
    arguments |= {f"SpatialDropout{rank}D": 0.5 for rank in (1, 2, 3)}
    made = [layers.Normalization(mean=[0.5, 0.1], variance=[2.0, 1.0])]
    for name in sorted(CELLWISE - {"Normalization"}):
        if hasattr(layers, name):
            made.append(getattr(layers, name)(*[arguments[key] for key in (name,) if key in arguments]))
    return made


@pytest.mark.parametrize("layer", known_layers(), ids=lambda layer: type(layer).__name__)
def test_a_layer_that_is_listed_as_acting_on_each_cell_is_measured_to_do_so(layer):
    shape = {"SpatialDropout1D": (1, 5, 2), "SpatialDropout3D": (1, 3, 4, 5, 2)}.get(type(layer).__name__, (1, 9, 4, 2))
    before, parts, certainty = measured(layer, shape)
    assert certainty == "exact"
    assert all(map(np.array_equal, before.parts, parts))


@pytest.mark.parametrize("name", sorted(n for n in CELLWISE if hasattr(ops, n.lower()) and not hasattr(layers, n)))
def test_an_operation_that_is_listed_as_acting_on_each_cell_is_measured_to_do_so(name):
    arguments = {"clip": (-1.0, 1.0), "cast": ("float32",)}.get(name.lower(), ())
    before, parts, certainty = measured(
        layers.Lambda(lambda x: getattr(ops, name.lower())(x, *arguments)), (1, 9, 4, 2)
    )
    if name in ("Log", "Sqrt", "Rsqrt", "Log1p"):
        assert certainty in ("exact", "unknown")  # of negative numbers there is nothing to see
        return
    assert certainty == "exact"
    assert all(map(np.array_equal, before.parts, parts))


@pytest.mark.parametrize(
    "layer",
    [
        layers.Conv2D(2, (3, 2), strides=(2, 1), padding="same"),
        layers.MaxPooling2D((3, 2), strides=2),
        layers.AveragePooling2D(2, padding="same"),
        layers.Conv2DTranspose(2, 4, strides=2, padding="same"),
        layers.UpSampling2D(3),
        layers.UpSampling2D((2, 3), interpolation="bilinear"),
        layers.ZeroPadding2D(((1, 0), (2, 3))),
        layers.Cropping2D(((1, 0), (2, 3))),
        layers.DepthwiseConv2D(3, depth_multiplier=2),
        layers.Dense(3),
        layers.Flatten(),
        layers.Reshape((6, 11, 4)),
        layers.Reshape((-1, 2)),
        layers.LayerNormalization(axis=[1, 2]),
        layers.GroupNormalization(1),
        layers.Softmax(axis=1),
    ],
    ids=lambda layer: layer.name,
)
def test_what_is_known_of_a_layer_is_what_is_measured_of_it(layer):
    shape = (1, 11, 12, 2)
    before, parts, certainty = measured(layer, shape)
    (known,) = fields_behind(layer, [before], [shape], [(1, *layer(np.zeros(shape, "float32")).shape[1:])])
    assert certainty == "exact"
    full = (2, *layer(np.zeros(shape, "float32")).shape[1:])
    for one, other in zip(seen(known.parts, full), seen(parts, full)):
        assert np.array_equal(one, other)


def seen(parts, shape):
    """Fields as whole arrays, of all channels together; a cell that sees nothing along one axis sees nothing."""
    whole = [np.broadcast_to(part, shape) for part in parts]
    return [np.where(np.min(whole, 0) > 0, part, 0).max(-1) for part in whole]


def told(f, shape=(1, 12, 14, 2)):
    layer = layers.Lambda(f)
    return chain_field([layer], [shape, tuple(layer(np.zeros(shape, "float32")).shape)])


@pytest.mark.parametrize(
    "f, wanted",
    [
        (lambda x: x[:, ::-1], (1, 1)),
        (lambda x: tf.nn.avg_pool2d(x, (3, 2), 1, "SAME"), (3, 2)),
        (lambda x: tf.nn.max_pool2d(x, (1, 4), 2, "VALID"), (1, 4)),
        (lambda x: x - tf.reduce_mean(x, 1, keepdims=True), (12, 1)),
        (lambda x: tf.cumsum(x, 2), (1, 14)),
        (lambda x: tf.image.resize(x, (6, 7), "nearest"), (1, 1)),
        (lambda x: tf.sort(x, 1), (12, 1)),
        (lambda x: tf.nn.relu(x[:, 2:] - x[:, :-2]), (3, 1)),
        (lambda x: tf.where(x > 0, x, tf.roll(x, 3, 1)), (10, 1)),  # the first three cells read the last three
    ],
)
def test_a_function_of_the_readers_is_told_by_what_moves(f, wanted, monkeypatch):
    assert told(f) == (wanted, "exact")
    assert reach(layers.Lambda(f), (1, 12, 14, 2)) == wanted


@pytest.mark.parametrize(
    "f",
    [
        lambda x: x + tf.random.normal(tf.shape(x)),
        lambda x: x * 0.0,
        lambda x: x + tf.reduce_mean(x, 0, keepdims=True),  # samples are mixed
        lambda x: tf.nn.relu(x - 1000.0),
    ],
    ids=["random", "nothing moves", "batch", "dead"],
)
def test_what_noise_tells_nothing_of_is_unknown_and_never_one_cell(f):
    assert told(f) == (None, "unknown")


def test_what_a_layer_behind_an_unknown_one_sees_is_unknown_too():
    chain = [layers.Lambda(lambda x: x * 0.0), layers.Conv1D(1, 3)]
    assert chain_field(chain, [(1, 9, 1), (1, 9, 1), (1, 7, 1)]) == (None, "unknown")


def test_without_room_for_a_large_table_the_ends_of_a_middle_cells_field_are_looked_up(monkeypatch):
    monkeypatch.setattr(measure, "LARGEST", 1000)
    assert told(lambda x: tf.nn.avg_pool2d(x, (5, 3), 1, "SAME")) == ((5, 3), "at least")


def test_without_any_time_what_a_large_layer_sees_is_unknown(monkeypatch):
    monkeypatch.setattr(measure, "SMALL", 0)
    monkeypatch.setattr(measure, "MOST_SECONDS", 0)
    assert told(lambda x: tf.nn.avg_pool2d(x, (5, 3), 1, "SAME")) == (None, "unknown")


def test_without_any_time_nothing_is_said_of_a_small_layer_either(monkeypatch):
    monkeypatch.setattr(measure, "MOST_SECONDS", 0)
    assert told(lambda x: tf.nn.avg_pool2d(x, (5, 3), 1, "SAME"), (1, 9, 9, 1)) == (None, "unknown")


class Counting(layers.Layer):
    """Counts its calls, in a variable and in Python's way."""

    calls = 0

    def build(self, shape):
        self.seen = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x):
        Counting.calls += 1
        self.seen.assign_add(1.0)
        return x + ops.roll(x, 1, 1)


def test_a_measurement_is_kept_while_the_layer_is_unchanged_and_leaves_its_weights():
    layer = Counting()
    layer.build((1, 9, 2))
    shapes = [(1, 9, 2), (1, 9, 2)]
    first = chain_field([layer], shapes)
    assert layer.seen.numpy() == 0
    calls = Counting.calls
    assert chain_field([layer], shapes) == first == (None, "exact")
    assert Counting.calls == calls
    layer.seen.assign(5.0)
    assert chain_field([layer], shapes) == first
    assert Counting.calls > calls


def test_measuring_draws_no_random_number_of_the_readers():
    def drawn(look):
        keras.utils.set_random_seed(3)
        if look:
            chain_field([layers.Lambda(lambda x: ops.roll(x, 1, 1) + x)], [(1, 9, 2), (1, 9, 2)])
        return np.random.random(), float(keras.random.normal(())), layers.Dense(1).name

    assert drawn(False)[:2] == drawn(True)[:2]


@pytest.mark.parametrize("f", [lambda x: ops.flip(x, 1), lambda x: ops.transpose(x, (0, 2, 1, 3))])
def test_cells_that_only_change_places_are_not_drawn_as_if_they_stayed(f):
    assert not keeps_cells(layers.Lambda(f), (1, 9, 9, 2))
    assert keeps_cells(layers.Lambda(lambda x: 2 * x + 1), (1, 9, 9, 2))


def test_a_layer_that_was_measured_is_forgotten_with_the_reader():
    layer = Counting()
    chain_field([layer], [(1, 9, 2), (1, 9, 2)])
    gone = weakref.ref(layer)
    del layer
    gc.collect()
    assert gone() is None


def test_a_memory_that_fades_into_rounding_is_said_to_reach_at_least_so_far():
    fading = 0.1 ** np.arange(8, dtype="float32")[:, None, None]
    sizes, certainty = told(lambda x: tf.nn.conv1d(x, fading, 1, "VALID"), (1, 20, 1))
    assert certainty == "at least" and 4 <= sizes[0] < 8


STEPS = {
    "lstm at each step": ((3, 9, 2), lambda: layers.TimeDistributed(layers.LSTM(3, return_sequences=True))),
    "the last of each step": ((3, 9, 2), lambda: layers.TimeDistributed(layers.GRU(3))),
    "twice": (
        (2, 3, 7, 1),
        lambda: layers.TimeDistributed(layers.TimeDistributed(layers.SimpleRNN(2, return_sequences=True))),
    ),
    "softmax of rows": ((3, 6, 5, 2), lambda: layers.TimeDistributed(layers.Softmax(axis=1))),
    "both ways": (
        (3, 6, 1),
        lambda: layers.Bidirectional(layers.ConvLSTM1D(2, 3, padding="same", return_sequences=True)),
    ),
}


@pytest.mark.parametrize("name", STEPS)
def test_a_layer_that_goes_through_time_is_told_by_what_moves_and_python_does_not_go_with_it(name, monkeypatch):
    shape, build = STEPS[name]
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input(shape), build()])
    cells = layers.LSTMCell, layers.GRUCell, layers.SimpleRNNCell, keras.src.layers.rnn.conv_lstm.ConvLSTMCell
    for cell in cells:
        monkeypatch.setattr(cell, "call", counted(cell.call))
    STEPPED.clear()
    steps = explore(model).steps
    assert len(STEPPED) < 3 * np.prod(shape[:-1]) + 12
    seen = reach(model, (1, *shape)) if len(model.output_shape) > 2 else None
    assert (steps[0]["receptive_field"], steps[0]["receptive_field_is"]) == (seen, "exact")


STEPPED = []


def counted(call):
    def counting(*arguments, **options):
        STEPPED.append(1)
        return call(*arguments, **options)

    return counting


def test_the_links_of_a_layer_at_each_step_stay_in_their_step():
    layer = layers.TimeDistributed(layers.Softmax(axis=1))
    tables = measured_tables(layer, (1, 3, 4, 5, 2), (1, 3, 4, 5, 2), 4)
    assert [one.tolist() for one in tables.reads] == [[[0], [1], [2]], [[0, 1, 2, 3]] * 4, [[n] for n in range(5)]]
    assert (tables.axes, tables.certainty) == ((0, 1, 2), "exact")


def test_of_a_layer_whose_answer_has_another_shape_than_keras_says_nothing_is_told():
    layer = layers.EinsumDense("...c,cd->...d", output_shape=(3,))
    layer.build((1, 5, 6, 2))
    said = layer.compute_output_shape((1, 5, 6, 2))
    assert (tuple(said), layer(np.zeros((1, 5, 6, 2))).shape) == ((1, 6, 5, 3), (1, 5, 6, 3))
    assert chain_field([layer, layers.Conv2D(1, 2)], [(1, 5, 6, 2), said, (1, 5, 4, 1)]) == (None, "unknown")


def test_a_product_of_matrices_is_measured_sample_by_sample(monkeypatch):
    # TensorFlow 2.20 with oneDNN gives wrong numbers for several samples of one matrix each, or ends the process.
    x = keras.Input((4, 6, 5))
    model = keras.Model(x, ops.matmul(x, np.ones((5, 4), "float32")))
    seen, call = [], model.operations[-1].call
    monkeypatch.setattr(model.operations[-1], "call", lambda a, b: (seen.append(len(a)), call(a, b))[1])
    (row,) = ModelSteps(model, None).rows
    assert (row["receptive_field"], row["receptive_field_is"]) == ((1, 1), "exact")
    assert set(seen) == {1}


def test_a_condition_is_an_input_that_is_measured():
    x = keras.Input((9, 8, 2))
    model = keras.Model(x, ops.where(x > 0, x, ops.roll(x, 2, axis=1)))
    rows = ModelSteps(model, None).rows
    assert (rows[-1]["receptive_field"], rows[-1]["receptive_field_is"]) == (reach(model, (1, 9, 8, 2)), "exact")
    words = keras.Input((7,), dtype="int32")
    read = layers.SimpleRNN(2, return_sequences=True)(layers.Embedding(9, 3, mask_zero=True)(words))
    assert ModelSteps(keras.Model(words, read), None).rows[-1]["receptive_field_is"] != "unknown"


def test_a_layer_that_takes_long_for_each_sample_is_not_measured_for_longer_than_there_is_time(monkeypatch):
    monkeypatch.setattr(measure, "MOST_SECONDS", MOST_SECONDS)
    shape = (10, 64, 64, 1)
    model = keras.Sequential([keras.Input(shape)])
    for size in (5, 3, 1):
        model.add(layers.ConvLSTM2D(32, size, padding="same", return_sequences=True))
    start = time.process_time()
    rows = ModelSteps(model, None).rows
    assert time.process_time() - start < 1.5  # half a second, what is begun, and one call of each
    assert {row["receptive_field_is"] for row in rows} <= {"unknown", "at least"}


def test_the_cells_that_are_drawn_are_measured_in_the_time_that_is_left(monkeypatch):
    begun, start = [], Clock.__init__
    monkeypatch.setattr(Clock, "__init__", lambda self, *some: (begun.append(1), start(self, *some))[1])
    ModelSteps(keras.Sequential([keras.Input((9, 8, 2)), layers.Lambda(lambda t: t * 2)]), None)
    assert len(begun) == 1


def test_a_sample_too_large_to_be_called_in_time_is_not_measured(monkeypatch):
    monkeypatch.setattr(measure, "LARGEST_SAMPLE", 4 * 9 * 8)
    calls = []

    def add(x):
        calls.append(x.shape)
        return x + ops.roll(x, 1, 1)

    for rows, certainty, called in ((10, "unknown", False), (9, "exact", True)):
        calls.clear()
        shape = (1, rows, 8)
        assert chain_field([layers.Lambda(add, (rows, 8))], [shape, shape])[1] == certainty
        assert any(size[1] == rows for size in calls) == called
