"""HTTP of the workspace's policy."""

from typing import Annotated

from fastapi import APIRouter

from socialseed.identity import policies
from socialseed.identity.access import allow
from socialseed.identity.policy_schemas import PolicyIn, PolicyOut, PolicyVersionPage
from socialseed.identity.schemas import Cursor, Limit
from socialseed.runtime.tx import Tx

router = APIRouter(prefix="/policy", tags=["policy"])

Reader = Annotated[Tx, allow("policy:read")]


@router.get("", response_model=PolicyOut)
async def get_policy(tx: Reader) -> dict[str, object]:
    """The numbers in force, with the bounds within which each may be moved."""
    return await policies.show(tx)


@router.put("", response_model=PolicyOut)
async def put_policy(tx: Annotated[Tx, allow("policy:write")], body: PolicyIn) -> dict[str, object]:
    """Moves the named numbers, as a new version with its reason."""
    await policies.change(tx, body.numbers, body.version, body.reason)
    return await policies.show(tx)


@router.get("/versions", response_model=PolicyVersionPage)
async def list_policy_versions(
    tx: Reader, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, object]:
    """Every change of the policy, the newest first."""
    return await policies.versions(tx, limit, cursor)
