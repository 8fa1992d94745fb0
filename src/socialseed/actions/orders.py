"""The order for a platform, exactly as approved, and the hash of what is asked."""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, cast
from uuid import UUID

import orjson

from socialseed.connectors.types import ActionType, Order

SLACK = timedelta(minutes=2)  # a platform's clock against ours
KEPT = (
    "(SELECT k.evidence->'kept' FROM attempts k WHERE k.action_id = x.id AND k.evidence ? 'kept'"
    " ORDER BY k.n DESC LIMIT 1) AS kept"
)


def order_of(
    action_id: UUID,
    action_type: str,
    target_account: str | None,
    target_data: Mapping[str, Any],
    since: datetime,
    kept: object = None,
) -> Order:
    """What the connector is asked to do. `since`: reading back looks no further.

    `kept` is what an earlier attempt kept for it, as `KEPT` selects it.
    """
    known = orjson.loads(kept) if isinstance(kept, str | bytes) else kept
    person, post = target_data.get("person") or {}, target_data.get("post") or {}
    return Order(
        key=str(action_id),
        action_type=cast(ActionType, action_type),
        target_handle=target_account,
        target_id=person.get("id"),
        post_id=post.get("id"),
        comment_id=target_data.get("comment_id"),
        text=target_data.get("text"),
        media_url=target_data.get("media_url"),
        media_urls=tuple(target_data.get("media_urls") or ()),
        cover_url=target_data.get("cover_url"),
        alt_text=target_data.get("alt_text"),
        since=since - SLACK,
        kept=cast(Mapping[str, str], known or {}),
    )


def request_hash(order: Order) -> str:
    """SHA-256 of what the platform is asked, without our key and times."""
    body: list[object] = [
        order.action_type,
        order.target_handle,
        order.target_id,
        order.post_id,
        order.comment_id,
        order.text,
        order.media_url,
        order.alt_text,
    ]
    if order.media_urls or order.cover_url:
        body += [list(order.media_urls), order.cover_url]
    return hashlib.sha256(orjson.dumps(body)).hexdigest()
