"""What the world does to a marketplace in a round; every deed is repeated until acknowledged."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event
from typing import Any

from django.db import DatabaseError, connections

from tests.faults.harness import tasks
from tests.faults.harness.clients import Answer, Browser, Unanswered, insist
from tests.faults.harness.launch import ROOT
from tests.faults.harness.plan import Plan, Promises
from tests.faults.harness.seed import MARKET, Month, tell_month, tell_open, write_file

SUBMISSION = r"/submissions/(\d+)/"
OFFICE = (
    "import sys, django; django.setup(); from tests.faults.harness import office; sys.exit(office.main())"
)


@dataclass
class Workload:
    """The driver of one round; it runs beside the faults, in a thread of its own."""

    plan: Plan
    seed: int
    random: Random
    folder: Path
    port: int
    sessions: Mapping[str, str]
    environment: Mapping[str, str]
    taken_in: Event
    promises: Promises = field(default_factory=Promises)

    def run(self) -> Promises:
        """Do all of it; what could not be acknowledged in time raises."""
        try:
            self._ask_for_ticks()
            if self.plan.orders:
                self._take_in(tell_month(self.sessions, orders=self.plan.orders, seed=self.seed))
            if self.plan.requests:
                self._storm()
            if self.plan.orders and self.plan.settles:
                self.taken_in.set()
                self._hand_in()
                with ThreadPoolExecutor(2) as pool:  # people do not wait until the last document is out
                    for each in [pool.submit(self._settle), pool.submit(self._finish)]:
                        each.result()
        finally:
            self.taken_in.set()  # nobody waits for it in vain
            connections.close_all()
        return self.promises

    def _ask_for_ticks(self) -> None:
        for name in [f"tick-{place}" for place in range(self.plan.ticks)]:
            for _ in range(self.plan.copies):
                insist(lambda name=name: self._ask(name))  # type: ignore[misc]
            self.promises.ticks.add(name)

    def _ask(self, name: str) -> None:
        try:
            if self.plan.by_message:
                tasks.tick_by_message.apply_async(args=(name,))
            else:
                tasks.ask_for(name)
        except (DatabaseError, OSError) as failure:
            connections.close_all()
            raise Unanswered(repr(failure)) from failure

    def _take_in(self, lives: list[list[dict[str, Any]]]) -> None:
        """Import what happened, in the order it did; or in two files, the later events before the first."""
        files = [[event for life in lives for event in life]]
        if self.plan.shuffled:
            first, later = [life[0] for life in lives], [event for life in lives for event in life[1:]]
            files = [self.random.sample(events, len(events)) for events in (later, first)]
        for place, events in enumerate(files):
            path = write_file(self.folder / f"orders-{place}.jsonl", events)
            self._at_once(lambda path=path: self._import(path))  # type: ignore[misc]
            self.promises.orders |= {event["number"] for event in events}

    def _import(self, path: Path) -> None:
        told = insist(
            lambda: self._run("manage.py", "import_orders", str(path), "--market", MARKET, "--json")
        )
        assert not told["refused"], told["refused"][:3]

    def _storm(self) -> None:
        """Many requests at once, two of five of them sent before; some answers are lost with the server."""
        fresh = self.plan.requests * 3 // 5
        lives = tell_open(self.sessions, orders=fresh)
        path = write_file(self.folder / "open.jsonl", [life[0] for life in lives])
        self._import(path)
        orders = [(life[0]["seller"], life[0]["number"]) for life in lives]
        self.promises.orders |= {number for _, number in orders}
        sent = [*orders, *self.random.choices(orders, k=self.plan.requests - fresh)]
        self.random.shuffle(sent)
        with ThreadPoolExecutor(self.plan.in_flight) as pool:
            list(pool.map(lambda each: self._confirm(*each), sent))

    def _confirm(self, seller: str, number: str) -> None:
        insist(lambda: self._browser(seller).post(f"/orders/{number}/confirm/"))
        self.promises.confirmed.add(number)

    def _hand_in(self) -> None:
        """The first seller sends what it exported, the last but one uploads it; the last does neither."""
        *handing, _ = sorted(self.sessions)
        for seller in handing:
            browser = self._browser(seller)
            export = insist(lambda browser=browser: self._export(browser))  # type: ignore[misc]
            self.promises.exports.add(export)
            for send in [self._send] * (seller == handing[0]) + [self._upload] * (seller == handing[-1]):
                for _ in range(self.plan.copies):
                    key = insist(lambda send=send, at=(browser, export): send(*at))  # type: ignore[misc]
                    self.promises.submissions.add(key)

    def _export(self, browser: Browser) -> int:
        month = Month.last()
        reply = browser.post(f"/exports/period/{month.first_on}/{month.end_on}/write/")
        return _key(reply.key(r"/exports/(\d+)/"))

    def _send(self, browser: Browser, export: int) -> int:
        return _key(browser.post(f"/exports/{export}/send/").key(SUBMISSION))

    def _upload(self, browser: Browser, export: int) -> int:
        page = browser.get(f"/exports/{export}/")
        if f"/exports/{export}/workbook/".encode() not in page.body:
            raise Unanswered(f"export {export} is not written yet")
        file, month = browser.get(f"/exports/{export}/workbook/").body, Month.last()
        fields = {"period": f"{month.first_on}_{month.end_on}"}
        return _key(browser.post("/exports/upload/", fields, file).key(SUBMISSION))

    def _settle(self) -> None:
        if self.plan.scheduled:
            return  # the beats do it, and the office waits for them
        settling = ["settle", "--market", MARKET, "--through", str(Month.last().last_on), "--json"]
        for answers in self._at_once(lambda: insist(lambda: self._run("manage.py", *settling))):
            documented = [each for each in answers if each["document"]]
            self.promises.documents.update({each["document"]: each["orders"] for each in documented})

    def _finish(self) -> None:
        """Have people invoice, book, agree and pay until all is done."""
        seen = self._at_once(lambda: insist(lambda: self._run("-c", OFFICE)))
        self.promises.papers |= {each for done in seen for each in done}

    def _at_once(self, act: Callable[[], Answer]) -> list[Answer]:
        with ThreadPoolExecutor(self.plan.copies) as pool:
            return [each.result() for each in [pool.submit(act) for _ in range(self.plan.copies)]]

    def _run(self, *arguments: str) -> Any:
        """Run a process; its JSON is an acknowledgement, anything else is none."""
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )
        if done.returncode:
            said = f"{done.stderr[-2000:]}{done.stdout[-500:]}"
            raise Unanswered(f"{' '.join(arguments)[:200]}: {done.returncode}: {said}")
        return json.loads(done.stdout)

    def _browser(self, seller: str) -> Browser:
        return Browser(self.port, self.sessions[seller])


def _key(found: int | None) -> int:
    if found is None:
        raise Unanswered("we were sent on to another page")
    return found
