"""Bring the translation catalogues up to date with the source, without gettext's programs.

`messages.py` rewrites them: new texts come in empty, texts that are gone go out. `messages.py --check`
changes nothing and fails, naming each text that is missing, untranslated, uncertain, obsolete or that would
not format.
"""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("marketplace", "settlement", "sellers")
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def main() -> int:
    """Update the catalogues, or check them, and return the exit status."""
    template = _template()
    paths = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
    if "--check" in sys.argv[1:]:
        complaints = [line for path in paths for line in _complaints(path, template)]
        print("\n".join(complaints) or "translations: all is well")
        return 1 if complaints else 0
    for path in paths:
        _update(path, template)
    return 0


def _template() -> Catalog:
    template = Catalog(charset="utf-8")
    for path, message, context in _texts():
        template.add(message, locations=[(path, 0)], context=context)
    return template


def _texts() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    for path in _sources():
        name = path.relative_to(ROOT).as_posix()
        for chunk in _python_of(path):
            for _line, message, _comments, context in extract("python", io.BytesIO(chunk), keywords=KEYWORDS):
                yield name, message, context


def _sources() -> list[Path]:
    code = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    pages = [path for folder in (ROOT, *map(ROOT.joinpath, PACKAGES)) for path in _templates(folder)]
    return sorted(path for path in {*code, *pages} if "migrations" not in path.parts)


def _templates(folder: Path) -> Iterator[Path]:
    return (
        path
        for root in folder.glob("**/templates" if folder != ROOT else "templates")
        for path in root.rglob("*")
        if path.suffix in {".html", ".txt", ".xml", ".svg"}
    )


def _python_of(path: Path) -> list[bytes]:
    """Return what to read texts from: of a template, the calls Django makes of each of its lines."""
    if path.suffix == ".py":
        return [path.read_bytes()]
    return [
        line.strip().encode()
        for line in templatize(path.read_text("utf-8")).splitlines()
        if "gettext" in line or "_(" in line
    ]


def _update(path: Path, template: Catalog) -> None:
    catalog = _read(path)
    template.creation_date = catalog.creation_date
    catalog.update(template, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    catalog.project, catalog.version, catalog.msgid_bugs_address = "Saldo", "1", ""
    with path.open("wb") as file:
        write_po(file, catalog, width=110, sort_output=True, include_lineno=False, ignore_obsolete=True)


def _read(path: Path) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def _complaints(path: Path, template: Catalog) -> Iterator[str]:
    catalog, name = _read(path), path.relative_to(ROOT)
    if catalog.fuzzy:
        yield f"{name}: the header is marked fuzzy, so Django would skip the whole catalogue"
    for source in template:
        if source.id:
            found = catalog.get(source.id, source.context)
            yield from (f"{name}: {fault}: {source.id!r}" for fault in _faults(found, catalog))
    for message in catalog:
        if message.id and template.get(message.id, message.context) is None:
            yield f"{name}: no longer in the source: {message.id!r}"


def _faults(message: Message | None, catalog: Catalog) -> Iterator[str]:
    if message is None:
        yield "missing"
        return
    strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
    if not all(strings):
        yield "untranslated"
    if message.fuzzy:
        yield "uncertain"
    if message.pluralizable and len(strings) != catalog.num_plurals:
        yield f"has {len(strings)} plural forms instead of {catalog.num_plurals}"
    if all(strings):
        yield from (str(error) for error in message.check(catalog))


if __name__ == "__main__":
    sys.exit(main())
