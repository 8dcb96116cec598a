"""Whether a mail's sender is proven, by what our own mail server wrote at its top (RFC 8601). Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from sellers.mailroom.rules.addresses import domain_of, same_organisation

LONGEST = 16_384
FAILURES = ("fail", "hardfail", "softfail")
METHODS = ("dmarc", "dkim", "spf")
PASS, FAIL, NONE = "pass", "fail", "none"


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result and the properties it rests on."""

    method: str
    result: str
    properties: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Results:
    """One Authentication-Results header: who says it, and what."""

    authserv_id: str
    results: tuple[Result, ...] = ()

    def of(self, method: str) -> Iterator[Result]:
        """The results of a method."""
        return (each for each in self.results if each.method == method)

    @property
    def says_fail(self) -> bool:
        """Whether it says that the sender is forged."""
        dmarc = [each.result for each in self.of("dmarc")]
        if PASS in dmarc:
            return False
        return any(each.result in FAILURES for each in self.results if each.method in METHODS)


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
    """Whether the domain of From is proven; ``headers`` are Authentication-Results, topmost first."""
    told = [read_results(text) for text in headers]
    if seen.authserv_id:
        ours = next((each for each in told if each.authserv_id == seen.authserv_id.lower()), None)
        return _by_header(ours, from_domain) if ours else Judgement(NONE, f"no word of {seen.authserv_id}")
    if seen.origin == "command":
        if any(each.says_fail for each in told):
            return Judgement(FAIL, "a header of authentication says fail")
        return Judgement(PASS, "handed in by hand")
    if seen.at_home and seen.peer_is_local:
        return _at_home(told, from_domain, seen)
    return Judgement(NONE, "MAIL_AUTHSERV_ID is not set")


def _at_home(told: Sequence[Results], from_domain: str, seen: Circumstances) -> Judgement:
    if told:
        forged = any(each.says_fail for each in told)
        return Judgement(FAIL if forged else NONE, "a foreign header of authentication")
    if same_organisation(domain_of(seen.envelope_from), from_domain):
        return Judgement(PASS, "delivered on this machine")
    return Judgement(NONE, "its envelope names another sender")


def _by_header(told: Results, from_domain: str) -> Judgement:
    dmarc = list(told.of("dmarc"))
    if any(each.result in FAILURES for each in dmarc):
        return Judgement(FAIL, "dmarc=fail")
    if any(each.result == PASS and _names(each, from_domain) for each in dmarc):
        return Judgement(PASS, "dmarc=pass")
    for method, properties in (("dkim", ("header.d", "header.i")), ("spf", ("smtp.mailfrom",))):
        for each in told.of(method):
            domains = [domain_of(each.properties[name]) for name in properties if name in each.properties]
            if each.result == PASS and any(same_organisation(domain, from_domain) for domain in domains):
                return Judgement(PASS, f"{method}=pass ({domains[0]})")
    return Judgement(FAIL if told.says_fail else NONE, _summary(told))


def _names(result: Result, from_domain: str) -> bool:
    """Whether a pass of DMARC is about the From we read."""
    about = result.properties.get("header.from", "")
    return not about or same_organisation(domain_of(about), from_domain)


def _summary(told: Results) -> str:
    shown = [f"{each.method}={each.result}" for each in told.results if each.method in METHODS]
    return ", ".join(shown)[:160] or "nothing was checked"


def read_results(text: str) -> Results:
    """What an Authentication-Results header says; comments are left out, quotes taken off."""
    first, *rest = _split(_without_comments(text[:LONGEST]))
    words = first.split()
    return Results(words[0].lower() if words else "", tuple(_results(rest)))


def _results(parts: Iterable[str]) -> Iterator[Result]:
    for part in parts:
        found = re.match(r"\s*([A-Za-z0-9-]+)(?:\s*/\s*[0-9]+)?\s*=\s*([A-Za-z0-9-]+)", part)
        if found is None:
            continue
        named = re.findall(r"([A-Za-z0-9-]+\.[A-Za-z0-9_-]+)\s*=\s*(\"[^\"]*\"|[^\s;]+)", part[found.end() :])
        properties: dict[str, str] = {}
        for name, value in named:
            properties.setdefault(name.lower(), value.strip('"').lower())
        yield Result(found[1].lower(), found[2].lower(), properties)


def _split(text: str) -> list[str]:
    """The parts between semicolons that no quotes hold."""
    parts, quoted, start = [], False, 0
    for place, sign in enumerate(text):
        if sign == '"':
            quoted = not quoted
        elif sign == ";" and not quoted:
            parts.append(text[start:place])
            start = place + 1
    return [*parts, text[start:]]


def _without_comments(text: str) -> str:
    """A header without what stands in brackets, however nested."""
    kept, depth, quoted, escaped = [], 0, False, False
    for sign in text:
        if escaped:
            escaped = False
            continue
        if sign == "\\":
            escaped = True
        elif sign == '"' and not depth:
            quoted = not quoted
            kept.append(sign)
        elif sign == "(" and not quoted:
            depth += 1
        elif sign == ")" and depth:
            depth -= 1
            kept.append(" ")
        elif not depth:
            kept.append(sign)
    return "".join(kept)
