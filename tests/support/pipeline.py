"""A workspace with accounts on a scripted platform, and the pipeline driven on a virtual clock."""

import itertools
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text

from socialseed.accounts.tokens import sealed
from socialseed.actions import decide, dispatch, tasks
from socialseed.actions.propose import Proposal, propose
from socialseed.connectors.manifest import Manifest, TextLimit
from socialseed.connectors.registry import Connectors
from socialseed.connectors.types import Grant, Order, Receipt
from socialseed.core.clock import VirtualClock
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.ids import uuid7
from socialseed.core.rng import derive
from socialseed.core.settings import Settings
from socialseed.jobs.inline import InlineJobs
from socialseed.policy.autonomy import is_audited
from socialseed.policy.numbers import DEFAULTS
from socialseed.runtime.actor import Actor
from socialseed.runtime.keyring import data_key, new_wrapped_key
from socialseed.runtime.runtime import Runtime, open_engine
from tests.support.autonomy import hold
from tests.support.clockwork import run_until
from tests.support.fakes import NoBus, NoLimiter

START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MASTER = b"k" * 32
_AUDITED = float(DEFAULTS.number("autonomy.audit_share"))
VERBS = frozenset({"follow", "like", "comment", "reply", "publish_text", "publish_image", "delete"})


@dataclass
class Platform:
    """A platform as a script: what each call answers, and a journal of what was performed."""

    answers: list[Receipt | UpstreamError | Callable[[Order], object]] = field(default_factory=list)
    journal: list[Order] = field(default_factory=list)
    calls: list[Order] = field(default_factory=list)
    looked: list[Order] = field(default_factory=list)
    unreadable: str | None = None
    performed_elsewhere: set[str] = field(default_factory=set)  # by hand
    perform_hook: Callable[[Order], Awaitable[Receipt]] | None = None
    verifies: frozenset[str] = VERBS
    performs: frozenset[str] = VERBS

    @property
    def manifest(self) -> Manifest:
        return Manifest(
            platform="twitter",
            name="X",
            hosts={"api": "api.x.com", "web": "x.com"},
            performs=self.performs,
            verifies=self.verifies,
            reads=frozenset({"me"}),
            scopes=(),
            text_limits={"publish_text": TextLimit(280, "test"), "reply": TextLimit(280, "test")},
            profile_url="{base}/{handle}",
            post_url="{base}/{handle}/status/{id}",
            tiers=("self_serve", "enterprise"),
            sources=(),
        )

    async def authorize(self, step):
        raise AssertionError("not used")

    async def read(self, ask, grant: Grant):
        raise AssertionError("not used")

    async def perform(self, order: Order, grant: Grant) -> Receipt:
        self.calls.append(order)
        if self.perform_hook is not None:
            return await self.perform_hook(order)
        answer: object = self.answers.pop(0) if self.answers else None
        if callable(answer):
            answer = answer(order)
        if isinstance(answer, UpstreamError):
            raise answer
        self.journal.append(order)
        return (
            answer if isinstance(answer, Receipt) else Receipt(f"r-{order.key[-6:]}", "https://x/1")
        )

    async def find(self, order: Order, grant: Grant) -> Receipt | None:
        self.looked.append(order)
        if self.unreadable is not None:
            raise UpstreamError(Remedy.REJECT, self.unreadable, "No read can tell.")
        done = order.key in self.performed_elsewhere or any(
            entry.key == order.key for entry in self.journal
        )
        return Receipt(f"r-{order.key[-6:]}") if done else None


def performed_then(platform: Platform, error: UpstreamError) -> Callable[[Order], object]:
    """The platform performs the order, and we get an error all the same."""

    def answer(order: Order) -> object:
        platform.journal.append(order)
        return error

    return answer


UNKNOWN = UpstreamError(Remedy.RECONCILE, "reset", "The connection was reset.")


@dataclass
class World:
    """One workspace, its people and accounts, and the hands that drive the pipeline."""

    runtime: Runtime
    clock: VirtualClock
    jobs: InlineJobs
    platform: Platform
    workspace: UUID
    person: Actor
    machine: Actor
    accounts: list[UUID]
    _turns: Iterator[int] = field(default_factory=itertools.count)

    def begin(self, actor: Actor | None = None, **more):
        return self.runtime.begin(
            self.workspace, actor or self.person, **{"key": self._key(), **more}
        )

    def _key(self) -> tuple[object, ...]:
        """One whose first id is none that the audit draws at its usual share."""
        seed, now = self.runtime.seed or "", self.clock.now()
        while True:
            key = ("test", self.workspace, next(self._turns))
            first = uuid7(now, derive(seed, now.isoformat(), key))
            if not is_audited(seed, first, _AUDITED):
                return key

    async def propose(self, n: int = 0, account: UUID | None = None, actor=None, **change) -> UUID:
        async with self.begin(actor) as tx:
            return await propose(tx, self.runtime, self.proposal(n, account, **change))

    def proposal(self, n: int = 0, account: UUID | None = None, **change) -> Proposal:
        values = {
            "account_id": account or self.accounts[0],
            "action_type": "publish_text",
            "target_account": None,
            "target_data": {"text": TEXTS[n % len(TEXTS)] + (f" {n}" if n >= len(TEXTS) else "")},
        }
        return Proposal(**{**values, **change})

    async def tick(self) -> None:
        """Everything that is due now is done: claims, sendings, reading back, the watchdog."""
        while True:
            claimed = await dispatch.claim(self.runtime)
            await self.jobs.run_due(self.runtime, HANDLERS, self.clock.now())
            if not claimed:
                return

    async def run(self, span: timedelta) -> None:
        """The pipeline runs by itself for `span`, jumping from instant to instant."""
        await run_until(self.runtime, self.jobs, HANDLERS, self.clock.now() + span)

    async def status(self, action_id: UUID) -> str:
        return str(await self.value("SELECT status FROM actions WHERE id = :id", id=action_id))

    async def value(self, sql: str, **bound) -> Any:
        async with self.begin() as tx:
            return await tx.session.scalar(text(sql), bound)

    async def rows(self, sql: str, **bound) -> Sequence[Any]:
        async with self.begin() as tx:
            found: Sequence[Any] = (await tx.session.execute(text(sql), bound)).all()
            return found

    async def execute(self, sql: str, **bound) -> None:
        async with self.begin() as tx:
            await tx.session.execute(text(sql), bound)


TEXTS = (
    "Morning light over the harbour, coffee in hand.",
    "Ten small habits that made our workshop calmer this winter.",
    "A recipe for lentil soup that survives a busy week.",
    "Why we repair bicycles instead of selling new ones.",
    "Notes from the forest: the first anemones are out.",
    "Our opening hours change next Monday, see you at eight.",
    "What a century-old loom taught me about patience.",
    "Free tickets for Friday's concert, ask at the counter.",
)
HANDLERS = {job.name: job.handler for job in tasks.JOBS}


async def make_world(
    database_url: str,
    *,
    accounts: int = 1,
    phase: str = "phase_2",
    pool_size: int = 6,
    role: str = "owner",
    settings: Settings | None = None,
) -> World:
    engine = open_engine(database_url, pool_size=pool_size)
    clock, jobs, platform = VirtualClock(START), InlineJobs(), Platform()
    runtime = Runtime(
        settings=settings or Settings(),
        clock=clock,
        seed="test",
        engine=engine,
        connectors=Connectors({"twitter": platform}),
        jobs=jobs,
        limiter=NoLimiter(),
        bus=NoBus(),
        master_key=MASTER,
    )
    return await add_workspace(runtime, clock, jobs, platform, accounts, phase, role)


async def add_workspace(runtime, clock, jobs, platform, accounts, phase, role) -> World:
    async with runtime.begin(None) as tx:
        earlier = await tx.session.scalar(text("SELECT count(*) FROM workspaces"))
    # Ids that are the same in every run, because the pace of an account hangs on its id.
    async with runtime.begin(None, key=("workspace", earlier)) as tx:
        workspace, user = tx.new_id(), tx.new_id()
        await tx.session.execute(
            text(
                "INSERT INTO workspaces (id, name, wrapped_key, created_at)"
                " VALUES (:id, 'w', :key, :now)"
            ),
            {"id": workspace, "key": new_wrapped_key(runtime.master_key, workspace), "now": tx.now},
        )
        await tx.session.execute(
            text(
                "INSERT INTO users (id, email, password_hash, display_name, created_at)"
                " VALUES (:id, :email, 'x', 'Mia', :now)"
            ),
            {"id": user, "email": f"{user}@x.test", "now": tx.now},
        )
        await tx.session.execute(
            text("INSERT INTO memberships VALUES (:w, :u, :role, :now)"),
            {"w": workspace, "u": user, "role": role, "now": tx.now},
        )
        for kind in ("publish", "engage"):
            await tx.session.execute(
                text(
                    "INSERT INTO consents (workspace_id, kind, granted, user_id, at)"
                    " VALUES (:w, :kind, true, :u, :now)"
                ),
                {"w": workspace, "kind": kind, "u": user, "now": tx.now},
            )
        key = await data_key(runtime, tx, workspace)
        made = [await add_account(tx, key, workspace, n, phase) for n in range(accounts)]
    person = Actor("user", user, "Mia", role)
    machine = Actor("api_key", user, "robot")
    return World(runtime, clock, jobs, platform, workspace, person, machine, made)


async def add_account(tx, key: bytes, workspace: UUID, n: int, phase: str) -> UUID:
    days = {"phase_1": 5, "phase_2": 45, "phase_3": 90}[phase]
    account_id: UUID = tx.new_id()
    await tx.session.execute(
        text(
            "INSERT INTO social_accounts (id, workspace_id, platform, username, display_name,"
            " timezone, tier, phase, programme_started_on, health_score, daily_action_limit,"
            " connected_at, created_at, updated_at) VALUES (:id, :w, 'twitter', :name, :name,"
            " 'UTC', 'enterprise', :phase, :started, 90, 1000, :now, :now, :now)"
        ),
        {
            "id": account_id,
            "w": workspace,
            "name": f"studio{n}",
            "phase": phase,
            "started": (tx.now - timedelta(days=days)).date(),
            "now": tx.now,
        },
    )
    await tx.session.execute(
        text(
            "INSERT INTO credentials (account_id, workspace_id, access_sealed, scopes, issued_at)"
            " VALUES (:id, :w, :access, '[]', :now)"
        ),
        {
            "id": account_id,
            "w": workspace,
            "access": sealed(key, workspace, account_id, "access_sealed", "secret"),
            "now": tx.now,
        },
    )
    if phase == "phase_3":
        await hold(tx, account_id)
    return account_id


def follow(n: int = 0) -> dict[str, Any]:
    return {"action_type": "follow", "target_account": f"person{n}", "target_data": {}}


def reply(n: int = 0) -> dict[str, Any]:
    post = {"id": f"post{n}", "author": f"person{n}", "text": "Hello!"}
    data = {"text": f"Thank you, person {n}!", "post": post, "summoned": True}
    return {"action_type": "reply", "target_account": f"person{n}", "target_data": data}


async def approve(world: World, action_id: UUID, **more) -> None:
    async with world.begin() as tx:
        await decide.approve(tx, world.runtime, action_id, **more)


async def observed(world: World, handle: str) -> None:
    """The profile is known, so that nothing about the person speaks against contact."""
    async with world.begin() as tx:
        await tx.session.execute(
            text(
                "INSERT INTO profiles (id, workspace_id, platform, handle, followers, following,"
                " posts, observed_at) VALUES (:id, :w, 'twitter', :handle, 900, 300, 120, :now)"
            ),
            {"id": tx.new_id(), "w": world.workspace, "handle": handle, "now": tx.now},
        )
