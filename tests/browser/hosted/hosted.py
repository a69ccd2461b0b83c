"""The page of the hosted notebook service, stood in for: its widget manager, its frames, its themes, and its kernel.

`page.js` and `frame.js` beside this file are that page; they say what of it is the service's own.

Example:

    page = start(Hosted).page(theme="dark")
    page.run("from widgets import explore")
    frame = page.show("e = explore(layers.Conv2D(10, 3))\\ne")
    frame.locator(".cn-stage").screenshot(path="explorer.png")
    page.close()
"""

import functools
import os
import shutil
import subprocess
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pytest
from classic import Classic
from lab import plain

HERE = Path(__file__).parent
BUNDLE = ["--bundle", "--minify", "--format=esm", "--log-level=error"]


def fill(folder):
    """Put the page's files into `folder`, frame.js bundled with the widget packages that package.json names.

    Skips the tests, or in CI fails them, where npm has not brought those.
    """
    esbuild = HERE / "node_modules/.bin/esbuild"
    if not esbuild.exists():
        missing = "the hosted page's packages are missing; with Node.js and npm `make hosted` brings them"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    for name in ("page.html", "page.js", "frame.html", "node_modules/anywidget/dist/index.js"):
        shutil.copy(HERE / name, folder)
    subprocess.run([esbuild, HERE / "frame.js", *BUNDLE, f"--outfile={folder}/frame.js"], check=True)


# What TensorFlow holds is frozen: to look through it for garbage takes a second each time.
CLEAR = "import gc, ipywidgets, widgets; gc.freeze(); ipywidgets.Widget.close_all()\n%reset -f"


class Files(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


class Hosted(Classic):
    """A kernel server of the hosted versions, and a browser that shows the hosted page."""

    @staticmethod
    def options(port, root):
        return Classic.options(port, root) | {"NotebookApp.allow_origin": "*"}

    def __init__(self, chromium, folder):
        files = Path(folder, "page")
        files.mkdir(parents=True)
        fill(files)
        self._files = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=files))
        threading.Thread(target=self._files.serve_forever, daemon=True).start()
        super().__init__(chromium, folder)
        self._kernel = None
        self._plain = None

    def close(self):
        self._files.shutdown()
        super().close()

    def page(self, **options):
        """The page, with a kernel cleared of what earlier pages left. Where no option is given it is the same one.

        Args:
            size: the window's width and height in CSS pixels.
            scheme: what the system says that it prefers, "light" or "dark".
            others: those of page.js: theme, sandbox, allow, bare.
        """
        if options:
            if self._plain:
                self._plain.page.context.close()  # a page behind another one stands still
                self._plain = None
            page = self._opened(**options)
        else:
            self._plain = page = self._plain or self._opened()
        page.execute(CLEAR)
        page.clear()
        return page

    def _opened(self, *, size=(1280, 900), scheme="light", **options):
        if self._kernel is None:
            self._kernel = self._ask("POST", "kernels", name="python3")["id"]
        viewport = {"width": size[0], "height": size[1]}
        context = self._browser.new_context(viewport=viewport, color_scheme=scheme, accept_downloads=True)
        page = HostedPage(context, self)
        # Every name below localhost is this machine.
        page.open(f"http://page.localhost:{self._files.server_port}/page.html?{urlencode(options)}")
        page.connect(self._channels())
        return page

    def restart(self):
        """Start the kernel anew; gives the address of its channels."""
        self._ask("POST", f"kernels/{self._kernel}/restart")
        return self._channels()

    def _channels(self):
        address = self._url.replace("http", "ws", 1)
        return f"{address}/api/kernels/{self._kernel}/channels?session_id=page&token={self._token}"


class HostedPage:
    """The page in an open browser window.

    Attributes:
        page: playwright's page.
        errors: what the page or a frame in it threw or logged as an error. A test that provokes one clears it.
    """

    def __init__(self, context, server):
        self.page = context.new_page()
        self._server = server
        self.cells = 0
        self.errors = []
        self.page.on("pageerror", lambda error: self.errors.append(f"{error}\n{error.stack or ''}"))
        self.page.on("console", lambda told: told.type == "error" and self.errors.append(told.text))

    def open(self, address):
        self.page.goto(address)
        self.page.wait_for_function("window.hosted !== undefined")

    def connect(self, channels):
        self.page.evaluate("address => hosted.connect(address)", channels)

    def execute(self, code):
        """Run code without a cell; returns what it printed and its last value, as text."""
        ran = self.page.evaluate("code => hosted.run(code)", code)
        return self._text(ran)

    def run(self, code, cell=None, fails=False):
        """Run code as a cell, to its end; returns the cell's name. `cell` names one to run again."""
        if cell is None:
            self.cells += 1
            cell = f"cell{self.cells}"
        ran = self.page.evaluate("([code, cell]) => hosted.run(code, cell)", [code, cell])
        if not fails:
            self._text(ran)
        self.outputs = ran["outputs"]
        return cell

    def show(self, code, cell=None, count=1):
        """Run a cell that shows `count` explorers, and wait until each of them is drawn; returns its frame."""
        cell = self.run(code, cell)
        frame = self.frame(cell)
        drawn = "n => document.querySelectorAll('.cn-stage[data-revision]').length >= n"
        frame.wait_for_function(drawn, arg=count, timeout=30_000)
        self.settle()
        return frame

    def frame(self, cell):
        """The frame of a cell's output, in sight: the browser draws no other."""
        element = self.page.locator(f"#{cell} iframe").element_handle()
        element.evaluate("frame => frame.scrollIntoView()")
        return element.content_frame()

    def settle(self):
        """Wait until all that the frames have sent is worked off and drawn."""
        self.page.evaluate("() => hosted.settled()")

    def restart(self):
        """Restart the kernel; the frames hear that their widgets' lines are closed."""
        channels = self._server.restart()
        self.page.evaluate("() => hosted.restarted(true)")
        self.connect(channels)

    def clear(self):
        self.page.evaluate("() => hosted.clear()")
        self.cells, self.errors = 0, []

    def close(self):
        """Close the page, unless it is the one without options, which the next test has again."""
        if self is not self._server._plain:
            self.page.context.close()

    @staticmethod
    def _text(ran):
        failed = [plain("\n".join(output["traceback"])) for output in ran["outputs"] if output["type"] == "error"]
        if failed or ran["status"] == "error":
            raise RuntimeError("\n".join(failed))
        printed = [output["text"] for output in ran["outputs"] if output.get("name") == "stdout"]
        values = [output["data"]["text/plain"] for output in ran["outputs"] if output["type"] == "execute_result"]
        return "".join(printed + values).strip()
