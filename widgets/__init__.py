"""Interactive pictures of Keras' convolution layers: `explore(layer, x)`, `compare(layers, x)`, `predict(layer, x)`."""

from widgets.quiet import import_tensorflow

import_tensorflow()

# TensorFlow has to come first, quietly.
from widgets.compare import Comparison, compare  # noqa: E402
from widgets.deformable import DeformableConv2D, deformable_conv2d  # noqa: E402
from widgets.explorer import Explorer, explore  # noqa: E402
from widgets.goals import goal  # noqa: E402
from widgets.predict import Prediction, predict  # noqa: E402

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
]
