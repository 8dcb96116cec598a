"""The payment file of a batch, from its frozen rows."""

from datetime import datetime
from zoneinfo import ZoneInfo

from marketplace.parties.rules import IBAN_COUNTRIES
from settlement.payouts.models import Batch, Payout
from settlement.payouts.pain import Debtor, Transfer, payment_csv, payment_file


def file_of(batch: Batch) -> tuple[str, str, bytes]:
    """Name, type and bytes of a batch's payment file; the same batch makes the same bytes.

    :raises Unwritable: if the format cannot carry it.
    """
    transfers = [_transfer(payout) for payout in batch.payouts.select_related("seller").order_by("reference")]
    if batch.market.code not in IBAN_COUNTRIES:
        written = payment_csv(
            message_id=batch.reference,
            transfers=transfers,
            execute_on=batch.pay_on,
            currency=batch.currency,
        )
        return f"{batch.reference}.csv", "text/csv", written
    assert batch.approved_at is not None
    written = payment_file(
        message_id=batch.reference,
        debtor=_debtor(batch),
        transfers=transfers,
        execute_on=batch.pay_on,
        created_at=_local(batch.approved_at, batch.market.zone),
        currency=batch.currency,
    )
    return f"{batch.reference}.xml", "application/xml", written


def _debtor(batch: Batch) -> Debtor:
    market = batch.market
    return Debtor(name=market.entity_name, iban=market.entity_iban, bic=market.entity_bic)


def _transfer(payout: Payout) -> Transfer:
    return Transfer(
        end_to_end=payout.reference,
        name=payout.seller.name,
        iban=payout.account,
        amount_minor=payout.amount,
        currency=payout.currency,
        text=f"{payout.reference} {payout.seller.partner_number}",
    )


def _local(instant: datetime, zone: str) -> datetime:
    return instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0)
