"""Connecting an account: begin, the platform's own consent, a callback that proves itself.

A state is random, stored as a digest, used once, and bound to the browser and session that began.
The callback reads the account's own profile with the new token; only then are the tokens stored.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from socialseed.accounts import egress, events, incidents, service
from socialseed.accounts.tokens import sealed
from socialseed.connectors.types import (
    Begin,
    Egress,
    Finish,
    Grant,
    Me,
    Person,
    Redirect,
    Revoke,
    Tokens,
)
from socialseed.core.crypto import Place, seal, unseal
from socialseed.core.errors import AppError, UpstreamError, conflict, forbidden, invalid
from socialseed.identity import queries as identity_queries
from socialseed.identity.access import Caller
from socialseed.identity.roles import may
from socialseed.runtime.actor import Actor
from socialseed.runtime.keyring import data_key
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

STATE_LIFE = timedelta(minutes=10)
MEASURE = "accounts.measure"

_FORGET = text("DELETE FROM oauth_states WHERE workspace_id = :workspace AND expires_at < :now")
_BEGIN = text(
    "INSERT INTO oauth_states (state_hash, workspace_id, account_id, user_id, session_id,"
    " verifier_sealed, redirect_uri, expires_at) VALUES (:hash, :workspace, :account, :user,"
    " :session, :verifier, :redirect_uri, :expires_at)"
)
_CLAIM = text(
    "UPDATE oauth_states s SET used_at = :now FROM social_accounts a, users u"
    " WHERE s.state_hash = :hash AND s.used_at IS NULL AND s.expires_at > :now"
    " AND a.id = s.account_id AND u.id = s.user_id AND a.platform = :platform"
    " RETURNING s.workspace_id, s.account_id, s.user_id, s.session_id, s.verifier_sealed,"
    " s.redirect_uri, u.display_name AS user_name, a.username, a.tier, a.platform, a.remote_id"
)
_CREDENTIALS = text(
    "INSERT INTO credentials (account_id, workspace_id, access_sealed, refresh_sealed, scopes,"
    " issued_at, expires_at, refresh_expires_at) VALUES (:id, :workspace, :access, :refresh,"
    " CAST(:scopes AS jsonb), :now, :expires_at, :refresh_expires_at)"
    " ON CONFLICT (account_id) DO UPDATE SET access_sealed = excluded.access_sealed,"
    " refresh_sealed = excluded.refresh_sealed, scopes = excluded.scopes,"
    " issued_at = excluded.issued_at, expires_at = excluded.expires_at,"
    " refresh_expires_at = excluded.refresh_expires_at, refresh_leased_until = NULL,"
    " version = credentials.version + 1"
)
_CONNECTED = text(
    "UPDATE social_accounts SET connected_at = :now, needs_reconnect = false,"
    " light = CASE WHEN needs_reconnect THEN 'green' ELSE light END,"
    " light_reasons = CASE WHEN needs_reconnect THEN '[]'::jsonb ELSE light_reasons END,"
    " works_until = :works_until, remote_id = :remote_id, username = :username,"
    " display_name = CASE WHEN lower(display_name) = lower(username)"
    "  THEN coalesce(:display_name, display_name) ELSE display_name END,"
    " updated_at = :now WHERE id = :id RETURNING light"
)


@dataclass(frozen=True, slots=True)
class Started:
    """Where to send the browser, and the state that it must bring back in a cookie."""

    authorize_url: str
    state: str


@dataclass(frozen=True, slots=True)
class Finished:
    """How a callback ended: `error` None means connected. `account_id` None: nobody knows whose."""

    account_id: UUID | None
    error: str | None


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode("utf-8", "surrogatepass")).digest()


def _place(digest: bytes, workspace_id: UUID) -> Place:
    return Place("oauth_states", "verifier_sealed", digest.hex(), workspace_id)


async def begin(caller: Caller, platform: str, account_id: UUID) -> Started:
    """An authorization has begun and can be finished once within ten minutes."""
    runtime, actor = caller.runtime, caller.actor
    if actor.id is None or actor.session_id is None:
        raise forbidden("person_needed", "Sign in as a person to connect an account.")
    connector = runtime.connectors.get(platform)
    state, verifier = secrets.token_urlsafe(32), secrets.token_urlsafe(48)
    redirect_uri = f"{runtime.settings.origin}/api/v1/accounts/callback/{platform}"
    async with caller.begin() as tx:
        row = await service.get(tx, account_id)
        if row.platform != platform:
            raise invalid("other_platform", f"This account is on {row.platform}.", "/account_id")
        tier, digest = row.tier, _digest(state)
        key = await data_key(runtime, tx, caller.workspace)
        await tx.session.execute(_FORGET, {"workspace": caller.workspace, "now": tx.now})
        values = {
            "hash": digest,
            "workspace": caller.workspace,
            "account": account_id,
            "user": actor.id,
            "session": actor.session_id,
            "verifier": seal(key, _place(digest, caller.workspace), verifier.encode()),
            "redirect_uri": redirect_uri,
            "expires_at": tx.now + STATE_LIFE,
        }
        await tx.session.execute(_BEGIN, values)
    redirect = await connector.authorize(Begin(state, verifier, redirect_uri, tier))
    assert isinstance(redirect, Redirect)
    return Started(redirect.url, state)


@dataclass(frozen=True, slots=True)
class Callback:
    """What came back. `kept` is the state that the browser kept in its cookie."""

    platform: str
    state: str
    kept: str
    code: str | None
    error: str | None


async def finish(runtime: Runtime, came: Callback) -> Finished:
    """The account is connected, or the reason why not. A state is used up either way."""
    if not came.state or not hmac.compare_digest(came.state.encode(), came.kept.encode()):
        return Finished(None, "other_browser")
    claim = await _claim(runtime, came)
    if claim is None:
        return Finished(None, "state_used_or_old")
    account_id = UUID(str(claim.account_id))
    try:
        actor = await _still_allowed(runtime, claim)
        if actor is None:
            return Finished(account_id, "signed_out")
        if came.error or not came.code:
            denied = came.error in (None, "access_denied", "user_cancelled_authorize")
            return Finished(account_id, "access_denied" if denied else "authorization_refused")
        way = await _way_out(runtime, claim)
        tokens = await _exchange(runtime, claim, came, way)
        me = await _prove(runtime, claim, tokens, way)
        await _keep(runtime, claim, actor, tokens, me)
    except UpstreamError as error:
        return Finished(account_id, error.code)
    except AppError as error:
        return Finished(account_id, error.code)
    return Finished(account_id, None)


async def _claim(runtime: Runtime, came: Callback) -> Row[Any] | None:
    digest = _digest(came.state)
    async with runtime.begin(None) as tx:
        values = {"hash": digest, "now": tx.now, "platform": came.platform}
        return (await tx.session.execute(_CLAIM, values)).one_or_none()


async def _still_allowed(runtime: Runtime, claim: Row[Any]) -> Actor | None:
    """Who began, when the session is still alive and may still do this."""
    user_id, session_id = UUID(str(claim.user_id)), UUID(str(claim.session_id))
    actor = Actor("user", user_id, claim.user_name, None, session_id)
    async with runtime.begin(UUID(str(claim.workspace_id)), actor) as tx:
        role = await identity_queries.role_in_session(tx)
    actor = Actor("user", user_id, claim.user_name, role, session_id)
    return actor if may(actor, "accounts:write") else None


async def _way_out(runtime: Runtime, claim: Row[Any]) -> Egress | None:
    async with runtime.begin(UUID(str(claim.workspace_id))) as tx:
        return await egress.of_account(runtime, tx, UUID(str(claim.account_id)))


async def _exchange(
    runtime: Runtime, claim: Row[Any], came: Callback, way: Egress | None
) -> Tokens:
    workspace_id = UUID(str(claim.workspace_id))
    async with runtime.begin(workspace_id) as tx:
        key = await data_key(runtime, tx, workspace_id)
    place = _place(_digest(came.state), workspace_id)
    verifier = unseal(key, place, bytes(claim.verifier_sealed)).decode()
    finish_step = Finish(
        came.code or "", verifier, claim.redirect_uri, claim.tier, way, claim.username
    )
    tokens = await runtime.connectors.get(claim.platform).authorize(finish_step)
    assert isinstance(tokens, Tokens)
    return tokens


async def _prove(runtime: Runtime, claim: Row[Any], tokens: Tokens, way: Egress | None) -> Person:
    """The profile that the token speaks for. Raises CONFLICT `wrong_account` for another one."""
    access, ours = tokens.access_token, str(claim.account_id)
    grant = Grant(
        claim.username, tokens.remote_id, access, tokens.scopes, claim.tier, ours, way
    )  # fmt: skip
    me = await runtime.connectors.get(claim.platform).read(Me(), grant)
    if isinstance(me, Person):
        known = claim.remote_id
        same = me.handle.casefold() == str(claim.username).casefold()
        if same and (known is None or known == me.remote_id):
            return me
    await service.revoke(runtime, claim.platform, Revoke(access, claim.tier, way))
    detail = f"The platform signed in another account than @{claim.username}."
    raise conflict("wrong_account", detail)


async def _keep(
    runtime: Runtime, claim: Row[Any], actor: Actor, tokens: Tokens, me: Person
) -> None:
    workspace_id, account_id = UUID(str(claim.workspace_id)), UUID(str(claim.account_id))
    async with runtime.begin(workspace_id, actor) as tx:
        await store(runtime, tx, account_id, tokens)
        values = {
            "id": account_id,
            "now": tx.now,
            "works_until": works_until(tx, tokens),
            "remote_id": me.remote_id,
            "username": me.handle,
            "display_name": me.display_name,
        }
        light = await tx.session.scalar(_CONNECTED, values)
        told = "was connected."
        events.emit(
            tx, "connected", account_id, claim.platform, me.handle, told, light=light
        )  # fmt: skip
        payload = {"workspace_id": str(workspace_id), "account_id": str(account_id)}
        await tx.defer(MEASURE, payload)


def works_until(tx: Tx, tokens: Tokens) -> datetime | None:
    """Until when the account works without its owner; None when the platform does not tell."""
    life = tokens.refresh_expires_in if tokens.refresh_token else tokens.expires_in
    return tx.now + life if life is not None else None


async def store(runtime: Runtime, tx: Tx, account_id: UUID, tokens: Tokens) -> None:
    """The account's tokens are `tokens`, sealed; earlier ones are gone."""
    key, workspace = await data_key(runtime, tx, tx.tenant), tx.tenant
    refresh = tokens.refresh_token
    life, refresh_life = tokens.expires_in, tokens.refresh_expires_in
    values = {
        "id": account_id,
        "workspace": workspace,
        "access": sealed(key, workspace, account_id, "access_sealed", tokens.access_token),
        "refresh": sealed(key, workspace, account_id, "refresh_sealed", refresh)
        if refresh
        else None,
        "scopes": orjson.dumps(list(tokens.scopes)).decode(),
        "now": tx.now,
        "expires_at": tx.now + life if life is not None else None,
        "refresh_expires_at": tx.now + refresh_life if refresh_life is not None else None,
    }
    await tx.session.execute(_CREDENTIALS, values)
    await incidents.close(tx, account_id, "reconnect")
