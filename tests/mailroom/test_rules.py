"""Where mails go, whose they are, which are copies, and which nobody may answer."""

from datetime import date

import pytest

from sellers.mailroom.rules.automatic import is_automatic
from sellers.mailroom.rules.fingerprint import fingerprint, recipients
from sellers.mailroom.rules.routing import Box, Brought, Chosen, days_in, partner_of, references_in, route_of

RECEIPTS, ACCOUNTING = Box(1, "receipts"), Box(1, "accounting")


@pytest.mark.parametrize(
    ("box", "kinds", "reference", "route"),
    [
        (RECEIPTS, ["xml", "pdf"], "", "receipts"),
        (RECEIPTS, [], "", "receipts"),
        (ACCOUNTING, ["workbook"], "", "review"),
        (ACCOUNTING, ["image", "workbook"], "", "review"),
        (ACCOUNTING, ["workbook"], "CZ-2026-000001", "review"),
        (ACCOUNTING, ["pdf"], "CZ-2026-000001", "invoices"),
        (ACCOUNTING, ["pdf", "workbook"], "CZ-2026-000001", "invoices"),
        (ACCOUNTING, [], "CZ-2026-000001", "none"),
        (ACCOUNTING, ["pdf"], "", "none"),
        (None, ["xml", "pdf"], "", "none"),
    ],
)
def test_the_mailbox_and_the_files_decide_the_way(
    box: Box | None, kinds: list[str], reference: str, route: str
) -> None:
    assert route_of(box, Brought(kinds, reference)) == route


@pytest.mark.parametrize(
    ("subject", "tied", "known", "chosen"),
    [
        ("Export 3003", ["3003", "4101"], ["3003"], Chosen("3003")),
        ("Export", ["3003"], [], Chosen("3003")),
        ("Export 2026", ["3003"], [], Chosen("3003")),
        ("Orders of October 2026", ["3003"], ["2026"], Chosen("3003")),
        ("Orders of October 2026", ["3003", "4101"], ["2026"], Chosen(not_tied=True)),
        ("Export 2026", ["2026"], ["2026"], Chosen("2026")),
        ("Export", ["3003", "4101"], [], Chosen()),
        ("Export 3004", ["3003"], ["3004"], Chosen(not_tied=True)),
        ("3003 and 4101", ["3003", "4101"], ["3003", "4101"], Chosen()),
        ("saldo-export-CZ-3003-2026-10-01_2026-10-31", ["3003"], [], Chosen("3003")),
    ],
)
def test_the_subject_or_the_only_seller_tells_whose_workbook_it_is(
    subject: str, tied: list[str], known: list[str], chosen: Chosen
) -> None:
    assert partner_of(subject, tied, known) == chosen


def test_documents_are_found_in_texts() -> None:
    text = "Re: your documents cz-2026-000123, XX-C-2026-000004 (not CZ-2026-0001234, nor ACZ-2026-000001)"

    assert references_in(text) == ["CZ-2026-000123", "XX-C-2026-000004"]


def test_days_of_a_period_are_found_in_names() -> None:
    told = (date(2026, 10, 1), date(2026, 10, 31))

    assert days_in("saldo-export-CZ-3003-2026-10-01_2026-10-31.xlsx") == told
    assert days_in("x.xlsx", "3003: 2026-10-01 – 2026-10-31") == told
    assert days_in("2026-13-45_2026-99-99") is None


def test_copies_of_a_mail_have_one_fingerprint_per_mailbox() -> None:
    raw = b"From: a@b.example\nSubject: Long\n subject\nMessage-ID: <1>\n\nbody\n"
    moved = b"Received: x\nDelivered-To: y\n" + raw.replace(b"Long\n subject", b"Long subject").replace(
        b"\n", b"\r\n"
    )

    assert fingerprint(raw, mailbox="m") == fingerprint(moved, mailbox="m")
    assert fingerprint(raw, mailbox="m") != fingerprint(raw, mailbox="n")
    assert fingerprint(raw, mailbox="m") != fingerprint(raw.replace(b"body", b"other"), mailbox="m")
    assert fingerprint(raw, mailbox="m") != fingerprint(raw.replace(b"<1>", b"<2>"), mailbox="m")


def test_the_mailbox_of_delivery_comes_before_what_the_mail_is_addressed_to() -> None:
    raw = b"To: A <a@x.example>,\n b@x.example\nCc: c@x.example\nDelivered-To: d+tag@x.example\n\nTo: e@x.ex"

    assert list(recipients(raw)) == ["d@x.example", "a@x.example", "b@x.example", "c@x.example"]


@pytest.mark.parametrize(
    ("headers", "sender", "envelope", "content_type"),
    [
        ({}, "a@b.example", "", "text/plain"),
        ({}, "a@b.example", None, "multipart/report"),
        ({}, "MAILER-DAEMON@b.example", None, "text/plain"),
        ({}, "postmaster@b.example", None, "text/plain"),
        ({"auto-submitted": ["auto-replied (vacation)"]}, "a@b.example", None, "text/plain"),
        ({"precedence": ["Bulk"]}, "a@b.example", None, "text/plain"),
        ({"list-id": ["x"]}, "a@b.example", None, "text/plain"),
        ({"list-unsubscribe": ["x"]}, "a@b.example", None, "text/plain"),
        ({"x-loop": ["x"]}, "a@b.example", None, "text/plain"),
    ],
)
def test_machines_are_known(
    headers: dict[str, list[str]], sender: str, envelope: str | None, content_type: str
) -> None:
    assert is_automatic(headers, sender=sender, envelope_from=envelope, content_type=content_type)


def test_people_are_no_machines() -> None:
    told = {"auto-submitted": ["no"], "precedence": ["normal"]}

    assert not is_automatic(
        told, sender="a@b.example", envelope_from="a@b.example", content_type="text/plain"
    )
    assert not is_automatic({}, sender="a@b.example", envelope_from=None, content_type="multipart/mixed")
