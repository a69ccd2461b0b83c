"""Importing and exploring writes nothing, and a Keras that cannot be asked is refused in a clear sentence."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import stamp
from jupyter_client.manager import KernelManager

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = stamp.notebooks(ROOT)


def environment():
    """The variables of this process, without those that the tests are about."""
    hidden = ("TF_CPP_MIN_LOG_LEVEL", "TF_USE_LEGACY_KERAS", "KERAS_BACKEND", "PYTEST_CURRENT_TEST")
    return {name: value for name, value in os.environ.items() if name not in hidden}


def run(source):
    """What a fresh Python writes to stdout and stderr."""
    answer = subprocess.run([sys.executable, "-c", source], cwd=ROOT, env=environment(), capture_output=True, text=True)
    assert answer.returncode == 0, answer.stderr
    return answer.stdout, answer.stderr


def outputs_of_cells(*cells):
    """What a notebook's cells write, as [(stream, text), ...] for each; a kernel hands on its descriptor 2, too."""
    manager = KernelManager(kernel_name="python3")
    # Under pytest a kernel would leave descriptor 2 alone: its own variable is missing from this environment.
    manager.start_kernel(env=environment(), cwd=str(ROOT), stderr=subprocess.DEVNULL)
    client = manager.client()
    client.start_channels()
    written = []
    try:
        client.wait_for_ready(timeout=120)
        for cell in cells:
            written.append([])

            def keep(message):
                content = message["content"]
                if message["msg_type"] == "stream":
                    written[-1].append((content["name"], content["text"]))
                assert message["msg_type"] != "error", content["evalue"]

            # The descriptor is read by a thread, a moment later.
            client.execute_interactive(cell + "\nimport time; time.sleep(0.3)", output_hook=keep, timeout=300)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    return written


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
def test_whatever_is_shown_moved_compared_and_measured_nothing_is_written_in_a_kernel_of_any_order(first):
    stdout, stderr = run(f"""
{first}
import sys
from widgets import compare, explore, predict
import keras
import tensorflow as tf
from tensorflow.keras import layers
tf.zeros(3)
print("and now", file=sys.stderr, flush=True)
e = explore(layers.Conv2D(2, 3, groups=2), (1, 8, 8, 2))
e.settings = {{"kernel_size": 9}}
e._repr_mimebundle_()
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


FIRST_LAYERS = """
x = keras.random.normal((2, 9, 9, 12), seed=7)
layers.Conv2D(6, 2, groups=3)(x)
for groups in 1, 2, 3, 4, 6, 12:  # TensorFlow remarks on the fifth that it compiles
    layers.Conv2D(12, 2, groups=groups)(x)
layers.Conv1D(6, 2, groups=3)(x[0])
layers.Conv3D(6, 2, groups=3)(x[None])
layers.DepthwiseConv2D(2)(x)
layers.SeparableConv2D(6, 2)(x)
"""
MODELS = """
import numpy as np
model = keras.Sequential([layers.Conv2D(6, 2, groups=3), layers.Flatten(), layers.Dense(1)])
model.compile(loss="mse", jit_compile=True)
model.fit(x, np.zeros(2), verbose=0)
for units in 1, 2, 3, 4, 5, 6:
    keras.Sequential([layers.Dense(units)]).predict(np.zeros((2, 3)), verbose=0)
tf.function(lambda x: x * 2, jit_compile=True)(tf.constant(1))
for item in tf.data.Dataset.range(3): pass
"""


def test_a_readers_own_layers_and_models_write_no_log_line_in_a_notebook():
    setup = "import widgets\nimport keras\nimport tensorflow as tf\nfrom keras import layers"
    assert outputs_of_cells(setup, FIRST_LAYERS, MODELS) == [[], [], []]


def test_where_the_reader_imported_tensorflow_first_xla_does_not_announce_itself_later():
    # What TensorFlow 2.20 and older write in another way keeps the level of their own import.
    setup = "import tensorflow as tf\nimport keras\nfrom keras import layers"
    _, *later = outputs_of_cells(setup, "import widgets", FIRST_LAYERS)
    text = "".join(text for cell in later for _, text in cell)
    assert "Compiled cluster" not in text and "absl::InitializeLog" not in text and "retracing" not in text


def test_what_a_readers_own_program_says_is_still_said():
    imports, keras_warning, logger, own_function, descriptor = outputs_of_cells(
        "import widgets, logging, os, keras\nimport tensorflow as tf",
        "keras.layers.Dense(1, input_shape=(3,))",
        'tf.get_logger().warning("a warning"); logging.getLogger("tensorflow").error("an error")',
        "@tf.function\ndef same(number): return number\nfor number in range(6): same(number)",
        'os.write(2, b"descriptor");',
    )
    assert imports == []
    assert "Do not pass an `input_shape`" in keras_warning[0][1]
    assert "a warning" in logger[0][1] and "an error" in "".join(text for _, text in logger)
    assert "calls to <function same" in own_function[0][1]  # theirs to move out of a loop
    assert descriptor == [("stderr", "descriptor")]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_no_saved_notebook_holds_a_log_line(path):
    cells = json.loads(path.read_text())["cells"]
    outputs = [output for cell in cells for output in cell.get("outputs", [])]
    assert all(output.get("name") != "stderr" for output in outputs)
    assert "WARNING:tensorflow" not in json.dumps(outputs)
