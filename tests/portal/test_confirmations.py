"""Asking for a balance confirmation, and getting it."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse

from marketplace.kernel import jobs
from marketplace.parties.models import Market
from settlement.payouts.models import Confirmation
from tests.cast import today_in


def day(ahead: int) -> str:
    """So many days from today, in Prague."""
    return (today_in(Market.objects.get()) + timedelta(days=ahead)).isoformat()


def ask(client: Client, day: str) -> str:
    return client.post(reverse("portal:confirmation_ask"), {"as_of": day}, follow=True).content.decode()


def test_a_confirmation_is_asked_for_drawn_and_downloaded(ana_client: Client) -> None:
    page = ask(ana_client, day(-1))
    assert "being drawn" in page
    jobs.work_off()

    confirmation = Confirmation.objects.get()
    paper = ana_client.get(reverse("portal:confirmation_file", args=[confirmation.pk]))
    assert paper.headers["Content-Type"] == "application/pdf"
    assert b"".join(paper.streaming_content)[:5] == b"%PDF-"  # type: ignore[attr-defined]


def test_a_day_that_is_not_over_is_refused_with_what_to_do(ana_client: Client) -> None:
    page = ask(ana_client, day(+2))

    assert "Choose an earlier day" in page
    assert not Confirmation.objects.exists()


def test_no_day_is_refused_with_what_to_do(ana_client: Client) -> None:
    page = ask(ana_client, "soon")

    assert "Choose the day" in page
    assert not Confirmation.objects.exists()


def test_another_sellers_confirmation_is_not_there(ana_client: Client, beto_client: Client) -> None:
    ask(ana_client, day(-1))
    jobs.work_off()

    paper = beto_client.get(reverse("portal:confirmation_file", args=[Confirmation.objects.get().pk]))

    assert paper.status_code == 404
