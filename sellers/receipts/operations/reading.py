"""Reading the files of a bundle, pairing them, and deciding on each."""

import logging
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace
from datetime import datetime

from django.db import DataError, IntegrityError

from marketplace.edocuments.apart import read_apart
from marketplace.edocuments.content import Content
from marketplace.edocuments.facts import Fault
from marketplace.edocuments.wire import Read
from marketplace.kernel.files import path_of
from marketplace.kernel.jobs import Cancelled, Claimed
from sellers.receipts.models import Bundle, BundleState, Outcome, ReceivedFile
from sellers.receipts.operations.registering import register
from sellers.receipts.operations.taking import cancel_bundle, finish_bundle
from sellers.receipts.operations.wanted import Wanted
from sellers.receipts.rules.matching import MOST_WORDS
from sellers.receipts.rules.pairing import Pdf, Xml, name_differs, pair

AT_ONCE = 50
MOST_SIGNS = 20_000
"""So much of a PDF's text is looked at for its number."""

log = logging.getLogger(__name__)

FAULTS = {
    Fault.NOT_XML: Outcome.NOT_XML,
    Fault.DOCTYPE: Outcome.DOCTYPE,
    Fault.TOO_LARGE: Outcome.TOO_LARGE,
    Fault.TOO_DEEP: Outcome.TOO_LARGE,
    Fault.WRONG_ROOT: Outcome.WRONG_ROOT,
    Fault.WRONG_TYPE: Outcome.WRONG_ROOT,
    Fault.WRONG_VERSION: Outcome.WRONG_VERSION,
    Fault.BAD_NUMBER: Outcome.BAD_NUMBER,
    Fault.TAX_ID_WRONG: Outcome.TAX_ID_WRONG,
    Fault.BROKEN_SIGNATURE: Outcome.BROKEN_SIGNATURE,
    Fault.UNREADABLE: Outcome.UNREADABLE,
}
OTHERS = {
    Content.ARCHIVE: Outcome.ARCHIVE,
    Content.EMPTY: Outcome.UNREADABLE,
}
Seen = tuple[ReceivedFile, Read]


def read_bundle(claimed: Claimed, *, bundle_id: int, at: datetime) -> None:
    """Give each file of a bundle its outcome; those that have one, by an attempt that died, keep it.

    All files are read again, since what a file is depends on those it came with.
    """
    bundle = Bundle.objects.select_related("market", "order").get(pk=bundle_id)
    if bundle.state != BundleState.READING:
        return
    try:
        files = list(bundle.files.select_related("file").order_by("position"))
        decided = {row.pk for row in files if row.outcome}
        for row in files:
            row.outcome = ""
        _decide_all(claimed, bundle, _read(claimed, files), decided, at)
    except Cancelled:
        cancel_bundle(bundle_id=bundle_id, at=at)
        raise
    with claimed.effect():
        finish_bundle(bundle_id=bundle_id, at=at)


def _read(claimed: Claimed, files: Sequence[ReceivedFile]) -> list[Seen]:
    paths = [path_of(row.file) for row in files if row.file]
    seen = []
    for row, read in zip(files, read_apart(paths, heartbeat=claimed.heartbeat), strict=True):
        row.kind = read.kind
        seen.append((row, _slim(read)))
    return seen


def _slim(read: Read) -> Read:
    """What was read without what is not needed to find an order: bundles are of hundreds of files."""
    document, pdf = read.document, read.pdf
    if document is not None:
        orders = (*document.orders, *(line.order for line in document.lines if line.order))
        document = replace(document, orders=tuple(dict.fromkeys(orders))[:MOST_WORDS], lines=())
    if pdf is not None:
        pdf = replace(pdf, text=pdf.text[:MOST_SIGNS])
    return replace(read, document=document, pdf=pdf)


def _decide_all(
    claimed: Claimed, bundle: Bundle, seen: Sequence[Seen], before: Set[int], at: datetime
) -> None:
    """Decide on all files but those that were ``before``."""
    wanted = _sort_out(bundle, seen, at)
    alone = len(wanted) == 1
    decided = [row for row, _ in seen if row.outcome and row.pk not in before]
    wanted = [each for each in wanted if before.isdisjoint(row.pk for row in each.files)]
    for start in range(0, len(decided), AT_ONCE):
        with claimed.effect():
            save(decided[start : start + AT_ONCE])
    done = len(seen) - sum(len(each.files) for each in wanted)
    claimed.progress(done, len(seen))
    for start in range(0, len(wanted), AT_ONCE):
        some = wanted[start : start + AT_ONCE]
        _register(claimed, bundle, some, alone, at)
        done += sum(len(each.files) for each in some)
        claimed.progress(done, len(seen))


def _register(claimed: Claimed, bundle: Bundle, some: Sequence[Wanted], alone: bool, at: datetime) -> None:
    """Register some together, or, where the database refuses one, each by itself."""
    rows = [row for each in some for row in each.files]
    try:
        with claimed.effect():
            register(bundle=bundle, wanted=some, alone=alone, at=at)
            save(rows)
    except (IntegrityError, DataError):
        for each in some:
            each.forget()
        if len(some) > 1:
            for each in some:
                _register(claimed, bundle, [each], alone, at)
            return
        log.exception("%s of %s could not be registered", rows[0], bundle)
        with claimed.effect():
            _decide_both(rows, Outcome.UNREADABLE, at)
            save(rows)


def _sort_out(bundle: Bundle, seen: Sequence[Seen], at: datetime) -> list[Wanted]:
    """Give what is no receipt its outcome, and pair the rest."""
    for row, read in seen:
        if outcome := _at_first_sight(row, read):
            decide(row, outcome, at, fault=read.fault, detail=read.detail, **_said(read))
    left = [(row, read) for row, read in seen if not row.outcome]
    by_place = {row.position: (row, read) for row, read in left}
    xmls = [Xml(row.position, row.name, read.document) for row, read in left if read.document]
    pdfs = [
        Pdf(row.position, row.name, read.pdf.text if read.pdf else "")
        for row, read in left
        if not read.document
    ]
    found = pair(xmls, pdfs)
    wanted = []
    for xml in xmls:
        partner = found.pairs.get(xml.key)
        files = [by_place[xml.key][0], *([by_place[partner][0]] if partner else [])]
        if partner in found.differs:
            _decide_both(files, Outcome.PDF_DIFFERS, at, number=xml.document.number)
        else:
            read = by_place[xml.key][1]
            lacks = None
            if partner is None and _needs_pdf(bundle, read):
                lacks = Outcome.NOT_PAIRED if found.unclear else Outcome.ONLY_XML
            wanted.append(Wanted(xml.document, read.sha256, files, lacks))
    for key in found.lone_pdfs:
        decide(by_place[key][0], Outcome.NOT_PAIRED if found.unclear else Outcome.ONLY_PDF, at)
    return wanted


def _needs_pdf(bundle: Bundle, read: Read) -> bool:
    """A PDF that holds its document shows it too."""
    return bundle.market.receipt_pdf_required and read.kind != Content.PDF


def _at_first_sight(row: ReceivedFile, read: Read) -> Outcome | None:
    """The outcome of a file that is no readable document and no harmless PDF."""
    if read.kind == Content.PDF and read.pdf is not None and (outcome := _of_pdf(read)):
        return outcome
    if read.kind not in (Content.XML, Content.PDF):
        return _of_other(row, read)
    if read.fault is not None:
        return FAULTS.get(read.fault, Outcome.BAD_CONTENT)
    if read.document is not None and name_differs(row.name, read.document):
        return Outcome.NAME_DIFFERS
    return None


def _of_pdf(read: Read) -> Outcome | None:
    assert read.pdf is not None
    if read.pdf.active:
        return Outcome.ACTIVE_PDF
    locked = read.pdf.encrypted and not read.pdf.pages
    if read.fault == Fault.UNREADABLE or read.pdf.broken or locked:
        return Outcome.UNREADABLE
    return None if read.pdf.is_pdf else Outcome.NOT_A_PDF


def _of_other(row: ReceivedFile, read: Read) -> Outcome:
    name = row.name.casefold()
    if read.kind in OTHERS:
        return OTHERS[read.kind]
    if name.endswith(".pdf"):
        return Outcome.NOT_A_PDF
    return Outcome.NOT_XML if name.endswith(".xml") else Outcome.IGNORED


def _said(read: Read) -> dict[str, str]:
    return {"number": read.document.number} if read.document else {}


def decide(row: ReceivedFile, outcome: Outcome, at: datetime, **told: object) -> None:
    """Give a file its outcome; the caller saves it."""
    row.outcome, row.decided_at = outcome, at
    row.told = {name: value for name, value in told.items() if value not in ("", None)}


def _decide_both(rows: Iterable[ReceivedFile], outcome: Outcome, at: datetime, **told: object) -> None:
    for row in rows:
        decide(row, outcome, at, **told)


def save(rows: Sequence[ReceivedFile]) -> None:
    """Save the outcomes of some files."""
    fields = ["seller", "kind", "outcome", "told", "receipt", "order", "decided_at"]
    ReceivedFile.objects.bulk_update(rows, fields, batch_size=200)
