"""Решения задач из 08_compare.ipynb: верные ответы и неверные, которые не принимаются."""

from keras import layers

RIGHT = {
    "task1": ["3*3*8*10 + 10", "3*3*4*10 + 10", "3*3*8 + 8*10 + 10", "8*10 + 10"],  # 730, 370, 162 и 90
    "task2": [
        layers.SeparableConv2D(24, 3, strides=2, padding="same"),
        layers.Conv2D(24, 3, strides=2, padding="same", groups=8),
        [layers.DepthwiseConv2D(3, strides=2, padding="same"), layers.Conv2D(24, 1)],
    ],
}
WRONG = {
    "task1": [
        "3*3*10 + 10",  # фильтр охватывает все каналы
        "3*3*8*10 + 10",  # забыты группы
        "3*3*8 + 8 + 8*10 + 10",  # смещение одно, а не два
        "8*10",  # нет смещения
    ],
    "task2": [
        layers.Conv2D(24, 3, strides=2, padding="same"),  # параметров 3480, умножений 449280
        layers.Conv2D(24, 3, strides=2, padding="same", groups=4),  # групп слишком мало
        layers.Conv2D(24, 1, strides=2),  # читает одну клетку
        [layers.DepthwiseConv2D(2, dilation_rate=2, padding="same"), layers.Conv2D(24, 1, strides=2)],  # 4 клетки из 9
        layers.SeparableConv2D(24, 3, padding="same"),  # не уменьшает карту вдвое
        [layers.Conv2D(24, 1), layers.DepthwiseConv2D(3, strides=2, padding="same")],  # сначала смешивает все 520 мест
    ],
}
