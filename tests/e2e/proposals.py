"""Fills the queue as the owner's content desk does: a machine proposes, a person decides."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property

from socialseed.policy.phases import is_open
from tests.e2e.hands import Seat, instant
from tests.support.client import Client, Json

# What the rules say about these words makes the light: 30 points for a promise, 35 for bait.
_RAISED = {
    "green": "",
    "yellow": " It is completely risk-free.",
    "red": " It is risk-free. Follow me back!",
}
_KIND = {"tiktok": "publish_image", "instagram": "publish_image", "twitter": "publish_text"}
_MARGIN = timedelta(minutes=25)


@dataclass
class Proposals:
    """Proposals made for the journeys, each with words that nobody else has."""

    seat: Seat
    used: dict[str, int] = field(default_factory=dict)

    @cached_property
    def person(self) -> Client:
        """The API as the person who also sits at the browser."""
        return self.seat.client()

    @cached_property
    def machine(self) -> Client:
        """The API as a machine, which may propose and never decide."""
        client = Client(self.seat.url, timeout=30)
        client.http.headers["authorization"] = f"Bearer {self.person.api_key('Journeys')}"
        return client

    @cached_property
    def accounts(self) -> Sequence[Json]:
        """The demo's accounts that are connected and may publish in their phase."""
        items: list[Json] = self.person.ask("GET", "/accounts", query={"limit": "200"})["items"]
        return [
            one for one in items if one["needs"] is None and is_open(one["platform"], one["phase"])
        ]

    def waiting(self, sentence: str, light: str = "green") -> Json:
        """A proposal with this light that waits for a person; it may be night for its account."""
        able = [one for one in self.accounts if light in self._lights(one)]
        made = self._propose(self._calmest(able), sentence, light)
        assert made["light"] == light, made["reasons"]
        return made

    def sendable(self, sentence: str) -> Json:
        """A waiting proposal of an account that is awake, so that it can go out at once."""
        account = self._calmest([one for one in self.accounts if self._is_awake(one)])
        return self._propose(account, sentence, self._lights(account)[0])

    def _lights(self, account: Json) -> Sequence[str]:
        """The lights under which a proposal of this account waits for a person, best first."""
        if account["platform"] == "tiktok" or account["phase"] == "phase_1":
            return ("green", "yellow", "red")
        if account["phase"] == "phase_2":
            return ("yellow", "red")
        kind = _KIND[account["platform"]]
        items = self.person.ask("GET", f"/accounts/{account['id']}/autonomy")["items"]
        asked = [
            one["light"] for one in items if one["action_type"] == kind and one["state"] != "earned"
        ]
        return (*asked, "red")

    def _calmest(self, accounts: Sequence[Json]) -> Json:
        """The account that was asked least and may still publish in this hour."""
        free = [one for one in accounts if self._has_room(one)]
        assert free, "every account that could is at its limits: visit a fresh demo"
        return min(free, key=lambda one: (self.used.get(one["id"], 0), len(self._lights(one)) < 3))

    def _has_room(self, account: Json) -> bool:
        limits = self.person.account(account["id"])["limits"]
        kinds = ("all", _KIND[account["platform"]])
        return all(one["used"] < one["limit"] for one in limits if one["kind"] in kinds)

    def _is_awake(self, account: Json) -> bool:
        now = datetime.now(UTC)
        for day in (now - timedelta(days=1), now, now + timedelta(days=1)):
            query = {"on": day.date().isoformat()}
            waking = self.person.ask("GET", f"/accounts/{account['id']}/plan", query=query)[
                "waking"
            ]
            if instant(waking["start"]) + _MARGIN < now < instant(waking["end"]) - _MARGIN:
                return True
        return False

    def _propose(self, account: Json, sentence: str, light: str) -> Json:
        self.used[account["id"]] = self.used.get(account["id"], 0) + 1
        kind = _KIND[account["platform"]]
        data: dict[str, object] = {"text": sentence + _RAISED[light]}
        if kind == "publish_image":
            data["media_url"] = f"https://media.example/{secrets.token_hex(6)}.jpg"
            data["alt_text"] = "A picture for this post"
        made = self.machine.propose(account["id"], kind, data)
        assert made["status"] == "awaiting_approval", made
        return made

    def status(self, action_id: str) -> str:
        """Where the action stands now."""
        return str(self.person.action(action_id)["status"])

    def events(self, action_id: str) -> list[str]:
        """What happened to the action, in order."""
        return [str(item["type"]) for item in self.person.action(action_id)["timeline"]]


def word() -> str:
    """A word that no other text has, to find one's own proposals by."""
    return f"zz{secrets.token_hex(3)}"
