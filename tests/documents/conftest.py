"""Documents drawn for real, and what can be read in them."""

import io
import re
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from openpyxl import Workbook, load_workbook
from pypdf import PdfReader

from marketplace.kernel import files, jobs
from marketplace.kernel.models import Job, StoredFile
from marketplace.parties.models import Market
from settlement.documents.models import Document
from tests.cast import make_market, make_seller, settle, take
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender

CARD: dict[str, Any] = {
    "number": "10085339302",
    "lines": [goods("1210.00", sku="KET-18", name="Kettle 1.8 l"), shipping()],
    "tenders": [tender("card", "1331.00")],
}
COD: dict[str, Any] = {
    "number": "10085339417",
    "lines": [goods("2420.00"), shipping(), cod_fee()],
    "tenders": [tender("cod", "2577.30")],
}
TRANSFER: dict[str, Any] = {
    "number": "10085340021",
    "lines": [goods("605.00")],
    "tenders": [tender("transfer", "605.00")],
}
WORKED_EXAMPLE = (CARD, COD, TRANSFER)


@dataclass
class Drawn:
    """A document's two files as a reader sees them."""

    document: Document

    pdf: bytes
    xlsx: bytes

    @cached_property
    def reader(self) -> PdfReader:
        return PdfReader(io.BytesIO(self.pdf))

    @cached_property
    def pages(self) -> list[str]:
        """The text of each page, every blank a single space."""
        return [words_of(page.extract_text()) for page in self.reader.pages]

    @property
    def text(self) -> str:
        return " ".join(self.pages)

    @cached_property
    def sheets(self) -> list[list[tuple[Any, ...]]]:
        return [list(sheet.iter_rows(values_only=True)) for sheet in self.open_workbook().worksheets]

    def open_workbook(self, **options: bool) -> Workbook:
        return load_workbook(io.BytesIO(self.xlsx), **options)

    @property
    def facts(self) -> dict[Any, Any]:
        """The first sheet: what stands beside each label."""
        return {row[0]: row[1] for row in self.sheets[0]}


def words_of(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def path_of(file: StoredFile | None) -> Path:
    assert file is not None
    return files.path_of(file)


@pytest.fixture
def english(db: None) -> Market:
    return make_market(language="en")


@pytest.fixture
def czech(db: None) -> Market:
    return make_market(language="cs")


def issue_over(market: Market, *told: dict[str, Any]) -> Document:
    """Issue the October document of seller 3003 over these orders; it is not drawn yet."""
    assert all(taken.outcome == "taken" for taken in take(market, *(tell_order(**each) for each in told)))
    (answer,) = settle(market)
    return Document.objects.select_related("market", "seller", "period").get(reference=answer["document"])


def draw(document: Document) -> Drawn:
    """Let a worker draw the document and send its letter."""
    Job.objects.filter(name="documents.render", key=document.reference).update(ready_at=timezone.now())
    jobs.work_off()
    assert list(Job.objects.exclude(error="").values_list("name", "error")) == []
    drawn = Document.objects.select_related("pdf", "xlsx", "market").get(pk=document.pk)
    return Drawn(drawn, path_of(drawn.pdf).read_bytes(), path_of(drawn.xlsx).read_bytes())


@cache
def worked_example() -> Drawn:
    """The worked example, drawn once for all tests that only read it."""
    market = make_market(language="en")
    make_seller(market, "3003", "Horizont s.r.o.")
    return draw(issue_over(market, *WORKED_EXAMPLE))


@pytest.fixture
def example(db: None) -> Drawn:
    return worked_example()
