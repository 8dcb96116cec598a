"""Reading apart: one poisonous file costs only itself."""

import hashlib
import zlib
from pathlib import Path

import pytest

from marketplace.edocuments import apart
from marketplace.edocuments.apart import read_apart
from marketplace.edocuments.content import Content
from marketplace.edocuments.facts import Fault
from marketplace.edocuments.wire import Read
from tests.edocuments.builders import cii, nav, sunat
from tests.edocuments.dying import POISON
from tests.edocuments.papers import pdf, sign


def read_all(paths: list[Path]) -> list[Read]:
    return list(read_apart(paths, heartbeat=lambda: None))


def written(folder: Path, **files: bytes) -> list[Path]:
    paths = []
    for name, content in files.items():
        paths.append(folder / name.replace("__", "."))
        paths[-1].write_bytes(content)
    return paths


def bomb() -> bytes:
    """A PDF whose one stream opens to far more than a process may take."""
    stream = zlib.compress(b"\0" * (600 << 20), 9)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(stream), stream),
    )
    told = b"\n".join(b"%d 0 obj%s endobj" % (n, what) for n, what in enumerate(objects, start=1))
    return b"%PDF-1.7\n" + told + b"\ntrailer<</Root 1 0 R/Size 5>>\n%%EOF"


def test_files_of_every_kind_are_answered_in_their_order(tmp_path: Path) -> None:
    paths = written(
        tmp_path,
        a__xml=sign(sunat()),
        b__pdf=pdf(),
        c__pdf=pdf(files={"factur-x.xml": cii()}),
        d__xml=b"no xml at all",
        e__txt=b"hello",
        f__xml=nav(),
        g__xml=b"",
    )

    seen = read_all(paths)

    assert [read.path for read in seen] == paths
    assert [read.kind for read in seen] == [
        *(Content.XML, Content.PDF, Content.PDF, Content.TEXT, Content.TEXT, Content.XML),
        Content.EMPTY,
    ]
    assert [read.document.number if read.document else None for read in seen] == [
        *("F001-00000123", None, "RE-0815", None, None, "SZ-4", None)
    ]
    assert [read.fault for read in seen] == [None, None, None, Fault.NOT_XML, None, None, None]
    assert seen[1].pdf is not None
    assert seen[1].pdf.pages == 1
    assert [read.sha256 for read in seen] == [hashlib.sha256(p.read_bytes()).hexdigest() for p in paths]


def test_a_fault_brings_along_what_the_file_says(tmp_path: Path) -> None:
    (seen,) = read_all(written(tmp_path, a__xml=sunat(payable="300.00")))

    assert seen.fault == Fault.SUM_DIFFERS
    assert seen.document is not None
    assert seen.document.payable == 300_00


def test_a_file_that_kills_its_reader_costs_only_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(apart, "CHILD", "tests.edocuments.dying")
    paths = written(tmp_path, a__xml=sunat(), b__pdf=POISON, c__xml=cii(), d__xml=POISON)

    seen = read_all(paths)

    assert [read.path for read in seen] == paths
    assert [(read.fault, read.detail) for read in seen] == [
        *((None, ""), (Fault.UNREADABLE, "status -9")),
        *((None, ""), (Fault.UNREADABLE, "status -9")),
    ]
    assert seen[1].sha256 == hashlib.sha256(POISON).hexdigest()


def test_a_file_that_opens_to_too_much_is_told_and_the_rest_are_read(tmp_path: Path) -> None:
    paths = written(tmp_path, a__pdf=bomb(), b__xml=sunat())

    opened, receipt = read_all(paths)

    assert opened.fault == Fault.UNREADABLE or (opened.pdf is not None and not opened.pdf.text.strip())
    assert receipt.document is not None


def test_files_built_to_kill_are_given_up_after_some(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "CHILD", "tests.edocuments.dying")
    monkeypatch.setattr(apart, "MOST_DEATHS", 1)
    paths = written(tmp_path, a__xml=POISON, b__xml=POISON, c__xml=sunat())

    assert [(read.fault, read.detail) for read in read_all(paths)] == [
        *((Fault.UNREADABLE, "status -9"), (Fault.UNREADABLE, "status -9")),
        (Fault.UNREADABLE, "given up"),
    ]


def test_a_missing_file_is_told_so(tmp_path: Path) -> None:
    (seen,) = read_all([tmp_path / "gone.xml"])

    assert (seen.fault, seen.detail) == (Fault.UNREADABLE, "missing")


def test_nothing_to_read_starts_nothing() -> None:
    assert read_all([]) == []


def test_what_a_heartbeat_raises_ends_the_reading(tmp_path: Path) -> None:
    def stop() -> None:
        raise TimeoutError

    paths = written(tmp_path, a__xml=sunat())

    with pytest.raises(TimeoutError):
        list(read_apart(paths, heartbeat=stop))
