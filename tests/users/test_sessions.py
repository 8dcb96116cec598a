"""Sessions end by themselves."""

import pytest
from django.test import Client
from pytest_django import Settings

from marketplace.users.models import User
from marketplace.users.sessions import SEEN, STARTED

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(client: Client) -> Client:
    client.force_login(User.objects.create_user("ana@shop.example"))
    client.get("/account/password/change/")
    return client


def turn_back(client: Client, key: str, seconds: int) -> None:
    session = client.session
    session[key] -= seconds
    session.save()


def is_in(client: Client) -> bool:
    client.get("/account/password/change/")
    return "_auth_user_id" in client.session


def test_a_session_goes_on_while_it_is_used(ana: Client, settings: Settings) -> None:
    turn_back(ana, SEEN, settings.SESSION_IDLE_SECONDS - 60)

    assert is_in(ana)
    assert ana.session[SEEN] >= ana.session[STARTED]


def test_an_idle_session_ends(ana: Client, settings: Settings) -> None:
    turn_back(ana, SEEN, settings.SESSION_IDLE_SECONDS)

    assert not is_in(ana)


def test_a_session_ends_after_half_a_day_however_busy(ana: Client, settings: Settings) -> None:
    turn_back(ana, STARTED, settings.SESSION_COOKIE_AGE)

    assert not is_in(ana)
