"""Lucía of Peru, who has receipts to upload."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from marketplace.parties.models import Market, Role, Seller
from tests.cast import client_of, make_member
from tests.portal.telling import Browser
from tests.receipts.telling import File, make_peru, make_peruvian


@pytest.fixture
def peru(db: None) -> Market:
    return make_peru()


@pytest.fixture
def andes(peru: Market) -> Seller:
    return make_peruvian(peru)


@pytest.fixture
def lucia(andes: Seller) -> Browser:
    return Browser(client_of(make_member(andes, "lucia@andes.example", Role.OPERATIONS)))


def form(*files: File, order: str = "") -> dict[str, Any]:
    return {"files": [SimpleUploadedFile(name, content) for name, content in files], "order": order}


def upload(browser: Browser, *files: File, order: str = "", **more: Any) -> Any:
    return browser.client.post("/receipts/upload/", form(*files, order=order), **more)
