"""The remarks that come with the program: enough for each criterion; faults are named with file and key."""

import re
from collections import Counter
from typing import Any

from dnk_tool.catalogue import load_catalogue
from dnk_tool.catalogue.check import check_shared_data
from dnk_tool.catalogue.remark_templates import load_supplied_remarks

CATALOGUE = load_catalogue("dnk-2017")
SENTENCE_END = re.compile(r"[.?](?= |$)")
PROMISES = re.compile(
    r"freigegeben|freigeben|Freigabe|bestanden|erfüllt|in Ordnung|approv|accepted|passed|in order\b",
    re.IGNORECASE,
)
SPEAKS = {"de": re.compile(r"\b[Bb]itte\b"), "en": re.compile(r"\b[Pp]lease\b")}


def test_each_criterion_has_two_and_general_information_too() -> None:
    counted = Counter(remark.section for remark in load_supplied_remarks())
    wanted = {"general", *(criterion.ref for criterion in CATALOGUE.criteria)}
    assert {ref for ref, number in counted.items() if number >= 2} >= wanted
    assert sum(counted.values()) >= 40


def test_they_stand_by_section_in_the_order_of_the_wizard() -> None:
    order = ["", *(section.ref for section in CATALOGUE.sections)]
    places = [order.index(remark.section) for remark in load_supplied_remarks()]
    assert places == sorted(places)


def test_each_asks_the_company_in_three_sentences_at_most_and_promises_nothing() -> None:
    for remark in load_supplied_remarks():
        for language, asks in SPEAKS.items():
            words = getattr(remark.text, language)
            assert 1 <= len(SENTENCE_END.findall(words)) <= 3, remark.key
            assert asks.search(words), remark.key
            assert not PROMISES.search(words), remark.key


def test_no_two_look_alike_in_a_list() -> None:
    for language in SPEAKS:
        titles = Counter(getattr(remark.title, language) for remark in load_supplied_remarks())
        assert titles.most_common(1)[0][1] == 1


def test_faults_are_reported_with_file_and_key(copy: Any) -> None:
    copy.plant("remark-templates", "aspect: '13.4'", "aspect: '14.4'")
    copy.plant("remark-templates", "section: '20'", "section: '21'")
    copy.plant("remark-templates", "'Begründung fehlt'", f"'{'Begründung ' * 6}'")
    copy.plant("remark-templates", "woher Ihre Zahlen kommen", "woher Ihre Zahlen [Jahr] kommen")
    copy.plant("remark-templates", "- key: control-data", "- key: control-figures")
    found = {
        (one.key, one.message)
        for one in check_shared_data(copy.folder)
        if one.file == "criteria/remark-templates.yaml"
    }
    assert found == {
        ("14.4", "'climate-progress' names a place that no edition has"),
        ("20.2", "'compliance-checks' names a place that no edition has"),
        ("remarks[0].title", "is longer than 60 signs"),
        ("remarks[19].text", "must be whole sentences, without a place to fill in"),
        ("remarks", "'control-figures' stands twice"),
    }
