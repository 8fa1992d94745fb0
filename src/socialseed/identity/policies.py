"""The workspace's policy: which numbers are in force, who changed them, when and why.

Every change is a new version; no version is ever changed or removed.
"""

from collections.abc import Mapping, Sequence
from typing import Any, cast

import orjson
from sqlalchemy import Row, text

from socialseed.core.errors import AppError, FieldError, Kind, conflict
from socialseed.core.events import Event, Plain
from socialseed.core.pagination import decode_cursor, encode_cursor
from socialseed.identity.replans import replan
from socialseed.policy.numbers import BY_KEY, Number, Policy, check, moved, policy_of
from socialseed.runtime.tx import Tx

# For statements of other rooms: the policy of the row `a`, as `policy_in` takes it.
POLICY = (
    "(SELECT json_build_array(q.version, q.numbers) FROM policies q"
    " WHERE q.workspace_id = a.workspace_id ORDER BY q.version DESC LIMIT 1)"
)
_CURRENT = text(
    "SELECT version, numbers, reason, changed_by_name, changed_at FROM policies"
    " WHERE workspace_id = :workspace ORDER BY version DESC LIMIT 1"
)
# Two who change at once make the same version: one of them finds it taken.
_STORE = text(
    "INSERT INTO policies (workspace_id, version, numbers, reason, changed_by, changed_by_name,"
    " changed_at) VALUES (:workspace, :version, CAST(:numbers AS jsonb), :reason, :by, :name, :now)"
    " ON CONFLICT DO NOTHING RETURNING version"
)
_PAGE = text(
    "SELECT version, numbers, reason, changed_by_name, changed_at FROM policies"
    " WHERE workspace_id = :workspace AND (CAST(:before AS int) IS NULL OR version < :before)"
    " ORDER BY version DESC LIMIT :limit"
)
Shown = dict[str, object]


def policy_in(value: object) -> Policy:
    """The policy in what `POLICY` selected."""
    found = orjson.loads(value) if isinstance(value, str | bytes) else value
    version, numbers = cast(tuple[int, Mapping[str, object] | None], found or (0, None))
    return policy_of(numbers, version)


async def current(tx: Tx) -> Policy:
    """The policy in force in the transaction's workspace."""
    return _policy(await _current(tx))


async def show(tx: Tx) -> Shown:
    """Every number in force with its default, its bounds and its source, and the last change."""
    row = await _current(tx)
    policy = _policy(row)
    return {
        "version": policy.version,
        "changed_at": row.changed_at if row else None,
        "changed_by_name": row.changed_by_name if row else None,
        "reason": row.reason if row else None,
        "numbers": [
            {
                "key": bound.key,
                "label": bound.label,
                "value": value,
                "default": bound.default,
                "least": bound.least,
                "most": bound.most,
                "unit": bound.unit,
                "careful": bound.careful,
                "source": bound.source,
            }
            for bound, value in policy.all()
        ],
    }


async def change(tx: Tx, wanted: Mapping[str, Number], version: int, reason: str) -> None:
    """The wanted numbers are in force from now on, under the next version; the others stay.

    Nothing happens when they are in force already. Raises CONFLICT `policy_changed` unless
    `version` is the present one, INVALID `bad_number` at `/numbers/<key>` for what the bounds
    refuse.
    """
    before = await current(tx)
    if version != before.version:
        raise _changed()
    problems = check(wanted, before)
    if problems:
        fields = [FieldError(_pointer(one.key), "bad_number", one.detail) for one in problems]
        raise AppError(Kind.INVALID, "bad_number", problems[0].detail, errors=fields)
    after = Policy(moved(before, wanted), version + 1)
    changes = _moves(before, after)
    if not changes:
        return
    values = {
        "workspace": tx.tenant,
        "version": after.version,
        "numbers": orjson.dumps(after.moved).decode(),
        "reason": reason,
        "by": tx.actor.id,
        "name": tx.actor.name,
        "now": tx.now,
    }
    if await tx.session.scalar(_STORE, values) is None:
        raise _changed()
    told = "; ".join(f"{one['label']}: {one['to']:g}, was {one['from']:g}" for one in changes)
    data: dict[str, Plain] = {
        "version": after.version,
        "reason": reason,
        "moved": cast(list[Plain], changes),
    }
    tx.emit(Event("policy.changed", f"{tx.actor.name} changed the policy. {told}.", data=data))
    await replan(tx, "the policy changed.")


async def versions(tx: Tx, limit: int, cursor: str | None) -> Shown:
    """Every change, the newest first, each with what it moved and the numbers moved since."""
    before = int(decode_cursor(cursor, int)[0]) if cursor else None
    values = {"workspace": tx.tenant, "before": _within(before), "limit": limit + 1}
    rows = (await tx.session.execute(_PAGE, values)).all()
    shown = rows[:limit]
    items = [
        {
            "version": row.version,
            "changed_at": row.changed_at,
            "changed_by_name": row.changed_by_name,
            "reason": row.reason,
            "numbers": dict(_policy(row).moved),
            "moved": _moves(_policy(earlier), _policy(row)),
        }
        for row, earlier in zip(shown, [*rows[1:], None], strict=False)
    ]
    more = len(rows) > limit
    return {"items": items, "next_cursor": encode_cursor(shown[-1].version) if more else None}


def _pointer(key: str) -> str:
    return f"/numbers/{key.replace('~', '~0').replace('/', '~1')}"


def _within(version: int | None) -> int | None:
    # A made-up cursor may name what no column of ours can hold.
    return None if version is None else max(0, min(version, 2**31 - 1))


async def _current(tx: Tx) -> Row[Any] | None:
    return (await tx.session.execute(_CURRENT, {"workspace": tx.tenant})).one_or_none()


def _policy(row: Row[Any] | None) -> Policy:
    return policy_of(row.numbers, row.version) if row is not None else Policy({})


def _moves(before: Policy, after: Policy) -> Sequence[dict[str, Any]]:
    return [
        {"key": key, "label": bound.label, "from": before.number(key), "to": after.number(key)}
        for key, bound in BY_KEY.items()
        if before.number(key) != after.number(key)
    ]


def _changed() -> AppError:
    detail = "Somebody changed the policy meanwhile. Read it again and decide anew."
    return conflict("policy_changed", detail)
