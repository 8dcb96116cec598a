"""What costs the machine much is done only so often."""

from django.test import Client
from pytest_django import Settings

from tests.portal.telling import Browser

EXPORT = "/settings/api/deliveries/export/"


def test_looking_counts_as_well_where_it_costs_much(ana_client: Client, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"export": "2/h/user"}
    ana_sees = Browser(ana_client)

    for _ in range(2):
        ana_sees.sheet(EXPORT)

    assert ana_client.get(EXPORT).status_code == 429
