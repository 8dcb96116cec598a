"""Drawing papers: by a process of its own, read back, then kept and sent in one transaction."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from marketplace.kernel.files import draft_folder, store_path
from marketplace.kernel.jobs import Claimed
from marketplace.kernel.models import StoredFile
from settlement.documents.drawing import draw_apart
from settlement.documents.papers.facts import PaperFacts, Row, write_facts
from settlement.documents.papers.verification import check_paper, check_paper_workbook

PDF_TYPE = "application/pdf"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ATTACHED = 5_000_000
"""Bytes of attachments that mail servers everywhere still take."""


@contextmanager
def drawn_paper(claimed: Claimed, facts: PaperFacts, rows: Iterable[Row]) -> Iterator[Path]:
    """Draw a paper and read it back; its PDF lies there only inside. Use it outside of transactions.

    :raises NotRendered: if it could not be drawn.
    :raises Mismatch: if it says something else than its facts.
    """
    with draft_folder() as name:
        pdf = Path(name) / "out.pdf"
        _draw(claimed, facts, rows, pdf)
        check_paper(pdf, facts)
        yield pdf


@contextmanager
def drawn_files(claimed: Claimed, facts: PaperFacts, rows: Iterable[Row]) -> Iterator[tuple[Path, Path]]:
    """Draw a paper as PDF and as workbook, as :func:`drawn_paper` does."""
    with draft_folder() as name:
        pdf, xlsx = Path(name) / "out.pdf", Path(name) / "out.xlsx"
        _draw(claimed, facts, rows, pdf, xlsx)
        check_paper(pdf, facts)
        claimed.heartbeat()
        check_paper_workbook(xlsx, facts)
        yield pdf, xlsx


def keep_paper(path: Path, *, reference: str, seller_id: int, at: datetime) -> StoredFile:
    """Keep a drawn paper under its reference, in the caller's transaction."""
    return store_path(name=f"{reference}.pdf", content_type=PDF_TYPE, path=path, at=at, seller_id=seller_id)


def keep_workbook(path: Path, *, reference: str, seller_id: int, at: datetime) -> StoredFile:
    """Keep a drawn workbook under its reference, in the caller's transaction."""
    return store_path(name=f"{reference}.xlsx", content_type=XLSX_TYPE, path=path, at=at, seller_id=seller_id)


def attachable(*files: StoredFile) -> list[StoredFile]:
    """What of some files to attach to a letter: nothing, if mail servers may not take them."""
    return list(files) if sum(file.size for file in files) < MOST_ATTACHED else []


def _draw(claimed: Claimed, facts: PaperFacts, rows: Iterable[Row], *targets: Path) -> None:
    folder = targets[0].parent
    source = folder / "facts.jsonl"
    write_facts(source, facts, _alive(claimed, rows))
    draw_apart(
        "settlement.documents.papers.rendering",
        source,
        *targets,
        folder=folder,
        rows=facts.rows,
        name=facts.reference,
        heartbeat=claimed.heartbeat,
    )


def _alive(claimed: Claimed, rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        claimed.heartbeat()
        yield row
