"""The door for platforms: the handshake, the proof of each delivery, and its storing, once.

Nothing is done about a delivery here but keeping it; a job reads it afterwards.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import text

from socialseed.connectors.gateway import Gateway
from socialseed.connectors.webhooks import Webhooks
from socialseed.core.errors import AppError, Kind, invalid
from socialseed.runtime.runtime import Runtime

DELIVER = "accounts.webhook"
_TOKEN_LABEL = b"webhook verify token"
# How a delivery begins: a JSON object, or Meta's callback for an app that was taken away.
_OBJECT, _FORM = "{", "signed_request="

_STORE = text(
    "INSERT INTO webhook_deliveries (id, platform, digest, body, received_at, next_at)"
    " VALUES (:id, :platform, :digest, :body, :now, :now) ON CONFLICT DO NOTHING RETURNING id"
)


@dataclass(frozen=True, slots=True)
class _Door:
    """One platform's rules and the secret that it shares with our app."""

    webhooks: Webhooks
    secret: str


async def receive(runtime: Runtime, platform: str, headers: Mapping[str, str], body: bytes) -> None:
    """The delivery is stored, once however often it comes, and a job will read it.

    Raises NOT_FOUND for a platform that sends none, UNAUTHENTICATED `bad_signature` for bytes that
    the platform did not sign lately, INVALID for what is no JSON object. Then nothing is stored.
    """
    door = _door(runtime, platform)
    now = runtime.clock.now()
    if not door.secret or not door.webhooks.is_genuine(headers, body, door.secret, now):
        detail = "The platform did not sign this, or not lately."
        raise AppError(Kind.UNAUTHENTICATED, "bad_signature", detail)
    if not body.lstrip().startswith((_OBJECT.encode(), _FORM.encode())):
        raise invalid("bad_json", "Send one JSON object.")
    async with runtime.begin(None) as tx:
        values = {
            "id": tx.new_id(),
            "platform": platform,
            "digest": hashlib.sha256(body).digest(),
            "body": body,
            "now": tx.now,
        }
        stored = await tx.session.scalar(_STORE, values)
        if stored is not None:
            payload = {"delivery_id": str(stored)}
            await tx.defer(DELIVER, payload, dedupe_key=f"webhook:{stored}:0")


def handshake(runtime: Runtime, platform: str, query: Mapping[str, str]) -> str:
    """The body that proves to the platform that this address is ours.

    Raises NOT_FOUND for a platform that sends none, UNAUTHENTICATED `bad_challenge` for a query
    that is no challenge of it.
    """
    door = _door(runtime, platform)
    # One platform proves a challenge as it signs a delivery: with the same secret, over the bare
    # text. Proving what could be a delivery would sign a forged one for whoever asks.
    answer = None
    if door.secret and not any(_OBJECT in told or _FORM in told for told in query.values()):
        answer = door.webhooks.handshake(query, door.secret, verify_token(runtime))
    if answer is None:
        detail = "This is no challenge of the platform, or its verify token is not ours."
        raise AppError(Kind.UNAUTHENTICATED, "bad_challenge", detail)
    return answer


def verify_token(runtime: Runtime) -> str:
    """The word that a platform must bring to a handshake: as set, else made from the master key."""
    given = runtime.settings.webhook_verify_token
    if given is not None and given.get_secret_value():
        return given.get_secret_value()
    return hmac.new(runtime.master_key, _TOKEN_LABEL, hashlib.sha256).hexdigest()[:32]


def shared_secret(runtime: Runtime, platform: str) -> str:
    """What the platform signs with; empty when none is known."""
    settings = runtime.settings
    live = settings.platform_mode == "live"
    return Gateway(None if live else settings.sandbox_url).secret(settings.webhook_secret(platform))


def _door(runtime: Runtime, platform: str) -> _Door:
    connector = runtime.connectors.by_platform.get(platform)
    if connector is None or connector.manifest.webhooks is None:
        raise AppError(Kind.NOT_FOUND, "not_found", "No platform of this name sends webhooks here.")
    return _Door(connector.manifest.webhooks, shared_secret(runtime, platform))
