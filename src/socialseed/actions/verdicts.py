"""Assessments: made from facts, and stored whole so that they can be replayed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Row, text

from socialseed.actions import platforms
from socialseed.actions.content import Content
from socialseed.actions.facts import facts_of
from socialseed.actions.ground import Ground
from socialseed.core.errors import not_found
from socialseed.core.pagination import decode_position, encode_cursor
from socialseed.policy.risk.assess import assess, facts_json, replay
from socialseed.policy.risk.types import Facts, Finding, Verdict
from socialseed.runtime.runtime import Runtime
from socialseed.runtime.tx import Tx

VERDICT_INTO = (
    "INSERT INTO verdicts (id, workspace_id, action_id, stage, assessed_at, light, score, rule_set,"
    " facts_digest, facts, findings) SELECT :verdict_id, :workspace_id, id, :stage, :assessed_at,"
    " :light, :risk_score, :rule_set, :facts_digest, CAST(:facts AS jsonb), CAST(:reasons AS jsonb)"
)
# What an action itself keeps of its latest assessment.
JUDGED = (
    "light = :light, risk_score = :risk_score, reasons = CAST(:reasons AS jsonb),"
    " to_green = CAST(:to_green AS jsonb), rule_set = :rule_set, facts_digest = :facts_digest,"
    " assessed_at = :assessed_at"
)

_ACTION = text("SELECT 1 FROM actions WHERE id = :id AND workspace_id = :workspace")
_PAGE = text(
    "SELECT id, stage, assessed_at, light, score, findings, rule_set, facts_digest, facts"
    " FROM verdicts WHERE action_id = :id AND workspace_id = :workspace"
    " AND (CAST(:before AS timestamptz) IS NULL"
    "  OR (assessed_at, id) < (CAST(:before AS timestamptz), CAST(:before_id AS uuid)))"
    " ORDER BY assessed_at DESC, id DESC LIMIT :limit"
)


def judge(
    runtime: Runtime,
    ground: Ground,
    content: Content,
    mode: str,
    expected_at: datetime | None,
) -> tuple[Facts, Verdict]:
    """The facts about the content on this ground and what the rules say of them."""
    manifest = platforms.manifest(runtime, ground.row.platform)
    room = platforms.text_room(runtime, ground.row.platform, content.action_type, content.text)
    found = facts_of(ground, content, mode, manifest, text_room=room, expected_at=expected_at)
    return found, assess(found)


def verdict_values(tx: Tx, facts: Facts, verdict: Verdict, stage: str) -> dict[str, object]:
    """What VERDICT_INTO and JUDGED are bound with. `stage`: propose, edit or send."""
    return {
        "verdict_id": tx.new_id(),
        "stage": stage,
        "facts": facts_json(facts).decode(),
        "light": verdict.light,
        "risk_score": verdict.score,
        "reasons": reasons_json(verdict.findings),
        "to_green": orjson.dumps(list(verdict.to_green)).decode(),
        "rule_set": verdict.rule_set,
        "facts_digest": verdict.facts_digest,
        "assessed_at": tx.now,
    }


def reasons_json(findings: Sequence[Finding]) -> str:
    """The findings as the API shows them."""
    return orjson.dumps(tuple(findings)).decode()


async def page(tx: Tx, action_id: UUID, limit: int, cursor: str | None) -> dict[str, object]:
    """The assessments of one action with their facts, the newest first, each replayed by today's
    rules. Raises not_found for an action of another workspace.
    """
    before, before_id = decode_position(cursor) if cursor else (None, None)
    values = {
        "id": action_id,
        "workspace": tx.tenant,
        "before": before,
        "before_id": before_id,
        "limit": limit + 1,
    }
    if await tx.session.scalar(_ACTION, values) is None:
        raise not_found("action")
    rows = (await tx.session.execute(_PAGE, values)).all()
    shown, more = rows[:limit], len(rows) > limit
    last = encode_cursor(shown[-1].assessed_at.isoformat(), str(shown[-1].id)) if more else None
    return {"items": [_shown(row) for row in shown], "next_cursor": last}


def _shown(row: Row[tuple[Any, ...]]) -> Mapping[str, object]:
    return {
        "id": row.id,
        "stage": row.stage,
        "assessed_at": row.assessed_at,
        "light": row.light,
        "score": row.score,
        "findings": row.findings,
        "rule_set": row.rule_set,
        "facts_digest": row.facts_digest,
        "facts": row.facts,
        "replay": _replayed(row),
    }


def _replayed(row: Row[tuple[Any, ...]]) -> Mapping[str, object] | None:
    """What today's rules say; None when the facts were erased or are of another time."""
    try:
        found = replay(row.facts)
    except (KeyError, TypeError, ValueError):
        return None
    same = (found.light, found.score) == (row.light, row.score)
    return {
        "light": found.light,
        "score": found.score,
        "rule_set": found.rule_set,
        "same": same and orjson.loads(reasons_json(found.findings)) == row.findings,
    }


def _plain(findings: Sequence[Finding]) -> list[Mapping[str, object]]:
    return [
        {
            "code": one.code,
            "effect": one.effect,
            "weight": one.weight,
            "sentence": one.sentence,
            "evidence": one.evidence,
            "clears": one.clears,
        }
        for one in findings
    ]
