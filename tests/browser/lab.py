"""One JupyterLab and one browser, to see what a reader sees: for the browser tests and the benchmarks.

Example:

    with Lab(find_chromium(), folder) as lab:
        notebook = lab.notebook(["import keras, widgets", "widgets.explore(keras.layers.Conv2D(1, 3))"])
        notebook.wait_revision(1)
        notebook.screenshot("explorer")
        notebook.close()
"""

import atexit
import functools
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import nbformat
from playwright.sync_api import sync_playwright

THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}
# What the tests' JupyterLab does without. The debugger's talk with a kernel outlasts a notebook that is closed early,
# and would be an error then. The icon in the browser's tab shows whether a kernel is busy: no page shows it, and it
# takes a third of the processor's time in a test that asks the kernel much.
WITHOUT = ("@jupyterlab/debugger-extension", "@jupyterlab/application-extension:faviconbusy")
CELL_SECONDS = 300  # the first cell imports TensorFlow, which takes long on a small machine

READY = """() => {
  const notebook = window.jupyterapp?.shell?.currentWidget;
  return notebook?.content?.model && notebook.sessionContext?.session?.kernel?.status === 'idle';
}"""

# Opens a further notebook in a page that has closed the one before.
OPEN = """async ([name, theme]) => {
  const { commands } = window.jupyterapp;
  if (document.body.dataset.jpThemeName !== theme) {
    await commands.execute('apputils:change-theme', { theme });
    while (document.body.dataset.jpThemeName !== theme) await new Promise(requestAnimationFrame);
  }
  await commands.execute('docmanager:open', { path: name, factory: 'Notebook' });
}"""

# Closes the notebook without a question; whether nothing is left in the way of the next one.
CLOSE = """() => {
  window.jupyterapp.shell.currentWidget.dispose();
  return !document.fullscreenElement && !document.querySelector('.jp-Notebook, .jp-Dialog, .lm-Menu');
}"""

# What a kernel answers, gathered as a reader would see it under a cell.
EXECUTE = """async ([code, seconds]) => {
  const kernel = window.jupyterapp.shell.currentWidget.sessionContext.session.kernel;
  const future = kernel.requestExecute({ code, store_history: false });
  let text = '', error = '';
  future.onIOPub = ({ header, content }) => {
    if (header.msg_type === 'stream' && content.name === 'stdout') text += content.text;
    if (header.msg_type === 'execute_result') text += content.data['text/plain'];
    if (header.msg_type === 'error') error = content.traceback.join('\\n');
  };
  const late = new Promise(end => setTimeout(end, 1000 * seconds, 'late'));
  if (await Promise.race([future.done, late]) === 'late') throw new Error(`no answer in ${seconds} s`);
  return [text, error];
}"""

# Waits until the kernel is done with every message of the page; whether there was any. A widget holds a message back
# while it waits for the answer to the one before, and sends it before that answer counts as done.
ANSWERED = """async seconds => {
  const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
  const late = new Promise(end => setTimeout(end, 1000 * seconds, 'late'));
  const waiting = () => [...kernel._futures.values()];
  // Only cells keep what they have sent.
  const any = waiting().some(future => future.msg.header.msg_type !== 'execute_request');
  let known;
  do {
    known = waiting();
    const done = Promise.allSettled(known.map(future => future.done));
    if (await Promise.race([done, late]) === 'late') throw new Error(`not all is answered in ${seconds} s`);
  } while (waiting().some(future => !known.includes(future)));
  return any;
}"""

# A page asks a kernel for its widgets first, and until it has the answer it drops what cells would show.
RUN_ALL = f"""async seconds => {{
  await window.jupyterapp.shell.currentWidget.sessionContext.ready;
  await ({EXECUTE})(['', seconds]);
  await ({ANSWERED})(seconds);
  const late = new Promise(end => setTimeout(end, 1000 * seconds, 'late'));
  const done = window.jupyterapp.commands.execute('notebook:run-all-cells');
  if (await Promise.race([done, late]) === 'late') throw new Error(`the cells are not done in ${{seconds}} s`);
  const errors = [];
  for (const cell of window.jupyterapp.shell.currentWidget.content.model.cells) {{
    if (cell.type !== 'code' || (cell.getMetadata('tags') ?? []).includes('raises-exception')) continue;
    for (const output of cell.outputs.toJSON()) {{
      if (output.output_type === 'error') errors.push([].concat(output.traceback).join('\\n'));
    }}
  }}
  return errors;
}}"""

# How busy the machine is decides no test: anywidget gives a stage up that is not loaded in 2 s, ipywidgets a kernel
# that does not tell of its widgets in 4 s.
PATIENT = """
const { timeout } = AbortSignal;
const later = window.setTimeout;
AbortSignal.timeout = ms => timeout.call(AbortSignal, ms === 2000 ? 60000 : ms);
window.setTimeout = (act, ms, ...rest) => later.call(window, act, ms === 4000 ? 60000 : ms, ...rest);
"""


def find_chromium():
    """Path of a Chromium or Chrome: $CHROMIUM, else the first on this machine; None where there is none."""
    names = [os.environ.get("CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    return next((path for name in names if name and (path := shutil.which(name))), None)


@functools.cache
def driver():
    """Playwright, which a process can start but once."""
    started = sync_playwright().start()
    atexit.register(started.stop)
    return started


def plain(text):
    """A traceback without its colours."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def write(path, values):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(values))


class Lab:
    """A JupyterLab server with its own empty home in `folder`, and a headless browser at `chromium`.

    `without` names JupyterLab's extensions that it does without.
    """

    PROGRAM = ("lab", "--expose-app-in-browser")
    PAGE = "doc/tree/{name}?reset&"
    SCRIPTS = {"ready": READY, "run all": RUN_ALL, "execute": EXECUTE, "answered": ANSWERED}

    @staticmethod
    def options(port, root):
        """What the server is told on its command line."""
        return {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": port,
            "ServerApp.port_retries": 0,
            "ServerApp.root_dir": root,
            # None of these may ask another site for anything.
            "LabApp.news_url": "",
            "LabApp.check_for_updates_class": "jupyterlab.NeverCheckForUpdate",
            "LabApp.extension_manager": "readonly",
            "JupyterNotebookApp.expose_app_in_browser": True,
        }

    def __init__(self, chromium, folder, without=WITHOUT):
        self.root = Path(folder, "root")
        self.root.mkdir(parents=True)
        self._settings = Path(folder, "config", "lab", "user-settings")
        self._token = secrets.token_hex()
        self._log = Path(folder, "server.log")
        self._set("apputils-extension/notification", fetchNews="false", checkForUpdates=False)
        disabled = {"disabledExtensions": dict.fromkeys(without, True)}
        write(Path(folder, "config", "labconfig", "page_config.json"), disabled)
        self._sessions = []  # left by notebooks for the next ones, kernel and all
        self._pages = []  # left likewise, JupyterLab and all, each behind what cannot be changed in it any more
        self._count = 0
        self._server = self._start_server(folder)
        try:
            self._wait_for_server()
            self._browser = driver().chromium.launch(executable_path=chromium)
        except BaseException:
            self._stop_server()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def notebook(self, sources, **options):
        """Write a notebook of these code cells and open it; `options` are those of `open`."""
        cells = [nbformat.v4.new_code_cell(source) for source in sources]
        metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
        return self._show(nbformat.v4.new_notebook(cells=cells, metadata=metadata), **options)

    def open(self, path, **options):
        """Open a copy of the notebook file at `path`.

        Args:
            theme: "light" or "dark".
            size: the window's width and height in CSS pixels.
            touch: whether the screen can be touched.
            fresh: whether the notebook needs a new kernel and a new page. Else it takes over those of one before,
                cleared of names and widgets: TensorFlow is imported and JupyterLab is loaded already.
            run: whether to run all cells, and raise RuntimeError if one of them fails.
            script: JavaScript that the page, a new one, runs before its own.
            whole: whether every cell is on the page at once, and not only those near the window.
            at: the address in another front end of the same server: "notebooks/{name}?" for Notebook 7.
        """
        return self._show(nbformat.read(path, as_version=4), **options)

    def visit(self, url, size=(1200, 900)):
        """Open another server's page, which has no kernel to run code in."""
        context = self._browser.new_context(viewport={"width": size[0], "height": size[1]})
        page = Notebook(context.new_page(), lambda *_: context.close(), self.SCRIPTS)
        page.page.goto(url, timeout=CELL_SECONDS * 1000, wait_until="commit")
        return page

    def close(self):
        self._browser.close()
        self._stop_server()

    def _show(
        self,
        content,
        *,
        theme="light",
        size=(1200, 900),
        touch=False,
        fresh=False,
        run=True,
        script="",
        whole=False,
        at="",
    ):
        self._count += 1
        name = f"notebook{self._count}.ipynb"
        nbformat.write(content, self.root / name)
        session = self._take_session(name, fresh)
        kind = (touch, whole)
        page = None if fresh or script or at else self._take_page(kind)
        loaded = page is not None
        if not loaded:
            # Set before the page loads, so that nothing is drawn in the other theme first.
            self._set("apputils-extension/themes", theme=THEMES[theme])
            self._set("notebook-extension/tracker", windowingMode="none" if whole else "full")
            permissions = ["clipboard-read", "clipboard-write"]
            page = self._browser.new_context(has_touch=touch, permissions=permissions).new_page()
            page.add_init_script(f"{{{PATIENT}}}")
            if script:
                page.add_init_script(script)
        page.set_viewport_size({"width": size[0], "height": size[1]})
        page.emulate_media(color_scheme=theme, media="null", reduced_motion="null", forced_colors="null")

        def release(kernel_is_clear, page_is_clear):
            self._release_page(page, kind, page_is_clear and not (fresh or script or at))
            self._release_session(session, kernel_is_clear and not fresh)

        notebook = Notebook(page, release, self.SCRIPTS)
        try:
            if loaded:
                notebook.load_next(name, THEMES[theme])
            else:
                notebook.load(f"{self._url}/{(at or self.PAGE).format(name=name)}token={self._token}")
            if run:
                notebook.run_all()
        except BaseException:
            notebook.close()
            raise
        return notebook

    def _take_page(self, kind):
        """A page of this kind that shows nothing but an empty JupyterLab; None where there is none."""
        kinds = [kind for kind, _ in self._pages]
        return self._pages.pop(kinds.index(kind))[1] if kind in kinds else None

    def _release_page(self, page, kind, reusable):
        if reusable:
            self._pages.append((kind, page))
            page = self._pages.pop(0)[1] if len(self._pages) > 4 else None
        if page:
            page.context.close()

    def _take_session(self, name, fresh):
        """Bind a kernel to the notebook `name` before its page asks for one; returns the session's id."""
        if self._sessions and not fresh:
            session = self._sessions.pop()
            self._ask("PATCH", f"sessions/{session}", path=name, name=name)
            return session
        return self._ask("POST", "sessions", path=name, name=name, type="notebook", kernel={"name": "python3"})["id"]

    def _release_session(self, session, reusable):
        if reusable and len(self._sessions) < 2:
            self._sessions.append(session)
        else:
            self._ask("DELETE", f"sessions/{session}")

    def _set(self, plugin, **values):
        write(self._settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings", values)

    def _start_server(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self._url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "jupyter", *self.PROGRAM, "--no-browser", "--allow-root"]
        options = self.options(port, self.root)
        # A reader's own settings must not change a test, nor a test them.
        homes = {name: str(Path(folder, name)) for name in ("config", "ipython", "runtime")}
        environment = os.environ | {
            "JUPYTER_TOKEN": self._token,
            "JUPYTER_CONFIG_DIR": homes["config"],
            "JUPYTER_RUNTIME_DIR": homes["runtime"],
            "IPYTHONDIR": homes["ipython"],
        }
        with open(self._log, "w") as log:
            return subprocess.Popen(
                command + [f"--{name}={value}" for name, value in options.items()],
                env=environment,
                stdout=log,
                stderr=log,
            )

    def _wait_for_server(self, seconds=300):
        end = time.monotonic() + seconds
        while True:
            try:
                return self._ask("GET", "status")
            except OSError:
                if self._server.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"The server did not start:\n{self._log.read_text()}") from None
                time.sleep(0.1)

    def _stop_server(self):
        self._server.terminate()
        self._server.wait(30)

    def _ask(self, method, address, **body):
        request = urllib.request.Request(
            f"{self._url}/api/{address}",
            method=method,
            data=json.dumps(body).encode() if body else None,
            headers={"Authorization": f"token {self._token}"},
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or "null")


class Notebook:
    """An open notebook: its page, its kernel, and what went wrong in it.

    Attributes:
        page: playwright's page.
        errors: what the page threw or logged as an error, one text each. A test that provokes one clears it.
        bytes_received: what the kernel has sent to the page so far, as far as it has been reported.
    """

    def __init__(self, page, release, scripts):
        self.page, self._release, self._scripts = page, release, scripts
        self._sent = 0
        self.bytes_received = 0
        self.errors = []
        self._heard = {"pageerror": self._on_error, "console": self._on_console, "websocket": self._on_websocket}
        for event, hear in self._heard.items():
            page.on(event, hear)

    def load(self, url):
        self.page.goto(url, timeout=180_000)
        self.page.wait_for_function(self._scripts["ready"], timeout=180_000)

    def load_next(self, name, theme):
        """Open the file `name` in the page, where another notebook has been closed."""
        self.page.evaluate(OPEN, [name, theme])
        self.page.wait_for_function(self._scripts["ready"], timeout=180_000)

    def run_all(self):
        """Run all cells; returns when the kernel is done with them, which is before widgets are drawn."""
        errors = self.page.evaluate(self._scripts["run all"], CELL_SECONDS)
        if errors:
            raise RuntimeError(plain("\n".join(errors)))

    def run(self, source, seconds=CELL_SECONDS):
        """Run `source` in the kernel, without a cell; returns what it printed and its last value, as text."""
        text, error = self.page.evaluate(self._scripts["execute"], [source, seconds])
        if error:
            raise RuntimeError(plain(error))
        return text.strip()

    def wait_answered(self, seconds=CELL_SECONDS):
        """Wait until all that the page has sent to the kernel is answered; returns whether there was anything."""
        return self.page.evaluate(self._scripts["answered"], seconds)

    @property
    def stage(self):
        """The explorer's browser view; of several, take `.nth(i)`."""
        return self.page.locator(".cn-stage")

    @property
    def revision(self):
        """Number of the last snapshot that the first stage has drawn; 0 before the first."""
        return int(self.stage.first.get_attribute("data-revision") or 0)

    def wait_revision(self, number, seconds=30):
        """Wait until the first stage has drawn the snapshot `number` or a later one."""
        self.page.wait_for_function(
            "n => Number(document.querySelector('.cn-stage')?.dataset.revision ?? 0) >= n",
            arg=number,
            timeout=seconds * 1000,
        )

    def slider(self, label):
        """The handle of the slider that is called `label`; focus it and press arrow keys."""
        return self.page.get_by_role("slider", name=label, exact=True)

    @property
    def messages_sent(self):
        """Messages that the page has sent to its kernel so far."""
        # Reports of sent frames come late, and what a handler puts off is to be counted too.
        self.page.wait_for_timeout(150)
        return self._sent

    def screenshot(self, name, of=None):
        """Save a picture of the window, or of the locator `of`, in $SCREENSHOTS; returns its path."""
        folder = Path(os.environ.get("SCREENSHOTS") or Path(tempfile.gettempdir(), "screenshots"))
        path = folder / f"{name}.png"
        (of or self.page).screenshot(path=path)
        return path

    def close(self):
        """Close the notebook; its kernel and its page go to a next one if they can be cleared, else they are ended."""
        try:
            self.run("import ipywidgets; ipywidgets.Widget.close_all()\n%reset -f", seconds=20)
            kernel_is_clear = True
        except Exception:
            kernel_is_clear = False
        try:
            self.page.unroute_all()
            self.page.mouse.move(0, 0)
            page_is_clear = kernel_is_clear and self.page.evaluate(CLOSE) and not self.errors
        except Exception:
            page_is_clear = False
        for event, hear in self._heard.items():
            self.page.remove_listener(event, hear)
        self._release(kernel_is_clear, page_is_clear)

    def _on_error(self, error):
        self.errors.append(f"{error}\n{error.stack or ''}")

    def _on_console(self, message):
        if message.type == "error":
            self.errors.append(f"{message.text} ({message.location['url']})")

    def _on_websocket(self, websocket):
        if "/channels" in websocket.url:
            websocket.on("framesent", self._on_frame)
            websocket.on("framereceived", self._on_answer)

    def _on_frame(self, _):
        self._sent += 1

    def _on_answer(self, frame):
        self.bytes_received += len(frame)
