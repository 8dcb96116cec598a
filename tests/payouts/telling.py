"""What a bank says of our payments: written by us in the bank's words, or by a bank that is played."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils import timezone

from marketplace.kernel.money import decimal_text
from marketplace.parties.models import Market
from settlement.payouts.models import Statement
from settlement.payouts.operations.reading import upload_statement
from tests.cast import work_off_but_rendering

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"


def movement(
    amount: int,
    *,
    end_to_end: str = "",
    reference: str = "BANK-1",
    text: str = "",
    currency: str = "CZK",
    returned: str = "",
    booked: str = "BOOK",
) -> str:
    """One booked movement in minor units, money in positive."""
    sign = "CRDT" if amount > 0 else "DBIT"
    told = f'<Amt Ccy="{currency}">{decimal_text(abs(amount))}</Amt><CdtDbtInd>{sign}</CdtDbtInd>'
    ids = f"<EndToEndId>{end_to_end}</EndToEndId>" if end_to_end else ""
    back = f"<RtrInf><Rsn><Cd>{returned}</Cd></Rsn></RtrInf>" if returned else ""
    remittance = f"<RmtInf><Ustrd>{text}</Ustrd></RmtInf>" if text else ""
    return (
        f"<Ntry>{told}<Sts><Cd>{booked}</Cd></Sts><BookgDt><Dt>2026-11-20</Dt></BookgDt>"
        f"<AcctSvcrRef>{reference}</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>ICDT</Cd>"
        f"<SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs>{ids}</Refs>{told}"
        f"{remittance}{back}</TxDtls></NtryDtls></Ntry>"
    )


def statement(market: Market, *movements: str, number: str = "2026-1", iban: str = "") -> bytes:
    """A day's statement of the market's account."""
    return (
        f'<?xml version="1.0"?><Document xmlns="{NAMESPACE}"><BkToCstmrStmt><GrpHdr><MsgId>{number}</MsgId>'
        f"<CreDtTm>2026-11-20T20:00:00</CreDtTm></GrpHdr><Stmt><Id>{number}</Id>"
        f"<CreDtTm>2026-11-20T20:00:00</CreDtTm><Acct><Id><IBAN>{iban or market.entity_iban}</IBAN></Id>"
        f"<Ccy>{market.currency}</Ccy></Acct>{''.join(movements)}</Stmt></BkToCstmrStmt></Document>"
    ).encode()


def upload(market: Market, content: bytes, *, by: Any = None, at: datetime | None = None) -> Statement:
    """Upload a bank's file; it is read and matched."""
    chunks: Iterable[bytes] = [content]
    told = upload_statement(
        market=market, name="statement.xml", chunks=chunks, by=by, at=at or timezone.now()
    )
    work_off_but_rendering()
    return Statement.objects.get(pk=told.pk)
