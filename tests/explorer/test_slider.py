"""A slider keeps every whole number of its range, whatever a page makes of it."""

import ipywidgets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from widgets.explorer.controls import INPUT_CHANNELS, INPUT_SIZE
from widgets.explorer.slider import IntSlider
from widgets.facts.kinds import KINDS, Count

# Every range that a table knows, and those that grow: with channels, layers, and values beyond a range.
TABLED = {
    (rule.low, rule.high) for kind in KINDS.values() for rule in kind.settings.values() if isinstance(rule, Count)
}
RANGES = TABLED | {(rule.low, rule.high) for rule in (INPUT_SIZE, INPUT_CHANNELS)} | {(8, 224)}
RANGES |= {(1, high) for high in range(1, 2049)}


def drawn(value, low, high):
    """What noUiSlider makes of a value: from steps of 1 in hundredths of its range, and back."""
    step = 100 / (high - low)
    return round((value - low) * 100 / (high - low) / step) * step * (high - low) / 100 + low


def shown(slider):
    """What a page sends back when it shows the slider, with the view that the kernel asked for."""
    value = drawn(slider.value, slider.min, slider.max)
    return value if slider.get_state("_view_name")["_view_name"] == "FloatSliderView" else int(value // 1)


def test_the_page_loses_ten_of_1_to_64_where_it_floors():
    lost = [value for value in range(1, 65) if int(drawn(value, 1, 64)) != value]
    assert lost == [6, 10, 11, 14, 16, 19, 21, 22, 27, 31, 32, 36, 37, 40, 41, 43, 48, 53, 56, 58, 61, 63]
    plain = ipywidgets.IntSlider(10, 1, 64)
    assert shown(plain) == 9


def test_no_number_of_any_range_is_lost_when_it_is_shown():
    for low, high in RANGES:
        for value in range(low, high + 1):
            assert round(drawn(value, low, max(high, low + 1))) == value
    for low, high in TABLED:
        for value in range(low, high + 1):
            slider, moves = IntSlider(value, low, high), []
            slider.observe(moves.append, "value")
            slider.set_state({"value": shown(slider)})
            assert (slider.value, moves) == (value, [])


@given(st.integers(-50, 3000), st.integers(0, 3000), st.data())
def test_a_range_that_grows_keeps_its_numbers_too(low, more, data):
    slider = IntSlider(low, low, low + more)
    value = data.draw(st.integers(low - 100, low + more + 5000))
    slider.admit(value)
    slider.value = value
    slider.set_state({"value": shown(slider)})
    assert slider.value == value and type(slider.value) is int


def test_a_reader_s_move_is_taken_over_as_the_nearest_whole_number():
    slider, moves = IntSlider(3, 1, 9), []
    slider.observe(lambda change: moves.append(change.new), "value")
    for sent in (3.9999999999999996, 5.000000000000001, 4.4, 9):
        slider.set_state({"value": sent})
    assert moves == [4, 5, 4, 9]


@pytest.mark.parametrize("given_disabled", [False, True])
def test_a_range_of_one_number_can_be_drawn_and_not_moved_and_comes_alive_when_it_grows(given_disabled):
    slider = IntSlider(1, 1, 1, disabled=given_disabled)
    assert (slider.min, slider.max, slider.disabled) == (1, 2, True)
    slider.limit(1, 12)
    assert (slider.min, slider.max, slider.disabled) == (1, 12, False)
    slider.limit(1, 1)
    assert (slider.value, slider.max, slider.disabled) == (1, 2, True)


def test_a_slider_that_rests_for_another_reason_stays_so_when_its_range_grows():
    slider = IntSlider(0, 0, 5)
    slider.disabled = True  # its box is not ticked
    slider.admit(7)
    assert (slider.max, slider.disabled) == (7, True)


def test_no_page_hears_of_a_hidden_slider_until_it_is_shown(monkeypatch):
    slider, heard = IntSlider(3, 1, 9), []
    monkeypatch.setattr(ipywidgets.IntSlider, "_send", lambda _, msg, buffers=None: heard.append(msg["state"]))
    slider.layout.display = "none"
    slider.admit(12)
    slider.value = 12
    assert heard == []
    slider._handle_msg({"content": {"data": {"method": "request_state"}}})  # a page that is loaded
    assert heard.pop()["value"] == 12
    slider.layout.display = None
    assert (heard[-1]["value"], heard[-1]["max"]) == (12, 12)
