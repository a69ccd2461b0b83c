"""Решения задач из 02_grouped.ipynb: верные ответы и неверные, которые не принимаются."""

from keras import layers

RIGHT = {
    "task1": ["(1, 6, 10, 15)", "(3, 2, 4, 15)", "3*2*4*15 + 15"],
    "task2": [
        layers.Conv2D(30, 4, groups=6),
        layers.Conv2D(30, 2, dilation_rate=3, groups=2),  # пропуски вместо весов, но нужны ещё и две группы
    ],
}
WRONG = {
    "task1": [
        "(1, 6, 10, 3)",  # группы делят фильтры между собой, но карту делает каждый из них
        "(3, 2, 20, 15)",  # как без групп
        "3*2*20*15 + 15",
    ],
    "task2": [
        layers.Conv2D(30, 4, groups=3),
        layers.Conv2D(30, 4),
        layers.Conv2D(30, 4, groups=5),  # делит фильтры, но не каналы
        layers.Conv2D(30, 2, dilation_rate=3),
        layers.Conv2D(6, 4, groups=6),
        layers.SeparableConv2D(30, 4),
    ],
}
