"""Many files by one request are laid on disk; too many are refused with a sentence, and a few with a few."""

from typing import Any

import pytest
from django.core.exceptions import TooManyFilesSent
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from marketplace.kernel import uploads
from marketplace.kernel.uploads import Laid, TooMuch, laid_files, takes_many

Sent = list[Laid] | TooMuch


def request(count: int, size: int = 10, **more: Any) -> HttpRequest:
    files = [SimpleUploadedFile(f"../{place}.xml", b"x" * size) for place in range(count)]
    return RequestFactory(**more).post("/", {"files": files, "order": "A1"})


def unchecked(count: int, **more: Any) -> HttpRequest:
    asked = request(count, **more)
    asked._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]
    return asked


def test_files_lie_in_a_folder_that_goes_with_the_answer() -> None:
    asked = request(3, size=200_000)

    with laid_files(asked) as files:
        assert [(each.field, each.name, each.size) for each in files] == [
            ("files", f"{place}.xml", 200_000) for place in range(3)
        ]
        assert files[0].path.read_bytes() == b"x" * 200_000
        assert asked.POST["order"] == "A1"

    assert not files[0].path.exists()


def test_a_thousand_files_are_taken_and_one_more_is_refused(settings: Settings) -> None:
    with laid_files(request(1000, size=1)) as files:
        assert len(files) == 1000
    with pytest.raises(TooMuch, match="At most 1000 files"), laid_files(request(1001, size=1)):
        pass


def test_a_body_beyond_the_cap_is_read_away_and_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "MOST_BYTES", 1 << 20)
    monkeypatch.setattr(uploads, "ENVELOPE", 0)
    asked = request(2, size=600_000)

    with pytest.raises(TooMuch, match="At most 1 MB"), laid_files(asked):
        pass

    assert asked.read() == b"", "the sender may hear the answer"


def test_the_forms_token_is_asked_for_once_the_files_are_there() -> None:
    seen: list[Sent] = []

    @takes_many
    def view(request: HttpRequest, sent: Sent) -> HttpResponse:
        seen.append(sent)
        return HttpResponse("taken")

    assert view(request(1, enforce_csrf_checks=True)).status_code == 403
    assert seen == []
    assert view(unchecked(1)).content == b"taken"
    assert view(request(1001, size=1)).content == b"taken"
    assert isinstance(seen[-1], TooMuch), "nothing is taken, so that nothing needs a token"


def test_an_ordinary_form_brings_ten_files_at_most() -> None:
    assert len(request(10).FILES.getlist("files")) == 10
    with pytest.raises(TooManyFilesSent):
        request(11).FILES  # noqa: B018


def test_a_body_that_is_no_form_is_refused() -> None:
    asked = RequestFactory().post("/", b"x", content_type="multipart/form-data; boundary=\N{SNOWMAN}")

    with pytest.raises(TooMuch, match="did not come whole"), laid_files(asked):
        pass
