"""`socialseed doctor` as a process: what it prints, how it ends, and which instance it finds."""

import json
import subprocess
import sys
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from socialseed.app.doctor import found_settings
from socialseed.connectors.types import Tokens
from tests.support.accounts import give_tokens, make_account, make_workspace, open_connected
from tests.support.product import python_environment

SCOPES = ("tweet.read", "tweet.write", "users.read", "media.write", "offline.access")


class _Refusing(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(401)
        self.send_header("content-type", "application/json")
        self.end_headers()
        self.wfile.write(b'{"title":"Unauthorized","type":"about:blank","status":401}')

    def log_message(self, format: str, *args: object) -> None:
        return


@pytest.fixture
def platform_url():
    """Where platforms answer that they know no token."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Refusing)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


def run(database_url: str, platform_url: str, home: Path, *arguments: str) -> Any:
    environment = python_environment(
        DATABASE_URL=database_url, SOCIALSEED_SANDBOX_URL=platform_url, SOCIALSEED_HOME=str(home)
    )
    command = [sys.executable, "-m", "socialseed.app.cli", "doctor", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


async def test_the_command_tells_what_is_missing_and_ends_with_1(
    database_url, platform_url, tmp_path
):
    async with open_connected(database_url, platform_url) as runtime:
        workspace = await make_workspace(runtime)
        account = await make_account(runtime, workspace, username="well_kept")
        tokens = Tokens("act.secret", "rft.secret", SCOPES, timedelta(hours=2), None)
        await give_tokens(runtime, workspace, account, tokens)
        await make_account(runtime, workspace, username="forgotten")
    fine = run(database_url, platform_url, tmp_path, "--account", "@Well_Kept", "--json")
    told = json.loads(fine.stdout)
    assert (fine.returncode, told["ok"]) == (0, True), fine.stdout + fine.stderr
    assert [one["username"] for one in told["accounts"]] == ["well_kept"]
    assert "secret" not in fine.stdout

    whole = run(database_url, platform_url, tmp_path)
    assert whole.returncode == 1, whole.stderr
    assert "@forgotten on X (tier self serve)" in whole.stdout
    assert "MISSING  connection   The account is not connected." in whole.stdout
    assert "> Connect the account." in whole.stdout
    assert "secret" not in whole.stdout

    nobody = run(database_url, platform_url, tmp_path, "--account", "nobody")
    assert (nobody.returncode, "There is no account nobody." in nobody.stdout) == (1, True)


def test_without_a_database_the_command_says_so(tmp_path, platform_url):
    gone = run("postgresql://nobody:x@127.0.0.1:1/none", platform_url, tmp_path)
    assert gone.returncode == 1
    assert gone.stderr == "The database cannot be used. Is SocialSeed running?\n"


def test_it_finds_the_instance_that_runs_in_its_home(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "SOCIALSEED_SANDBOX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOCIALSEED_HOME", str(tmp_path))
    assert found_settings().database_url is None
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "postgres").write_text("a/b\n")
    (tmp_path / "ports.json").write_text('{"postgres": 20001, "sandbox": 20002}')
    settings = found_settings()
    assert settings.database_url == "postgresql://app:a%2Fb@127.0.0.1:20001/socialseed"
    assert settings.sandbox_url == "http://127.0.0.1:20002"
