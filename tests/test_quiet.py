"""Importing and exploring writes nothing, and a Keras that cannot be asked is refused in a clear sentence."""

import os
import subprocess
import sys
from pathlib import Path

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
