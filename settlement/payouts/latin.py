"""Texts in the letters every bank in Europe passes on. Pure: no Django, no clock.

The schemas allow any letter, but the banks between ours and the seller's promise only the basic Latin set
(EPC217-08): others they replace, drop or refuse, each in its own way. So we transliterate ourselves, and what
we keep is what the seller reads.
"""

import re

from text_unidecode import unidecode

LETTERS = r"A-Za-z0-9/\-?:().,'+ "
_OTHERS = re.compile(f"[^{LETTERS}]+")
_ALIKE = str.maketrans({"&": "+", "_": "-", ";": ",", '"': "'", "[": "(", "]": ")", "|": "/"})


def latin(text: str, limit: int) -> str:
    """A text in basic Latin letters, at most so many of them; "" where nothing of it can be written so."""
    plain = _OTHERS.sub(" ", unidecode(text).translate(_ALIKE))
    return " ".join(plain.split())[:limit].strip()
