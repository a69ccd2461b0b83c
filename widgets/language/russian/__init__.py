"""Every word that a reader sees, in Russian, by the keys of the English table."""

import re

from widgets.language.russian import facts, mistakes, quiz, stage, tools

ROOMS = (facts, mistakes, quiz, stage, tools)
# What is counted; words by their beginnings.
COUNTED = (
    "байт|вес|выход|групп|канал|клет|параметр|плоскост|произвед|раз|секунд|сло|состоян|строк|столб|точ|умнож|фильтр|шаг"
)
# Where no line may break: after a word of one letter, before a dash, and between a number and what is counted.
LOOSE = re.compile(rf"(?<=\b[вксоуиаяВКСОУИАЯ]) | (?=—)|(?<=[\d}}]) (?=(?:{COUNTED}|[кМГ]?Б\b|м?с\b))")


def unbroken(text):
    """A text, or its forms by category, whose lines do not break there.

    >>> unbroken("Окно — это 9 клеток и шаг.")
    'Окно\\xa0— это 9\\xa0клеток и\\xa0шаг.'
    """
    if isinstance(text, dict):
        return {form: unbroken(one) for form, one in text.items()}
    return LOOSE.sub("\u00a0", text)


RUSSIAN = {
    name.lower(): {key: unbroken(text) for key, text in texts.items()}
    for table in ROOMS
    for name, texts in vars(table).items()
    if name.isupper()
}
