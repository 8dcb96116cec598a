"""Billing invoices, and asking for one to be corrected, split or cancelled."""

from datetime import timedelta

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
from tests.portal.wishing import CANCEL, EDIT, INVOICES, REQUESTS, SPLIT, preview, send


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
