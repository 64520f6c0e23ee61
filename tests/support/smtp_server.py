"""A real SMTP server that remembers what it got, and refuses what a test wants it to refuse."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tests.support.machine import free_port


class RecordingSmtpServer:
    """An SMTP server's memory; `refuse` is its answer to a command, `thinks_seconds` how long it takes."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.received: list[bytes] = []
        self.recipients: list[str] = []
        self.refuse: dict[str, str] = {}
        self.is_held = False  # the mail that comes is not taken until it is let go
        self.is_reading = False

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.received]

    @property
    def settings(self) -> dict[str, Any]:
        """What makes the tool deliver here."""
        return {"smtp_host": "127.0.0.1", "smtp_port": self.port, "smtp_security": "none"}

    async def handle_MAIL(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if "MAIL" in self.refuse:
            return self.refuse["MAIL"]
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if "RCPT" in self.refuse:
            return self.refuse["RCPT"]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        if "DATA" in self.refuse:
            return self.refuse["DATA"]
        self.is_reading = True
        while self.is_held:
            await asyncio.sleep(0.02)
        self.received.append(envelope.content)
        self.recipients += envelope.rcpt_tos
        if "HANG-UP" in self.refuse:
            server.transport.abort()
        return "250 OK"


@contextmanager
def running_smtp_server(**options: Any) -> Iterator[RecordingSmtpServer]:
    """A server on a free port, until the end. `options`: see aiosmtpd's Controller and SMTP."""
    port = free_port()
    handler = RecordingSmtpServer(port)
    controller = Controller(handler, hostname="127.0.0.1", port=port, ready_timeout=60, **options)
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


@contextmanager
def secure_smtp_server(
    certificate: Path, key: Path, user: str, password: str
) -> Iterator[RecordingSmtpServer]:
    """A server with STARTTLS that wants a sign-in."""

    def authenticate(_server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any) -> AuthResult:
        is_right = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=is_right, handled=False)

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)
    options = {"tls_context": context, "authenticator": authenticate, "auth_required": True}
    with running_smtp_server(**options) as server:
        yield server
