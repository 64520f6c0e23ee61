"""The search for the kind of a bill finds what people call things, and says what to do without a hit."""

from pathlib import Path

from flask.testing import FlaskClient
from ruamel.yaml import YAML

from dnk_tool.web.figures.bills.others import find_activities
from tests.support.app import World, sign_in

WORDS = YAML(typ="safe", pure=True).load(Path(__file__).parents[2] / "data/bill_words.yaml")
MOST = 4


def test_each_word_finds_its_kind_among_the_first() -> None:
    missed = {
        word: found
        for word, wanted in WORDS.items()
        if not set(wanted) & set(found := find_activities(word)[:MOST])
    }
    assert missed == {}
    assert len(WORDS) >= 120


def test_without_a_hit_the_page_says_what_to_do(client: FlaskClient, world: World) -> None:
    sign_in(client, "editor@example.org")
    path = f"/erklaerungen/{world.own_declaration}/rechnungen/andere"
    page = client.get(f"{path}?suche=xyzzy").text
    advice = page.split("Was Sie trotzdem tun können")[1].split("</ul>")[0]
    for place in ("purchases/zeilen/neu?art=purchase", "waste/zeilen/neu?art=incineration"):
        assert place in advice
    assert "Was Sie trotzdem tun können" not in client.get(f"{path}?suche=Strom").text
