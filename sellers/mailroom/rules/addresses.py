"""Addresses of mail: their shape, their domains, and which domains belong together. Pure."""

import re
from functools import cache
from typing import Any

import idna

ADDRESS = re.compile(
    r"[^\s<>,;:\"()\[\]\\@\x00-\x1f\x7f]{1,64}@(?:[^\s<>,;:\"()\[\]\\@.\x00-\x1f\x7f]{1,63}\.)+"
    r"[^\s<>,;:\"()\[\]\\@.\x00-\x1f\x7f]{2,63}"
)
LONGEST = 254

PUBLIC_PROVIDERS = frozenset(
    (
        *("gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "msn.com", "outlook.es"),
        *(
            "hotmail.es",
            "yahoo.com",
            "yahoo.es",
            "yahoo.com.mx",
            "icloud.com",
            "me.com",
            "aol.com",
            "gmx.com",
        ),
        *("gmx.net", "proton.me", "protonmail.com", "zoho.com", "yandex.com", "mail.com", "mail.ru"),
        *("seznam.cz", "email.cz", "post.cz", "centrum.cz", "centrum.sk", "azet.sk", "zoznam.sk", "wp.pl"),
        *("o2.pl", "onet.pl", "interia.pl", "gazeta.pl", "freemail.hu", "citromail.hu", "indamail.hu"),
        *("yahoo.ro", "prodigy.net.mx", "terra.com.pe", "speedy.com.pe"),
    )
)
"""Everybody may have an address there, so such a domain ties to nobody."""


def normal(address: str) -> str:
    """An address as it is compared: without blanks and angle brackets, in lower case; "" if it is none."""
    bare = address.strip().removeprefix("<").removesuffix(">").strip().lower()
    return bare if len(bare) <= LONGEST and ADDRESS.fullmatch(bare) else ""


def base(address: str) -> str:
    """An address without what follows a plus: ``receipts+3003@shop.example`` comes to ``receipts@``."""
    local, at, domain = normal(address).partition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def domain_of(address: str) -> str:
    """The domain of an address, in lower case."""
    return address.rpartition("@")[2].strip(" .<>").lower()


def same_organisation(one: str, other: str) -> bool:
    """Whether two domains are one, or belong to one owner ("relaxed alignment")."""
    one, other = in_ascii(one), in_ascii(other)
    return bool(one) and bool(other) and (one == other or organisation(one) == organisation(other) != "")


def organisation(domain: str) -> str:
    """The part of a domain that somebody registered; "" where everybody may register below it."""
    return _suffixes().privatesuffix(in_ascii(domain)) or ""


def is_public(domain: str) -> bool:
    """Whether addresses of a domain are open to everybody."""
    return domain in PUBLIC_PROVIDERS or not organisation(domain)


def in_ascii(domain: str) -> str:
    """A domain as it is looked up (IDNA 2008): straße.example and strasse.example are two."""
    if domain.isascii():
        return domain.lower()
    try:
        return idna.encode(domain, uts46=True).decode()
    except UnicodeError:  # no domain that can be
        return domain


@cache
def _suffixes() -> Any:
    """The list of public suffixes that comes with the library; nothing is fetched."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
