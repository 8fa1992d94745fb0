"""The three platforms' consent, exchange, refresh and revocation."""

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.conftest import Sandbox

BACK = "http://127.0.0.1:9/callback/"
VERIFIER = "v" * 64
DIGEST = hashlib.sha256(VERIFIER.encode())
S256 = base64.urlsafe_b64encode(DIGEST.digest()).decode().rstrip("=")
AUTHORIZE = {
    "twitter": ("/x.com/i/oauth2/authorize", {
        "response_type": "code", "client_id": "c1", "redirect_uri": BACK, "state": "st",
        "scope": "tweet.read tweet.write users.read offline.access", "code_challenge": S256,
        "code_challenge_method": "S256"}),
    "instagram": ("/www.instagram.com/oauth/authorize", {
        "response_type": "code", "client_id": "c1", "redirect_uri": BACK, "state": "st",
        "scope": "instagram_business_basic,instagram_business_content_publish"}),
    "tiktok": ("/www.tiktok.com/v2/auth/authorize/", {
        "response_type": "code", "client_key": "c1", "redirect_uri": BACK, "state": "st",
        "scope": "user.info.basic,video.list", "code_challenge": DIGEST.hexdigest(),
        "code_challenge_method": "S256"}),
}  # fmt: skip


def consent(box: Sandbox, platform: str, decision: str = "allow") -> dict[str, str]:
    path, query = AUTHORIZE[platform]
    box.account(platform, "mara_makes")
    page = box.http.get(path, params=query)
    assert page.status_code == 200
    assert "mara_makes" in page.text
    form = {"account": "mara_makes", "decision": decision}
    sent = box.http.post(path, params=query, data=form)
    assert sent.status_code == 303
    where = urlsplit(sent.headers["location"])
    assert sent.headers["location"].startswith(BACK)
    return {name: values[0] for name, values in parse_qs(where.query).items()}


def x_token(box: Sandbox, **form: str) -> tuple[int, dict[str, str]]:
    answer = box.http.post("/api.x.com/2/oauth2/token", data={"client_id": "c1", **form})
    return answer.status_code, answer.json()


def exchange(code: str) -> dict[str, str]:
    return {
        "grant_type": "authorization_code", "code": code, "redirect_uri": BACK,
        "code_verifier": VERIFIER,
    }  # fmt: skip


def test_x_rotates_the_refresh_token_and_the_old_one_dies(sandbox: Sandbox) -> None:
    back = consent(sandbox, "twitter")
    assert back["state"] == "st"
    status, first = x_token(sandbox, **exchange(back["code"]))
    assert (status, str(first["expires_in"])) == (200, "7200")
    status, second = x_token(
        sandbox, grant_type="refresh_token", refresh_token=first["refresh_token"]
    )
    assert status == 200
    status, again = x_token(
        sandbox, grant_type="refresh_token", refresh_token=first["refresh_token"]
    )
    assert (status, again["error"]) == (400, "invalid_request")
    for token, expected in ((first, 401), (second, 200)):
        head = {"authorization": f"Bearer {token['access_token']}"}
        assert sandbox.http.get("/api.x.com/2/users/me", headers=head).status_code == expected


@pytest.mark.parametrize(
    ("change", "wait"),
    [({"code_verifier": "wrong" * 10}, 0), ({"redirect_uri": "http://127.0.0.1:9/x"}, 0), ({}, 31)],
)
def test_x_refuses_a_code_that_does_not_fit_or_is_old(
    sandbox: Sandbox, change: dict[str, str], wait: int
) -> None:
    back = consent(sandbox, "twitter")
    sandbox.advance(seconds=wait)
    status, body = x_token(sandbox, **(exchange(back["code"]) | change))
    assert (status, body["error"]) == (400, "invalid_request")


def test_x_access_dies_after_two_hours_and_by_revocation(sandbox: Sandbox) -> None:
    sandbox.account("twitter", "mara_makes")
    head = sandbox.bearer("twitter", "mara_makes")
    sandbox.advance(hours=2, seconds=1)
    assert sandbox.http.get("/api.x.com/2/users/me", headers=head).status_code == 401
    token = sandbox.token("twitter", "mara_makes")
    sent = sandbox.http.post("/api.x.com/2/oauth2/revoke", data={"token": token, "client_id": "c"})
    assert sent.json() == {"revoked": True}
    head = {"authorization": f"Bearer {token}"}
    assert sandbox.http.get("/api.x.com/2/users/me", headers=head).status_code == 401


@pytest.mark.parametrize("platform", sorted(AUTHORIZE))
def test_denying_sends_no_code(sandbox: Sandbox, platform: str) -> None:
    back = consent(sandbox, platform, "deny")
    assert back["error"] == "access_denied"
    assert "code" not in back
    assert sandbox.done("authorize") == []


def test_instagram_short_token_becomes_long_and_is_refreshed(sandbox: Sandbox) -> None:
    back = consent(sandbox, "instagram")
    form = {"client_id": "c1", "client_secret": "s", "grant_type": "authorization_code",
            "redirect_uri": BACK, "code": back["code"]}  # fmt: skip
    sent = sandbox.http.post("/api.instagram.com/oauth/access_token", data=form)
    short = sent.json()["data"][0]
    again = sandbox.http.post("/api.instagram.com/oauth/access_token", data=form)
    assert (again.status_code, again.json()["error_type"]) == (400, "OAuthException")
    query = {"grant_type": "ig_exchange_token", "client_secret": "s",
             "access_token": short["access_token"]}  # fmt: skip
    long = sandbox.http.get("/graph.instagram.com/access_token", params=query).json()
    assert long["expires_in"] == 60 * 86400
    query = {"grant_type": "ig_refresh_token", "access_token": long["access_token"]}
    path = "/graph.instagram.com/refresh_access_token"
    assert sandbox.http.get(path, params=query).status_code == 400
    sandbox.advance(hours=25)
    fresh = sandbox.http.get(path, params=query).json()
    sandbox.advance(days=59)
    for token, ok in ((long, False), (fresh, True)):
        me = sandbox.http.get(
            "/graph.instagram.com/v25.0/me",
            params={"fields": "user_id,username", "access_token": token["access_token"]},
        )
        assert (me.status_code == 200) is ok
        if not ok:
            assert me.json()["error"]["error_subcode"] == 463
    assert me.json()["username"] == "mara_makes"


def test_tiktok_challenge_is_hex_and_the_token_lasts_a_day(sandbox: Sandbox) -> None:
    back = consent(sandbox, "tiktok")
    assert back["scopes"] == "user.info.basic,video.list"
    form = exchange(back["code"]) | {"client_key": "c1", "client_secret": "s"}
    token = sandbox.http.post("/open.tiktokapis.com/v2/oauth/token/", data=form).json()
    assert (token["expires_in"], token["refresh_expires_in"]) == (86400, 31536000)
    head = {"authorization": f"Bearer {token['access_token']}"}
    path = "/open.tiktokapis.com/v2/user/info/"
    me = sandbox.http.get(path, params={"fields": "open_id"}, headers=head).json()
    assert me["data"]["user"]["open_id"] == token["open_id"]
    refused = sandbox.http.get(path, params={"fields": "username"}, headers=head)
    assert refused.json()["error"]["code"] == "scope_not_authorized"
    sandbox.advance(hours=24, seconds=1)
    assert sandbox.http.get(path, params={"fields": "open_id"}, headers=head).status_code == 401
    form = {"client_key": "c1", "client_secret": "s", "grant_type": "refresh_token",
            "refresh_token": token["refresh_token"]}  # fmt: skip
    fresh = sandbox.http.post("/open.tiktokapis.com/v2/oauth/token/", data=form).json()
    head = {"authorization": f"Bearer {fresh['access_token']}"}
    assert sandbox.http.get(path, params={"fields": "open_id"}, headers=head).status_code == 200


def test_a_strangers_handle_cannot_be_taken(sandbox: Sandbox) -> None:
    path, query = AUTHORIZE["twitter"]
    person = sandbox.control("GET", "/people?platform=twitter&limit=1")["people"][0]
    form = {"new_handle": person["handle"], "decision": "allow"}
    refused = sandbox.http.post(path, params=query, data=form)
    assert refused.status_code == 400
    assert "belongs to somebody else" in refused.text
    form = {"new_handle": "fresh_face", "decision": "allow"}
    assert sandbox.http.post(path, params=query, data=form).status_code == 303
    assert sandbox.control("GET", "/accounts/twitter/fresh_face")["interests"]


def test_a_base64url_challenge_is_wrong_for_tiktok(sandbox: Sandbox) -> None:
    path, query = AUTHORIZE["tiktok"]
    sandbox.account("tiktok", "mara_makes")
    sent = sandbox.http.post(
        path, params=query | {"code_challenge": S256},
        data={"account": "mara_makes", "decision": "allow"},
    )  # fmt: skip
    code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
    form = exchange(code) | {"client_key": "c1", "client_secret": "s"}
    refused = sandbox.http.post("/open.tiktokapis.com/v2/oauth/token/", data=form)
    assert refused.json()["error"] == "invalid_grant"
