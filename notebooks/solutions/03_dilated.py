"""Solutions of the tasks in 03_dilated.ipynb: right answers, and wrong ones that are refused."""

from keras import layers

RIGHT = {
    "task1": ["(1, 8, 11, 5)", "(3, 2, 4, 5)", "3*2*4*5 + 5"],
    "task2": [  # each layer adds twice its rate: 1 + 2*9 = 19
        [layers.Conv2D(5, 3), layers.Conv2D(5, 3, dilation_rate=2), layers.Conv2D(5, 3, dilation_rate=6)],
        [layers.Conv2D(5, 3), layers.Conv2D(5, 3, dilation_rate=3), layers.Conv2D(5, 3, dilation_rate=5)],
        [layers.Conv2D(5, 3, dilation_rate=5), layers.Conv2D(5, 3, dilation_rate=3), layers.Conv2D(5, 3)],
    ],
}
WRONG = {
    "task1": [
        "(1, 10, 14, 5)",  # as without dilation
        "(5, 5, 4, 5)",  # the window's size taken for the kernel's
        "5*5*4*5 + 5",
    ],
    "task2": [
        layers.Conv2D(5, 3, dilation_rate=9),  # the field is right, but 230 parameters, and it reads nine cells
        [layers.Conv2D(5, 3, dilation_rate=3) for _ in range(3)],  # the field is right, but it has gaps
        [layers.Conv2D(5, 3, dilation_rate=d) for d in (2, 3, 4)],  # gaps, too: no rate of 1
        layers.Conv2D(5, 19),  # the size is right, but 9030 parameters
        [layers.Conv2D(5, 3), layers.Conv2D(5, 3, dilation_rate=2), layers.Conv2D(5, 3, dilation_rate=4)],  # reads 15
        layers.Conv2D(5, 5, dilation_rate=4),  # its window is 4*4 + 1, not 4*5
        [layers.Conv2D(5, 3, padding="same", dilation_rate=d) for d in (1, 2, 6)],  # reads 19, but keeps the size
    ],
}
