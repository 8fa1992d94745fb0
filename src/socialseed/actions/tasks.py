"""The pipeline's jobs."""

from datetime import timedelta

from socialseed.accounts.incidents import REVIEW_AUTONOMY
from socialseed.actions import autonomy
from socialseed.actions.attention import plan_round
from socialseed.actions.dispatch import SEND
from socialseed.actions.execute import send
from socialseed.actions.reconcile import look
from socialseed.actions.replan import replan
from socialseed.actions.settle import LOOK
from socialseed.actions.told import TOLD, told
from socialseed.actions.verify import verify
from socialseed.actions.watchdog import VERIFY, tidy, watch
from socialseed.actions.withdraw import GONE, gone
from socialseed.identity.replans import REPLAN
from socialseed.jobs.port import Job

JOBS: tuple[Job, ...] = (
    Job(SEND, send),
    Job(LOOK, look),
    Job(VERIFY, verify),
    Job(TOLD, told),
    Job(REVIEW_AUTONOMY, autonomy.review),
    Job("actions.review_all_autonomy", autonomy.review_all, every=autonomy.EVERY),
    Job(REPLAN, replan),
    Job(GONE, gone),
    Job("actions.watch", watch, every=timedelta(seconds=5)),
    Job("actions.attention", plan_round, every=timedelta(minutes=2)),
    Job("actions.tidy", tidy, every=timedelta(hours=6)),
)

__all__ = ["JOBS", "watch"]
