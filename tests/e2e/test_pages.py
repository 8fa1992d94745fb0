"""Every page, light and dark, from a desktop down to 320 px: whole, alive, quiet, accessible."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.e2e.hands import DESKTOP, NARROW, PHONE, Seat, Tab, opened
from tests.e2e.proposals import Proposals
from tests.support.product import ROOT

Scheme = Literal["light", "dark"]
AXE = ROOT / "dashboard" / "node_modules" / "axe-core" / "axe.min.js"
# Name → address and what is there once the page has its data.
PAGES = {
    "overview": ("/", ":text('Live activity')"),
    "approvals": ("/approvals/", "[data-testid=detail] #why"),
    "tasks": ("/tasks/", "[data-testid=task-card], :text('Nothing to do now')"),
    "activity": ("/activity/", "[data-testid=activity-row]"),
    "action": ("/activity/detail/?id={action}", "[data-testid=timeline-item]"),
    "accounts": ("/accounts/", "main a[href*='/accounts/detail/']:visible"),
    "account": ("/accounts/detail/?id={account}", "main :text('Limits')"),
    "targeting": ("/targeting/", "main :text('People into')"),
    "rule": ("/targeting/detail/?id={rule}", "main :text('People into')"),
    "analytics": ("/analytics/", "main svg[role=img], main [role=slider]"),
    "monitoring": ("/monitoring/", "main :text('Instagram')"),
    "settings": ("/settings/", "main :text('demo@socialseed.test')"),
}
OUTSIDE = {"login": ("/login/", "Sign in"), "register": ("/register/", "Create")}
_TOO_WIDE = """() => {
  const root = document.scrollingElement;
  return root.scrollWidth > root.clientWidth ? `${root.scrollWidth} > ${root.clientWidth}` : "";
}"""
_VIOLATIONS = """axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  JSON.stringify(violations.map(({ id, nodes }) => ({ id, nodes: nodes.slice(0, 4).map((node) =>
    `${node.target.join(" ")}: ${node.failureSummary ?? ""}`) }))))"""


@pytest.fixture(scope="module")
def ids(proposals: Proposals) -> dict[str, str]:
    """One of each thing that has a page of its own."""
    ask = proposals.person.ask
    accounts = [one for one in proposals.accounts if one["username"] == "northwind_labs"]
    one = {"limit": "1"}
    return {
        "account": str(accounts[0]["id"]),
        "rule": str(ask("GET", "/targeting", query=one)["items"][0]["id"]),
        "action": str(
            ask("GET", "/actions/history", query={**one, "status": "succeeded"})["items"][0]["id"]
        ),
    }


def _resize(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.wait_for_function("width => innerWidth === width", arg=size[0])


def _keep(page: Page, name: str) -> None:
    """A picture for whoever wants to look, in the folder that SOCIALSEED_SHOTS names."""
    folder = os.environ.get("SOCIALSEED_SHOTS")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png")


def _accessible(axe: CDPSession) -> None:
    """axe finds nothing. It is put in below the page's policy, which stays in force."""
    if not axe.send("Runtime.evaluate", {"expression": "'axe' in window"})["result"]["value"]:
        axe.send("Runtime.evaluate", {"expression": AXE.read_text()})
    asked = {"expression": _VIOLATIONS, "awaitPromise": True}
    found = axe.send("Runtime.evaluate", asked)["result"].get("value")
    axe.detach()
    assert found == "[]", found


def _is_there(page: Page, sign: str) -> None:
    """The page has all its data: its sign is seen, and nothing holds a place any more."""
    expect(page.locator(sign).first).to_be_visible(timeout=20_000)
    expect(page.locator(".animate-breathe:visible")).to_have_count(0, timeout=20_000)


def _whole(page: Page) -> None:
    assert page.evaluate(_TOO_WIDE) == "", f"{page.url} scrolls sideways"


@pytest.fixture(scope="module")
def tabs(browser: Browser, seat: Seat) -> Iterator[dict[Scheme, Tab]]:
    """A tab in each colour scheme, signed in once for all pages."""
    with opened(browser, seat) as light, opened(browser, seat, scheme="dark") as dark:
        yield {"light": light, "dark": dark}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_page(name: str, scheme: Scheme, tabs: dict[Scheme, Tab], ids: dict[str, str]) -> None:
    tab, (path, sign) = tabs[scheme], PAGES[name]
    tab.troubles.clear()
    page = tab.page
    _resize(page, DESKTOP)
    tab.open(path.format(**ids))
    _is_there(page, sign)
    _look(tab, f"{name}-{scheme}")
    page.get_by_role("button", name="Search or jump to").click()
    _closes(tab)

    _resize(page, PHONE)
    tab.open(path.format(**ids))
    _is_there(page, sign)
    _look(tab, f"{name}-{scheme}-phone")
    page.get_by_role("button", name="More", exact=True).click()
    _closes(tab)
    _resize(page, NARROW)
    _whole(page)
    tab.check()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", OUTSIDE)
def test_page_before_sign_in(name: str, scheme: Scheme, browser: Browser, seat: Seat) -> None:
    path, button = OUTSIDE[name]
    with opened(browser, seat, scheme=scheme, signed_in=False) as tab:
        tab.open(path)
        for size, form in ((DESKTOP, ""), (PHONE, "-phone")):
            _resize(tab.page, size)
            _look(tab, f"{name}-{scheme}{form}")
        _resize(tab.page, NARROW)
        _whole(tab.page)
        tab.page.get_by_role("button", name=button).click()
        expect(tab.page.get_by_text("Enter your email address.")).to_be_visible()
        assert tab.page.url.endswith(path)


def test_an_address_that_nothing_has_leads_back(tab: Tab) -> None:
    answer = tab.page.goto("/nothing-here/")
    assert answer is not None and answer.status == 404
    _look(tab, "missing-light")
    tab.page.get_by_role("main").get_by_role("link").first.click()
    expect(tab.page.get_by_role("heading", name="Overview")).to_be_visible(timeout=20_000)
    # The missing document itself is all that the console may speak of.
    assert [one for one in tab.troubles if "404" not in one] == []
    tab.troubles.clear()


def _look(tab: Tab, name: str) -> None:
    _whole(tab.page)
    _keep(tab.page, name)
    _accessible(tab.page.context.new_cdp_session(tab.page))


def _closes(tab: Tab) -> None:
    """A press opened a layer, so the page lives; Escape closes it."""
    expect(tab.page.get_by_role("dialog")).to_be_visible()
    tab.press("Escape")
    expect(tab.page.get_by_role("dialog")).to_have_count(0)
