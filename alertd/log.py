"""Structured logs on stderr: lines for people on a terminal, JSON otherwise, secrets redacted in both."""

from __future__ import annotations

import logging
import re
import sys
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_SECRETS = re.compile(
    r"(/bot)\d+:[\w-]+|((?:access_token|secret_key|refresh_token|password|token|secret)[\"']?\s*[=:]\s*[\"']?)[^\s\"'&,}`]+"
    r"|(://[^/\s:@]+:)[^@\s/]+(?=@)"
)


def redact(text: str) -> str:
    """The text without bot tokens, passwords in addresses and values named as secrets."""
    return _SECRETS.sub(lambda m: f"{m[1] or m[2] or m[3]}***", text)


def _redacted(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = redact(value)
    return event


def configure(level: str = "INFO") -> None:
    """Set up logging once for the process. Libraries that log addresses with secrets in them are kept quiet."""
    terminal = sys.stderr.isatty()
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=not terminal),
        structlog.processors.format_exc_info,
        _redacted,
    ]
    last: Any = structlog.dev.ConsoleRenderer() if terminal else structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        cache_logger_on_first_use=False,  # a logger at a module's top would keep the setting of its first line
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    for noisy in ("httpx", "httpcore", "telegram", "alembic", "watchfiles"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # what these have to say, the daemon hears and says itself
    for engine in ("apscheduler", "procrastinate", "psycopg.pool"):
        logging.getLogger(engine).setLevel(logging.CRITICAL)


def get(name: str) -> Any:
    """A logger; each event carries its job or command as `logger`."""
    return structlog.get_logger(name)
