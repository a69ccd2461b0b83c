"""What a reader takes away: a large PNG that tells how a cell is made, and a GIF whose output fills."""

import io
import re

import keras
import numpy as np
import pytest
from keras import layers
from PIL import Image

from widgets import DeformableConv2D, explore
from widgets.picture import animation, figure
from widgets.picture.figure import Look

LAYERS = [
    (layers.Conv2D(2, 3), (1, 8, 8, 2)),
    (layers.Conv2D(2, (2, 3), strides=2, padding="same", groups=2, activation="relu"), (1, 7, 6, 4)),
    (layers.Conv2D(1, 3, use_bias=False), (2, 5, 5, 1)),
    (layers.DepthwiseConv2D(2, depth_multiplier=2, bias_initializer="ones"), (1, 5, 6, 2)),
    (layers.SeparableConv2D(3, 2), (1, 5, 6, 3)),
    (layers.Conv1D(2, 3, padding="causal", dilation_rate=2), (1, 9, 2)),
    (layers.Conv3D(1, 2, activation="tanh"), (1, 3, 4, 3, 2)),
    (layers.Conv2DTranspose(1, 3, strides=2, bias_initializer="ones"), (1, 3, 4, 2)),
    (layers.Conv1DTranspose(2, 3, strides=2, padding="same"), (1, 4, 2)),
    (layers.Conv3DTranspose(1, 2), (1, 2, 3, 3, 1)),
    (DeformableConv2D(1, 3), (1, 6, 6, 1)),
    (keras.Sequential([layers.Conv2D(2, 2), layers.MaxPooling2D(2)]), (1, 7, 7, 1)),
]
each = pytest.mark.parametrize("layer, shape", LAYERS, ids=lambda one: getattr(one, "name", ""))


def frames(data):
    image = Image.open(io.BytesIO(data))
    for number in range(image.n_frames):
        image.seek(number)
        yield np.asarray(image.convert("RGB")).astype(int)


def test_a_png_is_wide_enough_for_a_wall_and_its_numbers_can_be_read(tmp_path):
    e = explore(layers.Conv2D(2, 3), (1, 8, 8, 2))
    e.save(tmp_path / "a.png")
    assert Image.open(tmp_path / "a.png").width >= 1920
    drawn = figure.figure_of(e.facts, e._picture, True, Look(), figure.SHOWN, figure.TOLD)
    assert all(text.get_fontsize() * figure.SHOWN / 72 >= 20 for axes in drawn.axes for text in axes.texts)
    assert len(figure.png(e.facts, e._picture)) < (tmp_path / "a.png").stat().st_size / 2  # the saved one is small


@each
def test_the_sum_below_adds_up_to_what_keras_returned(layer, shape):
    e = explore(layer, shape)
    for cell in [(0, 0, 0), (0, 1, 1), (9, 9, 9)]:
        look = Look(cell=cell)
        place = (0, *look.window(e._picture), 0)
        told = figure.sum_of(e._picture, look)
        value = float(e._picture.grids[-1].values[place])
        assert told.startswith(f"y[{', '.join(map(str, place))}] = ")
        assert float(told.split(" = ")[1].split(":")[0]) == pytest.approx(value, rel=1e-3, abs=1e-6)
        if ":  " not in told:
            continue
        sum_, *after = told.split(":  ")[1].split("; ")
        terms, total = re.sub(r"all \d+ channels: |bias ", "", sum_).split(" = ")
        assert eval(terms.replace("×", "*")) == pytest.approx(float(total), rel=2e-3, abs=2e-3)
        if after:
            name, before, made = re.match(r"(\w+)\((.*)\) = (.*)", after[0]).groups()
            returned = float(keras.activations.get(name)(np.array([[float(before)]]))[0, 0])
            assert returned == pytest.approx(float(made), rel=2e-3, abs=1e-3)


@pytest.mark.long
@each
def test_a_gif_fills_the_output_and_its_last_frame_has_all_of_it(layer, shape):
    e = explore(layer, shape)
    data = animation.gif(e.facts, e._picture)
    shown = list(frames(data))
    scatter = e._picture.links[0].reads is None
    cells = np.prod(e._picture.grids[0 if scatter else -1].shape[1:-1])
    assert len(shown) == min(cells, 100)
    assert shown[0].shape[1] >= 960
    paper = [np.mean(frame.min(2) > 250) for frame in (shown[0], shown[-1])]
    assert paper[0] > paper[1]


def test_at_most_100_frames_are_spread_over_all_cells():
    e = explore(layers.Conv2D(1, 3), (1, 18, 19, 1))
    sizes = (16, 17)
    steps = np.unique(np.linspace(0, 16 * 17 - 1, 100).round().astype(int)).tolist()
    written = []
    for here, panels, told in animation._filling(e._picture, Look(), sizes, steps):
        values = panels[-1].values
        written.append(np.ma.count(values))
        assert np.array_equal(values.compressed(), e.y[0, ..., 0].ravel()[: written[-1]])
        assert told.startswith(f"y[0, {here.cell[0]}, {here.cell[1]}, 0] = ")
    assert (written[0], written[-1], len(written)) == (1, 16 * 17, 100)
    assert max(np.diff(written)) <= 3


@pytest.mark.long
@pytest.mark.parametrize("layer, shape", [one for one in LAYERS if "transpose" in one[0].name], ids=["2D", "1D", "3D"])
def test_stamps_pile_up_to_what_keras_makes_of_the_input_cells_so_far(layer, shape):
    e = explore(layer, shape)
    sizes = e.x.shape[1:-1]
    count = int(np.prod(sizes))
    for step, (here, panels, _) in enumerate(animation._stamps(e._picture, Look(), sizes, list(range(count)))):
        x = e.x.reshape(1, count, -1).copy()
        x[:, step + 1 :] = 0  # what has stamped so far
        so_far = (e.layer(x.reshape(e.x.shape)) - e.layer(np.zeros_like(e.x)))[0, ..., 0].numpy()
        plane = so_far.reshape(-1, *so_far.shape[-2:])[here.cell[-3] if len(here.cell) == 3 else 0]
        plane = so_far[None] if so_far.ndim == 1 else plane
        values = panels[-1].values
        if step < count - 1:
            assert np.allclose(values.filled(0), plane, atol=1e-5)
        else:
            assert np.allclose(values, plane + (e.y - so_far[None, ..., None])[0, ..., :1].ravel()[0], atol=1e-5)
