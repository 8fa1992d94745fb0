"""Assessments: made from facts, and stored whole so that they can be replayed."""

from collections.abc import Sequence
from datetime import datetime

import orjson

from socialseed.actions import facts as gathering
from socialseed.actions import platforms
from socialseed.actions.content import Content
from socialseed.actions.facts import Ground
from socialseed.policy.risk.assess import assess, facts_json
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
    facts = gathering.facts_of(
        ground, content, mode, manifest, text_room=room, expected_at=expected_at
    )
    return facts, assess(facts)


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
