"""Our own JSON order: amounts are decimal strings, instants ISO 8601 with an offset, rates percent."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from marketplace.kernel.money import BadAmount, parse_minor, parse_rate
from marketplace.orders.rules.facts import CustomerFacts, LineFacts, OrderFacts, Refused, TenderFacts

STATUSES = ("blocked", "open", "shipping", "shipped", "delivered", "returned", "cancelled", "lost")
Status = Literal["blocked", "open", "shipping", "shipped", "delivered", "returned", "cancelled", "lost"]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=250, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")
]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=30, pattern=r"^[^\x00-\x1f]*$")]
Amount = Annotated[str, StringConstraints(pattern=r"^-?\d{1,13}(\.\d+)?$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Customer(_Strict):
    name: Annotated[Text, StringConstraints(max_length=150)] = ""
    email: Annotated[Text, StringConstraints(max_length=254)] = ""
    phone: Annotated[Text, StringConstraints(max_length=40)] = ""
    company: Annotated[Text, StringConstraints(max_length=150)] = ""
    id_type: Annotated[Text, StringConstraints(max_length=20)] = ""
    id_number: Short = ""
    tax_id: Annotated[Text, StringConstraints(max_length=20)] = ""
    street: Annotated[Text, StringConstraints(max_length=150)] = ""
    city: Annotated[Text, StringConstraints(max_length=100)] = ""
    zip: Annotated[Text, StringConstraints(max_length=15)] = ""
    country: Annotated[str, StringConstraints(pattern=r"^([A-Z]{2})?$")] = ""


class _Line(_Strict):
    kind: Literal["goods", "shipping", "cod_fee", "discount"]
    sku: Annotated[Text, StringConstraints(max_length=64)] = ""
    name: Text
    quantity: Annotated[int, Field(ge=1, le=1_000_000)] = 1
    unit_price: Amount
    vat: str | None = None
    commission: str | None = None
    funded_by: Literal["seller", "marketplace"] = "seller"


class _Tender(_Strict):
    method: Literal["card", "transfer", "cod", "voucher"]
    amount: Amount
    custody: Literal["seller", "marketplace"] | None = None
    paid_at: AwareDatetime | None = None
    voucher: Text | None = None


class _Order(_Strict):
    number: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/-]{1,32}$")]
    basket: Annotated[Text, StringConstraints(max_length=32)] = ""
    seller: Annotated[str, StringConstraints(max_length=20)]
    status: Status
    placed_at: AwareDatetime
    status_times: dict[Status, AwareDatetime] = {}
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    test: bool = False
    fulfilment: Literal["seller", "marketplace_courier", "marketplace_warehouse"] = "seller"
    channel: Short = ""
    customer: _Customer = _Customer()
    lines: Annotated[list[_Line], Field(min_length=1, max_length=500)]
    tenders: Annotated[list[_Tender], Field(max_length=20)] = []


def read_order(text: str | bytes) -> OrderFacts:
    """Read one order from JSON text.

    :raises Refused: naming every key that is unknown, missing or wrong.
    """
    try:
        return _facts(_Order.model_validate_json(text))
    except ValidationError as error:
        raise Refused(told_faults(error)) from None
    except BadAmount as error:
        raise Refused(str(error)) from None


def _facts(order: _Order) -> OrderFacts:
    return OrderFacts(
        number=order.number,
        basket=order.basket,
        seller=order.seller,
        status=order.status,
        placed_at=order.placed_at,
        status_times=_times(order.status_times),
        currency=order.currency,
        test=order.test,
        fulfilment=order.fulfilment,
        channel=order.channel,
        customer=CustomerFacts(**order.customer.model_dump()),
        lines=tuple(_line(place, line) for place, line in enumerate(order.lines, start=1)),
        tenders=tuple(_tender(place, tender) for place, tender in enumerate(order.tenders, start=1)),
    )


def _times(times: Mapping[Any, datetime]) -> dict[str, datetime]:
    return {str(status): at for status, at in times.items()}


def _line(place: int, line: _Line) -> LineFacts:
    unit_price = parse_minor(line.unit_price)
    if unit_price < 0:
        raise Refused(f"lines.{place}.unit_price: {line.unit_price} is negative")
    return LineFacts(
        kind=line.kind,
        sku=line.sku,
        name=line.name,
        quantity=line.quantity,
        unit_price=unit_price,
        vat_bp=None if line.vat is None else parse_rate(line.vat),
        commission_bp=None if line.commission is None else parse_rate(line.commission),
        funded_by=line.funded_by,
    )


def _tender(place: int, tender: _Tender) -> TenderFacts:
    if tender.method == "voucher" and not tender.voucher:
        raise Refused(f"tenders.{place}.voucher: missing; a voucher payment names its voucher's code")
    if tender.method != "voucher" and tender.voucher is not None:
        raise Refused(f"tenders.{place}.voucher: only a voucher payment names a voucher")
    if tender.method == "voucher" and tender.custody == "seller":
        raise Refused(f"tenders.{place}.custody: a voucher is the marketplace's, never the seller's")
    amount = parse_minor(tender.amount)
    if amount <= 0:
        raise Refused(f"tenders.{place}.amount: {tender.amount} is not a positive amount")
    return TenderFacts(
        method=tender.method,
        amount=amount,
        custody=tender.custody,
        paid_at=tender.paid_at,
        voucher=tender.voucher or "",
    )


def told_faults(error: ValidationError) -> str:
    """Every fault by its place in the order, in one line."""
    faults = []
    for each in error.errors(include_url=False, include_context=False):
        place = ".".join(str(step + 1 if isinstance(step, int) else step) for step in each["loc"])
        word = "unknown key" if each["type"] == "extra_forbidden" else each["msg"]
        faults.append(f"{place}: {word}" if place else word)
    return "; ".join(faults[:10])
