"""What a journey holds in its hands: tabs that notice trouble, proposals, and the journal."""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Locator, Page, expect

from socialseed.app.process import wait_until
from tests.support.client import Client, Json

DESKTOP = (1389, 868)
PHONE = (390, 844)
NARROW = (320, 640)
# A violated policy is told to the page only; said aloud there, it reaches the test.
_TELL_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI || "inline"}`));
"""


def chromium_path() -> str:
    """The browser: SOCIALSEED_CHROMIUM, else the machine's own. AssertionError without one."""
    known = os.environ.get("SOCIALSEED_CHROMIUM") or shutil.which("chromium")
    assert known and Path(known).exists(), "Install Chromium (Debian: apt install chromium)."
    return known


def until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """The condition holds; else an AssertionError that says what was waited for."""
    assert wait_until(condition, seconds, 0.2), f"not within {seconds:.0f} s: {what}"


def instant(written: str) -> datetime:
    """An instant of the API or of the journal."""
    return datetime.fromisoformat(written.replace("Z", "+00:00"))


@dataclass(frozen=True)
class Seat:
    """Where the demo is served, who signs in, and what its platforms received."""

    url: str
    email: str
    password: str
    home: Path

    def client(self) -> Client:
        """The API in this person's name, with a session of its own."""
        client = Client(self.url, timeout=30)
        client.login(self.email, self.password)
        return client

    def performed(self, text: str) -> list[Json]:
        """What the platforms did with exactly this text, each time they did it."""
        return [entry for entry in self._sent() if entry.get("text") == text]

    def performed_after(self, at: datetime) -> list[Json]:
        """What they did in our accounts' names after `at`, whatever it was."""
        return [entry for entry in self._sent() if instant(entry["wall"]) > at]

    def _sent(self) -> Iterator[Json]:
        with (self.home / "sandbox" / "journal.jsonl").open() as lines:
            for line in lines:
                entry = json.loads(line) if line.endswith("\n") else {}
                # A person's own press on a page has no key. Instagram takes a post in two steps,
                # and only the second one shows it to anybody.
                sent = entry.get("outcome") == "performed" and entry["idempotency_key"] is not None
                if sent and entry["verb"] != "media":
                    yield entry


@dataclass
class Tab:
    """A browser tab. Console errors and violated policies are gathered in `troubles`."""

    page: Page
    seat: Seat
    troubles: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("console", lambda said: self._heard(said.type, said.text))

    def _heard(self, kind: str, text: str) -> None:
        if kind == "error":
            self.troubles.append(f"{self.page.url}: {text}")

    def open(self, path: str) -> None:
        """The document at `path` is loaded."""
        answer = self.page.goto(self.seat.url + path, wait_until="load")
        assert answer is not None and answer.status < 400, f"{path}: {answer}"

    def open_queue(self, word: str, count: int) -> None:
        """The approvals with this word are listed, `count` of them; keys go to the first."""
        self.open(f"/approvals/?q={word}")
        expect(self.rows).to_have_count(count, timeout=20_000)
        expect(self.detail).to_be_visible()
        self.page.get_by_label("Search approvals").press("Enter")

    @property
    def rows(self) -> Locator:
        """The rows of the queue."""
        return self.page.get_by_test_id("queue-row")

    def row(self, action_id: str) -> Locator:
        """One row of the queue."""
        return self.page.locator(f"[data-testid=queue-row][data-id='{action_id}']")

    @property
    def detail(self) -> Locator:
        """The action that is being read."""
        return self.page.get_by_test_id("detail")

    def choose(self, action_id: str) -> None:
        """The action is on screen, chosen from the queue."""
        self.row(action_id).get_by_role("button").click()
        expect(self.detail).to_have_attribute("data-id", action_id)

    @property
    def toast(self) -> Locator:
        """What was said last in passing."""
        return self.page.get_by_test_id("toast").last

    def press(self, keys: str) -> None:
        """The keys are pressed wherever the focus is."""
        self.page.keyboard.press(keys)

    def check(self) -> None:
        """Nothing was wrong so far."""
        assert self.troubles == []


@contextmanager
def opened(
    browser: Browser,
    seat: Seat,
    *,
    size: tuple[int, int] = DESKTOP,
    scheme: Literal["light", "dark"] = "light",
    signed_in: bool = True,
) -> Iterator[Tab]:
    """A tab in a fresh browser profile; in the end nothing may have been wrong in it."""
    width, height = size
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        reduced_motion="reduce",
        base_url=seat.url,
    )
    try:
        context.add_init_script(_TELL_VIOLATIONS)
        if signed_in:
            said = {"email": seat.email, "password": seat.password}
            answer = context.request.post(
                "/api/v1/auth/login", data=said, headers={"origin": seat.url}
            )
            assert answer.ok, answer.text()
        tab = Tab(context.new_page(), seat)
        yield tab
        tab.check()
    finally:
        context.close()
