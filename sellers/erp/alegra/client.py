"""Alegra's wire: one request at a time, within its rate limit, each failure told by what may be done next."""

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import httpx

from sellers.erp.alegra.answers import (
    MISREAD,
    checked,
    is_count,
    read_value,
    seconds_in,
    secrets_of,
    stamp_refusal,
)
from sellers.erp.alegra.reading import (
    after,
    choice_of,
    company_of,
    contact_of,
    id_in,
    item_of,
    made_of,
    numbering_of,
    offered,
    rows_of,
    tax_of,
    texts_of,
)
from sellers.erp.alegra.writing import contact_json, invoice_json
from sellers.erp.port import (
    Buyer,
    Choice,
    Company,
    Contact,
    ErpError,
    Fault,
    Invoice,
    Item,
    Made,
    Offer,
    Page,
    Pages,
    Tax,
)
from sellers.erp.rules.marks import orders_marked

HOST = "https://api.alegra.com/api/v1"
PAGE = 30
SECONDS = httpx.Timeout(20.0, connect=5.0)
MOST_SECONDS = 30.0
MOST_BYTES = 5 << 20
MOST_PAGES = 20_000
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
"""What goes wrong before a request is on its way: nothing can have been done."""

LACKING = frozenset({Fault.PLAN, Fault.REFUSED})
"""How an ERP speaks of a list that it does not have: not in this plan, or not at all."""

Row = TypeVar("Row")


class Pace(Protocol):
    """The rate limit that all workers keep together."""

    def take(self) -> None:
        """Take one request of what is left, or say how long to wait.

        :raises ErpError: ``BUSY``, if none is left.
        """

    def note(self, *, remaining: int, reset_seconds: float) -> None:
        """Note what the service says is left, and for how long."""


@dataclass(frozen=True, slots=True)
class Alegra:
    """Alegra with one user's credentials; ``base`` is another address for tests and the demo alone."""

    email: str
    token: str = field(repr=False)
    pace: Pace
    base: str = HOST
    heartbeat: Callable[[], None] = lambda: None

    def company(self) -> Company:
        """Whose books these are."""
        return read_value(company_of, self._get("/company"))

    def offer(self) -> Offer:
        """What there is to choose from; what the plan does not have is named, not raised."""
        missing: list[str] = []

        def some(
            path: str, read: Callable[[Any], Row], lacking: Collection[Fault] = LACKING
        ) -> tuple[Row, ...]:
            try:
                return tuple(row for page in self._pages(path, offered(read)) for row in page.rows)
            except ErpError as error:
                if error.fault not in lacking:
                    raise
                missing.append(path.strip("/"))
                return ()

        lists: tuple[Choice, ...] = some("/price-lists", choice_of)
        warehouses: tuple[Choice, ...] = some("/warehouses", choice_of)
        taxes: tuple[Tax, ...] = some("/taxes", tax_of, {Fault.PLAN})
        numberings: tuple[Choice, ...] = some("/number-templates", numbering_of)
        return Offer(lists, warehouses, taxes, numberings, tuple(missing))

    def items(self, start: int = 0) -> Pages[Item]:
        """The catalogue."""
        return self._pages("/items", item_of, start=start, order="ASC")

    def contacts(self, start: int = 0) -> Pages[Contact]:
        """The contacts."""
        return self._pages("/contacts", contact_of, start=start, order="ASC")

    def invoices(self, start: int = 0) -> Pages[Made]:
        """The invoices, newest first."""
        return self._pages("/invoices", made_of, start=start, order="DESC", must_read=_is_ours)

    def invoice(self, invoice_id: str) -> Made | None:
        """One invoice as it is now; none if it is gone."""
        path = f"/invoices/{quote(invoice_id, safe='')}"
        response = self._send("GET", path, params={"fields": "pdf"})
        if response.status_code == 400:
            # Perhaps it was the parameter that was refused; of the invoice that says nothing.
            response = self._send("GET", path)
        if response.status_code in (400, 404):
            return None
        return read_value(made_of, checked(response, wrote=False))

    def stamp(self, invoice_id: str) -> str:
        """Have an invoice stamped; what Alegra says where it would not. Whether it is, the invoice tells."""
        told = self._post("/invoices/stamp", {"ids": [invoice_id]})
        return stamp_refusal(told, secrets=secrets_of(self.email, self.token))

    def create_contact(self, buyer: Buyer) -> Contact:
        """Make a contact."""
        return read_value(contact_of, self._post("/contacts", contact_json(buyer)), wrote=True)

    def create_invoice(self, invoice: Invoice) -> Made:
        """Make an invoice; twice makes two."""
        return read_value(made_of, self._post("/invoices", invoice_json(invoice)), wrote=True)

    def _pages(
        self,
        path: str,
        read: Callable[[Any], Row],
        *,
        start: int = 0,
        order: str = "",
        must_read: Callable[[Any], bool] = lambda told: False,
    ) -> Pages[Row]:
        """The pages of a list; a row that cannot be read is passed over, unless it must be.

        Each page begins with the last row of the one before. Where it does not, rows came or went meanwhile,
        and one page is read once more: so nothing that stays is passed over. An ordered list ends only where
        nothing follows its last row when asked again: a page cut short by a fault is not its end.
        """
        last: Any = None
        empty = False
        by_id = {"order_field": "id", "order_direction": order} if order else {}
        asked: Mapping[str, Any] = {"limit": PAGE, **by_id}
        for page in range(MOST_PAGES):
            begin = max(0, start - 1) if last is not None else start
            answer, asked = self._list(path, {**asked, "start": begin}, first=page == 0)
            told = read_value(rows_of, answer)
            fresh = after(told, last)
            if fresh is None:
                start, last = max(0, start - PAGE), None
                continue
            start = begin + len(told)
            if fresh or not told:
                yield Page(list(_readable(read, fresh, must_read)), start)
            if not order and (len(told) < PAGE or not fresh):
                return
            if len(told) < PAGE and not fresh and (told or empty):
                return
            last, empty = (id_in(told[-1]) if told else None), not told
        raise ErpError(Fault.AWAY, "the list has no end", wait=30)

    def _list(self, path: str, asked: Mapping[str, Any], *, first: bool) -> tuple[Any, Mapping[str, Any]]:
        """A page, and how it was asked for. An order that is refused is left out from the first page, never
        half-way: pages in two orders are no list.
        """
        try:
            return self._get(path, asked), asked
        except ErpError as error:
            if error.fault != Fault.REFUSED or not first or "order_field" not in asked:
                raise
        plain = {name: value for name, value in asked.items() if not name.startswith("order_")}
        return self._get(path, plain), plain

    def _get(self, path: str, asked: Mapping[str, Any] | None = None) -> Any:
        return checked(self._send("GET", path, params=dict(asked or {})), wrote=False)

    def _post(self, path: str, value: Mapping[str, Any]) -> Any:
        return checked(self._send("POST", path, json=dict(value)), wrote=True)

    def _send(self, method: str, path: str, **more: Any) -> httpx.Response:
        self.heartbeat()
        self.pace.take()
        try:
            with httpx.Client(timeout=SECONDS, follow_redirects=False, trust_env=False) as client:
                response = self._bounded(client, method, path, more)
        except NOT_SENT:
            raise ErpError(Fault.AWAY, wait=30) from None
        except (httpx.HTTPError, httpx.InvalidURL):
            raise ErpError(Fault.AWAY if method == "GET" else Fault.UNKNOWN, wait=30) from None
        self._note(response)
        return response

    def _bounded(
        self, client: httpx.Client, method: str, path: str, more: Mapping[str, Any]
    ) -> httpx.Response:
        """The response with its body, read only so far: who answers without end is cut off."""
        auth = httpx.BasicAuth(self.email, self.token)
        stop_at = time.monotonic() + MOST_SECONDS
        watched = {"trace": self._watch}
        with client.stream(method, self.base + path, auth=auth, extensions=watched, **more) as response:
            body = bytearray()
            for chunk in response.iter_bytes():
                body += chunk
                self.heartbeat()
                if len(body) > MOST_BYTES or time.monotonic() > stop_at:
                    raise httpx.ReadError("too long an answer")
        return httpx.Response(
            response.status_code,
            headers=_plain(response.headers),
            content=bytes(body),
            request=response.request,
        )

    def _watch(self, event: str, told: Mapping[str, Any]) -> None:
        """Look once more, connected and with nothing said yet, whether this is still ours to say."""
        if event.endswith("send_request_headers.started"):
            self.heartbeat()

    def _note(self, response: httpx.Response) -> None:
        remaining = response.headers.get("X-Rate-Limit-Remaining", "")
        reset = response.headers.get("X-Rate-Limit-Reset", "")
        if response.status_code == 429:
            self.pace.note(remaining=0, reset_seconds=seconds_in(reset) or 60.0)
        elif is_count(remaining):
            self.pace.note(remaining=int(remaining), reset_seconds=seconds_in(reset))


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """The headers without what spoke of a body that is unpacked by now."""
    gone = ("content-encoding", "content-length", "transfer-encoding")
    return {name: value for name, value in headers.items() if name.lower() not in gone}


def _is_ours(told: Any) -> bool:
    return bool(orders_marked(texts_of(told)))


def _readable(
    read: Callable[[Any], Row], rows: Sequence[Any], must_read: Callable[[Any], bool]
) -> Iterator[Row]:
    for row in rows:
        try:
            yield read(row)
        except MISREAD as error:
            if must_read(row):
                raise ErpError(Fault.AWAY, str(error)[:200], wait=30) from None
