"""Change requests at the desk: what would come of each is seen to the cent before somebody decides."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.kernel.books import run_checks
from marketplace.kernel.models import Job, MailState, OutgoingMail
from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing.models import BillingInvoice, ChangeRequest, RequestState, Wish
from settlement.billing.operations.requesting import request_change, whole_of, withdraw_request
from settlement.billing.rules.splitting import Part, Wanted
from settlement.billing.rules.waiting import waits_long, working_days
from tests.billing.mexico import NOON, invoice, made_out_to, pay_in
from tests.cast import client_of
from tests.desk import act, listed, make_looker, offered, page, press, queries_of, seen, told

Ask = Callable[..., ChangeRequest]


@pytest.fixture
def issued(sol: Seller, eva: User) -> BillingInvoice:
    """An invoice over 100.00 and 250.50."""
    return invoice(sol, pay_in(sol, "100.00"), pay_in(sol, "250.50"), by=eva)


@pytest.fixture
def ask(sol: Seller, eva: User, issued: BillingInvoice) -> Ask:
    """Ask for a change of the invoice as Eva would in the portal."""

    def asking(wish: Wish = Wish.EDIT, *wanted: Wanted, code: str = "01", at: Any = NOON) -> ChangeRequest:
        edited = whole_of(issued, made_out_to(sol, name="Sol y Luna S.A. de C.V.", use="G01"))
        return request_change(
            invoice_id=issued.pk,
            wish=wish,
            wanted=wanted or ([edited] if wish == Wish.EDIT else []),
            reason="Wrong name on it",
            reason_code=code,
            by=eva,
            at=at,
        )

    return asking


def split(sol: Seller) -> tuple[Wanted, Wanted]:
    """The first deposit and a part of the second on one invoice, the rest on another."""
    other = made_out_to(sol, name="Luna S.A.", email="luna@sol.example")
    return (
        Wanted(made_out_to(sol), (Part(1, 100_00), Part(2, 50_25))),
        Wanted(other, (Part(2, 200_25),)),
    )


def approve_address(row: ChangeRequest) -> str:
    return reverse("admin:billing_changerequest_approve", args=[row.pk])


def test_a_correction_shows_what_changes_of_the_recipient(ask: Ask, carla_client: Client) -> None:
    request = ask()

    text = page(carla_client, request)

    assert "credit note for MX-I-2026-000001 over MX$350.50, and 1 invoice in its place." in text
    assert "Corrected invoice Name Tienda Sol S.A. de C.V. Sol y Luna S.A. de C.V." in text
    assert "Use of the invoice G03 Gastos en general G01 Adquisición de mercancías" in text
    assert "Invoice as it is MX-I-2026-000001 Tienda Sol S.A. de C.V. EKU9003173C9 MX$302.16" in text
    assert "Credit note – Tienda Sol S.A. de C.V. EKU9003173C9 −MX$302.16 −MX$48.34 −MX$350.50" in text
    assert "same as before MX$302.16 MX$48.34 MX$350.50" in text
    assert "01 – issued with errors, replaced by another" in text
    html = carla_client.get(reverse("admin:billing_changerequest_change", args=[request.pk])).content
    assert '<mark class="changed">Sol y Luna S.A. de C.V.</mark>' in html.decode()


def test_a_split_shows_each_invoice_its_lines_and_that_the_total_stays(
    ask: Ask, sol: Seller, carla_client: Client
) -> None:
    text = page(carla_client, ask(Wish.SPLIT, *split(sol)))

    assert "and 2 invoices in its place" in text
    assert "Invoice 1 of 2 – Tienda Sol S.A. de C.V. EKU9003173C9 MX$129.53 MX$20.72 MX$150.25" in text
    assert "Invoice 2 of 2 – Luna S.A. EKU9003173C9 MX$172.63 MX$27.62 MX$200.25" in text
    assert "same as before MX$302.16 MX$48.34 MX$350.50" in text
    assert "Invoice 1 of 2 nothing changes" in text
    assert "Invoice 2 of 2 E-mail facturas@sol.example luna@sol.example" in text
    assert "Invoice 1 of 2 MX-DP-2026-000002 5 Oct 2026 card a part" in text


def test_approving_says_first_what_it_issues_and_then_issues_it(
    ask: Ask, sol: Seller, carla: User, carla_client: Client
) -> None:
    request = ask(Wish.SPLIT, *split(sol))
    answer = carla_client.get(approve_address(request))
    assert "Numbers are taken, the books are posted" in seen(answer)
    assert "Invoice 2 of 2 – Luna S.A." in seen(answer)
    assert BillingInvoice.objects.count() == 1

    messages = told(carla_client.post(approve_address(request), follow=True))

    assert messages == ["Carried out. Issued: MX-IC-2026-000001, MX-I-2026-000002, MX-I-2026-000003."]
    request.refresh_from_db()
    assert request.state == RequestState.DONE
    assert [each.gross for each in request.issued.order_by("pk")] == [350_50, 150_25, 200_25]
    text = page(carla_client, request)
    assert "What was issued" in text
    assert "Credit note MX-IC-2026-000001" in text
    assert "Invoice 2 of 2 MX-I-2026-000003 Luna S.A." in text
    assert f"Carried out {carla}" in text
    assert run_checks() == []


def test_approving_twice_issues_once(ask: Ask, carla_client: Client, dan: User) -> None:
    request = ask()
    carla_client.post(approve_address(request))

    messages = told(client_of(dan).post(approve_address(request), follow=True))

    assert messages == [f"{request}: {request} is Carried out; it cannot become Carried out."]
    assert BillingInvoice.objects.count() == 3
    assert "It was decided already." in told(carla_client.get(approve_address(request), follow=True))


def test_a_request_withdrawn_meanwhile_issues_nothing(ask: Ask, eva: User, carla_client: Client) -> None:
    request = ask()
    withdraw_request(request_id=request.pk, by=eva, at=NOON)

    told(carla_client.post(approve_address(request), follow=True))

    assert BillingInvoice.objects.count() == 1
    assert offered(carla_client, request) == set()


def test_a_cancellation_issues_the_credit_note_alone(ask: Ask, carla_client: Client) -> None:
    request = ask(Wish.CANCEL, code="03")
    text = page(carla_client, request)
    assert "and no invoice." in text
    assert "What changes of the recipient" not in text

    carla_client.post(approve_address(request))

    assert BillingInvoice.objects.count() == 2
    assert "MX-IC-2026-000001" in page(carla_client, request)


def test_declining_needs_a_reason_and_leaves_the_invoice(ask: Ask, carla_client: Client) -> None:
    request = ask()
    assert "Say why" in press(carla_client, request, "decline", " ")[0]
    assert ChangeRequest.objects.get().state == RequestState.REQUESTED

    assert act(carla_client, request, "decline", "The name is right") == ["1 done."]

    request.refresh_from_db()
    assert (request.state, request.answer) == (RequestState.DECLINED, "The name is right")
    assert BillingInvoice.objects.live().count() == 1
    assert "The name is right" in page(carla_client, request)


def test_the_queue_shows_the_oldest_first_and_marks_what_waits_long(
    ask: Ask, sol: Seller, eva: User, carla_client: Client
) -> None:
    old = ask(at=timezone.now() - timedelta(days=9))
    other = invoice(sol, pay_in(sol, "7.00"), by=eva)
    fresh = request_change(
        invoice_id=other.pk, wish=Wish.CANCEL, wanted=[], reason="x", reason_code="02", by=eva,
        at=timezone.now(),
    )  # fmt: skip

    text = listed(carla_client, ChangeRequest)
    html = carla_client.get(reverse("admin:billing_changerequest_changelist")).content.decode()

    assert text.index(old.reference) < text.index(fresh.reference)
    assert "Correct the recipient MX-I-2026-000001 MX$350.50 1 week" in text
    assert html.count('<span class="badge tone-bad">1\xa0week') == 1
    assert "Change requests for invoices 2" in seen(carla_client.get("/admin/"))


def test_patience_is_counted_in_working_days() -> None:
    friday = NOON.date().replace(day=2)

    assert working_days(friday, friday + timedelta(days=3)) == 1  # Monday
    assert not waits_long(friday, friday + timedelta(days=4))
    assert waits_long(friday, friday + timedelta(days=5))


def test_the_tickets_letters_are_shown_and_sent_again_when_they_failed(
    ask: Ask, carla_client: Client
) -> None:
    request = ask()
    letter = OutgoingMail.objects.get(key=f"change_request:{request}:asked")
    assert "All its letters were sent" in press(carla_client, request, "send_again")[0]
    OutgoingMail.objects.filter(pk=letter.pk).update(state=MailState.DEAD, error="mailbox full")
    Job.objects.filter(name="mail.send").update(state="done")

    text = page(carla_client, request)
    assert "A letter of its ticket could not be sent" in text
    assert "Not sent mailbox full" in text
    assert offered(carla_client, request) == {"decline", "send_again"}
    assert press(carla_client, request, "send_again") == ["1 done."]

    letter.refresh_from_db()
    assert letter.state == MailState.READY
    assert Job.objects.filter(name="mail.send", key=f"mail:{letter.pk}", state="ready").exists()


def test_customer_service_reads_requests_and_invoices_and_decides_nothing(
    ask: Ask, issued: BillingInvoice, sara_client: Client
) -> None:
    request = ask()

    text = page(sara_client, request)
    assert "Corrected invoice Name Tienda Sol S.A. de C.V. Sol y Luna" in text
    assert "MX-DP-2026-000001" in page(sara_client, issued)
    assert "/admin/billing/deposit/" not in _html(sara_client, issued)
    assert "/admin/ledger/" not in _html(sara_client, issued)
    assert offered(sara_client, request) == set()
    assert "Approve" not in text
    assert sara_client.get(approve_address(request)).status_code == 403
    assert sara_client.post(approve_address(request)).status_code == 403
    for deed in ("decline", "send_again"):
        address = reverse("admin:billing_changerequest_do", args=[request.pk, deed])
        assert sara_client.post(address, {"text": "x"}).status_code == 403
    assert ChangeRequest.objects.get().state == RequestState.REQUESTED
    assert BillingInvoice.objects.count() == 1


def _html(client: Client, row: BillingInvoice) -> str:
    return client.get(reverse("admin:billing_billinginvoice_change", args=[row.pk])).content.decode()


def test_those_who_may_only_look_decide_nothing(ask: Ask) -> None:
    request, client = ask(), make_looker()

    assert offered(client, request) == set()
    assert client.post(approve_address(request)).status_code == 403
    assert BillingInvoice.objects.count() == 1


def test_the_pages_ask_the_same_questions_however_much_there_is(
    ask: Ask, sol: Seller, eva: User, carla_client: Client
) -> None:
    address = reverse("admin:billing_changerequest_changelist")
    request = ask(Wish.SPLIT, *split(sol))
    own = reverse("admin:billing_changerequest_change", args=[request.pk])
    for each in (address, own):
        carla_client.get(each)
    few, few_own = queries_of(carla_client, address), queries_of(carla_client, own)

    bigger = invoice(sol, *(pay_in(sol, "10.00") for _each in range(6)), by=eva)
    parts = [Wanted(made_out_to(sol), (Part(line, 10_00),)) for line in range(1, 7)]
    more = request_change(
        invoice_id=bigger.pk, wish=Wish.SPLIT, wanted=parts, reason="x", reason_code="01", by=eva, at=NOON
    )

    assert queries_of(carla_client, address) == few
    more_own = reverse("admin:billing_changerequest_change", args=[more.pk])
    assert queries_of(carla_client, more_own) == few_own
