"""Files are kept under names of our own, and what has no row goes away."""

import os
import tempfile
import time
from pathlib import Path

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from marketplace.kernel import files
from marketplace.kernel.models import StoredFile


def keep(name: str = "a.xlsx", content: bytes = b"content") -> StoredFile:
    return files.store(name=name, content_type="text/plain", chunks=[content], at=timezone.now())


def test_a_file_is_found_again_with_its_hash(db: None) -> None:
    file = keep()

    assert files.path_of(file).read_bytes() == b"content"
    assert files.sha256_on_disk(file) == file.sha256
    assert (file.size, files.path_of(file).name) == (7, str(file.pk))


def test_only_old_files_without_a_row_are_swept(db: None) -> None:
    kept, fresh = files.path_of(keep()), files.path_of(keep())
    old = fresh.with_name("00000000-0000-4000-8000-000000000000")
    old.write_bytes(b"lost")
    for path in (kept, old):
        os.utime(path, (0, time.time() - 2 * files.ORPHAN_AGE_SECONDS))
    young = fresh.with_name("00000000-0000-4000-8000-000000000001")
    young.write_bytes(b"still being written")

    assert files.sweep_orphans() == 1
    assert (kept.exists(), old.exists(), young.exists()) == (True, False, True)


def test_a_draft_goes_with_its_process_and_what_a_killed_one_left_is_swept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    (tmp_path / "saldo-draft-old").mkdir()
    (tmp_path / "saldo-draft-old" / "facts.jsonl").write_text("a customer's name")
    os.utime(tmp_path / "saldo-draft-old", (0, time.time() - 2 * files.ORPHAN_AGE_SECONDS))
    (tmp_path / "another's").mkdir()

    with files.draft_folder() as drawing:
        assert files.sweep_drafts() == 1
        assert Path(drawing).exists()

    assert [path.name for path in tmp_path.iterdir()] == ["another's"]


@given(st.text(max_size=300))
def test_a_name_holds_no_path_and_no_control_sign(name: str) -> None:
    clean = files.clean_name(name)

    assert 0 < len(clean) <= 120
    assert not set(clean) & set('/\\\0\r\n"')


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\o.xlsx", "o.xlsx"),
        ("", "file"),
        ("a\u202egpj.exe", "agpj.exe"),
    ],
)
def test_hostile_names_lose_their_sting(given_name: str, shown: str) -> None:
    assert files.clean_name(given_name) == shown
