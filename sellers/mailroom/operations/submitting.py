"""Handing a workbook that came by mail to accounting."""

from collections.abc import Iterable
from datetime import datetime

from marketplace.kernel.files import path_of
from marketplace.kernel.jobs import enqueue
from sellers.mailroom.models import Mail, MailPart, Outcome, State
from sellers.mailroom.operations.ending import decide_parts
from sellers.mailroom.queries import login_of
from sellers.mailroom.rules.routing import days_in
from settlement.exports.formats import mistaken_for
from settlement.exports.operations import HEAD_BYTES, MOST_BYTES
from settlement.periods.operations import StillRunning
from settlement.periods.queries import offered_periods
from settlement.periods.rules import Span
from settlement.review.models import Origin
from settlement.review.operations.submitting import NoSuchPeriod, submit_workbook


class NoPeriod(Exception):
    """No period is named that is over, and none is over that could be meant."""


def submit_mail(*, mail_id: int, at: datetime) -> None:
    """Hand the first workbook of a mail to accounting; its other parts are not needed."""
    mail = Mail.objects.locked().select_related("seller__market", "seller__contract").get(pk=mail_id)
    if mail.state != State.READING or mail.submission_id is not None:
        return
    books = list(mail.parts.filter(kind="workbook", outcome="").select_related("file").order_by("position"))
    if books:
        _submit(mail, books[0], at)
    for other in books[1:]:
        _decide(other, Outcome.TO_A_PERSON, at)
    decide_parts(mail, Outcome.IGNORED, at=at)
    enqueue("mailroom.answer", key=f"mail:{mail.pk}", mail_id=mail.pk)


def _submit(mail: Mail, book: MailPart, at: datetime) -> None:
    assert mail.seller is not None
    if fault := _fault(book):
        _decide(book, Outcome.NOT_USABLE, at, code=fault)
        return
    try:
        mail.submission = submit_workbook(
            seller_id=mail.seller.pk,
            span=_span(mail, [book.name, mail.subject], at),
            file=book.file,
            origin=Origin.UPLOAD,
            by=login_of(sender=mail.sender, seller=mail.seller),
            at=at,
        )
    except (NoPeriod, NoSuchPeriod, StillRunning):
        _decide(book, Outcome.NO_PERIOD, at)
        return
    mail.save(update_fields=["submission"])
    span = mail.submission.period.span
    _decide(book, Outcome.HANDED_IN, at, first_on=str(span.first_on), last_on=str(span.last_on))


def _span(mail: Mail, names: Iterable[str], at: datetime) -> Span:
    """The period a name tells, else the last that is over.

    :raises NoPeriod: if there is none.
    """
    assert mail.seller is not None
    over = [each.span for each in offered_periods(seller=mail.seller, at=at) if each.is_over]
    told = days_in(*names)
    if told is not None:
        over = [span for span in over if (span.first_on, span.last_on) == told]
    if not over:
        raise NoPeriod(mail)
    return max(over)


def _fault(book: MailPart) -> str:
    """Why a file visibly is no workbook that is taken; "" if it may be one."""
    if book.size > MOST_BYTES:
        return "too_many_bytes"
    with path_of(book.file).open("rb") as source:
        return mistaken_for(source.read(HEAD_BYTES))


def _decide(part: MailPart, outcome: Outcome, at: datetime, **told: str) -> None:
    part.outcome, part.told, part.decided_at = outcome, told, at
    part.save(update_fields=["outcome", "told", "decided_at"])
