"""Questions about a layer: what is asked, what each slip of thought is told, and how answers are read."""

import json
import os
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers

from widgets import goal
from widgets.deformable import DeformableConv2D
from widgets.facts import KINDS
from widgets.quiz.parsing import Unreadable, read_number, read_settings, read_shape
from widgets.quiz.sequence import ALL, Quiz

X = (4, 29, 22, 12)
CLASSES = [kind.layer_class for kind in KINDS.values()]
# All 300 a class take minutes: `make soak` draws them.
DRAWN = 300 if os.environ.get("SOAK") else 20


def ask(kind, layer, x=X, seed=0, place=0):
    """The question of one kind about a layer."""
    return Quiz(layer, x, kind, seed).question(place)


# What is right


@pytest.mark.parametrize(
    "layer, output, kernel, params",
    [
        (layers.Conv2D(10, 3), (4, 27, 20, 10), (3, 3, 12, 10), 1090),
        (layers.Conv2D(6, (2, 3), strides=(2, 3)), (4, 14, 7, 6), (2, 3, 12, 6), 438),
        (layers.Conv2D(6, 2, groups=3, padding="same"), (4, 29, 22, 6), (2, 2, 4, 6), 102),
        (layers.Conv2D(5, 3, dilation_rate=4, use_bias=False), (4, 21, 14, 5), (3, 3, 12, 5), 540),
        (layers.Conv2DTranspose(5, 3, strides=2), (4, 59, 45, 5), (3, 3, 5, 12), 545),
        (layers.DepthwiseConv2D(2, depth_multiplier=3), (4, 28, 21, 36), (2, 2, 12, 3), 180),
        (layers.SeparableConv2D(6, 2), (4, 28, 21, 6), (2, 2, 12, 1), 126),
        (DeformableConv2D(5, 3), (4, 27, 20, 5), (3, 3, 12, 5), 2507),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, layers.Layer) else "",
)
def test_the_solutions_are_the_shapes_and_counts_that_are_known(layer, output, kernel, params):
    assert ask("output_shape", layer).solution == output
    assert ask("kernel_shape", layer).solution == kernel
    assert ask("params", layer).solution == params


def test_a_hint_speaks_of_gaps_only_where_the_window_has_some():
    plain, dilated = (ask("output_shape", layers.Conv2D(6, 3, dilation_rate=rate)).hint for rate in (1, (1, 2)))
    assert "`dilation_rate`" not in plain and "`dilation_rate`" in dilated


def test_a_layer_with_two_kernels_is_asked_about_both():
    quiz = Quiz(layers.SeparableConv2D(6, 2), X, "kernel_shape", 0)
    assert quiz.count == 2
    assert quiz.question(0).solution == (2, 2, 12, 1)
    assert quiz.question(1).solution == (1, 1, 12, 6)


def test_the_worked_solution_puts_the_numbers_in():
    layer = layers.Conv2D(6, (2, 3), strides=(2, 3))
    assert ask("output_shape", layer).worked == [
        "batch: it stays 4",
        "height: floor((29 - 2) / 2) + 1 = 14",
        "width: floor((22 - 3) / 3) + 1 = 7",
        "channels: one for each filter, 6",
        "(batch, height, width, channels) = (4, 14, 7, 6)",
    ]
    assert ask("params", layer).worked[-1] == "2*3*12*6 + 6 = 438"
    assert ask("kernel_shape", layer).worked == ["kernel: (height, width, in, filters) = (2, 3, 12, 6)"]


# Each slip and what is said to it


OUTPUT_SLIPS = [
    (layers.Conv2D(6, 3, strides=2), (4, 14, 11, 6), "width 11. That is rounded up."),
    (layers.Conv2D(6, 3), (4, 26, 20, 6), "height 26. That counts the steps."),
    (layers.Conv2D(6, 3, strides=2, padding="same"), (4, 14, 11, 6), "height 14. That is rounded down."),
    (layers.Conv2D(6, 5, padding="same"), (4, 27, 22, 6), "height 27. That counts the padding on one side only."),
    (layers.Conv2D(6, 5, padding="same"), (4, 25, 22, 6), "height 25. That leaves out the padding"),
    (layers.Conv2D(6, 3, padding="same", strides=2), (4, 29, 22, 6), "keeps the size only where the stride is 1"),
    (layers.Conv2D(6, 3), (4, 29, 22, 6), 'height 29, width 22. That is the size with padding="same"'),
    (layers.Conv2D(6, 3), (4, 20, 27, 6), "spatial axes are swapped"),
    (layers.Conv2D(6, 3), (4, 6, 27, 20), "PyTorch's axis order, channels first"),
    (layers.Conv2D(6, 3), (27, 20, 6), "The batch axis is missing"),
    (layers.Conv2D(6, 3), (None, 27, 20, 6), "Keras prints None while it does not know the batch"),
    (layers.Conv2D(6, 3), (1, 27, 20, 6), "batch 1. A convolution leaves the batch as it is."),
    (layers.Conv2D(6, 3), (4, 27, 20, 12), "channels 12. Those are the input's channels."),
    (layers.Conv2D(6, 3), (4, 27, 20, 72), "channels 72. A filter spans its input channels and adds them up"),
    (layers.Conv2D(6, 3), (4, 27, 20), "The shape has 4 axes"),
    (layers.Conv2D(6, 3, groups=3), (4, 27, 20, 2), "The groups share the filters out"),
    (layers.Conv2D(6, 3, dilation_rate=2), (4, 27, 18, 6), "height 27. That leaves out dilation_rate"),
    (layers.Conv2D(6, 3, dilation_rate=2), (4, 26, 18, 6), "height 26. That leaves out dilation_rate"),
    (layers.Conv2D(6, 3, dilation_rate=2), (4, 24, 18, 6), "height 24. That takes kernel_size times dilation_rate"),
    (layers.Conv2D(6, 3, dilation_rate=4), (4, 18, 14, 6), "height 18. That takes kernel_size times dilation_rate"),
    (layers.Conv2D(6, 3, dilation_rate=4), (4, 20, 14, 6), "height 20. That counts the steps."),
    (layers.Conv2D(6, 4, strides=3), (4, 26, 7, 6), "height 26. That leaves out strides."),
    (layers.Conv2D(6, 4, strides=3), (4, 25, 7, 6), "height 25. That leaves out strides."),
    (layers.DepthwiseConv2D(3, depth_multiplier=2), (4, 27, 20, 12), "That leaves out depth_multiplier"),
    (layers.DepthwiseConv2D(3, depth_multiplier=2), (4, 27, 20, 2), "output channels of one input channel"),
    (layers.SeparableConv2D(6, 3, depth_multiplier=2), (4, 27, 20, 24), "the channels between the two steps"),
    (layers.SeparableConv2D(6, 3), (4, 27, 20, 12), "channels 12. Those are the input's channels."),
    (layers.Conv2DTranspose(6, 3, strides=2), (4, 14, 45, 6), "height 14. That is the size that a convolution gives."),
    (layers.Conv2DTranspose(6, 3, strides=2), (4, 58, 45, 6), "height 58. That is input size times strides."),
    (layers.Conv2DTranspose(6, 2, strides=3), (4, 86, 66, 6), "None is not 0."),
    (layers.Conv2DTranspose(6, 3, dilation_rate=4), (4, 40, 30, 6), "height 40. That takes kernel_size times"),
    (layers.Conv2DTranspose(6, 5, strides=2, padding="same"), (4, 60, 44, 6), "cropped cells on one side only"),
    (layers.Conv2DTranspose(6, 5, strides=2, padding="same"), (4, 61, 44, 6), 'With "same" the ends are cropped'),
]


@pytest.mark.parametrize("layer, answer, said", OUTPUT_SLIPS)
def test_a_wrong_output_shape_is_told_what_went_wrong(layer, answer, said, request):
    if isinstance(layer, layers.Conv2DTranspose) and max(layer.dilation_rate) > 1:
        request.getfixturevalue("needs_dilated_transpose")
    feedback = ask("output_shape", layer).judge(answer)
    assert not feedback
    assert said in feedback.text


def test_axes_that_are_right_already_are_named():
    assert ask("output_shape", layers.Conv2D(6, 3)).judge("4 27 99 6").text == (
        "Wrong: width 99.\nRight already: batch, height, channels."
    )


def test_channels_first_has_its_own_order(needs_channels_first):
    question = ask("output_shape", layers.Conv2D(5, 1, data_format="channels_first"), (2, 4, 9, 8))
    assert question.solution == (2, 5, 9, 8)
    assert "(batch, channels, height, width)" in question.text
    assert "This layer has them first" in question.judge((2, 9, 8, 5)).text


KERNEL_SLIPS = [
    (layers.Conv2D(6, (2, 3)), (2, 3, 6), 0, "a filter spans all the input channels"),
    (layers.Conv2D(6, (2, 3)), (2, 3, 1, 6), 0, "a filter spans all the input channels"),
    (layers.Conv2D(6, (2, 3)), (6, 12, 2, 3), 0, "PyTorch's axis order"),
    (layers.Conv2D(6, (2, 3)), (2, 3, 6, 12), 0, "The last two axes are swapped"),
    (layers.Conv2D(6, (2, 3)), (3, 2, 12, 6), 0, "spatial axes are swapped"),
    (layers.Conv2D(6, (2, 3)), (2, 3), 0, "That is the window only"),
    (layers.Conv2D(6, (2, 3)), (2, 3, 12, 7), 0, "Axes that are, counted from 0: 0, 1, 2."),
    (layers.Conv2D(6, (2, 3)), (2, 3, 12, 6, 1), 0, "This kernel has 4 axes. Your answer has 5."),
    (layers.Conv2D(6, 2, groups=3), (2, 2, 12, 6), 0, "That forgets the groups"),
    (layers.Conv2D(6, 2, groups=3), (2, 2, 12, 2), 0, "share out the input's channels on this axis"),
    (layers.Conv2D(6, 2, groups=3), (2, 2, 4, 2), 0, "That is the kernel of one group"),
    (layers.Conv2DTranspose(5, 2), (2, 2, 12, 5), 0, "The last two axes are swapped"),
    (layers.Conv2DTranspose(5, 2), (12, 5, 2, 2), 0, "PyTorch's axis order"),
    (layers.DepthwiseConv2D(2, depth_multiplier=3), (2, 2, 12, 36), 0, "The last axis is depth_multiplier alone"),
    (layers.SeparableConv2D(6, 2), (2, 2, 12, 6), 0, "The filters belong to pointwise_kernel"),
    (DeformableConv2D(5, (2, 3)), (2, 3, 12, 6), 1, "An offset is a pair"),
    (DeformableConv2D(5, (2, 3)), (2, 3, 12, 5), 1, "does not make the output but the offsets"),
    (DeformableConv2D(5, (2, 3), modulated=True), (2, 3, 12, 12), 1, "That leaves out the masks"),
    (DeformableConv2D(5, (2, 3), modulated=True, offset_groups=4), (2, 3, 12, 18), 1, "That counts one offset group"),
    (layers.Conv2D(6, (2, 3), dilation_rate=(1, 4)), (2, 9, 12, 6), 0, "That is the size of the window"),
    (layers.SeparableConv2D(6, 2, depth_multiplier=3), (1, 1, 12, 6), 1, "all channels that the depthwise step makes"),
]


@pytest.mark.parametrize("layer, answer, place, said", KERNEL_SLIPS)
def test_a_wrong_kernel_shape_is_told_what_went_wrong(layer, answer, place, said):
    feedback = ask("kernel_shape", layer, place=place).judge(answer)
    assert not feedback
    assert said in feedback.text


PARAMS_SLIPS = [
    (layers.Conv2D(10, 3), "3*3*12*10", "That forgets the bias"),
    (layers.Conv2D(10, 3), "3*3*12*10 + 1", "That counts one bias"),
    (layers.Conv2D(10, 3), "3*3*12*10 + 27*20*10", "That counts a bias for each output cell"),
    (layers.Conv2D(10, 3), "3*3*10 + 10", "Channels are missing"),
    (layers.Conv2D(10, 3), "3*3*10", "Channels are missing"),
    (layers.Conv2D(10, 3), "3*3*12", "That is one filter"),
    (layers.Conv2D(10, 3), "29*22*12*10 + 10", "That counts a weight for each input cell"),
    (layers.Conv2D(6, 2, groups=3), "29*22*12*6", "That counts a weight for each input cell"),
    (layers.Conv2D(6, (29, 22), groups=3), "29*22*12*6 + 6", "That forgets the groups"),
    (layers.Conv2D(10, 3, use_bias=False), "3*3*12*10 + 10", "this layer has use_bias=False"),
    (layers.Conv2D(6, 2, groups=3), "2*2*12*6 + 6", "That forgets the groups"),
    (layers.Conv2D(6, 2, groups=3), "2*2*4*2 + 2", "Those are the filters of one group"),
    (layers.Conv2D(6, 3, dilation_rate=2), "5*5*12*6 + 6", "That is the size of the window"),
    (layers.Conv2D(10, 3), "27*20*3*3*12*10", "That counts multiplications"),
    (layers.Conv2D(10, 3), "27*20*10", "That counts the output's cells"),
    (layers.SeparableConv2D(6, 2), "2*2*12 + 12 + 12*6 + 6", "a bias after each of the two steps"),
    (layers.SeparableConv2D(6, 2), "2*2*12*6 + 6", "That is a plain convolution"),
    (layers.SeparableConv2D(6, 2), "2*2*12 + 6", "That leaves out the second kernel"),
    (layers.SeparableConv2D(6, 2), "12*6 + 6", "That leaves out the first kernel"),
    (layers.SeparableConv2D(6, 3, depth_multiplier=2), "3*3*12*2 + 12*6 + 6", "in the pointwise kernel: it reads all"),
    (
        layers.SeparableConv2D(6, 3, depth_multiplier=2),
        "3*3*12 + 24*6 + 6",
        "in the depthwise kernel: it gives so many",
    ),
    (layers.SeparableConv2D(6, 3, depth_multiplier=2), "3*3*12 + 12*6 + 6", "each of the two kernels is that many"),
    (DeformableConv2D(5, 3), "3*3*12*5 + 5", "the convolution that predicts the offsets"),
    (DeformableConv2D(5, 3), "3*3*12*5 + 5 + 2*9", "That counts the offsets as learned numbers"),
    (DeformableConv2D(5, 3, modulated=True), "3*3*12*5 + 5 + 3*3*12*18 + 18", "That leaves out the masks"),
    (
        DeformableConv2D(5, 3, modulated=True, offset_groups=2),
        "3*3*12*5 + 5 + 3*3*12*18 + 18",
        "one number more. That counts one offset group.",
    ),
    (DeformableConv2D(5, 3, offset_groups=2), "3*3*12*5 + 5 + 3*3*12*18 + 18", "That counts one offset group"),
    (
        DeformableConv2D(5, 3, modulated=True, offset_groups=2),
        "3*3*12*5 + 5 + 3*3*12*36 + 36",
        "each tap of each offset group has one number more",
    ),
    (
        DeformableConv2D(5, 3, modulated=True, offset_groups=2),
        "3*3*12*5 + 5 + 3*3*12*27 + 27",
        "That counts one offset group",
    ),
    (layers.Conv2D(10, 3), 17, "17 is not right."),
]


@pytest.mark.parametrize("layer, answer, said", PARAMS_SLIPS)
def test_a_wrong_number_of_parameters_is_told_what_went_wrong(layer, answer, said):
    feedback = ask("params", layer).judge(answer)
    assert not feedback
    assert said in feedback.text


# One output cell


def numbers(question, title):
    """The tables whose title begins so, as arrays."""
    found = [np.array(planes) for tables in question.shown for name, planes in tables if name.startswith(title)]
    return [table[0] if len(table) == 1 else table for table in found]


def test_a_value_is_the_sum_of_window_times_weights_and_the_bias():
    for seed in range(8):
        question = ask("value", layers.Conv2D(10, 3, strides=2), seed=seed)
        windows, weights = numbers(question, "window"), numbers(question, "weights")
        assert [table.shape for table in windows + weights] == [(3, 3)] * 4
        total = sum((window * weight).sum() for window, weight in zip(windows, weights))
        assert question.solution == total + numbers(question, "bias")[0].item()
        assert question.judge(str(question.solution))


def test_a_separable_value_weights_each_channels_sum():
    question = ask("value", layers.SeparableConv2D(6, 2, use_bias=False))
    windows, weights = numbers(question, "window"), numbers(question, "weights")
    (pointwise,) = numbers(question, "pointwise_kernel")
    sums = [(window * weight).sum() for window, weight in zip(windows, weights)]
    assert question.solution == sums[0] * pointwise[0, 0] + sums[1] * pointwise[0, 1]


def test_a_transposed_value_adds_up_the_stamps():
    for seed in range(8):
        question = ask("value", layers.Conv2DTranspose(6, 3, strides=2), seed=seed)
        ((x,), (kernel,), (bias,)) = (numbers(question, title) for title in ("whole input", "kernel", "bias"))
        y = np.full((5, 5), bias.item())
        for row in range(2):
            for column in range(2):
                y[2 * row : 2 * row + 3, 2 * column : 2 * column + 3] += x[row, column] * kernel
        *_, row, column, _ = map(int, question.cell[2:-1].split(", "))
        assert question.solution == y[row, column]


VALUE_SLIPS = [
    ("no bias", "That forgets the bias."),
    ("turned", "That turns the kernel round."),
    ("first channel", "That takes the first channel only."),
]


@pytest.mark.parametrize("slip, said", VALUE_SLIPS)
def test_a_wrong_value_is_told_what_went_wrong(slip, said):
    question = ask("value", layers.Conv2D(10, 3), seed=3)
    (w0, w1), (k0, k1) = numbers(question, "window"), numbers(question, "weights")
    bias = numbers(question, "bias")[0].item()
    answers = {
        "no bias": (w0 * k0).sum() + (w1 * k1).sum(),
        "turned": (w0 * k0[::-1, ::-1]).sum() + (w1 * k1[::-1, ::-1]).sum() + bias,
        "first channel": (w0 * k0).sum() + bias,
    }
    assert said in question.judge(answers[slip]).text


def test_a_value_is_above_0_where_relu_comes_last_so_that_the_sum_has_to_be_worked_out():
    for seed in range(40):
        question = ask("value", layers.Conv1D(3, 3, activation="relu"), (2, 9, 4), seed=seed)
        assert question.solution > 0


def test_a_window_of_one_cell_can_be_asked_about_too():
    assert ask("value", layers.Conv2D(10, 1)).judge(ask("value", layers.Conv2D(10, 1)).solution)
    assert ask("value", layers.DepthwiseConv2D(1, use_bias=False)).solution != 0


def test_the_sums_of_a_worked_value_read_as_they_are_written_on_paper():
    signs = ""
    for seed in range(20):
        question = ask("value", layers.SeparableConv2D(3, 2), (2, 9, 8, 3), seed=seed)
        *channels, total = question.worked
        for line in channels:
            products, _, more = line.partition(": ")[2].partition(", ")
            for equation in filter(None, (products, more)):
                sum_, result = equation.split(" = ")
                assert read_number(sum_, "") == float(result)
        assert total.endswith(f" = {question.solution}")
        signs += " ".join(question.worked)
    assert "(-" in signs and "*-" not in signs and "+ -" not in signs and "bias -" not in signs


# Settings


def test_any_settings_that_give_the_wanted_shape_are_right():
    question = ask("settings", layers.Conv2D(10, 3), (4, 28, 26, 12))
    question.wanted = (4, 14, 13, 6)
    assert question.judge("filters=6, strides=2, padding='same'")
    assert question.judge("layers.Conv2D(6, 2, strides=2)")
    assert question.judge({"filters": 6, "kernel_size": [2, 2], "strides": (2, 2)})
    assert question.judge(layers.Conv2D(6, 1, strides=2))


def test_settings_that_give_another_shape_are_told_which_axes_are_off():
    question = ask("settings", layers.Conv2D(10, 3), (4, 28, 26, 12))
    question.wanted = (4, 14, 13, 6)
    assert question.judge("strides=2").text == (
        "`layers.Conv2D(10, 3, strides=2)` gives (4, 13, 12, 10).\n"
        "height: 13, but 14 is wanted.\nwidth: 12, but 13 is wanted.\nchannels: 10, but 6 is wanted."
    )
    assert "These settings give no output" in question.judge("kernel_size=30").text
    assert "would be too large" in question.judge("kernel_size=1000, filters=1000").text


def test_the_learners_own_settings_are_shown_afterwards():
    question = ask("settings", layers.Conv2D(10, 3), (4, 28, 26, 12))
    question.wanted = (4, 14, 13, 6)
    question.judge("filters=6, strides=2, padding='same'")
    assert question.stage()[0].padding == "same"


# Reading


READERS = {"shape": read_shape, "number": read_number}
FORMS = json.loads(Path(__file__).with_name("typed_forms.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("kind, typed, value", [(kind, *form) for kind, forms in FORMS.items() for form in forms])
def test_what_is_typed_means_what_the_table_says_on_a_page_too(kind, typed, value):
    if value is None:
        with pytest.raises(Unreadable):
            READERS[kind](typed, "7")
    else:
        assert READERS[kind](typed, "7") == (tuple(value) if kind == "shape" else value)


@pytest.mark.parametrize("answer", [(4, 26), [4, 26], np.array([4, 26]), (np.int64(4), 26)])
def test_a_shape_may_be_a_plain_value(answer):
    assert read_shape(answer, "") == (4, 26)


@pytest.mark.parametrize("answer", ["four", 4.0, None, (4, "a"), "4" * 500, object()])
def test_what_is_no_shape_gets_the_rule_and_an_example(answer):
    with pytest.raises(Unreadable, match=r"A shape is whole numbers, one for each axis, such as `\(1, 2\)`"):
        read_shape(answer, "(1, 2)")


def test_both_sides_of_an_equation_have_to_be_the_same_number():
    assert read_number("parameters = 3*3*10 + 10 = 100", "") == 100
    with pytest.raises(Unreadable, match=r"not equal: 3\*3\*10 \+ 10 is 100\."):
        read_number("3*3*10 + 10 = 1090", "")


@pytest.mark.parametrize("answer", [7, np.float32(7), np.array(7)])
def test_a_number_may_be_a_plain_value(answer):
    assert read_number(answer, "") == 7


@pytest.mark.parametrize(
    "typed",
    ["many", "(" * 150, "1+" * 300 + "1", None, True],
)
def test_what_is_no_number_gets_the_rule_and_an_example_and_no_code_is_run(typed):
    with pytest.raises(Unreadable, match="The answer is a number, or a product such as `2\\*3`"):
        read_number(typed, "2*3")


@pytest.mark.parametrize(
    "typed, said",
    [
        ("", "Settings are written as in a call: `strides=2`"),
        ("strides", "Settings are written as in a call"),
        ("strides=__import__('os')", "Settings are written as in a call"),
        ("**{}", "Settings are written as in a call"),
        ("stride=2", "This layer's settings are filters, kernel_size, strides"),
        ("strides='two'", "`strides` takes whole numbers"),
        ("filters=1000000000", "from 1 to 1000"),
        ("filters=(2,)", "whole numbers from 1 to 1000"),
        ("strides=0", "whole numbers from 1 to 1000"),
        ("groups=0", "a whole number from 1 to 1000"),
        ("kernel_size=(3,)", "one for each axis"),
        ("kernel_size=()", "one for each axis"),
        ("padding=3", "one of Keras' words"),
        ("use_bias=3", "`use_bias` takes"),
        ("layers.Conv1D(3, 2)", "The layer is to stay a `Conv2D`. Received: `Conv1D`."),
        (3, "Settings are written as in a call"),
    ],
)
def test_what_is_no_setting_gets_a_sentence(typed, said):
    with pytest.raises(Unreadable) as sentence:
        if not read_settings(typed, layers.Conv2D, KINDS["Conv2D"], "strides=2"):
            raise Unreadable("Settings are written as in a call: `strides=2`")
    assert said in str(sentence.value)


def test_numbers_of_numpy_are_settings_as_those_of_python_are():
    answer = {"kernel_size": (np.int64(3), 2), "strides": np.int32(2), "use_bias": np.False_}
    read = read_settings(answer, layers.Conv2D, KINDS["Conv2D"], "strides=2")
    assert repr(read) == "{'kernel_size': (3, 2), 'strides': 2, 'use_bias': False}"


def test_commas_in_a_shape_stand_between_its_sizes():
    assert read_shape("1, 3, 3", "") == read_shape("1,3,3", "") == (1, 3, 3)
    assert read_shape("1,090", "") == (1, 90)


def test_what_cannot_be_read_is_no_try_and_no_traceback():
    for kind in ALL:
        feedback = ask(kind, layers.Conv2D(10, 3)).judge(object())
        assert not feedback and not feedback.counts


# Drawn questions


def mixed_up(facts):
    """Numbers of a drawn layer that are the same, and so could be taken for one another."""
    settings, (batch, *spatial, channels) = facts.settings, facts.input_shape
    count = settings.get("filters") or settings["depth_multiplier"]
    numbers = [batch, *spatial, channels, count, *settings["kernel_size"]]
    return [number for number in numbers if numbers.count(number) > 1]


@pytest.mark.long
@pytest.mark.parametrize("layer_class", CLASSES, ids=lambda layer_class: layer_class.__name__)
def test_drawn_questions_are_never_degenerate_and_their_solutions_are_right(layer_class):
    quiz = Quiz(layer_class, None, ALL, 5)
    kinds = set()
    for number in range(DRAWN):
        question = quiz.question(number)
        kinds.add(question.kind)
        about, solution = question.about.facts, question.solution
        assert mixed_up(about) == []
        assert len(set(about.output_shape)) == len(about.output_shape)
        assert question.judge(solution), (number, question.text, solution)
        assert question.judge(str(solution).strip("{}") if question.kind != "settings" else solution)
        if question.kind == "settings":
            assert len(set(question.wanted)) == len(question.wanted)
            assert question.wanted != about.output_shape
        if question.kind == "value":
            assert solution != 0 and abs(solution) <= 60
            assert solution not in question.case.others.values()
    assert kinds == set(ALL)


def test_drawn_questions_become_harder():
    quiz = Quiz(layers.Conv2D, None, "output_shape", 0)
    assert [quiz.level(number) for number in range(7)] == [1, 2, 3, 4, 5, 5, 5]
    settings = [quiz.question(number).facts.settings for number in range(4)]
    assert settings[0]["strides"] == (1, 1) and settings[0]["padding"] == "valid"
    assert settings[1]["strides"][0] > 1
    assert settings[2]["padding"] == "same" and settings[2]["strides"][0] > 1
    assert settings[3]["dilation_rate"][0] > 1


def test_a_seed_draws_the_same_questions_again_and_another_seed_others():
    def texts(seed):
        quiz = Quiz(layers.Conv2D, None, ALL, seed)
        return [quiz.question(number).text for number in range(5)]

    assert texts(1) == texts(1) != texts(2)


# Goals


@pytest.fixture
def task():
    return goal(input_shape=(28, 28, 12), output_shape=(14, 14, 6), most_params=600)


def test_every_layer_that_reaches_the_goal_passes(task):
    for layer in (
        layers.Conv2D(6, 2, strides=2),
        layers.Conv2D(6, 3, strides=2, padding="same", groups=2),
        layers.SeparableConv2D(6, 3, strides=2, padding="same"),
        layers.Conv2D(6, 1, strides=2),
        [layers.Conv2D(6, 1), layers.MaxPooling2D(2)],
    ):
        assert task(layer), task(layer)
    assert repr(task(layers.Conv2D(6, 2, strides=2))) == (
        "Right. layers.Conv2D(6, 2, strides=2): output (14, 14, 6), 294 parameters, 56,448 MACs a sample."
    )


@pytest.mark.parametrize(
    "layer, said",
    [
        (layers.Conv2D(6, 3, strides=2, padding="same"), "at most 600 parameters. Received: 654."),
        (layers.Conv2D(6, 2), "its output has the shape (14, 14, 6). Received: (27, 27, 6)."),
        (layers.Conv2D(6, 30), "It gives no output for an input of shape (28, 28, 12):"),
        (layers.Conv3D(6, 3), "A shape needs 5 whole numbers"),
    ],
)
def test_a_goal_that_is_missed_says_which_condition_failed(task, layer, said):
    feedback = task(layer)
    assert not feedback
    assert said in feedback.text


@pytest.mark.parametrize(
    "conditions, good, bad",
    [
        ({"kind": "SeparableConv2D"}, layers.SeparableConv2D(6, 2), layers.Conv2D(6, 2)),
        ({"kind": ["Conv2D", "DepthwiseConv2D"]}, layers.Conv2D(6, 2), layers.SeparableConv2D(6, 2)),
        ({"params": 294}, layers.Conv2D(6, 2), layers.Conv2D(6, 3)),
        ({"least_params": 600}, layers.Conv2D(6, 3), layers.Conv2D(6, 2)),
        ({"most_macs": 90000}, layers.SeparableConv2D(6, 2), layers.Conv2D(6, 2)),
        ({"sees": 9}, layers.Conv2D(6, 9), layers.Conv2D(6, 3)),
        ({"sees": 9}, layers.Conv2D(6, 9), layers.Conv2D(6, 3, dilation_rate=4)),
        ({"sees": 3}, layers.SeparableConv2D(6, 3, strides=2), layers.Conv2D(6, 2, dilation_rate=2)),
        ({"sees": 3}, layers.Conv2D(6, 3), [layers.Conv2D(6, 1, strides=2), layers.Conv2D(6, 2)]),
        ({"sees": 2}, layers.Conv2DTranspose(6, 3, strides=2), layers.Conv2DTranspose(6, 2, strides=2)),
        ({"kind": "Conv2D"}, [layers.Conv2D(6, 1)] * 2, [layers.Conv2D(6, 1), layers.DepthwiseConv2D(2)]),
        ({"sees": (2, 3)}, layers.Conv2D(6, (2, 3)), layers.Conv2D(6, (3, 2))),
        ({"output_shape": (1, 27, 27, 6)}, layers.Conv2D(6, 2), layers.Conv2D(5, 2)),
    ],
)
def test_each_condition_of_a_goal_accepts_and_refuses(conditions, good, bad):
    task = goal(input_shape=(28, 28, 12), **conditions)
    assert task(good), task(good)
    assert not task(bad)


def test_a_goal_that_is_missed_by_its_gaps_alone_says_how_many_cells_are_read():
    task = goal(input_shape=(28, 28, 12), sees=9)
    assert "9 x 9 cells with gaps: 3 x 3 of them are read." in task(layers.Conv2D(6, 3, dilation_rate=4)).text


def test_a_goal_judges_what_is_in_a_model_and_in_a_wrapper():
    x = keras.Input((16, 14, 2))
    model = keras.Model(x, layers.Conv2D(3, 2)(layers.SpectralNormalization(layers.Conv2D(4, 3))(x)))
    params = 9 * 2 * 4 + 4 + 4 * (4 * 3) + 3
    spectral = 4  # the vector that the wrapper keeps, which is a weight of its own
    assert goal(input_shape=(16, 14, 2), params=params + spectral, kind="Conv2D")(model)
    assert "Received: at most 4 x 4" in goal(input_shape=(16, 14, 2), sees=4)(model).text  # of gaps nobody knows
    said = goal(input_shape=(16, 14, 2), kind="Conv1D", most_macs=9)(model)
    assert "Received: Conv2D." in said.text and f"Received: {14 * 12 * 72 + 13 * 11 * 48:,}." in said.text


@pytest.mark.parametrize(
    "chain, sees",
    [
        ([layers.Lambda(lambda t: t[:, ::2, ::2]), layers.Conv2D(1, 3)], 5),
        ([layers.Resizing(8, 8, interpolation="nearest"), layers.Conv2D(1, 2)], 3),
    ],
)
def test_a_goal_without_gaps_is_not_reached_where_nobody_knows_of_gaps(chain, sees):
    said = goal(input_shape=(16, 16, 1), sees=sees)(chain)
    assert not said and f"Received: at most {sees} x {sees}" in said.text


def test_a_goal_adds_up_layers_that_follow_one_another():
    task = goal(input_shape=(4, 28, 28, 12), output_shape=(4, 14, 14, 1), sees=15)
    assert task([layers.Conv2D(1, 3, dilation_rate=rate) for rate in (1, 2, 4)])
    assert not task([layers.Conv2D(1, 3, dilation_rate=rate) for rate in (1, 2, 2)])


@pytest.mark.parametrize("conditions", [{}, {"parameters": 3}, {"output_shape": 14}])
def test_a_goal_needs_conditions_that_are_known(conditions):
    with pytest.raises(ValueError, match="`goal` needs `input_shape` and at least one of output_shape, kind, params"):
        goal(input_shape=(28, 28, 12), **conditions)


@pytest.mark.parametrize(
    "conditions",
    [
        {"most_params": "600"},
        {"kind": layers.Conv2D},
        {"sees": 2.5},
        {"sees": (3, "3")},
        {"output_shape": (1, None, 4, 2)},
    ],
)
def test_a_condition_that_nothing_can_meet_is_refused_at_once(conditions):
    name = next(iter(conditions))
    with pytest.raises(ValueError, match=rf"whole numbers for the others. Received: {name}=.* Try `goal\(input_shape"):
        goal(input_shape=(28, 28, 12), **conditions)


def test_a_batch_of_any_size_may_be_written_as_keras_prints_it():
    task = goal(input_shape=(28, 28, 12), output_shape=(None, 27, 27, 6))
    assert "its output has the shape (27, 27, 6)" in repr(task)
    assert task(layers.Conv2D(6, 2)) and not task(layers.Conv2D(5, 2))


@pytest.mark.parametrize("layer", [3, None, [], layers.Conv2D, layers.MaxPooling2D(2)])
def test_what_is_no_convolution_reaches_no_goal(task, layer):
    with pytest.raises(TypeError, match="A task (takes a Keras layer|needs a convolution)"):
        task(layer)
