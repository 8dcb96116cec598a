"""The PDF of an invoice document: complete, to the cent, in the market's language, and harmless."""

import dataclasses
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from threading import Thread

import pytest
from pypdf import PdfReader

from marketplace.parties.models import Market
from settlement.documents.facts import BilledOrder, BilledProduct, RateSum, Totals, read_header, write_facts
from settlement.documents.printing import NotOurs, lay_out
from settlement.documents.queries import billed_orders, document_facts
from settlement.documents.verification import Mismatch, check_pdf
from tests.cast import make_seller
from tests.documents.conftest import CARD, WORKED_EXAMPLE, Drawn, draw, issue_over, path_of, words_of
from tests.orders.telling import goods, tender

ROOT = Path(__file__).resolve().parents[2]


def test_the_worked_example_says_whom_to_invoice_how_much_and_who_pays_whom(example: Drawn) -> None:
    text = example.text

    assert "invoice document CZ-2026-000001" in text.replace("INVOICE DOCUMENT", "invoice document")
    assert "This is not a tax invoice." in text
    assert "Please issue your invoice to Meridian Market s.r.o. for exactly these 3 orders" in text
    assert "Write the reference CZ-2026-000001 on it" in text
    assert "CZ65 0800 0000 1920 0014 5399" in text
    assert "Partner number 3003" in text
    assert "21% 3,205.00 673.05 3,878.05" in text
    assert "Total 3,205.00 673.05 3,878.05" in text
    assert "Paid by customers 4,513.30" in text
    assert "Less customer money that you hold already 2,577.30" in text
    assert "Meridian Market s.r.o. pays Horizont s.r.o. CZK 1,300.75" in text
    assert "CZK 1,936.00 − net due to the seller CZK 1,300.75 = commission CZK 635.25" in text
    assert "1–31 Oct 2026" in text
    assert "Page 1 of 1" in text


def test_the_worked_example_lists_each_order_with_its_products(example: Drawn) -> None:
    text = example.text

    assert (
        "10085339302 Eva Nováková Card 2 Oct 2026 5 Oct 2026 1,331.00 181.50 950.00 199.50 1,149.50" in text
    )
    assert "1 × Kettle 1.8 l · KET-18 1,210.00 850.00 21%" in text
    assert "1 × Delivery 121.00 100.00 21%" in text
    assert "10085339417 Eva Nováková Cash on delivery" in text
    assert "10085340021 Eva Nováková Bank transfer" in text
    assert "Total of 3 orders 4,513.30 635.25 3,205.00 673.05 3,878.05" in text


def test_screen_readers_and_archives_know_what_it_is(example: Drawn) -> None:
    metadata, root = example.reader.metadata, example.reader.root_object

    assert metadata is not None
    assert metadata.title == "Invoice document CZ-2026-000001"
    assert str(root["/Lang"]) == "en"
    assert "/StructTreeRoot" in root


def test_headings_stand_on_every_page_and_late_arrivals_are_marked(english: Market) -> None:
    make_seller(english, "3003", "Horizont s.r.o.")
    late = {
        "number": "LATE-1",
        "delivered": "2026-09-20T11:30:00+02:00",
        "placed": "2026-09-02T11:30:00+02:00",
    }

    drawn = draw(issue_over(english, late, *({"number": f"N{place:03}"} for place in range(59))))

    assert len(drawn.pages) > 2
    for place, text in enumerate(drawn.pages, start=1):
        assert "Sale price Commission Net VAT Purchase price" in text
        assert f"Page {place} of {len(drawn.pages)}" in text
        assert "CZ-2026-000001 · Meridian CZ" in text
    assert "Total of 60 orders 72,600.00" in drawn.pages[-1]
    assert "LATE-1 Late arrival" in drawn.text
    assert "Late arrival: delivered before this period" in drawn.pages[-1]


def test_a_czech_document_speaks_czech_and_writes_numbers_as_czechs_do(czech: Market) -> None:
    make_seller(czech, "3003", "Horizont s.r.o.")

    drawn = draw(issue_over(czech, *WORKED_EXAMPLE))

    for words in (
        "Toto není daňový doklad.",
        "přesně za tyto 3 objednávky",
        "Platí Meridian Market s.r.o., dostane Horizont s.r.o. 1 300,75 Kč",
        "Celkem 3 205,00 673,05 3 878,05",
        "Dobírka",
        "5. 10. 2026",
        "Celkem za 3 objednávky",
        "Strana 1 z 1",
    ):
        assert words in drawn.text
    assert str(drawn.reader.root_object["/Lang"]) == "cs"


def test_a_seller_that_holds_more_than_it_is_due_is_named_as_the_payer(english: Market) -> None:
    make_seller(english, "3003", "Horizont s.r.o.")
    big = {"lines": [goods("6050.00")], "tenders": [tender("cod", "6050.00")]}

    drawn = draw(issue_over(english, big))

    assert "Horizont s.r.o. pays Meridian Market s.r.o. CZK 907.50" in drawn.text
    assert "CZK 0.00 + net due from the seller CZK 907.50 = commission CZK 907.50" in drawn.text


@pytest.fixture
def eavesdropper() -> Iterator[tuple[int, list[bytes]]]:
    """A server nobody should call: its port, and what it heard."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def listen() -> None:
            while True:
                try:
                    caller, _ = server.accept()
                except OSError:
                    return
                heard.append(caller.recv(1000))
                caller.close()

        listener = Thread(target=listen, daemon=True)
        listener.start()
        yield server.getsockname()[1], heard
        server.shutdown(socket.SHUT_RDWR)
    listener.join(5)


def test_texts_of_strangers_do_no_harm_and_reach_nothing_outside(
    english: Market, eavesdropper: tuple[int, list[bytes]]
) -> None:
    port, heard = eavesdropper
    make_seller(english, "3003", "Horizont s.r.o.")
    link = f"<link rel=attachment href=file:///etc/passwd><img src=http://127.0.0.1:{port}/a>"
    names = [
        link,
        f"</td></tr></table><style>@import url(http://127.0.0.1:{port}/b)</style>",
        "=cmd|' /C calc'!A0",
        "{% debug %}{{ words }}",
        "شاي أخضر \u202egnp.exe",
        "W" * 250,
    ]
    lines = [goods("10.00", name=name, sku=f"=S{place}") for place, name in enumerate(names)]
    customer = {"name": "<b>Robert</b> '); DROP TABLE orders; --"}

    drawn = draw(
        issue_over(english, {"lines": lines, "tenders": [tender("card", "60.00")], "customer": customer})
    )

    assert heard == []
    assert "root:" not in drawn.text
    assert "/EmbeddedFiles" not in drawn.reader.root_object.get("/Names", {})
    squeezed = drawn.text.replace(" ", "")
    assert "<linkrel=attachmenthref=file:///etc/passwd>" in squeezed
    assert "{%debug%}{{words}}" in squeezed
    assert squeezed.count("W") >= 250
    assert "Total of 1 order 60.00" in drawn.text


@pytest.mark.parametrize(
    "address", ["file:///etc/hostname", "http://127.0.0.1/x", "data:text/css,p{}", "saldo:../../manage.py"]
)
def test_pages_are_given_our_own_files_only(address: str, caplog: pytest.LogCaptureFixture) -> None:
    lay_out(f"<link rel=stylesheet href='{address}'><img src='{address}'>")

    assert NotOurs.__name__ in caplog.text or address in caplog.text
    assert "Failed to load" in caplog.text


def made_large(folder: Path, orders: int) -> Path:
    """Facts of a document of so many orders, two products each, one by a customer our fonts cannot write."""
    moment = datetime.fromisoformat("2026-10-05T11:30:00")
    products = (
        BilledProduct("KET-18", "Kettle 1.8 l, stainless steel", 1, 2100, 1210_00, 850_00),
        BilledProduct("", "Delivery", 1, 2100, 121_00, 100_00),
    )
    first = BilledOrder(
        "100000", "李小龍", moment, moment, True, "Card", 1331_00, 0, 1331_00, 950_00, 199_50, products
    )
    rows = [
        dataclasses.replace(first, number=str(100000 + place), customer="Eva Nováková" if place else "李小龍")
        for place in range(orders)
    ]
    small = read_header(folder / "small.jsonl")
    totals = Totals(small)
    list(totals.counting(rows))
    total, _commission, net, vat, _gross = totals.control_totals
    header = dataclasses.replace(
        small,
        orders=orders,
        products=2 * orders,
        customer_total=total,
        purchase_net=net,
        purchase_vat=vat,
        held_by_seller=0,
        held_by_marketplace=total,
        rates=(RateSum(2100, net, vat),),
    )
    words = {**header.words, "total_of": f"Total of {orders} orders"}
    write_facts(folder / "large.jsonl", dataclasses.replace(header, words=words), rows)
    return folder / "large.jsonl"


def test_a_large_document_has_its_orders_as_lines_on_numbered_pages(english: Market, tmp_path: Path) -> None:
    make_seller(english, "3003", "Horizont s.r.o.")
    small = issue_over(english, CARD)
    write_facts(tmp_path / "small.jsonl", document_facts(small), billed_orders(small))
    source = made_large(tmp_path, 1060)

    command = [sys.executable, "-m", "settlement.documents.rendering"]
    subprocess.run([*command, source, tmp_path / "a.pdf", tmp_path / "a.xlsx"], cwd=ROOT, check=True)

    check_pdf(tmp_path / "a.pdf", read_header(source))
    reader = PdfReader(tmp_path / "a.pdf")
    pages = [words_of(page.extract_text()) for page in reader.pages]
    assert len(pages) == 1 + 31
    assert all(f"Page {place} of 32" in text for place, text in enumerate(pages, start=1))
    assert all("Sale price Commission Net VAT Purchase price" in text for text in pages[1:])
    assert "100035 Eva Nováková 5 Oct 2026 5 Oct 2026 1,331.00 181.50 950.00 199.50 1,149.50" in pages[2]
    assert "1 × Kettle 1.8 l, stainless steel (KET-18) 1,210.00 / 850.00 · 1 × Delivery" in pages[2]
    assert sum(text.count("Eva Nováková") for text in pages) == 1059
    assert "Total of 1060 orders 1,410,860.00" in pages[-1]
    assert reader.metadata is not None
    assert reader.metadata.title == "Invoice document CZ-2026-000001"
    assert str(reader.root_object["/Lang"]) == "en"


def test_a_pdf_that_does_not_say_the_documents_sums_is_noticed(english: Market) -> None:
    make_seller(english, "3003", "Horizont s.r.o.")
    drawn = draw(issue_over(english, CARD))
    facts = document_facts(drawn.document)
    path = path_of(drawn.document.pdf)

    check_pdf(path, facts)
    for name in ("customer_total", "purchase_net", "purchase_vat", "held_by_seller", "held_by_marketplace"):
        with pytest.raises(Mismatch):
            check_pdf(path, dataclasses.replace(facts, **{name: getattr(facts, name) + 1}))
