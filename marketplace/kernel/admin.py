"""The machine room: jobs, the outbox, number series, the audit trail."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from marketplace.kernel import jobs
from marketplace.kernel.audit import record
from marketplace.kernel.backoffice import LookOnlyAdmin, actor, each
from marketplace.kernel.mail import send_again
from marketplace.kernel.models import AuditRecord, Job, NumberSeries, OutgoingMail


class NotDead(Exception):
    """Only what was given up on can be tried again."""


@admin.register(Job)
class JobAdmin(LookOnlyAdmin):
    list_display = ("name", "key", "state", "percent_done", "attempt", "created_at", "finished_at", "error")
    list_filter = ("state", "name")
    search_fields = ("key", "error")
    ordering = ("-pk",)
    date_hierarchy = "created_at"
    actions = ("try_again",)
    list_select_related = ("seller",)

    @admin.display(description=gettext_lazy("progress"))
    def percent_done(self, row: Job) -> str:
        return f"{row.percent} %" if row.progress_total else "–"

    @admin.action(description=gettext_lazy("Try again"), permissions=["act"])
    def try_again(self, request: HttpRequest, chosen: "QuerySet[Job]") -> None:
        each(request, chosen, lambda row: _retry(row, request), refusals=(NotDead,))


def _retry(row: Job, request: HttpRequest) -> None:
    record(verb="job.retried", subject=str(row), by=actor(request), at=timezone.now())
    if not jobs.retry(job_id=row.pk, at=timezone.now()):
        raise NotDead(_("it did not fail, or is being tried again already"))


@admin.register(OutgoingMail)
class OutgoingMailAdmin(LookOnlyAdmin):
    list_display = ("subject", "to", "state", "seller", "created_at", "sent_at", "error")
    list_filter = ("state", "market")
    search_fields = ("subject", "key", "seller__partner_number")
    ordering = ("-pk",)
    list_select_related = ("seller", "market")
    actions = ("send_once_more",)

    @admin.display(description=gettext_lazy("to"))
    def to(self, row: OutgoingMail) -> str:
        return ", ".join(row.recipients)

    @admin.action(description=gettext_lazy("Send again"), permissions=["act"])
    def send_once_more(self, request: HttpRequest, chosen: "QuerySet[OutgoingMail]") -> None:
        each(request, chosen, _send, refusals=(NotDead,))


def _send(row: OutgoingMail) -> None:
    if not send_again(mail_id=row.pk):
        raise NotDead(_("it was sent, or still waits to be"))


@admin.register(NumberSeries)
class NumberSeriesAdmin(LookOnlyAdmin):
    list_display = ("market", "kind", "year", "last")
    list_filter = ("market", "kind", "year")
    ordering = ("market", "kind", "-year")


@admin.register(AuditRecord)
class AuditRecordAdmin(LookOnlyAdmin):
    list_display = ("at", "by", "verb", "subject", "seller", "address")
    list_filter = ("verb",)
    search_fields = ("subject", "by__email", "seller__partner_number")
    ordering = ("-pk",)
    date_hierarchy = "at"
    list_select_related = ("by", "seller")
