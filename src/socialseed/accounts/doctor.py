"""The setup doctor: what of an account's setup works, what is missing, and what to do next.

It reads what is stored and asks nobody. `platforms.test` adds what only the platform can tell.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts import checks
from socialseed.accounts.abilities import Ability, abilities
from socialseed.accounts.checks import AGAIN, FIRST, Case
from socialseed.core.clock import iso
from socialseed.core.errors import not_found
from socialseed.identity.policies import POLICY, policy_in
from socialseed.policy.phases import is_open, opens_on_day
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

WAITING_READ = 20
MOST_ACCOUNTS = 500

_COLUMNS = f"""
SELECT a.id, a.platform, a.username, a.tier, a.phase, a.is_active, a.needs_reconnect, a.works_until,
  a.frozen_until, c.account_id IS NOT NULL AS has_tokens, c.scopes, c.issued_at, c.expires_at,
  c.refresh_sealed IS NOT NULL AS renews, {POLICY} AS policy,
  (SELECT json_agg(w.target_data) FROM (SELECT x.target_data FROM actions x
    WHERE x.workspace_id = a.workspace_id AND x.account_id = a.id AND x.mode = 'api'
    AND x.status IN ('awaiting_approval','approved','scheduled') AND x.action_type LIKE 'publish%'
    ORDER BY x.id DESC LIMIT {WAITING_READ}) w) AS waiting
FROM social_accounts a LEFT JOIN credentials c ON c.account_id = a.id
"""
_ONE = text(_COLUMNS + " WHERE a.id = :id")
_SOME = text(
    "SELECT id FROM social_accounts WHERE (CAST(:handle AS text) IS NULL"
    " OR lower(username) = lower(:handle)) ORDER BY platform, lower(username), id LIMIT :limit"
)
_HAS_DELIVERIES = text("SELECT to_regclass('public.webhook_deliveries') IS NOT NULL")
_LAST_DELIVERY = text("SELECT max(received_at) FROM webhook_deliveries WHERE platform = :platform")


async def list_ids(tx: Tx, handle: str | None) -> Sequence[UUID]:
    """Accounts by platform and handle, at most 500; with `handle` only those that are called so."""
    name = handle.removeprefix("@") if handle is not None else None
    values = {"handle": name, "limit": MOST_ACCOUNTS}
    return [UUID(str(one)) for one in (await tx.session.scalars(_SOME, values)).all()]


async def report(tx: Tx, runtime: Runtime, account_id: UUID) -> dict[str, object]:
    """The account's setup as `SetupOut` shows it. Raises NOT_FOUND."""
    row = (await tx.session.execute(_ONE, {"id": account_id})).one_or_none()
    if row is None:
        raise not_found("account")
    manifest = runtime.connectors.get(row.platform).manifest
    case = Case(
        row,
        tx.now,
        runtime.settings,
        manifest,
        list(abilities(runtime.ledger, row.platform, manifest)),
        await last_delivery(tx, row.platform),
    )
    found = [
        checks.connection(case),
        checks.token(case),
        checks.permissions(case),
        checks.tier(case),
        checks.proof(case),
        checks.redirect(case.settings, manifest),
        checks.webhooks(case.settings, manifest, case.last_delivery_at),
        checks.media(case),
    ]
    told = {"ok": all(one.ok for one in found), "checks": [one.plain() for one in found]}
    return {**_facts(case), **told}


async def last_delivery(tx: Tx, platform: str) -> datetime | None:
    """When the platform last sent something by itself; None when it never did."""
    if not await tx.session.scalar(_HAS_DELIVERIES):
        return None
    at: datetime | None = await tx.session.scalar(_LAST_DELIVERY, {"platform": platform})
    return at


def _facts(case: Case) -> dict[str, object]:
    row, manifest, settings = case.row, case.manifest, case.settings
    offered = manifest.webhooks is not None
    return {
        "account_id": UUID(str(row.id)),
        "platform": row.platform,
        "name": manifest.name,
        "username": row.username,
        "platform_mode": settings.platform_mode,
        "as_of": case.now,
        "token": {
            "connected": row.has_tokens and not row.needs_reconnect,
            "issued_at": row.issued_at,
            "expires_at": row.expires_at,
            "works_until": row.works_until,
            "renews_itself": bool(row.has_tokens and row.expires_at is not None),
        },
        "scopes": {
            "told": bool(case.granted),
            "granted": sorted(case.granted),
            "needed": checks.needed(case),
            "missing": checks.missing(case) if case.granted else [],
        },
        "tier": row.tier,
        "tiers": _tiers(case),
        "redirect": {
            "address": checks.redirect_address(settings, row.platform),
            "https_needed": case.live,
        },
        "webhooks": {
            "offered": offered,
            "address": checks.webhook_address(settings, row.platform) if offered else None,
            "last_delivery_at": case.last_delivery_at,
        },
        "media": {
            "rule": checks.media_rule(case.live),
            "addresses": case.media,
            "unreachable": [url for url in case.media if checks.unreachable(url, case.live)],
        },
        "kinds": [_kind(case, one) for one in case.here],
    }


def _tiers(case: Case) -> list[dict[str, object]]:
    found = []
    for tier in dict.fromkeys(one.holds.tier for one in case.abilities):
        rows = [one.holds for one in case.abilities if one.holds.tier == tier]
        kinds = {
            mode: [row.action_type for row in rows if row.mode == mode]
            for mode in ("api", "human", "forbidden")
        }
        found.append({"tier": tier, "current": tier == case.row.tier, **kinds})
    return found


def _kind(case: Case, ability: Ability) -> dict[str, object]:
    row, lacks = ability.holds, case.lacks(ability)
    missing = _obstacles(case, ability, lacks)
    opens_with = next(
        (
            one.holds.tier
            for one in case.abilities
            if one.holds.action_type == row.action_type and one.holds.mode == "api"
        ),
        None,
    )
    return {
        "kind": row.action_type,
        "mode": row.mode,
        "ready": row.mode != "forbidden" and not missing,
        "needs_approval": row.needs_approval,
        "proof": row.proof(case.now.date()),
        "sentence": row.sentence,
        "scopes": list(ability.entry.scopes),
        "missing_scopes": lacks,
        "missing": [told for told, _ in missing],
        "next_step": next((step for _, step in missing if step), None),
        "opens_with": opens_with if row.mode != "api" else None,
    }


def _obstacles(case: Case, ability: Ability, lacks: Sequence[str]) -> list[tuple[str, str | None]]:
    """What stands before a kind that is not forbidden, each with the next step."""
    row, mode = case.row, ability.holds.mode
    if mode == "forbidden":
        return []
    found: list[tuple[str, str | None]] = []
    if mode == "api" and not row.has_tokens:
        found.append(("The account is not connected.", FIRST))
    elif mode == "api" and row.needs_reconnect:
        found.append(("The platform no longer accepts our connection.", AGAIN))
    if mode == "api" and lacks:
        gate = f" It needs: {ability.entry.gate}." if ability.entry.gate else ""
        step = f"Connect the account again and allow it.{gate}"
        found.append((f"The owner did not grant {', '.join(lacks)}.", step))
    if ability.is_read:
        return found
    if not is_open(row.platform, row.phase):
        day = opens_on_day(row.platform, policy_in(row.policy))
        told = f"{case.manifest.name} is not open in {row.phase.replace('_', ' ')}."
        found.append((told, f"It opens on day {day} of the programme."))
    if not row.is_active:
        found.append(("The account is paused.", "Resume the account."))
    if row.frozen_until is not None and row.frozen_until > case.now:
        found.append((f"The account rests until {iso(row.frozen_until)}.", "Wait until then."))
    return found
