"""Asking that an invoice be corrected, split or cancelled."""

import re

import pytest
from django.utils import timezone

from marketplace.users.models import User
from settlement.billing.models import BillingInvoice, ChangeRequest, Wish
from settlement.billing.operations.requesting import approve_request
from tests.portal.paying_in import standing
from tests.portal.telling import Browser
from tests.portal.wishing import CANCEL, EDIT, INVOICES, REQUESTS, SPLIT, WHY, preview, send, told


def test_a_correction_is_previewed_and_then_asked_for(
    sol_sees: Browser, issued: BillingInvoice, owner: User
) -> None:
    before = standing()
    answer = preview(sol_sees, issued, "edit", EDIT)
    note, corrected = answer.context["results"]
    assert (note.title, note.sheet.gross, corrected.title, corrected.sheet.gross) == (
        "Credit note",
        70000,
        "Corrected invoice",
        70000,
    )
    assert "Calle Marte 9" in corrected.page
    assert "Calle Luna 5" in note.page
    assert answer.context["after"] == {"net": issued.net, "vat": issued.vat, "gross": issued.gross}
    assert standing() == before

    page = send(sol_sees, issued, "edit", EDIT)

    assert "Request MX-CR-2026-000001 is sent; support is mailed, and accounting decides." in page
    request = ChangeRequest.objects.get()
    assert (request.wish, request.reason, request.requested_by) == (Wish.EDIT, "Wrong branch", owner)
    assert request.wanted[0]["recipient"]["street"] == "Calle Marte 9"
    assert "A change is asked for: Correct the recipient" in sol_sees.page(f"{INVOICES}{issued.reference}/")


def test_a_split_puts_every_line_or_part_on_one_invoice_and_keeps_the_total(
    sol_sees: Browser, issued: BillingInvoice, carla: User
) -> None:
    form = SPLIT | {"line_3": "parts", "part_3_1": "150.00", "part_3_2": "250"}
    answer = preview(sol_sees, issued, "split", form)
    assert [each.sheet.gross for each in answer.context["results"]] == [70000, 25000, 45000]
    assert answer.context["after"] == {"net": issued.net, "vat": issued.vat, "gross": issued.gross}

    send(sol_sees, issued, "split", form)

    approve_request(request_id=ChangeRequest.objects.get().pk, by=carla, at=timezone.now())
    made = issued.replacements.order_by("pk")
    assert [(each.gross, each.parties["recipient"]["name"]) for each in made] == [
        (25000, "Tienda Sol S.A. de C.V."),
        (45000, "Sol Norte"),
    ]
    page = sol_sees.page(f"{REQUESTS}MX-CR-2026-000001/")
    for said in (
        "Carried out",
        "Credit note MX-IC-2026-000001",
        "Invoice MX-I-2026-000003 Sol Norte · MX$450.00",
    ):
        assert said in page, said
    assert "card, in part" in sol_sees.page(f"{INVOICES}MX-I-2026-000003/")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"line_2": "1"}, "An invoice would be empty; put something on it, or remove it."),
        ({"line_3": "parts", "part_3_1": "150"}, "The parts of line 3 do not add up to it."),
        ({"line_3": "parts", "part_3_1": "-1", "part_3_2": "401"}, "must be more than nothing"),
        ({"line_3": "parts", "part_3_1": "a lot"}, "Line 3: This is no amount; write it like 1,234.50."),
        ({"line_3": "parts", "part_3_1": "1.234"}, "The parts of line 3 do not add up to it."),
        ({"lines_2": "2-x"}, "“2-x” names no lines; write them like 1-40, 55."),
    ],
)
def test_a_split_that_does_not_add_up_is_refused_and_keeps_what_was_typed(
    sol_sees: Browser, issued: BillingInvoice, changes: dict[str, str], said: str
) -> None:
    before, form = standing(), SPLIT | changes

    for step in ("preview", "send"):
        answer = sol_sees.client.post(f"{INVOICES}{issued.reference}/change/split/{step}/", form)
        assert answer.status_code == 422
        assert said in answer.context["draft"].refusal
        markup = answer.content.decode()
        assert "Wrong branch" in markup
        assert all(f'value="{value}"' in markup for value in changes.values())

    assert standing() == before


def test_a_problem_with_a_recipient_opens_just_its_form(sol_sees: Browser, issued: BillingInvoice) -> None:
    answer = preview(sol_sees, issued, "split", SPLIT | {"to2-tax_id": "1"})

    assert answer.status_code == 422
    first, second = answer.context["draft"].recipients
    assert (first.errors, list(second.errors)) == ({}, ["tax_id"])
    assert re.findall(r'class="recipient"( open)?', answer.content.decode()) == ["", " open"]


def test_lines_are_assigned_by_ranges_too_and_invoices_added_and_removed_without_a_script(
    sol_sees: Browser, issued: BillingInvoice
) -> None:
    board = (
        preview(sol_sees, issued, "split", SPLIT | {"lines_2": "2-3", "add_up": "1"}).context["draft"].board
    )
    assert board.sums == [(1, 10000), (2, 60000)]

    answer = preview(sol_sees, issued, "split", SPLIT | {"add": "1"})
    assert (answer.status_code, answer.context["draft"].board.count) == (200, 3)
    assert answer.context["draft"].recipients[2].initial["name"] == "Tienda Sol S.A. de C.V."

    three = SPLIT | {"count": "3", "line_2": "3"}
    board = preview(sol_sees, issued, "split", three | {"drop": "1"}).context["draft"].board
    assert (board.count, board.sums, board.left) == (2, [(1, 70000), (2, 0)], 0)


def test_the_choices_of_many_lines_come_in_one_field(sol_sees: Browser, issued: BillingInvoice) -> None:
    form = SPLIT | {"assigned": "1:2,2:1,3:parts,9:1,x:1,2:", "part_3_1": "400"}
    del form["line_2"]

    board = preview(sol_sees, issued, "split", form).context["draft"].board

    assert board.sums == [(1, 60000), (2, 10000)]
    assert board.left == 0


def test_a_cancellation_is_asked_for_with_the_authoritys_code(
    sol_sees: Browser, issued: BillingInvoice
) -> None:
    page = sol_sees.page(f"{INVOICES}{issued.reference}/change/cancel/")
    assert "02 – issued with errors, not replaced" in page
    assert "01 – issued with errors" not in page
    assert preview(sol_sees, issued, "cancel", {"reason": "x"}).status_code == 422
    assert preview(sol_sees, issued, "cancel", {"reason_code": "02"}).status_code == 422

    send(sol_sees, issued, "cancel", CANCEL)

    request = ChangeRequest.objects.get()
    assert (request.wish, request.reason_code, request.wanted) == (Wish.CANCEL, "03", [])


def test_nothing_is_asked_for_that_was_not_looked_at(sol_sees: Browser, issued: BillingInvoice) -> None:
    seen = preview(sol_sees, issued, "edit", EDIT).context["seen"]
    before = standing()

    page = sol_sees.post(
        f"{INVOICES}{issued.reference}/change/edit/send/",
        EDIT | {"seen": seen, "to1-street": "Calle Venus 1"},
    )

    assert "Something was changed since the preview. Look at it once more, then send it." in page
    assert standing() == before


def test_nothing_changed_is_no_correction(sol_sees: Browser, issued: BillingInvoice) -> None:
    answer = preview(sol_sees, issued, "edit", told() | WHY)

    assert answer.status_code == 422
    assert "Nothing of the recipient is changed" in answer.context["draft"].refusal


def test_there_is_no_other_wish(sol_sees: Browser, issued: BillingInvoice) -> None:
    sol_sees.page(f"{INVOICES}{issued.reference}/change/void/", status=404)
