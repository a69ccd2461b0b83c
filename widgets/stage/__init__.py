"""A picture in the browser, and what every tool there has."""

from widgets.stage import lifetime
from widgets.stage.stage import Stage
from widgets.stage.tool import Tool
