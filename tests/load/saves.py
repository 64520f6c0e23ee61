"""What a save, the criterion page and the overview cost, beside a plain view and beside another checkout.

`python -m tests.load.saves --against DIR` measures this program and the one in DIR in turn within one run,
as processor time: ratios are what counts.
"""

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from inspect import signature
from pathlib import Path
from statistics import median
from typing import Any

HERE = Path(__file__).resolve()
ROUNDS, CHUNK = 60, 5
CRITERION, REF, FIELDS = "1", "1.1", 20
PAGE, OVERVIEW = f"/erklaerungen/3/kriterien/{CRITERION}", "/erklaerungen/3/"
SAVE, PLAIN = "save", "plain_view"
MEASURED = (SAVE, "criterion", "overview", PLAIN)


def saves(against: str = "") -> dict[str, Any]:
    """Median milliseconds of the processor and ratios; `against`: another checkout, measured in turn."""
    checkouts = {"now": HERE.parents[2], **({"before": Path(against)} if against else {})}
    with ExitStack() as stack:
        children = {name: stack.enter_context(_child(folder)) for name, folder in checkouts.items()}
        measured: dict[str, dict[str, list[float]]] = {
            name: {what: [] for what in MEASURED} for name in children
        }
        for _ in range(ROUNDS // CHUNK):
            for what in MEASURED:
                for name, ask in children.items():
                    measured[name][what] += ask(what)
    ms = {name: {what: median(times) for what, times in one.items()} for name, one in measured.items()}
    result: dict[str, Any] = {
        name: {what: round(one, 2) for what, one in of.items()} for name, of in ms.items()
    }
    result["save_to_plain_view"] = {name: round(of[SAVE] / of[PLAIN], 1) for name, of in ms.items()}
    if against:
        pages = (what for what in MEASURED if what != PLAIN)
        result["now_to_before"] = {what: round(ms["now"][what] / ms["before"][what], 2) for what in pages}
    return result


@contextmanager
def _child(folder: Path) -> Iterator[Callable[[str], list[float]]]:
    """A process of the checkout's own program that measures what it is asked for."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DNK_")}
    with subprocess.Popen(
        [sys.executable, "-P", HERE, "--serve"],
        cwd=folder,
        env=environ | {"PYTHONPATH": str(folder)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        told: Any = process.stdin
        said: Any = process.stdout

        def ask(what: str) -> list[float]:
            print(what, file=told, flush=True)
            times: list[float] = json.loads(said.readline())
            return times

        try:
            yield ask
        finally:
            told.close()


def serve_measures() -> None:
    """Measure each thing that a line of the standard input names, and print its times."""
    with tempfile.TemporaryDirectory() as folder:
        requests = _requests(Path(folder))
        for call in requests.values():
            for _ in range(3):  # what the first ones load is not measured
                call()
        for line in sys.stdin:
            print(json.dumps([_milliseconds(requests[line.strip()]) for _ in range(CHUNK)]), flush=True)


def _milliseconds(call: Callable[[], Any]) -> float:
    begin = time.process_time()
    status = call().status_code
    milliseconds = (time.process_time() - begin) * 1000
    assert status == 200, status
    return milliseconds


def _requests(folder: Path) -> dict[str, Callable[[], Any]]:
    """What is measured, by name, in a company with a version, a declaration in work and a year before it."""
    from tests.bench import make_app
    from tests.support.app import form_fields, sign_in

    app = make_app(folder)
    email = _write_company(app)
    client = app.test_client()
    sign_in(client, email)
    sent: dict[str, Any] = form_fields(client.get(PAGE).text) | {"autosave": ["1"]}
    assert len(sent) >= FIELDS, sent.keys()

    def save() -> Any:
        sent[f"ref-{REF}-text"] = [f"Neuer Text {time.monotonic_ns()}"]
        answer = client.post(PAGE, data=sent, headers={"X-Requested-With": "fetch"})
        for name, version in answer.json["versions"].items():
            sent[name if name in sent else f"ref-{name}-version"] = [str(version)]
        return answer

    plain = _plain_view(app, save, sent)
    return {
        SAVE: save,
        "criterion": lambda: client.get(PAGE),
        "overview": lambda: client.get(OVERVIEW),
        PLAIN: plain,
    }


def _write_company(app: Any) -> str:
    """The address of the owner of a complete declaration, whose year before is finished."""
    from dnk_tool.cli import demo
    from dnk_tool.domain.declarations.document_reader import read_document
    from dnk_tool.domain.permissions import Role
    from dnk_tool.services.declarations.documents import import_document
    from dnk_tool.services.people.organisations import add_member
    from dnk_tool.store.database import write_session
    from tests.support.app import make_account

    document, now = read_document((demo.FILES / demo.FINISHED_FILE).read_bytes()), datetime.now(UTC)
    later = replace(
        document,
        reporting_year=document.reporting_year + 1,
        figures={
            **document.figures,
            **{
                (year + 1, key): figure
                for (year, key), figure in document.figures.items()
                if year == document.reporting_year
            },
        },
    )
    with write_session(app.extensions["dnk_session_factory"]) as session, session.begin():
        do, closing = partial(_call, session, now), _closing_verbs()
        first = do(import_document, document)
        first.organisation.requires_sign_off = False
        account = make_account(session, "owner@example.org")
        add_member(session, first.organisation, account.id, Role.OWNER, now=now)
        do(closing.finish, first)
        second = do(import_document, later, organisation=first.organisation)
        assert second.id == 3
        for _ in range(3):
            do(closing.finish, second)
            do(closing.reopen, second)
    return "owner@example.org"


def _call(session: Any, now: datetime, verb: Callable[..., Any], *of: Any, **named: Any) -> Any:
    """Call a verb as the shell; in an older checkout it takes session, actor and moment one by one."""
    from dnk_tool.domain.permissions import SHELL

    if "work" not in signature(verb).parameters:
        return verb(session, *of, **named, actor=SHELL, now=now)
    from dnk_tool.services.work import Work

    return verb(Work(session, SHELL, now), *of, **named)


def _closing_verbs() -> Any:
    """The module that finishes and reopens a declaration, in this checkout or an older one."""
    closing = importlib.import_module("dnk_tool.services.declarations.submission")
    if hasattr(closing, "finish"):
        return closing
    return importlib.import_module("dnk_tool.services.declarations.completion")


def _plain_view(app: Any, save: Callable[[], Any], sent: dict[str, Any]) -> Callable[[], Any]:
    """A view that only parses the form of the save and writes the same rows as it does."""
    from flask import Flask, jsonify, request
    from sqlalchemy import event

    engine, written = app.extensions["dnk_engine"], list[tuple[str, Any]]()

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        if statement.startswith(("INSERT", "UPDATE")):
            written.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    save()
    event.remove(engine, "before_cursor_execute", note)
    plain = Flask("plain")

    @plain.post("/")
    def write() -> Any:
        texts = {name: request.form.getlist(name) for name in request.form}
        with engine.execution_options(writes=True).begin() as connection:
            for statement, parameters in written:
                connection.exec_driver_sql(statement, parameters)
        return jsonify(saved=len(texts))

    client = plain.test_client()
    return lambda: client.post("/", data=sent)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.load.saves", description=__doc__)
    parser.add_argument(
        "--against", default="", metavar="DIR", help="another checkout, with its packages built"
    )
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.serve:
        serve_measures()
    else:
        print(json.dumps(saves(asked.against), indent=2))
