"""Follows one approved action on its own page until the platform has it."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from tests.e2e.hands import Tab, instant
from tests.e2e.proposals import Proposals
from tests.support.client import Json

SOON = timedelta(seconds=20)


def open_action(tab: Tab, action_id: str) -> None:
    """The action's page, which no later step loads again."""
    tab.open(f"/activity/detail/?id={action_id}")
    expect(tab.page.get_by_test_id("activity-detail")).to_have_attribute("data-id", action_id)


def hurry(tab: Tab, proposals: Proposals, action_id: str) -> None:
    """The action is due soon: by its account's own pace, else by Execute now on its page."""
    action = proposals.person.action(action_id)
    if action["status"] == "scheduled" and not _is_soon(action):
        tab.page.get_by_role("button", name="Execute now").click()


def _is_soon(action: Json) -> bool:
    return instant(action["scheduled_at"]) - datetime.now(UTC) < SOON


def see_status(tab: Tab, status: str, seconds: float) -> None:
    """The open page comes to say this by itself."""
    detail = tab.page.get_by_test_id("activity-detail")
    expect(detail).to_have_attribute("data-status", status, timeout=seconds * 1000)
