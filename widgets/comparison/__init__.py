"""compare(): layers side by side."""

from widgets.comparison.compare import Comparison, compare
