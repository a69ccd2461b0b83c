"""Решения задач из 03_dilated.ipynb: верные ответы и неверные, которые не принимаются."""

from keras import layers

RIGHT = {
    "task1": ["(1, 8, 11, 5)", "(3, 2, 4, 5)", "3*2*4*5 + 5"],
    "task2": [  # каждый слой прибавляет свой коэффициент дважды: 1 + 2*9 = 19
        [layers.Conv2D(5, 3), layers.Conv2D(5, 3, dilation_rate=2), layers.Conv2D(5, 3, dilation_rate=6)],
        [layers.Conv2D(5, 3), layers.Conv2D(5, 3, dilation_rate=3), layers.Conv2D(5, 3, dilation_rate=5)],
        [layers.Conv2D(5, 3, dilation_rate=5), layers.Conv2D(5, 3, dilation_rate=3), layers.Conv2D(5, 3)],
    ],
}
WRONG = {
    "task1": [
        "(1, 10, 14, 5)",  # как без расширения
        "(5, 5, 4, 5)",  # размер окна принят за размер ядра
        "5*5*4*5 + 5",
    ],
    "task2": [
        layers.Conv2D(5, 3, dilation_rate=9),  # поле верное, но параметров 230, и читает он девять клеток
        [layers.Conv2D(5, 3, dilation_rate=3) for _ in range(3)],  # поле верное, но с пропусками
        [layers.Conv2D(5, 3, dilation_rate=d) for d in (2, 3, 4)],  # тоже с пропусками: нет коэффициента 1
        layers.Conv2D(5, 19),  # размер верный, но параметров 9030
        [layers.Conv2D(5, 3), layers.Conv2D(5, 3, dilation_rate=2), layers.Conv2D(5, 3, dilation_rate=4)],  # читает 15
        layers.Conv2D(5, 5, dilation_rate=4),  # его окно — 4*4 + 1, а не 4*5
        [layers.Conv2D(5, 3, padding="same", dilation_rate=d) for d in (1, 2, 6)],  # читает 19, но сохраняет размер
    ],
}
