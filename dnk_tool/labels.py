"""German labels of states, gaps, qualities and topics: one wording for page, print and file.

The words are msgids: `label` translates them for print and files, `web/text/labels` for the page being made.
What changes here changes printed pages, so this file is part of the program version (`report/build_id`).
"""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from dnk_tool.catalogue.factors.model import Boundary
from dnk_tool.catalogue.standard.item_model import Unit
from dnk_tool.domain.answers.answer import Figure, Quality
from dnk_tool.domain.answers.completeness import CompletionStatus, GapKind, SectionProgress
from dnk_tool.domain.answers.goal_records import GoalDirection, GoalNumbers, GoalProgress
from dnk_tool.domain.answers.goals import GoalOutcome
from dnk_tool.domain.answers.self_assessment import Rating
from dnk_tool.domain.clusters.cockpit import MemberStage
from dnk_tool.domain.declarations.states import State
from dnk_tool.domain.figures.states import FigureState, is_not_applicable
from dnk_tool.domain.measures.climate_goal import Neutrality, Scope2Method
from dnk_tool.domain.measures.model import EffectBasis, MeasureState
from dnk_tool.domain.measures.sums import MissingPart
from dnk_tool.domain.organisation import CompanySize
from dnk_tool.domain.quantities import Quantity
from dnk_tool.domain.review import ChecklistPoint, Verdict
from dnk_tool.language import Language, format_number, translations

PLAIN_COUNT = "1"  # the symbol of a number without a unit in units.yaml


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for words to be translated later
    """Marks a German text for the translators and returns it unchanged."""
    return message


_OPEN, _IN_PROGRESS, _NOT_AVAILABLE = N_("Offen"), N_("In Arbeit"), N_("liegt nicht vor")
NOT_APPLICABLE = N_("entfällt")  # of a figure without a value because it does not apply to the company

STATUS: Mapping[CompletionStatus, str] = {
    CompletionStatus.OPEN: _OPEN,
    CompletionStatus.IN_PROGRESS: _IN_PROGRESS,
    CompletionStatus.QUERIED: N_("Rückfrage"),
    CompletionStatus.DONE: N_("Fertig"),
}

GAP: Mapping[GapKind, str] = {
    GapKind.NO_TEXT: N_("Es fehlt noch ein Text."),
    GapKind.NO_EXPLANATION: N_("Es fehlt noch die Begründung."),
    GapKind.NO_VALUE: N_("Diese Angabe fehlt noch."),
    GapKind.INCOMPLETE_ROW: N_("In einer Zeile fehlt noch eine Angabe."),
    GapKind.NO_PROFILE: N_("Diese Angabe fehlt noch im Profil des Unternehmens."),
    GapKind.UNCHECKED_DRAFT: N_("Hier steht ein Vorschlag, den noch niemand geprüft hat."),
    GapKind.NOT_CONFIRMED: N_("Alles ist beantwortet. Bitte bestätigen Sie noch, dass Sie fertig sind."),
}

MEASURE_STATE: Mapping[MeasureState, str] = {
    MeasureState.IDEA: N_("Idee"),
    MeasureState.PLANNED: N_("geplant"),
    MeasureState.RUNNING: N_("läuft"),
    MeasureState.DONE: N_("umgesetzt"),
    MeasureState.DROPPED: N_("verworfen"),
}

CREDIT_NOTE = N_("Gutschrift")

EFFECT_BASIS: Mapping[EffectBasis, str] = {
    EffectBasis.MEASURED: N_("gemessen"),
    EffectBasis.CALCULATED: N_("berechnet"),
    EffectBasis.SUPPLIER: N_("Angabe des Lieferanten"),
    EffectBasis.ESTIMATED: N_("geschätzt"),
}

MISSING_PART: Mapping[MissingPart, str] = {
    MissingPart.EFFECT: N_("die Wirkung"),
    MissingPart.BASIS: N_("wie sie ermittelt ist"),
    MissingPart.YEAR: N_("ab welchem Jahr"),
}

PROGRESS: Mapping[SectionProgress, str] = {
    SectionProgress.OPEN: _OPEN,
    SectionProgress.IN_PROGRESS: _IN_PROGRESS,
    SectionProgress.ANSWERED: N_("Beantwortet"),
    SectionProgress.EXPLAINED: N_("Erklärt"),
}

STATE: Mapping[State, str] = {
    State.DRAFT: _IN_PROGRESS,
    State.SIGNING: N_("Wartet auf Bestätigung"),
    State.SUBMITTED: N_("Eingereicht"),
    State.CHANGES_REQUESTED: N_("Änderungen angefordert"),
    State.APPROVED: N_("Freigegeben"),
    State.FINISHED: N_("Abgeschlossen"),
    State.REOPENED: N_("Wieder geöffnet"),
}

MEMBER_STAGE: Mapping[MemberStage, str] = {
    MemberStage.NOT_STARTED: N_("Noch nicht begonnen"),
    MemberStage.DRAFT: _IN_PROGRESS,
    MemberStage.SIGNING: N_("Wartet auf Bestätigung"),
    MemberStage.SUBMITTED: N_("Eingereicht"),
    MemberStage.CHANGES_REQUESTED: N_("Änderungen angefordert"),
    MemberStage.REOPENED: N_("Wieder geöffnet"),
    MemberStage.FINISHED: N_("Abgeschlossen, nicht eingereicht"),
    MemberStage.APPROVED: N_("Freigegeben"),
    MemberStage.PUBLISHED: N_("Veröffentlicht"),
}

# A file of figures has these words in its cells, and `domain/figures/file_cells` reads them back.
QUALITY: Mapping[Quality, str] = {
    Quality.MEASURED: N_("gemessen"),
    Quality.CALCULATED: N_("berechnet"),
    Quality.ESTIMATED: N_("geschätzt"),
    Quality.NOT_AVAILABLE: _NOT_AVAILABLE,
}

FIGURE_STATE: Mapping[FigureState, str] = {
    FigureState.OPEN: _OPEN,
    FigureState.BEGUN: _IN_PROGRESS,
    FigureState.ENTERED: N_("angegeben"),
    FigureState.FROM_LINES: N_("aus Zeilen berechnet"),
    FigureState.FROM_SITES: N_("Summe der Standorte"),
    FigureState.FOLLOWS: N_("folgt aus anderen Kennzahlen"),
    FigureState.NOT_AVAILABLE: _NOT_AVAILABLE,
    FigureState.NOT_APPLICABLE: NOT_APPLICABLE,
    FigureState.EXPLAINED: N_("beim Indikator erklärt"),
}

RATING: Mapping[Rating, str] = {
    Rating.NOT_STARTED: N_("noch nicht begonnen"),
    Rating.PLANNED: N_("geplant"),
    Rating.PARTIAL: N_("teilweise umgesetzt"),
    Rating.IMPLEMENTED: N_("umgesetzt"),
    Rating.EXEMPLARY: N_("vorbildlich"),
}

GOAL_OUTCOME: Mapping[GoalOutcome, str] = {
    GoalOutcome.YES: N_("erreicht"),
    GoalOutcome.PARTLY: N_("teilweise erreicht"),
    GoalOutcome.NO: N_("nicht erreicht"),
    GoalOutcome.ONGOING: N_("läuft noch"),
}

GOAL_DIRECTION: Mapping[GoalDirection, str] = {
    GoalDirection.REACHED: N_("Ziel erreicht"),
    GoalDirection.ON_THE_WAY: N_("%(percent)s %% des Wegs geschafft"),
    GoalDirection.BARELY: N_("weniger als 1 %% des Wegs geschafft"),
    GoalDirection.NOT_BEGUN: N_("unverändert seit dem Start"),
    GoalDirection.AWAY: N_("weiter vom Ziel entfernt als am Start"),
    GoalDirection.NO_DISTANCE: N_("Start und Ziel sind gleich, der heutige Wert weicht ab"),
}

# Which part of a supply chain an emission factor counts.
BOUNDARY: Mapping[Boundary, str] = {
    Boundary.DIRECT: N_("ohne Vorkette"),
    Boundary.UPSTREAM: N_("nur Vorkette"),
    Boundary.BOTH: N_("mit Vorkette"),
}

# Topics of datapoints are strings of the catalogue; a topic without a label is shown by its key.
TOPIC: Mapping[str, str] = {
    "energy": N_("Energie"),
    "ghg": N_("Treibhausgase"),
    "water": N_("Wasser"),
    "waste": N_("Abfall"),
    "materials": N_("Material"),
    "workforce": N_("Beschäftigte"),
    "diversity": N_("Vielfalt"),
    "training": N_("Weiterbildung"),
    "safety": N_("Arbeitssicherheit und Gesundheit"),
    "supply-chain": N_("Lieferkette"),
    "product": N_("Produkte"),
    "economy": N_("Wirtschaft"),
    "governance": N_("Unternehmensführung"),
}

COMPANY_SIZE: Mapping[CompanySize, str] = {
    CompanySize.MICRO: N_("Kleinstunternehmen (weniger als 10 Beschäftigte)"),
    CompanySize.SMALL: N_("Kleines Unternehmen (10 bis 49 Beschäftigte)"),
    CompanySize.MEDIUM: N_("Mittleres Unternehmen (50 bis 249 Beschäftigte)"),
    CompanySize.LARGE: N_("Großes Unternehmen (250 Beschäftigte und mehr)"),
}

VERDICT: Mapping[Verdict, str] = {
    Verdict.ACCEPTED: N_("In Ordnung"),
    Verdict.CHANGE_NEEDED: N_("Änderung nötig"),
}

# Named as the four criteria of the DNK's own check; the questions are ours.
CHECKLIST_POINT: Mapping[ChecklistPoint, str] = {
    ChecklistPoint.CONSISTENCY: N_("Konsistenz"),
    ChecklistPoint.COHERENCE: N_("Kohärenz"),
    ChecklistPoint.EASE_OF_UNDERSTANDING: N_("Verständlichkeit"),
    ChecklistPoint.FORMAL_COMPLETENESS: N_("Formale Vollständigkeit"),
}
CHECKLIST_QUESTIONS: Mapping[ChecklistPoint, str] = {
    ChecklistPoint.CONSISTENCY: N_("Texte, Zahlen und Jahre widersprechen einander nicht."),
    ChecklistPoint.COHERENCE: N_("Themen, Ziele, Maßnahmen und Ergebnisse hängen zusammen."),
    ChecklistPoint.EASE_OF_UNDERSTANDING: N_("Auch wer das Unternehmen nicht kennt, versteht jeden Text."),
    ChecklistPoint.FORMAL_COMPLETENESS: N_(
        "Zu jedem Punkt steht eine Antwort oder eine Begründung, warum sie fehlt."
    ),
}

SCOPE2_METHOD: Mapping[Scope2Method, str] = {
    Scope2Method.LOCATION: N_("standortbasiert"),
    Scope2Method.MARKET: N_("marktbasiert"),
}

NEUTRALITY: Mapping[Neutrality, str] = {
    Neutrality.CALCULATED: N_("rechnerisch null, ohne Kompensation"),
    Neutrality.COMPENSATED: N_(
        "null nur mit Kompensation: Der Rest wird anderswo bezahlt und zählt nicht als Minderung"
    ),
}

LABELS: Mapping[type[StrEnum], Mapping[Any, str]] = {
    CompletionStatus: STATUS,
    GapKind: GAP,
    SectionProgress: PROGRESS,
    State: STATE,
    MemberStage: MEMBER_STAGE,
    Quality: QUALITY,
    FigureState: FIGURE_STATE,
    Rating: RATING,
    GoalOutcome: GOAL_OUTCOME,
    GoalDirection: GOAL_DIRECTION,
    Boundary: BOUNDARY,
    CompanySize: COMPANY_SIZE,
    ChecklistPoint: CHECKLIST_POINT,
    Verdict: VERDICT,
    MeasureState: MEASURE_STATE,
    Scope2Method: SCOPE2_METHOD,
    Neutrality: NEUTRALITY,
    EffectBasis: EFFECT_BASIS,
    MissingPart: MISSING_PART,
}


def label(member: StrEnum, language: Language) -> str:
    """Returns the translated label of a member. Raises KeyError for an enum that `LABELS` does not hold."""
    return translations(language).gettext(LABELS[type(member)][member])


def stored_label(kind: type[StrEnum], value: str, language: Language) -> str:
    """Returns the translated label of a value that a document holds as text; empty for an unknown value."""
    return label(kind(value), language) if value in set(kind) else ""


def figure_quality_label(figure: Figure, language: Language) -> str:
    """The label of a figure's quality, such as "gemessen" or "entfällt"; empty without one."""
    if is_not_applicable(figure):
        return translations(language).gettext(NOT_APPLICABLE)
    return label(figure.quality, language) if figure.quality else ""


def period_text(first: date, last: date, days_in_year: int, language: Language) -> str:
    """The days that a bill covers, and how many of them are in the reporting year."""
    pattern = "%d.%m.%Y" if language == "de" else "%d/%m/%Y"
    return translations(language).gettext("%(first)s bis %(last)s: %(counted)s von %(days)s Tagen") % {
        "first": first.strftime(pattern),
        "last": last.strftime(pattern),
        "counted": days_in_year,
        "days": (last - first).days + 1,
    }


def progress_text(progress: GoalProgress | None, language: Language) -> str:
    """How far a goal is, such as "63 % des Wegs geschafft"; empty where its numbers do not say it."""
    return label(progress.direction, language) % {"percent": progress.percent} if progress else ""


def goal_numbers_text(numbers: GoalNumbers, units: Mapping[str, Unit], language: Language) -> str:
    """The numbers of a goal in one line, such as "Startwert 120 t, heute 96 t, Zielwert 60 t"."""
    gettext = translations(language).gettext
    named = (
        (gettext("Startwert"), numbers.start),
        (gettext("heute"), numbers.today),
        (gettext("Zielwert"), numbers.target),
    )
    said = (f"{name} {_quantity(number, units, language)}" for name, number in named if number)
    return ", ".join(said)


def _quantity(quantity: Quantity, units: Mapping[str, Unit], language: Language) -> str:
    """Value and unit; a plain count has no unit."""
    unit = units.get(quantity.unit)
    name = "" if quantity.unit == PLAIN_COUNT else unit.display.to(language) if unit else quantity.unit
    return f"{format_number(quantity.value, language)} {name}".strip()


def topic_labels(language: Language) -> dict[str, str]:
    """Returns the translated label of every topic, by the topic's key."""
    return {key: translations(language).gettext(text) for key, text in TOPIC.items()}
