"""ipywidgets keeps every widget for ever. Here the tools of a cell that was run again are let go, if nobody has them.

A tool is let go when none of the cells that made or showed it shows it now, no view of it is on any page, and
nothing that the reader can name holds it. Then Python frees it, and the browser with it.
"""

import asyncio
import gc
import time
import weakref

import ipywidgets
from IPython import get_ipython

MANY = 8  # replaced tools after which it is worth to look: to look takes as long as Python needs for all its objects
WAIT = 3  # seconds in which a page says that it shows a tool

_of_cell = {}  # a cell's id -> which run of it was the last, and weak references to the tools that it made or showed
_replaced = []  # weak references to the tools of earlier runs
_at_last_look = 0  # how many of them there were


def family(*tools):
    """The widgets that these are made of, themselves included: their children, with each one's layout and style."""
    found, waiting = {}, list(tools)
    while waiting:
        widget = waiting.pop()
        if id(widget) not in found:
            found[id(widget)] = widget
            for name in widget.keys:
                value = getattr(widget, name)
                parts = value if isinstance(value, (tuple, list)) else [value]
                waiting += [part for part in parts if isinstance(part, ipywidgets.Widget)]
    return list(found.values())


def close(*tools, but=()):
    """Close these with all that they are made of, except what `but` is made of."""
    kept = set(map(id, family(*but)))
    for widget in family(*tools):
        if id(widget) not in kept:
            widget.close()


def note(tool):
    """The cell that runs now makes or shows this tool."""
    parent = getattr(get_ipython(), "get_parent", dict)() or {}
    cell = parent.get("metadata", {}).get("cellId")
    if cell is None:  # not in a cell, or in a front end that does not tell one cell from another
        return
    run = parent["header"]["msg_id"]
    last, tools = _of_cell.get(cell, (run, []))
    if run != last:
        _replaced.extend(tools)
        tools = []
    _of_cell[cell] = (run, [*tools, weakref.ref(tool)])
    if len(_replaced) - _at_last_look >= MANY:
        _look_later()


def _look_later():
    """Ask the pages which of the replaced tools they show, and let the others go once the kernel has time."""
    global _at_last_look
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # no kernel
        return
    shown = {id(ref()) for _, tools in _of_cell.values() for ref in tools}
    _replaced[:] = {id(ref()): ref for ref in _replaced if ref() is not None and id(ref()) not in shown}.values()
    _at_last_look = len(_replaced)
    for ref in _replaced:
        ref().lifeline.ask()
    loop.call_later(WAIT, _look, time.monotonic())


def _look(asked):
    if time.monotonic() - asked > 2 * WAIT:  # the kernel was busy, and the pages' answers may still wait in line
        return _look_later()
    _let_go([tool for ref in _replaced if (tool := ref()) is not None and not tool.lifeline.seen])
    _replaced[:] = [ref for ref in _replaced if ref() is not None]
    _set_at_last_look()


def _set_at_last_look():
    global _at_last_look
    _at_last_look = len(_replaced)


def _let_go(tools):
    """Free those of these tools that only ipywidgets and IPython's list of outputs hold."""
    registry, taken = _registry(), []
    outputs = getattr(get_ipython(), "user_ns", {}).get("Out", {})
    for number in [number for number, value in outputs.items() if any(value is tool for tool in tools)]:
        if get_ipython().user_ns.get(f"_{number}") is outputs[number]:
            del get_ipython().user_ns[f"_{number}"]
        del outputs[number]
    for widget in family(*tools):
        if widget.comm is not None:
            registry.pop(widget.model_id, None)
            widget.comm.on_msg(None)
            taken.append((weakref.ref(widget), widget.comm))
    tools.clear()
    widget = None
    gc.collect()
    for ref, comm in taken:
        if (widget := ref()) is not None and widget.comm is comm:  # somebody holds it: all as before
            registry[widget.model_id] = widget
            comm.on_msg(widget._handle_msg)


def _registry():
    """Where ipywidgets keeps every widget."""
    found = getattr(ipywidgets.widgets.widget, "_instances", None)
    return ipywidgets.Widget.widgets if found is None else found  # ipywidgets 7
