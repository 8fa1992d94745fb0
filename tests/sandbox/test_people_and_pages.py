"""People react when the manual clock passes; pages show and do what their buttons say."""

from pathlib import Path
from typing import Any

from tests.sandbox.conftest import Sandbox

NOON = "2026-05-04T12:00:00+00:00"


def life(box: Sandbox) -> Any:
    """Follows forty people who share an interest and lets a week pass."""
    box.control("POST", "/clock", {"mode": "manual", "now": NOON})
    box.account("twitter", "mara_makes", followers=0)
    people = box.control("GET", "/people?platform=twitter&interest=coffee&limit=40")["people"]
    for person in people:
        path = f"/x.com/{person['handle']}"
        box.http.post(path, data={"do": "follow", "as": "mara_makes"})
    counts = [box.control("GET", "/accounts/twitter/mara_makes")["followers"]]
    for _ in range(7):
        box.advance(days=1)
        counts.append(box.control("GET", "/accounts/twitter/mara_makes")["followers"])
    return counts


def test_followed_people_follow_back_the_same_way_for_the_same_seed(tmp_path: Path) -> None:
    seen = []
    for name, seed in (("a", "3"), ("b", "3"), ("c", "8")):
        box = Sandbox(tmp_path / name, "--clock", "manual", "--seed", seed)
        try:
            seen.append(life(box))
        finally:
            box.close()
    first, same, other = seen
    assert first == same
    assert first != other
    assert first[0] == 0
    assert 3 <= first[-1] <= 35


def test_a_post_gathers_likes_and_comments_over_days(sandbox: Sandbox) -> None:
    sandbox.account("twitter", "mara_makes", followers=4000)
    head = sandbox.bearer("twitter", "mara_makes")
    text = {"text": "A kiln full of mugs #ceramics and good coffee"}
    pid = sandbox.http.post("/api.x.com/2/tweets", headers=head, json=text).json()["data"]["id"]
    likes = []
    for hours in (0, 6, 90):
        sandbox.advance(hours=hours)
        head = sandbox.bearer("twitter", "mara_makes")
        path = f"/api.x.com/2/tweets/{pid}"
        query = {"tweet.fields": "public_metrics"}
        metrics = sandbox.http.get(path, headers=head, params=query).json()["data"][
            "public_metrics"
        ]
        likes.append(metrics["like_count"])
    assert likes[0] == 0 < likes[1] < likes[2]


def test_pressing_the_buttons(sandbox: Sandbox) -> None:
    sandbox.account("instagram", "mara_makes")
    sandbox.account("instagram", "other_one")
    person = sandbox.control("GET", "/people?platform=instagram&limit=1")["people"][0]
    path = f"/www.instagram.com/{person['handle']}/"
    page = sandbox.http.get(path, params={"as": "mara_makes"})
    assert '<option value="mara_makes" selected>' in page.text
    assert ">Follow</button>" in page.text
    assert "as_instagram=mara_makes" in page.headers["set-cookie"]
    pressed = sandbox.http.post(path, data={"do": "follow"}, follow_redirects=True)
    assert ">Unfollow</button>" in pressed.text
    account = sandbox.control("GET", "/accounts/instagram/mara_makes")
    assert account["followed"] == [person["handle"]]
    (entry,) = sandbox.done("follow")
    assert (entry["via"], entry["account"], entry["target"]) == (
        "web", "mara_makes", person["handle"],
    )  # fmt: skip
    sandbox.http.post(path, data={"do": "follow"})
    assert len(sandbox.done("follow")) == 1
    sandbox.http.post(path, data={"do": "unfollow"})
    assert sandbox.control("GET", "/accounts/instagram/mara_makes")["followed"] == []


def test_liking_and_commenting_on_a_page(sandbox: Sandbox) -> None:
    sandbox.account("tiktok", "mara_makes")
    people = sandbox.control("GET", "/people?platform=tiktok&limit=50")["people"]
    link = ""
    for person in people:
        page = sandbox.http.get(f"/www.tiktok.com/@{person['handle']}").text
        mark = f"/www.tiktok.com/@{person['handle']}/video/"
        if mark in page:
            link = mark + page.split(mark)[1].split('"')[0]
            break
    shown = sandbox.http.post(link, data={"do": "like"}, follow_redirects=True)
    assert ">Unlike</button>" in shown.text
    said = {"do": "comment", "text": "<b>So</b> good"}
    shown = sandbox.http.post(link, data=said, follow_redirects=True)
    assert "&lt;b&gt;So&lt;/b&gt; good" in shown.text
    (entry,) = sandbox.done("comment")
    assert (entry["via"], entry["text"]) == ("web", "<b>So</b> good")


def test_a_press_without_an_account_does_nothing(sandbox: Sandbox) -> None:
    person = sandbox.control("GET", "/people?platform=twitter&limit=1")["people"][0]
    refused = sandbox.http.post(f"/x.com/{person['handle']}", data={"do": "follow"})
    assert refused.status_code == 400
    assert sandbox.done("follow") == []
    assert sandbox.http.get("/x.com/nobody_at_all_here").status_code == 404
    assert sandbox.http.get("/").status_code == 200
