"""The head of a page: what one needs of a declaration, the company as a link, help that fits, the search."""

import re

import pytest
from flask import Flask

from tests.support.app import World, sign_in


def head(app: Flask, who: str, path: str) -> str:
    client = app.test_client()
    if who:
        sign_in(client, f"{who}@example.org")
    answer = client.get(path)
    assert answer.status_code == 200, (who, path)
    return answer.text.partition("<header")[2].partition("</header>")[0]


def menu(html: str) -> list[str]:
    links = re.findall(r'<a class="dnk-menu__link"[^>]*>\s*(.*?)</a>', html, re.DOTALL)
    return [re.sub(r"<[^>]*>", "", link) for link in links]


@pytest.mark.parametrize(
    ("who", "path", "words"),
    [
        ("", "/hilfe", ["Anmelden", "Hilfe"]),
        ("editor", "/", ["Erklärungen", "Konto", "Hilfe", "Suche"]),
        (
            "editor",
            "/erklaerungen/{declaration}/kriterien/1",
            ["Erklärung 2025", "Zahlen", "Belege", "Personen", "Konto", "Hilfe", "Suche"],
        ),
        (
            "contributor",
            "/erklaerungen/{declaration}/kriterien/1",
            ["Erklärung 2025", "Belege", "Konto", "Hilfe", "Suche"],
        ),
        ("viewer", "/unternehmen/{company}", ["Erklärungen", "Personen", "Konto", "Hilfe", "Suche"]),
        ("reviewer", "/cluster/{cluster}/pruefung/", ["Start", "Konto", "Hilfe", "Suche"]),
        ("operator", "/", ["Start", "Konto", "Betrieb", "Hilfe", "Suche"]),
    ],
)
def test_d32_the_menu_has_what_one_needs_there(
    app: Flask, world: World, who: str, path: str, words: list[str]
) -> None:
    place = {"declaration": world.own_declaration, "company": world.own, "cluster": world.cluster}
    assert menu(head(app, who, path.format(**place))) == words


def test_d32_the_name_of_the_company_leads_to_it(app: Flask, world: World) -> None:
    path = f"/erklaerungen/{world.own_declaration}/"
    link = f'<a href="/unternehmen/{world.own}">A GmbH</a>'
    assert link in head(app, "editor", path)
    assert link in head(app, "contributor", path)


def test_help_leads_to_what_the_page_is_about(app: Flask, world: World) -> None:
    declaration, cluster = f"/erklaerungen/{world.own_declaration}", f"/cluster/{world.cluster}"
    for who, path, topic in (
        ("editor", f"{declaration}/rechnungen/", "/hilfe/zahlen"),
        ("editor", f"{declaration}/pruefen", "/hilfe/angaben-pruefen"),
        ("manager", f"{cluster}/mitglieder", "/hilfe/einladen"),
        ("manager", f"{cluster}/nachricht", "/hilfe/nachrichten"),
        ("reviewer", f"{cluster}/pruefung/", "/hilfe/runden"),
        ("editor", "/konto", "/hilfe"),
    ):
        assert f'href="{topic}">Hilfe<' in head(app, who, path), path


def test_the_search_stands_in_the_head_of_every_page_but_its_own(app: Flask, world: World) -> None:
    assert 'role="search"' in head(app, "editor", "/")
    assert 'role="search"' not in head(app, "editor", "/suche?q=strom")
    assert 'role="search"' not in head(app, "editor", "/hilfe")
    assert 'role="search"' not in head(app, "", "/hilfe")
