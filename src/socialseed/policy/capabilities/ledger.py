"""The capability ledger: platform x action x tier, each row with its source and date. It overrules
phases.

The rows stand in ledger.toml; nothing else in the product may say what a platform allows.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, TypedDict, cast

from socialseed.policy.capabilities.types import Capability, Condition, Mode

RECHECK_AFTER = timedelta(days=90)
Key = tuple[str, str, str]


class _Row(TypedDict, total=False):
    actions: list[str]
    tiers: list[str]
    mode: Mode
    needs_approval: bool
    sentence: str
    condition: Condition


class _Platform(TypedDict):
    tiers: list[str]
    as_of: date
    source: str
    rows: list[_Row]


def _expand(platform: str, sheet: _Platform) -> Iterator[Capability]:
    for row in sheet["rows"]:
        for action_type in row["actions"]:
            for tier in row.get("tiers", sheet["tiers"]):
                yield Capability(
                    platform=platform,
                    action_type=action_type,
                    tier=tier,
                    mode=row["mode"],
                    needs_approval=row.get("needs_approval", False),
                    sentence=row["sentence"],
                    source=sheet["source"],
                    as_of=sheet["as_of"],
                    recheck_on=sheet["as_of"] + RECHECK_AFTER,
                    condition=row.get("condition"),
                )


def _load() -> Mapping[Key, Capability]:
    body = files("socialseed.policy.capabilities").joinpath("ledger.toml").read_text("utf-8")
    sheets = cast(dict[str, _Platform], tomllib.loads(body))
    found: dict[Key, Capability] = {}
    for platform, sheet in sheets.items():
        for capability in _expand(platform, sheet):
            key = (platform, capability.action_type, capability.tier)
            if key in found:
                raise ValueError(f"ledger.toml says {key} twice.")
            found[key] = capability
    return MappingProxyType(found)


LEDGER = _load()
PLATFORMS: Sequence[str] = tuple(dict.fromkeys(key[0] for key in LEDGER))


def find(platform: str, action_type: str, tier: str) -> Capability | None:
    """The row for this action under this tier; None when the ledger is silent, which allows
    nothing.
    """
    return LEDGER.get((platform, action_type, tier))


def rows(platform: str) -> Sequence[Capability]:
    """All rows of a platform, by action and tier as written; empty for a platform without any."""
    return tuple(row for row in LEDGER.values() if row.platform == platform)


def mode_for(capability: Capability | None, summoned: bool | None, own_post: bool | None) -> Mode:
    """How this one action may be done, given what is known of its target.

    `summoned`: the author spoke to the account (mention or quote). `own_post`: the target is a post
    of the account, or a comment under one. Unknown (None) counts as no. No row: forbidden.
    """
    if capability is None:
        return "forbidden"
    if capability.mode != "api" or capability.condition is None:
        return capability.mode
    met: dict[Literal["summoned", "own_post"], bool | None] = {
        "summoned": summoned,
        "own_post": own_post,
    }
    return "api" if met[capability.condition] is True else "human"
