"""What Alegra's answers mean: values, or why there is none, by what may be done next."""

import base64
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import httpx

from sellers.erp.alegra.reading import Misread, error_code, error_text
from sellers.erp.port import ErpError, Fault

MISREAD = (Misread, ValueError, KeyError, TypeError)
EXISTS_CODE = "2006"
"""What Alegra says of a contact whose document another contact has."""

LONGEST_WORDS = 300

Value = TypeVar("Value")


def checked(response: httpx.Response, *, wrote: bool) -> Any:
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
        return seconds_in(response.headers.get("X-Rate-Limit-Reset", "")) or 60.0
    return 30.0 if response.status_code >= 500 else 0.0


def stamp_refusal(told: Any, *, secrets: Iterable[str] = ()) -> str:
    """What is said of the one invoice that was to be stamped and was not; "" where nothing is."""
    rows = told.get("data", told) if isinstance(told, Mapping) else told
    one = rows[0] if isinstance(rows, list) and rows else rows
    if not isinstance(one, Mapping) or one.get("success") in (True, "true"):
        return ""
    return _without(error_text(one), secrets)


def secrets_of(email: str, token: str) -> tuple[str, str]:
    """What must be told nowhere: the token, and the credentials as they are sent."""
    return base64.b64encode(f"{email}:{token}".encode()).decode(), token


def _words(response: httpx.Response) -> str:
    """What an error says; should it repeat the credentials, not these."""
    sent = response.request.headers.get("Authorization", "").removeprefix("Basic ")
    _email, _colon, token = base64.b64decode(sent).decode(errors="replace").partition(":")
    return _without(_said(response, error_text), (sent, token))


def _without(said: str, secrets: Iterable[str]) -> str:
    """Words without secrets; cut only then, lest a part of one be left."""
    for secret in filter(None, secrets):
        said = said.replace(secret, "…")
    return said[:LONGEST_WORDS]


def _said(response: httpx.Response, read: Callable[[Any], str]) -> str:
    try:
        return read(response.json())
    except (ValueError, RecursionError):
        return ""


def seconds_in(text: str) -> float:
    """Seconds as a header tells them; none where it tells something else."""
    return min(float(text), 3600.0) if is_count(text.strip()) else 0.0


def is_count(text: str) -> bool:
    """Whether a header holds a number, and no more than can be kept of it."""
    return text.isascii() and text.isdigit() and len(text) <= 9


def read_value(read: Callable[[Any], Value], told: Any, *, wrote: bool = False) -> Value:
    """A value read; one that is not as it should be leaves open what was done."""
    try:
        return read(told)
    except MISREAD as error:
        raise ErpError(Fault.UNKNOWN if wrote else Fault.AWAY, str(error)[:200], wait=30) from None
