"""What taking in receipts costs, beside registering them one by one.

Run as ``python -m tests.bench.receipts WAY PAIRS`` it fills a database, or registers receipts in one, and
prints what that took: processor time of this process and of those that read for it.
"""

import json
import logging
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.bench.contenders import peak_mib
from tests.bench.copies import Copies, environment
from tests.edocuments.builders import sunat
from tests.edocuments.papers import pdf

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 10, 6, 17, tzinfo=UTC)
MOST = 500
"""Pairs in one bundle; more come in several."""


def print_receipts(url: str, pairs: int, say: Callable[[str], None]) -> None:
    """(f) Receipts from stored files to registered orders: processor time of client and server."""
    copies = Copies(url)
    with copies.filled() as filled:
        _run(filled, "fill", pairs)
        found = {way: _measured(copies, way, pairs) for way in ("each", "ours", "limit")}
        few = _measured(copies, "ours", min(pairs, 100))
    say(f"\n(f) {pairs:,} receipts, XML and PDF each, from stored files to registered orders")
    say(f"{'CPU ms per receipt':34}{'reading':>9}{'client':>9}{'server':>9}{'all':>9}{'peak MiB':>10}")
    labels = {"each": "each by itself, one after another", "ours": "ours, some dozens at a time"}
    for way, label in (labels | {"limit": "limit: reading alone"}).items():
        took = found[way]
        parts = [took[name] / pairs * 1e3 for name in ("reading", "client", "server")]
        say(f"{label:34}{''.join(f'{part:9.2f}' for part in (*parts, sum(parts)))}{took['peak_mib']:10.0f}")
    say(f"{'one by one takes':34}{_cost(found['each']) / _cost(found['ours']):27.1f}x")
    say(f"peak with {min(pairs, 100)} receipts: {few['peak_mib']:.0f} MiB")


def _cost(took: dict[str, Any]) -> float:
    return float(took["reading"] + took["client"] + took["server"])


def _measured(copies: Copies, way: str, pairs: int) -> dict[str, Any]:
    with copies.copy() as url:
        before = copies.server_seconds()
        took = _run(url, way, pairs)
        took["server"] = copies.server_seconds() - before
    return took


def _run(url: str, *arguments: str | int) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.receipts", *map(str, arguments)],
        cwd=ROOT,
        env=environment(url) | {"FILES_ROOT": os.environ["FILES_ROOT"]},
        stdout=subprocess.PIPE,
        check=True,
        text=True,
    )
    took: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return took


def fill(pairs: int) -> None:
    """Migrate, and write a Peruvian market with as many orders that wait for their receipts."""
    from django.core.management import call_command

    from tests.receipts.telling import make_peru, make_peruvian, peruvian

    call_command("migrate", verbosity=0)
    market = make_peru()
    make_peruvian(market)
    for serial in range(1, pairs + 1):
        peruvian(market, f"N-{serial}")


def _files(pairs: int) -> Iterator[list[tuple[str, bytes]]]:
    paper = pdf()
    for first in range(1, pairs + 1, MOST):
        bundle = []
        for serial in range(first, min(first + MOST, pairs + 1)):
            name = f"20100070970-01-F001-{serial}"
            document = sunat(number=f"F001-{serial}", order=f"N-{serial}")
            bundle += [(f"{name}.xml", document), (f"{name}.pdf", paper)]
        yield bundle


def ours(pairs: int) -> None:
    """Register bundles as their jobs do."""
    _work(pairs, apiece=2 * MOST)


def each(pairs: int) -> None:
    """The same, each receipt a bundle of its own: what a handler per mail would do."""
    _work(pairs, apiece=2)


def _work(pairs: int, *, apiece: int) -> None:
    from marketplace.kernel import jobs
    from marketplace.parties.models import Seller
    from sellers.receipts.models import Origin, Receipt
    from sellers.receipts.operations.taking import Handed, open_bundle
    from tests.receipts.telling import stored

    seller = Seller.objects.select_related("market").get(partner_number="5001")
    for files in _files(pairs):
        for start in range(0, len(files), apiece):
            handed = [Handed(name, stored(name, content)) for name, content in files[start : start + apiece]]
            told: dict[str, Any] = {"origin": Origin.PORTAL, "by": None, "at": AT}
            open_bundle(market=seller.market, sellers=[seller], files=handed, **told)
    while (claimed := jobs.claim()) is not None:
        jobs.run(claimed)
    assert Receipt.objects.count() == pairs, "not all were registered"


def limit(pairs: int) -> None:
    """Reading alone, some hundreds to a process."""
    from marketplace.edocuments.apart import read_apart
    from marketplace.kernel.files import path_of
    from tests.receipts.telling import stored

    for files in _files(pairs):
        paths = [path_of(stored(name, content)) for name, content in files]
        assert all(read.fault is None for read in read_apart(paths, heartbeat=lambda: None))


WAYS: dict[str, Callable[[int], None]] = {way.__name__: way for way in (fill, ours, each, limit)}


def main(way: str, pairs: str) -> None:
    """Work on the database DATABASE_URL names, and print what it took."""
    import django

    django.setup()
    logging.disable(logging.WARNING)
    from django.db import connection

    connection.ensure_connection()
    read, started = _read_seconds(), time.process_time()
    WAYS[way](int(pairs))
    took = {"client": time.process_time() - started, "reading": _read_seconds() - read}
    sys.stdout.write(json.dumps(took | {"peak_mib": peak_mib()}) + "\n")


def _read_seconds() -> float:
    """The processor time of the processes that read for this one."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main(*sys.argv[1:])
