"""Who takes part: workspaces and their accounts, drawn from a scenario and a seed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from socialseed.core.rng import Rng, derive
from socialseed.sandbox.world import words
from socialseed.sim.desk import NewPerson
from socialseed.sim.scenario import Scenario
from socialseed.targeting.schemas import RuleAction

Word = TypeVar("Word", bound=str)


@dataclass(frozen=True, slots=True)
class Member:
    """One account of the population, `number` from 0; it is connected on day `arrives`."""

    number: int
    person: NewPerson
    established: bool
    tier: str
    action_types: Sequence[RuleAction]
    proposals: int  # its targeting budget a day
    handles: int
    arrives: int

    @property
    def interests(self) -> Sequence[str]:
        """One rule each."""
        return self.person.interests

    @property
    def daily_budget(self) -> int:
        """Of each rule; all together a little more than what is wanted, for rules run dry."""
        return max(1, -(-self.proposals * 3 // (2 * len(self.interests))))

    @property
    def planned(self) -> tuple[int, int]:
        """Some mornings a little less is wanted."""
        return max(0, self.proposals - 2), self.proposals


@dataclass(frozen=True, slots=True)
class Firm:
    """One workspace: a creator's, a business's or an agency's; its people live in `zone`."""

    number: int
    kind: str
    zone: str
    members: Sequence[Member]


def populate(scenario: Scenario, seed: str, accounts: int) -> Sequence[Firm]:
    """Workspaces with `accounts` accounts in all; the same for the same seed.

    Platforms, kinds of workspaces and tiers come in the scenario's proportions, not by luck.
    """
    fair = _Fair()
    firms: list[Firm] = []
    left = accounts
    while left > 0:
        number = len(firms)
        rng = derive(seed, "firm", number)
        weights = {kind: one.weight for kind, one in scenario.workspaces.items()}
        kind = fair.next("kind", weights, 0)
        size = min(left, rng.randint(*scenario.workspaces[kind].accounts))
        fair.deal("kind", kind, size)
        zone = rng.choice(scenario.accounts.zones)
        made = accounts - left
        members = [_member(scenario, fair, seed, made + place, kind, zone) for place in range(size)]
        firms.append(Firm(number, kind, zone, members))
        left -= size
    return firms


def shares(scenario: Scenario, seed: str, accounts: int, count: int) -> Sequence[Sequence[Firm]]:
    """The population dealt to `count` processes, so that all have about as many accounts."""
    dealt: list[list[Firm]] = [[] for _ in range(count)]
    for firm in populate(scenario, seed, accounts):
        least = min(dealt, key=lambda firms: sum(len(one.members) for one in firms))
        least.append(firm)
    return dealt


class _Fair:
    """Deals words out in the proportion of their weights: whoever is furthest behind comes next."""

    def __init__(self) -> None:
        self._dealt: dict[str, Counter[str]] = {}

    def next(self, pile: str, weights: Mapping[Word, float], size: int = 1) -> Word:
        """The word that is furthest behind, dealt `size` times."""
        dealt = self._dealt.setdefault(pile, Counter())
        whole, count = sum(weights.values()), dealt.total() + 1
        behind = {w: weight / whole * count - dealt[w] for w, weight in weights.items() if weight}
        chosen = max(behind, key=lambda word: behind[word])
        self.deal(pile, chosen, size)
        return chosen

    def deal(self, pile: str, word: str, size: int) -> None:
        """`word` is dealt `size` times more."""
        self._dealt[pile][word] += size


def _member(
    scenario: Scenario, fair: _Fair, seed: str, number: int, kind: str, home: str
) -> Member:
    rng, rules = derive(seed, "member", number), scenario.accounts
    platform = fair.next("platform", {p: n.weight for p, n in scenario.platforms.items()})
    network = scenario.platforms[platform]
    tier = fair.next(f"tier {platform}", network.tiers)
    shares = {"old": rules.established, "new": 1 - rules.established}
    old = fair.next(f"age {platform}", shares) == "old"
    interests = rng.sample(words.INTERESTS, rng.randint(*scenario.interests))
    zone = home if kind != "agency" else rng.choice(rules.zones)
    return Member(
        number,
        _person(scenario, rng, platform, number, interests, zone, old),
        old,
        tier,
        network.kinds,
        rng.randint(*scenario.workspaces[kind].proposals),
        network.handles,
        rng.randrange(rules.arrive_days),
    )


def _person(
    scenario: Scenario,
    rng: Rng,
    platform: str,
    number: int,
    interests: Sequence[str],
    zone: str,
    old: bool,
) -> NewPerson:
    rules = scenario.accounts
    age = rng.randint(*(rules.old_age_days if old else rules.new_age_days))
    followers = _skewed(rng, rules.old_followers if old else rules.new_followers)
    tag = "".join(c for c in interests[0] if c.isalpha())
    return NewPerson(
        platform,
        f"{tag}_{number:03d}",
        f"{interests[0].title()} {number:03d}",
        f"Mostly {interests[0]} and {interests[1]}.",
        tuple(interests),
        followers,
        rng.randint(50, 700),
        max(3, age // rng.randint(4, 12)),
        zone,
        age,
    )


def _skewed(rng: Rng, between: tuple[int, int]) -> int:
    """Many small accounts, few big ones."""
    low, high = between
    return round(low + (high - low) * rng.random() ** 3)
