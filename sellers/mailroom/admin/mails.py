"""Mails in the back office: what came, what became of it, and the quarantine."""

from collections.abc import Iterable
from itertools import zip_longest
from typing import Any

from django.contrib import admin
from django.db.models import Count
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from marketplace.kernel.backoffice import badge, state_column
from marketplace.kernel.desk import Deed, DeskAdmin, acting, file_link
from marketplace.kernel.desk_parts import (
    Notice,
    Table,
    age_column,
    history,
    link,
    link_column,
    market_column,
    queue_filter,
)
from marketplace.kernel.states import IllegalMove
from sellers.mailroom.models import Authentication, Mail, MailPart, State
from sellers.mailroom.operations import quarantine
from sellers.mailroom.wording import Told, told_of, why_text

TONES: dict[str, str] = {
    State.RECEIVED: "info",
    State.READING: "info",
    State.DONE: "ok",
    State.QUARANTINED: "warn",
    State.REFUSED: "bad",
}
PROOF_TONES: dict[str, str] = {
    Authentication.PASS: "ok",
    Authentication.FAIL: "bad",
    Authentication.NONE: "warn",
}


def _release(request: HttpRequest, row: Mail, text: str) -> None:
    quarantine.release_mail(mail_id=row.pk, **acting(request))


def _discard(request: HttpRequest, row: Mail, text: str) -> None:
    quarantine.discard_mail(mail_id=row.pk, reason=text, **acting(request))


def _is_held(request: HttpRequest, row: Mail) -> bool:
    return row.state == State.QUARANTINED


@admin.register(Mail)
class MailAdmin(DeskAdmin):
    list_display = (
        "shown_subject",
        "sender",
        "market_code",
        "seller",
        "shown_route",
        "shown_state",
        "why",
        "attachments",
        "received_at",
        "age",
        "shown_answer",
    )
    list_filter = (
        queue_filter(State.choices, waiting=(State.QUARANTINED,)),
        "market",
        "route",
        "authentication",
        "why",
        "silence",
        "origin",
        "automatic",
    )
    search_fields = ("sender", "subject", "message_id", "seller__partner_number", "parts__name")
    ordering = ("-received_at", "-pk")
    date_hierarchy = "received_at"
    list_select_related = ("market", "seller", "answer")
    fields = (
        "sender",
        "sender_name",
        "subject",
        "mailbox",
        "market",
        "shown_seller",
        "shown_route",
        "shown_state",
        "shown_proof",
        "origin",
        "peer",
        "envelope_from",
        "received_at",
        "message_id",
        "reference",
        "automatic",
        "shown_submission",
        "shown_answer",
        "answered_at",
        "answer_text",
        "files",
    )
    readonly_fields = fields
    papers = {"raw": _("The mail as it came")}
    shown_state = state_column(TONES)
    shown_seller = link_column("seller", _("seller"))
    shown_submission = link_column("submission", _("submission"))
    market_code = market_column
    age = age_column("received_at", lambda row: row.state == State.QUARANTINED)
    deeds = (
        Deed(
            "release",
            _("Release"),
            _release,
            refusals=(IllegalMove, quarantine.SenderMissing),
            note=_("You vouch that the mail is from its sender. It goes on as if that were proven."),
            when=_is_held,
        ),
        Deed(
            "discard",
            _("Discard"),
            _discard,
            refusals=(IllegalMove, quarantine.ReasonMissing),
            asks=_("reason"),
            note=_("Nothing is done with the mail, and nobody is told."),
            when=_is_held,
            grave=True,
        ),
    )

    def get_queryset(self, request: HttpRequest) -> Any:
        """Each mail with how many attachments it has, in the same query."""
        return super().get_queryset(request).annotate(count_parts=Count("parts", distinct=True))

    @admin.display(description=_("subject"), ordering="subject")
    def shown_subject(self, row: Mail) -> str:
        return row.subject or "–"

    @admin.display(description=_("attachments"), ordering="count_parts")
    def attachments(self, row: Any) -> int:
        return int(row.count_parts)

    @admin.display(description=_("route"), ordering="route")
    def shown_route(self, row: Mail) -> str:
        return row.get_route_display()

    @admin.display(description=_("sender proven"), ordering="authentication")
    def shown_proof(self, row: Mail) -> SafeString:
        told = ((PROOF_TONES[row.authentication], row.get_authentication_display(), row.proof),)
        return format_html_join("", '<span class="badge tone-{}">{}</span> {}', told)

    @admin.display(description=_("answer"), ordering="answered_at")
    def shown_answer(self, row: Mail) -> Any:
        return link(row.answer) if row.answer else row.get_silence_display() or "–"

    @admin.display(description=_("what was answered"))
    def answer_text(self, row: Mail) -> Any:
        lines = row.answer.body.splitlines() if row.answer else []
        return format_html_join(SafeString("<br>"), "{}", ((line,) for line in lines)) or "–"

    def notices(self, request: HttpRequest, row: Mail) -> Iterable[Notice]:
        """Why a mail did not take its way, and why nobody was answered."""
        if row.why:
            yield Notice(why_text(row), "warn" if row.state == State.QUARANTINED else "info")
        if row.silence:
            yield Notice(_("Not answered: %(why)s") % {"why": row.get_silence_display()})

    def tables(self, row: Mail) -> Iterable[Table]:
        """The attachments with their outcomes, and the moves."""
        parts = list(row.parts.select_related("file").order_by("position"))
        told = told_of(row)
        by_place = told if len(told) == len(parts) else []
        yield Table(
            title=_("Attachments"),
            words=(_("file"), _("kind"), _("outcome"), _("reason"), _("order")),
            figures=(_("size"),),
            rows=[_part_row(part, each) for part, each in zip_longest(parts, by_place)],
            empty=_("None."),
        )
        yield history(row, TONES)


def _part_row(part: MailPart, told: Told | None) -> tuple[Any, ...]:
    desk = admin.site.get_model_admin(MailPart)
    assert isinstance(desk, DeskAdmin)
    name = file_link(desk.file_address(part, "file"), part.file)
    size = filesizeformat(part.size)
    if told is None:
        return (name, part.kind, "–", "–", "–", size)
    shown = badge(told.label, "ok" if told.is_well else "none" if told.is_quiet else "warn")
    return (name, part.kind, shown, told.reason or "–", told.order or "–", size)
