"""A change request: what is wanted is checked, decided by accounting, and carried out to the cent."""

from datetime import timedelta
from typing import Any

import pytest

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import OutgoingMail
from marketplace.kernel.states import IllegalMove
from marketplace.ledger.queries import balance
from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.models import BillingInvoice, BillingLine, ChangeRequest, Deposit, RequestState, Wish
from settlement.billing.operations.requesting import (
    approve_request,
    decline_request,
    request_change,
    whole_of,
    withdraw_request,
)
from settlement.billing.refusals import BadRecipient, NotChangeable
from settlement.billing.rules.splitting import Part, Wanted
from settlement.documents.operations.voiding import ReasonMissing
from tests.billing.mexico import NOON, charge, invoice, made_out_to, pay_in

LATER = NOON + timedelta(days=1)


@pytest.fixture
def issued(sol: Seller, eva: User) -> BillingInvoice:
    """An invoice over three deposits, 100.01 in all."""
    deposits = [pay_in(sol, amount) for amount in ("33.33", "33.33", "33.35")]
    return invoice(sol, *deposits, by=eva)


def ask(row: BillingInvoice, wish: Wish, by: User, *wanted: Wanted, **other: Any) -> ChangeRequest:
    codes = {Wish.EDIT: "01", Wish.SPLIT: "01", Wish.CANCEL: "03"}
    told = {"reason": "Wrong company.", "reason_code": codes[wish]} | other
    return request_change(invoice_id=row.pk, wish=wish, wanted=wanted, by=by, at=LATER, **told)


def totals(*rows: BillingInvoice) -> tuple[int, int]:
    return sum(each.net for each in rows), sum(each.vat for each in rows)


def test_a_correction_is_a_credit_note_and_an_invoice_with_the_same_totals(
    issued: BillingInvoice, sol: Seller, eva: User, carla: User
) -> None:
    other = made_out_to(sol, name="Sol y Luna S.A. de C.V.", tax_id="XEXX010101000")
    request = ask(issued, Wish.EDIT, eva, whole_of(issued, other))
    assert BillingInvoice.objects.count() == 1

    note, corrected = approve_request(request_id=request.pk, by=carla, at=LATER)

    assert (note.reference, corrected.reference) == ("MX-IC-2026-000001", "MX-I-2026-000002")
    assert note.credits == issued
    assert corrected.replaces == issued
    assert totals(note) == totals(corrected) == totals(issued)
    assert (note.reason_code, note.reason) == ("01", "Wrong company.")
    assert corrected.parties["recipient"]["name"] == "Sol y Luna S.A. de C.V."
    assert issued.parties["recipient"]["name"] == "Tienda Sol S.A. de C.V."
    assert run_checks() == []


def test_a_split_puts_each_part_of_each_deposit_on_one_invoice_to_the_cent(
    issued: BillingInvoice, sol: Seller, eva: User, carla: User
) -> None:
    charge(sol, "100.01")
    mine, other = made_out_to(sol), made_out_to(sol, name="Luna S.A.")
    wanted = (
        Wanted(mine, (Part(1, 33_33), Part(2, 11_11))),
        Wanted(other, (Part(2, 22_22), Part(3, 33_35))),
    )
    request = ask(issued, Wish.SPLIT, eva, *wanted)

    note, first, second = approve_request(request_id=request.pk, by=carla, at=LATER)

    assert totals(first, second) == totals(note) == totals(issued)
    assert (first.gross, second.gross) == (44_44, 55_57)
    parts = BillingLine.objects.filter(invoice__in=[first, second]).order_by("invoice", "position")
    assert list(parts.values_list("deposit__reference", "gross")) == [
        ("MX-DP-2026-000001", 33_33),
        ("MX-DP-2026-000002", 11_11),
        ("MX-DP-2026-000002", 22_22),
        ("MX-DP-2026-000003", 33_35),
    ]
    assert not Deposit.objects.uninvoiced().exists()
    assert balance(market_id=sol.market_id, kind="vat_on_deposits") == 0
    assert run_checks() == []


def test_a_cancelled_invoice_frees_its_deposits_to_be_invoiced_anew(
    issued: BillingInvoice, sol: Seller, eva: User, carla: User
) -> None:
    (note,) = approve_request(request_id=ask(issued, Wish.CANCEL, eva).pk, by=carla, at=LATER)

    assert note.gross == issued.gross
    assert balance(market_id=sol.market_id, kind="vat") == 0
    anew = invoice(sol, *Deposit.objects.order_by("pk"), by=eva, at=LATER)
    assert (anew.reference, anew.gross) == ("MX-I-2026-000002", issued.gross)
    assert run_checks() == []


MISFITS: dict[str, list[list[tuple[int, int]]]] = {
    "at least two": [[(1, 33_33), (2, 33_33), (3, 33_35)]],
    "line 3 do not add up": [[(1, 33_33)], [(2, 33_33)]],
    "line 1 do not add up": [[(1, 33_33), (2, 33_33)], [(1, 1), (3, 33_35)]],
    "line 3 must be more": [[(1, 33_33), (2, 33_33), (3, 33_36)], [(3, -1)]],
    "would be empty": [[(1, 33_33), (2, 33_33), (3, 33_35)], []],
    "no line 4": [[(1, 33_33), (2, 33_33)], [(3, 33_35), (4, 1)]],
    "twice on the same": [[(1, 33_33), (2, 33_32), (2, 1)], [(3, 33_35)]],
    "Nothing is to replace": [],
}


@pytest.mark.parametrize("said", MISFITS)
def test_a_split_that_loses_or_doubles_something_is_refused(
    issued: BillingInvoice, sol: Seller, eva: User, said: str
) -> None:
    wanted = [Wanted(made_out_to(sol), tuple(Part(*part) for part in each)) for each in MISFITS[said]]

    with pytest.raises(NotChangeable, match=said):
        ask(issued, Wish.SPLIT, eva, *wanted)
    assert not ChangeRequest.objects.exists()
    assert not OutgoingMail.objects.filter(key__startswith="change_request").exists()


def test_a_correction_of_nothing_and_a_recipient_that_is_none_are_refused(
    issued: BillingInvoice, sol: Seller, eva: User
) -> None:
    with pytest.raises(NotChangeable, match="Nothing of the recipient"):
        ask(issued, Wish.EDIT, eva, whole_of(issued, made_out_to(sol)))
    with pytest.raises(BadRecipient):
        ask(issued, Wish.EDIT, eva, whole_of(issued, made_out_to(sol, zip="1")))
    assert not ChangeRequest.objects.exists()


def test_a_reason_is_needed_in_words_and_in_the_authoritys_code(issued: BillingInvoice, eva: User) -> None:
    with pytest.raises(ReasonMissing, match="Say why"):
        ask(issued, Wish.CANCEL, eva, reason=" ")
    with pytest.raises(ReasonMissing, match="Choose the reason"):
        ask(issued, Wish.CANCEL, eva, reason_code="01")
    assert not ChangeRequest.objects.exists()


def test_an_invoice_has_one_open_request_and_is_changed_once(
    issued: BillingInvoice, eva: User, carla: User
) -> None:
    request = ask(issued, Wish.CANCEL, eva)
    with pytest.raises(NotChangeable, match="being changed already"):
        ask(issued, Wish.CANCEL, eva)

    withdraw_request(request_id=request.pk, by=eva, at=LATER)
    with pytest.raises(IllegalMove):
        approve_request(request_id=request.pk, by=carla, at=LATER)
    assert BillingInvoice.objects.count() == 1

    approve_request(request_id=ask(issued, Wish.CANCEL, eva).pk, by=carla, at=LATER)
    with pytest.raises(NotChangeable, match="taken back by credit note MX-IC-2026-000001"):
        ask(issued, Wish.CANCEL, eva)
    with pytest.raises(NotChangeable, match="is a credit note"):
        ask(BillingInvoice.objects.get(kind="credit"), Wish.CANCEL, eva)


def test_a_declined_request_changes_nothing_and_says_why(
    issued: BillingInvoice, eva: User, carla: User
) -> None:
    request = ask(issued, Wish.CANCEL, eva)

    with pytest.raises(ReasonMissing):
        decline_request(request_id=request.pk, reason=" ", by=carla, at=LATER)
    declined = decline_request(request_id=request.pk, reason="The month is closed.", by=carla, at=LATER)

    assert (declined.state, declined.answer) == (RequestState.DECLINED, "The month is closed.")
    assert BillingInvoice.objects.count() == 1
    letter = OutgoingMail.objects.get(key="change_request:MX-CR-2026-000001:declined:seller")
    assert "The month is closed." in letter.body


def test_support_gets_a_ticket_and_all_later_letters_are_answers_to_it(
    issued: BillingInvoice, eva: User, carla: User
) -> None:
    request = ask(issued, Wish.CANCEL, eva)
    ticket = OutgoingMail.objects.get(key="change_request:MX-CR-2026-000001:asked")

    assert ticket.recipients == ["support.mx@meridian.example"]
    assert "MX-CR-2026-000001" in ticket.subject
    assert ticket.headers["Reply-To"] == "eva@sol.example"
    approve_request(request_id=request.pk, by=carla, at=LATER)

    told = OutgoingMail.objects.filter(key__startswith="change_request:MX-CR-2026-000001:done")
    assert {each.headers["In-Reply-To"] for each in told} == {ticket.message_id}
    assert sorted(to for each in told for to in each.recipients) == [
        "7101@seller.example",
        "accounting.mx@meridian.example",
        "eva@sol.example",
        "support.mx@meridian.example",
    ]
    assert all("MX-IC-2026-000001" in each.body for each in told)
