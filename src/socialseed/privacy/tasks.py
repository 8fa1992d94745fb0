"""Background work of privacy: making exports, finishing erasures, forgetting what is too old."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import text

from socialseed.jobs.port import Job, Payload
from socialseed.privacy import export, people
from socialseed.runtime.runtime import Runtime

# What nobody can use any more, and how long after that it is kept: for a look at what happened.
_OLD = (
    "DELETE FROM exports WHERE coalesce(expires_at, created_at + interval '7 days') < :now",
    "DELETE FROM refresh_tokens WHERE expires_at < :now",
    "DELETE FROM sessions WHERE least(expires_at, coalesce(revoked_at, expires_at))"
    " < CAST(:now AS timestamptz) - interval '30 days'",
    "DELETE FROM login_failures WHERE first_at < CAST(:now AS timestamptz) - interval '1 day'",
    "DELETE FROM oauth_states WHERE expires_at < CAST(:now AS timestamptz) - interval '1 day'",
)


async def make_export(runtime: Runtime, payload: Payload) -> None:
    """The export named in the payload is ready or failed."""
    await export.make(runtime, UUID(str(payload["workspace_id"])), UUID(str(payload["export_id"])))


async def erase_person(runtime: Runtime, payload: Payload) -> None:
    """Another try at an erasure that had to leave an action under way."""
    async with runtime.begin(UUID(str(payload["workspace_id"])), timeout_ms=30_000) as tx:
        await people.erase_or_repeat(tx, str(payload["platform"]), str(payload["handle"]))


async def purge(runtime: Runtime, payload: Payload) -> None:
    """Expired exports, sessions, tokens and throttles are gone."""
    for statement in _OLD:
        async with runtime.begin(None, timeout_ms=30_000) as tx:
            await tx.session.execute(text(statement), {"now": tx.now})


JOBS: tuple[Job, ...] = (
    Job(export.JOB, make_export),
    Job(people.JOB, erase_person),
    Job("privacy.purge", purge, every=timedelta(hours=1)),
)
