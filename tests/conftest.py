"""TensorFlow chooses its kernels by the processor; the tests ask for the same ones on every x86 machine.

Without oneDNN, channels_first, transposed layers with a dilation and unequal strides of depthwise layers are refused.
"""

import os

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")
