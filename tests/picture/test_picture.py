"""A picture says what is to be drawn: whoever follows its links arrives at what Keras returned."""

import keras
import numpy as np
import pytest
from keras import layers
from keras.initializers import Constant as constant

from widgets.facts import layer_facts
from widgets.facts.live_layer import Chain
from widgets.picture import layer_picture


def picture_of(layer, x):
    return layer_picture(layer_facts(layer, x))


def followed(picture):
    """Every later cell's sum, tap by tap along the link, and the sum of the products' magnitudes."""
    (earlier, later), (link,) = picture.grids, picture.links
    kernel, bias = link.weights["kernel"], link.weights.get("bias", np.zeros(later.shape[-1]))
    sums, sizes = np.zeros(later.shape), np.zeros(later.shape)
    for b, i, j, f in np.ndindex(*later.shape):
        products = [
            float(earlier.values[b, row, column, channel]) * float(kernel[u, v, c, f])
            for u, row in enumerate(link.reads[0][i])
            for v, column in enumerate(link.reads[1][j])
            for c, channel in enumerate(link.channels[f])
            if 0 <= row < earlier.shape[1] and 0 <= column < earlier.shape[2]
        ]
        sums[b, i, j, f] = sum(products) + bias[f]
        sizes[b, i, j, f] = sum(map(abs, products)) + abs(bias[f])
    return sums, sizes


def test_channels_first_is_drawn_channels_last(needs_channels_first):
    x = np.sin(np.arange(4 * 6 * 7)).reshape(1, 4, 6, 7).astype("float32")
    facts = layer_facts(layers.Conv2D(6, 3, groups=2, data_format="channels_first"), x)
    picture = layer_picture(facts)
    sums, sizes = followed(picture)
    assert [grid.shape for grid in picture.grids] == [(1, 6, 7, 4), (1, 4, 5, 6)]
    assert (np.abs(sums - np.moveaxis(facts.y, 1, 3)) <= 1e-5 * sizes).all()


def test_the_link_of_same_with_strides_reads_one_padding_cell_after():
    picture = picture_of(layers.Conv2D(1, 3, strides=2, padding="same"), (1, 6, 5, 1))
    assert [table.tolist() for table in picture.links[0].reads] == [
        [[0, 1, 2], [2, 3, 4], [4, 5, 6]],
        [[-1, 0, 1], [1, 2, 3], [3, 4, 5]],
    ]
    assert picture.grids[0].padding == ((0, 1), (1, 1))
    assert picture.grids[1].padding == ((0, 0), (0, 0))


def test_the_link_of_a_valid_layer_reads_no_padding_and_leaves_the_remainder_unread():
    picture = picture_of(layers.Conv2D(1, 3, strides=2), (1, 6, 5, 1))
    assert [table.tolist() for table in picture.links[0].reads] == [[[0, 1, 2], [2, 3, 4]], [[0, 1, 2], [2, 3, 4]]]
    assert picture.grids[0].padding == ((0, 0), (0, 0))


def test_every_padding_cell_that_is_drawn_is_read_and_no_other():
    for k, s, d in [(4, 1, 1), (3, 2, 1), (5, 3, 1), (3, 1, 3), (2, 5, 1)]:
        picture = picture_of(layers.Conv2D(1, k, strides=s, dilation_rate=d, padding="same"), (1, 7, 7, 1))
        (before, after), _ = picture.grids[0].padding
        read = set(picture.links[0].reads[0].ravel().tolist())
        assert min(read | {0}) == -before
        assert max(read | {6}) == 6 + after


def test_a_grouped_link_reads_the_channels_of_its_group():
    picture = picture_of(layers.Conv2D(4, 1, groups=2), (1, 2, 2, 6))
    assert picture.links[0].channels.tolist() == [[0, 1, 2], [0, 1, 2], [3, 4, 5], [3, 4, 5]]
    assert picture.links[0].weights["kernel"].shape == (1, 1, 3, 4)


def test_a_layer_without_bias_has_none_in_its_link():
    assert set(picture_of(layers.Conv2D(1, 1), (1, 2, 2, 1)).links[0].weights) == {"kernel", "bias"}
    assert set(picture_of(layers.Conv2D(1, 1, use_bias=False), (1, 2, 2, 1)).links[0].weights) == {"kernel"}


@pytest.mark.parametrize(
    "values, white, limit",
    [
        ([0, 1, 1, 0], 1, 1),
        ([0, 0.25, 0.5, 0.75], 1, 0.75),
        ([0, 100, 200, 255], 255, 255),
        ([0, 0, 0, 0], 1, 1),
        ([-0.5, 0, 0.25, 0.5], 0, 0.5),
        ([0, 1, 2, 3], 0, 3),
        ([0, 100, 200, 256], 0, 256),
        ([-4, 0, 1, 2], 0, 4),
        ([np.nan, np.inf, -2, 1], 0, 2),
    ],
)
def test_pictures_and_photographs_are_grey_and_other_values_signed(values, white, limit):
    x = np.array(values, "float32").reshape(1, 2, 2, 1)
    grid = picture_of(layers.Conv2D(1, 1), x).grids[0]
    assert (grid.white, grid.limit) == ((white,), limit)


def test_an_output_of_a_signed_input_is_signed_even_if_it_looks_like_a_photograph():
    grid = picture_of(layers.Conv2D(1, 1, kernel_initializer="ones"), np.full((1, 2, 2, 1), 300.0)).grids[1]
    assert (grid.white, grid.limit) == ((0,), 300)


@pytest.mark.parametrize(
    "weights, biases, white, limit",
    [
        ([0.5], [0], [1], 0.5),
        ([3], [0], [3], 3),
        ([-1], [1], [1], 1),
        ([-1], [0], [0], 1),
        ([1], [-0.5], [0], 0.5),
        # Each channel for itself: a blurred photograph is one, whatever the filters beside it return.
        ([1, -5, 2], [0, 0, 0], [2, 0, 2], 5),
        ([-1, np.nan, 0.5], [0, 0, 0], [0, 1, 1], 1),
    ],
)
def test_what_is_made_of_an_image_in_grey_is_grey_while_nothing_in_it_is_negative(weights, biases, white, limit):
    image = np.array([0, 1, 1, 0], "float32").reshape(1, 2, 2, 1)
    start = {"kernel_initializer": constant([[[weights]]]), "bias_initializer": constant(biases)}
    grid = picture_of(layers.Conv2D(len(weights), 1, **start), image).grids[1]
    assert (list(grid.white), grid.limit) == (white, limit)


def test_along_a_chain_grey_ends_at_the_first_grid_with_something_negative():
    image = np.array([0, 1, 1, 0], "float32").reshape(1, 2, 2, 1)

    def greys(depthwise, pointwise):
        start = {"depthwise_initializer": constant(depthwise), "pointwise_initializer": constant(pointwise)}
        return [all(grid.white) for grid in picture_of(layers.SeparableConv2D(1, 1, **start), image).grids]

    assert greys(2, 2) == [True, True, True]
    assert greys(2, -2) == [True, True, False]
    assert greys(-2, -2) == [True, False, False]


def test_an_input_of_nothing_but_nan_has_a_limit_all_the_same():
    grids = picture_of(layers.Conv2D(1, 1), np.full((1, 2, 2, 1), np.nan)).grids
    assert [grid.limit for grid in grids] == [1, 1]


def test_an_activation_is_named_as_a_reader_knows_it():
    def names(activation):
        return picture_of(layers.Conv2D(1, 1, activation=activation), (1, 2, 2, 1)).links[0].activation

    assert names(None) == names("linear") == ""
    assert names("relu") == names(keras.activations.relu) == "relu"
    assert names(layers.LeakyReLU()) == "LeakyReLU"


def test_of_a_refused_layer_there_is_no_picture():
    facts = layer_facts(layers.Conv2D(1, 3), (1, 1, 1, 1))
    with pytest.raises(ValueError, match="These settings give no output, so there is no picture: Computed output size"):
        layer_picture(facts)


def test_a_convolution_can_be_drawn_in_one_way_only():
    facts = layer_facts(layers.Conv2D(1, 3), (1, 4, 4, 1))
    assert layer_picture(facts, None).grids[1].shape == (1, 2, 2, 1)
    with pytest.raises(ValueError, match="`view` must be None.*Received: 'scatter'"):
        layer_picture(facts, "scatter")


def test_a_separable_layer_in_a_stack_has_its_grid_in_between_wherever_it_stands():
    plain, separable = layers.Conv2D(2, 3), layers.SeparableConv2D(3, 2, padding="same")
    for chain, names, shapes in (
        ([separable], ["Input", "Between", "Output"], [2, 2, 3]),
        ([plain, separable], ["Input", "After layer 0", "Between", "Output"], [2, 2, 2, 3]),
        ([separable, plain], ["Input", "Between", "After layer 0", "Output"], [2, 2, 3, 2]),
    ):
        steps, x = [], np.ones((1, 6, 6, 2), "float32")
        for layer in chain:
            steps.append(layer_facts(type(layer).from_config(layer.get_config()), x))
            x = steps[-1].y
        picture = layer_picture(Chain.facts(steps))
        assert [grid.name for grid in picture.grids] == names
        assert [grid.shape[-1] for grid in picture.grids] == shapes
        # "same" with 2 taps pads one cell, after; it is drawn around the grid that the depthwise step reads
        assert picture.grids[names.index("Between") - 1].padding == ((0, 1), (0, 1))
        assert picture.grids[names.index("Between")].padding == ((0, 0), (0, 0))
