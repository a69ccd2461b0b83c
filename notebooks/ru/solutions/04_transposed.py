"""Решения задач из 04_transposed.ipynb: верные ответы и неверные, которые не принимаются."""

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
        "(1, 3, 3, 3)",  # такой размер делает свёртка
        "(4, 5, 2, 3)",  # порядок осей у Conv2D
        "4*5*3*2",
    ],
    "task2": [
        layers.Conv2DTranspose(8, 3, strides=2),
        layers.Conv2DTranspose(8, 4, strides=2, padding="same"),
        layers.Conv2DTranspose(8, 4, strides=2, output_padding=1),
        layers.Conv2DTranspose(8, (12, 16)),  # форма верная, но параметров слишком много
        layers.Conv2D(8, 4, strides=2),
        [layers.UpSampling2D(3), layers.Conv2D(8, (8, 12))],
    ],
}
