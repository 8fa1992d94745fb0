"""One tool of somebody else's at work: the same people, texts and posts, another pace.

It presses the pages' buttons and publishes through the connectors, without our pipeline. After a
refusal by the platform it pauses; its owner logs in by hand when an account is challenged.
"""

import heapq
import itertools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from socialseed.bootstrap import CONNECTORS
from socialseed.connectors.http import open_client
from socialseed.connectors.protocol import Connector
from socialseed.connectors.types import Grant, Order
from socialseed.core.clock import VirtualClock
from socialseed.core.errors import UpstreamError
from socialseed.core.rng import Rng, derive
from socialseed.core.settings import Settings
from socialseed.planner.drafts import draft
from socialseed.policy.pacing import limits
from socialseed.sandbox.clock import to_ms
from socialseed.sandbox.web import pages
from socialseed.sandbox.world import people, posts
from socialseed.sandbox.world.people import Person
from socialseed.sandbox.world.posts import Post
from socialseed.sim import invariants, measured
from socialseed.sim.desk import Desk
from socialseed.sim.people import own_post
from socialseed.sim.platforms import ADDRESS, Within
from socialseed.sim.policies.fixed_interval import FixedInterval
from socialseed.sim.policies.limits_only import GROWN_DAY, USUAL_LIMIT, LimitsOnly
from socialseed.sim.policies.pace import Pace, Setup
from socialseed.sim.policies.uniform_random import UniformRandom
from socialseed.sim.population import Firm, Member
from socialseed.sim.scenario import Scenario
from socialseed.sim.wanted import BEGINS, LIGHTS, Told, Wanted, new_told
from socialseed.targeting.candidates import Waiting

KNOWN = 500  # people of each interest that a tool finds
PUBLISH_AT = 8 + 20 / 60
PUBLISH = "publish"
NOBODY = UUID(int=0)
BUTTONS = {"follow": "follow", "like": "like", "comment": "comment", "repost": "like"}


@dataclass(slots=True)
class Hand:
    """One account in a tool's hands."""

    member: Member
    pace: Pace
    start: datetime
    known: Sequence[Person]
    rng: Rng
    asked: Counter[str] = field(default_factory=Counter)  # how far each kind is down the list
    met: set[tuple[str, int]] = field(default_factory=set)  # posts that it turned to, by kind
    done: list[datetime] = field(default_factory=list)
    ended: bool = False  # suspended for good

    @property
    def platform(self) -> str:
        """Its platform."""
        return self.member.person.platform

    @property
    def handle(self) -> str:
        """Its handle."""
        return self.member.person.handle


@dataclass(slots=True)
class Tool:
    """All accounts of one process under one policy."""

    wanted: Wanted
    way: Within
    clock: VirtualClock
    desk: Desk
    connectors: dict[str, Connector]
    told: Told
    _due: list[tuple[datetime, int, Hand, str]] = field(default_factory=list)
    _numbers: "itertools.count[int]" = field(default_factory=itertools.count)

    @property
    def scenario(self) -> Scenario:
        """The world's."""
        return self.wanted.scenario

    async def take(self, member: Member) -> Hand:
        """The account exists at its platform and is in the tool's hands from its first morning."""
        person = member.person
        await self.desk.add_account(person)
        zone = ZoneInfo(person.timezone)
        day = (BEGINS + timedelta(days=member.arrives)).date()
        start = datetime.combine(day, datetime.min.time(), zone).astimezone(UTC)
        start = max(start, BEGINS) + timedelta(hours=8)
        kinds = list(dict.fromkeys(BUTTONS[kind] for kind in member.action_types))
        rng = derive(self.wanted.seed, "tool", self.wanted.policy, person.handle)
        setup = Setup(person.platform, kinds, person.timezone, rng)
        hand = Hand(member, self._pace(setup), start, await self._people(member), rng)
        self._put(start, hand, PUBLISH)
        self._put(*self._next(hand, start))
        return hand

    def _pace(self, setup: Setup) -> Pace:
        if self.wanted.policy == "fixed-interval":
            return FixedInterval(setup)
        if self.wanted.policy == "limits-only":
            return LimitsOnly(setup)
        tools = self.scenario.tools
        return UniformRandom(setup, tools.between_minutes, tools.hours)

    async def _people(self, member: Member) -> Sequence[Person]:
        """Whom the product's rules would know, and more of the same interests."""
        db, platform = self.way.world.db, member.person.platform
        found = []
        for interest in member.interests:
            for handle in await self.desk.people(platform, interest, KNOWN):
                one = people.by_handle(db, platform, handle)
                if one is not None:
                    found.append(one)
        return list({one.id: one for one in found}.values())

    def _next(self, hand: Hand, after: datetime) -> tuple[datetime, Hand, str]:
        at, kind = hand.pace.next(after)
        return at, hand, kind

    def _put(self, at: datetime, hand: Hand, kind: str) -> None:
        heapq.heappush(self._due, (at, next(self._numbers), hand, kind))

    async def work(self, until: datetime) -> None:
        """Everything due before `until` has happened."""
        while self._due and self._due[0][0] < until:
            at, _, hand, kind = heapq.heappop(self._due)
            self.clock.move_to(at)
            if hand.ended:
                continue
            if kind == PUBLISH:
                await self._publish(hand)
                every = timedelta(days=self.scenario.habits.owner.post_every_days)
                self._put(at + every, hand, PUBLISH)
            elif kind == "log in":
                await self.desk.log_in(hand.platform, hand.handle)
            else:
                barred = await self._act(hand, kind)
                pause = timedelta(hours=self.scenario.tools.pause_hours if barred else 0)
                self._put(*self._next(hand, at + pause))
        self.clock.move_to(until)

    async def _act(self, hand: Hand, kind: str) -> bool:
        """One press; True when the platform barred it."""
        target = self._target(hand, kind)
        if target is None:
            return False
        person, post = target
        said = self._text(hand, person) if kind == "comment" and post else None
        link = ADDRESS + pages.address(person, post if kind != "follow" else None)
        pressed = await self.desk.press(link, hand.handle, BUTTONS[kind], said)
        self._count(kind, pressed)
        if pressed == "done":
            hand.done.append(self.clock.now())
        elif pressed == "barred":
            await self._barred(hand)
        return pressed == "barred"

    def _count(self, kind: str, outcome: str) -> None:
        counts = self.told.actions.setdefault(kind, {})
        counts[outcome] = counts.get(outcome, 0) + 1

    async def _barred(self, hand: Hand) -> None:
        told = await self.desk.standing(hand.platform, hand.handle)
        hand.ended = told["step"] == "suspend"
        if told["step"] == "challenge":
            after = timedelta(hours=self.scenario.habits.owner.trouble_hours)
            self._put(self.clock.now() + after, hand, "log in")

    def _target(self, hand: Hand, kind: str) -> tuple[Person, Post | None] | None:
        """The next of the list: everybody once to follow, round and round for their newest post."""
        place = hand.asked[kind]
        hand.asked[kind] += 1
        if not hand.known or (kind == "follow" and place >= len(hand.known)):
            return None
        person = hand.known[place % len(hand.known)]
        if kind == "follow":
            return person, None
        where = "s.author = ? AND s.kind = 'post' AND s.created <= ?"
        values = (person.id, to_ms(self.clock.now()))
        found, _ = posts.page(self.way.world.db, where, values, "", 1)
        if not found or (kind, found[0].id) in hand.met:
            return None
        hand.met.add((kind, found[0].id))
        return person, found[0]

    def _text(self, hand: Hand, person: Person) -> str:
        interests = hand.member.interests
        keyword = interests[hand.asked["comment"] % len(interests)]
        return draft(_candidate(person, keyword), None, hand.rng)

    async def _publish(self, hand: Hand) -> None:
        number = hand.asked[PUBLISH]
        hand.asked[PUBLISH] += 1
        person = hand.member.person
        rng = derive(self.wanted.seed, "post", person.platform, person.handle, number)
        kind, data = own_post(person, number, rng)
        order = Order(
            f"{person.handle}-{number}",
            kind,  # type: ignore[arg-type]
            text=str(data["text"]),
            media_url=str(data["media_url"]) if "media_url" in data else None,
        )
        try:
            grant = await self._grant(hand)
            await self.connectors[person.platform].perform(order, grant)
        except UpstreamError:
            self._count(kind, "barred")
        else:
            self._count(kind, "done")
            hand.done.append(self.clock.now())

    async def _grant(self, hand: Hand) -> Grant:
        person = hand.member.person
        token = await self.desk.token(person.platform, person.handle)
        return Grant(person.handle, None, token, (), hand.member.tier)

    async def tell(self, hands: Sequence[Hand]) -> None:
        """What became of the accounts, by the platforms' books."""
        end, zones = self.wanted.ends, {}
        for hand in hands:
            steps, blamed = await measured.standing(self.desk, hand.platform, hand.handle)
            number = hand.member.number
            one = measured.account_told(
                number, hand.platform, hand.handle, steps, blamed, hand.start, end
            )
            self.told.accounts.append(one)
            zone = hand.member.person.timezone
            zones[hand.platform, hand.handle.lower()] = zone
            known = [(step.at, step.step) for step in steps]
            done = [(at, _light(known, at), zone) for at in hand.done]
            measured.count_hours(self.told, done, self.wanted.days)
        self.way.world.journal.flush()
        entries = invariants.read_journal(self.way.world.home / "journal.jsonl")
        for window, count in measured.performed_by_window(entries, zones).items():
            platform, handle, kind, span, key = window
            most = _most(platform).get((kind, span))
            if most is not None and count > most:
                self.told.exceeded.append(
                    f"@{handle} on {platform}: {count} {kind} in {span} {key}"
                )


def _most(platform: str) -> dict[tuple[str, str], int]:
    table = limits(platform, "phase_3", GROWN_DAY, "green", None, USUAL_LIMIT)
    return {(one.kind, one.window): one.limit for one in table}


def _light(steps: Sequence[tuple[datetime, str]], at: datetime) -> str:
    """The platform's standing as a light: clear, warned, or worse."""
    now = "clear"
    for since, step in steps:
        if since > at:
            break
        now = step
    return LIGHTS[{"clear": 0, "warn": 1}.get(now, 2)]


def _candidate(person: Person, keyword: str) -> Waiting:
    """The person as the product's drafts know a candidate."""
    return Waiting(
        id=NOBODY, rule_id=NOBODY, post={"keyword": keyword}, score=0.0, handle=person.handle,
        remote_id=None, display_name=person.name, bio=None, url=None, followers=person.followers,
        following=person.following, posts=person.posts, interests=(), observed=True,
    )  # fmt: skip


async def play(
    wanted: Wanted,
    firms: Sequence[Firm],
    way: Within,
    clock: VirtualClock,
    say: Callable[[int], None],
) -> Told:
    """The whole simulation of these accounts under another policy, measured."""
    settings, desk, told = Settings(), Desk(ADDRESS, way), new_told(wanted.days)
    async with open_client(settings, clock, transport=way) as http:
        connectors = {name: make(http, settings) for name, make in CONNECTORS.items()}
        tool = Tool(wanted, way, clock, desk, connectors, told)
        await desk.judge(msgspec.to_builtins(wanted.enforcement))
        hands = [await tool.take(member) for firm in firms for member in firm.members]
        before = measured.followers(way.world)
        for day in range(wanted.days):
            await tool.work(BEGINS + timedelta(days=day + 1))
            say(day + 1)
        await tool.tell(hands)
        after = measured.followers(way.world)
        for one in told.accounts:
            key = (one.platform, one.handle)
            one.gained = after[key] - before[key]
    told.heads = [(firm.number, "") for firm in firms]
    await desk.close()
    return told
