"""Ordered misbehaviour: rules that make matching calls fail in a chosen way, and count the hits."""

from dataclasses import dataclass

from socialseed.sandbox.http import Answer

REFUSING = ("429", "500", "503", "token_expired", "ok_with_error_body")
PERFORMING = (
    "performed_then_reset", "performed_then_timeout", "performed_then_500",
    "performed_then_truncated", "performed_then_html", "performed_then_cut", "success_without_id",
)  # fmt: skip
MODES = ("ok", "slow", *REFUSING, *PERFORMING)


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
    hits: int = 0

    def matches(self, platform: str, verb: str, account: str | None) -> bool:
        """Whether it is still in force and meant for this call."""
        if self.times is not None and self.hits >= self.times:
            return False
        wanted = ((self.platform, platform), (self.verb, verb), (self.account, account))
        return all(rule is None or rule == is_ for rule, is_ in wanted)


class Faults:
    """The rules in the order they were given; the first match wins."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []

    def take(self, platform: str, verb: str, account: str | None) -> Rule | None:
        """The rule for this call, with its hit counted; None if it may go well."""
        for rule in self.rules:
            if rule.matches(platform, verb, account):
                rule.hits += 1
                return rule if rule.mode != "ok" else None
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
    return answer
