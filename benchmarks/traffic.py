"""Bytes that a kernel sends to the page for one slider move, all of Jupyter's own included, beside the arrays' size."""

from statistics import median

from latency import EXPLORER
from painted import open_lab

FLOAT = 4  # bytes
INPUT, KERNEL, BIAS, OUTPUT = 28 * 28 * 12, 3 * 3 * 12 * 10, 10, 26 * 26 * 10
ARRAYS = FLOAT * (INPUT + KERNEL + BIAS + OUTPUT)


def measure(lab, moves=30):
    """Bytes received over the page's connection to the kernel at each move to `kernel_size` 3."""
    notebook = lab.notebook([EXPLORER], fresh=True)
    notebook.wait_revision(1)
    slider = notebook.slider("kernel_size")
    received = []
    for _ in range(moves):
        for key in ("ArrowRight", "ArrowLeft"):  # to 4, and back to 3
            before, revision = notebook.bytes_received, notebook.revision
            slider.press(key)
            notebook.wait_revision(revision + 1)
            after = notebook.bytes_received
        received.append(after - before)
    notebook.close()
    return received


def rows(lab):
    """For the table in README.md."""
    sent = median(measure(lab))
    yield (
        "Bytes sent to the page for one slider move, 28x28x12 to 26x26x10 (median of 30)",
        f"{sent / 1000:.1f} kB",
        f"input, kernel, bias and output as float32, {ARRAYS / 1000:.1f} kB",
        f"{sent / ARRAYS:.2f}",
        "at most 1.2",
    )


if __name__ == "__main__":
    with open_lab() as lab:
        print(f"median {median(measure(lab)):.0f} bytes; the arrays alone {ARRAYS}")
