"""Controls that are moved by us and not by a reader."""

from contextlib import contextmanager


class OwnMoves:
    """True while an explorer moves its own controls, so that their observers are to do nothing.

    >>> own_moves = OwnMoves()
    >>> with own_moves.moving():
    ...     print(bool(own_moves))
    True
    >>> bool(own_moves)
    False
    """

    def __init__(self):
        self._depth = 0

    def __bool__(self):
        return self._depth > 0

    @contextmanager
    def moving(self):
        """Move controls in here."""
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
