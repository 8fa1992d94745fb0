"""Structured JSON logs, one object a line, with secrets masked before anything is written."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import orjson
import structlog

SECRET_KEYS = re.compile(
    r"(?i)password|secret|token|authorization|cookie|api_?key|verifier|(^|_)code$|proxy_url|dsn|database_url"
)
SECRET_VALUES = re.compile(
    r"(ssk_[A-Za-z0-9_-]{8,}|eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9._-]+|Bearer\s+\S+"
    r"|act\.[A-Za-z0-9._!-]{8,}|rft\.[A-Za-z0-9._!-]{8,}|://[^/\s:@]+:[^@\s/]+@)"
)
MASK = "[masked]"


def _mask(value: object) -> object:
    if isinstance(value, str):
        return SECRET_VALUES.sub(MASK, value)
    if isinstance(value, dict):
        return {k: MASK if SECRET_KEYS.search(str(k)) else _mask(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_mask(item) for item in value]
    return value


def _mask_all(
    _logger: object, _name: str, entry: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for key, value in entry.items():
        entry[key] = MASK if SECRET_KEYS.search(key) else _mask(value)
    return entry


def configure(level: str, process: str) -> None:
    """Everything logged from now on goes to standard output as JSON, `process` on each line."""
    logging.basicConfig(
        format="%(message)s", stream=sys.stdout, level=logging.getLevelName(level), force=True
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            _mask_all,
            structlog.processors.JSONRenderer(
                serializer=lambda value, **_: orjson.dumps(value, default=str).decode()
            ),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(process=process)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """A logger whose lines carry `name`."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(source=name)
    return logger
