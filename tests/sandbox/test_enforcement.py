"""The sandbox watches behaviour: what it refuses, in whose words, and how it explains itself."""

import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.sandbox.conftest import Sandbox

# A ladder of four short steps over one signal: the third copy of a text and every one after it.
COPIES: dict[str, Any] = {
    "name": "copies",
    "half_life_hours": 24,
    "age_days": [[0, 1.0]],
    "followers": [[0, 1.0]],
    "groups": {
        "speak": ["comment", "reply"],
        "publish": ["publish_text", "publish_image", "publish_carousel", "publish_video"],
    },
    "signals": {
        "own_text": {"days": 1, "copies": 0, "likeness": 0.6, "points": 10},
        "defiance": {"points": 10},
    },
    "ladder": [
        {"step": "warn", "score": 9},
        {"step": "restrict", "score": 18, "hours": 12, "refuses": ["publish"]},
        {"step": "challenge", "score": 27},
        {"step": "suspend", "score": 36},
    ],
}


def enforce(box: Sandbox, profile: object) -> Any:
    return box.control("POST", "/enforcement", {"profile": profile})


def explain(box: Sandbox, platform: str) -> Any:
    return box.control("GET", f"/enforcement/{platform}/mara_makes")


class X:
    """Acts as one account on X."""

    def __init__(self, box: Sandbox) -> None:
        box.account("twitter", "mara_makes")
        self.box, self.head = box, box.bearer("twitter", "mara_makes")

    def post(self, number: int) -> httpx2.Response:
        text = f"Fresh mugs in the shop this week, come and have a look {number}"
        return self.box.http.post("/api.x.com/2/tweets", headers=self.head, json={"text": text})

    def me(self) -> httpx2.Response:
        return self.box.http.get("/api.x.com/2/users/me", headers=self.head)


class Instagram:
    """Acts as one account on Instagram."""

    def __init__(self, box: Sandbox) -> None:
        self.account = box.account("instagram", "mara_makes")
        self.box, self.head = box, box.bearer("instagram", "mara_makes")

    def _ask(self, path: str, body: dict[str, str]) -> httpx2.Response:
        base = f"/graph.facebook.com/v25.0/{self.account['id']}"
        return self.box.http.post(f"{base}/{path}", headers=self.head, json=body)

    def post(self, number: int) -> httpx2.Response:
        caption = f"Fresh mugs in the shop this week, come and have a look {number}"
        made = self._ask("media", {"image_url": "https://a.test/1.jpg", "caption": caption})
        self.box.advance(minutes=1)  # the picture is fetched meanwhile
        return self._ask("media_publish", {"creation_id": made.json().get("id", "1")})

    def me(self) -> httpx2.Response:
        return self.box.http.get("/graph.facebook.com/v25.0/me?fields=id", headers=self.head)


class TikTok:
    """Acts as one account on TikTok."""

    def __init__(self, box: Sandbox) -> None:
        box.account("tiktok", "mara_makes")
        self.box, self.head = box, box.bearer("tiktok", "mara_makes")

    def post(self, number: int) -> httpx2.Response:
        title = f"Fresh mugs in the shop this week, come and have a look {number}"
        order = {
            "media_type": "PHOTO",
            "post_mode": "DIRECT_POST",
            "post_info": {"title": title, "privacy_level": "PUBLIC_TO_EVERYONE"},
            "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0,
                            "photo_images": ["https://a.test/1.jpg"]},
        }  # fmt: skip
        path = "/open.tiktokapis.com/v2/post/publish/content/init/"
        return self.box.http.post(path, headers=self.head, json=order)

    def me(self) -> httpx2.Response:
        path = "/open.tiktokapis.com/v2/user/info/?fields=open_id"
        return self.box.http.get(path, headers=self.head)


WORDS = {
    "twitter": ("not permitted", "temporarily locked", "is suspended"),
    "instagram": ("2207051", "459", "2207050"),
    "tiktok": ("spam_risk_too_many_posts", "access_token_invalid",
               "spam_risk_user_banned_from_posting"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("platform", "kind"), [("twitter", X), ("instagram", Instagram), ("tiktok", TikTok)]
)
def test_each_step_answers_in_the_platforms_words(
    sandbox: Sandbox, platform: str, kind: type[X | Instagram | TikTok]
) -> None:
    enforce(sandbox, COPIES)
    account = kind(sandbox)
    assert [account.post(n).status_code // 100 for n in range(3)] == [2, 2, 2]
    assert explain(sandbox, platform)["step"] == "restrict"
    restricted, locked, suspended = WORDS[platform]
    assert restricted in account.post(3).text
    assert explain(sandbox, platform)["step"] == "challenge"
    assert account.me().status_code >= 400
    assert locked in account.me().text
    assert locked in account.post(4).text
    assert explain(sandbox, platform)["step"] == "suspend"
    assert suspended in account.me().text
    published = [e for e in sandbox.journal()
                 if e["verb"].startswith("publish") and e["outcome"] == "performed"]  # fmt: skip
    assert len(published) == 3


def test_a_challenge_ends_with_a_login_and_everything_is_explained(sandbox: Sandbox) -> None:
    enforce(sandbox, COPIES)
    account = X(sandbox)
    for n in range(4):
        account.post(n)
    told = explain(sandbox, "twitter")
    assert (told["profile"], told["step"], told["refuses"]) == ("copies", "challenge", ["all"])
    assert [change["step"] for change in told["history"]] == ["warn", "restrict", "challenge"]
    reasons = {reason["signal"]: reason for reason in told["reasons"]}
    assert reasons["own_text"]["times"] == 2
    assert "nearly the same text" in reasons["own_text"]["latest"]
    where = "/enforcement/twitter/mara_makes"
    assert sandbox.control("POST", where, {"do": "login"})["step"] == "warn"
    assert account.me().status_code == 200
    sandbox.control("POST", where, {"do": "reset"})
    assert explain(sandbox, "twitter")["score"] == 0
    lines = (sandbox.home / "enforcement.jsonl").read_text().splitlines()
    events = [json.loads(line) for line in lines]
    steps = [e["step"] for e in events if e["event"] == "step"]
    assert steps == ["warn", "restrict", "challenge", "warn", "clear"]
    refused = [e["refused_by"] for e in events if e["event"] == "finding"]
    assert refused == [None, None, "restrict"]


def test_a_restriction_passes_and_reads_go_on(sandbox: Sandbox) -> None:
    enforce(sandbox, COPIES)
    account = X(sandbox)
    for n in range(3):
        account.post(n)
    assert account.me().status_code == 200
    sandbox.advance(hours=12)
    account = X(sandbox)
    assert account.post(9).status_code == 201


def test_presses_on_pages_are_behaviour_too(sandbox: Sandbox) -> None:
    profile = COPIES | {
        "groups": {"follow": ["follow"]},
        "signals": {"volume": {"points": 10, "groups": {"follow": {"hour": 2, "day": 2}}}},
        "ladder": [{"step": "warn", "score": 5},
                   {"step": "restrict", "score": 14, "hours": 1, "refuses": ["follow"]}],
    }  # fmt: skip
    enforce(sandbox, profile)
    sandbox.account("instagram", "mara_makes")
    people = sandbox.control("GET", "/people?platform=instagram&limit=6")["people"]
    answers = [
        sandbox.http.post(f"/www.instagram.com/{one['handle']}/",
                          data={"as": "mara_makes", "do": "follow"})
        for one in people
    ]  # fmt: skip
    assert [answer.status_code for answer in answers] == [303, 303, 303, 303, 403, 403]
    assert "may not do this for now" in answers[-1].text
    assert len(sandbox.done("follow")) == 4
    assert [e["outcome"] for e in sandbox.journal()][-2:] == ["refused", "refused"]


def test_people_who_want_no_contact_complain(sandbox: Sandbox) -> None:
    rule = {"points": 1, "averse": 1.0, "chance": {"follow": 1.0}}
    profile = COPIES | {"groups": {"follow": ["follow"]}, "signals": {"unwanted_contact": rule},
                        "ladder": [{"step": "warn", "score": 100}]}  # fmt: skip
    enforce(sandbox, profile)
    sandbox.account("instagram", "mara_makes")
    people = sandbox.control("GET", "/people?platform=instagram&limit=12")["people"]
    for one in people:
        path = f"/www.instagram.com/{one['handle']}/"
        sandbox.http.post(path, data={"as": "mara_makes", "do": "follow"})
    (reason,) = explain(sandbox, "instagram")["reasons"]
    assert reason["times"] == len([one for one in people if one["kind"] != "bot"])


def test_the_same_text_from_several_accounts_is_seen(sandbox: Sandbox) -> None:
    copies = {"days": 1, "copies": 0, "likeness": 0.6, "points": 10}
    enforce(sandbox, COPIES | {"signals": {"shared_text": copies}})
    for handle in ("mara_makes", "other_one"):
        sandbox.account("twitter", handle)
        answer = sandbox.http.post("/api.x.com/2/tweets", headers=sandbox.bearer("twitter", handle),
                                   json={"text": "Fresh mugs in the shop this week"})  # fmt: skip
        assert answer.status_code == 201
    seen = sandbox.control("GET", "/enforcement")["accounts"]
    assert {one["handle"]: one["step"] for one in seen} == {"mara_makes": "clear",
                                                            "other_one": "warn"}  # fmt: skip


def test_standing_outlives_a_kill_and_off_is_off(sandbox: Sandbox) -> None:
    account = X(sandbox)
    for n in range(3):
        assert account.post(n).status_code == 201
    assert explain(sandbox, "twitter")["profile"] is None
    assert not (sandbox.home / "enforcement.jsonl").exists()
    enforce(sandbox, COPIES)
    account.post(10)
    for n in range(11, 13):
        account.post(n)
    before = explain(sandbox, "twitter")
    assert before["step"] == "restrict"
    sandbox.kill()
    sandbox.start()
    assert explain(sandbox, "twitter") == before
    enforce(sandbox, None)
    assert account.box.control("GET", "/enforcement") == {"profile": None, "accounts": []}


def test_a_profile_comes_from_a_file_a_name_or_inline(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(json.dumps(COPIES | {"name": "mine"}))
    box = Sandbox(tmp_path / "home", "--clock", "manual", "--enforcement", str(path))
    try:
        assert box.control("GET", "/enforcement")["profile"] == "mine"
        assert enforce(box, "strict")["profile"] == "strict"
        wrong = box.http.post("/_control/enforcement", json={"profile": {"name": "x"}})
        assert wrong.status_code == 422
        assert "half_life_hours" in wrong.json()["error"]
        assert box.control("GET", "/enforcement")["profile"] == "strict"
    finally:
        box.close()


def test_a_normal_day_is_left_alone_by_the_normal_profile(sandbox: Sandbox) -> None:
    enforce(sandbox, "normal")
    sandbox.account("instagram", "mara_makes", age_days=400)
    people = sandbox.control("GET", "/people?platform=instagram&limit=40")["people"]
    for number, one in enumerate(people):
        path = f"/www.instagram.com/{one['handle']}/"
        sandbox.http.post(path, data={"as": "mara_makes", "do": "follow"})
        sandbox.advance(minutes=7 + (number * number) % 11)
    told = explain(sandbox, "instagram")
    assert told["step"] == "clear"
    assert len(sandbox.done("follow")) == 40
