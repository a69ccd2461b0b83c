"""From "Run all" to the first slider that can be used, beside a notebook that only imports TensorFlow."""

from statistics import median

from latency import EXPLORER
from painted import open_lab

TENSORFLOW = "import tensorflow"

# ms from "Run all" to the first frame in which the explorer's slider and picture stand and the page is free, or,
# without an explorer, to the kernel's answer.
START = """async explorer => {
  const frame = () => new Promise(requestAnimationFrame);
  const stands = () =>
    document.querySelector('.cn-tool .noUi-handle') && document.querySelector('.cn-stage[data-revision]');
  const start = performance.now();
  const answered = window.jupyterapp.commands.execute('notebook:run-all-cells');
  if (explorer) {
    while (!stands()) await frame();
    await frame();
  } else await answered;
  return performance.now() - start;
}"""


def measure(lab, runs=5):
    """Seconds of each start, each with a kernel of its own: {"explorer" | "tensorflow": list of `runs` numbers}."""
    times = {"explorer": [], "tensorflow": []}
    for run in range(-1, runs):  # the first of each reads its files from the disk
        for name, source in {"explorer": EXPLORER, "tensorflow": TENSORFLOW}.items():
            notebook = lab.notebook([source], fresh=True, run=False)
            notebook.run("")  # the kernel answers
            notebook.wait_answered()
            seconds = notebook.page.evaluate(START, name == "explorer") / 1000
            if name == "explorer":  # it can be used
                notebook.slider("kernel_size").press("ArrowRight")
                notebook.wait_revision(2)
            if run >= 0:
                times[name].append(seconds)
            notebook.close()
    return times


def rows(lab):
    """For the table in README.md."""
    taken = measure(lab)
    ours, bare = median(taken["explorer"]), median(taken["tensorflow"])
    what = f'From "Run all" to the first slider that can be used (median of {len(taken["explorer"])})'
    yield what, f"{ours:.1f} s", f"a notebook of `import tensorflow`, {bare:.1f} s", f"{ours / bare:.2f}", "at most 1.2"


if __name__ == "__main__":
    with open_lab() as lab:
        for name, seconds in measure(lab).items():
            print(f"{name}: median {median(seconds):.2f} s of {len(seconds)}")
