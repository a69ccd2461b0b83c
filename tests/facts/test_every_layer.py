"""The code of every layer of `keras.layers`, with whatever arguments, makes an equal layer."""

import inspect
import os

import keras
import numpy
import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st
from keras import layers

from widgets.facts.live_layer import wrap_layer

IN_KERAS = {name: value for name, value in vars(layers).items() if inspect.isclass(value)}
LAYERS = {value.__name__: value for value in IN_KERAS.values() if issubclass(value, layers.Layer)}
LEFT_OUT = {
    "Layer": "is no layer yet, but what layers are made of",
    "Wrapper": "is no layer yet, but what wrappers are made of",
    "InputLayer": "begins a model, and has nothing before it that could be given",
    "Lambda": "is made of a function, which has no code that we could write",
    "FlaxLayer": "is made of a module of Flax",
    "JaxLayer": "is made of a function of JAX",
    "TorchModuleWrapper": "is made of a module of PyTorch",
    "TFSMLayer": "is made of a file",
    "Hashing": "reads words",
    "HashedCrossing": "reads words",
    "StringLookup": "reads words",
    "TextVectorization": "reads words",
    "IntegerLookup": "reads a vocabulary",
    "Discretization": "learns its bins from data, and Keras writes them into its config only then",
    "RandomShear": "cannot be copied: Keras refuses the factors of its own config",
    "STFTSpectrogram": "needs SciPy, which nothing else here does",
}
EXAMPLES = 40 if os.environ.get("SOAK") else 3  # of each layer
TRIED = sorted(LAYERS.keys() - LEFT_OUT.keys())

INITIALIZERS = ("ones", "he_normal", keras.initializers.Constant(0.5), keras.initializers.HeNormal(seed=2))
REGULARIZERS = (None, "l2", keras.regularizers.L1(0.25), keras.regularizers.L1L2(0.5, 0.25))
CONSTRAINTS = (None, "non_neg", keras.constraints.MaxNorm(3))
FACTORS = (0.25, 0.5, (0.1, 0.4), (0.3, 0.3))
VALUES = {
    "filters": (6, 12),
    "groups": (1, 2, 3),
    "depth_multiplier": (1, 2),
    "units": (3, 4),
    "n": (1, 3),
    "padding": ("valid", "same"),
    "data_format": ("channels_last", "channels_first"),
    "output_padding": (None, 0, 1),
    "activation": (None, "relu", "tanh", "linear", layers.ReLU(6.0)),
    "recurrent_activation": ("relu", "sigmoid"),
    "rate": (0.25, 0.5),
    "stddev": (0.5, 1.5),
    "dropout": (0.0, 0.25),
    "recurrent_dropout": (0.0, 0.25),
    "seed": (None, 3),
    "noise_shape": (None, (2, 1, 3), (2, 2, 2)),
    "axis": (-1, 1, (1, 2)),
    "axes": (1, 2, (1, 2)),
    "dims": ((2, 1), (1,), (1, 3, 2)),
    "target_shape": ((3, 4), (-1,), (3, 3)),
    "scale": (0.5, 2.0),
    "epsilon": (0.5,),
    "height": (3, 4),
    "width": (2, 5),
    "interpolation": ("nearest", "bilinear"),
    "fill_mode": ("constant", "nearest"),
    "input_dim": (4,),
    "output_dim": (3,),
    "num_heads": (2,),
    "key_dim": (3,),
    "value_dim": (None, 1, 3),
    "head_dim": (4,),
    "num_query_heads": (4,),
    "num_key_value_heads": (2,),
    "attention_axes": (None, (1, 2)),
    "equation": ("abc,cd->abd",),
    "output_shape": ((None, 4), 4),
    "value_range": ((0, 255), (0, 1)),
    "factor": FACTORS,
    "height_factor": FACTORS,
    "width_factor": FACTORS,
    "num_tokens": (4,),
    "max_number": (5,),
    "max_value": (None, 6.0),
    "shared_axes": (None, [1, 2]),
    "mean": (None, [1.0, 2.0]),
    "variance": (None, [1.0, 2.0]),
    "merge_mode": ("sum", None),
    "mode": ("horizontal",),
    "output_mode": ("multi_hot", "one_hot"),
    "score_mode": ("dot", "concat"),
    "renorm_clipping": (None, {"rmax": 3}),
    "tile_grid_size": ((4, 4), (2, 4)),
    "brightness_factor": FACTORS,
    "hue_factor": FACTORS,
    "sparse": (False,),
    "lora_rank": (None,),
    "cell": (layers.GRUCell(3, activation=None),),
    "cells": ([layers.LSTMCell(2)],),
    "layer": (layers.Dense(3, use_bias=False),),
    "layers": ([layers.Dense(3), layers.ReLU()],),
}
OF_ONE_LAYER = {
    ("Bidirectional", "layer"): (layers.GRU(3), layers.LSTM(2, activation="relu")),
    ("RandomPosterization", "factor"): (2, (1, 5)),
}
SIZES = ("kernel_size", "strides", "dilation_rate", "pool_size", "size", "output_size")


def values(layer_class, parameter):
    """What an argument of this layer may be; None where that is left as it is."""
    name, rank = parameter.name, next((rank for rank in (1, 2, 3) if f"{rank}D" in layer_class.__name__), 2)
    if name in SIZES:
        numbers = st.integers(1, 3)
        return numbers | st.tuples(*[numbers] * rank)
    if name == "cropping" or (name == "padding" and "ZeroPadding" in layer_class.__name__):
        numbers, pairs = st.integers(1, 2), st.tuples(st.integers(0, 2), st.integers(1, 2))
        return numbers | pairs if rank == 1 else numbers | st.tuples(*[numbers] * rank) | st.tuples(*[pairs] * rank)
    for ending, known in {"initializer": INITIALIZERS, "regularizer": REGULARIZERS, "constraint": CONSTRAINTS}.items():
        if name.endswith("_" + ending):
            return st.sampled_from(known)
    if known := OF_ONE_LAYER.get((layer_class.__name__, name)) or VALUES.get(name):
        return st.sampled_from(known)
    default = parameter.default
    if isinstance(default, bool):
        return st.booleans()
    return st.sampled_from([default, default / 2, default + 1]) if isinstance(default, float) else None


def drawn_arguments(layer_class):
    every = [one for one in inspect.signature(layer_class.__init__).parameters.values() if one.name != "self"]
    known = {one.name: drawn for one in every if (drawn := values(layer_class, one)) is not None}
    required = {one.name: known.pop(one.name) for one in every if one.default is one.empty and one.name in known}
    takes_all = any(one.kind is one.VAR_KEYWORD for one in every)
    return st.fixed_dictionaries(required, optional=known | ({"trainable": st.just(False)} if takes_all else {}))


def without_names(value):
    """A config in which layers that only differ in their names are equal, as lists and tuples are."""
    if isinstance(value, (list, tuple)):
        return [without_names(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {key: without_names(inner) for key, inner in value.items() if key != "name"}


def test_a_layer_that_is_left_out_is_there_with_its_reason():
    assert all(len(reason.split()) > 1 for reason in LEFT_OUT.values())
    assert len(TRIED) > 100


@pytest.mark.parametrize("name", TRIED)
def test_the_code_of_a_layer_makes_an_equal_layer(name):
    @settings(
        deadline=None,
        max_examples=EXAMPLES,
        derandomize=True,
        phases=set(Phase) - {Phase.explain},
        suppress_health_check=list(HealthCheck),
    )
    @given(drawn_arguments(LAYERS[name]))
    def comes_back(arguments):
        try:
            layer = LAYERS[name](**arguments)
        except (ValueError, TypeError):
            reject()
        made.append(arguments)
        again = eval(str(wrap_layer(layer).code()), {"layers": layers, "keras": keras, "numpy": numpy})
        assert without_names(again.get_config()) == without_names(layer.get_config())

    made = []
    comes_back()
    assert made
