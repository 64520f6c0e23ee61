"""How much work a declaration is: points, figures and minutes, counted from the catalogue."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _
from flask_babel import ngettext

from dnk_tool.catalogue import Catalogue, Requirement, Section, selection_for
from dnk_tool.catalogue.standard.selection import Selection
from dnk_tool.domain.answers.completeness import Completeness
from dnk_tool.language import format_number
from dnk_tool.web.http.languages import current_language
from dnk_tool.web.text.options import Option, explained_options

# For one point that nobody has answered yet: deciding, writing, fetching a paper; and for each further field
# of it. Modelled on a firm of nine that answers the 80 points of EFFAS in five to six hours; an estimate, and
# said as one.
MINUTES_A_POINT, MINUTES_A_FIELD = 4, 1
# The parts of the day around the points; what remains of the whole is for the 20 criteria.
COMPANY_MINUTES, PAPER_MINUTES, BILL_MINUTES, CHECK_MINUTES = 10, 45, 30, 30
HOURS_A_DAY = 8


@dataclass(frozen=True, slots=True)
class Effort:
    """What a selection asks for: points to report or explain, figures, and minutes for all of it."""

    points: int
    figures: int
    minutes: int

    @property
    def hours(self) -> str:
        """The time in words, from the full hours below to those above."""
        least, rest = divmod(self.minutes, 60)
        return str(
            _("%(least)d bis %(most)d Stunden", least=least, most=least + 1)
            if rest
            else ngettext("%(num)d Stunde", "%(num)d Stunden", least)
        )

    @property
    def days(self) -> int:
        """Working days, at least one."""
        return max(1, -(-self.minutes // (HOURS_A_DAY * 60)))

    @property
    def counts(self) -> str:
        """Points and figures in words."""
        return str(_("%(points)d Fragen, %(figures)d Kennzahlen", points=self.points, figures=self.figures))


@dataclass(frozen=True, slots=True)
class Step:
    """A part of the day; `start` and `minutes` place it in the whole."""

    title: str
    text: str
    start: int
    minutes: int

    @property
    def duration(self) -> str:
        """The minutes in words; hours to the half."""
        return duration_text(self.minutes)


def duration_text(minutes: int) -> str:
    """The minutes in words; hours to the half."""
    if minutes < 60:
        return str(ngettext("%(num)d Minute", "%(num)d Minuten", minutes))
    halves = max(2, round(minutes / 30))
    if halves == 2:
        return str(_("etwa eine Stunde"))
    hours = format_number((Decimal(halves) / 2).normalize(), current_language())
    return str(_("etwa %(hours)s Stunden", hours=hours))


def effort_of(selection: Selection) -> Effort:
    """Count the points and figures of a declaration and the minutes that they take."""
    minutes = sum(section_minutes(section) for section in selection.sections)
    return Effort(len(_points(selection.sections)), len(selection.datapoints), minutes)


def section_minutes(section: Section) -> int:
    """The minutes for a section of which nothing is answered."""
    return sum(point_minutes(point) for point in _points((section,)))


def point_minutes(point: Requirement) -> int:
    """The minutes for a point that nobody has answered."""
    return MINUTES_A_POINT + MINUTES_A_FIELD * max(0, len(point.items) - 1)


def minutes_left(sections: Iterable[Section], parts: Mapping[str, Completeness]) -> int:
    """The minutes for the points neither reported nor explained."""
    return sum(sum(open_minutes(section, parts[section.ref]).values()) for section in sections)


def open_minutes(section: Section, part: Completeness) -> dict[str, int]:
    """The minutes for each point of the section that has a gap, by its ref."""
    missing = {gap.requirement for gap in part.gaps}
    return {point.ref: point_minutes(point) for point in _points((section,)) if point.ref in missing}


def day_steps(effort: Effort) -> list[Step]:
    """The five parts of the work, one after the other."""
    around = COMPANY_MINUTES + PAPER_MINUTES + BILL_MINUTES + CHECK_MINUTES
    parts = (
        (
            _("Ihr Betrieb"),
            _("Wer Sie sind, was Sie tun, für wen die Erklärung gilt. Das fragen wir nur einmal."),
            COMPANY_MINUTES,
        ),
        (
            _("Unterlagen holen"),
            _("Die Liste steht auf dieser Seite. Drucken Sie sie aus, oder geben Sie sie im Büro weiter."),
            PAPER_MINUTES,
        ),
        (
            _("Rechnungen und Lohnliste"),
            _("Daraus werden Energie, Treibhausgase und die Zahlen zu Ihren Leuten."),
            BILL_MINUTES,
        ),
        (
            _("Zwanzig Kriterien"),
            _(
                "%(counts)s. Zu jeder Frage stehen ein Beispiel und der Ort, wo die Antwort im Betrieb "
                "liegt. Was Ihnen fehlt, begründen Sie; auch das ist eine volle Antwort.",
                counts=effort.counts,
            ),
            max(0, effort.minutes - around),
        ),
        (
            _("Prüfen und fertigstellen"),
            _("Einmal lesen wie ein Kunde, bestätigen, PDF herunterladen."),
            CHECK_MINUTES,
        ),
    )
    steps: list[Step] = []
    for title, text, minutes in parts:
        start = steps[-1].start + steps[-1].minutes if steps else 0
        steps.append(Step(title, text, start, minutes))
    return steps


def welcome_steps(effort: Effort) -> list[Step]:
    """The same work in three steps, for visitors who do not know the program yet."""
    bills = PAPER_MINUTES + BILL_MINUTES
    questions = max(0, effort.minutes - bills - CHECK_MINUTES)
    return [
        Step(
            _("Rechnungen eintragen"),
            _(
                "Strom, Gas, Diesel, Abfall: Sie tippen die Menge ab. Daneben steht, was das in Tonnen "
                "CO₂e ist, mit Quelle und Rechenweg."
            ),
            0,
            bills,
        ),
        Step(
            _("Fragen beantworten"),
            _(
                "Zu jedem Punkt gibt es einen Satz Hilfe, ein Beispiel und den Ort, wo die Antwort im "
                "Betrieb steht. Wo Ihnen etwas fehlt, erklären Sie kurz, warum; beim DNK ist das eine "
                "volle Antwort."
            ),
            bills,
            questions,
        ),
        Step(
            _("Prüfen und weitergeben"),
            _(
                "Die Erklärung als PDF, als Kurzfassung oder als Seite im Netz. Nächstes Jahr beginnen Sie "
                "mit Ihren eigenen Antworten."
            ),
            bills + questions,
            CHECK_MINUTES,
        ),
    ]


def set_options(catalogue: Catalogue) -> list[Option]:
    """The indicator sets to choose from: hours and counts first, then what the set is."""
    options = explained_options(catalogue.indicator_sets)
    for option in options:
        effort = effort_of(selection_for(catalogue.edition, option["value"]))
        said = _("Etwa %(hours)s: %(counts)s.", hours=effort.hours, counts=effort.counts)
        option["hint"] = " ".join(part for part in (said, option.get("hint", "")) if part)
    return options


def _points(sections: Iterable[Section]) -> list[Requirement]:
    return [point for section in sections for point in section.all_requirements if point.is_explainable]
