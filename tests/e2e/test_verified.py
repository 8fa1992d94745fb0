"""What only shows later: a check, the silence after an undo, what a change would do."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.by_hand import DoneByHand
from tests.e2e.flying import land
from tests.e2e.hands import Seat, Tab, until
from tests.e2e.proposals import Proposals
from tests.e2e.undoing import Undone
from tests.support.client import Refused

# A worker that still meant to send it would have done so within this time after its instant.
OVERDUE = timedelta(seconds=6)
# At night its instant is tomorrow's; then the account's lane had this long to be served in.
AT_MOST = timedelta(seconds=90)


def test_what_was_done_by_hand_turns_verified_without_a_reload(done_by_hand: DoneByHand) -> None:
    expect(done_by_hand.report).to_have_attribute("data-claim", "verified", timeout=200_000)
    with done_by_hand.tab.seat.client() as client:
        action = client.action(done_by_hand.task["id"])
    assert (action["status"], action["verified"]) == ("succeeded", True)
    assert [item["type"] for item in action["timeline"]][-1] == "action.verified"


def test_what_was_undone_is_never_sent(undone: Undone, seat: Seat, proposals: Proposals) -> None:
    with pytest.raises(Refused) as refused:
        proposals.person.ask("POST", "/actions/execute", {"action_id": undone.action["id"]})
    assert refused.value.code == "not_scheduled"
    passed = min(undone.due, undone.taken_back + AT_MOST) + OVERDUE
    until(lambda: datetime.now(UTC) > passed, 180, "its instant has passed")
    assert seat.performed(undone.action["target_data"]["text"]) == []
    assert proposals.status(undone.action["id"]) == "awaiting_approval"


@pytest.mark.usefixtures("flight")
def test_what_a_change_would_do_is_shown_beside_today(tab: Tab) -> None:
    land(tab)
