"""Solutions of the tasks in 01_convolution.ipynb: right answers, and wrong ones that are refused."""

from keras import layers

RIGHT = {
    "task1": ["(1, 6, 7, 5)", "(3, 2, 4, 5)", "3*2*4*5 + 5", "1*(-1) + 2*1 + 2*2 + 2"],
    "task2": [
        layers.Conv2D(8, (3, 2), strides=(3, 2)),  # floor((30 - 3) / 3) + 1 = 10, floor((22 - 2) / 2) + 1 = 11
        layers.Conv2D(8, 2, strides=(3, 2)),
        layers.Conv2D(8, 2, strides=(3, 2), padding="same"),
        layers.Conv2D(8, 1, strides=(3, 2)),  # reads one cell in six, but the task does not forbid it
    ],
}
WRONG = {
    "task1": [
        "(1, 5, 7, 5)",  # "same" rounds up
        "(2, 3, 4, 5)",  # height comes before width
        "3*2*5 + 5",  # a filter spans all channels
        "5",  # no bias
    ],
    "task2": [
        layers.Conv2D(8, 3, strides=(3, 2)),  # 10 columns, and 368 parameters
        layers.Conv2D(8, 3, strides=(3, 2), padding="same"),  # the shape is right, but 368 parameters
        layers.Conv2D(8, (3, 2), strides=(2, 3)),  # the strides are swapped
        layers.Conv2D(10, (3, 2), strides=(3, 2)),  # filters are channels, not rows
    ],
}
