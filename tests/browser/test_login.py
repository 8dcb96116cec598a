"""Logging in, as a person does it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from marketplace.users.models import User

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_login_page_is_accessible(page: Page) -> None:
    page.goto("/account/login/")

    found = Axe().run(page)

    assert found.violations_count == 0, found.generate_report()


def test_a_seller_logs_in_with_e_mail_and_password(page: Page) -> None:
    User.objects.create_user("ana@shop.example", "a long enough password")
    page.goto("/account/login/?next=/account/password/change/")

    page.locator("input[name=login]").fill("ana@shop.example")
    page.locator("input[name=password]").fill("a long enough password")
    page.locator("input[name=password]").press("Enter")

    expect(page).to_have_url("/account/password/change/")
