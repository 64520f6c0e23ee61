"""Configures the log: one JSON object per line on standard error, so that no text can forge a line.

Tracebacks are written without the messages of errors, which may quote what people typed.
"""

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

from dnk_tool.services.accounts import security_log
from dnk_tool.tracebacks import redacted_traceback

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]

# gunicorn names the visitor's address and quotes what the visitor sent, which may be a secret link.
INVALID_REQUEST = re.compile(r"Invalid request from ip=\S+: ([\w ,.-]*).*", re.DOTALL)


class JsonLogFormatter(logging.Formatter):
    """Formats a record as a JSON object with time, level, logger, message, own fields and any traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON; its time is in UTC with milliseconds."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 -- the name in the standard library
        """The traceback without the messages of errors."""
        return redacted_traceback(ei[1]) if ei[1] is not None else ""


class GunicornLogger(Logger):
    """gunicorn's own messages in the same form, without addresses of visitors and pages."""

    def setup(self, cfg: Config) -> None:
        """Replace the form of gunicorn's messages."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(JsonLogFormatter())

    def warning(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        super().warning(INVALID_REQUEST.sub(_invalid_request, str(msg)), *args, **kwargs)

    def exception(self, msg: Any, *args: Any, **kwargs: Any) -> None:
        """Log the message with the traceback, without method and address of the request."""
        is_about_request = str(msg).startswith("Error handling request")
        text, values = ("Error handling request", ()) if is_about_request else (msg, args)
        super().exception(text, *values, **kwargs)


def configure_logging() -> None:
    """Log to standard error: own records and security events from INFO, those of libraries from WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLogFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("dnk_tool").setLevel(logging.INFO)
    security_log.log.setLevel(logging.INFO)


@contextmanager
def security_events_on_stderr() -> Iterator[None]:
    """Print the security events of a command on its standard error, in the same form."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLogFormatter())
    security_log.log.addHandler(handler)
    level = security_log.log.level
    security_log.log.setLevel(logging.INFO)
    try:
        yield
    finally:
        security_log.log.setLevel(level)
        security_log.log.removeHandler(handler)


def _invalid_request(match: re.Match[str]) -> str:
    return f"Invalid request: {match[1].strip()}"
