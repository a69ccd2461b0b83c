"""What every tool has: a line to its kernel, and what a notebook keeps of it for where no kernel runs."""

from IPython.display import display

from widgets.language import words
from widgets.stage import lifetime
from widgets.stage.python_connection import Connection


class Tool:
    """A box of widgets, displayed together with its `_saved()`: a dict of MIME types and what they hold."""

    def __init__(self, children):
        self.words = words()  # of the language that was chosen when it was made
        self.connection = Connection()
        super().__init__([*children, self.connection])
        self.add_class("cn-tool")
        lifetime.note(self)

    def _repr_mimebundle_(self, **kwargs):
        lifetime.note(self)
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return self._saved() | self._beside() | {"application/vnd.jupyter.widget-view+json": view}

    def _beside(self):
        """What else a display bears: the builder of a site asks for the tool's record."""
        return {}

    def _ipython_display_(self, **kwargs):
        """ipywidgets 7 knows no `_repr_mimebundle_`."""
        display(self._repr_mimebundle_(), raw=True)
