"""Accountants look at open items and set-offs, answer and decide disputes, and read the reports."""

from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from marketplace.kernel.desk_parts import moment
from marketplace.kernel.models import AuditRecord, OutgoingMail
from marketplace.kernel.zones import local_date
from marketplace.ledger.models import Entry
from marketplace.parties.models import Market, NegativeBalance, Seller
from settlement.documents.models import Document
from settlement.invoices.operations.deciding import book_invoice
from settlement.netting.admin import set_offs
from settlement.netting.models import (
    Dispute,
    DisputeMessage,
    DisputeState,
    Item,
    Outcome,
    SetOff,
    SetOffLine,
    Side,
    State,
)
from settlement.netting.operations.disputing import dispute_orders
from settlement.netting.queries import BUCKETS, ageing, due_within
from tests.cast import make_seller, settle, take, work_off_but_rendering
from tests.desk import act, listed, make_looker, name_of, offered, page, press, queries_of, seen
from tests.netting.telling import agree, hand_in, invoice
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.stories.test_resale import CARD, COD, TRANSFER

OWING: dict[str, Any] = {
    "lines": [goods("6050.00"), shipping(), cod_fee()],
    "tenders": [tender("cod", "6207.30")],
}
AGEING, CASH = "/admin/netting/item/ageing/", "/admin/netting/item/cash/"


def documented(market: Market, *told: dict[str, Any]) -> Document:
    take(market, *(tell_order(**facts) for facts in told))
    settle(market)
    return Document.objects.latest("pk")


@pytest.fixture
def document(market: Market, seller: Seller) -> Document:
    """The worked example: card, COD 1 and transfer."""
    return documented(market, CARD, COD | {"number": "COD-1"}, TRANSFER)


@pytest.fixture
def set_off(document: Document) -> SetOff:
    proposed = invoice(document)
    assert proposed is not None
    return proposed


@pytest.fixture
def dispute(set_off: SetOff, ana: Any) -> Dispute:
    """Ana says the courier has the cash."""
    reason = "The courier kept it.\nAsk him."
    at = timezone.now()
    (row,) = dispute_orders(set_off_id=set_off.pk, numbers=["COD-1"], reason=reason, by=ana, at=at)
    return row


def stand() -> tuple[Any, ...]:
    """All that a refusal may not change."""
    return (
        list(SetOff.objects.order_by("pk").values_list("state", "netted")),
        list(Item.objects.order_by("pk").values_list("settled", "reserved", "withheld")),
        list(Dispute.objects.order_by("pk").values_list("state", "outcome")),
        DisputeMessage.objects.count(),
        Entry.objects.count(),
        OutgoingMail.objects.count(),
    )


# Set-offs


def test_a_set_off_says_who_pays_whom_by_name(set_off: SetOff, carla_client: Client) -> None:
    text = listed(carla_client, SetOff)

    assert "CZ-S-2026-000001 3003 Horizont s.r.o. Waits for the seller" in text
    assert "CZK 3,878.05 CZK 2,577.30 CZK 2,577.30" in text
    assert "Meridian Market s.r.o. → Horizont s.r.o. CZK 1,300.75" in text


def test_a_seller_who_owes_is_named_as_the_payer(
    market: Market, seller: Seller, carla_client: Client
) -> None:
    owing = invoice(documented(market, OWING))
    assert owing is not None

    assert "Horizont s.r.o. → Meridian Market s.r.o. CZK 907.50" in listed(carla_client, SetOff)


def test_its_page_shows_which_orders_cash_paid_which_invoice(set_off: SetOff, carla_client: Client) -> None:
    text = page(carla_client, set_off)

    assert "FV-2026-1 Seller's invoice CZ-2026-000001" in text
    assert "COD-1 An order's cash CZ-2026-000001" in text
    assert "CZK 3,878.05 CZK 0.00 CZK 2,577.30 CZK 1,300.75" in text
    assert "COD-1 FV-2026-1 CZ-2026-000001 CZK 2,577.30" in text
    assert "confirm or object until" in text


def test_a_long_set_offs_lines_stand_in_their_own_list(
    market: Market, seller: Seller, carla_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(set_offs, "MOST", 2)
    long = invoice(documented(market, *(COD | {"number": f"COD-{place}"} for place in range(3))))
    assert long is not None

    text = page(carla_client, long)
    lines = listed(carla_client, SetOffLine, set_off=long.pk, item__side__exact=Side.RECEIVABLE)

    assert "All 3 lines" in text
    assert "Only the first 2 are shown." in text
    assert [f"COD-{place}" in lines for place in range(3)] == [True] * 3
    assert "FV-2026-1" not in lines
    assert listed(carla_client, SetOffLine, set_off="9999").count("COD-") == 0


@pytest.mark.parametrize("way", [act, press])
def test_a_set_off_is_withdrawn_with_a_reason(
    way: Callable[..., list[str]], set_off: SetOff, carla_client: Client
) -> None:
    before = stand()
    assert "Say why" in way(carla_client, set_off, "withdraw", " ")[0]
    assert stand() == before

    assert way(carla_client, set_off, "withdraw", "The invoice was wrong") == ["1 done."]

    assert SetOff.objects.get().state == State.WITHDRAWN
    assert "The invoice was wrong" in page(carla_client, set_off)


def test_an_agreed_set_off_is_not_withdrawn(set_off: SetOff, carla_client: Client) -> None:
    agree(set_off)
    before = stand()

    assert "cannot become" in act(carla_client, set_off, "withdraw", "Too late")[0]

    assert stand() == before
    assert offered(carla_client, set_off) == set()


# Open items


def whys(client: Client) -> str:
    return listed(client, Item)


def test_every_open_item_says_why_it_is_open(document: Document, carla_client: Client) -> None:
    work_off_but_rendering()
    assert "The seller has not invoiced CZ-2026-000001." in whys(carla_client)

    handed_in = hand_in(document)
    assert "The invoice for CZ-2026-000001 is in review." in whys(carla_client)

    book_invoice(invoice_id=handed_in.pk, by=None, at=timezone.now())
    work_off_but_rendering()
    assert "Set-off CZ-S-2026-000001 waits for the seller until" in whys(carla_client)

    agree(SetOff.objects.get())
    assert "CZK 1,300.75 is being paid." in whys(carla_client)


def test_what_is_carried_comes_on_the_next_set_off(
    market: Market, seller: Seller, carla_client: Client
) -> None:
    owing = invoice(documented(market, OWING))
    assert owing is not None
    agree(owing)

    assert "CZK 907.50 It comes on the next set-off. CZK 907.50" in whys(carla_client)


def test_what_is_demanded_or_disputed_says_so(
    market: Market, seller: Seller, carla_client: Client, ana: Any
) -> None:
    seller.contract.negative_balance = NegativeBalance.DEMAND
    seller.contract.save()
    owing = invoice(documented(market, OWING | {"number": "BIG"}, COD | {"number": "COD-1"}))
    assert owing is not None
    dispute_orders(set_off_id=owing.pk, numbers=["COD-1"], reason="No", by=ana, at=timezone.now())
    agree(owing)

    text = whys(carla_client)
    assert "CZK 907.50 is demanded." in text
    assert "CZK 2,577.30 is disputed." in text
    assert "CZK 2,577.30 is disputed." in page(carla_client, Item.objects.get(number="COD-1"))


def test_settled_items_are_listed_only_on_request(set_off: SetOff, carla_client: Client) -> None:
    agree(set_off)

    assert "COD-1" not in listed(carla_client, Item)
    assert "COD-1" in listed(carla_client, Item, left="all")
    assert "FV-2026-1" in listed(carla_client, Item, left="reserved")
    assert "FV-2026-1" not in listed(carla_client, Item, left="free")
    assert "FV-2026-1" not in listed(carla_client, Item, left="withheld")


def test_items_are_found_by_seller_side_and_age(set_off: SetOff, carla_client: Client) -> None:
    assert "COD-1" in listed(carla_client, Item, due=column_now())
    assert "FV-2026-1" not in listed(carla_client, Item, due=column_now(), side__exact=Side.RECEIVABLE)
    assert "COD-1" not in listed(carla_client, Item, side__exact=Side.PAYABLE)
    assert "COD-1" in listed(carla_client, Item, seller=set_off.seller_id)
    assert "COD-1" not in listed(carla_client, Item, seller=10**6)


COLUMNS = {0: "upto_7", 7: "upto_7", 8: "upto_30", 30: "upto_30", 60: "upto_60", 61: "upto_90", 91: "beyond"}


@pytest.mark.parametrize(("days", "column"), COLUMNS.items())
def test_the_ageings_columns_and_the_lists_filter_agree(
    days: int, column: str, document: Document, market: Market
) -> None:
    work_off_but_rendering()
    on = date(2026, 10, 5) + timedelta(days=days)

    (row,) = ageing(market=market, on=on)

    assert (row["open"], row[column]) == (2577_30, 2577_30)
    found = {
        name: Item.objects.filter(due_within(name, market=market, on=on)).count()
        for name in set(COLUMNS.values())
    }
    assert found == {**dict.fromkeys(COLUMNS.values(), 0), column: 1}


def column_now() -> str:
    """The column in which what was due on 5 October counts today."""
    days = (local_date(timezone.now(), "Europe/Prague") - date(2026, 10, 5)).days
    return next((f"upto_{end}" for end in BUCKETS if days <= end), "beyond")


# Disputes


def test_the_queue_of_disputes_says_who_spoke_last(dispute: Dispute, carla_client: Client) -> None:
    assert "COD-1 3003 Horizont s.r.o. CZ-S-2026-000001" in listed(carla_client, Dispute)
    assert "the seller's: answer it" in listed(carla_client, Dispute)

    assert press(carla_client, dispute, "answer", "We ask the courier.") == ["1 done."]

    assert "ours: the seller is asked" in listed(carla_client, Dispute)
    text = page(carla_client, dispute)
    assert "seller ana@horizont.example The courier kept it. Ask him." in text
    assert "accounting carla@meridian.example We ask the courier." in text


def test_an_answer_says_something(dispute: Dispute, carla_client: Client) -> None:
    before = stand()

    assert "Write something first." in press(carla_client, dispute, "answer", " ")[0]

    assert stand() == before


@pytest.mark.parametrize(
    ("deed", "outcome", "settled"), [("stands", Outcome.STANDS, 0), ("held_here", Outcome.HELD_HERE, 2577_30)]
)
@pytest.mark.parametrize("way", [act, press])
def test_a_dispute_is_decided_with_a_reason(
    way: Callable[..., list[str]],
    deed: str,
    outcome: Outcome,
    settled: int,
    dispute: Dispute,
    carla_client: Client,
) -> None:
    before = stand()
    assert "Say why" in way(carla_client, dispute, deed, "")[0]
    assert stand() == before

    assert way(carla_client, dispute, deed, "The courier said so.") == ["1 done."]

    decided = Dispute.objects.get()
    assert (decided.state, decided.outcome) == (DisputeState.CLOSED, outcome)
    cash = Item.objects.get(number="COD-1")
    assert (cash.withheld, cash.settled) == (0, settled)
    assert "COD-1" not in listed(carla_client, Dispute)
    assert "The courier said so." in page(carla_client, dispute)


def test_a_decided_dispute_is_neither_answered_nor_decided_again(
    dispute: Dispute, carla_client: Client
) -> None:
    press(carla_client, dispute, "stands", "So it is.")
    before = stand()

    assert "is decided" in press(carla_client, dispute, "answer", "One more thing")[0]
    assert "cannot become" in press(carla_client, dispute, "held_here", "Or rather")[0]

    assert stand() == before
    assert offered(carla_client, dispute) == set()


def test_there_is_no_cash_to_take_over_where_none_is_disputed(
    market: Market, seller: Seller, ana: Any, carla_client: Client
) -> None:
    proposed = invoice(documented(market, CARD | {"number": "CARD-1"}))
    assert proposed is not None
    (row,) = dispute_orders(
        set_off_id=proposed.pk, numbers=["CARD-1"], reason="Too little", by=ana, at=timezone.now()
    )
    before = stand()

    assert "none to take over" in press(carla_client, row, "held_here", "We have it")[0]

    assert stand() == before
    assert offered(carla_client, row) == {"answer", "stands"}


# Reports


def test_the_ageing_adds_up_to_what_is_open_and_leads_to_it(set_off: SetOff, carla_client: Client) -> None:
    answer = carla_client.get(AGEING, {"market": "CZ"})

    text = seen(answer)
    assert "3003 Horizont s.r.o. Owed to the seller CZK 3,878.05" in text
    assert "3003 Horizont s.r.o. Owed by the seller CZK 2,577.30" in text
    assert "Total Owed by the seller CZK 2,577.30" in text
    assert text.count("CZK 2,577.30") == 4
    leads_to = f"?seller={set_off.seller_id}&amp;side__exact=receivable&amp;due={column_now()}"
    assert leads_to in answer.content.decode()


def test_the_ageings_workbook_holds_numbers_and_no_formulas(
    market: Market, carla: Any, carla_client: Client
) -> None:
    make_seller(market, "3003", '=HYPERLINK("http://evil.example")')
    documented(market, COD)
    work_off_but_rendering()

    answer = carla_client.get(reverse("admin:netting_item_ageing_file"), {"market": "CZ"})

    assert answer["Content-Disposition"].startswith('attachment; filename="ageing-CZ-')
    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    head, row = sheet.iter_rows()
    assert [cell.value for cell in head][:4] == ["Partner number", "Seller", "Side", "Open"]
    assert [cell.value for cell in row][:4] == [
        "3003",
        '\'=HYPERLINK("http://evil.example")',
        "Owed by the seller",
        2577.3,
    ]
    assert {cell.data_type for cell in row} == {"s", "n"}
    assert row[-1].value == "CZK"
    assert AuditRecord.objects.get(verb="report.downloaded").by == carla


def test_who_holds_cash_and_has_not_invoiced(document: Document, carla_client: Client) -> None:
    text = seen(carla_client.get(CASH, {"market": "CZ"}))
    assert f"CZ-2026-000001 3003 Horizont s.r.o. {moment(document.issued_on)} 0" in text
    assert "CZK 2,577.30 CZK 3,878.05" in text

    hand_in(document)

    assert "Every seller who holds cash has invoiced it." in seen(carla_client.get(CASH))


def test_reports_are_for_those_who_may_see_the_rows(
    document: Document, carla: Any, carla_client: Client
) -> None:
    assert make_looker().get(AGEING).status_code == 200

    carla.user_permissions.set(Permission.objects.filter(codename="view_seller"))

    for name in ("ageing", "ageing_file", "cash"):
        assert carla_client.get(reverse(f"admin:netting_item_{name}")).status_code == 403
    assert carla_client.get(AGEING, {"market": "XX"}).status_code == 403


def test_a_market_that_is_not_there_is_not_found(market: Market, carla_client: Client) -> None:
    assert carla_client.get(AGEING, {"market": "XX"}).status_code == 404


# All lists


def test_who_may_only_look_is_offered_nothing_and_does_nothing(dispute: Dispute) -> None:
    looker, before = make_looker(), stand()

    for row, deed in ((dispute, "stands"), (dispute.set_off, "withdraw")):
        assert offered(looker, row) == set()
        assert looker.post(reverse(name_of(row, "do"), args=[row.pk, deed])).status_code == 403

    assert stand() == before


def test_lists_ask_the_same_questions_however_long_they_are(
    market: Market, seller: Seller, rival: Seller, ana: Any, carla_client: Client
) -> None:
    lists = [reverse(name_of(model, "changelist")) for model in (SetOff, Item, Dispute, SetOffLine)]
    lists.append(AGEING)

    told = [COD | {"seller": partner, "number": f"COD-{partner}"} for partner in ("3003", "3004")]
    documented(market, *told)

    def play(document: Document) -> None:
        number = f"COD-{document.seller.partner_number}"
        proposed = invoice(document, f"FV-{number}")
        assert proposed is not None
        at = timezone.now()
        dispute_orders(set_off_id=proposed.pk, numbers=[number], reason="No", by=ana, at=at)

    first, second = Document.objects.order_by("pk")
    for address in [*lists, CASH]:
        carla_client.get(address)
    of_two = queries_of(carla_client, CASH)
    play(first)
    assert queries_of(carla_client, CASH) == of_two
    short = [queries_of(carla_client, address) for address in lists]
    play(second)

    assert [queries_of(carla_client, address) for address in lists] == short
