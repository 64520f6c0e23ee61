"""F15, A40: a published hole is named, and a source that gives no answer is no all-clear."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.releasing import audit

ROOT = Path(__file__).parents[3]
# Where nobody listens: whatever would leave this machine ends here.
NOWHERE = "http://127.0.0.1:9"


class Advisories(ThreadingHTTPServer):
    """The databases OSV and npm, of one faulty package each."""

    python, npm = "", ""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Answers(BaseHTTPRequestHandler):
    server: Advisories

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self._send(self._osv(json.loads(body)) if self.path == "/v1/query" else self._npm())

    def do_GET(self) -> None:
        self._send({"name": self.path.strip("/"), "versions": {}})  # npm asks which versions there are

    def _send(self, answer: dict[str, object]) -> None:
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _osv(self, asked: dict[str, dict[str, str]]) -> dict[str, object]:
        if asked["package"]["name"] != self.server.python:
            return {}
        package = {"name": self.server.python, "ecosystem": "PyPI"}
        events = [{"introduced": "0"}, {"fixed": "99.1"}]
        affected = [{"package": package, "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
        day = "2026-01-01T00:00:00Z"
        hole = {"id": "GHSA-0000-test", "aliases": ["CVE-2099-0001"], "affected": affected, "modified": day}
        return {"vulns": [hole | {"published": day, "details": "A fault."}]}

    def _npm(self) -> dict[str, object]:
        if not self.server.npm:
            return {}
        fault = {"id": 1, "title": "A fault of sass", "severity": "high", "vulnerable_versions": "<99"}
        return {self.server.npm: [fault | {"url": "https://example.org/advisory"}]}

    def log_message(self, *_words: object) -> None:
        pass


@pytest.fixture
def advisories() -> Iterator[Advisories]:
    with Advisories(("127.0.0.1", 0), Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def run_audit(folder: Path, *, osv: str, npm: str) -> subprocess.CompletedProcess[str]:
    closed = dict.fromkeys(("HTTPS_PROXY", "https_proxy"), NOWHERE) | dict.fromkeys(
        ("NO_PROXY", "no_proxy"), "127.0.0.1"
    )
    own = {"npm_config_registry": npm, "npm_config_fetch_retries": "0", "npm_config_cache": str(folder)}
    return subprocess.run(
        [sys.executable, "-m", "tests.releasing.audit", "--osv-url", f"{osv}/v1/query"],
        cwd=ROOT,
        env=os.environ | closed | own,
        capture_output=True,
        text=True,
    )


def test_f15_nothing_known(advisories: Advisories, tmp_path: Path) -> None:
    done = run_audit(tmp_path, osv=advisories.address, npm=advisories.address)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (
        0,
        "Nothing is known against the pinned versions.",
    ), done.stderr


def test_f15_a_known_hole_is_named(advisories: Advisories, tmp_path: Path) -> None:
    advisories.python, advisories.npm = "flask", "sass"
    done = run_audit(tmp_path, osv=advisories.address, npm=advisories.address)
    assert done.returncode == audit.KNOWN, done.stderr
    assert "(on every server): CVE-2099-0001, GHSA-0000-test; repaired in 99.1" in done.stdout
    assert "sass (the interface): A fault of sass, https://example.org/advisory" in done.stdout


def test_f15_no_answer_is_no_all_clear(tmp_path: Path) -> None:
    done = run_audit(tmp_path, osv=NOWHERE, npm=NOWHERE)
    assert done.returncode == audit.NOT_ASKED, done.stdout
    assert "NOT CHECKED: Python packages." in done.stderr
    assert "NOT CHECKED: npm packages." in done.stderr
    assert "Nothing is known" not in done.stdout


def test_f15_a_package_without_an_answer_is_no_all_clear() -> None:
    answer = {"dependencies": [{"name": "flask", "skip_reason": "not on the index"}]}
    with pytest.raises(audit.NotAsked, match="flask"):
        audit.read_pip_audit(answer)
