"""Cells, weights and pictures changed by hand: the layer is really asked, and every change can be taken back."""

import io

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from widgets import DeformableConv2D, explore


def ask(explorer, **question):
    """What the browser sends."""
    explorer._stage._answer(None, question, [])


def edit(explorer, value, cells, **target):
    ask(explorer, edit={"cells": cells, "value": value} | target)


def undo(explorer):
    ask(explorer, edit={"undo": True})


def agrees(explorer):
    """Whether what is shown is what the live layer returns for the input."""
    return np.allclose(explorer.layer(explorer.x), explorer.y, atol=1e-5)


def test_an_input_cell_takes_a_number_and_the_layer_answers():
    e = explore(layers.Conv2D(2, 3), (1, 5, 6, 2))
    before, y = e.x, e.y
    edit(e, 7, [[0, 1, 2]], channel=1)
    assert e.x[0, 1, 2, 1] == 7 and (e.x != before).sum() == 1
    assert agrees(e) and not np.array_equal(e.y, y)
    undo(e)
    assert np.array_equal(e.x, before) and np.array_equal(e.y, y)


def test_several_cells_are_painted_at_once_and_taken_back_at_once():
    e = explore(layers.Conv2D(1, 3))
    before = e.x
    edit(e, 1, [[0, 0, 0], [0, 0, 1], [0, 7, 7]], channel=0)
    assert e.x[0, 0, :2, 0].tolist() == [1, 1] and e.x[0, 7, 7, 0] == 1 and (e.x != before).sum() == 3
    undo(e)
    assert np.array_equal(e.x, before)


def test_all_cells_of_one_channel_are_filled():
    e = explore(layers.Conv2D(1, 3), (2, 5, 6, 3))
    edit(e, 4, "all", channel=1)
    assert (e.x[0, ..., 1] == 4).all() and (e.x[0, ..., [0, 2]] != 4).all() and (e.x[1] != 4).all()


def test_edits_go_to_the_sample_that_is_shown():
    e = explore(layers.Conv2D(1, 3), (3, 5, 6, 1))
    e._stage.requested_channels = {"sample": 2, "channels": [0, 0]}
    edit(e, 9, [[0, 4, 5]], channel=0)
    assert e.x[2, 4, 5, 0] == 9 and (e.x == 9).sum() == 1


@pytest.mark.parametrize(
    "layer, shape, link, slice_, filter_, name, index",
    [
        (layers.Conv2D(4, (2, 3), groups=2), (1, 5, 6, 6), 0, 1, 3, "kernel", (0, 2, 1, 3)),
        (layers.Conv1D(4, 3), (1, 7, 2), 0, 1, 3, "kernel", (2, 1, 3)),
        (layers.Conv2DTranspose(4, (2, 3), strides=2), (1, 5, 6, 2), 0, 1, 3, "kernel", (0, 2, 3, 1)),
        (layers.DepthwiseConv2D((2, 3), depth_multiplier=3), (1, 5, 6, 2), 0, 0, 4, "kernel", (0, 2, 1, 1)),
        (layers.SeparableConv2D(4, (2, 3)), (1, 5, 6, 2), 0, 0, 1, "depthwise_kernel", (0, 2, 1, 0)),
        (DeformableConv2D(4, (2, 3)), (1, 5, 6, 2), 0, 1, 3, "kernel", (0, 2, 1, 3)),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, layers.Layer) else "",
)
def test_a_tap_is_set_where_keras_keeps_it(layer, shape, link, slice_, filter_, name, index):
    e = explore(layer, shape)
    before = getattr(e.layer, name).numpy()
    edit(e, 42, [[0, 0, 2]], link=link, slice=slice_, filter=filter_)
    after = getattr(e.layer, name).numpy()
    assert after[index] == 42 and (after != before).sum() == 1
    assert agrees(e)
    undo(e)
    assert np.array_equal(getattr(e.layer, name), before)


def test_a_pointwise_tap_and_a_plane_of_a_volume_are_set_too():
    e = explore(layers.SeparableConv2D(4, 3), (1, 5, 6, 2))
    edit(e, 42, [[0, 0, 0]], link=1, slice=1, filter=3)
    assert e.layer.pointwise_kernel.numpy()[0, 0, 1, 3] == 42
    e = explore(layers.Conv3D(2, 3), (1, 4, 5, 6, 1))
    edit(e, 42, [[2, 1, 0]], link=0, slice=0, filter=1)
    edit(e, 8, [[3, 1, 0]], channel=0)
    assert e.layer.kernel.numpy()[2, 1, 0, 0, 1] == 42 and e.x[0, 3, 1, 0, 0] == 8


def test_a_tap_of_the_turned_kernel_is_set_at_the_other_end():
    e = explore(layers.Conv2DTranspose(4, (2, 3)), (1, 5, 6, 2))
    e._stage.view = "gather"
    edit(e, 42, [[0, 0, 2]], link=1, slice=1, filter=3)
    assert e.layer.kernel.numpy()[1, 0, 3, 1] == 42
    assert e._picture.links[1].weights["kernel"][0, 2, 1, 3] == 42


def test_channels_first_inputs_are_edited_at_the_same_cell(needs_channels_first):
    e = explore(layers.Conv2D(1, 3, data_format="channels_first"), (1, 2, 5, 6))
    edit(e, 7, [[0, 1, 4]], channel=1)
    assert e.x[0, 1, 1, 4] == 7 and (e.x == 7).sum() == 1


def test_in_a_stack_each_layer_s_kernel_and_its_input_are_edited():
    e = explore(keras.Sequential([layers.Conv2D(1, 3), layers.ReLU(), layers.SeparableConv2D(2, 2)]))
    edit(e, 5, [[0, 0, 1]], link=0, slice=0, filter=0)
    edit(e, 6, [[0, 1, 1]], link=2, slice=0, filter=0)
    edit(e, 0.5, [[0, 0, 0]], channel=0)
    first, _, last = (one.layer for one in e._chain)
    assert first.kernel.numpy()[0, 1, 0, 0] == 5 and last.depthwise_kernel.numpy()[1, 1, 0, 0] == 6
    assert e.x[0, 0, 0, 0] == 0.5
    np.testing.assert_allclose(e.y, last(keras.ops.relu(first(e.x))), atol=1e-5)


def test_edited_numbers_stay_when_a_size_changes_and_comes_back():
    e = explore(layers.Conv2D(1, 3), (1, 6, 6, 1))
    edit(e, 42, [[0, 2, 2]], link=0, slice=0, filter=0)
    edit(e, 7, [[0, 5, 5]], channel=0)
    e.settings = {"kernel_size": 2, "input_shape": (1, 4, 4, 1)}
    assert 42 not in e.layer.kernel.numpy() and 7 not in e.x
    e.settings = {"kernel_size": 3, "input_shape": (1, 6, 6, 1)}
    assert e.layer.kernel.numpy()[2, 2, 0, 0] == 42 and e.x[0, 5, 5, 0] == 7


def test_reset_brings_the_input_and_the_weights_of_the_start_back():
    e = explore(layers.Conv2D(1, 3), (1, 6, 6, 1))
    x, kernel = e.x, e.layer.kernel.numpy()
    edit(e, 7, [[0, 5, 5]], channel=0)
    edit(e, 42, [[0, 2, 2]], link=0, slice=0, filter=0)
    e._controls.reset()
    assert np.array_equal(e.x, x) and np.array_equal(e.layer.kernel, kernel)


def test_undo_goes_back_step_by_step_and_stops_at_the_start():
    e = explore(layers.Conv2D(1, 3))
    before = e.x
    for value in (2, 3, 4):
        edit(e, value, [[0, 0, 0]], channel=0)
    seen = []
    for _ in range(5):
        undo(e)
        seen.append(float(e.x[0, 0, 0, 0]))
    assert seen == [3, 2, 0, 0, 0] and np.array_equal(e.x, before)


def test_presets_and_turns_are_taken_back_too():
    e = explore(layers.Conv2D(1, 3))
    kernel = e.layer.kernel.numpy()
    e._kernel.menu.value = "X"
    undo(e)
    assert np.array_equal(e.layer.kernel, kernel)


def test_a_change_whose_place_is_gone_is_passed_over():
    e = explore(layers.Conv2D(1, 3), (1, 6, 6, 1))
    edit(e, 7, [[0, 5, 5]], channel=0)
    e.settings = {"input_shape": (1, 4, 4, 1)}
    undo(e)
    edit(e, 9, [[0, 5, 5]], channel=0)
    assert 9 not in e.x and e.facts.problem == "" and agrees(e)


def test_while_keras_refuses_an_edit_still_gets_an_answer_and_is_kept():
    e = explore(layers.Conv2D(2, 3, strides=2))
    e.settings = {"dilation_rate": 2}
    revision = e._stage.snapshot["revision"]
    edit(e, 7, [[0, 0, 0]], channel=0)
    assert e._stage.snapshot["revision"] == revision + 1 and e.facts.problem
    e.settings = {"dilation_rate": 1}
    assert e.facts.problem == "" and e.x[0, 0, 0, 0] == 7 and agrees(e)


def test_facts_that_were_handed_out_keep_their_input():
    e = explore(layers.Conv2D(1, 3))
    facts = e.facts
    edit(e, 7, [[0, 0, 0]], channel=0)
    assert facts.x[0, 0, 0, 0] == 0


def test_the_reader_s_array_and_layer_stay_as_they_were():
    x, layer = np.ones((1, 5, 5, 1), "float32"), layers.Conv2D(1, 3)
    layer.build(x.shape)
    kernel = layer.kernel.numpy()
    e = explore(layer, x)
    edit(e, 7, [[0, 0, 0]], channel=0)
    edit(e, 42, [[0, 2, 2]], link=0, slice=0, filter=0)
    assert (x == 1).all() and np.array_equal(layer.kernel, kernel)


# What a teacher shows


def described(explorer):
    def walk(widget):
        yield widget
        for child in getattr(widget, "children", ()):
            yield from walk(child)

    return [text for widget in walk(explorer) if (text := getattr(widget, "description", ""))]


def test_a_teacher_names_the_controls_that_are_shown():
    e = explore(layers.Conv2D(4, 3), (1, 6, 6, 2), controls=["strides", "padding"])
    assert described(e) == ["strides", "strides width", "square", "padding", "Reset"]
    assert e._stage.editable == []
    e.settings = {"filters": 3, "strides": 2}
    assert e.y.shape == (1, 2, 2, 3)


def test_input_kernel_and_picture_can_be_named_too():
    e = explore(layers.Conv2D(4, 3), (1, 6, 6, 2), controls=["input_shape", "kernel"])
    assert described(e) == ["input height", "input width", "input channels", "Reset", "kernel", "turn the kernel"]
    assert e._stage.editable == ["kernel"]
    assert described(explore(layers.Conv2D(4, 3), controls=[])) == ["Reset"]
    assert described(explore(layers.Conv2D(4, 3), controls="groups")) == ["groups", "Reset"]


@pytest.mark.parametrize("controls", [["stride"], "stride", 5, (name for name in ["strides"])])
def test_a_control_that_there_is_not_is_refused(controls):
    with pytest.raises(ValueError, match="`controls` takes some of these names: filters, kernel_size, strides"):
        explore(layers.Conv2D(4, 3), controls=controls)


# Files


def test_the_picture_is_saved_as_png_and_as_gif(tmp_path):
    e = explore(layers.Conv2D(2, 3), (1, 5, 6, 1))
    e.save(tmp_path / "a.png")
    e.save(str(tmp_path / "a.gif"))
    assert Image.open(tmp_path / "a.png").format == "PNG"
    frames = Image.open(tmp_path / "a.gif")
    assert (frames.format, frames.n_frames) == ("GIF", 12)
    first = np.asarray(frames.convert("RGB"))
    frames.seek(7)
    assert not np.array_equal(first, np.asarray(frames.convert("RGB")))
    with pytest.raises(ValueError, match=r"`path` must end in .png, .gif or .html. Received: a.jpg"):
        e.save("a.jpg")
    with pytest.raises(ValueError, match=r"Received: 5"):
        e.save(5)


@pytest.mark.parametrize("index", [3, "ab", (0, 1), (0, 3, 0, 0), (0, 1.5, 0, 0), (-1, 0, 0, 0)])
def test_a_cell_that_the_output_does_not_have_is_refused_in_a_sentence(index):
    e = explore(layers.Conv2D(2, 3), (1, 5, 6, 1))
    with pytest.raises(ValueError, match=r"one cell of `y`, whose shape is \(1, 3, 4, 2\)"):
        e.start_at(index)
    e.start_at((0, 2, 3, 1))
    assert e._stage.start == {"cell": [0, 2, 3], "channel": 1, "pinned": False}


def test_the_browser_is_handed_files_and_the_state():
    e = explore(layers.Conv2D(2, 3), (1, 5, 6, 2))
    sent = []
    e._stage.send = lambda content, buffers=(): sent.append((content, buffers))
    ask(e, export="png", channels=[1, 1], cell=[0, 2, 3])
    (content, (data,)) = sent.pop()
    assert content == {"file": "Conv2D.png", "type": "image/png"} and data[1:4] == b"PNG"
    ask(e, export="png", channels=[1, 1], cell=[0, 0, 0])
    assert sent.pop()[1][0] != data  # another cell is lit
    ask(e, export="gif", channels=[0, 0], cell=[])
    assert [content["progress"] for content, _ in sent[:-1]] == pytest.approx([(i + 1) / 12 for i in range(12)])
    assert sent[-1][1][0][:3] == b"GIF"
    ask(e, export="state", channels=[0, 0], cell=[])
    assert sent[-1][0] == {"text": e.state}


def test_a_hidden_answer_stays_hidden_in_files():
    open_, hidden = (explore(layers.Conv2D(2, 3), (1, 5, 6, 2), reveal=reveal) for reveal in (True, False))
    assert open_._export("gif", lambda part: None)[2][:3] == b"GIF"
    still = hidden._export("gif", lambda part: None)[2]
    assert still[:3] == b"GIF" and Image.open(io.BytesIO(still)).n_frames == 1
    # The kernel makes no difference to what is seen while the answer is hidden.
    hidden._kernel.menu.value = "X"
    assert hidden._still() == explore(layers.Conv2D(2, 3), (1, 5, 6, 2), reveal=False)._still()


@pytest.mark.parametrize("started", [True, False], ids=["once accepted", "never accepted"])
def test_while_keras_refuses_files_are_still_made_and_the_state_says_why_not(started):
    e = explore(layers.Conv2D(1, 3), (1, 5, 5, 1)) if started else explore(layers.Conv2D(1, 9), (1, 5, 5, 1))
    e.settings = {"kernel_size": 9}
    assert e.facts.problem
    sent = []
    e._stage.send = lambda content, buffers=(): sent.append((content, buffers))
    for kind, start in (("png", b"\x89PNG"), ("gif", b"GIF8")):
        ask(e, export=kind, channels=[0, 0], cell=[])
        assert sent[-1][1][0][:4] == start
    ask(e, export="state", channels=[0, 0], cell=[])
    assert sent[-1][0]["refused"]["key"] == "sharing.state_refused"
    with pytest.raises(ValueError, match="no layer whose state could be kept. Along the height, the window covers 9"):
        print(e.state)


def test_in_a_refused_stack_no_weight_of_another_layer_is_changed():
    e = explore(keras.Sequential([layers.Conv2D(1, 3), layers.Conv2D(1, 3)]), (1, 5, 5, 1))
    e._add()
    assert e.facts.problem
    before = [one.layer.kernel.numpy() for one in e._chain if one.layer is not None]
    edit(e, 42, [[0, 0, 0]], link=1, slice=0, filter=0)
    after = [one.layer.kernel.numpy() for one in e._chain if one.layer is not None]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_a_preset_that_needs_more_room_than_the_last_accepted_kernel_has_is_left_alone():
    e = explore(layers.Conv2D(1, 1), (1, 4, 4, 1))
    e.settings = {"kernel_size": 9}  # refused: the layer is still the one with a kernel of a single cell
    e._kernel.menu.value = "sharpen"
    assert e.facts.problem and e.layer.kernel.shape == (1, 1, 1, 1)
    e.settings = {"kernel_size": 3}
    e._kernel.menu.value = "emboss"
    assert not e.facts.problem and agrees(e)
