"""Earned autonomy for tests of what comes after it: grants as the job would make them."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text

from socialseed.policy.autonomy import LIGHTS
from socialseed.runtime.tx import Tx

KINDS = (
    *("publish_text", "publish_image", "publish_video", "publish_carousel", "delete"),
    *("follow", "unfollow", "like", "unlike", "comment", "reply", "repost", "quote"),
)
_HOLD = text(
    "INSERT INTO autonomy_grants (id, workspace_id, account_id, action_type, light, evidence,"
    " granted_at) SELECT :id, workspace_id, id, :kind, :light,"
    ' \'{"decided": 60, "unedited": 60, "lower_bound": 0.95}\', :now'
    " FROM social_accounts WHERE id = :account_id"
)


async def hold(
    tx: Tx, account_id: UUID, kinds: Sequence[str] = KINDS, lights: Sequence[str] = LIGHTS
) -> list[UUID]:
    """The account holds a grant for each kind on each light; their ids."""
    made = []
    for kind in kinds:
        for light in lights:
            grant_id = tx.new_id()
            values = {"id": grant_id, "account_id": account_id, "kind": kind, "light": light}
            await tx.session.execute(_HOLD, {**values, "now": tx.now})
            made.append(grant_id)
    return made
