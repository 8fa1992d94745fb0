"""The rest of Instagram: logins, containers that fail, stories, insights, budgets, locks."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.conftest import Sandbox

IG = "/graph.instagram.com/v25.0"
FB = "/graph.facebook.com/v25.0"
BACK = "http://127.0.0.1:9/callback/"
FILM = b"\x00\x00\x00\x18ftypmp42" + b"\x00" * 4000
SCOPES = "instagram_basic,pages_show_list,pages_read_engagement,instagram_content_publish"


def ig(box: Sandbox, method: str, path: str, token: str, **args: str) -> Any:
    return box.http.request(method, path, params={**args, "access_token": token}).json()


@pytest.fixture
def me(sandbox: Sandbox) -> str:
    return str(sandbox.account("instagram", "mara_makes", followers=4000)["id"])


@pytest.fixture
def token(sandbox: Sandbox, me: str) -> str:
    return sandbox.token("instagram", "mara_makes")


def facebook_code(box: Sandbox, **form: str) -> str:
    query = {"client_id": "c1", "redirect_uri": BACK, "state": "s", "scope": SCOPES,
             "response_type": "code"}  # fmt: skip
    sent = box.http.post("/www.facebook.com/v25.0/dialog/oauth", params=query,
                         data={"account": "mara_makes", "decision": "allow", **form})  # fmt: skip
    return parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]


def facebook_token(box: Sandbox, **form: str) -> tuple[Any, str]:
    """The short token's answer, and the long token."""
    app = {"client_id": "c1", "client_secret": "s"}
    query = {**app, "redirect_uri": BACK, "code": facebook_code(box, **form)}
    short = box.http.get(f"{FB}/oauth/access_token", params=query).json()
    query = {**app, "grant_type": "fb_exchange_token", "fb_exchange_token": short["access_token"]}
    long = box.http.get(f"{FB}/oauth/access_token", params=query).json()
    assert (short["expires_in"], long["expires_in"]) == (3600, 60 * 86400)
    return short, long["access_token"]


def test_facebooks_login_has_pages_whose_tokens_last(sandbox: Sandbox, me: str) -> None:
    _, long = facebook_token(sandbox)
    page = ig(sandbox, "GET", f"{FB}/me/accounts", long,
              fields="id,name,access_token,instagram_business_account")["data"][0]  # fmt: skip
    assert page["instagram_business_account"] == {"id": me}
    assert ig(sandbox, "GET", f"{FB}/me", page["access_token"])["id"] == page["id"]
    assert ig(sandbox, "GET", f"{FB}/me", long)["id"] not in (me, page["id"])
    assert ig(sandbox, "GET", f"{FB}/me", long, fields="username")["error"]["code"] == 100
    other = ig(sandbox, "GET", f"{IG}/me", long)["error"]
    assert (other["code"], "Cannot parse" in other["message"]) == (190, True)
    sandbox.advance(days=61)
    assert ig(sandbox, "GET", f"{FB}/me", long)["error"]["error_subcode"] == 463
    assert ig(sandbox, "GET", f"{FB}/{me}", page["access_token"], fields="id") == {"id": me}


def test_removing_the_app_ends_every_token(sandbox: Sandbox, me: str) -> None:
    _, long = facebook_token(sandbox)
    page = ig(sandbox, "GET", f"{FB}/me/accounts", long)["data"][0]["access_token"]
    assert ig(sandbox, "DELETE", f"{FB}/me/permissions", long) == {"success": True}
    for dead in (long, page):
        assert ig(sandbox, "GET", f"{FB}/me", dead)["error"]["error_subcode"] == 458


def test_a_person_may_untick_scopes(sandbox: Sandbox, me: str) -> None:
    kept = {"scopes_shown": "1", "scope:instagram_basic": "1", "scope:pages_show_list": "1"}
    _, long = facebook_token(sandbox, **kept)
    refused = ig(sandbox, "POST", f"{FB}/{me}/media", long, image_url="https://example.com/a.jpg")
    assert refused["error"]["code"] == 10
    assert ig(sandbox, "GET", f"{FB}/{me}/media", long)["data"] == []
    _, blind = facebook_token(sandbox, scopes_shown="1", **{"scope:instagram_basic": "1"})
    assert ig(sandbox, "GET", f"{FB}/me/accounts", blind) == {"data": []}


@pytest.mark.parametrize(
    ("args", "code", "subcode"),
    [
        ({"image_url": "https://example.com/a.jpg", "caption": "x" * 2201}, 36004, 2207010),
        ({"image_url": "https://example.com/a.jpg", "caption": "#a " * 31}, 100, 2207040),
        ({"image_url": "https://example.com/a.jpg", "caption": "@a " * 21}, 100, 2207040),
        ({"image_url": "https://example.com/a.png"}, 36001, 2207005),
        ({"image_url": "https://example.com/huge.jpg"}, 36000, 2207004),
        ({"image_url": "https://example.com/wide.jpg"}, 36003, 2207009),
        ({"image_url": "https://example.com/missing.jpg"}, 9004, 2207052),
        ({"image_url": "https://example.com/slow.jpg"}, -2, 2207003),
        ({"media_type": "CAROUSEL", "children": "1"}, 100, 2207028),
        ({"media_type": "CAROUSEL", "children": "1,2"}, 24, 2207008),
        ({"caption": "Words only"}, 100, None),
    ],
)
def test_containers_that_are_refused(
    sandbox: Sandbox, me: str, token: str, args: dict[str, str], code: int, subcode: int | None
) -> None:
    error = ig(sandbox, "POST", f"{IG}/{me}/media", token, **args)["error"]
    assert (error["code"], error.get("error_subcode")) == (code, subcode)


def made(box: Sandbox, me: str, token: str, host: str = IG, **args: str) -> Any:
    return ig(box, "POST", f"{host}/{me}/media", token, **args)


def test_a_container_ages_fails_and_expires(sandbox: Sandbox, me: str, token: str) -> None:
    film = {"media_type": "REELS"}
    bad = made(sandbox, me, token, **film, video_url="https://example.com/broken.mp4")["id"]
    good = made(sandbox, me, token, image_url="https://example.com/a.jpg")["id"]

    def state(container: str) -> Any:
        return ig(sandbox, "GET", f"{IG}/{container}", token, fields="status_code,status")

    assert {state(bad)["status_code"], state(good)["status_code"]} == {"IN_PROGRESS"}
    sandbox.advance(seconds=10)
    assert state(good)["status_code"] == "FINISHED"
    assert (state(bad)["status_code"], "2207026" in state(bad)["status"]) == ("ERROR", True)
    refused = ig(sandbox, "POST", f"{IG}/{me}/media_publish", token, creation_id=bad)["error"]
    assert (refused["code"], refused["error_subcode"]) == (352, 2207026)
    sandbox.advance(hours=25)
    assert state(good)["status_code"] == "EXPIRED"
    gone = ig(sandbox, "POST", f"{IG}/{me}/media_publish", token, creation_id=good)["error"]
    assert (gone["code"], gone["error_subcode"]) == (24, 2207008)


def test_a_reel_is_handed_over_in_parts(sandbox: Sandbox, me: str, token: str) -> None:
    begin = {"media_type": "REELS", "upload_type": "resumable", "caption": "Kiln"}
    assert made(sandbox, me, token, **begin)["error"]["code"] == 100
    started = made(sandbox, me, token, FB, **begin)
    path = started["uri"].replace("https://", "/")

    def send(offset: int, content: bytes) -> Any:
        head = {"authorization": f"OAuth {token}", "offset": str(offset),
                "file_size": str(len(FILM))}  # fmt: skip
        return sandbox.http.post(path, headers=head, content=content).json()

    assert send(0, FILM[:1000])["success"] is True
    assert send(0, FILM[:1000])["debug_info"]["retriable"] is True
    state = ig(sandbox, "GET", f"{FB}/{started['id']}", token, fields="status_code")
    assert state["status_code"] == "IN_PROGRESS"
    assert send(1000, FILM[1000:])["success"] is True
    sandbox.advance(seconds=10)
    done = ig(sandbox, "POST", f"{FB}/{me}/media_publish", token, creation_id=started["id"])
    shown = ig(sandbox, "GET", f"{FB}/{done['id']}", token, fields="media_product_type")
    assert shown["media_product_type"] == "REELS"


def published(box: Sandbox, me: str, token: str, **args: str) -> str:
    container = made(box, me, token, FB, **({"image_url": "https://example.com/a.jpg"} | args))
    box.advance(seconds=10)
    done = ig(box, "POST", f"{FB}/{me}/media_publish", token, creation_id=container["id"])
    return str(done["id"])


def test_a_story_is_apart_and_lasts_a_day(sandbox: Sandbox, me: str, token: str) -> None:
    story = published(sandbox, me, token, media_type="STORIES")
    listed = ig(sandbox, "GET", f"{FB}/{me}/stories", token, fields="id,media_product_type")
    assert listed["data"] == [{"id": story, "media_product_type": "STORY"}]
    assert ig(sandbox, "GET", f"{FB}/{me}/media", token)["data"] == []
    few = ig(sandbox, "GET", f"{FB}/{story}/insights", token, metric="views")["error"]
    assert "Not enough viewers" in few["message"]
    sandbox.advance(hours=25)
    assert ig(sandbox, "GET", f"{FB}/{me}/stories", token)["data"] == []


def test_insights_come_from_what_people_did(sandbox: Sandbox, me: str, token: str) -> None:
    period = {"period": "day", "metric_type": "total_value"}
    empty = ig(sandbox, "GET", f"{IG}/{me}/insights", token, metric="views,likes", **period)
    assert empty["data"] == []
    media = published(sandbox, me, token, caption="Mugs #ceramics and coffee")
    sandbox.advance(days=3)
    now = int(datetime.fromisoformat(sandbox.control("GET", "/clock")["now"]).timestamp())
    told = ig(sandbox, "GET", f"{IG}/{media}/insights", token, metric="likes,views,saved")
    likes = told["data"][0]["values"][0]["value"]
    assert likes > 0
    week = {"since": str(now - 7 * 86400), "until": str(now)}
    whole = ig(sandbox, "GET", f"{IG}/{me}/insights", token, metric="likes,reach", **period, **week)
    assert whole["data"][0]["total_value"]["value"] == likes
    assert {"previous", "next"} == set(whole["paging"])
    days = ig(sandbox, "GET", f"{IG}/{me}/insights", token, metric="reach", period="day", **week)
    assert len(days["data"][0]["values"]) == 7
    for bad in ({"metric": "impressions"}, {"metric": "likes", "period": "day"},
                {"metric": "reach"}):  # fmt: skip
        assert ig(sandbox, "GET", f"{IG}/{me}/insights", token, **bad)["error"]["code"] == 100
    reel = ig(sandbox, "GET", f"{IG}/{media}/insights", token, metric="reels_skip_rate")
    assert reel["error"]["code"] == 100
    who = {"metric": "follower_demographics", "period": "lifetime", "breakdown": "country"}
    people = ig(sandbox, "GET", f"{IG}/{me}/insights", token, **who)["data"][0]["total_value"]
    assert people["breakdowns"][0]["dimension_keys"] == ["country"]


def test_the_budget_shows_late_and_then_refuses(sandbox: Sandbox, me: str, token: str) -> None:
    for n in range(48):
        answer = sandbox.http.get(f"{FB}/{me}", params={"fields": "id", "access_token": token})
        assert ("x-business-use-case-usage" in answer.headers) == (n >= 47)
    assert answer.json() == {"id": me}
    for n in range(1, 31):
        found = ig(sandbox, "GET", f"{FB}/ig_hashtag_search", token, user_id=me, q=f"tag{n}")
        assert "data" in found
    full = ig(sandbox, "GET", f"{FB}/ig_hashtag_search", token, user_id=me, q="tag31")["error"]
    assert (full["code"], full["error_subcode"]) == (18, 2207034)
    query = {"user_id": me, "q": "tag1", "access_token": token}
    again = sandbox.http.get(f"{FB}/ig_hashtag_search", params=query)
    assert again.status_code == 200
    assert '"call_count": 16' in again.headers["x-app-usage"]


def test_a_burst_of_likes_locks_for_an_hour(sandbox: Sandbox, me: str, token: str) -> None:
    media = published(sandbox, me, token)

    def like() -> Any:
        return ig(sandbox, "POST", f"{FB}/{me}/likes", token, media_id=media)

    assert [like() for _ in range(50)] == [{"success": True}] * 50
    assert like()["error"]["code"] == 17
    sandbox.advance(minutes=59)
    assert like()["error"]["code"] == 17
    sandbox.advance(minutes=2)
    assert like() == {"success": True}


def test_the_quota_of_a_day_is_fifty(sandbox: Sandbox, me: str, token: str) -> None:
    for _ in range(50):
        published(sandbox, me, token)
    container = made(sandbox, me, token, image_url="https://example.com/a.jpg")["id"]
    sandbox.advance(seconds=5)
    full = ig(sandbox, "POST", f"{IG}/{me}/media_publish", token, creation_id=container)["error"]
    assert (full["code"], full["error_subcode"]) == (9, 2207042)
    told = ig(sandbox, "GET", f"{IG}/{me}/content_publishing_limit", token,
              fields="quota_usage,config")["data"][0]  # fmt: skip
    assert told == {"quota_usage": 50, "config": {"quota_total": 50, "quota_duration": 86400}}


def test_a_comment_is_answered_privately_once(sandbox: Sandbox, me: str, token: str) -> None:
    media = published(sandbox, me, token)
    sandbox.account("instagram", "other_one")
    press = {"do": "comment", "text": "Lovely @mara_makes", "as": "other_one"}
    shown = ig(sandbox, "GET", f"{FB}/{media}", token, fields="permalink")["permalink"]
    sandbox.http.post(shown.replace("https://", "/"), data=press)
    comment = ig(sandbox, "GET", f"{FB}/{media}/comments", token)["data"][0]["id"]
    whole = {"recipient": {"comment_id": comment}, "message": {"text": "Thank you"}}
    grant = {"platform": "instagram", "handle": "mara_makes", "client_id": "t",
             "scopes": "instagram_basic instagram_manage_messages"}  # fmt: skip
    wide = sandbox.control("POST", "/tokens", grant)["access_token"]
    sent = [sandbox.http.post(f"{FB}/{me}/messages", params={"access_token": wide}, json=whole)
            for _ in range(2)]  # fmt: skip
    assert [one.status_code for one in sent] == [200, 400]
    fields = f"mentioned_comment.comment_id({comment}){{text,username}}"
    seen = ig(sandbox, "GET", f"{FB}/{me}", token, fields=fields)["mentioned_comment"]
    assert (seen["text"], seen["username"]) == ("Lovely @mara_makes", "other_one")
    assert ig(sandbox, "POST", f"{FB}/{media}", token, comment_enabled="false")["success"] is True
    closed = ig(sandbox, "GET", f"{FB}/{media}", token, fields="is_comment_enabled")
    assert closed["is_comment_enabled"] is False
