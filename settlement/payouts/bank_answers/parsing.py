"""Reading a bank's file, in a process that may die: ``python -m`` this module and a path.

It knows no Django and writes one line of JSON: the answers, or why the file is not taken.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from marketplace.kernel.sandbox import confine
from settlement.payouts.bank_answers.camt import read_camt
from settlement.payouts.bank_answers.facts import Answer, Kind
from settlement.payouts.bank_answers.status_report import read_status_report
from settlement.payouts.bank_answers.tree import MOST_BYTES, Element, parse
from settlement.payouts.refusals import BadStatement, NotABankFile, OtherKind, OurOwnFile, TooBig, Unreadable

MEMORY_BYTES, CPU_SECONDS = 512 << 20, 20
_MESSAGE = re.compile(
    r"urn:iso:std:iso:20022:tech:xsd:(?P<kind>[a-z]{4}\.[0-9]{3})\.001\.(?P<version>[0-9]{2})"
)
_READERS: dict[Kind, tuple[str, Callable[[Element], Iterable[Answer]]]] = {
    Kind.STATEMENT: ("BkToCstmrStmt", lambda body: read_camt(Kind.STATEMENT, body)),
    Kind.NOTICE: ("BkToCstmrDbtCdtNtfctn", lambda body: read_camt(Kind.NOTICE, body)),
    Kind.STATUS: ("CstmrPmtStsRpt", read_status_report),
}


def parse_answers(content: bytes) -> tuple[Answer, ...]:
    """What a bank's file says.

    Versions differ in where a few fields stand, and every place is looked into; so a version's number decides
    nothing.

    :raises Unreadable: if it is none we take; the kinds are in ``refusals``.
    """
    namespace, root = parse(content)
    message = _MESSAGE.fullmatch(namespace)
    if not message or root.tag != "Document":
        raise NotABankFile
    if message["kind"] in ("pain.001", "pain.008"):
        raise OurOwnFile
    if message["kind"] not in _READERS:
        raise OtherKind(kind=message["kind"])
    body_name, read = _READERS[Kind(message["kind"])]
    body = root.find(body_name)
    answers = tuple(read(body)) if body is not None else ()
    if not answers:
        raise BadStatement(entry=0, value=body_name)
    return answers


def main(arguments: Sequence[str]) -> None:
    """Read the file named and write what it says."""
    confine(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS)
    try:
        with Path(arguments[0]).open("rb") as file:
            outcome: dict[str, Any] = {
                "answers": [asdict(a) for a in parse_answers(file.read(MOST_BYTES + 1))]
            }
    except Unreadable as refusal:
        outcome = {"refused": refusal.code, "where": refusal.where}
    except MemoryError:
        outcome = {"refused": TooBig.code, "where": {}}
    sys.stdout.write(json.dumps(outcome, default=str) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
