"""What a system may ask of its orders and receipts, and the page of them that answers."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar
from zoneinfo import ZoneInfo

from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext as _

from marketplace.kernel.zones import start_of_day
from marketplace.orders.models import Order, OrderChange, State
from marketplace.parties.models import Seller
from sellers.api.models import Wire
from sellers.api.queries import latest_moves

MOST, USUAL = 200, 50
KNOWN = frozenset({"since", "state", "pending", "cursor", "limit", "format"})
ROWS_KNOWN = frozenset({"since", "cursor", "limit"})
YEARS = range(2000, 2200)
T = TypeVar("T", bound=Model)
Place = tuple[Literal["placed"], datetime, int] | tuple[Literal["moved"], int]


class BadQuestion(Exception):
    """Something asked for cannot be answered; the text says what, and how to ask."""


@dataclass(frozen=True, slots=True)
class Question:
    """Which orders are asked for, how many at once, after which, and in which format."""

    since: datetime | None
    state: str
    pending: bool
    after: Place | None
    limit: int
    wire: str


@dataclass(frozen=True, slots=True)
class RowQuestion:
    """Which rows are asked for, how many at once, and after which."""

    since: datetime | None
    after: tuple[datetime, int] | None
    limit: int


@dataclass(frozen=True, slots=True)
class Cut:
    """The keys and numbers of a page of orders, and the cursor of the next; "" after the last."""

    found: list[tuple[int, str]]
    next: str


def read_question(asked: Mapping[str, str], *, zone: str) -> Question:
    """Read what is asked.

    :raises BadQuestion: if something is unknown or makes no sense.
    """
    _check_known(asked, KNOWN)
    since = _since(asked["since"], zone) if "since" in asked else None
    after = _read(asked["cursor"]) if "cursor" in asked else None
    if after is not None and (after[0] == "moved") != (since is not None):
        raise BadQuestion(_("cursor: it belongs to another question; ask again without it."))
    return Question(
        since=since,
        state=_one_of("state", asked.get("state", ""), ["", *State.values]),
        pending=_one_of("pending", asked.get("pending", "false"), ["false", "true"]) == "true",
        after=after,
        limit=_limit(asked.get("limit", str(USUAL))),
        wire=_one_of("format", asked.get("format", Wire.SALDO), Wire.values),
    )


def read_row_question(asked: Mapping[str, str], *, zone: str) -> RowQuestion:
    """Read which rows are asked for, such as receipts.

    :raises BadQuestion: if something is unknown or makes no sense.
    """
    _check_known(asked, ROWS_KNOWN)
    after = _read(asked["cursor"]) if "cursor" in asked else None
    if after is not None and after[0] != "placed":
        raise BadQuestion(_("cursor: it belongs to another question; ask again without it."))
    return RowQuestion(
        since=_since(asked["since"], zone) if "since" in asked else None,
        after=(after[1], after[2]) if after and after[0] == "placed" else None,
        limit=_limit(asked.get("limit", str(USUAL))),
    )


def cut_rows(rows: "QuerySet[T]", question: RowQuestion, *, at: str) -> tuple[list[T], str]:
    """One page of rows in the order of a column of instants, and the cursor of the next; "" after the
    last.
    """
    if question.since is not None:
        rows = rows.filter(**{f"{at}__gte": question.since})
    if question.after is not None:
        instant, key = question.after
        # Written so that the index's range is entered at the cursor.
        rows = rows.filter(
            Q(**{f"{at}__gte": instant}) & (Q(**{f"{at}__gt": instant}) | Q(pk__gt=key)),
        )
    page = list(rows.order_by(at, "pk")[: question.limit + 1])
    more, page = len(page) > question.limit, page[: question.limit]
    last = ["placed", getattr(page[-1], at).isoformat(), page[-1].pk] if more else None
    return page, _write(last)


def cut_orders(seller: Seller, question: Question) -> Cut:
    """One page of a seller's orders: as they were placed, or as they moved since an instant."""
    return _moved(seller, question) if question.since else _placed(seller, question)


def _placed(seller: Seller, question: Question) -> Cut:
    rows = Order.objects.of(seller).filter(_narrow(question))
    if question.after and question.after[0] == "placed":
        _kind, at, key = question.after
        # Written so that the index's range is entered at the cursor.
        rows = rows.filter(Q(placed_at__gte=at) & (Q(placed_at__gt=at) | Q(pk__gt=key)))
    found = rows.order_by("placed_at", "pk").values_list("pk", "number", "placed_at")
    page = list(found[: question.limit + 1])
    more, page = len(page) > question.limit, page[: question.limit]
    last = ["placed", page[-1][2].isoformat(), page[-1][0]] if more else None
    return Cut([(pk, number) for pk, number, _at in page], _write(last))


def _moved(seller: Seller, question: Question) -> Cut:
    assert question.since
    after = question.after[1] if question.after and question.after[0] == "moved" else None
    rows: QuerySet[OrderChange] = latest_moves(seller, since=question.since, after=after)
    rows = rows.filter(_narrow(question, "order__"))
    page = list(rows.values_list("pk", "order_id", "order__number")[: question.limit + 1])
    more, page = len(page) > question.limit, page[: question.limit]
    last = ["moved", page[-1][0]] if more else None
    return Cut([(order, number) for _pk, order, number in page], _write(last))


def _narrow(question: Question, prefix: str = "") -> Q:
    wanted = Q(**{f"{prefix}state": question.state}) if question.state else Q()
    if question.pending:
        wanted &= Q(**{f"{prefix}state": State.OPEN, f"{prefix}confirmed_at__isnull": True})
    return wanted


def _check_known(asked: Mapping[str, str], known: frozenset[str]) -> None:
    unknown = sorted(set(asked) - known)
    if unknown:
        told = {"unknown": ", ".join(unknown)[:100], "known": ", ".join(sorted(known))}
        raise BadQuestion(_("%(unknown)s: unknown; there are %(known)s.") % told)


def _since(text: str, zone: str) -> datetime:
    told = text.strip().replace(" ", "+")  # what a plus sign in an address becomes
    try:
        if len(told) == len("2026-10-31"):
            at = start_of_day(date.fromisoformat(told), zone)
        else:
            at = datetime.fromisoformat(told)
        fine = at.tzinfo is not None and at.year in YEARS
    except ValueError:
        fine = False
    if not fine:
        example = datetime(2026, 10, 31, 12, tzinfo=ZoneInfo(zone)).isoformat()
        raise BadQuestion(_("since: an instant with its offset is needed, like %(one)s.") % {"one": example})
    return at


def _one_of(name: str, value: str, known: list[str]) -> str:
    if value not in known:
        told = {"name": name, "known": ", ".join(filter(None, known))}
        raise BadQuestion(_("%(name)s: there are %(known)s.") % told)
    return value


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) <= 3 and 1 <= int(text) <= MOST):
        raise BadQuestion(_("limit: a whole number from 1 to %(most)s is needed.") % {"most": MOST})
    return int(text)


def _write(place: list[Any] | None) -> str:
    if place is None:
        return ""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def _read(text: str) -> Place:
    try:
        place = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        match place:
            case ["moved", int(key)] if 0 <= key < 2**62:
                return ("moved", key)
            case ["placed", str(at), int(key)] if 0 <= key < 2**62:
                instant = datetime.fromisoformat(at)
                if instant.tzinfo is not None and instant.year in YEARS:
                    return ("placed", instant, key)
    except (ValueError, TypeError, binascii.Error, RecursionError):
        pass
    raise BadQuestion(_("cursor: it is none of ours; take it from “next”, or leave it out."))
