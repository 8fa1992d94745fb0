"""What follows from a platform's answer: one table from remedy to settlement. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from socialseed.connectors.egress import EGRESS_DOWN
from socialseed.connectors.types import Receipt
from socialseed.core.errors import Remedy, UpstreamError
from socialseed.core.events import Plain

Outcome = Literal["performed", "not_performed", "unknown"]
MAX_RETRIES = 5
MAX_WAITS = 10
FIRST_BACKOFF = timedelta(seconds=30)
LONGEST_BACKOFF = timedelta(hours=1)
USUAL_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(hours=24)
RECONNECT_LOOK = timedelta(seconds=30)
FREEZE = timedelta(days=7)
LOOK_AFTER = (timedelta(seconds=10), timedelta(seconds=60), timedelta(minutes=5))
AFTER_UNKNOWN = timedelta(seconds=60)
# What a platform answers before it looks at the order; every other code may follow an execution.
PROOF = frozenset({401, 429})


@dataclass(frozen=True, slots=True)
class Settlement:
    """Where an executing action goes. `refund` is true only on proof that nothing was performed."""

    status: str
    outcome: Outcome
    event: str
    sentence: str
    evidence: Mapping[str, Plain]
    refund: bool = False
    again_at: datetime | None = None  # the action and its lane wait until then
    lane_until: datetime | None = None
    failure: Mapping[str, Plain] | None = None
    receipt: Receipt | None = None
    egress_down: str | None = None  # what stopped the call at the account's proxy
    refused: bool = False  # the access token was: the next grant renews it first
    freeze_until: datetime | None = None
    look_at: datetime | None = None


def settlement(outcome: Receipt | UpstreamError, n: int, now: datetime, phrase: str) -> Settlement:
    """The settlement of the `n`-th attempt (from 1) that ended at `now`."""
    if isinstance(outcome, Receipt):
        return Settlement(
            "succeeded",
            "performed",
            "succeeded",
            f"Done: {phrase}.",
            dict(outcome.evidence),
            receipt=outcome,
        )
    match outcome.remedy:
        case Remedy.RETRY:
            wait = min(FIRST_BACKOFF * 2 ** (n - 1), LONGEST_BACKOFF)
            # A proxy that is down holds the account: however often, its actions wait.
            stopped = outcome.code == EGRESS_DOWN
            again = _again(outcome, now + wait, n >= MAX_RETRIES and not stopped)
            return replace(again, egress_down=outcome.detail) if stopped else again
        case Remedy.WAIT:
            return _again(outcome, _until(outcome, now), n >= MAX_WAITS)
        case Remedy.REAUTHORIZE:
            return _reconnect(outcome, now, n >= MAX_RETRIES)
        case Remedy.STOP:
            return _freeze(outcome, now)
        case Remedy.REJECT:
            return _failed(outcome, "Change it and propose it anew.")
        case Remedy.RECONCILE:
            return _unknown(outcome, now)


def _until(error: UpstreamError, now: datetime) -> datetime:
    wanted = error.until or now + USUAL_WAIT
    return min(max(wanted, now + timedelta(seconds=5)), now + LONGEST_WAIT)


def _again(error: UpstreamError, at: datetime, given_up: bool) -> Settlement:
    if given_up:
        return _failed(error, "The platform kept refusing. Propose it anew later.")
    return Settlement(
        "scheduled",
        "not_performed",
        "held",
        f"Not performed, it is tried again: {error.detail}",
        _evidence(error),
        refund=True,
        again_at=at,
        lane_until=at,
    )


def _reconnect(error: UpstreamError, now: datetime, given_up: bool) -> Settlement:
    if given_up:
        return _failed(error, "Connect the account again, then propose it anew.")
    at = now + RECONNECT_LOOK
    return Settlement(
        "scheduled",
        "not_performed",
        "held",
        "Not performed: the platform did not accept our connection.",
        _evidence(error),
        refund=True,
        again_at=at,
        lane_until=at,
        refused=True,
    )


def _freeze(error: UpstreamError, now: datetime) -> Settlement:
    freeze_until = now + FREEZE
    if error.status in PROOF:
        return Settlement(
            "failed",
            "not_performed",
            "failed",
            f"Not performed, and the platform warned the account: {error.detail}",
            _evidence(error),
            refund=True,
            lane_until=freeze_until,
            failure=_failure(error, "Look at the account on the platform itself."),
            freeze_until=freeze_until,
        )
    return Settlement(
        "outcome_unknown",
        "unknown",
        "unknown",
        f"The platform warned the account, so the outcome is not known: {error.detail}",
        _evidence(error),
        lane_until=freeze_until,
        freeze_until=freeze_until,
        look_at=now + LOOK_AFTER[0],
    )


def _failed(error: UpstreamError, next_step: str) -> Settlement:
    return Settlement(
        "failed",
        "not_performed",
        "failed",
        f"Not performed: {error.detail}",
        _evidence(error),
        refund=True,
        failure=_failure(error, next_step),
    )


def _unknown(error: UpstreamError, now: datetime) -> Settlement:
    return Settlement(
        "outcome_unknown",
        "unknown",
        "unknown",
        "The outcome is not known. It is read back and never sent again.",
        _evidence(error),
        lane_until=now + AFTER_UNKNOWN,
        look_at=now + LOOK_AFTER[0],
    )


def _evidence(error: UpstreamError) -> dict[str, Plain]:
    told: dict[str, Plain] = {
        "remedy": error.remedy.value,
        "code": error.code,
        "detail": error.detail,
        "status": error.status,
    }
    return told if error.kept is None else {**told, "kept": dict(error.kept)}


def _failure(error: UpstreamError, next_step: str) -> dict[str, Plain]:
    return {"code": error.code, "sentence": error.detail, "next_step": next_step}
