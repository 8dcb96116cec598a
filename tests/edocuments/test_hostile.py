"""What is built to hurt its reader is refused with one fault, at once."""

import re
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.edocuments.facts import EDocument, Fault, Unread
from marketplace.edocuments.reading import read
from marketplace.edocuments.wire import document_to_json, json_to_document
from tests.edocuments import builders
from tests.edocuments.papers import sign

EVERY = [
    *(builders.sunat(), builders.ubl(), builders.cii()),
    *(builders.cfdi(), builders.ksef(), builders.nav()),
]


def fault(data: bytes) -> Fault:
    with pytest.raises(Unread) as refused:
        read(data)
    return refused.value.fault


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 20))


@pytest.mark.parametrize(
    "data",
    [
        f'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY l0 "ha">{LAUGHS}]><l>&l19;</l>'.encode(),
        b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "http://example.invalid/a.dtd"><a/>',
        b'<?xml version="1.0"?>\n<!-- quiet -->\n<?pi x?><!DOCTYPE a><a/>',
        "\ufeff<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>".encode("utf-16"),
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?><!DOCTYPE a><a/>',
    ],
)
def test_any_doctype_is_refused(data: bytes) -> None:
    assert fault(data) == Fault.DOCTYPE


@pytest.mark.parametrize(
    "data",
    [
        *(
            b"",
            b" \r\n",
            b"\xef\xbb\xbf",
            b"\0" * 100,
            b"hello",
            b"<a>",
            b"<a></b>",
            b"<a/><b/>",
            b"<a>&x;</a>",
        ),
        b'<?xml version="1.0" encoding="utf-7"?><a/>',
        b'<?xml version="1.0" encoding="nonsense"?><a/>',
        b'<?xml version="1.0" encoding="utf-8"?><a>Ca\xf1ete</a>',
        b"<a>\x00</a>",
    ],
)
def test_what_is_no_xml_is_told_so(data: bytes) -> None:
    assert fault(data) == Fault.NOT_XML


def test_too_much_is_refused_unread() -> None:
    assert fault(builders.sunat() + b" " * (6 << 20)) == Fault.TOO_LARGE


@pytest.mark.parametrize("depth", [65, 300, 100_000])
def test_what_is_too_deep_is_refused(depth: int) -> None:
    assert fault(b"<a>" * depth + b"</a>" * depth) == Fault.TOO_DEEP


@pytest.mark.parametrize(
    "data",
    [
        b"<a " + b" ".join(b'a%d="1"' % n for n in range(200_000)) + b"/>",
        b"<a " + b" ".join(b'xmlns:a%d="u%d"' % (n, n) for n in range(20_000)) + b"/>",
        b"<a>" + b"<!-- -->" * 300_000 + b"</a>",
        b" " * (4 << 20) + b"<a/>",
        b"<!--" + b"-" * (4 << 20),
        b"<?x " * (1 << 20),
        builders.sunat().replace(b"<cbc:Note", b"<cbc:Note>x</cbc:Note>" * 100_000 + b"<cbc:Note", 1),
    ],
)
def test_what_is_built_to_take_long_does_not(data: bytes) -> None:
    began = time.process_time()

    answered(data)

    assert time.process_time() - began < 10


def test_a_leading_mark_and_blank_lines_do_no_harm() -> None:
    for data in (b"\xef\xbb\xbf" + builders.sunat(), b"\r\n  " + builders.sunat()):
        assert read(data).number == "F001-00000123"


def answered(data: bytes) -> EDocument | None:
    """A document or a fault, never anything else."""
    try:
        return read(data)
    except Unread as unread:
        return unread.document


@given(st.binary(max_size=400))
def test_random_bytes_are_answered(data: bytes) -> None:
    assert answered(data) is None


@given(
    st.sampled_from(EVERY),
    st.integers(min_value=0),
    st.integers(min_value=0, max_value=60),
    st.one_of(st.binary(max_size=12), st.sampled_from([b"", b"-1", b"9" * 40, b"<x/>", b"NaN", b"0.001"])),
)
def test_documents_with_a_piece_exchanged_are_answered(
    data: bytes, place: int, length: int, new: bytes
) -> None:
    place %= len(data)

    answered(data[:place] + new + data[place + length :])


TEXTS = st.one_of(
    st.text(max_size=8, alphabet="0123456789.-+eE, ٣\xa0"),
    st.sampled_from(["", "0", "-0", "1e5", "Infinity", "9" * 17, "0." + "0" * 30 + "1", "2026-13-01", "EUR"]),
)


@given(st.sampled_from(EVERY), st.data())
def test_documents_with_a_value_exchanged_are_answered(data: bytes, draw: st.DataObject) -> None:
    text = data.decode()
    found = draw.draw(st.sampled_from(list(re.finditer(r'(?<=[">])[^<>"=]+(?=[<"])', text))))

    answered((text[: found.start()] + draw.draw(TEXTS) + text[found.end() :]).encode())


@pytest.mark.parametrize("data", [*EVERY, sign(builders.sunat())])
def test_a_document_is_the_same_after_being_stored_as_text(data: bytes) -> None:
    document = read(data)

    assert json_to_document(document_to_json(document)) == document


@pytest.mark.parametrize("change", [bytes.upper, bytes.lower])
def test_shouted_and_whispered_documents_are_answered(change: Callable[[bytes], bytes]) -> None:
    for data in EVERY:
        assert answered(change(data)) is None or data == builders.sunat()
