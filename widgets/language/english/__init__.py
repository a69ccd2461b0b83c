"""Every word that a reader sees, in English: room -> name -> text. Names in braces are filled in by the caller.

A text with forms is a dict by plural category, as CLDR names them; the field `count` chooses.
"""

from widgets.language.english import facts, mistakes, quiz, stage, tools

ROOMS = (facts, mistakes, quiz, stage, tools)
ENGLISH = {name.lower(): texts for table in ROOMS for name, texts in vars(table).items() if name.isupper()}
