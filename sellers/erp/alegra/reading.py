"""What Alegra answers, read leniently: ids are text or numbers, objects may be lists, numbers strings."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, TypeVar

from sellers.erp.port import Choice, Company, Contact, Item, Made, Tax

Row = TypeVar("Row")

COUNTRIES = {
    "argentina": "AR",
    "chile": "CL",
    "colombia": "CO",
    "costarica": "CR",
    "ecuador": "EC",
    "espana": "ES",
    "mexico": "MX",
    "panama": "PA",
    "peru": "PE",
    "republicadominicana": "DO",
    "spain": "ES",
}
"""The editions there are; of others only the seller knows which country they are for."""

LONGEST_ID = 40
SMALLEST, LARGEST = -15, 15
"""The powers of ten of the numbers we keep: what is less is nothing, and would be endless written out."""


class Misread(ValueError):
    """An answer is not what it should be."""


def company_of(told: Any) -> Company:
    values = _object(told)
    version = text_of(values.get("applicationVersion")).lower().replace(" ", "")
    currency = _first(values.get("currency"))
    return Company(
        name=text_of(values.get("name")),
        identification=text_of(values.get("identification")),
        country=COUNTRIES.get(version, ""),
        currency=text_of(currency.get("code") if isinstance(currency, Mapping) else currency),
    )


def choice_of(told: Any) -> Choice:
    values = _object(told)
    name = text_of(values.get("name")) or text_of(values.get("prefix"))
    return Choice(_id(values), name or _id(values))


def numbering_of(told: Any) -> Choice:
    """A numbering of invoices; others have theirs.

    :raises Misread: if it is one of other papers.
    """
    if text_of(_object(told).get("documentType") or "invoice") != "invoice":
        raise Misread("no numbering of invoices")
    return choice_of(told)


def offered(read: Callable[[Any], Row]) -> Callable[[Any], Row]:
    """Read what may be chosen.

    :raises Misread: if it is not in use any more.
    """

    def read_active(told: Any) -> Row:
        if text_of(_object(told).get("status") or "active") != "active":
            raise Misread("not in use any more")
        return read(told)

    return read_active


def tax_of(told: Any) -> Tax:
    values = _object(told)
    rate = int((decimal_of(values.get("percentage")) * 100).to_integral_value(ROUND_HALF_UP))
    return Tax(_id(values), text_of(values.get("name")), rate, text_of(values.get("type")))


def item_of(told: Any) -> Item:
    values = _object(told)
    inventory = _first(values.get("inventory"))
    warehouses = inventory.get("warehouses") if isinstance(inventory, Mapping) else None
    return Item(
        id=_id(values),
        name=text_of(values.get("name")),
        reference=_reference(values.get("reference")),
        barcode=_barcode(values.get("customFields")),
        active=text_of(values.get("status") or "active") == "active",
        stock=tuple(
            (text_of(each.get("id")), decimal_of(each.get("availableQuantity")))
            for each in warehouses or []
            if isinstance(each, Mapping) and text_of(each.get("id"))
        ),
    )


def contact_of(told: Any) -> Contact:
    values = _object(told)
    detailed = _first(values.get("identificationObject"))
    number = detailed.get("number") if isinstance(detailed, Mapping) else None
    return Contact(
        _id(values), text_of(number) or text_of(values.get("identification")), text_of(values.get("name"))
    )


def made_of(told: Any) -> Made:
    values = _object(told)
    stamp = _first(values.get("stamp"))
    return Made(
        id=_id(values),
        number=_number(_first(values.get("numberTemplate"))),
        status=text_of(values.get("status")),
        on=_day(values.get("date")),
        total=_minor(values.get("total")),
        texts=texts_of(values),
        pdf_url=text_of(values.get("pdf") or values.get("pdfUrl")),
        stamped=isinstance(stamp, Mapping) and bool(stamp) and not _is_rejected(stamp),
        rejected=isinstance(stamp, Mapping) and _is_rejected(stamp),
    )


def texts_of(told: Any) -> tuple[str, ...]:
    """An invoice's notes, as far as it tells them."""
    values = told if isinstance(told, Mapping) else {}
    return tuple(text_of(values[name]) for name in ("observations", "anotation") if name in values)


def rows_of(told: Any) -> list[Any]:
    """A list, bare or in its envelope with metadata."""
    rows = told.get("data") if isinstance(told, Mapping) else told
    if not isinstance(rows, list):
        raise Misread("a list was expected")
    return rows


def id_in(told: Any) -> Any:
    """What a row is known by while its list is read; a row without an id, by itself."""
    return (text_of(told.get("id")) or told) if isinstance(told, Mapping) else told


def after(rows: list[Any], last: Any) -> list[Any] | None:
    """The rows after the one that was read last; None if it is not among them, or there is none."""
    if last is None:
        return rows
    places = [place for place, row in enumerate(rows) if id_in(row) == last]
    return rows[places[0] + 1 :] if places else None


def error_text(told: Any) -> str:
    """What an error says, in any of its envelopes."""
    if not isinstance(told, Mapping):
        return ""
    inner = told.get("error")
    words = [inner.get("message")] if isinstance(inner, Mapping) else [told.get("message"), inner]
    details = told.get("details")
    found = [text_of(each) for each in (*words, details if isinstance(details, str) else None) if each]
    return "; ".join(dict.fromkeys(found))


def error_code(told: Any) -> str:
    """The code an error carries; none is empty."""
    return text_of(told.get("code")) if isinstance(told, Mapping) else ""


def text_of(value: Any) -> str:
    """A value as text that can be kept and shown; what is no plain value is none."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float, Decimal)):
        return ""
    plain = str(value)
    if not plain.isprintable():
        # No database keeps a NUL or half a sign, and signs that turn the direction make a name another.
        plain = "".join(sign for sign in plain if sign.isprintable() or sign.isspace())
    return " ".join(plain.split())


def decimal_of(value: Any) -> Decimal:
    """A number, also where it is written as text; none is nothing."""
    if value in (None, ""):
        return Decimal(0)
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        raise Misread(f"{str(value)[:40]!r} is no number") from None
    if not number.is_finite() or number.adjusted() > LARGEST:
        raise Misread(f"{str(value)[:40]!r} is no number we keep")
    return number if number.adjusted() >= SMALLEST else Decimal(0)


def minor_of(value: Any) -> int:
    """An amount in minor units, rounded once."""
    return int((decimal_of(value) * 100).to_integral_value(ROUND_HALF_UP))


def _is_rejected(stamp: Mapping[str, Any]) -> bool:
    return "REJECTED" in text_of(stamp.get("legalStatus")).upper()


def _minor(value: Any) -> int | None:
    """An amount; none, if it is not told or cannot be read: what it belongs to is there all the same."""
    try:
        return None if value in (None, "", [], {}) else minor_of(value)
    except Misread:
        return None


def _object(told: Any) -> Mapping[str, Any]:
    if not isinstance(told, Mapping):
        raise Misread("an object was expected")
    return told


def _first(value: Any) -> Any:
    """An object that may come as a list of one."""
    return (value[0] if value else None) if isinstance(value, list) else value


def _id(values: Mapping[str, Any]) -> str:
    found = text_of(values.get("id"))
    if not found or len(found) > LONGEST_ID:
        raise Misread("an id is missing")
    return found


def _reference(value: Any) -> str:
    return text_of(value.get("reference")) if isinstance(value, Mapping) else text_of(value)


def _barcode(fields: Any) -> str:
    found = (each for each in _list(fields) if isinstance(each, Mapping) and each.get("key") == "barcode")
    return next((text_of(each.get("value")) for each in found), "")


def _list(value: Any) -> Iterator[Any]:
    yield from value if isinstance(value, list) else []


def _number(template: Any) -> str:
    if not isinstance(template, Mapping):
        return ""
    whole = text_of(template.get("fullNumber") or template.get("formattedNumber"))
    number = text_of(template.get("number"))
    return whole or (text_of(template.get("prefix")) + number if number else "")


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(text_of(value)[:10])
    except ValueError:
        return None
