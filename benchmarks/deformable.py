"""DeformableConv2D beside a Conv2D with as many taps, both compiled by XLA: forward, and one training step."""

import time
from statistics import median

import keras
import numpy as np
import tensorflow as tf

from widgets.deformable import DeformableConv2D

SHAPE = (8, 64, 64, 16)
FILTERS, KERNEL_SIZE = 16, 3


def layers():
    """The three layers. The deformable ones read about a cell away from the regular grid, as trained ones do."""
    far = {"offset_kernel_initializer": keras.initializers.RandomNormal(stddev=0.1, seed=0)}
    return {
        "Conv2D": keras.layers.Conv2D(FILTERS, KERNEL_SIZE),
        f"DeformableConv2D({FILTERS}, {KERNEL_SIZE})": DeformableConv2D(FILTERS, KERNEL_SIZE, **far),
        f"DeformableConv2D({FILTERS}, {KERNEL_SIZE}, modulated=True)": DeformableConv2D(
            FILTERS, KERNEL_SIZE, modulated=True, **far
        ),
    }


def steps(layer, x):
    """{"forward": ..., "training": ...}: functions of x that end when their result is there."""
    layer.build(x.shape)
    optimizer = keras.optimizers.SGD(1e-6)
    optimizer.build(layer.trainable_variables)

    @tf.function(jit_compile=True)
    def forward(x):
        return layer(x)

    @tf.function(jit_compile=True)
    def training(x):
        with tf.GradientTape() as tape:
            tape.watch(x)  # as in the middle of a model
            loss = tf.reduce_mean(layer(x) ** 2)
        for_input, *gradients = tape.gradient(loss, [x, *layer.trainable_variables])
        optimizer.apply(gradients)
        return for_input

    return {"forward": lambda: forward(x).numpy(), "training": lambda: training(x).numpy()}


def measure(runs=40):
    """ms: {"forward": {layer: list of `runs` numbers}, "training": ...}, the layers in turn."""
    x = tf.constant(np.random.default_rng(0).normal(size=SHAPE), "float32")
    functions = {name: steps(layer, x) for name, layer in layers().items()}
    times = {step: {name: [] for name in functions} for step in ("forward", "training")}
    for step, results in times.items():
        for run in range(-3, runs):  # the first one compiles
            for name, function in functions.items():
                start = time.perf_counter()
                function[step]()
                if run >= 0:
                    results[name].append(1000 * (time.perf_counter() - start))
    return times


def rows():
    """For the table in README.md: each deformable layer beside the Conv2D with as many taps."""
    times = measure()
    shape = "x".join(map(str, SHAPE))
    for step, told, aim in [
        ("forward", "forward", "at most 8"),
        ("training", "one training step", "none, reported"),
    ]:
        beside = median(times[step]["Conv2D"])
        for name, runs in times[step].items():
            if name != "Conv2D":
                yield (
                    f"`{name}`, {told} under XLA, {shape} (median of {len(runs)})",
                    f"{median(runs):.1f} ms",
                    f"`Conv2D` with as many taps, {beside:.1f} ms",
                    f"{median(runs) / beside:.1f}",
                    aim,
                )


if __name__ == "__main__":
    for step, results in measure().items():
        beside = median(results["Conv2D"])
        for name, times in results.items():
            ratio = f"{median(times) / beside:.1f} times Conv2D"
            print(f"{step}, {name}: median {median(times):.1f} ms, worst {max(times):.1f} ms, {ratio}")
