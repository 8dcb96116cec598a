"""What the marketplace's systems tell: deposits and fees as JSON. Amounts are decimal strings, instants
ISO 8601 with an offset; what is unknown, missing or wrong is refused by name.
"""

import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError

from marketplace.kernel.money import BadAmount, parse_minor
from marketplace.orders.parsing.saldo import told_faults

MOST_FEES = 1000
"""Fees told in one call."""

ExternalId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,79}$")]
Partner = Annotated[str, StringConstraints(pattern=r"^[0-9]{4,6}$")]
Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,13}(\.[0-9]{1,2})?$")]
_PRINTED = r"^[^\x00-\x1f\x7f]*$"


class BadBody(Exception):
    """A body, or an item of it, is not what it should be; the text says what is wrong, by place."""


class TooMany(BadBody):
    """More items than are taken in one call."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class DepositTold(_Strict):
    """Money a seller paid in ahead."""

    seller: Partner
    external_id: ExternalId
    amount: Amount
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
    received_at: AwareDatetime
    method: Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=_PRINTED)] = ""

    @property
    def minor(self) -> int:
        """The amount in minor units."""
        return parse_minor(self.amount)


class FeeTold(_Strict):
    """A service to be charged to a seller, VAT included."""

    seller: Partner
    external_id: ExternalId
    kind: Literal["shipping", "storage", "promotion", "subscription", "other"]
    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=_PRINTED)
    ]
    amount: Amount
    charged_at: AwareDatetime

    @property
    def minor(self) -> int:
        """The amount in minor units."""
        return parse_minor(self.amount)


def read_deposit(body: bytes) -> DepositTold:
    """Read one deposit.

    :raises BadBody: naming all that is unknown, missing or wrong.
    """
    try:
        told = DepositTold.model_validate_json(body)
    except ValidationError as error:
        raise BadBody(told_faults(error)) from None
    _check_amount(told)
    return told


def read_fees(body: bytes) -> list[FeeTold | BadBody]:
    """Read a list of fees, each by itself: in the place of one that cannot be read stands why.

    :raises TooMany: if there are more than are taken at once.
    :raises BadBody: if the body is no list.
    """
    try:
        items = json.loads(body)
    except (ValueError, RecursionError):
        raise BadBody("The body is no JSON.") from None
    if not isinstance(items, list) or not items:
        raise BadBody("The body must be a list of fees.")
    if len(items) > MOST_FEES:
        raise TooMany(f"At most {MOST_FEES} fees are taken at once; these are {len(items)}.")
    return list(_each(items))


def _each(items: list[Any]) -> Iterator[FeeTold | BadBody]:
    for item in items:
        try:
            told = FeeTold.model_validate_json(json.dumps(item))
            _check_amount(told)
            yield told
        except ValidationError as error:
            yield BadBody(told_faults(error))
        except BadBody as fault:
            yield fault


def _check_amount(told: DepositTold | FeeTold) -> None:
    try:
        if told.minor > 0:
            return
    except BadAmount as fault:
        raise BadBody(f"amount: {fault}") from None
    raise BadBody(f"amount: {told.amount} is not more than nothing")
