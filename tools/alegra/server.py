"""The wire: HTTP in, HTTP out, and the faults that happen on the way."""

import json
import socket
from collections.abc import Mapping
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tools.alegra.control import Control
from tools.alegra.files import PREFIX, draw_file
from tools.alegra.service import Emulator, Outcome
from tools.alegra.wire import Answer, Request

LONGEST = 1_000_000
DRIPS = 20


class Server(ThreadingHTTPServer):
    """Listens on this machine only, a thread for each connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, emulator: Emulator, control: Control) -> None:
        self.emulator, self.control = emulator, control
        super().__init__(("127.0.0.1", port), Handler)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def stop(self) -> None:
        """Let go of hanging requests, and end."""
        self.emulator.stopping.set()
        self.shutdown()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: Server
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 300

    def do_GET(self) -> None:
        """Answer whatever the method."""
        request = self._request()
        if request.path.startswith("/_control"):
            self._send(self.server.control.answer(request))
        elif request.path.startswith(PREFIX):
            self._write(200, draw_file(request.path), "application/pdf")
        else:
            self._suffer(self.server.emulator.answer(request))

    def do_POST(self) -> None:
        """Answer as if it were a GET: the emulator looks at the method."""
        self.do_GET()

    def do_PUT(self) -> None:
        """Answer as if it were a GET."""
        self.do_GET()

    def do_PATCH(self) -> None:
        """Answer as if it were a GET."""
        self.do_GET()

    def do_DELETE(self) -> None:
        """Answer as if it were a GET."""
        self.do_GET()

    def _request(self) -> Request:
        length = int(self.headers.get("Content-Length") or 0)
        if length > LONGEST:
            self.close_connection = True
        parts = urlsplit(self.path)
        return Request(
            method=self.command,
            path=parts.path,
            query=dict(parse_qsl(parts.query, keep_blank_values=True)),
            headers={name.title(): value for name, value in self.headers.items()},
            raw=self.rfile.read(min(length, LONGEST)),
            base=self.server.address,
        )

    def _suffer(self, outcome: Outcome) -> None:
        """Send an answer, or what its fault leaves of it."""
        kind = outcome.fault.kind if outcome.fault else ""
        body = outcome.answer.encoded()
        if kind in ("lost", "refused"):
            self._hang_up()
        elif kind in ("html", "html_after"):
            self._write(502, str(outcome.answer.body).encode(), "text/html; charset=utf-8")
        elif kind == "truncated":
            self._write(outcome.answer.status, body, sent=len(body) // 2, headers=outcome.answer.headers)
            self._hang_up()
        elif kind == "wrong_json":
            garbled = body[: len(body) * 2 // 3] + b",}"
            self._write(outcome.answer.status, garbled, headers=outcome.answer.headers)
        elif kind == "drip" and outcome.fault:
            self._drip(outcome.answer, outcome.fault.seconds)
        else:
            self._send(outcome.answer)

    def _send(self, answer: Answer) -> None:
        self._write(answer.status, answer.encoded(), headers=answer.headers)

    def _write(
        self,
        status: int,
        body: bytes,
        kind: str = "application/json",
        *,
        headers: Mapping[str, str] | None = None,
        sent: int | None = None,
    ) -> None:
        with suppress(ConnectionError):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body[:sent])

    def _drip(self, answer: Answer, seconds: float) -> None:
        body = answer.encoded()
        self._write(answer.status, body, headers=answer.headers, sent=0)
        size = max(len(body) // DRIPS, 1)
        with suppress(ConnectionError):
            for start in range(0, len(body), size):
                self.server.emulator.stopping.wait(seconds / DRIPS)
                self.wfile.write(body[start : start + size])

    def _hang_up(self) -> None:
        self.close_connection = True
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Keep quiet: the control address counts what came."""


def ready_line(server: Server, token: str) -> str:
    """Return what a parent process reads once the emulator listens."""
    return json.dumps(
        {"url": f"{server.address}/api/v1", "control": f"{server.address}/_control", "token": token}
    )
