"""What the product can do on each platform, with which limits, and whether a connection works."""

from dataclasses import dataclass
from uuid import UUID

from socialseed.accounts import service, tokens
from socialseed.connectors.protocol import Connector
from socialseed.connectors.types import Begin, Grant, Me, Person
from socialseed.core.errors import AppError, Remedy, UpstreamError
from socialseed.identity.access import Caller
from socialseed.policy.capabilities import ledger
from socialseed.policy.pacing import limits
from socialseed.policy.phases import PHASES
from socialseed.policy.phases.programme import FIRST_DAY
from socialseed.runtime.runtime import Runtime

_NOBODY = Grant("", None, "no-token", (), "")


def list_platforms(runtime: Runtime) -> dict[str, object]:
    """Every platform with what its ledger says, in the ledger's words."""
    return {"items": [_platform(name, c) for name, c in runtime.connectors.by_platform.items()]}


def _platform(platform: str, connector: Connector) -> dict[str, object]:
    manifest = connector.manifest
    return {
        "platform": platform,
        "name": manifest.name,
        "tier": manifest.tiers[0],
        "tiers": list(manifest.tiers),
        "capabilities": [
            {
                "action_type": row.action_type,
                "tier": row.tier,
                "mode": row.mode,
                "needs_approval": row.needs_approval,
                "sentence": row.sentence,
                "source": row.source,
                "as_of": row.as_of,
                "recheck_on": row.recheck_on,
            }
            for row in ledger.rows(platform)
        ],
    }


def list_limits(platform: str) -> dict[str, object]:
    """The limits of a healthy account on the first day of each phase."""
    found = [
        {
            "kind": limit.kind,
            "window": limit.window,
            "phase": phase,
            "limit": limit.limit,
            "source": limit.source,
        }
        for phase in PHASES
        for limit in limits(platform, phase, FIRST_DAY[phase], "green", None, 1000)
    ]
    return {"platform": platform, "limits": found}


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was tried, and what to do when it does not work."""

    name: str
    ok: bool
    detail: str
    next_step: str | None = None

    def plain(self) -> dict[str, object]:
        """The check as it is told."""
        return {
            "name": self.name,
            "ok": self.ok,
            "detail": self.detail,
            "next_step": self.next_step,
        }


async def test(caller: Caller, platform: str, account_id: UUID | None) -> dict[str, object]:
    """Whether app, platform and (if given) one account's connection work. Reads only."""
    connector = caller.runtime.connectors.get(platform)
    checks = [await _app(connector), await _reach(connector)]
    if account_id is not None:
        async with caller.begin() as tx:
            username = (await service.get(tx, account_id)).username
        checks += await _account(caller, connector, account_id, username)
    return {"ok": all(c.ok for c in checks), "checks": [c.plain() for c in checks]}


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


async def _account(
    caller: Caller, connector: Connector, account_id: UUID, username: str
) -> list[Check]:
    again = "Connect the account again."
    try:
        grant = await tokens.grant(caller.runtime, caller.workspace, account_id)
        me = await connector.read(Me(), grant)
    except UpstreamError as error:
        return [Check("connection", False, error.detail, again)]
    except AppError as error:
        return [Check("connection", False, error.detail, again)]
    checks = [Check("connection", True, f"@{username} is connected.")]
    same = isinstance(me, Person) and me.handle.casefold() == username.casefold()
    told = "The profile is the right one." if same else "The profile has another handle."
    checks.append(Check("profile", same, told, None if same else again))
    missing = sorted(set(connector.manifest.scopes) - set(grant.scopes)) if grant.scopes else []
    if grant.tier == connector.manifest.tiers[0] and missing:
        told = f"The owner did not grant: {', '.join(missing)}."
        checks.append(Check("permissions", False, told, again))
    else:
        checks.append(Check("permissions", True, "The permissions are granted."))
    return checks
