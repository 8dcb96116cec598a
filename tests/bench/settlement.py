"""What a settlement run costs, beside a loop over the sellers.

Run as ``python -m tests.bench.settlement WAY …`` it fills a database, or settles one, and prints what that
took.
"""

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.contenders import peak_mib
from tests.bench.copies import Copies, environment

ROOT = Path(__file__).resolve().parents[2]
LOOPED = 100
"""Sellers the loop is measured on: it takes the same for each order."""


def print_settlement(url: str, sellers: int, orders: int, say: Callable[[str], None]) -> None:
    """(d) a run up to its documents, without drawing them: processor time of client and server."""
    copies = Copies(url)
    with copies.filled() as filled:
        _run(filled, "fill", sellers, orders)
        loop = _measured(copies, "loop", min(LOOPED, sellers))
        ours = _measured(copies, "ours")
    say(f"\n(d) A settlement run: {orders:,} orders of {sellers:,} sellers, up to their documents")
    say(f"{'CPU s per 100,000 orders':34}{'client':>9}{'server':>9}{'both':>9}{'peak MiB':>10}{'before':>8}")
    for label, took in (("loop over sellers, bulk_create *", loop), ("ours, set by set", ours)):
        client, server = (took[name] / took["orders"] * 1e5 for name in ("client", "server"))
        sizes = f"{took['peak_mib']:10.0f}{took['before_mib']:8.0f}"
        say(f"{label:34}{client:9.2f}{server:9.2f}{client + server:9.2f}{sizes}")
    say(f"{'the loop takes':34}{_cost(loop) / _cost(ours):27.1f}x")
    say(f"* measured on {loop['orders']:,} orders of {min(LOOPED, sellers):,} sellers and scaled")


def _cost(took: dict[str, Any]) -> float:
    return float((took["client"] + took["server"]) / took["orders"])


def _measured(copies: Copies, way: str, *arguments: int) -> dict[str, Any]:
    with copies.copy() as url:
        before = copies.server_seconds()
        took = _run(url, way, *arguments)
        took["server"] = copies.server_seconds() - before
    return took


def _run(url: str, *arguments: str | int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.settlement", *map(str, arguments)],
        cwd=ROOT,
        env=environment(url),
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    took: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return took


def fill(sellers: int, orders: int) -> None:
    """Migrate, and fill the database."""
    from django.core.management import call_command

    from tests.bench.load import load_market

    call_command("migrate", verbosity=0)
    load_market(sellers, orders)


def loop(sellers: int) -> None:
    """Settle the first sellers, one by one."""
    from marketplace.parties.models import Market
    from tests.bench.settling import settle_each

    settle_each(Market.objects.get(), most=sellers)


def ours() -> None:
    """Settle the market as its run does: the jobs up to the documents, not those that draw them."""
    from marketplace.kernel import jobs
    from marketplace.parties.models import Market
    from settlement.runs.models import Origin
    from settlement.runs.operations import start_run
    from tests.bench.settling import AT, END_ON

    through = END_ON.replace(month=10, day=31)
    start_run(market=Market.objects.get(), through=through, origin=Origin.MANUAL, by=None, at=AT)
    while (claimed := jobs.claim()) is not None and claimed.row.name in ("runs.close", "documents.issue"):
        jobs.run(claimed)


WAYS: dict[str, Callable[..., None]] = {each.__name__: each for each in (fill, loop, ours)}


def main(way: str, *arguments: str) -> None:
    """Work on the database DATABASE_URL names, and print what it took."""
    import django

    django.setup()
    logging.disable(logging.WARNING)
    from django.db import connection

    from settlement.documents.models import DocumentLine

    connection.ensure_connection()
    before, started, wall = peak_mib(), time.process_time(), time.perf_counter()
    WAYS[way](*map(int, arguments))
    took = {"client": time.process_time() - started, "wall": time.perf_counter() - wall}
    memory = {"before_mib": before, "peak_mib": peak_mib()}
    sys.stdout.write(json.dumps(took | memory | {"orders": DocumentLine.objects.count()}) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
