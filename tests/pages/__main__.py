"""`python -m tests.pages` has the demo's pages checked; exits with 1 if there is something to mend."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from dnk_tool.web.assets import build
from tests.e2e.conftest import CHROMIUM
from tests.e2e.driving import Server
from tests.pages.demo import NOBODY, PEOPLE, client_of, first_path, pages_of

HERE = Path(__file__).parent
GOALS = {"performance": 98, "accessibility": 100, "best-practices": 100}
TRIES = 3  # on a busy machine a page may be slow once
DECLARATION = r"/erklaerungen/\d+/"
OPENING_TAG = re.compile(rb"<(table|thead|tbody|tfoot|tr|td|th|ol)( [^<>]*)>")
ROLES = {b"thead": b"rowgroup", b"tbody": b"rowgroup", b"tfoot": b"rowgroup", b"tr": b"row", b"td": b"cell"}
ROLES |= {b"table": b"table", b"ol": b"list"}


def main() -> None:
    """Check all pages and print what is to be mended."""
    node, npm = build.find_node()
    build.install_packages(HERE, node, npm)
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder))
        server.run("demo", "--no-serve")
        server.start()
        try:
            is_fine = [check_html(server, Path(folder) / "pages"), measure_pages(server, node, Path(folder))]
        finally:
            server.close()
    sys.exit(not all(is_fine))


def check_html(server: Server, folder: Path) -> bool:
    """Have all pages of all people checked; prints each message once, with the first page that has it."""
    began, seen_at = time.monotonic(), {}
    folder.mkdir()
    kinds: Counter[str] = Counter()
    for person in PEOPLE:
        for number, (path, body) in enumerate(pages_of(client_of(server, person), kinds)):
            file = folder / f"{PEOPLE.index(person)}-{number:04}.html"
            file.write_bytes(OPENING_TAG.sub(without_own_role, body))
            seen_at[file.name] = f"{person or 'signed out'}: {path}"
    jar = HERE / "node_modules/vnu-jar/build/dist/vnu.jar"
    command = ["java", "-Xss4m", "-jar", str(jar), "--format", "json", "--exit-zero-always", str(folder)]
    said = subprocess.run(command, capture_output=True, text=True, check=True)
    messages = json.loads(said.stdout or said.stderr)["messages"]
    counts = Counter(message["message"] for message in messages)
    firsts = {message["message"]: message for message in reversed(messages)}
    for text, count in counts.most_common():
        first = firsts[text]
        page = seen_at[first["url"].rpartition("/")[2]]
        print(f"{count} x {text}\n    {page}\n    {first.get('extract', '')!r}")
    print(
        f"Nu HTML checker: {len(messages)} messages, {len(seen_at)} pages, {time.monotonic() - began:.0f} s"
    )
    return not messages


def without_own_role(tag: re.Match[bytes]) -> bytes:
    """The tag without a role that its element has anyway; any other role is left for the checker to judge.

    Some browsers forget what a table or list is where styles make it a block, so our pages say it again; the
    checker has a message for each such cell.
    """
    name, attributes = tag[1], tag[2]
    is_of_row = re.search(rb' scope="row(?:group)?"', attributes)
    head = b"rowheader" if is_of_row else b"columnheader"
    own = head if name == b"th" else ROLES[name]
    return b"<" + name + attributes.replace(b' role="' + own + b'"', b"") + b">"


def measure_pages(server: Server, node: list[str], folder: Path) -> bool:
    """Have Lighthouse look at the main pages, as it looks at phones; prints their marks."""
    is_fine = True
    for person, path in main_pages(server):
        for _try in range(TRIES):
            marks = marks_of(server, node, folder, person, path)
            print(f"Lighthouse: {'/'.join(map(str, marks.values()))}  {path}")
            if reached := all(marks[name] >= goal for name, goal in GOALS.items()):
                break
        is_fine &= reached
    return is_fine


def main_pages(server: Server) -> list[tuple[str, str]]:
    """A person and a path for each of the pages where people spend their time."""
    owner, manager = "jonas@demo.example", "karin@demo.example"
    declaration = first_path(client_of(server, owner), DECLARATION)
    cluster = first_path(client_of(server, manager), r"/cluster/\d+/")
    public = first_path(client_of(server, NOBODY), r"/berichte/(?!cluster)[^/?.]+", at="/berichte")
    own = ("", "kriterien/1", "kriterien/13", "kriterien/13/kennzahlen", "rechnungen/", "pruefen")
    return [
        (NOBODY, "/"),
        (NOBODY, public),
        *((owner, declaration + page) for page in own),
        (manager, cluster),
    ]


def marks_of(server: Server, node: list[str], folder: Path, person: str, path: str) -> dict[str, int]:
    """The marks of one page, of 100 each."""
    headers = folder / "headers.json"
    headers.write_text(json.dumps(client_of(server, person).cookie_header()), "utf-8")
    command = [
        *node,
        str(HERE / "node_modules/lighthouse/cli/index.js"),
        f"{server.address}{path}",
        "--output=json",
    ]
    command += ["--quiet", "--chrome-flags=--headless --no-sandbox", f"--extra-headers={headers}"]
    command += [f"--only-categories={','.join(GOALS)}"]
    said = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, "CHROME_PATH": CHROMIUM}
    )
    categories = json.loads(said.stdout)["categories"]
    return {name: round(100 * categories[name]["score"]) for name in GOALS}


if __name__ == "__main__":
    main()
