"""Solutions of the tasks in 04_transposed.ipynb: right answers, and wrong ones that are refused."""

from keras import layers

RIGHT = {
    "task1": ["(1, 12, 21, 3)", "(4, 5, 3, 2)", "4*5*3*2 + 3"],
    "task2": [
        layers.Conv2DTranspose(8, 4, strides=2),
        layers.Conv2DTranspose(8, 3, strides=2, output_padding=1),
    ],
}
WRONG = {
    "task1": [
        "(1, 3, 3, 3)",  # the size that a convolution makes
        "(4, 5, 2, 3)",  # the axis order of Conv2D
        "4*5*3*2",
    ],
    "task2": [
        layers.Conv2DTranspose(8, 3, strides=2),
        layers.Conv2DTranspose(8, 4, strides=2, padding="same"),
        layers.Conv2DTranspose(8, 4, strides=2, output_padding=1),
        layers.Conv2DTranspose(8, (12, 16)),  # the shape, with far too many parameters
        layers.Conv2D(8, 4, strides=2),
        [layers.UpSampling2D(3), layers.Conv2D(8, (8, 12))],
    ],
}
