"""What is said where Keras refuses: its own words, and what to change."""

import math
import re

from widgets import arithmetic
from widgets.facts.kinds import kind_of
from widgets.language import either, say


def advice(known, problem):
    """One plain line on what to change, when Keras refused these settings."""
    settings, axes = known["settings"], known["axes"]
    channels = known["input_shape"][known["channel_axis"]]
    filters, groups = settings.get("filters"), settings.get("groups", 1)
    if any(axis["s"] > 1 for axis in axes) and any(axis["d"] > 1 for axis in axes):
        return say("facts.advice_strides_dilation")
    fitting = either(g for g in arithmetic.divisors(channels) if (filters or 0) % g == 0)
    if channels % groups:
        return say("facts.advice_channels", groups=groups, channels=channels, options=fitting)
    if filters and filters % groups:
        options = either(f for f in (filters // groups * groups, (filters // groups + 1) * groups) if f)
        return say("facts.advice_filters", groups=groups, filters=filters, fitting=fitting, options=options)
    for formula, axis in zip(known["size_formulas"], axes):
        name, given = say(f"axes.{formula.split(':')[0]}"), axis.get("output_padding")
        if given is not None and given >= axis["s"]:
            fields = {"axis": name, "given": given, "strides": axis["s"], "options": either(range(axis["s"]))}
            return say("facts.advice_output_padding", **fields)
        if given is not None and axis["padding"] == "same":
            o = arithmetic.transposed_size(**axis)
            if math.ceil(o / axis["s"]) != axis["n"]:
                return say("facts.advice_no_forward", axis=name, strides=axis["s"], n=axis["n"], o=o)
        window = arithmetic.window_size(axis["k"], axis["d"])
        if axis["padding"] == "valid" and kind_of(known["operation"]).output_size(**axis) < 1:
            return say("facts.advice_window", axis=name, window=window, n=axis["n"])
    # What TensorFlow says where only its oneDNN kernels could answer; whether they are on depends on the processor.
    if re.search(r"[Cc]urrent (CPU )?implementations? (do|does|only)|NHWC tensor format on the CPU", problem):
        return say("facts.advice_onednn")
    return say("facts.advice_other")


def plain_text(refusal):
    """An exception's words without colour codes and without the frames that Keras and TensorFlow put around them."""
    text = re.sub(r"\x1b\[[0-9;]*m|\{\{function_node [^}]*\}\} ", "", str(refusal)).strip()
    text = re.sub(r"^Exception encountered when calling .*\n+", "", text)
    return text or type(refusal).__name__
