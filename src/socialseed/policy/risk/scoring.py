"""What findings add up to: points, and the light that they make."""

from collections.abc import Iterable, Sequence

from socialseed.policy.risk.types import Facts, Finding, Light, Rule
from socialseed.policy.risk.weights import FULL, RED_FROM, YELLOW_FROM


def points(finding: Finding) -> int:
    """What one finding adds; never less than nothing, so that no rule makes a verdict milder."""
    if finding.effect == "info":
        return 0
    return max(0, FULL if finding.effect == "forbid" else finding.weight)


def findings_of(facts: Facts, rules: Iterable[Rule]) -> list[Finding]:
    """What the rules say, in their order."""
    return [finding for rule in rules if (finding := rule(facts)) is not None]


def load(findings: Sequence[Finding]) -> int:
    """All points together, uncapped. Below YELLOW_FROM it is green, for a forbid alone is more."""
    return sum(map(points, findings))


def light_of(score: int, forbidden: bool) -> Light:
    """The light of a score; whatever is forbidden is red."""
    if forbidden or score >= RED_FROM:
        return "red"
    return "yellow" if score >= YELLOW_FROM else "green"
