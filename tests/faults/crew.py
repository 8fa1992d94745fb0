"""A workspace with connected accounts and approved actions, made in bulk by our own services."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
from sqlalchemy import text

from socialseed.accounts import connect
from socialseed.accounts import service as accounts
from socialseed.accounts.service import NewAccount
from socialseed.actions import decide
from socialseed.actions.propose import Proposal, submit
from socialseed.actions.reconcile import look
from socialseed.actions.settle import look_payload
from socialseed.bootstrap import build_runtime
from socialseed.connectors.types import Tokens
from socialseed.core.clock import SystemClock, wait_for
from socialseed.core.rng import derive
from socialseed.identity import consents
from socialseed.identity.service import NewUser, sign_up
from socialseed.runtime.actor import Actor
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx
from socialseed.sim.invariants import SETUP, Report, check
from tests.support.client import PASSWORD
from tests.support.product import LEASE_SECONDS, Product

CLOCK = SystemClock()
_SYLLABLES = [first + second for first in "bdfgklmnprstvz" for second in "aeiou"]
_ESTABLISHED = text(
    "UPDATE social_accounts SET phase = 'phase_3', programme_started_on = :started,"
    " health_score = 95, connected_at = :now, remote_id = :remote_id, waking_start = 0,"
    " waking_end = 24 WHERE id = :id"
)
_FINISHED = text(
    "SELECT count(*) FILTER (WHERE status = 'scheduled'),"
    " count(*) FILTER (WHERE status = 'executing') FROM actions"
    " WHERE (CAST(:workspace AS uuid) IS NULL OR workspace_id = :workspace)"
)


async def until(
    condition: Callable[[], Awaitable[bool]], seconds: float, every: float = 0.05
) -> bool:
    """Polls until the condition holds; False when it did not within `seconds`."""
    end = wait_for(CLOCK, seconds)
    while not await condition():
        if CLOCK.now() >= end:
            return False
        await CLOCK.wait_until(wait_for(CLOCK, every))
    return True


@dataclass(frozen=True)
class Account:
    """One connected account."""

    id: UUID
    handle: str


@dataclass
class Crew:
    """A workspace, its owner and accounts. `secrets` must never be seen anywhere."""

    product: Product
    runtime: Runtime
    workspace: UUID
    person: Actor
    accounts: list[Account] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    _said: int = 0

    def begin(self, actor: Actor | None = None) -> AbstractAsyncContextManager[Tx]:
        """A transaction of this workspace, by default in its owner's name."""
        return self.runtime.begin(self.workspace, actor or self.person, timeout_ms=20_000)

    def text(self) -> str:
        """Words that nobody has said before, and like nothing that anybody has."""
        self._said += 1
        rng = derive("texts", self.workspace, self._said)
        words = ("".join(rng.choice(_SYLLABLES) for _ in range(3)) for _ in range(9))
        return f"{' '.join(words)} {self._said}"

    async def add_accounts(self, count: int, *, limit: int = 200, prefix: str = "crew") -> None:
        """`count` more accounts on X (enterprise tier), connected, in phase 3, awake all day."""
        first = len(self.accounts)
        for number in range(first, first + count):
            self.accounts.append(await self._account(f"{prefix}_{number}", limit))

    async def _account(self, handle: str, limit: int) -> Account:
        made = self.product.control(
            "POST",
            "/accounts",
            {"platform": "twitter", "handle": handle, "followers": 10, "posts": 5},
        )
        grant = self.product.control(
            "POST", "/tokens", {"platform": "twitter", "handle": handle, "client_id": "socialseed"}
        )
        self.secrets += [grant["access_token"], grant["refresh_token"]]
        new = NewAccount("twitter", handle, "UTC", "enterprise", daily_action_limit=limit)
        async with self.begin() as tx:
            account_id = await accounts.create(tx, self.runtime, new)
            await connect.store(self.runtime, tx, account_id, _tokens(grant))
            values = {
                "id": account_id,
                "now": tx.now,
                "started": tx.now.date() - timedelta(days=120),
                "remote_id": made["id"],
            }
            await tx.session.execute(_ESTABLISHED, values)
        return Account(account_id, handle)

    async def approved(
        self, account: Account, texts: int, likes: Sequence[str] = (), reposts: Sequence[str] = ()
    ) -> list[UUID]:
        """New actions, approved and scheduled: `texts` unique posts, and these posts liked."""
        wanted: list[tuple[str, dict[str, object]]] = []
        wanted += [("publish_text", {"text": self.text()}) for _ in range(texts)]
        wanted += [("like", {"post": {"id": post}}) for post in likes]
        wanted += [("repost", {"post": {"id": post}}) for post in reposts]
        ids, pending = [], []
        async with self.begin() as tx:
            for action_type, data in wanted:
                new = await submit(tx, self.runtime, Proposal(account.id, action_type, None, data))
                ids.append(new.action_id)
                if new.status != "scheduled":
                    pending.append(new.action_id)
            for start in range(0, len(pending), decide.MAX_BULK):
                part = pending[start : start + decide.MAX_BULK]
                for done in await decide.bulk(tx, self.runtime, part, "approve"):
                    if done.problem is not None:
                        # After faults not everything is green; a person still may say yes.
                        assert done.problem.code == "not_green", done
                        await decide.approve(tx, self.runtime, done.id)
        return ids

    async def left(self) -> tuple[int, int]:
        """How many actions are scheduled, and how many executing."""
        async with self.begin() as tx:
            row = (await tx.session.execute(_FINISHED, {"workspace": self.workspace})).one()
        return int(row[0]), int(row[1])

    async def drained(self) -> bool:
        """Whether nothing waits to be sent and nothing is under way."""
        return await self.left() == (0, 0)

    async def statuses(self, ids: Iterable[UUID]) -> list[str]:
        """The status of each, in the order of `ids`."""
        wanted = list(ids)
        async with self.begin() as tx:
            rows = await tx.session.execute(
                text("SELECT id, status FROM actions WHERE id = ANY(CAST(:ids AS uuid[]))"),
                {"ids": wanted},
            )
            found = {row.id: str(row.status) for row in rows}
        return [found[id] for id in wanted]

    async def value(self, sql: str, **bound: object) -> Any:
        """One value, seen from this workspace."""
        async with self.begin() as tx:
            return await tx.session.scalar(text(sql), bound)

    async def execute(self, sql: str, **bound: object) -> None:
        """One statement, done in this workspace."""
        async with self.begin() as tx:
            await tx.session.execute(text(sql), bound)

    async def check(self, *, quiet: bool = True) -> Report:
        """The invariants over the whole database and journal."""
        return await check(
            self.product.database_url,
            self.product.journal,
            lease_seconds=LEASE_SECONDS,
            quiet=quiet,
        )


def _tokens(grant: dict[str, Any]) -> Tokens:
    return Tokens(
        access_token=grant["access_token"],
        refresh_token=grant["refresh_token"],
        scopes=str(grant["scope"]).split(),
        expires_in=timedelta(seconds=int(grant["expires_in"])),
        refresh_expires_in=timedelta(days=180),
    )


async def make_crew(
    product: Product, runtime: Runtime, accounts: int, *, limit: int = 200, name: str = "crew"
) -> Crew:
    """A new workspace with `accounts` connected accounts, whose owner consents to everything."""
    ids = await sign_up(runtime, NewUser(f"{name}@example.com", PASSWORD, name))
    person = Actor("user", ids.user_id, name, "owner")
    crew = Crew(product, runtime, ids.workspace_id, person, secrets=[PASSWORD])
    async with crew.begin() as tx:
        for kind in ("publish", "engage"):
            await consents.decide(tx, kind, True)
    await crew.add_accounts(accounts, limit=limit, prefix=name)
    return crew


def posts_to_like(product: Product, count: int) -> list[str]:
    """The ids of `count` posts of somebody who is not of any crew."""
    handle = {"platform": "twitter", "handle": "well_liked", "followers": 5, "posts": 1}
    product.control("POST", "/accounts", handle)
    grant = product.control(
        "POST", "/tokens", {"platform": "twitter", "handle": "well_liked", "client_id": "tests"}
    )
    head = {"authorization": f"Bearer {grant['access_token']}", "idempotency-key": SETUP}
    ids = []
    with httpx2.Client(trust_env=False, timeout=20) as client:
        for number in range(count):
            answer = client.post(
                f"{product.sandbox_url}/api.x.com/2/tweets",
                headers=head,
                json={"text": f"Something to like, number {number}"},
            )
            assert answer.status_code == 201, answer.text
            ids.append(str(answer.json()["data"]["id"]))
    return ids


@dataclass(frozen=True)
class Ahead:
    """The machine's clock, `by` ahead: what is due later is due now."""

    by: timedelta

    def now(self) -> datetime:
        return CLOCK.now() + self.by

    async def wait_until(self, at: datetime) -> None:
        await CLOCK.wait_until(at - self.by)


async def read_back_everything(crew: Crew) -> int:
    """Every unknown outcome of the workspace was read back until it was decided; how many were.

    The waits of minutes between two looks are jumped over by a clock that is ahead.
    """
    seen: set[UUID] = set()
    for looks in range(1, 7):
        clock = Ahead(timedelta(minutes=7 * looks))
        async with build_runtime(crew.product.settings(), clock=clock) as runtime:
            unknown = await _unknown(crew)
            seen.update(unknown)
            for action_id in unknown:
                await look(runtime, look_payload(crew.workspace, action_id))
        if not unknown:
            break
    return len(seen)


async def _unknown(crew: Crew) -> list[UUID]:
    async with crew.begin() as tx:
        rows = await tx.session.execute(
            text("SELECT id FROM actions WHERE status = 'outcome_unknown' AND deadline_at > :now"),
            {"now": tx.now - timedelta(hours=1)},
        )
        return [row.id for row in rows]
