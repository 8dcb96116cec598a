"""A seller's own server, on this machine: it keeps what it is sent and answers what it is told to."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass
class Received:
    """One request as it came in."""

    path: str
    headers: dict[str, str]
    body: bytes

    def told(self) -> dict[str, Any]:
        value: dict[str, Any] = json.loads(self.body)
        return value


@dataclass
class ShopServer:
    """What came in, and what is answered: a status, a body, headers, or whatever ``act`` does instead."""

    url: str = ""
    port: int = 0
    status: int = 200
    body: bytes = b"ok"
    headers: dict[str, str] = field(default_factory=dict)
    act: Callable[[BaseHTTPRequestHandler], None] | None = None
    received: list[Received] = field(default_factory=list)

    def told(self) -> list[dict[str, Any]]:
        return [each.told() for each in self.received]


def _handler(shop: ShopServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            shop.received.append(Received(self.path, dict(self.headers), body))
            if shop.act is not None:
                return shop.act(self)
            self.send_response(shop.status)
            for name, value in shop.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(shop.body)))
            self.end_headers()
            self.wfile.write(shop.body)
            return None

        do_GET = do_POST  # noqa: N815 whoever follows a redirect is seen

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    return Handler


@contextmanager
def shop_server(*, certificate: Path | None = None) -> Iterator[ShopServer]:
    """Run such a server until the block ends; with a certificate it speaks TLS."""
    shop = ShopServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(shop))
    server.daemon_threads = True
    server.block_on_close = False
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    shop.port = server.server_address[1]
    shop.url = f"{'https' if certificate else 'http'}://127.0.0.1:{shop.port}/orders?shop=1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield shop
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def drip(request: BaseHTTPRequestHandler) -> None:
    """Answer a byte every tenth of a second, for ever."""
    request.wfile.write(b"HTTP/1.1 200 OK\r\nX-Drip: ")
    try:
        while True:
            request.wfile.write(b"x")
            request.wfile.flush()
            time.sleep(0.1)
    except OSError:
        request.close_connection = True


def say_nothing(request: BaseHTTPRequestHandler) -> None:
    """Take the request and answer nothing until the other side hangs up."""
    request.connection.recv(1)
    request.close_connection = True
