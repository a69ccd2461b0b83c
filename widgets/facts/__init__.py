# ruff: noqa: E402
"""A layer and its input -> facts: what Keras answers, and what is worked out from that."""

from widgets.facts.isolation import isolated_keras, variables_kept
from widgets.facts.tensorflow_import import import_tensorflow

import_tensorflow()  # first, and quietly

from widgets.facts.certainty import said_field
from widgets.facts.code_line import (
    NAME,
    activation_name,
    cell_template,
    plain_numbers,
    shown_code,
    symbol,
    tap_template,
)
from widgets.facts.evaluate import evaluate_layer, input_values, layer_facts
from widgets.facts.facts import Facts, Weight, chain_receptive_field, channels_last, spatial_sizes
from widgets.facts.index_tables import NO_CELL, cells_behind
from widgets.facts.inputs import LARGEST_INPUT, as_shape, boat, default_input, is_shape, is_whole, pattern
from widgets.facts.kinds import KINDS, Choice, Count, Divisor, Flag, is_convolution, kind_of, notebook_about
from widgets.facts.layer_template import LayerTemplate, in_keras_form
from widgets.facts.limits import count_rule
from widgets.facts.live_layer import Chain, LiveLayer, wrap_layer
from widgets.facts.model import ModelSteps, wrap_stack
from widgets.facts.model_inputs import rank_taken, shared_values
from widgets.facts.position_memory import Memory
