"""Writes the first page: how many, what changed, what was done, what comes next, what is not known."""

from collections.abc import Iterator

from dnk_tool.domain.aggregates.model import ReleasedNumber
from dnk_tool.domain.clusters.cockpit import MemberStage
from dnk_tool.domain.measures.model import MeasureState
from dnk_tool.report.text.typography import NO_BREAK
from dnk_tool.report.view.cluster.goal import (
    amounts_of,
    goal_sentence,
    ordered_states,
    saving_sentences,
    state_name,
)
from dnk_tool.report.view.cluster.method import missing_sentences
from dnk_tool.report.view.cluster.model import ReportChapter, ReportGroup, ReportTile
from dnk_tool.report.view.cluster.two_years import no_year_before, other_companies
from dnk_tool.report.view.cluster.words import ReportWords

TILES = (
    "energy.total",
    "ghg.scope1.gross",
    "ghg.scope2.location",
    "ghg.scope2.market",
    "water.withdrawal.total",
    "waste.total",
)
MOST_TILES, MOST_CHANGES = 6, 3
HEADCOUNT = "workforce.headcount"


def first_page(words: ReportWords) -> ReportChapter:
    """The page that can be read alone."""
    _ = words.gettext
    return ReportChapter(
        "blick",
        _("Auf einen Blick"),
        (
            ReportGroup(_("Wie viele machen mit?"), tuple(how_many(words))),
            ReportGroup(_("Was hat sich geändert?"), tuple(_what_changed(words))),
            ReportGroup(_("Was wurde getan?"), tuple(_what_was_done(words))),
            ReportGroup(_("Was kommt als Nächstes?"), tuple(_what_is_next(words))),
            ReportGroup(_("Was wissen wir nicht?"), tuple(missing_sentences(words))),
        ),
        tiles=tuple(_tiles(words)),
        begins_page=True,
    )


def _tiles(words: ReportWords) -> Iterator[ReportTile]:
    shown = [number for key in TILES if (number := words.total(key))]
    for number in shown[:MOST_TILES]:
        value, _space, unit = words.number(number).partition(NO_BREAK)
        companies = words.from_companies(number.companies)
        yield ReportTile(words.figure(number.figure), value, unit, companies)


def how_many(words: ReportWords) -> Iterator[str]:
    """How many companies take part, and how far they are."""
    _, known = words.gettext, words.content.participation
    said = _(
        "%(companies)s schreiben ihre Erklärung für %(year)s gemeinsam. Fertig sind %(finished)s, beim "
        "Cluster eingereicht %(submitted)s."
    )
    if known.members == 1:
        said = _(
            "%(companies)s schreibt seine Erklärung für %(year)s. Fertig: %(finished)s, beim Cluster "
            "eingereicht: %(submitted)s."
        )
    yield said % {
        "companies": words.companies(known.members),
        "year": words.year,
        "finished": words.count(known.finished),
        "submitted": words.count(known.submitted),
    }
    approved = known.at(MemberStage.APPROVED, MemberStage.PUBLISHED)
    if approved:
        yield _("Vom Cluster freigegeben: %(approved)s, davon veröffentlicht: %(published)s.") % {
            "approved": words.count(approved),
            "published": words.count(known.at(MemberStage.PUBLISHED)),
        }
    people = words.total(HEADCOUNT)
    if people:
        yield _("In den %(companies)s, deren Zahlen hier stehen, arbeiten rund %(people)s Menschen.") % {
            "companies": words.companies(people.companies),
            "people": words.count(int(people.value or 0)),
        }


def _what_changed(words: ReportWords) -> Iterator[str]:
    _, released = words.gettext, words.released
    if released is None:
        yield _("Das lässt sich erst sagen, wenn Zahlen freigegeben sind.")
        return
    pairs = [pair for key in TILES if (pair := released.matched.get(key)) and all(it.is_shown for it in pair)]
    for before, now in pairs[:MOST_CHANGES]:
        yield _change(words, before, now)
    others = [] if pairs else [pair for pair in other_companies(words) if pair[1].figure in TILES]
    for before, now in others[:MOST_CHANGES]:
        yield _("%(figure)s: %(now)s; im Jahr davor %(before)s. Es sind nicht dieselben Unternehmen.") % {
            "figure": words.figure(now.figure),
            "now": words.with_companies(now),
            "before": words.with_companies(before),
        }
    if not pairs and not others:
        yield no_year_before(words)


def _change(words: ReportWords, before: ReleasedNumber, now: ReleasedNumber) -> str:
    _ = words.gettext
    said = _(
        "%(figure)s: %(before)s im Jahr %(earlier)s, %(now)s im Jahr %(year)s, in denselben %(companies)s."
    )
    if before.value == now.value:
        said = _("%(figure)s: gerundet unverändert %(now)s im Jahr %(year)s, in denselben %(companies)s.")
    return said % {
        "figure": words.figure(now.figure),
        "before": words.number(before),
        "earlier": words.year - 1,
        "now": words.number(now),
        "year": words.year,
        "companies": words.companies(now.companies),
    }


def _what_was_done(words: ReportWords) -> Iterator[str]:
    """What is done, or runs, with its effect; where no state may be shown alone, what all measures save."""
    _, goal, saved = words.gettext, words.content.goal, words.content.saved
    if goal is None:
        yield _(
            "Die Maßnahmen der Unternehmen stehen in ihren Erklärungen. Zusammengezählt sind sie noch nicht."
        )
        return
    begun = [
        part
        for part in (ordered_states(saved.progress) if saved else ())
        if MeasureState.PLANNED not in part.states and amounts_of(words, part.part)
    ]
    for part in begun:
        yield _("%(state)s: %(measures)s %(companies)s, zusammen %(amounts)s im Jahr.") % {
            "state": state_name(words, part.states).capitalize(),
            "measures": words.measures(part.part.measures),
            "companies": words.from_companies(part.part.companies),
            "amounts": words.listed(amounts_of(words, part.part)),
        }
    if not begun:
        yield saving_sentences(words, goal)[0]


def _what_is_next(words: ReportWords) -> Iterator[str]:
    _, goal, known = words.gettext, words.content.goal, words.content.participation
    if goal is not None:
        yield goal_sentence(words, goal)
        yield from saving_sentences(words, goal)[1:]
    open_ones = known.members - known.finished
    if open_ones:
        yield words.ngettext(
            "%(num)s Unternehmen arbeitet noch an seiner Erklärung.",
            "%(num)s Unternehmen arbeiten noch an ihrer Erklärung.",
            open_ones,
        )
    if goal is None and not open_ones:
        yield _(
            "Alle Erklärungen sind fertig. Als Nächstes kann sich das Cluster ein gemeinsames Ziel setzen."
        )
