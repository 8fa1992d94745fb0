"""The writes: what is needed is checked first, then exactly one call changes the world."""

from typing import assert_never

from socialseed.connectors.http import lost
from socialseed.connectors.instagram import api
from socialseed.connectors.instagram.api import Line
from socialseed.connectors.instagram.publishing import publish
from socialseed.connectors.instagram.scopes import need
from socialseed.connectors.reading import dig, segment, text
from socialseed.connectors.types import Order, Receipt
from socialseed.core.errors import Remedy, UpstreamError


async def perform(line: Line, order: Order) -> Receipt:
    """The receipt of a performed order."""
    grant = line.grant
    match order.action_type:
        case "publish_image" | "publish_video" | "publish_carousel":
            need(grant, "publish")
            return await publish(line, order, await account_id(line))
        case "comment" | "reply":
            need(grant, "comments")
            return await _speak(line, order)
        case "like" | "unlike":
            need(grant, "engage")
            return await _like(line, order)
        case "delete":
            need(grant, "comments" if order.comment_id else "remove")
            return await _delete(line, order)
        case "publish_text" | "follow" | "unfollow" | "repost" | "quote":
            detail = "This is not offered for Instagram."
            raise UpstreamError(Remedy.REJECT, "not_offered", detail)
        case _:
            assert_never(order.action_type)


async def _speak(line: Line, order: Order) -> Receipt:
    path, body = await _place(line, order)
    said = {**body, "message": order.text or ""}
    done = await api.post(line, path, said, key=order.key)
    return Receipt(api.made_id(done), None, {"endpoint": path.rsplit("/", 1)[1]})


async def _place(line: Line, order: Order) -> tuple[str, dict[str, str]]:
    """Where the words go: under own media, under a comment there, or to where we are mentioned."""
    if order.action_type == "comment" and not order.comment_id:
        return f"/{segment(order.post_id, 'post')}/comments", {}
    if order.post_id and order.action_type == "reply" and not await owns(line, order.post_id):
        body = {"media_id": order.post_id}
        if order.comment_id:
            body["comment_id"] = segment(order.comment_id, "comment")
        return f"/{await account_id(line)}/mentions", body
    if order.comment_id:
        return f"/{segment(order.comment_id, 'comment')}/replies", {}
    return f"/{segment(order.post_id, 'post')}/comments", {}


async def owns(line: Line, post_id: str) -> bool:
    """Whether the medium is the account's own. Instagram shows no other one by its id."""
    try:
        media = await api.one(line, segment(post_id, "post"), "id,owner,username")
    except UpstreamError as error:
        if error.code == "target_gone":
            return False
        raise
    owner, handle = text(media, "owner", "id"), text(media, "username")
    if owner is not None and line.grant.remote_id is not None:
        return owner == line.grant.remote_id
    return handle is None or handle.casefold() == line.grant.account.casefold()


async def _like(line: Line, order: Order) -> Receipt:
    me_id = await account_id(line)
    if order.comment_id:
        target = segment(order.comment_id, "comment")
        what = {"comment_id": target}
    else:
        target = segment(order.post_id, "post")
        what = {"media_id": target}
    free_at = line.memory.bursts.take(me_id, line.http.clock.now())
    if free_at is not None:
        detail = "Too many likes within seconds would lock the account out of Instagram."
        raise UpstreamError(Remedy.WAIT, "like_burst", detail, until=free_at)
    path = f"/{me_id}/likes"
    if order.action_type == "like":
        done = await api.post(line, path, what, key=order.key)
    else:
        done = await api.delete(line, path, what, key=order.key)
    return _success(done, target)


async def _delete(line: Line, order: Order) -> Receipt:
    target = segment(order.comment_id or order.post_id, "post")
    done = await api.delete(line, f"/{target}", {}, key=order.key)
    return _success(done, target)


def _success(body: object, remote_id: str) -> Receipt:
    if dig(body, "success") is not True:
        raise lost(True, "no_receipt", "Instagram answered, but did not say that it was done.")
    return Receipt(remote_id, None, {"success": True})


async def account_id(line: Line) -> str:
    """The account's own id, from the grant or from Instagram."""
    if line.grant.remote_id:
        return segment(line.grant.remote_id, "account")
    user = await api.me(line)
    found = text(user, "user_id") or text(user, "id")
    if found is None:
        raise UpstreamError(Remedy.REJECT, "bad_target", "Instagram did not tell who we are.")
    return segment(found, "account")
