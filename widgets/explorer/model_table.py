"""A model's layers as a table, beside what is drawn of them or alone."""

import ipywidgets

from widgets.facts import notebook_about
from widgets.language import in_own_words, say, together
from widgets.page import RecordedTool, write_page
from widgets.stage import Tool


def listing(model, folded):
    """The table itself, as a widget; folded: behind a click."""
    box = ipywidgets.HTML(model.html(folded))
    box.add_class("cn-listing")
    return box


class ModelTable(Tool, ipywidgets.VBox):
    """The layers of a model of which none can be drawn by itself. Made by `explore`."""

    def __init__(self, model):
        self.steps, self.macs_is, self.x = model.rows, model.macs[1], model.x
        self._model = model
        inside = say("model.explore_part", part=model.inside) if model.inside else ""
        self._remark = together(say("model.nothing_drawn"), inside)
        super().__init__([ipywidgets.HTML(self._remark), listing(model, folded=False)])
        self.add_class("cn-explorer")

    def __repr__(self):
        return f"<Table of {len(self.steps)} layers: {self._input()} -> {self.steps[-1]['output_shape']}>"

    def _input(self):
        """The shape of x, or those of a model's several inputs."""
        return ", ".join(str(one.shape) for one in (self.x if isinstance(self.x, list) else [self.x]))

    def _saved(self):
        return {"text/plain": repr(self), "text/html": self._model.html(folded=False)}

    @in_own_words
    def save(self, path):
        """Write a page with this table: path ends in .html. Raises ValueError for another path."""
        still = f'<p>{self._remark}</p><div class="cn-listing">{self._model.html(folded=False)}</div>'
        title = say("page.model", input=self._input(), output=self.steps[-1]["output_shape"])
        write_page(path, lambda: RecordedTool(None, {}, {}, title, self.words.language, notebook_about(()), still))
