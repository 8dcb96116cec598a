"""A real browser, Debian's chromium, with a fresh profile for each test."""

import os
from collections.abc import Generator, Iterator
from threading import Event, Thread

import pytest
from django.db import connections
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from marketplace.kernel import jobs
from tests.plugins.selection import find_chromium

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 20_000
"""How long a page may take on a machine that is busy with other things; only what fails waits so long."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Start the browser once."""
    # Playwright keeps an event loop in this thread, which Django would take for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


def is_complaint(said: ConsoleMessage) -> bool:
    """Whether the console says that something is wrong; a form that comes back to be corrected is not."""
    return said.type in ("error", "warning") and "a status of 422" not in said.text


@pytest.fixture
def page(chromium: Browser, live_server: LiveServer) -> Generator[Page]:
    """Open a page on the running site; a complaint in its console, as of the content policy, is a failure."""
    context = chromium.new_context(base_url=live_server.url, locale="en-GB")
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if is_complaint(said) else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert complaints == []


@pytest.fixture
def worker() -> Iterator[None]:
    """A worker that runs what the pages ask for."""
    over = Event()

    def work() -> None:
        while not over.wait(0.2):
            jobs.work_off()
        connections.close_all()

    thread = Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()
