"""Решения задач из 05_separable.ipynb: верные ответы и неверные, которые не принимаются."""

from keras import layers

RIGHT = {
    "task1": ["(1, 7, 9, 14)", "(3, 4, 5, 2)", "(1, 1, 10, 14)", "3*4*5*2 + 10*14 + 14"],
    "task2": [
        layers.SeparableConv2D(44, 3),
        [layers.DepthwiseConv2D(3, use_bias=False), layers.Conv2D(44, 1)],
        [layers.Conv2D(1, 1), layers.Conv2D(44, 3)],  # два шага другого вида, с одним каналом между ними
    ],
}
WRONG = {
    "task1": [
        "(1, 7, 9, 10)",  # каналы средней сетки
        "(3, 4, 5, 14)",
        "(1, 1, 5, 14)",  # забыт depth_multiplier
        "3*4*5*2 + 10 + 10*14 + 14",  # смещение после каждого шага
    ],
    "task2": [
        [layers.DepthwiseConv2D(3), layers.Conv2D(44, 1)],
        layers.Conv2D(44, 3),
        layers.SeparableConv2D(44, 3, depth_multiplier=2),
        layers.SeparableConv2D(44, 3, padding="same"),
        layers.DepthwiseConv2D(3),
    ],
}
