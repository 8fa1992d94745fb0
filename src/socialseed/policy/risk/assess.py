"""From facts to a verdict with its reasons, and whether a person must agree.

An extra rule never makes a verdict milder: points only add up, and one forbid forbids.
"""

from collections.abc import Callable, Sequence

from socialseed.policy.capabilities.types import Capability
from socialseed.policy.risk import rules_account, rules_content, rules_pace, rules_person
from socialseed.policy.risk.facts import digest, facts_from_json, facts_json, facts_to_json
from socialseed.policy.risk.types import Facts, Finding, Light, Verdict
from socialseed.policy.risk.weights import FULL, RED_FROM, YELLOW_FROM

__all__ = [
    "RULES",
    "RULE_SET",
    "Rule",
    "assess",
    "digest",
    "facts_from_json",
    "facts_json",
    "facts_to_json",
    "replay",
    "requires_approval",
]

Rule = Callable[[Facts], Finding | None]
RULE_SET = "2026-11.3"
RULES: Sequence[Rule] = (
    *rules_account.RULES,
    *rules_pace.RULES,
    *rules_person.RULES,
    *rules_content.RULES,
)


def assess(facts: Facts, rules: Sequence[Rule] = RULES) -> Verdict:
    """The light, score (0..100) and all findings, heaviest first; the same facts give the same
    verdict.
    """
    found = [finding for rule in rules if (finding := rule(facts)) is not None]
    findings = tuple(sorted(found, key=lambda one: (one.effect != "forbid", -_points(one))))
    score = min(FULL, sum(map(_points, findings)))
    forbidden = any(finding.effect == "forbid" for finding in findings)
    return Verdict(
        light=_light(score, forbidden),
        score=score,
        forbidden=forbidden,
        findings=findings,
        to_green=_to_green(findings),
        rule_set=RULE_SET,
        facts_digest=digest(facts),
    )


def replay(stored: dict[str, object]) -> Verdict:
    """The verdict of today's rules on facts as `facts_to_json` stored them."""
    return assess(facts_from_json(stored))


def requires_approval(
    phase: str,
    capability: Capability | None,
    verdict: Verdict,
    consent: bool | None,
    account_light: str,
    *,
    earned: bool = False,
) -> bool:
    """Whether a person must agree before the API is used; anything unknown says yes.

    Always in phase 1, on red, for what the ledger wants a person to start, on a red account,
    without consent, and when the ledger's proof has expired; in phase 2 on yellow too; in phase 3
    on whatever the account has not `earned` to do on this light without being asked.
    """
    if phase not in ("phase_2", "phase_3") or consent is not True:
        return True
    if capability is None or capability.needs_approval or account_light not in ("green", "yellow"):
        return True
    if any(finding.code == rules_account.PROOF_EXPIRED for finding in verdict.findings):
        return True
    if phase == "phase_2":
        return verdict.light != "green"
    return verdict.light == "red" or not earned


def _points(finding: Finding) -> int:
    if finding.effect == "info":
        return 0
    return max(0, FULL if finding.effect == "forbid" else finding.weight)


def _light(score: int, forbidden: bool) -> Light:
    if forbidden or score >= RED_FROM:
        return "red"
    return "yellow" if score >= YELLOW_FROM else "green"


def _to_green(findings: Sequence[Finding]) -> tuple[str, ...]:
    """The fewest steps that leave it green; none when it is green, or when no step can."""
    left = sum(map(_points, findings))
    forbids = sum(finding.effect == "forbid" for finding in findings)
    steps: list[str] = []
    for finding in findings:
        if left < YELLOW_FROM and not forbids:
            break
        if finding.clears is None or _points(finding) == 0:
            continue
        left -= _points(finding)
        forbids -= finding.effect == "forbid"
        steps.append(finding.clears)
    if left >= YELLOW_FROM or forbids:
        return ()
    return tuple(dict.fromkeys(steps))
