"""Ordered misbehaviour: rules that make matching calls fail in a chosen way, and count the hits."""

import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime

from socialseed.sandbox.clock import from_ms, hold
from socialseed.sandbox.http import Answer

BROKEN = ("500", "502", "503", "504")
REFUSING = (
    "429", *BROKEN, "token_expired", "token_revoked", "ok_with_error_body", "redirect_loopback",
)  # fmt: skip
PERFORMING = (
    "performed_then_reset", "performed_then_timeout", "performed_then_500",
    "performed_then_truncated", "performed_then_html", "performed_then_cut", "success_without_id",
    "huge_body", "endless_body", "gzip_bomb", "drip",
)  # fmt: skip
SILENT = "ok_not_performed"
WEBHOOKS = (
    "webhook_duplicated", "webhook_reordered", "webhook_forged", "webhook_replayed",
    "webhook_delayed", "webhook_large",
)  # fmt: skip
MODES = ("ok", "slow", SILENT, *REFUSING, *PERFORMING, *WEBHOOKS)
HUGE = 100 * 1024 * 1024
BOMB = 256 * 1024 * 1024  # what the bomb unpacks to; on the wire it is a thousandth of that
_PIECE = 64 * 1024


@dataclass(slots=True)
class Rule:
    """One rule; empty fields match everything, `times` None means without end."""

    mode: str
    platform: str | None = None
    verb: str | None = None
    account: str | None = None
    times: int | None = None
    retry_after: str | None = None
    delay_ms: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    hits: int = 0

    def matches(self, platform: str, verb: str, account: str | None) -> bool:
        """Whether it is still in force and meant for this call."""
        if self.times is not None and self.hits >= self.times:
            return False
        wanted = ((self.platform, platform), (self.verb, verb), (self.account, account))
        return all(rule is None or rule == is_ for rule, is_ in wanted)

    def told_wait(self, now: int) -> str | None:
        """Retry-After as it is sent. `date:N` is the HTTP date N seconds after `now` (ms)."""
        if self.retry_after is None or not self.retry_after.startswith("date:"):
            return self.retry_after
        at = from_ms(now) + timedelta(seconds=float(self.retry_after[5:]))
        return format_datetime(at, usegmt=True)


class Faults:
    """The rules in the order they were given; the first match wins. `trapped` counts the calls
    that followed a redirect to loopback."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self.trapped = 0

    def take(self, platform: str, verb: str, account: str | None) -> Rule | None:
        """The rule for this call, with its hit counted; None if it may go well."""
        for rule in self.rules:
            if rule.mode not in WEBHOOKS and rule.matches(platform, verb, account):
                rule.hits += 1
                return rule if rule.mode != "ok" else None
        return None

    def take_webhook(self, mode: str, platform: str, account: str | None) -> Rule | None:
        """The webhook rule of this mode for one notice, with its hit counted."""
        for rule in self.rules:
            if rule.mode == mode and rule.matches(platform, "webhook", account):
                rule.hits += 1
                return rule
        return None


def spoil(rule: Rule, answer: Answer) -> Answer:
    """What is sent instead of the good answer to a call that was performed."""
    mode = rule.mode
    if mode in ("performed_then_reset", "performed_then_timeout"):
        return Answer(ending="reset")
    if mode == "performed_then_cut":
        return Answer(answer.status, answer.body, answer.media_type, answer.headers, "cut")
    if mode == "performed_then_500":
        return Answer(500, b'{"error":"internal"}')
    if mode == "performed_then_truncated":
        half = answer.body[: max(1, len(answer.body) // 2)]
        return Answer(answer.status, half, answer.media_type, answer.headers)
    if mode == "performed_then_html":
        page = b"<!doctype html><title>Something went wrong</title><p>Try again.</p>"
        return Answer(200, page, "text/html; charset=utf-8")
    if mode == "success_without_id":
        return Answer(answer.status, b"{}", answer.media_type, answer.headers)
    return _flood(rule, answer)


def _flood(rule: Rule, answer: Answer) -> Answer:
    """A body that is too big, too slow or never ends; otherwise the answer as it is."""
    head = (answer.status, b"", answer.media_type)
    if rule.mode == "huge_body":
        return Answer(*head, answer.headers, flow=_zeros(HUGE), flow_length=HUGE)
    if rule.mode == "endless_body":
        return Answer(*head, answer.headers, flow=_zeros(None))
    if rule.mode == "gzip_bomb":
        return Answer(*head, {**answer.headers, "content-encoding": "gzip"}, flow=_bomb())
    if rule.mode == "drip":
        pause = (rule.delay_ms or 1000) / 1000
        flow = _drops(answer.body, pause)
        return Answer(*head, answer.headers, flow=flow, flow_length=len(answer.body))
    return answer


async def _zeros(size: int | None) -> AsyncIterator[bytes]:
    piece, sent = b"0" * _PIECE, 0
    while size is None or sent < size:
        yield piece if size is None else piece[: size - sent]
        sent += _PIECE
        await hold(0)


async def _bomb() -> AsyncIterator[bytes]:
    packer, block = zlib.compressobj(1, zlib.DEFLATED, 31), b"0" * (1024 * 1024)
    for _ in range(BOMB // len(block)):
        yield packer.compress(block)
        await hold(0)
    yield packer.flush()


async def _drops(body: bytes, pause: float) -> AsyncIterator[bytes]:
    for byte in body:
        yield bytes([byte])
        await hold(pause)
