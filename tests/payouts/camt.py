"""Bank files put together by hand, with whatever is wrong with them."""

from collections.abc import Mapping

ACCOUNT = "CZ6508000000192000145399"
TREES = {
    "camt.053": ("BkToCstmrStmt", "Stmt"),
    "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn"),
}


def document(kind: str, body: str, *, version: str = "08", head: str = "") -> bytes:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{kind}.001.{version}"
    opening = '<?xml version="1.0" encoding="UTF-8"?>'
    return f'{opening}{head}<Document xmlns="{namespace}">{body}</Document>'.encode()


def statement(
    *entries: str, kind: str = "camt.053", version: str = "08", extra: str = "", head: str = ""
) -> bytes:
    root, part = TREES[kind]
    body = (
        f"<{root}><GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-11-25T06:00:00</CreDtTm></GrpHdr>"
        f"<{part}><Id>S1</Id><Acct><Id><IBAN>{ACCOUNT}</IBAN></Id><Ccy>CZK</Ccy></Acct>{extra}"
        f"{''.join(entries)}</{part}></{root}>"
    )
    return document(kind, body, version=version, head=head)


def balance(code: str, amount: str, side: str = "CRDT") -> str:
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='CZK'>{amount}</Amt>"
        f"<CdtDbtInd>{side}</CdtDbtInd><Dt><Dt>2026-11-24</Dt></Dt></Bal>"
    )


def entry(
    amount: str = "100.00",
    *details: str,
    side: str = "CRDT",
    state: str = "<Sts><Cd>BOOK</Cd></Sts>",
    more: str = "",
    batch: str = "",
    currency: str = "CZK",
) -> str:
    inner = f"<NtryDtls>{batch}{''.join(details)}</NtryDtls>" if details or batch else ""
    return (
        f"<Ntry><Amt Ccy='{currency}'>{amount}</Amt><CdtDbtInd>{side}</CdtDbtInd>{more}{state}"
        f"<BookgDt><Dt>2026-11-24</Dt></BookgDt><ValDt><Dt>2026-11-24</Dt></ValDt>"
        f"<AcctSvcrRef>B-1</AcctSvcrRef>{inner}</Ntry>"
    )


def detail(
    reference: str = "E-1", amount: str = "", *, side: str = "", more: str = "", currency: str = "CZK"
) -> str:
    told = f"<Amt Ccy='{currency}'>{amount}</Amt>" if amount else ""
    direction = f"<CdtDbtInd>{side}</CdtDbtInd>" if side else ""
    return f"<TxDtls><Refs><EndToEndId>{reference}</EndToEndId></Refs>{told}{direction}{more}</TxDtls>"


def status_report(group: str, *blocks: str, version: str = "10") -> bytes:
    body = (
        "<CstmrPmtStsRpt><GrpHdr><MsgId>R1</MsgId><CreDtTm>2026-11-24T09:00:00</CreDtTm></GrpHdr>"
        f"<OrgnlGrpInfAndSts><OrgnlMsgId>VY-1</OrgnlMsgId><OrgnlMsgNmId>pain.001.001.09</OrgnlMsgNmId>{group}"
        f"</OrgnlGrpInfAndSts>{''.join(blocks)}</CstmrPmtStsRpt>"
    )
    return document("pain.002", body, version=version)


def block(payments: Mapping[str, str], *, state: str = "", count: int | None = None, why: str = "") -> str:
    told = "".join(
        f"<TxInfAndSts><OrgnlEndToEndId>{reference}</OrgnlEndToEndId><TxSts>{code}</TxSts></TxInfAndSts>"
        for reference, code in payments.items()
    )
    number = f"<OrgnlNbOfTxs>{count}</OrgnlNbOfTxs>" if count is not None else ""
    states = f"<PmtInfSts>{state}</PmtInfSts>" if state else ""
    reason = f"<StsRsnInf><Rsn><Cd>{why}</Cd></Rsn></StsRsnInf>" if why else ""
    inside = f"<OrgnlPmtInfId>VY-1</OrgnlPmtInfId>{number}{states}{reason}{told}"
    return f"<OrgnlPmtInfAndSts>{inside}</OrgnlPmtInfAndSts>"
