"""One whole instance with its demo workspace for all journeys, and the browser that visits it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from socialseed.app.process import log_end, wait_until
from tests.e2e.by_hand import DoneByHand, do_a_task
from tests.e2e.flying import take_off
from tests.e2e.hands import Seat, Tab, chromium_path, opened
from tests.e2e.proposals import Proposals
from tests.e2e.undoing import Undone, approve_and_undo
from tests.support.product import ROOT, free_port, start_whole

# Seventy days of history are played on the first start: a minute, or many on a busy machine.
DEMO_SECONDS = 600.0
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey is marked, and the first one may have to wait for the demo."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(DEMO_SECONDS + 240))


@pytest.fixture(scope="session")
def seat(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Seat]:
    """The demo, served with all its parts until the last journey is over.

    SOCIALSEED_JOURNEYS_HOME names the home of a running demo to visit instead: it is changed.
    """
    running = os.environ.get("SOCIALSEED_JOURNEYS_HOME")
    if running:
        yield _seat(Path(running))
        return
    dashboard = Path(os.environ.get("SOCIALSEED_DASHBOARD_DIR", ROOT / "dashboard" / "out"))
    if not (dashboard / "index.html").exists():
        pytest.fail(f"{dashboard} is missing: npm ci && npm run build in {ROOT / 'dashboard'}")
    whole = start_whole(
        tmp_path_factory.mktemp("journeys") / "home",
        free_port(),
        demo=True,
        SOCIALSEED_DASHBOARD_DIR=str(dashboard.resolve()),
    )
    try:
        whole.wait_ready(DEMO_SECONDS)
        made = wait_until(lambda: (whole.home / "demo.json").exists(), 5)
        assert made, f"there is no demo workspace: {log_end(whole.output)}"
        yield _seat(whole.home)
    finally:
        whole.stop()


def _seat(home: Path) -> Seat:
    known = json.loads((home / "demo.json").read_text())
    return Seat(known["url"], known["email"], known["password"], home)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def tab(browser: Browser, seat: Seat) -> Iterator[Tab]:
    """A tab of somebody who is signed in, on a desktop."""
    with opened(browser, seat) as tab:
        yield tab


@pytest.fixture(scope="session")
def proposals(seat: Seat) -> Proposals:
    """What the journeys put into the queue."""
    return Proposals(seat)


@pytest.fixture(scope="session")
def done_by_hand(browser: Browser, seat: Seat) -> Iterator[DoneByHand]:
    """A task of an X account, done through its deep link and reported, still on screen.

    The official check looks two minutes later; whoever wants to see it goes on with this tab.
    """
    with opened(browser, seat) as tab:
        yield do_a_task(tab)


@pytest.fixture(scope="session")
def undone(browser: Browser, seat: Seat, proposals: Proposals) -> Undone:
    """An approval that was taken back; whether it stays unsent shows once its instant is over."""
    with opened(browser, seat) as tab:
        return approve_and_undo(tab, proposals)


@pytest.fixture(scope="session")
def flight(browser: Browser, seat: Seat) -> None:
    """What a change would do was asked; the answer takes minutes, and is looked at last."""
    with opened(browser, seat) as tab:
        take_off(tab)
