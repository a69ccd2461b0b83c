"""Pages that work without a kernel, on what was recorded of a tool."""

from widgets.page.page import RECORDED_EXPLORER, SHEETS, RecordedTool, in_colab, write_page
from widgets.page.recording import LIMITS, Control, Recording, estimate, fits, fitting, record_pictures, record_states
from widgets.page.site import SITE_TOOL, ask_for, record_what_is_displayed
