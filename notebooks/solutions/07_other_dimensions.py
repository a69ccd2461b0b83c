"""Solutions of the tasks in 07_other_dimensions.ipynb: right answers, and wrong ones that are refused."""

from keras import layers

RIGHT = {
    "task1": ["(1, 7, 5, 6, 4)", "(2, 3, 5, 3, 4)", "2*3*5*3*4 + 4"],
    "task2": [
        [layers.Conv3D(6, (1, 3, 3)), layers.Conv3D(6, (3, 1, 1))],  # first in space, then in time
        [layers.Conv3D(2, (3, 1, 1)), layers.Conv3D(6, (1, 3, 3))],  # first in time, with two channels between them
        layers.Conv3D(6, 3, groups=2),  # each filter reads one channel
    ],
}
WRONG = {
    "task1": [
        "(1, 6, 4, 5, 4)",  # "valid"
        "(2, 3, 5, 4, 3)",  # input channels and filters swapped
        "2*3*5*4 + 4",  # a filter spans all channels
    ],
    "task2": [
        layers.Conv3D(6, 3),  # 330 parameters
        layers.Conv3D(6, (1, 3, 3)),  # does not look along the time
        [layers.Conv3D(6, (3, 1, 1)), layers.Conv3D(6, (1, 3, 3))],  # the second step reads six channels: 372
        layers.Conv3D(6, (3, 3, 1)),  # reads a single column
        layers.Conv3D(6, 2, dilation_rate=2),  # its field is 3 cells wide, and it reads two of them
        layers.Conv2D(6, 3),  # moves along two axes only
    ],
}
