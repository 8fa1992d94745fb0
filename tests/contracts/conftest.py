"""One sandbox for all contracts (accounts keep them apart), and media on the loopback."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.contracts.connector import FILM, PICTURE
from tests.sandbox.conftest import Sandbox


class _Picture(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        content = FILM if self.path.endswith(".mp4") else PICTURE
        self.send_response(200)
        self.send_header("content-length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        return None


@pytest.fixture(scope="session")
def picture_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Picture)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/picture.jpg"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def shared_box(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    home: Path = tmp_path_factory.mktemp("contracts") / "home"
    box = Sandbox(home)
    yield box
    box.close()
