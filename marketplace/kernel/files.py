"""Storing files: the bytes first, flushed to disk, then the row; what has no row is swept away."""

import hashlib
import os
import re
import shutil
import tempfile
import time
import unicodedata
import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings

from marketplace.kernel.faults import fault_point
from marketplace.kernel.models import StoredFile

DRAFTS = "saldo-draft-"
ORPHAN_AGE_SECONDS = 24 * 3600
"""A file without a row younger than this may be one whose transaction is still under way."""


def path_of(file: StoredFile) -> Path:
    """Where a stored file's bytes are."""
    return _folder(file.pk) / str(file.pk)


def store(
    *, name: str, content_type: str, chunks: Iterable[bytes], at: datetime, seller_id: int | None = None
) -> StoredFile:
    """Keep bytes under a name of our own; the name given is only what a person sees."""
    row = _write(chunks, name=name, content_type=content_type, seller_id=seller_id, created_at=at)
    fault_point("files.after_write")
    row.save(force_insert=True)
    return row


def store_path(
    *, name: str, content_type: str, path: Path, at: datetime, seller_id: int | None = None
) -> StoredFile:
    """Keep a file that lies on disk already, reading it in pieces."""
    return store(name=name, content_type=content_type, chunks=pieces_of(path), at=at, seller_id=seller_id)


def store_all(
    files: Iterable[tuple[str, Iterable[bytes]]],
    *,
    content_type: str,
    at: datetime,
    seller_id: int | None = None,
) -> list[StoredFile]:
    """Keep many files, each by its name and its bytes in pieces; their rows are written at once."""
    told = {"content_type": content_type, "seller_id": seller_id, "created_at": at}
    rows = [_write(chunks, name=name, **told) for name, chunks in files]
    fault_point("files.after_write")
    return StoredFile.objects.bulk_create(rows)


def pieces_of(path: Path) -> Iterator[bytes]:
    """A file's bytes, a megabyte at a time."""
    with open(path, "rb") as source:
        yield from iter(partial(source.read, 1 << 20), b"")


def clean_name(name: str) -> str:
    """A name safe to show and to offer for download: no path, no control signs, at most 120 characters."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    plain = "".join(sign for sign in plain if unicodedata.category(sign)[0] != "C")
    plain = re.sub(r'[<>:"|?*]+', "_", plain).strip(" .")
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) <= 8:
        return f"{stem[: 119 - len(ending)]}.{ending}" if stem else ending
    return plain[:120] or "file"


def sha256_on_disk(file: StoredFile) -> str | None:
    """The hash of the bytes as they lie on disk now; None if they are gone."""
    try:
        with open(path_of(file), "rb") as source:
            return hashlib.file_digest(source, "sha256").hexdigest()
    except FileNotFoundError:
        return None


def sweep_orphans() -> int:
    """Delete files no row knows, once they are a day old; how many."""
    swept, before = 0, time.time() - ORPHAN_AGE_SECONDS
    for path in Path(settings.FILES_ROOT).glob("??/*"):
        if path.stat().st_mtime < before and not StoredFile.objects.filter(pk=path.name).exists():
            path.unlink(missing_ok=True)
            swept += 1
    return swept


def draft_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder for what is being drawn, gone with its process; what a killed one leaves is swept."""
    return tempfile.TemporaryDirectory(prefix=DRAFTS)


def sweep_drafts() -> int:
    """Delete the drafts that processes killed in the middle left on this machine, once a day old."""
    swept, before = 0, time.time() - ORPHAN_AGE_SECONDS
    for path in Path(tempfile.gettempdir()).glob(f"{DRAFTS}*"):
        if path.stat().st_mtime < before:
            shutil.rmtree(path, ignore_errors=True)
            swept += not path.exists()
    return swept


def _write(chunks: Iterable[bytes], *, name: str, **told: Any) -> StoredFile:
    """Bring bytes to disk; the row that knows of them is still to be written."""
    identity = uuid.uuid4()
    digest, size = hashlib.sha256(), 0
    folder = _folder(identity)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / str(identity), "xb") as out:
        for chunk in chunks:
            out.write(chunk)
            digest.update(chunk)
            size += len(chunk)
        out.flush()
        os.fsync(out.fileno())
    _flush_folder(folder)
    return StoredFile(id=identity, name=clean_name(name), sha256=digest.hexdigest(), size=size, **told)


def _folder(identity: uuid.UUID) -> Path:
    return Path(settings.FILES_ROOT) / str(identity)[:2]


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
