"""What a notebook keeps of a widget for where no kernel runs."""

from IPython.display import display


class Shown:
    """Displays a widget together with its `_saved()`: a dict of MIME types and what they hold."""

    def _repr_mimebundle_(self, **kwargs):
        view = {"version_major": 2, "version_minor": 0, "model_id": self.model_id}
        return self._saved() | {"application/vnd.jupyter.widget-view+json": view}

    def _ipython_display_(self, **kwargs):
        """ipywidgets 7 knows no `_repr_mimebundle_`."""
        display(self._repr_mimebundle_(), raw=True)
