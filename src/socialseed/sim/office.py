"""One workspace as its people know it: its owner's session, its accounts, its rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

from socialseed.accounts import connect
from socialseed.accounts import service as accounts
from socialseed.identity import consents, keys, service, signin
from socialseed.identity.access import Caller
from socialseed.identity.models import CONSENT_KINDS
from socialseed.runtime.actor import Actor
from socialseed.sim.desk import NewPerson
from socialseed.sim.stage import Stage
from socialseed.targeting import service as targeting
from socialseed.targeting.schemas import NewRule, RuleAction

SESSION = timedelta(days=1)  # afterwards an owner signs in again


class Newcomer(Protocol):
    """An account that will be connected, and what it looks for."""

    @property
    def person(self) -> NewPerson:
        """Who it is on its platform."""
        ...

    @property
    def established(self) -> bool:
        """Its owner says that it is not new there."""
        ...

    @property
    def tier(self) -> str:
        """Its access tier."""
        ...

    @property
    def interests(self) -> Sequence[str]:
        """One rule each."""
        ...

    @property
    def action_types(self) -> Sequence[RuleAction]:
        """What its rules propose."""
        ...

    @property
    def daily_budget(self) -> int:
        """Of each rule."""
        ...

    @property
    def handles(self) -> int:
        """People of each interest that its owner knows by name."""
        ...

    @property
    def planned(self) -> tuple[int, int]:
        """New proposals that its owner wants each morning, from .. to."""
        ...


@dataclass(slots=True)
class Office:
    """A workspace in progress. `seconds` that its people spent, by what they did."""

    stage: Stage
    workspace: UUID
    owner: Actor
    machine: Actor  # keeps the content calendar
    user: service.NewUser
    seconds: dict[str, float] = field(default_factory=dict)
    seen: set[UUID] = field(default_factory=set)  # incidents that were dealt with
    _signed_in: tuple[datetime, Actor] | None = None

    def spend(self, what: str, seconds: float) -> None:
        """Somebody gave it so much of his time."""
        self.seconds[what] = self.seconds.get(what, 0.0) + seconds

    async def signed_in(self) -> Actor:
        """The owner with a session that lives."""
        now = self.stage.clock.now()
        if self._signed_in is None or now - self._signed_in[0] > SESSION:
            attempt = signin.Attempt(self.user.email, self.user.password, "127.0.0.1", "Desk")
            opened = await signin.sign_in(self.stage.runtime, attempt)
            actor = replace(self.owner, session_id=opened.claims.session_id)
            self._signed_in = (now, actor)
        return self._signed_in[1]


async def open_office(stage: Stage, user: service.NewUser) -> Office:
    """A new workspace whose owner agreed to everything and keeps a key for the calendar."""
    ids = await service.sign_up(stage.runtime, user)
    owner = Actor("user", ids.user_id, user.shown_as, "owner")
    async with stage.runtime.begin(ids.workspace_id, owner) as tx:
        for kind in CONSENT_KINDS:
            await consents.decide(tx, kind, True)
        made = await keys.create(tx, "Content desk")
    machine = Actor("api_key", UUID(str(made["id"])), "Content desk")
    return Office(stage, ids.workspace_id, owner, machine, user)


async def join(office: Office, who: Newcomer) -> UUID:
    """The account exists at its platform, is connected, and its rules look for people."""
    stage, person = office.stage, who.person
    await stage.desk.add_account(person)
    actor = await office.signed_in()
    key = ("account", person.platform, person.handle)
    async with stage.runtime.begin(office.workspace, actor, key=key) as tx:
        account = await accounts.create(
            tx,
            stage.runtime,
            accounts.NewAccount(
                person.platform,
                person.handle,
                person.timezone,
                tier=who.tier,
                display_name=person.display_name,
                established=who.established,
            ),
        )
    if error := await grant(office, account, person.platform, person.handle):
        raise RuntimeError(f"{person.handle} could not be connected: {error}")
    for interest in who.interests:
        await _add_rule(office, who, account, interest)
    return account


async def grant(office: Office, account: UUID, platform: str, handle: str) -> str | None:
    """The owner lets us act for the account on the platform's own form; why not, else None."""
    runtime = office.stage.runtime
    caller = Caller(runtime, await office.signed_in(), office.workspace)
    started = await connect.begin(caller, platform, account)
    back = parse_qs(urlsplit(await office.stage.desk.allow(started.authorize_url, handle)).query)
    if "code" not in back:
        return "refused"
    came = connect.Callback(
        platform, back["state"][0], started.state, back["code"][0].removesuffix("#_"), None
    )
    return (await connect.finish(runtime, came)).error


async def _add_rule(office: Office, who: Newcomer, account: UUID, interest: str) -> None:
    platform, stage = who.person.platform, office.stage
    handles = await stage.desk.people(platform, interest, who.handles)
    key = ("rule", account, interest)
    async with stage.runtime.begin(office.workspace, office.owner, key=key) as tx:
        await targeting.create(
            tx,
            NewRule(
                platform=platform,
                name=f"People into {interest}",
                account_id=account,
                keywords=[interest],
                handles=handles,
                action_types=list(who.action_types),
                daily_budget=who.daily_budget,
            ),
        )
