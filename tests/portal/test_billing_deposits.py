"""Deposits: ticking them, adding them up, and the pages of one deposit and one fee."""

from datetime import timedelta

import pytest
from django.utils import timezone

from marketplace.parties.models import Market, Seller
from marketplace.users.models import User
from settlement.billing.models import DepositState, InvoiceDraft
from settlement.billing.operations.charging import withdraw_fee
from settlement.billing.operations.receiving import propose_deposit, refuse_deposit, reverse_deposit
from settlement.billing.references import deposit_reference
from tests.billing.mexico import NOON, charge, invoice, pay_in
from tests.portal.paying_in import drafted, standing, tick
from tests.portal.telling import Browser

DEPOSITS = "/billing/deposits/"


def listed(browser: Browser, query: str = "") -> set[str]:
    """The numbers of the deposits a list shows."""
    table = browser.client.get(f"{DEPOSITS}?{query}").context["table"]
    texts = {cell.text for row in table.rows for cell in row}
    return {text.removeprefix("MX-DP-2026-00000") for text in texts if text.startswith("MX-DP-")}


def test_those_to_be_invoiced_come_first_and_others_by_tab_filter_and_search(
    sol_sees: Browser, sol: Seller, owner: User, carla: User
) -> None:
    done, _open, used, back = (pay_in(sol, amount) for amount in ("1000.00", "300.00", "200.00", "50.00"))
    invoice(sol, done, by=owner)
    charge(sol, "1100.00")
    reverse_deposit(deposit_id=back.pk, reason="Charged back", by=None, at=NOON)
    propose_deposit(seller_id=sol.pk, amount=1, received_at=NOON, method="cash", note="", by=carla, at=NOON)

    for query, numbers in (
        ("", "23"),
        ("tab=invoiced", "1"),
        ("tab=all", "12345"),
        ("tab=all&state=reversed", "4"),
        ("tab=all&state=proposed", "5"),
        ("tab=all&state=left", "23"),
        ("tab=all&q=pay-3", "3"),
        ("tab=all&q=MX-I-2026-000001", "1"),
        ("tab=all&q=MX-FE-2026-000001", "12"),
        ("tab=all&until=2026-10-04", ""),
    ):
        assert listed(sol_sees, query) == set(numbers), query
    head, *rows = sol_sees.sheet(f"{DEPOSITS}export/?tab=all&sort=received")
    assert head[:3] == ["Deposit", "Paid by", "Payer's or bank's number"]
    assert [(row[0][-1], row[6], row[7], row[8]) for row in rows] == [
        ("1", 1000, 0, 0),
        ("2", 300, 200, 300),
        ("3", 200, 200, 200),
        ("4", 50, 0, 0),
        ("5", 0.01, 0, 0),
    ]
    assert used.state == DepositState.RECEIVED


def test_the_page_says_how_the_deposits_stand(sol_sees: Browser, sol: Seller) -> None:
    pay_in(sol, "1000.00")
    charge(sol, "1200.00")

    page = sol_sees.page(DEPOSITS)

    assert "Left for fees MX$0.00" in page
    assert "To be invoiced MX$1,000.00 1 deposit" in page
    assert "Fees that wait for a deposit MX$200.00" in page
    assert "MX$200.00" in sol_sees.page("/")


def test_the_page_says_how_to_pay_in(sol_sees: Browser, mexico: Market, sol: Seller) -> None:
    page = sol_sees.page(DEPOSITS)
    assert "Beneficiary Meridian Mercados S.A. de C.V." in page
    assert f"Reference {deposit_reference(sol)}" in page
    assert "Ask support.mx@meridian.example for the account to transfer to." in page

    mexico.entity_iban = "032180000118359719"
    mexico.save()
    assert "Account 032180000118359719" in sol_sees.page(DEPOSITS)


def test_what_is_ticked_becomes_a_draft_made_out_to_the_usual_recipient(
    sol_sees: Browser, sol: Seller, owner: User
) -> None:
    first, second, _third = (pay_in(sol, amount) for amount in ("100.00", "200.00", "400.00"))

    page = sol_sees.page(drafted(sol_sees, first, second))

    assert "Deposits 2 Total with VAT MX$300.00" in page
    draft = InvoiceDraft.objects.get()
    assert (draft.deposits, draft.by, draft.recipient["tax_id"]) == (
        [first.pk, second.pk],
        owner,
        "EKU9003173C9",
    )


def test_all_that_match_the_filter_are_ticked_by_one_box(sol_sees: Browser, sol: Seller) -> None:
    for place in range(30):
        pay_in(sol, "10.00", at=NOON + timedelta(days=place % 2))
    assert "All 30 that match, MX$300.00" in sol_sees.page(DEPOSITS)
    query = "since=2026-10-06&tab=open"
    assert "All 15 that match, MX$150.00" in sol_sees.page(f"{DEPOSITS}?{query}")

    page = sol_sees.page(tick(sol_sees, all="1", query=query))

    assert "Deposits 15 Total with VAT MX$150.00" in page


def test_more_than_an_invoice_takes_are_not_promised(
    sol_sees: Browser, sol: Seller, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("sellers.portal.billing.ticks", "sellers.portal.views.billing.deposits"):
        monkeypatch.setattr(f"{module}.MOST_LINES", 3)
    for _ in range(5):
        pay_in(sol, "10.00")

    assert "The oldest 3 that match, MX$30.00 (more do not go on one invoice)" in sol_sees.page(DEPOSITS)
    assert "Deposits 3 Total with VAT MX$30.00" in sol_sees.page(tick(sol_sees, all="1"))


def test_without_a_script_ticks_add_up_and_outlast_paging_and_sorting(sol_sees: Browser, sol: Seller) -> None:
    first, second, third = (pay_in(sol, amount) for amount in ("100.00", "200.00", "400.00"))

    told = {"add_up": "1", "shown": f"{first.pk},{second.pk},", "query": "sort=amount"}
    address = tick(sol_sees, first, second, **told)
    page = sol_sees.page(address)
    assert "2 deposits MX$300.00 to be invoiced" in page
    assert "sort=amount" in address

    told = {"add_up": "1", "ticked": f"{first.pk},{second.pk}", "shown": f"{second.pk},{third.pk},"}
    assert "2 deposits MX$500.00 to be invoiced" in sol_sees.page(tick(sol_sees, third, **told))
    assert "3 deposits MX$700.00" in sol_sees.page(tick(sol_sees, add_up="1", all="1"))
    assert not InvoiceDraft.objects.exists()


def test_nothing_ticked_is_said_kindly_and_drafts_nothing(sol_sees: Browser, sol: Seller) -> None:
    pay_in(sol, "100.00")
    before = standing()

    for told in ({}, {"deposit": "x,-1,99999999999999999999"}, {"ticked": "\x00"}, {"deposit": "999999"}):
        page = sol_sees.post("/billing/deposits/tick/", told)
        assert "No deposit is ticked. Tick those to be invoiced." in page, told

    assert standing() == before


def test_what_was_invoiced_since_the_list_was_loaded_is_left_out_by_name(
    sol_sees: Browser, sol: Seller, owner: User
) -> None:
    gone, still = pay_in(sol, "100.00"), pay_in(sol, "200.00")
    invoice(sol, gone, by=owner)

    page = sol_sees.page(drafted(sol_sees, gone, still))

    assert "Left out, since it is on an invoice already: MX-DP-2026-000001." in page
    assert "Total with VAT MX$200.00" in page


def test_another_sellers_deposits_cannot_be_ticked_or_seen(
    luna_sees: Browser, sol_sees: Browser, sol: Seller
) -> None:
    deposit, fee = pay_in(sol, "100.00"), charge(sol, "10.00")
    sol_sees.page(f"{DEPOSITS}{deposit.reference}/")

    luna_sees.page(f"{DEPOSITS}{deposit.reference}/", status=404)
    luna_sees.page(f"/billing/fees/{fee.reference}/", status=404)
    assert "No deposit is ticked" in luna_sees.post("/billing/deposits/tick/", {"deposit": deposit.pk})
    assert "No deposit yet" in luna_sees.page(DEPOSITS)


def test_who_may_only_look_has_nothing_to_tick(vera_sees: Browser, sol: Seller) -> None:
    deposit = pay_in(sol, "100.00")
    before = standing()

    markup = vera_sees.client.get(DEPOSITS).content.decode()

    assert 'name="deposit"' not in markup
    assert "Preview the invoice" not in markup
    assert "Preview the invoice" not in vera_sees.page(f"{DEPOSITS}{deposit.reference}/")
    vera_sees.post("/billing/deposits/tick/", {"deposit": deposit.pk}, status=403)
    assert standing() == before


def test_a_deposits_page_tells_its_fees_and_its_invoices(sol_sees: Browser, sol: Seller, owner: User) -> None:
    deposit = pay_in(sol, "1000.00")
    charge(sol, "150.00")
    withdraw_fee(fee_id=charge(sol, "50.00").pk, reason="x", by=None, at=timezone.now())
    invoice(sol, deposit, by=owner)

    page = sol_sees.page(f"{DEPOSITS}{deposit.reference}/")

    for said in (
        "MX-DP-2026-000001 Invoiced",
        "Taken by fees −150.00 Left for fees MX$850.00",
        "On valid invoices 1,000.00 To be invoiced MX$0.00",
        "MX-FE-2026-000001 Label 5 Oct 2026 150.00 20.69",
        "MX-FE-2026-000002 Label 5 Oct 2026 50.00 6.90 Undone",
        "MX-I-2026-000001 Invoice 5 Oct 2026 Valid 1,000.00 137.93",
    ):
        assert said in page, said


def test_a_deposit_that_does_not_count_says_why(sol_sees: Browser, sol: Seller, carla: User) -> None:
    back = pay_in(sol, "50.00")
    reverse_deposit(deposit_id=back.pk, reason="Charged back by the bank", by=None, at=NOON)
    told = {"seller_id": sol.pk, "amount": 100, "received_at": NOON, "method": "cash", "note": ""}
    waits, refused = (propose_deposit(**told, by=carla, at=NOON) for _ in range(2))  # type: ignore[arg-type]
    refuse_deposit(deposit_id=refused.pk, reason="Twice", by=carla, at=NOON)

    page = sol_sees.page(f"{DEPOSITS}{back.reference}/")

    assert "This deposit was taken back" in page
    assert "Charged back by the bank" in page
    assert "counts once a second person" in sol_sees.page(f"{DEPOSITS}{waits.reference}/")
    assert "Twice" in sol_sees.page(f"{DEPOSITS}{refused.reference}/")


def test_fees_are_listed_with_what_covers_them(sol_sees: Browser, sol: Seller) -> None:
    pay_in(sol, "100.00")
    charge(sol, "80.00")
    charge(sol, "50.00")
    withdraw_fee(fee_id=charge(sol, "7.00").pk, reason="Never printed", by=None, at=timezone.now())

    page = sol_sees.page("/billing/fees/")

    assert "MX-FE-2026-000001 Shipping label Label Taken from deposits 5 Oct 2026 80.00 80.00" in page
    assert "MX-FE-2026-000002 Shipping label Label Waits for a deposit 5 Oct 2026 50.00 20.00 – 30.00" in page
    for query, numbers in (("tab=waiting", "2"), ("tab=withdrawn", "3"), ("q=MX-DP-2026-000001", "12")):
        found = sol_sees.page(f"/billing/fees/?{query}")
        assert {n for n in "123" if f"MX-FE-2026-00000{n} " in found} == set(numbers), query
    assert len(sol_sees.sheet("/billing/fees/export/")) == 4
    one = sol_sees.page("/billing/fees/MX-FE-2026-000003/")
    assert "What it took went back to your deposits. Reason: Never printed" in one
    assert "MX-DP-2026-000001 5 Oct 2026 20.00" in sol_sees.page("/billing/fees/MX-FE-2026-000002/")
