"""Builds the view of a cluster's report from what it is made of.

Writes the chapters on awards that everybody may read, and on polls that the manager wants in it.
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from dnk_tool.catalogue import editions
from dnk_tool.catalogue.presentation import load_presentation
from dnk_tool.domain.exchange.awards import DecidedAward
from dnk_tool.domain.exchange.polls import PollResult, ReportedPoll, paired_bars
from dnk_tool.domain.text import truncated
from dnk_tool.language import LOCALES, Language, format_long_date
from dnk_tool.report.text.formatter import TextFormatter
from dnk_tool.report.text.spoken import sentences
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.charts.bar_chart import chart_style
from dnk_tool.report.view.charts.svg import Bar, BarGroup, bars
from dnk_tool.report.view.cluster.content import ClusterReportContent
from dnk_tool.report.view.cluster.examples import examples_chapter
from dnk_tool.report.view.cluster.goal import amounts_of, goal_chapter
from dnk_tool.report.view.cluster.method import method_chapter, missing_chapter
from dnk_tool.report.view.cluster.model import ClusterReportView, ReportChapter, ReportGroup
from dnk_tool.report.view.cluster.numbers import numbers_chapter
from dnk_tool.report.view.cluster.participation import participation_chapter
from dnk_tool.report.view.cluster.perspectives import perspective_chapters
from dnk_tool.report.view.cluster.summary import first_page
from dnk_tool.report.view.cluster.words import ReportWords
from dnk_tool.report.view.compose import COVER_NAME_LENGTH, FOOTER_LENGTH, page_words
from dnk_tool.report.view.glossary import glossary
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


def awards_chapter(words: ReportWords) -> ReportChapter | None:
    """The chapter on awards; None where there is no prize for everybody."""
    _, decided = words.gettext, words.content.awards
    if not decided:
        return None
    return ReportChapter(
        "auszeichnungen",
        _("Auszeichnungen"),
        tuple(_group(words, one) for one in decided),
        lead=_(
            "Was das Cluster nach dem Urteil einer Jury ausgezeichnet hat, mit Zustimmung der Unternehmen."
        ),
    )


def _group(words: ReportWords, decided: DecidedAward) -> ReportGroup:
    def line(text: str) -> str:
        return " ".join(words.words.printable_text(text).split())

    lines = tuple(f"{line(one.prize)}: {line(one.company)}, {line(one.title)}" for one in decided.prizes)
    return ReportGroup(f"{line(decided.name)} {decided.year}", lines)


# Chapters that enter only where there is something to say, behind the numbers; a later one is added here.
OPTIONAL_CHAPTERS: tuple[Callable[[ReportWords], ReportChapter | None], ...] = (
    goal_chapter,
    examples_chapter,
    awards_chapter,
    polls_chapter,
)


def compose_cluster_report(
    content: ClusterReportContent, language: Language, *, on_paper: bool = True
) -> ClusterReportView:
    """The report in a language; the same content gives the same view. `on_paper`: for the embedded fonts."""
    words = ReportWords(content, TextFormatter(language, on_paper=on_paper))
    _, cluster = words.gettext, " ".join(words.words.printable_text(content.cluster).split())
    first = first_page(words)
    optional = (chapter(words) for chapter in OPTIONAL_CHAPTERS)
    found = (
        participation_chapter(words),
        numbers_chapter(words),
        *optional,
        *perspective_chapters(words),
        method_chapter(words),
        missing_chapter(words),
    )
    chapters = tuple(chapter for chapter in found if chapter)
    terms = load_presentation(editions()[-1]).glossary
    draft = _("Entwurf: ohne freigegebene Zahlen") if content.is_draft else ""
    said = _("Entwurf vom %(day)s") if content.is_draft else _("Stand vom %(day)s")
    return ClusterReportView(
        language=LOCALES[language].replace("_", "-"),
        title=f"{_('Bericht des Clusters')} {content.reporting_year} – {cluster}",
        cluster=truncated(cluster, COVER_NAME_LENGTH),
        year=str(content.reporting_year),
        footer=f"{truncated(cluster, FOOTER_LENGTH)}{NO_BREAK}·{NO_BREAK}{content.reporting_year}",
        edition=said % {"day": words.day()},
        draft_mark=draft,
        page_words=page_words(words.words),
        made_on=content.made_on.isoformat(),
        facts=_facts(words),
        first=first,
        chapters=chapters,
        glossary=glossary(terms, words.words, first, *chapters),
        about=_about(words, cluster, on_paper=on_paper),
    )


def report_preview(content: ClusterReportContent, language: Language) -> ReportChapter:
    """The first page, as a page of the browser shows it."""
    return first_page(ReportWords(content, TextFormatter(language, on_paper=False)))


def _about(words: ReportWords, cluster: str, *, on_paper: bool) -> tuple[str, ...]:
    """Who publishes the report, what it is not, and where its numbers are."""
    _ = words.gettext
    said = _(
        "Diesen Bericht gibt %(cluster)s heraus. Er ist keine Erklärung nach dem DNK, trägt kein Signet und "
        "wurde nicht vom Büro des DNK geprüft."
    )
    where = _(
        "Die Zahlen stecken als Tabelle in dieser Datei und lassen sich mit einem PDF-Programm herausnehmen."
    )
    return (said % {"cluster": cluster}, *((where,) if on_paper else ()))


def _facts(words: ReportWords) -> tuple[tuple[str, str], ...]:
    """What stands on the cover: how many take part, what they save, and from when the numbers are."""
    _, content = words.gettext, words.content
    known, saved = content.participation, content.saved
    facts = [
        (_("Unternehmen dabei"), words.count(known.members)),
        (_("Erklärungen fertig"), words.count(known.finished)),
        (_("davon eingereicht"), words.count(known.submitted)),
    ]
    if saved is not None and (amounts := amounts_of(words, saved.progress.total)):
        said = _("%(amounts)s im Jahr, %(companies)s") % {
            "amounts": words.listed(amounts),
            "companies": words.from_companies(saved.progress.companies),
        }
        facts.append((_("gespart oder geplant"), said))
    facts.append((_("Fassung"), _edition(words)))
    return tuple(facts)


def _edition(words: ReportWords) -> str:
    _, content = words.gettext, words.content
    if content.release is None:
        said = _("Entwurf vom %(day)s. Für %(year)s sind noch keine Zahlen freigegeben.")
        return said % {"day": words.day(), "year": content.reporting_year}
    number = content.release.number
    if number > 1:
        said = _("Stand vom %(day)s, mit der %(number)s. Freigabe der Zahlen")
        return said % {"day": words.day(), "number": number}
    return _("Stand vom %(day)s, mit freigegebenen Zahlen") % {"day": words.day()}
