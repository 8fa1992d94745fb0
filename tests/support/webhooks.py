"""A stand-in for what platforms send: one signed JSON object with notices in it."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from socialseed.connectors.types import (
    Answer,
    Ask,
    Comments,
    Grant,
    Mentions,
    Person,
    Post,
)
from socialseed.connectors.webhooks import Notice
from socialseed.core.errors import Remedy, UpstreamError
from tests.support.world import ScriptedConnector, manifest_of

SECRET = "a shared secret"
STALE = timedelta(minutes=5)
SIGNATURE, SENT = "x-test-signature", "x-test-sent"


class PlainWebhooks:
    """Signed with HMAC-SHA256 over the instant and the bytes, as the real ones in spirit."""

    def handshake(self, query: Mapping[str, str], secret: str, verify_token: str) -> str | None:
        if "crc_token" in query:
            return json.dumps({"response_token": signature(secret, query["crc_token"])})
        if query.get("hub.verify_token") != verify_token:
            return None
        return query.get("hub.challenge")

    def is_genuine(
        self, headers: Mapping[str, str], body: bytes, secret: str, now: datetime
    ) -> bool:
        sent = headers.get(SENT, "")
        signed = signature(secret, sent + "." + body.decode("latin-1"))
        given = headers.get(SIGNATURE, "").encode()
        if not hmac.compare_digest(signed.encode(), given):
            return False
        return abs(now - datetime.fromtimestamp(float(sent), UTC)) < STALE

    def notices(self, body: bytes) -> Sequence[Notice]:
        found = json.loads(body)["notices"]
        if not isinstance(found, list):
            raise ValueError("no notices")
        return [_notice(one) for one in found]


def signature(secret: str, text: str) -> str:
    """What the stand-in signs a text with."""
    return hmac.new(secret.encode(), text.encode("latin-1"), hashlib.sha256).hexdigest()


def _notice(one: Mapping[str, Any]) -> Notice:
    post = None
    if "text" in one:
        author = one.get("author")
        person = Person(f"id-{author}", author) if author else None
        post = Post(one["post_id"], one["text"], None, person, None)
    at = datetime.fromisoformat(one["at"]) if "at" in one else None
    own, data = one.get("own_post_id"), one.get("data", {})
    return Notice(
        one["key"], one["kind"], one["recipient"], at, post, own, data, one.get("deleted_id")
    )


def said(number: int, author: str, recipient: str, **more: object) -> dict[str, object]:
    """A mention, unless told otherwise."""
    plain: dict[str, object] = {
        "key": f"n{number}",
        "kind": "mention",
        "recipient": recipient,
        "post_id": f"p{number}",
        "author": author,
        "text": f"Lovely bowl number {number}! How did you glaze it?",
    }
    return plain | more


def body_of(*notices: Mapping[str, object], **more: object) -> bytes:
    """A delivery's bytes."""
    return json.dumps({"notices": list(notices), **more}).encode()


def signed(body: bytes, now: datetime, secret: str = SECRET) -> dict[str, str]:
    """The headers of a genuine delivery that is sent now."""
    sent = str(int(now.timestamp()))
    return {
        SENT: sent,
        SIGNATURE: signature(secret, sent + "." + body.decode("latin-1")),
        "content-type": "application/json",
    }


@dataclass
class Sending(ScriptedConnector):
    """A platform that sends webhooks. `refusing`: it does not accept our access."""

    refusing: bool = False

    async def read(self, ask: Ask, grant: Grant) -> Answer:
        if self.refusing:
            raise UpstreamError(Remedy.REAUTHORIZE, "invalid_token", "Not any more.", status=401)
        if isinstance(ask, Comments | Mentions):
            self.asked.append(ask)
            return []
        return await super().read(ask, grant)


def sending(platform: str) -> Sending:
    """A platform that sends webhooks and offers no other way to hear of anything."""
    manifest = manifest_of(platform, reads=frozenset({"me"}))
    return Sending(replace(manifest, webhooks=PlainWebhooks()))
