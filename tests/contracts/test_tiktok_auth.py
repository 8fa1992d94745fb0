"""TikTok's two sign-ins, their flat and enveloped errors, and its signed notices."""

import hashlib
import hmac
import json
from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest

from socialseed.connectors.tiktok.auth import App
from socialseed.connectors.tiktok.webhooks import TikTokWebhooks
from socialseed.connectors.types import Begin, Finish, Redirect, Renew, Revoke, Revoked, Tokens
from socialseed.core.errors import Remedy, UpstreamError
from tests.contracts.connector import NOW
from tests.contracts.tiktok_world import APP, TikTok, connector_over, fine

TOKEN = {
    "access_token": "act.x",
    "expires_in": 86400,
    "open_id": "afd97af1",
    "refresh_expires_in": 31536000,
    "refresh_token": "rft.x",
    "scope": "user.info.basic,video.list",
    "token_type": "Bearer",
}
BACK = "https://seed.example.com/api/v1/accounts/callback/tiktok"
BEGIN = Begin("state-1", "verifier", BACK, "audited")


async def begun(step: Begin, app: App = APP, sandbox: str | None = None) -> dict[str, str]:
    async with connector_over(TikTok({}), app, sandbox) as connector:
        redirect = await connector.authorize(step)
    assert isinstance(redirect, Redirect)
    return {name: values[0] for name, values in parse_qs(urlsplit(redirect.url).query).items()}


async def test_the_challenge_is_hexadecimal_and_scopes_have_commas():
    query = await begun(BEGIN)
    assert query["code_challenge"] == hashlib.sha256(b"verifier").hexdigest()
    assert query["code_challenge_method"] == "S256"
    assert query["scope"].split(",")[:2] == ["user.info.basic", "user.info.profile"]
    assert query["client_key"] == "key"


async def test_each_product_is_asked_for_its_own_scopes():
    ordinary = (await begun(BEGIN))["scope"]
    business = await begun(Begin("state-1", "verifier", BACK, "business"))
    assert "comment.list" not in ordinary
    assert {"comment.list.manage", "user.insights"} <= set(business["scope"].split(","))
    assert business["client_key"] == "7001"
    assert business["redirect_uri"] == f"{BACK}/"
    assert "code_challenge" not in business


async def test_the_sandboxs_app_has_both_products():
    scopes = (await begun(BEGIN, sandbox="http://127.0.0.1:9"))["scope"].split(",")
    assert {"video.publish", "comment.list.manage"} <= set(scopes)


async def test_a_code_becomes_tokens_that_tell_what_was_granted():
    tiktok = TikTok({"POST /v2/oauth/token/": TOKEN})
    async with connector_over(tiktok) as connector:
        tokens = await connector.authorize(Finish("a%2Ab", "verifier", BACK, "audited"))
    assert tokens == Tokens(
        "act.x",
        "rft.x",
        ["user.info.basic", "video.list"],
        timedelta(days=1),
        timedelta(days=365),
        "afd97af1",
    )
    form = dict(parse_qsl(tiktok.requests[0].content.decode()))
    assert (form["code"], form["code_verifier"]) == ("a*b", "verifier")
    assert form["client_secret"] == "app-secret"


async def test_a_business_code_becomes_tokens_too():
    lasting = {**TOKEN, "refresh_token_expires_in": 31536000}
    del lasting["refresh_expires_in"]
    tiktok = TikTok({"POST /tt_user/oauth2/token/": fine(lasting)})
    async with connector_over(tiktok) as connector:
        tokens = await connector.authorize(Finish("code", "verifier", BACK, "business"))
    assert isinstance(tokens, Tokens)
    assert (tokens.remote_id, tokens.refresh_expires_in) == ("afd97af1", timedelta(days=365))
    assert tiktok.sent("/tt_user/oauth2/token/")[0] == {
        "client_id": "7001",
        "client_secret": "business-secret",
        "grant_type": "authorization_code",
        "auth_code": "code",
        "redirect_uri": f"{BACK}/",
    }


@pytest.mark.parametrize("tier", ["audited", "business"])
async def test_a_refresh_may_bring_a_new_refresh_token_or_none(tier):
    bare = {name: value for name, value in TOKEN.items() if name != "refresh_token"}
    tiktok = TikTok(
        {
            "POST /v2/oauth/token/": [TOKEN, bare],
            "POST /tt_user/oauth2/refresh_token/": [fine(TOKEN), fine(bare)],
        }
    )
    async with connector_over(tiktok) as connector:
        first = await connector.authorize(Renew("act.old", "rft.old", tier))
        second = await connector.authorize(Renew("act.old", "rft.old", tier))
        with pytest.raises(UpstreamError, match="no_refresh_token"):
            await connector.authorize(Renew("act.old", None, tier))
    assert isinstance(first, Tokens)
    assert isinstance(second, Tokens)
    assert (first.refresh_token, second.refresh_token) == ("rft.x", None)


async def test_an_empty_answer_revokes():
    tiktok = TikTok(
        {"POST /v2/oauth/revoke/": (200, b"", {}), "POST /tt_user/oauth2/revoke/": fine({})}
    )
    async with connector_over(tiktok) as connector:
        assert await connector.authorize(Revoke("act.x", "audited")) == Revoked()
        assert await connector.authorize(Revoke("act.x", "business")) == Revoked()
    assert tiktok.sent("/tt_user/oauth2/revoke/")[0]["access_token"] == "act.x"


def flat(code: str) -> dict[str, str]:
    return {"error": code, "error_description": "…", "log_id": "2022"}


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    ("code", "remedy", "told"),
    [
        ("access_denied", Remedy.REAUTHORIZE, "authorization_refused"),
        ("invalid_grant", Remedy.REAUTHORIZE, "authorization_refused"),
        ("invalid_client", Remedy.REJECT, "invalid_client"),
        ("unauthorized_client", Remedy.REJECT, "invalid_client"),
        ("invalid_request", Remedy.REJECT, "invalid_request"),
        ("invalid_scope", Remedy.REJECT, "invalid_scope"),
        ("unsupported_grant_type", Remedy.REJECT, "unsupported_grant_type"),
        ("unsupported_response_type", Remedy.REJECT, "unsupported_response_type"),
        ("server_error", Remedy.RECONCILE, "undocumented_answer"),
        ("temporarily_unavailable", Remedy.RECONCILE, "undocumented_answer"),
        ("never_seen", Remedy.RECONCILE, "undocumented_answer"),
    ],
)
async def test_flat_errors_count_with_any_status(status, code, remedy, told):
    tiktok = TikTok({"POST /v2/oauth/token/": (status, flat(code), {})})
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError) as caught:
            await connector.authorize(Renew("act.x", "rft.x", "audited"))
    assert (caught.value.remedy, caught.value.code) == (remedy, told)
    assert "rft.x" not in repr(caught.value)


@pytest.mark.parametrize(
    ("answer", "remedy", "told"),
    [
        ({"code": 40105, "data": {}}, Remedy.REAUTHORIZE, "authorization_refused"),
        ({"code": 40110, "data": {}}, Remedy.REAUTHORIZE, "authorization_refused"),
        ({"code": 40001, "data": {}}, Remedy.REJECT, "invalid_client"),
        ({"code": 40100, "data": {}}, Remedy.WAIT, "rate_limited"),
        ({"code": 50000, "data": {}}, Remedy.RECONCILE, "undocumented_answer"),
        ({"code": 0, "data": {}}, Remedy.RECONCILE, "no_token"),
        ((502, b"<html>", {}), Remedy.RECONCILE, "undocumented_answer"),
    ],
)
async def test_business_errors_come_in_the_envelope(answer, remedy, told):
    tiktok = TikTok({"POST /tt_user/oauth2/refresh_token/": answer})
    async with connector_over(tiktok) as connector:
        with pytest.raises(UpstreamError) as caught:
            await connector.authorize(Renew("act.x", "rft.x", "business"))
    assert (caught.value.remedy, caught.value.code) == (remedy, told)


# --- notices -------------------------------------------------------------------------------------

HOOKS = TikTokWebhooks()
SECRET = "app-secret"


def body(event: str, content: object, *, packed: bool = True) -> bytes:
    told = json.dumps(content) if packed else content
    envelope = {
        "client_key": "key",
        "event": event,
        "create_time": 1615338610,
        "user_openid": "open-1",
        "content": told,
    }
    return json.dumps(envelope).encode()


def signed(raw: bytes, at: int, secret: str = SECRET) -> dict[str, str]:
    digest = hmac.new(secret.encode(), f"{at}.".encode() + raw, hashlib.sha256).hexdigest()
    return {"tiktok-signature": f"t={at},s={digest}"}


RAW = body("authorization.removed", {"reason": 1})
AT = int(NOW.timestamp())


def test_a_signature_over_these_bytes_just_now_is_genuine():
    assert HOOKS.is_genuine(signed(RAW, AT), RAW, SECRET, NOW)
    assert HOOKS.is_genuine(signed(RAW, AT - 299), RAW, SECRET, NOW)
    spaced = {"tiktok-signature": signed(RAW, AT)["tiktok-signature"].replace(",", ", ")}
    assert HOOKS.is_genuine(spaced, RAW, SECRET, NOW)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"tiktok-signature": ""},
        {"tiktok-signature": f"t={AT}"},
        {"tiktok-signature": f"t={AT},s="},
        {"tiktok-signature": f"t={AT},s={'0' * 64}"},
        {"tiktok-signature": f"t={AT},s=ünïcode"},
        {"tiktok-signature": "t=²,s=00"},
        {"tiktok-signature": f"t={'9' * 40},s=00"},
        signed(RAW, AT - 301),
        signed(RAW, AT + 301),
        signed(RAW, AT, "another-secret"),
        signed(RAW + b" ", AT),
    ],
)
def test_anything_else_is_not(headers):
    assert not HOOKS.is_genuine(headers, RAW, SECRET, NOW)


def test_without_a_secret_nothing_is_genuine():
    assert not HOOKS.is_genuine(signed(RAW, AT, ""), RAW, "", NOW)
    assert HOOKS.handshake({"challenge": "1"}, SECRET, "token") is None


_PUBLISHED = {"publish_id": "v_pub_url~v2.1", "publish_type": "DIRECT_POST"}


@pytest.mark.parametrize(
    ("event", "content", "kind"),
    [
        ("post.publish.complete", _PUBLISHED, "published"),
        ("post.publish.publicly_available", {**_PUBLISHED, "post_id": "7"}, "published"),
        ("post.publish.failed", {**_PUBLISHED, "reason": "internal"}, "publish_failed"),
        ("post.publish.inbox_delivered", _PUBLISHED, "other"),
        ("post.publish.no_longer_publicaly_available", _PUBLISHED, "other"),
        ("video.publish.completed", {"share_id": "1"}, "published"),
        ("video.upload.failed", {"share_id": "1"}, "publish_failed"),
        ("authorization.removed", {"reason": 1}, "revoked"),
        ("portability.download.ready", {"request_id": 1}, "other"),
        ("event.of.tomorrow", {}, "other"),
    ],
)
@pytest.mark.parametrize("packed", [True, False], ids=["text", "object"])
def test_events_have_their_kind(event, content, kind, packed):
    (notice,) = HOOKS.notices(body(event, content, packed=packed))
    assert (notice.kind, notice.recipient) == (kind, "open-1")
    assert notice.data["event"] == event
    assert all(notice.data[name] == str(value) for name, value in content.items())


@pytest.mark.parametrize(
    ("word", "action", "kind"),
    [
        ("comment", "insert", "comment"),
        ("reply", "insert", "reply"),
        ("comment", "delete", "deleted"),
        ("comment", "set_to_hidden", "other"),
        ("reply", "set_to_friends_only", "other"),
        ("reply", "set_to_public", "other"),
    ],
)
def test_comments_are_told_without_words_and_with_whole_ids(word, action, kind):
    content = {
        "comment_id": 7123456789012345679,
        "video_id": 7077642457847994445,
        "parent_comment_id": 0,
        "comment_type": word,
        "comment_action": action,
        "timestamp": 1700000000123,
        "unique_identifier": "u-1",
    }
    (notice,) = HOOKS.notices(body("comment.update", content))
    assert (notice.kind, notice.post) == (kind, None)
    assert notice.own_post_id == "7077642457847994445"
    assert notice.data["comment_id"] == "7123456789012345679"
    assert notice.at is not None
    assert notice.at.timestamp() == pytest.approx(1700000000.123)


MENTION = {
    "type_of_event": "CREATE",
    "mention_type": "VIDEO MENTION",
    "video_id": "7",
    "video_create_time": 1615338610,
    "unique_identifier": "u-2",
    "share_url": "https://www.tiktok.com/@ann/video/7?x=1",
    "video_caption": "With @mara_k",
    "comment_id": "0",
}


def test_a_mention_in_a_caption_tells_who_said_what():
    (notice,) = HOOKS.notices(body("brand.mention.event", MENTION))
    assert notice.kind == "mention"
    assert notice.post is not None
    assert (notice.post.remote_id, notice.post.text) == ("7", "With @mara_k")
    assert notice.post.author is not None
    assert (notice.post.author.remote_id, notice.post.author.handle) == ("u-2", "ann")


def test_a_mention_in_a_comment_has_to_be_read_and_an_edit_is_no_mention():
    (said,) = HOOKS.notices(body("brand.mention.event", {**MENTION, "comment_id": "12"}))
    assert (said.kind, said.post) == ("mention", None)
    edit = {**MENTION, "type_of_event": "EDIT"}
    assert HOOKS.notices(body("brand.mention.event", edit))[0].kind == "other"


def test_every_delivery_of_one_event_has_one_key():
    again = json.loads(RAW)
    one, two = HOOKS.notices(RAW)[0], HOOKS.notices(json.dumps(again, indent=1).encode())[0]
    other = HOOKS.notices(RAW.replace(b"1615338610", b"1615338611"))[0]
    assert one.key == two.key != other.key


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"[]", b"{}", b'{"event": "x"}', b'{"event":"x","user_openid":"1","content":"{"}'],
)
def test_a_foreign_body_is_refused(raw):
    with pytest.raises(ValueError):
        HOOKS.notices(raw)
