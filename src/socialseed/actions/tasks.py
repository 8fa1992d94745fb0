"""The pipeline's jobs."""

from datetime import timedelta

from socialseed.actions.dispatch import SEND
from socialseed.actions.execute import send
from socialseed.actions.reconcile import look
from socialseed.actions.settle import LOOK
from socialseed.actions.told import TOLD, told
from socialseed.actions.verify import verify
from socialseed.actions.watchdog import VERIFY, tidy, watch
from socialseed.actions.withdraw import GONE, gone
from socialseed.jobs.port import Job

JOBS: tuple[Job, ...] = (
    Job(SEND, send),
    Job(LOOK, look),
    Job(VERIFY, verify),
    Job(TOLD, told),
    Job(GONE, gone),
    Job("actions.watch", watch, every=timedelta(seconds=5)),
    Job("actions.tidy", tidy, every=timedelta(hours=6)),
)

__all__ = ["JOBS", "watch"]
