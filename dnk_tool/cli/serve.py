"""The command `dnk serve`: one process, several threads, as SQLite likes it."""

import errno
import os
import socket
import sys
from datetime import UTC, datetime
from typing import Any, NoReturn
from urllib.parse import urlsplit

import click

from dnk_tool import config
from dnk_tool.addresses import is_loopback
from dnk_tool.catalogue.factors.loader import OWN_FACTORS_FOLDER, load_factors
from dnk_tool.cli.output import fail
from dnk_tool.cli.server.application import GunicornApplication
from dnk_tool.cli.server.inherited_socket import UnfitSocket, inherited_socket
from dnk_tool.config import Settings
from dnk_tool.paths import create_instance
from dnk_tool.services.accounts import first_start, installation_key
from dnk_tool.services.privacy import erasure_files
from dnk_tool.store import schema
from dnk_tool.store.database import make_engine, session_factory, write_session


@click.command()
@click.option("--host", help="Address to listen on (default: DNK_HOST or 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (default: DNK_PORT or 8000).")
def serve(host: str | None, port: int | None) -> None:
    """Bring the database up to date and serve the tool until Ctrl+C.

    At the first start the console shows an address, valid once, that creates the first account. A listening
    socket from systemd (LISTEN_FDS) is used in place of host and port.
    """
    try:
        listener = inherited_socket()
    except UnfitSocket as error:
        fail(f"Cannot listen: {error}")
    if listener is not None:
        host, port = listener.getsockname()[:2]
    given: dict[str, Any] = {"host": host, "port": port}
    settings = config.load_settings(**{name: value for name, value in given.items() if value is not None})
    run(settings, listener=listener)


def run(settings: Settings, *, notice: str = "", listener: socket.socket | None = None) -> NoReturn:
    """Migrate the database and serve until a signal ends the process. `notice`: printed below the address.

    `listener`: where to listen, if it is bound already to the host of the settings.

    A port in use ends the process with a message. Raises ConfigurationError for a demo that other machines
    could reach and for a secret key that is missing or another than before, and CatalogueError for faulty own
    factors.
    """
    _refuse_public_demo(settings)
    load_factors(
        settings.instance / OWN_FACTORS_FOLDER
    )  # faults are reported here, instead of by a worker that dies
    listener = listener or _listen(settings)
    token = _prepare_database(settings)
    lines = [f"dnk-tool is ready: {settings.address}"]
    if token:
        lines.append(
            f"Create the first account here (valid once): {settings.address}/einrichten?token={token}"
        )
    if notice:
        lines.append(notice)
    lines.append("Stop with Ctrl+C.")
    GunicornApplication(settings, listener, "\n".join(lines)).run()
    sys.exit(0)


def _refuse_public_demo(settings: Settings) -> None:
    public = str(urlsplit(settings.address).hostname) if settings.is_local else settings.host
    if first_start.is_demo(settings.instance) and not is_loopback(public):
        problem = f"{settings.instance} holds the demo, whose passwords are public; not served for {public}"
        raise config.ConfigurationError([f"{problem}. Set DNK_INSTANCE to another folder."])


def _listen(settings: Settings) -> socket.socket:
    """Bind the address before anything is changed, so that a port in use ends the command at once."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
        listener.listen(128)
    except OSError as error:
        place = f"{settings.host}:{settings.port}"
        if error.errno == errno.EADDRINUSE:
            click.echo(
                f"{place} is in use, perhaps by dnk-tool itself. "
                "Stop that, or choose a port: dnk serve --port 8001",
                err=True,
            )
        else:
            click.echo(f"Cannot listen on {place}: {os.strerror(error.errno or 0)}", err=True)
        sys.exit(1)
    return listener


def _prepare_database(settings: Settings) -> str | None:
    """Migrate the database and repeat logged erasures. Returns the setup token of a first start.

    Raises ConfigurationError for a secret key that is not the installation's, before anything is changed.
    """
    create_instance(settings.instance)
    engine = make_engine(settings.database)
    try:
        key = installation_key.require_key(engine, settings)
        schema.upgrade(engine)
        erasure_files.reapply_erasures(session_factory(engine), settings.instance)
        with write_session(session_factory(engine)) as session, session.begin():
            installation_key.note_key(session, key, now=datetime.now(UTC))
            return first_start.issue_setup_token(session, settings.instance)
    finally:
        engine.dispose()
