"""How numbers are written, wherever a reader sees them; `stage/text.js` writes them alike in the browser."""

import math
from decimal import ROUND_HALF_UP, Context, Decimal

DIGITS = 4  # wherever a number is written, unless a cell has no room for them
_EXACT = Context(prec=400)  # for numbers of any size


def number(value):
    """A number as it is written everywhere: so many significant digits, a large one whole, no zeros at the end.

    >>> number(-0.199007), number(12345.6), number(2.0)
    ('-0.199', '12346', '2')
    """
    if not math.isfinite(value):
        return str(float(value))
    exact = Decimal(value if isinstance(value, int) else float(value))
    whole = 10 ** (DIGITS - 1) <= abs(exact) < 10**21
    return _plain(_rounded(exact, 0 if whole else DIGITS - 1 - exact.adjusted()))


def thousands(value):
    """A count as it is read, 438,048; what is not whole as `number` writes it."""
    text = number(value)
    return f"{int(text):,}" if text.isdigit() else text


def factor(value):
    """A number in a sum or a product, in brackets where it is negative."""
    return f"({number(value)})" if value < 0 else number(value)


def short(value, room, most=6):
    """A number for a cell with so much room, in em. "" where it would have to be rounded beyond recognition."""
    text, size, exact = number(value), abs(value), Decimal(float(value))
    tries = [text] if _decimals(text) <= most else []
    if size < 1e6:
        tries += [f"{_rounded(exact, digits):f}" for digits in range(min(most, 3), -1 if size >= 100 else 0, -1)]
    elif size < math.inf:
        tries += [f"{_rounded(exact, digits - exact.adjusted()):.{digits}e}" for digits in (1, 0)]
    return next((text for text in tries if width_of(text) <= room), "")


def short_all(values, room):
    """Numbers for cells of one size: where some must be rounded, none has more decimals than these. None where one has
    no room."""
    most = 6
    for value in values:
        text = short(value, room, most)
        if not text:
            return None
        if text != number(value) and abs(value) < 100:
            most = _decimals(text)
    return [short(value, room, most) for value in values]


def width_of(text):
    """About how wide a number is, in em: digits are wider than points and signs."""
    return sum(0.35 if letter in ".-" else 0.62 for letter in text)


def _decimals(text):
    return len(text.partition(".")[2])


def _rounded(exact, digits):
    """To so many decimals; halves go up in size, and there is no -0."""
    rounded = exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP, _EXACT)
    return rounded if rounded else abs(rounded)


def _plain(rounded):
    """Without zeros at the end; a tiny or a huge one as 1.5e-7."""
    if rounded and not -7 < rounded.adjusted() < 21:
        return f"{rounded:.{len(rounded.normalize(_EXACT).as_tuple().digits) - 1}e}"
    text = f"{rounded:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
