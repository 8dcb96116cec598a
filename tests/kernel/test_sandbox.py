"""Reading apart: what a stranger sent is told from what our own disk did."""

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from marketplace.kernel.sandbox import run_apart


@contextmanager
def disk_full() -> Iterator[None]:
    """The kernel refuses files of more than a few bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def read(path: Path) -> str:
    with TemporaryFile("w+b") as told:
        run_apart("settlement.exports.reading", str(path), told=told, seconds=30, heartbeat=lambda: None)
        told.seek(0)
        return told.read().decode()


def test_a_file_that_cannot_be_read_is_told_of(tmp_path: Path) -> None:
    (tmp_path / "sent.xlsx").write_bytes(b"no workbook")

    assert "refused" in read(tmp_path / "sent.xlsx")


def test_a_full_disk_is_an_error_of_ours_and_no_word_on_the_file(tmp_path: Path) -> None:
    (tmp_path / "sent.xlsx").write_bytes(b"no workbook")

    with disk_full(), pytest.raises(OSError, match="could not write"):
        read(tmp_path / "sent.xlsx")
