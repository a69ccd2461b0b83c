"""Interactive pictures of Keras' convolution layers: `explore(layer, x)`, `compare(layers, x)`, `predict(layer, x)`."""

import widgets.facts  # noqa: F401  (it brings TensorFlow, quietly)
from widgets.comparison import Comparison, compare
from widgets.deformable import DeformableConv2D, deformable_conv2d
from widgets.explorer import Explorer, explore
from widgets.language import set_language
from widgets.quiz import Prediction, goal, predict

__all__ = [
    "Comparison",
    "DeformableConv2D",
    "Explorer",
    "Prediction",
    "compare",
    "deformable_conv2d",
    "explore",
    "goal",
    "predict",
    "set_language",
]
