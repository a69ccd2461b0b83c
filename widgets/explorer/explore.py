"""explore(): the explorer of a layer, of a model, or of a state."""

import keras

from widgets.explorer import sharing
from widgets.explorer.chain_explorer import ModelTable, StackExplorer
from widgets.explorer.explorer import Explorer
from widgets.facts import ModelSteps
from widgets.language import say


def explore(layer=None, x=None, *, reveal=True, controls=None, state=None, question=None):
    """Show what a Keras convolution layer does to `x`, with a slider for each of its settings.

    Args:
        layer: a Keras layer, built or not, or a Sequential or functional model. It is copied, never changed.
        x: an array or tensor (batch, height, width, channels), or a shape; of a model with several inputs a list or
            a dict of these. Left out: an 8x8 binary picture, or values of the right rank.
        reveal: False hides the facts and the output until a button is pressed, so that a class can predict first.
        controls: the names of the controls to show, such as ["strides", "padding"], or one; left out: all of them.
            "input_shape", "kernel" and "picture" are names as well.
        question: what a lesson asks before the answer, such as "Which rows stay unread?": it hides the answer, and
            what is typed under it is shown beside what Keras returned.
        state: what another explorer's `state` gave, in place of a layer and an input.

    Returns:
        An `Explorer`, to be the last line of a cell. Its `layer`, `x`, `y`, `facts`, `settings`, `code` and `state`
        are those of the moment.

    Raises:
        TypeError, ValueError: for a layer, an input or a state that we do not know. Settings that Keras refuses
        never raise: they are shown.

    Example:

    >>> from keras import layers
    >>> e = explore(layers.Conv2D(10, 3), (4, 28, 28, 12))
    >>> e
    <Explorer layers.Conv2D(10, 3): (4, 28, 28, 12) -> (4, 26, 26, 10)>
    >>> e.settings = {"strides": 2}
    >>> e.y.shape
    (4, 13, 13, 10)
    """
    if question is not None and not (isinstance(question, str) and question.strip()):
        raise TypeError(say("controls.bad_question", received=repr(question)))
    if state is None and layer is None:
        raise TypeError(say("controls.no_layer"))
    more = reveal and question is None, controls, question or ""
    if state is None:
        return _made(layer, x, *more)
    if layer is not None or x is not None:
        raise TypeError(say("controls.state_and_layer"))
    layers, x, look = sharing.loads(state)
    try:
        explorer = _made(layers[0] if len(layers) == 1 else keras.Sequential(layers), x, *more)
        explorer._restore_view_state(look)
    except sharing.DAMAGE as error:
        raise sharing.refusal(error) from error
    return explorer


def _made(layer, x, reveal, controls, question):
    model = ModelSteps(layer, x) if isinstance(layer, keras.Model) else None
    if model and model.runs.start is None:
        return ModelTable(model)
    explorer = StackExplorer(model, x, reveal, controls) if model else Explorer(layer, x, reveal, controls)
    explorer._stage.question = question
    return explorer
