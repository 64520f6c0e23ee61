"""The chapter on polls in a cluster's report: of five answers, a pair side by side, all words escaped."""

from dataclasses import replace
from datetime import date

from dnk_tool.domain.exchange.polls import PollKind, PollQuestion, ReportedPoll, poll_result
from dnk_tool.report.files.html import cluster_report_html
from dnk_tool.report.view.cluster.composition import compose_cluster_report
from dnk_tool.report.view.cluster.model import ReportChapter
from tests.integration.aggregates.cluster_reports import draft_content

DAY = date(2026, 11, 25)
SCALE = PollQuestion("Wie sicher sind Sie?", PollKind.SCALE, ("nicht", "sehr"), section="13")
SINGLE = PollQuestion("Was <b>hält</b> Sie auf?", PollKind.SINGLE, ("Daten", "Ziele"))
TEXT = PollQuestion("Was wünschen Sie sich?", PollKind.TEXT)


def chapter(*polls: ReportedPoll) -> ReportChapter | None:
    shown = compose_cluster_report(replace(draft_content(), polls=polls), "de")
    return next((each for each in shown.chapters if each.anchor == "umfragen"), None)


def test_there_is_no_chapter_of_fewer_than_five_answers() -> None:
    assert chapter() is None
    assert chapter(ReportedPoll(SINGLE, poll_result(SINGLE, [4, 0], 4), DAY)) is None


def test_a_poll_says_its_counts_and_shares_and_when_it_was() -> None:
    found = chapter(ReportedPoll(SINGLE, poll_result(SINGLE, [6, 2], 8), DAY))
    assert found
    [group] = found.groups
    rows = [[cell.text for cell in row] for row in group.tables[0].rows]
    assert rows == [["Daten", "6", "75\N{NO-BREAK SPACE}%"], ["Ziele", "2", "25\N{NO-BREAK SPACE}%"]]
    assert "8" in group.notes[0]
    assert "November" in group.notes[0]


def test_a_pair_stands_side_by_side_with_its_criterion() -> None:
    before, after = poll_result(SCALE, [5, 5, 0, 0, 0], 10), poll_result(SCALE, [0, 0, 0, 1, 4], 5)
    found = chapter(ReportedPoll(SCALE, after, DAY, before))
    assert found
    [group] = found.groups
    rows = [[cell.text.replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in group.tables[0].rows]
    assert rows[0] == ["1 · nicht", "50 %", "0 %"]
    assert rows[4] == ["5 · sehr", "0 %", "80 %"]
    assert "13." in group.notes[0]


def test_released_texts_are_quoted_and_every_word_is_escaped() -> None:
    texts = poll_result(TEXT, [], 6, ["<script>alert(1)</script>"])
    content = replace(
        draft_content(),
        polls=(
            ReportedPoll(TEXT, texts, DAY),
            ReportedPoll(SINGLE, poll_result(SINGLE, [5, 0], 5), DAY),
        ),
    )
    html = cluster_report_html(compose_cluster_report(content, "en"))
    assert "&lt;script&gt;" in html
    assert "<script>alert" not in html
    assert "<b>hält" not in html
