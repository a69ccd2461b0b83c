"""Solutions of the tasks in 05_separable.ipynb: right answers, and wrong ones that are refused."""

from keras import layers

RIGHT = {
    "task1": ["(1, 7, 9, 14)", "(3, 4, 5, 2)", "(1, 1, 10, 14)", "3*4*5*2 + 10*14 + 14"],
    "task2": [
        layers.SeparableConv2D(44, 3),
        [layers.DepthwiseConv2D(3, use_bias=False), layers.Conv2D(44, 1)],
        [layers.Conv2D(1, 1), layers.Conv2D(44, 3)],  # two steps of another kind, with one channel between them
    ],
}
WRONG = {
    "task1": [
        "(1, 7, 9, 10)",  # the channels in the middle
        "(3, 4, 5, 14)",
        "(1, 1, 5, 14)",  # depth_multiplier left out
        "3*4*5*2 + 10 + 10*14 + 14",  # a bias after each step
    ],
    "task2": [
        [layers.DepthwiseConv2D(3), layers.Conv2D(44, 1)],
        layers.Conv2D(44, 3),
        layers.SeparableConv2D(44, 3, depth_multiplier=2),
        layers.SeparableConv2D(44, 3, padding="same"),
        layers.DepthwiseConv2D(3),
    ],
}
