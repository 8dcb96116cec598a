"""Reading an Authentication-Results header as its grammar says (RFC 8601), and nothing beside it. Pure.

Part of such a header is what a stranger wrote: the envelope's sender, a comment on it. So it is read sign by
sign from its beginning; one that cannot be read to its end counts as none.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sellers.mailroom.rules.addresses import domain_of

LONGEST = 16_384
FAILURES = ("fail", "hardfail", "softfail")
METHODS = ("dmarc", "dkim", "spf")
PASS = "pass"  # noqa: S105 - a verdict

BLANKS = " \t\r\n"
END_OF_VALUE = BLANKS + ";("
KEY = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
VERSION = re.compile(r"[0-9]{1,4}")
QUOTED = re.compile(r'"((?:[^"\\\x00-\x1f\x7f]|\\[^\x00-\x1f\x7f])*)"')
BARE = re.compile(r'[^ \t\r\n;()"\\\x00-\x1f\x7f]*')
AT_DOMAIN = re.compile(r"@[^ \t\r\n;()\"\\@\x00-\x1f\x7f]+")
COMMENT_SIGN = re.compile(r'\\.|[()"]', re.S)
HOST = re.compile(r"[^\s@.,:<>=\"/\[\]]+(?:\.[^\s@.,:<>=\"/\[\]]+)+")


class Unreadable(Exception):
    """A header does not keep to the grammar."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a property says: in ``bare`` the signs outside quotes, in ``quoted`` those within."""

    bare: str = ""
    quoted: str | None = None

    @property
    def domain(self) -> str:
        """The domain of an address, or the domain it is; what stands in quotes is no part of it."""
        return _host(domain_of(self.bare) if "@" in self.bare else "" if self.quoted else self.bare)

    @property
    def name(self) -> str:
        """The domain it is, quoted or not; an address is none."""
        return _host(self.bare if self.quoted is None else self.quoted if not self.bare else "")


@dataclass(frozen=True, slots=True)
class Result:
    """One method's result and the properties it rests on."""

    method: str
    result: str
    properties: dict[str, Value] = field(default_factory=dict)

    def about(self, name: str) -> Value:
        """What it says of a property; nothing where it does not name it."""
        return self.properties.get(name, Value())


@dataclass(frozen=True, slots=True)
class Results:
    """One Authentication-Results header: who says it, and what; nothing at all if it cannot be read."""

    authserv_id: str
    results: tuple[Result, ...] = ()
    is_broken: bool = False

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


def read_results(text: str) -> Results:
    """What an Authentication-Results header says."""
    try:
        if len(text) > LONGEST:
            raise Unreadable
        return _Reader(text).header()
    except Unreadable:
        return Results("", is_broken=True)


def _host(text: str) -> str:
    return text.lower() if HOST.fullmatch(text) else ""


class _Reader:
    """Reads a header from its beginning to its end."""

    def __init__(self, text: str) -> None:
        self._text, self._place = text, 0

    def header(self) -> Results:
        self._skip()
        told = self._value()
        self._skip()
        self._take(VERSION)
        self._skip()
        results = []
        while self._place < len(self._text):
            self._expect(";")
            self._skip()
            if not self._at_end_of_part():
                results += self._result()
        name = told.bare if told.quoted is None else told.quoted
        return Results(name.lower(), tuple(results))

    def _result(self) -> list[Result]:
        """One method's result; "none" alone is none."""
        method = self._key()
        self._skip()
        if method == "none" and self._at_end_of_part():
            return []
        if self._sign() == "/":
            self._place += 1
            self._skip()
            self._take(VERSION)
            self._skip()
        self._expect("=")
        self._skip()
        result = self._key()
        self._check_end_of_value()
        self._skip()
        return [Result(method, result, dict(self._properties()))]

    def _properties(self) -> Iterator[tuple[str, Value]]:
        seen: set[str] = set()
        while not self._at_end_of_part():
            name = self._key()
            self._skip()
            self._expect("=")
            self._skip()
            value = self._value()
            self._skip()
            if "." in name and name in seen:
                raise Unreadable
            seen.add(name)
            yield name, value

    def _value(self) -> Value:
        """A token, a quoted string, or an address whose local part is one."""
        if self._sign() != '"':
            value = Value(self._take(BARE))
        else:
            quoted = QUOTED.match(self._text, self._place)
            if quoted is None:
                raise Unreadable
            self._place = quoted.end()
            value = Value(self._take(AT_DOMAIN), quoted[1])
        self._check_end_of_value()
        return value

    def _check_end_of_value(self) -> None:
        if self._sign() not in ("", *END_OF_VALUE):
            raise Unreadable

    def _key(self) -> str:
        found = self._take(KEY)
        if not found:
            raise Unreadable
        return found.lower()

    def _expect(self, sign: str) -> None:
        if self._sign() != sign:
            raise Unreadable
        self._place += 1

    def _take(self, wanted: re.Pattern[str]) -> str:
        found = wanted.match(self._text, self._place)
        if found is None:
            return ""
        self._place = found.end()
        return found[0]

    def _sign(self) -> str:
        return self._text[self._place : self._place + 1]

    def _at_end_of_part(self) -> bool:
        return self._sign() in ("", ";")

    def _skip(self) -> None:
        """Go on behind blanks and comments."""
        while self._sign() and self._sign() in BLANKS + "(":
            if self._sign() == "(":
                self._skip_comment()
            else:
                self._place += 1

    def _skip_comment(self) -> None:
        """Go on behind a comment, however nested. One with half a pair of quotes is broken: that is how a
        quoted address ends it before its end.
        """
        depth = quotes = 0
        for found in COMMENT_SIGN.finditer(self._text, self._place):
            depth += {"(": 1, ")": -1}.get(found[0], 0)
            quotes += found[0] == '"'
            if not depth:
                break
        else:
            raise Unreadable
        if quotes % 2:
            raise Unreadable
        self._place = found.end()
