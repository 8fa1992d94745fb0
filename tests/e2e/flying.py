"""Asks what a change of the policy would do, and looks at the answer."""

import re

from playwright.sync_api import expect

from tests.e2e.hands import Tab

LABEL, LOWER = "Actions a day at the end of phase 2", "120"
SOON = 20_000
FLIGHT = 400_000  # ms; two worlds of six accounts over 45 days, behind everything else
_STATUS = "data-status"


def take_off(tab: Tab) -> None:
    """A simulation of today's numbers and of a lower one is under way; nothing is saved."""
    page = tab.page
    tab.open("/settings/?tab=safety")
    page.get_by_label(LABEL).fill(LOWER)
    page.get_by_role("button", name="Simulate the change").click()
    flown = page.get_by_test_id("simulation")
    expect(flown).to_have_attribute(_STATUS, re.compile("waiting|running"), timeout=SOON)


def land(tab: Tab) -> None:
    """Both worlds are shown side by side, and in neither anything was exceeded or broken."""
    page = tab.page
    tab.open("/settings/?tab=safety")
    flown = page.get_by_test_id("simulation")
    expect(flown).to_have_attribute(_STATUS, "finished", timeout=FLIGHT)
    table = page.get_by_role("table", name="What came of it")
    for row in ("Limits exceeded", "Invariants broken"):
        expect(table.get_by_role("row").filter(has_text=row)).to_have_text(re.compile(r"0\s*0$"))
    for world in ("Today", "Changed"):
        expect(page.get_by_role("region", name=world)).to_be_visible()
