"""Papers drawn for real, and what a reader finds in them."""

from django.utils import timezone
from pypdf import PdfReader

from marketplace.kernel import files, jobs
from marketplace.kernel.models import Job, OutgoingMail, StoredFile
from tests.documents.conftest import words_of


def draw(name: str, key: str) -> None:
    """Let a worker draw one paper and send its letter."""
    Job.objects.filter(name=name, key=key).update(ready_at=timezone.now())
    jobs.work_off()
    assert list(Job.objects.exclude(error="").values_list("name", "error")) == []


def read(file: StoredFile | None) -> list[str]:
    """The text of each page, every blank a single space."""
    assert file is not None
    return [words_of(page.extract_text()) for page in PdfReader(files.path_of(file)).pages]


def letter(key: str) -> OutgoingMail:
    return OutgoingMail.objects.get(key=key)
