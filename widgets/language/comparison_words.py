"""Every word of compare(). The other words are in `words.py`."""

from widgets.language.words import FACT_MACS

COMPARED_ON = "x: {shape}"
# By the names of a row's fields.
COLUMNS = {
    "given": "order given",
    "code": "layer",
    "output_shape": "output",
    "weights": "weights",
    "params": "parameters",
    "params_formula": "parameters",
    "macs": FACT_MACS,
    "receptive_field": "receptive field",
    "ms": "ms, measured here",
}
FIELDS = {"transposed": "up to {sizes}", "deformable": "{sizes}, moved"}
SORT_BY = "sort by"
LARGEST_FIRST = "largest first"
MEASURE = "Measure time"
THUMBNAIL = "the output's first channel"
NOT_A_LIST = (
    "`layers` must be a list of 1 to {most} Keras layers. Received: {received}. "
    "Try `compare([layers.Conv2D(6, 2), layers.SeparableConv2D(6, 2)], x)`."
)
NOT_COMPARED = (
    "`layers` must hold Keras layers and Sequential models. Received: {received}. "
    "Try `compare([layers.Conv2D(6, 2), layers.MaxPooling2D(2)], x)`."
)
NOT_A_STACK = (
    "Of models, `layers` takes Sequential ones that hold no other model. Received: {received}. "
    "Try `explore(model, x)`, which lists the layers of any model."
)
EMPTY_STACK = (
    "A Sequential model in `layers` must have a layer. Received one without. "
    "Try `keras.Sequential([layers.Conv2D(1, 3)])`."
)
MIXED_RANKS = (
    "`layers` must all have the same number of spatial axes, as they read the same x. Received: {received} axes. "
    "Try one comparison for each number."
)
NOT_A_COLUMN = "`by` must be {options}. Received: {received!r}. Try `sort('params')`."
