"""Mails nobody vouches for wait for staff; machines and our own letters are not answered."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from marketplace.kernel.books import CHECKS, run_checks
from marketplace.kernel.files import path_of
from marketplace.kernel.models import AuditRecord, OutgoingMail
from marketplace.kernel.states import IllegalMove
from marketplace.parties.models import Market, Role, Seller
from marketplace.users.models import User
from sellers.mailroom.models import AllowedSender, Mail, Origin, Silence, State, Why
from sellers.mailroom.operations.quarantine import ReasonMissing, discard_mail, release_mail
from sellers.mailroom.operations.receiving import receive_mail
from sellers.mailroom.operations.senders import (
    NoAddress,
    TooBroad,
    TooManySenders,
    allow_sender,
    forbid_sender,
)
from sellers.mailroom.queries import tied_sellers
from tests.cast import make_member, work_off_but_rendering
from tests.mailroom.telling import LUCIA, RECEIPTS, hand_over, letter, outcomes
from tests.receipts.telling import factura, peruvian

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("lucia")]


@pytest.fixture
def held(peru: Market) -> Mail:
    peruvian(peru, "1001")
    raw = letter(*factura(order="1001"), authentication_results="mx.any.example; dmarc=fail")
    return hand_over(raw)


def test_a_forged_mail_is_kept_apart_and_not_answered(held: Mail) -> None:
    assert (held.state, held.why, held.bundle, held.answer) == (State.QUARANTINED, Why.FORGED, None, None)
    assert held.parts.count() == 2
    assert outcomes(held) == ["quarantined"] * 2
    assert not OutgoingMail.objects.filter(key__startswith="mailroom:").exists()


def test_a_released_mail_goes_on_as_proven(held: Mail, carla: User) -> None:
    release_mail(mail_id=held.pk, by=carla, at=timezone.now())
    work_off_but_rendering()

    held.refresh_from_db()
    assert (held.state, held.proof) == (State.DONE, "released by staff")
    assert outcomes(held) == ["registered"] * 2
    assert held.parts.count() == 2
    assert held.answer is not None
    assert AuditRecord.objects.filter(verb="mail.released", by=carla).exists()
    assert run_checks() == []
    with pytest.raises(IllegalMove):
        release_mail(mail_id=held.pk, by=carla, at=timezone.now())


def test_a_discarded_mail_ends_in_silence(held: Mail, carla: User) -> None:
    with pytest.raises(ReasonMissing):
        discard_mail(mail_id=held.pk, reason=" ", by=carla, at=timezone.now())

    discard_mail(mail_id=held.pk, reason="spam", by=carla, at=timezone.now())
    work_off_but_rendering()

    held.refresh_from_db()
    assert (held.state, held.why, held.answer) == (State.REFUSED, Why.DISCARDED, None)
    assert held.changes.filter(to_state=State.REFUSED, by=carla, reason="spam").exists()
    with pytest.raises(IllegalMove):
        discard_mail(mail_id=held.pk, reason="spam", by=carla, at=timezone.now())


def test_once_our_server_has_a_name_only_its_word_counts(peru: Market, settings: Any) -> None:
    settings.MAIL_AUTHSERV_ID = "mx.meridian.example"
    peruvian(peru, "1001")

    unproven = hand_over(letter(*factura(order="1001")))
    proven = hand_over(
        letter(
            *factura(order="1001"),
            authentication_results="mx.meridian.example; dmarc=pass header.from=andes.example",
        )
    )

    assert (unproven.state, unproven.why) == (State.QUARANTINED, Why.NOT_PROVEN)
    assert outcomes(proven) == ["registered"] * 2


@pytest.mark.parametrize(
    "local",
    [
        "=?u8?q?=3Bdkim=3Dpass_header.d=3Dandes.example=28?=",
        "=?u8?q?=3Bdmarc=3Dpass=28?=",
        '"x@andes.example"',
    ],
)
def test_what_a_stranger_calls_himself_proves_nothing(local: str, settings: Any) -> None:
    settings.MAIL_AUTHSERV_ID = "mx.meridian.example"
    told = f"mx.meridian.example;\r\n spf=pass smtp.mailfrom={local}@evil.example;\r\n dmarc=fail"

    mail = hand_over(
        f"Authentication-Results: {told} header.from=andes.example\r\n".encode() + letter(*factura(1)),
        origin=Origin.IMAP,
    )

    assert (mail.state, mail.why, mail.proof) == (State.QUARANTINED, Why.FORGED, "dmarc=fail")


def test_what_kills_the_reader_costs_its_sender_no_answer(settings: Any, monkeypatch: Any) -> None:
    settings.MAIL_AUTHSERV_ID = "mx.meridian.example"
    monkeypatch.setattr("sellers.mailroom.parsing.apart.CHILD", "no.such.reader")
    told = {"authentication_results": "mx.meridian.example; dkim=pass header.d=andes.example"}

    proven = hand_over(letter(*factura(1), **told), origin=Origin.IMAP)
    unproven = hand_over(letter(*factura(1)), origin=Origin.IMAP)

    assert (proven.sender, proven.state, proven.why) == (LUCIA, State.REFUSED, Why.UNREADABLE)
    assert proven.answer is not None
    assert (unproven.sender, unproven.state, unproven.why) == (LUCIA, State.QUARANTINED, Why.UNREADABLE)


def test_two_senders_are_none() -> None:
    mail = hand_over(letter().replace(b"Subject:", b"From: eva@evil.example\nSubject:"))

    assert (mail.state, mail.why, mail.silence, mail.sender) == (
        *(State.REFUSED, Why.FROM_UNCLEAR, Silence.NOT_PROVEN),
        "",
    )


def test_a_mail_that_is_too_much_is_refused_and_its_sender_told() -> None:
    raw = (
        f"From: {LUCIA}\nTo: {RECEIPTS}\nContent-Type: multipart/mixed; boundary=b\n\n" + "--b\n\nx\n" * 2_000
    )

    mail = hand_over(raw.encode())

    assert (mail.state, mail.why, outcomes(mail)) == (
        *(State.REFUSED, Why.TOO_MANY_PARTS),
        ["too_many_parts"],
    )
    assert mail.answer is not None
    assert "more than 1000 parts" in mail.answer.body


@pytest.mark.parametrize(
    "headers",
    [{"auto_submitted": "auto-generated"}, {"precedence": "bulk"}, {"list_id": "<x>"}, {"x_loop": "x"}],
)
def test_a_machine_is_served_but_not_answered(headers: dict[str, str], peru: Market) -> None:
    peruvian(peru, "1001")

    mail = hand_over(letter(*factura(order="1001"), **headers))

    assert outcomes(mail) == ["registered"] * 2
    assert (mail.answer, mail.silence) == (None, Silence.AUTOMATIC)


def test_a_bounce_of_our_answer_is_not_answered_and_fills_no_quarantine() -> None:
    raw = letter(sender="mailer-daemon@andes.example")

    mail = hand_over(raw, origin=Origin.SMTP, envelope_from="", envelope_to=[RECEIPTS], peer="10.0.0.1")

    assert (mail.state, mail.answer, mail.silence) == (State.DONE, None, Silence.AUTOMATIC)


def test_a_notice_of_absence_that_does_not_say_so_is_not_answered(peru: Market) -> None:
    first = hand_over(letter(subject="x"))
    assert first.answer is not None

    absent = hand_over(letter(subject="Away", in_reply_to=first.answer.message_id))
    bounced = hand_over(letter(subject="Away", return_path="<>"))
    peruvian(peru, "1001")
    with_files = hand_over(letter(*factura(order="1001"), in_reply_to=first.answer.message_id))

    for mail in (absent, bounced):
        assert (mail.state, mail.answer, mail.silence) == (State.DONE, None, Silence.AUTOMATIC)
    assert outcomes(with_files) == ["registered"] * 2
    assert with_files.answer is not None


def test_our_own_letters_are_not_answered(peru: Market) -> None:
    mail = hand_over(letter(("a.pdf", b"%PDF-1.4"), sender=peru.accounting_email))

    assert (mail.answer, mail.silence) == (None, Silence.OWN)


def test_a_sender_gets_at_most_a_hundred_answers_an_hour(peru: Market) -> None:
    first = hand_over(letter())
    with transaction.atomic():
        for number in range(99):
            sent = OutgoingMail.objects.create(
                key=f"x{number}",
                market=peru,
                sender="a@b.example",
                recipients=[LUCIA],
                subject="",
                message_id=f"<{number}@x>",
                created_at=timezone.now(),
            )
            copy = Mail.objects.get(pk=first.pk)
            copy.pk, copy.content_sha256, copy.answer = None, f"{number:064d}", sent
            copy.raw = type(copy.raw).objects.create(
                name="x", content_type="", sha256="", size=0, created_at=timezone.now(), seller=None
            )
            copy.save()
    peruvian(peru, "1001")

    mail = hand_over(letter(*factura(order="1001")))

    assert outcomes(mail) == ["registered"] * 2
    assert (mail.answer, mail.silence) == (None, Silence.TOO_MANY)


def test_an_allowed_address_or_domain_may_send(peru: Market, andes: Seller, lucia: User) -> None:
    peruvian(peru, "1001")
    row = allow_sender(seller_id=andes.pk, address=" @Billing.Example ", by=lucia, at=timezone.now())
    assert row == allow_sender(seller_id=andes.pk, address="@billing.example", by=lucia, at=timezone.now())

    mail = hand_over(letter(*factura(order="1001"), sender="robot@billing.example"))
    forbid_sender(sender_id=row.pk, by=lucia, at=timezone.now())
    later = hand_over(letter(*factura(order="1001"), sender="robot@billing.example"))

    assert outcomes(mail) == ["registered"] * 2
    assert later.why == Why.SENDER_NOT_TIED
    assert set(AuditRecord.objects.filter(by=lucia).values_list("verb", flat=True)) >= {
        "sender.allowed",
        "sender.forbidden",
    }


def test_a_login_has_its_roles_rights_also_where_its_whole_domain_may_send(andes: Seller) -> None:
    make_member(andes, "ops@andes.example", Role.OPERATIONS)
    allow_sender(seller_id=andes.pk, address="@andes.example", by=None, at=timezone.now())

    assert tied_sellers(sender="ops@andes.example", kind="receipts") == [andes]
    assert tied_sellers(sender="ops@andes.example", kind="accounting") == []
    assert tied_sellers(sender="robot@andes.example", kind="accounting") == [andes]


@pytest.mark.parametrize(
    ("address", "refusal"),
    [
        ("x", NoAddress),
        ("@", NoAddress),
        ("@gmail.com", TooBroad),
        ("@com.pe", TooBroad),
        ("a@b@c.pe", NoAddress),
    ],
)
def test_what_would_let_everybody_send_is_refused(
    address: str, refusal: type[Exception], andes: Seller
) -> None:
    with pytest.raises(refusal):
        allow_sender(seller_id=andes.pk, address=address, by=None, at=timezone.now())

    assert not AllowedSender.objects.exists()


def test_fifty_addresses_are_enough(andes: Seller) -> None:
    for number in range(50):
        allow_sender(seller_id=andes.pk, address=f"a{number}@x.example", by=None, at=timezone.now())

    with pytest.raises(TooManySenders):
        allow_sender(seller_id=andes.pk, address="more@x.example", by=None, at=timezone.now())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sender", "eva@evil.example"),
        ("envelope_from", "x@y.example"),
        ("content_sha256", "0" * 64),
        ("subject", "x"),
    ],
)
def test_what_a_mail_said_is_never_rewritten(field: str, value: str, held: Mail) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Mail.objects.filter(pk=held.pk).update(**{field: value})


def test_the_books_miss_a_mail_whose_bytes_changed(held: Mail) -> None:
    path_of(held.raw).write_bytes(b"changed")

    assert list(CHECKS["mails: each is kept as it came"].offenders()) != []


def test_the_books_miss_a_mail_that_waits(held: Mail) -> None:
    mail = hand_over(letter(), read=False)
    assert run_checks() == []

    old = timezone.now() - timedelta(minutes=16)
    late = receive_mail(letter(subject="late"), origin=Origin.COMMAND, at=old)

    check = CHECKS["mails: none waits unread or unanswered for a quarter of an hour"]
    assert list(check.offenders()) == [f"mail {late.pk}: {late}"]
    assert mail.state == State.RECEIVED
