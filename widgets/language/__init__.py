"""Every word that a reader sees."""

from widgets.language import comparison_words, question_words, words

__all__ = [
    "comparison_words",
    "question_words",
    "words",
]
