"""Staff see to refunds: what we pay, what sellers paid and prove, what comes back to vouchers."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.kernel.files import store
from marketplace.kernel.models import AuditRecord
from marketplace.ledger.models import Entry
from marketplace.ledger.queries import balance
from marketplace.orders.models import Custody, Order, Refund, RefundState, Return, Tender, TenderState
from marketplace.orders.operations.refunding import tell_refund
from marketplace.parties.models import Market, Seller
from marketplace.vouchers.models import Voucher
from tests.cast import take, today_in
from tests.desk import act, listed, make_looker, name_of, offered, page, press, queries_of, seen, told
from tests.orders.telling import tell_order, tender
from tests.stories.hungary import by_voucher, come_back, give_voucher, hungarian, make_agent, make_hungary

Way = Callable[..., list[str]]
RETURNED = "2026-10-10T10:00:00+02:00"


@pytest.fixture
def hungary(db: None) -> Market:
    market = make_hungary()
    make_agent(market)
    return market


@pytest.fixture
def mixed(hungary: Market) -> dict[str, Refund]:
    """An agency order by voucher and card came back whole: each part's refund by its method."""
    give_voucher(hungary, "SPRING-47K2", "2000.00")
    take(hungary, hungarian("V4", "6350.00", by_voucher("SPRING-47K2", "2000.00"), tender("card", "4350.00")))
    assert come_back(hungary, "R-V4", "V4").outcome == "taken"
    return {row.tender.method: row for row in Refund.objects.select_related("tender")}


@pytest.fixture
def cash(market: Market, seller: Seller) -> Refund:
    """A resale order whose cash the seller holds came back."""
    take(market, tell_order(number="COD-1", tenders=[tender("cod", "1210.00")]))
    assert come_back(market, "R-COD-1", "COD-1", at=RETURNED).outcome == "taken"
    return Refund.objects.get(order__number="COD-1")


@pytest.fixture
def proof(cash: Refund, seller: Seller) -> Refund:
    """The seller says that it gave the cash back."""
    at = timezone.now()
    slip: dict[str, Any] = {
        "name": "slip.pdf",
        "content_type": "application/pdf",
        "chunks": [b"%PDF-1.4 slip"],
    }
    file = store(**slip, at=at, seller_id=seller.pk)
    return tell_refund(refund_id=cash.pk, paid_at=at, proof=file, note="Paid", by=None, at=at)


def stand() -> tuple[Any, ...]:
    """All that a refusal may not change."""
    return (
        list(Refund.objects.order_by("pk").values_list("state", "paid_at")),
        list(Voucher.objects.order_by("pk").values_list("balance", "expires_on")),
        Entry.objects.count(),
    )


# Queues


def test_each_queue_shows_what_waits_for_whom(
    mixed: dict[str, Refund], proof: Refund, market: Market, carla_client: Client
) -> None:
    take(market, tell_order(number="COD-2", tenders=[tender("cod", "1210.00")]))
    come_back(market, "R-COD-2", "COD-2", at=RETURNED)

    def numbers(**query: Any) -> list[str]:
        text = listed(carla_client, Refund, **query)
        shown = {"V4 card": "V4 4711 Duna Bt. Card", "V4 voucher": "V4 4711 Duna Bt. Voucher"}
        shown |= {number: f"{number} 3003 Horizont s.r.o. Cash" for number in ("COD-1", "COD-2")}
        return [name for name, words in shown.items() if words in text]

    assert numbers(state="pay") == ["V4 card"]
    assert numbers(state="proofs") == ["COD-1"]
    assert numbers(state="vouchers") == ["V4 voucher"]
    assert numbers(state="sellers") == ["COD-2"]
    assert numbers(state="paid") == numbers(state="dropped") == []
    assert len(numbers()) == len(numbers(state="all")) == 4
    text = seen(carla_client.get(reverse("admin:orders_refund_changelist")))
    for queue in (
        "To be paid by us (1)",
        "Proofs to be seen (1)",
        "Vouchers to reactivate (1)",
        "Owed by sellers (1)",
    ):
        assert queue in text


def test_a_refund_says_what_it_is_of_and_who_pays_it(mixed: dict[str, Refund], carla_client: Client) -> None:
    text = listed(carla_client, Refund, state="all")

    assert "V4 4711 Duna Bt. Voucher •••• 47K2 HUF 2,000 Marketplace To be paid back" in text
    assert "V4 4711 Duna Bt. Card HUF 4,350 Marketplace To be paid back" in text
    assert "SPRING" not in text + page(carla_client, mixed["voucher"])


# Paid by us


@pytest.mark.parametrize("way", [act, press])
def test_what_we_paid_is_marked_with_its_day_and_booked(
    way: Way, mixed: dict[str, Refund], hungary: Market, carla: Any, carla_client: Client
) -> None:
    bank = balance(market_id=hungary.pk, kind="bank")
    assert offered(carla_client, mixed["card"]) == {"paid"}

    assert way(carla_client, mixed["card"], "paid", "2026-10-15") == ["1 done."]

    paid = Refund.objects.get(pk=mixed["card"].pk)
    assert (paid.state, str(paid.paid_at)) == (RefundState.PAID, "2026-10-14 22:00:00+00:00")
    assert balance(market_id=hungary.pk, kind="bank") == bank - 4350_00
    assert AuditRecord.objects.get(verb="refund.paid").by == carla


def test_without_a_day_it_was_paid_today(mixed: dict[str, Refund], carla_client: Client) -> None:
    began = timezone.now()

    press(carla_client, mixed["card"], "paid", "")

    paid_at = Refund.objects.get(pk=mixed["card"].pk).paid_at
    assert paid_at is not None
    assert began <= paid_at <= timezone.now()


def test_a_day_that_cannot_be_is_refused(mixed: dict[str, Refund], carla_client: Client) -> None:
    tomorrow = (today_in(mixed["card"].order.market) + timedelta(days=2)).isoformat()
    before = stand()

    for day, why in (
        ("15.10.2026", "is no day; write it as 2026-11-05."),
        ("2026-13-01", "is no day"),
        ("2025-10-15", "it must lie from 2026-10-02"),
        (tomorrow, "it must lie from"),
    ):
        assert why in press(carla_client, mixed["card"], "paid", day)[0]

    assert stand() == before


def test_what_was_paid_is_not_paid_again(mixed: dict[str, Refund], carla_client: Client) -> None:
    press(carla_client, mixed["card"], "paid")
    before = stand()

    assert "cannot become" in act(carla_client, mixed["card"], "paid")[0]

    assert stand() == before
    assert offered(carla_client, mixed["card"]) == set()


def test_one_refusal_does_not_stop_the_rest(
    mixed: dict[str, Refund], cash: Refund, carla_client: Client
) -> None:
    chosen = [mixed["voucher"].pk, cash.pk, mixed["card"].pk]
    asked = {"action": "paid", "_selected_action": chosen, "reason": ""}

    answer = told(
        carla_client.post(reverse("admin:orders_refund_changelist") + "?state=all", asked, follow=True)
    )

    assert list(Refund.objects.filter(state=RefundState.PAID)) == [mixed["card"]]
    assert [text for text in answer if "comes back to the voucher, by customer service" in text]
    assert [text for text in answer if "The seller pays this refund" in text]
    assert answer[-1] == "1 done."


# Vouchers


@pytest.mark.parametrize("way", [act, press])
def test_customer_service_gives_a_part_back_to_its_voucher(
    way: Way, mixed: dict[str, Refund], hungary: Market, sara: Any, sara_client: Client
) -> None:
    assert offered(sara_client, mixed["voucher"]) == {"reactivate"}

    assert way(sara_client, mixed["voucher"], "reactivate") == ["1 done."]

    voucher = Voucher.objects.get()
    assert voucher.balance == 2000_00
    assert voucher.movements.get(kind="reactivated").by == sara
    assert -balance(market_id=hungary.pk, kind="vouchers") == 2000_00
    assert AuditRecord.objects.get(verb="refund.paid").by == sara
    before = stand()
    assert "cannot become" in act(sara_client, mixed["voucher"], "reactivate")[0]
    assert stand() == before


def test_an_accountant_reactivates_no_voucher(mixed: dict[str, Refund], carla_client: Client) -> None:
    row, before = mixed["voucher"], stand()

    assert offered(carla_client, row) == set()
    assert "It comes back to the voucher, by customer service." in page(carla_client, row)
    answer = carla_client.post(reverse(name_of(row, "do"), args=[row.pk, "reactivate"]))
    assert answer.status_code == 403
    assert act(carla_client, row, "reactivate") == ["No action selected."]

    assert stand() == before


# Proofs


def test_a_proof_is_looked_at_and_accepted(
    proof: Refund, seller: Seller, carla: Any, carla_client: Client
) -> None:
    assert offered(carla_client, proof) == {"accept", "send_back"}
    assert "Open the proof and look" in page(carla_client, proof)

    answer = carla_client.get(reverse("admin:orders_refund_file", args=[proof.pk, "proof"]))
    assert b"".join(getattr(answer, "streaming_content", [])) == b"%PDF-1.4 slip"
    assert answer["Content-Disposition"] == 'attachment; filename="slip.pdf"'
    assert AuditRecord.objects.get(verb="file.downloaded").seller_id == seller.pk

    assert press(carla_client, proof, "accept") == ["1 done."]
    accepted = Refund.objects.get()
    assert (accepted.state, accepted.paid_at) == (RefundState.PAID, proof.told_at)
    assert AuditRecord.objects.get(verb="refund.paid").by == carla


@pytest.mark.parametrize("way", [act, press])
def test_a_proof_is_sent_back_with_the_reason_the_seller_reads(
    way: Way, proof: Refund, carla_client: Client
) -> None:
    before = stand()
    assert "Say why" in way(carla_client, proof, "send_back", " ")[0]
    assert stand() == before

    assert way(carla_client, proof, "send_back", "It names another order") == ["1 done."]

    back = Refund.objects.get()
    assert (back.state, back.note) == (RefundState.OWED, "It names another order")
    assert "It names another order" in page(carla_client, proof)


def test_what_no_seller_told_has_no_proof_to_be_seen(cash: Refund, carla_client: Client) -> None:
    before = stand()

    assert "no proof waiting" in act(carla_client, cash, "accept")[0]
    assert "no proof waiting" in act(carla_client, cash, "send_back", "No")[0]

    assert stand() == before
    assert "pays it back, and hands in the proof" in page(carla_client, cash)


# Orders


def test_an_order_shows_what_vouchers_paid_and_what_came_back(
    mixed: dict[str, Refund], sara_client: Client
) -> None:
    text = page(sara_client, Order.objects.get())

    assert "Voucher + Card" in text
    assert "Paid by voucher HUF 2,000" in text.replace(": ", " ")
    assert "Amount to be paid HUF 4,350" in text.replace(": ", " ")
    assert "R-V4 10 Oct 2026 08:00 UTC – HUF 6,350 HUF 0" in text
    assert "Voucher •••• 47K2 Marketplace To be paid back R-V4 HUF 2,000" in text
    assert "Register a return" not in text, "nothing is left that could come back"


@pytest.mark.parametrize("way", [act, press])
def test_a_transfer_to_the_marketplace_is_marked_as_received(
    way: Way, market: Market, seller: Seller, carla_client: Client
) -> None:
    transfer = [tender("transfer", "1210.00")]
    take(market, tell_order(status="open", status_times={}, tenders=transfer))
    order = Order.objects.get()
    assert offered(carla_client, order) == {"mark_received"}

    assert way(carla_client, order, "mark_received") == ["1 done."]

    assert Tender.objects.get().state == TenderState.CAPTURED
    assert offered(carla_client, order) == set()


# Who may


def test_who_may_only_look_is_offered_nothing_and_does_nothing(
    mixed: dict[str, Refund], proof: Refund
) -> None:
    looker, before = make_looker(), stand()

    for row, deed in ((mixed["card"], "paid"), (mixed["voucher"], "reactivate"), (proof, "accept")):
        assert offered(looker, row) == set()
        assert looker.post(reverse(name_of(row, "do"), args=[row.pk, deed])).status_code == 403

    assert stand() == before


def test_lists_ask_the_same_questions_however_long_they_are(
    mixed: dict[str, Refund], hungary: Market, carla_client: Client
) -> None:
    lists = [reverse(name_of(model, "changelist")) for model in (Refund, Return, Order)]
    for address in lists:
        carla_client.get(address)
    short = [queries_of(carla_client, address) for address in lists]
    for place in range(4):
        give_voucher(hungary, f"MORE-000{place}", "2000.00")
        parts = [by_voucher(f"MORE-000{place}", "2000.00"), tender("cod", "4350.00")]
        take(hungary, hungarian(f"M{place}", "6350.00", *parts))
        come_back(hungary, f"R-M{place}", f"M{place}")

    assert Refund.objects.filter(payer=Custody.SELLER).count() == 4
    assert [queries_of(carla_client, address) for address in lists] == short
