"""A channel's settings, its credentials, and taking it off, as a seller sees them."""

import pytest
from django.utils import timezone
from pytest_django import Settings

from marketplace.kernel.models import AuditRecord
from marketplace.parties.models import Market, Role, Seller
from sellers.erp.models import CatalogueItem, Channel, ChannelState, Reading
from sellers.erp.operations.connecting import automate_channel, refuse_channel
from tests.cast import client_of, make_member
from tests.erp.colombia import sell, work_off
from tests.erp.emulator import Company, Emulator
from tests.portal.channels import (
    AUTOMATIC,
    CHANGE,
    CHANNELS,
    CREDENTIALS,
    FIRST,
    SAVE_AUTOMATIC,
    SECOND,
    SETTINGS,
    THIRD,
    TRY,
    automation,
    entered,
)
from tests.portal.telling import Browser, words


@pytest.fixture
def vera(condor: Seller) -> Browser:
    return Browser(client_of(make_member(condor, "vera@condor.example", Role.FINANCE)))


def test_a_new_token_of_another_company_is_refused_in_words(
    vera: Browser, channel: Channel, alegra: Emulator
) -> None:
    other = alegra.company("peru")

    page = vera.post(CHANGE, entered(other), status=422)

    said = "This token opens other books (Comercial Pacífico S.A.C.) than those of this channel (Comercial"
    assert f"{said} Andina S.A.S.). Disconnect it, then connect the other company." in page


def test_a_refused_channel_says_so_and_goes_on_with_a_new_token(
    vera: Browser, channel: Channel, company: Company
) -> None:
    refuse_channel(channel_id=channel.pk, at=timezone.now())
    assert "Alegra refuses the token" in vera.page(CHANNELS)
    for address in (SETTINGS, AUTOMATIC, "/channels/items/", "/channels/readiness/"):
        assert "Alegra refuses the token; nothing is sent until you enter a new one." in vera.page(address)
    assert "Read lists anew" not in vera.page(SETTINGS)
    assert "This field is required." in vera.post(CHANGE, entered(company, token=""), status=422)
    company.change_token("a-new-token")

    page = vera.post(CHANGE, entered(company))

    assert "The credentials are kept; they open the books of Comercial Andina" in page
    channel.refresh_from_db()
    assert channel.state == ChannelState.ON


def test_a_channel_is_renamed_without_its_token_being_typed_anew(
    vera: Browser, channel: Channel, company: Company
) -> None:
    vera.post(CHANGE, entered(company, name="Books", token=""))

    channel.refresh_from_db()
    assert (channel.name, channel.state) == ("Books", ChannelState.ON)


def test_the_token_stands_on_no_page(vera: Browser, channel: Channel, company: Company) -> None:
    for address in (
        CHANNELS,
        FIRST,
        SECOND,
        THIRD,
        SETTINGS,
        AUTOMATIC,
        CREDENTIALS,
        "/channels/disconnect/",
    ):
        text = vera.client.get(address).content.decode()
        assert company.token not in text, address
        assert channel.token not in text, address


def test_the_card_shows_how_far_the_catalogue_is_read(vera: Browser, channel: Channel) -> None:
    items = CatalogueItem.objects.filter(channel=channel).count()
    assert f"Catalogue: {items} items, read" in vera.page(CHANNELS)

    page = vera.post("/channels/settings/read-anew/")

    assert "The lists and the catalogue of Alegra are read anew." in page
    assert "Reading the catalogue of Alegra" in vera.page("/channels/progress/")
    Reading.objects.update(position=60, finished_at=None)
    assert "60 items so far." in vera.page("/channels/progress/")
    assert AuditRecord.objects.filter(verb="erp_channel.read_anew").exists()
    Reading.objects.update(position=0)
    work_off()
    assert f"Catalogue: {items} items, read" in vera.page("/channels/progress/")


def test_disconnecting_says_what_stays_and_forgets_the_token(vera: Browser, channel: Channel) -> None:
    page = vera.page("/channels/disconnect/")
    assert "Every invoice made there" in page
    channel.refresh_from_db()
    assert channel.state == ChannelState.ON

    page = vera.post("/channels/disconnect/now/")

    assert "Alegra is disconnected. Its token is forgotten; what was invoiced stays known." in page
    assert "Connected before Alegra: Comercial Andina S.A.S. (900123456)" in page
    channel.refresh_from_db()
    assert (channel.state, channel.token) == (ChannelState.OFF, "")
    menu = vera.links(CHANNELS)
    assert {"/channels/errors/", "/channels/invoices/"} <= menu
    assert menu.isdisjoint({"/channels/items/", "/channels/readiness/", SETTINGS})


def test_without_a_channel_its_pages_lead_to_where_one_is_connected(vera: Browser) -> None:
    for address in (SECOND, THIRD, SETTINGS, AUTOMATIC, CREDENTIALS, "/channels/readiness/"):
        answer = vera.client.get(address, follow=True)
        assert "No ERP is connected. Connect one first." in words(answer), address


def test_a_viewer_sees_the_settings_and_no_button_to_save(condor: Seller, channel: Channel) -> None:
    viktor = Browser(client_of(make_member(condor, "viktor@condor.example", Role.VIEWER)))

    for address in (SETTINGS, AUTOMATIC, CREDENTIALS):
        assert "Your role can look, but not change the channel." in viktor.page(address)
        assert 'class="btn">' not in viktor.client.get(address).content.decode()


def test_settings_saved_while_automatic_is_on_keep_its_first_moment(vera: Browser, channel: Channel) -> None:
    since = timezone.now()
    automate_channel(channel_id=channel.pk, automatic=True, told={}, by=None, at=since)

    vera.post(SAVE_AUTOMATIC, automation(automatic="on", as_draft="open"))

    channel.refresh_from_db()
    assert (channel.automatic_since, channel.as_draft) == (since, False)


def test_credentials_are_not_tried_without_end(vera: Browser, company: Company, settings: Settings) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"erp_credentials": "1/h/user"}
    vera.post(TRY, entered(company, token="wrong"), status=422)

    assert vera.client.post(TRY, entered(company)).status_code == 429
    assert not Channel.objects.exists()


def test_more_of_everything_takes_no_more_questions(
    vera: Browser, channel: Channel, colombia: Market
) -> None:
    sell(colombia, "800", channel="shop")
    pages = (CHANNELS, SETTINGS, AUTOMATIC, CREDENTIALS)
    before = [vera.queries(address) for address in pages]
    for number in range(801, 806):
        sell(colombia, str(number), channel=f"shop {number}")
        CatalogueItem.objects.create(
            channel=channel, external_id=f"y{number}", name="y", seen_at=timezone.now()
        )

    assert [vera.queries(address) for address in pages] == before


def test_the_token_in_use_that_no_key_opens_is_to_be_entered_anew(
    vera: Browser, channel: Channel, company: Company
) -> None:
    Channel.objects.filter(pk=channel.pk).update(token="unreadable")

    page = vera.post(CHANGE, entered(company, token=""), status=422)

    assert "The token in use cannot be read any more. Enter it anew." in page
    assert "The credentials are kept" in vera.post(CHANGE, entered(company))
