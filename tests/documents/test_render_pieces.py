"""The pure pieces of drawing a document: its facts in a file, and lines of text set in columns."""

import dataclasses
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketplace.parties.models import Market
from settlement.documents.facts import plain, read_header, read_orders, write_facts
from settlement.documents.fonts import shown
from settlement.documents.queries import billed_orders, document_facts
from settlement.documents.typesetting import aligned, face, fair_share
from settlement.documents.workbook import serial
from tests.cast import make_seller
from tests.documents.conftest import WORKED_EXAMPLE, issue_over


def test_facts_come_back_from_their_file_as_they_went(english: Market, tmp_path: Path) -> None:
    make_seller(english, "3003", "Horizont s.r.o.")
    document = issue_over(english, *WORKED_EXAMPLE)
    facts, orders = document_facts(document), list(billed_orders(document))

    write_facts(tmp_path / "facts.jsonl", facts, orders)

    assert read_header(tmp_path / "facts.jsonl") == facts
    assert list(read_orders(tmp_path / "facts.jsonl")) == orders
    assert [order.delivered for order in orders] == [datetime(2026, 10, 5, 11, 30)] * 3, (
        "the market's local time"
    )


def test_the_proof_holds_for_every_sum(english: Market) -> None:
    make_seller(english, "3003", "Horizont s.r.o.")
    facts = document_facts(issue_over(english, *WORKED_EXAMPLE))

    assert facts.held_by_marketplace - facts.net_due == facts.commission == 635_25
    assert dataclasses.replace(facts, held_by_seller=0, held_by_marketplace=4513_30).net_due == 3878_05


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Eva\tNováková\r\n", "Eva Nováková"),
        ("gnp.\u202egpj.exe", "gnp.gpj.exe"),
        ("a\x00b\x1b[31m", "a b [31m"),
        ("Nova\u0301k", "Novák"),
        ("broken \ud800 pair", "broken pair"),
    ],
)
def test_texts_lose_what_could_act_on_the_page(told: str, kept: str) -> None:
    assert plain(told) == kept


def test_signs_our_fonts_lack_are_shown_as_question_marks() -> None:
    assert shown("Łukasz Петров Ψ 李小龍 שלום") == "Łukasz Петров Ψ ??? ????"


@given(st.floats(0, 400))
def test_blanks_are_as_wide_as_the_gap_they_fill(gap: float) -> None:
    font = face("Regular", 7.0)

    assert abs(font.measure(font.blank(gap)) - gap) < 0.45


@given(st.text("abcWi ", max_size=60), st.floats(20, 300))
def test_a_text_that_is_cut_fits(text: str, width: float) -> None:
    font = face("Regular", 7.0)

    cut = font.cut(text, width)

    assert font.measure(cut) <= width
    assert cut == text or cut.endswith("…")


@given(st.lists(st.floats(1, 500), min_size=1, max_size=8), st.floats(1, 900))
def test_texts_cut_at_their_fair_share_fit_together(widths: list[float], room: float) -> None:
    share = fair_share(widths, room)

    assert sum(min(width, share) for width in widths) <= room + 1e-6 or sum(widths) <= room
    assert share >= min(max(widths), room / len(widths)) - 1e-6


def test_amounts_are_padded_with_blanks_as_wide_as_what_is_missing() -> None:
    font = face("Regular", 7.0)

    padded = aligned("950.00", "1,234,567.89")

    assert padded.strip() == "950.00"
    assert font.measure(padded) == pytest.approx(font.measure("1,234,567.89"))


def test_moments_are_counted_in_days_since_the_end_of_1899() -> None:
    assert serial(datetime(2026, 10, 5, 12)) == "46300.5000000000"
    assert serial(datetime(1900, 3, 1)) == "61.0000000000"
