"""The list of mails a seller sent."""

from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy, pgettext_lazy

from marketplace.parties.models import Seller
from sellers.door.templatetags.days import moment
from sellers.mailroom.models import Mail, Route, State
from sellers.portal.columns import Badge, Column, Kind
from sellers.portal.listing import Listing

TONES = {
    State.RECEIVED: "reading",
    State.READING: "reading",
    State.DONE: "done",
    State.QUARANTINED: "awaited",
    State.REFUSED: "refused",
}


def mail_badge(mail: Mail) -> Badge:
    """How far a mail is, with its colour."""
    return Badge(mail.get_state_display(), TONES[State(mail.state)])


def answer_of(mail: Mail) -> str:
    """When a mail was answered, or why it was not."""
    return moment(mail.answered_at) if mail.answered_at else str(mail.get_silence_display())


def search_mails(seller: Seller, text: str) -> Q:
    """By any part of the sender's address or the subject, or a file's name."""
    return (
        Q(sender__icontains=text)
        | Q(subject__icontains=text)
        | Q(pk__in=Mail.objects.filter(parts__name__icontains=text, seller=seller).values("pk"))
    )


def _url(mail: Any) -> str:
    return reverse("portal:mail", args=[mail.pk])


MAILS = Listing(
    name="mails",
    title=gettext_lazy("Mails received"),
    columns=(
        Column(
            gettext_lazy("Subject"), lambda row: row.subject or "–", css="at-title long", url=_url, width=40
        ),
        Column(gettext_lazy("From"), lambda row: row.sender, css="at-sub long", width=32),
        Column(gettext_lazy("Came"), lambda row: row.received_at, Kind.MOMENT, "at-sub", sort="-came"),
        Column(gettext_lazy("What it is for"), lambda row: row.get_route_display(), css="at-none", width=24),
        Column(gettext_lazy("State"), mail_badge, Kind.STATE, css="at-badge", width=20),
        Column(gettext_lazy("Answered"), answer_of, width=28),
    ),
    sorts={"came": "received_at"},
    sort="-came",
    day="received_at",
    search=search_mails,
    placeholder=gettext_lazy("Sender, subject or file"),
    tabs={
        "all": (gettext_lazy("All"), Q()),
        "done": (pgettext_lazy("several mails", "Read"), Q(state=State.DONE)),
        "way": (gettext_lazy("Under way"), Q(state__in=[State.RECEIVED, State.READING])),
        "refused": (pgettext_lazy("several mails", "Refused"), Q(state=State.REFUSED)),
    },
    tabs_label=gettext_lazy("Mails by state"),
    states={str(route): (route.label, Q(route=route)) for route in Route},
    states_label=gettext_lazy("What it is for"),
)
