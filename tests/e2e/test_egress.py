"""A proxy's life in the browser: added, looked at, given to an account, down, taken away."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.hands import Tab
from tests.e2e.proposals import Proposals, word
from tests.support.client import Json
from tests.support.proxies import StandingProxy, standing

SOON = 20_000
USER, PASSWORD = "kestrel", "nine quiet feathers"


@pytest.fixture
def proxy() -> Iterator[StandingProxy]:
    with standing("http", accepts={f"{USER}:{PASSWORD}"}) as made:
        yield made


def _add(page: Page, name: str, port: int) -> None:
    page.get_by_role("button", name="Add proxy").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Add proxy").click()
    expect(dialog).to_contain_text("Enter a name.")
    dialog.get_by_label("Name").fill(name)
    dialog.get_by_label("Host").fill("127.0.0.1")
    dialog.get_by_label("Port").fill(str(port))
    dialog.get_by_label("User").fill(USER)
    dialog.get_by_label("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Add proxy").click()
    expect(dialog).to_have_count(0, timeout=SOON)


def _give(tab: Tab, account: Json, way: str) -> None:
    """The account's page says that it leaves this way."""
    page = tab.page
    tab.open(f"/accounts/detail/?id={account['id']}")
    page.get_by_role("button", name="More for this account").click()
    page.get_by_role("menuitem", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Egress").select_option(label=way)
    dialog.get_by_role("button", name="Save").click()
    expect(dialog).to_have_count(0, timeout=SOON)
    expect(page.get_by_role("term").filter(has_text="Egress").locator("+ dd")).to_have_text(way)


def _row(tab: Tab, name: str) -> Locator:
    tab.open("/settings/?tab=egress")
    return tab.page.get_by_test_id("egress-row").filter(has_text=name)


def _delete(page: Page, name: str) -> Locator:
    page.get_by_role("button", name=f"Delete {name}").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Delete proxy").click()
    return dialog


def test_a_proxy_is_added_checked_used_and_taken_away(
    tab: Tab, proposals: Proposals, proxy: StandingProxy
) -> None:
    page, name, account = tab.page, f"Proxy {word()}", proposals.accounts[0]
    row = _row(tab, name)
    _add(page, name, proxy.proxy.port)
    expect(row).to_contain_text("Works", timeout=SOON)  # it is looked at by itself
    assert set(proxy.proxy.logins) == {f"{USER}:{PASSWORD}"}
    expect(page.locator("body")).not_to_contain_text(PASSWORD)
    try:
        _give(tab, account, name)
        row = _row(tab, name)
        expect(row).to_contain_text("1 account")
        dialog = _delete(page, name)
        expect(dialog.get_by_role("alert")).to_be_visible()
        dialog.get_by_role("button", name="Cancel").click()

        proxy.kill()
        row.get_by_role("button", name="Check").click()
        expect(row).to_contain_text("Down", timeout=SOON)
        expect(row).to_contain_text("let nothing through")
        proxy.start()
        row.get_by_role("button", name="Check").click()
        expect(row).to_contain_text("Works", timeout=SOON)
        _give(tab, account, "Straight out")
    finally:
        proposals.person.ask("PUT", f"/accounts/{account['id']}", {"egress_id": None})
    row = _row(tab, name)
    expect(row).to_contain_text("0 accounts")
    _delete(page, name)
    expect(row).to_have_count(0)
    # A refusal to delete what is in use is all that the console may speak of.
    assert [one for one in tab.troubles if "409" not in one] == []
    tab.troubles.clear()
