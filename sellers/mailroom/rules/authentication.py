"""Whether a mail's sender is proven, by what our own mail server wrote at its top (RFC 8601). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from sellers.mailroom.rules.addresses import domain_of, same_organisation
from sellers.mailroom.rules.results import FAILURES, METHODS, PASS, Result, Results, read_results

FAIL, NONE = "fail", "none"


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether the sender is proven (pass, fail, none), and by what."""

    verdict: str
    by: str


@dataclass(frozen=True, slots=True)
class Circumstances:
    """How a mail came: all that may speak for its sender but the header."""

    origin: str
    envelope_from: str = ""
    peer_is_local: bool = False
    authserv_id: str = ""
    at_home: bool = False
    """On one's own machine, where nobody else delivers mail."""


def judge(headers: Sequence[str], from_domain: str, seen: Circumstances) -> Judgement:
    """Whether the domain of From is proven; ``headers`` are Authentication-Results, topmost first.

    Our own server writes at the top: what stands below came with the mail.
    """
    told = [read_results(text) for text in headers]
    if seen.authserv_id:
        if not told or told[0].authserv_id != seen.authserv_id.lower():
            return Judgement(NONE, f"no word of {seen.authserv_id} at its top")
        return _by_header(told[0], from_domain)
    if seen.origin == "command":
        return _by_hand(told)
    if seen.at_home and seen.peer_is_local:
        return _at_home(told, from_domain, seen)
    return Judgement(NONE, "MAIL_AUTHSERV_ID is not set")


def _by_hand(told: Sequence[Results]) -> Judgement:
    if any(each.says_fail for each in told):
        return Judgement(FAIL, "a header of authentication says fail")
    if any(each.is_broken for each in told):
        return Judgement(NONE, "a header of authentication cannot be read")
    return Judgement(PASS, "handed in by hand")


def _at_home(told: Sequence[Results], from_domain: str, seen: Circumstances) -> Judgement:
    if told:
        forged = any(each.says_fail for each in told)
        return Judgement(FAIL if forged else NONE, "a foreign header of authentication")
    if same_organisation(domain_of(seen.envelope_from), from_domain):
        return Judgement(PASS, "delivered on this machine")
    return Judgement(NONE, "its envelope names another sender")


def _by_header(told: Results, from_domain: str) -> Judgement:
    if any(each.result in FAILURES for each in told.of("dmarc")):
        return Judgement(FAIL, "dmarc=fail")
    for method, domain_for in (("dmarc", _author), ("dkim", _signer), ("spf", _envelope)):
        for each in told.of(method):
            domain = domain_for(each)
            if each.result == PASS and same_organisation(domain, from_domain):
                return Judgement(PASS, f"{method}=pass ({domain})")
    return Judgement(FAIL if told.says_fail else NONE, _summary(told))


def _author(dmarc: Result) -> str:
    """The domain of From that a result of DMARC is about."""
    about = dmarc.about("header.from")
    return about.name or about.domain


def _signer(dkim: Result) -> str:
    """The domain that signed; whom the signature says it speaks for (header.i) is the signer's own word."""
    return dkim.about("header.d").name


def _envelope(spf: Result) -> str:
    """The domain of the envelope's sender, or of the server that greeted where the envelope names none."""
    sender = spf.about("smtp.mailfrom")
    if sender.quoted is None and sender.bare in ("", "<>"):
        return spf.about("smtp.helo").name
    return sender.domain


def _summary(told: Results) -> str:
    shown = [f"{each.method}={each.result}" for each in told.results if each.method in METHODS]
    return ", ".join(shown)[:160] or "nothing was checked"
