"""Where a mail goes, by the mailbox it came to and what it brings. Pure."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

RECEIPTS, REVIEW, INVOICES, NONE = "receipts", "review", "invoices", "none"
RECEIPTS_BOX, ACCOUNTING_BOX = "receipts", "accounting"

REFERENCE = re.compile(r"(?<![A-Z0-9-])([A-Z]{2}(?:-C)?-20[0-9]{2}-[0-9]{6})(?![0-9A-Z-])")
YEAR = re.compile(r"20[0-9]{2}")
NUMBER = re.compile(r"(?<![0-9A-Za-z-])([0-9]{4,6})(?![0-9A-Za-z-])")
DAYS = re.compile(r"(20[0-9]{2}-[01][0-9]-[0-3][0-9])[^0-9]{1,3}(20[0-9]{2}-[01][0-9]-[0-3][0-9])")


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox of a market: what comes to it."""

    market_id: int
    kind: str


@dataclass(frozen=True, slots=True)
class Brought:
    """What a mail brings, as far as its way depends on it: kinds of its attachments, a document it names."""

    kinds: Sequence[str]
    reference: str = ""


def route_of(box: Box | None, brought: Brought) -> str:
    """Where a mail goes."""
    if box is None:
        return NONE
    if box.kind == RECEIPTS_BOX:
        return RECEIPTS
    others = [kind for kind in brought.kinds if kind != "workbook"]
    if brought.reference and others:
        return INVOICES
    return REVIEW if len(others) < len(brought.kinds) else NONE


def box_of(addresses: Iterable[str], boxes: Mapping[str, Sequence[Box]]) -> str:
    """The first of some addresses that is one of our mailboxes, "" if none is."""
    return next((address for address in addresses if address in boxes), "")


def references_in(*texts: str) -> list[str]:
    """The documents that texts name, in their order, each once."""
    found = [reference for text in texts for reference in REFERENCE.findall(text.upper())]
    return list(dict.fromkeys(found))


def days_in(*texts: str) -> tuple[date, date] | None:
    """The first and the last day of the period that one of some texts names."""
    for text in texts:
        for first, last in DAYS.findall(text):
            try:
                return date.fromisoformat(first), date.fromisoformat(last)
            except ValueError:
                continue
    return None


@dataclass(frozen=True, slots=True)
class Chosen:
    """The partner number a mail is of; "" with the reason why none is chosen."""

    number: str = ""
    not_tied: bool = False


def partner_of(subject: str, tied: Collection[str], known: Collection[str]) -> Chosen:
    """Whose workbook it is: the subject's number, if the sender is tied to it, else the sender's only seller.

    ``known`` are the numbers in the subject that some seller has; another's is told as not tied. What may be
    a year is taken for one where the sender has but one seller.
    """
    numbers = list(dict.fromkeys(numbers_in(subject)))
    named = [number for number in numbers if number in tied]
    if len(named) == 1:
        return Chosen(named[0])
    others = [
        number for number in numbers if number in known and not (len(tied) == 1 and YEAR.fullmatch(number))
    ]
    if not named and others:
        return Chosen(not_tied=True)
    return Chosen(next(iter(tied)) if len(tied) == 1 and not named else "")


def numbers_in(text: str) -> list[str]:
    """What may be partner numbers in a text."""
    return NUMBER.findall(REFERENCE.sub(" ", DAYS.sub(" ", text)))
