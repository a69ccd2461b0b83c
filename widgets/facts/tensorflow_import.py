"""TensorFlow imported quietly, and no Keras that we cannot ask."""

import gc
import logging
import os
import sys

from widgets.facts.isolation import no_log_lines
from widgets.language import say


def import_tensorflow():
    """Import TensorFlow quietly, and keep it quiet: what goes wrong later is an exception, not a log line.

    Raises ImportError for Keras 2 and for a backend other than TensorFlow.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Garbage is looked for once, afterwards: Python would go through ever more modules again and again while they come.
    looks = gc.isenabled() and "keras" not in sys.modules
    if looks:
        gc.disable()
    try:
        if "tensorflow" not in sys.modules:
            with no_log_lines():
                import tensorflow  # noqa: F401
        import keras
    finally:
        if looks:
            gc.enable()
            gc.collect()
    logging.getLogger("tensorflow").addFilter(_is_for_the_reader)

    if keras.__version__.startswith("2.") or os.environ.get("TF_USE_LEGACY_KERAS", "0") in ("1", "true", "True"):
        raise ImportError(say("facts.keras_2", version=keras.__version__))
    if keras.backend.backend() != "tensorflow":
        raise ImportError(say("facts.other_backend", backend=keras.backend.backend()))
    _start_runtime()


def _is_for_the_reader(record):
    """Whether a Python log record tells readers of their own code: not, where Keras makes a `tf.function` too often.

    A grouped layer does so at every call on a CPU, a model at its first `fit` or `predict`. TensorFlow's long remark
    would have the reader move a function which is not the reader's.
    """
    if "triggered tf.function retracing" not in record.getMessage():
        return True
    frame = sys._getframe()
    while frame and frame.f_globals.get("__name__", "").partition(".")[0] in ("widgets", "logging", "tensorflow"):
        frame = frame.f_back
    return not (frame and frame.f_globals.get("__name__", "").startswith("keras."))


def _start_runtime():
    """Let TensorFlow look for its devices, and XLA compile something: of both, the first time is written in a line."""
    import tensorflow

    with no_log_lines(), tensorflow.device("CPU:0"):
        tensorflow.function(lambda: tensorflow.zeros(()), jit_compile=True)()
