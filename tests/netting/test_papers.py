"""The paper of a set-off: both sides, what paid what, what is left; drawn, kept and sent once."""

import dataclasses
import os
import signal
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone, translation
from pypdf import PdfReader

from marketplace.kernel import jobs
from marketplace.kernel.books import run_checks
from marketplace.kernel.models import Job, JobState, OutgoingMail, StoredFile
from marketplace.parties.models import Market, NegativeBalance, Seller
from settlement.documents.facts import PartyFacts
from settlement.documents.models import Document
from settlement.documents.papers.facts import PaperFacts, RowsDiffer, Sum, Tally, read_header, write_facts
from settlement.documents.papers.pdf import write_paper
from settlement.documents.papers.verification import check_paper
from settlement.documents.verification import Mismatch
from settlement.netting.agreement_facts import agreement_facts
from settlement.netting.agreements import agreement_of
from settlement.netting.confirmations import (
    ConfirmedBalance,
    ConfirmedItem,
    confirmation_facts,
    confirmation_rows,
)
from settlement.netting.models import Outcome, SetOff
from settlement.netting.naming import CASH, INVOICE, Called
from settlement.netting.operations.answering import accept_lapsed, withdraw_set_off
from settlement.netting.operations.disputing import decide_dispute, dispute_orders
from tests.cast import make_market, make_seller, settle, take, work_off_but_rendering
from tests.documents.conftest import path_of, words_of
from tests.netting.drawing import draw, letter, read
from tests.netting.telling import agree, invoice
from tests.orders.telling import cod_fee, goods, shipping, tell_order, tender
from tests.stories.test_resale import CARD, COD, TRANSFER

ROOT = Path(__file__).resolve().parents[2]
WORKER = "import django; django.setup(); from marketplace.kernel import jobs; jobs.work_off()"
ANOTHER_COD: dict[str, Any] = {"lines": [goods("121.00")], "tenders": [tender("cod", "121.00")]}


def propose(market: Market, *told: tuple[str, dict[str, Any]]) -> SetOff:
    take(market, *(tell_order(number=number, **facts) for number, facts in told))
    settle(market)
    set_off = invoice(Document.objects.get())
    assert set_off is not None
    return set_off


@pytest.fixture
def proposed(market: Market, seller: Seller) -> SetOff:
    """A set-off over a card order A, cash orders B and D, and a transfer order C."""
    return propose(market, ("A", CARD), ("B", COD), ("C", TRANSFER), ("D", ANOTHER_COD))


def facts_of(set_off: SetOff) -> PaperFacts:
    with translation.override("en"):
        return agreement_facts(agreement_of(SetOff.objects.get(pk=set_off.pk)))


def test_the_agreement_says_what_was_owed_what_paid_what_and_who_pays_the_rest(proposed: SetOff) -> None:
    agreed = agree(proposed)

    draw("netting.render", agreed.reference)

    agreed.refresh_from_db()
    (text,) = read(agreed.pdf)
    for words in (
        "Set-off agreement CZ-S-2026-000001",
        "Agreed: confirmed by the seller. Horizont s.r.o. confirmed it on",
        "CZK 2,698.30 on either side is thereby extinguished",
        "Meridian Market s.r.o. owed Horizont s.r.o. for invoices 3,980.90",
        "Horizont s.r.o. owed Meridian Market s.r.o. customers' cash that it holds 2,698.30",
        "Set off against each other, on either side 2,698.30",
        "Meridian Market s.r.o. pays Horizont s.r.o. CZK 1,282.60",
        "FV-2026-1 CZ-2026-000001 4 Nov 2026 3,980.90 2,698.30 1,282.60",
        "B CZ-2026-000001 5 Oct 2026 2,577.30 2,577.30 0.00",
        "Total of 2 orders 2,698.30 2,698.30 0.00",
        "FV-2026-1 B 2,577.30 1,403.60",
        "FV-2026-1 D 121.00 1,282.60",
        "Total set off 2,698.30",
    ):
        assert words.casefold() in text.casefold()
    reader = PdfReader(path_of(agreed.pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == "Set-off agreement CZ-S-2026-000001"
    assert "/StructTreeRoot" in reader.root_object
    assert run_checks() == []


def test_the_seller_is_told_once_and_drawing_again_changes_nothing(proposed: SetOff) -> None:
    agreed = agree(proposed)
    draw("netting.render", agreed.reference)
    first = SetOff.objects.get().pdf_id

    jobs.enqueue("netting.render", key=agreed.reference, set_off_id=agreed.pk)
    draw("netting.render", agreed.reference)

    assert SetOff.objects.get().pdf_id == first
    assert StoredFile.objects.filter(name="CZ-S-2026-000001.pdf").count() == 1
    told = letter("set_off:CZ-S-2026-000001:agreed")
    assert told.recipients == ["3003@seller.example"]
    assert told.subject == "Set-off CZ-S-2026-000001 is agreed"
    assert "The marketplace pays you CZK 1,282.60." in told.body.replace("\N{NO-BREAK SPACE}", " ")
    sent = [each for each in mail.outbox if each.subject == told.subject]
    assert [[attached[0] for attached in each.attachments] for each in sent] == [["CZ-S-2026-000001.pdf"]]


def test_disputed_orders_are_listed_as_left_open_with_their_reason(proposed: SetOff) -> None:
    reason = "The customer paid by card at the door."
    (disputed,) = dispute_orders(
        set_off_id=proposed.pk, numbers=["B"], reason=reason, by=None, at=timezone.now()
    )
    accept_lapsed(at=proposed.lapses_at)
    work_off_but_rendering()
    decide_dispute(  # what is decided afterwards changes nothing about what was agreed
        dispute_id=disputed.pk,
        outcome=Outcome.STANDS,
        text="It stands.",
        by=None,
        at=proposed.lapses_at + timedelta(minutes=1),
    )

    draw("netting.render", proposed.reference)

    text = " ".join(read(SetOff.objects.get(pk=proposed.pk).pdf))
    for words in (
        "Agreed: the time to object passed. It was proposed on",
        "and Horizont s.r.o. did not object by",
        "Disputed and left open, owed by Meridian Market s.r.o. 2,214.30",
        "Disputed and left open, owed by Horizont s.r.o. 2,577.30",
        "B CZ-2026-000001 5 Oct 2026 2,577.30 2,577.30 0.00 2,577.30",
        f"B CZ-2026-000001 {reason} 2,214.30 2,577.30",
        "1 order is disputed: its money stays open on both sides until that is decided.",
        "Meridian Market s.r.o. pays Horizont s.r.o. CZK 1,645.60",
    ):
        assert words in text


def test_a_set_off_that_was_withdrawn_is_not_drawn(proposed: SetOff) -> None:
    withdraw_set_off(set_off_id=proposed.pk, reason="Wrong period", by=None, at=timezone.now())

    jobs.enqueue("netting.render", key=proposed.reference, set_off_id=proposed.pk)
    draw("netting.render", proposed.reference)

    assert SetOff.objects.get(pk=proposed.pk).pdf is None
    assert not OutgoingMail.objects.filter(key__endswith=":agreed").exists()


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        (
            NegativeBalance.CARRY,
            "Horizont s.r.o. still owes Meridian Market s.r.o.; it comes on the next set-off",
        ),
        (NegativeBalance.DEMAND, "Horizont s.r.o. pays Meridian Market s.r.o."),
    ],
)
def test_what_a_seller_owes_on_is_carried_or_paid_as_its_contract_says(
    market: Market, terms: NegativeBalance, told: str
) -> None:
    make_seller(market, "3003", "Horizont s.r.o.", negative_balance=terms)
    big = {"lines": [goods("6050.00"), shipping(), cod_fee()], "tenders": [tender("cod", "6207.30")]}

    agreed = agree(propose(market, ("A", big)))

    assert facts_of(agreed).result == Sum(told, 907_50)


def test_both_sides_of_the_paper_set_off_the_same_and_every_list_adds_up(proposed: SetOff) -> None:
    agreement = agreement_of(agree(proposed))
    facts = facts_of(agreement.set_off)

    for place, listing in enumerate(facts.lists):
        list(Tally(listing).counting(cells for where, cells in agreement.rows() if where == place))
    netted = [
        column.total for listing in facts.lists for column in listing.columns if "et off" in column.label
    ]
    assert netted == [2698_30] * 3


def balance(count: int = 2) -> ConfirmedBalance:
    """A balance with one open invoice and so many open orders."""
    party = PartyFacts("Horizont s.r.o.", "CZ25596641", "Lipová 3", "Brno", "602 00", "CZ", "3003")
    entity = PartyFacts(
        "Meridian Market s.r.o.",
        "CZ25596641",
        "Dlouhá 12",
        "Praha",
        "110 00",
        "CZ",
        email="accounting.cz@meridian.example",
    )
    return ConfirmedBalance(
        reference="CZ-B-000001",
        market="Meridian CZ",
        as_of=date(2026, 10, 31),
        made_on=date(2026, 11, 3),
        currency="CZK",
        language="en",
        spoken="en",
        seller=party,
        marketplace=entity,
        payables=[
            ConfirmedItem(
                Called(INVOICE, "FV-2026-1", "CZ-2026-000001"), date(2026, 10, 20), 3878_05, 1300_75
            )
        ],
        receivables=[
            ConfirmedItem(
                Called(CASH, f"1008{place:05}", "CZ-2026-000002"), date(2026, 10, 5), 600_00 + place, 600_00
            )
            for place in range(count)
        ],
    )


def test_a_balance_confirmation_lists_the_open_items_and_leaves_room_for_the_seller(tmp_path: Path) -> None:
    told = balance()
    write_facts(tmp_path / "facts.jsonl", confirmation_facts(told), confirmation_rows(told))

    write_paper(tmp_path / "facts.jsonl", tmp_path / "out.pdf")

    check_paper(tmp_path / "out.pdf", confirmation_facts(told))
    text = " ".join(words_of(page.extract_text()) for page in PdfReader(tmp_path / "out.pdf").pages)
    for words in (
        "The items listed here were open between Meridian Market s.r.o. and Horizont s.r.o. at the end of"
        " 31 Oct 2026.",
        "Meridian Market s.r.o. owed Horizont s.r.o. 1,300.75",
        "Horizont s.r.o. owed Meridian Market s.r.o. 1,200.00",
        "On balance Meridian Market s.r.o. owed Horizont s.r.o. CZK 100.75",
        "FV-2026-1 CZ-2026-000001 20 Oct 2026 3,878.05 2,577.30 1,300.75",
        "Total of 2 orders 1,200.01 0.01 1,200.00",
        "Statement of Horizont s.r.o. Please tick one, sign, and send it to accounting.cz@meridian.example.",
        "The balance as of 31 Oct 2026 does not agree with our books.",
        "Signature",
    ):
        assert words in text


def test_thousands_of_rows_follow_as_lines_on_numbered_pages(tmp_path: Path) -> None:
    told = balance(count=1540)
    source, target = tmp_path / "facts.jsonl", tmp_path / "out.pdf"
    write_facts(source, confirmation_facts(told), confirmation_rows(told))

    command = [sys.executable, "-m", "settlement.documents.papers.rendering"]
    subprocess.run([*command, str(source), str(target)], cwd=ROOT, check=True)

    facts = read_header(source)
    assert facts == confirmation_facts(told)
    check_paper(target, facts)
    pages = [words_of(page.extract_text()) for page in PdfReader(target).pages]
    assert len(pages) == 1 + 22
    assert all(f"Page {place} of 23" in text for place, text in enumerate(pages, start=1))
    assert all("Order Invoice document Due Total Settled Still open" in text for text in pages[1:])
    assert "FV-2026-1 CZ-2026-000001 20 Oct 2026 3,878.05 2,577.30 1,300.75" in pages[0]
    assert "100800070 CZ-2026-000002 5 Oct 2026 600.70 0.70 600.00" in pages[2]
    assert sum(text.count("CZ-2026-000002") for text in pages) == 1540
    assert "Total of 1540 orders 935,850.30 11,850.30 924,000.00" in pages[-1]
    with pytest.raises(Mismatch):
        check_paper(target, dataclasses.replace(facts, reference="CZ-B-000002"))
    with pytest.raises(Mismatch):
        check_paper(target, dataclasses.replace(facts, result=Sum(facts.result.label, 1)))
    first, second = facts.lists
    columns = (*second.columns[:-1], dataclasses.replace(second.columns[-1], total=1))
    with pytest.raises(Mismatch):
        check_paper(
            target, dataclasses.replace(facts, lists=(first, dataclasses.replace(second, columns=columns)))
        )


def test_a_paper_that_lost_a_row_is_not_drawn(tmp_path: Path) -> None:
    told = balance()
    rows = list(confirmation_rows(told))[:-1]
    write_facts(tmp_path / "facts.jsonl", confirmation_facts(told), rows)

    with pytest.raises(RowsDiffer):
        write_paper(tmp_path / "facts.jsonl", tmp_path / "out.pdf")

    assert not (tmp_path / "out.pdf").exists()


@pytest.mark.faults
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("point", ["files.after_write", "jobs.before_commit", "jobs.before_done"])
def test_a_drawing_killed_at_a_named_point_gives_one_paper_and_one_letter(point: str) -> None:
    market = make_market()
    make_seller(market, "3003", "Horizont s.r.o.")
    agreed = agree(propose(market, ("A", CARD), ("B", COD)))
    Job.objects.filter(name="netting.render").update(ready_at=timezone.now())

    environment = os.environ | {"SALDO_KILL_AT": point}
    killed = subprocess.run(
        [sys.executable, "-c", WORKER], cwd=ROOT, env=environment, timeout=60, check=False
    )
    jobs.sweep(at=timezone.now() + timedelta(minutes=10))
    draw("netting.render", agreed.reference)

    assert killed.returncode == -signal.SIGKILL
    assert StoredFile.objects.filter(name=f"{agreed.reference}.pdf").count() == 1
    assert OutgoingMail.objects.filter(key=f"set_off:{agreed.reference}:agreed").count() == 1
    assert Job.objects.get(name="netting.render").state == JobState.DONE
    assert run_checks() == []
