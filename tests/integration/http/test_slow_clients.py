"""Clients of a real `dnk serve` that are slow, on purpose or not: everybody else is served meanwhile."""

import io
import os
import re
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from dnk_tool.addresses import network_of
from dnk_tool.cli.server.connections import ClientConnection
from dnk_tool.cli.server.gunicorn_worker import ConnectionTable
from dnk_tool.cli.server.time_limits import LONGEST_SECONDS, MOST_OF_A_NETWORK, Transfer
from dnk_tool.paths import PACKAGE
from dnk_tool.web import template_context
from tests.integration.http.test_cli_serve import served
from tests.support.machine import free_port

# What depends on the clock is done again if the machine stood still meanwhile.
ATTEMPTS = 5
HOST = "Host: localhost\r\n"
FORM = f"{HOST}Content-Type: application/x-www-form-urlencoded\r\n"
UPLOAD = f"{HOST}Content-Type: multipart/form-data; boundary=x\r\n"

# The server waits for slow clients far longer than any answer takes on a busy machine.
PATIENT = """
from dnk_tool.cli.server import time_limits
time_limits.HEAD_SECONDS = time_limits.KEEPALIVE_SECONDS = time_limits.GRACE_SECONDS = 600
from dnk_tool.cli.main import main
main()
"""

# The same server, whose patience is short, and whose disk is full while there is a file "full" in its folder.
SHORT_LIMITS = """
import errno, io, os
from dnk_tool.cli.server import time_limits
time_limits.HEAD_SECONDS = time_limits.KEEPALIVE_SECONDS = time_limits.GRACE_SECONDS = 1
time_limits.BYTES_PER_SECOND = 200_000
from dnk_tool.cli.server import connections
class Full(io.BytesIO):
    def write(self, content):
        raise OSError(errno.ENOSPC, "No space left on device")
store = connections._store
is_full = lambda: os.path.exists(os.environ["DNK_INSTANCE"] + "/full")
connections._store = lambda most: Full() if is_full() else store(most)
from dnk_tool.cli.main import main
main()
"""


@contextmanager
def server_in(folder: Path, *, settings: dict[str, str] | None = None, **given: str) -> Iterator[int]:
    """The port of a server with its instance in the folder."""
    outside = {name: value for name, value in os.environ.items() if not name.startswith("DNK_")}
    port = free_port()
    env = outside | {"DNK_INSTANCE": str(folder / "instance"), "DNK_BACKGROUND": "false"}
    with served(env | (settings or {}), port, **given):
        yield port


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with server_in(tmp_path_factory.mktemp("server"), program=PATIENT) as port:
        is_well(port)
        yield port


@pytest.fixture(scope="module")
def impatient_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("server")


@pytest.fixture(scope="module")
def impatient_port(impatient_folder: Path) -> Iterator[int]:
    with server_in(impatient_folder, program=SHORT_LIMITS) as port:
        is_well(port)
        yield port


def is_well(port: int) -> bool:
    with urllib.request.urlopen(f"http://localhost:{port}/healthz", timeout=60) as answer:
        return bool(answer.status == 200)


def connect(port: int, text: str = "", *, source: str = "127.0.0.1") -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=60, source_address=(source, 0))
    client.sendall(text.encode())
    return client


def answer_of(client: socket.socket) -> str:
    """All that comes until the server closes."""
    content = b""
    while piece := client.recv(65_536):
        content += piece
    return content.decode()


def largest_static_file() -> str:
    files = [path for path in template_context.STATIC.rglob("*") if path.is_file()]
    return max(files, key=lambda path: path.stat().st_size).relative_to(template_context.STATIC).as_posix()


def slow_reader(port: int) -> socket.socket:
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    client.settimeout(60)
    client.connect(("127.0.0.1", port))
    client.sendall(f"GET /static/{largest_static_file()} HTTP/1.1\r\n{HOST}\r\n".encode() * 80)
    return client


SLOW: dict[str, Callable[[int], socket.socket]] = {
    "nothing at all": connect,
    "lines": lambda port: connect(port, f"GET / HTTP/1.1\r\n{HOST}X-Slow: "),
    "form": lambda port: connect(port, f"POST /konto HTTP/1.1\r\n{FORM}Content-Length: 60000\r\n\r\na="),
    "upload": lambda port: connect(
        port, f"POST /pruefen HTTP/1.1\r\n{UPLOAD}Content-Length: 1900000\r\n\r\n--x\r\n"
    ),
    "kept alive": lambda port: connect(port, f"GET /healthz HTTP/1.1\r\n{HOST}\r\n"),
    "never closed": lambda port: connect(port, f"GET /healthz HTTP/1.0\r\n{HOST}\r\n"),
    "reading nothing": slow_reader,
}


@pytest.mark.parametrize("number", [8, 32, 100])
@pytest.mark.parametrize("kind", SLOW)
def test_f1_slow_clients_do_not_stop_the_server(port: int, kind: str, number: int) -> None:
    with ExitStack() as clients:
        slow = [clients.enter_context(SLOW[kind](port)) for _ in range(number)]
        for _ in range(2):
            assert is_well(port)
            for client in slow:
                if kind in ("lines", "form", "upload"):
                    client.sendall(b"a")


def test_f1_slow_lines_end_with_an_answer(impatient_port: int) -> None:
    with connect(impatient_port, f"GET / HTTP/1.1\r\n{HOST}X-Slow: ") as client:
        answer = answer_of(client)
    assert answer.startswith("HTTP/1.1 408 ")
    assert "Content-Security-Policy: default-src 'none'" in answer
    assert "zu langsam" in answer


def test_f1_who_sends_nothing_is_let_go(impatient_port: int) -> None:
    with connect(impatient_port) as client:
        assert answer_of(client) == ""


@pytest.mark.parametrize("path", ["/konto", "/pruefen"])
def test_f1_slow_bodies_end_with_an_answer(impatient_port: int, path: str) -> None:
    size = 60_000 if path == "/konto" else 1_900_000
    with connect(
        impatient_port, f"POST {path} HTTP/1.1\r\n{UPLOAD}Content-Length: {size}\r\n\r\n--x"
    ) as client:
        assert answer_of(client).startswith("HTTP/1.1 408 ")


@pytest.mark.parametrize(
    "beginning",
    [f"GET / HTTP/1.1\r\n{HOST}X-Slow: ", f"POST /konto HTTP/1.1\r\n{FORM}Content-Length: 60000\r\n\r\n"],
    ids=["head", "body"],
)
def test_f1_a_trickle_below_the_minimum_rate_ends_with_an_answer(impatient_port: int, beginning: str) -> None:
    """Each byte comes well before a limit of idle seconds would have passed."""
    for _attempt in range(ATTEMPTS):
        with connect(impatient_port, beginning) as client:
            client.settimeout(0.2)
            answer, sent = b"", 0
            while not answer and sent < 100:
                try:
                    answer = client.recv(1000)
                except TimeoutError:
                    client.sendall(b"a")
                    sent += 1
        assert answer.startswith(b"HTTP/1.1 408 ")
        if sent > 2:
            return
    raise AssertionError("it never trickled")


def test_f1_forty_browsers_with_six_connections_each_may_stand_behind_one_address() -> None:
    nginx = (PACKAGE.parent / "deploy/nginx.conf").read_text("utf-8")
    [limit] = re.findall(r"limit_conn dnk_connections (\d+);", nginx)
    assert min(MOST_OF_A_NETWORK, int(limit)) >= 40 * 6


def test_f1_a_slow_line_that_keeps_moving_is_waited_for(impatient_port: int) -> None:
    """Three times as long as a client may do nothing."""
    answers = []
    for _attempt in range(ATTEMPTS):
        answers.append(answer_of_line_that_moves(impatient_port))
        if re.match(r"HTTP/1\.0 4(00|22) ", answers[-1]):
            return
    raise AssertionError(f"the application has never answered: {answers}")


def answer_of_line_that_moves(port: int) -> str:
    piece = b"a" * 100_000
    head = f"POST /pruefen HTTP/1.0\r\n{UPLOAD}Content-Length: {12 * len(piece)}\r\n\r\n"
    with connect(port, head) as client, suppress(ConnectionError):
        for _ in range(12):
            client.sendall(piece)
            time.sleep(0.25)
        return answer_of(client)
    return "let go"


def test_f1_whoever_reads_nothing_is_let_go(impatient_port: int) -> None:
    whole = 80 * (template_context.STATIC / largest_static_file()).stat().st_size
    for seconds in (3, 10, 30):
        size = size_read_after(impatient_port, seconds)
        if 0 < size < whole:
            return
    raise AssertionError(f"{size} of {whole} bytes after {seconds} seconds")


def size_read_after(port: int, seconds: float) -> int:
    """How much is there for somebody who reads nothing for so long."""
    size = 0
    with slow_reader(port) as client, suppress(ConnectionResetError):
        time.sleep(seconds)
        while piece := client.recv(1 << 20):
            size += len(piece)
    return size


def test_f1_time_for_50_mb_on_a_slow_line() -> None:
    transfer = Transfer(began=0)
    assert transfer.deadline <= 30
    kilobyte_per_second = 15_000  # 120 kbit/s
    for second in range(0, LONGEST_SECONDS, 10):
        transfer.moved = second * kilobyte_per_second
        if transfer.moved >= 50_000_000:
            break
        assert transfer.deadline > second
    assert transfer.moved >= 50_000_000


def test_f1_connections_of_one_address_are_limited(port: int) -> None:
    with ExitStack() as clients:
        first = clients.enter_context(connect(port, "GET /"))
        other = clients.enter_context(connect(port, "GET /", source="127.0.0.2"))
        for _ in range(MOST_OF_A_NETWORK):
            clients.enter_context(connect(port, "GET /"))
        assert is_well(port)
        assert first.recv(10) == b"", "who has waited longest makes room"
        other.sendall(f"healthz HTTP/1.0\r\n{HOST}\r\n".encode())
        assert " 200 " in answer_of(other)


def test_f1_own_proxies_may_have_any_number() -> None:
    table = ConnectionTable(trusts_private=True)
    pair = socket.socketpair()
    with pair[0], pair[1]:
        for _ in range(MOST_OF_A_NETWORK):
            table.add(ClientConnection(pair[0], ("10.0.0.7", 1), ("127.0.0.1", 1)))
            table.add(ClientConnection(pair[0], ("93.184.216.34", 1), ("127.0.0.1", 1)))
        assert table.one_too_many(ClientConnection(pair[0], ("10.0.0.7", 1), ("", 1))) is None
        assert table.one_too_many(ClientConnection(pair[0], ("93.184.216.34", 1), ("", 1))) is not None


def test_f1_an_ipv6_network_counts_as_one_address() -> None:
    assert network_of("2001:db8:1:2:3::4") == network_of("2001:db8:1:2::9") != network_of("2001:db8:1:3::9")
    assert network_of("::ffff:192.0.2.7") == network_of("192.0.2.7") != network_of("192.0.2.8")


@pytest.mark.parametrize(("is_kept_in_memory", "is_here"), [(True, False), (False, True), (False, False)])
def test_what_must_not_touch_the_disk_stays_in_memory(*, is_kept_in_memory: bool, is_here: bool) -> None:
    """A list of people, and a body that came with its head; only other large ones become temporary files."""
    mine, theirs = socket.socketpair()
    with mine, theirs:
        connection, body = ClientConnection(mine, None, None), b"x" * 100_000
        connection.is_kept_in_memory = is_kept_in_memory
        connection.received += body if is_here else body[:10]
        connection.expect_body(len(body))
        theirs.setblocking(False)
        for start in range(0 if is_here else 10, 0 if is_here else len(body), 10_000):
            theirs.sendall(body[start : start + 10_000])
            connection.read_body()
        stored = connection.body
        assert stored
        assert stored.read() == body
        assert isinstance(stored, io.BytesIO) == (is_kept_in_memory or is_here)
        connection.forget_request()
        assert not connection.is_kept_in_memory


def test_f1_pipelined_requests_are_answered_in_turn(port: int) -> None:
    form = f"POST /healthz HTTP/1.1\r\n{FORM}Content-Length: 3\r\n\r\na=b"
    last = f"GET /healthz HTTP/1.1\r\n{HOST}Connection: close\r\n\r\n"
    with connect(port, f"GET /healthz HTTP/1.1\r\n{HOST}\r\n{form}{last}") as client:
        statuses = re.findall(r"HTTP/1\.1 (\d+) ", answer_of(client))
    assert statuses == ["200", "405", "200"]


def test_f1_a_large_upload_arrives(port: int) -> None:
    address = f"http://localhost:{port}/pruefen"
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(address) as page:
        token = re.search(r'name="csrf_token"[^>]* value="([^"]+)"', page.read().decode())
    assert token
    fields = f'--x\r\nContent-Disposition: form-data; name="csrf_token"\r\n\r\n{token[1]}\r\n'
    file = '--x\r\nContent-Disposition: form-data; name="file"; filename="a.json"\r\n\r\n'
    body = f"{fields}{file}{{{' ' * 9_000_000}\r\n--x--\r\n".encode()
    headers = {"Content-Type": "multipart/form-data; boundary=x", "Referer": address}
    with pytest.raises(urllib.error.HTTPError) as refused:
        opener.open(urllib.request.Request(address, body, headers))
    with refused.value as page:
        assert page.status == 422
        assert "beschädigt" in page.read().decode()


def test_f1_whoever_sends_too_much_can_read_why(port: int) -> None:
    """The answer is there before the body, of which nothing is kept; browsers look at it afterwards."""
    with connect(port, f"POST /pruefen HTTP/1.1\r\n{UPLOAD}Content-Length: 30000000\r\n\r\n") as client:
        for _ in range(30):
            client.sendall(b"a" * 1_000_000)
        answer = answer_of(client)
    assert answer.startswith("HTTP/1.1 413 ")
    assert "Diese Datei ist zu groß" in answer


def test_f1_an_announced_body_is_asked_for_once(port: int) -> None:
    head = f"POST /konto HTTP/1.1\r\n{FORM}Content-Length: 3\r\nConnection: close\r\n"
    with connect(port, f"{head}Expect: 100-continue\r\n\r\n") as client:
        assert client.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b"a=b")
        assert answer_of(client).count("HTTP/1.1 ") == 1


def test_f16_nobody_waits_for_the_upload_of_a_stranger(port: int) -> None:
    """The body of 40 MB is neither sent nor asked for."""
    head = f"POST /erklaerungen/1/belege/neu HTTP/1.1\r\n{UPLOAD}Content-Length: 40000000\r\n"
    with connect(port, f"{head}Expect: 100-continue\r\n\r\n") as client:
        answer = answer_of(client)
    assert answer.startswith("HTTP/1.1 401 ")
    assert "Connection: close" in answer


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET / HTTP/1.1\nHost: localhost\n\n", "400"),
        (f"GET /  HTTP/1.1\r\n{HOST}\r\n", "400"),
        (f"GET /{'a' * 200_000}", "431"),
        (f"GET /{'a' * 5_000} HTTP/1.1\r\n{HOST}\r\n", "414"),
        (f"GET / HTTP/1.1\r\n{HOST}{'X: y' * 3_000}\r\n\r\n", "431"),
        (f"POST /konto HTTP/1.1\r\n{FORM}Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n", "411"),
        (f"POST /konto HTTP/1.1\r\n{FORM}Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\na=b", "400"),
        (f"POST /konto HTTP/1.1\r\n{FORM}Content-Length: 3\r\nContent-Length: 4\r\n\r\na=b", "400"),
        (f"POST /konto HTTP/1.1\r\n{FORM}Content-Length: +3\r\n\r\na=b", "400"),
        (f"GET / HTTP/1.1\r\n{HOST}X-A: b\r\n c\r\n\r\n", "400"),
        (f"GET / HTTP/1.1\r\n{HOST}X-A : b\r\n\r\n", "400"),
        (f"get / HTTP/1.1\r\n{HOST}\r\n", "400"),
        (f"GET / HTTP/2.0\r\n{HOST}\r\n", "400"),
    ],
)
def test_f11_answers_of_the_server_itself_carry_our_headers(
    port: int, request_text: str, status: str
) -> None:
    with connect(port, request_text) as client:
        answer = answer_of(client)
    assert answer.startswith(f"HTTP/1.1 {status} ")
    for header in ("Content-Security-Policy: default-src 'none'", "X-Content-Type-Options: nosniff"):
        assert header in answer
    assert "Server:" not in answer.partition("\r\n\r\n")[0]
    assert "localhost" not in answer, "nothing of the request is repeated"


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "PATH_INFO", "X-Forwarded-Proto", "X-Forwarded-Host"])
def test_f11_no_header_changes_where_the_server_thinks_it_is(port: int, name: str) -> None:
    value = "https" if name.endswith("Proto") else "//evil.example"
    with connect(port, f"GET //evil.example/berichte HTTP/1.0\r\n{HOST}{name}: {value}\r\n\r\n") as client:
        other = answer_of(client)
    assert not re.match(r"HTTP/1\.0 (200|500)", other)
    with connect(port, f"GET /berichte HTTP/1.0\r\n{HOST}{name}: {value}\r\n\r\n") as client:
        answer = answer_of(client)
    assert answer.startswith("HTTP/1.0 200 ")
    assert "evil.example" not in answer
    assert "https://localhost" not in answer


def test_f1_a_full_disk_ends_the_request_and_not_the_server(
    impatient_port: int, impatient_folder: Path
) -> None:
    is_full = impatient_folder / "instance" / "full"
    is_full.touch()
    try:
        head = f"POST /pruefen HTTP/1.1\r\n{UPLOAD}Content-Length: 100000\r\n\r\n"
        with connect(impatient_port, head + "a" * 100_000) as client:
            assert answer_of(client).startswith("HTTP/1.1 503 ")
        with slow_reader(impatient_port):
            assert is_well(impatient_port)
    finally:
        is_full.unlink()
