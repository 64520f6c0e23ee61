"""Measures whether the PDF of a draft is ready before the click, and what that costs; a part of `make bench`.

A person works on a declaration through a real `dnk serve`: writes a criterion (three saves), reads it over,
opens the PDF. All but the server goes twice as fast, the quiet too: a render takes twice its share.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

from tests.bench_pdf import _descendants, cpu_of
from tests.support.app import PASSWORD, form_fields

SPEED = 2
QUIET_SECONDS = 20
# From the last save to the click: once impatient, else reading what was written, or the next question, too.
PAUSES = (30, 45, 60, 5, 35, 40, 50, 30, 60, 45, 35, 30, 40, 55, 30, 45, 35, 60, 40)
SAVES, BETWEEN_SAVES = 3, 8
READY_SECONDS = 0.3
PORT = 8996
ADDRESS = f"http://localhost:{PORT}"
DRAFT, CRITERION = f"{ADDRESS}/erklaerungen/1/entwurf.pdf", f"{ADDRESS}/erklaerungen/1/kriterien/12"
SECRET = "only for tests " * 4


def ready_before_the_click(prepare: Callable[[Path], object]) -> dict[str, Any]:
    """The journey on an instance that `prepare` makes: its clicks with the first, the cost of a save."""
    with tempfile.TemporaryDirectory() as folder:
        prepare(Path(folder))
        with _server(folder) as process:
            person = _signed_in()
            clicks = [_click(person)]
            cpu = 0.0
            for pause in PAUSES:
                for number in range(SAVES):
                    time.sleep(BETWEEN_SAVES / SPEED if number else 0)
                    _save(person)
                before = _cpu(process)
                time.sleep(pause / SPEED)
                cpu += _cpu(process) - before
                clicks.append(_click(person))
    ready = [seconds for seconds in clicks if seconds <= READY_SECONDS]
    saves = SAVES * len(PAUSES)
    return {
        "clicks": len(clicks),
        "ready": len(ready),
        "ready_share": round(len(ready) / len(clicks), 2),
        "ready_median_seconds": round(statistics.median(ready), 3) if ready else None,
        "ready_slowest_seconds": round(max(ready), 3) if ready else None,
        "others_seconds": [round(seconds, 2) for seconds in clicks if seconds > READY_SECONDS],
        "saves": saves,
        "cpu_seconds_for_each_save": round(cpu / saves, 2),
    }


@contextmanager
def _server(folder: str) -> Iterator[subprocess.Popen[bytes]]:
    settings = {
        "DNK_INSTANCE": folder,
        "DNK_PORT": str(PORT),
        "DNK_SECRET_KEY": SECRET,
        "DNK_SECOND_FACTOR_FOR": "[]",
        "DNK_PDF_AHEAD_SECONDS": str(QUIET_SECONDS // SPEED),
    }
    command = [sys.executable, "-c", "from dnk_tool.cli.main import main; main()", "serve"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, env=os.environ | settings, start_new_session=True, **quiet) as process:
        try:
            yield process
        finally:
            process.terminate()


def _signed_in() -> OpenerDirector:
    person = build_opener(HTTPCookieProcessor(CookieJar()))
    until = time.monotonic() + 60
    while True:
        try:
            form = form_fields(_read(person, f"{ADDRESS}/anmelden").decode())
            break
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
    form |= {"email": ["bench@example.org"], "password": [PASSWORD]}
    _read(person, f"{ADDRESS}/anmelden", form)
    return person


def _save(person: OpenerDirector) -> None:
    form = form_fields(_read(person, CRITERION).decode())
    _read(person, CRITERION, form | {"ref-12.2-text": [f"Neuer Text {time.monotonic_ns()}"]})


def _click(person: OpenerDirector) -> float:
    """Seconds until the file is there; the page that waits for it asks again, as a browser does."""
    begin = time.perf_counter()
    while not _read(person, DRAFT).startswith(b"%PDF"):
        time.sleep(0.5)
    return time.perf_counter() - begin


def _read(person: OpenerDirector, address: str, form: dict[str, list[str]] | None = None) -> bytes:
    with person.open(address, urlencode(form, doseq=True).encode() if form else None) as answer:
        content: bytes = answer.read()
        return content


def _cpu(process: subprocess.Popen[bytes]) -> float:
    """Processor's seconds of the server with all its children that are there."""
    return sum(map(cpu_of, _descendants(process.pid)))


def main() -> None:
    """Print what is measured as JSON."""
    from tests.bench import make_app  # which imports this module

    try:
        print(json.dumps(ready_before_the_click(make_app), indent=2))
    except HTTPError as error:
        sys.exit(f"{error.url}: {error}")


if __name__ == "__main__":
    main()
