"""explore(): the controls, facts and stage of a layer or a model, tied together."""

from widgets.explorer.explore import Explorer, explore
