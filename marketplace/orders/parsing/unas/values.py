"""Single values of UNAS's XML: texts, exact numbers, instants."""

import re
import unicodedata
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from marketplace.kernel.money import MINOR_UNITS, round_half_up
from marketplace.orders.parsing.unas.tree import Element
from marketplace.orders.rules.facts import Refused

ZONE = ZoneInfo("Europe/Budapest")
_NUMBER = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,8})?")
_INSTANT = re.compile(r"[0-9]{4}\.[0-9]{2}\.[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")


def text_at(element: Element | None, path: str, longest: int = 150) -> str:
    """The text at a path in one line, cut; "" if there is none."""
    if element is None:
        return ""
    text = " ".join((element.findtext(path) or "").split())
    # Controls, which XML allows in part and a file or a database may not.
    return "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cs"))[:longest]


def number_at(element: Element | None, path: str, called: str) -> Fraction | None:
    """The number at a path, exactly; None if there is none.

    :raises Refused: if it is no plain decimal number.
    """
    text = text_at(element, path, 60)
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise Refused(f"{called}: {text!r} is no number such as 1234.56")
    return Fraction(text)


def minor_of(amount: Fraction) -> int:
    """An amount in minor units, rounded half up where it is finer."""
    return round_half_up(amount.numerator * MINOR_UNITS, amount.denominator)


def instant_at(element: Element, path: str) -> datetime | None:
    """The instant at a path, by Budapest's clocks; None if there is none.

    :raises Refused: if it is no instant.
    """
    text = text_at(element, path, 60)
    if not text:
        return None
    try:
        if not _INSTANT.fullmatch(text):
            raise ValueError
        return datetime.strptime(text, "%Y.%m.%d %H:%M:%S").replace(tzinfo=ZONE)
    except ValueError:
        raise Refused(f"{path}: {text!r} is no time such as 2026.10.05 11:30:00") from None
