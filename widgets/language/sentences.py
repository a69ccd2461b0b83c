"""Sentences by key, in the language that the reader has chosen."""

import functools
from contextvars import ContextVar

import babel

from widgets.language.english import ENGLISH
from widgets.language.russian import RUSSIAN

# By the language's code; a new language is a line here, and a table with the keys of the English one. What a table
# lacks is said in English.
LANGUAGES = {"en": ENGLISH, "ru": RUSSIAN}


class Sentence(str):
    """A text for a reader, with the key and the fields that it was made of: who shows it may say it in other words."""

    def __new__(cls, text, key, fields):
        made = super().__new__(cls, text)
        made.key, made.fields = key, fields
        return made

    def __getnewargs__(self):  # what copying and pickling make it of
        return str(self), self.key, self.fields


class Words:
    """The sentences of one language.

    >>> words = Words("en")
    >>> words("facts.broken_rule", name="groups", rule="a divisor")
    '`groups` must be a divisor.'
    """

    def __init__(self, language):
        self.language, table = language, LANGUAGES[language]
        self._table = {room: texts | table.get(room, {}) for room, texts in ENGLISH.items()}

    def __call__(self, key, **fields):
        """The sentence of this key, "room.name", with its fields filled in; its form follows the field `count`."""
        room, _, name = key.partition(".")
        text = self._table[room][name]
        if isinstance(text, dict):
            text = text.get(babel.Locale.parse(self.language).plural_form(fields["count"]), text["other"])
        return Sentence(text.format(**fields), key, fields)

    def again(self, text):
        """The same sentence in this language; a text without a key, Keras' own say, stays as it is."""
        if not isinstance(text, Sentence):
            return text
        return self(text.key, **{name: self.again(value) for name, value in text.fields.items()})

    def room(self, *names):
        """The texts of one room by name, or those of several by key."""
        if len(names) == 1:
            return dict(self._table[names[0]])
        return {f"{room}.{name}": text for room in names for name, text in self._table[room].items()}


_chosen = "en"
_speaking = ContextVar("the words of the tool at work, whatever the reader has chosen since", default=None)


def set_language(language):
    """Choose the language of the tools that are made from now on; those there are keep theirs.

    Raises ValueError for one that there is no table for.
    """
    global _chosen
    if language not in LANGUAGES:
        known = either(map(repr, LANGUAGES))
        raise ValueError(say("controls.unknown_language", known=known, received=repr(language), example=_chosen))
    _chosen = language


def words():
    """The words of the tool at work, or else of the language chosen."""
    return _speaking.get() or Words(_chosen)


def say(key, **fields):
    """The sentence of this key in the language of the moment."""
    return words()(key, **fields)


def in_own_words(method):
    """A method of a tool that says everything in the words that the tool was made in, `self.words`."""

    @functools.wraps(method)
    def said(self, *arguments, **named):
        token = _speaking.set(self.words)
        try:
            return method(self, *arguments, **named)
        finally:
            _speaking.reset(token)

    return said


def either(options):
    """Options as a reader would list them.

    >>> either([2, 4, 8]), either([2])
    ('2, 4 or 8', '2')
    """
    *first, last = map(str, options)
    return say("facts.either", first=", ".join(first), last=last) if first else last


def axis_names(names):
    """The names of a tensor's axes, as a reader sees them.

    >>> axis_names(("height", "width", "in / groups", "filters"))
    '(height, width, in / groups, filters)'
    """
    return f"({', '.join(say(f'axes.{name}') for name in names)})"


def together(*sentences):
    """Sentences one behind the other; "" where there is none, and those that are "" are left out."""
    some = [sentence for sentence in sentences if sentence]
    return functools.reduce(lambda first, second: say("facts.together", first=first, second=second), some or [""])
