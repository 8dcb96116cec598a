"""Real documents, where a folder of them stands beside this checkout."""

import csv
from datetime import date
from pathlib import Path

import pytest

from marketplace.edocuments.facts import EDocument, Fault, Kind, Unread
from marketplace.edocuments.reading import read
from marketplace.kernel.money import parse_minor
from tests.samples import SAMPLES, needs_samples

COLUMNS = {
    "sunat": ("serie_numero", "issue_date", "total"),
    "en16931": ("id", "", "payable"),
    "cfdi": ("serie_folio", "fecha", "total"),
    "ksef": ("P_2_number", "P_1_date", "P_15_total"),
    "nav": ("number", "date", "gross"),
}
"""What the lists of samples call the number, the day and the total of each kind."""

FOR_THE_TAX_ID = {"12345678912", "#nip#"}
"""Tax ids that stand in samples and are none."""


def rows(kind: str) -> list[dict[str, str]]:
    with (SAMPLES / kind / "manifest.tsv").open(encoding="utf-8") as source:
        return list(csv.DictReader(source, delimiter="\t"))


def answer(path: Path) -> tuple[EDocument | None, Fault | None, str]:
    try:
        return read(path.read_bytes()), None, ""
    except Unread as unread:
        return unread.document, unread.fault, unread.detail


@needs_samples
@pytest.mark.parametrize("kind", COLUMNS)
def test_every_sample_says_what_its_list_says_of_it(kind: str) -> None:
    number, day, total = COLUMNS[kind]
    for row in rows(kind):
        document, fault, detail = answer(SAMPLES / kind / row["file"])
        if document is None:
            assert expected_fault(kind, row) == (fault, detail), row["file"]
            continue
        assert fault is None or (fault == Fault.TAX_ID_WRONG and detail in FOR_THE_TAX_ID), row["file"]
        assert document.number == (row[number] or row["uuid"])
        assert document.currency == row.get("currency", row.get("moneda"))
        assert not day or document.issued_on == date.fromisoformat(row[day][:10])
        sign = -1 if document.kind == Kind.CREDIT and row[total].startswith("-") else 1
        assert document.payable == sign * parse_minor(row[total])
        assert document.signature == {"VALID": "valid"}.get(
            row.get("signature_check", ""), document.signature
        )


def expected_fault(kind: str, row: dict[str, str]) -> tuple[Fault, str]:
    """The one fault of a sample that cannot be taken: another paper, or another version."""
    if kind == "cfdi":
        return Fault.WRONG_VERSION, row["version"]
    is_receipt = row["root"] in ("Invoice", "CreditNote", "DebitNote")
    return (Fault.WRONG_VERSION, row["ubl"]) if is_receipt else (Fault.WRONG_ROOT, row["root"])
