"""What came back of an order, who gives which money back, and telling a refund as paid."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from marketplace.orders.models import Refund, RefundState
from marketplace.orders.operations.refunding import accept_proof, reactivate_voucher, refuse_proof
from marketplace.parties.models import Market, Role, Seller
from settlement.documents.models import Document
from settlement.netting.models import SetOff
from tests.cast import AFTER_OCTOBER, client_of, make_member, settle, take
from tests.netting.telling import PDF, agree
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.portal.agency import AFTER_END, END
from tests.portal.telling import Browser, stand
from tests.stories.hungary import come_back

OCTOBER_20 = "2026-10-20T10:00:00+02:00"
BOTH = [{"line": 1, "quantity": 1}, {"line": 2, "quantity": 1}]


@pytest.fixture
def came_back(hungary: Market, billed: Document) -> str:
    """V3, of 5,000 by voucher and 14,050 in cash, came back after it was billed."""
    come_back(hungary, "R1", "V3", at=OCTOBER_20, reason="Scratched")
    return "/orders/V3/"


@pytest.fixture
def in_resale(market: Market, seller: Seller) -> str:
    """Order B of the example, whose cash ana's seller holds, came back without its COD fee."""
    told: dict[str, Any] = {
        "lines": [goods("2420.00"), shipping(), cod_fee()],
        "tenders": [tender("cod", "2577.30")],
    }
    take(market, tell_order(number="B", **told))
    settle(market, date(2026, 10, 31), AFTER_OCTOBER)
    come_back(market, "R1", "B", at="2026-11-01T10:00:00+01:00", lines=BOTH)
    return "/orders/B/"


def my_refund() -> Refund:
    return Refund.objects.get(payer="seller")


def tell(browser: Browser, address: str, status: int = 200, **told: Any) -> str:
    facts: dict[str, Any] = {"paid_on": "2026-11-02", "note": "Transfer 4711"}
    return browser.post(f"{address}refunds/{my_refund().pk}/told/", facts | told, status=status)


def proof(name: str = "proof.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "application/pdf")


def test_the_page_says_what_came_back_and_who_pays_whom(eva_sees: Browser, came_back: str) -> None:
    page = eva_sees.page(came_back)

    for said in (
        "Returns and refunds HUF 14,050 to be paid back by you",
        "Return R1, 20 Oct 2026 10:00 1 × TV 55 19,050 Came back HUF 19,050 Scratched",
        "The marketplace gives it back to the voucher · Voucher To be reactivated HUF 5,000",
        "You pay the customer · Cash on delivery To be paid back HUF 14,050",
        "Redeemed held by: Marketplace · 2 Oct 2026 09:12 To be reactivated: HUF 5,000",
        "To be refunded: HUF 14,050",
        "what came back is taken into account by your next credit document",
        "You still owe the customer a refund.",
    ):
        assert said in page, said


def test_an_order_nothing_came_back_of_has_no_such_card(eva_sees: Browser, billed: Document) -> None:
    assert "Returns and refunds" not in eva_sees.page("/orders/V1/")


def test_in_agency_a_refund_is_told_without_a_proof(eva_sees: Browser, came_back: str) -> None:
    page = tell(eva_sees, came_back)

    refund = my_refund()
    assert (refund.state, refund.note, refund.proof) == (RefundState.PAID, "Transfer 4711", None)
    assert refund.paid_at == datetime(2026, 11, 1, 23, tzinfo=UTC)
    assert "The refund of order V3 is told." in page
    assert "Paid back 2 Nov 2026 Transfer 4711" in page
    assert "Refunded in whole" in page
    assert "I have paid it back" not in page


def test_in_resale_accounting_sees_the_proof_first(ana_sees: Browser, in_resale: str) -> None:
    assert "Accounting looks at the proof" in ana_sees.page(in_resale)

    page = tell(ana_sees, in_resale, proof=proof())

    refund = my_refund()
    assert refund.state == RefundState.TOLD
    assert refund.proof is not None
    assert "Proof to be seen" in page
    assert "Accounting looks at the proof of your refund." in page
    file = ana_sees.client.get(f"{in_resale}refunds/{refund.pk}/proof/")
    assert b"".join(file.streaming_content) == PDF  # type: ignore[attr-defined]
    accept_proof(refund_id=refund.pk, by=None, at=timezone.now())
    assert "Paid back 2 Nov 2026" in ana_sees.page(in_resale)


def test_a_proof_that_was_sent_back_says_why_and_is_told_again(ana_sees: Browser, in_resale: str) -> None:
    tell(ana_sees, in_resale, proof=proof())
    refuse_proof(refund_id=my_refund().pk, reason="This is another order", by=None, at=timezone.now())

    page = ana_sees.page(in_resale)

    assert "Accounting sent your proof back: This is another order." in page
    assert "To be paid back" in page
    assert "Proof to be seen" in tell(ana_sees, in_resale, proof=proof("right.pdf"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "This field is required."),
        ({"proof": proof("a.exe", b"MZ90")}, "The file is no PDF and no picture"),
        ({"proof": proof(), "paid_on": "2126-01-01"}, "This day lies in the future."),
        ({"proof": proof(), "paid_on": "2026-09-01"}, "This day lies before the order."),
        ({"proof": proof(), "paid_on": ""}, "This field is required."),
    ],
)
def test_a_refund_told_wrongly_is_refused_in_words_and_changes_nothing(
    ana_sees: Browser, in_resale: str, changes: dict[str, Any], said: str
) -> None:
    before = stand()

    page = tell(ana_sees, in_resale, status=422, **changes)

    assert "The refund was not told; see below why." in page
    assert said in page
    assert stand() == before


def test_a_refund_is_told_once(ana_sees: Browser, in_resale: str) -> None:
    tell(ana_sees, in_resale, proof=proof())
    before = stand()

    tell(ana_sees, in_resale, proof=proof())

    assert stand() == before


def test_the_marketplaces_refund_is_not_the_sellers_to_tell(eva_sees: Browser, came_back: str) -> None:
    refund, before = Refund.objects.get(payer="marketplace"), stand()

    eva_sees.post(f"{came_back}refunds/{refund.pk}/told/", {"paid_on": "2026-11-02"}, status=404)

    assert stand() == before


def test_whoever_ships_sees_the_refund_and_does_not_tell_it(agent: Seller, came_back: str) -> None:
    olga = Browser(client_of(make_member(agent, "olga@duna.example", Role.OPERATIONS)))
    before = stand()

    assert "HUF 14,050 to be paid back by you" in olga.page(came_back)
    assert "I have paid it back" not in olga.page(came_back)
    tell(olga, came_back, status=403)

    assert stand() == before


def test_a_voucher_that_came_back_says_so(eva_sees: Browser, came_back: str) -> None:
    refund = Refund.objects.get(tender__method="voucher")
    reactivate_voucher(refund_id=refund.pk, by=None, at=AFTER_OCTOBER)

    page = eva_sees.page(came_back)

    assert "Voucher Reactivated 2 Nov 2026 HUF 5,000" in page
    assert "Reactivated in whole" in page
    assert "The marketplace gave HUF 5,000 back to the voucher." in page


def test_from_a_return_to_the_set_off_that_recovers_it(
    eva_sees: Browser, hungary: Market, came_back: str
) -> None:
    agree(SetOff.objects.get())
    settle(hungary, END, AFTER_END)
    recovered = SetOff.objects.latest("pk")

    page, links = eva_sees.page(came_back), eva_sees.links(came_back)

    assert f"Taken into account by: HU-C-2026-000001 , Set-off {recovered.reference}" in page
    assert {"/documents/HU-C-2026-000001/", f"/set-offs/{recovered.reference}/"} <= links
    for said in (
        "Paid by voucher 2 Oct 2026",
        "Return R1 20 Oct 2026",
        "· Your share: HUF 16,764. Commission: HUF 2,286. Collected by you: HUF 14,050.",
        "Credit document HU-C-2026-000001",
        "· Your share less: HUF 16,764. Given back by you: HUF 14,050.",
        "Commission credit note HU-FC-2026-000001",
        f"Set-off {recovered.reference}",
    ):
        assert said in page, said


def test_an_order_cancelled_after_it_was_paid_says_what_goes_back(
    eva_sees: Browser, four_pending: dict[str, Any]
) -> None:
    page = eva_sees.post("/orders/P4/move/cancelled/")

    assert "What was paid goes back" in page
    assert "The marketplace gives it back to the voucher · Voucher Reactivated" in page
    assert "The marketplace pays the customer · Card To be paid back" in page


def test_the_start_page_asks_for_refunds_transfers_and_voucher_orders(
    eva_sees: Browser, four_pending: dict[str, Any], came_back: str
) -> None:
    page, links = eva_sees.page("/"), eva_sees.links("/")

    assert "Pay the customer of 1 order back" in page
    assert "4 orders to send" in page
    assert "4 of them are paid by voucher: see what remains" in page
    assert {"/orders/?waiting=refund", "/orders/pending/", "/orders/vouchers/?tab=pending"} <= links


def test_an_order_with_returns_takes_a_bounded_number_of_queries(
    eva_sees: Browser, hungary: Market, came_back: str
) -> None:
    settle(hungary, END, AFTER_END)

    assert eva_sees.queries(came_back) <= 45
