"""One open transaction on one connection. Text goes straight to the driver; mapped rows by the ORM.

SQLAlchemy keeps the pool and serves what is built from models. It never begins or ends anything:
its engine is in autocommit mode, on top of a transaction that is ours.
"""

import asyncio
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Never, TypeVar, overload

import asyncpg
from sqlalchemy import Connection, Executable, PoolProxiedConnection, Result, TextClause, text
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import IteratorResult, ScalarResult
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import (
    DBAPIError,
    IntegrityError,
    InterfaceError,
    PendingRollbackError,
    ProgrammingError,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncResult, AsyncSession
from sqlalchemy.sql.selectable import TypedReturnsRows
from sqlalchemy.util import greenlet_spawn

from socialseed.connectors.registry import Connectors
from socialseed.core.events import Event

_T = TypeVar("_T")
_DIALECT = PGDialect_asyncpg()  # type: ignore[no-untyped-call]
_ROLLBACK_SECONDS = 5.0
_STATEMENTS = 2048  # more than the product has
_columns_of: dict[str, tuple[str, ...]] = {}
_DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError)
_KINDS: tuple[tuple[type[Exception], type[DBAPIError]], ...] = (
    (asyncpg.IntegrityConstraintViolationError, IntegrityError),
    (asyncpg.SyntaxOrAccessError, ProgrammingError),
    (asyncpg.InterfaceError, InterfaceError),
)


class DriverError(Exception):
    """A driver's error as DBAPIError.orig carries it; the error itself is its cause."""

    def __init__(self, error: Exception) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.sqlstate: str | None = getattr(error, "sqlstate", None)
        self.__cause__ = error


class Session:
    """What a Tx reads and writes through. `begin` opens it; `commit` or `abandon` ends it, once."""

    def __init__(
        self, engine: AsyncEngine, lent: PoolProxiedConnection, connectors: Connectors
    ) -> None:
        self._engine = engine
        self.connectors = connectors
        self._lent = lent
        self._driver: asyncpg.Connection[asyncpg.Record] = lent.driver_connection
        self._orm: AsyncSession | None = None
        self._ended = False
        self._after: list[Callable[[], None]] = []
        self.events: list[Event] = []  # appended to the log as the last thing before the commit

    @classmethod
    async def begin(cls, engine: AsyncEngine, opening: str, connectors: Connectors) -> "Session":
        """A connection of the pool on which `opening`, which begins with BEGIN, has run."""
        session = cls(engine, await engine.raw_connection(), connectors)
        try:
            await session._run(opening)
        except BaseException:
            await session.abandon()
            raise
        return session

    @property
    def driver(self) -> "asyncpg.Connection[asyncpg.Record]":
        """The driver's connection, inside the transaction."""
        return self._driver

    def after_commit(self, act: Callable[[], None]) -> None:
        """`act` is called when, and only when, the transaction has committed."""
        self._after.append(act)

    async def execute(
        self, statement: Executable, values: Mapping[str, object] | None = None
    ) -> Result[*tuple[Any, ...]]:
        """The statement's rows. Raises DBAPIError, by kind, as SQLAlchemy does."""
        if not isinstance(statement, TextClause):
            return await self._mapper().execute(statement, values)
        records = await self._fetch(statement, values)
        names = tuple(records[0].keys()) if records else await self._columns(statement)
        return IteratorResult(_described(names), iter(records))

    @overload  # text is a TypedReturnsRows of nothing
    async def scalar(
        self, statement: TypedReturnsRows[Never], values: Mapping[str, object] | None = None
    ) -> Any: ...  # noqa: ANN401
    @overload
    async def scalar(
        self, statement: TypedReturnsRows[_T], values: Mapping[str, object] | None = None
    ) -> _T | None: ...
    @overload
    async def scalar(
        self, statement: Executable, values: Mapping[str, object] | None = None
    ) -> Any: ...  # noqa: ANN401
    async def scalar(
        self, statement: Executable, values: Mapping[str, object] | None = None
    ) -> Any:
        """The first value of the first row; None without one."""
        if not isinstance(statement, TextClause):
            return await self._mapper().scalar(statement, values)
        records = await self._fetch(statement, values)
        return records[0][0] if records else None

    async def scalars(
        self, statement: Executable, values: Mapping[str, object] | None = None
    ) -> ScalarResult[Any]:
        """The first value of every row."""
        return (await self.execute(statement, values)).scalars()

    async def stream(
        self, statement: Executable, values: Mapping[str, object] | None = None
    ) -> AsyncResult[*tuple[Any, ...]]:
        """The rows from a cursor, for what should not be in memory at once."""
        return await self._mapper().stream(statement, values)

    async def flush(self) -> None:
        """What was changed on mapped rows is written."""
        if self._orm is not None:
            await self._orm.flush()

    def expunge(self, row: object) -> None:
        """The mapped row is only read from now on."""
        self._mapper().expunge(row)

    async def commit(self) -> None:
        """All of it is in the database. Raises PendingRollbackError if a statement had failed."""
        await self.flush()
        if await self._run("COMMIT") != "COMMIT":
            raise PendingRollbackError("A statement failed, so nothing of this was committed.")
        await self._give_back()
        for act in self._after:
            act()

    async def abandon(self) -> None:
        """None of it happened, unless it had ended; a connection that works is back in the pool."""
        if self._ended:
            return  # somebody else may have the connection by now
        ending = asyncio.ensure_future(self._roll_back())
        await asyncio.shield(ending)

    async def _roll_back(self) -> None:
        try:
            if not self._driver.is_closed():
                await self._driver.execute("ROLLBACK", timeout=_ROLLBACK_SECONDS)
        except (*_DRIVER_ERRORS, OSError, TimeoutError):
            self._driver.terminate()
        await self._give_back()

    async def _give_back(self) -> None:
        self._ended = True
        if self._orm is not None:
            await self._orm.close()
        if self._driver.is_closed():
            await greenlet_spawn(self._lent.invalidate)
        await greenlet_spawn(self._lent.close)

    async def _run(self, plain: str) -> str:
        try:
            tag: str = await self._driver.execute(plain)
        except _DRIVER_ERRORS as error:
            raise self._told(error, plain) from error
        return tag

    async def _fetch(
        self, statement: TextClause, values: Mapping[str, object] | None
    ) -> list[asyncpg.Record]:
        sql, names = _compiled(statement.text)
        try:
            given = values or {}
            bound = [given[name] for name in names]
            records: list[asyncpg.Record] = await self._driver.fetch(sql, *bound)
        except _DRIVER_ERRORS as error:
            raise self._told(error, sql) from error
        return records

    async def _columns(self, statement: TextClause) -> tuple[str, ...]:
        """The columns of a statement that gave no row, asked of PostgreSQL once in a process."""
        sql, _ = _compiled(statement.text)
        if sql not in _columns_of:
            if len(_columns_of) >= _STATEMENTS:
                _columns_of.clear()
            prepared = await self._driver.prepare(sql, name="")  # unnamed: it leaves nothing behind
            _columns_of[sql] = tuple(one.name for one in prepared.get_attributes())
        return _columns_of[sql]

    def _told(self, error: Exception, sql: str) -> DBAPIError:
        kind = next((kind for family, kind in _KINDS if isinstance(error, family)), DBAPIError)
        return kind(
            sql,
            None,
            DriverError(error),
            hide_parameters=True,
            connection_invalidated=self._driver.is_closed(),
        )

    def _mapper(self) -> AsyncSession:
        if self._orm is None:
            plain = Connection(self._engine.sync_engine, self._lent)
            self._orm = AsyncSession(AsyncConnection(self._engine, plain), expire_on_commit=False)
        return self._orm


@lru_cache(maxsize=_STATEMENTS)
def _compiled(written: str) -> tuple[str, tuple[str, ...]]:
    """The text with the driver's numbered places, and the names that go there."""
    compiled = text(written).compile(dialect=_DIALECT)
    return compiled.string, tuple(compiled.positiontup or ())


@lru_cache(maxsize=_STATEMENTS)
def _described(names: tuple[str, ...]) -> SimpleResultMetaData:
    return SimpleResultMetaData(names)
