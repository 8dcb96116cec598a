"""Drawing papers: by a process of its own, read back, then kept and sent in one transaction."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from pathlib import Path

from marketplace.kernel.files import draft_folder, store_path
from marketplace.kernel.jobs import Claimed
from marketplace.kernel.models import StoredFile
from settlement.documents.drawing import draw_apart
from settlement.documents.operations.rendering import MOST_ATTACHED, PDF_TYPE
from settlement.netting.confirmations import ConfirmedBalance, confirmation_facts, confirmation_rows
from settlement.netting.papers.facts import PaperFacts, Row, write_facts
from settlement.netting.papers.verification import check_paper


@contextmanager
def drawn_paper(claimed: Claimed, facts: PaperFacts, rows: Iterable[Row]) -> Iterator[Path]:
    """Draw a paper and read it back; its PDF lies there only inside. Use it outside of transactions.

    :raises NotRendered: if it could not be drawn.
    :raises Mismatch: if it says something else than its facts.
    """
    with draft_folder() as name:
        folder = Path(name)
        source, target = folder / "facts.jsonl", folder / "out.pdf"
        write_facts(source, facts, _alive(claimed, rows))
        draw_apart(
            "settlement.netting.papers.rendering",
            source,
            target,
            folder=folder,
            rows=facts.rows,
            name=facts.reference,
            heartbeat=claimed.heartbeat,
        )
        check_paper(target, facts)
        yield target


def drawn_confirmation(claimed: Claimed, balance: ConfirmedBalance) -> AbstractContextManager[Path]:
    """Draw the confirmation of a balance, as :func:`drawn_paper` does."""
    return drawn_paper(claimed, confirmation_facts(balance), confirmation_rows(balance))


def keep_paper(path: Path, *, reference: str, seller_id: int, at: datetime) -> StoredFile:
    """Keep a drawn paper under its reference, in the caller's transaction."""
    return store_path(name=f"{reference}.pdf", content_type=PDF_TYPE, path=path, at=at, seller_id=seller_id)


def attachable(file: StoredFile) -> list[StoredFile]:
    """What of a file to attach to a letter: nothing, if mail servers may not take it."""
    return [file] if file.size < MOST_ATTACHED else []


def _alive(claimed: Claimed, rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        claimed.heartbeat()
        yield row
