"""Our own JSON return: ``{"number", "order", "at", "lines": [{"line", "quantity"}], "refunds": [...]}``."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from marketplace.kernel.money import BadAmount, parse_minor
from marketplace.orders.parsing.saldo import told_faults
from marketplace.orders.rules.facts import Refused
from marketplace.orders.rules.returning import RefundFacts, ReturnFacts

Number = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._/-]{1,32}$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class _Line(_Strict):
    line: Annotated[int, Field(ge=1, le=500)]
    quantity: Annotated[int, Field(ge=1, le=1_000_000)]


class _Refund(_Strict):
    method: Literal["card", "transfer", "cod", "voucher"]
    amount: Annotated[str, StringConstraints(pattern=r"^-?\d{1,13}(\.\d+)?$")]
    paid_by: Literal["seller", "marketplace"]
    paid_at: AwareDatetime | None = None


class _Return(_Strict):
    number: Number
    order: Number
    at: AwareDatetime
    lines: Annotated[list[_Line], Field(min_length=1, max_length=500)]
    refunds: Annotated[list[_Refund], Field(max_length=50)] = []
    reason: Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*$")] = ""


def read_return(text: str | bytes) -> ReturnFacts:
    """Read one return from JSON text.

    :raises Refused: naming every key that is unknown, missing or wrong.
    """
    try:
        told = _Return.model_validate_json(text)
        refunds = tuple(_refund(place, each) for place, each in enumerate(told.refunds, start=1))
    except ValidationError as error:
        raise Refused(told_faults(error)) from None
    except BadAmount as error:
        raise Refused(str(error)) from None
    lines: dict[int, int] = {}
    for each in told.lines:
        if each.line in lines:
            raise Refused(f"lines: line {each.line} is named twice")
        lines[each.line] = each.quantity
    return ReturnFacts(told.number, told.order, told.at, lines, refunds, told.reason)


def _refund(place: int, told: _Refund) -> RefundFacts:
    amount = parse_minor(told.amount)
    if amount <= 0:
        raise Refused(f"refunds.{place}.amount: {told.amount} is not a positive amount")
    return RefundFacts(told.method, amount, told.paid_by, told.paid_at)
