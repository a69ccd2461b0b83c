"""The same explorer, worked by keyboard and pointer where readers open it: JupyterLab, Notebook 7, Voila.

It is the one of notebooks/00_start_here.ipynb: nine weights of 1 count the white cells of a boat of 8 by 8 cells.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
from reading import canvas, facts, lines, middle, press, wait_highlighted

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOK = ROOT / "notebooks" / "00_start_here.ipynb"
OUTPUT = (6, 6)


def answers(address, port):
    """Whether something listens there."""
    try:
        socket.create_connection((address, port), timeout=5).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="module")
def classroom(tmp_path_factory):
    """The server of `make classroom`, started as make would; gives its port."""
    if shutil.which("make") is None:
        pytest.skip("make is missing")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Make that runs these tests tells a further make to name its folder too.
    outside = {name: value for name, value in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS")}
    command = ["make", "-n", "classroom", f"PORT={port}"]
    told = subprocess.run(command, cwd=ROOT, env=outside, capture_output=True, text=True)
    program, *arguments = told.stdout.splitlines()[-1].split()
    assert program == ".venv/bin/python"
    path = tmp_path_factory.mktemp("classroom") / "server.log"
    with open(path, "w") as log:
        server = subprocess.Popen([sys.executable, *arguments], cwd=ROOT, stdout=log, stderr=log)
    end = time.monotonic() + 120
    while not answers("127.0.0.1", port):
        if server.poll() is not None or time.monotonic() > end:
            server.kill()
            pytest.fail(f"the class was not served:\n{path.read_text()}")
        time.sleep(0.1)
    yield port
    server.terminate()
    server.wait(60)


@pytest.fixture(scope="module")
def voila(lab, classroom):
    """The notebook as a class has it."""
    page = lab.visit(f"http://127.0.0.1:{classroom}/voila/render/{NOTEBOOK.name}")
    yield page
    page.close()


def ours(error):
    """Whether an error can be of our making."""
    return not (
        "(https://" in error  # the badge and Voila's icons are on the network, which a test does not need
        or "/static/notebook/" in error  # Notebook 7 has errors of its own, with any notebook
        or "[anywidget] Failed to initialize model" in error  # after 2 s, on a busy machine; it goes on all the same
    )


@pytest.fixture
def page(lab, request):
    if request.param == "Voila":
        page = request.getfixturevalue("voila")
    else:
        if request.param == "Notebook 7" and int(version("notebook").split(".")[0]) < 7:
            pytest.skip("an older Notebook is installed")
        at = {"JupyterLab": "", "Notebook 7": "notebooks/{name}?"}[request.param]
        page = lab.open(NOTEBOOK, whole=True, at=at)
    page.stage.wait_for(state="attached", timeout=300_000)
    page.wait_revision(1)
    yield page
    if request.param != "Voila":
        page.close()
    assert [error for error in page.errors if ours(error)] == []


def told(page, code, output, parameters):
    """Wait until the explorer shows this line of code, then compare what it tells of that layer."""
    page.stage.locator(".cn-code").get_by_text(code, exact=True).wait_for()
    shown = facts(page)
    assert (shown["output"], shown["parameters"]) == (output, parameters)
    assert page.stage.locator('[data-grid="1"] .cn-shape').inner_text() == output


@pytest.mark.parametrize("page", ["JupyterLab", "Notebook 7", "Voila"], indirect=True)
def test_sliders_and_cells_obey_arrow_keys_and_the_pointer(page):
    told(page, "layers.Conv2D(1, 3, kernel_initializer='ones')", "(1, 6, 6, 1)", "3*3*1*1 + 1 = 10")
    page.slider("filters").focus()
    press(page, "ArrowRight")
    told(page, "layers.Conv2D(2, 3, kernel_initializer='ones')", "(1, 6, 6, 2)", "3*3*1*2 + 2 = 20")
    press(page, "End")
    told(page, "layers.Conv2D(64, 3, kernel_initializer='ones')", "(1, 6, 6, 64)", "3*3*1*64 + 64 = 640")
    press(page, "Home")
    told(page, "layers.Conv2D(1, 3, kernel_initializer='ones')", "(1, 6, 6, 1)", "3*3*1*1 + 1 = 10")
    page.slider("strides").focus()
    press(page, "ArrowUp")
    told(page, "layers.Conv2D(1, 3, strides=2, kernel_initializer='ones')", "(1, 3, 3, 1)", "3*3*1*1 + 1 = 10")
    press(page, "ArrowDown")
    told(page, "layers.Conv2D(1, 3, kernel_initializer='ones')", "(1, 6, 6, 1)", "3*3*1*1 + 1 = 10")

    page.page.mouse.move(*middle(page, 1, 2, 3, size=OUTPUT))
    wait_highlighted(page, 1, 2, 3)
    assert lines(page, "name") == ["y[0, 2, 3, 0] = 7"]
    assert lines(page, "products") == ["1×1 + 1×1 + 1×1 + 1×1 + 1×1 + 1×1 + 1×1 + 0×1 + 0×1 = 7"]
    assert lines(page, "returned") == ["Keras returned 7"]

    page.page.mouse.move(2, 2)
    canvas(page, 1).locator("xpath=..").focus()
    for key, cell, sum in [("ArrowRight", (2, 4), 5), ("ArrowDown", (3, 4), 6), ("ArrowLeft", (3, 3), 7)]:
        press(page, key)
        wait_highlighted(page, 1, *cell)
        assert lines(page, "returned") == [f"Keras returned {sum}"]


@pytest.mark.parametrize("at", ["", "notebooks/{name}?"], ids=["JupyterLab", "Notebook 7"])
def test_no_slider_moves_by_itself_when_it_is_shown(notebook, at):
    explorer = "e = explore(layers.Conv2D(10, 3), (4, 28, 28, 12)); e"
    sliders = "s = [IntSlider(v, 1, 64) for v in range(1, 65)]; ipywidgets.VBox(s)"
    imports = (
        "import ipywidgets\nfrom keras import layers\n"
        "from widgets import explore\nfrom widgets.explorer.slider import IntSlider"
    )
    page = notebook([imports, explorer, sliders], at=at, whole=True)
    page.wait_revision(1)
    page.page.wait_for_function("document.querySelectorAll('.noUi-handle').length > 64")
    page.wait_answered()
    assert page.run("(e.code, e.x.shape, [one.value for one in s] == [*range(1, 65)])") == (
        "('layers.Conv2D(10, 3)', (4, 28, 28, 12), True)"
    )
    assert page.revision == 1
    page.errors = [error for error in page.errors if ours(error)]


def test_a_class_is_served_to_this_machine_only(classroom):
    assert answers("127.0.0.1", classroom)
    found = socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)
    elsewhere = {"127.0.0.2", *(address for *_, (address, _) in found)} - {"127.0.0.1"}
    assert [address for address in elsewhere if answers(address, classroom)] == []


def test_a_class_sees_no_code(voila, classroom):
    voila.stage.wait_for(state="attached", timeout=300_000)
    assert "from widgets import" not in voila.page.inner_text("body")
    for file in [NOTEBOOK.name, "solutions/00_start_here.py"]:
        assert voila.page.request.get(f"http://127.0.0.1:{classroom}/voila/files/{file}").status == 403


def test_a_page_of_a_class_that_is_closed_ends_its_kernel(voila, classroom):
    voila.stage.wait_for(state="attached", timeout=300_000)
    kernel = json.loads(voila.page.locator("#jupyter-config-data").text_content())["kernelId"]

    def status():
        return voila.page.request.get(f"http://127.0.0.1:{classroom}/api/kernels/{kernel}").status

    assert status() == 200
    voila.page.goto("about:blank")
    end = time.monotonic() + 60  # less than the time after which a forsaken kernel is ended
    while status() == 200 and time.monotonic() < end:
        time.sleep(0.1)
    assert status() == 404
