"""A stranger's webhook receiver on a free port: answers challenges and keeps what it was sent."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

SECRET = "consumer-secret"
VERIFY = "my-verify-token"


@dataclass
class Got:
    """One delivery: lower-case headers and the raw body."""

    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    def signed(self, secret: str = SECRET) -> bool:
        """Whether the platform's documented signature fits these bytes."""
        key = secret.encode()
        if "tiktok-signature" in self.headers:
            parts = dict(p.split("=", 1) for p in self.headers["tiktok-signature"].split(","))
            told = hmac.new(key, f"{parts['t']}.".encode() + self.raw, hashlib.sha256).hexdigest()
            return parts["s"] == told
        digest = hmac.new(key, self.raw, hashlib.sha256)
        if "x-hub-signature-256" in self.headers:
            return self.headers["x-hub-signature-256"] == f"sha256={digest.hexdigest()}"
        told = base64.b64encode(digest.digest()).decode()
        return self.headers["x-twitter-webhooks-signature"] == f"sha256={told}"


@dataclass
class Receiver:
    """`statuses` are answered in turn, then 200; `proves` turns the answers to challenges off."""

    port: int = 0
    got: list[Got] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    challenges: list[dict[str, str]] = field(default_factory=list)
    proves: bool = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def answer(self, query: dict[str, str]) -> str:
        """X's proof of the secret, or Instagram's echo."""
        self.challenges.append(query)
        if not self.proves:
            return "no"
        if "crc_token" in query:
            digest = hmac.new(SECRET.encode(), query["crc_token"].encode(), hashlib.sha256)
            return json.dumps(
                {"response_token": f"sha256={base64.b64encode(digest.digest()).decode()}"},
                separators=(",", ":"),
            )
        return query["hub.challenge"] if query["hub.verify_token"] == VERIFY else "no"


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens while the block runs."""
    receiver = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
            self._reply(200, receiver.answer(query).encode())

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append(Got(headers, raw))
            self._reply(receiver.statuses.pop(0) if receiver.statuses else 200, b"ok")

        def _reply(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
