"""What can be handed over as x, and what is refused."""

import ast
import io
import pathlib
import re

import keras
import numpy as np
import PIL.Image
import pytest
import tensorflow as tf
from keras import layers

from widgets import compare, explore, predict
from widgets.facts.inputs import as_shape, as_values, boat, is_shape, pattern


def test_the_boat_is_a_binary_picture_of_8_by_8_cells():
    assert boat().shape == (1, 8, 8, 1)
    assert boat().dtype == np.float32
    assert sorted(set(boat().ravel().tolist())) == [0, 1]
    assert boat()[0, 0, :, 0].tolist() == [0, 0, 0, 1, 0, 0, 0, 0]
    assert boat()[0, 5, :, 0].tolist() == [1, 1, 1, 1, 1, 1, 1, 1]


def test_no_flip_or_turn_maps_the_boat_onto_itself():
    picture = boat()[0, :, :, 0]
    others = [np.rot90(picture, turns) for turns in (1, 2, 3)]
    others += [np.rot90(picture.T, turns) for turns in range(4)]
    assert [np.array_equal(picture, other) for other in others] == [False] * 7


def test_every_call_gives_a_boat_of_its_own():
    boat()[:] = 7
    assert boat().max() == 1


def test_a_pattern_is_made_of_quarters_from_0_to_1():
    values = pattern((2, 20, 20, 3))
    assert values.dtype == np.float32
    assert sorted(set(values.ravel().tolist())) == [0, 0.25, 0.5, 0.75, 1]


@pytest.mark.parametrize("channel", range(16))
def test_no_flip_or_turn_maps_a_form_onto_itself(channel):
    form = pattern((1, 8, 8, 16))[0, :, :, channel]
    others = [np.rot90(form, turns) for turns in (1, 2, 3)] + [np.rot90(form.T, turns) for turns in range(4)]
    assert [np.array_equal(form, other) for other in others] == [False] * 7


@pytest.mark.parametrize("shape", [(2, 5), (1, 9, 3), (2, 6, 7, 3), (1, 4, 5, 6, 2)])
def test_a_pattern_with_channels_first_is_that_with_channels_last(shape):
    first = (shape[0], shape[-1], *shape[1:-1])
    assert np.array_equal(np.moveaxis(pattern(first, 1), 1, -1), pattern(shape))


@pytest.mark.parametrize("larger", [(2, 4, 5, 3), (1, 9, 5, 3), (1, 4, 9, 3), (1, 4, 5, 7)])
def test_a_cell_keeps_its_value_when_any_size_grows(larger):
    small = pattern((1, 4, 5, 3))
    assert np.array_equal(pattern(larger)[:1, :4, :5, :3], small)


def test_samples_and_channels_are_all_different():
    values = pattern((3, 8, 8, 60))
    assert len({values[0, :, :, channel].tobytes() for channel in range(60)}) == 60
    assert len({sample.tobytes() for sample in values}) == 3


@pytest.mark.parametrize(
    "x", [(1, 8, 8, 3), [1, 8, 8, 3], (None, 8, 8, 3), (np.int64(1), 8, 8, 3), tf.TensorShape([None, 8, 8, 3])]
)
def test_ints_in_a_tuple_or_list_are_a_shape(x):
    assert is_shape(x)
    shape = as_shape(x, 4)
    assert shape == (1, 8, 8, 3)
    assert [type(size) for size in shape] == [int] * 4


@pytest.mark.parametrize(
    "x", [np.array([1, 8, 8, 3]), [[1, 0], [0, 1]], tf.constant([1, 8, 8, 3]), (1.0, 8, 8, 3), (True, 8, 8, 3), (), 5]
)
def test_everything_else_is_values(x):
    assert not is_shape(x)


@pytest.mark.parametrize(
    "x", [(1, 8, 8), (1, 8, 8, 3, 1), (1, 0, 8, 3), (1, -8, 8, 3), (1, None, 8, 3), (1, 8, 8, None), [8]]
)
def test_a_shape_of_another_rank_or_without_cells_is_refused_with_a_way_out(x):
    with pytest.raises(ValueError, match=r"4 whole numbers of at least 1.*Received: \(.*Try \(1, 8, 8, 3\)"):
        as_shape(x, 4)


def test_an_input_of_256_mib_is_taken_and_a_larger_one_refused_before_it_is_made():
    assert as_shape((1, 2**13, 2**13, 1), 4) == (1, 8192, 8192, 1)
    with pytest.raises(ValueError, match="at most 268,435,456 are drawn.*Try a smaller part"):
        as_shape((1, 2**13, 2**13, 2), 4)
    with pytest.raises(ValueError, match="at most 268,435,456 are drawn.*Try a smaller part"):
        as_values(np.broadcast_to(np.float32(0), (1, 2**13, 2**13, 2)), 4)  # takes no memory


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16", "int64", "int8", "uint8", "bool"])
def test_values_of_any_real_type_become_float32(dtype):
    values = as_values(np.array([[[[0], [1]]]], dtype), 4)
    assert values.dtype == np.float32
    assert values.tolist() == [[[[0.0], [1.0]]]]


@pytest.mark.parametrize(
    "x",
    [
        [[[[0.5], [2.0]]]],
        tf.constant([[[[0.5], [2.0]]]]),
        tf.Variable([[[[0.5], [2.0]]]]),
        tf.constant([[[[0.5], [2.0]]]], tf.bfloat16),
        keras.ops.convert_to_tensor([[[[0.5], [2.0]]]]),
    ],
    ids=["lists", "tensor", "variable", "bfloat16", "keras"],
)
def test_lists_tensors_and_variables_are_values_too(x):
    assert as_values(x, 4).tolist() == [[[[0.5], [2.0]]]]


def test_values_are_a_copy():
    x = np.zeros((1, 2, 2, 1), "float32")
    as_values(x, 4)[:] = 1
    assert x.max() == 0


def test_float64_beyond_float32_becomes_inf_without_a_warning(recwarn):
    assert as_values(np.full((1, 1, 1, 1), -1e300), 4).item() == -np.inf
    assert list(recwarn) == []


def test_nan_stays_nan():
    assert np.isnan(as_values(np.full((1, 1, 1, 1), np.nan), 4).item())


@pytest.mark.parametrize(
    "x",
    [
        None,
        {},
        np.zeros((1, 2, 2, 1), complex),
        np.zeros((1, 2, 2, 1), object),
        np.zeros((1, 2, 2, 1), "datetime64[s]"),
        [[1, 2], [3]],
        keras.KerasTensor((1, 2, 2, 1)),
        keras.layers.Conv2D,
    ],
    ids=["None", "dict", "complex", "object", "dates", "ragged", "symbolic", "class"],
)
def test_what_holds_no_real_numbers_is_refused_with_a_way_out(x):
    with pytest.raises(TypeError, match=r"array or tensor of real numbers.*Received: \w+( of \w+(\[s\])?)?\. Try"):
        as_values(x, 4)


def test_a_masked_array_is_refused_unless_no_cell_is_masked():
    x = np.ma.masked_array(np.ones((1, 2, 2, 1)), mask=False)
    assert as_values(x, 4).tolist() == np.ones((1, 2, 2, 1)).tolist()
    x[0, 1, 1, 0] = np.ma.masked
    with pytest.raises(TypeError, match=r"a number in every cell. Received: .* masked cells. Try `x.filled\(0\)`"):
        as_values(x, 4)


def test_what_is_refused_is_told_with_the_type_of_its_cells():
    with pytest.raises(TypeError, match=r'Received: ndarray of complex64. Try `numpy.asarray\(x, "float32"\)`'):
        as_values(np.zeros((1, 2, 2, 1), "complex64"), 4)


CELLS = [[[[2], [0]], [[10], [8]]]]


@pytest.mark.parametrize(
    "x",
    [
        np.arange(16.0).reshape(1, 4, 4, 1)[:, ::2, 2::-2],
        np.asfortranarray(np.array(CELLS, "float64")),
        np.array(CELLS, ">i8"),
        np.array(CELLS, "longdouble"),
        memoryview(np.array(CELLS, "uint64")),
        np.broadcast_to(np.array(CELLS, "float32"), (1, 2, 2, 1)),
    ],
    ids=["strided", "columns first", "big-endian", "longdouble", "memoryview", "read-only"],
)
def test_values_may_lie_in_memory_in_any_way(x):
    values = as_values(x, 4)
    assert values.tolist() == CELLS
    assert values.flags.writeable


@pytest.mark.parametrize(
    "shape, remedy",
    [
        ((1, 8, 8), "x[..., None]"),
        ((8, 9, 2), "x[None]"),
        ((8, 3, 3), "x[None]"),  # three pictures without channels, or one with three of them
        ((1, 1, 8, 8, 1), "x[0]"),
        ((), "(1, 8, 8, 3)"),
        ((0, 8, 8, 1), "(1, 8, 8, 3)"),
        ((1, 8, 0, 1), "(1, 8, 8, 3)"),
    ],
)
def test_values_of_another_rank_or_without_cells_are_refused_with_a_way_out_that_works(shape, remedy):
    with pytest.raises(ValueError, match=rf"4 axes.*Received shape: \(.*{re.escape(remedy)}"):
        as_values(np.zeros(shape), 4)
    if remedy.startswith("x"):
        assert as_values(eval(remedy, {"x": np.zeros(shape)}), 4).ndim == 4


@pytest.mark.parametrize(
    "given, rank, shape",
    [
        ((20, 30, 3), 4, (1, 20, 30, 3)),  # a photograph
        ((20, 30, 4), 4, (1, 20, 30, 4)),
        ((20, 30), 4, (1, 20, 30, 1)),
        ((40,), 3, (1, 40, 1)),
        ((5, 6, 7), 5, (1, 5, 6, 7, 1)),
    ],
)
def test_what_can_only_mean_one_thing_becomes_a_batch(given, rank, shape):
    x = np.random.default_rng(0).random(given)
    assert as_values(x, rank).shape == shape
    np.testing.assert_array_equal(as_values(x, rank).squeeze(), x.astype("float32"))


def test_a_path_is_read_and_so_is_an_opened_picture(tmp_path):
    image = PIL.Image.fromarray(np.arange(20 * 30 * 3, dtype="uint8").reshape(20, 30, 3))
    image.save(tmp_path / "picture.png")
    for x in (str(tmp_path / "picture.png"), tmp_path / "picture.png", image):
        assert np.array_equal(as_values(x, 4)[0], np.asarray(image))


def test_a_picture_in_a_file_that_is_open_or_in_its_bytes_is_read(tmp_path):
    pixels = np.random.default_rng(0).integers(0, 255, (9, 8, 3)).astype("uint8")
    path = tmp_path / "picture.png"
    PIL.Image.fromarray(pixels).save(path)
    with open(path, "rb") as opened:
        for x in (path.read_bytes(), io.BytesIO(path.read_bytes()), opened):
            assert np.array_equal(as_values(x, 4)[0], pixels)


@pytest.mark.parametrize(
    "mode, channels", [("L", 1), ("RGB", 3), ("RGBA", 4), ("1", 1), ("P", 3), ("CMYK", 3), ("LA", 3)]
)
def test_of_an_opened_picture_come_grey_values_or_colours_and_no_number_of_a_palette(mode, channels):
    pixels = np.zeros((9, 8, 3), "uint8")
    pixels[:4] = 200, 30, 90
    picture = PIL.Image.fromarray(pixels).convert(mode)
    values = as_values(picture, 4)
    assert values.shape == (1, 9, 8, channels)
    if mode in ("P", "CMYK"):
        assert np.abs(values[0] - pixels).max() < 40  # a palette of the web's colours


def test_of_a_dataset_the_first_batch_is_taken_and_no_labels():
    x, y = np.arange(48.0).reshape(4, 3, 4, 1), np.arange(4)
    of_both = tf.data.Dataset.from_tensor_slices((x, y)).batch(2)
    for dataset in (of_both, of_both.map(lambda x, y: x)):
        assert np.array_equal(as_values(dataset, 4), x[:2])


def test_a_tensor_of_torch_is_told_by_what_it_can_do():
    class Tensor:  # a stand-in: torch is not installed for this
        detached = False

        def detach(self):
            self.detached = True
            return self

        def cpu(self):
            return np.ones((1, 2, 2, 1)) if self.detached else None

    assert as_values(Tensor(), 4).sum() == 4


class Loader:
    """A stand-in for torch's: batches come out, one after another."""

    def __init__(self, batch):
        self.batch = batch

    def __iter__(self):
        return iter([self.batch])


PICTURES = np.zeros((1, 2, 2, 1))


class Endless(keras.utils.PyDataset):
    """Pictures that come again and again, as Keras makes them of those in a folder."""

    def __len__(self):
        return 1

    def __getitem__(self, number):
        return PICTURES, [1]

    def __iter__(self):
        yield self[0]
        raise SystemExit("more than one batch was read")


def dataset(*parts):
    return tf.data.Dataset.from_tensor_slices(parts if len(parts) > 1 else parts[0]).batch(1)


@pytest.mark.parametrize(
    "x, remedy",
    [
        ({"image": np.zeros((1, 2, 2, 1)), "label": np.zeros(1)}, "x['image']"),
        ((np.zeros((1, 2, 2, 1)), np.zeros(1)), "x[0]"),
        ((one for one in [np.zeros((1, 2, 2, 1))]), "next(x, (1, 8, 8, 3))"),
        ((one for one in ()), "next(x, (1, 8, 8, 3))"),
        (Loader(PICTURES), "next(iter(x))"),
        (Loader((PICTURES, [1])), "next(iter(x))[0]"),
        (Endless(), "next(iter(x))[0]"),
        (Loader({"label": [1], "image": PICTURES}), "next(iter(x))['image']"),
        (dataset({"label": [1], "image": PICTURES}), "next(iter(x))['image']"),
        (dataset({"image": PICTURES}, [1]), "next(iter(x))[0]['image']"),
        (dataset(PICTURES[:0]), "(1, 8, 8, 3)"),
        (tf.constant(["a word"]), "(1, 8, 8, 3)"),
        (np.ndarray, "(1, 8, 8, 3)"),
        ({"label": np.zeros(1), "image": PICTURES}, "x['image']"),
        (keras.KerasTensor((None, 2, 2, 1)), "x.shape"),
        ([[1, 2], [3]], "(1, 8, 8, 3)"),
        (np.zeros((1, 2, 2, 1), object), 'numpy.asarray(x, "float32")'),
        ({}, "(1, 8, 8, 3)"),
    ],
)
def test_what_holds_the_input_among_other_things_is_told_how_to_get_it(x, remedy):
    with pytest.raises(TypeError, match=re.escape(f"Try `{remedy}`")):
        as_values(x, 4)
    found = eval(remedy, {"x": x, "numpy": np})
    if is_shape(found):
        assert as_shape(found, 4) == ((1, 2, 2, 1) if remedy == "x.shape" else (1, 8, 8, 3))
    else:
        assert as_values(found, 4).shape == (1, 2, 2, 1)


class Table:
    """A stand-in for one of pandas: its columns are taken by name."""

    def __getitem__(self, name):
        raise KeyError(name)

    def __array__(self, dtype=None, copy=None):
        return np.ones((9, 2), dtype)


@pytest.mark.parametrize(
    "x, rank",
    [
        ([[1, 2], [3, 4]], 3),
        (Table(), 3),
        (PIL.Image.new("L", (8, 9)), 3),
        (dataset(np.zeros((2, 4, 8, 9, 3))), 4),
        (dataset(np.zeros((2, 4, 8, 9, 3)), [1, 2]), 4),
        (np.zeros((5, 28, 28), "uint8"), 4),
        (tf.zeros((9, 2)), 3),
    ],
)
def test_the_code_that_gives_another_rank_works_for_what_was_handed_over(x, rank):
    with pytest.raises(ValueError, match="Received shape") as refusal:
        as_values(x, rank)
    found = eval(re.search("`([^`]+)`.$", str(refusal.value))[1], {"x": x, "numpy": np})
    assert as_values(found, rank).ndim == rank


def test_several_grey_pictures_are_told_to_be_given_a_channel():
    with pytest.raises(ValueError, match=re.escape("`x[..., None]`")):
        as_values(np.zeros((5, 28, 28)), 4)


@pytest.mark.parametrize("x, example", [((20, 24, 3), (1, 20, 24, 3)), ((None, None, None, 5), (1, 8, 8, 5))])
def test_a_shape_without_its_batch_or_of_any_size_is_told_one_that_has_them(x, example):
    with pytest.raises(ValueError, match=re.escape(f"Try {example}")):
        as_shape(x, 4)
    assert as_shape(example, 4) == example


def test_no_picture_at_a_path_is_told_as_that():
    for path in ("no such picture.png", pathlib.Path(__file__)):
        with pytest.raises(TypeError, match=rf"None could be read at .*{pathlib.Path(path).name}.*Try the path of a"):
            as_values(path, 4)


def test_a_shape_that_is_named_is_one_of_the_rank_that_is_wanted():
    for layer, example in ((layers.Conv1D(1, 3), (1, 8, 3)), (layers.Conv3D(1, 3), (1, 8, 8, 8, 3))):
        for x in ((1, 9), np.zeros((2, 2, 2, 2, 2, 2, 2)), object()):
            with pytest.raises((TypeError, ValueError), match=re.escape(f"{example}.")):
                explore(layer, x)
        assert not explore(layer, example).facts.problem


def test_a_photographs_channels_go_where_the_layer_has_its_own(needs_channels_first, tmp_path):
    layer = layers.Conv2D(1, 3, data_format="channels_first")
    photograph = np.random.default_rng(0).integers(0, 255, (9, 8, 3)).astype("uint8")
    PIL.Image.fromarray(photograph).save(tmp_path / "picture.png")
    for x in (photograph, tmp_path / "picture.png", np.moveaxis(photograph, -1, 0)):
        assert np.array_equal(explore(layer, x).x[0], np.moveaxis(photograph, -1, 0))
    assert np.array_equal(explore(layer, photograph[..., 0]).x, photograph[None, None, ..., 0])
    assert compare([layer], photograph).x.shape == (1, 3, 9, 8)
    model = keras.Sequential([keras.Input((3, 9, 8)), layers.Conv2D(1, 3, data_format="channels_first")])
    assert explore(model, photograph).x.shape == (1, 3, 9, 8)


def test_x_left_out_is_the_same_image_in_every_tool_wherever_the_channels_are(needs_channels_first):
    for data_format in ("channels_last", "channels_first"):
        layer = layers.Conv2D(1, 3, data_format=data_format)
        asked = predict(layer, ask=["output_shape"])
        asked.show()
        for x in (explore(layer).x, asked.explorer.x, compare([layer]).x):
            assert np.array_equal(x.squeeze(), boat().squeeze())  # upright: rows are rows
            assert x.shape == ((1, 1, 8, 8) if data_format == "channels_first" else (1, 8, 8, 1))


class Gone(keras.utils.PyDataset):
    """Its files are no longer there."""

    def __len__(self):
        return 2

    def __getitem__(self, number):
        raise OSError("no such file")


@pytest.mark.parametrize(
    "x", [Gone(), tf.TensorShape(None), tf.TensorShape([])], ids=["dataset", "any shape", "scalar"]
)
@pytest.mark.parametrize("layer", [layers.Conv2D(1, 3), keras.Sequential([layers.Dense(2)])], ids=["conv", "dense"])
def test_what_holds_no_numbers_at_all_is_told_a_shape_that_works(layer, x):
    with pytest.raises((TypeError, ValueError)) as refusal:
        explore(layer, x)
    example = re.search(r"Try `?(\([\d, ]+\))", str(refusal.value))[1]
    assert explore(layer, tuple(map(int, re.findall(r"\d+", example))))


def test_arrays_in_a_file_or_in_pairs_of_pairs_are_told_where_they_are(tmp_path):
    np.savez(tmp_path / "both.npz", y=np.zeros(2), pictures=np.zeros((2, 8, 8, 3)))
    with np.load(tmp_path / "both.npz") as both, pytest.raises(TypeError, match=re.escape("Try `x['pictures']`")):
        explore(layers.Conv2D(1, 3), both)
    loaded = (np.zeros((6, 9, 8, 3)), np.zeros(6)), (np.zeros((2, 9, 8, 3)), np.zeros(2))
    with pytest.raises(TypeError, match=re.escape("Try `x[0][0]`")):
        explore(layers.Conv2D(1, 3), loaded)


def built(layer, shape):
    layer.build(shape)
    return layer


@pytest.mark.parametrize(
    "layer",
    [
        built(layers.Conv2D(2, 3), (None, 8, 8, 5)),
        built(layers.Conv2D(2, 3, data_format="channels_first"), (None, 5, 8, 8)),
        keras.Sequential([keras.Input((9, 7, 2)), layers.Conv2D(2, 3)]),
        keras.Sequential([keras.Input((9, 7, 2)), layers.MaxPooling2D(2)]),
    ],
    ids=["built", "channels first", "of one size", "pooling"],
)
@pytest.mark.parametrize("x", [(8, 8, 4), (None, None, None, 3), (1, 9), np.zeros(3), [[1], [2, 3]], {}, (8, 0, 1)])
def test_the_shape_that_a_refusal_names_is_one_that_the_layer_takes(layer, x):
    with pytest.raises((TypeError, ValueError)) as refusal:
        explore(layer, x)
    named = re.search(r"Try (?:a shape such as )?`?(\(.*?\))`?(?: first)?\.$", str(refusal.value))[1]
    assert explore(layer, ast.literal_eval(named)).facts.input_shape == ast.literal_eval(named)
