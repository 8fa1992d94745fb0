"""The rest of TikTok: grants, caps, pulls that fail, drafts, unaudited apps, business insights."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.conftest import Sandbox

OPEN = "/open.tiktokapis.com/v2"
BUSINESS = "/business-api.tiktok.com/open_api/v1.3"
BACK = "http://127.0.0.1:9/callback/"
APP = {"client_key": "c1", "client_secret": "s"}


@pytest.fixture
def me(sandbox: Sandbox) -> str:
    return str(sandbox.account("tiktok", "mara_makes", followers=4000)["id"])


@pytest.fixture
def token(sandbox: Sandbox, me: str) -> str:
    return sandbox.token("tiktok", "mara_makes")


def call(box: Sandbox, token: str, path: str, body: object, **query: str) -> Any:
    head = {"authorization": f"Bearer {token}"}
    return box.http.post(f"{OPEN}{path}", headers=head, json=body, params=query).json()


def pull(box: Sandbox, token: str, url: str = "https://example.com/v.mp4", **info: object) -> Any:
    body = {
        "post_info": {"title": "Mugs", "privacy_level": "PUBLIC_TO_EVERYONE", **info},
        "source_info": {"source": "PULL_FROM_URL", "video_url": url},
    }
    return call(box, token, "/post/publish/video/init/", body)


def photos(box: Sandbox, token: str, *urls: str, **more: object) -> Any:
    body = {
        "media_type": "PHOTO", "post_mode": "DIRECT_POST",
        "post_info": {"title": "Two", "privacy_level": "SELF_ONLY"},
        "source_info": {"source": "PULL_FROM_URL", "photo_cover_index": 0, "photo_images": urls},
        **more,
    }  # fmt: skip
    return call(box, token, "/post/publish/content/init/", body)


def state(box: Sandbox, token: str, made: Any) -> Any:
    query = {"publish_id": made["data"]["publish_id"]}
    return call(box, token, "/post/publish/status/fetch/", query)["data"]


def test_a_refresh_may_keep_or_change_the_refresh_token(sandbox: Sandbox, me: str) -> None:
    body = {"platform": "tiktok", "handle": "mara_makes", "client_id": "c1"}
    held = sandbox.control("POST", "/tokens", body)
    kept = changed = 0
    for _ in range(12):
        sandbox.advance(days=1)
        form = {**APP, "grant_type": "refresh_token", "refresh_token": held["refresh_token"]}
        fresh = sandbox.http.post(f"{OPEN}/oauth/token/", data=form).json()
        if fresh["refresh_token"] == held["refresh_token"]:
            kept += 1
            assert fresh["refresh_expires_in"] == held["refresh_expires_in"] - 86_400
        else:
            changed += 1
            assert fresh["refresh_expires_in"] == 365 * 86_400
            again = sandbox.http.post(f"{OPEN}/oauth/token/", data=form).json()
            assert again["error"] == "invalid_grant"
        held = fresh
    assert kept
    assert changed


def test_the_callback_tells_what_was_granted(sandbox: Sandbox, me: str) -> None:
    query = {"response_type": "code", "client_key": "c1", "redirect_uri": BACK, "state": "s",
             "scope": "user.info.basic,video.list,video.publish"}  # fmt: skip
    form = {"account": "mara_makes", "decision": "allow", "scopes_shown": "1"}
    none = sandbox.http.post("/www.tiktok.com/v2/auth/authorize/", params=query, data=form)
    assert (none.status_code, "at least one" in none.text) == (400, True)
    form |= {"scope:user.info.basic": "1", "scope:video.list": "1"}
    sent = sandbox.http.post("/www.tiktok.com/v2/auth/authorize/", params=query, data=form)
    back = parse_qs(urlsplit(sent.headers["location"]).query)
    assert back["scopes"] == ["user.info.basic,video.list"]
    form = {
        **APP,
        "grant_type": "authorization_code",
        "redirect_uri": BACK,
        "code": back["code"][0],
    }
    held = sandbox.http.post(f"{OPEN}/oauth/token/", data=form).json()
    assert held["scope"] == "user.info.basic,video.list"
    refused = pull(sandbox, held["access_token"])
    assert refused["error"]["code"] == "scope_not_authorized"
    form = {**APP, "grant_type": "client_credentials"}
    app = sandbox.http.post(f"{OPEN}/oauth/token/", data=form).json()
    assert app["expires_in"] == 7200
    assert pull(sandbox, app["access_token"])["error"]["code"] == "access_token_invalid"


@pytest.mark.parametrize(
    ("url", "reason"),
    [("missing", "video_pull_failed"), ("broken", "file_format_check_failed"),
     ("long", "duration_check_failed"), ("jerky", "frame_rate_check_failed")],
)  # fmt: skip
def test_a_pull_fails_with_its_reason(sandbox: Sandbox, token: str, url: str, reason: str) -> None:
    made = pull(sandbox, token, f"https://example.com/{url}.mp4")
    assert state(sandbox, token, made) == {"status": "PROCESSING_DOWNLOAD"}
    sandbox.advance(minutes=1)
    assert state(sandbox, token, made) == {"status": "FAILED", "fail_reason": reason}
    listed = call(sandbox, token, "/video/list/", {}, fields="id")["data"]
    assert listed["videos"] == []


def test_what_an_init_refuses(sandbox: Sandbox, token: str) -> None:
    sandbox.control("POST", "/limits", {"enforced": False})
    refusals = [
        pull(sandbox, token, "https://unverified.example/v.mp4"),
        pull(sandbox, token, "http://example.com/v.mp4"),
        pull(sandbox, token, privacy_level="FRIENDS"),
        pull(sandbox, token, privacy_level="SELF_ONLY", brand_content_toggle=True),
        pull(sandbox, token, title="x" * 2201),
        photos(sandbox, token, *(["https://example.com/1.jpg"] * 36)),
        photos(sandbox, token, "https://example.com/1.jpg", post_mode="SOMEHOW"),
    ]
    assert [one["error"]["code"] for one in refusals] == [
        "url_ownership_unverified", "url_ownership_unverified", "privacy_level_option_mismatch",
        "invalid_param", "invalid_param", "invalid_param", "invalid_param",
    ]  # fmt: skip
    png = photos(sandbox, token, "https://example.com/1.png")
    sandbox.advance(minutes=1)
    assert state(sandbox, token, png)["fail_reason"] == "file_format_check_failed"


def test_a_pull_can_be_stopped_in_time(sandbox: Sandbox, token: str) -> None:
    made = pull(sandbox, token)
    other = sandbox.token("tiktok", str(sandbox.account("tiktok", "other_one")["handle"]))
    foreign = call(sandbox, other, "/post/publish/cancel/", made["data"])["error"]["code"]
    assert foreign == "token_not_authorized_for_specified_publish_id"
    assert call(sandbox, token, "/post/publish/cancel/", made["data"])["error"]["code"] == "ok"
    assert state(sandbox, token, made)["fail_reason"] == "publish_cancelled"
    late = pull(sandbox, token)
    sandbox.advance(minutes=1)
    refused = call(sandbox, token, "/post/publish/cancel/", late["data"])["error"]["code"]
    assert refused == "publish_not_cancellable"
    unknown = call(sandbox, token, "/post/publish/status/fetch/", {"publish_id": "v_pub_url~v2.1"})
    assert unknown["error"]["code"] == "invalid_publish_id"


def test_caps_of_a_day(sandbox: Sandbox, token: str) -> None:
    sandbox.control("POST", "/limits", {"enforced": False})
    codes = [pull(sandbox, token)["error"]["code"] for _ in range(16)]
    assert codes == ["ok"] * 15 + ["spam_risk_too_many_posts"]
    asked = call(sandbox, token, "/post/publish/creator_info/query/", {})["error"]["code"]
    assert asked == "spam_risk_too_many_posts"
    drafts = [photos(sandbox, token, "https://example.com/1.jpg", post_mode="MEDIA_UPLOAD")
              for _ in range(6)]  # fmt: skip
    codes = [one["error"]["code"] for one in drafts]
    assert codes == ["ok"] * 5 + ["spam_risk_too_many_pending_share"]
    assert state(sandbox, token, drafts[0]) == {"status": "SEND_TO_USER_INBOX"}
    sandbox.advance(hours=24, seconds=1)
    fresh = sandbox.token("tiktok", "mara_makes")
    assert pull(sandbox, fresh)["error"]["code"] == "ok"


def test_an_unaudited_app_has_five_private_creators(sandbox: Sandbox, token: str) -> None:
    sandbox.control("POST", "/tier", {"platform": "tiktok", "tier": "unaudited"})
    public = pull(sandbox, token)["error"]["code"]
    assert public == "unaudited_client_can_only_post_to_private_accounts"
    codes = []
    for n in range(6):
        sandbox.account("tiktok", f"creator_{n}")
        theirs = sandbox.token("tiktok", f"creator_{n}")
        codes.append(pull(sandbox, theirs, privacy_level="SELF_ONLY")["error"]["code"])
    assert codes == ["ok"] * 5 + ["reached_active_user_cap"]
    assert sandbox.control("GET", "/tier?platform=tiktok")["tier"] == "unaudited"


def business(box: Sandbox, me: str, token: str, path: str, **args: object) -> Any:
    head = {"access-token": token}
    query = {k: v if isinstance(v, str) else json.dumps(v) for k, v in args.items()}
    params = {"business_id": me, **query}
    return box.http.get(f"{BUSINESS}/business{path}", params=params, headers=head).json()


def test_daily_figures_come_from_what_people_did(sandbox: Sandbox, me: str, token: str) -> None:
    pull(sandbox, token, title="A kiln full of mugs #ceramics and good coffee")
    sandbox.advance(days=3)
    token = sandbox.token("tiktok", "mara_makes")
    now = datetime.fromisoformat(sandbox.control("GET", "/clock")["now"]).date()
    asked = ["likes", "video_views", "followers_count"]
    told = business(sandbox, me, token, "/get/", fields=asked, end_date=now.isoformat(),
                    start_date=(now - timedelta(days=5)).isoformat())  # fmt: skip
    days = told["data"]["metrics"]
    assert days[-1]["date"] < now.isoformat()
    assert sum(day["likes"] for day in days) > 0
    assert set(days[0]) == {"date", *asked}
    video = business(sandbox, me, token, "/video/list/", fields=["item_id", "likes", "reach"])
    assert video["data"]["videos"][0]["likes"] >= sum(day["likes"] for day in days)
    scopes = {"platform": "tiktok", "handle": "mara_makes", "client_id": "t",
              "scopes": "user.info.basic video.list"}  # fmt: skip
    little = sandbox.control("POST", "/tokens", scopes)["access_token"]
    for path, fields in (("/get/", ["likes"]), ("/video/list/", ["reach"])):
        assert business(sandbox, me, little, path, fields=fields)["code"] == 40001


def test_business_publishes_and_sees_who_names_it(sandbox: Sandbox, me: str, token: str) -> None:
    body = {"business_id": me, "video_url": "https://example.com/v.mp4",
            "post_info": {"caption": "For @mara_makes"}}  # fmt: skip
    other = str(sandbox.account("tiktok", "other_one")["id"])
    theirs = sandbox.token("tiktok", "other_one")
    head, body = {"access-token": theirs}, body | {"business_id": other}
    path = f"{BUSINESS}/business/video/publish/"
    sent = sandbox.http.post(path, headers=head, json=body).json()
    share = sent["data"]["share_id"]
    sandbox.advance(minutes=1)
    told = business(sandbox, other, theirs, "/publish/status/", publish_id=share)["data"]
    assert told["status"] == "PUBLISH_COMPLETE"
    named = business(sandbox, me, token, "/mention/video/list/")["data"]["videos"]
    assert [one["item_id"] for one in named if one["handle_name"] == "other_one"] == told[
        "post_ids"
    ]


def test_the_same_answer_again_and_again_is_hidden(sandbox: Sandbox, me: str, token: str) -> None:
    made = pull(sandbox, token)
    sandbox.advance(minutes=1)
    video = str(state(sandbox, token, made)["publicaly_available_post_id"][0])
    head = {"access-token": token}
    for _ in range(4):
        body = {"business_id": me, "video_id": video, "text": "Thanks!"}
        path = f"{BUSINESS}/business/comment/create/"
        assert sandbox.http.post(path, headers=head, json=body).json()["code"] == 0
    shown = business(sandbox, me, token, "/comment/list/", video_id=video, status="PUBLIC")
    assert len(shown["data"]["comments"]) == 3
    one = shown["data"]["comments"][0]["comment_id"]
    only = business(sandbox, me, token, "/comment/list/", video_id=video, comment_ids=[one])
    assert [c["comment_id"] for c in only["data"]["comments"]] == [one]
