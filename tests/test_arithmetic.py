"""Sizes, padding and reads, against literal tables, Keras and a slow search."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from widgets.arithmetic import channel_reads, divisors, output_size, padding_cells, reads, window_size


def ones(k, s, d, padding):
    """A one-dimensional Keras layer that adds up its window. Its strides or its dilation must be 1."""
    options = {"strides": s, "dilation_rate": d, "padding": padding}
    return keras.layers.Conv1D(1, k, kernel_initializer="ones", use_bias=False, **options)


def reads_of_keras(n, k, s, d, padding):
    """Which input cells every output cell reads, found out by asking Keras about one cell at a time."""
    layer = ones(k, s, d, padding)
    answers = layer(np.eye(n, dtype="float32")[:, :, None]).numpy()[..., 0]  # (cell that is 1, output cell)
    return [np.flatnonzero(answers[:, cell]).tolist() for cell in range(answers.shape[1])]


@pytest.mark.parametrize(
    "n, k, s, d, padding, size",
    [
        (28, 3, 1, 1, "valid", 26),
        (28, 2, 2, 1, "valid", 14),
        (28, 2, 3, 1, "valid", 9),
        (28, 3, 2, 1, "valid", 13),
        (28, 3, 1, 4, "valid", 20),
        (28, 2, 1, 1, "same", 28),
        (5, 3, 2, 1, "same", 3),
        (6, 3, 2, 1, "same", 3),
        (7, 3, 2, 1, "same", 4),
        (5, 3, 1, 1, "valid", 3),
        (1, 1, 1, 1, "valid", 1),
        (3, 3, 1, 1, "valid", 1),
    ],
)
def test_the_output_size_is_that_of_a_literal_table_and_of_keras(n, k, s, d, padding, size):
    assert output_size(n, k, s, d, padding) == size
    assert ones(k, s, d, padding)(np.ones((1, n, 1))).shape == (1, size, 1)


def test_a_window_that_does_not_fit_leaves_no_output_cell_where_keras_refuses():
    assert output_size(2, 3) == 0
    assert output_size(4, 3, d=3) == -2
    assert reads(2, 3).shape == (0, 3)
    with pytest.raises(ValueError, match="output size would be"):
        ones(3, 1, 3, "valid")(np.ones((1, 4, 1)))


def test_a_window_as_large_as_the_input_fits_once():
    assert output_size(3, 3) == 1
    assert reads(3, 3).tolist() == [[0, 1, 2]]


def test_strides_without_any_dilation_may_leave_the_last_cells_unread():
    assert reads(6, 3, s=2).tolist() == [[0, 1, 2], [2, 3, 4]]


def test_same_with_strides_puts_the_odd_padding_cell_after():
    # Padding by 1 on both sides, as is often taught, would give [0, 1], [1, 2, 3], [3, 4, 5].
    assert padding_cells(6, 3, s=2, padding="same") == (0, 1)
    assert reads(6, 3, s=2, padding="same").tolist() == [[0, 1, 2], [2, 3, 4], [4, 5, 6]]
    assert reads_of_keras(6, 3, 2, 1, "same") == [[0, 1, 2], [2, 3, 4], [4, 5]]


def test_same_with_an_even_kernel_pads_only_after():
    assert padding_cells(5, 2, padding="same") == (0, 1)
    assert reads(3, 2, padding="same").tolist() == [[0, 1], [1, 2], [2, 3]]


@pytest.mark.parametrize("n", [5, 7])
def test_where_the_padding_is_even_both_ways_of_padding_coincide(n):
    assert padding_cells(n, 3, s=2, padding="same") == (1, 1)


def test_valid_has_no_padding_and_same_none_where_no_window_reaches_out():
    assert padding_cells(6, 3) == (0, 0)
    assert padding_cells(6, 1, padding="same") == (0, 0)
    assert padding_cells(6, 2, s=3, padding="same") == (0, 0)


def test_dilation_leaves_gaps_between_the_taps():
    assert window_size(3, d=4) == 9
    assert reads(6, 2, d=3).tolist() == [[0, 3], [1, 4], [2, 5]]
    assert reads(3, 3, d=2, padding="same").tolist() == [[-2, 0, 2], [-1, 1, 3], [0, 2, 4]]


@settings(deadline=None, max_examples=80, derandomize=True)
@given(
    n=st.integers(1, 12),
    k=st.integers(1, 5),
    stride_and_dilation=st.sampled_from([(1, 1), (2, 1), (3, 1), (5, 1), (1, 2), (1, 3), (1, 4)]),
    padding=st.sampled_from(["valid", "same"]),
)
def test_the_reads_inside_the_input_are_those_of_keras(n, k, stride_and_dilation, padding):
    s, d = stride_and_dilation
    table = reads(n, k, s, d, padding)
    if padding == "valid" and d * (k - 1) + 1 > n:
        assert table.shape == (0, k)
        return
    inside = [[int(i) for i in window if 0 <= i < n] for window in table]
    assert inside == reads_of_keras(n, k, s, d, padding)


@settings(deadline=None, max_examples=200, derandomize=True)
@given(n=st.integers(1, 20), k=st.integers(1, 6), s=st.integers(1, 6), d=st.integers(1, 4))
def test_valid_fits_as_many_windows_as_a_search_finds(n, k, s, d):
    starts = [start for start in range(0, n, s) if start + d * (k - 1) < n]
    assert max(output_size(n, k, s, d), 0) == len(starts)
    assert reads(n, k, s, d).tolist() == [[start + d * tap for tap in range(k)] for start in starts]


@settings(deadline=None, max_examples=200, derandomize=True)
@given(n=st.integers(1, 20), k=st.integers(1, 6), s=st.integers(1, 6), d=st.integers(1, 4))
def test_same_pads_just_enough_for_every_window_and_as_evenly_as_it_can(n, k, s, d):
    before, after = padding_cells(n, k, s, d, "same")
    table = reads(n, k, s, d, "same")
    assert len(table) == output_size(n, k, s, d, "same") == len(range(0, n, s))
    assert after - before in (0, 1)
    assert table[0, 0] == -before
    # The last window ends with the padding; without any padding it may end earlier.
    assert table[-1, -1] == n + after - 1 or (before, after) == (0, 0)


def test_every_filter_of_an_ungrouped_layer_reads_all_channels():
    assert channel_reads(3, 2).tolist() == [[0, 1, 2], [0, 1, 2]]


def test_grouped_filters_are_shared_out_in_order():
    assert channel_reads(6, 4, groups=2).tolist() == [[0, 1, 2], [0, 1, 2], [3, 4, 5], [3, 4, 5]]
    assert channel_reads(3, 3, groups=3).tolist() == [[0], [1], [2]]


@pytest.mark.parametrize("channels, filters, groups", [(4, 4, 2), (6, 3, 3), (4, 8, 4), (2, 6, 1)])
def test_the_channels_read_are_those_of_keras(channels, filters, groups):
    layer = keras.layers.Conv2D(filters, 1, groups=groups, kernel_initializer="ones", use_bias=False)
    answers = layer(np.eye(channels, dtype="float32")[None, None]).numpy()[0, 0]  # (channel that is 1, filter)
    expected = [np.flatnonzero(answers[:, f]).tolist() for f in range(filters)]
    assert channel_reads(channels, filters, groups).tolist() == expected


def test_the_divisors_are_those_numbers_that_divide_and_no_others():
    assert divisors(12) == [1, 2, 3, 4, 6, 12]
    assert divisors(7) == [1, 7]
    assert divisors(1) == [1]
