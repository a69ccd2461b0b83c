"""Every word a reader sees, in one place; the browser is sent its part.

Names in braces are filled in by the caller. English now; another language replaces this file.
"""

# Misuse of our own functions: the rule, what came, a way out.
NOT_A_LAYER = (
    "`layer` must be a Keras layer that `explore` knows: {known}. Received: {received}. "
    "Try `explore(layers.Conv2D(1, 3))`."
)
NOT_COPIED = (
    "A layer that is shown is copied first, so that yours stays as it is. Keras cannot copy this {name}: "
    "give its class a method get_config that returns all arguments of its __init__."
)
RECURRENT = (
    "`{name}` is recurrent: it convolves each picture and its own last answer, step by step, so that no fixed window "
    "stands behind an output cell. Try `explore(layers.Conv2D(16, (2, 3)))` for one of its convolutions."
)
BAD_SHAPE = (
    "A shape needs {rank} whole numbers of at least 1: batch, the spatial sizes, channels. Received: {received}. "
    "Try (1, 8, 8, 3) for an image layer."
)
BAD_RANK = (
    "`x` needs {rank} axes (batch, spatial axes, channels) and at least one cell. Received shape: {received}. "
    "A single grey picture becomes a batch with `x[None, :, :, None]`."
)
LARGE_INPUT = (
    "`x` would take {size:,} bytes; at most {limit:,} are drawn. Received shape: {received}. Try a smaller part of it."
)
NOT_NUMBERS = (
    "`x` must be an array or tensor of real numbers, or a shape such as (1, 8, 8, 3). Received: {received}. "
    'Try `numpy.asarray(x, "float32")` first.'
)
MASKED = "`x` must have a number in every cell. Received: an array with masked cells. Try `x.filled(0)`."
OTHER_CHANNELS = (
    "`x` must have as many channels as the built layer reads, {wanted}. Received shape: {received}. "
    "Hand over the layer's own input, or an unbuilt layer."
)
NOT_A_MODEL = (
    "A model must be Sequential or functional, so that its layers can be listed. Received: {received}. "
    "Try one of its layers: `explore(model.layers[1], x)`."
)
MODEL_REFUSES = "The model must work for an input of shape {shape}. Keras says: {problem} Try another input."
NO_SHAPES = (
    "Keras must know the output shape of every layer before it has values. It cannot tell that of a layer of your own: "
    "give that layer a method compute_output_shape(self, input_shape)."
)
ONE_INPUT = "`explore` takes models with one input. Received one with {received}. Try one of its layers."
OTHER_INPUT = "`x` must fit the model's input, {wanted}. Received shape: {received}. Try `explore(model)` without x."
NOTHING_DRAWABLE = "The model must have a layer that can be drawn: {known}, pooling or the like. Try another model."
UNKNOWN_SETTING = "`settings` takes a dict with these names: {known}. Received: {received}. Try one of them."
BAD_SETTING = "`{name}` must be {rule}. Received: {received}. Try {name}={example!r}."
BROKEN_RULE = "`{name}` must be {rule}."
RULE_SHAPE = "{rank} whole numbers of at least 1, the first of them {batch}"
RULE_COUNT = "a whole number of at least {low}"
RULE_AXES = RULE_COUNT + ", or {axes} of them"
RULE_FLAG = "True or False"
KERAS_2 = "`widgets` needs Keras 3. Received: Keras {version}. Try `pip install -U keras` without TF_USE_LEGACY_KERAS."
OTHER_BACKEND = (
    "`widgets` needs Keras on the TensorFlow backend. Received: {backend}. "
    'Set os.environ["KERAS_BACKEND"] = "tensorflow" before Keras is imported, and restart the kernel.'
)

# Names in pictures.
INPUT = "Input"
OUTPUT = "Output"
BETWEEN = "Between"
AFTER_LAYER = "After layer {number}"
STRETCHED = "Stretched input"
TURNED = "turned_kernel"
REFUSED = "refused"
HIDDEN = "hidden"
STALE = "The picture is the last one that worked."
PREDICT = "Predict first: what shape will the output have, and how many parameters?"

# Controls. The settings themselves have Keras' names.
MODEL_COLUMNS = ("", "name", "layer", "output shape", "parameters", "MACs a sample", "receptive field")
WHOLE_PICTURE = "whole picture"
MODEL_TOTAL = "The model as given, {layers} layers: {params:,} parameters, {macs:,} MACs a sample"
FIRST_DRAWN = "first layer drawn"
DRAWN = "layers drawn"
SLIDERS_FOR = "sliders for layer"
ADD_LAYER = "Add a layer"
REMOVE_LAYER = "Remove it"
OTHER_LAYERS = (
    "These are no longer the layers of the model. Running the cell again brings those back, and so does moving "
    "<em>{first}</em> or <em>{drawn}</em>."
)
NO_CONVOLUTION = "No convolution among the layers drawn."
NOTHING_TO_SET = "No convolution is drawn, so none can be set. Received: {received}. Try another `first layer drawn`."
SQUARE = "square"
CUBE = "cube"
RESET = "Reset"

# Facts. The weights have Keras' names.
FACT_INPUT = "input"
FACT_OUTPUT = "output"
FACT_PARAMS = "parameters"
FACT_MACS = "MACs a sample"
STEP = "{shape}, field {seen}"
FACT_VERSIONS = "versions"

# What a reader changes by hand.
KERNEL = "kernel"
AS_IT_IS = "as it is"
TURN = "turn the kernel"
TURNED_TOLD = {  # operation -> before the turn, and after it
    "transposed": ("Each input cell stamps the kernel as it stands.", "Turned by half a turn: so is each stamp."),
    "": (
        "Keras multiplies the kernel as it stands: a cross-correlation.",
        "Turned by half a turn: Keras' sums are now the convolution of mathematics with the kernel as it stood before.",
    ),
}
PICTURE = "picture"
PICTURE_SIZE = "picture size"
AS_GIVEN = "as given"
THE_BOAT = "boat"
PHOTO_GREY = "photograph, grey"
PHOTO_COLOUR = "photograph, colour"
OWN_GREY = "my own, grey"
OWN_COLOUR = "my own, colour"
PICTURE_LARGE = (
    "A picture may have at most {limit:.0f} megapixels. Received: {received} megapixels. Try a smaller copy of it."
)
MANY = "far more"
PICTURE_DAMAGED = (
    "The file must be a picture in one of these formats: {formats}. This one could not be read. Try to open it in "
    "another program, and to save it anew."
)

# The state of an explorer as text.
STATE_AND_LAYER = "`explore` takes a layer or a state, not both. Received both. Try `explore(state=state)`."
NO_LAYER = "`explore` needs a layer or a state. Received neither. Try `explore(layers.Conv2D(1, 3))`."
BAD_STATE = (
    "`state` must be a text that an explorer's `state` gave. {reason} Try to copy it once more, from the first brace "
    "to the last."
)
STATE_DAMAGE = "What is wrong: {reason}."
STATE_LACKS = "This explorer's state cannot be written as text: {reason}. Try a layer with arguments of Keras' own."
STATE_REFUSED = "These settings give no output, so there is no layer whose state could be kept. {advice}"
UNKNOWN_CONTROL = "`controls` takes some of these names: {known}. Received: {received}. Try controls=[{example!r}]."
BAD_FILE = "`path` must end in .png or .gif. Received: {received}. Try `e.save('picture.png')`."
BAD_CELL = (
    "`index` must be that of one cell of `y`, whose shape is {shape}. Received: {received!r}. "
    "Try `e.start_at({example})`."
)

# The stage, in the browser. Indices count from 0, as in code.
STAGE = {
    "stage": "What the layer does",
    "grid_label": "{name}, {rows} rows by {columns} columns. Arrow keys move, Enter pins, Escape lets go.",
    "views": "How it is drawn",
    "view_scatter": "Scatter: every input cell stamps the kernel",
    "view_gather": "Gather: zeros between the cells, then a convolution",
    "samples": "sample",
    "planes": "plane",
    "channels": "input channel",
    "slices": "kernel slice",
    "filters": "filter",
    "between": "channel",
    "chooser": "{what} {index} of 0 to {last}",
    "thumbnails_more": "The first {shown} of {count} samples.",
    "first": "First cell",
    "back": "One step back",
    "play": "Play",
    "pause": "Pause",
    "forward": "One step forward",
    "last": "Last cell",
    "position": "Position",
    "position_of": "cell {position} of {count}",
    "speed": "Speed",
    "speeds": ["1 cell/s", "3 cells/s", "8 cells/s", "20 cells/s"],
    "full": "Full screen",
    "full_leave": "Leave full screen",
    "full_refused": "This page does not allow full screen. Make the whole page larger instead, with Ctrl and +.",
    "hide": "Hide answer",
    "reveal": "Reveal answer",
    "predict": PREDICT,
    "copy": "Copy",
    "copied": "Copied",
    "copy_refused": "The browser does not let this page copy. The text is selected: press Ctrl+C.",
    "whole_problem": "All that Keras said",
    "refused": "Keras refuses these settings:",
    "no_output": "These settings give no output:",
    "stale": STALE,
    "empty": "No picture yet.",
    "wiring_all": "Wiring of {kernel}, from the channels above to those below: each reads all.",
    "wiring_groups": "Wiring of {kernel}, from the channels above to those below: {count} groups. "
    "Channels read by each: {fan}.",
    "wiring_filter": "Filter {filter} reads channels {channels}.",
    "legend_padding": "padding (0)",
    "legend_unread": "read by no window",
    "legend_window": "window",
    "legend_points": "where a tap reads, and the cell it left",
    "legend_signed": "negative, 0, positive",
    "legend_grey": "0 to {limit}",
    "sum_channel": "channel {channel}",
    "sum_more": "{count} more products",
    "sum_channels": "all {count} channels' partial sums",
    "sum_all": "all {count} channels:",
    "sum_bias": "+ bias {bias}",
    "sum_activation": "{activation}({before}) = {value}",
    "sum_softmax": "softmax over all filters makes {value} of {before}",
    "sum_returned": "Keras returned {value}",
    "sum_waiting": "asking for the other channels ...",
    "points": "where each tap reads, [row, column] (y, x), and its neighbours' parts",
    "points_hint": "Click an output cell to keep it, then drag its points; or press N for the next and Shift+arrow.",
    "sum_nothing": "no tap reaches this cell",
    "told_stretch": "a cell of the input, or one of the zeros put between and around them",
    "told_other": "{operation}: the layer's own value",
    "said_output": "{name} is {value}. It reads cells {cells}.",
    "said_input": "{name} is {value}. It feeds {count} output cells.",
    "padding_cell": "padding at {cell}",
    "tap_reads": "this tap reads {count} cells, one for each output cell ({outside} of them padding)",
    "tap_points": "this tap reads at {count} points, one for each output cell ({outside} of them outside)",
    "tap_writes": "this tap adds to {count} cells, one for each input cell ({outside} of them cropped away)",
    "feeds": "{grid}, channel {filter}: it feeds these cells ({count})",
    "feeds_none": "no window reads this cell",
    "pinned": "pinned, Escape lets go",
    "tools": "Change and keep",
    "edit": "Edit cells",
    "edit_done": "Stop editing",
    "edit_hint": "Point at a cell of the input or of the kernel, then type a number. Black and white cells: paint.",
    "edit_cell": "{name} =",
    "edit_value": "New value of {name}",
    "fill": "Fill",
    "clear": "Clear",
    "undo": "Undo",
    "own": "My own picture",
    "own_large": "A file may have at most {limit} MB. This one has {size} MB. Try a smaller copy of it.",
    "png": "Save PNG",
    "gif": "Save GIF",
    "state": "Copy state",
    "state_label": "The state, for explore(state=...)",
    "progress": "Drawing",
    "file_framed": "Handed to the browser as {file}. If no file comes, this page forbids it: "
    "save the picture below by a right click or a long press.",
    "made": "The picture to save",
    "more": "... and {count} more",
}

CONNECTION = {
    "gone": "The kernel was restarted or stopped: run the cells up to this one again. No cells? Reload the page.",
    "waiting": "Still waiting for the kernel. If it was restarted or stopped, run the cells up to this one again.",
    "running": "Another cell is running. This tool answers when it is done.",
    "deaf": "The browser was too busy when this tool was opened. It shows no change: run this cell again.",
}

STEP_REFUSED = "Layer {number}: {problem}"

# One plain line on what to change, when Keras refuses.
ADVICE_STRIDES_DILATION = (
    "This layer takes strides or dilation_rate, not both: set one of them back to 1 on every axis."
)
ADVICE_WINDOW = (
    "Along the {axis}, the window covers {window} cells and the input has {n}: "
    'try a smaller kernel_size or dilation_rate, a larger input, or padding="same".'
)
ADVICE_FILTERS = "groups={groups} must divide filters={filters}: try filters={options}."
ADVICE_CHANNELS = "groups={groups} must divide the input's {channels} channels: try groups={options}."
ADVICE_OUTPUT_PADDING = "Along the {axis}, output_padding={given} must be less than strides={strides}: try {options}."
ADVICE_NO_FORWARD = (
    'Along the {axis}, no "same" convolution with strides={strides} makes {n} cells of {o}: '
    "try another output_padding, or none."
)
ADVICE_ONEDNN = (
    "TensorFlow's usual kernels cannot do this. On most PCs its oneDNN kernels can: restart the kernel, "
    "and put import os; os.environ['TF_ENABLE_ONEDNN_OPTS'] = '1' before everything else."
)
ADVICE_RANK = "Remove what changes the axes, or use the layer for so many axes: Conv1D, Conv2D or Conv3D."
ADVICE_LARGE = "Move the setting that was changed last back, or try a smaller input, fewer samples or filters."
ADVICE_OTHER = "Move the setting that was changed last back, or press Reset."
LARGE_SETTINGS = "Keras was not asked: this would take {size:,} bytes, and at most {limit:,} are shown."
SLOW_SETTINGS = "Keras was not asked: this would take {macs:,} multiply-accumulates; {limit:,} are a few seconds."
OTHER_RANK = "The layer reads inputs of {rank} axes, with batch and channels. It was given the shape {shape}."
ODD_RESULT = "The activation must keep the shape {before}. It returned {shape}. Try another activation."
UNWRITTEN_RESULT = (
    "No window fits into the input. TensorFlow did not refuse, and returned {shape} cells of memory that nobody wrote."
)
EMPTY_RESULT = "Keras accepted this, and returned no cells: the output's shape is {shape}."

WARNING_VALUES = (
    "The layer's values are not the sums that its own definition gives (largest difference {difference:.3g}). "
    "This is a defect of Keras or of its backend; the numbers shown are what Keras returned. "
    "Often it goes away with os.environ['TF_ENABLE_ONEDNN_OPTS'] = '0' before TensorFlow is imported."
)
WARNING_SHAPE = "Keras returned {got} cells where the size formula says {formula}."
NOTHING_TO_DRAW = "These settings give no output, so there is no picture: {problem}"
UNKNOWN_VIEW = "`view` must be {options} for this layer. Received: {received!r}."
CODE_LACKS = "  # not written out: {names}"


def either(options):
    """Options as a reader would list them.

    >>> either([2, 4, 8]), either([2])
    ('2, 4 or 8', '2')
    """
    *first, last = map(str, options)
    return f"{', '.join(first)} or {last}" if first else last


def activation_name(activation):
    """An activation as a reader knows it; "" where there is none."""
    if activation is None:
        return ""
    return activation if isinstance(activation, str) else getattr(activation, "__name__", type(activation).__name__)


def count_rule(low, axes=1):
    """The rule of a whole number that may be given for each axis."""
    return (RULE_AXES if axes > 1 else RULE_COUNT).format(low=low, axes=axes)


def option_name(option):
    """A menu's option as code would say it.

    >>> option_name(None), option_name("same")
    ('None', 'same')
    """
    return "None" if option is None else activation_name(option)


def axes(names):
    """The names of a weight's axes, as a reader sees them.

    >>> axes(("height", "width", "in / groups", "filters"))
    '(height, width, in / groups, filters)'
    """
    return f"({', '.join(names)})"
