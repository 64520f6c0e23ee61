"""What grows with the number of companies, each with a whole declaration: pages, start, memory, database."""

import statistics
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from dnk_tool.cli import demo
from dnk_tool.domain.declarations.document_reader import read_document
from dnk_tool.domain.permissions import SHELL, ClusterRole, Role
from dnk_tool.services.declarations.documents import import_document
from dnk_tool.services.work import Work
from tests.e2e.driving import Server
from tests.load.writers import Person, Writer
from tests.support.app import add_consent, make_cluster
from tests.support.instance import COMPLETE

ROUNDS, CHUNK = 7, 50


def grow(folder: Path, companies: int) -> dict[str, Any]:
    """Seed so many companies, all members of one cluster, and measure a server with them."""
    server = Server(folder)
    try:
        email, declaration = _seed(server, companies)
        begin = time.perf_counter()
        server.start()
        measured: dict[str, Any] = {
            "companies": companies,
            "start_seconds": round(time.perf_counter() - begin, 2),
            "database_mb": round((server.instance / "dnk.sqlite3").stat().st_size / 1e6, 1),
        }
        manager, writer = Person(server.port, "manager@example.org"), Writer(server.port, email, declaration)
        for name, person, path in (
            ("overview", writer, f"/erklaerungen/{declaration}/"),
            ("criterion", writer, f"/erklaerungen/{declaration}/kriterien/12"),
            ("cockpit", manager, "/cluster/1/"),
            ("heat_map", manager, "/cluster/1/waermebild"),
            ("members_csv", manager, "/cluster/1/uebersicht.csv"),
        ):
            measured[f"{name}_ms"] = _median(partial(_page, person, path))
        measured["save_ms"] = _median(writer.save)
        measured["worker_mb"] = _largest_resident_mb(server)
        manager.close()
        writer.close()
        return measured
    finally:
        server.close()


def _page(person: Person, path: str) -> bool:
    return person.request("GET", path)[0] == 200


def _seed(server: Server, companies: int) -> tuple[str, int]:
    """Address of the first company's owner, and its declaration."""
    declaration = server.seed(COMPLETE, owner=Role.OWNER)
    with server.stored() as session:
        make_cluster(session, "Cluster", manager=ClusterRole.MANAGER)
        add_consent(session, 1, 1)
    document = read_document((demo.FILES / COMPLETE).read_bytes())
    for start in range(1, companies, CHUNK):
        with server.stored() as session:
            for _ in range(start, min(start + CHUNK, companies)):
                stored = import_document(Work(session, SHELL, datetime.now(UTC)), document)
                add_consent(session, stored.organisation_id, 1)
    return "owner@example.org", declaration


def _median(call: Any) -> float:
    times = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        assert call()
        times.append((time.perf_counter() - begin) * 1000)
    return round(statistics.median(times), 1)


def _largest_resident_mb(server: Server) -> int:
    """What the largest of the server's processes holds in memory."""
    sizes = []
    for pid in server._own_processes():
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        sizes += [int(line.split()[1]) // 1000 for line in lines if line.startswith("VmRSS")]
    return max(sizes)
