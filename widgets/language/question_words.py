"""Every word of predict() and goal(): questions, hints, feedback, solutions. The other words are in `words.py`.

Names in braces are filled in by the caller. In these texts a pair of backticks holds code.
"""

RIGHT = "Right."
NONE = "none"
NOT_ASKABLE = (
    "`predict` takes a Keras layer, a list of them, or a layer class such as `layers.Conv2D`: {known}. "
    "Received: {received}. Try `predict(layers.Conv2D(10, 3), (4, 28, 28, 12))`."
)
NOT_A_QUESTION = "`ask` takes {known}, one or a list of them. Received: {received}. Try ask='params'."
BAD_SEED = "`seed` must be a whole number of at least 0. Received: {received!r}. Try seed=1."
CLASS_DRAWS_X = "With a layer class, `predict` draws the input as well. Received: x={received!r}. Leave x out."
REFUSES = "`predict` asks about layers that work. Keras says of {code}: {problem} {advice}"
NO_OTHER_SHAPE = "No other output shape was found for {code}. Try `ask` without 'settings', or a larger input."
NO_WHOLE_NUMBERS = "No small whole numbers were found for `{code}`. Try `ask` without 'value'."
WINDOW = "window"
WINDOW_CHANNEL = "window, channel {channel}"
WEIGHTS = "weights"
WHOLE_INPUT = "whole input"
PLANE = "{title}, plane {plane}"
STAMP = "input cell {cell} times weight {tap}"
QUESTIONS = {
    "output_label": "output shape",
    "output_shape": "`{code}` is called on an input of shape {input}. What is the output's shape {axes}?",
    "shape_example": "(2, 9, 7, 5)",
    "axes": "The shape has {count} axes: {axes}. Your answer has {received}.",
    "wrong_axes": "Wrong: {axes}. {why}",
    "right_axes": "Right already: {axes}.",
    "kernel_label": "shape of {name}",
    "kernel_shape": "`{code}` is called on an input of shape {input}. What is the shape of `{name}`, in Keras' order? "
    "It has {count} axes.",
    "kernel_example": "(3, 2, 7, 5)",
    "kernel_axes": "This kernel has {count} axes. Your answer has {received}.",
    "kernel_right": "Not all of these are right. Axes that are, counted from 0: {axes}.",
    "params_label": "parameters",
    "params": "How many parameters does `{code}` have, once it has seen an input of shape {input}? "
    "A product such as 3*3*2*5 + 5 is an answer too.",
    "not_it": "{given:g} is not right.",
    "value_label": "{cell}",
    "value_window": "A small layer with whole numbers: `{code}`, on an input of shape {input}. "
    "One output cell, `{cell}`, has the window and the weights below; padding cells count as 0. What is its value?",
    "value_stamps": "A small layer with whole numbers: `{code}`, on an input of shape {input}. "
    "Its input and its kernel are below. What is the value of the output cell `{cell}`?",
    "value_offset": "Every tap is moved by {offset}, and the window holds the numbers that the moved taps read.",
    "settings_label": "settings to change",
    "settings": "`{code}` makes {output} of {input}. Change its settings so that the output's shape becomes {wanted}. "
    "Name what you change, as in `{example}`. Any layer that gives this shape is right.",
    "settings_example": "kernel_size=2, padding='same'",
    "settings_gives": "`{code}` gives {output}.",
    "settings_axis": "{axis}: {got}, but {wanted} is wanted.",
    "settings_refused": "These settings give no output: {problem} {advice}",
    "done": "That was the last question. Right: {right} of {count}.",
}
RULES = {
    "Count": "whole numbers from {low} to {most}: one, or for sizes one for each axis",
    "Divisor": "a whole number from {low} to {most}",
    "Choice": "one of Keras' words",
    "Flag": "True or False",
}
READ = {
    "shape": "A shape is whole numbers, one for each axis, such as `{example}`. Spaces, commas or x may stand "
    "between them. This could not be read; please write it again.",
    "number": "The answer is a number, or a product such as `{example}`. Received: {received}. Please write it again.",
    "settings": "Settings are written as in a call: `{example}`. Received: {received}. Please write them again.",
    "unequal": "The two sides are not equal: {left} is {value:g}. Please write it again.",
    "setting": "This layer's settings are {known}. Received: {received}. Try one of them.",
    "value": "`{name}` takes {rule}. Received: {received}. Try another.",
    "class": "The layer is to stay a `{wanted}`. Received: `{received}`. Change only its settings.",
    "large": "That layer would be too large to build here. Try smaller numbers.",
}
HINTS = {
    "valid": "Without padding, only whole windows count. Lay the first one at the start of an axis, move it on by "
    "`strides`, and count the places. A `dilation_rate` makes the window longer.",
    "same": "With this padding the size of the kernel does not matter. Count one output cell for every `strides` input "
    "cells; what is left over still gets one.",
    "stamps_valid": "Each input cell stamps the kernel. The stamps start `strides` cells apart. Where does the "
    "last one end? None is ever cropped, and with a kernel shorter than the stride each takes `strides` cells.",
    "stamps_same": "With `same`, each input cell gives `strides` output cells, unless `output_padding` is set: "
    "then count from the last stamp, crop what the kernel has too much, and add `output_padding`.",
    "filters": "Each filter gives one output channel.",
    "multiplier": "Each input channel gives `depth_multiplier` output channels.",
    "kernel": "The axes of `{name}` are {axes}.",
    "params": "Count the cells of each kernel: multiply {kernels}.",
    "bias": "Then add the cells of {names}.",
    "no_bias": "There is no bias here.",
    "value_window": "Multiply each number in the window by the weight at the same place, and add the products of all "
    "channels.",
    "value_stamps": "Put the kernel, times each input cell, where that cell's stamp begins. Which stamps cover the "
    "output cell? Add their numbers there.",
    "value_bias": "Then add the bias. An activation comes last.",
    "value_plain": "There is no bias. An activation comes last.",
    "settings": "One way changes only {names}. Which sizes have to change, and what do they depend on?",
}
WORKED = {
    "batch": "batch: it stays {batch}",
    "filters": "channels: one for each filter, {filters}",
    "multiplier": "channels: {channels}*{depth_multiplier} = {out}",
    "bias": "bias {bias}",
    "one_way": "one way: {code}",
    "gives": "output: {output}",
}
MISTAKES = {
    "no_batch": "The batch axis is missing. Keras keeps it in front, and as large as it was: {batch}.",
    "none_batch": "Keras prints None while it does not know the batch. Here it is known: {batch}.",
    "order_first": "That is PyTorch's axis order, channels first. Here it is {axes}.",
    "order_last": "That has the channels last. This layer has them first: {axes}.",
    "swapped": "The sizes are right, but spatial axes are swapped. The order is {axes}.",
    "input_shape": "That is the shape of the input.",
    "batch": "A convolution leaves the batch as it is.",
    "ceil": "That is rounded up. Without padding a window that does not fit whole is left out: round down (floor).",
    "floor": 'That is rounded down. With padding="same" the remainder gets an output cell too: round up (ceil).',
    "no_plus_one": "That counts the steps. The places are one more: the first window stands before any step.",
    "no_dilation": "That leaves out dilation_rate: its gaps make the window longer.",
    "no_strides": "That leaves out strides.",
    "not_same": 'That is the size with padding="same". This layer has "valid", which pads nothing.',
    "no_padding": 'That leaves out the padding: this layer has padding="{padding}".',
    "padding_once": "That counts the padding on one side only. It is put on both sides.",
    "same_strides": 'padding="{padding}" keeps the size only where the stride is 1.',
    "not_transposed": "That is the size that a convolution gives. A transposed one goes the other way.",
    "crop_once": "That counts the cropped cells on one side only. They go from both sides.",
    "output_padding": "That takes output_padding for another number than it is here. None is not 0.",
    "not_cropped": 'That is the size with padding="valid". With "same" the ends are cropped.',
    "not_multiplied": "That is input size times strides. The last stamp reaches further.",
    "only_multiplier": "depth_multiplier counts the output channels of one input channel. There are more of those.",
    "no_multiplier": "That leaves out depth_multiplier: each input channel gives so many output channels.",
    "filters_shared": "The groups share the filters out, but all of them give an output channel.",
    "channels_kept": "Those are the input's channels. The output has one for each filter.",
    "channels_summed": "A filter spans its input channels and adds them up: it gives one channel, not one for each.",
    "kernel_turned": "The last two axes are swapped. In this layer the order is {axes}.",
    "kernel_order": "That is PyTorch's axis order. Keras has the spatial axes in front: {axes}.",
    "kernel_channels": "Channels are missing: a filter spans all the input channels that it reads.",
    "kernel_flat": "That is the window only. The kernel has two more axes: {axes}.",
    "kernel_groups": "That forgets the groups: each filter reads only the channels of its own group.",
    "kernel_groups_filters": "The groups share out the input's channels on this axis, not the filters.",
    "kernel_window": "That is the size of the window. Dilation moves the taps apart and adds none.",
    "pointwise_multiplier": "That leaves out depth_multiplier: this kernel reads all channels that the depthwise step "
    "makes.",
    "depthwise_product": "The last axis is depth_multiplier alone. The output's channels are another number.",
    "depthwise_filters": "The filters belong to pointwise_kernel. This kernel keeps the channels apart.",
    "offset_pairs": "An offset is a pair, (dy, dx), for each tap.",
    "offset_masks": "That leaves out the masks: where modulated=True, each tap has one number more.",
    "offset_groups": "That is one offset group. Each of them has offsets of its own.",
    "offset_filters": "This kernel does not make the output but the offsets: a pair for each tap.",
    "no_bias": "That forgets the bias: one number for each output channel.",
    "bias_once": "That counts one bias. There is one for each output channel.",
    "bias_extra": "That counts a bias, but this layer has use_bias=False.",
    "bias_twice": "That counts a bias after each of the two steps. A separable layer has one, at the end.",
    "params_channels": "Channels are missing: a filter spans all the input channels that it reads.",
    "params_one_filter": "That is one filter. There are more of them.",
    "params_one_group": "Those are the filters of one group. The other groups have as many.",
    "params_groups": "That forgets the groups: each filter reads only the channels of its own group.",
    "no_pointwise": "That leaves out the second kernel, the pointwise one.",
    "no_depthwise": "That leaves out the first kernel, the depthwise one.",
    "not_factored": "That is a plain convolution with one large kernel. This layer has two small ones.",
    "no_offsets": "That leaves out the convolution that predicts the offsets.",
    "no_offset_bias": "That leaves out the bias of the convolution that predicts the offsets.",
    "macs": "That counts multiplications. The weights are shared: the same ones are used at every place.",
    "output_cells": "That counts the output's cells. Parameters are the layer's own numbers.",
    "value_no_bias": "That forgets the bias.",
    "value_first_channel": "That takes the first channel only. A filter spans all its channels and adds them up.",
    "value_turned": "That turns the kernel round. Keras does not: it lays the kernel on the window as it is.",
    "value_no_pointwise": "That leaves out pointwise_kernel: each channel's sum is weighted before they are added.",
    "value_one_stamp": "That is one stamp. More of them reach this cell, and they are added.",
}
PREDICT_WORDS = {
    "check": "Check",
    "hint": "Hint",
    "show": "Show the solution",
    "skip": "Skip",
    "again": "Again",
    "next": "Next",
    "count": "Question {number} of {count}",
    "endless": "Question {number}, level {level}",
    "score": "right: {right} of {answered}",
    "hint_is": "Hint: {hint}",
    "solution": "The solution:",
    "wrong": "Not yet.",
    "twice": "You gave this answer before.",
    "folded": "How it is worked out",
    "settled": "This question is over. Next goes on.",
    "empty": "Write an answer first.",
}
GOAL = {
    "task": "Make a layer with these properties: {conditions}.",
    "input_shape": "it takes an input of shape {wanted}",
    "output_shape": "its output has the shape {wanted}",
    "kind": "every convolution in it is a {wanted}",
    "params": "it has {wanted} parameters",
    "most_params": "it has at most {wanted} parameters",
    "least_params": "it has at least {wanted} parameters",
    "most_macs": "it needs at most {wanted} MACs a sample",
    "sees": "an output cell reads {wanted} input cells, without gaps",
    "sees_each": "an output cell reads {wanted} input cells along each axis, without gaps",
    "gaps": "a receptive field of {field} cells with gaps: {read} of them are read",
    "failed": "Wanted: {condition}. Received: {got}.",
    "refused": "It gives no output for an input of shape {shape}: {problem} {advice}",
    "reached": "Right. {code}: {properties}.",
    "properties": "output {shape}, {params} parameters, {macs} MACs a sample",
    "not_a_layer": "A task takes a Keras layer, or a list of layers that follow one another. Received: {received}. "
    "Try `task(layers.Conv2D(6, 3))`.",
    "no_condition": "`goal` takes `output_shape` as a shape, `kind` as the name of a layer class or a list of names, "
    "and whole numbers for the others. Received: {name}={value!r}. "
    "Try `goal(input_shape=(8, 8, 1), {name}={example!r})`.",
    "unknown": "`goal` needs `input_shape` and at least one of {known}. Received: {received}.",
}


def in_sum(value):
    """A number in a sum or a product, in brackets where it is negative."""
    return f"({value:g})" if value < 0 else f"{value:g}"
