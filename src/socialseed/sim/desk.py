"""The sandbox as people and stage hands use it: clock, accounts, consent forms, page buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote

import httpx2

from socialseed.core.clock import iso
from socialseed.core.events import Plain

Pressed = Literal["done", "gone", "barred"]
DEADLINE = 30.0  # seconds; the sandbox answers in milliseconds, so this only ends what hangs


class DeskError(Exception):
    """The sandbox did not do what the world needs."""


@dataclass(frozen=True, slots=True)
class NewPerson:
    """An account of ours as the platform knows it before SocialSeed does."""

    platform: str
    handle: str
    display_name: str
    bio: str
    interests: Sequence[str]
    followers: int
    following: int
    posts: int
    timezone: str
    age_days: int = 400


class Desk:
    """One sandbox by its address."""

    def __init__(self, sandbox_url: str, transport: httpx2.AsyncBaseTransport) -> None:
        self._url = sandbox_url.rstrip("/")
        self._http = httpx2.AsyncClient(
            transport=transport, timeout=DEADLINE, follow_redirects=False
        )

    async def close(self) -> None:
        """No connection is left open."""
        await self._http.aclose()

    async def _order(self, path: str, body: dict[str, Plain]) -> dict[str, Plain]:
        answer = await self._http.post(f"{self._url}/_control{path}", json=body)
        if answer.status_code != 200:
            raise DeskError(f"{path}: {answer.status_code} {answer.text[:200]}")
        told = answer.json()
        if not isinstance(told, dict):
            raise DeskError(f"{path}: not an object")
        return told

    async def set_clock(self, at: datetime) -> None:
        """The sandbox's clock stands at `at`."""
        await self._order("/clock", {"mode": "manual", "now": iso(at)})

    async def move_clock(self, to: datetime) -> None:
        """The clock shows `to`, and what people would have done by then has happened."""
        await self._order("/clock/advance", {"to": iso(to)})

    async def release_clock(self) -> None:
        """From now on the sandbox's clock is the machine's."""
        await self._order("/clock", {"mode": "real"})

    async def enforce_limits(self, enforced: bool) -> None:
        """Whether the platforms' rate limits count calls."""
        await self._order("/limits", {"enforced": enforced})

    async def add_account(self, person: NewPerson) -> None:
        """The account exists at its platform."""
        await self._order(
            "/accounts",
            {
                "platform": person.platform,
                "handle": person.handle,
                "display_name": person.display_name,
                "bio": person.bio,
                "interests": list(person.interests),
                "followers": person.followers,
                "following": person.following,
                "posts": person.posts,
                "timezone": person.timezone,
                "age_days": person.age_days,
            },
        )

    async def people(self, platform: str, interest: str, limit: int) -> list[str]:
        """At most `limit` handles of people with this interest."""
        if limit == 0:
            return []
        answer = await self._http.get(
            f"{self._url}/_control/people",
            params={"platform": platform, "interest": interest, "limit": str(limit)},
        )
        return [str(person["handle"]) for person in answer.json()["people"]]

    async def allow(self, authorize_url: str, handle: str) -> str:
        """Presses Allow on the consent form as `handle`; the address that it sends back to."""
        answer = await self._http.post(authorize_url, data={"decision": "allow", "account": handle})
        if answer.status_code not in (302, 303):
            raise DeskError(f"consent: {answer.status_code} {answer.text[:200]}")
        return answer.headers["location"]

    async def judge(self, profile: str | dict[str, Plain]) -> None:
        """The platforms judge by this enforcement profile from now on; everybody starts clean."""
        await self._order("/enforcement", {"profile": profile})

    async def log_in(self, platform: str, handle: str) -> None:
        """The account's owner logs in by hand at the platform, which ends a challenge."""
        await self._order(f"/enforcement/{platform}/{quote(handle)}", {"do": "login"})

    async def standing(self, platform: str, handle: str) -> dict[str, Plain]:
        """How the account stands with its platform: score, step, reasons, history."""
        path = f"{self._url}/_control/enforcement/{platform}/{quote(handle)}"
        told = (await self._http.get(path)).json()
        return dict(told)

    async def token(self, platform: str, handle: str) -> str:
        """A new access token of the account."""
        told = await self._order("/tokens", {"platform": platform, "handle": handle})
        return str(told["access_token"])

    async def press(self, deep_link: str, handle: str, button: str, text: str | None) -> Pressed:
        """Presses a button on a page as `handle`: done, gone (no such page), or barred by the
        platform."""
        form = {"as": handle, "do": button}
        if text is not None:
            form["text"] = text
        answer = await self._http.post(deep_link, data=form)
        if answer.status_code in (400, 404):
            return "gone"
        if answer.status_code == 403:
            return "barred"
        if answer.status_code not in (200, 302, 303):
            raise DeskError(f"{button}: {answer.status_code} {answer.text[:200]}")
        return "done"
