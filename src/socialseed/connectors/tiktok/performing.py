"""The writes: what the creator allows is read first, then exactly one call changes the world."""

from collections.abc import Mapping
from datetime import timedelta

from socialseed.connectors.http import Http, lost
from socialseed.connectors.reading import dig, items, segment, text
from socialseed.connectors.tiktok import api
from socialseed.connectors.tiktok.manifest import AUDITED, WEB
from socialseed.connectors.tiktok.mapping import failed_publish
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

POLLS = 16  # half of the 30 status reads that TikTok allows in a minute
POLL_EVERY = timedelta(seconds=1)
RESERVE_SECONDS = 2.0
TITLE_LENGTH = 90
PUBLIC = "PUBLIC_TO_EVERYONE"
PRIVATE = "SELF_ONLY"


async def perform(http: Http, order: Order, grant: Grant) -> Receipt:
    """The receipt of a performed order."""
    by = http.deadline()
    match order.action_type:
        case "publish_image" | "publish_video":
            return await _publish(http, order, grant, by)
        case "comment":
            body = {"video_id": segment(order.post_id, "video"), "text": order.text or ""}
        case "reply":
            body = {
                "video_id": segment(order.post_id, "video"),
                "comment_id": segment(order.comment_id, "comment"),
                "text": order.text or "",
            }
        case _:
            detail = "This is not offered for TikTok."
            raise UpstreamError(Remedy.REJECT, "not_offered", detail)
    comment_id = await api.create_comment(http, grant, body, order.key, by)
    return Receipt(comment_id, None, {"endpoint": "business/comment"})


async def _publish(http: Http, order: Order, grant: Grant, by: float) -> Receipt:
    if not order.media_url:
        raise UpstreamError(Remedy.REJECT, "bad_media", "The order names no media.")
    creator = dig(await api.creator_info(http, grant, by), "data")
    privacy = _privacy(grant, creator)
    if order.action_type == "publish_image":
        path, body = "/v2/post/publish/content/init/", _photo(order, creator, privacy)
    else:
        path, body = "/v2/post/publish/video/init/", _video(order, creator, privacy)
    publish_id = await api.init_post(http, grant, path, body, order.key, by)
    return await _until_published(http, grant, publish_id, by)


def _privacy(grant: Grant, creator: object) -> str:
    wanted = PUBLIC if grant.tier == AUDITED else PRIVATE
    if wanted not in items(creator, "privacy_level_options"):
        detail = "The account does not offer the privacy level that the app may use."
        raise UpstreamError(Remedy.REJECT, "privacy_level_option_mismatch", detail)
    return wanted


def _photo(order: Order, creator: object, privacy: str) -> Mapping[str, object]:
    words = order.text or ""
    # A photo's title is short; a longer text is its description.
    name = "title" if len(words) <= TITLE_LENGTH else "description"
    return {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {
            name: words,
            "privacy_level": privacy,
            "disable_comment": dig(creator, "comment_disabled") is True,
            "auto_add_music": False,
            "brand_content_toggle": False,
            "brand_organic_toggle": False,
        },
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_cover_index": 0,
            "photo_images": [order.media_url],
        },
    }


def _video(order: Order, creator: object, privacy: str) -> Mapping[str, object]:
    return {
        "post_info": {
            "title": order.text or "",
            "privacy_level": privacy,
            "disable_comment": dig(creator, "comment_disabled") is True,
            "disable_duet": dig(creator, "duet_disabled") is True,
            "disable_stitch": dig(creator, "stitch_disabled") is True,
            "brand_content_toggle": False,
            "brand_organic_toggle": False,
        },
        "source_info": {"source": "PULL_FROM_URL", "video_url": order.media_url},
    }


async def _until_published(http: Http, grant: Grant, publish_id: str, by: float) -> Receipt:
    for _ in range(POLLS):
        told = await _status(http, grant, publish_id, by)
        match text(told, "status"):
            case "PUBLISH_COMPLETE":
                return _receipt(http, grant, publish_id, told)
            case "FAILED":
                raise failed_publish(text(told, "fail_reason") or "", http.clock.now())
        if http.left(by) < RESERVE_SECONDS:
            break
        await http.clock.wait_until(http.clock.now() + POLL_EVERY)
    raise lost(True, "still_processing", f"TikTok still works on the post ({publish_id}).")


async def _status(http: Http, grant: Grant, publish_id: str, by: float) -> object:
    # The post is on its way: whatever happens to this look at it says nothing about the post.
    try:
        return dig(await api.post_status(http, grant, publish_id, by), "data")
    except UpstreamError as error:
        detail = f"TikTok took the post ({publish_id}), but did not tell how it ended."
        raise lost(True, f"status_{error.code}", detail) from None


def _receipt(http: Http, grant: Grant, publish_id: str, told: object) -> Receipt:
    # The misspelt name is TikTok's own; private posts have no id there.
    post_id = text(told, "publicaly_available_post_id", 0)
    web = http.gateway.base(WEB)
    url = f"{web}/@{grant.account}/video/{post_id}" if post_id else None
    return Receipt(post_id or publish_id, url, {"publish_id": publish_id})
