"""The comment that tells a voucher payment to systems with no field for it: written in six languages, and
read back, ours and others'. Pure: no Django, no clock.

``Saldo id: 3647119 – Attention! Order partially paid by voucher. Voucher value: 4690 HUF``
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from marketplace.kernel.money import LARGEST, MINOR_UNITS, decimal_text
from marketplace.orders.rules.facts import Refused

PARTLY: Mapping[str, str] = {
    "en": "Attention! Order partially paid by voucher. Voucher value",
    "es": "¡Atención! Pedido pagado parcialmente con vale. Valor del vale",
    "pl": "Uwaga! Zamówienie częściowo opłacone bonem. Wartość bonu",
    "ro": "Atenție! Comandă achitată parțial cu voucher. Valoare voucher",
    "hu": "Figyelem! A rendelés részben utalvánnyal fizetve. Utalvány értéke",
    "cs": "Pozor! Objednávka částečně uhrazena poukazem. Hodnota poukazu",
}
WHOLLY: Mapping[str, str] = {
    "en": "Order paid by voucher. Voucher value",
    "es": "Pedido pagado con vale. Valor del vale",
    "pl": "Zamówienie opłacone bonem. Wartość bonu",
    "ro": "Comandă achitată cu voucher. Valoare voucher",
    "hu": "A rendelés utalvánnyal fizetve. Utalvány értéke",
    "cs": "Objednávka uhrazena poukazem. Hodnota poukazu",
}
CODES = (
    "BGN",
    "CHF",
    "COP",
    "CZK",
    "EUR",
    "GBP",
    "HUF",
    "MXN",
    "PEN",
    "PLN",
    "RON",
    "RSD",
    "TRY",
    "UAH",
    "USD",
)
CURRENCIES: Mapping[str, str] = {
    "forint": "HUF",
    "ft": "HUF",
    "lei": "RON",
    "leu": "RON",
    "zl": "PLN",
    "kc": "CZK",
    "€": "EUR",
    "euro": "EUR",
    "£": "GBP",
    "s/": "PEN",
    **{code.lower(): code for code in CODES},
}
"""How currencies are written after an amount, without diacritics; ``$`` is not here: it is many."""

LONGEST_VALUE = 200

_PAID = re.compile(
    r"\b(?:paid|settled|achitat|platit|pagad|abonad|oplacon|zaplacon|fizet|kifizet|kiegyenlit|uhrazen|hrazen|zaplacen)"
)
_PARTLY = re.compile(r"\b(?:part(?:ial|ly|e\b)|in part\b|parcial|czesciow|reszben|reszleges|castecn)")
_VOUCHER = re.compile(r"\b(?:voucher|vales?\b|bon(?:o|os|em|u|ow|y)?\b|[ck]upon|utalvan|poukaz)")
_VALUE = re.compile(r"\b(?:value|amount|valoare|valor|wartosc|ertek|hodnot)")
_HEAD = re.compile(r"\bid ?: ?(?P<order>[a-z0-9][a-z0-9._/-]{0,63})", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?P<number>[0-9][0-9 .,']{0,30}?)(?:, ?-)? ?(?P<currency>"
    + "|".join(re.escape(word) for word in sorted(CURRENCIES, key=len, reverse=True))
    + r")(?![a-z0-9])",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?P<whole>0|[1-9][0-9]{0,14}|[1-9][0-9]{0,2}(?P<group>[ .,'])[0-9]{3}(?:(?P=group)[0-9]{3}){0,4})"
    r"(?:(?P<point>[.,])(?P<cents>[0-9]{1,2}))?"
)
_WITHOUT_MARK = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ı": "i", "−": "–"})


@dataclass(frozen=True, slots=True)
class VoucherNote:
    """What a comment says of a voucher: whose order, how much of it, and whether that was only a part.

    ``source`` and ``order`` are empty where the comment names none; ``amount`` is minor units.
    """

    source: str
    order: str
    amount: int
    currency: str
    partial: bool


def voucher_comment(
    *, source: str, number: str, voucher: int, total: int, currency: str, language: str
) -> str:
    """Write the comment for an order's voucher payment; "" where no voucher paid.

    A language we do not write gets English.
    """
    if voucher <= 0:
        return ""
    texts = PARTLY if voucher < total else WHOLLY
    text = texts.get(language[:2].lower(), texts["en"])
    return f"{source} id: {number} – {text}: {_plain_amount(voucher)} {currency}"


def read_comment(text: str) -> VoucherNote | None:
    """Read what a comment says of a voucher payment; None where it speaks of something else.

    :raises Refused: where it says that a voucher paid, but not clearly how much.
    """
    plain = _plain(text)
    head = _HEAD.search(plain)
    said = _said(plain)
    if said is None:
        return None
    amounts = {amount for each in _valued(plain) for amount in _amounts(each)}
    if not amounts:
        if head is None:
            return None
        raise Refused("comment: it says that a voucher paid, but not how much")
    if len(amounts) > 1:
        told = ", ".join(sorted(f"{decimal_text(minor)} {currency}" for minor, currency in amounts))
        raise Refused(f"comment: it names several values of a voucher: {told[:200]}")
    ((minor, currency),) = amounts
    return VoucherNote(
        source=_source(plain[: head.start()]) if head else "",
        order=head["order"].rstrip("._/-") if head else "",
        amount=minor,
        currency=currency,
        partial=_PARTLY.search(said) is not None,
    )


def settle_note(total: int, voucher: int, currency: str = "") -> int:
    """What is left to be paid besides the voucher; 0 where it covers all.

    :raises Refused: if the voucher is worth more than the order: a person decides.
    """
    if voucher > total:
        raise Refused(
            f"voucher: {_told(voucher, currency)} is more than the order's {_told(total, currency)}; "
            "a person must decide what it paid"
        )
    return total - voucher


def _plain_amount(minor: int) -> str:
    return str(minor // MINOR_UNITS) if minor % MINOR_UNITS == 0 else decimal_text(minor)


def _told(minor: int, currency: str) -> str:
    return f"{decimal_text(minor)} {currency}".rstrip()


def _plain(text: str) -> str:
    """The text without diacritics, with one kind of blank, and its dashes set apart from words.

    Sign by sign: a long run of marks normalised at once takes time by its square.
    """
    return " ".join("".join(_plain_sign(sign) for sign in text.translate(_WITHOUT_MARK)).split())


def _plain_sign(sign: str) -> str:
    if sign.isascii():
        return sign
    kind = unicodedata.category(sign)
    if kind == "Pd":
        return " - "
    if kind in ("Cf", "Cs", "Mn"):
        return ""
    return "".join(each for each in unicodedata.normalize("NFKD", sign) if unicodedata.category(each) != "Mn")


def _said(plain: str) -> str | None:
    """The sentence that says a voucher paid; None if none does."""
    for sentence in re.split(r"[.!?:;]", plain.lower()):
        if _VOUCHER.search(sentence) and _PAID.search(sentence):
            return sentence
    return None


def _valued(plain: str) -> list[str]:
    """What follows each "voucher value:", to the end of its sentence."""
    pieces = plain.split(":")
    found = []
    for label, value in pairwise(pieces):
        words = re.split(r"[.!?;]", label[-60:].lower())[-1]
        if _VALUE.search(words) and _VOUCHER.search(words):
            found.append(re.split(r"[.!?;] ", value[:LONGEST_VALUE].strip(), maxsplit=1)[0])
    return found


def _amounts(value: str) -> list[tuple[int, str]]:
    """The amounts written in a value, which must begin with one."""
    if not _AMOUNT.match(value):
        raise Refused(f"comment: the voucher's value cannot be read: {value[:60]!r}")
    return [
        (_minor(found["number"]), CURRENCIES[found["currency"].lower()]) for found in _AMOUNT.finditer(value)
    ]


def _minor(number: str) -> int:
    """Minor units of a number with blanks, dots, commas or apostrophes between its thousands."""
    found = _NUMBER.fullmatch(number.strip())
    if found is None or (found["group"] and found["group"] == found["point"]):
        raise Refused(f"comment: {number.strip()!r} is no amount that can be read one way only")
    whole = re.sub(r"[ .,']", "", found["whole"])
    minor = int(whole) * MINOR_UNITS + int((found["cents"] or "0").ljust(2, "0"))
    if not 0 < minor <= LARGEST:
        raise Refused(f"comment: {number.strip()!r} is no value of a voucher")
    return minor


def _source(before: str) -> str:
    """The name before "id:", from the last sentence or dash on."""
    return re.split(r"[.!?;|,] | - ", before[-60:].strip())[-1].strip()[:40]
