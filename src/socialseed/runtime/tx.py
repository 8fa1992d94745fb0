"""Tx: the open transaction, its instant, its actor. Everything that touches our data takes one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from socialseed.connectors.registry import Connectors
from socialseed.core.events import Event, Plain
from socialseed.core.ids import uuid7
from socialseed.core.rng import Rng
from socialseed.jobs.port import Jobs
from socialseed.runtime.actor import Actor
from socialseed.runtime.session import Session


@dataclass(frozen=True, slots=True)
class Tx:
    """Six fields and no more. `workspace` None means the product itself, across workspaces."""

    session: Session
    now: datetime
    actor: Actor
    workspace: UUID | None
    rng: Rng
    jobs: Jobs

    @property
    def tenant(self) -> UUID:
        """The workspace that this transaction works in."""
        if self.workspace is None:
            raise RuntimeError("This needs a transaction of one workspace.")
        return self.workspace

    @property
    def connectors(self) -> Connectors:
        """The platforms that the runtime speaks to: which words there are, and their names."""
        return self.session.connectors

    def emit(self, event: Event) -> None:
        """`event` is in the log when, and only when, this transaction commits."""
        self.session.events.append(event)

    async def defer(
        self,
        job: str,
        payload: Mapping[str, Plain] | None = None,
        *,
        run_at: datetime | None = None,
        dedupe_key: str | None = None,
    ) -> None:
        """`job` runs at least once after the commit, not before `run_at`."""
        await self.jobs.enqueue(
            self.session,
            job,
            payload or {},
            run_at=run_at or self.now,
            now=self.now,
            dedupe_key=dedupe_key,
        )

    def new_id(self) -> UUID:
        """A time-ordered id, repeatable where the transaction's rng is."""
        return uuid7(self.now, self.rng)
