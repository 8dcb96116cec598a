"""Where the order of a receipt is named, and which of several it may be."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from marketplace.edocuments.facts import EDocument, Kind, Syntax
from marketplace.edocuments.naming import read_name

WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{2,31}")
SHORTEST_WORD, MOST_PARTS, MOST_WORDS = 3, 6, 50
ORDER_PLACES = ("order_reference", "file_name", "subject", "notes")
"""Where an order's number may stand, for a market to choose from and to order."""
FALLBACK_FIELDS = ("seller", "buyer", "total")
"""What must agree where no number stands anywhere."""

RECEIPT_TYPES = ("01", "03")
"""SUNAT's types of what a note may refer to."""

ACCEPTED = {
    "sunat": {Syntax.SUNAT},
    "cfdi": {Syntax.CFDI},
    "en16931": {Syntax.UBL, Syntax.CII},
    "ksef": {Syntax.KSEF},
    "nav": {Syntax.NAV},
}
"""The syntaxes of each kind of receipts a market may ask for."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An order a receipt without an order's number may be of; its total is minor units."""

    key: int
    seller: int
    total: int
    currency: str
    buyers: frozenset[str]


def accepts(reader: str, document: EDocument) -> bool:
    """Whether a market that asks for one kind of receipts takes this one; "" takes any."""
    return not reader or document.syntax in ACCEPTED[reader]


def total_of(document: EDocument) -> int:
    """What a receipt is over, to be compared with its order's total."""
    return document.payable if document.syntax == Syntax.SUNAT else document.gross


def order_numbers(document: EDocument, *, place: str, name: str, subject: str) -> tuple[str, ...]:
    """The words at a place that may be an order's number, first those that stand first; not more than some
    dozens, since no receipt is of more orders.
    """
    return tuple(islice(dict.fromkeys(_numbers_at(document, place, name, subject)), MOST_WORDS))


def _numbers_at(document: EDocument, place: str, name: str, subject: str) -> Iterable[str]:
    if place == "order_reference":
        return tuple(
            dict.fromkeys((*document.orders, *(line.order for line in document.lines if line.order)))
        )
    if place == "file_name":
        return (
            ()
            if read_name(name)
            else _words(re.sub(r"\.(xml|pdf)$", "", name, flags=re.IGNORECASE), document)
        )
    if place == "subject":
        return _words(subject, document)
    return tuple(word for note in document.notes for word in _words(note, document))


def fits(
    document: EDocument, candidate: Candidate, *, fields: Iterable[str], seller: int, tolerance: int
) -> bool:
    """Whether an order agrees with a receipt in all fields that must; it is always the seller's own."""
    agrees = {
        "seller": True,
        "buyer": bare(document.customer.tax_id) in candidate.buyers,
        "total": abs(candidate.total - total_of(document)) <= tolerance,
    }
    own = candidate.seller == seller and candidate.currency == document.currency
    return own and all(agrees[field] for field in fields)


def identity_of(document: EDocument, country: str = "") -> str:
    """What copies of one document share, as a text; the kind of a note keeps it apart from its original,
    and a tax id is one however it is spelled.
    """
    tax_id, *rest = document.identity
    own = (bare(tax_id).removeprefix(country), *rest)
    if document.syntax != Syntax.SUNAT:
        own = (document.kind, *own)
    return "|".join((document.syntax, *own))[:120]


def original_identities(document: EDocument) -> tuple[str, ...]:
    """The identities the receipts may have that a note refers to."""
    if document.syntax != Syntax.SUNAT:
        return ()
    numbers = (number.rpartition("-") for number in originals_of(document))
    return tuple(
        "|".join((document.syntax, document.supplier.tax_id, code, series, serial))
        for series, _, serial in numbers
        for code in RECEIPT_TYPES
    )


def originals_of(document: EDocument) -> tuple[str, ...]:
    """The numbers of the receipts a note refers to, in one spelling: "E001 - 0170" is E001-170."""
    return tuple(plain_number(each) for each in document.originals)


def plain_number(number: str) -> str:
    """A number in one spelling: without blanks, capital, its serial without leading zeros."""
    bare_number = re.sub(r"\s+", "", number).upper()
    series, dash, serial = bare_number.rpartition("-")
    return f"{series}-{serial.lstrip('0') or '0'}" if dash and serial.isdigit() else bare_number


def tax_id_spellings(tax_id: str, country: str) -> tuple[str, ...]:
    """A tax id with and without its country's letters."""
    plain = bare(tax_id)
    short = plain.removeprefix(country)
    return (plain,) if plain == short == "" else tuple(dict.fromkeys((plain, short, f"{country}{short}")))


def bare(text: str) -> str:
    """Letters and digits alone, capital."""
    return re.sub(r"[^0-9A-Za-z]", "", text).upper()


def is_note(document: EDocument) -> bool:
    """Whether it changes a receipt rather than being one."""
    return document.kind in (Kind.CREDIT, Kind.DEBIT)


def _words(text: str, document: EDocument) -> tuple[str, ...]:
    own = {document.number, document.series, document.serial, document.supplier.tax_id}
    return tuple(dict.fromkeys(word for word in WORD.findall(text) if word not in own))


def spread(numbers: Sequence[str]) -> tuple[str, ...]:
    """Numbers with those hidden in longer words: "Order-PE-100017." holds PE-100017; the longest first."""
    runs = (run for number in numbers for run in sorted(_runs(number), key=len, reverse=True))
    return tuple(dict.fromkeys(run for run in runs if len(run) >= SHORTEST_WORD))


def _runs(word: str) -> Iterable[str]:
    """The runs of a word's parts, with what stands between them."""
    parts = re.split(r"([._/-]+)", word.strip("._/-"))[: 2 * MOST_PARTS - 1]
    for first in range(0, len(parts), 2):
        for last in range(first, len(parts), 2):
            yield "".join(parts[first : last + 1])
