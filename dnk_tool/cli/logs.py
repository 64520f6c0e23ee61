"""Configures the log: one JSON object per line on standard error, so that no text can forge a line.

Tracebacks are written without the messages of errors, which may quote what people typed.
"""

import json
import logging
from datetime import UTC, datetime
from types import TracebackType

from dnk_tool.tracebacks import redacted_traceback

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class JsonLogFormatter(logging.Formatter):
    """Formats a record as a JSON object with time, level, logger, message and any traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line of JSON; its time is in UTC with milliseconds."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)

    def formatException(self, ei: ExceptionInfo) -> str:  # noqa: N802 -- the name in the standard library
        """The traceback without the messages of errors."""
        return redacted_traceback(ei[1]) if ei[1] is not None else ""


def configure_logging() -> None:
    """Log to standard error: our own records from INFO, those of libraries from WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLogFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("dnk_tool").setLevel(logging.INFO)
