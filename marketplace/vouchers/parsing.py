"""A file of vouchers: lines of ``{"code", "amount", "expires_on"}``. Pure: no database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import IO, Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from marketplace.kernel.lines import split_lines
from marketplace.kernel.money import BadAmount, parse_minor
from marketplace.vouchers.rules import VoucherFacts

LONGEST_LINE = 10_000
MOST_FLAWS = 5


class Flaw(StrEnum):
    """What is wrong with a line, or with what stands under one of its keys."""

    NO_OBJECT = "no_object"
    TOO_LONG = "too_long"
    MISSING = "missing"
    UNKNOWN = "unknown"
    BAD_CODE = "bad_code"
    BAD_AMOUNT = "bad_amount"
    NOT_POSITIVE = "not_positive"
    BAD_DAY = "bad_day"


@dataclass(frozen=True, slots=True)
class Found:
    """A flaw, the key it is found under ("" for the whole line), and what stands there."""

    key: str
    flaw: Flaw
    told: str = ""


class Unread(Exception):
    """A line tells no voucher; ``found`` says why."""

    def __init__(self, *found: Found) -> None:
        super().__init__(found)
        self.found = found


BY_KEY: Mapping[str, Flaw] = {
    "code": Flaw.BAD_CODE,
    "amount": Flaw.BAD_AMOUNT,
    "expires_on": Flaw.BAD_DAY,
}
BY_TYPE: Mapping[str, Flaw] = {"missing": Flaw.MISSING, "extra_forbidden": Flaw.UNKNOWN}


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9._/-]{4,40}$")]
    amount: Annotated[str, StringConstraints(pattern=r"^-?\d{1,13}(\.\d+)?$")]
    expires_on: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None


def read_voucher(text: bytes) -> VoucherFacts:
    """Read one line.

    :raises Unread: naming every key that is unknown, missing or wrong.
    """
    try:
        told = _Told.model_validate_json(text)
    except ValidationError as error:
        found = [_found(each) for each in error.errors(include_url=False, include_context=False)]
        raise Unread(*found[:MOST_FLAWS]) from None
    try:
        amount = parse_minor(told.amount)
    except BadAmount:
        raise Unread(Found("amount", Flaw.BAD_AMOUNT, told.amount)) from None
    if amount <= 0:
        raise Unread(Found("amount", Flaw.NOT_POSITIVE, told.amount))
    return VoucherFacts(told.code, amount, _day(told.expires_on))


def _found(error: Any) -> Found:
    """What a fault of the model's means; ``loc`` names the key, where there is one."""
    key = str(error["loc"][0]) if error["loc"] else ""
    flaw = BY_TYPE.get(error["type"]) or BY_KEY.get(key, Flaw.NO_OBJECT)
    told = "" if flaw in (Flaw.MISSING, Flaw.UNKNOWN, Flaw.NO_OBJECT) else str(error["input"])[:40]
    return Found(key[:40], flaw, told)


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Unread(Found("expires_on", Flaw.BAD_DAY, text or "")) from None


def read_lines(source: IO[bytes]) -> Iterator[tuple[int, VoucherFacts | Unread]]:
    """The lines of a file with their numbers; a wrong one is told, the rest go on."""
    for place, line in split_lines(source, longest=LONGEST_LINE):
        try:
            if line is None:
                raise Unread(Found("", Flaw.TOO_LONG))
            yield place, read_voucher(line)
        except Unread as unread:
            yield place, unread
