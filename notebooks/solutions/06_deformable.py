"""Solutions of the tasks in 06_deformable.ipynb: right answers, and wrong ones that are refused."""

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
        "(2, 3, 4, 36)",  # the other kernel
        "(2, 3, 4, 24)",  # no channels for the masks
        "2*3*4*6 + 6",  # the second convolution forgotten
    ],
    "task2": [
        DeformableConv2D(5, 3, padding="same"),  # 1679 parameters
        DeformableConv2D(5, (2, 3), padding="same"),  # 833
        DeformableConv2D(5, 2),  # not "same"
        DeformableConv2D(5, 2, padding="same", modulated=True),  # the masks need weights as well: 561
        layers.Conv2D(5, 3, padding="same"),  # has no offsets
    ],
}
