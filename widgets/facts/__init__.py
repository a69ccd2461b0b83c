# ruff: noqa: E402
"""A layer and its input -> facts: what Keras answers, and what is worked out from that."""

from widgets.facts.isolation import import_tensorflow, isolated_keras

import_tensorflow()  # first, and quietly

from widgets.facts.code_line import cell_template, symbol, tap_template
from widgets.facts.facts import (
    Facts,
    Weight,
    chain_cells_read,
    chain_receptive_field,
    channels_last,
    evaluate_layer,
    input_values,
    layer_facts,
    layer_tables,
)
from widgets.facts.inputs import LARGEST_INPUT, as_shape, as_values, boat, default_input, is_shape, seeded_values
from widgets.facts.kinds import INPUT_CHANNELS, INPUT_SIZE, KINDS, Choice, Count, Divisor, Flag, kind_of
from widgets.facts.layer_template import NAME, LayerTemplate, in_keras_form, is_convolution
from widgets.facts.live_layer import LiveLayer, chain_facts, wrap_layer
from widgets.facts.model import ModelSteps, field_behind, layer_macs
from widgets.facts.position_memory import Memory

__all__ = [
    "INPUT_CHANNELS",
    "INPUT_SIZE",
    "KINDS",
    "LARGEST_INPUT",
    "NAME",
    "Choice",
    "Count",
    "Divisor",
    "Facts",
    "Flag",
    "LiveLayer",
    "Memory",
    "ModelSteps",
    "LayerTemplate",
    "Weight",
    "as_shape",
    "as_values",
    "evaluate_layer",
    "boat",
    "cell_template",
    "chain_facts",
    "channels_last",
    "default_input",
    "field_behind",
    "in_keras_form",
    "input_values",
    "is_convolution",
    "is_shape",
    "kind_of",
    "layer_facts",
    "layer_macs",
    "layer_tables",
    "wrap_layer",
    "isolated_keras",
    "seeded_values",
    "chain_cells_read",
    "chain_receptive_field",
    "symbol",
    "tap_template",
]
