"""The two families of errors: ours by kind, the platforms' by remedy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What the caller can do about it; `web.problems` maps each to one HTTP status."""

    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    GONE = "gone"
    CONFLICT = "conflict"
    LIMITED = "limited"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class FieldError:
    """One wrong field: where (JSON pointer), what (code), and what to do (detail)."""

    pointer: str
    code: str
    detail: str


class AppError(Exception):
    """Our own refusal. `code` is stable, `detail` says what to do next."""

    def __init__(
        self,
        kind: Kind,
        code: str,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{code}: {detail}")
        self.kind = kind
        self.code = code
        self.detail = detail
        self.errors = tuple(errors)
        self.retry_after = retry_after


def invalid(code: str, detail: str, pointer: str = "") -> AppError:
    """A field that cannot be taken; nothing was changed."""
    errors = (FieldError(pointer, code, detail),) if pointer else ()
    return AppError(Kind.INVALID, code, detail, errors=errors)


def not_found(what: str) -> AppError:
    """`what` is not there for this workspace. Says nothing about other workspaces."""
    return AppError(Kind.NOT_FOUND, "not_found", f"There is no such {what} in this workspace.")


def conflict(code: str, detail: str) -> AppError:
    """The thing is not in the state that the request assumed."""
    return AppError(Kind.CONFLICT, code, detail)


def forbidden(code: str, detail: str) -> AppError:
    """Known caller, not allowed."""
    return AppError(Kind.FORBIDDEN, code, detail)


class Remedy(StrEnum):
    """What to do about an answer of a platform; `actions` maps each to one behaviour."""

    RETRY = "retry"  # provably not performed
    WAIT = "wait"  # provably not performed, not before `until`
    REAUTHORIZE = "reauthorize"  # provably not performed, the owner must connect again
    STOP = "stop"  # challenge or ban warning: freeze and alert
    REJECT = "reject"  # refused for a reason that the platform documents as not performed
    RECONCILE = "reconcile"  # unknown: only reading back can tell


class UpstreamError(Exception):
    """A platform's answer (or silence) that is not a receipt. Carries no secret.

    `kept` is what the connector wants to be given with the next order of this action, whichever
    worker has it; None leaves what was kept before.
    """

    def __init__(
        self,
        remedy: Remedy,
        code: str,
        detail: str,
        *,
        until: datetime | None = None,
        status: int | None = None,
    ) -> None:
        super().__init__(f"{remedy}: {code}: {detail}")
        self.remedy = remedy
        self.code = code
        self.detail = detail
        self.until = until
        self.status = status
        self.kept: Mapping[str, str] | None = None
