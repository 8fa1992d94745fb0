"""Ways out of accounts: their proxies, sealed logins, and whether they work.

While an egress fails its accounts wait: nothing is sent for them, and never without the proxy.
"""

import secrets
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from sqlalchemy import Row, text

from socialseed.accounts import events, incidents
from socialseed.accounts.egress_presets import PRESETS, Login, login
from socialseed.connectors.egress import down
from socialseed.connectors.types import Egress
from socialseed.core.crypto import Place, seal, unseal
from socialseed.core.errors import invalid
from socialseed.core.events import Event
from socialseed.identity.replans import replan
from socialseed.runtime.keyring import unwrapped
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

CHECK_ONE = "accounts.check_egress"
SESSION_LENGTH = 8  # IPRoyal wants exactly 8; the others take any
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
REASON = "Its way out does not work: nothing is sent until it does."

# What opening an egress needs, under names that do not collide with an account's own.
COLUMNS = (
    "g.id AS egress_id, g.name AS egress_name, g.preset AS egress_preset,"
    " g.scheme AS egress_scheme, g.host AS egress_host, g.port AS egress_port,"
    " g.country AS egress_country, g.user_sealed AS egress_user,"
    " g.password_sealed AS egress_password, g.session AS egress_session, g.state AS egress_state"
)
_OF_ACCOUNT = text(
    f"SELECT {COLUMNS}, w.wrapped_key FROM social_accounts a"
    " JOIN egresses g ON g.id = a.egress_id JOIN workspaces w ON w.id = a.workspace_id"
    " WHERE a.id = :id"
)
_EXISTS = text("SELECT name FROM egresses WHERE id = :id AND workspace_id = :workspace")
_FAILED = text(
    "UPDATE egresses SET state = 'failing', last_error = :error, checked_at = :now"
    " WHERE id = :id AND state <> 'failing' RETURNING name"
)
_STILL_FAILED = text(
    "UPDATE egresses SET last_error = :error, checked_at = :now WHERE id = :id RETURNING name"
)
_WORKS = text(
    "UPDATE egresses SET state = 'ok', last_error = NULL, checked_at = :now,"
    " exit_address = coalesce(:address, exit_address) FROM (SELECT id, state FROM egresses"
    " WHERE id = :id FOR UPDATE) before WHERE egresses.id = before.id"
    " RETURNING egresses.name, before.state AS before"
)
# Yellow only where it was green: a light of another cause stays as it is.
_DIM = text(
    "UPDATE social_accounts SET light_reasons = (light_reasons - CAST(:reason AS text))"
    " || jsonb_build_array(CAST(:reason AS text)), updated_at = :now,"
    " light = CASE WHEN light = 'green' THEN 'yellow' ELSE light END"
    " WHERE egress_id = :id AND NOT light_reasons ? CAST(:reason AS text)"
    " RETURNING id, platform, username, light"
)
_BRIGHTEN = text(
    "UPDATE social_accounts SET light_reasons = light_reasons - CAST(:reason AS text),"
    " updated_at = :now, light = CASE WHEN light = 'yellow'"
    "  AND light_reasons - CAST(:reason AS text) = '[]' THEN 'green' ELSE light END"
    " WHERE (egress_id = :id OR id = :account) AND light_reasons ? CAST(:reason AS text)"
    " RETURNING id, platform, username, light"
)
_STATE = text("SELECT state FROM egresses WHERE id = :id")
_USED_BY = text("SELECT egress_id FROM social_accounts WHERE id = :id")


def new_session() -> str:
    """A fresh label under which a provider keeps one exit address."""
    return "".join(secrets.choice(_LETTERS) for _ in range(SESSION_LENGTH))


def place(column: str, egress_id: UUID, workspace_id: UUID) -> Place:
    """Where a part of an egress's login is sealed."""
    return Place("egresses", column, str(egress_id), workspace_id)


def sealed(
    key: bytes, workspace_id: UUID, egress_id: UUID, column: str, plain: str | None
) -> bytes | None:
    """`plain` as it may stand in `egresses.<column>`; None stays None."""
    if not plain:
        return None
    return seal(key, place(column, egress_id, workspace_id), plain.encode())


def opened(
    key: bytes, row: Row[Any], workspace_id: UUID, *, session: str | None = None
) -> Egress | None:
    """The egress in a row with COLUMNS; None without one. `session` replaces the stored one."""
    if row.egress_id is None:
        return None
    egress_id = UUID(str(row.egress_id))

    def plain(column: str, value: bytes | None) -> str:
        if value is None:
            return ""
        return unseal(key, place(column, egress_id, workspace_id), bytes(value)).decode()

    given = Login(
        plain("user_sealed", row.egress_user), plain("password_sealed", row.egress_password)
    )
    preset = PRESETS[row.egress_preset]
    shown = login(preset, given, row.egress_country, session or row.egress_session)
    name = f"{quote(shown.user, safe='')}:{quote(shown.password, safe='')}@" if shown.user else ""
    host = f"[{row.egress_host}]" if ":" in row.egress_host else row.egress_host
    url = f"{row.egress_scheme}://{name}{host}:{row.egress_port}"
    return Egress(str(egress_id), row.egress_name, url)


async def of_account(runtime: Runtime, tx: Tx, account_id: UUID) -> Egress | None:
    """The account's egress, opened for use; None when its calls leave straight."""
    row = (await tx.session.execute(_OF_ACCOUNT, {"id": account_id})).one_or_none()
    if row is None:
        return None
    return opened(unwrapped(runtime, tx.tenant, row.wrapped_key), row, tx.tenant)


def refuse_failing(row: Row[Any]) -> None:
    """Raises `egress_down` for a row with COLUMNS whose egress is known not to work."""
    if row.egress_state == "failing":
        raise down(f"The proxy “{row.egress_name}” does not work.")


async def known(tx: Tx, egress_id: UUID) -> str:
    """The name of the workspace's egress. Raises INVALID `unknown_egress`."""
    name: str | None = await tx.session.scalar(_EXISTS, {"id": egress_id, "workspace": tx.tenant})
    if name is None:
        raise invalid("unknown_egress", "There is no such egress in this workspace.", "/egress_id")
    return name


async def failed(tx: Tx, egress_id: UUID, error: str) -> bool:
    """The egress is failing and its accounts wait. True when that is news, which is then told."""
    values = {"id": egress_id, "error": error[:500], "now": tx.now}
    name = await tx.session.scalar(_FAILED, values)
    if name is None:
        await tx.session.execute(_STILL_FAILED, values)
        return False
    dimmed = {"id": egress_id, "reason": REASON, "now": tx.now}
    rows = (await tx.session.execute(_DIM, dimmed)).all()
    told = f"The proxy “{name}” does not work: {error} Its accounts wait, nothing is sent."
    data = {"egress_id": str(egress_id), "name": name, "error": error, "alert": "critical"}
    tx.emit(Event("egress.failing", told, data={**data, "accounts": len(rows)}))
    await _tell(tx, rows, f"waits. {REASON}", waits=True)
    return True


async def works(tx: Tx, egress_id: UUID, address: str | None) -> bool:
    """The egress is ok and its accounts go on. True when it was failing, which is then told."""
    values = {"id": egress_id, "address": address, "now": tx.now}
    row = (await tx.session.execute(_WORKS, values)).one_or_none()
    if row is None or row.before != "failing":
        return False
    data = {"egress_id": str(egress_id), "name": row.name}
    tx.emit(Event("egress.recovered", f"The proxy “{row.name}” works again.", data=data))
    await _brighten(tx, egress_id, None, "goes on: its way out works again.")
    return True


async def cleared(tx: Tx, egress_id: UUID) -> None:
    """Nobody waits for the egress any more: it was changed and has yet to be looked at."""
    await _brighten(tx, egress_id, None, "goes on: its way out was changed.")


async def left(tx: Tx, account_id: UUID) -> None:
    """The account no longer waits for an egress that it had."""
    await _brighten(tx, None, account_id, "goes on: its way out was changed.")


async def is_failing(tx: Tx, egress_id: UUID | None) -> bool:
    """Whether this egress is known not to work. Without one the answer is no."""
    state = await tx.session.scalar(_STATE, {"id": egress_id}) if egress_id is not None else None
    return state == "failing"


async def joined(tx: Tx, account_id: UUID, egress_id: UUID) -> None:
    """The account waits when the egress that it has now is failing."""
    if await is_failing(tx, egress_id):
        dimmed = {"id": egress_id, "reason": REASON, "now": tx.now}
        rows = (await tx.session.execute(_DIM, dimmed)).all()
        await _tell(tx, rows, f"waits. {REASON}", waits=True)


async def stopped(tx: Tx, account_id: UUID, detail: str) -> None:
    """A call of the account was stopped at its proxy: the egress is failing and looked at now."""
    egress_id = await tx.session.scalar(_USED_BY, {"id": account_id})
    if egress_id is None or not await failed(tx, egress_id, detail):
        return
    payload = {"workspace_id": str(tx.tenant), "egress_id": str(egress_id)}
    await tx.defer(CHECK_ONE, payload)


async def _brighten(tx: Tx, egress_id: UUID | None, account_id: UUID | None, told: str) -> None:
    values = {"id": egress_id, "account": account_id, "reason": REASON, "now": tx.now}
    await _tell(tx, (await tx.session.execute(_BRIGHTEN, values)).all(), told, waits=False)


async def _tell(tx: Tx, rows: Sequence[Row[Any]], told: str, *, waits: bool) -> None:
    for row in rows:
        name = events.label(tx, row.platform, row.username)
        if waits:
            await incidents.open_(tx, row.id, "egress", f"{name} {told}")
        else:
            await incidents.close(tx, row.id, "egress")
        events.emit(
            tx, "light_changed", row.id, row.platform, row.username, told, light=row.light
        )  # fmt: skip
        await replan(tx, f"its light is {row.light} now.", row.id)
