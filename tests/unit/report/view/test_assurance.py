"""What a version says of review and sign-off; drafts and what waits for somebody say nothing of either."""

from dataclasses import replace
from datetime import date

import pytest

from dnk_tool.report.view.compose import compose
from dnk_tool.report.view.edition import ExportOptions
from dnk_tool.report.view.model import Confirmation, DeclarationView, Issue, Review
from tests.support.documents import empty_document, full_document

FINAL = Issue(2, date(2026, 3, 2), False, "ab12cd34" * 8)
DRAFT = Issue(None, date(2026, 3, 2), True, "ab12cd34" * 8)
REVIEW = Review("Cluster Nord", date(2026, 3, 14), "Karin Albers")
CONFIRMATION = Confirmation(date(2026, 3, 3), "Petra Muster")


def facts_of_imprint(view: DeclarationView) -> dict[str, str]:
    """What the imprint says, by label; the cover must speak of the same."""
    cover, imprint = (
        {entry.label: entry.prose[0].lines[0] for entry in entries}
        for entries in (view.cover.facts, view.imprint)
    )
    assert cover.keys() & {"Prüfung", "Bestätigung"} == imprint.keys() & {"Prüfung", "Bestätigung"}
    return imprint


def test_a_reviewed_version_says_by_whom_and_when() -> None:
    view = compose(full_document(), replace(FINAL, review=REVIEW, confirmation=CONFIRMATION))
    said = facts_of_imprint(view)
    assert said["Prüfung"] == ("Formal vollständig, geprüft von Cluster Nord am 14. März 2026 (Karin Albers)")
    assert said["Bestätigung"] == "durch Petra Muster am 3. März 2026"
    statements = " ".join(view.statements)
    assert "ohne Prüfung durch Dritte" not in statements
    assert "ob die Angaben stimmen, war nicht Teil der Prüfung" in statements
    assert "kein Signet" in statements


def test_names_are_left_out_once_they_are_unknown() -> None:
    issue = replace(FINAL, review=replace(REVIEW, by=""), confirmation=replace(CONFIRMATION, by=""))
    said = facts_of_imprint(compose(full_document(), issue))
    assert said["Prüfung"] == "Formal vollständig, geprüft von Cluster Nord am 14. März 2026"
    assert said["Bestätigung"] == "3. März 2026"


def test_a_finished_version_says_that_nobody_reviewed_it() -> None:
    view = compose(full_document(), replace(FINAL, confirmation=CONFIRMATION))
    assert facts_of_imprint(view)["Prüfung"] == "ohne Prüfung durch Dritte"
    assert facts_of_imprint(view)["Bestätigung"].startswith("durch Petra Muster")
    assert "ohne Prüfung durch Dritte" in " ".join(view.statements)


@pytest.mark.parametrize(
    "issue",
    [DRAFT, replace(DRAFT, is_draft=False), replace(FINAL, is_pending=True)],
    ids=["draft", "copy", "pending"],
)
def test_what_is_no_final_version_says_nothing_of_it(issue: Issue) -> None:
    view = compose(full_document(), replace(issue, review=REVIEW, confirmation=CONFIRMATION))
    said = repr(view.cover) + repr(view.imprint) + repr(view.statements)
    for words in (
        "Prüfung durch Dritte",
        "Formal vollständig",
        "Bestätigung",
        "Cluster Nord",
        "Petra Muster",
    ):
        assert words not in said
    assert "kein Signet" in said


def test_a_pending_version_says_that_it_is_not_released() -> None:
    view = compose(full_document(), replace(FINAL, is_pending=True))
    assert view.edition == "Version 2 vom 2. März 2026, nicht freigegeben"
    assert "weder abgeschlossen noch freigegeben" in " ".join(view.statements)
    assert "2, nicht freigegeben" in repr(view.imprint)
    assert compose(full_document(), FINAL).edition == "Version 2 vom 2. März 2026"


def test_it_is_said_in_english_too() -> None:
    view = compose(
        full_document(),
        replace(FINAL, review=REVIEW, confirmation=CONFIRMATION),
        ExportOptions(language="en"),
    )
    said = " ".join(entry.prose[0].lines[0] for entry in view.cover.facts)
    assert "Formally complete, reviewed by Cluster Nord on 14 March 2026 (Karin Albers)" in said
    assert facts_of_imprint(view)["Sign-off"] == "by Petra Muster on 3 March 2026"


def test_percent_signs_and_long_words_do_no_harm() -> None:
    review = Review("100% %(day)s " + "x" * 300, date(2026, 3, 14))
    view = compose(full_document(), replace(FINAL, review=review))
    said, cover = facts_of_imprint(view)["Prüfung"], repr(view.cover)
    assert "100% %(day)s" in said
    assert "\N{ZERO WIDTH SPACE}" in said, "a line may end within it"
    assert said.count("x") == 300
    assert cover.count("x") < 100, "the cover has no room for all of it"


def test_only_paper_lacks_signs() -> None:
    document = full_document(profile=replace(empty_document().organisation, name="日本 😀 GmbH"))
    printed, shown = compose(document, FINAL), compose(document, FINAL, on_paper=False)
    assert printed.cover.company == "[chinesische Schrift] 😀 GmbH"
    assert shown.cover.company == "日本 😀 GmbH"
    assert not shown.statements[-1].startswith("Zeichen, die nicht gedruckt")
