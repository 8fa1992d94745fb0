"""Rules over HTTP: what is taken, what is refused, and that nobody sees another workspace's."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from socialseed.connectors.types import Person
from socialseed.core.clock import VirtualClock
from socialseed.profiles import queries as profile_queries
from socialseed.profiles import service as profiles
from socialseed.targeting import endpoints
from tests.support.serving import app_of, client_of, make_person, real_runtime
from tests.support.world import make_account, make_candidates, rows

RULE: dict[str, Any] = {
    "platform": "twitter",
    "name": "Potters",
    "keywords": ["ceramics", "Ceramics", " glaze "],
    "handles": ["@mia", "mia", "Tom"],
    "action_types": ["follow", "comment"],
}


@pytest.fixture
async def runtime(database_url: str):
    clock = VirtualClock(datetime(2026, 11, 20, 12, tzinfo=UTC))
    async with real_runtime(database_url, clock=clock) as opened:
        yield opened


@pytest.fixture
async def ada(runtime):
    return await make_person(runtime, "ada")


@pytest.fixture
async def client(runtime, ada):
    async with client_of(app_of(runtime, [endpoints.router]), ada) as opened:
        yield opened


async def test_a_rule_is_made_read_changed_and_deleted(client, runtime):
    made = await client.post("/api/v1/targeting", json=RULE)
    assert made.status_code == 201, made.text
    rule = made.json()
    assert rule["keywords"] == ["ceramics", "glaze"]
    assert rule["handles"] == ["mia", "Tom"]
    assert rule["stats"] == {
        "candidates": 0,
        "proposed": 0,
        "succeeded": 0,
        "followed_back": 0,
        "followed_back_unknown": 0,
    }
    path = f"/api/v1/targeting/{rule['id']}"
    changed = await client.put(path, json={"name": "Makers", "min_followers": 10})
    assert (changed.json()["name"], changed.json()["min_followers"]) == ("Makers", 10)
    assert (await client.get(path)).json() == changed.json()
    assert (await client.put(path, json={"min_followers": None})).json()["min_followers"] is None
    assert (await client.delete(path)).status_code == 204
    assert (await client.get(path)).status_code == 404
    assert [r[0] for r in await rows(runtime, "SELECT type FROM events ORDER BY seq")] == [
        "rule.created",
        "rule.updated",
        "rule.updated",
        "rule.deleted",
    ]


async def test_making_a_rule_queues_a_search_and_asking_again_queues_another(client, runtime):
    rule = (await client.post("/api/v1/targeting", json=RULE)).json()
    asked = await client.post(f"/api/v1/targeting/{rule['id']}/discover")
    assert asked.status_code == 202
    assert asked.json() == {"queued": True, "job": "targeting.discover"}
    assert [job for job, _ in runtime.jobs.queued] == ["targeting.discover"] * 2
    assert runtime.jobs.queued[0][1]["rule_id"] == rule["id"]


BAD: dict[str, dict[str, Any]] = {
    "nobody to find": {"keywords": [], "handles": []},
    "an action that the platform lacks": {"platform": "instagram", "action_types": ["quote"]},
    "an empty range": {"min_followers": 10, "max_followers": 5},
    "no budget": {"daily_budget": 0},
    "a handle with spaces inside": {"handles": ["not a handle"]},
    "an unknown field": {"bribe": 5},
    "an unknown account": {"account_id": "018f0000-0000-7000-8000-000000000000"},
}


@pytest.mark.parametrize("case", BAD)
async def test_what_cannot_work_is_refused_and_nothing_is_stored(client, runtime, case):
    answer = await client.post("/api/v1/targeting", json=RULE | BAD[case])
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"]
    assert await rows(runtime, "SELECT 1 FROM targeting_criteria") == []


async def test_a_change_that_leaves_nobody_to_find_is_refused(client):
    rule = (await client.post("/api/v1/targeting", json=RULE | {"handles": []})).json()
    answer = await client.put(f"/api/v1/targeting/{rule['id']}", json={"keywords": []})
    assert answer.json()["code"] == "nothing_to_find"


async def test_an_account_of_another_platform_cannot_have_the_rule(client, runtime, ada):
    account = await make_account(runtime, ada.workspace, "tiktok", "clay")
    answer = await client.post("/api/v1/targeting", json=RULE | {"account_id": str(account)})
    assert answer.json()["code"] == "wrong_account"


async def test_pages_follow_each_other_without_gaps(client):
    made = []
    for number in range(5):
        answer = await client.post("/api/v1/targeting", json=RULE | {"name": f"Rule {number}"})
        made.append(answer.json()["id"])
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = (await client.get("/api/v1/targeting", params=query)).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
    assert (await client.get("/api/v1/targeting?cursor=WyJ4IiwieSJd")).status_code == 422


async def test_candidates_are_shown_with_their_person(client, runtime, ada):
    rule = (await client.post("/api/v1/targeting", json=RULE)).json()
    await make_candidates(runtime, rule["id"], ada.workspace, ["kim", "lee"])
    path = f"/api/v1/targeting/{rule['id']}"
    page = (await client.get(f"{path}/candidates?limit=1")).json()
    assert len(page["items"]) == 1 and page["next_cursor"]
    rest = (await client.get(f"{path}/candidates", params={"cursor": page["next_cursor"]})).json()
    both = page["items"] + rest["items"]
    assert {one["person"]["handle"] for one in both} == {"kim", "lee"}
    assert both[0]["person"]["interests"] == ["ceramics"]
    assert both[0]["state"] == "new"
    assert (await client.get(path)).json()["stats"]["candidates"] == 2


async def test_another_workspace_sees_and_changes_nothing(client, runtime):
    rule = (await client.post("/api/v1/targeting", json=RULE)).json()
    eve = await make_person(runtime, "eve")
    async with client_of(app_of(runtime, [endpoints.router]), eve) as stranger:
        path = f"/api/v1/targeting/{rule['id']}"
        assert (await stranger.get("/api/v1/targeting")).json()["items"] == []
        for answer in (
            await stranger.get(path),
            await stranger.put(path, json={"name": "Mine"}),
            await stranger.delete(path),
            await stranger.post(f"{path}/discover"),
            await stranger.get(f"{path}/candidates"),
        ):
            assert answer.status_code == 404
    assert (await client.get(path)).json()["name"] == "Potters"


async def test_a_viewer_may_look_but_not_change(runtime):
    viewer = await make_person(runtime, "vic", role="viewer")
    async with client_of(app_of(runtime, [endpoints.router]), viewer) as client:
        assert (await client.get("/api/v1/targeting")).status_code == 200
        assert (await client.post("/api/v1/targeting", json=RULE)).status_code == 403


async def test_a_profile_keeps_what_is_known_and_gains_what_is_new(runtime, ada):
    mia = Person("7", "Mia", "Mia K.", "Potter", followers=10)
    async with runtime.begin(ada.workspace) as tx:
        first = await profiles.name(tx, "twitter", "@mia")
        again = await profiles.observe(tx, "twitter", mia, ["ceramics"])
        bare = replace(mia, bio=None, followers=12)
        await profiles.observe(tx, "twitter", bare, ["glaze", "ceramics"])
        await profiles.name(tx, "twitter", "mia")
        known = await profiles.find(tx, "twitter", "@MIA")
    assert first == again and known is not None
    assert (known.bio, known.followers, known.observed_at) == ("Potter", 12, runtime.clock.now())
    assert sorted(known.interests) == ["ceramics", "glaze"]


async def test_whoever_is_left_alone_is_listed_until_the_workspace_chooses_otherwise(runtime, ada):
    async with runtime.begin(ada.workspace) as tx:
        await profiles.leave_alone(tx, "twitter", "@Mia", "our_choice")
        assert await profile_queries.left_alone(tx, "twitter") == {"mia"}
        assert await profile_queries.left_alone(tx, "tiktok") == frozenset()
        await profiles.may_contact_again(tx, "twitter", "mia")
        assert await profile_queries.left_alone(tx, "twitter") == frozenset()
