"""The logs of every process: one JSON record a line, with an allow-list of fields."""

import logging
from collections.abc import MutableMapping
from typing import Any

import structlog

# What a log record may hold. Everything else is dropped: a field that nobody thought about can't give a citizen away.
LOGGED = frozenset({
    "event", "level", "timestamp", "logger", "method", "route", "status", "duration_ms", "conv", "seq", "turn", "tries", "topic",
    "outcome", "committed", "error", "where", "during", "gemeente", "channel", "agent", "action", "count", "seconds", "attempt",
    "address_listening", "environment", "update", "reason",
})

log = structlog.get_logger()


def configure(level: str) -> None:
    """For a process of its own: our records, and those of libraries without their words, which may be anything."""
    structured(level)
    take_from_libraries(level)


def take_from_libraries(level: str) -> None:
    """What libraries log comes among our records, from WARNING on."""
    logging.basicConfig(level=max(logging.getLevelName(level), logging.WARNING), handlers=[Libraries()], force=True)


def structured(level: str) -> None:
    """Our own records, with the fields of LOGGED only."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            allow_listed,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
    )


def allow_listed(_logger: Any, _method: str, record: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor."""
    return {key: value for key, value in record.items() if key in LOGGED}


class Libraries(logging.Handler):
    """Takes what libraries log into our records: who, how bad, and which error; not the message."""

    def emit(self, record: logging.LogRecord) -> None:
        failure = record.exc_info[1] if record.exc_info else None
        details = {"error": type(failure).__name__, "where": where(failure)} if failure else {}
        log.log(record.levelno, "library", logger=record.name, **details)


def where(exc: BaseException) -> str:
    """File and line of a failure, without any value."""
    frame = exc.__traceback__
    while frame and frame.tb_next:
        frame = frame.tb_next
    return f"{frame.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{frame.tb_lineno}" if frame else ""
