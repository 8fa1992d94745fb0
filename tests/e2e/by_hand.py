"""Does one human task as its person would: deep link, button on the platform's page, Done."""

from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.e2e.hands import Tab, until
from tests.support.client import Client, Json


@dataclass
class DoneByHand:
    """A reported task and the tab in which it was reported."""

    tab: Tab
    task: Json

    @property
    def report(self) -> Locator:
        """What the tasks page says of it."""
        return self.tab.page.locator(f"[data-testid=task-reported][data-id='{self.task['id']}']")


def do_a_task(tab: Tab) -> DoneByHand:
    """An unlocked follow or like of an X account has been done by hand and reported as done."""
    with tab.seat.client() as client:
        task = _open_task(client)
    page = tab.page
    tab.open("/tasks/")
    page.locator(f"[data-testid=task-row][data-id='{task['id']}']").click()
    card = page.locator(f"[data-testid=task-card][data-id='{task['id']}'][data-unlocked=true]")
    expect(card).to_be_visible()
    with page.expect_popup() as popped:
        card.get_by_test_id("deep-link").click()
    _press(popped.value, task)
    popped.value.close()
    page.get_by_test_id("task-done").click()
    done = DoneByHand(tab, task)
    expect(done.report).to_be_visible()
    return done


def _open_task(client: Client) -> Json:
    """An unlocked task that X lets us read back."""
    until(lambda: bool(_open_on_x(client)), 90, "an open task for X")
    return _open_on_x(client)[0]


def _open_on_x(client: Client) -> list[Json]:
    query = {"state": "open", "limit": "200"}
    items: list[Json] = client.ask("GET", "/tasks", query=query)["items"]
    return [
        one
        for one in items
        if one["account"]["platform"] == "twitter" and one["action_type"] in ("follow", "like")
    ]


def _press(there: Page, task: Json) -> None:
    """On the platform's own page, as the task's account."""
    handle = task["account"]["username"]
    there.get_by_label("Viewing as").select_option(handle)
    there.get_by_role("button", name="Switch").click()
    expect(there.get_by_label("Viewing as")).to_have_value(handle)
    before, after = (
        ("Follow", "Unfollow") if task["action_type"] == "follow" else ("Like", "Unlike")
    )
    there.get_by_role("button", name=before, exact=True).click()
    expect(there.get_by_role("button", name=after, exact=True)).to_be_visible()
