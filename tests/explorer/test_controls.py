"""The settings as sliders, menus and boxes: what a move does to them, and to the layer."""

import ipywidgets
import keras
import numpy as np
import pytest
from keras import layers
from reading_controls import control, controls, revision, square, walk

from widgets import explore


def test_every_argument_has_its_control_under_keras_name():
    explorer = explore(layers.Conv2D(4, 3))
    assert [(type(widget).__name__, widget.description) for widget in controls(explorer)] == [
        ("IntSlider", "filters"),
        ("IntSlider", "kernel_size"),
        ("IntSlider", "kernel_size width"),
        ("Checkbox", "square"),
        ("IntSlider", "strides"),
        ("IntSlider", "strides width"),
        ("Checkbox", "square"),
        ("Dropdown", "padding"),
        ("IntSlider", "dilation_rate"),
        ("IntSlider", "dilation_rate width"),
        ("Checkbox", "square"),
        ("IntSlider", "groups"),
        ("Checkbox", "use_bias"),
        ("Dropdown", "activation"),
        ("Button", "Reset"),
        ("Dropdown", "kernel"),
        ("ToggleButton", "turn the kernel"),
        ("Dropdown", "picture"),
        ("IntSlider", "picture size"),
    ]


def test_where_x_is_a_shape_its_sizes_have_sliders_too():
    explorer = explore(layers.Conv2D(4, 3), (2, 6, 7, 3))
    assert [(w.description, w.value) for w in controls(explorer)[:3]] == [
        ("input height", 6),
        ("input width", 7),
        ("input channels", 3),
    ]


def test_controls_that_hosted_notebooks_cannot_draw_are_not_used():
    explorer = explore(layers.Conv2D(4, 3), (2, 6, 7, 3))
    undrawable = (ipywidgets.Tab, ipywidgets.Accordion, ipywidgets.Play, ipywidgets.Output)
    assert [widget for widget in walk(explorer) if isinstance(widget, undrawable)] == []


def test_the_controls_start_at_the_layer_that_was_handed_over():
    layer = layers.Conv2D(6, (2, 3), strides=(1, 2), padding="same", groups=3, use_bias=False, activation="tanh")
    explorer = explore(layer, (1, 8, 8, 12))
    shown = {w.description: w.value for w in controls(explorer) if hasattr(w, "value") and w.description != "square"}
    assert shown == {
        "input height": 8,
        "input width": 8,
        "input channels": 12,
        "filters": 6,
        "kernel_size height": 2,
        "kernel_size width": 3,
        "strides height": 1,
        "strides width": 2,
        "padding": "same",
        "dilation_rate": 1,
        "dilation_rate width": 1,
        "groups": 3,
        "use_bias": False,
        "activation": "tanh",
        "kernel": "as_it_is",
        "turn the kernel": False,
        "picture": "as_given",
        "picture size": 48,
    }
    assert [square(explorer, name).value for name in ("kernel_size", "strides", "dilation_rate")] == [
        False,
        False,
        True,
    ]


@pytest.mark.parametrize(
    "description, value, setting",
    [
        ("filters", 5, {"filters": 5}),
        ("kernel_size", 2, {"kernel_size": (2, 2)}),
        ("strides width", 3, {"strides": (3, 3)}),
        ("padding", "same", {"padding": "same"}),
        ("dilation_rate", 2, {"dilation_rate": (2, 2)}),
        ("groups", 2, {"groups": 2}),
        ("use_bias", False, {"use_bias": False}),
        ("activation", "relu", {"activation": "relu"}),
        ("input height", 5, {"input_shape": (1, 5, 8, 4)}),
        ("input width", 5, {"input_shape": (1, 8, 5, 4)}),
        ("input channels", 2, {"input_shape": (1, 8, 8, 2)}),
    ],
)
def test_a_move_changes_its_own_setting_and_the_layer_in_one_update(description, value, setting):
    explorer = explore(layers.Conv2D(4, 3), (1, 8, 8, 4))
    before, drawn, layer = explorer.settings, revision(explorer), explorer.layer
    control(explorer, description).value = value
    assert explorer.settings == before | setting
    assert revision(explorer) == drawn + 1
    assert explorer.layer is not layer
    (name, wanted) = next(iter(setting.items()))
    got = explorer.x.shape if name == "input_shape" else getattr(explorer.layer, name)
    assert getattr(got, "__name__", got) == wanted


def test_moving_back_and_forth_gives_the_activation_none_again():
    explorer = explore(layers.Conv2D(4, 3))
    control(explorer, "activation").value = "relu"
    control(explorer, "activation").value = "None"
    assert explorer.settings["activation"] is None
    assert explorer.facts.code == "layers.Conv2D(4, 3)"


# Square


def test_square_ties_height_and_width_together_whichever_is_moved():
    explorer = explore(layers.Conv2D(1, 3))
    control(explorer, "kernel_size width").value = 5
    assert explorer.settings["kernel_size"] == (5, 5)
    control(explorer, "kernel_size").value = 2
    assert explorer.settings["kernel_size"] == (2, 2)
    assert explorer.settings["strides"] == (1, 1)


def test_a_square_setting_is_one_slider_that_opens_into_one_for_each_axis():
    explorer = explore(layers.Conv2D(1, 3))
    height, width = control(explorer, "kernel_size"), control(explorer, "kernel_size width")
    assert (height.layout.display, width.layout.display) == (None, "none")
    square(explorer, "kernel_size").value = False
    assert (height.description, width.layout.display) == ("kernel_size height", None)
    explorer.settings = {"kernel_size": 4}
    assert (height.description, width.layout.display) == ("kernel_size", "none")


def test_an_argument_that_is_none_shows_no_slider():
    explorer = explore(layers.Conv2DTranspose(1, 3))
    sliders = [control(explorer, f"output_padding {axis}") for axis in ("height", "width")]
    assert [slider.layout.display for slider in sliders] == ["none", "none"]
    control(explorer, "output_padding").value = True
    assert [slider.layout.display for slider in sliders] == [None, None]


def test_without_square_each_axis_moves_alone():
    explorer = explore(layers.Conv2D(1, 3))
    square(explorer, "kernel_size").value = False
    control(explorer, "kernel_size width").value = 5
    assert explorer.settings["kernel_size"] == (3, 5)


def test_ticking_square_makes_the_width_equal_to_the_height_in_one_update():
    explorer = explore(layers.Conv2D(1, (2, 5)))
    drawn = revision(explorer)
    square(explorer, "kernel_size").value = True
    assert explorer.settings["kernel_size"] == (2, 2)
    assert explorer.layer.kernel_size == (2, 2)
    assert revision(explorer) == drawn + 1


# Groups


def test_only_divisors_of_the_channels_can_be_chosen_as_groups_in_the_direction_of_the_move():
    explorer = explore(layers.Conv2D(12, 3), (1, 8, 8, 12))
    groups = control(explorer, "groups")
    assert (groups.min, groups.max) == (1, 12)
    seen = []
    for step in [1] * 5 + [-1] * 5:
        groups.value += step
        seen.append(groups.value)
    assert seen == [2, 3, 4, 6, 12, 6, 4, 3, 2, 1]
    assert explorer.facts.problem == ""


def test_a_jump_of_the_groups_ends_on_the_next_divisor_and_is_one_update():
    explorer = explore(layers.Conv2D(12, 3), (1, 8, 8, 12))
    drawn = revision(explorer)
    control(explorer, "groups").value = 8
    assert explorer.settings["groups"] == explorer.layer.groups == 12
    assert revision(explorer) == drawn + 1
    control(explorer, "groups").value = 5
    assert explorer.settings["groups"] == 4


def test_of_a_prime_number_of_channels_only_1_and_all_can_be_chosen():
    explorer = explore(layers.Conv2D(7, 3), (1, 8, 8, 7))
    control(explorer, "groups").value = 2
    assert explorer.settings["groups"] == 7
    control(explorer, "groups").value = 6
    assert explorer.settings["groups"] == 1


def test_filters_stay_free_and_keras_refusal_teaches_the_rest():
    explorer = explore(layers.Conv2D(6, 3, groups=3), (1, 8, 8, 12))
    control(explorer, "filters").value = 7
    assert explorer.settings["filters"] == 7
    assert "evenly divisible" in explorer.facts.problem


def test_groups_of_one_channel_cannot_be_moved():
    explorer = explore(layers.Conv2D(6, 3), (1, 8, 8, 1))
    groups = control(explorer, "groups")
    assert groups.disabled
    control(explorer, "input channels").value = 6
    assert not groups.disabled
    control(explorer, "input channels").value = 1
    assert groups.disabled


def test_fewer_channels_bring_the_groups_down_to_a_divisor_in_one_update():
    explorer = explore(layers.Conv2D(12, 3, groups=6), (1, 8, 8, 12))
    drawn = revision(explorer)
    control(explorer, "input channels").value = 8
    assert explorer.settings["groups"] == 4
    assert control(explorer, "groups").max == 8
    assert explorer.facts.problem == ""
    assert revision(explorer) == drawn + 1
    control(explorer, "input channels").value = 1
    assert explorer.settings["groups"] == 1
    control(explorer, "input channels").value = 6
    control(explorer, "groups").value = 6
    assert explorer.settings["groups"] == 6


# Reset


def test_reset_restores_the_settings_in_one_update():
    explorer = explore(layers.Conv2D(4, (2, 3), padding="same"), (1, 8, 8, 4))
    start = explorer.settings
    control(explorer, "filters").value = 6
    control(explorer, "padding").value = "valid"
    control(explorer, "activation").value = "relu"
    control(explorer, "kernel_size height").value = 5
    control(explorer, "input channels").value = 2
    drawn = revision(explorer)
    control(explorer, "Reset").click()
    assert explorer.settings == start
    assert explorer.x.shape == (1, 8, 8, 4)
    assert explorer.facts.code == "layers.Conv2D(4, (2, 3), padding='same')"
    assert not square(explorer, "kernel_size").value
    assert revision(explorer) == drawn + 1


def test_reset_works_again_and_again_and_where_nothing_was_moved():
    explorer = explore(layers.Conv2D(4, 3))
    start = explorer.settings
    for _ in range(3):
        control(explorer, "Reset").click()
        assert explorer.settings == start
        control(explorer, "filters").value += 1


# Settings from code


def test_settings_set_from_code_move_the_sliders_in_one_update():
    explorer = explore(layers.Conv2D(4, 3), (1, 8, 8, 4))
    drawn = revision(explorer)
    wanted = {
        "filters": 6,
        "kernel_size": (2, 5),
        "padding": "same",
        "activation": "gelu",
        "use_bias": False,
        "groups": 2,
    }
    explorer.settings = wanted
    assert revision(explorer) == drawn + 1
    assert {name: explorer.settings[name] for name in wanted} == wanted
    assert control(explorer, "kernel_size width").value == 5
    assert not square(explorer, "kernel_size").value
    assert control(explorer, "use_bias").value is False
    assert explorer.layer.kernel.shape == (2, 5, 2, 6)


def test_one_number_stands_for_both_axes_and_a_list_for_a_tuple():
    explorer = explore(layers.Conv2D(4, (2, 3)))
    explorer.settings = {"kernel_size": 4, "strides": [1, 2]}
    assert explorer.settings["kernel_size"] == (4, 4)
    assert explorer.settings["strides"] == (1, 2)
    assert square(explorer, "kernel_size").value


def test_an_explorers_own_settings_can_be_set_again():
    explorer = explore(layers.Conv2D(4, 3), (1, 8, 8, 4))
    before = explorer.settings
    explorer.settings = {"filters": 2, "activation": "relu"}
    explorer.settings = before
    assert explorer.settings == before
    assert before["activation"] is None


def test_the_settings_of_a_layer_with_one_axis_can_be_set_too():
    explorer = explore(layers.Conv1DTranspose(2, 3, strides=2), (1, 5, 3))
    explorer.settings = explorer.settings
    assert explorer.code == "layers.Conv1DTranspose(2, 3, strides=2)"
    explorer.settings = {"kernel_size": 4, "strides": (3,), "output_padding": 1, "input_shape": (1, 6, 2)}
    assert explorer.code == "layers.Conv1DTranspose(2, 4, strides=3, output_padding=1)"
    assert explorer.x.shape == (1, 6, 2)


def test_settings_beyond_a_sliders_range_widen_it():
    explorer = explore(layers.Conv2D(4, 3), (1, 40, 40, 1))
    assert (control(explorer, "filters").max, control(explorer, "kernel_size").max) == (64, 11)
    explorer.settings = {"filters": 100, "kernel_size": 20, "input_shape": (1, 300, 21, 70)}
    assert explorer.settings["filters"] == 100
    assert explorer.settings["kernel_size"] == (20, 20)
    assert explorer.y.shape == (1, 281, 2, 100)
    assert (control(explorer, "filters").max, control(explorer, "kernel_size").max) == (100, 20)


def test_a_layer_beyond_a_sliders_range_widens_it():
    explorer = explore(layers.Conv2D(200, 15), (1, 20, 20, 1))
    assert explorer.settings["filters"] == 200
    assert explorer.y.shape == (1, 6, 6, 200)


def test_a_readers_own_activation_is_one_of_the_menus_options():
    def halved(y):
        return y / 2

    explorer = explore(layers.Conv2D(4, 3, activation=halved))
    menu = control(explorer, "activation")
    assert menu.value == "halved"
    menu.value = "relu"
    assert explorer.settings["activation"] == "relu"
    menu.value = "halved"
    assert explorer.settings["activation"] is halved
    explorer.settings = {"activation": "relu"}
    explorer.settings = {"activation": halved}
    assert explorer.layer.activation is halved


def test_an_input_shape_and_groups_that_fit_each_other_can_be_set_together():
    explorer = explore(layers.Conv2D(6, 3, groups=3), (1, 8, 8, 12))
    explorer.settings = {"groups": 5, "filters": 10, "input_shape": (1, 8, 8, 10)}
    assert explorer.facts.problem == ""
    assert explorer.layer.kernel.shape == (3, 3, 2, 10)


@pytest.mark.parametrize(
    "wanted, rule, received, way_out",
    [
        (
            {"stride": 2},
            "takes a dict with these names: input_shape, filters, kernel_size",
            "stride",
            "Try one of them",
        ),
        ({"name": "a"}, "takes a dict with these names", "name", "Try one of them"),
        ({"filters": 2.5}, "`filters` must be a whole number of at least 1", "2.5", "Try filters=4"),
        ({"filters": True}, "`filters` must be a whole number of at least 1", "True", "Try filters=4"),
        (
            {"kernel_size": (1, 2, 3)},
            "a whole number of at least 1, or 2 of them",
            "(1, 2, 3)",
            "Try kernel_size=(3, 3)",
        ),
        ({"kernel_size": "3"}, "a whole number of at least 1, or 2 of them", "3", "Try kernel_size=(3, 3)"),
        ({"padding": 1}, "`padding` must be 'valid' or 'same'", "1", "Try padding='valid'"),
        ({"groups": "2"}, "`groups` must be a whole number of at least 1", "2", "Try groups=1"),
        ({"activation": 2}, "`activation` must be None, 'relu'", "2", "Try activation=None"),
        ({"use_bias": 1}, "`use_bias` must be True or False", "1", "Try use_bias=True"),
        ({"input_shape": (8, 8, 4)}, "4 whole numbers of at least 1, the first of them 2", "(8, 8, 4)", "(2, 8, 8, 4)"),
        ({"input_shape": (1, 8, 8, 4)}, "the first of them 2", "(1, 8, 8, 4)", "Try input_shape=(2, 8, 8, 4)"),
    ],
)
def test_unknown_names_and_wrong_values_raise_with_the_rule_what_came_and_a_way_out(wanted, rule, received, way_out):
    explorer = explore(layers.Conv2D(4, 3), (2, 8, 8, 4))
    before, drawn = explorer.settings, revision(explorer)
    with pytest.raises(ValueError) as error:
        explorer.settings = {"filters": 9} | wanted
    assert rule in str(error.value)
    assert f"Received: {received}" in str(error.value)
    assert way_out in str(error.value)
    assert explorer.settings == before  # all or nothing
    assert revision(explorer) == drawn


@pytest.mark.parametrize(
    "wanted, way_out",
    [
        ({"filters": 0}, "`filters` must be a whole number of at least 1."),
        ({"filters": -3}, "`filters` must be a whole number of at least 1."),
        ({"kernel_size": 0}, "`kernel_size` must be a whole number of at least 1, or 2 of them."),
        ({"strides": (0, 1)}, "`strides` must be a whole number of at least 1, or 2 of them."),
        ({"dilation_rate": -1}, "`dilation_rate` must be a whole number of at least 1, or 2 of them."),
        ({"padding": "full"}, "`padding` must be 'valid' or 'same'."),
        ({"groups": 0}, "`groups` must be a whole number of at least 1."),
        (
            {"activation": "softmin"},
            "Move the setting that was changed last back, press Reset, or try another input or layer.",
        ),
    ],
)
def test_settings_that_no_layer_can_have_are_shown_with_what_keras_says(wanted, way_out):
    explorer = explore(layers.Conv2D(4, 3), (2, 8, 8, 4))
    drawn = explorer.children[1].snapshot["grids"]
    explorer.settings = {"use_bias": False} | wanted
    with pytest.raises(Exception) as refusal:
        layers.Conv2D(**{"filters": 4, "kernel_size": 3} | wanted)
    said = explorer.facts.whole_problem
    # A single number becomes one for each axis, and Keras names what came.
    assert said.split("Received")[0] == str(refusal.value).split("Received")[0]
    assert explorer.facts.advice == way_out
    assert explorer.y is None
    assert [grid["label"] for grid in explorer.children[1].snapshot["grids"]] == [grid["label"] for grid in drawn]
    for name, value in wanted.items():
        shown = explorer.settings[name]
        assert shown == ((value,) * 2 if isinstance(shown, tuple) and isinstance(value, int) else value)
    control(explorer, "Reset").click()
    assert explorer.facts.problem == ""
    assert explorer.settings["use_bias"] is True


@pytest.mark.parametrize("layer", [layers.Conv1D(1, 3), layers.DepthwiseConv1D(3), layers.Conv2DTranspose(1, 2)])
def test_a_number_that_would_end_tensorflows_process_does_not_reach_it(layer):
    explorer = explore(layer)
    explorer.settings = {"strides": 2**40}
    assert explorer.facts.advice == "`strides` must be at most 2,147,483,647."
    assert explorer.y is None and explorer.facts.problem


@pytest.mark.parametrize(
    "wanted, shown",
    [
        ({"padding": "SAME"}, "same"),
        ({"activation": "elu"}, "elu"),
        ({"activation": "linear"}, None),
        ({"activation": keras.activations.gelu}, "gelu"),
        ({"filters": np.int64(6)}, 6),
        ({"kernel_size": np.array([2, 3]).tolist()}, (2, 3)),
        ({"kernel_size": (np.int32(2), 3)}, (2, 3)),
        ({"use_bias": np.False_}, False),
    ],
)
def test_settings_may_be_written_as_keras_lets_them(wanted, shown):
    explorer = explore(layers.Conv2D(4, 3), (2, 8, 8, 4))
    explorer.settings = wanted
    (name,) = wanted
    assert explorer.facts.problem == ""
    assert explorer.settings[name] == shown
    assert type(explorer.settings[name]) is type(shown)
    # A judge that shares no code: the reader's own layer with that argument.
    keras_own = layers.Conv2D(**{"filters": 4, "kernel_size": 3} | wanted)
    keras_own.build((2, 8, 8, 4))
    keras_own.set_weights(explorer.layer.get_weights())
    np.testing.assert_allclose(explorer.y, keras_own(explorer.x), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    "given, code",
    [
        ({"use_bias": 1}, "layers.Conv2D(4, 3)"),
        ({"use_bias": None}, "layers.Conv2D(4, 3, use_bias=False)"),
        ({"filters": keras.ops.convert_to_tensor(2)}, "layers.Conv2D(2, 3)"),
        ({"filters": np.array(2)}, "layers.Conv2D(2, 3)"),
        ({"groups": keras.Variable(2, dtype="int32")}, "layers.Conv2D(4, 3, groups=2)"),
    ],
    ids=str,
)
def test_a_layer_may_be_written_as_keras_lets_it(given, code):
    explorer = explore(layers.Conv2D(**{"filters": 4, "kernel_size": 3} | given), (2, 8, 8, 4))
    assert (explorer.code, explorer.facts.problem) == (code, "")
    explorer.settings = {"strides": 2}
    assert explorer.y.shape[1:3] == (3, 3)


@pytest.mark.parametrize("wanted", [None, 5, ["filters"], [("filters", 2)]])
def test_settings_that_are_no_dict_are_refused_with_the_names_there_are(wanted):
    explorer = explore(layers.Conv2D(4, 3))
    with pytest.raises(ValueError) as error:
        explorer.settings = wanted
    assert "takes a dict with these names: filters, kernel_size" in str(error.value)
    assert f"Received: {wanted!r}" in str(error.value)
    assert explorer.settings["filters"] == 4


def test_the_shape_of_values_cannot_be_set():
    explorer = explore(layers.Conv2D(4, 3))
    with pytest.raises(ValueError, match="takes a dict with these names: filters.*Received: input_shape"):
        explorer.settings = {"input_shape": (1, 4, 4, 1)}
