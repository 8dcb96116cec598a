"""Mails are fetched from a real mailbox, each once, whatever happens in between."""

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from marketplace.parties.models import Market
from sellers.mailroom import gateway
from sellers.mailroom.models import Mail, Origin, State, Why
from sellers.mailroom.operations import fetching
from sellers.mailroom.operations.fetching import fetch_mails
from tests.cast import work_off_but_rendering
from tests.mailroom.telling import LUCIA, RECEIPTS, letter, outcomes
from tests.receipts.telling import factura, peruvian

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lucia")]

PROOF = "mx.meridian.example; dmarc=pass header.from=andes.example"
USER, PASSWORD = "box", "secret word"


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """An IMAP server with one mailbox; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [
        str(Path(sys.executable).parent / "pymap"),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--no-tls",
    ]
    process = subprocess.Popen([*command, "dict", "--demo-user", USER, "--demo-password", PASSWORD])
    try:
        _wait(port)
        yield port
    finally:
        process.kill()
        process.wait()


def _wait(port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise TimeoutError("the IMAP server did not start")


Put = Callable[[bytes], None]


@pytest.fixture
def client(server: int) -> Iterator[imaplib.IMAP4]:
    """Somebody else's hands in the mailbox, which is empty at first."""
    box = imaplib.IMAP4("127.0.0.1", server)
    box.login(USER, PASSWORD)
    box.select("INBOX")
    box.store("1:*", "+FLAGS", r"\Deleted")
    box.expunge()
    yield box
    box.logout()


@pytest.fixture
def put(client: imaplib.IMAP4) -> Put:
    def deliver(raw: bytes) -> None:
        assert client.append("INBOX", "", "", raw.replace(b"\n", b"\r\n"))[0] == "OK"

    return deliver


@pytest.fixture
def url(server: int) -> str:
    return f"imap://{USER}:secret%20word@127.0.0.1:{server}/INBOX"


@pytest.fixture(autouse=True)
def _authserv(settings: object) -> None:
    settings.MAIL_AUTHSERV_ID = "mx.meridian.example"  # type: ignore[attr-defined]


def unseen(client: imaplib.IMAP4) -> int:
    client.select("INBOX")
    return len(client.search(None, "UNSEEN")[1][0].split())


def test_what_is_new_is_taken_in_and_marked(peru: Market, put: Put, client: imaplib.IMAP4, url: str) -> None:
    peruvian(peru, "1001")
    put(letter(*factura(order="1001"), authentication_results=PROOF))

    taken = fetch_mails(url=url, clock=timezone.now)

    assert [mail.origin for mail in taken] == [Origin.IMAP]
    assert unseen(client) == 0
    work_off_but_rendering()
    mail = Mail.objects.get()
    assert (mail.proof, mail.mailbox) == ("dmarc=pass (andes.example)", RECEIPTS)
    assert outcomes(mail) == ["registered", "registered"]
    assert mail.answer is not None
    assert mail.answer.recipients == [LUCIA]


def test_a_crash_before_the_mark_repeats_harmlessly(
    put: Put, client: imaplib.IMAP4, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(letter(authentication_results=PROOF))
    with monkeypatch.context() as broken:
        broken.setattr(gateway.Folder, "mark_done", _die)
        with pytest.raises(ConnectionResetError):
            fetch_mails(url=url, clock=timezone.now)
    assert unseen(client) == 1

    fetch_mails(url=url, clock=timezone.now)

    assert unseen(client) == 0
    assert Mail.objects.count() == 1


def _die(folder: gateway.Folder, uid: str) -> None:
    raise ConnectionResetError


def test_mails_are_taken_in_their_order(put: Put, url: str) -> None:
    for number in range(3):
        put(letter(subject=f"Mail {number}"))

    taken = fetch_mails(url=url, clock=timezone.now)
    work_off_but_rendering()

    assert [Mail.objects.get(pk=mail.pk).subject for mail in taken] == ["Mail 0", "Mail 1", "Mail 2"]


def test_taken_mails_are_moved_where_that_is_asked_for(put: Put, client: imaplib.IMAP4, url: str) -> None:
    put(letter())

    fetch_mails(url=f"{url}?done=Taken", clock=timezone.now)

    client.select("INBOX")
    assert client.search(None, "ALL")[1][0] == b""
    client.select("Taken")
    assert len(client.search(None, "ALL")[1][0].split()) == 1


def test_of_a_mail_too_large_the_head_is_kept_and_its_sender_told(
    put: Put, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 2_000)
    put(letter(("big.pdf", b"x" * 5_000), authentication_results=PROOF))

    fetch_mails(url=url, clock=timezone.now)
    work_off_but_rendering()

    mail = Mail.objects.get()
    assert (mail.state, mail.why, mail.cut) == (State.REFUSED, Why.TOO_LARGE, True)
    assert mail.raw.size < 2_000
    assert mail.answer is not None
    assert "larger than 25 MB" in mail.answer.body


def test_the_command_says_how_many_it_took_in(put: Put, url: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(letter())

    call_command("poll_mail", url=url)

    assert "1 mails taken in" in capsys.readouterr().out


@pytest.mark.parametrize(
    "wrong", ["", "http://a:b@host/", "imaps://host/INBOX", "imap://box:no@127.0.0.1:1/INBOX"]
)
def test_a_mailbox_that_cannot_be_read_is_said(wrong: str) -> None:
    with pytest.raises(CommandError):
        call_command("poll_mail", url=wrong)
