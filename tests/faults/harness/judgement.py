"""The judgement after a round, the same for every fault: nothing lost, nothing doubled, nothing stuck."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db.models import Count, QuerySet

from marketplace.kernel.books import run_checks
from marketplace.kernel.files import sha256_on_disk
from marketplace.kernel.models import AuditRecord, MailState, OutgoingMail, StoredFile
from marketplace.ledger.models import Entry
from marketplace.orders.models import Order
from settlement.documents.models import Document, DocumentLine, State
from settlement.exports.models import Export
from settlement.invoices.models import Invoice
from settlement.netting.models import SetOff
from settlement.payouts.models import Collection, Payout
from settlement.review.models import Submission
from settlement.runs.models import Origin, Run
from tests.faults.harness.endstate import Facts, end_state, grouped
from tests.faults.harness.plan import Promises
from tests.faults.harness.tasks import VERB

UNDER_WAY = ("reading", "approved")
"""Submissions in one of these wait for no person."""


KINDS = ("lost", "doubled", "stuck", "broken")


@dataclass
class Judgement:
    """What is wrong, in words; all empty is what must be."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    stuck: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        return not any(getattr(self, kind) for kind in KINDS)


def judge(promises: Promises, *, reference: Facts | None, mail: Path) -> Judgement:
    """Look at everything a round left behind."""
    verdict = Judgement()
    verdict.lost += _broken_promises(promises)
    verdict.lost += _spoilt_files()
    verdict.doubled += _done_twice()
    verdict.doubled += _letters_with_twins(mail)
    verdict.stuck += _left_half_way()
    verdict.broken += [f"{each.check}: {row}" for each in run_checks() for row in each.rows[:3]]
    if reference is not None:
        _compare(end_state(), reference, verdict)
    return verdict


def _compare(found: Facts, reference: Facts, verdict: Judgement) -> None:
    for name in sorted(found.keys() | reference.keys()):
        is_, should = found.get(name, 0), reference.get(name, 0)
        if is_ != should:
            wrong = verdict.lost if abs(is_) < abs(should) else verdict.doubled
            wrong.append(f"{name}: {is_} instead of {should}")


def _broken_promises(promises: Promises) -> Iterable[str]:
    stored = set(Order.objects.values_list("number", flat=True))
    confirmed = set(Order.objects.filter(confirmed_at__isnull=False).values_list("number", flat=True))
    ticked = set(AuditRecord.objects.filter(verb=VERB).values_list("subject", flat=True))
    exports = set(Export.objects.values_list("pk", flat=True))
    submissions = set(Submission.objects.values_list("pk", flat=True))
    documents = dict(Document.objects.values_list("reference", "orders"))
    yield from (f"order {each}" for each in promises.orders - stored)
    yield from (f"confirmation of {each}" for each in promises.confirmed - confirmed)
    yield from (f"{each}" for each in promises.ticks - ticked)
    yield from (f"export {each}" for each in promises.exports - exports)
    yield from (f"submission {each}" for each in promises.submissions - submissions)
    yield from (f"document {each}" for each in promises.documents.items() - documents.items())
    yield from promises.papers - papers_done()


def _spoilt_files() -> Iterable[str]:
    for file in StoredFile.objects.all():
        if sha256_on_disk(file) != file.sha256:
            yield f"the bytes of {file.name}"


def _done_twice() -> Iterable[str]:
    live = DocumentLine.objects.exclude(document__state=State.VOID)
    once = AuditRecord.objects.filter(verb__in=(VERB, "document.issued", "order.confirmed"))
    yield from _repeated("order", Order.objects.all(), "market", "number")
    yield from _repeated("entry", Entry.objects.all(), "key")
    yield from _repeated("order on live documents", live, "order__number")
    yield from _repeated("letter", OutgoingMail.objects.all(), "key")
    yield from _repeated("scheduled run", Run.objects.filter(origin=Origin.SCHEDULE), "market", "through")
    yield from _repeated("act", once, "verb", "subject")
    yield from _files_with_twins()


def _files_with_twins() -> Iterable[str]:
    """Each export is one file, each document two; whatever else has their names was written twice."""
    exports = Export.objects.filter(file__isnull=False).count()
    written = StoredFile.objects.filter(name__startswith="saldo-export-").count()
    drawn = StoredFile.objects.filter(name__regex=r"^[A-Z]{2}-\d{4}-\d+\.(pdf|xlsx)$").count()
    if written > exports:
        yield f"{written} files of {exports} exports"
    if drawn > 2 * Document.objects.count():
        yield f"{drawn} files of {Document.objects.count()} documents"


def _repeated(what: str, rows: QuerySet[Any], *by: str) -> Iterable[str]:
    for *key, count in grouped(rows, *by, amount=Count("pk")):
        if count > 1:
            yield f"{what} {' '.join(map(str, key))}: {count} times"


def _letters_with_twins(folder: Path) -> Iterable[str]:
    """A letter may be sent twice, but never as another: its twin carries the same Message-ID."""
    sent = b"".join(path.read_bytes() for path in folder.glob("*")) if folder.exists() else b""
    seen = Counter(re.findall(rb"^Message-ID:\s+(\S+)", sent, re.MULTILINE))
    known = {each.encode() for each in OutgoingMail.objects.values_list("message_id", flat=True)}
    yield from (f"a letter nobody wrote: {each.decode()}" for each in seen.keys() - known)


def _left_half_way() -> Iterable[str]:
    for letter in OutgoingMail.objects.exclude(state=MailState.SENT):
        yield f"letter {letter.key} is {letter.state}"
    for submission in Submission.objects.filter(state__in=UNDER_WAY):
        yield f"submission {submission.pk} is {submission.state}"
    for submission in Submission.objects.filter(state="unreadable"):
        yield f"submission {submission.pk} was refused: {submission.note}"
    for document in Document.objects.filter(pdf__isnull=True) | Document.objects.filter(xlsx__isnull=True):
        yield f"document {document.reference} has no files"
    for export in Export.objects.filter(file__isnull=True):
        yield f"export {export.pk} is not written"


def papers_done() -> set[str]:
    """Every paper that has come to its end: booked, agreed, paid, received."""
    ends = ((Invoice, "booked", "number"), (SetOff, "confirmed", "reference"))
    paid = ((Payout, "paid", "reference"), (Collection, "paid", "reference"))
    return {
        f"{model._meta.verbose_name} {name}"
        for model, state, column in (*ends, *paid)
        for name in model._default_manager.filter(state=state).values_list(column, flat=True)
    }


def told(verdict: Judgement) -> Mapping[str, list[str]]:
    """The findings as plain data, a dozen of each kind."""
    return {name: getattr(verdict, name)[:12] for name in KINDS}
