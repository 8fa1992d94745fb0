"""The parts of a setup that can be wrong: each is looked at by one function, from stored facts."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Row

from socialseed.accounts.abilities import Ability
from socialseed.connectors.manifest import Manifest
from socialseed.core.clock import iso
from socialseed.core.settings import Settings

AGAIN = "Connect the account again."
FIRST = "Connect the account."
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at, and what to do when it does not work."""

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


@dataclass(frozen=True, slots=True)
class Case:
    """One account with all that its setup is judged by."""

    row: Row[Any]
    now: datetime
    settings: Settings
    manifest: Manifest
    abilities: Sequence[Ability]  # of every tier
    last_delivery_at: datetime | None

    @property
    def live(self) -> bool:
        """Whether these are the real platforms."""
        return self.settings.platform_mode == "live"

    @property
    def here(self) -> Sequence[Ability]:
        """What holds under the account's own tier."""
        return [one for one in self.abilities if one.holds.tier == self.row.tier]

    @property
    def granted(self) -> Sequence[str]:
        """What the owner granted; empty when the platform does not tell."""
        return list(self.row.scopes or ())

    def lacks(self, ability: Ability) -> list[str]:
        """The scopes that the kind needs and the owner is known not to have granted."""
        return list(ability.entry.lacks(self.granted)) if self.row.has_tokens else []

    @property
    def media(self) -> list[str]:
        """The addresses of what waits to be published, each once."""
        found: list[str] = []
        for data in self.row.waiting or ():
            found += data.get("media_urls") or [data.get("media_url")]
            found.append(data.get("cover_url"))
        return list(dict.fromkeys(url for url in found if isinstance(url, str)))


def connection(case: Case) -> Check:
    """Whether we hold a token that the platform still takes."""
    row = case.row
    if not row.has_tokens:
        return Check("connection", False, "The account is not connected.", FIRST)
    if row.needs_reconnect:
        return Check("connection", False, "The platform no longer accepts our connection.", AGAIN)
    return Check("connection", True, f"@{row.username} is connected.")


def token(case: Case) -> Check:
    """Until when it works without its owner."""
    until = case.row.works_until
    if not case.row.has_tokens:
        return Check("token", True, "There is no token yet.")
    if until is None:
        told = f"{case.manifest.name} does not say how long the connection works."
        return Check("token", True, told)
    if until <= case.now:
        return Check("token", False, f"The connection ended on {iso(until)}.", AGAIN)
    if until <= case.now + SOON and not case.row.renews:
        told = f"The connection ends on {iso(until)} and is being renewed before."
        return Check("token", True, told, "Connect the account again if it is not.")
    return Check("token", True, f"The connection works until {iso(until)}, renewed by itself.")


def permissions(case: Case) -> Check:
    """Whether the owner granted what the API needs here without a further gate."""
    if not case.row.has_tokens:
        return Check("permissions", True, "Nothing was granted yet.")
    if not case.granted:
        told = f"{case.manifest.name} does not say which permissions were granted."
        return Check("permissions", True, told)
    lacking = missing(case)
    if not lacking:
        return Check("permissions", True, "The permissions are granted.")
    told = f"The owner did not grant: {', '.join(lacking)}."
    return Check("permissions", False, told, "Connect the account again and allow them.")


def needed(case: Case) -> list[str]:
    """The scopes of all that the API may do here without a further gate, sorted."""
    kinds = [one for one in case.here if one.holds.mode == "api" and one.entry.gate is None]
    return sorted({scope for one in kinds for scope in one.entry.scopes})


def missing(case: Case) -> list[str]:
    """Those of them that are not known to be granted."""
    return [scope for scope in needed(case) if scope not in case.granted]


def tier(case: Case) -> Check:
    """What the tier opens, and whether another opens more."""
    own, name = case.row.tier.replace("_", " "), case.manifest.name
    by_api = [one.holds.action_type for one in case.here if one.holds.mode == "api"]
    told = f"The tier {own} opens at {name}: {_words(by_api)}."
    wider = [
        other
        for other in dict.fromkeys(one.holds.tier for one in case.abilities)
        if set(_api(case, other)) > set(by_api)
    ]
    more = _words([kind for kind in _api(case, wider[0]) if kind not in by_api]) if wider else ""
    step = f"The tier {wider[0].replace('_', ' ')} would also open: {more}." if wider else None
    return Check("tier", True, told, step)


def _api(case: Case, tier: str) -> list[str]:
    return [
        one.holds.action_type
        for one in case.abilities
        if one.holds.tier == tier and one.holds.mode == "api"
    ]


def _words(kinds: Sequence[str]) -> str:
    return ", ".join(kind.replace("_", " ") for kind in kinds) or "nothing"


def proof(case: Case) -> Check:
    """Whether what the ledger says of this tier is still proof."""
    on = case.now.date()
    old = [one for one in case.here if one.holds.proof(on) == "expired"]
    if not old:
        until = min((one.holds.recheck_on for one in case.here), default=on)
        return Check("proof", True, f"What the platform allows is known until {until}.")
    told = f"What {case.manifest.name} allows should have been checked by {old[0].holds.recheck_on}"
    step = "Update SocialSeed. Until then every step needs your yes."
    return Check("proof", False, f"{told}: {_words([o.holds.action_type for o in old])}.", step)


def redirect_address(settings: Settings, platform: str) -> str:
    """The exact address to register at the platform, to which it sends browsers back."""
    return f"{settings.origin}/api/v1/accounts/callback/{platform}"


def webhook_address(settings: Settings, platform: str) -> str:
    """Where the platform sends what happens by itself."""
    return f"{settings.origin}/api/v1/webhooks/{platform}"


def redirect(settings: Settings, manifest: Manifest) -> Check:
    """Whether the platform can send a browser back to us."""
    address = redirect_address(settings, manifest.platform)
    if settings.platform_mode != "live":
        return Check("redirect", True, f"The sandbox sends browsers back to {address}.")
    if not address.startswith("https://"):
        told = f"{manifest.name} sends browsers back by https only, not to {address}."
        step = "Set SOCIALSEED_PUBLIC_URL to an https:// address."
        return Check("redirect", False, told, step)
    step = f"Register exactly this address in the app's settings at {manifest.name}."
    return Check("redirect", True, f"Browsers come back to {address}.", step)


def webhooks(settings: Settings, manifest: Manifest, last: datetime | None) -> Check:
    """Whether the platform tells by itself. Without it everything is read in rounds."""
    if manifest.webhooks is None:
        told = f"{manifest.name} tells nothing by itself here; it is asked in rounds."
        return Check("webhooks", True, told)
    if last is not None:
        return Check("webhooks", True, f"{manifest.name} last told something at {iso(last)}.")
    address = webhook_address(settings, manifest.platform)
    told = f"{manifest.name} has not told anything by itself yet; it is asked in rounds."
    if settings.platform_mode == "live" and not address.startswith("https://"):
        step = "Set SOCIALSEED_PUBLIC_URL to an https:// address, then register the webhook."
        return Check("webhooks", True, told, step)
    return Check("webhooks", True, told, f"Register this webhook: {address}.")


def media(case: Case) -> Check:
    """Whether what waits to be published stands where the platform can fetch it."""
    wrong = [url for url in case.media if unreachable(url, case.live)]
    if not wrong:
        return Check("media", True, media_rule(case.live))
    told = f"{len(wrong)} of {len(case.media)} media that wait cannot be fetched: {wrong[0][:200]}"
    return Check("media", False, told, media_rule(case.live))


def media_rule(live: bool) -> str:
    """Where media may stand."""
    if live:
        return "Media must stand at a public https:// address, which the platform fetches."
    return "In the sandbox media may stand anywhere on this machine or at a public address."


def unreachable(url: str, live: bool) -> bool:
    """True when the address alone shows that a platform cannot fetch it."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return True
    if parts.scheme not in ("https", "http") or not host:
        return True
    return live and (parts.scheme != "https" or not _public(host))


def _public(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host.strip(".") and not host.endswith((".local", ".localhost", ".internal"))
