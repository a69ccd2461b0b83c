"""Controls that are moved by us and not by a reader."""

from contextlib import contextmanager


class Quiet:
    """True while an explorer moves its own controls, so that their observers are to do nothing.

    >>> quiet = Quiet()
    >>> with quiet.moving():
    ...     print(bool(quiet))
    True
    >>> bool(quiet)
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
