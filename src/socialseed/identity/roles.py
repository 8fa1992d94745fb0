"""What each role may do: one table, read by every route through `access`."""

from collections.abc import Mapping

from socialseed.core.errors import forbidden
from socialseed.runtime.actor import Actor

_APPROVER = frozenset({"actions:propose", "actions:approve", "tasks:complete", "stop:write"})
_ADMIN = _APPROVER | {
    "accounts:write",
    "targeting:write",
    "workspace:write",
    "keys:write",
    "members:write",
    "privacy:export",
    "policy:write",
}
_OWNER = _ADMIN | {"people:restore"}
GRANTS: Mapping[str, frozenset[str]] = {
    "viewer": frozenset(),
    "approver": _APPROVER,
    "admin": _ADMIN,
    "owner": _OWNER,
}
_MACHINE = frozenset({"actions:propose"})
_PERSONS_ONLY = frozenset({"actions:approve", "tasks:complete"})


def known(permission: str) -> bool:
    """Whether a route may ask for it: `<thing>:read`, `self:<verb>`, or one in the table."""
    thing, _, verb = permission.partition(":")
    return bool(thing) and (
        verb == "read" or (thing == "self" and bool(verb)) or permission in _OWNER
    )


def may(actor: Actor, permission: str) -> bool:
    """Whether `actor` may do it. An owner may everything; a machine may read and propose."""
    if permission.startswith("self:"):
        return actor.is_person and actor.role is not None
    if actor.kind == "api_key":
        return permission.endswith(":read") or permission in _MACHINE
    if actor.role is None:
        return False
    return permission.endswith(":read") or permission in GRANTS[actor.role]


def require(actor: Actor, permission: str) -> None:
    """Returns when `actor` may do it. Raises FORBIDDEN otherwise."""
    if may(actor, permission):
        return
    if actor.kind == "api_key" and permission in _PERSONS_ONLY:
        raise forbidden(
            "machine_may_not_approve",
            "An API key may propose and read. Sign in as a person to decide.",
        )
    raise forbidden("forbidden", f"Your role does not include {permission}. Ask an owner for it.")
