"""The walk of `tests.journey` has the content of the one before it, so that figures can be compared."""

import pytest

from dnk_tool.catalogue import selection_for
from tests.journey.counting import Reader
from tests.journey.firm import Firm, load_firm
from tests.journey.walks import is_decided

CHARACTERS = 6_256  # 6,269 on 27 November 2026, with 13 for the numbers of the payroll, which is pasted now

REASONS = (
    39  # 38 until 2 December 2026, when nobody had said that no waste is recycled and it was taken for that
)


def typed_characters(firm: Firm) -> int:
    """How many characters are typed."""
    chosen = ("legal_form", "sector", "turnover_unit")
    texts = [firm.account["name"], firm.account["password"], firm.account["password"]]
    texts += [text for name, text in firm.profile.items() if name not in chosen]
    texts += [firm.general["business_model"], firm.general["boundary"]]
    for fields in (firm.bills, firm.texts, firm.figures):
        texts += fields.values()
    return sum(map(len, texts))


def test_the_content_is_that_of_the_walk_before() -> None:
    firm = load_firm("effas")
    assert typed_characters(firm) == CHARACTERS
    assert len(firm.reasons) == REASONS


@pytest.mark.parametrize("indicator_set", ["effas", "gri"])
def test_every_point_is_known_and_every_reason_is_one_of_its_own(indicator_set: str) -> None:
    firm, selection = load_firm(indicator_set), selection_for("dnk-2017", indicator_set)
    for ref, reason in firm.reasons.items():
        assert reason in {one.key for one in selection.requirements[ref].reasons}, ref
    items = {
        item.ref for section in selection.sections for one in section.all_requirements for item in one.items
    }
    assert firm.texts.keys() | firm.figures.keys() | firm.choices.keys() <= items
    assert firm.zeros.keys() <= selection.requirements.keys()
    assert not firm.texts.keys() & firm.reasons.keys()


def test_a_text_that_was_read_is_recognised_once_on_each_page() -> None:
    reader = Reader()
    assert reader.words("/1", ["Wir berichten nicht", "Fertig"]) == 4
    assert reader.words("/1", ["Wir berichten nicht", "Weiter zu 2"]) == 3, "only what is new on the page"
    assert reader.words("/2", ["Wir berichten nicht", "Wir berichten nicht", "Zwei Worte"]) == 3


def test_a_point_is_decided_by_itself_or_by_one_of_its_items() -> None:
    decided = {"1.1", "EFFAS-G01-01.share"}
    assert [is_decided(ref, decided) for ref in ("1.1", "1.10", "EFFAS-G01-01", "EFFAS-G01-0")] == [
        True,
        False,
        True,
        False,
    ]
