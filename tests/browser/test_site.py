"""The site, served as a static host would, with the network cut: no kernel, and no other host.

Four lessons are built, and one in Russian; with SOAK=1 all of them.
"""

import ast
import base64
import functools
import json
import math
import os
import re
import threading
import zlib
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import build_site
import pytest
from lab import driver
from test_for_everyone import AXE, RUN_AXE

from widgets.language.sentences import Words

ALL = [edition.prefix + name for edition in build_site.EDITIONS for name in edition.names]
SOME = ["00_start_here", "02_grouped", "04_transposed", "08_compare", "ru/02_grouped"]
NAMES = ALL if os.environ.get("SOAK") else SOME
LOOKS = [(390, "dark"), (1366, "light")] + [(390, "light"), (1366, "dark")] * bool(os.environ.get("SOAK"))
FIRST_VIEW, PAGE, SMALL, LARGE = 400_000, 4_000_000, 150_000, 500_000  # bytes
each_lesson = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    root = tmp_path_factory.mktemp("site")
    build_site.build(root, NAMES)
    return root


@pytest.fixture(scope="module")
def address(site):
    class Handler(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Handler, directory=site))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


@pytest.fixture(scope="module")
def browser(chromium):
    cut = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
    browser = driver().chromium.launch(executable_path=chromium, args=[cut])
    yield browser
    browser.close()


class Page:
    """An open page, what it fetched, and what went wrong."""

    def __init__(self, page):
        self.page, self.errors, self.fetched = page, [], {}
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text))
        page.on("requestfailed", lambda request: self.errors.append(f"failed: {request.url}"))
        page.on("response", lambda response: self.fetched.update({response.url: response}))

    def bytes(self):
        return sum(len(response.body()) for response in self.fetched.values())

    def places(self, tool=".cn-place"):
        """The places of recorded tools, each in sight and at work: a question has no picture before its answer."""
        self.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
        for place in self.page.locator(tool).all():
            place.scroll_into_view_if_needed()
            place.locator(".cn-stage[data-revision], .cn-question").first.wait_for()
            yield place


@pytest.fixture
def open_page(browser, address):
    opened, contexts = [], []

    def open_it(path, width=1366, height=768, **options):
        contexts.append(browser.new_context(viewport={"width": width, "height": height}, **options))
        opened.append(Page(contexts[-1].new_page()))
        opened[-1].page.goto(address + path, wait_until="networkidle")
        return opened[-1]

    yield open_it
    for page in opened:
        assert page.errors == []
        assert [url for url in page.fetched if not url.startswith(address)] == []
    for context in contexts:
        context.close()


def states_of(control):
    """A control's values from end to end, and a way to choose each."""
    if control.evaluate("one => one.tagName") == "SELECT":
        return [functools.partial(control.select_option, index=i) for i in range(control.locator("option").count())]
    if control.get_attribute("type") == "checkbox":
        return [control.uncheck, control.check]
    low, high = (int(control.get_attribute(end)) for end in ("min", "max"))
    return [functools.partial(control.fill, str(value)) for value in range(low, high + 1)]


@each_lesson
def test_every_control_moves_from_end_to_end_and_a_cell_that_is_pointed_at_is_explained(open_page, name):
    page = open_page(f"{name}.html")
    for place in page.places("[data-tool=recorded_explorer]"):
        code, controls = place.locator(".cn-code"), place.locator(".cn-recorded-controls :is(input, select)").all()
        assert place.locator(".cn-recorded-controls input[type=range]").count() >= 2
        for control in controls:
            start, codes = code.inner_text(), []
            choices = states_of(control)
            for choose in choices:
                choose()
                codes.append(code.inner_text())
            assert len(set(codes)) == len(codes) > 1
            choices[codes.index(start)]()
        if place.locator(".cn-hidden").count():
            place.locator(".cn-reveal").click()
        place.locator("[data-grid='1'] .cn-cells").hover()
        assert re.match(r"[yz]\d*\[.*\] = ", place.locator(".cn-sum").inner_text())


def cells_of(name):
    return json.loads((build_site.ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))["cells"]


def told_to_set(name):
    """What the texts of a lesson tell to set: the code cells that may show it, the setting, its value for each axis."""
    for cell in cells_of(name.removeprefix("ru/")):
        for trial in cell["metadata"].get("widgets_try", ()):
            for settings in re.findall(r"\.settings = (.*)", "\n".join(trial.get("then", ()))):
                for setting, value in ast.literal_eval(settings).items():
                    yield trial["run"], setting, value if isinstance(value, tuple) else (value,)


@each_lesson
def test_what_the_text_tells_to_set_can_be_set(open_page, name):
    page = open_page(f"{name}.html")
    assert list(page.places())
    for cells, setting, values in told_to_set(name):
        shown = [cell for cell in cells if page.page.locator(f"#{cell}.cn-place").count()]
        if not shown:  # the text tells to write it
            continue
        controls = page.page.locator(f"#{shown[-1]} [name={setting}]").all()
        assert len(controls) == len(values), (name, shown[-1], setting)
        for control, value in zip(controls, values):
            if control.get_attribute("type") == "checkbox":
                control.set_checked(value)
                assert control.is_checked() == value
            else:
                is_list = control.evaluate("one => one.tagName") == "SELECT"
                (control.select_option if is_list else control.fill)(str(value))
                assert control.input_value() == str(value)
    for text in ["".join(cell["source"]) for cell in cells_of(name) if cell["cell_type"] == "markdown"]:
        for setting in filter(None, sum(re.findall(r"`(\w+)`\sslider|(?:slider|ползун\w+)\s`(\w+)`", text), ())):
            assert page.page.locator(f"input[type=range][name={setting}]").count()


def states_in(record):
    return [json.loads(state) for state in zlib.decompress(base64.b64decode(record["packed"][0])).split(b"\n")]


def in_words(told):
    """A sentence in English, as a record has it: its key and its fields."""
    if not isinstance(told, dict):
        return told
    return Words("en")(told["key"], **{name: in_words(field) for name, field in told["fields"].items()})


@each_lesson
def test_the_advice_to_a_refusal_names_what_its_page_can_show(site, name):
    for address in records(site, name, "page/recorded_explorer.js"):
        record = json.loads((site / address).read_text(encoding="utf-8"))
        can_show = {control["name"]: control["values"] for control in record["controls"]}
        for snapshot in [state["snapshot"] for state in states_in(record)]:
            advice = in_words(snapshot["advice"])
            tried = re.findall(r"(\w+)=((?:\d+(?:, | or )?)+)", advice[advice.find("try ") :])
            within = any(
                n in can_show.get(setting, ()) for setting, all_of in tried for n in re.findall(r"\d+", all_of)
            )
            named = any(re.search(rf"\b{setting}\b", advice) for setting in [*can_show, "Reset"])
            assert not advice or (within if tried else named), advice


# The first question of each lesson: a wrong answer and the right one.
ANSWERS = {
    "00_start_here": ("1 12 7 5", "1 12 7 1"),
    "02_grouped": ("1 6 10 20", "1 6 10 15"),
    "04_transposed": ("1 13 21 3", "1 12 21 3"),
    "08_compare": ("720", "730"),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_a_question_is_answered_wrong_and_right_and_then_its_picture_is_shown(open_page, name):
    [place] = open_page(f"{name}.html").places("[data-tool=recorded_questions]")
    wrong, right = ANSWERS[name]
    assert place.locator("canvas").count() == 0
    place.get_by_role("textbox").fill(wrong)
    place.get_by_role("button", name="Check").click()
    assert place.locator(".cn-feedback").inner_text().startswith("\u2717 Not yet.")
    assert place.locator(".cn-panel-grid").count() == 0
    place.get_by_role("textbox").fill(right)
    place.get_by_role("button", name="Check").click()
    assert place.locator(".cn-feedback").inner_text().startswith("\u2713 Right.")
    assert place.locator(".cn-panel-grid").count() == 2 and place.locator("canvas").count() >= 2


@each_lesson
def test_a_page_and_what_is_opened_on_it_keep_to_their_sizes(open_page, name):
    page = open_page(f"{name}.html")
    assert page.bytes() <= FIRST_VIEW
    assert len(list(page.places())) >= 1
    assert page.bytes() <= PAGE
    for body in [response.body() for url, response in page.fetched.items() if "/records/" in url]:
        cells = math.prod(states_in(json.loads(body))[0]["snapshot"]["grids"][0]["sizes"])
        assert len(body) <= (SMALL if cells <= 12 * 12 else LARGE)


def records(site, name, module=""):
    """The addresses of a page's records, or of those that this module brings to life."""
    page = (site / f"{name}.html").read_text(encoding="utf-8")
    return re.findall(rf'data-at="(?:\.\./)*([^"]*)" data-module="{module}', page)


def test_a_page_in_another_language_fetches_the_records_of_the_english_one(site):
    translated = [name for name in NAMES if "/" in name]
    assert translated and all(records(site, name) == records(site, name.split("/")[1]) != [] for name in translated)


def test_a_record_is_fetched_when_its_tool_comes_near(open_page):
    page = open_page("04_transposed.html")
    page.page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert [url for url in page.fetched if "/records/" in url or "stage.js" in url] == []
    first = page.page.locator(".cn-place").first
    first.scroll_into_view_if_needed()
    first.locator(".cn-stage[data-revision]").wait_for()
    records = [url for url in page.fetched if "/records/" in url]
    assert 1 <= len(records) < page.page.locator(".cn-place").count()


def test_an_address_opens_the_state_of_one_tool_among_several_and_back_goes_back(open_page):
    page = open_page("04_transposed.html#size-code:kernel_size=2,2")
    code = page.page.locator("#size-code .cn-code")
    assert code.inner_text() == "layers.Conv2DTranspose(1, 2, strides=2)"
    page.page.locator("#size-code [name=kernel_size]").fill("1")
    page.page.wait_for_timeout(200)
    assert re.match("#size-code:.*kernel_size=1,1&", page.page.evaluate("location.hash"))
    page.page.evaluate("location.hash = '#cell-id=title'")  # a heading: the tool stays as it is
    assert code.inner_text() == "layers.Conv2DTranspose(1, 1, strides=2)"
    page.page.go_back()
    page.page.go_back()
    page.page.wait_for_timeout(200)
    assert code.inner_text() == "layers.Conv2DTranspose(1, 2, strides=2)"


@pytest.mark.parametrize("name", ["index", *NAMES])
def test_every_link_leads_somewhere_and_every_picture_has_words(open_page, site, name):
    page = open_page(f"{name}.html").page
    links = page.locator("a[href]").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    here = [link for link in links if not link.startswith(("https://", "#"))]
    leads = [os.path.relpath((site / name).parent / link, site) for link in here]
    assert [link for link in leads if not (site / link).exists() and link.removesuffix(".html") not in ALL] == []
    assert [link for link in links if link[:1] == "#" and not page.locator(f'[id="{link[1:]}"]').count()] == []
    assert [text for text in page.locator("img").evaluate_all("all => all.map(one => one.alt)") if not text] == []
    ids = page.locator("[id]").evaluate_all("all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["index", *NAMES])
def test_axe_finds_nothing_against_wcag_2_2_aa_and_nothing_is_wider_than_the_page(open_page, name):
    if not AXE.exists():
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)("axe-core is missing; to get it: make browser")
    page = open_page(f"{name}.html", bypass_csp=True)
    assert len(list(page.places())) >= (name != "index")
    page.page.evaluate(AXE.read_text(encoding="utf-8"))
    for width, scheme in LOOKS:
        page.page.set_viewport_size({"width": width, "height": 768})
        page.page.emulate_media(color_scheme=scheme)
        others = f"document.querySelectorAll('.cn-stage:not([data-theme={scheme}])').length"
        page.page.wait_for_function(f"{others} === 0")
        page.page.wait_for_timeout(300)  # the stages draw themselves anew
        assert page.page.evaluate(RUN_AXE, "body")["bad"] == [], (width, scheme)
        assert page.page.evaluate("document.documentElement.scrollWidth") == width


def test_a_comparison_has_the_room_of_its_page(open_page):
    page = open_page("08_compare.html", width=1920, height=1080)
    (place,) = page.places("[data-tool=recorded_comparison]")
    assert place.locator("table").bounding_box()["width"] > 0.9 * place.bounding_box()["width"]


def test_without_javascript_the_lesson_is_there_with_its_figures(browser, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address + "00_start_here.html")
    assert page.get_by_role("heading", name="A layer and a picture").is_visible()
    assert page.locator(".cn-place img").bounding_box()["width"] > 200
    context.close()
