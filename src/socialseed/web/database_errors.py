"""What a failure of the database means for the caller: wait, correct a value, or read again."""

import asyncpg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from socialseed.core.errors import AppError, Kind, conflict, invalid

# What talking to the database can raise.
FAILURES = (SQLAlchemyError, OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)
# https://www.postgresql.org/docs/current/errcodes-appendix.html
_BY_STATE = {
    "57014": ("too_slow", "This took too long. Ask for less, or try again."),
    "55P03": ("busy", "Somebody else is changing this. Try again in a second."),
    "40P01": ("busy", "Somebody else is changing this. Try again in a second."),
    "40001": ("busy", "Somebody else is changing this. Try again in a second."),
    "53300": ("busy", "Too many requests at once. Try again in a second."),
}
_UNREACHABLE = "The database cannot be reached. Nothing was changed; try again in a few seconds."


def _unavailable(code: str, detail: str, retry_after: float) -> AppError:
    return AppError(Kind.UNAVAILABLE, code, detail, retry_after=retry_after)


def _state(error: BaseException | None) -> str | None:
    state = getattr(error, "sqlstate", None)
    return state if isinstance(state, str) else None


def classify(error: Exception) -> AppError | None:
    """The refusal that `error` amounts to; None for a defect of ours."""
    if isinstance(error, PoolTimeout):
        return _unavailable("busy", "Too many requests at once. Try again in a second.", 1)
    if isinstance(error, ConnectionError | TimeoutError):
        return _unavailable("database_unreachable", _UNREACHABLE, 2)
    driver: BaseException | None = error
    if isinstance(error, DBAPIError):
        driver = error.orig.__cause__ if error.orig is not None else None
        if error.connection_invalidated:
            return _unavailable("database_unreachable", _UNREACHABLE, 2)
    return _by_state(_state(driver) or "") or _by_type(driver)


def _by_state(state: str) -> AppError | None:
    if state in _BY_STATE:
        return _unavailable(*_BY_STATE[state], 1)
    if state.startswith(("08", "57P", "53")):
        return _unavailable("database_unreachable", _UNREACHABLE, 2)
    if state == "23505":
        return conflict("already_exists", "Such a thing exists already. Read it again.")
    if state == "23503":
        return conflict("reference_gone", "Something that this refers to was removed. Read again.")
    if state == "23514" or state.startswith("22"):
        return _bad_value()
    return None


def _by_type(driver: BaseException | None) -> AppError | None:
    if isinstance(driver, ConnectionError | TimeoutError | asyncpg.ConnectionDoesNotExistError):
        return _unavailable("database_unreachable", _UNREACHABLE, 2)
    if isinstance(driver, asyncpg.DataError | ValueError):  # refused before it was sent
        return _bad_value()
    if isinstance(driver, asyncpg.InterfaceError) and "clos" in str(driver):
        return _unavailable("database_unreachable", _UNREACHABLE, 2)
    return None


def _bad_value() -> AppError:
    return invalid("unacceptable_value", "A value is outside of what can be stored. Correct it.")
