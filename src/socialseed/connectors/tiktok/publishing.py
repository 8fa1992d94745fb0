"""Posts: what the creator allows is read first, then one init, then how far the post is.

An init is never sent twice by itself: nothing makes it idempotent. Its lost answer is unknown.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from socialseed.connectors.http import Http, lost
from socialseed.connectors.media import bad_media, open_video
from socialseed.connectors.reading import dig, items, text
from socialseed.connectors.tiktok import api, business, uploading
from socialseed.connectors.tiktok.auth import App
from socialseed.connectors.tiktok.manifest import BUSINESS, UNAUDITED, WEB
from socialseed.connectors.tiktok.refusals import failed_publish
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

POLLS = 16  # half of the 30 status reads that TikTok allows in a minute
POLL_EVERY = timedelta(seconds=1)
RESERVE_SECONDS = 2.0
TITLE_LENGTH = 90  # UTF-16 units; a photo's longer text is its description
MOST_PICTURES = 35
PUBLIC = "PUBLIC_TO_EVERYONE"
PRIVATE = "SELF_ONLY"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a post is, in the words that both products share."""

    status: str
    reason: str
    post_id: str | None


Look = Callable[[], Awaitable[Progress]]


async def publish(http: Http, app: App, order: Order, grant: Grant, by: float) -> Receipt:
    """The receipt of a post that TikTok reports as published."""
    media = _media(order)
    if grant.tier == BUSINESS:
        return await _through_business(http, order, grant, media, by)
    creator = dig(await api.creator_info(http, grant, by), "data")
    privacy = PRIVATE if grant.tier == UNAUDITED else PUBLIC
    _must_offer(creator, privacy)
    if order.action_type == "publish_video":
        source = _Film(app, order, grant, _film(order, creator, privacy))
        publish_id = await _film_sent(http, source, media[0], by)
    else:
        body = _pictures(order, creator, privacy, media)
        answer = await api.init_post(http, grant, api.PHOTO_INIT, body, order.key, by)
        publish_id = text(answer, "data", "publish_id") or ""

    async def look() -> Progress:
        told = dig(await api.post_status(http, grant, publish_id, by), "data")
        return Progress(text(told, "status") or "", text(told, "fail_reason") or "", _post_id(told))

    return await _until_published(http, grant, publish_id, look, by)


def _media(order: Order) -> Sequence[str]:
    if order.action_type == "publish_carousel":
        if not 2 <= len(order.media_urls) <= MOST_PICTURES:
            raise bad_media(f"TikTok takes 2 to {MOST_PICTURES} pictures in one post.")
        return tuple(order.media_urls)
    if not order.media_url:
        raise bad_media("The order names no media.")
    return (order.media_url,)


def _must_offer(creator: object, privacy: str) -> None:
    offered = items(creator, "privacy_level_options")
    if privacy in offered:
        return
    told = ", ".join(str(one) for one in offered) or "none"
    detail = f"The account does not offer {privacy}, which the app would use (offered: {told})."
    raise UpstreamError(Remedy.REJECT, "privacy_level_option_mismatch", detail)


def _common(creator: object, privacy: str) -> dict[str, object]:
    return {
        "privacy_level": privacy,
        "disable_comment": dig(creator, "comment_disabled") is True,
        "brand_content_toggle": False,
        "brand_organic_toggle": False,
    }


def _words(order: Order, long_name: str) -> dict[str, object]:
    words = order.text or ""
    units = len(words.encode("utf-16-le", "surrogatepass")) // 2
    return {"title" if units <= TITLE_LENGTH else long_name: words}


def _pictures(
    order: Order, creator: object, privacy: str, media: Sequence[str]
) -> Mapping[str, object]:
    return {
        "media_type": "PHOTO",
        "post_mode": "DIRECT_POST",
        "post_info": {
            **_words(order, "description"),
            **_common(creator, privacy),
            "auto_add_music": False,
        },
        "source_info": {
            "source": "PULL_FROM_URL",
            "photo_cover_index": 0,
            "photo_images": list(media),
        },
    }


def _film(order: Order, creator: object, privacy: str) -> Mapping[str, object]:
    # Duets and stitches are off until a person switches them on, which no order tells.
    switches = {"disable_duet": True, "disable_stitch": True}
    return {"title": order.text or "", **_common(creator, privacy), **switches}


@dataclass(frozen=True, slots=True)
class _Film:
    app: App
    order: Order
    grant: Grant
    post_info: Mapping[str, object]


async def _film_sent(http: Http, film: _Film, url: str, by: float) -> str:
    """The publish id of a film that TikTok pulls, where it knows the address, or was sent."""
    if url.startswith(tuple(film.app.verified)):
        pull = {"source": "PULL_FROM_URL", "video_url": url}
        return text(await _init_film(http, film, pull, by), "data", "publish_id") or ""
    most = uploading.most_bytes(http.left(by))
    async with open_video(http, url, by, most) as video:
        plan = uploading.plan_of(video.size)
        answer = await _init_film(http, film, plan.source_info(), by)
        publish_id = text(answer, "data", "publish_id") or ""
        upload_url = text(answer, "data", "upload_url")
        if not upload_url:
            detail = f"TikTok named no address for the video ({publish_id}); nothing was sent."
            raise UpstreamError(Remedy.REJECT, "no_upload_url", detail)
        await uploading.send(http, film.grant, upload_url, video, plan, by)
    return publish_id


async def _init_film(http: Http, film: _Film, source: Mapping[str, object], by: float) -> object:
    body = {"post_info": film.post_info, "source_info": source}
    return await api.init_post(http, film.grant, api.VIDEO_INIT, body, film.order.key, by)


async def _through_business(
    http: Http, order: Order, grant: Grant, media: Sequence[str], by: float
) -> Receipt:
    """A post by API for Business, which pulls all media from verified addresses."""
    creator = dig(await business.settings(http, grant, by), "data")
    if items(creator, "privacy_level_options"):
        _must_offer(creator, PUBLIC)
    disabled = dig(creator, "comment_disabled") is True
    info: dict[str, object] = {"disable_comment": disabled, "is_brand_organic": False}
    info["is_branded_content"] = False
    if order.action_type == "publish_video":
        kind = "video"
        info |= {"caption": order.text or "", "disable_duet": True, "disable_stitch": True}
        body: dict[str, object] = {"video_url": media[0]}
    else:
        kind = "photo"
        info |= {**_words(order, "caption"), "privacy_level": PUBLIC, "auto_add_music": False}
        body = {"photo_images": list(media), "photo_cover_index": 0}
    body["post_info"] = info
    share_id = await business.publish(http, grant, kind, body, order.key, by)

    async def look() -> Progress:
        told = dig(await business.publish_status(http, grant, share_id, by), "data")
        post_id = text(told, "post_ids", 0)
        return Progress(text(told, "status") or "", text(told, "reason") or "", post_id)

    return await _until_published(http, grant, share_id, look, by)


async def _until_published(
    http: Http, grant: Grant, publish_id: str, look: Look, by: float
) -> Receipt:
    for _ in range(POLLS):
        told = await _looked(look, publish_id)
        match told.status:
            case "PUBLISH_COMPLETE":
                return _receipt(http, grant, publish_id, told.post_id)
            case "FAILED":
                raise failed_publish(told.reason, http.clock.now())
        if http.left(by) < RESERVE_SECONDS:
            break
        await http.clock.wait_until(http.clock.now() + POLL_EVERY)
    raise lost(True, "still_processing", f"TikTok still works on the post ({publish_id}).")


async def _looked(look: Look, publish_id: str) -> Progress:
    # The post is on its way: whatever happens to this look at it says nothing about the post.
    try:
        return await look()
    except UpstreamError as error:
        detail = f"TikTok took the post ({publish_id}), but did not tell how it ended."
        raise lost(True, f"status_{error.code}", detail) from None


def _post_id(told: object) -> str | None:
    # The misspelt name is TikTok's own; posts that are not public have no id.
    wrong, right = "publicaly_available_post_id", "publicly_available_post_id"
    return text(told, wrong, 0) or text(told, right, 0)


def _receipt(http: Http, grant: Grant, publish_id: str, post_id: str | None) -> Receipt:
    web = http.gateway.base(WEB)
    url = f"{web}/@{grant.account}/video/{post_id}" if post_id else None
    return Receipt(post_id or publish_id, url, {"publish_id": publish_id})
