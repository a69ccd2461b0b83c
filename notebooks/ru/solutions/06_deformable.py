"""Решения задач из 06_deformable.ipynb: верные ответы и неверные, которые не принимаются."""

from keras import layers

from widgets import DeformableConv2D

RIGHT = {
    "task1": ["(1, 7, 10, 6)", "(2, 3, 4, 6)", "(2, 3, 4, 36)", "2*3*4*6 + 6 + 2*3*4*36 + 36"],  # 36 = 3*6*2
    "task2": [
        DeformableConv2D(5, 2, padding="same"),
        DeformableConv2D(5, (1, 3), padding="same"),
    ],
}
WRONG = {
    "task1": [
        "(1, 6, 8, 6)",  # "valid"
        "(2, 3, 4, 36)",  # другое ядро
        "(2, 3, 4, 24)",  # нет каналов для масок
        "2*3*4*6 + 6",  # забыта вторая свёртка
    ],
    "task2": [
        DeformableConv2D(5, 3, padding="same"),  # параметров 1679
        DeformableConv2D(5, (2, 3), padding="same"),  # 833
        DeformableConv2D(5, 2),  # не "same"
        DeformableConv2D(5, 2, padding="same", modulated=True),  # маскам тоже нужны веса: 561
        layers.Conv2D(5, 3, padding="same"),  # нет сдвигов
    ],
}
