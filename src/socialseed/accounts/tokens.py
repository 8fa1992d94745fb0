"""The one way to an account's access token: sealed at rest, renewed ahead of expiry, one at a time.

A rotated refresh token is committed before the access token that came with it is used, and is never
overwritten by an empty one. When the platform refuses to renew, the owner has to connect again.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.accounts import egress, events, incidents
from socialseed.connectors.egress import EGRESS_DOWN
from socialseed.connectors.types import Egress, Grant, Renew, Revoke, Tokens
from socialseed.core.crypto import Place, seal, unseal
from socialseed.core.errors import Remedy, UpstreamError, not_found
from socialseed.runtime.keyring import data_key, unwrapped
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.steps import reach
from socialseed.runtime.tx import Tx

LIFE_SHARE = 10  # renewed in the last tenth of its life …
SOONEST = timedelta(minutes=5)  # … at least this long before its end …
LATEST = timedelta(days=7)  # … and at most this long before it
LEASE_SLACK = timedelta(seconds=10)
ROUNDS = 20
ROUND = timedelta(milliseconds=250)
JUST_RENEWED = timedelta(minutes=5)

_LOAD = text(
    "SELECT a.platform, a.username, a.tier, a.remote_id, a.needs_reconnect, a.workspace_id,"
    " c.account_id, c.access_sealed, c.refresh_sealed, c.scopes, c.issued_at, c.expires_at,"
    f" c.version, w.wrapped_key, {egress.COLUMNS}"
    " FROM social_accounts a JOIN workspaces w ON w.id = a.workspace_id"
    " LEFT JOIN credentials c ON c.account_id = a.id"
    " LEFT JOIN egresses g ON g.id = a.egress_id WHERE a.id = :id"
)
_LEASE = text(
    "UPDATE credentials SET refresh_leased_until = :until"
    " WHERE account_id = :id AND version = :version"
    " AND (refresh_leased_until IS NULL OR refresh_leased_until <= :now) RETURNING 1"
)
_RELEASE = text(
    "UPDATE credentials SET refresh_leased_until = NULL"
    " WHERE account_id = :id AND version = :version"
)
_RENEWED = text(
    "UPDATE credentials SET access_sealed = :access,"
    " refresh_sealed = coalesce(:refresh, refresh_sealed), issued_at = :now,"
    " expires_at = :expires_at, refresh_expires_at = coalesce(:refresh_expires_at,"
    " refresh_expires_at), refresh_leased_until = NULL, version = version + 1"
    " WHERE account_id = :id AND version = :version RETURNING refresh_expires_at"
)
_LOST = text(
    "UPDATE social_accounts SET needs_reconnect = true, light = 'red',"
    " light_reasons = CAST(:reasons AS jsonb), updated_at = :now"
    " WHERE id = :id AND NOT needs_reconnect AND EXISTS (SELECT 1 FROM credentials c"
    "  WHERE c.account_id = :id AND (CAST(:version AS int) IS NULL OR c.version = :version))"
    " RETURNING platform, username, works_until"
)
_REFUSED = text(
    "UPDATE credentials SET expires_at = :now WHERE account_id = :id AND issued_at <= :before"
    " RETURNING 1"
)
_LOST_REASON = '["The platform no longer accepts our connection: connect the account again."]'


@dataclass(frozen=True, slots=True)
class _Held:
    """What is stored of one account, opened for the moment of use."""

    account_id: UUID
    workspace_id: UUID
    platform: str
    username: str
    tier: str
    remote_id: str | None
    version: int
    access: str
    refresh: str | None
    scopes: tuple[str, ...]
    issued_at: datetime
    expires_at: datetime | None
    egress: Egress | None

    def grant(self) -> Grant:
        return Grant(
            self.username,
            self.remote_id,
            self.access,
            self.scopes,
            self.tier,
            str(self.account_id),
            self.egress,
        )

    def due(self, now: datetime) -> bool:
        """Whether it is time to renew."""
        if self.expires_at is None:
            return False
        ahead = (self.expires_at - self.issued_at) / LIFE_SHARE
        return now >= self.expires_at - min(max(ahead, SOONEST), LATEST)

    def expired(self, now: datetime) -> bool:
        """Whether the access token no longer works."""
        return self.expires_at is not None and now >= self.expires_at


def _place(column: str, account_id: UUID, workspace_id: UUID) -> Place:
    return Place("credentials", column, str(account_id), workspace_id)


def sealed(key: bytes, workspace_id: UUID, account_id: UUID, column: str, token: str) -> bytes:
    """`token` as it may stand in `credentials.<column>`."""
    return seal(key, _place(column, account_id, workspace_id), token.encode())


async def grant(
    runtime: Runtime, workspace_id: UUID, account_id: UUID, *, lasting: timedelta = timedelta(0)
) -> Grant:
    """A grant whose access token works now and so long, with the way out that its calls must take.

    Raises NOT_FOUND for an unknown account; UpstreamError REAUTHORIZE when its owner has to connect
    it (again), RETRY or WAIT when the token is too old and could not be renewed just now, RETRY
    `egress_down` while its proxy is known not to work.
    """
    for _ in range(ROUNDS):
        held = await _load(runtime, workspace_id, account_id)
        now = runtime.clock.now()
        if not held.due(now):
            return held.grant()
        if await _leased(runtime, held):
            return await _renew(runtime, held, lasting)
        if not held.expired(now + lasting):
            return held.grant()
        # Another worker is renewing it: its commit is what we wait for.
        await runtime.clock.wait_until(runtime.clock.now() + ROUND)
    detail = "The connection is being renewed."
    raise UpstreamError(Remedy.RETRY, "renewal_under_way", detail)


async def _load(runtime: Runtime, workspace_id: UUID, account_id: UUID) -> _Held:
    async with runtime.begin(workspace_id) as tx:
        row = (await tx.session.execute(_LOAD, {"id": account_id})).one_or_none()
        if row is None:
            raise not_found("account")
        if row.account_id is None:
            raise UpstreamError(Remedy.REAUTHORIZE, "not_connected", "Connect the account first.")
        if row.needs_reconnect:
            raise _reconnect()
        egress.refuse_failing(row)
    return _open(unwrapped(runtime, workspace_id, row.wrapped_key), row, workspace_id)


def _open(key: bytes, row: Row[Any], workspace_id: UUID) -> _Held:
    account_id = UUID(str(row.account_id))

    def opened(column: str, value: bytes | None) -> str | None:
        if value is None:
            return None
        return unseal(key, _place(column, account_id, workspace_id), bytes(value)).decode()

    return _Held(
        account_id=account_id,
        workspace_id=workspace_id,
        platform=row.platform,
        username=row.username,
        tier=row.tier,
        remote_id=row.remote_id,
        version=row.version,
        access=opened("access_sealed", row.access_sealed) or "",
        refresh=opened("refresh_sealed", row.refresh_sealed),
        scopes=tuple(row.scopes),
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        egress=egress.opened(key, row, workspace_id),
    )


async def _leased(runtime: Runtime, held: _Held) -> bool:
    """True when this worker, and no other, may renew this version until the lease ends."""
    seconds = timedelta(seconds=runtime.settings.call_deadline_seconds)
    async with runtime.begin(held.workspace_id) as tx:
        taken = await tx.session.scalar(
            _LEASE,
            {
                "id": held.account_id,
                "version": held.version,
                "now": tx.now,
                "until": tx.now + seconds + LEASE_SLACK,
            },
        )
    return taken is not None


async def _renew(runtime: Runtime, held: _Held, lasting: timedelta) -> Grant:
    connector = runtime.connectors.get(held.platform)
    try:
        tokens = await connector.authorize(Renew(held.access, held.refresh, held.tier, held.egress))
    except UpstreamError as error:
        return await _not_renewed(runtime, held, error, lasting)
    assert isinstance(tokens, Tokens)
    reach("renew.after_answer")
    if await _store(runtime, held, tokens):
        reach("renew.after_commit")
        return replace(held.grant(), access_token=tokens.access_token)
    # The owner connected again meanwhile: what he committed is what is used.
    return (await _load(runtime, held.workspace_id, held.account_id)).grant()


async def _store(runtime: Runtime, held: _Held, tokens: Tokens) -> bool:
    """True when these tokens are the account's now; False when it got others meanwhile."""
    async with runtime.begin(held.workspace_id) as tx:
        key = await data_key(runtime, tx, held.workspace_id)

        def put(column: str, token: str) -> bytes:
            return sealed(key, held.workspace_id, held.account_id, column, token)

        values = {
            "id": held.account_id,
            "version": held.version,
            "now": tx.now,
            "access": put("access_sealed", tokens.access_token),
            "refresh": put("refresh_sealed", tokens.refresh_token)
            if tokens.refresh_token
            else None,
            "expires_at": _after(tx.now, tokens.expires_in),
            "refresh_expires_at": _after(tx.now, tokens.refresh_expires_in),
        }
        row = (await tx.session.execute(_RENEWED, values)).one_or_none()
        if row is not None:
            until = row.refresh_expires_at if held.refresh else values["expires_at"]
            await tx.session.execute(
                text("UPDATE social_accounts SET works_until = :until WHERE id = :id"),
                {"until": until, "id": held.account_id},
            )
    return row is not None


def _after(now: datetime, life: timedelta | None) -> datetime | None:
    return now + life if life is not None else None


async def _not_renewed(
    runtime: Runtime, held: _Held, error: UpstreamError, lasting: timedelta
) -> Grant:
    """The old token while it still works; else the reason why there is none."""
    async with runtime.begin(held.workspace_id) as tx:
        if error.remedy is Remedy.REAUTHORIZE:
            await lost(tx, held.account_id, version=held.version)
        await tx.session.execute(_RELEASE, {"id": held.account_id, "version": held.version})
    if error.remedy is Remedy.REAUTHORIZE:
        raise _reconnect()
    if not held.expired(runtime.clock.now() + lasting):
        return held.grant()
    if error.remedy is Remedy.WAIT or error.code == EGRESS_DOWN:
        raise error
    # Whether the lost call renewed the token or not: with this grant nothing was done.
    raise UpstreamError(Remedy.RETRY, f"not_renewed_{error.code}", error.detail)


async def lost(tx: Tx, account_id: UUID, *, version: int | None = None) -> bool:
    """The account waits for its owner to connect it again. False when it already did, or when its
    tokens are no longer those of `version`.
    """
    values = {"id": account_id, "version": version, "now": tx.now, "reasons": _LOST_REASON}
    row = (await tx.session.execute(_LOST, values)).one_or_none()
    if row is None:
        return False
    told = "needs to be connected again: the platform no longer accepts our connection."
    events.emit(
        tx, "needs_reconnect", account_id, row.platform, row.username, told, light="red"
    )  # fmt: skip
    # An access that ends before it was due to was taken away.
    detail = {"revoked": row.works_until is None or row.works_until > tx.now}
    await incidents.open_(tx, account_id, "reconnect", f"@{row.username} {told}", detail=detail)
    return True


async def refused(tx: Tx, account_id: UUID) -> None:
    """The platform answered a call with 401: the next grant renews the token first.

    When it was renewed only minutes ago and is refused again, its owner has to connect again.
    """
    before = tx.now - JUST_RENEWED
    values = {"id": account_id, "now": tx.now, "before": before}
    if await tx.session.scalar(_REFUSED, values) is None:
        await lost(tx, account_id)


def _reconnect() -> UpstreamError:
    detail = "The platform no longer accepts our connection: connect the account again."
    return UpstreamError(Remedy.REAUTHORIZE, "needs_reconnect", detail)


async def peek(runtime: Runtime, tx: Tx, account_id: UUID) -> Revoke | None:
    """The step that revokes what is stored; None when there is nothing."""
    row = (await tx.session.execute(_LOAD, {"id": account_id})).one_or_none()
    if row is None or row.account_id is None:
        return None
    held = _open(unwrapped(runtime, tx.tenant, row.wrapped_key), row, tx.tenant)
    return Revoke(held.access, held.tier, held.egress)
