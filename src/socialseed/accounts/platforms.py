"""What the product can do on each platform, with which limits, and whether a connection works."""

from datetime import date, datetime, timedelta
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit
from uuid import UUID

from socialseed.accounts import checks, doctor, service, tokens
from socialseed.accounts.abilities import Ability, abilities, reads
from socialseed.accounts.checks import Check
from socialseed.connectors.http import Call, Http
from socialseed.connectors.media import Resolve, resolve
from socialseed.connectors.protocol import Connector
from socialseed.connectors.types import Begin, Grant, Me, Person
from socialseed.core.errors import AppError, Remedy, UpstreamError, invalid
from socialseed.identity import policies
from socialseed.identity.access import Caller
from socialseed.policy.pacing import limits
from socialseed.policy.phases import PHASES, first_day
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

SKEW = timedelta(seconds=30)  # X: an authorization code lives 30 seconds
_NOBODY = Grant("", None, "no-token", (), "")


def list_platforms(runtime: Runtime) -> dict[str, object]:
    """Every platform of the ledger with what may be done there, those with a connector first."""
    connected = runtime.connectors.by_platform
    others = [name for name in runtime.ledger.platforms if name not in connected]
    on = runtime.clock.now().date()
    return {"items": [_platform(runtime, name, on) for name in (*connected, *others)]}


def _platform(runtime: Runtime, platform: str, on: date) -> dict[str, object]:
    connector = runtime.connectors.by_platform.get(platform)
    manifest = connector.manifest if connector is not None else None
    ledger, settings = runtime.ledger, runtime.settings
    lines = list(abilities(ledger, platform, manifest))
    can = manifest.performs | reads(manifest) if manifest is not None else frozenset[str]()
    verifies = manifest.verifies if manifest is not None else frozenset[str]()
    tiers = list(manifest.tiers if manifest is not None else ledger.tiers(platform))
    recheck_on = min((one.holds.recheck_on for one in lines), default=on)
    hooked = manifest is not None and manifest.webhooks is not None
    return {
        "platform": platform,
        "name": manifest.name if manifest is not None else ledger.names[platform],
        "connector": manifest is not None,
        "state": "ready" if manifest is not None else "no connector yet",
        "tier": tiers[0] if tiers else "",
        "tiers": tiers,
        "proof": "fresh" if on <= recheck_on else "expired",
        "recheck_on": recheck_on,
        "redirect_address": checks.redirect_address(settings, platform) if manifest else None,
        "webhook_address": checks.webhook_address(settings, platform) if hooked else None,
        "capabilities": [_line(one, can, verifies, on) for one in lines if not one.is_read],
        "reads": [_line(one, can, verifies, on) for one in lines if one.is_read],
    }


def _line(
    ability: Ability, can: frozenset[str], verifies: frozenset[str], on: date
) -> dict[str, object]:
    holds, entry = ability.holds, ability.entry
    return {
        "action_type": holds.action_type,
        "tier": holds.tier,
        "mode": holds.mode,
        "allowed": entry.capability.mode,
        "performs": holds.action_type in can,
        "verifies": holds.action_type in verifies,
        "needs_approval": holds.needs_approval,
        "condition": holds.condition,
        "visibility": holds.visibility,
        "accounts_a_day": holds.accounts_a_day,
        "sentence": holds.sentence,
        "call": entry.call,
        "quota": entry.quota,
        "gate": entry.gate,
        "scopes": list(entry.scopes),
        "most_media": entry.most_media,
        "cover": entry.cover,
        "source": holds.source,
        "as_of": holds.as_of,
        "recheck_on": holds.recheck_on,
        "proof": holds.proof(on),
    }


async def list_limits(tx: Tx, platform: str) -> dict[str, object]:
    """The limits of a healthy account of this workspace on the first day of each phase."""
    policy = await policies.current(tx)
    found = [
        {
            "kind": limit.kind,
            "window": limit.window,
            "phase": phase,
            "limit": limit.limit,
            "source": limit.source,
        }
        for phase in PHASES
        for limit in limits(platform, phase, first_day(phase, policy), "green", None, 1000, policy)
    ]
    return {"platform": platform, "limits": found}


async def test(
    caller: Caller, platform: str, account_id: UUID | None, find: Resolve = resolve
) -> dict[str, object]:
    """Whether app, platform and (if given) one account's connection work. Reads only.

    With an account the answer has its `setup` too. `find` resolves the hosts of media.
    """
    runtime = caller.runtime
    connector = runtime.connectors.get(platform)
    found = await reached(runtime, connector)
    if account_id is None:
        async with caller.begin() as tx:
            last = await doctor.last_delivery(tx, platform)
        found.append(checks.redirect(runtime.settings, connector.manifest))
        found.append(checks.webhooks(runtime.settings, connector.manifest, last))
        return _answer([one.plain() for one in found], None)
    async with caller.begin() as tx:
        row = await service.get(tx, account_id)
        if row.platform != platform:
            raise invalid("other_platform", f"This account is on {row.platform}.", "/account_id")
        setup = await doctor.report(tx, runtime, account_id)
    found += await _account(caller, connector, account_id, str(setup["username"]))
    found += await _media(runtime, setup, find)
    # What the platform said itself counts for more than what is stored.
    asked = {one.name for one in found}
    stored = setup["checks"]
    assert isinstance(stored, list)
    plain = [one.plain() for one in found]
    return _answer(plain + [one for one in stored if one["name"] not in asked], setup)


def _answer(found: list[dict[str, object]], setup: dict[str, object] | None) -> dict[str, object]:
    return {"ok": all(one["ok"] for one in found), "checks": found, "setup": setup}


async def reached(runtime: Runtime, connector: Connector) -> list[Check]:
    """Whether the app is named, the platform answers, and our clocks agree."""
    return [await _app(connector), await _reach(connector), await _clock(runtime, connector)]


async def _app(connector: Connector) -> Check:
    redirect = await connector.authorize(Begin("test", "v" * 43, "http://127.0.0.1/"))
    ok = "client_id=&" not in str(redirect) and "client_key=&" not in str(redirect)
    if ok:
        return Check("app", True, "The developer app is named.")
    return Check("app", False, "No developer app is named.", "Set the platform's client id.")


async def _reach(connector: Connector) -> Check:
    name = connector.manifest.name
    try:
        await connector.read(Me(), _NOBODY)
    except UpstreamError as error:
        # Refusing a token that is none is the right answer of a platform that is there.
        if error.remedy in (Remedy.REAUTHORIZE, Remedy.REJECT):
            return Check("reach", True, f"{name} answers.")
        return Check("reach", False, error.detail, "Check the network, then try again.")
    return Check("reach", False, f"{name} accepted a token that is none.", "Check its address.")


async def _clock(runtime: Runtime, connector: Connector) -> Check:
    name, http = connector.manifest.name, runtime.connectors.http
    if runtime.settings.platform_mode != "live":
        return Check("clock", True, "The sandbox keeps its own time.")
    told = await _date(http, connector.manifest.hosts["api"]) if http is not None else None
    if told is None:
        return Check("clock", True, f"{name} did not tell its time.")
    apart = abs(told - runtime.clock.now())
    seconds = int(apart.total_seconds())
    if apart <= SKEW:
        return Check("clock", True, f"Our clock and {name}'s are {seconds} seconds apart.")
    detail = f"Our clock and {name}'s are {seconds} seconds apart: signatures and codes would fail."
    return Check("clock", False, detail, "Set this machine's clock by a time server.")


async def _date(http: Http, host: str) -> datetime | None:
    """What the host's own clock says, to the second."""
    try:
        reply = await http.call(Call("GET", host, "/"))
        told = parsedate_to_datetime(reply.headers.get("date", ""))
    except (UpstreamError, ValueError):
        return None
    return told if told.tzinfo is not None else None


async def _media(runtime: Runtime, setup: dict[str, object], find: Resolve) -> list[Check]:
    """Whether the hosts of what waits have public addresses; nothing to say in the sandbox."""
    media = setup["media"]
    assert isinstance(media, dict)
    if runtime.settings.platform_mode != "live" or media["unreachable"]:
        return []
    for host in list(dict.fromkeys(urlsplit(url).hostname or "" for url in media["addresses"])):
        if not await _is_public(host, find):
            detail = f"{host} has no public address: platforms cannot fetch media from it."
            return [Check("media", False, detail, str(media["rule"]))]
    return []


async def _is_public(host: str, find: Resolve) -> bool:
    try:
        found = [ip_address(one.split("%")[0]) for one in await find(host, 443)]
    except (OSError, ValueError):
        return False
    return bool(found) and all(address.is_global for address in found)


async def _account(
    caller: Caller, connector: Connector, account_id: UUID, username: str
) -> list[Check]:
    try:
        grant = await tokens.grant(caller.runtime, caller.workspace, account_id)
        me = await connector.read(Me(), grant)
    except UpstreamError as error:
        return [Check("connection", False, error.detail, checks.AGAIN)]
    except AppError as error:
        return [Check("connection", False, error.detail, checks.AGAIN)]
    same = isinstance(me, Person) and me.handle.casefold() == username.casefold()
    told = "The profile is the right one." if same else "The profile has another handle."
    return [
        Check("connection", True, f"@{username} is connected."),
        Check("profile", same, told, None if same else checks.AGAIN),
    ]
