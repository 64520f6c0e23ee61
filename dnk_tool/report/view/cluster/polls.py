"""Writes the chapter on polls: what the manager wants in the report, of five or more answers."""

from collections.abc import Iterator
from decimal import Decimal

from dnk_tool.domain.exchange.polls import PollResult, ReportedPoll, paired_bars
from dnk_tool.language import format_long_date
from dnk_tool.report.text.spoken import sentences
from dnk_tool.report.view.charts.bar_chart import chart_style
from dnk_tool.report.view.charts.svg import Bar, BarGroup, bars
from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.words import ReportWords
from dnk_tool.report.view.parts import ChartView, PrintedTable

ANSWERS, EARLIER = 0, 2  # tones of bars


def polls_chapter(words: ReportWords) -> ReportChapter | None:
    """The chapter on polls; None where the report is to show none."""
    _ = words.gettext
    shown = [each for each in words.content.polls if each.result.is_shown]
    if not shown:
        return None
    lead = _(
        "Was die Teilnehmenden bei Treffen geantwortet haben. Es sind Antworten von Personen, keine Angaben "
        "aus Erklärungen, und nicht immer haben alle geantwortet."
    )
    groups = tuple(_poll(words, each) for each in shown)
    return ReportChapter("umfragen", _("Was die Teilnehmenden sagen"), groups, lead=lead)


def _poll(words: ReportWords, poll: ReportedPoll) -> ReportGroup:
    question, result = words.words.printable_text(poll.question.text), poll.result
    texts = tuple(f"„{words.words.printable_text(text)}“" for text in result.texts)
    if not result.bars:
        return ReportGroup(
            question,
            texts or (words.gettext("Freigegebene Texte gibt es nicht."),),
            notes=(_note(words, poll),),
        )
    return ReportGroup(
        question,
        charts=(_chart(words, poll, question),),
        tables=(_table(words, poll, question),),
        notes=(_note(words, poll),),
    )


def _chart(words: ReportWords, poll: ReportedPoll, question: str) -> ChartView:
    """A bar for each choice; of a pair two, in per cent."""
    _, first = words.gettext, poll.first
    if first is None:
        groups = [
            BarGroup(label, (Bar("", Decimal(count), words.count(count)),))
            for label, count in _counts(words, poll.result)
        ]
    else:
        groups = [
            BarGroup(
                label,
                (
                    Bar(_("vorher"), Decimal(before), f"{before} %", EARLIER),
                    Bar(_("nachher"), Decimal(after), f"{after} %"),
                ),
            )
            for label, before, after in _pairs(words, first, poll.result)
        ]
    said = (f"{group.label}: {', '.join(bar.text for bar in group.bars)}" for group in groups)
    return ChartView(
        question, bars(sentences([question, *said]), groups, chart_style(words.words, is_wide=True))
    )


def _table(words: ReportWords, poll: ReportedPoll, question: str) -> PrintedTable:
    _, first = words.gettext, poll.first
    if first is None:
        whole = poll.result.answers
        rows = [
            (label, words.count(count), words.share(count, whole))
            for label, count in _counts(words, poll.result)
        ]
        return words.table(question, (_("Antwort"), _("Anzahl"), _("Anteil")), rows, (1, 2))
    pairs = [
        (label, f"{before} %", f"{after} %") for label, before, after in _pairs(words, first, poll.result)
    ]
    return words.table(question, (_("Antwort"), _("vorher"), _("nachher")), pairs, (1, 2))


def _counts(words: ReportWords, result: PollResult) -> Iterator[tuple[str, int]]:
    for bar in result.bars:
        yield words.words.printable_text(bar.label), bar.count


def _pairs(words: ReportWords, first: PollResult, result: PollResult) -> Iterator[tuple[str, int, int]]:
    for pair in paired_bars(first, result):
        yield words.words.printable_text(pair.label), pair.before, pair.after


def _note(words: ReportWords, poll: ReportedPoll) -> str:
    """How many answered and when, and the criterion that the question is about."""
    _ = words.gettext
    day = format_long_date(poll.opened_on, words.words.language)
    said = words.ngettext("%(num)s Antwort", "%(num)s Antworten", poll.result.answers)
    parts = [_("%(answers)s am %(day)s") % {"answers": said, "day": day}]
    if poll.first is not None:
        before = words.ngettext("%(num)s Antwort", "%(num)s Antworten", poll.first.answers)
        parts.append(_("vorher %(answers)s") % {"answers": before})
    criterion = next((each for each in words.catalogue.criteria if each.ref == poll.question.section), None)
    if criterion is not None:
        title = f"{criterion.number}. {words.words.catalogue_text(criterion.title)}"
        parts.append(_("zu Kriterium %(title)s") % {"title": title})
    return "; ".join(parts) + "."
