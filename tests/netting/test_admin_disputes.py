"""Disputes in the back office: answered and decided."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from marketplace.parties.models import Market, Seller
from settlement.netting.models import (
    Dispute,
    DisputeState,
    Item,
    Outcome,
)
from settlement.netting.operations.disputing import dispute_orders
from tests.desk import act, listed, offered, page, press
from tests.netting.conftest import documented, stand
from tests.netting.telling import invoice
from tests.stories.test_resale import CARD


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
