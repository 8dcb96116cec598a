"""Webhooks reach machines out on the internet, and no others."""

import socket
from typing import Any

import pytest
from django.conf import settings

from sellers.api import gateway
from sellers.api.rules import BadAddress, Fault, may_call, pause_after, read_target, sign
from tests.api.servers import ShopServer

PRIVATE = [
    "127.0.0.1",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",  # noqa: S104
    "224.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fd00::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "2001:db8::1",
]
PUBLIC = ["8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused_however_they_are_written(address: str) -> None:
    from ipaddress import ip_address

    assert not may_call(ip_address(address), local=False)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(BadAddress) as refusal:
        read_target(f"https://{host}/x", local=False)
    assert refusal.value.fault == Fault.PRIVATE


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_may_be_called(address: str) -> None:
    from ipaddress import ip_address

    assert may_call(ip_address(address), local=False)


def test_on_ones_own_machine_that_machine_may_be_called_and_no_other() -> None:
    assert read_target("http://127.0.0.1:8000/x", local=True).port == 8000
    assert read_target("http://localhost:8000/x", local=True).host == "localhost"
    for url in ("http://10.0.0.1/", "http://169.254.169.254/latest/meta-data/"):
        with pytest.raises(BadAddress):
            read_target(url, local=True)


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://shop.example/x", Fault.NOT_HTTPS),
        ("ftp://shop.example/x", Fault.NOT_HTTPS),
        ("file:///etc/passwd", Fault.NOT_HTTPS),
        ("shop.example/x", Fault.NOT_HTTPS),
        ("https://", Fault.NOT_A_URL),
        ("https:///x", Fault.NOT_A_URL),
        ("https://shop.example/a b", Fault.NOT_A_URL),
        ("https://shop.example/ž", Fault.NOT_A_URL),
        ("https://shop.example/\r\nHost: x", Fault.NOT_A_URL),
        ("https://shop.example:99999/", Fault.NOT_A_URL),
        ("https://[::1", Fault.NOT_A_URL),
        ("https://shop..example/", Fault.NOT_A_URL),
        ("https://me:secret@shop.example/", Fault.HAS_LOGIN),
        ("https://shop.example:25/", Fault.PORT),
        ("https://shop.example:80/", Fault.PORT),
        ("https://localhost/", Fault.PRIVATE),
        ("https://LOCALHOST./", Fault.PRIVATE),
        ("https://db/", Fault.PRIVATE),
        ("https://printer.local/", Fault.PRIVATE),
        ("https://vault.internal/", Fault.PRIVATE),
    ],
)
def test_addresses_no_webhook_may_have_are_refused_by_name(url: str, fault: Fault) -> None:
    with pytest.raises(BadAddress) as refusal:
        read_target(url, local=False)

    assert refusal.value.fault == fault


def test_an_address_is_read_as_certificates_spell_it() -> None:
    target = read_target("https://obchůdek.example:8443?shop=1", local=False)

    assert (target.host, target.port, target.path) == ("xn--obchdek-0tb.example", 8443, "/?shop=1")
    assert target.authority == "xn--obchdek-0tb.example:8443"


class Names:
    """A name server that answers one address after the other, and counts how often it is asked."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers, self.asked = list(answers), 0

    def __call__(self, host: str, port: int, **kwargs: Any) -> list[Any]:
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]


def call(url: str, *, local: bool = False, seconds: float = 2.0) -> gateway.Answer:
    target = read_target(url, local=local)
    return gateway.post(target, body=b"{}", headers={}, local=local, seconds=seconds)


@pytest.mark.parametrize("meant", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["169.254.169.254"]])
def test_a_name_that_stands_for_a_private_address_is_refused(
    meant: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(meant))

    with pytest.raises(BadAddress) as refusal:
        call("https://shop.example/")

    assert refusal.value.fault == Fault.PRIVATE


def test_a_name_that_means_another_machine_a_moment_later_gains_nothing(
    monkeypatch: pytest.MonkeyPatch, shop: ShopServer
) -> None:
    names = Names(["192.88.98.1"], ["127.0.0.1"])
    reached: list[Any] = []

    def connect(wire: socket.socket, address: Any) -> None:
        reached.append(address)
        raise ConnectionRefusedError("nobody is there")

    monkeypatch.setattr(socket, "getaddrinfo", names)
    monkeypatch.setattr(socket.socket, "connect", connect)

    with pytest.raises(gateway.Unanswered):
        call(f"https://shop.example:{shop.port}/")

    assert names.asked == 1
    assert reached == [("192.88.98.1", shop.port)]
    assert shop.received == []


def test_the_name_goes_along_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, shop: ShopServer
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", Names(["127.0.0.1"]))

    assert call(f"http://shop.example:{shop.port}/in?x=1", local=True).status == 200

    (request,) = shop.received
    assert request.headers["Host"] == f"shop.example:{shop.port}"
    assert request.path == "/in?x=1"


def test_a_name_nobody_knows_is_told_as_that(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: Any, **kwargs: Any) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    with pytest.raises(BadAddress) as refusal:
        call("https://shop.example/")

    assert refusal.value.fault == Fault.UNKNOWN


def test_proxies_of_the_environment_are_not_asked(monkeypatch: pytest.MonkeyPatch, shop: ShopServer) -> None:
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")

    assert call(shop.url, local=True).status == 200


def test_pauses_grow_and_end_within_a_day() -> None:
    pauses: list[float] = []
    while (pause := pause_after(len(pauses) + 1)) is not None:
        pauses.append(pause.total_seconds())

    assert pauses == sorted(pauses)
    assert len(pauses) == 9
    assert sum(pauses) < 24 * 3600


def test_the_signature_is_the_one_the_guide_shows() -> None:
    header = sign("whsec_example", b'{"event":"test"}', at=1793700000)

    assert header == ("t=1793700000,v1=71d870e5422940d718154ad8ba423205add4cde437defcc61fc86425f95b1f8d")
    assert f"Saldo-Signature: {header}\n" in (settings.BASE_DIR / "docs" / "api.md").read_text()
