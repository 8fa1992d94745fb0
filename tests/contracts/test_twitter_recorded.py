"""X's recorded answers, played back to the connector: every one is read, maimed and grown ones too.

The recordings lie beside a checkout; without them a few bodies of the same shapes stand in.
"""

import copy
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import yaml

from socialseed.connectors.types import (
    Ask,
    Insights,
    Look,
    Me,
    Mentions,
    Order,
    OwnPosts,
    Person,
    Search,
)
from tests.contracts.twitter_world import GRANT, connected, order

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "twitter"


@dataclass(frozen=True)
class Exchange:
    """One recorded call: what was asked and what X said."""

    name: str
    method: str
    path: str
    query: dict[str, list[str]]
    sent: Any
    status: int
    headers: dict[str, str]
    body: Any


def recorded(path: Path) -> Iterator[Exchange]:
    for n, one in enumerate(yaml.safe_load(path.read_text())["interactions"]):
        request, response = one["request"], one["response"]
        told = response["body"]["string"]
        raw = told if isinstance(told, bytes) else told.encode()
        address = urlsplit(request["uri"])
        yield Exchange(
            f"{path.stem} {n}",
            request["method"],
            address.path,
            parse_qs(address.query),
            json.loads(request["body"] or "null"),
            response["status"]["code"],
            {
                name: values[0]
                for name, values in response["headers"].items()
                if name.startswith(("x-", "date"))
            },
            json.loads(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw),
        )


LIMIT = {"x-rate-limit-limit": "75", "x-rate-limit-remaining": "74", "x-rate-limit-reset": "9"}
OWN = [
    Exchange("own me", "GET", "/2/users/me", {}, None, 200, LIMIT,
             {"data": {"id": "1", "name": "M", "username": "m"}}),
    Exchange("own mentions", "GET", "/2/users/1/mentions", {}, None, 200, LIMIT,
             {"data": [{"id": "5", "text": "hi"}], "meta": {"result_count": 1}}),
    Exchange("own post", "POST", "/2/tweets", {}, {"text": "a"}, 201, LIMIT,
             {"data": {"id": "5", "text": "a"}}),
]  # fmt: skip
ALL = [*OWN, *(one for path in sorted(FOLDER.glob("*.yaml")) for one in recorded(path))]


def asked(one: Exchange) -> Ask | Order | None:
    """What our connector is asked, so that it makes this call; None where it never does."""
    parts = one.path.split("/")[2:]
    if one.method == "GET":
        return _read(one, parts)
    return _write(one, parts, one.path.rsplit("/", 1)[1])


def _read(one: Exchange, parts: list[str]) -> Ask | None:
    match parts:
        case ["users", "me"]:
            return Me()
        case ["users", "by", "username", handle]:
            return Look(handle)
        case ["users", _, "mentions"]:
            return Mentions(100)
        case ["users", _, "tweets"]:
            return OwnPosts(100)
        case ["tweets", "search", "recent"]:
            return Search(one.query["query"][0], 100)
        case ["tweets", post_id] if post_id.isdigit():
            return Insights(post_id)
    return None


def _write(one: Exchange, parts: list[str], last: str) -> Order | None:
    match one.method, parts:
        case "POST", ["tweets"]:
            return order("publish_text", text=one.sent["text"])
        case "DELETE", ["tweets", _]:
            return order("delete", post_id=last)
        case "POST", ["users", _, edge]:
            kind = {"likes": "like", "retweets": "repost", "following": "follow"}[edge]
            target = one.sent.get("tweet_id") or one.sent.get("target_user_id")
            return order(kind, post_id=target, target_id=target)
        case "DELETE", ["users", _, edge, _] if edge != "retweets":
            kind = {"likes": "unlike", "following": "unfollow"}[edge]
            return order(kind, post_id=last, target_id=last)
    return None


class Replay:
    """Answers the first call with the recording, any later page with an empty one."""

    def __init__(self, one: Exchange, body: Any = None) -> None:
        self.one = one
        self.body = one.body if body is None else body
        self.calls: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.calls.append(request)
        if len(self.calls) > 1:
            return httpx2.Response(200, json={"meta": {"result_count": 0}})
        return httpx2.Response(self.one.status, json=self.body, headers=self.one.headers)


CALLED = [one for one in ALL if asked(one) is not None]


def names(one: Exchange) -> str:
    return one.name


async def answer_of(replay: Replay) -> Any:
    step = asked(replay.one)
    assert step is not None
    async with connected(replay) as x:
        if isinstance(step, Order):
            return await x.perform(step, GRANT)
        return await x.read(step, GRANT)


@pytest.mark.parametrize("one", CALLED, ids=names)
async def test_each_recorded_answer_is_read_without_loss(one):
    replay = Replay(one)
    answer = await answer_of(replay)
    first = replay.calls[0]
    assert (first.method, first.url.path.split("/")[-1]) == (one.method, one.path.split("/")[-1])
    data = one.body["data"]
    if isinstance(data, list):
        assert [(post.remote_id, post.text) for post in answer] == [
            (entry["id"], entry["text"]) for entry in data
        ]
    elif "username" in data:
        assert (answer.remote_id, answer.handle, answer.display_name) == (
            data["id"],
            data["username"],
            data["name"],
        )
    elif one.method != "GET":
        assert answer.remote_id


@pytest.mark.parametrize("one", CALLED, ids=names)
async def test_each_recorded_window_is_noted(one):
    async with connected(Replay(one)) as x:
        step = asked(one)
        if isinstance(step, Order):
            await x.perform(step, GRANT)
        elif step is not None:
            await x.read(step, GRANT)
        noted = x.http.quotas.drain()
    [told] = [n.quota for n in noted]
    assert told.scope == "user"
    assert told.limit == int(one.headers["x-rate-limit-limit"])
    assert told.remaining == int(one.headers["x-rate-limit-remaining"])
    assert told.resets_at is not None
    assert int(told.resets_at.timestamp()) == int(one.headers["x-rate-limit-reset"])


NEEDED = {"id", "text", "username", "liked", "following", "retweeted", "deleted", "data", "meta"}


def grown(body: Any) -> Any:
    """The body with fields that nobody has heard of, at every depth."""
    if isinstance(body, dict):
        more = {"a_new_field": {"deep": [1, None]}, "another": None}
        return {name: grown(value) for name, value in body.items()} | more
    return [grown(value) for value in body] if isinstance(body, list) else body


def maimed(body: Any) -> Iterator[tuple[str, Any]]:
    """The body once without each of its optional fields, and once with each turned odd."""
    for name in sorted(_names(body) - NEEDED):
        yield f"no {name}", _changed(body, name, None)
        yield f"odd {name}", _changed(body, name, ["odd"])


def _names(body: Any) -> set[str]:
    if isinstance(body, list):
        return set().union(*(_names(value) for value in body))
    if not isinstance(body, dict):
        return set()
    return set(body).union(*(_names(value) for value in body.values()))


def _changed(body: Any, name: str, odd: Any) -> Any:
    if isinstance(body, list):
        return [_changed(value, name, odd) for value in body]
    if not isinstance(body, dict):
        return body
    kept = {key: _changed(value, name, odd) for key, value in body.items() if key != name}
    return kept if odd is None or name not in body else {**kept, name: copy.copy(odd)}


@pytest.mark.parametrize("one", CALLED, ids=names)
async def test_unknown_fields_change_nothing(one):
    assert await answer_of(Replay(one, grown(one.body))) == await answer_of(Replay(one))


@pytest.mark.parametrize("one", CALLED, ids=names)
async def test_missing_and_odd_fields_are_survived(one):
    whole = await answer_of(Replay(one))
    for change, body in maimed(one.body):
        answer = await answer_of(Replay(one, body))
        assert type(answer) is type(whole), change
        if isinstance(whole, list):
            assert [post.remote_id for post in answer] == [post.remote_id for post in whole], change
        elif isinstance(whole, Person):
            assert (answer.remote_id, answer.handle) == (whole.remote_id, whole.handle), change


@pytest.mark.parametrize("one", [one for one in ALL if asked(one) is None], ids=names)
def test_only_calls_that_are_not_ours_are_left_out(one):
    ours = ("/quote_tweets", "/hidden", "/2/tweets", "/2/users/by")
    assert one.path.endswith(ours) or (one.method == "DELETE" and "/retweets/" in one.path)
