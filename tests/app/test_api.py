"""The API as a process: serves, refuses unsafe settings, stops soon with streams open."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.support.checks import ROOT
from tests.support.people import PASSWORD


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "PYTHONPATH": str(ROOT / "src"), "SOCIALSEED_HOME": str(tmp_path), **more}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"SOCIALSEED_HOST": "0.0.0.0"}, "must be an https:// address"),
        ({"SOCIALSEED_LEASE_SECONDS": "5"}, "must be longer"),
        ({"SOCIALSEED_PLATFORM_MODE": "live"}, "client secret"),
        ({"SOCIALSEED_PORT": "none"}, "port"),
        ({}, "DATABASE_URL is not set"),
    ],
)
def test_what_is_unsafe_to_run_is_refused_in_words(tmp_path: Path, settings, says: str):
    done = subprocess.run(
        [sys.executable, "-m", "socialseed.app.api"],
        cwd=tmp_path,
        env=environment(tmp_path, **settings),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert says in done.stderr
    assert "Traceback" not in done.stderr


@pytest.fixture
def address(database_url: str, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = (tmp_path / "api.log").open("wb")
    process = subprocess.Popen(
        [sys.executable, "-m", "socialseed.app.api"],
        cwd=ROOT,
        env=environment(
            tmp_path,
            DATABASE_URL=database_url,
            SOCIALSEED_PORT=str(port),
            SOCIALSEED_SANDBOX_URL="http://127.0.0.1:1",
        ),
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    yield f"http://127.0.0.1:{port}", process
    if process.poll() is None:
        process.kill()
    process.wait(10)
    log.close()


def until_ready(base: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert process.poll() is None
        try:
            if httpx2.get(f"{base}/health/ready").status_code == 200:
                return
        except httpx2.TransportError:
            pass
        select.select([], [], [], 0.05)
    raise AssertionError("the API does not get ready")


def test_it_serves_and_stops_with_a_stream_open(address, tmp_path: Path):
    base, process = address
    until_ready(base, process)
    api = f"{base}/api/v1"
    person = {"email": "ada@example.com", "password": PASSWORD}
    assert httpx2.post(f"{api}/auth/register", json=person).status_code == 201
    token = httpx2.post(f"{api}/auth/login", json=person).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert len(httpx2.get(f"{api}/openapi.json").json()["paths"]) > 30
    with httpx2.stream("GET", f"{api}/events", headers=headers, timeout=20) as stream:
        lines = stream.iter_lines()
        assert next(line for line in lines if line.startswith("data:")).startswith(
            'data: {"type":"hello"'
        )
        process.send_signal(signal.SIGTERM)
        assert not [line for line in lines if line.startswith("data:")]
    assert process.wait(10) == 0
    told = (tmp_path / "api.log").read_text()
    assert '"event":"stopped"' in told
    assert PASSWORD not in told
    assert token not in told
    with pytest.raises(httpx2.TransportError):
        httpx2.get(f"{base}/health")
