"""What every catalogue of texts owes its readers: all forms, no guesses, the source's placeholders."""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation
from django.utils.dates import MONTHS, WEEKDAYS, WEEKDAYS_ABBR

CATALOGUES = sorted((Path(settings.BASE_DIR) / "locale").glob("*/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}")
TAG = re.compile(r"</?[a-z][^>]*>")


@pytest.fixture(params=CATALOGUES, ids=lambda path: path.parts[-3])
def catalogue(request: pytest.FixtureRequest) -> Catalog:
    path: Path = request.param
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3], abort_invalid=True)


def _messages(catalogue: Catalog) -> Iterator[tuple[tuple[str, ...], tuple[str, ...], Message]]:
    """Each entry as its source texts, its translations, and itself; without the header."""
    for message in catalogue:
        if message.id:
            yield _several(message.id), _several(message.string), message


def _several(text: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text or ("",))


def _marks(text: str) -> Counter[str]:
    return Counter(PLACEHOLDER.findall(text) + TAG.findall(text))


def test_a_catalogue_is_not_fuzzy_and_so_is_used(catalogue: Catalog) -> None:
    assert not catalogue.fuzzy
    assert [sources for sources, _, message in _messages(catalogue) if message.fuzzy] == []


def test_every_text_is_translated_in_every_form_its_language_has(catalogue: Catalog) -> None:
    lacking = [
        sources
        for sources, told, message in _messages(catalogue)
        if len(told) != (catalogue.num_plurals if message.pluralizable else 1) or not all(told)
    ]

    assert lacking == []


def test_every_form_keeps_the_placeholders_and_tags_of_its_source(catalogue: Catalog) -> None:
    differing = [
        (sources, form)
        for sources, told, _ in _messages(catalogue)
        for form in told
        if _marks(form) != _marks(sources[-1])
    ]

    assert differing == []


def test_every_form_begins_and_ends_as_its_source(catalogue: Catalog) -> None:
    """Joined texts stay apart, and a sentence stays a sentence."""
    differing = [
        (sources, form)
        for sources, told, _ in _messages(catalogue)
        for form in told
        if _edges(form) != _edges(sources[-1])
    ]

    assert differing == []


def _edges(text: str) -> tuple[bool, bool, str]:
    last = text.rstrip()[-1:]
    return text[:1].isspace(), text[-1:].isspace(), last if last in ".:?!…," else ""


def test_no_text_of_ours_renames_a_month_or_a_weekday(catalogue: Catalog) -> None:
    """A text that Django has too is answered by ours everywhere, dates included."""
    with translation.override(None):
        theirs = {str(name) for names in (MONTHS, WEEKDAYS, WEEKDAYS_ABBR) for name in names.values()}
    ours = {sources[0] for sources, _, message in _messages(catalogue) if message.context is None}

    assert ours & theirs == set()
