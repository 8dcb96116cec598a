"""Judges an invoice by business rules, in a process that may die of it.

``python -m settlement.billing.electronic.judging INVOICE RULES`` runs RULES, a Schematron compiled to XSLT,
over INVOICE and writes what it said as a line of JSON.
"""

import json
import sys
from collections.abc import Iterator

from lxml import etree

from marketplace.kernel.sandbox import confine
from settlement.billing.electronic.cii import SPACES

MEMORY_BYTES, CPU_SECONDS = 512 << 20, 60
REPORT = "{http://purl.oclc.org/dsdl/svrl}"
MILD = frozenset({"warning", "information", "info"})
"""What rules flag that do not make an invoice wrong; what bears no flag does."""


EMPTY = f'<rsm:CrossIndustryInvoice xmlns:rsm="{SPACES["rsm"]}"/>'


class NoRules(ValueError):
    """What should judge judges nothing: it is no Schematron, or of another syntax."""


def main(invoice: str, rules: str) -> None:
    """Write the rules that the invoice breaks."""
    confine(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS, reserves=True)
    sys.stdout.write(json.dumps(list(_judge(invoice, rules))) + "\n")


def _judge(invoice: str, rules: str) -> Iterator[tuple[str, str]]:
    """Judge the invoice, once the rules have shown that they find fault with an empty one: those of
    another syntax would find none with any.
    """
    from saxonche import PySaxonProcessor

    with PySaxonProcessor(license=False) as processor:
        processor.set_configuration_property("http://saxon.sf.net/feature/allowedProtocols", "file")
        compiled = processor.new_xslt30_processor().compile_stylesheet(stylesheet_file=rules)
        empty = processor.parse_xml(xml_text=EMPTY)
        if not any(broken_rules(compiled.transform_to_string(xdm_node=empty))):
            raise NoRules(rules)
        yield from broken_rules(compiled.transform_to_string(source_file=invoice))


def broken_rules(report: str) -> Iterator[tuple[str, str]]:
    """The id and the text of each rule that was broken, once each.

    :raises NoRules: if it is no Schematron's report.
    """
    root = etree.fromstring(report.encode(), etree.XMLParser(resolve_entities=False, huge_tree=True))
    if root.tag != f"{REPORT}schematron-output":
        raise NoRules(str(root.tag))
    seen = set()
    for failed in root.iterfind(f"{REPORT}failed-assert"):
        text = " ".join("".join(map(str, failed.itertext())).split())
        name = failed.get("id") or failed.get("test") or ""
        if (failed.get("flag") or failed.get("role") or "") not in MILD and (name, text) not in seen:
            seen.add((name, text))
            yield name, text


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
