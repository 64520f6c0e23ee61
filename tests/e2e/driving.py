"""A real `dnk serve`, people who use it, and the steps that several journeys take."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, expect

from tests.support.app import PASSWORD, form_fields
from tests.support.instance import Instance
from tests.support.machine import kept_port

DNK = [sys.executable, "-c", "from dnk_tool.cli.main import main; main()"]
# The same with templates that another process compiled, in the folder named first, and cheap hashes.
QUICK_DNK = """
import sys
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import FileSystemBytecodeCache
from dnk_tool.cli.main import main
from dnk_tool.services.accounts import passwords

Flask.jinja_options = Flask.jinja_options | {"bytecode_cache": FileSystemBytecodeCache(sys.argv.pop(1))}
passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
main()
"""
# However the tests end, no server stays behind.
WITH_US = ["setpriv", "--pdeathsig", "TERM"]
# How long something may take on a machine with much else to do; only a test that fails ever waits so long.
PATIENCE_SECONDS = 60.0

_addresses = count(1)


class Server(Instance):
    """An instance of its own with `dnk serve` in its own process group, on a port of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        empty_database: Path | None = None,
        compiled_templates: Path | None = None,
        **settings: str,
    ) -> None:
        """Choose where it is, without starting it.

        `empty_database`: what seeding begins with on SQLite, in place of every migration once more;
        `compiled_templates`: serve as `QUICK_DNK` does, with the templates there.
        """
        super().__init__(folder, database=settings.get("DNK_DATABASE_URL", ""), empty_database=empty_database)
        quick = [sys.executable, "-c", QUICK_DNK, str(compiled_templates)]
        self._serve = [*(quick if compiled_templates else DNK), "serve"]
        self._kept = kept_port()  # it comes and goes
        self.port = int(self._kept.getsockname()[1])
        self.address = f"http://localhost:{self.port}"
        outside = {name: value for name, value in os.environ.items() if not name.startswith("DNK_")}
        # Each browser names a network address of its own, or the limit on sign-ins would stop the tests.
        own = {"DNK_INSTANCE": str(self.instance), "DNK_PORT": str(self.port), "DNK_PROXIES": "1"}
        own |= {"DNK_SECOND_FACTOR_FOR": "[]"}
        self._env = outside | own | settings
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None

    def run(self, *arguments: str, typed: str = "") -> str:
        """What a command of the tool prints."""
        return subprocess.run(
            [*DNK, *arguments],
            env=self._env,
            cwd=self.folder,
            input=typed,
            text=True,
            check=True,
            capture_output=True,
        ).stdout

    def start(self) -> str:
        """Serve until `stop` or `kill`; gives what the console says."""
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*WITH_US, *self._serve],
                env=self._env,
                cwd=self.folder,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        end = time.monotonic() + 2 * PATIENCE_SECONDS
        while time.monotonic() < end:
            said = self._log.read_text("utf-8")
            if "Stop with" in said and self._answers():
                return said
            assert self._process.poll() is None, f"the server ended:\n{said}"
            time.sleep(0.05)
        raise AssertionError(f"the server does not start:\n{said}")

    def _answers(self) -> bool:
        """The console says "ready" once requests are accepted; the first is answered somewhat later."""
        try:
            with urlopen(f"{self.address}/healthz", timeout=PATIENCE_SECONDS) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        self._kept.close()

    def kill(self) -> None:
        """What a power cut does to the processes: no warning, no time to write."""
        self._end(signal.SIGKILL)

    @contextmanager
    def holding_prints(self) -> Iterator[None]:
        """The child that renders stands still meanwhile, as on a machine with much else to do."""
        children = [
            pid for pid in self._own_processes() if b"dnk_tool.report.process.worker" in _command(pid)
        ]
        assert children, "print something first"
        for pid in children:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in children:
                os.kill(pid, signal.SIGCONT)

    def _own_processes(self) -> list[int]:
        """The server and what it started: all have its session."""
        assert self._process
        pids = [int(process.name) for process in Path("/proc").iterdir() if process.name.isdecimal()]
        return [pid for pid in pids if _session(pid) == self._process.pid]

    def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.poll() is None:
            if how == signal.SIGKILL:
                os.killpg(self._process.pid, how)
            else:
                self._process.send_signal(how)
            self._process.wait(PATIENCE_SECONDS)
        self._process = None


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _session(pid: int) -> int:
    with suppress(OSError):
        return os.getsid(pid)
    return 0


# A page asks for some seconds whether the server is there, and then says that it is not.
PATIENT_PAGES = """{
  const within = AbortSignal.timeout.bind(AbortSignal);
  AbortSignal.timeout = (milliseconds) => within(20 * milliseconds);
}"""


class Visitor:
    """A browser of somebody's: its pages, and what they did that no page may do.

    Its pages wait longer for an answer than usual; a network that is gone they notice at once.
    """

    def __init__(self, context: BrowserContext, server: Server) -> None:
        self.context, self.server = context, server
        self.faults: list[str] = []
        context.set_default_timeout(1000 * PATIENCE_SECONDS)
        expect.set_options(timeout=1000 * PATIENCE_SECONDS)
        context.add_init_script(PATIENT_PAGES)
        context.on("page", self._watch)

    def page(self, path: str = "") -> Page:
        page = self.context.new_page()
        if path:
            page.goto(path)
        return page

    def sign_in(self, name: str, password: str = PASSWORD, *, page: Page | None = None) -> Page:
        """Through the form, as a person does."""
        page = page or self.page()
        page.goto("/anmelden")
        page.get_by_label("E-Mail-Adresse").fill(name if "@" in name else f"{name}@example.org")
        page.get_by_label("Passwort", exact=True).fill(password)
        page.get_by_role("button", name="Anmelden", exact=True).click()
        expect(page.get_by_role("button", name="Abmelden")).to_be_visible()
        page.wait_for_load_state()  # the button is there before the styles and scripts are
        return page

    def sign_out(self, page: Page) -> None:
        """By the button, until the page says so: a script may ask about unsaved text before."""
        page.get_by_role("banner").get_by_role("button", name="Abmelden").click()
        expect(page.get_by_role("link", name="Anmelden").first).to_be_visible()
        page.wait_for_load_state()

    def come_in(self, name: str) -> None:
        """Signed in as in a browser's window of before: the form, but no page of it."""
        request = self.context.request
        fields = form_fields(request.get("/anmelden").text())
        sent = {field: value[0] for field, value in fields.items()}
        sent |= {"email": f"{name}@example.org", "password": PASSWORD}
        answer = request.post("/anmelden", form=sent, max_redirects=0)
        assert answer.status == 303

    def _watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"{page.url}: {error}"))
        page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        # An answer of 4xx, or no answer at all while offline, is what some tests are about.
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.faults.append(f"console: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme not in ("data", "about", "blob") and address.port != self.server.port:
            self.faults.append(f"a request to another host: {request.url}")


class Client:
    """A plain HTTP client of one person: cookies and forms, no browser."""

    def __init__(self, server: Server) -> None:
        self._port, self._headers = server.port, other_address()
        self._cookies: dict[str, str] = {}

    def request(self, method: str, path: str, fields: dict[str, object] | None = None) -> tuple[int, str]:
        """Status and body. Raises OSError or HTTPException if the server is not there or goes away."""
        headers = {}
        if fields:
            headers = {"Content-Type": "application/x-www-form-urlencoded", "X-Requested-With": "fetch"}
        status, body = self.send(method, path, urlencode(fields or {}, doseq=True).encode(), headers)
        return status, body.decode()

    def send(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        """The same with a body that is there already."""
        cookies = self.cookie_header()
        connection = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, self._headers | cookies | headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        for line in answer.headers.get_all("Set-Cookie", ()):
            self._cookies |= {name: cookie.value for name, cookie in SimpleCookie(line).items()}
        return answer.status, content

    def cookie_header(self) -> dict[str, str]:
        """The header that makes another program the same person."""
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}

    def sign_in(self, email: str, password: str = PASSWORD) -> None:
        fields = form_fields(self.request("GET", "/anmelden")[1])
        sent = fields | {"email": email, "password": password}
        assert self.request("POST", "/anmelden", sent)[0] == 303


def other_address() -> dict[str, str]:
    """Headers of a visitor from a network address that nobody else uses."""
    number = next(_addresses)
    return {"X-Forwarded-For": f"10.{os.getpid() % 250}.{number // 250}.{number % 250 + 1}"}


def section_path(declaration: int, ref: str) -> str:
    return f"/erklaerungen/{declaration}/kriterien/{ref}"


def field(page: Page, name: str) -> Locator:
    """A field by its name; refs have dots, which a CSS selector would misread."""
    return page.locator(f'[name="{name}"]')


def press_in_main(page: Page, name: str | re.Pattern[str], *, exact: bool = False) -> None:
    """Press a button and wait for the next page: a script may ask first whether the server is there."""
    with page.expect_navigation():
        page.get_by_role("main").get_by_role("button", name=name, exact=exact).first.click()


def status_line(page: Page) -> Locator:
    """The one line that says how the saving stands."""
    return page.locator("[data-save-status]")


def wait_for(condition: Callable[[], object], *, seconds: float = PATIENCE_SECONDS, what: str = "it") -> None:
    """Wait for something that no page shows."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen within {seconds} seconds"
        time.sleep(0.05)
