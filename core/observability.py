"""Logging: structured lines, the request's ids bound to them, secrets scrubbed from every one."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from core.config import Settings

SCRUBBED = "[scrubbed]"
_SECRET_KEY = re.compile(r"password|secret|token|authorization|cookie|api_key|verifier|credential|ticket", re.IGNORECASE)
_SECRET_TEXT = re.compile(
    r"(?P<url>://[^:/@\s]+:)[^@\s]+(?=@)"  # the password of a URL
    r"|(?P<bearer>bearer\s+)[\w.~+/=-]+"
    r"|ya29\.[\w-]+|1//[\w-]{10,}|sk-[\w-]{10,}"  # Google's access and refresh tokens, OpenAI's keys
    r"|(?P<query>[?&](?:code|state|ticket|token|access_token|refresh_token|client_secret|invitation)=)[^&\s\"']+",
    re.IGNORECASE,
)


def scrub(text: str) -> str:
    """Give the text without anything that looks like a secret."""
    return _SECRET_TEXT.sub(lambda found: next((part for part in found.groups() if part), "") + SCRUBBED, text)


def _scrub_event(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if _SECRET_KEY.search(key):
            event[key] = SCRUBBED
        elif isinstance(value, str):
            event[key] = scrub(value)
    return event


def configure_logging(settings: Settings) -> None:
    """Send every line, ours and the libraries', to stderr through the scrubber in the format that the settings name."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _scrub_event,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    machine = settings.log_format == "json"
    renderer: Any = structlog.processors.JSONRenderer() if machine else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for name in ("httpx", "httpcore", "urllib3", "googleapiclient", "google_auth_httplib2", "alembic", "dbos", "uvicorn.access"):
        logging.getLogger(name).setLevel(logging.WARNING)
