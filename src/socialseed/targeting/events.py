"""What targeting tells the log."""

from uuid import UUID

from socialseed.core.events import Event, Plain


def rule_created(rule_id: UUID, name: str, platform: str, account_id: UUID | None) -> Event:
    """A rule was added."""
    data = {"rule_id": str(rule_id), "name": name, "platform": platform}
    return Event("rule.created", f"Targeting rule “{name}” was added.", account_id, None, data)


def rule_updated(rule_id: UUID, name: str, changed: list[str]) -> Event:
    """A rule was changed."""
    data: dict[str, Plain] = {"rule_id": str(rule_id), "name": name, "changed": [*changed]}
    return Event("rule.updated", f"Targeting rule “{name}” was changed.", data=data)


def rule_deleted(rule_id: UUID, name: str) -> Event:
    """A rule was deleted with its candidates; what it proposed stays."""
    data = {"rule_id": str(rule_id), "name": name}
    return Event("rule.deleted", f"Targeting rule “{name}” was deleted.", data=data)


def discovered(
    rule_id: UUID, name: str, account_id: UUID | None, *, found: int, new: int, note: str
) -> Event:
    """A search for people ended. `note` says what stood in its way, '' for nothing."""
    people = "1 new candidate" if new == 1 else f"{new} new candidates"
    sentence = f"Targeting rule “{name}” found {people}.{' ' + note if note else ''}"
    data: dict[str, Plain] = {
        "rule_id": str(rule_id),
        "name": name,
        "found": found,
        "new": new,
        "note": note,
    }
    return Event("candidates.discovered", sentence, account_id, None, data)
