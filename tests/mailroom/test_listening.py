"""A real client hands mails over to a real listener."""

import asyncio
import smtplib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from marketplace.kernel.models import Job
from marketplace.parties.models import Market, Seller
from sellers.mailroom import listening
from sellers.mailroom.models import Mail, Origin, State, Why
from tests.cast import work_off_but_rendering
from tests.mailroom.telling import ACCOUNTING, LUCIA, RECEIPTS, letter, outcomes
from tests.receipts.telling import factura, peruvian

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("lucia")]

Listen = Callable[..., int]


@contextmanager
def listener(**told: object) -> Iterator[int]:
    """A listener in a thread of its own; its port."""
    loop = asyncio.new_event_loop()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    server = loop.run_until_complete(listening.serve(host="127.0.0.1", port=port, **told))  # type: ignore[arg-type]
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.close()


@pytest.fixture
def port() -> Iterator[int]:
    with listener() as found:
        yield found


def test_a_mail_is_kept_before_it_is_answered_and_then_read(port: int, peru: Market) -> None:
    peruvian(peru, "1001")

    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail(LUCIA, [RECEIPTS], letter(*factura(order="1001")))
        mail = Mail.objects.get()
        assert (mail.state, mail.origin, mail.envelope_from) == (State.RECEIVED, Origin.SMTP, LUCIA)
        assert Job.objects.filter(name="mailroom.read", key=f"mail:{mail.pk}").exists()

    work_off_but_rendering()
    mail.refresh_from_db()
    assert (mail.authentication, mail.proof) == ("pass", "delivered on this machine")
    assert outcomes(mail) == ["registered", "registered"]
    assert mail.answer is not None


def test_an_address_that_is_no_text_is_refused_for_good(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        told = []
        for line in (
            b"MAIL FROM:<\xff@evil.example> SMTPUTF8",
            f"MAIL FROM:<{LUCIA}> SMTPUTF8".encode(),
            b"RCPT TO:<" + RECEIPTS.encode().replace(b"@", b"+\xff@") + b">",
        ):
            client.send(line + b"\r\n")
            told.append(client.getreply()[0])

    assert told == [553, 250, 553]


def test_mail_to_nobody_here_is_refused_at_once(port: int) -> None:
    with (
        smtplib.SMTP("127.0.0.1", port, timeout=20) as client,
        pytest.raises(smtplib.SMTPRecipientsRefused) as refused,
    ):
        client.sendmail(LUCIA, ["nobody@meridian.example"], letter())

    assert refused.value.recipients["nobody@meridian.example"][0] == 550
    assert not Mail.objects.exists()


def test_a_mail_to_two_mailboxes_is_one_in_each(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail(LUCIA, [RECEIPTS, ACCOUNTING], letter(*factura(order="1")))

    assert set(Mail.objects.values_list("mailbox", flat=True)) == {RECEIPTS, ACCOUNTING}


def test_the_same_mail_handed_over_again_is_taken_for_the_one_there_is(port: int) -> None:
    raw = letter(*factura(order="1"))
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail(LUCIA, [RECEIPTS], raw)
        client.sendmail(LUCIA, [RECEIPTS], raw)

    assert Mail.objects.count() == 1


def test_a_mail_that_says_it_is_too_large_is_refused_before_it_comes(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        assert client.esmtp_features["size"] == str(25 << 20)
        code, _ = client.mail(LUCIA, [f"SIZE={30 << 20}"])

    assert code == 552


def test_a_mail_that_turns_out_too_large_is_refused(port: int) -> None:
    line = b"x" * 998 + b"\r\n"
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as client:
        client.ehlo()
        client.mail(LUCIA)
        client.rcpt(RECEIPTS)
        code, _ = client.data(b"Subject: x\r\n\r\n" + line * (26 << 10))

    assert code == 552
    assert not Mail.objects.exists()


def test_a_mail_that_never_ends_is_cut_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "MOST_UNANSWERED_BYTES", 1 << 20)
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        client.mail(LUCIA)
        client.rcpt(RECEIPTS)
        client.docmd("DATA")
        with pytest.raises(OSError):  # noqa: PT011 - reset or closed, as the system has it
            for _ in range(100):
                assert client.sock is not None
                client.sock.sendall(b"x" * (1 << 16))
            raise ConnectionError(client.getreply())


def test_a_sender_of_too_many_mails_is_put_off() -> None:
    with listener(most_an_hour=2) as port, smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail(LUCIA, [RECEIPTS], letter(subject="1"))
        client.sendmail(LUCIA, [RECEIPTS], letter(subject="2"))
        with pytest.raises(smtplib.SMTPSenderRefused) as refused:
            client.sendmail(LUCIA, [RECEIPTS], letter(subject="3"))

    assert refused.value.smtp_code == 452
    assert Mail.objects.count() == 2


def test_more_than_fifty_recipients_are_put_off(port: int) -> None:
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        client.mail(LUCIA)
        codes = [client.rcpt(RECEIPTS.replace("@", f"+{number}@"))[0] for number in range(51)]

    assert codes == [250] * 50 + [452]


def test_a_forged_sender_is_not_proven_by_this_machine(port: int, peru: Market, andes: Seller) -> None:
    order = peruvian(peru, "1001")

    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail("eva@evil.example", [RECEIPTS], letter(*factura(order="1001")))
    work_off_but_rendering()

    mail = Mail.objects.get()
    order.refresh_from_db()
    assert (mail.state, mail.why, mail.answer) == (State.QUARANTINED, Why.NOT_PROVEN, None)
    assert order.receipt_at is None


def test_addresses_outside_ascii_are_spoken(port: int) -> None:
    raw = letter(subject="Año").replace(b"Lucia", "Lucía".encode())
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as client:
        client.sendmail("lucía@andes.example", [RECEIPTS], raw, mail_options=["SMTPUTF8", "BODY=8BITMIME"])

    assert Mail.objects.get().envelope_from == "lucía@andes.example"


def test_lmtp_hears_of_each_recipient_by_itself() -> None:
    with listener(lmtp=True) as port, smtplib.LMTP("127.0.0.1", port, timeout=20) as client:
        client.ehlo()
        client.mail(LUCIA)
        assert client.rcpt(RECEIPTS)[0] == 250
        assert client.rcpt("nobody@meridian.example")[0] == 550
        assert client.rcpt(ACCOUNTING)[0] == 250
        code, _ = client.data(letter())
        second, _ = client.getreply()

    assert (code, second) == (250, 250)
    assert Mail.objects.count() == 2


def test_one_connection_too_many_is_put_off(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "MOST_CONNECTIONS", 1)

    with smtplib.SMTP("127.0.0.1", port, timeout=20) as first:
        with pytest.raises(smtplib.SMTPConnectError) as refused:
            smtplib.SMTP("127.0.0.1", port, timeout=20)
        assert first.noop()[0] == 250

    assert refused.value.smtp_code == 421
