"""From facts to a verdict with its reasons, and whether a person must agree.

An extra rule never makes a verdict milder: points only add up, and one forbid forbids.
"""

from collections.abc import Sequence

from socialseed.policy.capabilities.types import Capability
from socialseed.policy.risk import rules_account, rules_content, rules_pace, rules_person
from socialseed.policy.risk.counterfactual import to_green
from socialseed.policy.risk.facts import digest, facts_from_json, facts_json, facts_to_json
from socialseed.policy.risk.scoring import findings_of, light_of, load, points
from socialseed.policy.risk.types import Facts, Rule, Verdict
from socialseed.policy.risk.weights import FULL

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

RULE_SET = "2026-11.3"
RULES: Sequence[Rule] = (
    *rules_account.RULES,
    *rules_pace.RULES,
    *rules_person.RULES,
    *rules_content.RULES,
)


def assess(facts: Facts, rules: Sequence[Rule] = RULES) -> Verdict:
    """The light, score (0..100) and all findings, heaviest first; the same facts give the same
    verdict. `to_green` is one smallest combination of steps after which these rules say green.
    """
    found = findings_of(facts, rules)
    findings = tuple(sorted(found, key=lambda one: (one.effect != "forbid", -points(one))))
    score = min(FULL, load(findings))
    forbidden = any(finding.effect == "forbid" for finding in findings)
    light = light_of(score, forbidden)
    steps = () if light == "green" else to_green(facts, findings, rules)
    return Verdict(
        light=light,
        score=score,
        forbidden=forbidden,
        findings=findings,
        to_green=tuple(step.sentence for step in steps),
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
