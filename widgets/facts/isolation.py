"""TensorFlow without its log lines, Keras without a trace in the reader's session, no Keras that we cannot ask."""

import collections
import gc
import logging
import os
import random
import sys
import threading
from contextlib import contextmanager

from widgets.language import say

# JupyterLab lets a slider's move run in a thread of its own while a cell runs. What is put back below is the process'.
_one_at_a_time = threading.RLock()


def import_tensorflow():
    """Import TensorFlow quietly, and keep it quiet: what goes wrong later is an exception, not a log line.

    Raises ImportError for Keras 2 and for a backend other than TensorFlow.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    with _garbage_once():
        if "tensorflow" not in sys.modules:
            with _no_log_lines():
                import tensorflow  # noqa: F401
        import keras
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

    with _no_log_lines(), tensorflow.device("CPU:0"):
        tensorflow.function(lambda: tensorflow.zeros(()), jit_compile=True)()


@contextmanager
def isolated_keras():
    """Ask Keras, and leave nothing behind: no log line, and the reader's random numbers and names as they were.

    Every grouped layer that TensorFlow compiles makes it remark on that, an initializer without a seed draws one from
    Python's own generator, and Keras counts all names that it gives.
    """
    with _one_at_a_time:
        logger = logging.getLogger("tensorflow")
        names = _names_given()
        level, state, counts = logger.level, random.getstate(), dict(names)
        logger.setLevel("ERROR")
        try:
            with _no_log_lines():
                yield
        finally:
            logger.setLevel(level)
            random.setstate(state)
            names.clear()
            names.update(counts)


def _names_given():
    """How often Keras has given each name; there is no public way to look. Where Keras moves it, names only go on."""
    try:
        from keras.src.backend.common.global_state import get_global_attribute
    except ImportError:
        return {}
    return get_global_attribute("object_name_uids", collections.defaultdict(int), set_to_default=True)


@contextmanager
def _garbage_once():
    """Look for garbage once, afterwards: Python would go through ever more modules again and again while they come."""
    looks = gc.isenabled() and "keras" not in sys.modules
    if looks:
        gc.disable()
    try:
        yield
    finally:
        if looks:
            gc.enable()
            gc.collect()


@contextmanager
def _no_log_lines():
    """TensorFlow's C++ part writes past Python, to file descriptor 2: point that nowhere for a moment."""
    with _one_at_a_time:
        if sys.__stderr__ is not None:  # Jupyter's own sys.stderr writes elsewhere, and waits for its thread to do it
            sys.__stderr__.flush()
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)
