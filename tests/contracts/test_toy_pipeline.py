"""A platform that nobody planned for is the product's: its folder and one line of the registry.

Over HTTP an account of it is added and connected, and an action lives its whole life: proposed,
decided, scheduled, sent once, settled or read back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from fastapi import FastAPI
from sqlalchemy import text

from socialseed.app.http import create_app
from socialseed.bootstrap import CONNECTORS, JOBS, ROUTERS, build_runtime
from socialseed.core.clock import VirtualClock
from socialseed.core.settings import Settings
from socialseed.jobs.inline import InlineJobs
from socialseed.policy.phases import opens_on_day
from tests.contracts.toy.connector import ToyConnector
from tests.contracts.toy.platform import Toy, running
from tests.support.clockwork import run_until
from tests.support.people import sign_in, signed_in

HANDLERS = {job.name: job.handler for job in JOBS}
REGISTRY = {**CONNECTORS, "toy": ToyConnector.of}
MIA = "mia@example.com"
WORDS = "Use one of: instagram, tiktok, toy, twitter."
HELLO = {"text": "Hello, Toy."}


@dataclass
class Desk:
    """The product with Toy in its registry, its owner's browser, and the clock."""

    app: FastAPI
    owner: httpx2.AsyncClient
    toy: Toy

    async def ask(self, method: str, path: str, body: object = None, status: int = 200) -> Any:
        answer = await self.owner.request(method, path, json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def account(self, days: int = 90) -> str:
        """An account of Toy, connected through its consent, on this day of its programme."""
        body = {"platform": "toy", "username": "studio0", "timezone": "UTC"}
        made = await self.ask("POST", "/accounts", body, 201)
        begun = await self.ask("POST", "/accounts/connect/toy", {"account_id": made["id"]})
        state = parse_qs(urlsplit(begun["authorize_url"]).query)["state"][0]
        came = await self.owner.get(
            "/accounts/callback/toy", params={"state": state, "code": "yes"}
        )
        assert "connected=1" in came.headers["location"]
        runtime = self.app.state.runtime
        phase = "phase_3" if days >= opens_on_day("toy") else "phase_2"
        async with runtime.begin(None) as tx:
            await tx.session.execute(
                text(
                    "UPDATE social_accounts SET phase = :phase, health_score = 90,"
                    " programme_started_on = :on"
                ),
                {"phase": phase, "on": (tx.now - timedelta(days=days)).date()},
            )
        return str(made["id"])

    async def propose(self, account: str, data: Mapping[str, object] = HELLO) -> Any:
        body = {"account_id": account, "action_type": "publish_text", "target_data": data}
        return await self.ask("POST", "/actions", body, 201)

    async def later(self, action: str) -> Any:
        """The action, after the pipeline ran by itself for some hours."""
        runtime = self.app.state.runtime
        until = runtime.clock.now() + timedelta(hours=5)
        await run_until(runtime, runtime.jobs, HANDLERS, until)
        await sign_in(self.owner, MIA)
        return await self.ask("GET", f"/actions/{action}")


@pytest.fixture
def toy() -> Iterator[Toy]:
    with running() as server:
        yield server


def settings_of(database_url: str, toy: Toy) -> Settings:
    return Settings(sandbox_url=toy.url).model_copy(update={"database_url": database_url})


@pytest.fixture
async def desk(database_url: str, toy: Toy):
    settings = settings_of(database_url, toy)
    clock, jobs = VirtualClock(datetime(2026, 3, 2, 12, tzinfo=UTC)), InlineJobs()
    async with build_runtime(
        settings, clock=clock, seed="toy", jobs=jobs, registry=REGISTRY
    ) as runtime:
        app = create_app(runtime, ROUTERS)
        owner = await signed_in(app, MIA)
        yield Desk(app, owner, toy)
        await owner.aclose()


async def test_an_action_of_the_new_platform_lives_its_whole_life(desk: Desk):
    account = await desk.account()
    shown = await desk.ask("GET", f"/accounts/{account}")
    assert (shown["platform"], shown["tier"], shown["connected"]) == ("toy", "free", True)
    posts = [one for one in shown["limits"] if one["kind"] == "publish_text"]
    assert posts and "cautious" in posts[0]["source"]
    action = await desk.propose(account)
    assert action["status"] == "awaiting_approval"  # no consent to automation was given
    approved = await desk.ask("POST", f"/approvals/{action['id']}/approve", {})
    assert approved["status"] == "scheduled"
    done = await desk.later(action["id"])
    assert (done["status"], done["remote_id"], done["verified"]) == ("succeeded", "1", True)
    assert desk.toy.keys == {action["id"]: "1"}
    assert list(desk.toy.posts.values()) == [HELLO["text"]]


async def test_a_lost_answer_is_read_back_and_never_sent_again(desk: Desk):
    account = await desk.account()
    desk.toy.breaks = 1
    action = await desk.propose(account)
    await desk.ask("POST", f"/approvals/{action['id']}/approve", {})
    assert (await desk.later(action["id"]))["status"] == "succeeded"
    assert desk.toy.calls.count("POST /api.toy.example/posts") == 1
    assert "GET /api.toy.example/posts" in desk.toy.calls


async def test_before_its_phase_it_is_closed_and_the_reason_names_it(desk: Desk):
    account = await desk.account(days=45)
    action = await desk.propose(account)
    assert action["status"] == "blocked"
    assert action["reasons"][0]["sentence"] == "Toy is not open in phase 2."
    assert action["reasons"][0]["clears"] == "after day 60"
    assert "POST /api.toy.example/posts" not in desk.toy.calls


async def test_what_its_sheet_does_not_say_is_not_done(desk: Desk):
    account = await desk.account()
    body = {"account_id": account, "action_type": "follow", "target_account": "mo"}
    action = await desk.ask("POST", "/actions", {**body, "target_data": {}}, 201)
    assert action["status"] == "blocked"
    assert "Toy" in action["reasons"][0]["sentence"]


async def test_it_is_listed_named_and_filtered_by(desk: Desk):
    account = await desk.account()
    listed = (await desk.ask("GET", "/platforms"))["items"]
    assert [(x["name"], x["connector"]) for x in listed if x["platform"] == "toy"] == [
        ("Toy", True)
    ]
    assert (await desk.ask("GET", "/platforms/toy/limits"))["platform"] == "toy"
    page = await desk.ask("GET", "/accounts?platform=toy")
    assert [one["id"] for one in page["items"]] == [account]
    runtime = desk.app.state.runtime
    async with runtime.begin(None) as tx:
        told = await tx.session.scalars(
            text("SELECT sentence FROM events WHERE type LIKE 'account.%'")
        )
    assert all(sentence.startswith("@studio0 on Toy ") for sentence in told)
    stop = {"scope": "platform", "id": "toy", "reason": "A look first."}
    assert (await desk.ask("POST", "/emergency-stop", stop, 201))["scope_id"] == "toy"


RULE = {"name": "All", "keywords": ["clay"], "action_types": ["follow"]}
ACCOUNT = {"username": "mia", "timezone": "UTC"}


@pytest.mark.parametrize("word", ["linkedin", "pinterest", "myspace", "a" * 32])
async def test_a_word_without_a_connector_is_refused_everywhere(desk: Desk, word: str):
    stop = {"scope": "platform", "id": word, "reason": "No."}
    asked = [
        ("POST", "/accounts", {**ACCOUNT, "platform": word}, "/platform"),
        ("GET", f"/accounts?platform={word}", None, "/platform"),
        ("GET", f"/actions/history?platform={word}", None, "/platform"),
        ("GET", f"/approvals/pending?platform={word}", None, "/platform"),
        ("POST", "/targeting", {**RULE, "platform": word}, "/platform"),
        ("POST", "/emergency-stop", stop, "/id"),
        ("GET", f"/platforms/{word}/limits", None, "/platform"),
        ("POST", f"/platforms/{word}/test", {}, "/platform"),
        ("DELETE", f"/privacy/people/{word}/mo", None, "/platform"),
        ("GET", f"/accounts/callback/{word}", None, "/platform"),
    ]
    for method, path, body, pointer in asked:
        told = await desk.ask(method, path, body, 422)
        assert told["code"] == "unknown_platform", path
        assert told["errors"] == [
            {"pointer": pointer, "code": "unknown_platform", "detail": WORDS}
        ], path
    page = await desk.ask("GET", "/accounts")
    assert page["items"] == []


@pytest.mark.parametrize("word", ["Toy", "toy ", "", "1toy", "to'y", "t" * 33, "тоy", None, 1])
async def test_what_is_no_word_is_refused_by_its_shape(desk: Desk, word: object):
    told = await desk.ask("POST", "/accounts", {**ACCOUNT, "platform": word}, 422)
    assert told["errors"][0]["pointer"] == "/platform"


async def test_a_platform_stands_in_one_ledger_only(database_url: str, toy: Toy):
    settings = settings_of(database_url, toy)
    with pytest.raises(ValueError, match="toy twice"):
        async with build_runtime(settings, registry={**REGISTRY, "again": ToyConnector.of}):
            pass
