"""The queue without a mouse: every decision by key, no key taken from what is being written."""

from contextlib import suppress

from playwright.sync_api import TimeoutError as PlaywrightTimeout
from playwright.sync_api import expect

from tests.e2e.hands import Tab, until
from tests.e2e.proposals import Proposals, word

_HAS_FOCUS = """id => document.activeElement
  ?.closest("[data-testid=queue-row]")?.dataset.id === id"""


def _is_next(tab: Tab, action_id: str) -> None:
    """The row is the current one, is shown, and has the keyboard's focus."""
    expect(tab.row(action_id)).to_have_attribute("data-current", "true")
    expect(tab.detail).to_have_attribute("data-id", action_id)
    tab.page.wait_for_function(_HAS_FOCUS, arg=action_id, timeout=3000)


def test_typing_fast_after_e_loses_no_letter_and_approves_nothing(
    tab: Tab, proposals: Proposals
) -> None:
    mark = word()
    made = proposals.waiting(f"Grandmother's loom still works, {mark}.")
    text = made["target_data"]["text"]
    # Every letter that is a key of the queue, twice, and the keys that begin a jump.
    typed = " area sxs uja?/ Aard jkru gq gt ESX ra123456 approve us all"
    tab.open_queue(mark, 1)
    tab.page.keyboard.type(f"e{typed}", delay=0)
    expect(tab.page.get_by_test_id("draft")).to_have_value(text + typed)
    expect(tab.page.get_by_test_id("draft")).to_be_focused()
    assert "/approvals/" in tab.page.url
    events = proposals.events(made["id"])
    assert not {"action.approved", "action.edited", "action.rejected", "action.snoozed"} & {*events}
    assert proposals.status(made["id"]) == "awaiting_approval"
    tab.press("Escape")
    expect(tab.page.get_by_test_id("draft-text")).to_have_text(text)


def test_the_queue_is_worked_by_keyboard_alone(tab: Tab, proposals: Proposals) -> None:
    mark = word()
    sentences = (
        "A quiet morning among the tomatoes",
        "Chalk dust gets everywhere, even on Sundays",
        "Who keeps the receipts for joy?",
        "Our ladder has nine steps and a story",
        "Salt, rope, tar: the harbour in three smells",
    )
    made = [proposals.waiting(f"{one}, {mark}.")["id"] for one in sentences]
    page = tab.page
    tab.open("/")
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    # Keys count once the page is alive, and the second one only if it follows soon.
    expect(page.locator("[data-live=live]").first).to_be_visible(timeout=30_000)
    for _ in range(5):
        tab.press("g")
        tab.press("q")
        with suppress(PlaywrightTimeout):
            page.wait_for_url("**/approvals/**", timeout=5_000)
            break
    expect(tab.rows.first).to_be_visible(timeout=30_000)
    tab.press("/")
    expect(page.get_by_label("Search approvals")).to_be_focused()
    page.keyboard.type(mark)
    tab.press("Enter")
    expect(tab.rows).to_have_count(5)
    expect(tab.detail).to_have_attribute("data-id", made[0])

    tab.press("j")
    _is_next(tab, made[1])
    tab.press("ArrowUp")
    _is_next(tab, made[0])
    tab.press("a")
    expect(tab.row(made[0])).to_have_count(0)
    _is_next(tab, made[1])
    tab.press("r")
    expect(page.get_by_role("dialog")).to_be_visible()
    tab.press("4")
    expect(tab.row(made[1])).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    _is_next(tab, made[2])
    tab.press("s")
    expect(tab.row(made[2])).to_have_count(0)
    _is_next(tab, made[3])
    tab.press("e")
    page.keyboard.type(" And a view.")
    tab.press("Control+Enter")
    expect(tab.row(made[3])).to_have_count(0)
    _is_next(tab, made[4])
    until(
        lambda: (
            [proposals.status(one) for one in made]
            == ["scheduled", "rejected", "awaiting_approval", "scheduled", "awaiting_approval"]
        ),
        10,
        "each decided as its key says",
    )
    rejected = proposals.person.action(made[1])
    assert rejected["timeline"][-1]["data"]["reason"] == "too_risky"
    assert proposals.person.action(made[2])["snoozed_until"] is not None
    assert proposals.person.action(made[3])["target_data"]["text"].endswith("And a view.")
    for one in (made[0], made[3]):
        proposals.person.ask("POST", f"/actions/{one}/cancel", {})
