"""People who save one answer after another, each in a company of their own, and what they had to wait."""

import json
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from statistics import median
from typing import Any
from urllib.parse import urlencode

from werkzeug.test import encode_multipart

from dnk_tool.domain.permissions import Role
from tests.e2e.driving import Server, other_address, section_path
from tests.support.app import PASSWORD, declaration_of, form_fields, make_organisation
from tests.support.instance import COMPLETE

SAVING_SECONDS = 120.0  # longer than any disturbance among them
REUSE_SECONDS = 1.0  # well before the server closes an idle connection
SECTION, REF = "2", "2.1"
TEXT = " Wir schreiben das auf, damit es nicht verloren geht." * 10


class Person:
    """A signed-in person with one connection that stays open, as a browser has."""

    def __init__(self, port: int, email: str) -> None:
        self._port, self._headers, self._cookies = port, other_address(), dict[str, str]()
        self._connection: HTTPConnection | None = None
        self._used_at = 0.0
        fields = form_fields(self.request("GET", "/anmelden")[1])
        status, _page = self.request("POST", "/anmelden", fields | {"email": [email], "password": [PASSWORD]})
        assert status == 303, status

    def request(
        self, method: str, path: str, fields: dict[str, Any] | None = None, *, is_by_script: bool = False
    ) -> tuple[int, str]:
        """Status and body. Raises OSError or HTTPException if the server is not there or goes away.

        `is_by_script`: the fields go out as the page's script sends them, in parts.
        """
        headers = self._headers | {"Cookie": "; ".join(f"{k}={v}" for k, v in self._cookies.items())}
        sent = urlencode(fields or {}, doseq=True).encode()
        if is_by_script:
            boundary, sent = encode_multipart(fields or {})
            headers["Content-Type"] = f"multipart/form-data; boundary={boundary}"
        elif fields:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if fields:
            headers["X-Requested-With"] = "fetch"
        if self._connection and time.monotonic() - self._used_at > REUSE_SECONDS:
            self.close()  # the server may be about to close it
        connection = self._connection or HTTPConnection("127.0.0.1", self._port, timeout=60)
        self._connection, self._used_at = None, time.monotonic()
        try:
            connection.request(method, path, sent, headers)
            answer = connection.getresponse()
            content = answer.read()
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        for line in answer.headers.get_all("Set-Cookie", ()):
            self._cookies |= {name: cookie.value for name, cookie in SimpleCookie(line).items()}
        return answer.status, content.decode()

    def close(self) -> None:
        """Close the connection."""
        if self._connection:
            self._connection.close()
        self._connection = None


class Writer(Person):
    """A person who saves a page with all its fields and a new text each time, as the page does by itself."""

    def __init__(self, port: int, email: str, declaration: int) -> None:
        super().__init__(port, email)
        self.saved: list[float] = []  # seconds of each save that was confirmed
        self.refused: Counter[str] = Counter()
        self.confirmed: list[str] = []
        self._path, self._number = section_path(declaration, SECTION), 0
        page = self.request("GET", self._path)[1]
        self._fields: dict[str, Any] = form_fields(page) | {"autosave": "1"}
        self._versions = dict(re.findall(r'name="([^"]*)" value="[^"]*" data-version-of="([^"]*)"', page))

    def save(self, since: float | None = None) -> bool:
        """Save once; `since` is when it was due. Returns whether it was confirmed."""
        begin = since or time.perf_counter()
        self._number += 1
        text = f"{self._number}. Fassung.{TEXT}"
        try:
            sent = self._fields | {f"ref-{REF}-text": text}
            status, body = self.request("POST", self._path, sent, is_by_script=True)
        except (OSError, HTTPException) as error:
            self.refused[type(error).__name__] += 1
            return False
        reply = json.loads(body) if body.startswith("{") else {}
        if status != 200 or reply.get("status") != "saved":
            self.refused[f"{status} {reply.get('status')}"] += 1
            return False
        for name, of in self._versions.items():
            if of in reply["versions"]:
                self._fields[name] = str(reply["versions"][of])
        self.saved.append(time.perf_counter() - begin)
        self.confirmed.append(text)
        return True

    def forget(self) -> None:
        """Count anew."""
        self.saved, self.refused = [], Counter()


def seed_writers(server: Server, count: int, *, are_empty: bool = False) -> list[tuple[str, int]]:
    """Companies with one owner each: address and declaration, which is complete unless `are_empty`."""
    people = [f"writer{number}" for number in range(count)]
    if not are_empty:
        return [(f"{who}@example.org", server.seed(COMPLETE, **{who: Role.OWNER})) for who in people]
    with server.stored() as session:
        companies = [(who, make_organisation(session, who, **{who: Role.OWNER})) for who in people]
        return [(f"{who}@example.org", declaration_of(session, company).id) for who, company in companies]


def run_closed(writers: Sequence[Writer], seconds: float, *, least: int = 0) -> dict[str, Any]:
    """Let each save again as soon as it is answered: for so long, and until all have saved so often."""

    def work(writer: Writer, until: float) -> None:
        while time.perf_counter() < until or sum(len(one.saved) for one in writers) < least:
            writer.save()

    _run_writers(writers, work, seconds)
    return summary_of_writers(writers, seconds)


def run_until(writers: Sequence[Writer], is_over: threading.Event) -> dict[str, Any]:
    """Let each save again as soon as it is answered, until the event is set, at most SAVING_SECONDS."""

    def work(writer: Writer, until: float) -> None:
        while not is_over.is_set() and time.perf_counter() < until:
            writer.save()

    _run_writers(writers, work, SAVING_SECONDS)
    return summary_of_writers(writers, SAVING_SECONDS)


def run_open(writers: Sequence[Writer], seconds: float, rate: float) -> dict[str, Any]:
    """Let saves begin at fixed moments, however long the others take: waiting counts from the moment due."""
    pause = len(writers) / rate

    def work(writer: Writer, until: float) -> None:
        due = until - seconds + pause * writers.index(writer) / len(writers)
        while due < until:
            time.sleep(max(0.0, due - time.perf_counter()))
            writer.save(due)
            due += pause

    _run_writers(writers, work, seconds)
    return summary_of_writers(writers, seconds)


def _run_writers(writers: Sequence[Writer], work: Callable[[Writer, float], None], seconds: float) -> None:
    until = time.perf_counter() + seconds
    for writer in writers:
        writer.forget()
    threads = [threading.Thread(target=work, args=(writer, until), daemon=True) for writer in writers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds + 90)


def summary_of_writers(writers: Sequence[Writer], seconds: float) -> dict[str, Any]:
    """Rate, waits in ms, and fairness: the least saves of somebody divided by the most."""
    counts = [len(writer.saved) for writer in writers]
    refused = sum((writer.refused for writer in writers), Counter[str]())
    return {
        "clients": len(writers),
        "per_second": round(sum(counts) / seconds, 1),
        **waits([wait for writer in writers for wait in writer.saved]),
        "least_and_most": [min(counts), max(counts)],
        "fairness": round(min(counts) / max(1, *counts), 2),
        "refused": dict(refused),
    }


def waits(seconds: Sequence[float]) -> dict[str, float | None]:
    """Median, 99th percentile and longest in milliseconds."""
    ordered = sorted(wait * 1000 for wait in seconds)
    if not ordered:
        return {"p50_ms": None, "p99_ms": None, "longest_ms": None}
    return {
        "p50_ms": round(median(ordered), 1),
        "p99_ms": round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))], 1),
        "longest_ms": round(ordered[-1], 1),
    }
