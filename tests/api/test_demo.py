"""The demo shows each queue with something in it, and its books are true."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.utils import translation

from marketplace.kernel.books import run_checks
from marketplace.ledger.models import Entry
from marketplace.ledger.wording import entry_text
from marketplace.orders.models import Refund, RefundState
from sellers.api import gateway
from sellers.api.models import Delivery, DeliveryState, Webhook


@pytest.mark.django_db
def test_a_sellers_system_was_told_and_a_proof_waits_and_nothing_left_the_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(gateway, "post")

    call_command("demo", "--orders", "300", stdout=StringIO())

    told = Delivery.objects.order_by("pk").values_list("event", "state", "tries", "status")
    failed, mended, retried, *_rest = told
    assert failed == ("test", DeliveryState.DEAD, 10, 404)
    assert mended == ("test", DeliveryState.DONE, 1, 200)
    assert retried[1:] == (DeliveryState.DONE, 2, 200)
    assert "order.return" in {each[0] for each in told}
    assert {each[1] for each in told[1:]} == {DeliveryState.DONE}
    webhook = Webhook.objects.get()
    assert (webhook.state, webhook.rests_until) == ("on", None)
    waiting = Refund.objects.get(state=RefundState.TOLD)
    assert waiting.proof is not None
    assert run_checks() == []
    with translation.override("cs"):
        texts = Entry.objects.values_list("text", flat=True)
        assert [text for text in texts if entry_text(text) == text] == [], "the journal knows all its texts"
