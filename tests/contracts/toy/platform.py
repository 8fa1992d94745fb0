"""Toy itself: a server on the loopback that keeps posts, and breaks when it is told to.

Each real host is a path prefix, as in the platform sandbox.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "secret"  # what an account of the pipeline's tests holds


class Toy:
    """The platform's memory. `breaks`: how many of the next writes lose their answer."""

    def __init__(self) -> None:
        self.posts: dict[str, str] = {}
        self.keys: dict[str, str] = {}
        self.calls: list[str] = []
        self.breaks = 0
        self.url = ""

    def answer(self, name: str, key: str, body: dict[str, str]) -> tuple[int, object]:
        """What Toy does and says."""
        method, _, path = name.partition(" /api.toy.example")
        match method, path:
            case "POST", "/token":
                return 200, {"access_token": TOKEN}
            case "GET", "/me":
                return 200, {"id": "1", "handle": "studio0"}
            case "GET", "/posts":
                told = [{"id": i, "text": t} for i, t in self.posts.items()]
                return 200, {"posts": told[:-51:-1]}
            case "POST", "/posts":
                return self._publish(key, body.get("text", ""))
            case "DELETE", _ if self.posts.pop(path.removeprefix("/posts/"), None) is not None:
                return 200, {"deleted": path.removeprefix("/posts/")}
            case _:
                return 404, {"error": "no_such_post"}

    def _publish(self, key: str, words: str) -> tuple[int, object]:
        if len(words) > 100:
            return 400, {"error": "too_long"}
        post_id = self.keys.setdefault(key, str(len(self.keys) + 1))
        self.posts[post_id] = words
        return 201, {"id": post_id}


@contextmanager
def running() -> Iterator[Toy]:
    """Toy on a free port of the loopback."""
    toy = Toy()

    class _Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            size = int(self.headers.get("content-length") or 0)
            body = json.loads(self.rfile.read(size) or b"{}")
            name = f"{self.command} {self.path}"
            toy.calls.append(name)
            key = self.headers.get("idempotency-key", "")
            if key and self.headers.get("authorization") != f"Bearer {TOKEN}":
                return self._say(401, {"error": "no_token"})
            status, told = toy.answer(name, key, body)
            if key and toy.breaks > 0:
                toy.breaks -= 1
                status, told = 502, {}
            return self._say(status, told)

        def _say(self, status: int, told: object) -> None:
            raw = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        do_GET = do_POST = do_DELETE = _handle

        def log_message(self, format: str, *args: object) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    toy.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield toy
    finally:
        server.shutdown()
        server.server_close()
