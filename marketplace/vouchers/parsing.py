"""A file of vouchers: lines of ``{"code", "amount", "expires_on"}``. Pure: no database."""

from collections.abc import Iterator
from datetime import date
from typing import IO, Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from marketplace.kernel.money import BadAmount, parse_minor
from marketplace.vouchers.rules import Refused, VoucherFacts

LONGEST_LINE = 10_000


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    code: Annotated[str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9._/-]{4,40}$")]
    amount: Annotated[str, StringConstraints(pattern=r"^-?\d{1,13}(\.\d+)?$")]
    expires_on: Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None


def read_voucher(text: bytes) -> VoucherFacts:
    """Read one line.

    :raises Refused: naming every key that is unknown, missing or wrong.
    """
    try:
        told = _Told.model_validate_json(text)
        amount = parse_minor(told.amount)
        last = date.fromisoformat(told.expires_on) if told.expires_on else None
    except ValidationError as error:
        faults = [f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise Refused("; ".join(faults[:5])) from None
    except BadAmount as error:
        raise Refused(f"amount: {error}") from None
    except ValueError as error:
        raise Refused(f"expires_on: {error}") from None
    if amount <= 0:
        raise Refused(f"amount: {told.amount} is not positive")
    return VoucherFacts(told.code, amount, last)


def read_lines(source: IO[bytes]) -> Iterator[tuple[int, VoucherFacts | Refused]]:
    """The lines of a file with their numbers; a wrong one is told, the rest go on."""
    place = 0
    while line := source.readline(LONGEST_LINE + 1):
        place += 1
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(b"\n"):
                line = source.readline(LONGEST_LINE)
            yield place, Refused("longer than any voucher")
        elif text := line.strip().removeprefix(b"\xef\xbb\xbf"):
            try:
                yield place, read_voucher(text)
            except Refused as refusal:
                yield place, refusal
