"""Uploads: a few files by an ordinary form; many at once laid on disk as they come, so that neither memory
nor open files grow with their number.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from marketplace.kernel.files import draft_folder

FEW = 10
MOST_FILES = 1000
"""The parser's own limit too: ``DATA_UPLOAD_MAX_NUMBER_FILES``."""
MOST_BYTES = 100 << 20
DRAINED = 5 * MOST_BYTES
"""A body that is too large is read this far and thrown away, since nobody hears an answer while sending."""
ENVELOPE = 1 << 20
"""What a form needs around its files."""


@dataclass(frozen=True, slots=True)
class Laid:
    """An uploaded file where it lies, under the name its sender gave it."""

    field: str
    name: str
    path: Path
    size: int


class TooMuch(Exception):
    """More in one request than is taken, or nothing that could be read; the text says what to do."""


class FewFiles(FileUploadHandler):
    """Lets an ordinary form bring some files only: each of them is held open while it is answered."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self.count = 0

    def new_file(self, *args: Any, **more: Any) -> None:
        """Count one more.

        :raises TooManyFilesSent: if it is one too many.
        """
        self.count += 1
        if self.count > FEW:
            raise TooManyFilesSent(f"a form brings at most {FEW} files")

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the bytes on to the next."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next."""


class ToFolder(FileUploadHandler):
    """Writes each file to a folder as it comes, and closes it."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self.laid = folder, list[Laid]()

    def new_file(self, *args: Any, **more: Any) -> None:
        """Open the next file."""
        super().new_file(*args, **more)
        self.path = self.folder / str(len(self.laid))
        self.file = self.path.open("xb")  # by this name the parser closes what a sender left half sent

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write some bytes."""
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> "UploadedFile[Any] | None":
        """Close the file; it is none of the form's."""
        self.file.close()
        self.laid.append(Laid(self.field_name or "", self.file_name or "", self.path, file_size))
        return None


@contextmanager
def laid_files(request: HttpRequest) -> Iterator[list[Laid]]:
    """The files of a request, in a folder that is gone afterwards.

    :raises TooMuch: if they are more, or larger together, than is taken.
    """
    with draft_folder() as folder:
        handler = ToFolder(Path(folder))
        request.upload_handlers = [handler]
        _check_length(request)
        try:
            request.POST  # noqa: B018 reading it is what takes the files in
        except TooManyFilesSent:
            _drain(request)
            text = _("At most %(most)s files are taken at once. Send the rest after them.")
            raise TooMuch(text % {"most": MOST_FILES}) from None
        except (MultiPartParserError, UnreadablePostError):
            raise TooMuch(_("The files did not come whole. Send them again.")) from None
        yield handler.laid


def takes_many(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Hand a view the files of its request as ``sent``, or why none were taken; the form's token is checked
    once they are.
    """
    checked = csrf_protect(view)

    @wraps(view)
    @csrf_exempt
    def taken(request: HttpRequest, *args: Any, **more: Any) -> HttpResponse:
        try:
            with laid_files(request) as files:
                return checked(request, *args, sent=files, **more)
        except TooMuch as refusal:
            return view(request, *args, sent=refusal, **more)

    return taken


def _check_length(request: HttpRequest) -> None:
    told = str(request.META.get("CONTENT_LENGTH") or "0")
    if told.isdecimal() and int(told) > MOST_BYTES + ENVELOPE:
        _drain(request)
        most = MOST_BYTES >> 20
        raise TooMuch(_("At most %(most)s MB are taken at once. Send the files in parts.") % {"most": most})


def _drain(request: HttpRequest) -> None:
    left = DRAINED
    while left > 0 and (chunk := request.read(min(left, 1 << 20))):
        left -= len(chunk)
