"""Two roles: accountants settle and touch no voucher, customer service gives back and sees no books."""

from io import StringIO
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import Market, Seller
from marketplace.parties.staff import StaffRole, give_role, write_roles
from marketplace.users.models import User
from settlement.documents.models import Document
from settlement.payouts.models import Batch, Payout
from settlement.payouts.operations.batching import make_batch
from settlement.review.models import State, Submission
from tests.cast import client_of, settle, take
from tests.desk import name_of, seen
from tests.netting.telling import agree, give_account, invoice
from tests.orders.telling import tell_order

SEEN_BY_SERVICE = {
    *("order", "return", "refund", "voucher", "market", "seller"),
    *("receipt", "receivedfile", "mail", "mailpart", "allowedsender"),
    *("billinginvoice", "changerequest", "channel", "erpinvoice"),
}


def manage(*arguments: str) -> str:
    out = StringIO()
    call_command("staff_role", *arguments, stdout=out)
    return out.getvalue()


def test_customer_service_sees_orders_and_vouchers_and_nothing_of_the_settlement(
    sara_client: Client,
) -> None:
    opened = set()
    for model in admin.site._registry:
        name = str(model._meta.model_name)
        answer = sara_client.get(reverse(f"admin:{model._meta.app_label}_{name}_changelist"))
        assert answer.status_code in (200, 403), name
        if answer.status_code == 200:
            opened.add(name)

    assert opened == SEEN_BY_SERVICE
    index = seen(sara_client.get("/admin/"))
    assert [word in index for word in ("Vouchers", "Refunds", "Payouts", "Documents")] == [
        *(True, True),
        *(False, False),
    ]


def test_customer_service_approves_no_submission_voids_no_document_and_pays_nobody(
    market: Market, seller: Seller, carla: Any, sara_client: Client
) -> None:
    give_account(seller)
    take(market, tell_order())
    settle(market)
    set_off = invoice(Document.objects.get())
    assert set_off is not None
    agree(set_off)
    make_batch(market=market, by=carla, at=timezone.now())
    Submission.objects.update(state=State.UNDER_REVIEW)
    tried = {Document: "void", Batch: "approve", Payout: "take_out"}

    for model, deed in tried.items():
        row: Any = model._default_manager.get()
        address = reverse(name_of(row, "do"), args=[row.pk, deed])
        assert sara_client.post(address, {"text": "x"}).status_code == 403, model
    chosen = {"action": "approve", "_selected_action": [Submission.objects.get().pk]}
    for model in (Submission, Batch):
        assert sara_client.post(reverse(name_of(model, "changelist")), chosen).status_code == 403

    assert Document.objects.get().state == "issued"
    assert Batch.objects.get().state == "created"
    assert Submission.objects.get().state == State.UNDER_REVIEW


def test_accountants_have_every_right_but_those_of_vouchers(db: None) -> None:
    groups = write_roles(by=None, at=timezone.now())
    rights = {
        f"{label}.{name}"
        for label, name in groups[StaffRole.ACCOUNTANTS].permissions.values_list(
            "content_type__app_label", "codename"
        )
    }

    assert {"documents.change_document", "payouts.change_batch", "orders.change_refund"} <= rights
    assert {"billing.view_feeinvoice", "parties.change_contract", "vouchers.view_voucher"} <= rights
    assert not {right for right in rights if "delete_" in right or right.startswith(("users.", "auth."))}
    assert not rights & {
        "orders.reactivate_voucher",
        "orders.add_return",
        "vouchers.add_voucher",
        "vouchers.change_voucher",
        "vouchers.see_code",
    }


def test_customer_service_has_all_rights_over_what_it_is_asked_for_and_no_more(sara: User) -> None:
    rights = sara.get_all_permissions()

    assert {right.partition(".")[0] for right in rights} == {
        *("orders", "vouchers", "parties"),
        *("receipts", "mailroom", "billing", "erp"),
    }
    assert {right for right in rights if right.startswith("billing.")} == {
        "billing.view_billinginvoice",
        "billing.view_changerequest",
    }
    assert {right for right in rights if right.startswith("parties.")} == {
        "parties.view_market",
        "parties.view_seller",
    }
    assert {"orders.reactivate_voucher", "orders.add_return", "vouchers.add_voucher"} <= rights


def test_a_superuser_may_do_everything(db: None) -> None:
    root = User.objects.create_superuser("root@meridian.example", "x")

    assert root.has_perm("orders.reactivate_voucher")
    assert root.has_perm("vouchers.see_code")


def test_a_login_has_one_role_and_no_other_rights(sara: User, carla: User) -> None:
    give_role(user_id=sara.pk, role=StaffRole.ACCOUNTANTS, by=carla, at=timezone.now())

    changed = User.objects.get(pk=sara.pk)
    assert not changed.has_perm("orders.reactivate_voucher")
    assert changed.has_perm("documents.change_document")
    noted = AuditRecord.objects.filter(verb="login.role_given").latest("pk")
    assert (noted.subject, noted.by, noted.details) == (sara.email, carla, {"role": "Accountants"})


def test_roles_are_given_from_the_command_line(db: None) -> None:
    user = User.objects.create_user("sara@meridian.example", "x")

    assert "Customer service: sara@meridian.example" in manage("Sara@meridian.example", "customer-service")
    assert User.objects.get(pk=user.pk).is_staff
    assert client_of(User.objects.get(pk=user.pk)).get("/admin/vouchers/voucher/").status_code == 200

    assert "Customer service: nobody" in manage("sara@meridian.example", "none")
    assert not User.objects.get(pk=user.pk).is_staff


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (("nobody@meridian.example", "accountants"), "there is no login"),
        (("root@meridian.example", "accountants"), "is a superuser"),
        (("root@meridian.example",), "say which role"),
        (("root@meridian.example", "king"), "invalid choice"),
    ],
)
def test_what_cannot_be_given_says_why(arguments: tuple[str, ...], why: str, db: None) -> None:
    User.objects.create_superuser("root@meridian.example", "x")

    with pytest.raises(CommandError, match=why):
        manage(*arguments)

    assert not Group.objects.filter(user__isnull=False).exists()


def test_writing_the_roles_again_restores_them_and_says_so(db: None) -> None:
    groups = write_roles(by=None, at=timezone.now())
    groups[StaffRole.CUSTOMER_SERVICE].permissions.clear()
    written = AuditRecord.objects.filter(verb="role.changed").count()

    manage()
    manage()

    assert groups[StaffRole.CUSTOMER_SERVICE].permissions.filter(codename="reactivate_voucher").exists()
    assert AuditRecord.objects.filter(verb="role.changed").count() == written + 1
