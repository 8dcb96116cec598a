"""Signing in as a person does."""

from playwright.sync_api import Page, expect

from tests.cast import PASSWORD


def sign_in(page: Page, email: str) -> None:
    """Sign in as a seller's login; its home follows."""
    page.goto("/account/login/")
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")
    expect(page).to_have_url("/")
