"""The examples of deploy/ in the real programs, on free ports and with a certificate for this machine."""

import os
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.support.machine import free_port

DEPLOY = Path(__file__).parents[2] / "deploy"
PROGRAMS = {name: shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in ("nginx", "caddy")}

_NGINX = """
{user}
daemon off;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 2048; }}
worker_rlimit_nofile 4096;
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/dnk-tool.conf;
}}
"""


@contextmanager
def proxy(name: str, folder: Path, *, port: int, server_port: int) -> Iterator[Path]:
    """nginx or Caddy with https on the port, before a server on another. Gives its log."""
    folder.mkdir()
    certificate, key = write_certificate(folder)
    write = _write_nginx if name == "nginx" else _write_caddy
    arguments = write(folder, certificate, key, port, server_port)
    log = folder / "log"
    with log.open("wb") as file:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "TERM", str(PROGRAMS[name]), *arguments],
            stdout=file,
            stderr=file,
            env={"PATH": os.environ["PATH"], "HOME": str(folder), "XDG_DATA_HOME": str(folder)},
        )
    try:
        _wait_until_open(port, process, log)
        yield log
    finally:
        process.terminate()
        process.wait(60)


def _write_nginx(folder: Path, certificate: Path, key: Path, port: int, server_port: int) -> list[str]:
    site = (DEPLOY / "nginx.conf").read_text("utf-8")
    site = site.replace("/etc/ssl/dnk.example.org/fullchain.pem", str(certificate))
    site = site.replace("/etc/ssl/dnk.example.org/privkey.pem", str(key))
    site = site.replace("/var/log/nginx/dnk-tool.log", str(folder / "access.log"))
    site = site.replace("dnk.example.org", "localhost").replace("127.0.0.1:8000", f"127.0.0.1:{server_port}")
    site = re.sub(r"^ *listen \[::\].*\n", "", site, flags=re.MULTILINE)
    site = site.replace("listen 443 ", f"listen 127.0.0.1:{port} ")
    http_port = free_port()
    (folder / "http-port").write_text(str(http_port))
    site = site.replace("listen 80;", f"listen 127.0.0.1:{http_port};")
    (folder / "dnk-tool.conf").write_text(site, "utf-8")
    (folder / "nginx.conf").write_text(
        _NGINX.format(folder=folder, user="user root;" if os.geteuid() == 0 else ""), "utf-8"
    )
    return ["-c", str(folder / "nginx.conf"), "-p", str(folder), "-e", "stderr"]


def _write_caddy(folder: Path, certificate: Path, key: Path, port: int, server_port: int) -> list[str]:
    text = (DEPLOY / "Caddyfile").read_text("utf-8")
    text = text.replace("{\n\tservers", "{\n\tadmin off\n\tauto_https disable_redirects\n\tservers", 1)
    text = text.replace(
        "\ndnk.example.org {", f"\nhttps://localhost:{port} {{\n\tbind 127.0.0.1\n\ttls {certificate} {key}"
    )
    (folder / "Caddyfile").write_text(text.replace("127.0.0.1:8000", f"127.0.0.1:{server_port}"), "utf-8")
    return ["run", "--adapter", "caddyfile", "--config", str(folder / "Caddyfile")]


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate of localhost, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    hosts = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / "certificate.pem", folder / "key.pem"
    files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return files


def trusting(folder: Path) -> ssl.SSLContext:
    """What a client needs to accept the proxy's certificate."""
    return ssl.create_default_context(cafile=str(folder / "certificate.pem"))


def _wait_until_open(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + 120
    while time.monotonic() < end:
        assert process.poll() is None, log.read_text("utf-8")
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text("utf-8"))
