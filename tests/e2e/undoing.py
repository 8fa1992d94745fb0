"""Approves one action and takes that back, all by key."""

from dataclasses import dataclass
from datetime import UTC, datetime

from playwright.sync_api import expect

from tests.e2e.hands import Tab, instant, until
from tests.e2e.proposals import Proposals, word
from tests.support.client import Json


@dataclass(frozen=True)
class Undone:
    """The action, when it would have gone out, and when that was taken back."""

    action: Json
    due: datetime
    taken_back: datetime


def approve_and_undo(tab: Tab, proposals: Proposals) -> Undone:
    """An action was approved with A and is back in the queue by U, chosen again."""
    mark = word()
    kept = proposals.sendable(f"Nobody told the kiln about the holiday, {mark}.")
    row = tab.row(kept["id"])
    tab.open_queue(mark, 1)
    tab.press("a")
    expect(row).to_have_count(0)
    expect(tab.toast).to_contain_text("Approved")
    until(lambda: proposals.status(kept["id"]) == "scheduled", 8, "approved")
    due = instant(proposals.person.action(kept["id"])["scheduled_at"])
    tab.press("u")
    expect(row).to_be_visible()
    expect(row).to_have_attribute("data-current", "true")
    return Undone(kept, due, datetime.now(UTC))
