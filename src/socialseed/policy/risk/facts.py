"""Facts as plain JSON and back, so that a verdict can be stored whole and replayed."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, cast

from socialseed.policy.capabilities.types import Capability
from socialseed.policy.risk.types import Contact, Facts, Use

_INSTANTS = ("now", "frozen_until", "last_action_at", "expected_at", "running_since")
_DATES = ("as_of", "recheck_on")
# Looked up by type: asking each value what it is would take longer than all rules together.
_FIELDS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (Facts, Capability, Use, Contact)
}
_AS_IT_IS = frozenset({str, int, float, bool, type(None)})


def facts_to_json(facts: Facts) -> dict[str, object]:
    """Every fact as a plain value; instants and dates in ISO 8601."""
    return cast(dict[str, object], _plain(facts))


def facts_from_json(stored: Mapping[str, object]) -> Facts:
    """The facts that `facts_to_json` was given. A fact that did not exist then takes its default.

    Raises TypeError when a fact without a default is not there.
    """
    raw = cast(
        dict[str, Any], {name: value for name, value in stored.items() if name in _FIELDS[Facts]}
    )
    for name in _INSTANTS:
        if raw.get(name) is not None:
            raw[name] = datetime.fromisoformat(raw[name])
    if raw.get("capability") is not None:
        raw["capability"] = _capability(raw["capability"])
    raw["uses"] = tuple(Use(**use) for use in raw["uses"])
    raw["contacts"] = tuple(_contact(contact) for contact in raw["contacts"])
    raw["mentions_left_alone"] = tuple(raw.get("mentions_left_alone") or ())
    return Facts(**raw)


def digest(facts: Facts) -> str:
    """SHA-256, in hexadecimal, of the facts as canonical JSON."""
    body = json.dumps(facts_to_json(facts), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(body.encode()).hexdigest()


def _plain(value: object) -> object:
    kind = type(value)
    if kind in _AS_IT_IS:
        return value
    names = _FIELDS.get(kind)
    if names is not None:
        return {name: _plain(getattr(value, name)) for name in names}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    raise TypeError(f"{kind.__name__} is no plain value")


def _capability(raw: Mapping[str, Any]) -> Capability:
    dates = {name: date.fromisoformat(raw[name]) for name in _DATES}
    return Capability(**{**raw, **dates})


def _contact(raw: Mapping[str, Any]) -> Contact:
    return Contact(**{**raw, "at": datetime.fromisoformat(raw["at"])})
