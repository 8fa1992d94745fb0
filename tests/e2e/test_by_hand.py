"""A human task: its deep link, the button on the platform's page, and Done."""

from playwright.sync_api import expect

from tests.e2e.by_hand import DoneByHand


def test_a_task_is_done_through_its_deep_link(done_by_hand: DoneByHand) -> None:
    report = done_by_hand.report
    expect(report).to_contain_text(f"@{done_by_hand.task['target_account']}")
    # A claim until the platform confirms it.
    expect(report).to_have_attribute("data-claim", "verifying")
    done_by_hand.tab.check()
