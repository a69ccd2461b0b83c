"""Solutions of the tasks in 08_compare.ipynb: right answers, and wrong ones that are refused."""

from keras import layers

RIGHT = {
    "task1": ["3*3*8*10 + 10", "3*3*4*10 + 10", "3*3*8 + 8*10 + 10", "8*10 + 10"],  # 730, 370, 162 and 90
    "task2": [
        layers.SeparableConv2D(24, 3, strides=2, padding="same"),
        layers.Conv2D(24, 3, strides=2, padding="same", groups=8),
        [layers.DepthwiseConv2D(3, strides=2, padding="same"), layers.Conv2D(24, 1)],
    ],
}
WRONG = {
    "task1": [
        "3*3*10 + 10",  # a filter spans all channels
        "3*3*8*10 + 10",  # forgets the groups
        "3*3*8 + 8 + 8*10 + 10",  # one bias, not two
        "8*10",  # no bias
    ],
    "task2": [
        layers.Conv2D(24, 3, strides=2, padding="same"),  # 3480 parameters, 449280 MACs
        layers.Conv2D(24, 3, strides=2, padding="same", groups=4),  # too few groups
        layers.Conv2D(24, 1, strides=2),  # reads a single cell
        [layers.DepthwiseConv2D(2, dilation_rate=2, padding="same"), layers.Conv2D(24, 1, strides=2)],  # 4 of 9 cells
        layers.SeparableConv2D(24, 3, padding="same"),  # does not halve the map
        [layers.Conv2D(24, 1), layers.DepthwiseConv2D(3, strides=2, padding="same")],  # mixes at all 520 places first
    ],
}
