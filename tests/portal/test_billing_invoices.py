"""Billing invoices, and asking for one to be corrected, split or cancelled."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from marketplace.kernel.files import store
from marketplace.kernel.models import MailState, OutgoingMail
from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.models import BillingInvoice, ChangeRequest, RequestState, Wish
from settlement.billing.operations.requesting import approve_request, decline_request, request_change
from tests.billing.mexico import NOON, invoice, pay_in
from tests.netting.drawing import draw
from tests.portal.paying_in import RECIPIENT, standing
from tests.portal.telling import Browser

INVOICES, REQUESTS = "/billing/invoices/", "/billing/requests/"


@pytest.fixture
def issued(sol: Seller, owner: User) -> BillingInvoice:
    """MX-I-2026-000001 over 100.00, 200.00 and 400.00."""
    return invoice(sol, *(pay_in(sol, each) for each in ("100.00", "200.00", "400.00")), by=owner)


def told(number: int = 1, **changes: str) -> dict[str, str]:
    """The recipient's part of a form of a change."""
    return {f"to{number}-{name}": value for name, value in (RECIPIENT | changes).items()}


WHY = {"reason": "Wrong branch", "reason_code": "01"}
EDIT = told(street="Calle Marte 9") | WHY
SPLIT: dict[str, str] = {"count": "2", "line_2": "2"} | told(1) | told(2, name="Sol Norte") | WHY
CANCEL = {"reason": "Never ordered", "reason_code": "03"}


def preview(browser: Browser, issued: BillingInvoice, wish: str, form: dict[str, str]) -> Any:
    return browser.client.post(f"{INVOICES}{issued.reference}/change/{wish}/preview/", form)


def send(browser: Browser, issued: BillingInvoice, wish: str, form: dict[str, str]) -> str:
    """Preview a change, then send it."""
    seen = preview(browser, issued, wish, form).context["seen"]
    return browser.post(f"{INVOICES}{issued.reference}/change/{wish}/send/", form | {"seen": seen})


def test_an_invoices_page_says_what_it_says_and_what_happened(
    sol_sees: Browser, issued: BillingInvoice
) -> None:
    page = sol_sees.page(f"{INVOICES}{issued.reference}/")

    for said in (
        "MX-I-2026-000001 Valid",
        "Total MX$700.00 Net 603.45 VAT 16% 96.55 Paid in ahead; nothing is left to pay.",
        "Tienda Sol S.A. de C.V. Tax id EKU9003173C9",
        "Use of the invoice G03 Gastos en general",
        "1 MX-DP-2026-000001 5 Oct 2026 card 86.21 13.79 100.00",
        "Whole invoice 603.45 96.55 700.00",
        "What happened to it Issued 5 Oct 2026 12:00 Issued by the seller · eva@sol.example",
    ):
        assert said in page, said
    assert "/billing/deposits/MX-DP-2026-000003/" in sol_sees.links(f"{INVOICES}{issued.reference}/")


def test_its_files_come_through_the_door(
    sol_sees: Browser, luna_sees: Browser, sol: Seller, issued: BillingInvoice
) -> None:
    address = f"{INVOICES}{issued.reference}/xml/"
    sol_sees.page(address, status=404)
    issued.xml = store(
        name="x.xml",
        content_type="application/xml",
        chunks=ContentFile(b"<x/>").chunks(),
        at=NOON,
        seller_id=sol.pk,
    )
    issued.save()

    answer = sol_sees.client.get(address)

    assert b"".join(answer.streaming_content) == b"<x/>"  # type: ignore[attr-defined]
    for page in (INVOICES, f"{INVOICES}{issued.reference}/"):
        assert address in sol_sees.links(page)
    luna_sees.page(address, status=404)
    sol_sees.page(f"{INVOICES}{issued.reference}/parties/", status=404)


def test_invoices_are_listed_narrowed_and_exported(
    sol_sees: Browser, sol: Seller, owner: User, carla: User, issued: BillingInvoice
) -> None:
    second = invoice(sol, pay_in(sol, "50.00"), by=owner, at=NOON + timedelta(days=1))
    asked = request_change(
        invoice_id=issued.pk, wish=Wish.CANCEL, wanted=[], **CANCEL, by=owner, at=NOON + timedelta(days=2)
    )
    approve_request(request_id=asked.pk, by=carla, at=NOON + timedelta(days=3))
    request_change(invoice_id=second.pk, wish=Wish.CANCEL, wanted=[], **CANCEL, by=owner, at=timezone.now())

    page = sol_sees.page(INVOICES)
    assert "MX-IC-2026-000001 Credit note for MX-I-2026-000001" in page
    assert "Taken back by MX-IC-2026-000001" in page
    assert "Valid change requested" in page
    for query, numbers in (
        ("tab=invoices", {"I-2026-000001", "I-2026-000002"}),
        ("tab=credits", {"IC-2026-000001"}),
        ("state=live", {"I-2026-000002"}),
        ("state=back", {"I-2026-000001"}),
        ("state=asked", {"I-2026-000002"}),
        ("state=fees", set()),
        ("q=MX-DP-2026-000004", {"I-2026-000002"}),
        ("q=tienda", {"I-2026-000001", "I-2026-000002", "IC-2026-000001"}),
        ("since=2026-10-06", {"I-2026-000002", "IC-2026-000001"}),
    ):
        table = sol_sees.client.get(f"{INVOICES}?{query}").context["table"]
        assert {row[0].text.removeprefix("MX-") for row in table.rows} == numbers, query
    head, *rows = sol_sees.sheet(f"{INVOICES}export/?sort=total")
    assert [head[0], head[7], head[9]] == ["Number", "Net", "Total"]
    assert [(row[0], row[9]) for row in rows] == [
        ("MX-I-2026-000002", 50),
        ("MX-I-2026-000001", 700),
        ("MX-IC-2026-000001", 700),
    ]


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


def test_what_is_being_changed_or_was_taken_back_offers_no_change(
    sol_sees: Browser, issued: BillingInvoice, carla: User
) -> None:
    form = f"{INVOICES}{issued.reference}/change/edit/"
    assert form in sol_sees.links(f"{INVOICES}{issued.reference}/")
    send(sol_sees, issued, "cancel", CANCEL)

    assert form not in sol_sees.links(f"{INVOICES}{issued.reference}/")
    assert sol_sees.client.get(form)["Location"] == f"{INVOICES}{issued.reference}/"
    seen = preview(sol_sees, issued, "edit", EDIT).context["seen"]
    answer = sol_sees.client.post(f"{form}send/", EDIT | {"seen": seen})
    assert answer.status_code == 422
    assert "is being changed already" in answer.context["draft"].refusal

    approve_request(request_id=ChangeRequest.objects.get().pk, by=carla, at=timezone.now())
    page = sol_sees.page(f"{INVOICES}{issued.reference}/")
    assert "Taken back" in page
    assert "Taken back by credit note MX-IC-2026-000001" in page
    assert form not in sol_sees.links(f"{INVOICES}{issued.reference}/")
    assert "the money stays on the account" in sol_sees.page(f"{INVOICES}MX-IC-2026-000001/")


def test_a_request_is_withdrawn_while_it_waits(
    sol_sees: Browser, vera_sees: Browser, luna_sees: Browser, issued: BillingInvoice
) -> None:
    send(sol_sees, issued, "cancel", CANCEL)
    address = f"{REQUESTS}MX-CR-2026-000001/"
    before = standing()
    vera_sees.post(f"{address}withdraw/", status=403)
    luna_sees.post(f"{address}withdraw/", status=404)
    luna_sees.page(address, status=404)
    assert "Withdraw the request" not in vera_sees.page(address)
    assert standing() == before

    assert "is withdrawn; nothing changes." in sol_sees.post(f"{address}withdraw/")
    assert ChangeRequest.objects.get().state == RequestState.WITHDRAWN
    assert "was decided meanwhile" in sol_sees.post(f"{address}withdraw/")


def test_accountings_answer_is_told_on_the_request_the_list_and_the_start_page(
    sol_sees: Browser, issued: BillingInvoice, carla: User
) -> None:
    send(sol_sees, issued, "cancel", CANCEL)
    assert "Waits for accounting 0 hours Waits to be sent" in sol_sees.page(REQUESTS)
    decline_request(
        request_id=ChangeRequest.objects.get().pk, reason="The month is closed", by=carla, at=timezone.now()
    )

    assert "Accounting declined it; the invoice stays as it is The month is closed" in sol_sees.page(
        f"{REQUESTS}MX-CR-2026-000001/"
    )
    assert "MX-CR-2026-000001: Cancel – Declined" in sol_sees.page("/")
    head, row = sol_sees.sheet(f"{REQUESTS}export/")
    assert dict(zip(head, row, strict=True))["Accounting's answer"] == "The month is closed"
    assert "MX-CR-2026-000001" not in sol_sees.page(f"{REQUESTS}?tab=open")


def test_a_letter_to_support_that_could_not_be_sent_is_sent_again(
    sol_sees: Browser, vera_sees: Browser, issued: BillingInvoice
) -> None:
    send(sol_sees, issued, "cancel", CANCEL)
    address = f"{REQUESTS}MX-CR-2026-000001/"
    assert "The letter was sent, or waits to be" in sol_sees.post(f"{address}send-again/")
    letter = OutgoingMail.objects.filter(key__startswith="change_request:")
    letter.update(state=MailState.DEAD)

    assert "Could not be sent" in sol_sees.page(address)
    vera_sees.post(f"{address}send-again/", status=403)
    assert letter.get().state == MailState.DEAD

    assert "The letter is on its way again." in sol_sees.post(f"{address}send-again/")
    assert letter.get().state == MailState.READY


def test_an_invoices_letter_that_could_not_be_sent_is_sent_again(
    sol_sees: Browser, vera_sees: Browser, luna_sees: Browser, issued: BillingInvoice
) -> None:
    address = f"{INVOICES}{issued.reference}/"
    assert "Letter with the invoice It is written as soon as the files are ready." in sol_sees.page(address)
    draw("billing.draw_invoice", issued.reference)
    assert f"Letter with the invoice Sent {RECIPIENT['email']}" in sol_sees.page(address)
    assert "Send again" not in sol_sees.page(address)
    letter = OutgoingMail.objects.filter(key=issued.key)
    letter.update(state=MailState.DEAD)

    page = sol_sees.page(address)

    assert "Letter with the invoice Could not be sent" in page
    assert "the recipient has not got it until the letter is sent. Send again" in page
    assert "Send again" not in vera_sees.page(address)
    vera_sees.post(f"{address}send-again/", status=403)
    luna_sees.post(f"{address}send-again/", status=404)
    assert letter.get().state == MailState.DEAD
    assert "The letter is on its way again." in sol_sees.post(f"{address}send-again/")
    assert letter.get().state == MailState.READY
    assert "The letter was sent, or waits to be; nothing was changed." in sol_sees.post(
        f"{address}send-again/"
    )


def test_another_seller_asks_for_nothing_and_a_viewer_neither(
    luna_sees: Browser, vera_sees: Browser, issued: BillingInvoice
) -> None:
    address = f"{INVOICES}{issued.reference}/"
    before = standing()

    luna_sees.page(address, status=404)
    assert f"{address}change/edit/" not in vera_sees.links(address)
    for wish, form in (("edit", EDIT), ("split", SPLIT), ("cancel", CANCEL)):
        luna_sees.page(f"{address}change/{wish}/", status=404)
        vera_sees.page(f"{address}change/{wish}/", status=403)
        for step in ("preview", "send"):
            luna_sees.post(f"{address}change/{wish}/{step}/", form, status=404)
            vera_sees.post(f"{address}change/{wish}/{step}/", form, status=403)

    assert standing() == before


def test_there_is_no_other_wish(sol_sees: Browser, issued: BillingInvoice) -> None:
    sol_sees.page(f"{INVOICES}{issued.reference}/change/void/", status=404)


def test_requests_take_as_many_queries_however_many_there_are(
    sol_sees: Browser, sol: Seller, owner: User
) -> None:
    def ask() -> None:
        one = invoice(sol, pay_in(sol, "10.00"), by=owner)
        request_change(invoice_id=one.pk, wish=Wish.CANCEL, wanted=[], **CANCEL, by=owner, at=timezone.now())

    ask()
    before = sol_sees.queries(REQUESTS)
    for _ in range(4):
        ask()

    assert sol_sees.queries(REQUESTS) == before
