"""What all tests share: the same kernels on every x86 machine, and the same random weights in every run.

TensorFlow chooses its kernels by the processor. Without oneDNN, channels_first, transposed layers with a dilation and
unequal strides of depthwise layers are refused: on other processors, and where TF_ENABLE_ONEDNN_OPTS=0 is set. The
tests hold there too.
"""

import os
import random
import sys

import numpy as np
import pytest

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")


SEED = int(os.environ.get("TEST_SEED", 0))  # another one draws other weights: no test may need these ones


def seed_all():
    random.seed(SEED)  # a Keras initializer draws its own seed here
    np.random.seed(SEED)
    if "keras" in sys.modules:
        sys.modules["keras"].utils.set_random_seed(SEED)


def pytest_collectstart():
    """A module's own layers are made when it is read."""
    seed_all()


@pytest.fixture(autouse=True)
def same_weights_in_every_run():
    seed_all()


@pytest.fixture(autouse=True)
def time_to_measure(monkeypatch):
    """A busy machine measures no less than an idle one. A test of what is told without time takes it away again."""
    monkeypatch.setattr("widgets.facts.measure.MOST_SECONDS", 60)


@pytest.fixture
def refused_without_onednn():
    """Whether Keras itself cannot call the layer for want of oneDNN; the reader then has to be told just that."""
    import tensorflow as tf

    def refused(layer, x, problem, advice):
        try:
            layer(tf.ones(x))
        except tf.errors.OpError as refusal:
            assert problem and problem in str(refusal)
            assert "os.environ['TF_ENABLE_ONEDNN_OPTS'] = '1'" in advice
            return True
        assert problem == advice == ""
        return False

    return refused


@pytest.fixture(scope="session")
def needs_channels_first():
    """For a test of what is drawn or done with such a layer's output: skips it where Keras gives none."""
    import tensorflow as tf
    from keras import layers

    try:
        layers.Conv2D(1, 1, data_format="channels_first")(tf.ones((1, 1, 2, 2)))
    except tf.errors.UnimplementedError:
        pytest.skip("without oneDNN, TensorFlow has no channels_first convolution on this processor")


@pytest.fixture(scope="session")
def needs_dilated_transpose():
    """For a question about a transposed layer with a dilation: skips it where Keras refuses one."""
    import tensorflow as tf
    from keras import layers

    try:
        layers.Conv2DTranspose(1, 2, dilation_rate=2)(tf.ones((1, 3, 3, 1)))
    except tf.errors.OpError:
        pytest.skip("without oneDNN, TensorFlow has no transposed convolution with a dilation on this processor")
