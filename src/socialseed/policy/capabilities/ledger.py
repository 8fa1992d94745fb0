"""The capability ledger: platform x action x tier, each row with its source and date. It overrules
phases.

The rows stand in ledger.toml; nothing else in the product may say what a platform allows. A ledger
is a value: planner, executor and API read the one that their runtime holds.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from importlib.resources import files
from types import MappingProxyType
from typing import Literal, TypedDict, cast, get_args

from socialseed.policy.capabilities.types import (
    Capability,
    Condition,
    Daily,
    Entry,
    Mode,
    Visibility,
)

RECHECK_AFTER = timedelta(days=90)
READS = frozenset({"search", "insights", "mentions"})
Key = tuple[str, str, str]


class _Kind(TypedDict, total=False):
    call: str
    quota: str
    gate: str
    scopes: list[str] | dict[str, list[str]]
    most_media: int
    cover: bool


class _Row(TypedDict, total=False):
    actions: list[str]
    tiers: list[str]
    mode: Mode
    needs_approval: bool
    sentence: str
    condition: Condition
    visibility: Visibility
    accounts_a_day: int
    source: str
    as_of: date
    recheck_on: date


class _Day(TypedDict):
    most: int
    source: str


class _Platform(TypedDict, total=False):
    name: str
    tiers: list[str]
    as_of: date
    recheck_on: date
    source: str
    kinds: dict[str, _Kind]
    days: dict[str, _Day]
    rows: list[_Row]


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every line by platform, kind and tier, as written, what people call the platforms, and the
    platforms' own numbers of a kind in a day.
    """

    entries: Mapping[Key, Entry]
    names: Mapping[str, str]
    days: Mapping[tuple[str, str], Daily] = field(default_factory=dict)

    def __hash__(self) -> int:
        return hash((len(self.entries), *self.names))

    @property
    def platforms(self) -> Sequence[str]:
        """All platforms, also those that the product has no connector for."""
        return tuple(self.names)

    def tiers(self, platform: str) -> Sequence[str]:
        """The platform's access tiers, the usual one first; empty for an unknown platform."""
        return tuple(dict.fromkeys(key[2] for key in self.entries if key[0] == platform))

    def entry(self, platform: str, kind: str, tier: str) -> Entry | None:
        """The line for this kind under this tier; None when the ledger is silent."""
        return self.entries.get((platform, kind, tier))

    def find(self, platform: str, kind: str, tier: str) -> Capability | None:
        """As `entry`, only what may be done. Silence allows nothing."""
        found = self.entry(platform, kind, tier)
        return found.capability if found is not None else None

    def lines(self, platform: str) -> Sequence[Entry]:
        """All lines of a platform, reads too, by kind and tier as written."""
        return tuple(one for key, one in self.entries.items() if key[0] == platform)

    def rows(self, platform: str) -> Sequence[Capability]:
        """What is said of a platform's actions, reads left out."""
        found = (one.capability for one in self.lines(platform))
        return tuple(row for row in found if row.action_type not in READS)

    def holding(
        self, platform: str, kind: str, tier: str, performs: frozenset[str] | None
    ) -> Capability | None:
        """The row as it holds for a product whose connector can do `performs`.

        What it lacks is never `api`: an action is left to a person, a read is forbidden. None
        means that there is no connector at all, so nothing is possible.
        """
        row = self.find(platform, kind, tier)
        if row is None or row.mode == "forbidden":
            return row
        name = self.names[platform]
        if performs is None:
            sentence = f"SocialSeed has no connector for {name} yet."
            return replace(row, mode="forbidden", sentence=sentence, condition=None)
        if row.mode == "human" or kind in performs:
            return row
        if kind in READS:
            sentence = f"SocialSeed does not read this from {name} yet."
            return replace(row, mode="forbidden", sentence=sentence)
        sentence = f"SocialSeed has no call for this on {name} yet. Do it by hand in {name}."
        return replace(row, mode="human", sentence=sentence, condition=None)

    def lacks(self, platform: str, kind: str, tier: str, granted: Sequence[str]) -> tuple[str, ...]:
        """As `Entry.lacks`, for this kind under this tier; none when the ledger is silent."""
        found = self.entry(platform, kind, tier)
        return found.lacks(granted) if found is not None else ()

    def daily(self, platform: str, kind: str) -> Daily | None:
        """The platform's own number of this kind for one account in a day, where it states one."""
        return self.days.get((platform, kind))

    def capped(self, kind: str) -> Sequence[str]:
        """`platform/tier` of each row of this kind that only some accounts a day may use."""
        found = (one.capability for key, one in self.entries.items() if key[1] == kind)
        return [f"{row.platform}/{row.tier}" for row in found if row.accounts_a_day is not None]

    def joined(self, other: "Ledger") -> "Ledger":
        """This ledger with `other`'s platforms too. Raises ValueError for one that both have."""
        twice = sorted(self.names.keys() & other.names.keys())
        if twice:
            raise ValueError(f"The ledger has {twice[0]} twice.")
        entries = MappingProxyType({**self.entries, **other.entries})
        return Ledger(entries, MappingProxyType({**self.names, **other.names}))

    def saying(self, *rows: Capability) -> "Ledger":
        """This ledger with these rows in place of its own."""
        entries = dict(self.entries)
        for row in rows:
            key = (row.platform, row.action_type, row.tier)
            entries[key] = replace(entries.get(key) or Entry(row), capability=row)
        return replace(self, entries=MappingProxyType(entries))


def parse(body: str) -> Ledger:
    """The ledger written in TOML as ledger.toml is. Raises ValueError for a row said twice, an
    unknown mode or a tier that the platform does not have.
    """
    sheets = cast(dict[str, _Platform], tomllib.loads(body))
    found: dict[Key, Entry] = {}
    for platform, sheet in sheets.items():
        for entry in _expand(platform, sheet):
            row = entry.capability
            key = (platform, row.action_type, row.tier)
            if key in found:
                raise ValueError(f"The ledger says {key} twice.")
            if row.mode not in get_args(Mode) or row.tier not in sheet["tiers"]:
                raise ValueError(f"The ledger's row {key} has an unknown mode or tier.")
            found[key] = entry
    names = {platform: sheet["name"] for platform, sheet in sheets.items()}
    days = {
        (platform, kind): Daily(**day)
        for platform, sheet in sheets.items()
        for kind, day in sheet.get("days", {}).items()
    }
    return Ledger(MappingProxyType(found), MappingProxyType(names), MappingProxyType(days))


def _expand(platform: str, sheet: _Platform) -> Iterator[Entry]:
    for row in sheet["rows"]:
        for kind in row["actions"]:
            for tier in row.get("tiers", sheet["tiers"]):
                capability = _capability(platform, kind, tier, row, sheet)
                yield _entry(capability, sheet.get("kinds", {}).get(kind, {}))


def _capability(platform: str, kind: str, tier: str, row: _Row, sheet: _Platform) -> Capability:
    as_of = row.get("as_of", sheet["as_of"])
    usual = as_of + RECHECK_AFTER if "as_of" in row else sheet["recheck_on"]
    return Capability(
        platform=platform,
        action_type=kind,
        tier=tier,
        mode=row["mode"],
        needs_approval=row.get("needs_approval", False),
        sentence=row["sentence"],
        source=row.get("source", sheet["source"]),
        as_of=as_of,
        recheck_on=row.get("recheck_on", usual),
        condition=row.get("condition"),
        visibility=row.get("visibility", "public"),
        accounts_a_day=row.get("accounts_a_day"),
    )


def _entry(row: Capability, kind: _Kind) -> Entry:
    scopes = kind.get("scopes", [])
    return Entry(
        row,
        call=kind.get("call"),
        quota=kind.get("quota"),
        gate=kind.get("gate"),
        scopes=tuple(scopes.get(row.tier, ()) if isinstance(scopes, dict) else scopes),
        most_media=kind.get("most_media"),
        cover=kind.get("cover", False),
    )


def written() -> str:
    """The text of ledger.toml."""
    return files("socialseed.policy.capabilities").joinpath("ledger.toml").read_text("utf-8")


LEDGER = parse(written())
PLATFORMS = LEDGER.platforms
find = LEDGER.find
rows = LEDGER.rows


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
