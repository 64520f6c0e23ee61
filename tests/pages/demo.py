"""The demo, served, and all its pages that a link leads to."""

import re
from collections import Counter
from collections.abc import Iterator
from html import unescape
from urllib.parse import parse_qs, urljoin, urlsplit

from dnk_tool.cli.demo import PASSWORD
from dnk_tool.cli.demo.content import cluster_content
from tests.e2e.driving import Client, Server

NOBODY = ""
PEOPLE = (NOBODY, *(each.email for each in cluster_content().sign_ins))
# Pages of one kind, for one person and for all: a cluster has hundreds of sections to review.
MOST_OF_A_KIND, MOST_FOR_ALL = 22, 60
# All but those that change the language for the rest of the way.
LINKS = re.compile(r'<a\s[^>]*?href="(?!/sprache/)([^"#]+)')


def client_of(server: Server, person: str) -> Client:
    """A client that is signed in as somebody of the demo."""
    client = Client(server)
    if person:
        client.sign_in(person, PASSWORD)
    return client


def pages_of(client: Client, whole: Counter[str]) -> Iterator[tuple[str, bytes]]:
    """Yield each page that a link leads to, from the start on, once for each set of query fields.

    `whole` counts the pages of a kind for all people.
    """
    waiting, seen = ["/"], {"/"}
    kinds: Counter[str] = Counter()
    while waiting:
        path = waiting.pop(0)
        status, body = client.send("GET", path, b"", {"Accept": "text/html"})
        if status != 200 or not body.startswith(b"<!DOCTYPE html>"):
            continue
        yield path, body
        for link in LINKS.findall(body.decode()):
            address = urlsplit(urljoin(f"http://demo{path}", unescape(link)))
            # Filters and sortings of a page are the same page, however they are set.
            page = f"{address.path}?{'&'.join(sorted(parse_qs(address.query)))}"
            kind = re.sub(r"\d+", "#", page)
            is_enough = kinds[kind] >= MOST_OF_A_KIND or whole[kind] >= MOST_FOR_ALL
            if address.netloc == "demo" and page not in seen and not is_enough:
                seen.add(page)
                kinds[kind] += 1
                whole[kind] += 1
                waiting.append(address.path + (f"?{address.query}" if address.query else ""))


def first_path(client: Client, pattern: str, *, at: str = "/") -> str:
    """The first link on a page whose path fits. Raises LookupError without one."""
    _status, body = client.request("GET", at)
    path = next((path for path in LINKS.findall(body) if re.fullmatch(pattern, path)), "")
    if not path:
        raise LookupError(f"{at} has no link to {pattern}")
    return path
