"""Checks of invoices before they are kept: a wrong one is refused, and the reason is named."""

from dataclasses import replace
from pathlib import Path

import pytest

from settlement.billing.electronic.checking import (
    BreaksRules,
    NotJudged,
    NotValid,
    bundled_rules,
    check_rules,
    check_xsd,
)
from settlement.billing.electronic.cii import write_cii
from settlement.billing.electronic.reading_back import ReadsOtherwise, check_read_back
from tests.billing.electronic import invoice

RULES = """
<xsl:stylesheet version="2.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
    xmlns:svrl="http://purl.oclc.org/dsdl/svrl">
  <xsl:template match="/"><svrl:schematron-output>%s</svrl:schematron-output></xsl:template>
  <xsl:template name="on"><xsl:param name="text"/>
    <xsl:call-template name="on"><xsl:with-param name="text" select="%s"/></xsl:call-template>
  </xsl:template>
</xsl:stylesheet>
"""
ASSERT = '<svrl:failed-assert id="%s" flag="%s"><svrl:text>Told by %s</svrl:text></svrl:failed-assert>'
ON = '<xsl:call-template name="on"><xsl:with-param name="text" select="\'x\'"/></xsl:call-template>'
ONCE_EMPTY = f'<xsl:if test="not(/*/*)">{ASSERT}</xsl:if>' % ("T-0", "fatal", "T-0")


def rules(path: Path, body: str, again: str = "$text") -> Path:
    """Rules of our own in a file."""
    (path / "rules.xslt").write_text(RULES % (body, again))
    return path / "rules.xslt"


def test_a_broken_invoice_is_refused_by_its_schema_which_names_the_line() -> None:
    broken = write_cii(invoice()).replace(b"ram:DuePayableAmount", b"ram:Owed")

    with pytest.raises(NotValid, match="Owed") as refused:
        check_xsd(broken)

    assert broken.splitlines()[refused.value.line - 1].strip() == b"<ram:Owed>0.00</ram:Owed>"


def test_what_is_no_xml_is_refused() -> None:
    with pytest.raises(NotValid):
        check_xsd(b"<rsm:CrossIndustryInvoice")


def test_a_sum_that_is_wrong_is_refused_by_the_rule_of_the_standard() -> None:
    wrong = write_cii(invoice()).replace(b"<ram:GrandTotalAmount>1210.00", b"<ram:GrandTotalAmount>1210.01")

    with pytest.raises(BreaksRules, match="BR-CO-15"):
        check_rules(wrong, rules=bundled_rules())


def test_every_broken_rule_is_named_once_and_warnings_are_no_matter(tmp_path: Path) -> None:
    found = [("T-1", "fatal"), ("T-2", "warning"), ("T-3", ""), ("T-1", "fatal")]
    body = "".join(ASSERT % (name, flag, name) for name, flag in found)

    with pytest.raises(BreaksRules) as refused:
        check_rules(write_cii(invoice()), rules=rules(tmp_path, body))

    assert refused.value.broken == (("T-1", "Told by T-1"), ("T-3", "Told by T-3"))


def test_rules_that_find_fault_only_with_an_empty_invoice_let_ours_pass(tmp_path: Path) -> None:
    check_rules(write_cii(invoice()), rules=rules(tmp_path, ONCE_EMPTY))


@pytest.mark.parametrize("body", ["", "<svrl:fired-rule/>", "<xsl:nonsense/>", "<unclosed>"])
def test_rules_that_judge_nothing_are_no_proof(tmp_path: Path, body: str) -> None:
    with pytest.raises(NotJudged):
        check_rules(write_cii(invoice()), rules=rules(tmp_path, body))


def test_rules_that_are_not_there_are_no_proof(tmp_path: Path) -> None:
    with pytest.raises(NotJudged, match="no rules at"):
        check_rules(write_cii(invoice()), rules=tmp_path / "rules.xslt")


@pytest.mark.parametrize("again", ["substring(concat($text, $text), 1, 9)", "concat($text, $text)"])
def test_rules_that_never_end_or_take_all_memory_are_stopped(tmp_path: Path, again: str) -> None:
    with pytest.raises(NotJudged, match="ended with status"):
        check_rules(write_cii(invoice()), rules=rules(tmp_path, ON, again), seconds=4)


def test_a_worker_that_must_stop_does_not_wait_for_the_rules(tmp_path: Path) -> None:
    def stop() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        check_rules(write_cii(invoice()), rules=rules(tmp_path, ON), heartbeat=stop)


def test_an_invoice_that_says_something_else_than_we_meant_is_refused_by_what_differs() -> None:
    told = invoice()
    other = replace(told, reference="CZ-B-2026-000003", customer=replace(told.customer, name="Carla a.s."))

    with pytest.raises(ReadsOtherwise) as refused:
        check_read_back(write_cii(told), other)

    assert set(refused.value.facts) == {"number", "customer.name"}


def test_an_invoice_that_cannot_be_read_back_is_refused() -> None:
    with pytest.raises(ReadsOtherwise, match="not_xml"):
        check_read_back(b"<CrossIndustryInvoice", invoice())
