"""A saved page, opened from the disk as a reader would: no kernel, no server."""

import json
import os
import time
from pathlib import Path

import pytest

AXE = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


class Page:
    """An open page, as `reading` expects it."""

    def __init__(self, page, path):
        self.page, self.path, self.errors, self.requests = page, path, [], []
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda message: self.errors.append(message.text))
        page.on("request", lambda request: self.requests.append(request.url))

    def go(self, fragment=""):
        self.page.goto("about:blank")
        self.requests.clear()
        self.page.goto(f"file://{self.path}{fragment}")
        self.page.locator(".cn-recorded, .cn-listing").wait_for()

    @property
    def stage(self):
        return self.page.locator(".cn-stage[data-revision]")

    def control(self, name, axis=""):
        return self.page.locator(f'[name="{name}"]' + (f'[data-axis="{axis}"]' if axis else ""))

    @property
    def code(self):
        return self.page.locator(".cn-code").inner_text()

    def wait_until(self, condition, seconds=10):
        """Ask again and again: the page's policy lets nobody wait inside it by a text."""
        latest = time.monotonic() + seconds
        while not self.page.evaluate(condition):
            assert time.monotonic() < latest, condition
            self.page.wait_for_timeout(20)

    def wait_fragment(self, fragment):
        """It is written when the frame is drawn."""
        self.wait_until(f"location.hash === {json.dumps(fragment)}")

    def violations(self):
        """What axe finds against WCAG 2.2 AA."""
        if not AXE.exists():
            missing = "axe-core is missing; to get it: make browser"
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(missing)
        self.page.evaluate(AXE.read_text(encoding="utf-8"))
        found = self.page.evaluate("tags => axe.run(document, { runOnly: tags })", TAGS)
        return [(bad["id"], [node["html"][:200] for node in bad["nodes"]]) for bad in found["violations"]]

    @property
    def note(self):
        return self.page.locator(".cn-side [role=status]").inner_text()
