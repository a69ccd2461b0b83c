"""The kinds of convolution: which Keras class is of which kind. A new kind is a file here, and a line of ALL."""

from keras import layers

from widgets.deformable import DeformableConv2D
from widgets.facts.kinds.convolution import Convolution
from widgets.facts.kinds.deformable import Deformable
from widgets.facts.kinds.depthwise import Depthwise
from widgets.facts.kinds.kind import Choice, Count, Divisor, Flag, Kind
from widgets.facts.kinds.separable import Separable
from widgets.facts.kinds.transposed import Transposed

SPATIAL = ONE, TWO, THREE = ("steps",), ("height", "width"), ("depth", "height", "width")  # by their number, from 1

ALL = (
    Convolution(layers.Conv1D, ONE, padding=Choice(("valid", "same", "causal"))),
    Convolution(layers.Conv2D, TWO),
    Convolution(layers.Conv3D, THREE),
    Transposed(layers.Conv1DTranspose, ONE),
    Transposed(layers.Conv2DTranspose, TWO),
    Transposed(layers.Conv3DTranspose, THREE),
    Depthwise(layers.DepthwiseConv1D, ONE),
    Depthwise(layers.DepthwiseConv2D, TWO),
    Separable(layers.SeparableConv1D, ONE),
    Separable(layers.SeparableConv2D, TWO),
    Deformable(DeformableConv2D, TWO),
)
KINDS = {kind.layer_class.__name__: kind for kind in ALL}

# What layers one after another do, whatever each of them does.
CHAIN = "chain"


def is_convolution(layer):
    """Whether this is a layer of a class in `KINDS`, and not one of the reader's own with such a name."""
    kind = KINDS.get(type(layer).__name__)
    return kind is not None and type(layer) is kind.layer_class


def notebook_about(layers):
    """The name of the notebook about these layers, each a kind and its settings; the first where they share none.

    >>> settings = {"groups": 2, "dilation_rate": (1, 1)}
    >>> notebook_about([(KINDS["Conv2D"], settings)]), notebook_about([])
    ('02_grouped', '00_start_here')
    """
    names = {kind.notebook_about(settings) for kind, settings in layers}
    return names.pop() if len(names) == 1 else Kind.notebook


def kind_of(operation):
    """The kind whose weights do this; for any other operation, pooling say, the plain one.

    >>> kind_of("depthwise").output_channels(3, {"depth_multiplier": 2})
    6
    """
    return next((kind for kind in KINDS.values() if kind.operation == operation), Kind())
