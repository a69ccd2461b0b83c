"""What people hand over: wrappers, own layers, operations, normalisation over space, U-Nets, text, both data formats.

The right values come from changing cells, from Keras' own counts, or from sums by hand.
"""

import keras
import numpy as np
import pytest
from changing import reach
from keras import layers, ops

from widgets import DeformableConv2D, compare, explore, goal
from widgets.facts.code_line import layer_code
from widgets.facts.model import ModelSteps

AWAY = {"kernel_initializer": keras.initializers.RandomUniform(0.4, 1.0, seed=1)}
FIRST = {"data_format": "channels_first"}


def stack(shape, *of):
    return keras.Sequential([keras.Input(shape), *of])


def made(shape, f, **options):
    x = keras.Input(shape, **options)
    return keras.Model(x, f(x))


def last(model, x=None):
    return ModelSteps(model, x).rows[-1]


class Twice(layers.Layer):
    """Holds two convolutions, one of them in a list."""

    def __init__(self):
        super().__init__()
        self.parts = [layers.Conv2D(2, (1, 3), padding="same", **AWAY) for _ in range(2)]

    def call(self, x):
        return self.parts[1](self.parts[0](x))


class Held(layers.Layer):
    """Holds a convolution by a name."""

    def __init__(self):
        super().__init__()
        self.convolution = layers.Conv2D(2, 3)

    def call(self, x):
        return self.convolution(x)


class Built(Held):
    """Builds what it holds itself."""

    def build(self, shape):
        self.convolution.build(shape)


class Parts(layers.Layer):
    """Returns two tensors by name."""

    def call(self, x):
        return {"as it is": x, "moved": ops.roll(x, 1, 1)}


class Gate(layers.Layer):
    """No weights: the middle row decides on all others."""

    def call(self, x):
        return x * ops.sigmoid(x[:, 5:6])


def conv(*arguments, **options):
    return layers.Conv2D(*arguments, **AWAY | options)


def unet(x):
    down = conv(2, 3, padding="same")(x)
    deep = conv(2, 3, padding="same")(layers.MaxPooling2D(2)(down))
    return conv(1, 3, padding="same")(layers.Concatenate()([down, layers.UpSampling2D(2)(deep)]))


SEEN = {
    # wrappers and own layers
    "spectral twice": stack((16, 15, 2), layers.SpectralNormalization(conv(3, (3, 2))), conv(1, 2)),
    "time distributed pool": stack((3, 9, 8, 1), layers.TimeDistributed(layers.MaxPooling2D(2)), layers.Conv3D(1, 2)),
    "bidirectional": stack((7, 2), layers.Bidirectional(layers.SimpleRNN(2, return_sequences=True))),
    "frames in a row": stack(
        (3, 6, 5, 2), layers.TimeDistributed(conv(2, 2)), layers.TimeDistributed(layers.Flatten()), layers.GRU(2)
    ),
    "steps that may be masked": stack(
        (9, 30),
        layers.Masking(),
        layers.BatchNormalization(),
        layers.TimeDistributed(layers.Dense(2)),
        layers.Conv1D(1, 3),
    ),
    "masked and recurrent": stack((5, 30), layers.Masking(), layers.SimpleRNN(2, return_sequences=True)),
    "two in a list": stack((12, 15, 2), Twice(), conv(1, 3)),
    "gate": stack((11, 12, 1), Gate(), conv(1, 2)),
    "nested": stack((15, 16, 1), stack((15, 16, 1), conv(2, 3), layers.AveragePooling2D(2)), conv(1, 2)),
    # normalisation and softmax over space, dense over space
    "softmax of rows": stack((9, 8, 2), conv(2, 2), layers.Softmax(axis=1), conv(1, 2)),
    "unit of columns": stack((9, 8, 2), layers.UnitNormalization(axis=2), conv(1, 2)),
    "groups of channels": stack((9, 8, 4), conv(4, 2), layers.GroupNormalization(2)),
    "dense over columns": made(
        (9, 8, 2), lambda x: layers.Permute((1, 3, 2))(layers.Dense(5)(layers.Permute((1, 3, 2))(x)))
    ),
    # axes that move
    "permute": stack((14, 11, 2), conv(2, (1, 4)), layers.Permute((2, 1, 3)), conv(2, (1, 3))),
    "flatten and back": stack(
        (6, 4, 2), conv(2, 2, padding="same"), layers.Flatten(), layers.Reshape((6, 4, 2)), conv(1, 3)
    ),
    "swap": made((12, 9, 1), lambda x: conv(1, (3, 1))(ops.swapaxes(conv(1, (3, 1))(x), 1, 2))),
    # sizes that change
    "resizing": stack((20, 18, 1), conv(1, 2), layers.Resizing(9, 9, interpolation="nearest"), conv(1, 2)),
    "lanczos": stack((12, 11, 1), layers.UpSampling2D(2, interpolation="lanczos3")),
    # operations
    "slices": made((12, 14, 2), lambda x: x[:, 2:] - x[:, :-2]),
    "mean of columns": made((12, 9, 2), lambda x: conv(1, 2)(x - ops.mean(x, 2, keepdims=True))),
    # Of one channel, TensorFlow 2.20 with oneDNN gives wrong numbers or ends.
    "matmul": made((6, 5, 2), lambda x: ops.matmul(ops.transpose(x, (0, 3, 1, 2)), np.ones((5, 4), "float32"))[:, 0]),
    "convolution": made((12, 9, 2), lambda x: conv(1, 2)(ops.conv(x, np.ones((1, 3, 2, 2), "float32")))),
    "lambda": stack((12, 9, 2), layers.Lambda(lambda x: ops.max(x, 1, keepdims=True) + x), conv(1, 2)),
    "coordinates": made(
        (12, 9, 1), lambda x: conv(1, 2)(ops.concatenate([x, ops.ones_like(x) * np.linspace(0, 1, 9)[:, None]], -1))
    ),
    "of zeros": made((12, 9, 1), lambda x: conv(1, 2)(x) + ops.zeros_like(x)[:, 1:, 1:]),
    "concatenated rows": made((12, 9, 1), lambda x: conv(1, 2)(ops.concatenate([x[:, 6:], x[:, :6]], 1))),
    # vectors behind different paths
    "two pools added": made(
        (9, 8, 2), lambda x: layers.Add()([layers.GlobalAveragePooling2D()(x), layers.GlobalMaxPooling2D()(x)])
    ),
    "two heads multiplied": made(
        (5, 4, 2), lambda x: layers.Multiply()([layers.Dense(3, **AWAY)(layers.Flatten()(x)) for _ in range(2)])
    ),
    # pooled and grown again
    "pool 3 and up 3": stack((12, 15, 1), layers.AveragePooling2D(3), layers.UpSampling2D(3)),
    "stride 2 and transposed": stack(
        (16, 14, 1), conv(1, 2, strides=2), layers.Conv2DTranspose(1, 2, strides=2, **AWAY)
    ),
    "u-net": made((20, 24, 1), unet),
}
if hasattr(ops, "space_to_depth"):  # newer than the hosted versions
    SEEN["space to depth"] = made((12, 10, 1), lambda x: conv(1, 2)(ops.space_to_depth(x, 2)))
if hasattr(layers, "AdaptiveMaxPooling2D"):
    SEEN["adaptive"] = stack((13, 11, 1), layers.AdaptiveMaxPooling2D((4, 3)))


@pytest.mark.parametrize("join", [layers.Concatenate(axis=0), lambda pair: ops.concatenate(pair, 0)])
def test_what_is_joined_along_the_batch_is_listed(join):
    rows = ModelSteps(made((8, 9, 1), lambda x: conv(1, 2)(join([x, x]))), None).rows
    assert [row["output_shape"] for row in rows] == [(2, 8, 9, 1), (2, 7, 8, 1)]
    assert rows[-1]["receptive_field_is"] == "unknown"


class Halved(layers.Layer):
    """Says of itself that it keeps all rows."""

    def call(self, x):
        return x[:, ::2]

    def compute_output_shape(self, shape):
        return shape


@pytest.mark.parametrize(
    "layer",
    [
        Halved(),
        layers.Lambda(lambda x: x[:, ::2], output_shape=(12, 9, 2)),
        layers.EinsumDense("...c,cd->...d", output_shape=(2,)),
    ],
)
def test_where_a_shape_that_is_claimed_is_not_so_the_answers_is_told(layer):
    rows = ModelSteps(stack((12, 9, 2), layer, layers.Conv2D(1, 2)), None).rows
    y = layer(np.ones((1, 12, 9, 2), "float32"))
    assert [row["output_shape"] for row in rows] == [y.shape, (1, y.shape[1] - 1, y.shape[2] - 1, 1)]
    assert rows[1]["macs"] == (y.shape[1] - 1) * (y.shape[2] - 1) * 2 * 2 * 2


@pytest.mark.parametrize("name", SEEN)
def test_what_is_said_to_be_seen_is_what_moves_the_answer(name):
    model = SEEN[name]
    row = last(model)
    assert row["receptive_field_is"] == "exact"
    assert row["receptive_field"] == reach(model, (1, *model.input_shape[1:]))


def test_where_rows_were_split_into_two_axes_what_is_said_is_at_most():
    model = made((12, 10, 1), lambda x: conv(1, 2)(ops.mean(ops.reshape(x, (-1, 6, 2, 10, 1)), 2)))
    row = last(model)
    assert (row["receptive_field"], row["receptive_field_is"]) == ((4, 2), "at most")
    assert reach(model, (1, 12, 10, 1)) == (4, 2)


def test_text_has_windows_too():
    ids = made((30,), lambda x: layers.Conv1D(2, 4)(layers.Embedding(50, 3)(x)), dtype="int32")
    assert [row["receptive_field"] for row in ModelSteps(ids, None).rows] == [(1,), (4,)]
    pooled = made(
        (30,), lambda x: layers.MaxPooling1D(2)(layers.Conv1D(2, 4)(layers.Embedding(9, 3)(x))), dtype="int32"
    )
    assert last(pooled)["receptive_field"] == (5,)
    masked = made((6,), lambda x: layers.TimeDistributed(layers.Dense(2))(layers.Embedding(9, 3, mask_zero=True)(x)))
    assert [row["receptive_field"] for row in ModelSteps(masked, None).rows] == [(1,)] * 3
    one, other = (layers.Embedding(9, 3, mask_zero=True) for _ in range(2))
    twice = made((6,), lambda x: layers.TimeDistributed(layers.Dense(2))(layers.Add()([one(x), other(x)])))
    assert {row["receptive_field"] for row in ModelSteps(twice, None).rows} == {(1,)}
    unbuilt = keras.Sequential([layers.Embedding(60, 4), layers.SeparableConv1D(5, 3, dilation_rate=2)])
    assert [step["receptive_field"] for step in explore(unbuilt, (1, 20)).steps] == [(1,), (5,)]


def test_a_generators_cells_see_all_of_its_vector():
    model = stack((6,), layers.Dense(3 * 4 * 2), layers.Reshape((3, 4, 2)), layers.Conv2DTranspose(1, 3, strides=2))
    rows = ModelSteps(model, None).rows
    assert [(row["receptive_field"], row["receptive_field_is"]) for row in rows] == [(None, "exact")] * 3


def test_a_deformable_layer_that_moves_its_points_sees_at_least_its_grid():
    layer = DeformableConv2D(1, 3)
    model = stack((9, 9, 1), layer)
    assert (last(model)["receptive_field"], last(model)["receptive_field_is"]) == ((3, 3), "exact")
    layer.offset_bias.assign(layer.offset_bias + 2.5)
    assert (last(model)["receptive_field"], last(model)["receptive_field_is"]) == ((3, 3), "at least")


def test_compare_says_how_sure_it_is():
    chain = keras.Sequential([layers.Conv2D(2, 3), layers.Softmax(axis=1)])
    still = layers.Lambda(lambda x: x * 0.0)
    c = compare([chain, still, layers.Conv2D(1, 2)], (1, 9, 8, 1))
    assert [(row["receptive_field"], row["receptive_field_is"]) for row in c.rows] == [
        ((9, 3), "exact"),
        (None, "unknown"),
        ((2, 2), "exact"),
    ]
    assert "unknown" in str(c)


# Costs


class Named(layers.Layer):
    """Keras cannot make it again: it does not say its argument."""

    def __init__(self, argument):
        super().__init__()

    def call(self, x):
        return x * 2.0


class Doubled(layers.Dense):
    """A layer of the reader's own."""


MACS = {
    "spectral": (stack((9, 9, 2), layers.SpectralNormalization(conv(3, 2))), 8 * 8 * 2 * 2 * 2 * 3),
    "time distributed": (stack((4, 9, 9, 2), layers.TimeDistributed(conv(3, 2))), 4 * 8 * 8 * 8 * 3),
    "dense over space": (stack((5, 6, 3), layers.Dense(7)), 5 * 6 * 3 * 7),
    "lstm": (stack((5, 3), layers.LSTM(4)), 5 * 4 * 4 * (3 + 4)),
    "gru": (stack((5, 3), layers.GRU(4, return_sequences=True)), 5 * 3 * 4 * (3 + 4)),
    "cell": (stack((5, 3), layers.RNN(layers.SimpleRNNCell(4))), 5 * 4 * (3 + 4)),
    "both ways": (stack((5, 3), layers.Bidirectional(layers.SimpleRNN(4))), 2 * 5 * 4 * (3 + 4)),
    "conv lstm": (stack((3, 6, 5, 2), layers.ConvLSTM2D(4, 3, padding="same")), 3 * 6 * 5 * 9 * 16 * (2 + 4)),
    "einsum": (stack((5, 6), layers.EinsumDense("abc,cd->abd", output_shape=(None, 7))), 5 * 6 * 7),
    "einsum of any rank": (stack((4, 5, 6), layers.EinsumDense("...c,cd->...d", output_shape=(7,))), 4 * 5 * 6 * 7),
    "heads": (
        made((5, 6), lambda x: layers.MultiHeadAttention(2, 3)(x, x)),
        3 * 5 * 6 * 6 + 5 * 6 * 6 + 2 * 5 * 5 * (3 + 3),
    ),
    "deformable": (stack((8, 8, 2), DeformableConv2D(3, 2)), 7 * 7 * 4 * 2 * (3 + 8)),
    "pooling": (stack((8, 8, 2), layers.MaxPooling2D(2)), 0),
    "own": (stack((8, 3), Doubled(4)), None),
    "lambda": (stack((8, 3), layers.Lambda(lambda x: x)), None),
    "matmul": (made((5, 6), lambda x: ops.matmul(x, ops.transpose(x, (0, 2, 1)))), None),
}


def in_windows(x):
    """The pictures' squares of 4x4 cells, one behind the other as samples."""
    rows = ops.transpose(ops.reshape(x, (-1, 2, 4, 3, 4, 2)), (0, 1, 3, 2, 4, 5))
    return layers.MultiHeadAttention(2, 3)(seen := ops.reshape(rows, (-1, 16, 2)), seen)


FOLDED = {  # a model whose layers are given more samples than it is, how many for each, and the MACs of one of them
    "windows": (made((8, 12, 2), in_windows), 6, 16 * 2 * 6 * 4 + 2 * 16 * 16 * (3 + 3)),
    "frames": (made((5, 8, 9, 2), lambda x: layers.Conv2D(3, 2)(ops.reshape(x, (-1, 8, 9, 2)))), 5, 7 * 8 * 8 * 3),
    "within a model": (
        made((5, 8, 2), made((5, 8, 2), lambda x: layers.Conv1D(3, 2)(ops.reshape(x, (-1, 8, 2))))),
        5,
        7 * 4 * 3,
    ),
}


@pytest.mark.parametrize("name", FOLDED)
def test_where_other_axes_become_samples_shapes_and_macs_are_those_of_all_of_them(name):
    model, times, macs = FOLDED[name]
    for samples in (1, 2):
        row = ModelSteps(model, (samples, *model.input_shape[1:])).rows[-1]
        assert row["output_shape"] == model(np.zeros((samples, *model.input_shape[1:]), "float32")).shape
        assert (row["macs"], row["receptive_field_is"]) == (times * macs, "unknown")


@pytest.mark.parametrize("name", MACS)
def test_macs_are_counted_by_hand_or_not_at_all(name):
    model, wanted = MACS[name]
    assert last(model)["macs"] == wanted


def test_where_one_layer_is_not_counted_the_total_is_a_least():
    steps = ModelSteps(stack((8, 3), Doubled(4), layers.Dense(2)), None)
    assert steps.macs == (8 * 4 * 2, "at least")
    assert "at least 64 MACs a sample" in steps.html(folded=True)
    assert "<td>unknown</td>" in steps.html(folded=True)
    assert explore(stack((8, 8, 3), conv(2, 3))).macs_is == "exact"


def twice_itself():
    x = keras.Input((6, 6, 2))
    inner = keras.Model(x, layers.Conv2D(2, 3, padding="same")(x))
    return stack((6, 6, 2), inner, inner)


def with_lora():
    model = stack((8, 3), layers.Dense(4))
    model.layers[0].enable_lora(2)
    return model


def wrapped_twice():
    shared = layers.Conv2D(2, 3)
    x = keras.Input((8, 8, 1))
    return keras.Model(x, layers.Add()([shared(x), layers.SpectralNormalization(shared)(x)]))


@pytest.mark.parametrize("build", [twice_itself, with_lora, wrapped_twice])
def test_parameters_are_those_of_keras_however_often_they_are_used(build):
    model = build()
    assert ModelSteps(model, None).params == model.count_params()


def test_a_shared_layer_counts_once_in_a_comparison():
    shared = layers.Conv1D(2, 3, padding="same")
    row = compare([keras.Sequential([shared, layers.ReLU(), shared, shared])], (1, 9, 2)).rows[0]
    assert (row["params"], row["params_formula"]) == (14, "14 + 0 + 0 + 0 = 14")


@pytest.mark.parametrize("wrapper", [layers.SpectralNormalization, lambda one: stack((8, 8, 2), one)])
def test_a_layer_that_comes_again_in_a_wrapper_counts_once_in_a_comparison(wrapper):
    shared = layers.Conv2D(2, 3, padding="same")
    model = stack((8, 8, 2), shared, wrapper(shared))
    assert compare([model], (1, 8, 8, 2)).rows[0]["params"] == model.count_params()


def test_a_layer_shared_by_two_wrappers_is_compared_as_it_is():
    shared = layers.Conv2D(2, 3, padding="same")
    model = stack((3, 8, 8, 2), layers.TimeDistributed(shared), layers.TimeDistributed(shared))
    model = made((3, 8, 8, 2), model)
    row = compare([model, model.layers[-1]], (1, 3, 8, 8, 2)).rows[0]
    assert (row["problem"], row["params"], row["receptive_field"]) == ("", model.count_params(), (1, 5, 5))


class Counting(layers.Layer):
    """Counts its calls."""

    def build(self, shape):
        self.calls = self.add_weight(shape=(), initializer="zeros", trainable=False)

    def call(self, x):
        self.calls.assign_add(1.0)
        return x + self.calls


def test_a_model_that_is_compared_stays_as_it_is():
    model = made((9, 8, 1), Counting())
    before = float(model.layers[-1].calls.numpy())
    compare([model, layers.Conv2D(1, 2)]).measure(2)
    assert float(model.layers[-1].calls.numpy()) == before


# Goals


@pytest.mark.parametrize(
    "chain, wanted",
    [
        ([layers.Conv2D(2, 3), layers.Lambda(lambda x: x * 0.0)], {"sees": 3}),
        ([layers.Conv2D(2, 3), layers.GlobalMaxPooling2D()], {"sees": 9}),
        ([layers.Conv2D(2, 3), layers.Resizing(4, 4)], {"sees": 3}),
        ([layers.Conv2D(2, 3), Doubled(4)], {"most_macs": 10**9}),
        ([layers.Conv2D(1, 1), layers.TimeDistributed(layers.Dense(50))], {"most_macs": 81 * 50}),
    ],
)
def test_a_goal_is_not_reached_where_what_it_asks_is_unknown_or_more(chain, wanted):
    assert not goal(input_shape=(9, 9, 1), **wanted)(chain)


def test_a_goal_is_reached_through_layers_without_weights():
    padded = [layers.ZeroPadding2D(1), layers.Conv2D(2, 3), layers.UpSampling2D(2), layers.Conv2D(1, 2)]
    assert goal(input_shape=(9, 9, 1), sees=4)(padded)
    assert goal(input_shape=(9, 9, 1), most_macs=81 * 9 * 2 + 289 * 8)(padded)


# Channels first


def test_both_data_formats_are_told_alike(needs_channels_first):
    def chain(**form):
        axis = 1 if form else -1
        yield from (conv(3, 3, **form), layers.BatchNormalization(axis=axis), layers.ReLU())
        yield from (layers.MaxPooling2D((2, 1), **form), conv(2, (1, 3), **form))

    told = []
    for shape, form in (((11, 14, 2), {}), ((2, 11, 14), FIRST)):
        keras.utils.set_random_seed(1)
        e = explore(stack(shape, *chain(**form)))
        names = ("params", "macs", "receptive_field", "receptive_field_is")
        told.append(([[row[name] for name in names] for row in e.steps], [step.axes for step in e.facts.steps]))
        told[-1] += (compare([keras.Sequential(list(chain(**form)))], (1, *shape)).rows[0]["receptive_field"],)
        assert {step.channel_axis for step in e.facts.steps} == {1 if form else 3}
    assert told[0] == told[1]


# Models that could not be opened


def test_a_model_whose_outermost_layers_are_not_drawn_is_listed_and_says_what_to_explore():
    backbone = stack((16, 16, 3), conv(2, 3), layers.MaxPooling2D(2))
    model = keras.Sequential([backbone, layers.GlobalAveragePooling2D(), layers.Dense(5)])
    e = explore(model)
    assert [step["layer"] for step in e.steps] == ["Sequential", "GlobalAveragePooling2D", "Dense"]
    assert "try <code>explore(model.layers[0])</code>" in e.children[0].value
    assert explore(model.layers[0]).layer is not None
    video = stack(
        (4, 9, 9, 1), layers.TimeDistributed(conv(2, 3)), layers.TimeDistributed(layers.Flatten()), layers.LSTM(3)
    )
    e = explore(video)
    assert len(e.steps) == 3 and "model.layers[0].layer" in e.children[0].value
    assert explore(video.layers[0].layer, (1, 9, 9, 1)).layer is not None
    pooled = stack((4, 9, 9, 1), layers.TimeDistributed(conv(2, 3)), layers.TimeDistributed(layers.MaxPooling2D(2)))
    assert "explore(model.layers[0].layer)" in explore(pooled)._side.children[0].value
    own = stack((9, 9, 1), Held(), layers.GlobalMaxPooling2D())
    assert "explore(model.layers[0].convolution)" in explore(own)._side.children[0].value
    assert explore(own.layers[0].convolution).layer is not None
    plain = explore(stack((8,), layers.Dense(3)))
    assert plain.steps[0]["macs"] == 24 and "explore(" not in plain.children[0].value
    assert "Dense" in plain._saved()["text/html"]


WITHOUT_SLIDERS = {
    "six layers before it": (
        stack((12, 12, 1), *(layers.ReLU() for _ in range(6)), conv(2, (3, 1)), layers.MaxPooling2D(2)),
        (3, 1),
    ),
    "padded and pooled, then a branch": (
        made(
            (20, 18, 2),
            lambda x: layers.Add()(
                [
                    conv(2, (1, 5), padding="same")(y := layers.AveragePooling2D(2)(layers.ZeroPadding2D(1)(x))),
                    layers.UpSampling2D(1)(layers.BatchNormalization()(y)),
                ]
            ),
        ),
        (1, 5),
    ),
    "a merge before it": (
        made(
            (9, 9, 1),
            lambda x: layers.Conv2DTranspose(1, (2, 4), strides=2)(layers.Add()([layers.ReLU()(x), layers.ELU()(x)])),
        ),
        (2, 4),
    ),
}


@pytest.mark.parametrize("name", WITHOUT_SLIDERS)
def test_a_model_opens_on_a_convolution_where_there_is_one(name):
    model, kernel_size = WITHOUT_SLIDERS[name]
    e = explore(model)
    assert e.layer.kernel_size == kernel_size
    e.settings = {"strides": 1, "padding": "same"}
    assert e.settings["padding"] == "same" and not e.facts.problem


def test_a_layer_that_returns_several_tensors_is_listed_and_not_drawn():
    model = made((9, 8, 1), lambda x: layers.Add()([conv(1, 3)(part) for part in Parts()(x).values()]))
    e = explore(model)
    assert len(e.steps) == 4 and e.steps[-1]["receptive_field"] == reach(model, (1, 9, 8, 1))
    assert isinstance(e.layer, layers.Conv2D)


@pytest.mark.parametrize(
    "model",
    [
        lambda: stack((2, 4, 5, 6, 1), layers.ReLU()),
        lambda: keras.Sequential([layers.ConvLSTM3D(1, 2)]),
        lambda: stack((2, 3, 3, 3, 1), layers.ConvLSTM3D(1, 2, return_sequences=True), layers.BatchNormalization()),
        lambda: stack((8, 9, 1), layers.Reshape((4, 2, 3, 3, 1)), layers.Dropout(0.5), layers.Reshape((8, 9, 1))),
    ],
)
def test_what_has_more_axes_than_a_volume_is_listed_and_not_drawn(model, tmp_path):
    e = explore(model())
    assert len(e.steps) == len(model().layers) and not hasattr(e, "facts")
    compare([layers.ReLU(), layers.Conv2D(1, 1)], (1, 8, 9, 1)).save(tmp_path / "drawn.html")
    compare([layers.ReLU()], (1, 2, 4, 5, 6, 1)).save(tmp_path / "listed.html")


@pytest.mark.parametrize("inside", [False, True])
def test_an_input_that_a_model_is_not_made_for_is_refused_in_its_row(inside):
    model = made((None, None, 3), layers.Dropout(0.5))  # whose layer would take any channels
    model = keras.Sequential([layers.ReLU(), model]) if inside else model
    rows = compare([model, layers.Conv2D(2, 3)], (1, 8, 8, 1)).rows
    assert "expected shape (None, None, None, 3)" in rows[0]["problem"] and rows[1]["problem"] == ""
    assert "gives no output" in goal(input_shape=(8, 8, 1), sees=3)([model, layers.Conv2D(2, 3)]).text


@pytest.mark.parametrize(
    "model, x, said",
    [
        (stack((8,), layers.Embedding(4, 2), layers.Conv1D(2, 3)), np.arange(8)[None], r"= 4 is not in \[0, 4\)"),
        (stack((8, 8, 1), layers.StringLookup(), layers.Conv2D(1, 3)), (1, 8, 8, 1), "Cast float to string"),
    ],
    ids=["number", "text"],
)
def test_values_that_a_layer_refuses_are_refused_in_a_sentence(model, x, said):
    with pytest.raises(ValueError, match=f"^The model must work for .* Keras says: .*{said}.*Try another input.$"):
        explore(model, x)


def test_a_single_number_is_no_input_and_what_keras_says_of_one_is_one_sentence():
    with pytest.raises(ValueError, match=r"at least one cell. Received shape: \(\)"):
        compare([layers.ReLU()], np.array(3.0))
    (row,) = compare([layers.StringLookup(vocabulary=["a"])]).rows
    assert "Cast float to string" in row["problem"] and "Arguments received" not in row["problem"]


def test_of_a_layer_that_adds_an_axis_nothing_is_asked_as_if_it_did_not():
    layer = layers.Hashing(4, output_mode="one_hot", dtype="int32")
    assert not goal(input_shape=(8, 8, 1), sees=3)([layers.Conv2D(2, 3), layer])


def test_an_argument_counts_for_keras_as_true_or_false_whatever_it_is():
    assert last(stack((8, 8, 2), layers.GlobalMaxPooling2D(keepdims="yes")))["receptive_field"] is None


def test_a_layer_of_ones_own_is_not_called_one_of_keras():
    e = explore(stack((9, 9, 1), conv(2, 3), layers.Lambda(lambda x: x), Twice()))
    assert "layers.Twice" not in e.code and "Twice(" in layer_code(Twice())


def test_what_cannot_be_copied_is_named_wherever_it_is():
    pair = [made((9, 8, 1), part) for part in (lambda x: Twice()(x), layers.Lambda(lambda x: x * 2))]
    with pytest.raises(TypeError, match="Keras cannot copy this Named"):
        explore(keras.Sequential([layers.ReLU(), made((9, 8, 1), lambda x: Named(object())(x))]), (1, 9, 8, 1))
    for model in pair:
        assert compare([model]).rows[0]["problem"] == ""
    assert len(explore(keras.Sequential([layers.ReLU(), pair[1]]), (1, 9, 8, 1)).steps) == 2


@pytest.mark.parametrize(
    "layer",
    [
        Built(),
        layers.SpectralNormalization(layers.Conv2D(2, 3, activation=lambda x: x * 2)),
        layers.TimeDistributed(layers.Conv1D(2, 3, kernel_initializer=lambda shape, dtype=None: ops.ones(shape))),
        layers.TimeDistributed(layers.Lambda(lambda x: x[:, 2:])),
    ],
    ids=["builds itself", "activation", "initializer", "lambda"],
)
def test_a_layer_is_copied_with_what_is_inside(layer):
    (row,) = compare([layer], (1, 9, 8, 2)).rows
    assert (row["problem"], row["output_shape"]) == ("", layer(np.zeros((1, 9, 8, 2), "float32")).shape)
    model = stack((9, 8, 2), layer, conv(2, 2))
    assert explore(model).facts.output_shape == model(np.zeros((1, 9, 8, 2))).shape


@pytest.mark.parametrize(
    "chain, x, shape",
    [
        ([layers.Embedding(20, 3), layers.Conv1D(2, 3)], None, (1, 12)),
        ([layers.Dense(16), layers.Reshape((4, 4, 1)), layers.Conv2D(2, 3)], (1, 5), (1, 5)),
        ([layers.Reshape((8, 8, 1)), layers.Conv2D(2, 3)], (1, 64), (1, 64)),
        ([layers.TimeDistributed(layers.Conv2D(2, 3)), layers.Conv3D(1, 1)], (1, 3, 9, 9, 1), (1, 3, 9, 9, 1)),
        ([layers.ConvLSTM1D(2, 3), layers.Conv1D(1, 2)], (1, 3, 9, 1), (1, 3, 9, 1)),
        ([layers.ReLU(), layers.Conv1D(2, 3)], np.ones((1, 9, 2)), (1, 9, 2)),
    ],
    ids=["embedding", "dense", "reshape", "time", "recurrent", "activation"],
)
def test_the_rank_of_an_unbuilt_models_input_is_that_of_its_first_layer_or_of_x(chain, x, shape):
    steps = ModelSteps(keras.Sequential(chain), x)
    assert steps.x.shape == shape
    assert len(steps.rows) == len(chain)


@pytest.mark.parametrize(
    "chain, size",
    [
        ([layers.Conv2D(2, 9), layers.MaxPooling2D(2)], 16),
        ([layers.MaxPooling2D(4), layers.Conv2D(2, 5)], 32),
        ([layers.MaxPooling2D(16), layers.Conv2D(2, 6)], 96),
    ],
)
def test_a_model_of_any_size_gets_the_first_that_it_bears(chain, size):
    assert ModelSteps(stack((None, None, 1), *chain), None).x.shape == (1, size, size, 1)


def test_a_size_that_it_does_not_bear_is_refused_in_a_sentence():
    model = stack((None, None, 1), layers.Conv2D(2, 9))
    with pytest.raises(ValueError, match=r"must work for an input of shape \(1, 5, 5, 1\). Keras says: .* Try another"):
        explore(model, (1, 5, 5, 1))


@pytest.mark.parametrize(
    "layer",
    [
        layers.Normalization(mean=np.array([0.5, 1.0]), variance=np.array([1.0, 2.0])),
        layers.Normalization(mean=np.zeros(20), variance=np.ones(20)),
        layers.Rescaling(np.array([1.0, 2.0])),
    ],
    ids=["small", "large", "scale"],
)
def test_the_code_of_a_layer_with_arrays_can_be_run(layer):
    channels = 20 if layer.get_config().get("mean") is not None and np.size(layer.get_config()["mean"]) == 20 else 2
    code = explore(stack((6, 6, channels), layer, conv(1, 3))).code
    made = eval(code, {"keras": keras, "layers": layers, "numpy": np})
    assert len(made.layers) == 2
    assert ("not written out" in code) == (channels == 20)
