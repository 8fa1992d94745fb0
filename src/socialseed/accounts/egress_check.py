"""Looking at ways out: a small neutral request through the proxy, and a new session if it fails.

In sandbox mode the sandbox is asked. A session is changed only when the old one fails and a new
one works: an account's address is part of what a platform knows of it.
"""

import asyncio
import ipaddress
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.accounts import egress
from socialseed.accounts.egress_presets import PRESETS, Page
from socialseed.connectors.http import Call, Http
from socialseed.connectors.types import Egress
from socialseed.core.errors import UpstreamError, not_found
from socialseed.core.events import Event
from socialseed.jobs.port import Entry, Payload
from socialseed.runtime.keyring import unwrapped
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

EVERY = timedelta(minutes=1)
AFTER = timedelta(minutes=5)  # a way out that works is looked at so often …
AFTER_FAILURE = timedelta(minutes=1)  # … and one that does not
A_ROUND = 60  # of up to 16 s each, were all of them dead: half of what one worker has
SECONDS = 4.0  # for one page
SANDBOX_PAGE: Page = ("_control", "/health")
LONGEST_ADDRESS = 45
_WORD = re.compile(r"[0-9A-Fa-f:.]{3,45}")

_DUE = text(
    "SELECT g.workspace_id, g.id FROM egresses g"
    " WHERE EXISTS (SELECT 1 FROM social_accounts a WHERE a.egress_id = g.id)"
    " AND (g.checked_at IS NULL OR g.checked_at <="
    "  CASE WHEN g.state = 'failing' THEN CAST(:failing AS timestamptz)"
    "  ELSE CAST(:before AS timestamptz) END)"
    " ORDER BY g.checked_at NULLS FIRST, g.id LIMIT :limit"
)
_LOAD = text(
    f"SELECT {egress.COLUMNS}, g.version, w.wrapped_key FROM egresses g"
    " JOIN workspaces w ON w.id = g.workspace_id WHERE g.id = :id AND g.workspace_id = :workspace"
)
_VERSION = text("SELECT version FROM egresses WHERE id = :id FOR UPDATE")
_ROTATED = text(
    "UPDATE egresses SET session = :session, version = version + 1, exit_address = NULL,"
    " updated_at = :now WHERE id = :id"
    " RETURNING name, (SELECT count(*) FROM social_accounts a WHERE a.egress_id = :id) AS accounts"
)


@dataclass(frozen=True, slots=True)
class _Seen:
    """How a look ended. `error` None: the proxy let a request through."""

    error: str | None
    address: str | None = None


async def check(runtime: Runtime, workspace_id: UUID, egress_id: UUID) -> None:
    """The way out is ok or failing as of now. Raises NOT_FOUND when it is gone."""
    http = runtime.connectors.http
    if http is None:
        return
    async with runtime.begin(workspace_id) as tx:
        values = {"id": egress_id, "workspace": workspace_id}
        row = (await tx.session.execute(_LOAD, values)).one_or_none()
    if row is None:
        raise not_found("egress")
    key = unwrapped(runtime, workspace_id, row.wrapped_key)
    seen, session = await _look(http, egress.opened(key, row, workspace_id), row), None
    if seen.error is not None and PRESETS[row.egress_preset].sticky:
        label = egress.new_session()
        again = await _look(http, egress.opened(key, row, workspace_id, session=label), row)
        if again.error is None:
            seen, session = again, label
    async with runtime.begin(workspace_id) as tx:
        if await tx.session.scalar(_VERSION, {"id": egress_id}) == row.version:
            await _settle(tx, egress_id, seen, session)


async def _settle(tx: Tx, egress_id: UUID, seen: _Seen, session: str | None) -> None:
    if session is not None:
        await _rotate(tx, egress_id, session)
    if seen.error is None:
        await egress.works(tx, egress_id, seen.address)
    else:
        await egress.failed(tx, egress_id, seen.error)


async def _rotate(tx: Tx, egress_id: UUID, session: str) -> None:
    values = {"id": egress_id, "session": session, "now": tx.now}
    row = (await tx.session.execute(_ROTATED, values)).one()
    told = f"The proxy “{row.name}” got a new session: the old one no longer worked."
    data = {"egress_id": str(egress_id), "name": row.name, "accounts": row.accounts}
    tx.emit(Event("egress.rotated", told, data=data))


async def _look(http: Http, way: Egress | None, row: Row[Any]) -> _Seen:
    """The first page that answers decides; a page that is down says nothing of a proxy."""
    sandboxed = http.gateway.sandbox_url is not None
    pages = (SANDBOX_PAGE,) if sandboxed else PRESETS[row.egress_preset].pages
    seen = _Seen("There is nothing to look at.")
    for host, path in pages:
        by = asyncio.get_running_loop().time() + SECONDS
        try:
            reply = await http.call(Call("GET", host, path, by=by, egress=way))
        except UpstreamError as error:
            seen = _Seen(error.detail)
            continue
        if reply.status < 500:
            return _Seen(None, None if sandboxed else _address(reply.body))
        seen = _Seen(f"The page behind the proxy answered {reply.status}.")
    return seen


def _address(body: bytes) -> str | None:
    """The first address in what a check page told."""
    for word in _WORD.findall(body[:4096].decode("utf-8", "replace")):
        try:
            return str(ipaddress.ip_address(word.strip(":.")[:LONGEST_ADDRESS]))
        except ValueError:
            continue
    return None


async def check_one(runtime: Runtime, payload: Payload) -> None:
    """The job of one look; nothing happens when the way out is gone."""
    workspace_id, egress_id = UUID(str(payload["workspace_id"])), UUID(str(payload["egress_id"]))
    async with runtime.begin(workspace_id) as tx:
        known = await tx.session.scalar(_VERSION, {"id": egress_id})
    if known is not None:
        await check(runtime, workspace_id, egress_id)


async def check_due(runtime: Runtime, payload: Payload) -> None:
    """A look is queued for every way out that is in use and due, at most 60 a round."""
    async with runtime.begin(None) as tx:
        values = {
            "before": tx.now - AFTER,
            "failing": tx.now - AFTER_FAILURE,
            "limit": A_ROUND,
        }
        rows = (await tx.session.execute(_DUE, values)).all()
        round_key = tx.now.strftime("%Y-%m-%dT%H:%M")
        entries = [
            Entry(
                {"workspace_id": str(workspace_id), "egress_id": str(egress_id)},
                f"{egress.CHECK_ONE}:{egress_id}:{round_key}",
            )
            for workspace_id, egress_id in rows
        ]
        if entries:
            await tx.jobs.enqueue_many(tx.session, egress.CHECK_ONE, entries, now=tx.now)
