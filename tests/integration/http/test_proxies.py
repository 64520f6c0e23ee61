"""The examples of deploy/, in the real nginx and Caddy before a real `dnk serve`."""

import http.client
import json
import re
import socket
import sqlite3
import ssl
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from dnk_tool.web.http.request_limits import MAX_MEMORY_BYTES
from tests.integration.http.test_slow_clients import PATIENT, server_in
from tests.support.machine import free_port
from tests.support.proxies import PROGRAMS, proxy, trusting

MULTIPART = "multipart/form-data; boundary=x"


@dataclass(frozen=True)
class Site:
    """A server behind a proxy."""

    name: str
    port: int
    server_port: int
    folder: Path

    @property
    def trust(self) -> ssl.SSLContext:
        """For connections to the proxy."""
        return trusting(self.folder / self.name)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> tuple[http.client.HTTPResponse, str]:
        connection = http.client.HTTPSConnection("localhost", self.port, timeout=60, context=self.trust)
        with closing(connection):
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer, answer.read().decode()

    def connect(self, text: str) -> ssl.SSLSocket:
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        client = self.trust.wrap_socket(raw, server_hostname="localhost")
        client.sendall(text.encode())
        return client

    def connections_to_server(self) -> int:
        """How many connections the server has, each of which is one of the proxy."""
        lines = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
        return sum(
            int(fields[1].rpartition(":")[2], 16) == self.server_port and fields[3] == "01"
            for fields in lines
        )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def server_port(folder: Path) -> Iterator[int]:
    settings = {"DNK_PUBLIC_URL": "https://localhost", "DNK_PROXIES": "1"}
    with server_in(folder, settings=settings, program=PATIENT) as port:
        yield port


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def site(request: pytest.FixtureRequest, folder: Path, server_port: int) -> Iterator[Site]:
    name = request.param
    if PROGRAMS[name] is None:
        pytest.skip(f"{name} is not installed here")
    port = free_port()
    with proxy(name, folder / name, port=port, server_port=server_port):
        site = Site(name, port, server_port, folder)
        site.ask("GET", "/healthz")  # the first answer takes longest
        yield site


BUFFERED = "a client request body is buffered to a temporary file"


def page_token(page: str) -> str:
    token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page)
    assert token
    return token[1]


def cookies_of(answer: http.client.HTTPResponse) -> str:
    return "; ".join(value.partition(";")[0] for value in answer.headers.get_all("Set-Cookie", ()))


def test_f1_headers_and_cookies_behind_a_proxy(site: Site) -> None:
    answer, page = site.ask("GET", "/anmelden")
    assert answer.status == 200
    assert "form" in page
    for name, value in {
        "Content-Security-Policy": "default-src 'none'; style-src 'self'",
        "Strict-Transport-Security": "max-age=31536000",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cache-Control": "no-store",
    }.items():
        assert [text[: len(value)] for text in answer.headers.get_all(name, ())] == [value]
    cookies = answer.headers.get_all("Set-Cookie", ())
    assert cookies
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= {
            part.strip() for part in cookie.split(";")
        }
    assert not re.search(r"\d", answer.headers.get("Server", "")), "no version"


def test_f11_what_a_client_says_of_itself_is_not_believed(site: Site) -> None:
    lies = {
        "X-Forwarded-For": "9.9.9.9",
        "X_Forwarded_For": "9.9.9.9",
        "X-Real-IP": "9.9.9.9",
        "Forwarded": "for=9.9.9.9;host=evil.example;proto=http",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Prefix": "/evil.example",
        "SCRIPT_NAME": "//evil.example",
        "SCRIPT-NAME": "//evil.example",
    }
    first, page = site.ask("GET", "/anmelden", headers=lies)
    assert "evil.example" not in page + str(first.headers)
    fields = f"csrf_token={page_token(page)}&email=nobody%40example.org&password=wrong-wrong-wrong"
    headers = lies | {
        "Cookie": cookies_of(first),
        "Referer": f"https://localhost:{site.port}/anmelden",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    answer, page = site.ask("POST", "/anmelden", fields.encode(), headers)
    assert answer.status in (200, 422), page
    with closing(sqlite3.connect(site.folder / "instance" / "dnk.sqlite3")) as connection:
        keys = json.dumps(connection.execute("SELECT key FROM rate_limit").fetchall())
    assert "network:127.0.0.1" in keys
    assert "9.9.9.9" not in keys


def test_f11_other_hosts_are_refused(site: Site) -> None:
    answer, page = site.ask("GET", "/anmelden", headers={"Host": "evil.example"})
    assert answer.status != 200 or not page
    assert "evil.example" not in page


@pytest.mark.parametrize("kind", ["lines", "form"])
def test_f1_slow_clients_behind_a_proxy(site: Site, kind: str) -> None:
    """nginx keeps bodies, too, until they are whole; with Caddy the server does."""
    heads = {
        "lines": "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
        "form": "POST /konto HTTP/1.1\r\nHost: localhost\r\nContent-Length: 60000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\na=",
    }
    with ExitStack() as clients:
        slow = [clients.enter_context(site.connect(heads[kind])) for _ in range(40)]
        for client in slow:
            client.sendall(b"a")
        connection = http.client.HTTPSConnection("localhost", site.port, timeout=60, context=site.trust)
        with closing(connection):
            connection.request("GET", "/healthz")
            assert connection.getresponse().status == 200
        if kind == "lines" or site.name == "nginx":
            assert site.connections_to_server() < len(slow) / 2, "the proxy holds them"


@pytest.mark.parametrize("size", [100_000, 9_000_000])
def test_f1_uploads_pass_a_proxy(site: Site, size: int) -> None:
    first, page = site.ask("GET", "/pruefen")
    fields = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{page_token(page)}\r\n'
    file = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n'
    body = f"{fields}{file}{{{' ' * size}\r\n--x--\r\n".encode()
    headers = {
        "Cookie": cookies_of(first),
        "Referer": f"https://localhost:{site.port}/pruefen",
        "Content-Type": MULTIPART,
    }
    answer, page = site.ask("POST", "/pruefen", body, headers)
    assert answer.status == 422
    assert "beschädigt" in page


@pytest.mark.parametrize("site", ["nginx"], indirect=True)  # Caddy passes bodies on as they come
def test_a_list_of_people_waits_in_no_file_of_nginx(site: Site) -> None:
    """Nginx says so in its log whenever a body does."""
    log = site.folder / site.name / "log"
    for size, waits in ((MAX_MEMORY_BYTES, False), (2 * MAX_MEMORY_BYTES, True)):
        before = log.read_text("utf-8").count(BUFFERED)
        site.ask("POST", "/erklaerungen/1/listen/lohn", b"x" * size, {"Content-Type": MULTIPART})
        assert (log.read_text("utf-8").count(BUFFERED) > before) == waits


def test_f1_too_much_is_refused_by_the_proxy(site: Site) -> None:
    head = f"POST /pruefen HTTP/1.1\r\nHost: localhost:{site.port}\r\nContent-Type: {MULTIPART}\r\n"
    with site.connect(f"{head}Content-Length: 60000000\r\nConnection: close\r\n\r\n") as client:
        client.settimeout(60)
        assert b" 413 " in client.recv(4096).partition(b"\r\n")[0]


def test_f1_secret_links_do_not_reach_the_log_of_nginx(site: Site) -> None:
    for path in ("/einladung/geheim123", "/passwort-vergessen/geheim123", "/einrichten?token=geheim123"):
        site.ask("GET", path)
    logs = [file.read_text("utf-8") for file in (site.folder / site.name).glob("*log")]
    assert logs
    assert "geheim123" not in "".join(logs)
    if site.name == "nginx":
        assert '"GET /einladung/..." ' in "".join(logs)


def test_f1_long_heads_are_refused_by_the_proxy(site: Site) -> None:
    with site.connect(
        f"GET / HTTP/1.1\r\nHost: localhost:{site.port}\r\nX-Long: {'a' * 60_000}\r\n\r\n"
    ) as client:
        assert re.match(rb"HTTP/1\.1 4(00|31) ", client.recv(4096))


def test_f12_plain_http_leads_to_https(site: Site) -> None:
    if site.name == "caddy":
        return  # redirects by itself, on port 80 only
    port = int((site.folder / site.name / "http-port").read_text())
    connection = http.client.HTTPConnection("localhost", port, timeout=60)
    with closing(connection):
        connection.request("GET", "/berichte?seite=2")
        answer = connection.getresponse()
    assert (answer.status, answer.headers["Location"]) == (308, "https://localhost/berichte?seite=2")
