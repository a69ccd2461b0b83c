"""Serves the notebooks' tools with Voila, without code: `make classroom`.

    python tools/classroom.py                          for this machine only
    python tools/classroom.py --address 192.168.1.20   for the network in which this machine has that address

A page is a notebook that has run in a kernel of its own. Voila takes no code from it, only what widgets send.
"""

import argparse
import logging
import socket
from pathlib import Path

import nbformat
from traitlets.config import Config
from voila.app import Voila

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"

THIS_MACHINE = (
    "Only this machine is served; for a class: make classroom ADDRESS=<this machine's address in its network>."
)
A_NETWORK = "Whoever reaches this address can open notebooks; each open page is a kernel on this machine."

# Voila's page is as wide as the window. Explorers may have more of it than lines of text.
STYLE = """<style>
#rendered_cells > div { max-width: 1280px; margin: auto; }
.jp-RenderedMarkdown :is(p, li) { max-width: 60em; }
</style>"""

# Every page has a kernel of its own. One that is closed or loaded again ends it, if that message arrives; else it
# is ended here, once no page has been connected to it for so many seconds.
FORSAKEN = {"cull_idle_timeout": 120, "cull_interval": 30}


def style(request, notebook, cwd):
    """Put the style before the first cell; Voila calls this with what it is about to run."""
    notebook.cells.insert(0, nbformat.v4.new_markdown_cell(STYLE))


CONFIG = Config(
    MappingKernelManager=FORSAKEN,
    # Thirty pages at once start slowly.
    VoilaExecutor={"startup_timeout": 600},
    VoilaConfiguration={
        "prelaunch_hook": style,
        # What else is installed for JupyterLab may not fit Voila.
        "extension_allowlist": [
            "@jupyter-widgets/jupyterlab-manager",
            "@voila-dashboards/widgets-manager7",
            "@voila-dashboards/widgets-manager8",
            "anywidget",
        ],
    },
)


def serve(address, port):
    """Serve until interrupted."""
    name = socket.gethostname() if address == "0.0.0.0" else address
    print(f"The class is at http://{name}:{port}/voila/render/00_start_here.ipynb")
    print(THIS_MACHINE if address == "127.0.0.1" else A_NETWORK, "Ctrl+C ends it.", flush=True)
    Voila.launch_instance(
        argv=[str(NOTEBOOKS)],
        ip=address,
        port=port,
        port_retries=0,
        open_browser=False,
        log_level=logging.WARNING,
        config_file_paths=[],  # no setting of the reader's may open this to others
        # Without this, Voila 0.5 refuses the message of a page that is closed (its issue 1458). Nothing that it
        # serves changes a file, and a kernel is reached only through its own random name.
        tornado_settings={"disable_check_xsrf": True},
        config=CONFIG,
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--address", default="127.0.0.1", help="where to listen; 0.0.0.0 is every network")
    parser.add_argument("--port", type=int, default=8866)
    serve(**vars(parser.parse_args()))
