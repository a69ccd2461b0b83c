"""Interactive pictures of Keras' convolution layers: `explore(layer, x)`."""

from widgets.quiet import import_tensorflow

import_tensorflow()

from widgets.explorer import Explorer, explore  # noqa: E402  (TensorFlow has to come first, quietly)

__all__ = ["Explorer", "explore"]
