"""Facts as plain JSON and back, so that a verdict can be stored whole and replayed."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any, cast

import orjson

from socialseed.policy.capabilities.types import Capability
from socialseed.policy.risk.types import Contact, Facts, Use

_INSTANTS = ("now", "frozen_until", "last_action_at", "expected_at", "running_since")
_DATES = ("as_of", "recheck_on")
# Looked up by type: asking each value what it is would take longer than all rules together.
_FIELDS: Mapping[type, tuple[str, ...]] = {
    kind: tuple(field.name for field in fields(kind)) for kind in (Facts, Capability, Use, Contact)
}
_AS_IT_IS = frozenset({str, int, float, bool, type(None)})


def facts_json(facts: Facts) -> bytes:
    """The facts as JSON, in the order of their declaration; instants and dates in ISO 8601."""
    return orjson.dumps(facts)


def facts_to_json(facts: Facts) -> dict[str, object]:
    """Every fact as the plain value that it has in JSON."""
    return cast(dict[str, object], orjson.loads(facts_json(facts)))


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
    raw["missing_scopes"] = tuple(raw.get("missing_scopes", ()))
    raw["contacts"] = tuple(_contact(contact) for contact in raw["contacts"])
    raw["mentions_left_alone"] = tuple(raw.get("mentions_left_alone") or ())
    return Facts(**raw)


def digest(facts: Facts) -> str:
    """SHA-256, in hexadecimal, of the facts as JSON: the same facts are the same text."""
    return hashlib.sha256(facts_json(facts)).hexdigest()


def _capability(raw: Mapping[str, Any]) -> Capability:
    dates = {name: date.fromisoformat(raw[name]) for name in _DATES}
    return Capability(**{**raw, **dates})


def _contact(raw: Mapping[str, Any]) -> Contact:
    return Contact(**{**raw, "at": datetime.fromisoformat(raw["at"])})
