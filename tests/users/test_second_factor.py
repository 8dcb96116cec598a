"""The back office opens only to staff who used a second factor in this session."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.test import Client

from marketplace.users.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


@pytest.fixture
def carla() -> User:
    return User.objects.create_superuser("carla@saldo.example", PASSWORD)


def log_in(client: Client, user: User) -> str:
    answer = client.post("/account/login/", {"login": user.email, "password": PASSWORD})
    return str(answer.headers["Location"])


def code_of(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def test_a_stranger_is_asked_to_log_in(client: Client) -> None:
    answer = client.get("/admin/", follow=True)

    assert answer.redirect_chain[-1][0].startswith("/account/login/?next=")


def test_there_is_no_back_office_for_a_login_that_is_not_staff(client: Client) -> None:
    client.force_login(User.objects.create_user("ana@shop.example", PASSWORD))

    assert client.get("/admin/", follow=True).status_code == 404


def test_staff_without_a_second_factor_are_sent_to_enrol_one(client: Client, carla: User) -> None:
    log_in(client, carla)

    chain = client.get("/admin/", follow=True).redirect_chain

    assert "/account/2fa/totp/activate/?next=%2Fadmin%2F" in [url for url, _ in chain]
    assert chain[-1][0].startswith("/account/reauthenticate/"), "a change of secrets asks for the password"


def test_enrolling_opens_the_back_office_at_once(client: Client, carla: User) -> None:
    log_in(client, carla)
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    client.get("/account/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]

    client.post("/account/2fa/totp/activate/", {"code": code_of(secret)})

    assert client.get("/admin/").status_code == 200


def test_a_login_with_a_second_factor_is_asked_for_it(client: Client, carla: User) -> None:
    secret = generate_totp_secret()
    TOTP.activate(carla, secret)

    asked_at = log_in(client, carla)
    client.post(asked_at, {"code": code_of(secret)})

    assert asked_at == "/account/2fa/authenticate/"
    assert client.get("/admin/").status_code == 200


def test_a_session_that_skipped_the_second_factor_is_asked_for_it(client: Client, carla: User) -> None:
    TOTP.activate(carla, generate_totp_secret())
    client.force_login(carla)

    assert client.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/account/2fa/reauthenticate/")


def test_a_second_factors_secret_is_stored_encrypted(carla: User) -> None:
    secret = generate_totp_secret()

    TOTP.activate(carla, secret)

    stored = Authenticator.objects.get(user=carla).data["secret"]
    assert secret not in stored
    assert TOTP(Authenticator.objects.get(user=carla)).validate_code(code_of(secret))


def test_nobody_signs_up_by_themselves(client: Client) -> None:
    client.post(
        "/account/signup/",
        {"email": "eve@else.example", "password1": PASSWORD, "password2": PASSWORD},
    )

    assert not User.objects.filter(email="eve@else.example").exists()


def test_a_password_guesser_is_stopped_after_five_tries(client: Client, carla: User) -> None:
    for _ in range(5):
        client.post("/account/login/", {"login": carla.email, "password": "a wrong guess"})

    client.post("/account/login/", {"login": carla.email, "password": PASSWORD})

    assert "_auth_user_id" not in client.session
