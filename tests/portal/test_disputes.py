"""Disputes as the seller follows them: what is left aside, what is said, how it ends."""

import pytest
from django.utils import timezone

from marketplace.kernel.models import OutgoingMail
from marketplace.users.models import User
from settlement.netting.models import Dispute, DisputeState, Outcome, SetOff
from settlement.netting.operations.disputing import answer_dispute, decide_dispute, dispute_orders
from tests.portal.telling import Browser, stand


@pytest.fixture
def dispute(set_off: SetOff, ana: User) -> Dispute:
    (opened,) = dispute_orders(
        set_off_id=set_off.pk, numbers=["CASH1"], reason="We never had the cash", by=ana, at=timezone.now()
    )
    return opened


def page_of(dispute: Dispute) -> str:
    return f"/set-offs/disputes/{dispute.pk}/"


def test_the_page_says_what_is_left_aside_and_what_was_said(
    ana_sees: Browser, dispute: Dispute, carla: User
) -> None:
    answer_dispute(dispute_id=dispute.pk, text="Who did?", by=carla, at=timezone.now(), as_seller=False)

    page = ana_sees.page(page_of(dispute))

    assert "It waits for accounting" in page
    assert "Customers' cash you hold CZK 2,577.30 Share of your invoice CZK 2,214.30" in page
    assert page.index("We never had the cash") < page.index("Accounting") < page.index("Who did?")
    assert carla.email not in page
    assert {"/orders/CASH1/", f"/set-offs/{dispute.set_off.reference}/"} <= ana_sees.links(page_of(dispute))


def test_a_message_goes_to_accounting_by_mail(ana_sees: Browser, dispute: Dispute) -> None:
    page = ana_sees.post(f"{page_of(dispute)}answer/", {"text": "The pick-up point did."})

    assert "Your message went to accounting." in page
    assert "The pick-up point did." in page
    letter = OutgoingMail.objects.latest("pk")
    assert letter.recipients == [dispute.market.accounting_email]
    assert "The pick-up point did." in letter.body


def test_withdrawing_puts_the_amounts_back_where_they_were(
    ana_sees: Browser, dispute: Dispute, set_off: SetOff
) -> None:
    page = ana_sees.post(f"{page_of(dispute)}withdraw/", {"text": "We found it"})

    dispute.refresh_from_db()
    set_off.refresh_from_db()
    assert (dispute.state, dispute.outcome) == (DisputeState.CLOSED, Outcome.WITHDRAWN)
    assert (set_off.netted, set_off.disputed_receivables) == (2577_30, 0)
    assert "You withdrew the dispute about order CASH1." in page
    assert "Your message" not in page


@pytest.mark.parametrize("deed", ["answer", "withdraw"])
@pytest.mark.parametrize("text", ["", "  \n "])
def test_saying_nothing_is_refused_and_changes_nothing(
    ana_sees: Browser, dispute: Dispute, deed: str, text: str
) -> None:
    before = stand()

    page = ana_sees.post(f"{page_of(dispute)}{deed}/", {"text": text}, status=422)

    assert "This field is required." in page
    assert stand() == before


@pytest.mark.parametrize("deed", ["answer", "withdraw"])
def test_a_decided_dispute_is_told_and_takes_nothing_more(
    ana_sees: Browser, dispute: Dispute, carla: User, deed: str
) -> None:
    decide_dispute(
        dispute_id=dispute.pk,
        outcome=Outcome.HELD_HERE,
        text="The courier paid us",
        by=carla,
        at=timezone.now(),
    )
    before = stand()

    page = ana_sees.post(f"{page_of(dispute)}{deed}/", {"text": "But still"})

    assert "The marketplace holds the cash" in page
    assert "You do not owe this cash any more." in page
    assert "But still" not in page
    assert stand() == before


def test_a_viewer_reads_and_cannot_answer(viktor_sees: Browser, dispute: Dispute) -> None:
    before = stand()

    assert "Your role can look, but not answer." in viktor_sees.page(page_of(dispute))
    for deed in ("answer", "withdraw"):
        viktor_sees.post(f"{page_of(dispute)}{deed}/", {"text": "x"}, status=403)

    assert stand() == before


def test_a_stranger_finds_no_such_dispute(beto_sees: Browser, dispute: Dispute) -> None:
    before = stand()

    beto_sees.page(page_of(dispute), status=404)
    for deed in ("answer", "withdraw"):
        beto_sees.post(f"{page_of(dispute)}{deed}/", {"text": "x"}, status=404)

    assert stand() == before
    assert "CASH1" not in beto_sees.page("/set-offs/disputes/")


def test_the_list_is_reached_from_the_set_offs_with_how_many_are_open(
    ana_sees: Browser, dispute: Dispute
) -> None:
    assert "Disputes 1 Export this list" in ana_sees.page("/set-offs/")
    for query in ("", "tab=open", "q=CASH1", "q=CZ-S-2026", "sort=cash"):
        assert "CASH1" in ana_sees.page(f"/set-offs/disputes/?{query}"), query
    assert "CASH1" not in ana_sees.page("/set-offs/disputes/?tab=closed")


def test_the_list_leaves_as_a_workbook(ana_sees: Browser, dispute: Dispute) -> None:
    heads, row = ana_sees.sheet("/set-offs/disputes/export/")
    told = dict(zip(heads, row, strict=True))

    assert (told["Order"], told["Cash or commission withheld"], told["Invoice withheld"]) == (
        "CASH1",
        2577.3,
        2214.3,
    )


def test_a_seller_without_disputes_is_told_where_one_begins(ana_sees: Browser, set_off: SetOff) -> None:
    assert "dispute it on the set-off's page" in ana_sees.page("/set-offs/disputes/")


def test_a_long_conversation_takes_no_more_queries(ana_sees: Browser, dispute: Dispute, carla: User) -> None:
    few = ana_sees.queries(page_of(dispute))
    for _ in range(10):
        answer_dispute(dispute_id=dispute.pk, text="And?", by=carla, at=timezone.now(), as_seller=False)

    assert ana_sees.queries(page_of(dispute)) == few
