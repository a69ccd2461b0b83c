"""A picture in the browser, and what every tool there has."""

from widgets.stage import lifetime
from widgets.stage.snapshot import floats, make_snapshot, sent_channels
from widgets.stage.stage import Stage, browser_words, joined
from widgets.stage.tool import Tool
