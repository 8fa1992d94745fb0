"""A real sandbox process on a free port, with a home of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

SRC = Path(__file__).resolve().parents[2] / "src"


class Sandbox:
    """Starts, kills and drives one sandbox."""

    def __init__(self, home: Path, *args: str) -> None:
        self.home = home
        self._args = args
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "socialseed.sandbox", "--port", "0", "--home", str(self.home),
             "--people", "1500", *self._args],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(SRC)},
        )  # fmt: skip
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().split()[-1]
        self.http = httpx2.Client(base_url=self.url, timeout=10)

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.close()

    def close(self) -> None:
        self.http.close()
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(10)
        if self.process.stdout is not None:
            self.process.stdout.close()

    def control(self, method: str, path: str, body: object = None) -> Any:
        answer = self.http.request(method, f"/_control{path}", json=body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def account(self, platform: str, handle: str, **more: object) -> Any:
        spec = {
            "platform": platform, "handle": handle, "display_name": "Mara", "bio": "ceramics",
            "interests": ["coffee", "ceramics"], "followers": 900, "following": 0, "posts": 40,
            "timezone": "Europe/Berlin",
        }  # fmt: skip
        return self.control("POST", "/accounts", spec | more)

    def token(self, platform: str, handle: str) -> str:
        body = {"platform": platform, "handle": handle, "client_id": "test"}
        return str(self.control("POST", "/tokens", body)["access_token"])

    def bearer(self, platform: str, handle: str) -> dict[str, str]:
        return {"authorization": f"Bearer {self.token(platform, handle)}"}

    def fault(self, mode: str, **more: object) -> None:
        self.control("POST", "/faults", {"mode": mode, **more})

    def advance(self, **by: float) -> Any:
        now = datetime.fromisoformat(self.control("GET", "/clock")["now"])
        to = (now + timedelta(**by)).isoformat()
        return self.control("POST", "/clock/advance", {"to": to})

    def journal(self) -> list[dict[str, Any]]:
        lines = (self.home / "journal.jsonl").read_text().splitlines()
        return [json.loads(line) for line in lines]

    def done(self, verb: str) -> list[dict[str, Any]]:
        return [e for e in self.journal() if e["verb"] == verb and e["outcome"] == "performed"]


@pytest.fixture(scope="session")
def new_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home whose people were just born: making them takes longer than most tests."""
    home = tmp_path_factory.mktemp("world") / "home"
    Sandbox(home, "--clock", "manual").close()
    return home


@pytest.fixture
def sandbox(tmp_path: Path, new_world: Path) -> Iterator[Sandbox]:
    shutil.copytree(new_world, tmp_path / "home")
    box = Sandbox(tmp_path / "home", "--clock", "manual")
    yield box
    box.close()
