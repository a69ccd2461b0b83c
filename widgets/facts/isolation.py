"""Keras asked without a trace in the reader's session, and TensorFlow without its log lines."""

import collections
import logging
import os
import random
import sys
import threading
from contextlib import contextmanager

import numpy as np

# JupyterLab lets a slider's move run in a thread of its own while a cell runs. What is put back below is the process'.
_one_at_a_time = threading.RLock()


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
            with no_log_lines():
                yield
        finally:
            logger.setLevel(level)
            random.setstate(state)
            names.clear()
            names.update(counts)


@contextmanager
def variables_kept(variables):
    """What is called may count its calls, or draw numbers: its variables get back the values that they had."""
    before = [(variable, variable.numpy()) for variable in variables]
    try:
        yield
    finally:
        for variable, values in before:
            if not np.array_equal(variable.numpy(), values):
                variable.assign(values)


def _names_given():
    """How often Keras has given each name; there is no public way to look. Where Keras moves it, names only go on."""
    try:
        from keras.src.backend.common.global_state import get_global_attribute
    except ImportError:
        return {}
    return get_global_attribute("object_name_uids", collections.defaultdict(int), set_to_default=True)


@contextmanager
def no_log_lines():
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
