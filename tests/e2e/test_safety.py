"""What an owner may decide about safety, in the browser, and what follows from it."""

import re

from playwright.sync_api import expect

from tests.e2e.flying import LABEL, LOWER
from tests.e2e.hands import Tab, until
from tests.e2e.proposals import Proposals, word
from tests.support.client import Json

SOON = 20_000
USUAL, POLICY = "150", "Your policy for phase 2"


def _change(tab: Tab, value: str, why: str) -> None:
    page = tab.page
    page.get_by_label(LABEL).fill(value)
    page.get_by_label("Why", exact=True).first.fill(why)
    page.get_by_role("button", name="Save 1 change").click()
    expect(page.get_by_role("list", name="Earlier changes of the policy")).to_contain_text(
        why, timeout=SOON
    )


def test_a_change_binds_once_it_is_saved(tab: Tab, proposals: Proposals) -> None:
    page, mark = tab.page, word()
    tab.open("/settings/?tab=safety")
    _change(tab, LOWER, f"A quiet month, {mark}.")
    bound = [one["id"] for one in _accounts(proposals) if _is_bound(proposals, one["id"])]
    assert bound, "nobody in the middle of phase 2: visit a fresh demo"
    tab.open(f"/accounts/detail/?id={bound[0]}")
    expect(page.get_by_text(re.compile(POLICY)).first).to_be_visible()
    tab.open("/settings/?tab=safety")
    _change(tab, USUAL, f"The month is over, {mark}.")


def test_whoever_is_left_alone_is_taken_out_of_the_queue(tab: Tab, proposals: Proposals) -> None:
    page = tab.page
    action = next(one for one in _pending(proposals) if one["target_account"])
    handle, platform = action["target_account"], action["account"]["platform"]
    tab.open("/settings/?tab=safety")
    part = page.get_by_role("region", name="People left alone")
    part.get_by_label("Platform").select_option(platform)
    part.get_by_label("Handle").fill(f"@{handle}")
    part.get_by_label("Why").select_option("our_choice")
    part.get_by_role("button", name="Leave alone").click()
    expect(tab.toast).to_contain_text(f"@{handle} is left alone")
    row = part.get_by_role("listitem").filter(has_text=f"@{handle.lower()}")
    expect(row).to_contain_text("our choice")
    until(lambda: proposals.status(action["id"]) == "cancelled", 10, "taken out of the queue")
    row.get_by_role("button", name="Undo").click()
    expect(row).to_have_count(0, timeout=SOON)


def test_waking_hours_are_set_where_the_account_is(tab: Tab, proposals: Proposals) -> None:
    page = tab.page
    account = max(_accounts(proposals), key=lambda one: one["created_at"])
    tab.open(f"/accounts/detail/?id={account['id']}")
    page.get_by_role("button", name="More for this account").click()
    page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Until").select_option("10")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_contain_text("Choose from 4 to 18 hours a day; these are 2.")
    assert [one for one in tab.troubles if "422" not in one] == []
    tab.troubles.clear()
    dialog.get_by_label("Until").select_option("23")
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0, timeout=SOON)
    awake = page.get_by_role("term").filter(has_text="Awake").locator("+ dd")
    expect(awake).to_have_text("08:00 to 23:00")


def _is_bound(proposals: Proposals, account_id: str) -> bool:
    limits = proposals.person.account(account_id)["limits"]
    return any(one["kind"] == "all" and POLICY in one["source"] for one in limits)


def _accounts(proposals: Proposals) -> list[Json]:
    items: list[Json] = proposals.person.ask("GET", "/accounts", query={"limit": "200"})["items"]
    return items


def _pending(proposals: Proposals) -> list[Json]:
    query = {"limit": "200"}
    items: list[Json] = proposals.person.ask("GET", "/approvals/pending", query=query)["items"]
    return items
