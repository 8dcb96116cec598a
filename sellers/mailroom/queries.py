"""Whose a mailbox is, for whom a sender may send, and what a seller sent."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from marketplace.parties.models import Market, Member, Role, Seller
from marketplace.users.models import User
from sellers.mailroom.models import AllowedSender, Mail
from sellers.mailroom.rules.addresses import base, domain_of
from sellers.mailroom.rules.routing import ACCOUNTING_BOX, RECEIPTS_BOX, Box
from sellers.receipts.models import ReceivedFile

MAY_SEND = {
    RECEIPTS_BOX: (Role.OWNER, Role.FINANCE, Role.OPERATIONS),
    ACCOUNTING_BOX: (Role.OWNER, Role.FINANCE),
}
"""The roles whose logins may send to a mailbox: those that may upload the same in the portal, and finance."""


def boxes(markets: "QuerySet[Market] | None" = None) -> Mapping[str, Sequence[Box]]:
    """Our mailboxes by address; markets may share one."""
    found: dict[str, list[Box]] = {}
    rows = Market.objects.all() if markets is None else markets
    for pk, receipts, accounting in rows.order_by("pk").values_list(
        "pk", "receipts_email", "accounting_email"
    ):
        found.setdefault(base(receipts), []).append(Box(pk, RECEIPTS_BOX))
        found.setdefault(base(accounting), []).append(Box(pk, ACCOUNTING_BOX))
    found.pop("", None)
    return found


def own_addresses() -> set[str]:
    """The addresses our own letters come from and go by; none of them is answered."""
    rows = Market.objects.values_list("receipts_email", "accounting_email", "support_email")
    return {base(address) for row in rows for address in row}


def tied_sellers(*, sender: str, kind: str, market_id: int | None = None) -> list[Seller]:
    """The sellers a proven sender may send for, of a market or of all."""
    if not sender:
        return []
    members = Member.objects.filter(user__email__iexact=sender)
    logins = members.filter(user__is_active=True, role__in=MAY_SEND[kind])
    # Who has a login has its role's rights, also where all of the domain is let in.
    of_domain = AllowedSender.objects.filter(address=f"@{domain_of(sender)}")
    let_in = of_domain.exclude(seller__in=members.values("seller"))
    named = AllowedSender.objects.filter(address=sender)
    tied = Q(email__iexact=sender)
    for rows in (logins, let_in, named):
        tied |= Q(pk__in=rows.values("seller"))
    sellers = Seller.objects.filter(tied, is_active=True)
    if market_id is not None:
        sellers = sellers.filter(market=market_id)
    return list(sellers.select_related("market", "contract").order_by("pk"))


def login_of(*, sender: str, seller: Seller) -> User | None:
    """The login a mail's sender has at a seller, if any."""
    return User.objects.filter(email__iexact=sender, is_active=True, memberships__seller=seller).first()


def mails_of(seller: Seller) -> "QuerySet[Mail]":
    """The mails that were of a seller, or brought a file of its, newest first.

    A sender may send for several sellers: show of its files only those :func:`files_in` tells.
    """
    brought = ReceivedFile.objects.filter(bundle__mail=OuterRef("pk"), seller=seller)
    rows = Mail.objects.filter(Q(seller=seller) | Exists(brought))
    return rows.select_related("bundle", "submission", "answer").order_by("-received_at", "-pk")


def files_in(mail: Mail, *, seller: Seller | None = None) -> "QuerySet[ReceivedFile]":
    """The files of receipts a mail brought, all or a seller's, with what became of them."""
    rows = (
        ReceivedFile.objects.filter(bundle=mail.bundle_id) if mail.bundle_id else ReceivedFile.objects.none()
    )
    if seller is not None and mail.seller_id != seller.pk:
        rows = rows.filter(seller=seller)
    return rows.select_related("file", "order", "receipt__order", "receipt__returned").order_by("position")


def answered_since(*, sender: str, since: datetime) -> int:
    """How many answers a sender got since an instant."""
    return Mail.objects.filter(sender=sender, answered_at__gt=since).count()


def answers_our_answer(ids: Iterable[str]) -> bool:
    """Whether one of some Message-IDs is an answer's that we wrote to a mail."""
    return Mail.objects.filter(answer__message_id__in=list(ids)).exists()


def forgotten(*, at: datetime, patience: timedelta) -> Iterable[Mail]:
    """Mails that wait unread, or at their end unanswered, longer than they should."""
    late = Mail.objects.filter(received_at__lt=at - patience)
    under_way = late.filter(state__in=("received", "reading"))
    unanswered = late.unanswered().exclude(changes__at__gte=at - patience)
    return under_way.union(unanswered)
