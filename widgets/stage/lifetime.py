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

_of_cell = {}  # a cell's id -> (which run of it was the last, the tools that it made or showed)
_replaced = weakref.WeakSet()  # the tools of earlier runs
_since_look = 0  # how many were replaced since the last look


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
    global _since_look
    parent = getattr(get_ipython(), "get_parent", dict)() or {}
    cell = parent.get("metadata", {}).get("cellId")
    if cell is None:  # not in a cell, or in a front end that does not tell one cell from another
        return
    run = parent["header"]["msg_id"]
    last, tools = _of_cell.get(cell, (run, weakref.WeakSet()))
    if run != last:
        _replaced.update(tools)
        _since_look += len(tools)
        tools = weakref.WeakSet()
    tools.add(tool)
    _of_cell[cell] = (run, tools)
    if _since_look >= MANY:
        _ask_pages()


def _ask_pages():
    """Ask the pages which of the replaced tools they show, and let the others go once the kernel has time."""
    global _since_look
    _since_look = 0
    try:
        loop = asyncio.get_running_loop()
    except RuntimeError:  # no kernel
        return
    for tool in _replaced:
        tool.connection.ask()
    loop.call_later(WAIT, _look, time.monotonic())


def _look(asked):
    if time.monotonic() - asked > 2 * WAIT:  # the kernel was busy, and the pages' answers may still wait in line
        _ask_pages()
        return
    shown = [tools for _, tools in _of_cell.values()]
    _let_go([tool for tool in _replaced if not tool.connection.seen and not any(tool in tools for tools in shown)])


def _let_go(tools):
    """Free those of these tools that only ipywidgets and IPython's list of outputs hold; empties the list."""
    registry, taken = _registry(), []
    _forget_outputs(tools)
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


def _forget_outputs(tools):
    """IPython numbers what the last line of a cell gave, and keeps it; the newest three are `_`, `__` and `___`."""
    shell = get_ipython()
    outputs = shell.user_ns["Out"] if shell else {}
    for number, output in list(outputs.items()):
        if any(output is tool for tool in tools):
            del outputs[number]
            for names in shell.all_ns_refs:
                if names.get(f"_{number}") is output:
                    del names[f"_{number}"]


def _registry():
    """Where ipywidgets keeps every widget."""
    found = getattr(ipywidgets.widgets.widget, "_instances", None)
    return ipywidgets.Widget.widgets if found is None else found  # ipywidgets 7
