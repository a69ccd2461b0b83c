"""A slider over whole numbers that keeps each of them in every front end."""

import ipywidgets
import traitlets


class IntSlider(ipywidgets.IntSlider):
    """The whole numbers from `low` to `high`. Where there is only one, the slider is shown and cannot be moved.

    Colab's page draws sliders with the 8.0 alphas of ipywidgets, whose slider of whole numbers takes 10 for
    9.999999999999998, floors that, and sends 9 as soon as it is shown (ipywidgets issue 3221). Their slider of decimals
    sends what it has. So that one is drawn, and what comes from a page is rounded here.
    """

    _model_name = traitlets.Unicode("FloatSliderModel").tag(sync=True)
    _view_name = traitlets.Unicode("FloatSliderView").tag(sync=True)

    _echo = None

    def __init__(self, value, low, high, **traits):
        self._limits = low, high
        super().__init__(value, low, max(high, low + 1), **traits)  # a page cannot draw a range of one number
        self.disabled |= low == high
        # While it is hidden no page hears of it: each message has the page laid out once more.
        self.layout.observe(lambda change: change.new != "none" and self.send_state(), "display")

    def limit(self, low, high):
        """Offer the whole numbers from `low` to `high`, among them the present one."""
        before, self._limits = self._limits, (low, high)
        self.min, self.max = low, max(high, low + 1)
        if (low == high) != (before[0] == before[1]):
            self.disabled = low == high

    def admit(self, value):
        """Offer this number too, and all that lie between."""
        low, high = self._limits
        self.limit(min(low, value), max(high, value))

    def set_state(self, sync_data):
        """Take over what a page sent. The picture answers first; ipywidgets' echo, for other pages, waits."""
        if "value" in sync_data:
            sync_data = sync_data | {"value": round(sync_data["value"])}
        try:
            super().set_state(sync_data)
        finally:
            echo, self._echo = self._echo, None
            if echo is not None:  # with the value that there is now: the move may have made another one of it
                super()._send(echo | {"state": self.get_state(echo["state"])})

    def _send(self, msg, buffers=None):
        if msg.get("method") == "echo_update":  # it has no buffers: a slider's traits are numbers and words
            self._echo = msg
        else:
            super()._send(msg, buffers)

    def _should_send_property(self, key, value):
        return self.layout.display != "none" and super()._should_send_property(key, value)
