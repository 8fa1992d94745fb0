"""HTTP of actions, approvals, human tasks and the emergency stop. The verbs live elsewhere."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import BaseModel

from socialseed.accounts.schemas import Platform
from socialseed.actions import (
    attention,
    autonomy_endpoints,
    decide,
    propose,
    queries,
    reconcile,
    schedule,
    stops,
    tasks_human,
    verdicts,
)
from socialseed.actions.content import clean_string
from socialseed.actions.models import Status
from socialseed.actions.queries import Filter
from socialseed.actions.schemas import (
    ActionDetailOut,
    ActionIn,
    ActionOut,
    ActionPage,
    ApproveIn,
    AttentionOut,
    BulkIn,
    BulkOut,
    BulkProblem,
    BulkResultOut,
    CancelIn,
    CompleteIn,
    ExecuteIn,
    Instant,
    LaterIn,
    Light,
    NextTaskOut,
    RejectIn,
    ResolveIn,
    SnoozeIn,
    StopIn,
    StopOut,
    StopsOut,
    StoredVerdictPage,
    SummaryOut,
    TaskOut,
    TaskPage,
)
from socialseed.connectors.types import ActionType
from socialseed.core.pagination import MAX_LIMIT
from socialseed.identity.access import allow
from socialseed.runtime.tx import Tx
from socialseed.web.context import runtime_of

actions = APIRouter(prefix="/actions", tags=["actions"])
approvals = APIRouter(prefix="/approvals", tags=["approvals"])
tasks = APIRouter(prefix="/tasks", tags=["tasks"])
stopping = APIRouter(prefix="/emergency-stop", tags=["emergency stop"])

Reader = Annotated[Tx, allow("actions:read")]
Proposer = Annotated[Tx, allow("actions:propose")]
Approver = Annotated[Tx, allow("actions:approve")]
Doer = Annotated[Tx, allow("tasks:complete")]
Stopper = Annotated[Tx, allow("stop:write")]
Limit = Annotated[int, Query(ge=1, le=MAX_LIMIT)]
Cursor = Annotated[str | None, Query(max_length=400)]
Search = Annotated[str | None, Query(max_length=100)]
Key = Annotated[str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200)]


def _body(content: bytes, status: int = 200) -> Response:
    return Response(content, status, media_type="application/json")


def _shape(model: type[BaseModel], status: int = 200) -> dict[int | str, dict[str, object]]:
    return {status: {"model": model}}


def _q(q: str | None) -> str | None:
    return clean_string(q, "/q", 100) if q else None


@actions.post("", status_code=201, responses={**_shape(ActionOut), **_shape(ActionOut, 201)})
async def propose_action(
    request: Request, tx: Proposer, body: ActionIn, idempotency_key: Key = None
) -> Response:
    """Proposes an action and answers it with its assessment; 200 when the key is a repetition."""
    proposal = propose.Proposal(**body.model_dump(), idempotency_key=idempotency_key)
    made = await propose.submit(tx, runtime_of(request), proposal)
    return _body(await queries.action(tx, made.action_id), 200 if made.replayed else 201)


@actions.post("/execute", responses=_shape(ActionOut))
async def execute_action(tx: Approver, body: ExecuteIn) -> Response:
    """Makes a scheduled action due now. Limits, the minimum gap and stops still hold."""
    await schedule.execute_now(tx, body.action_id)
    return _body(await queries.action(tx, body.action_id))


@actions.get("/history", responses=_shape(ActionPage))
async def action_history(
    tx: Reader,
    status: Annotated[list[Status] | None, Query(max_length=13)] = None,
    account_id: UUID | None = None,
    platform: Platform | None = None,
    action_type: ActionType | None = None,
    light: Light | None = None,
    q: Search = None,
    since: Instant | None = None,
    until: Instant | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """All actions, newest first."""
    tx.connectors.known(platform)
    wanted = Filter(account_id, platform, light, _q(q), status, action_type, since, until)
    return _body(await queries.history(tx, wanted, limit, cursor))


@actions.get("/{action_id}", responses=_shape(ActionDetailOut))
async def get_action(tx: Reader, action_id: UUID) -> Response:
    """One action with its timeline, verdict, attempts, and what it waits for."""
    return _body(await queries.detail(tx, action_id))


@actions.get("/{action_id}/verdicts", response_model=StoredVerdictPage)
async def list_verdicts(
    tx: Reader, action_id: UUID, limit: Limit = 50, cursor: Cursor = None
) -> dict[str, object]:
    """Every assessment of one action with its facts, and what today's rules say of them."""
    return await verdicts.page(tx, action_id, limit, cursor)


@actions.post("/{action_id}/cancel", responses=_shape(ActionOut))
async def cancel_action(tx: Approver, action_id: UUID, body: CancelIn | None = None) -> Response:
    """The action will not be done."""
    await decide.cancel(tx, action_id, body.reason if body else None)
    return _body(await queries.action(tx, action_id))


@actions.post("/{action_id}/replan", status_code=201, responses=_shape(ActionOut, 201))
async def replan_action(request: Request, tx: Proposer, action_id: UUID) -> Response:
    """A new action with the same content, for one that ended without effect."""
    made = await propose.replan(tx, runtime_of(request), action_id)
    return _body(await queries.action(tx, made), 201)


@actions.post("/{action_id}/complete", responses=_shape(ActionOut))
async def complete_task(request: Request, tx: Doer, action_id: UUID, body: CompleteIn) -> Response:
    """Settles a human task with what the person tells of it."""
    runtime = runtime_of(request)
    await tasks_human.complete(tx, runtime, action_id, body.outcome, body.reason, body.note)
    return _body(await queries.action(tx, action_id))


@actions.post("/{action_id}/resolve", responses=_shape(ActionOut))
async def resolve_action(tx: Approver, action_id: UUID, body: ResolveIn) -> Response:
    """A person decides what came of an unknown outcome."""
    await reconcile.resolve(tx, action_id, body.outcome, body.note)
    return _body(await queries.action(tx, action_id))


@approvals.get("/pending", responses=_shape(ActionPage))
async def pending_approvals(
    tx: Reader,
    light: Light | None = None,
    account_id: UUID | None = None,
    platform: Platform | None = None,
    q: Search = None,
    deferred: bool = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """What waits for a decision, most worth first; `deferred`: what today's minutes do not hold."""
    tx.connectors.known(platform)
    wanted = Filter(account_id, platform, light, _q(q))
    return _body(await queries.pending(tx, wanted, limit, cursor, deferred=deferred))


@approvals.get("/attention")
async def approvals_attention(tx: Reader) -> AttentionOut:
    """How many minutes decisions take, how many are meant for today, and what they hold."""
    return AttentionOut.model_validate(await attention.standing(tx))


@approvals.get("/summary", responses=_shape(SummaryOut))
async def approvals_summary(tx: Reader) -> Response:
    """How much waits, by light, and how fast it is decided."""
    return _body(await queries.summary(tx))


@approvals.post("/bulk")
async def decide_in_bulk(request: Request, tx: Approver, body: BulkIn) -> BulkOut:
    """Decides up to 200 at once; approval is for green ones only."""
    results = await decide.bulk(tx, runtime_of(request), body.ids, body.decision, body.reason)
    return BulkOut(results=[_bulk_result(one) for one in results])


def _bulk_result(one: decide.BulkResult) -> BulkResultOut:
    problem = BulkProblem(code=one.problem.code, detail=one.problem.detail) if one.problem else None
    return BulkResultOut.model_validate(
        {"id": one.id, "ok": problem is None, "status": one.status, "problem": problem}
    )


@approvals.post("/{action_id}/open", status_code=204)
async def open_proposal(tx: Approver, action_id: UUID) -> None:
    """The reviewer has it before him, from which the time of his decision is measured."""
    await attention.open_(tx, action_id)


@approvals.post("/{action_id}/approve", responses=_shape(ActionOut))
async def approve_action(
    request: Request, tx: Approver, action_id: UUID, body: ApproveIn | None = None
) -> Response:
    """Approves exactly this content, with edits if there are any, and schedules it."""
    asked = body or ApproveIn()
    edits = decide.Edits(**asked.edits.model_dump()) if asked.edits else None
    await decide.approve(tx, runtime_of(request), action_id, asked.content_hash, edits)
    return _body(await queries.action(tx, action_id))


@approvals.post("/{action_id}/reject", responses=_shape(ActionOut))
async def reject_action(
    request: Request, tx: Approver, action_id: UUID, body: RejectIn
) -> Response:
    """Rejects it, with the reason that the planner learns from."""
    await decide.reject(tx, runtime_of(request), action_id, body.reason, body.note)
    return _body(await queries.action(tx, action_id))


@approvals.post("/{action_id}/snooze", responses=_shape(ActionOut))
async def snooze_action(tx: Approver, action_id: UUID, body: SnoozeIn | None = None) -> Response:
    """Puts it off, an hour unless told otherwise."""
    asked = body or SnoozeIn()
    until = asked.until or tx.now + timedelta(minutes=asked.minutes or 60)
    await decide.snooze(tx, action_id, until)
    return _body(await queries.action(tx, action_id))


@approvals.post("/{action_id}/undo", responses=_shape(ActionOut))
async def undo_decision(tx: Approver, action_id: UUID) -> Response:
    """Takes an approval or a rejection back, within the hold."""
    await decide.undo(tx, action_id)
    return _body(await queries.action(tx, action_id))


@tasks.get("", responses=_shape(TaskPage))
async def list_tasks(
    tx: Reader,
    state: Literal["open", "locked", "all"] = "all",
    account_id: UUID | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> Response:
    """Human tasks, by the time they unlock."""
    return _body(await queries.tasks(tx, state, account_id, limit, cursor))


@tasks.get("/next", responses=_shape(NextTaskOut))
async def get_next_task(tx: Reader, account_id: UUID | None = None) -> Response:
    """The task to do now, if any, and when the next one unlocks."""
    return _body(await queries.next_task(tx, account_id))


@tasks.post("/{action_id}/later", responses=_shape(TaskOut))
async def put_task_off(tx: Doer, action_id: UUID, body: LaterIn | None = None) -> Response:
    """Locks the task for a while."""
    await tasks_human.later(tx, action_id, (body or LaterIn()).minutes)
    return _body(await queries.task(tx, action_id))


@stopping.post("", status_code=201)
async def set_stop(tx: Stopper, body: StopIn) -> StopOut:
    """Nothing in the scope starts once this has been answered."""
    stop = await stops.set_stop(tx, body.scope, body.id, body.reason)
    return StopOut.model_validate(stop, from_attributes=True)


@stopping.get("")
async def list_stops(tx: Reader) -> StopsOut:
    """The stops that hold."""
    return await _active(tx)


@stopping.delete("")
async def lift_stops(
    tx: Stopper, stop_id: Annotated[UUID | None, Query(alias="id")] = None
) -> StopsOut:
    """Lifts one stop, or all of them."""
    await stops.lift(tx, stop_id)
    return await _active(tx)


async def _active(tx: Tx) -> StopsOut:
    return StopsOut.model_validate({"active": await stops.active(tx)}, from_attributes=True)


router = APIRouter()
for part in (actions, approvals, tasks, stopping, autonomy_endpoints.router):
    router.include_router(part)
