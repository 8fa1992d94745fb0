"""Looking back in stretches finds what looking at everything finds; waiting calls lose no line."""

import json
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from socialseed.sandbox.world import posts
from socialseed.sandbox.world.posts import DAY_MS, Draft
from socialseed.sandbox.world.world import World
from tests.sandbox.conftest import Sandbox

X = "/api.x.com/2"


@pytest.fixture(scope="module")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in which accounts posted in between, over three days."""
    world = World(tmp_path_factory.mktemp("lived-in"), 7, 300, "manual")
    begin = world.now()
    for step in range(60):
        world.clock.move_to(begin + step * DAY_MS // 20)
        world.catch_up()
        posts.create(world.db, Draft("twitter", 3, f"A note about coffee {step}"), world.now())
    yield world
    world.close()


@settings(deadline=None)
@given(ago=st.integers(0, 9 * DAY_MS), length=st.integers(0, 9 * DAY_MS))
def test_no_post_of_a_stretch_is_out_of_reach(lived_in: World, ago: int, length: int) -> None:
    now = lived_in.now() - ago
    reach = posts.reach(lived_in.db, now - length, now)
    made = lived_in.db.execute(
        "SELECT id FROM posts WHERE created BETWEEN ? AND ?", (now - length, now)
    ).fetchall()
    missed = [row[0] for row in made if row[0] < reach.low or reach.ahead <= row[0] <= reach.past]
    assert missed == []


def test_what_is_left_out_lies_ahead(lived_in: World) -> None:
    now = lived_in.now() // DAY_MS * DAY_MS - DAY_MS // 2  # noon of yesterday
    reach = posts.reach(lived_in.db, now - DAY_MS // 8, now)
    ahead = lived_in.db.execute(
        "SELECT min(created) FROM posts WHERE id BETWEEN ? AND ?", (reach.ahead, reach.past)
    ).fetchone()
    assert ahead[0] > now
    assert 0 < reach.low < reach.ahead <= reach.past


def pages(box: Sandbox, head: dict[str, str], path: str, size: int, mark: str) -> list[str]:
    """The ids of all pages, in the order in which they are told."""
    found: list[str] = []
    token = ""
    while True:
        more = {mark: token} if token else {}
        asked = {"query": "coffee", "max_results": str(size), **more}
        answer: Any = box.http.get(f"{X}{path}", params=asked, headers=head).json()
        found += [one["id"] for one in answer.get("data", [])]
        token = answer["meta"].get("next_token", "")
        if not token:
            return found


def truth(box: Sandbox, where: str) -> list[str]:
    """The ids of X's posts `where`, newest first, straight from the world."""
    now = box.control("GET", "/clock")["now"]
    with sqlite3.connect(box.home / "world.db") as db:
        rows = db.execute(
            "SELECT s.pid FROM posts s WHERE s.platform = 'twitter' AND s.deleted = 0"
            " AND s.created <= CAST(round((julianday(?) - 2440587.5) * 86400000) AS INTEGER)"
            f" AND {where} ORDER BY s.created DESC, s.id DESC",
            (now,),
        )
        return [row[0] for row in rows]


def test_a_search_tells_every_post_once_newest_first(sandbox: Sandbox) -> None:
    sandbox.account("twitter", "mara_makes")
    sandbox.control("POST", "/limits", {"enforced": False})
    for text in ("More coffee today", "And coffee again"):
        head = sandbox.bearer("twitter", "mara_makes")
        sandbox.http.post(f"{X}/tweets", headers=head, json={"text": text})
        sandbox.advance(hours=7)
    head = sandbox.bearer("twitter", "mara_makes")
    where = (
        "s.author NOT IN (SELECT person FROM hidden_people) AND s.created >="
        " (SELECT value FROM meta WHERE key = 'clock') - 7 * 86400000 AND s.id IN"
        " (SELECT rowid FROM posts_fts WHERE posts_fts MATCH 'coffee')"
    )
    expected = truth(sandbox, where)
    found = pages(sandbox, head, "/tweets/search/recent", 10, "next_token")
    assert len(expected) > 20
    assert found == expected


def test_home_tells_every_post_of_the_followed_once(sandbox: Sandbox) -> None:
    uid = sandbox.account("twitter", "mara_makes", following=12)["id"]
    head = sandbox.bearer("twitter", "mara_makes")
    sandbox.http.post(f"{X}/tweets", headers=head, json={"text": "Hello from the kiln"})
    me = f"(SELECT id FROM people WHERE uid = '{uid}')"
    whom = f"(SELECT dst FROM follows WHERE src = {me} UNION SELECT {me})"
    expected = truth(sandbox, f"s.author IN {whom}")
    home = f"/users/{uid}/timelines/reverse_chronological"
    assert len(expected) > 3
    assert pages(sandbox, head, home, 2, "pagination_token") == expected


def test_people_are_found_by_fame(sandbox: Sandbox) -> None:
    sandbox.account("twitter", "mara_makes")
    head = sandbox.bearer("twitter", "mara_makes")
    asked = {"query": "coffee", "max_results": "30", "user.fields": "public_metrics,description"}
    answer = sandbox.http.get(f"{X}/users/search", params=asked, headers=head).json()
    fame = [one["public_metrics"]["followers_count"] for one in answer["data"]]
    with sqlite3.connect(sandbox.home / "world.db") as db:
        rows = db.execute(
            "SELECT followers FROM people WHERE platform = 'twitter' AND (handle LIKE '%coffee%'"
            " OR name LIKE '%coffee%' OR bio LIKE '%coffee%') ORDER BY followers DESC LIMIT 30"
        )
        assert fame == [row[0] for row in rows]


def test_calls_that_wait_together_are_all_on_disk_before_their_answers(sandbox: Sandbox) -> None:
    sandbox.account("twitter", "mara_makes")
    head = sandbox.bearer("twitter", "mara_makes")
    sandbox.control("POST", "/limits", {"enforced": False})
    journal: Path = sandbox.home / "journal.jsonl"

    def speak(number: int) -> bool:
        with httpx2.Client(base_url=sandbox.url, timeout=30) as http:
            text = f"Note number {number} of many"
            answer = http.post(f"{X}/tweets", headers=head, json={"text": text})
            return answer.status_code == 201 and f'"text":"{text}"' in journal.read_text()

    with ThreadPoolExecutor(12) as pool:
        assert all(pool.map(speak, range(60)))
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [line["n"] for line in lines] == list(range(1, len(lines) + 1))
    assert len({line["text"] for line in lines if line["outcome"] == "performed"}) == 60
    sandbox.kill()
    sandbox.start()
    assert [e["n"] for e in sandbox.journal()] == [line["n"] for line in lines]
