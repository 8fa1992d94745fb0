"""Scenarios: who takes part in a simulation and how its people behave, read from YAML.

Owns the shape and refuses what does not fit, naming the field. Every number is an assumption.
"""

from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import yaml
from msgspec import Meta

from socialseed.policy.capabilities.ledger import LEDGER
from socialseed.targeting.schemas import RuleAction

Platform = Literal["tiktok", "instagram", "twitter"]  # those that the sandbox plays
Share = Annotated[float, Meta(ge=0, le=1)]
Weight = Annotated[float, Meta(ge=0)]
Count = Annotated[int, Meta(ge=0, le=1_000)]
Positive = Annotated[float, Meta(gt=0)]
Hour = Annotated[float, Meta(ge=0, lt=24)]
Between = tuple[Annotated[int, Meta(ge=0)], Annotated[int, Meta(ge=0)]]
_ONE = 1.000001  # a sum of shares, as decimals add up
KINDS = ("creator", "business", "agency")  # of workspaces
REJECT_REASONS = ("off_topic", "wrong_person", "bad_text", "too_risky", "bad_timing")


class ScenarioError(ValueError):
    """The scenario cannot be played; the text names the field and what would fit."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Workspaces(_Part, frozen=True):
    """One kind of workspace: its weight among the accounts, its size, and what it asks for.

    `proposals`: the targeting budget of one account and day, from .. to.
    """

    weight: Weight
    accounts: Between
    proposals: Between


class Network(_Part, frozen=True):
    """One platform's part: its weight among the accounts, access tiers by weight, wanted kinds.

    `handles`: people of each interest that an owner knows by name; where there is a search, it
    finds them.
    """

    weight: Weight
    tiers: dict[str, Weight]
    handles: Annotated[int, Meta(ge=0, le=500)]
    kinds: Annotated[tuple[RuleAction, ...], Meta(min_length=1)]


class Accounts(_Part, frozen=True):
    """The accounts as they come: spread over `arrive_days`, `established` of them not new."""

    arrive_days: Annotated[int, Meta(ge=1)]
    established: Share
    new_age_days: Between
    old_age_days: Between
    new_followers: Between
    old_followers: Between
    zones: Annotated[tuple[str, ...], Meta(min_length=1)]


class Answers(_Part, frozen=True):
    """How a reviewer answers proposals of one light; what is neither is left to expire.

    `seconds` a decision takes, `edit_seconds` more with an edit.
    """

    approve: Share
    edit: Share
    reject: Share
    seconds: Positive
    edit_seconds: Weight = 30.0


class Reviewer(_Part, frozen=True):
    """Who decides: at these local hours, at most so many minutes each time.

    `late_minutes`: the latest that a look begins after its hour. `skips`: looks left out.
    """

    hours: Annotated[tuple[Hour, ...], Meta(min_length=1)]
    minutes: Positive
    late_minutes: Count
    skips: Share
    green: Answers
    yellow: Answers
    red: Answers

    def answers(self, light: str) -> Answers:
        """How proposals of this light are answered."""
        return {"green": self.green, "yellow": self.yellow}.get(light, self.red)


class Doer(_Part, frozen=True):
    """Who does unlocked tasks: at these local hours, at most `tasks` of an account in a sitting.

    `done` and `gone` (the target is not there) are shares; the rest changes his mind.
    """

    hours: Annotated[tuple[Hour, ...], Meta(min_length=1)]
    tasks: Annotated[int, Meta(ge=1)]
    late_minutes: Count
    skips: Share
    seconds: Positive
    done: Share
    gone: Share


class Owner(_Part, frozen=True):
    """What an owner does beside: posts and listens every so many days, answers to trouble.

    `trouble_hours`: how long a lost connection or a challenge waits for its owner. An account
    that waits for its phase is measured every `seldom_days`, daily in the last `recent_days`.
    """

    post_every_days: Annotated[int, Meta(ge=1)]
    listen_every_days: Annotated[int, Meta(ge=1)]
    replies: Count
    trouble_hours: Positive
    seldom_days: Annotated[int, Meta(ge=1)] = 1
    recent_days: Count = 0


class Habits(_Part, frozen=True):
    """How the people of a workspace behave."""

    reviewer: Reviewer
    doer: Doer
    owner: Owner


class Tools(_Part, frozen=True):
    """How the policies other than ours behave.

    `pause_hours` after a refusal by the platform; `between_minutes` and `hours` of uniform-random.
    """

    pause_hours: Positive
    between_minutes: tuple[Positive, Positive]
    hours: tuple[Hour, Hour]


class Scenario(_Part, frozen=True):
    """A whole world: its `people` a platform, the population, and how everybody behaves."""

    name: str
    about: str
    people: Annotated[int, Meta(ge=50, le=50_000)]
    interests: Between
    workspaces: dict[str, Workspaces]
    platforms: dict[Platform, Network]
    accounts: Accounts
    habits: Habits
    tools: Tools


def load(wish: str | Path) -> Scenario:
    """The scenario of a YAML file, or a shipped one by its name. Raises ScenarioError."""
    path = Path(wish)
    if path.suffix in (".yaml", ".yml"):
        try:
            return read(path.read_text("utf-8"))
        except OSError as error:
            raise ScenarioError(f"cannot read {wish}: {error.strerror}") from error
    known = sorted(
        one.name.removesuffix(".yaml")
        for one in (files(__package__) / "scenarios").iterdir()
        if one.name.endswith(".yaml")
    )
    if str(wish) not in known:
        raise ScenarioError(f"no scenario {wish!s}; there are {', '.join(known)}, or a .yaml file")
    return read((files(__package__) / "scenarios" / f"{wish}.yaml").read_text("utf-8"))


def read(text: str) -> Scenario:
    """The scenario in a YAML text. Raises ScenarioError."""
    try:
        found = msgspec.convert(yaml.safe_load(text), Scenario)
    except yaml.YAMLError as error:
        raise ScenarioError(f"the scenario is no YAML: {error}") from error
    except msgspec.ValidationError as error:
        raise ScenarioError(f"the scenario does not fit: {error}") from error
    _check(found)
    return found


def _check(scenario: Scenario) -> None:
    if unknown := sorted(set(scenario.workspaces) - set(KINDS)):
        _wrong(f"workspaces.{unknown[0]}", f"there are {', '.join(KINDS)}")
    _weigh("workspaces", {k: v.weight for k, v in scenario.workspaces.items()})
    _weigh("platforms", {k: v.weight for k, v in scenario.platforms.items()})
    for kind, one in scenario.workspaces.items():
        _rising(f"workspaces.{kind}.accounts", one.accounts, least=1)
        _rising(f"workspaces.{kind}.proposals", one.proposals)
    for platform, network in scenario.platforms.items():
        _check_tiers(platform, network.tiers)
    _rising("interests", scenario.interests, least=2)
    _check_accounts(scenario.accounts)
    _check_people(scenario.habits)
    low, high = scenario.tools.between_minutes
    if low > high:
        _wrong("tools.between_minutes", "the first is at most the second")


def _check_tiers(platform: str, tiers: Mapping[str, float]) -> None:
    _weigh(f"platforms.{platform}.tiers", tiers)
    known = LEDGER.tiers(platform)
    if stray := sorted(set(tiers) - set(known)):
        _wrong(f"platforms.{platform}.tiers.{stray[0]}", f"there are {', '.join(known)}")


def _check_accounts(accounts: Accounts) -> None:
    for name in ("new_age_days", "old_age_days", "new_followers", "old_followers"):
        _rising(f"accounts.{name}", getattr(accounts, name))
    for zone in accounts.zones:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            _wrong("accounts.zones", f"{zone!r} is no IANA time zone")


def _check_people(habits: Habits) -> None:
    for light in ("green", "yellow", "red"):
        answers = habits.reviewer.answers(light)
        if answers.approve + answers.edit + answers.reject > _ONE:
            _wrong(f"habits.reviewer.{light}", "approve, edit and reject are at most 1 together")
    if habits.doer.done + habits.doer.gone > _ONE:
        _wrong("habits.doer", "done and gone are at most 1 together")


def _weigh(field: str, weights: Mapping[str, float]) -> None:
    if sum(weights.values()) <= 0:
        _wrong(field, "one weight at least is above 0")


def _rising(field: str, pair: tuple[int, int], least: int = 0) -> None:
    if not least <= pair[0] <= pair[1]:
        _wrong(field, f"two numbers from {least} on, the first at most the second")


def _wrong(field: str, detail: str) -> None:
    raise ScenarioError(f"the scenario does not fit: {detail} - at `$.{field}`")
