"""The writes: a container is prepared and awaited, then exactly one call changes the world."""

from datetime import timedelta
from typing import assert_never

from socialseed.connectors.http import Http, lost
from socialseed.connectors.instagram import api
from socialseed.connectors.instagram.manifest import FACEBOOK_LOGIN, FACEBOOK_ONLY, WEB
from socialseed.connectors.reading import dig, page_url, segment, text
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError

POLLS = 6
POLL_EVERY = timedelta(seconds=1)
RESERVE_SECONDS = 4.0  # for the call that publishes
LATER = timedelta(minutes=1)


async def perform(http: Http, order: Order, grant: Grant) -> Receipt:
    """The receipt of a performed order."""
    by = http.deadline()
    if order.action_type in FACEBOOK_ONLY and grant.tier != FACEBOOK_LOGIN:
        detail = "Instagram offers this only to apps with Facebook login."
        raise UpstreamError(Remedy.REJECT, "tier_lacks_it", detail)
    match order.action_type:
        case "publish_image":
            return await _publish(http, order, grant, by)
        case "comment" | "reply":
            return await _answer(http, order, grant, by)
        case "like" | "unlike":
            return await _like(http, order, grant, by)
        case "delete":
            path = f"/{segment(order.post_id, 'post')}"
            done = await api.delete(http, grant, path, {}, by, key=order.key)
            return _success(done, order.post_id)
        case (
            "publish_text"
            | "publish_video"
            | "publish_carousel"
            | "follow"
            | "unfollow"
            | "repost"
            | "quote"
        ):
            detail = "This is not offered for Instagram."
            raise UpstreamError(Remedy.REJECT, "not_offered", detail)
        case _:
            assert_never(order.action_type)


async def _publish(http: Http, order: Order, grant: Grant, by: float) -> Receipt:
    me_id = segment(await own_id(http, grant), "account")
    body = {"image_url": _media(order), "caption": order.text or ""}
    if order.alt_text:
        body["alt_text"] = order.alt_text
    prepared = await api.post(http, grant, f"/{me_id}/media", body, by, key=order.key, effect=False)
    container = api.made_id(prepared, effect=False)
    await _until_finished(http, grant, container, by)
    done = await api.post(
        http, grant, f"/{me_id}/media_publish", {"creation_id": container}, by, key=order.key
    )
    media_id = api.made_id(done)
    evidence = {"container": container}
    return Receipt(media_id, await _permalink(http, grant, media_id, by), evidence)


def _media(order: Order) -> str:
    if not order.media_url:
        raise UpstreamError(Remedy.REJECT, "bad_media", "The order names no picture.")
    return order.media_url


async def _until_finished(http: Http, grant: Grant, container: str, by: float) -> None:
    for _ in range(POLLS):
        body = await api.one(http, grant, container, "status_code,status", by)
        match text(body, "status_code"):
            case "FINISHED":
                return
            case "ERROR" | "EXPIRED":
                detail = "Instagram could not prepare the picture; check its format and address."
                raise UpstreamError(Remedy.REJECT, "bad_media", detail)
        if http.left(by) < RESERVE_SECONDS:
            break
        await http.clock.wait_until(http.clock.now() + POLL_EVERY)
    detail = "Instagram still prepares the picture."
    until = http.clock.now() + LATER
    raise UpstreamError(Remedy.WAIT, "not_ready", detail, until=until)


async def _permalink(http: Http, grant: Grant, media_id: str, by: float) -> str | None:
    # The post stands; a failing look at its address must not cast doubt on that.
    try:
        media = await api.one(http, grant, media_id, "permalink", by)
        return page_url(dig(media, "permalink"), WEB, http.gateway.base(WEB))
    except UpstreamError:
        return None


async def _answer(http: Http, order: Order, grant: Grant, by: float) -> Receipt:
    if order.comment_id:
        path = f"/{segment(order.comment_id, 'comment')}/replies"
    else:
        path = f"/{segment(order.post_id, 'post')}/comments"
    done = await api.post(http, grant, path, {"message": order.text or ""}, by, key=order.key)
    return Receipt(api.made_id(done), None, {"endpoint": path.rsplit("/", 1)[1]})


async def _like(http: Http, order: Order, grant: Grant, by: float) -> Receipt:
    path = f"/{segment(await own_id(http, grant), 'account')}/likes"
    if order.comment_id:
        target, what = segment(order.comment_id, "comment"), {"comment_id": order.comment_id}
    else:
        target = segment(order.post_id, "post")
        what = {"media_id": target}
    if order.action_type == "like":
        done = await api.post(http, grant, path, what, by, key=order.key)
    else:
        done = await api.delete(http, grant, path, what, by, key=order.key)
    return _success(done, target)


def _success(body: object, remote_id: str | None) -> Receipt:
    if dig(body, "success") is not True:
        raise lost(True, "no_receipt", "Instagram answered, but did not say that it was done.")
    return Receipt(remote_id, None, {"success": True})


async def own_id(http: Http, grant: Grant) -> str:
    """The account's own id, from the grant or from Instagram."""
    if grant.remote_id:
        return grant.remote_id
    user = await api.me(http, grant)
    found = text(user, "user_id") or text(user, "id")
    if found is None:
        raise UpstreamError(Remedy.REJECT, "bad_target", "Instagram did not tell who we are.")
    return found
