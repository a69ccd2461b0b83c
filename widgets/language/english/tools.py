"""What stands on the tools, and what they say to misuse."""

PICTURE = {
    "input": "Input",
    "output": "Output",
    "between": "Between",
    "after_layer": "After layer {number}",
    "stretched": "Stretched input",
    "nothing_to_draw": "These settings give no output, so there is no picture: {problem}",
    "unknown_view": "`view` must be {options} for this layer. Received: {received}.",
    "refused": "refused",
    "hidden": "hidden",
}

CONTROLS = {
    "unknown_setting": "`settings` takes a dict with these names: {known}. Received: {received}. Try one of them.",
    "bad_setting": "`{name}` must be {rule}. Received: {received}. Try {name}={example!r}.",
    "rule_shape": "{rank} whole numbers of at least 1, the first of them {batch}",
    "along": "{name} {axis}",
    "input": "input",
    "square": "square",
    "cube": "cube",
    "reset": "Reset",
    "unknown_control": "`controls` takes some of these names: {known}. Received: {received}. Try controls=[{example!r}].",
    "bad_question": "`question` is a text, such as 'Which rows stay unread?'. Received: {received}. Leave it out to ask nothing.",
    "no_layer": "`explore` needs a layer or a state. Received neither. Try `explore(layers.Conv2D(1, 3))`.",
    "state_and_layer": "`explore` takes a layer or a state, not both. Received both. Try `explore(state=state)`.",
    "bad_file": "`path` must end in .png, .gif or .html. Received: {received}. Try `e.save('picture.png')`.",
    "bad_cell": "`index` must be that of one cell of `y`, whose shape is {shape}. Received: {received!r}. Try `e.start_at({example})`.",
    "unknown_language": "`language` must be one of {known}. Received: {received}. Try set_language({example!r}).",
}

EDITING = {
    "kernel": "kernel",
    "turn": "turn the kernel",
    "image": "picture",
    "image_size": "picture size",
    "as_given": "as given",
    "the_boat": "boat",
    "photo_grey": "photograph, grey",
    "photo_colour": "photograph, colour",
    "own_grey": "my own, grey",
    "own_colour": "my own, colour",
    "image_large": "A picture may have at most {limit} megapixels. Received: {received} megapixels. Try a smaller copy of it.",
    "many": "far more",
    "image_damaged": "The file must be a picture in one of these formats: {formats}. This one could not be read. Try to open it in another program, and to save it anew.",
    "stamp_unturned": "Each input cell stamps the kernel as it stands.",
    "stamp_turned": "Turned by half a turn: so is each stamp.",
    "kernel_unturned": "Keras multiplies the kernel as it stands: a cross-correlation.",
    "kernel_turned": "Turned by half a turn: Keras' sums are now the convolution of mathematics with the kernel as it stood before.",
}

PRESET = {
    "as_it_is": "as it is",
    "changed": "changed",
    "identity": "identity",
    "box": "box",
    "Gaussian": "Gaussian",
    "X": "X",
    "sharpen": "sharpen",
    "Sobel_left_to_right": "Sobel, left to right",
    "Sobel_top_to_bottom": "Sobel, top to bottom",
    "Laplacian": "Laplacian",
    "emboss": "emboss",
    "random": "random",
}

CHAIN = {
    "first_drawn": "first layer drawn",
    "drawn": "layers drawn",
    "sliders_for": "sliders for layer",
    "add_layer": "Add a layer",
    "remove_layer": "Remove it",
    "other_layers": "These are no longer the layers of the model. Running the cell again brings those back, and so does moving <em>{first}</em> or <em>{drawn}</em>.",
    "no_convolution": "No convolution among the layers drawn.",
    "nothing_to_set": "No convolution is drawn, so none can be set. Received: {received}. Try another `first layer drawn`.",
}

SHARING = {
    "bad_state": "`state` must be a text that an explorer's `state` gave. {reason} Try to copy it once more, from the first brace to the last.",
    "state_damage": "What is wrong: {reason}.",
    "state_layer": "A state holds convolutions alone. Received: {name}. Try to draw only convolutions, by `{first}` and `{drawn}`.",
    "state_lacks": "This explorer's state cannot be written as text: {reason}. Try a layer with arguments of Keras' own.",
    "received": "Received: {received}.",
    "beginning": 'it has to begin with {{"explore":{version}',
    "no_layer": "it names no layer",
    "unknown_layer": "it knows no layer {received}",
    "unknown_setting": "{layer} has no setting {received}",
    "odd_setting": "{name} is neither a whole number, nor a word, nor a few of them",
    "unknown_weight": "the layer has no weight {received}",
    "too_large": "{size} bytes are too many",
    "other_size": "numbers in the text: {received}, where {size} belong",
    "odd_point": "a moved point is five whole numbers and two more",
    "state_refused": "These settings give no output, so there is no layer whose state could be kept. {advice}",
}

PAGE = {
    "controls": "Settings",
    "copy_link": "Copy link",
    "address": "The address of this setting",
    "damaged_address": "The address names a setting that this page does not have. You see the start.",
    "fixed": "Fixed on this page: {names}.",
    "kernel_adds": "Everything here was computed by Keras when the page was made. In a notebook you can also change cells and weights by hand, bring your own image, move every setting, and save pictures.",
    "notebook": "A notebook about it, in Colab: {name}",
    "open_in_browser": "Open this file in a current web browser with JavaScript: there it answers.",
    "questions": "Predict: {names}",
    "comparison": "Compare: {names}",
    "model": "Model: {input} -> {output}",
    "kernel_asks": "Everything here was computed by Keras when the page was made. In a notebook there are other numbers each time, and questions about settings, since Keras builds what you answer.",
    "kernel_measures": "Everything here was computed by Keras when the page was made. In a notebook you can also measure how long each layer takes.",
    "no_end": "A page holds the questions about given layers. Received: a layer class, whose questions never end. Try `predict(layers.Conv2D(10, 3), (4, 28, 28, 12)).save('questions.html')`.",
    "no_questions": "Questions about settings need a kernel: Keras has to build what is answered. Received no others. Try `ask` with 'output_shape'.",
    "bad_file": "`path` must end in .html. Received: {received}. Try `save('page.html')`.",
    "too_large": "A page may hold at most {most_size} MB. Received: {size} MB. Try a smaller input.",
    "estimate": {"one": "{count} state, about {seconds} s", "other": "{count} states, about {seconds} s"},
    "too_much": "A page may take at most {most_states} states, {most_seconds} s and {most_size} MB. Received: {product} = {states} states, about {seconds} s and {size} MB. Try controls={example!r}: it leaves out {left_out}.",
}

SITE = {
    "language": "English",
    "lead": "This page runs no code: what Keras said to every setting of its tools was recorded when the page was made. To run and change the code, edit cells, or choose other kernels and pictures, open the notebook in Colab or download it.",
    "predict": "**Predict",
    "answer": "Show the answer",
    "setup": "The set-up cell",
    "figure": "What the cell above draws",
    "pages": "Pages",
    "lessons": "Before and after",
    "all": "All lessons",
    "colab": "Open in Colab",
    "download": "Download notebook",
    "source": "Source code",
    "minutes": "Minutes",
}

COMPARE = {
    "compared_on": "x: {shape}",
    "refused": "refused:",
    "layers": {"one": "{count} layer", "other": "{count} layers"},
    "a_class": "{name} (a class)",
    "sort_by": "sort by",
    "largest_first": "largest first",
    "measure": "Measure time",
    "thumbnail": "the output's first channel",
    "not_a_list": "`layers` must be a list of 1 to {most} Keras layers. Received: {received}. Try `compare([layers.Conv2D(6, 2), layers.SeparableConv2D(6, 2)], x)`.",
    "not_compared": "`layers` must hold Keras layers and Sequential models. Received: {received}. Try `compare([layers.Conv2D(6, 2), layers.MaxPooling2D(2)], x)`.",
    "not_a_stack": "Models of one input are compared and judged. Received: {received}, with {count} inputs. Try `explore(model)`, which lists the layers of any.",
    "empty_stack": "A Sequential model in `layers` must have a layer. Received one without. Try `keras.Sequential([layers.Conv2D(1, 3)])`.",
    "mixed_ranks": "`layers` must all have the same number of spatial axes, as they read the same x. Received: {received} axes. Try one comparison for each number.",
    "not_a_column": "`by` must be {options}. Received: {received!r}. Try `sort('params')`.",
}

COLUMN = {
    "given": "order given",
    "code": "layer",
    "output_shape": "output",
    "weights": "weights",
    "params": "parameters",
    "params_formula": "parameters",
    "macs": "MACs a sample",
    "receptive_field": "receptive field",
    "ms": "ms, measured here",
}

FIELD = {
    "plain": "{sizes}",
    "transposed": "up to {sizes}",
    "deformable": "{sizes}, moved",
}

CONNECTION = {
    "gone": "The kernel was restarted or stopped: run the cells up to this one again. No cells? Reload the page.",
    "waiting": "Still waiting for the kernel. If it was restarted or stopped, run the cells up to this one again.",
    "running": "Another cell is running. This tool answers when it is done.",
    "deaf": "The browser was too busy when this tool was opened. It shows no change: run this cell again.",
}
