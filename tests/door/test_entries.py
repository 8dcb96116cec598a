"""Who came in, and who tried to, is on the record."""

from django.test import Client

from marketplace.kernel.models import AuditRecord
from marketplace.users.models import User
from tests.cast import PASSWORD


def test_logins_failed_ones_and_logouts_are_on_the_record(ana: User, client: Client) -> None:
    client.post("/account/login/", {"login": ana.email, "password": "wrong"})
    client.post("/account/login/", {"login": ana.email, "password": PASSWORD})
    client.post("/account/logout/")

    kept = AuditRecord.objects.filter(verb__startswith="log").order_by("pk")
    assert list(kept.values_list("verb", "subject", "by")) == [
        ("login.failed", ana.email, None),
        ("login", ana.email, ana.pk),
        ("logout", ana.email, ana.pk),
    ]
    assert set(kept.values_list("address", flat=True)) == {"127.0.0.1"}


def test_nobody_signs_up_by_themselves(db: None, client: Client) -> None:
    client.post("/account/signup/", {"email": "x@example.com", "password1": PASSWORD, "password2": PASSWORD})

    assert not User.objects.exists()
