"""The journal precedes the answer, faults break answers and not the truth, kills lose nothing."""

import hashlib
import zlib
from datetime import datetime
from email.utils import parsedate_to_datetime
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


def test_what_is_acknowledged_without_effect_is_nowhere_but_in_the_journal(
    sandbox: Sandbox, head: dict[str, str]
) -> None:
    sandbox.fault("ok_not_performed", verb="publish_text", times=1)
    answer = post(sandbox, head, "Into the void")
    assert answer.status_code == 201 and answer.json()["data"]["id"]
    assert sandbox.done("publish_text") == []
    (entry,) = [e for e in sandbox.journal() if e["verb"] == "publish_text"]
    assert (entry["outcome"], entry["text"]) == ("acknowledged", "Into the void")
    me = sandbox.http.get("/api.x.com/2/users/me", headers=head).json()["data"]["id"]
    shown = sandbox.http.get(f"/api.x.com/2/users/{me}/tweets", headers=head).json()
    assert "Into the void" not in [one["text"] for one in shown.get("data", [])]
    # What was acknowledged only is no duplicate of itself.
    assert post(sandbox, head, "Into the void").status_code == 201
    assert len(sandbox.done("publish_text")) == 1


def test_refusing_faults_change_nothing(sandbox: Sandbox, head: dict[str, str]) -> None:
    statuses = []
    for mode in ("429", "500", "502", "503", "504", "token_expired", "ok_with_error_body"):
        sandbox.fault(mode, verb="publish_text", times=1, retry_after="7")
        answer = post(sandbox, head, mode)
        statuses.append(answer.status_code)
        assert "data" not in answer.json()
    assert statuses == [429, 500, 502, 503, 504, 401, 200]
    assert sandbox.done("publish_text") == []
    outcomes = [e["outcome"] for e in sandbox.journal()]
    assert outcomes == ["refused", "error", "error", "error", "error", "refused", "error"]
    sandbox.control("DELETE", "/faults")
    assert post(sandbox, head, "now").status_code == 201


@pytest.mark.parametrize(
    "told", ["7", "date:120", "Fri, 31 Dec 1999 23:59:59 GMT", "-5", "99999999999", "soon", None]
)
def test_a_429_waits_in_every_way_there_is(
    sandbox: Sandbox, head: dict[str, str], told: str | None
) -> None:
    now = datetime.fromisoformat(sandbox.control("GET", "/clock")["now"])
    reset = {"x-rate-limit-reset": "1"}
    sandbox.fault("429", platform="twitter", retry_after=told, headers=reset)
    answer = post(sandbox, head, "Not now")
    assert (answer.status_code, answer.headers["x-rate-limit-reset"]) == (429, "1")
    shown = answer.headers.get("retry-after")
    if told == "date:120":
        assert shown is not None
        assert 119 <= (parsedate_to_datetime(shown) - now).total_seconds() <= 120
    else:
        assert shown == told
    assert sandbox.done("publish_text") == []


def test_a_revoked_grant_stays_dead(sandbox: Sandbox) -> None:
    sandbox.account("twitter", "mara_makes")
    order = {"platform": "twitter", "handle": "mara_makes", "client_id": "test"}
    grant = sandbox.control("POST", "/tokens", order)
    head = {"authorization": f"Bearer {grant['access_token']}"}
    sandbox.fault("token_revoked", verb="publish_text", times=1)
    assert post(sandbox, head, "one").status_code == 401
    assert post(sandbox, head, "two").status_code == 401
    renew = {"grant_type": "refresh_token", "refresh_token": grant["refresh_token"],
             "client_id": "test"}  # fmt: skip
    assert sandbox.http.post("/api.x.com/2/oauth2/token", data=renew).status_code == 400
    assert sandbox.done("publish_text") == []


def test_a_redirect_to_loopback_is_a_trap_that_counts(
    sandbox: Sandbox, head: dict[str, str]
) -> None:
    sandbox.fault("redirect_loopback", times=2)
    answer = post(sandbox, head, "one")
    assert answer.status_code == 302
    assert sandbox.control("GET", "/faults")["trapped"] == 0
    followed = post(sandbox, head, "two", follow_redirects=True)
    assert followed.status_code == 200
    assert sandbox.control("GET", "/faults")["trapped"] == 1
    assert sandbox.done("publish_text") == []


def test_huge_and_endless_bodies_arrive_until_one_stops_reading(
    sandbox: Sandbox, head: dict[str, str]
) -> None:
    path, size = "/api.x.com/2/users/me", 0
    sandbox.fault("huge_body", times=1)
    with sandbox.http.stream("GET", path, headers=head) as answer:
        assert answer.headers["content-length"] == str(100 * 1024 * 1024)
        for piece in answer.iter_raw():
            size += len(piece)
    assert size == 100 * 1024 * 1024
    sandbox.fault("endless_body", times=1)
    with sandbox.http.stream("GET", path, headers=head) as answer:
        taken = 0
        for piece in answer.iter_raw():
            taken += len(piece)
            if taken > 120 * 1024 * 1024:
                break
    assert taken > 120 * 1024 * 1024
    assert sandbox.http.get(path, headers=head).status_code == 200


def test_a_gzip_bomb_is_small_on_the_wire(sandbox: Sandbox, head: dict[str, str]) -> None:
    sandbox.fault("gzip_bomb", verb="publish_text", times=1)
    path = "/api.x.com/2/tweets"
    with sandbox.http.stream("POST", path, json={"text": "Boom"}, headers=head) as answer:
        assert answer.headers["content-encoding"] == "gzip"
        wire = b"".join(answer.iter_raw())
    assert len(wire) < 2 * 1024 * 1024
    unpacker, unpacked = zlib.decompressobj(31), 0
    for start in range(0, len(wire), 4096):
        unpacked += len(unpacker.decompress(wire[start : start + 4096]))
    assert unpacked == 256 * 1024 * 1024
    assert len(sandbox.done("publish_text")) == 1


def test_a_dripping_body_is_whole_in_the_end(sandbox: Sandbox, head: dict[str, str]) -> None:
    sandbox.fault("drip", verb="publish_text", times=1, delay_ms=1)
    answer = post(sandbox, head, "Drop by drop")
    assert answer.json()["data"]["text"] == "Drop by drop"
    sandbox.fault("drip", verb="publish_text", times=1)
    with pytest.raises(httpx2.ReadTimeout):
        post(sandbox, head, "One byte a second", timeout=0.6)
    assert [e["text"] for e in sandbox.done("publish_text")] == ["Drop by drop",
                                                                 "One byte a second"]  # fmt: skip


def test_a_mode_that_does_not_exist_is_refused(sandbox: Sandbox) -> None:
    answer = sandbox.http.post("/_control/faults", json={"mode": "explode"})
    assert answer.status_code == 422
    assert "gzip_bomb" in answer.json()["error"]


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
