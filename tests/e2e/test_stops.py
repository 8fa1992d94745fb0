"""The emergency stop, set and lifted in the browser, as the platforms see it."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Response, expect

from tests.e2e.hands import Seat, Tab, instant, until
from tests.e2e.proposals import Proposals, word
from tests.e2e.sending import open_action, see_status

# What had left before the stop was acknowledged may still be on its way for this long.
LATEST = timedelta(milliseconds=250)
# A worker that knew of no stop would have sent within this time after the due instant.
OVERDUE = timedelta(seconds=6)


def _is_stop(answer: Response) -> bool:
    return answer.request.method == "POST" and answer.url.endswith("/emergency-stop")


def test_nothing_is_sent_while_a_stop_set_in_the_browser_stands(
    tab: Tab, seat: Seat, proposals: Proposals
) -> None:
    page, mark = tab.page, word()
    going = proposals.sendable(f"Rain on the tin roof all afternoon, {mark}.")
    text = going["target_data"]["text"]
    tab.open_queue(mark, 1)
    dialog = page.get_by_role("dialog")
    banner = page.get_by_role("alert").filter(has_text="Stopped")
    try:
        page.get_by_role("button", name="Emergency stop").click()
        dialog.get_by_label("Reason").fill("A journey checks the stop")
        with page.expect_response(_is_stop) as answered:
            dialog.get_by_role("button", name="Stop now").click()
        assert answered.value.status == 201
        acknowledged = datetime.now(UTC)
        expect(dialog).to_contain_text("Active now")
        dialog.get_by_role("button", name="Close").last.click()
        expect(banner).to_contain_text("A journey checks the stop")

        tab.press("a")
        expect(tab.row(going["id"])).to_have_count(0)
        until(lambda: proposals.status(going["id"]) == "scheduled", 10, "approved")
        proposals.person.execute(going["id"])
        due = instant(proposals.person.action(going["id"])["scheduled_at"])
        until(lambda: datetime.now(UTC) > due + OVERDUE, 30, "its instant has passed")
        assert proposals.status(going["id"]) == "scheduled"
        assert seat.performed(text) == []
        assert seat.performed_after(acknowledged + LATEST) == []

        open_action(tab, going["id"])
        page.get_by_role("button", name="Emergency stop").click()
        dialog.get_by_role("button", name="Lift the stop on everything").click()
        expect(dialog).not_to_contain_text("Active now")
        dialog.get_by_role("button", name="Close").last.click()
        expect(banner).to_have_count(0)
        see_status(tab, "succeeded", 120)
    finally:
        proposals.person.lift()
    assert len(seat.performed(text)) == 1
