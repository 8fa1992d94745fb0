"""An owner took our access away, says the platform: the account waits for its owner."""

from contextlib import suppress
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts import tokens
from socialseed.connectors.types import Me
from socialseed.core.errors import AppError, Kind, Remedy, UpstreamError
from socialseed.jobs.port import Payload
from socialseed.runtime.runtime import Runtime

# Platforms tell whole seconds, which may lie before the instant itself.
_SECOND = timedelta(seconds=1)
_HELD = text(
    "SELECT c.issued_at, a.platform FROM credentials c JOIN social_accounts a"
    " ON a.id = c.account_id WHERE a.id = :id AND NOT a.needs_reconnect"
)


async def revoked(runtime: Runtime, payload: Payload) -> None:
    """The account needs its owner, if what was taken away is the access that we have now.

    A notice from before this access was given is about an older one. Where the platform tells no
    instant, its own answers decide: the account is read, and when that is refused, renewed.
    """
    workspace_id, account_id = UUID(str(payload["workspace_id"])), UUID(str(payload["account_id"]))
    at = payload["at"]
    async with runtime.begin(workspace_id) as tx:
        held = (await tx.session.execute(_HELD, {"id": account_id})).one_or_none()
        if held is None:
            return
        if at is not None and datetime.fromisoformat(str(at)) + _SECOND > held.issued_at:
            await tokens.lost(tx, account_id)
    if at is None:
        await _ask(runtime, workspace_id, account_id, held.platform)


async def _ask(runtime: Runtime, workspace_id: UUID, account_id: UUID, platform: str) -> None:
    try:
        grant = await tokens.grant(runtime, workspace_id, account_id)
        await runtime.connectors.get(platform).read(Me(), grant)
    except UpstreamError as error:
        if error.remedy is Remedy.REAUTHORIZE:
            await _renew(runtime, workspace_id, account_id)
    except AppError as error:
        if error.kind is not Kind.NOT_FOUND:  # deleted meanwhile
            raise


async def _renew(runtime: Runtime, workspace_id: UUID, account_id: UUID) -> None:
    async with runtime.begin(workspace_id) as tx:
        await tokens.refused(tx, account_id)
    # An access that is lost is recorded; one that could not be renewed now is tried later.
    with suppress(UpstreamError):
        await tokens.grant(runtime, workspace_id, account_id)
