"""Named points of the execution protocol at which a test can let the process die.

Does nothing unless SOCIALSEED_EXIT_AT names the point, as `name` or `name:3` for its third passing.
"""

import os

STEPS = (
    "claim.before_commit",
    "claim.after_commit",
    "send.before_begin",
    "send.before_commit",
    "send.after_commit",
    "call.before",
    "call.after",
    "settle.before_commit",
    "settle.after_commit",
    "refund.before_commit",
    "reconcile.before_find",
    "reconcile.after_find",
    "reconcile.before_commit",
    "recover.before_commit",
    "approve.before_commit",
    "complete.before_commit",
    "stop.before_commit",
)
# Of renewing an access token, which stands beside the protocol.
TOKEN_STEPS = ("renew.after_answer", "renew.after_commit")
_name, _, _count = os.environ.get("SOCIALSEED_EXIT_AT", "").partition(":")
_passes = [int(_count or "1")]


def reach(name: str) -> None:
    """The process is gone, as after kill -9, if this is the passing that the environment names."""
    if name != _name:
        return
    _passes[0] -= 1
    if _passes[0] <= 0:
        os._exit(137)
