"""Drafts: whom the invoice is made out to, how it will look, and issuing it, once."""

import re

import pytest

from marketplace.parties.models import Seller
from marketplace.users.models import User
from settlement.billing import previews
from settlement.billing.models import BillingInvoice, BillingProfile, InvoiceDraft, Origin
from tests.billing.mexico import invoice, pay_in
from tests.portal.paying_in import RECIPIENT, drafted, standing
from tests.portal.telling import Browser


@pytest.fixture
def draft(sol_sees: Browser, sol: Seller) -> str:
    """The address of a draft over MX$ 300.00."""
    return drafted(sol_sees, pay_in(sol, "100.00"), pay_in(sol, "200.00"))


def issue(browser: Browser, draft: str, **told: str) -> str:
    return browser.post(f"{draft}issue/", RECIPIENT | {"seen": "30000"} | told)


def test_the_preview_is_the_very_paper_and_may_stand_in_a_frame_of_ours_alone(
    sol_sees: Browser, draft: str
) -> None:
    answer = sol_sees.client.get(f"{draft}preview/")

    page = " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())
    for said in (
        "Invoice PREVIEW",
        "This is a preview, not an invoice.",
        "Tienda Sol S.A. de C.V.",
        "EKU9003173C9",
        "MX-DP-2026-000001 5 Oct 2026 card 86.21 13.79 100.00",
        "Total of 2 deposits 258.62 41.38 300.00",
    ):
        assert said in page, said
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert b"saldo:" not in answer.content
    assert "frame-src 'self'" in sol_sees.client.get(draft)["Content-Security-Policy"]
    for other in ("/billing/deposits/", f"{draft}preview.pdf"):
        assert sol_sees.client.get(other)["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in sol_sees.client.get(other)["Content-Security-Policy"]


def test_the_preview_comes_as_a_pdf_too(sol_sees: Browser, draft: str) -> None:
    answer = sol_sees.client.get(f"{draft}preview.pdf")

    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"] == 'attachment; filename="preview.pdf"'


def test_a_pdf_that_takes_too_long_loses_nothing(
    sol_sees: Browser, draft: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "SECONDS", 0)
    before = standing()

    answer = sol_sees.client.get(f"{draft}preview.pdf", follow=True)

    assert "could not be drawn in time. Nothing is lost" in answer.content.decode()
    assert answer.redirect_chain == [(draft, 302)]
    assert standing() == before


def test_corrections_are_kept_on_the_draft_and_shown_in_the_preview(sol_sees: Browser, draft: str) -> None:
    page = sol_sees.post(f"{draft}correct/", RECIPIENT | {"street": "Calle  Marte 9", "use": "G01"})

    assert "The preview shows your corrections." in page
    assert "Calle Marte 9" in sol_sees.client.get(f"{draft}preview/").content.decode()
    assert "G01 Adquisición de mercancías" in sol_sees.client.get(f"{draft}preview/").content.decode()
    assert BillingProfile.objects.get(seller__partner_number="7101").street == "Calle Luna 5"


def test_a_recipient_may_be_kept_for_all_invoices_to_come(sol_sees: Browser, draft: str) -> None:
    sol_sees.post(f"{draft}correct/", RECIPIENT | {"street": "Calle Marte 9", "keep": "on"})

    assert BillingProfile.objects.get(seller__partner_number="7101").street == "Calle Marte 9"


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("name", "", "This field is required."),
        ("tax_id", "EKU900317", "This is no tax id of your country; check its digits."),
        ("zip", "4410", "This is no postal code of your country."),
        ("email", "facturas@", "This is no e-mail address."),
        ("email", "facturas sol.example", "This is no e-mail address."),
        ("regime", "999", "Select a valid choice. 999 is not one of the available choices."),
        ("use", "", "This field is required."),
        ("street", "x" * 121, "Ensure this value has at most 120 characters"),
    ],
)
def test_what_is_wrong_with_a_recipient_stands_at_its_field_and_changes_nothing(
    sol_sees: Browser, draft: str, name: str, value: str, said: str
) -> None:
    before = standing()

    for step in ("correct", "issue"):
        answer = sol_sees.client.post(
            f"{draft}{step}/", RECIPIENT | {name: value, "keep": "on", "seen": "30000"}
        )
        assert answer.status_code == 422
        assert any(said in each for each in answer.context["form"].errors[name]), answer.context[
            "form"
        ].errors
        assert f'value="{value}"' in answer.content.decode() or name in ("regime", "use")

    assert standing() == before


def test_what_is_issued_is_what_was_seen(sol_sees: Browser, draft: str, owner: User) -> None:
    page = issue(sol_sees, draft)

    assert "Invoice MX-I-2026-000001 is issued" in page
    issued = BillingInvoice.objects.get()
    assert (issued.gross, issued.origin, issued.issued_by) == (30000, Origin.HAND, owner)
    assert issued.parties["recipient"]["street"] == "Calle Luna 5"
    assert sol_sees.client.get(draft)["Location"] == "/billing/invoices/MX-I-2026-000001/"


def test_sent_twice_it_is_issued_once(sol_sees: Browser, draft: str) -> None:
    first, second = issue(sol_sees, draft), issue(sol_sees, draft)

    assert "MX-I-2026-000001 is issued" in first
    assert "MX-I-2026-000001 is issued" in second
    assert BillingInvoice.objects.count() == 1


def test_corrections_not_looked_at_yet_are_shown_before_anything_is_issued(
    sol_sees: Browser, draft: str
) -> None:
    page = issue(sol_sees, draft, street="Calle Marte 9")

    assert "Your corrections are in the preview now. Look at it once more, then issue it." in page
    assert not BillingInvoice.objects.exists()
    assert "is issued" in issue(sol_sees, draft, street="Calle Marte 9")
    assert BillingInvoice.objects.get().parties["recipient"]["street"] == "Calle Marte 9"


def test_another_total_than_the_one_seen_is_not_issued(sol_sees: Browser, draft: str) -> None:
    before = standing()

    page = issue(sol_sees, draft, seen="29999")

    assert "The total has changed since you looked; look at the preview again." in page
    assert standing() == before


def test_deposits_invoiced_meanwhile_are_named_and_unticked_with_one_click(
    sol_sees: Browser, sol: Seller, owner: User
) -> None:
    gone, still = pay_in(sol, "100.00"), pay_in(sol, "200.00")
    draft = drafted(sol_sees, gone, still)
    invoice(sol, gone, by=owner)

    page = sol_sees.page(draft)
    assert "1 of the deposits was invoiced meanwhile and is not on the preview. MX-DP-2026-000001" in page
    assert "Total with VAT MX$200.00" in page
    refused = issue(sol_sees, draft, seen="20000")
    assert "on an invoice already: MX-DP-2026-000001. Untick it and go on with the rest." in refused
    assert BillingInvoice.objects.count() == 1

    assert "meanwhile" not in sol_sees.post(f"{draft}untick/")
    assert "MX-I-2026-000002 is issued" in issue(sol_sees, draft, seen="20000")


def test_a_draft_of_which_nothing_is_left_says_so(sol_sees: Browser, sol: Seller, owner: User) -> None:
    deposit = pay_in(sol, "100.00")
    draft = drafted(sol_sees, deposit)
    invoice(sol, deposit, by=owner)

    assert "Nothing is left on this draft" in sol_sees.page(draft)
    sol_sees.page(f"{draft}preview/", status=404)
    sol_sees.page(f"{draft}preview.pdf", status=404)


def test_a_draft_is_its_sellers_alone(sol_sees: Browser, luna_sees: Browser, draft: str) -> None:
    before = standing()

    for address in (draft, f"{draft}preview/", f"{draft}preview.pdf"):
        luna_sees.page(address, status=404)
    for step in ("correct", "issue", "untick"):
        luna_sees.post(f"{draft}{step}/", RECIPIENT | {"seen": "30000"}, status=404)

    assert standing() == before


def test_who_may_only_look_sees_the_preview_and_issues_nothing(vera_sees: Browser, draft: str) -> None:
    before = standing()

    page = vera_sees.page(draft)
    assert "Your role can look, but not invoice." in page
    assert "Issue the invoice" not in page
    vera_sees.client.get(f"{draft}preview/")
    for step in ("correct", "issue", "untick"):
        vera_sees.post(f"{draft}{step}/", RECIPIENT, status=403)

    assert standing() == before
    assert InvoiceDraft.objects.get().invoice is None


def test_the_billing_profile_is_what_drafts_begin_with(sol_sees: Browser, sol: Seller) -> None:
    assert "Saved. The next invoices are made out so." in sol_sees.post(
        "/billing/profile/save/", RECIPIENT | {"name": "Sol  Norte"}
    )

    assert BillingProfile.objects.get(seller=sol).name == "Sol Norte"
    assert b'value="Sol Norte"' in sol_sees.client.get(drafted(sol_sees, pay_in(sol, "1.00"))).content


def test_a_profile_no_invoice_can_be_made_out_to_is_not_kept(sol_sees: Browser, vera_sees: Browser) -> None:
    before = standing()

    answer = sol_sees.client.post("/billing/profile/save/", RECIPIENT | {"tax_id": "1"})
    assert answer.status_code == 422
    assert answer.context["form"].errors["tax_id"] == ["This is no tax id of your country; check its digits."]
    vera_sees.post("/billing/profile/save/", RECIPIENT, status=403)
    assert "Your role can look, but not change it." in vera_sees.page("/billing/profile/")

    assert standing() == before
