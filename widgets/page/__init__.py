"""Pages that work without a kernel, on what was recorded of a tool."""

from widgets.page.page import PICTURES, RecordedTool, single_file, write_page, write_whole
from widgets.page.pictures import record_pictures
from widgets.page.recording import (
    LIMITS,
    Control,
    combinations,
    count_states,
    estimate,
    fits,
    fitting,
    record,
)
from widgets.page.site import SITE_TOOL, ask_for, record_what_is_displayed
