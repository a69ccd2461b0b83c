"""A picture in the browser, and what every tool there has."""

from widgets.stage import lifetime
from widgets.stage.snapshot import whole_state
from widgets.stage.stage import Stage, browser_words, joined
from widgets.stage.tool import Tool
