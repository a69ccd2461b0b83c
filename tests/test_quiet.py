"""Importing and exploring writes nothing, and a Keras that cannot be asked is refused in a clear sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


def run(source):
    """What a fresh Python writes to stdout and stderr."""
    hidden = ("TF_CPP_MIN_LOG_LEVEL", "TF_USE_LEGACY_KERAS", "KERAS_BACKEND")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    answer = subprocess.run([sys.executable, "-c", source], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout, answer.stderr


def test_neither_the_import_nor_a_first_explorer_writes_anything():
    stdout, stderr = run("""
import widgets
from tensorflow.keras import layers
explorer = widgets.explore(layers.Conv2D(2, 3, groups=2), (1, 8, 8, 2))
explorer.settings = {"kernel_size": 9}
explorer._repr_mimebundle_()
""")
    assert (stdout, stderr) == ("", "")


def test_where_the_reader_imported_tensorflow_first_nothing_is_written_after_that():
    _, stderr = run("""
import sys
import tensorflow
from tensorflow.keras import layers
print("and now", file=sys.stderr, flush=True)
import widgets
widgets.explore(layers.Conv2D(2, 3))
""")
    assert stderr.endswith("and now\n")


def test_where_keras_is_there_already_the_import_looks_for_no_garbage():
    stdout, _ = run("""
import gc, keras
gc.collect = lambda: print("looks")
import widgets
print(gc.isenabled())
""")
    assert stdout == "True\n"


@pytest.mark.parametrize("collects", [True, False])
def test_the_import_looks_for_garbage_once_and_not_at_all_where_the_reader_turned_that_off(collects):
    stdout, stderr = run(f"""
import gc
if not {collects}: gc.disable()
whole = []
gc.callbacks.append(lambda phase, info: phase == "start" and info["generation"] == 2 and whole.append(1))
import widgets
print(len(whole), gc.isenabled())
""")
    assert (stdout, stderr) == (f"{int(collects)} {collects}\n", "")


def test_explorers_in_several_threads_leave_the_process_as_it_was():
    # A slider's move runs beside a cell, in JupyterLab.
    stdout, stderr = run("""
import logging, os, threading, warnings
import widgets, tensorflow
from tensorflow.keras import layers
widgets.explore(layers.Conv2D(4, 3, groups=2), (1, 6, 6, 4))
def now():
    filters = [kept[:2] for kept in warnings.filters]
    eager = tensorflow.config.functions_run_eagerly()
    return os.readlink("/proc/self/fd/2"), eager, logging.getLogger("tensorflow").level, filters
before = now()
made = [layers.Conv2D(4, 3, groups=2) for _ in range(4)]
def show(layer):
    for _ in range(6):
        widgets.explore(layer, (1, 6, 6, 4))
threads = [threading.Thread(target=show, args=(one,)) for one in made]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(now() == before)
""")
    assert (stdout, stderr) == ("True\n", "")


@pytest.mark.parametrize("first", ["import tensorflow", ""], ids=["TensorFlow first", "TensorFlow afterwards"])
def test_whatever_is_moved_compared_and_measured_nothing_is_written_in_a_kernel_of_any_order(first):
    stdout, stderr = run(f"""
{first}
import sys
from widgets import compare, explore, predict
import keras
import tensorflow as tf
from tensorflow.keras import layers
tf.zeros(3)
print("and now", file=sys.stderr, flush=True)
e = explore(layers.Conv3D(2, 1, groups=2), (1, 6, 6, 6, 2))
for size in 2, 3, 4, 5, 6:  # TensorFlow compiles each, and remarks on the fifth
    e.settings = {{"kernel_size": size}}
e = explore(layers.Conv2DTranspose(2, 3), (1, 5, 5, 2))
e.settings = {{"dilation_rate": 2, "output_padding": 1}}
e = explore(layers.Conv2D(2, 3, activation=lambda y: tf.reshape(y, (7, 7))))  # an error within TensorFlow
assert e.facts.problem
e = explore(keras.Sequential([layers.Conv2D(2, 3, groups=2), layers.MaxPooling2D(2)]), (1, 8, 8, 2))
compare([layers.Conv2D(2, 3, groups=2), layers.Conv2DTranspose(2, 3, dilation_rate=2)], (1, 8, 8, 2)).measure(2)
predict(layers.Conv2D(2, 3)).show()
""")
    assert stdout == ""
    assert stderr.endswith("and now\n")
    assert first or stderr == "and now\n"


def test_afterwards_the_reader_can_write_to_stderr_and_finds_a_chosen_log_level_again():
    stdout, stderr = run("""
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "1"
import widgets
print(os.environ["TF_CPP_MIN_LOG_LEVEL"])
print("python", file=sys.stderr, flush=True)
os.write(2, b"descriptor")
""")
    assert (stdout, stderr) == ("1\n", "python\ndescriptor")


def test_a_keras_that_cannot_be_asked_is_refused_with_the_rule_what_came_and_a_way_out():
    stdout, _ = run("""
import os
import keras

def refusal():
    try:
        import widgets
    except ImportError as error:
        return str(error)

version, backend = keras.__version__, keras.backend.backend
keras.backend.backend = lambda: "torch"
print(refusal())
keras.backend.backend, keras.__version__ = backend, "2.15.0"
print(refusal())
keras.__version__ = version
os.environ["TF_USE_LEGACY_KERAS"] = "1"
print(refusal())
del os.environ["TF_USE_LEGACY_KERAS"]
print(refusal())
""")
    other_backend, keras_2, legacy, none = stdout.splitlines()
    assert "`widgets` needs Keras on the TensorFlow backend. Received: torch." in other_backend
    assert 'os.environ["KERAS_BACKEND"] = "tensorflow"' in other_backend
    assert "`widgets` needs Keras 3. Received: Keras 2.15.0." in keras_2
    assert "pip install -U keras" in keras_2
    assert "`widgets` needs Keras 3." in legacy
    assert "without TF_USE_LEGACY_KERAS" in legacy
    assert none == "None"
