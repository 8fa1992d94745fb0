"""Heartbeats, the platforms' half-hours, and alerts that follow from facts."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert

from socialseed.actions.models import Attempt, Stop
from socialseed.core.clock import VirtualClock
from socialseed.monitoring import endpoints, heartbeat
from socialseed.monitoring.alerts import Facts, alerts_of, read_facts
from socialseed.monitoring.platforms import Slot, judge
from tests.support.figures import add_account, add_action
from tests.support.serving import app_of, client_of, make_person, real_runtime

NOON = datetime(2026, 3, 10, 12, 10, tzinfo=UTC)


@pytest.fixture
async def runtime(database_url: str):
    async with real_runtime(database_url, clock=VirtualClock(NOON)) as opened:
        yield opened


async def test_the_last_beat_of_any_worker_counts(runtime):
    async with runtime.begin(None) as tx:
        assert await heartbeat.age(tx) is None
        await heartbeat.beat(tx, "worker", {"lanes": 3})
    runtime.clock.move_to(NOON + timedelta(seconds=30))
    async with runtime.begin(None) as tx:
        assert await heartbeat.age(tx) == 30
        await heartbeat.beat(tx, "worker-2", {})
        assert await heartbeat.age(tx) == 0
        await heartbeat.beat(tx, "worker", {"lanes": 4})


async def add_attempt(tx, account, outcome: str | None, at: datetime, seconds: float) -> None:
    action = await add_action(tx, account, "failed", at)
    await tx.session.execute(
        insert(Attempt).values(
            id=tx.new_id(), workspace_id=tx.tenant, action_id=action, account_id=account,
            platform="twitter", n=1, fence=1, request_hash="h", started_at=at,
            ended_at=at + timedelta(seconds=seconds) if outcome else None, outcome=outcome,
        )
    )  # fmt: skip


async def test_platform_health_comes_from_this_workspaces_attempts(runtime):
    ada, bob = await make_person(runtime), await make_person(runtime, "bob")
    async with runtime.begin(ada.workspace) as tx:
        account = await add_account(tx, "first")
        for ago, outcome in ((1, "performed"), (2, "performed"), (50, "not_performed")):
            await add_attempt(tx, account, outcome, NOON - timedelta(minutes=ago), 0.2)
        await add_attempt(tx, account, "unknown", NOON - timedelta(minutes=3), 0.4)
        await add_attempt(tx, account, "performed", NOON - timedelta(minutes=4), 0.2)
        await add_attempt(tx, account, None, NOON, 0)
        await add_attempt(tx, account, "unknown", NOON - timedelta(hours=25), 9)
    app = app_of(runtime, [endpoints.router])
    async with client_of(app, ada) as hers, client_of(app, bob) as his:
        health = (await hers.get("/api/v1/platform-health")).json()
        other = (await his.get("/api/v1/platform-health")).json()
    assert (other["breakers"], other["ai"]) == ([], [])
    assert {one["sentence"] for one in other["platforms"]} == {"No calls in the last 24 hours."}
    (state,) = [one for one in health["platforms"] if one["platform"] == "twitter"]
    assert (state["light"], state["error_rate"], state["latency_ms"]) == ("yellow", 0.4, 200)
    assert state["sentence"] == "2 of 5 calls failed in the last 24 hours (40%)."
    assert len(state["buckets"]) == 48
    assert state["buckets"][-1] == {"at": "2026-03-10T12:00:00Z", "ok": 3, "failed": 1}
    assert state["buckets"][-2] == {"at": "2026-03-10T11:30:00Z", "ok": 0, "failed": 0}
    assert state["buckets"][-3]["failed"] == 1
    assert state["buckets"][0]["at"] == "2026-03-09T12:30:00Z"


@pytest.mark.parametrize(
    ("ok", "failed", "light"), [(0, 0, "green"), (0, 4, "green"), (90, 9, "green"),
                                (90, 10, "yellow"), (5, 5, "red"), (0, 5, "red")]
)  # fmt: skip
def test_a_platforms_light_follows_its_share_of_failures(ok: int, failed: int, light: str):
    slots = [Slot(int(NOON.timestamp()) // 1800, ok, failed, 0.1)] if ok + failed else []
    assert judge("twitter", slots, NOON).light == light


QUIET = Facts(NOON, worker_age=5)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (QUIET, []),
        (Facts(NOON, worker_age=None), [("critical", "worker_silent")]),
        (Facts(NOON, worker_age=61), [("critical", "worker_silent")]),
        (Facts(NOON, worker_age=5, behind_dead_proxy=["a"]), [("critical", "egress_down")]),
        (Facts(NOON, 5, red=["a"]), [("critical", "account_red")]),
        (Facts(NOON, 5, platforms_down=["tiktok"]), [("critical", "platform_failing")]),
        (Facts(NOON, 5, unknown=1), [("warning", "outcome_unknown")]),
        (Facts(NOON, 5, to_reconnect=["a"]), [("warning", "reconnect_needed")]),
        (Facts(NOON, 5, oldest_due=NOON - timedelta(minutes=11)), [("warning", "sends_late")]),
        (Facts(NOON, 5, oldest_due=NOON - timedelta(minutes=9)), []),
        (Facts(NOON, 5, stops=1), [("info", "stop_active")]),
        (Facts(NOON, 5, expiring=["a"]), [("info", "access_expires")]),
        (Facts(NOON, 5, oldest_waiting=NOON - timedelta(hours=13)), [("info", "approvals_old")]),
        (Facts(NOON, 5, oldest_waiting=NOON - timedelta(hours=11)), []),
    ],
)
def test_each_fact_raises_its_alert(facts: Facts, expected: list[tuple[str, str]]):
    assert [(alert.level, alert.code) for alert in alerts_of(facts)] == expected


async def test_a_failing_platform_is_called_by_its_name(runtime):
    person = await make_person(runtime)
    async with runtime.begin(person.workspace) as tx:
        found = await read_facts(tx, ["twitter"])
        name = tx.connectors.name_of("twitter")
    (alert,) = [one for one in alerts_of(found) if one.code == "platform_failing"]
    assert name != "twitter" and alert.sentence == f"{name}: at least half of the calls fail."


def test_the_most_urgent_comes_first_and_each_says_what_to_do():
    every = alerts_of(Facts(NOON, None, 2, stops=2, red=["a", "b", "c", "d", "e"]))
    assert [alert.level for alert in every] == ["critical", "critical", "warning", "info"]
    assert every[1].sentence.startswith("a, b, c and 2 more")
    assert every[2].sentence == "2 actions have an unknown outcome."
    assert all(alert.next_step for alert in every)


async def test_alerts_are_read_from_the_workspaces_own_rows(runtime):
    ada, bob = await make_person(runtime), await make_person(runtime, "bob")
    async with runtime.begin(None) as tx:
        await heartbeat.beat(tx, "worker", {})
    async with runtime.begin(ada.workspace) as tx:
        account = await add_account(tx, "first", needs_reconnect=True)
        await add_account(tx, "soon", works_until=NOON + timedelta(days=2))
        await add_action(tx, account, "outcome_unknown")
        await tx.session.execute(
            insert(Stop).values(
                id=tx.new_id(), workspace_id=ada.workspace, scope="workspace", reason="r",
                created_by="ada", created_at=NOON,
            )
        )  # fmt: skip
    app = app_of(runtime, [endpoints.router])
    async with client_of(app, ada) as hers, client_of(app, bob) as his:
        found = (await hers.get("/api/v1/monitoring/alerts")).json()["items"]
        other = (await his.get("/api/v1/monitoring/alerts")).json()["items"]
    assert [alert["code"] for alert in found] == [
        "outcome_unknown",
        "reconnect_needed",
        "stop_active",
        "access_expires",
    ]
    assert other == []
