"""Fixtures for tests in a real browser.

Example:

    def test_a_move_redraws_the_picture(notebook):
        nb = notebook(["import keras, widgets", "e = widgets.explore(keras.layers.Conv2D(1, 3)); e"])
        nb.wait_revision(1)
        nb.slider("filters").press("ArrowRight")
        nb.wait_revision(2)
        assert nb.run("e.settings['filters']") == "2"

Most tests take over the kernel of the one before, so that TensorFlow is imported once. Tests that only look
may share a page as well:

    @pytest.fixture(scope="module")
    def explorer(lab):
        nb = lab.notebook(["import keras, widgets", "widgets.explore(keras.layers.Conv2D(1, 3))"])
        yield nb
        nb.close()
        assert nb.errors == []
"""

import os
from contextlib import ExitStack
from pathlib import Path

import pytest
from lab import Lab, driver, find_chromium
from saved_page import Page


def pytest_collection_modifyitems(items):
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")
    # The last tests may be taken over by the other process, which would build the site a second time.
    items.sort(key=lambda item: "site" not in getattr(item, "fixturenames", ()))


@pytest.fixture(scope="session")
def chromium():
    """The path of a browser; without one, the tests skip themselves."""
    path = find_chromium()
    if path is None:
        missing = "no Chromium found; to run the tests in a real browser: sudo apt-get install chromium"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
    return path


@pytest.fixture(scope="session")
def start(chromium, tmp_path_factory):
    """Starts a server and a browser, `start(Lab)`; they end with the tests."""
    with ExitStack() as ending:
        yield lambda server: ending.enter_context(server(chromium, tmp_path_factory.mktemp("lab")))


@pytest.fixture(scope="session")
def lab(start):
    """One JupyterLab and one browser for all tests."""
    return start(Lab)


@pytest.fixture
def notebook(lab):
    """Opens notebooks: `notebook(["source", ...], theme="dark", size=(360, 740))` or `notebook.open(path)`.

    The options are those of `Lab.open`. Afterwards the pages are closed; none of them may have met an error.
    """
    opened = []

    def write_and_open(sources, **options):
        opened.append(lab.notebook(sources, **options))
        return opened[-1]

    def open_file(path, **options):
        opened.append(lab.open(path, **options))
        return opened[-1]

    write_and_open.open = open_file
    yield write_and_open
    for notebook in opened:
        notebook.close()
    assert [error for notebook in opened for error in notebook.errors] == []


@pytest.fixture(scope="module")
def browser(chromium):
    """A browser for saved pages."""
    browser = driver().chromium.launch(executable_path=chromium)
    yield browser
    browser.close()


@pytest.fixture
def open_page(browser, folder):
    """Opens a page by its name in the module's `folder`; none may meet an error, or ask for another file."""
    opened, contexts = [], []

    def open_it(name, fragment="", width=1366, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": 800}, **options))
        opened.append(Page(contexts[-1].new_page(), folder / f"{name}.html"))
        opened[-1].go(fragment)
        return opened[-1]

    yield open_it
    for page in opened:
        assert page.errors == []
        assert [url for url in page.requests if not url.startswith(("file:", "data:image/png"))] == []
        assert len([url for url in page.requests if url.startswith("file:")]) <= 1
    for context in contexts:
        context.close()
