"""What may be done with an account: create it, read it, change it, remove it with its tokens."""

from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import insert, select, text

from socialseed.accounts import egress, events, tokens
from socialseed.accounts.models import SocialAccount
from socialseed.accounts.schemas import AccountChange
from socialseed.connectors.types import Revoke
from socialseed.core import log
from socialseed.core.clock import local
from socialseed.core.errors import UpstreamError, conflict, invalid, not_found
from socialseed.identity import policies
from socialseed.identity.replans import replan
from socialseed.policy.capabilities.ledger import Ledger
from socialseed.policy.pacing import LONG_PAUSE
from socialseed.policy.pacing.days import AWAKE
from socialseed.policy.phases import first_day, programme_day, starting_phase
from socialseed.runtime.actor import Actor
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

# What an account's day plan hangs on, of all that its owner may change.
PLANNED_BY = frozenset({"timezone", "waking_start", "waking_end", "daily_action_limit", "tier"})
_log: structlog.stdlib.BoundLogger = log.get("accounts")
_IS_SENDING = text("SELECT 1 FROM actions WHERE account_id = :id AND status = 'executing' LIMIT 1")
_DELETE = text("DELETE FROM social_accounts WHERE id = :id RETURNING 1")
_EXISTS = text(
    "SELECT 1 FROM social_accounts WHERE workspace_id = :workspace AND platform = :platform"
    " AND lower(username) = lower(:username)"
)
_BEGAN_NEW = "Every account begins in phase 1."
_BEGAN_ESTABLISHED = "Its owner confirmed that the account is established."


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to create. `established`: its owner confirms that it is not new there.

    `tier` None: the platform's usual one.
    """

    platform: str
    username: str
    timezone: str
    tier: str | None = None
    display_name: str | None = None
    daily_action_limit: int = 200
    waking_start: int = 8
    waking_end: int = 22
    established: bool = False
    egress_id: UUID | None = None


async def create(tx: Tx, runtime: Runtime, new: NewAccount) -> UUID:
    """The id of a new account, not connected yet.

    Raises INVALID for a platform without a connector, an unknown tier or waking hours that nobody
    has, CONFLICT when the workspace has it.
    """
    tier = new.tier or runtime.connectors.get(new.platform).manifest.tiers[0]
    _check_tier(runtime.ledger, new.platform, tier)
    _check_waking(new.waking_start, new.waking_end)
    handle = {
        "workspace": tx.tenant,
        "platform": new.platform,
        "username": new.username,
    }
    if await tx.session.scalar(_EXISTS, handle) is not None:
        detail = f"{events.label(tx, new.platform, new.username)} is already in this workspace."
        raise conflict("account_exists", detail)
    if new.egress_id is not None:
        await egress.known(tx, new.egress_id)
    account_id, phase = tx.new_id(), starting_phase(new.established)
    reason = _BEGAN_ESTABLISHED if new.established else _BEGAN_NEW
    await tx.session.execute(
        insert(SocialAccount).values(
            id=account_id,
            workspace_id=tx.tenant,
            platform=new.platform,
            username=new.username,
            display_name=new.display_name or new.username,
            timezone=new.timezone,
            tier=tier,
            phase=phase,
            phase_reasons=[reason],
            programme_started_on=local(tx.now, new.timezone).date(),
            established=new.established,
            daily_action_limit=new.daily_action_limit,
            waking_start=new.waking_start,
            waking_end=new.waking_end,
            egress_id=new.egress_id,
            created_at=tx.now,
            updated_at=tx.now,
        )
    )
    told = f"was added. {reason}"
    events.emit(
        tx, "created", account_id, new.platform, new.username, told,
        phase=phase, established=new.established, light="green", is_active=True,
    )  # fmt: skip
    if new.egress_id is not None:
        await egress.joined(tx, account_id, new.egress_id)
    return account_id


def _check_tier(ledger: Ledger, platform: str, tier: str) -> None:
    tiers = ledger.tiers(platform)
    if tier not in tiers:
        raise invalid("unknown_tier", f"Use one of: {', '.join(tiers)}.", "/tier")


def _check_waking(start: int, end: int) -> None:
    least, most = AWAKE
    hours = (end - start) % 24 or 24
    if not least <= hours <= most:
        detail = f"Choose from {least} to {most} hours a day; these are {hours}."
        raise invalid("bad_waking_hours", detail, "/waking_end")


async def get(tx: Tx, account_id: UUID) -> SocialAccount:
    """The account. Raises NOT_FOUND."""
    found = await tx.session.scalar(select(SocialAccount).where(SocialAccount.id == account_id))
    if found is None:
        raise not_found("account")
    return found


async def update(tx: Tx, runtime: Runtime, account_id: UUID, change: AccountChange) -> None:
    """What is given is changed and told; what stays the same is not. Raises INVALID as `create`."""
    row = await tx.session.scalar(
        select(SocialAccount).where(SocialAccount.id == account_id).with_for_update()
    )
    if row is None:
        raise not_found("account")
    given = change.model_dump(exclude_none=True, exclude={"egress_id"})
    active = given.pop("is_active", row.is_active)
    established = given.pop("established", row.established)
    if "tier" in given:
        _check_tier(runtime.ledger, row.platform, given["tier"])
    if given.keys() & {"waking_start", "waking_end"}:
        start = given.get("waking_start", row.waking_start)
        _check_waking(start, given.get("waking_end", row.waking_end))
    changed = {name: value for name, value in given.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        told = f"has a new {', '.join(name.replace('_', ' ') for name in sorted(changed))}."
        events.emit(tx, "updated", row.id, row.platform, row.username, told, **changed)
    for name in sorted(changed.keys() & PLANNED_BY):
        await replan(tx, f"it has a new {name.replace('_', ' ')}.", row.id)
    if active != row.is_active:
        await _set_active(tx, row, active)
    if established != row.established:
        await _set_established(tx, row, established)
    row.updated_at = tx.now
    await tx.session.flush()
    if "egress_id" in change.model_fields_set and change.egress_id != row.egress_id:
        await _set_egress(tx, row, change.egress_id)


async def _set_egress(tx: Tx, row: SocialAccount, egress_id: UUID | None) -> None:
    name = await egress.known(tx, egress_id) if egress_id is not None else None
    row.egress_id = egress_id
    await tx.session.flush()
    told = f"leaves through the proxy “{name}” now." if name else "leaves without a proxy now."
    events.emit(tx, "updated", row.id, row.platform, row.username, told, egress=name)
    await egress.left(tx, row.id)
    if egress_id is not None:
        await egress.joined(tx, row.id, egress_id)


async def _set_active(tx: Tx, row: SocialAccount, active: bool) -> None:
    row.is_active = active
    if active:
        if row.paused_at is not None and tx.now - row.paused_at >= LONG_PAUSE:
            row.resumed_at = tx.now
        row.paused_at = None
        await replan(tx, "it is at work again.", row.id)
    else:
        row.paused_at = tx.now
    kind, told = ("resumed", "is at work again.") if active else ("paused", "is paused.")
    events.emit(tx, kind, row.id, row.platform, row.username, told, is_active=active)


async def _set_established(tx: Tx, row: SocialAccount, established: bool) -> None:
    row.established = established
    by = f"{tx.actor.name} {'confirmed' if established else 'took back'}"
    told = f"changed: {by} that it is established."
    events.emit(
        tx, "updated", row.id, row.platform, row.username, told, established=established
    )  # fmt: skip
    begun = programme_day(row.programme_started_on, tx.now, row.timezone)
    second = first_day("phase_2", await policies.current(tx))
    early = begun < second and row.phase in ("phase_1", "phase_2")
    phase = starting_phase(established) if early else row.phase
    if phase != row.phase:
        await change_phase(tx, row, phase, [_BEGAN_ESTABLISHED if established else _BEGAN_NEW])


async def change_phase(tx: Tx, row: SocialAccount, phase: str, reasons: list[str]) -> None:
    """The account is in `phase` from now on, and the log says why."""
    before, row.phase, row.phase_reasons = row.phase, phase, reasons
    told = f"went from {before.replace('_', ' ')} to {phase.replace('_', ' ')}. {reasons[0]}"
    events.emit(
        tx, "phase_changed", row.id, row.platform, row.username, told,
        phase=phase, before=before, phase_reason=list(reasons),
    )  # fmt: skip
    await replan(tx, f"it is in {phase.replace('_', ' ')} now.", row.id)


async def delete(runtime: Runtime, workspace_id: UUID, actor: Actor, account_id: UUID) -> None:
    """The account and all that belonged to it are gone, and its tokens are revoked if possible.

    Raises NOT_FOUND, or CONFLICT while one of its actions is being sent.
    """
    async with runtime.begin(workspace_id, actor) as tx:
        row = await get(tx, account_id)
        if await tx.session.scalar(_IS_SENDING, {"id": account_id}) is not None:
            raise conflict("sending_now", "An action is being sent: pause the account and wait.")
        platform, username = row.platform, row.username
        step = await tokens.peek(runtime, tx, account_id)
        tx.session.expunge(row)
        await tx.session.execute(_DELETE, {"id": account_id})
        events.emit(tx, "deleted", account_id, platform, username, "was deleted.")
    if step is not None:
        await revoke(runtime, platform, step)


async def revoke(runtime: Runtime, platform: str, step: Revoke) -> None:
    """The platform was asked to forget the token. A failure is logged: ours is gone already."""
    try:
        await runtime.connectors.get(platform).authorize(step)
    except UpstreamError as error:
        _log.warning("account.revoke_failed", platform=platform, code=error.code)
