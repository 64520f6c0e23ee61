"""What gunicorn's threads do: read a request that is there, ask the application, and leave the answer."""

import io
import logging
from contextlib import suppress
from enum import Enum, auto
from http import HTTPStatus
from typing import Any

from gunicorn.http import wsgi
from gunicorn.http.message import Request
from gunicorn.http.unreader import IterUnreader
from gunicorn.workers.gthread import ThreadWorker

from dnk_tool.cli.server.connections import ClientConnection
from dnk_tool.cli.server.plain_answers import plain_answer, status_of
from dnk_tool.cli.server.time_limits import SMALL_BODY_BYTES

log = logging.getLogger(__name__)


class Outcome(Enum):
    """What a thread wants after looking at a request: its body, the next request, or an end."""

    COLLECT = auto()
    KEEP = auto()
    CLOSE = auto()
    GONE = auto()


class LengthRequired(Exception):
    """The request does not say how long its body is."""


class AnsweringWorker(ThreadWorker):
    """The part of the worker that runs in its threads."""

    def handle(self, connection: ClientConnection) -> Outcome:
        """Answer a request that is there, or say that its body is still needed. Runs in a thread."""
        try:
            if connection.request is None:
                connection.request = self._read_request(connection)
                if self._needs_body(connection):
                    return Outcome.COLLECT
            request = connection.request
            request.body = connection.body or io.BytesIO()
            request._expected_100_continue = False  # has been answered
            keeps = self.handle_request(request, connection)
            return Outcome.KEEP if keeps and not connection.is_last else Outcome.CLOSE
        except (StopIteration, ConnectionError):
            return Outcome.CLOSE
        except OSError:
            log.exception("a request cannot be answered")
            return Outcome.GONE
        except Exception as error:  # noqa: BLE001 -- every request gets an answer
            return self._answer_error(connection, error)

    def _read_request(self, connection: ClientConnection) -> Any:
        head = IterUnreader([connection.take_head()])
        return Request(self.cfg, head, connection.client, connection.requests)

    def _needs_body(self, connection: ClientConnection) -> bool:
        """Whether the body must be collected first. One that nobody wants is answered without being read."""
        headers = dict(connection.request.headers)
        if "TRANSFER-ENCODING" in headers:
            raise LengthRequired
        length = int(headers.get("CONTENT-LENGTH", 0))
        if not length:
            return False
        if length <= max(SMALL_BODY_BYTES, len(connection.received)):
            return True
        environ = self._environ(connection)
        if self.app.wants_body(environ):
            connection.is_kept_in_memory = bool(self.app.keeps_body_in_memory(environ))
            return True
        connection.has_unread_body = True
        connection.request.force_close()
        return False

    def _environ(self, connection: ClientConnection) -> Any:
        """What the application is asked about a request before its body is read."""
        server, request = connection.server, connection.request
        is_expected, request._expected_100_continue = request._expected_100_continue, False
        _response, environ = wsgi.create(request, connection, connection.client, server, self.cfg)
        request._expected_100_continue = is_expected
        return environ

    def _answer_error(self, connection: ClientConnection, error: Exception) -> Outcome:
        is_length_missing = isinstance(error, LengthRequired)
        status = HTTPStatus.LENGTH_REQUIRED if is_length_missing else status_of(error)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            # The address may hold a secret link, so it is not logged.
            log.error("a request failed outside the application", exc_info=error)
        else:
            log.info("a request was refused with %s: %s", status.value, type(error).__name__)
        connection.has_unread_body = True
        with suppress(OSError):
            connection.sendall(plain_answer(status, headers=self.app.own_headers))
        return Outcome.CLOSE
