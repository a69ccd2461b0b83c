"""Solutions of the tasks in 00_start_here.ipynb: right answers, and wrong ones that are refused."""

from keras import layers

RIGHT = {
    "task1": ["(1, 12, 7, 1)"],  # 13 - 2 + 1 rows and 10 - 4 + 1 columns
    "task2": [
        layers.Conv2D(1, (7, 6)),  # 11 - 7 + 1 = 5 and 9 - 6 + 1 = 4
        layers.Conv2D(1, (3, 2), strides=2),  # floor((11 - 3) / 2) + 1 = 5 and floor((9 - 2) / 2) + 1 = 4
    ],
}
WRONG = {
    "task1": ["(1, 11, 6, 1)"],  # counts the steps, not the places
    "task2": [
        layers.Conv2D(1, (5, 4)),  # the wanted size taken for the kernel's
        layers.Conv2D(1, (6, 7)),  # height and width swapped
        layers.Conv2D(1, (6, 5)),  # one too few: 11 - 6 is 5, but one place is added
        layers.Conv2D(5, (7, 6)),  # five filters make five channels
    ],
}
