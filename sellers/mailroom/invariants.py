"""What the mailroom promises."""

from collections.abc import Iterable
from datetime import timedelta

from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone

from marketplace.kernel.books import book_check
from marketplace.kernel.files import path_of, sha256_on_disk
from sellers.mailroom.models import Mail, Route
from sellers.mailroom.queries import forgotten

PATIENCE = timedelta(minutes=15)
HASHED_FOR = timedelta(days=30)


@book_check("mails: each is kept as it came")
def changed_mails() -> Iterable[str]:
    """All are there in their size; the bytes of the last month's are what they were."""
    recent = timezone.now() - HASHED_FOR
    for mail in Mail.objects.select_related("raw").order_by("pk").iterator(500):
        path = path_of(mail.raw)
        there = path.exists() and path.stat().st_size == mail.raw.size
        if not there or (mail.received_at > recent and sha256_on_disk(mail.raw) != mail.raw.sha256):
            yield f"mail {mail.pk} of {mail.received_at.isoformat()}"


@book_check("mails: none waits unread or unanswered for a quarter of an hour")
def forgotten_mails() -> Iterable[str]:
    yield from (f"mail {mail.pk}: {mail}" for mail in forgotten(at=timezone.now(), patience=PATIENCE))


@book_check("mails: what a mail brought is its market's and its sender's sellers'")
def strayed_mails() -> Iterable[str]:
    of_bundle = Q(bundle__isnull=True) | Q(bundle__market=F("market"), bundle__sellers=F("sellers"))
    of_submission = Q(submission__isnull=True) | Q(submission__seller=F("seller"))
    of_seller = Q(seller__isnull=True) | Q(seller__market=F("market"))
    strayed = Mail.objects.exclude(of_bundle & of_submission & of_seller)
    yield from (f"mail {pk}" for pk in strayed.order_by("pk").values_list("pk", flat=True))


@book_check("mails: only those whose sender is proven bring something")
def unproven_mails() -> Iterable[str]:
    brought = Mail.objects.filter(Q(bundle__isnull=False) | Q(submission__isnull=False))
    unproven = brought.exclude(authentication="pass", sellers__isnull=False).exclude(route=Route.NONE)
    yield from (f"mail {pk}" for pk in unproven.order_by("pk").values_list("pk", flat=True))


@book_check("mails: each is answered at most once, and to its sender")
def strange_answers() -> Iterable[str]:
    own_key = Concat(Value("mailroom:answer:"), Cast("pk", CharField()))
    strange = Mail.objects.filter(answer__isnull=False).exclude(
        answer__key=own_key, answer__market=F("market")
    )
    yield from (f"mail {pk}" for pk in strange.order_by("pk").values_list("pk", flat=True))
    answered = Mail.objects.filter(answer__isnull=False).select_related("answer")
    for mail in answered.order_by("pk").iterator(500):
        if mail.answer is not None and mail.answer.recipients != [mail.sender]:
            yield f"mail {mail.pk} answered to {', '.join(mail.answer.recipients)}"
