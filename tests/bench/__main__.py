"""Benchmarks, as ratios: ``python -m tests.bench --orders 200000 --engine postgres``. They assert nothing."""

import argparse
import json
import logging
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.receipts import print_receipts
from tests.bench.settlement import print_settlement

ROOT = Path(__file__).resolve().parents[2]
SMALL = 10_000
SAMPLE = 20_000
"""Slow ways are measured on so many orders, and scaled: they take the same for each."""
ROUNDS = 3
LABELS = {
    "tables2": "django-tables2's export",
    "import_export": "django-import-export",
    "openpyxl": "openpyxl, write-only",
    "xlsxwriter": "XlsxWriter, constant memory",
    "whole_job": "ours, as the job runs it",
    "ours": "ours, the writing alone",
    "limit": "limit: text scan + zlib 6",
}
SAMPLED = ("tables2", "import_export", "openpyxl", "xlsxwriter")


def main() -> None:
    """Fill a database, measure, print."""
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="saldo-bench-") as folder, _database(asked.engine, Path(folder)):
        if asked.only not in ("settlement", "receipts"):
            _prepare(asked.orders)
        if asked.only in (None, "exports"):
            _print_exports(asked.orders, asked.rounds)
            _print_peaks(asked.orders)
        if asked.only in (None, "settlement"):
            print_settlement(os.environ["DATABASE_URL"], asked.sellers, asked.settled, say)
        if asked.only in (None, "pages"):
            _print_pages(asked.orders)
        if asked.only in (None, "receipts"):
            print_receipts(os.environ["DATABASE_URL"], asked.receipts, say)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--orders", type=int, default=200_000)
    parser.add_argument("--engine", choices=["postgres", "sqlite"], default="postgres")
    parser.add_argument("--settled", type=int, default=100_000, help="orders of the settlement run")
    parser.add_argument("--sellers", type=int, default=500, help="sellers of the settlement run")
    parser.add_argument("--receipts", type=int, default=1000, help="receipts to be registered")
    parser.add_argument("--only", choices=["exports", "settlement", "pages", "receipts"])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    return parser.parse_args()


@contextmanager
def _database(engine: str, folder: Path) -> Iterator[None]:
    """An empty database of this engine, of its own: whatever DATABASE_URL names is left alone."""
    os.environ.update(
        SALDO_LOCAL="1",
        ALLOWED_HOSTS="testserver",
        VAR_DIR=str(folder),
        FILES_ROOT=str(folder / "files"),
        DJANGO_SETTINGS_MODULE="marketplace.config.settings_test",
    )
    if engine == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{folder / 'bench.sqlite3'}"
        yield
        return
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.plugins.server_process"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout
    os.environ["DATABASE_URL"] = json.loads(server.stdout.readline())["DATABASE_URL"]
    try:
        yield
    finally:
        server.communicate()


def _prepare(orders: int) -> None:
    """Migrate, and give one seller all the orders and another ten thousand."""
    import django

    django.setup()
    logging.disable(logging.WARNING)
    from django.core.management import call_command
    from django.db import connection

    from tests.bench.load import load

    say(f"Saldo's benchmarks: {orders:,} orders on {connection.vendor}, Python {sys.version.split()[0]}")
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    load(orders, min(SMALL, orders))
    connection.close()


def _print_exports(orders: int, rounds: int) -> None:
    """(a) the export: processor time of fresh processes, medians, one round after the other."""
    took: dict[str, list[dict[str, Any]]] = {name: [] for name in LABELS}
    for _ in range(rounds):
        for name in LABELS:
            took[name].append(_run(name, min(SAMPLE, orders) if name in SAMPLED else orders))
    cost = {
        name: statistics.median(each["cpu"] / each["rows"] for each in runs) for name, runs in took.items()
    }
    say(f"\n(a) Export for invoicing, 14 columns. CPU per 100,000 orders, median of {rounds} fresh processes")
    say(f"{'':34}{'CPU s':>9}{'wall s':>9}{'peak MiB':>10}{'ours is':>12}{'the job is':>12}")
    for name, label in LABELS.items():
        wall = statistics.median(each["wall"] / each["rows"] for each in took[name])
        peak = max(each["peak_mib"] for each in took[name])
        ratios = "".join(f"{cost[name] / cost[base]:>11.2f}x" for base in ("ours", "whole_job"))
        sampled = " *" if name in SAMPLED and orders > SAMPLE else ""
        say(f"{label + sampled:34}{cost[name] * 1e5:9.2f}{wall * 1e5:9.2f}{peak:10.0f}{ratios}")
    if orders > SAMPLE:
        say(f"* measured on {SAMPLE:,} orders and scaled; its peak is of those alone")


def _print_peaks(orders: int) -> None:
    """How the export's memory grows with its rows."""
    few = min(100_000, orders)
    small, large = _run("ours", few), _run("ours", orders)
    say(f"\nMemory of ours at its peak: {small['peak_mib']:.0f} MiB for {few:,} orders, ", end="")
    say(f"{large['peak_mib']:.0f} MiB for {large['rows']:,} ({large['before_mib']:.0f} MiB before it begins)")


def _run(name: str, rows: int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.contenders", name, str(rows)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _print_pages(orders: int) -> None:
    """(e) pages of orders."""
    from marketplace.parties.models import Seller
    from tests.bench.pages import reading, rendering

    large, small = (Seller.objects.get(partner_number=number) for number in ("3000", "3001"))
    say(f"\n(e) A page of the orders of a seller with {orders:,}: its queries, ms by the clock")
    read = reading(large, orders)
    for label, took in read.items():
        say(f"{label:34}{took.median:9.2f}   p95 {took.p95:8.2f}")
    keyset, offset = read["page at 75 %, by its key"], read["page at 75 %, by OFFSET"]
    say(f"{'OFFSET costs':34}{offset.median / keyset.median:9.1f}x")
    count, capped = read["count of all"], read["count, capped at 1,001"]
    say(f"{'counting all costs':34}{count.median / capped.median:9.1f}x")
    say("\nThe whole page, rendered, ms")
    few, many = rendering(small, SMALL), rendering(large, orders)
    for label, took in many.items():
        ratio = took.p95 / few[label].median
        say(
            f"{label:20}{SMALL:>10,} orders {few[label].median:7.1f}{orders:>12,} orders {took.median:7.1f}"
            f"   p95 {took.p95:7.1f} = {ratio:.2f}x"
        )


def say(text: str, end: str = "\n") -> None:
    """Print at once."""
    sys.stdout.write(text + end)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
