"""The journal precedes the answer, faults break answers and not the truth, kills lose nothing."""

import hashlib
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.sandbox.conftest import Sandbox


def post(box: Sandbox, head: dict[str, str], text: str, **more: Any) -> httpx2.Response:
    return box.http.post("/api.x.com/2/tweets", headers=head, json={"text": text}, **more)


@pytest.fixture
def head(sandbox: Sandbox) -> dict[str, str]:
    sandbox.account("twitter", "mara_makes")
    return sandbox.bearer("twitter", "mara_makes")


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("performed_then_reset", httpx2.ReadError),
        ("performed_then_cut", httpx2.RemoteProtocolError),
        ("performed_then_timeout", httpx2.ReadTimeout),
    ],
)
def test_performed_then_broken_is_journaled_once(
    sandbox: Sandbox, head: dict[str, str], mode: str, error: type[Exception]
) -> None:
    sandbox.fault(mode, verb="publish_text", times=1)
    with pytest.raises(error):
        post(sandbox, head, "Sent but not answered", timeout=0.8)
    (entry,) = sandbox.done("publish_text")
    assert entry["text"] == "Sent but not answered"
    assert entry["text_sha256"] == hashlib.sha256(b"Sent but not answered").hexdigest()
    again = post(sandbox, head, "Sent but not answered")
    assert "duplicate" in again.json()["detail"]
    assert len(sandbox.done("publish_text")) == 1


def test_performed_then_an_unusable_body(sandbox: Sandbox, head: dict[str, str]) -> None:
    seen = {}
    for mode in ("performed_then_500", "performed_then_truncated", "performed_then_html",
                 "success_without_id"):  # fmt: skip
        sandbox.fault(mode, platform="twitter", account="mara_makes", times=1)
        seen[mode] = post(sandbox, head, mode)
    assert seen["performed_then_500"].status_code == 500
    with pytest.raises(ValueError, match=r"Unterminated|Expecting"):
        seen["performed_then_truncated"].json()
    assert seen["performed_then_html"].headers["content-type"].startswith("text/html")
    assert seen["success_without_id"].json() == {}
    assert [e["text"] for e in sandbox.done("publish_text")] == list(seen)
    rules = sandbox.control("GET", "/faults")["faults"]
    assert [rule["hits"] for rule in rules] == [1, 1, 1, 1]


def test_refusing_faults_change_nothing(sandbox: Sandbox, head: dict[str, str]) -> None:
    statuses = []
    for mode in ("429", "500", "503", "token_expired", "ok_with_error_body"):
        sandbox.fault(mode, verb="publish_text", times=1, retry_after="7")
        answer = post(sandbox, head, mode)
        statuses.append(answer.status_code)
        assert "data" not in answer.json()
    assert statuses == [429, 500, 503, 401, 200]
    assert sandbox.done("publish_text") == []
    outcomes = [e["outcome"] for e in sandbox.journal()]
    assert outcomes == ["refused", "error", "error", "refused", "error"]
    sandbox.control("DELETE", "/faults")
    assert post(sandbox, head, "now").status_code == 201


def test_a_fault_is_for_its_account_only(sandbox: Sandbox, head: dict[str, str]) -> None:
    sandbox.account("twitter", "other_one")
    other = sandbox.bearer("twitter", "other_one")
    sandbox.fault("503", account="mara_makes")
    assert post(sandbox, head, "one").status_code == 503
    assert post(sandbox, other, "two").status_code == 201


def test_the_idempotency_key_is_noted(sandbox: Sandbox, head: dict[str, str]) -> None:
    post(sandbox, head | {"idempotency-key": "k-1"}, "one")
    post(sandbox, head | {"x-client-request-id": "k-2"}, "two")
    assert [e["idempotency_key"] for e in sandbox.journal()] == ["k-1", "k-2"]
    assert sandbox.control("GET", "/journal?after=1")["entries"] == sandbox.journal()[1:]


def test_a_kill_keeps_everything(sandbox: Sandbox, head: dict[str, str]) -> None:
    pid = post(sandbox, head, "Before the kill").json()["data"]["id"]
    before = sandbox.control("GET", "/clock")
    sandbox.kill()
    torn = (sandbox.home / "journal.jsonl").read_bytes()
    (sandbox.home / "journal.jsonl").write_bytes(torn[:-20])
    sandbox.start()
    assert sandbox.control("GET", "/clock") == before
    assert [e["text"] for e in sandbox.done("publish_text")] == ["Before the kill"]
    found = sandbox.http.get(f"/api.x.com/2/tweets/{pid}", headers=head).json()
    assert found["data"]["text"] == "Before the kill"
    assert post(sandbox, head, "After").status_code == 201
    assert [e["n"] for e in sandbox.journal()] == [1, 2, 3]


def test_an_unknown_path_is_journaled_as_an_error(sandbox: Sandbox) -> None:
    assert sandbox.http.get("/api.x.com/2/nothing/here").status_code == 404
    assert [(e["verb"], e["outcome"]) for e in sandbox.journal()] == [("other", "error")]


def test_the_same_seed_makes_the_same_world(tmp_path: Path) -> None:
    worlds = []
    for name, seed in (("a", "3"), ("b", "3"), ("c", "4")):
        box = Sandbox(tmp_path / name, "--clock", "manual", "--seed", seed)
        try:
            worlds.append(box.control("GET", "/people?limit=300")["people"])
        finally:
            box.close()
    assert worlds[0] == worlds[1]
    assert worlds[0] != worlds[2]
