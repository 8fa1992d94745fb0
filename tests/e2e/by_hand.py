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
    """An unlocked task that X lets us read back; one that is locked is asked for in a minute."""
    tasks = [one for one in _tasks(client, "all") if one["action_type"] in ("follow", "like")]
    assert tasks, "the demo has no task for an X account"
    unlocked = [one for one in tasks if one["unlocked"]]
    if unlocked:
        return unlocked[0]
    soon = tasks[0]
    client.ask("POST", f"/tasks/{soon['id']}/later", {"minutes": 1})
    until(lambda: soon["id"] in {one["id"] for one in _tasks(client, "open")}, 90, "unlocked")
    return soon


def _tasks(client: Client, state: str) -> list[Json]:
    query = {"state": state, "limit": "200"}
    items: list[Json] = client.ask("GET", "/tasks", query=query)["items"]
    return [one for one in items if one["account"]["platform"] == "twitter"]


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
