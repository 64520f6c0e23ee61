"""Configures the log: one JSON object per line on standard error, so that no text can forge a line."""

import json
import logging
from datetime import UTC, datetime


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


def configure_logging() -> None:
    """Log to standard error: our own records from INFO, those of libraries from WARNING."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLogFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("dnk_tool").setLevel(logging.INFO)
