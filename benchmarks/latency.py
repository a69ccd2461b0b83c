"""Slider key to repainted picture: the explorer beside the two things that one would write without it.

All build `layers.Conv2D(10, kernel_size)`, the grouped explorer `Conv2D(12, kernel_size, groups=3)`, anew at each
move and call it on the same shape. Each has its own page (all in sight) and kernel in one JupyterLab. The moves are
taken in turn: a busy machine is busy for all of them.
"""

from functools import partial
from statistics import median

from painted import SCRIPT, open_lab, time_input

EXPLORER = """
from widgets import explore
from tensorflow.keras import layers

explore(layers.Conv2D(10, 3), (1, 28, 28, 12))
"""

GROUPED = EXPLORER.replace("Conv2D(10, 3)", "Conv2D(12, 3, groups=3)")

BARE_ANYWIDGET = """
import anywidget, ipywidgets, keras, numpy as np, traitlets
from keras import layers

x = np.random.default_rng(0).random((1, 28, 28, 12), "float32")

class Bare(anywidget.AnyWidget):
    _esm = '''
    export default { render({ model, el }) {
      const canvas = document.createElement("canvas");
      el.append(canvas);
      const draw = () => {
        const { shape: [, height, width, channels], values } = model.get("output");
        const numbers = new Float32Array(values.buffer, values.byteOffset, values.byteLength / 4);
        const image = new ImageData(width, height);
        for (let cell = 0; cell < height * width; cell++) {
          const grey = 128 + 127 * Math.tanh(numbers[cell * channels]);
          image.data.set([grey, grey, grey, 255], 4 * cell);
        }
        canvas.width = width;
        canvas.height = height;
        canvas.style.cssText = `width: ${12 * width}px; image-rendering: pixelated`;
        canvas.getContext("2d").putImageData(image, 0, 0);
      };
      model.on("change:output", draw);
      draw();
    } };
    '''
    output = traitlets.Dict().tag(sync=True)

def output(kernel_size):
    y = layers.Conv2D(10, kernel_size, name="conv")(x).numpy()
    return {"shape": y.shape, "values": y.tobytes()}

slider = ipywidgets.IntSlider(3, 1, 10, description="kernel_size")
bare = Bare(output=output(3))
slider.observe(lambda change: bare.set_trait("output", output(change.new)), "value")
ipywidgets.VBox([slider, bare])
"""

INTERACTIVE = """
import ipywidgets, keras, numpy as np
import matplotlib.pyplot as plt
from keras import layers

x = np.random.default_rng(0).random((1, 28, 28, 12), "float32")

def show(kernel_size):
    y = layers.Conv2D(10, kernel_size, name="conv")(x)
    plt.imshow(y[0, ..., 0])
    plt.show()

ipywidgets.interactive(show, kernel_size=ipywidgets.IntSlider(3, 1, 10))
"""

# Each tool's cell, and what its slider bears.
TOOLS = {
    "explorer": (EXPLORER, '[aria-label^="kernel_size"]'),
    "grouped explorer": (GROUPED, '[aria-label^="kernel_size"]'),
    "bare anywidget": (BARE_ANYWIDGET, ""),
    "interactive": (INTERACTIVE, ""),
}
WARM_UP = 10


def open_tools(lab, names):
    """{name of the tool: (its notebook, the handle of its slider)}."""
    tools = {}
    for name in names:
        source, mark = TOOLS[name]
        notebook = lab.notebook([source], fresh=True, script=SCRIPT)
        tools[name] = notebook, notebook.page.locator(f".jp-OutputArea [role=slider]{mark}").first
        tools[name][1].wait_for()
    return tools


def measure(lab, moves=40):
    """ms from each key to the picture, as `time_input` gives them: {name of the tool: list of `moves` dicts}."""
    tools = open_tools(lab, TOOLS)
    times = {name: [] for name in tools}
    for move in range(-WARM_UP, moves):
        key = "ArrowRight" if move % 10 < 5 else "ArrowLeft"
        for name, (notebook, slider) in tools.items():
            slider.focus()
            time = time_input(notebook.page, partial(notebook.page.keyboard.press, key))
            if time is None:
                raise RuntimeError(f"{name}: {key} changed no picture")
            if move >= 0:
                times[name].append(time)
    for notebook, _ in tools.values():
        notebook.close()
    return times


def medians(times, end):
    """Median ms of each tool, to the page "changed" or the picture "painted"."""
    return {name: median(time[end] for time in moves) for name, moves in times.items()}


def rows(lab):
    """For the table in README.md."""
    times = measure(lab)
    ends = [medians(times, end) for end in ("changed", "painted")]
    for name, layer in {"explorer": "Conv2D(10, 3)", "grouped explorer": "Conv2D(12, 3, groups=3)"}.items():
        for beside, aim in {"bare anywidget": "at most 1.3", "interactive": "at most 0.33"}.items():
            told = "`interactive` and matplotlib" if beside == "interactive" else beside
            yield (
                f"Slider key to last change / picture painted, `{layer}` on 28x28x12 (medians of 40)",
                " / ".join(f"{keys[name]:.0f}" for keys in ends) + " ms",
                f"{told} with `Conv2D(10, 3)`, " + " / ".join(f"{keys[beside]:.0f}" for keys in ends) + " ms",
                " / ".join(f"{keys[name] / keys[beside]:.2f}" for keys in ends),
                aim,
            )


if __name__ == "__main__":
    with open_lab() as lab:
        for row in rows(lab):
            print(*row, sep=" | ")
