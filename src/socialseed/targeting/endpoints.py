"""HTTP of targeting rules and their candidates."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from socialseed.core.pagination import MAX_LIMIT
from socialseed.identity.access import allow
from socialseed.runtime.tx import Tx
from socialseed.targeting import queries, service
from socialseed.targeting.schemas import NewRule, Queued, RuleChange
from socialseed.web.context import runtime_of

router = APIRouter(prefix="/targeting", tags=["targeting"])

Reader = Annotated[Tx, allow("targeting:read")]
Writer = Annotated[Tx, allow("targeting:write")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]


@router.get("")
async def list_rules(tx: Reader, limit: Limit = 50, cursor: str | None = None) -> Response:
    """The workspace's rules with their numbers, newest first."""
    return _json(await queries.list_rules(tx, limit, cursor))


@router.post("", status_code=201)
async def create_rule(tx: Writer, request: Request, body: NewRule) -> Response:
    """Adds a rule and queues a first search."""
    rule_id = await service.create(tx, body, runtime_of(request).ledger)
    return _json(await queries.rule_json(tx, rule_id), 201)


@router.get("/{rule_id}")
async def get_rule(tx: Reader, rule_id: UUID) -> Response:
    """One rule with its numbers."""
    return _json(await queries.rule_json(tx, rule_id))


@router.put("/{rule_id}")
async def change_rule(tx: Writer, request: Request, rule_id: UUID, body: RuleChange) -> Response:
    """Changes the fields that are given."""
    await service.change(tx, rule_id, body, runtime_of(request).ledger)
    return _json(await queries.rule_json(tx, rule_id))


@router.delete("/{rule_id}", status_code=204)
async def delete_rule(tx: Writer, rule_id: UUID) -> None:
    """Deletes the rule and its candidates."""
    await service.delete(tx, rule_id)


@router.post("/{rule_id}/discover", status_code=202)
async def discover(tx: Writer, rule_id: UUID) -> Queued:
    """Queues a search for people."""
    await service.discover_soon(tx, rule_id)
    return Queued(job=service.DISCOVER)


@router.get("/{rule_id}/candidates")
async def list_candidates(
    tx: Reader, rule_id: UUID, limit: Limit = 50, cursor: str | None = None
) -> Response:
    """Whom the rule found, newest first."""
    return _json(await queries.list_candidates(tx, rule_id, limit, cursor))


def _json(body: bytes, status: int = 200) -> Response:
    return Response(body, status, media_type="application/json")
