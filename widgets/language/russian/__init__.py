"""Every word that a reader sees, in Russian, by the keys of the English table."""

from widgets.language.russian import facts, mistakes, quiz, stage, tools

ROOMS = (facts, mistakes, quiz, stage, tools)
RUSSIAN = {name.lower(): texts for table in ROOMS for name, texts in vars(table).items() if name.isupper()}
