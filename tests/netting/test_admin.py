"""Accountants look at open items and set-offs, answer and decide disputes, and read the reports."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.parties.models import Market, Seller
from settlement.documents.models import Document
from settlement.netting.admin import set_offs
from settlement.netting.models import (
    Dispute,
    Item,
    SetOff,
    SetOffLine,
    Side,
    State,
)
from settlement.netting.operations.disputing import dispute_orders
from tests.desk import act, listed, make_looker, name_of, offered, page, press, queries_of
from tests.netting.conftest import AGEING, CASH, OWING, documented, stand
from tests.netting.telling import agree, invoice
from tests.stories.test_resale import COD


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
