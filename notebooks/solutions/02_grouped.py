"""Solutions of the tasks in 02_grouped.ipynb: right answers, and wrong ones that are refused."""

from keras import layers

RIGHT = {
    "task1": ["(1, 6, 10, 15)", "(3, 2, 4, 15)", "3*2*4*15 + 15"],
    "task2": [
        layers.Conv2D(30, 4, groups=6),
        layers.Conv2D(30, 2, dilation_rate=3, groups=2),  # gaps instead of weights, but two groups are needed as well
    ],
}
WRONG = {
    "task1": [
        "(1, 6, 10, 3)",  # the groups share out the filters, but all of them make a map
        "(3, 2, 20, 15)",  # as without groups
        "3*2*20*15 + 15",
    ],
    "task2": [
        layers.Conv2D(30, 4, groups=3),
        layers.Conv2D(30, 4),
        layers.Conv2D(30, 4, groups=5),  # divides the filters, but not the channels
        layers.Conv2D(30, 2, dilation_rate=3),
        layers.Conv2D(6, 4, groups=6),
        layers.SeparableConv2D(30, 4),
    ],
}
