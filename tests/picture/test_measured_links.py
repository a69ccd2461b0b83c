"""Links of layers whose windows nobody knows say exactly which cells, changed by themselves, move an output cell."""

import base64
import itertools
import json
import os
import random
import shutil
import subprocess
from functools import reduce
from pathlib import Path

import keras
import numpy as np
import pytest
from keras import layers
from single_cells import Flip, Plus, moved_cells, random_chain

from widgets import explore
from widgets.facts import layer_facts
from widgets.language import say
from widgets.picture import NO_CELL, layer_picture
from widgets.picture.figure import Look, figure_of, panels_of

SCRIPT = Path(__file__).parents[1] / "stage" / "following.mjs"
CHAINS = 200 if os.environ.get("SOAK") else 8


def chain_of(seed):
    """A chain drawn by a number, or the one that no test goes without."""
    crossing = [layers.Conv2D(2, (2, 1)), layers.Permute((2, 1, 3)), layers.ZeroPadding2D(((1, 0), (0, 2)))]
    return ((4, 6, 1), crossing) if seed == "crossing" else random_chain(random.Random(seed))


def opened(*chain, shape=(6, 5, 2)):
    """The explorer of a chain, all of which is drawn."""
    keras.utils.set_random_seed(3)
    e = explore(keras.Sequential([keras.Input(shape), *chain]))
    assert len(e.facts.steps) == len(chain)
    return e


def picture_of(*chain, shape=(6, 5, 2)):
    return layer_picture(opened(*chain, shape=shape).facts)


def said(link, earlier, later):
    """The same array as `moved_cells`, of what a link says: its cells and taps in a loop."""
    array = np.zeros((*earlier.shape[1:], *later.shape[1:]), bool)
    for cell in np.ndindex(later.shape[1:-1]):
        for taps in itertools.product(*(table[at] for table, at in zip(link.reads, cell))):
            place = {axis: at for axis, at in zip(link.axes, taps)}
            read = tuple(place[axis] for axis in range(len(place)))
            if all(0 <= at < n for at, n in zip(read, earlier.shape[1:])):
                for filter_, channels in enumerate(link.channels):
                    for channel in channels:
                        array[(*read, channel, *cell, filter_)] = True
    return array


@pytest.mark.long
@pytest.mark.parametrize("seed", [*range(CHAINS), "crossing"])
def test_the_links_of_a_random_chain_say_which_cells_move_which(seed):
    shape, chain = chain_of(seed)
    e = opened(*chain, shape=shape)
    picture = layer_picture(e.facts)
    assert [link.certainty for link in picture.links] == ["exact"] * len(chain), e.code
    for layer, link, earlier, later in zip(chain, picture.links, picture.grids, picture.grids[1:]):
        moved = moved_cells(layer, earlier.shape[1:])
        assert np.array_equal(said(link, earlier, later), moved), (type(layer).__name__, e.code)


@pytest.mark.long
@pytest.mark.parametrize("seed", [*range(CHAINS), "crossing"])
def test_the_browser_highlights_the_cells_of_a_random_chain_that_move(seed):
    if shutil.which("node") is None:
        assert os.environ.get("CI") != "true"
        pytest.skip("node is missing; to install it: sudo apt-get install nodejs, or: brew install node")
    shape, chain = chain_of(seed)
    stage = opened(*chain, shape=shape).children[1]
    asked = json.dumps([packed({"snapshot": stage.snapshot, "first": stage.first_values["values"]})])
    run = subprocess.run(["node", SCRIPT], input=asked, capture_output=True, text=True, check=True, timeout=60)
    (highlighted,) = json.loads(run.stdout)
    # Layer by layer: what a sum makes of all cells, a normalisation behind it may take away again.
    each = [moved_cells(layer, layer.input.shape[1:]) for layer in chain]
    moved = reduce(lambda first, second: np.tensordot(first, second, 3) > 0, each).any((2, 5))
    for name, moves in (("reads", np.moveaxis(moved, (2, 3), (0, 1))), ("feeds", moved)):
        for one in highlighted[name]:
            wanted = np.argwhere(moves[tuple(one["cell"][1:])]).tolist()
            assert sorted(cell[1:] for cell in one["cells"]) == wanted, (name, one["cell"], chain)


def packed(value):
    """For JSON, with bytes in base64."""
    if isinstance(value, dict):
        return {name: packed(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [packed(one) for one in value]
    return {"bytes": base64.b64encode(value).decode()} if isinstance(value, (bytes, bytearray, memoryview)) else value


@pytest.mark.parametrize("layer", [Plus(), layers.Reshape((5, 6, 2))])
def test_where_the_cells_read_are_no_product_of_rows_and_columns_the_link_says_at_most(layer):
    e = opened(layer)
    (link,), (earlier, later) = (picture := layer_picture(e.facts)).links, picture.grids
    moved, allowed = moved_cells(layer, earlier.shape[1:]), said(link, earlier, later)
    assert link.certainty == "at most"
    assert (allowed >= moved).all() and (allowed != moved).any()
    (row,) = [row for row in e.children[1].snapshot["facts"] if row["fact"] == "step"]
    assert row["certainty"] == "at most"


def test_of_a_layer_that_answers_otherwise_each_time_nothing_is_drawn():
    class Noisy(layers.Layer):
        def call(self, x):
            return x[:, ::-1] + keras.random.normal(keras.ops.shape(x))

    e = explore(keras.Sequential([keras.Input((6, 5, 2)), layers.Conv2D(1, 2), Noisy()]))
    assert len(e.facts.steps) == 1 and e.steps[1]["receptive_field_is"] == "unknown"


def test_a_layer_that_cannot_be_copied_is_listed_and_not_drawn():
    class Own(layers.Layer):
        def __init__(self, function):
            super().__init__()
            self.function = function

        def call(self, x):
            return self.function(x)

    e = explore(keras.Sequential([keras.Input((6, 5, 2)), layers.Conv2D(1, 2), Own(lambda x: x[:, ::-1])]))
    assert len(e.facts.steps) == 1 and len(e.steps) == 2


def test_a_ragged_window_is_filled_up_with_no_cell():
    (link,) = picture_of(layers.TimeDistributed(layers.LSTM(1, return_sequences=True)), shape=(2, 3, 1)).links
    _, none = link.reads[0].tolist(), NO_CELL
    assert [table.tolist() for table in link.reads] == [[[0], [1]], [[0, none, none], [0, 1, none], [0, 1, 2]]]
    assert link.axes == (0, 1) and link.certainty == "exact"


def test_what_is_put_around_the_cells_reads_none():
    (link,) = picture_of(layers.ZeroPadding2D(((1, 0), (0, 2))), shape=(2, 2, 1)).links
    assert [table.tolist() for table in link.reads] == [[[NO_CELL], [0], [1]], [[0], [1], [NO_CELL], [NO_CELL]]]


def test_a_zero_between_the_cells_of_a_transposed_layer_reads_none():
    facts = layer_facts(layers.Conv1DTranspose(1, 2, strides=2), (1, 3, 1))
    stretch, _ = layer_picture(facts, "gather").links
    assert stretch.reads[0].tolist() == [[0], [NO_CELL], [1], [NO_CELL], [2]]


@pytest.mark.parametrize("order, axes", [((2, 1, 3), (1, 0)), ((1, 2, 3), (0, 1))])
def test_a_permute_says_which_axis_follows_which(order, axes):
    (link,) = picture_of(layers.Permute(order)).links
    assert link.axes == axes


def test_of_three_axes_each_follows_its_own():
    (link,) = picture_of(layers.Permute((3, 1, 2, 4)), shape=(2, 3, 4, 1)).links
    assert link.axes == (2, 0, 1) and [table.shape for table in link.reads] == [(4, 1), (2, 1), (3, 1)]
    convolution = layer_picture(layer_facts(layers.Conv3D(1, 2), (1, 3, 3, 3, 1))).links[0]
    assert convolution.axes == (0, 1, 2)


def test_both_data_formats_have_the_same_tables(needs_channels_first):
    first = keras.Sequential(
        [
            keras.Input((2, 6, 5)),
            layers.Conv2D(2, 2, data_format="channels_first"),
            layers.Permute((1, 3, 2)),
            layers.UpSampling2D(2, data_format="channels_first"),
        ]
    )
    links = layer_picture(explore(first).facts).links
    wanted = picture_of(layers.Conv2D(2, 2), layers.Permute((2, 1, 3)), layers.UpSampling2D(2)).links
    for link, other in zip(links, wanted, strict=True):
        assert link.axes == other.axes
        assert all(map(np.array_equal, (*link.reads, link.channels), (*other.reads, other.channels)))


def test_a_figure_outlines_what_a_cell_reads_through_a_crossing_and_no_cell():
    picture = picture_of(layers.Permute((2, 1, 3)), layers.ZeroPadding2D(((1, 0), (0, 0))), shape=(3, 4, 1))
    assert [panel.lit for panel in panels_of(picture, Look(cell=(3, 1)))] == [[[1], [2]], [[2], [1]], [[3], [1]]]
    assert [panel.lit for panel in panels_of(picture, Look(cell=(0, 1)))] == [[[1], []], [[], [1]], [[0], [1]]]
    cropped = picture_of(layers.Permute((2, 1, 3)), layers.Cropping2D(((0, 1), (0, 0))), shape=(3, 4, 1))
    assert [panel.unread for panel in panels_of(cropped, Look())][1] == [[3], []]


def test_a_figure_says_at_most():
    def title(*chain):
        e = opened(*chain)
        return figure_of(e.facts, e._picture, True, Look())._suptitle.get_text()

    assert say("stage.at_most") in title(Plus())
    assert "at most" not in title(Flip())


def test_the_field_behind_a_measured_layer_counts_cells_of_the_input():
    e = opened(layers.Conv2D(2, (1, 3)), layers.Permute((2, 1, 3)), layers.Conv2D(1, (2, 2)), shape=(6, 7, 1))
    rows = [row["field"] for row in e.children[1].snapshot["facts"] if row["fact"] == "step"]
    assert rows == [["1", "3"], ["1", "3"], ["2", "4"]]
    padded = opened(layers.ZeroPadding2D(3), layers.Conv2D(2, 3), layers.UpSampling2D(2), shape=(4, 4, 1))
    rows = [row["field"] for row in padded.children[1].snapshot["facts"] if row["fact"] == "step"]
    assert rows == [["1", "1"], ["3", "3"], ["3", "3"]]
