"""The kinds of convolution: which Keras class is of which kind. A new kind is a file here, and a line of KINDS."""

from widgets.facts.kinds.convolution import Convolution
from widgets.facts.kinds.deformable import Deformable
from widgets.facts.kinds.depthwise import Depthwise
from widgets.facts.kinds.kind import Choice, Count, Divisor, Flag, Kind
from widgets.facts.kinds.separable import Separable
from widgets.facts.kinds.transposed import Transposed

ONE, TWO, THREE = ("steps",), ("height", "width"), ("depth", "height", "width")

KINDS = {
    "Conv1D": Convolution(ONE, padding=Choice(("valid", "same", "causal"))),
    "Conv2D": Convolution(TWO),
    "Conv3D": Convolution(THREE),
    "Conv1DTranspose": Transposed(ONE),
    "Conv2DTranspose": Transposed(TWO),
    "Conv3DTranspose": Transposed(THREE),
    "DepthwiseConv1D": Depthwise(ONE),
    "DepthwiseConv2D": Depthwise(TWO),
    "SeparableConv1D": Separable(ONE),
    "SeparableConv2D": Separable(TWO),
    "DeformableConv2D": Deformable(TWO),
}

# What layers one after another do, whatever each of them does.
CHAIN = "chain"

# The input's own sliders, where only its shape was given.
INPUT_SIZE = Count(1, 224)
INPUT_CHANNELS = Count(1, 64)


def kind_of(operation):
    """The kind whose weights do this; for any other operation, pooling say, the plain one.

    >>> kind_of("depthwise").output_channels(3, {"depth_multiplier": 2})
    6
    """
    return next((kind for kind in KINDS.values() if kind.operation == operation), Kind())
