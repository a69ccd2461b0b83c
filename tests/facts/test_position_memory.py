"""Values are kept by position while an array's shape changes."""

import numpy as np
import pytest

from widgets.facts.position_memory import Memory


def test_the_first_fill_takes_the_fresh_values():
    assert Memory().fill(np.array([[1.0, 2.0]])).tolist() == [[1, 2]]


def test_growing_keeps_what_is_known_and_takes_the_rest_from_the_fresh_values():
    memory = Memory()
    memory.fill(np.array([[1.0, 2.0], [3.0, 4.0]]))
    grown = memory.fill(np.full((3, 3), 9.0))
    assert grown.tolist() == [[1, 2, 9], [3, 4, 9], [9, 9, 9]]


def test_3_4_3_gives_the_first_values_again():
    memory = Memory()
    first = memory.fill(np.arange(9.0).reshape(3, 3))
    memory.fill(np.full((4, 4), -1.0))
    assert np.array_equal(memory.fill(np.full((3, 3), -2.0)), first)


def test_4_3_4_gives_the_values_back_that_were_out_of_sight():
    memory = Memory()
    first = memory.fill(np.arange(16.0).reshape(4, 4))
    memory.fill(np.full((3, 3), -1.0))
    assert np.array_equal(memory.fill(np.full((4, 4), -2.0)), first)


def test_one_axis_may_grow_while_another_shrinks():
    memory = Memory()
    memory.fill(np.array([[1.0], [2.0]]))
    assert memory.fill(np.array([[8.0, 9.0]])).tolist() == [[1, 9]]
    assert memory.fill(np.full((2, 2), 7.0)).tolist() == [[1, 9], [2, 7]]


def test_a_place_between_two_known_arrays_is_still_unknown():
    memory = Memory()
    memory.note(np.array([[1.0, 2.0]]))
    memory.note(np.array([[1.0], [3.0]]))
    assert memory.fill(np.full((2, 2), 7.0)).tolist() == [[1, 2], [3, 7]]


def test_a_known_0_is_not_taken_for_an_unknown_value():
    memory = Memory()
    memory.fill(np.zeros(2))
    assert memory.fill(np.full(3, 5.0)).tolist() == [0, 0, 5]


def test_values_noted_later_replace_those_noted_before():
    memory = Memory()
    memory.fill(np.array([1.0, 2.0, 3.0]))
    memory.note(np.array([8.0, 9.0]))
    assert memory.fill(np.zeros(3)).tolist() == [8, 9, 3]


def test_what_is_given_and_what_is_taken_are_copies():
    memory = Memory()
    noted = np.array([1.0, 2.0])
    memory.note(noted)
    noted[:] = 7
    memory.fill(np.zeros(2))[:] = 7
    assert memory.fill(np.zeros(2)).tolist() == [1, 2]


def test_the_type_stays_float32():
    assert Memory().fill(np.zeros(2, "float32")).dtype == np.float32


def test_what_would_take_more_than_an_input_may_is_forgotten():
    memory = Memory()
    memory.note(np.full((1, 2**14), 3.0, "float32"))
    memory.note(np.full((2**14, 1), 4.0, "float32"))  # together with all between them, 1 GiB
    assert memory.fill(np.zeros((2, 2), "float32")).tolist() == [[4, 0], [4, 0]]


def test_an_array_with_another_number_of_axes_is_refused():
    memory = Memory()
    memory.note(np.zeros((2, 2)))
    with pytest.raises(ValueError):
        memory.note(np.zeros(2))


def test_a_shape_is_recalled_where_every_position_of_it_is_known():
    memory = Memory()
    assert memory.recall((1, 1)) is None
    memory.fill(np.arange(4.0).reshape(2, 2))
    assert memory.recall((2, 1)).tolist() == [[0], [2]]
    assert memory.recall((2, 3)) is None
    memory.fill(np.full((1, 3), 7.0))  # there is room for (1, 2) now, which nobody has seen
    assert memory.recall((2, 3)) is None
    memory.recall((2, 2))[:] = 9
    assert memory.recall((2, 2)).tolist() == [[0, 1], [2, 3]]
