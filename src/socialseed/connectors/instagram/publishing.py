"""Publishing: containers that nobody sees are made and awaited, then one call makes the post.

A container stays known until it is published, so that a video which is not ready within one call
is waited for by the next, whichever worker makes it. `media_publish` is never repeated: the
container's state is read before, and an attempt whose end nobody knows is never followed by one.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

import orjson

from socialseed.connectors.instagram import api, mapping
from socialseed.connectors.instagram.api import Line
from socialseed.connectors.instagram.manifest import CAPTION_LENGTH, WEB
from socialseed.connectors.instagram.refusals import failed_container
from socialseed.connectors.media import MIB, bad_media, open_video
from socialseed.connectors.reading import dig, page_url, segment, text
from socialseed.connectors.types import Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

MOST_VIDEO: Final = 300 * MIB  # reels: <= 300 MB (content publishing guide)
MOST_HANDED: Final = 16 * MIB  # our choice: longer videos are pulled by Instagram itself
MOST_ITEMS: Final = 10
POLL_AFTER: Final = (1, 2, 2, 3)  # seconds; the guide asks once a minute, which later attempts keep
RESERVE_SECONDS: Final = 4.0  # for the call that publishes
LATER: Final = timedelta(minutes=1)
FULL: Final = timedelta(hours=3)  # until looking again; ten waits outlast the moving 24 hours
_FILMS: Final = (".mp4", ".mov", ".m4v")

Body = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Post:
    """One post on its way. `mark` names it in the memory: account, order and content."""

    line: Line
    order: Order
    me_id: str

    @property
    def mark(self) -> str:
        """The same for the same content of the same order."""
        order = self.order
        media = [order.media_url, [*order.media_urls], order.cover_url]
        said = [order.action_type, order.text, order.alt_text, *media]
        digest = hashlib.sha256(orjson.dumps(said)).hexdigest()
        return f"{self.me_id}:{order.key}:{digest}"


async def publish(line: Line, order: Order, me_id: str) -> Receipt:
    """The receipt of a published post."""
    check(order)
    post, containers = Post(line, order, me_id), line.memory.containers
    containers.learn(post.mark, order.kept, line.http.clock.now())
    await _room_left(line, me_id)
    try:
        container = await _prepared(post)
        await _until_finished(post, container)
        media_id = await _published(post, container)
    except UpstreamError as error:
        error.kept = containers.of(post.mark)
        raise
    containers.forget(post.mark)
    return Receipt(media_id, await _permalink(line, media_id), {"container": container})


async def _published(post: Post, container: str) -> str:
    """The new post's id. The one call that anybody can see."""
    line, path = post.line, f"/{post.me_id}/media_publish"
    try:
        done = await api.post(line, path, {"creation_id": container}, key=post.order.key)
        return api.made_id(done)
    except UpstreamError as error:
        if error.code in ("container_gone", "bad_media"):
            line.memory.containers.forget(post.mark)
        raise


def check(order: Order) -> None:
    """Raises REJECT for an order that Instagram could not take."""
    if order.action_type == "publish_carousel":
        if not 2 <= len(order.media_urls) <= MOST_ITEMS:
            raise bad_media("A carousel has 2 to 10 pictures or videos.")
    elif not order.media_url:
        raise bad_media("The order names no picture or video.")
    if len(order.text or "") > CAPTION_LENGTH:
        detail = f"Instagram takes at most {CAPTION_LENGTH} characters."
        raise UpstreamError(Remedy.REJECT, "text_too_long", detail)


async def _room_left(line: Line, me_id: str) -> None:
    query = {"fields": "quota_usage,config"}
    told = mapping.quota(await api.get(line, f"/{me_id}/content_publishing_limit", query)).values
    if "limit" in told and told.get("used", 0) >= told["limit"]:
        detail = f"Instagram takes {told['limit']} posts in 24 hours; they are used up."
        until = line.http.clock.now() + FULL
        raise UpstreamError(Remedy.WAIT, "publish_cap", detail, until=until)


async def _prepared(post: Post) -> str:
    order = post.order
    caption = {"caption": order.text or ""}
    match order.action_type:
        case "publish_carousel":
            return await _carousel(post, caption)
        case "publish_video":
            cover = {"cover_url": order.cover_url} if order.cover_url else {}
            reel = {"media_type": "REELS", "share_to_feed": "true", **caption, **cover}
            if post.line.facebook:
                return await _handed(post, reel)
            return await _container(post, post.mark, {**reel, "video_url": order.media_url or ""})
        case _:
            alt = {"alt_text": order.alt_text} if order.alt_text else {}
            return await _container(
                post, post.mark, {"image_url": order.media_url or "", **caption, **alt}
            )


async def _container(post: Post, mark: str, body: Body) -> str:
    """The container for `mark`: the one that is known, or a new one."""
    containers, clock = post.line.memory.containers, post.line.http.clock
    known = containers.find(mark, clock.now())
    if known is not None:
        return known
    made = await _created(post, body)
    containers.keep(mark, api.made_id(made, effect=False), clock.now())
    return api.made_id(made, effect=False)


async def _created(post: Post, body: Body) -> object:
    path = f"/{post.me_id}/media"
    return await api.post(post.line, path, body, key=post.order.key, effect=False)


async def _carousel(post: Post, caption: Body) -> str:
    known = post.line.memory.containers.find(post.mark, post.line.http.clock.now())
    if known is not None:
        return known
    items = []
    for n, url in enumerate(post.order.media_urls):
        body = {"is_carousel_item": "true", **_item(url)}
        items.append(await _container(post, f"{post.mark}/{n}", body))
    for item in items:
        await _until_finished(post, item)
    album = {"media_type": "CAROUSEL", "children": ",".join(items), **caption}
    return await _container(post, post.mark, album)


def _item(url: str) -> Body:
    if urlsplit(url).path.lower().endswith(_FILMS):
        return {"media_type": "VIDEO", "video_url": url}
    return {"image_url": url}


async def _handed(post: Post, reel: Body) -> str:
    """A reel whose bytes we hand over; of a long one, Instagram is told where they are."""
    containers, http = post.line.memory.containers, post.line.http
    known = containers.find(post.mark, http.clock.now())
    if known is not None:
        return known
    url = post.order.media_url or ""
    async with open_video(http, url, post.line.by, MOST_VIDEO) as film:
        made = await _created(post, {**reel, "upload_type": "resumable"})
        container = api.made_id(made, effect=False)
        if film.size <= MOST_HANDED:
            content = b"".join([piece async for piece in film.pieces(MIB)])
            headers = {"offset": "0", "file_size": str(film.size)}
            await api.upload(post.line, text(made, "uri"), container, headers, content)
        else:
            await api.upload(post.line, text(made, "uri"), container, {"file_url": url}, None)
    containers.keep(post.mark, container, http.clock.now())
    return container


async def _until_finished(post: Post, container: str) -> None:
    """Returns when the container can be published. Raises WAIT, REJECT or RETRY; RECONCILE when an
    earlier call has published it already.
    """
    line, clock = post.line, post.line.http.clock
    for pause in (*POLL_AFTER, None):
        body = await api.one(line, container, "status_code,status")
        match text(body, "status_code"):
            case "FINISHED":
                return
            case "ERROR":
                post.line.memory.containers.forget(post.mark)
                raise failed_container(text(body, "status") or "", clock.now())
            case "EXPIRED":
                post.line.memory.containers.forget(post.mark)
                detail = "Instagram dropped the prepared post: prepare it again."
                raise UpstreamError(Remedy.RETRY, "container_gone", detail)
            case "PUBLISHED":
                detail = "An earlier call has published this already."
                raise UpstreamError(Remedy.RECONCILE, "already_published", detail)
        if pause is None or line.http.left(line.by) < RESERVE_SECONDS + pause:
            break
        await clock.wait_until(clock.now() + timedelta(seconds=pause))
    detail = "Instagram still prepares the media."
    raise UpstreamError(Remedy.WAIT, "not_ready", detail, until=clock.now() + LATER)


async def was_published(line: Line, order: Order, me_id: str) -> bool:
    """Whether the container that is remembered for this order says that it was published."""
    mark = Post(line, order, me_id).mark
    line.memory.containers.learn(mark, order.kept, line.http.clock.now())
    container = line.memory.containers.find(mark, line.http.clock.now())
    if container is None:
        return False
    try:
        body = await api.one(line, container, "status_code")
    except UpstreamError as error:
        if error.code == "target_gone":
            return False
        raise
    return text(body, "status_code") == "PUBLISHED"


async def _permalink(line: Line, media_id: str) -> str | None:
    # The post stands; a failing look at its address must not cast doubt on that.
    try:
        media = await api.one(line, segment(media_id, "post"), "permalink")
        return page_url(dig(media, "permalink"), WEB, line.http.gateway.base(WEB))
    except UpstreamError:
        return None
