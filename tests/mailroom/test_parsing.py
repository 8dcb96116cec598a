"""Mails are taken apart as they are, however broken, and never more than a mail may be."""

import base64
import time
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sellers.mailroom.parsing.apart import read_apart
from sellers.mailroom.parsing.reading import read_mail
from sellers.mailroom.parsing.wire import Seen, line_to_seen, seen_to_line
from tests.mailroom.telling import LUCIA, letter
from tests.samples import SAMPLES, needs_samples


def read(raw: bytes, folder: Path) -> Seen:
    """As the process apart does, in it."""
    mail = folder / "mail"
    mail.write_bytes(raw)
    parts = folder / "parts"
    parts.mkdir(exist_ok=True)
    return read_apart(mail, parts, heartbeat=lambda: None)


def names(seen: Seen) -> list[tuple[str, str, int]]:
    return [(part.name, part.kind, part.size) for part in seen.parts]


def test_a_mail_says_who_wrote_what(tmp_path: Path) -> None:
    seen = read(letter(("a.pdf", b"%PDF-1.4 x"), subject="Órdenes de octubre", precedence="bulk"), tmp_path)

    assert (seen.senders, seen.sender_name, seen.subject) == ((LUCIA,), "Lucía Quispe", "Órdenes de octubre")
    assert names(seen) == [("a.pdf", "pdf", 10)]
    assert seen.headers == {"precedence": ["bulk"]}
    assert (tmp_path / "parts" / seen.parts[0].path).read_bytes() == b"%PDF-1.4 x"


def test_files_in_forwarded_mails_count(tmp_path: Path) -> None:
    outer = EmailMessage()
    outer["From"] = LUCIA
    outer.set_content("see below")
    inner = EmailMessage()
    inner["From"] = "x@y.example"
    inner.set_content("hello")
    inner.add_attachment(b"<a/>", maintype="application", subtype="xml", filename="in.xml")
    outer.add_attachment(inner)

    assert names(read(bytes(outer), tmp_path)) == [("in.xml", "xml", 4)]


def test_texts_and_pictures_without_a_name_are_no_files(tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"] = LUCIA
    message.set_content("text")
    message.add_alternative("<p>text</p><img src=cid:x>", subtype="html")
    html = message.get_payload()[1]  # type: ignore[index]
    html.add_related(b"\x89PNG\r\n\x1a\nx", "image", "png", cid="<x>")  # type: ignore[union-attr]
    message.add_attachment(b"\x89PNG\r\n\x1a\nx", maintype="image", subtype="png", filename="scan.png")
    message.add_attachment(b"<a/>", maintype="application", subtype="xml")

    assert [part.kind for part in read(bytes(message), tmp_path).parts] == ["image", "xml"]


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (
            "attachment; filename==?utf-8?B?" + base64.b64encode("año 1.xml".encode()).decode() + "?=",
            "año 1.xml",
        ),
        ("attachment; filename*=UTF-8''a%C3%B1o.xml", "año.xml"),
        ('attachment; filename*0="lar"; filename*1="go.xml"', "largo.xml"),
        ('attachment; filename="=?iso-8859-1?Q?a=F1o.xml?="', "año.xml"),
        ('attachment; filename="../../etc/passwd"', "../../etc/passwd"),
        ("attachment; filename*=klingon''a%C3%B1o.xml", "año.xml"),
        ('attachment; filename="a\tb\x07.xml"', "a b .xml"),
        ('attachment; filename=""; filename*=\'', "file-1"),
    ],
)
def test_names_of_files_are_decoded(header: str, name: str, tmp_path: Path) -> None:
    raw = f"From: {LUCIA}\nContent-Type: application/xml\nContent-Disposition: {header}\n\n<a/>".encode()

    seen = read(raw, tmp_path)

    assert [part.name for part in seen.parts] == [name]


def test_uuencoded_files_in_the_text_count(tmp_path: Path) -> None:
    raw = f"From: {LUCIA}\n\nhello\n\nbegin 644 a.xml\n$/&$O/@``\n`\nend\n".encode()

    assert names(read(raw, tmp_path)) == [("a.xml", "xml", 4)]


def test_outlooks_own_wrapping_is_told_as_an_archive(tmp_path: Path) -> None:
    seen = read(letter(("winmail.dat", b"\x78\x9f\x3e\x22\x00\x01\x02")), tmp_path)

    assert names(seen) == [("winmail.dat", "archive", 7)]


def test_a_signature_of_the_mail_is_no_file(tmp_path: Path) -> None:
    message = EmailMessage()
    message["From"] = LUCIA
    message.set_content("text")
    message.add_attachment(b"0\x80", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")

    assert read(bytes(message), tmp_path).parts == ()


@pytest.mark.parametrize(
    ("told", "senders"),
    [
        ("Ana <ana@shop.example>", ("ana@shop.example",)),
        ("ana@shop.example", ("ana@shop.example",)),
        ("ana@shop.example (Ana, of Shop)", ("ana@shop.example",)),
        ('"Ana, Shop" <ANA@shop.example>', ("ana@shop.example",)),
        ('"eva@evil.example" <ana@shop.example>', ("ana@shop.example",)),
        ("=?utf-8?q?Luc=C3=ADa?= <ana@shop.example>", ("ana@shop.example",)),
    ],
)
def test_one_sender_is_read(told: str, senders: tuple[str, ...], tmp_path: Path) -> None:
    assert read(f"From: {told}\n\nx".encode(), tmp_path).senders == senders


@pytest.mark.parametrize(
    "head",
    [
        "From: a@b.example, c@d.example",
        "From: A <a@b.example>, C <c@d.example>",
        "From: a@b.example\nFrom: c@d.example",
        "From: A <a@b.example> c@d.example",
        "From: <a@b.example><c@d.example>",
        "From: a@b.example <c@d.example>",
        "From: nobody",
        "From:",
        "Subject: x",
        "From: group: a@b.example;",
    ],
)
def test_anything_but_one_sender_is_not_one(head: str, tmp_path: Path) -> None:
    assert len(read(f"{head}\n\nx".encode(), tmp_path).senders) != 1


def test_the_word_of_our_server_is_told_as_it_stands(tmp_path: Path) -> None:
    told = "mx.saldo.example; spf=pass smtp.mailfrom==?u8?q?=3Bdmarc=3Dpass=28?=@evil.example"

    assert read(f"Authentication-Results: {told}\nFrom: {LUCIA}\n\nx".encode(), tmp_path).authentication == (
        told,
    )


def test_what_a_mail_answers_is_told_if_it_can_be_an_id(tmp_path: Path) -> None:
    head = b"In-Reply-To: <a\0b@x> <good@x.example>\nReferences: <\xff@x> <other@x.example> <a>"

    assert read(head + b"\n\nx", tmp_path).answers == ("<good@x.example>", "<other@x.example>")


def test_hundreds_of_pairs_fit_in_one_mail(tmp_path: Path) -> None:
    files = [(f"{number}.xml", b"<a/>") for number in range(800)]

    assert len(read(letter(*files), tmp_path).parts) == 800


def test_two_hundred_thousand_parts_are_refused_quickly(tmp_path: Path) -> None:
    raw = (
        f"From: {LUCIA}\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n".encode()
        + b"--b\n\nx\n" * 200_000
    )
    began = time.monotonic()

    seen = read(raw, tmp_path)

    assert (seen.fault, seen.senders, seen.parts) == ("too_many_parts", (LUCIA,), ())
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("depth", [25, 5_000])
def test_mails_in_mails_without_end_are_refused(depth: int, tmp_path: Path) -> None:
    heads = "".join(
        f"Content-Type: multipart/mixed; boundary=b{each}\n\n--b{each}\n" for each in range(depth)
    )

    assert read(f"From: {LUCIA}\n{heads}\nx".encode(), tmp_path).fault in ("too_deep", "too_many_parts")


@pytest.mark.parametrize(
    "head",
    ["X-A: b\n" * 300, f"X-A: {'b' * 40_000}\n", "X-A: b\n" + " c\n" * 40_000],
)
def test_heads_without_end_are_refused(head: str, tmp_path: Path) -> None:
    assert read(f"From: {LUCIA}\n{head}\nx".encode(), tmp_path).fault == "bad_headers"


def test_the_largest_mail_is_read(tmp_path: Path) -> None:
    content = b"%PDF-1.4" + bytes(range(256)) * (17 << 12)

    seen = read(letter(("big.pdf", content)), tmp_path)

    assert names(seen) == [("big.pdf", "pdf", len(content))]


@needs_samples
def test_every_sample_of_broken_mail_is_taken_apart(tmp_path: Path) -> None:
    for sample in sorted((SAMPLES / "eml").glob("*.eml")):
        folder = tmp_path / sample.stem
        folder.mkdir()
        assert read(sample.read_bytes(), folder).fault == "", sample.name


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                b"From: a@b.example",
                b"From: =?utf-8?q?=ff?= <a@b.example>",
                b"Content-Type: multipart/mixed; boundary=b",
                b'Content-Type: text/plain; charset="nope"; name*=x',
                b"Content-Type: message/rfc822",
                b"Content-Disposition: attachment; filename*0*=utf-8''%ff; filename*2=x",
                b"Content-Transfer-Encoding: base64",
                b"Content-Transfer-Encoding: x-uuencode",
                b"Content-Transfer-Encoding: quoted-printable",
                b"--b",
                b"--b--",
                b"",
                b" folded",
                b"begin 644 x",
                b"end",
                b"=?x?b?!!?=",
                b"AAAA",
            ]
        ),
        st.binary(max_size=40),
    ),
    max_size=40,
)


@given(lines=LINES)
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_garbage_is_taken_apart_too(lines: list[bytes], tmp_path: Path) -> None:
    seen = read_mail(b"\n".join(lines), tmp_path)

    assert line_to_seen(seen_to_line(seen)).parts == seen.parts
