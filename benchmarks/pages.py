"""Pages without a kernel: a slider's move, the first picture, and what one visitor of the site costs its host.

A move counts from the event to the end of our script: what runs at the event, and what runs in the frame after it. The
state is written into the address behind that frame. A telephone is this machine with its CPU slowed four times.
"""

import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median, quantiles

from painted import driver, find_chromium

ROOT = Path(__file__).parents[1]
SLOW = 4
LESSON = "02_grouped"
SAVE = (
    "import sys; from keras import layers; from widgets import explore; explore(layers.Conv2D(1, 3)).save(sys.argv[1])"
)
BUILD = "import sys; from pathlib import Path; import build_site; build_site.build(Path(sys.argv[1]), sys.argv[2:])"
# Of two kernels with an explorer each, bytes that the second has for itself, and those that it shares with others.
KERNEL = """
import psutil
from keras import layers
from widgets import explore
e = explore(layers.Conv2D(10, 3), (4, 28, 28, 12))
display(e)
memory = psutil.Process().memory_full_info()
print(memory.uss, memory.rss - memory.uss)
"""
FIRST = """(() => {
  const look = () => {
    if (document.querySelector('.cn-stage[data-revision]')) window.first = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})()"""
# ms of our script for each move; a frame asked for first is drawn first, one asked for last is drawn last.
MOVES = """async moves => {
  const slider = document.querySelector('[name=kernel_size]');
  const times = [];
  let [begin, frame] = [0, 0];
  addEventListener('input', () => {
    begin = performance.now();
    requestAnimationFrame(() => (frame = performance.now()));
  }, true);
  for (let i = 0; i < moves; i++) {
    await new Promise((done) => setTimeout(done, 30));
    slider.value = 1 + (3 * i) % 5;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    const atOnce = performance.now() - begin;
    await new Promise(requestAnimationFrame);
    times.push(atOnce + performance.now() - frame);
  }
  return times;
}"""


def measure_page(chromium, path, slowed, moves=200, openings=5):
    """ms of each move's script, and ms from each opening of the page to its first picture.

    One page at a time: Chromium slows the process that several pages share once for each of them.
    """
    first, page = [], None
    browser = driver().chromium.launch(executable_path=chromium)
    for _ in range(openings):
        if page:
            page.close()
        page = browser.new_page(viewport={"width": 390, "height": 800})
        page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": slowed})
        page.add_init_script(FIRST)
        page.goto(f"file://{path}")
        page.locator(".cn-stage[data-revision]").wait_for()
        page.wait_for_timeout(200)
        first.append(page.evaluate("window.first"))
    times = page.evaluate(MOVES, moves)
    browser.close()
    return times, first


@contextmanager
def served(folder):
    """The address of a static host of this folder."""

    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Handler, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def measure_visit(chromium, address):
    """(bytes, requests) of a lesson at first view, and when all that it has was opened; nothing is compressed."""
    browser = driver().chromium.launch(executable_path=chromium)
    page, sizes = browser.new_page(viewport={"width": 1366, "height": 768}), {}
    page.on("requestfinished", lambda request: sizes.update({request.url: len(request.response().body())}))
    page.goto(f"{address}{LESSON}.html", wait_until="networkidle")
    views = [(sum(sizes.values()), len(sizes))]
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    while page.evaluate("scrollY + innerHeight < document.documentElement.scrollHeight - 1"):
        page.evaluate("scrollBy(0, 600)")
        page.wait_for_timeout(200)
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1000)
    views.append((sum(sizes.values()), len(sizes)))
    browser.close()
    return views


def measure_kernel():
    """Bytes of a kernel with an explorer open beside another: its own, and shared ones."""
    import nbformat
    from nbclient import NotebookClient

    def opened():
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(KERNEL)])
        return NotebookClient(notebook, timeout=600, kernel_name="python3")

    first, second = opened(), opened()
    with first.setup_kernel(), second.setup_kernel():
        for client in (first, second):
            client.execute_cell(client.nb.cells[0], 0)
    printed = "".join(out.get("text", "") for out in second.nb.cells[0].outputs if out.get("name") == "stdout")
    return [int(number) for number in printed.split()[-2:]]


def p95(times):
    """The ms that 95 of 100 moves do not exceed."""
    return quantiles(times, n=20)[-1]


def rows():
    """For the table in README.md."""
    chromium = find_chromium()
    with tempfile.TemporaryDirectory() as folder:
        path, site = Path(folder, "page.html"), Path(folder, "site")
        run = partial(subprocess.run, check=True, stdout=subprocess.DEVNULL)
        run([sys.executable, "-c", SAVE, path], cwd=ROOT)
        times, _ = measure_page(chromium, path, 1, openings=1)
        slow, first = measure_page(chromium, path, SLOW)
        what = "Slider of a saved page, from the event to the end of our script"
        for name, taken, aim in ((what, times, 16.7), (f"{what}, CPU slowed {SLOW} times", slow, 50)):
            late = p95(taken)
            beside = f"aim {aim} ms"
            yield f"{name} (p95 of {len(taken)})", f"{late:.1f} ms", beside, f"{late / aim:.2f}", "at most 1"
        what = f"First picture of a saved page, CPU slowed {SLOW} times (median of {len(first)})"
        yield what, f"{median(first) / 1000:.2f} s", "", "", "at most 1 s"
        run([sys.executable, "-c", BUILD, site, LESSON], cwd=ROOT / "tools")
        with served(site) as address:
            (size, count), (size_all, count_all) = measure_visit(chromium, address)
    what = f"One visitor of the site's {LESSON}"
    yield f"{what}, first view", f"{size / 1000:.0f} kB in {count} requests", "", "", "at most 400 kB"
    yield f"{what}, all of it opened", f"{size_all / 1e6:.1f} MB in {count_all} requests", "", "", "at most 4 MB"
    own, shared = measure_kernel()
    what = "One reader of a kernel, as in `make classroom`: memory with one explorer open"
    yield what, f"{own / 1e6:.0f} MB", f"shared by all kernels, {shared / 1e6:.0f} MB", "", "none, reported"


if __name__ == "__main__":
    for row in rows():
        print(*row, sep=" | ")
