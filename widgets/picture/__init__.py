"""Facts -> picture: what is to be drawn; and a figure, the still of it."""

from widgets.picture.picture import NO_CELL, TURNED, VIEWS, layer_picture

# `figure` is imported where it is used: Matplotlib is slow to import.
