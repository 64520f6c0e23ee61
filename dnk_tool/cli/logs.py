"""The server's log: one JSON object per line on standard error, so that no text can pretend to be a line."""

import json
import logging
from datetime import UTC, datetime


class JsonLogFormatter(logging.Formatter):
    """Time, level, place, message; for errors the traceback, inside the same line."""

    def format(self, record: logging.LogRecord) -> str:
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
    """Begin to log; libraries only from warnings on."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLogFormatter())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("dnk_tool").setLevel(logging.INFO)
