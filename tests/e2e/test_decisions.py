"""Proposals that are decided in a browser, and what the platforms then receive."""

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.hands import Seat, Tab, opened, until
from tests.e2e.proposals import Proposals, word
from tests.e2e.sending import hurry, open_action, see_status
from tests.e2e.undoing import Undone

SENT_WITHIN = 120.0


def test_sign_in_approve_with_one_key_and_watch_it_go_out(
    browser: Browser, seat: Seat, proposals: Proposals
) -> None:
    mark = word()
    going = proposals.sendable(f"Fresh paint on the workshop door today, {mark}.")
    risky = proposals.waiting(f"We count our brushes every Friday, {mark}.", "red")
    with opened(browser, seat, signed_in=False) as tab:
        page = tab.page
        tab.open("/login/")
        page.get_by_label("Email").fill(seat.email)
        page.get_by_label("Password").fill(seat.password)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("heading", name="Overview")).to_be_visible(timeout=20_000)

        tab.open_queue(mark, 2)
        expect(tab.row(risky["id"])).to_have_attribute("data-light", "red")
        expect(tab.row(going["id"])).to_have_attribute("data-light", going["light"])
        tab.choose(risky["id"])
        for reason in risky["reasons"]:
            expect(tab.detail).to_contain_text(reason["sentence"])
        tab.choose(going["id"])
        tab.press("a")
        expect(tab.row(going["id"])).to_have_count(0)

        open_action(tab, going["id"])
        until(lambda: proposals.status(going["id"]) != "awaiting_approval", 10, "approved")
        hurry(tab, proposals, going["id"])
        see_status(tab, "succeeded", SENT_WITHIN)
    assert len(seat.performed(going["target_data"]["text"])) == 1


@pytest.mark.usefixtures("flight")  # asked early, answered while the other journeys go on
def test_an_edited_text_is_what_goes_out(tab: Tab, seat: Seat, proposals: Proposals) -> None:
    mark = word()
    going = proposals.sendable(f"Seven sketches and only one survived, {mark}.")
    text = going["target_data"]["text"]
    edited = f"{text} More on Sunday – with photos & notes."
    tab.open_queue(mark, 1)
    tab.press("e")
    expect(tab.page.get_by_test_id("draft")).to_be_focused()
    tab.page.keyboard.type(edited.removeprefix(text))
    tab.press("Control+Enter")
    expect(tab.toast).to_contain_text("Approved, edited")
    open_action(tab, going["id"])
    hurry(tab, proposals, going["id"])
    see_status(tab, "succeeded", SENT_WITHIN)
    assert len(seat.performed(edited)) == 1
    assert seat.performed(text) == []


def test_undo_within_the_hold_brings_it_back(undone: Undone, proposals: Proposals) -> None:
    action_id = undone.action["id"]
    assert proposals.status(action_id) == "awaiting_approval"
    assert proposals.events(action_id)[-1] == "action.undone"


def test_only_green_ones_are_approved_together(tab: Tab, proposals: Proposals) -> None:
    mark = word()
    lights = ("green", "green", "yellow", "red")
    sentences = (
        f"The ferry was late and nobody minded, {mark}.",
        f"Coffee first, then the hill behind the house, {mark}.",
        f"Our lamp oil lasts a whole winter, {mark}.",
        f"Count on blue tiles for this kitchen, {mark}.",
    )
    made = [proposals.waiting(*one) for one in zip(sentences, lights, strict=True)]
    tab.open_queue(mark, 4)
    tab.choose(made[0]["id"])
    for place in range(4):
        tab.press("x")
        expect(tab.page.get_by_role("group", name="Selection")).to_contain_text(
            f"{place + 1} selected"
        )
        tab.press("j")
    expect(tab.page.get_by_role("group", name="Selection")).to_contain_text("1 high, 1 medium")
    expect(tab.page.get_by_test_id("bulk-approve")).to_be_disabled()
    tab.press("Shift+A")
    expect(tab.rows).to_have_count(2)
    expect(tab.toast).to_contain_text("review one by one")
    until(
        lambda: (
            [proposals.status(one["id"]) for one in made]
            == ["scheduled", "scheduled", "awaiting_approval", "awaiting_approval"]
        ),
        10,
        "the green ones approved and no other",
    )
    # The API refuses the same, whoever asks.
    refused = proposals.person.bulk([one["id"] for one in made[2:]])
    assert [one["problem"]["code"] for one in refused] == ["not_green", "not_green"]
    for one in made[:2]:
        proposals.person.ask("POST", f"/actions/{one['id']}/cancel", {})
