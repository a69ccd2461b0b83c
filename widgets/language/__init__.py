"""Every word that a reader sees, looked up by key when it is said."""

from widgets.language.numbers import factor, number, short_all, thousands
from widgets.language.sentences import Sentence, axis_names, either, in_own_words, say, set_language, together, words
