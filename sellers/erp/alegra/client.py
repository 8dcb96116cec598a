"""Alegra's wire: one request at a time, within its rate limit, each failure told by what may be done next."""

import base64
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar
from urllib.parse import quote

import httpx

from sellers.erp.alegra.reading import (
    Misread,
    after,
    choice_of,
    company_of,
    contact_of,
    error_code,
    error_text,
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

MISREAD = (Misread, ValueError, KeyError, TypeError)
EXISTS_CODE = "2006"
"""What Alegra says of a contact whose document another contact has."""

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
        return _read(company_of, self._get("/company"))

    def offer(self) -> Offer:
        """What there is to choose from; what the plan does not have is named, not raised."""
        missing: list[str] = []

        def some(path: str, read: Callable[[Any], Row]) -> tuple[Row, ...]:
            try:
                return tuple(row for page in self._pages(path, offered(read)) for row in page.rows)
            except ErpError as error:
                if error.fault != Fault.PLAN:
                    raise
                missing.append(path.strip("/"))
                return ()

        lists: tuple[Choice, ...] = some("/price-lists", choice_of)
        warehouses: tuple[Choice, ...] = some("/warehouses", choice_of)
        taxes: tuple[Tax, ...] = some("/taxes", tax_of)
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
        response = self._send("GET", f"/invoices/{quote(invoice_id, safe='')}", params={"fields": "pdf"})
        if response.status_code in (400, 404):
            return None
        return _read(made_of, _checked(response, wrote=False))

    def create_contact(self, buyer: Buyer) -> Contact:
        """Make a contact."""
        return _read(contact_of, self._post("/contacts", contact_json(buyer)), wrote=True)

    def create_invoice(self, invoice: Invoice) -> Made:
        """Make an invoice; twice makes two."""
        return _read(made_of, self._post("/invoices", invoice_json(invoice)), wrote=True)

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
        and one page is read once more: so nothing that stays is passed over.
        """
        last: Any = None
        for _page in range(MOST_PAGES):
            begin = max(0, start - 1) if last is not None else start
            told = _read(rows_of, self._list(path, begin, order))
            fresh = after(told, last)
            if fresh is None:
                start, last = max(0, start - PAGE), None
                continue
            start = begin + len(told)
            yield Page(list(_readable(read, fresh, must_read)), start)
            if len(told) < PAGE:
                return
            last = id_in(told[-1])

    def _list(self, path: str, start: int, order: str) -> Any:
        """A page, in the order asked for; where that is refused, as the list stands."""
        asked = {"start": start, "limit": PAGE}
        ordered = {**asked, "order_field": "id", "order_direction": order} if order else asked
        try:
            return self._get(path, ordered)
        except ErpError as error:
            if not order or error.fault != Fault.REFUSED:
                raise
        return self._get(path, asked)

    def _get(self, path: str, asked: Mapping[str, Any] | None = None) -> Any:
        return _checked(self._send("GET", path, params=dict(asked or {})), wrote=False)

    def _post(self, path: str, value: Mapping[str, Any]) -> Any:
        return _checked(self._send("POST", path, json=dict(value)), wrote=True)

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
        with client.stream(method, self.base + path, auth=auth, **more) as response:
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

    def _note(self, response: httpx.Response) -> None:
        remaining = response.headers.get("X-Rate-Limit-Remaining", "")
        reset = response.headers.get("X-Rate-Limit-Reset", "")
        if response.status_code == 429:
            self.pace.note(remaining=0, reset_seconds=_seconds(reset) or 60.0)
        elif _is_count(remaining):
            self.pace.note(remaining=int(remaining), reset_seconds=_seconds(reset))


def _plain(headers: httpx.Headers) -> dict[str, str]:
    """The headers without what spoke of a body that is unpacked by now."""
    gone = ("content-encoding", "content-length", "transfer-encoding")
    return {name: value for name, value in headers.items() if name.lower() not in gone}


def _checked(response: httpx.Response, *, wrote: bool) -> Any:
    """The answer's value, judged by its status alone: also success may speak of an error.

    :raises ErpError: if it is no success, or no JSON.
    """
    status = response.status_code
    if 200 <= status < 300:
        try:
            return response.json()
        except (ValueError, RecursionError):
            raise ErpError(Fault.UNKNOWN if wrote else Fault.AWAY, wait=30) from None
    raise ErpError(_fault(response, wrote=wrote), _words(response), wait=_wait(response))


def _fault(response: httpx.Response, *, wrote: bool) -> Fault:
    status = response.status_code
    if status == 401:
        return Fault.UNAUTHORISED
    if status in (402, 403):
        return Fault.PLAN
    if status == 429:
        return Fault.BUSY
    if status >= 500 or status == 408:
        return Fault.UNKNOWN if wrote else Fault.AWAY
    return Fault.EXISTS if wrote and _said(response, error_code) == EXISTS_CODE else Fault.REFUSED


def _wait(response: httpx.Response) -> float:
    if response.status_code == 429:
        return _seconds(response.headers.get("X-Rate-Limit-Reset", "")) or 60.0
    return 30.0 if response.status_code >= 500 else 0.0


def _words(response: httpx.Response) -> str:
    """What an error says; should it repeat the credentials, not these."""
    said = _said(response, error_text)
    sent = response.request.headers.get("Authorization", "").removeprefix("Basic ")
    secrets = [sent, *base64.b64decode(sent).decode(errors="replace").partition(":")[2:]]
    for secret in filter(None, secrets):
        said = said.replace(secret, "…")
    return said


def _said(response: httpx.Response, read: Callable[[Any], str]) -> str:
    try:
        return read(response.json())
    except (ValueError, RecursionError):
        return ""


def _seconds(text: str) -> float:
    return min(float(text), 3600.0) if _is_count(text.strip()) else 0.0


def _is_count(text: str) -> bool:
    """Whether a header holds a number, and no more than can be kept of it."""
    return text.isascii() and text.isdigit() and len(text) <= 9


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


def _read(read: Callable[[Any], Row], told: Any, *, wrote: bool = False) -> Row:
    """A value read; one that is not as it should be leaves open what was done."""
    try:
        return read(told)
    except MISREAD as error:
        raise ErpError(Fault.UNKNOWN if wrote else Fault.AWAY, str(error)[:200], wait=30) from None
